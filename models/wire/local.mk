# Codecs: bytes <-> structs.

noinst_LIBRARIES += libwire.a
libwire_a_SOURCES = \
	models/wire/arp.c models/wire/arp.h \
	models/wire/bytes.h \
	models/wire/checksum.c models/wire/checksum.h \
	models/wire/eth.c models/wire/eth.h \
	models/wire/eth_group.h \
	models/wire/frame.c models/wire/frame.h \
	models/wire/frame_text.c models/wire/frame_text.h \
	models/wire/gre.c models/wire/gre.h \
	models/wire/icmp.c models/wire/icmp.h \
	models/wire/icmp6.c models/wire/icmp6.h \
	models/wire/ip_addr.c models/wire/ip_addr.h \
	models/wire/ip_tos.c models/wire/ip_tos.h \
	models/wire/ipv4.c models/wire/ipv4.h \
	models/wire/ipv6.c models/wire/ipv6.h \
	models/wire/nd.c models/wire/nd.h \
	models/wire/nvgre.c models/wire/nvgre.h \
	models/wire/stp.c models/wire/stp.h \
	models/wire/tcp.c models/wire/tcp.h \
	models/wire/udp.h \
	models/wire/vlan.h \
	models/wire/vxlan.c models/wire/vxlan.h

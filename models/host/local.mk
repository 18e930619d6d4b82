## models/host: virtual switch, policy agent and physical NIC.

noinst_LIBRARIES += libhost.a
libhost_a_SOURCES = \
	models/host/arp_cache.c models/host/arp_cache.h \
	models/host/glance.c models/host/glance.h \
	models/host/host.c models/host/host.h \
	models/host/host_inside.h \
	models/host/local.c \
	models/host/note.c \
	models/host/pnic.c \
	models/host/provider.c \
	models/host/subnet.c \
	models/host/vm_table.c models/host/vm_table.h \
	models/host/vswitch.c

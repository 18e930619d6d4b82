## models/guest: what runs in a VM or a bare server.

noinst_LIBRARIES += libguest.a

libguest_a_SOURCES = \
	models/guest/distribution.c models/guest/distribution.h \
	models/guest/echo.h \
	models/guest/flow_conn.c \
	models/guest/flow_port.c models/guest/flow_port.h \
	models/guest/guest.c models/guest/guest.h \
	models/guest/guest_arp.c \
	models/guest/guest_icmp.c \
	models/guest/guest_inside.h \
	models/guest/guest_ipv4.c \
	models/guest/guest_prefetch.c \
	models/guest/key_table.c models/guest/key_table.h \
	models/guest/server.c models/guest/server.h \
	models/guest/stack.h \
	models/guest/udp.c models/guest/udp.h \
	models/guest/workload.c models/guest/workload.h \
	models/guest/workload_inside.h \
	models/guest/workload_ping.c \
	models/guest/workload_tcp.c \
	models/guest/workload_tcp_rr.c \
	models/guest/workload_udp.c

## TCP.
libguest_a_SOURCES += \
	models/guest/tcp.c models/guest/tcp.h \
	models/guest/tcp_ack.c \
	models/guest/tcp_congestion.c models/guest/tcp_congestion.h \
	models/guest/tcp_conn.c models/guest/tcp_conn.h \
	models/guest/tcp_handshake.c \
	models/guest/tcp_icmp.c \
	models/guest/tcp_input.c \
	models/guest/tcp_internal.h \
	models/guest/tcp_newreno.c \
	models/guest/tcp_output.c \
	models/guest/tcp_reassembly.c models/guest/tcp_reassembly.h \
	models/guest/tcp_receive.c \
	models/guest/tcp_recovery.c \
	models/guest/tcp_segment.c \
	models/guest/tcp_stack.h \
	models/guest/tcp_table.c \
	models/guest/tcp_timer.c

## Frames of a capture.
libguest_a_SOURCES += \
	models/guest/replay.c \
	models/guest/replay.h

## models/guest: what runs in a VM.

noinst_LIBRARIES += libguest.a

libguest_a_SOURCES = \
	models/guest/distribution.h \
	models/guest/guest.h \
	models/guest/stack.h \
	models/guest/workload.h

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

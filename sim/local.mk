## sim: time, events, packets, nodes and links, random streams, taps.

noinst_LIBRARIES += libsim.a
libsim_a_SOURCES = \
	sim/agenda.c sim/agenda.h \
	sim/arena.c sim/arena.h \
	sim/clock.h \
	sim/event.c sim/event.h \
	sim/handover.c sim/handover.h \
	sim/histogram.c sim/histogram.h \
	sim/journal.c sim/journal.h \
	sim/metric.h \
	sim/node.c sim/node.h \
	sim/packet.c sim/packet.h \
	sim/partitions.c sim/partitions.h \
	sim/port.c sim/port.h \
	sim/random.c sim/random.h \
	sim/sim.c sim/sim.h \
	sim/prefetch.h \
	sim/tap.c sim/tap.h

## models/guest: what runs in a VM.

noinst_LIBRARIES += libguest.a

libguest_a_SOURCES = \
	models/guest/distribution.h \
	models/guest/guest.h \
	models/guest/stack.h \
	models/guest/workload.h

## TCP.
libguest_a_SOURCES += \
	models/guest/tcp.h

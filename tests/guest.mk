## Tests of guest.  Two guests on a wire are tests/guest_pair.[ch].

check_LIBRARIES += tests/libguestpair.a
tests_libguestpair_a_SOURCES = tests/guest_pair.c tests/guest_pair.h
GUEST_TEST_LIBS = tests/libguestpair.a $(TEST_LIBS)

## TCP.

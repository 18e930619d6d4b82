## Tests of models/wire: codecs, checksums, a look at frames.

wire_tests = \
	tests/test_wire_addr tests/test_wire_checksum tests/test_wire_frame \
	tests/test_wire_gre tests/test_wire_icmp tests/test_wire_ip \
	tests/test_wire_l2 tests/test_wire_l4 tests/test_wire_nd \
	tests/test_wire_stp tests/test_wire_text tests/test_wire_tos
check_PROGRAMS += $(wire_tests)
TESTS += $(wire_tests)

## What they share.  They link no other room: the codecs need none.
check_LIBRARIES += tests/libwirebench.a
tests_libwirebench_a_SOURCES = \
	tests/cmocka_all.h \
	tests/wire_bench.c tests/wire_bench.h \
	tests/wire_vectors.c tests/wire_vectors.h
wire_test_libs = tests/libwirebench.a libwire.a $(PCAP_LIBS) $(CMOCKA_LIBS)

tests_test_wire_addr_SOURCES = tests/test_wire_addr.c
tests_test_wire_addr_LDADD = $(wire_test_libs)

tests_test_wire_checksum_SOURCES = tests/test_wire_checksum.c
tests_test_wire_checksum_LDADD = $(wire_test_libs)

tests_test_wire_frame_SOURCES = tests/test_wire_frame.c
tests_test_wire_frame_LDADD = $(wire_test_libs)

tests_test_wire_tos_SOURCES = tests/test_wire_tos.c
tests_test_wire_tos_LDADD = $(wire_test_libs)

tests_test_wire_gre_SOURCES = tests/test_wire_gre.c
tests_test_wire_gre_LDADD = $(wire_test_libs)

tests_test_wire_icmp_SOURCES = tests/test_wire_icmp.c
tests_test_wire_icmp_LDADD = $(wire_test_libs)

tests_test_wire_ip_SOURCES = tests/test_wire_ip.c
tests_test_wire_ip_LDADD = $(wire_test_libs)

tests_test_wire_l2_SOURCES = tests/test_wire_l2.c
tests_test_wire_l2_LDADD = $(wire_test_libs)

tests_test_wire_l4_SOURCES = tests/test_wire_l4.c
tests_test_wire_l4_LDADD = $(wire_test_libs)

tests_test_wire_nd_SOURCES = tests/test_wire_nd.c
tests_test_wire_nd_LDADD = $(wire_test_libs)

tests_test_wire_stp_SOURCES = tests/test_wire_stp.c
tests_test_wire_stp_LDADD = $(wire_test_libs)

tests_test_wire_text_SOURCES = tests/test_wire_text.c
tests_test_wire_text_LDADD = $(wire_test_libs)

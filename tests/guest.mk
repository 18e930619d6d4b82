## Tests of guest.  Two guests on a wire are tests/guest_pair.[ch], a flow between
## them tests/flow_bench.[ch], frames made by hand tests/guest_frames.[ch].

check_LIBRARIES += tests/libguestpair.a
tests_libguestpair_a_SOURCES = \
	tests/flow_bench.c tests/flow_bench.h \
	tests/guest_frames.c tests/guest_frames.h \
	tests/guest_pair.c tests/guest_pair.h
GUEST_TEST_LIBS = tests/libguestpair.a $(TEST_LIBS)

GUEST_TESTS = \
	tests/test_distribution \
	tests/test_guest_arp \
	tests/test_guest_ip \
	tests/test_guest_udp \
	tests/test_histogram \
	tests/test_workload_marks \
	tests/test_workload_ping \
	tests/test_workload_tcp \
	tests/test_workload_tcp_rr \
	tests/test_workload_udp
check_PROGRAMS += $(GUEST_TESTS)
TESTS += $(GUEST_TESTS)

tests_test_distribution_SOURCES = tests/test_distribution.c
tests_test_distribution_LDADD = $(GUEST_TEST_LIBS)
tests_test_guest_arp_SOURCES = tests/test_guest_arp.c
tests_test_guest_arp_LDADD = $(GUEST_TEST_LIBS)
tests_test_guest_ip_SOURCES = tests/test_guest_ip.c
tests_test_guest_ip_LDADD = $(GUEST_TEST_LIBS)
tests_test_guest_udp_SOURCES = tests/test_guest_udp.c
tests_test_guest_udp_LDADD = $(GUEST_TEST_LIBS)
tests_test_histogram_SOURCES = tests/test_histogram.c
tests_test_histogram_LDADD = $(GUEST_TEST_LIBS)
tests_test_workload_marks_SOURCES = tests/test_workload_marks.c
tests_test_workload_marks_LDADD = $(GUEST_TEST_LIBS)
tests_test_workload_ping_SOURCES = tests/test_workload_ping.c
tests_test_workload_ping_LDADD = $(GUEST_TEST_LIBS)
tests_test_workload_tcp_SOURCES = tests/test_workload_tcp.c
tests_test_workload_tcp_LDADD = $(GUEST_TEST_LIBS)
tests_test_workload_tcp_rr_SOURCES = tests/test_workload_tcp_rr.c
tests_test_workload_tcp_rr_LDADD = $(GUEST_TEST_LIBS)
tests_test_workload_udp_SOURCES = tests/test_workload_udp.c
tests_test_workload_udp_LDADD = $(GUEST_TEST_LIBS)

## TCP.  tests/tcp_bench.[ch] play its peer.
check_LIBRARIES += tests/libtcpbench.a
tests_libtcpbench_a_SOURCES = tests/tcp_bench.c tests/tcp_bench.h
TCP_TEST_LIBS = tests/libtcpbench.a $(GUEST_TEST_LIBS)

TCP_TESTS = \
	tests/test_tcp_close \
	tests/test_tcp_handshake \
	tests/test_tcp_loss \
	tests/test_tcp_receive \
	tests/test_tcp_transfer \
	tests/test_tcp_window
check_PROGRAMS += $(TCP_TESTS)
TESTS += $(TCP_TESTS)

tests_test_tcp_close_SOURCES = tests/test_tcp_close.c
tests_test_tcp_close_LDADD = $(TCP_TEST_LIBS)
tests_test_tcp_handshake_SOURCES = tests/test_tcp_handshake.c
tests_test_tcp_handshake_LDADD = $(TCP_TEST_LIBS)
tests_test_tcp_loss_SOURCES = tests/test_tcp_loss.c
tests_test_tcp_loss_LDADD = $(TCP_TEST_LIBS)
tests_test_tcp_receive_SOURCES = tests/test_tcp_receive.c
tests_test_tcp_receive_LDADD = $(TCP_TEST_LIBS)
tests_test_tcp_transfer_SOURCES = tests/test_tcp_transfer.c
tests_test_tcp_transfer_LDADD = $(TCP_TEST_LIBS)
tests_test_tcp_window_SOURCES = tests/test_tcp_window.c
tests_test_tcp_window_LDADD = $(TCP_TEST_LIBS)

## Servers on a switch.
check_LIBRARIES += tests/libserverbench.a
tests_libserverbench_a_SOURCES = tests/server_bench.c tests/server_bench.h
SERVER_TEST_LIBS = tests/libserverbench.a tests/libplain.a $(TEST_LIBS)

SERVER_TESTS = tests/test_server tests/test_server_routed
check_PROGRAMS += $(SERVER_TESTS)
TESTS += $(SERVER_TESTS)

tests_test_server_SOURCES = tests/test_server.c
tests_test_server_LDADD = $(SERVER_TEST_LIBS)
tests_test_server_routed_SOURCES = tests/test_server_routed.c
tests_test_server_routed_LDADD = $(TEST_LIBS)

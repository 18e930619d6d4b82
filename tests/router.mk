## Tests of the router.

router_tests = tests/test_ecmp tests/test_fib tests/test_neighbor_table \
	tests/test_router tests/test_router_bridge tests/test_router_capture \
	tests/test_router_icmp tests/test_router_neighbor tests/test_routing
check_PROGRAMS += $(router_tests)
TESTS += $(router_tests)

## A router and its stations.
check_LIBRARIES += tests/librouterbench.a
tests_librouterbench_a_SOURCES = tests/router_bench.c tests/router_bench.h
router_test_libs = tests/librouterbench.a tests/libplain.a $(TEST_LIBS)

tests_test_ecmp_SOURCES = tests/test_ecmp.c
tests_test_ecmp_LDADD = $(router_test_libs)

tests_test_fib_SOURCES = tests/test_fib.c
tests_test_fib_LDADD = $(router_test_libs)

tests_test_neighbor_table_SOURCES = tests/test_neighbor_table.c
tests_test_neighbor_table_LDADD = $(router_test_libs)

tests_test_router_SOURCES = tests/test_router.c
tests_test_router_LDADD = $(router_test_libs)

tests_test_router_bridge_SOURCES = tests/test_router_bridge.c
tests_test_router_bridge_LDADD = $(router_test_libs)

tests_test_router_icmp_SOURCES = tests/test_router_icmp.c
tests_test_router_icmp_LDADD = $(router_test_libs)

tests_test_router_neighbor_SOURCES = tests/test_router_neighbor.c
tests_test_router_neighbor_LDADD = $(router_test_libs)

tests_test_routing_SOURCES = tests/test_routing.c
tests_test_routing_LDADD = $(router_test_libs)

## What tshark says of it.
tests_test_router_capture_SOURCES = tests/test_router_capture.c
tests_test_router_capture_LDADD = tests/libtracesbench.a $(router_test_libs) \
	$(PCAP_LIBS)

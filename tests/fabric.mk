## Tests of fabric: the MAC table and the switch.

fabric_tests = tests/test_l2_switch tests/test_l2_switch_vlan \
	tests/test_mac_loss tests/test_mac_random tests/test_mac_table \
	tests/test_rstp
check_PROGRAMS += $(fabric_tests)
TESTS += $(fabric_tests)

## A switch and its stations.
check_LIBRARIES += tests/libswitchbench.a
tests_libswitchbench_a_SOURCES = tests/switch_bench.c tests/switch_bench.h
fabric_test_libs = tests/libswitchbench.a tests/libplain.a $(TEST_LIBS)

tests_test_l2_switch_SOURCES = tests/test_l2_switch.c
tests_test_l2_switch_LDADD = $(fabric_test_libs)

tests_test_l2_switch_vlan_SOURCES = tests/test_l2_switch_vlan.c
tests_test_l2_switch_vlan_LDADD = $(fabric_test_libs)

tests_test_mac_table_SOURCES = tests/test_mac_table.c
tests_test_mac_table_LDADD = $(fabric_test_libs)

tests_test_mac_loss_SOURCES = tests/test_mac_loss.c
tests_test_mac_loss_LDADD = $(fabric_test_libs) -lm

tests_test_mac_random_SOURCES = tests/test_mac_random.c
tests_test_mac_random_LDADD = $(fabric_test_libs)

## The router.
router_tests = tests/test_ecmp tests/test_fib tests/test_neighbor_table \
	tests/test_router tests/test_router_bridge tests/test_router_icmp \
	tests/test_router_neighbor
check_PROGRAMS += $(router_tests)
TESTS += $(router_tests)

## A router and its stations.
check_LIBRARIES += tests/librouterbench.a
tests_librouterbench_a_SOURCES = tests/router_bench.c tests/router_bench.h
router_test_libs = tests/librouterbench.a tests/libplain.a $(TEST_LIBS)

tests_test_router_SOURCES = tests/test_router.c
tests_test_router_LDADD = $(router_test_libs)

tests_test_ecmp_SOURCES = tests/test_ecmp.c
tests_test_ecmp_LDADD = $(router_test_libs)

tests_test_fib_SOURCES = tests/test_fib.c
tests_test_fib_LDADD = $(router_test_libs)

tests_test_neighbor_table_SOURCES = tests/test_neighbor_table.c
tests_test_neighbor_table_LDADD = $(router_test_libs)

## Bridges joined at random.
check_LIBRARIES += tests/libtreebench.a
tests_libtreebench_a_SOURCES = tests/tree_bench.c tests/tree_bench.h

tests_test_rstp_SOURCES = tests/test_rstp.c
tests_test_rstp_LDADD = tests/libtreebench.a tests/libwirebench.a \
	$(fabric_test_libs) $(PCAP_LIBS)
tests_test_router_icmp_SOURCES = tests/test_router_icmp.c
tests_test_router_icmp_LDADD = $(router_test_libs)

tests_test_router_bridge_SOURCES = tests/test_router_bridge.c
tests_test_router_bridge_LDADD = $(router_test_libs)

tests_test_router_neighbor_SOURCES = tests/test_router_neighbor.c
tests_test_router_neighbor_LDADD = $(router_test_libs)

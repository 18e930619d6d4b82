## Tests of fabric: the MAC table and the switch.

fabric_tests = tests/test_l2_switch tests/test_l2_switch_limits \
	tests/test_l2_switch_vlan tests/test_rstp_capture tests/test_rstp_port \
	tests/test_mac_loss tests/test_mac_random tests/test_mac_table \
	tests/test_provisioning tests/test_rstp tests/test_spanning_tree
check_PROGRAMS += $(fabric_tests)
TESTS += $(fabric_tests)

## A switch and its stations.
check_LIBRARIES += tests/libswitchbench.a
tests_libswitchbench_a_SOURCES = tests/switch_bench.c tests/switch_bench.h
fabric_test_libs = tests/libswitchbench.a tests/libplain.a $(TEST_LIBS)

tests_test_l2_switch_SOURCES = tests/test_l2_switch.c
tests_test_l2_switch_LDADD = $(fabric_test_libs)

tests_test_l2_switch_limits_SOURCES = tests/test_l2_switch_limits.c
tests_test_l2_switch_limits_LDADD = $(fabric_test_libs)

tests_test_rstp_port_SOURCES = tests/test_rstp_port.c
tests_test_rstp_port_LDADD = $(fabric_test_libs)

tests_test_l2_switch_vlan_SOURCES = tests/test_l2_switch_vlan.c
tests_test_l2_switch_vlan_LDADD = $(fabric_test_libs)

tests_test_mac_table_SOURCES = tests/test_mac_table.c
tests_test_mac_table_LDADD = $(fabric_test_libs)

tests_test_mac_loss_SOURCES = tests/test_mac_loss.c
tests_test_mac_loss_LDADD = $(fabric_test_libs) -lm

tests_test_mac_random_SOURCES = tests/test_mac_random.c
tests_test_mac_random_LDADD = $(fabric_test_libs)

## Bridges joined at random.
check_LIBRARIES += tests/libtreebench.a
tests_libtreebench_a_SOURCES = tests/tree_bench.c tests/tree_bench.h

tree_test_libs = tests/libtreebench.a tests/libwirebench.a \
	$(fabric_test_libs) $(PCAP_LIBS)

tests_test_rstp_capture_SOURCES = tests/test_rstp_capture.c
tests_test_rstp_capture_LDADD = tests/libtracesbench.a $(tree_test_libs)

tests_test_rstp_SOURCES = tests/test_rstp.c
tests_test_rstp_LDADD = $(tree_test_libs)

tests_test_spanning_tree_SOURCES = tests/test_spanning_tree.c
tests_test_spanning_tree_LDADD = $(tree_test_libs)

## Queues.
queueing_tests = tests/test_queueing tests/test_traffic_class
check_PROGRAMS += $(queueing_tests)
TESTS += $(queueing_tests)

tests_test_queueing_SOURCES = tests/test_queueing.c
tests_test_queueing_LDADD = $(fabric_test_libs)

tests_test_traffic_class_SOURCES = tests/test_traffic_class.c
tests_test_traffic_class_LDADD = $(fabric_test_libs)

tests_test_provisioning_SOURCES = tests/test_provisioning.c
tests_test_provisioning_LDADD = $(fabric_test_libs)

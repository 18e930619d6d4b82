## Tests of hnv: policy and the datapaths.

hnv_tests = \
	tests/test_datapath_nvgre tests/test_datapath_random \
	tests/test_datapath_rewrite tests/test_datapath_vlan \
	tests/test_golden tests/test_policy
check_PROGRAMS += $(hnv_tests)
TESTS += $(hnv_tests)

## Records and packets that they share.
check_LIBRARIES += tests/libhnvbench.a
tests_libhnvbench_a_SOURCES = tests/hnv_bench.c tests/hnv_bench.h
hnv_test_libs = tests/libhnvbench.a tests/libwirebench.a $(TEST_LIBS)

tests_test_datapath_nvgre_SOURCES = tests/test_datapath_nvgre.c
tests_test_datapath_nvgre_LDADD = $(hnv_test_libs)

tests_test_datapath_random_SOURCES = tests/test_datapath_random.c
tests_test_datapath_random_LDADD = $(hnv_test_libs)

tests_test_datapath_rewrite_SOURCES = tests/test_datapath_rewrite.c
tests_test_datapath_rewrite_LDADD = $(hnv_test_libs)

tests_test_datapath_vlan_SOURCES = tests/test_datapath_vlan.c
tests_test_datapath_vlan_LDADD = $(hnv_test_libs)

tests_test_golden_SOURCES = tests/test_golden.c
tests_test_golden_LDADD = $(hnv_test_libs)

tests_test_policy_SOURCES = tests/test_policy.c
tests_test_policy_LDADD = $(hnv_test_libs)

## Hosts.
host_tests = \
	tests/test_host_bridge tests/test_host_provider \
	tests/test_host_receive tests/test_host_routed \
	tests/test_host_stop tests/test_host_subnet \
	tests/test_host_watch
check_PROGRAMS += $(host_tests)
TESTS += $(host_tests)

## SOURCE.md's two hosts.
check_LIBRARIES += tests/libhostbench.a
tests_libhostbench_a_SOURCES = tests/host_bench.c tests/host_bench.h
host_test_libs = tests/libhostbench.a $(hnv_test_libs)

tests_test_host_bridge_SOURCES = tests/test_host_bridge.c
tests_test_host_bridge_LDADD = $(host_test_libs)

tests_test_host_provider_SOURCES = tests/test_host_provider.c
tests_test_host_provider_LDADD = $(host_test_libs)

tests_test_host_receive_SOURCES = tests/test_host_receive.c
tests_test_host_receive_LDADD = $(host_test_libs)

tests_test_host_routed_SOURCES = tests/test_host_routed.c
tests_test_host_routed_LDADD = $(host_test_libs)

tests_test_host_stop_SOURCES = tests/test_host_stop.c
tests_test_host_stop_LDADD = $(host_test_libs)

tests_test_host_subnet_SOURCES = tests/test_host_subnet.c
tests_test_host_subnet_LDADD = $(host_test_libs)

tests_test_host_watch_SOURCES = tests/test_host_watch.c
tests_test_host_watch_LDADD = $(host_test_libs)

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

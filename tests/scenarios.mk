## Tests of scenarios.

scenario_text = tests/scenario_text.c tests/scenario_text.h
key_bench = tests/key_bench.c tests/key_bench.h $(scenario_text)

## From a file to typed keys.
check_PROGRAMS += \
	tests/test_scenario_diag \
	tests/test_scenario_expr \
	tests/test_scenario_keys \
	tests/test_scenario_override \
	tests/test_scenario_scope \
	tests/test_scenario_source \
	tests/test_scenario_tree \
	tests/test_scenario_units \
	tests/test_scenario_values
TESTS += \
	tests/test_scenario_diag \
	tests/test_scenario_expr \
	tests/test_scenario_keys \
	tests/test_scenario_override \
	tests/test_scenario_scope \
	tests/test_scenario_source \
	tests/test_scenario_tree \
	tests/test_scenario_units \
	tests/test_scenario_values

tests_test_scenario_diag_SOURCES = tests/test_scenario_diag.c
tests_test_scenario_diag_LDADD = $(TEST_LIBS)
tests_test_scenario_expr_SOURCES = tests/test_scenario_expr.c \
	$(scenario_text)
tests_test_scenario_expr_LDADD = $(TEST_LIBS)
tests_test_scenario_keys_SOURCES = tests/test_scenario_keys.c \
	$(key_bench)
tests_test_scenario_keys_LDADD = $(TEST_LIBS)
tests_test_scenario_override_SOURCES = tests/test_scenario_override.c \
	$(scenario_text)
tests_test_scenario_override_LDADD = $(TEST_LIBS)
tests_test_scenario_scope_SOURCES = tests/test_scenario_scope.c \
	$(scenario_text)
tests_test_scenario_scope_LDADD = $(TEST_LIBS)
tests_test_scenario_source_SOURCES = tests/test_scenario_source.c
tests_test_scenario_source_LDADD = $(TEST_LIBS)
tests_test_scenario_tree_SOURCES = tests/test_scenario_tree.c \
	$(scenario_text)
tests_test_scenario_tree_LDADD = $(TEST_LIBS)
tests_test_scenario_units_SOURCES = tests/test_scenario_units.c
tests_test_scenario_units_LDADD = $(TEST_LIBS)
tests_test_scenario_values_SOURCES = tests/test_scenario_values.c \
	$(key_bench)
tests_test_scenario_values_LDADD = $(TEST_LIBS)

## From a scenario to what it describes.
check_PROGRAMS += tests/test_generate
TESTS += tests/test_generate
tests_test_generate_SOURCES = tests/test_generate.c
tests_test_generate_LDADD = $(TEST_LIBS)

## Workloads of many flows.
check_PROGRAMS += tests/test_scenario_pairs
TESTS += tests/test_scenario_pairs
tests_test_scenario_pairs_SOURCES = tests/test_scenario_pairs.c
tests_test_scenario_pairs_LDADD = $(TEST_LIBS)

## How a run is split.
check_PROGRAMS += tests/test_partition
TESTS += tests/test_partition
tests_test_partition_SOURCES = tests/test_partition.c
tests_test_partition_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_scenario_vlans
TESTS += tests/test_scenario_vlans
tests_test_scenario_vlans_SOURCES = tests/test_scenario_vlans.c
tests_test_scenario_vlans_LDADD = $(TEST_LIBS)

check_PROGRAMS += tests/test_fabric_runs
TESTS += tests/test_fabric_runs
tests_test_fabric_runs_SOURCES = tests/test_fabric_runs.c
tests_test_fabric_runs_LDADD = $(TEST_LIBS)

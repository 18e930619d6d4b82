## Tests of scenarios.

scenario_text = tests/scenario_text.c tests/scenario_text.h

## From a file to typed keys.
check_PROGRAMS += \
	tests/test_scenario_diag \
	tests/test_scenario_expr \
	tests/test_scenario_keys \
	tests/test_scenario_tree \
	tests/test_scenario_units
TESTS += \
	tests/test_scenario_diag \
	tests/test_scenario_expr \
	tests/test_scenario_keys \
	tests/test_scenario_tree \
	tests/test_scenario_units

tests_test_scenario_diag_SOURCES = tests/test_scenario_diag.c
tests_test_scenario_diag_LDADD = $(TEST_LIBS)
tests_test_scenario_expr_SOURCES = tests/test_scenario_expr.c $(scenario_text)
tests_test_scenario_expr_LDADD = $(TEST_LIBS)
tests_test_scenario_keys_SOURCES = tests/test_scenario_keys.c $(scenario_text)
tests_test_scenario_keys_LDADD = $(TEST_LIBS)
tests_test_scenario_tree_SOURCES = tests/test_scenario_tree.c $(scenario_text)
tests_test_scenario_tree_LDADD = $(TEST_LIBS)
tests_test_scenario_units_SOURCES = tests/test_scenario_units.c
tests_test_scenario_units_LDADD = $(TEST_LIBS)

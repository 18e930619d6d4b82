## Tests of the program, as its users see it, and of what it answers them.

check_PROGRAMS += tests/json_get
tests_json_get_SOURCES = tests/json_get.c
tests_json_get_LDADD = $(JSON_LIBS) $(GLIB_LIBS)

TESTS += \
	tests/test_bad.sh \
	tests/test_cli_captures.sh \
	tests/test_cli_commands.sh \
	tests/test_cli_events.sh \
	tests/test_cli_fabrics.sh \
	tests/test_cli_figures.sh \
	tests/test_cli_partitions.sh \
	tests/test_cli_run.sh \
	tests/test_cli_scale.sh \
	tests/test_cli_spanning_tree.sh \
	tests/test_cli_verdicts.sh

check_PROGRAMS += tests/test_query
TESTS += tests/test_query
tests_test_query_SOURCES = tests/test_query.c
tests_test_query_LDADD = $(TEST_LIBS)

## Tests of the program, as its users see it.

check_PROGRAMS += tests/json_get
tests_json_get_SOURCES = tests/json_get.c
tests_json_get_LDADD = $(JSON_LIBS) $(GLIB_LIBS)

TESTS += \
	tests/test_bad.sh \
	tests/test_cli_captures.sh \
	tests/test_cli_commands.sh \
	tests/test_cli_run.sh \
	tests/test_cli_verdicts.sh

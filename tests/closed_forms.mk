## What theory says, against runs.

closed_form_tests = tests/test_address_caching tests/test_closed_forms
check_PROGRAMS += $(closed_form_tests)
TESTS += $(closed_form_tests)

tests_test_closed_forms_SOURCES = tests/test_closed_forms.c
tests_test_closed_forms_LDADD = $(fabric_test_libs) -lm

## RFC 2889: the search for a switch's capacity, as a test and as a program.
tests_test_address_caching_SOURCES = tests/test_address_caching.c \
	tests/address_caching.c tests/address_caching.h
tests_test_address_caching_LDADD = $(fabric_test_libs)

EXTRA_PROGRAMS += tests/bench_address_caching
tests_bench_address_caching_SOURCES = tests/bench/address_caching.c \
	tests/address_caching.c tests/address_caching.h
tests_bench_address_caching_LDADD = libfabric.a libwire.a libsim.a \
	$(GLIB_LIBS)

## Benchmarks, run by tests/bench/run.sh.  A program tests/bench/NAME.c is
##     EXTRA_PROGRAMS += tests/bench_NAME
##     tests_bench_NAME_SOURCES = tests/bench/NAME.c
##     tests_bench_NAME_LDADD = $(TEST_LIBS)

EXTRA_PROGRAMS += tests/bench_engine
tests_bench_engine_SOURCES = tests/bench/engine.c
tests_bench_engine_LDADD = libfabric.a libwire.a libsim.a $(GLIB_LIBS)

EXTRA_PROGRAMS += tests/bench_router
tests_bench_router_SOURCES = tests/bench/router.c
tests_bench_router_LDADD = libfabric.a libwire.a libsim.a $(GLIB_LIBS)

EXTRA_PROGRAMS += tests/bench_mac_table
tests_bench_mac_table_SOURCES = tests/bench/mac_table.c
tests_bench_mac_table_LDADD = libfabric.a libwire.a libsim.a $(GLIB_LIBS)

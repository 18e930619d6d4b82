## Tests of traces: captures, packet walks and files.

traces_tests = \
	tests/test_capture tests/test_capture_reader \
	tests/test_frame_filter tests/test_outdir \
	tests/test_text_files tests/test_walk
check_PROGRAMS += $(traces_tests)
TESTS += $(traces_tests)

## What they share.
check_LIBRARIES += tests/libtracesbench.a
tests_libtracesbench_a_SOURCES = \
	tests/cmocka_all.h \
	tests/traces_bench.c tests/traces_bench.h
traces_test_libs = tests/libtracesbench.a $(TEST_LIBS)

tests_test_capture_SOURCES = tests/test_capture.c
tests_test_capture_LDADD = $(traces_test_libs)

tests_test_capture_reader_SOURCES = tests/test_capture_reader.c
tests_test_capture_reader_LDADD = $(traces_test_libs)

tests_test_frame_filter_SOURCES = tests/test_frame_filter.c
tests_test_frame_filter_LDADD = $(traces_test_libs)

tests_test_outdir_SOURCES = tests/test_outdir.c
tests_test_outdir_LDADD = $(traces_test_libs)

tests_test_text_files_SOURCES = tests/test_text_files.c
tests_test_text_files_LDADD = $(traces_test_libs)

tests_test_walk_SOURCES = tests/test_walk.c
tests_test_walk_LDADD = $(traces_test_libs)

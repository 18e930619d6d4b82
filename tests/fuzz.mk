## Fuzz targets: every tests/fuzz/fuzz_NAME.c is one, without being listed.
##
## make check links each with replay_main.c and gives it every file of
## tests/corpus/NAME; make fuzz-targets (configured with --enable-fuzzing) links
## each with libFuzzer.  configure.ac defines FUZZ_REPLAYS and FUZZ_TARGETS, what
## the two make.

check_LIBRARIES += tests/fuzz/libreplay.a
tests_fuzz_libreplay_a_SOURCES = tests/fuzz/replay_main.c

check_DATA += $(FUZZ_REPLAYS)
TESTS += $(FUZZ_REPLAYS)
MOSTLYCLEANFILES += $(FUZZ_REPLAYS) $(FUZZ_TARGETS) tests/fuzz/*.o

$(FUZZ_REPLAYS): tests/fuzz/%.replay: tests/fuzz/fuzz_%.o \
		tests/fuzz/libreplay.a $(ROOM_LIBS)
	$(AM_V_CCLD)$(LINK) $< tests/fuzz/libreplay.a $(ROOM_LIBS) \
	    $(EXTERNAL_LIBS)

if FUZZING
fuzz-targets: $(FUZZ_TARGETS)
$(FUZZ_TARGETS): tests/fuzz/%.fuzz: tests/fuzz/fuzz_%.o $(ROOM_LIBS)
	$(AM_V_CCLD)$(LINK) -fsanitize=fuzzer $< $(ROOM_LIBS) $(EXTERNAL_LIBS)
endif

## Automake knows the dependencies of listed objects only.
-include $(wildcard tests/fuzz/$(DEPDIR)/fuzz_*.Po)

distclean-local:
	rm -rf tests/fuzz/$(DEPDIR)

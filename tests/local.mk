## Tests: checks of the source itself, then each room's tests.

SH_LOG_COMPILER = $(SHELL)

## Where a test finds the sources (vectors, scenarios), the program and the
## bundled scenarios.  Automake sets srcdir too.
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	PACA_SCENARIOS='$(abs_top_srcdir)/scenarios'; export PACA_SCENARIOS; \
	G_DEBUG=fatal-criticals; export G_DEBUG; \
	G_SLICE=always-malloc; export G_SLICE;

TESTS += tests/check_rooms.sh tests/check_limits.sh

include $(top_srcdir)/tests/sim.mk
include $(top_srcdir)/tests/wire.mk
include $(top_srcdir)/tests/fabric.mk
include $(top_srcdir)/tests/closed_forms.mk
include $(top_srcdir)/tests/router.mk
include $(top_srcdir)/tests/guest.mk
include $(top_srcdir)/tests/hnv.mk
include $(top_srcdir)/tests/traces.mk
include $(top_srcdir)/tests/scenarios.mk
include $(top_srcdir)/tests/cli.mk
include $(top_srcdir)/tests/fuzz.mk
include $(top_srcdir)/tests/bench.mk

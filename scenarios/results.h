/* Results: the files of a run directory that are written at its end. */

#ifndef SCENARIOS_RESULTS_H
#define SCENARIOS_RESULTS_H 1

#include <glib.h>

#include "scenarios/network.h"
#include "scenarios/run.h"
#include "traces/outdir.h"

void results_write(struct outdir *, const struct network *,
                   const struct run_options *, const struct run_outcome *);

#endif /* scenarios/results.h */

/* Outputs of a run that are written while it goes on: captures, samples, drops,
 * events. */

#ifndef SCENARIOS_OUTPUTS_H
#define SCENARIOS_OUTPUTS_H 1

#include <glib.h>

#include "scenarios/network.h"
#include "traces/outdir.h"

struct outputs;

struct outputs *outputs_new(struct outdir *, const struct network *,
                            GError **);
void outputs_free(struct outputs *);

sim_time outputs_next_sample(const struct outputs *); /* SIM_NEVER: none. */
void outputs_sample(struct outputs *);
void outputs_close(struct outputs *, GPtrArray *files, GPtrArray *notes);

#endif /* scenarios/outputs.h */

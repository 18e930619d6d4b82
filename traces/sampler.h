/* metrics.csv: values read at fixed times.
 *
 *     t_s,metric,entity,value,unit
 *
 * Sampling is no event of the run: it would show in the count of events and in
 * the order.  Whoever drives the run goes up to sampler_next() and then calls
 * sampler_sample(), which reads every source, in the order in which they were
 * added, after all that happens at that time. */

#ifndef TRACES_SAMPLER_H
#define TRACES_SAMPLER_H 1

#include <stdint.h>

#include "sim/clock.h"

struct outdir;
struct sampler;

struct sample_source {
    const char *metric;        /* "switch.mac.used". */
    const char *entity;        /* "sw1". */
    const char *unit;          /* "entries". */
    double (*read)(void *aux); /* NaN: there is no value, so no row. */
    void *aux;
};

struct sampler *sampler_new(struct outdir *, sim_time first, sim_time period);
void sampler_free(struct sampler *);
void sampler_add(struct sampler *, const struct sample_source *);
sim_time sampler_next(const struct sampler *);
void sampler_sample(struct sampler *, sim_time now);

#endif /* traces/sampler.h */

/* A query: a metric's name, asked of a run.
 *
 * It is made before the run, so that it can look at the warm-up's end and at
 * every sample, and answered after it.  What an aggregate means:
 *
 *     none           one thing: its value.  A kind: counters and levels added
 *                    up, peaks' maximum, latencies' mean
 *     max            highest over the things, and of levels over the samples
 *     mean           over the things, and of levels over the samples
 *     sum            over the things, at the end
 *     p50 .. p999    quantile of all latencies, else over the things
 *     rate           counter per second of the run
 *     after_warmup   counter's growth since run.warmup
 *
 * A query keeps sums, not series: it costs the same of one port as of all.
 *
 * A query may be asked of a window of the run instead, if its metric counts
 * (metric_name_grows()): then the values are what was counted meanwhile.  That
 * one keeps the series' values at both ends. */

#ifndef SCENARIOS_QUERY_H
#define SCENARIOS_QUERY_H 1

#include <glib.h>
#include <stdbool.h>

#include "scenarios/network.h"
#include "scenarios/value.h"

struct query;

/* What a run answers. */
struct answer {
    bool has_value; /* Else the run saw no data. */
    bool is_text;
    double number;
    const char *unit; /* "s", "bytes", ... */
    char *text;       /* If it is text; the caller frees. */
};

struct query *query_new(const struct network *, const char *name);
void query_free(struct query *);
void query_watch_window(struct query *, sim_time from, sim_time to);
void query_warmup(struct query *);
void query_sample(struct query *);
void query_answer(struct query *, struct answer *);

#endif /* scenarios/query.h */

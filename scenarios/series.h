/* Series: every metric of every thing in a running network, to be read now.
 *
 * A series is one metric ("switch.mac.used") of one thing ("sw1").  Counters,
 * levels and peaks are read as numbers; latencies are histograms.  The tables
 * of metrics are the models' own (sim/metric.h) and, for ports and flows, the
 * ones in series.c; the manual comes from the same tables.
 *
 * A large network has millions of series, and few are ever asked for.  So there
 * is no list of them: a walk goes over those of one metric, or of one thing,
 * which is found by its name, or over all:
 *
 *     struct series_walk walk;
 *     struct series s;
 *
 *     for (series_walk_init(&walk, net, metric, NULL);
 *          series_next(&walk, &s);) {
 *         sum += s.read(&s);
 *     }
 *
 * The order is nodes, ports, flows, each as in the scenario. */

#ifndef SCENARIOS_SERIES_H
#define SCENARIOS_SERIES_H 1

#include <glib.h>
#include <stdbool.h>

#include "scenarios/network.h"
#include "sim/histogram.h"
#include "sim/metric.h"

struct series {
    const char *metric; /* "switch.mac.used". */
    const char *entity; /* "sw1". */
    const char *unit;
    enum metric_kind kind;
    double (*read)(const struct series *); /* NaN: there is no value yet. */
    const struct histogram *histogram;     /* Of latencies; else null. */
    const void *thing, *row;               /* What 'read' needs. */
    const struct network *net;
};

/* A walk over series; the members are series.c's own. */
struct series_walk {
    const struct network *net;
    const char *metric; /* Null: all. */
    bool is_single;     /* Of one thing only. */
    unsigned int stage; /* Nodes, ports or flows. */
    unsigned int i, j;  /* The next node or flow; the next port of it. */
    const void *thing;  /* Whose series come; null: the next thing's. */
    size_t row;         /* The next of its metrics. */
};

void series_walk_init(struct series_walk *, const struct network *,
                      const char *metric, const char *entity);
bool series_next(struct series_walk *, struct series *);
uint64_t series_count(const struct network *);

/* One row of the manual. */
struct series_info {
    const char *metric, *unit, *help;
    enum metric_kind kind;
};

GArray *series_manual(void); /* struct series_info */
bool series_is_known(const char *metric);

#endif /* scenarios/series.h */

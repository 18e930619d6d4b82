/* Series: every metric of every thing in a running network, to be read now.
 *
 * A series is one metric ("switch.mac.used") of one thing ("sw1").  Counters,
 * levels and peaks are read as numbers; latencies are histograms.  The tables
 * of metrics are the models' own (sim/metric.h) and, for ports, flows and
 * packets, the ones in series.c; the manual comes from the same tables. */

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

/* One row of the manual. */
struct series_info {
    const char *metric, *unit, *help;
    enum metric_kind kind;
};

GArray *series_list(const struct network *); /* struct series */
GArray *series_manual(void);                 /* struct series_info */
bool series_is_known(const char *metric);

#endif /* scenarios/series.h */

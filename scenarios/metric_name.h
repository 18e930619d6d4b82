/* Names of metrics: object.quantity[.aggregate].
 *
 * The object is a kind of thing ("switch", "flow"), and then the metric is of
 * all of them together, or one thing: a node "sw1", a port "hv1:eth0", a
 * workload "blue-q", a VM "blue/web".  "packets" is the run itself: its
 * quantities are the fates of packets.
 *
 *     switch.mac.used.max      the fullest MAC table of all switches
 *     sw1.mac.used             that of sw1
 *     blue-q.latency.p99       of one workload
 *     port.drops.queue-full    of all ports, added up
 *     packets.policy-miss      packets that ended so
 *     blue/app.ca              what a VM's address is */

#ifndef SCENARIOS_METRIC_NAME_H
#define SCENARIOS_METRIC_NAME_H 1

#include <stdbool.h>

#include "scenarios/scenario.h"

enum aggregate {
    AGGREGATE_NONE,
    AGGREGATE_MAX,
    AGGREGATE_MEAN,
    AGGREGATE_SUM,
    AGGREGATE_P50,
    AGGREGATE_P90,
    AGGREGATE_P99,
    AGGREGATE_P999,
    AGGREGATE_RATE,
    AGGREGATE_AFTER_WARMUP,
};

/* A name taken apart; texts are the struct's, metric_name_clear() frees. */
struct metric_name {
    char *object;   /* "switch", "sw1", "blue-q", "packets". */
    char *quantity; /* "mac.used". */
    enum aggregate aggregate;
    bool is_kind; /* The object is a kind, else one thing. */
    char *metric; /* With the kind: "switch.mac.used". */
};

bool metric_name_parse(const struct scenario *, const char *text,
                       struct metric_name *, struct fault *);
void metric_name_clear(struct metric_name *);

/* What values it has: true if they are texts, else '*unit' is their unit. */
bool metric_name_is_text(const struct metric_name *, const char **unit);

/* Can it be asked of a part of the run?  What is counted can, levels and
 * latencies cannot. */
bool metric_name_grows(const struct metric_name *);

#endif /* scenarios/metric_name.h */

/* The parts of reading workloads: one of two ends (read_workloads.c), one of
 * many flows (read_pairs.c). */

#ifndef SCENARIOS_READ_WORKLOAD_H
#define SCENARIOS_READ_WORKLOAD_H 1

#include "scenarios/end.h"
#include "scenarios/read.h"

struct flow_pair {
    struct scenario_end from, to;
};

void read_pairs(struct scenario *, const struct key_reader *workload,
                const char *verb, const char *id, GArray *pairs);

#endif /* scenarios/read_workload.h */

/* A flow from guest 0 to guest 1 of a pair, for tests of workloads.
 *
 * flow_bench_new() gives a configuration to change; the ends are made by
 * flow_bench_start(). */

#ifndef TESTS_FLOW_BENCH_H
#define TESTS_FLOW_BENCH_H 1

#include "models/guest/workload.h"
#include "tests/guest_pair.h"

struct flow_bench {
    struct guest_pair *pair;
    struct flow_config config;
    struct flow_end *client, *server; /* Null until started. */
};

struct flow_bench *flow_bench_new(const char *kind, uint64_t seed);
void flow_bench_free(struct flow_bench *);
void flow_bench_start(struct flow_bench *);
void flow_bench_run(struct flow_bench *, sim_time end);

struct distribution flow_constant(int64_t value);
const struct flow_stats *flow_sent(const struct flow_bench *); /* Client's. */
const struct flow_stats *
flow_served(const struct flow_bench *); /* Server's. */

/* When guest 0 sent its 'n'-th frame of 'protocol', counting from 0; -1:
 * never. */
sim_time flow_frame_time(const struct flow_bench *, uint8_t protocol,
                         unsigned int n);

#endif /* tests/flow_bench.h */

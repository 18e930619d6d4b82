/* Servers on a switch, for tests: h1, h2, h3 are 10.0.0.1 to 10.0.0.3 of
 * 10.0.0.0/24 at ports 0 to 2 of "sw1", with links of 10 Gb/s and 1 us.  Port 3
 * is free.  The gateway 10.0.0.254 is whoever the test makes it.
 *
 * server_bench_end() frees the flows and asserts that every packet is
 * accounted for. */

#ifndef TESTS_SERVER_BENCH_H
#define TESTS_SERVER_BENCH_H 1

#include "models/guest/server.h"
#include "models/guest/workload.h"
#include "sim/node.h"

#define SERVER_BENCH_SERVERS 3
#define SERVER_BENCH_FLOWS   8

struct server_bench {
    struct sim *sim;
    struct node *sw;
    struct node *servers[SERVER_BENCH_SERVERS];
    struct flow_config configs[SERVER_BENCH_FLOWS];
    struct flow_end *clients[SERVER_BENCH_FLOWS];
    struct flow_end *sinks[SERVER_BENCH_FLOWS];
    uint32_t n_flows;
};

int server_bench_setup(void **state);
int server_bench_teardown(void **state);

/* Returns the configuration of a flow from server 'from' to 'to' (from 0) of
 * the workload 'kind': three pings or datagrams of 100 B, one a millisecond, or
 * 10,000 bytes of TCP.  It may be changed until server_bench_start(). */
struct flow_config *server_bench_flow(struct server_bench *, const char *kind,
                                      uint32_t to);
void server_bench_start(struct server_bench *, uint32_t flow, uint32_t from,
                        uint32_t to);
void server_bench_run(struct server_bench *, sim_time end);

/* What the two ends of a flow have seen. */
const struct flow_stats *server_bench_sent(const struct server_bench *,
                                           uint32_t flow);
const struct flow_stats *server_bench_got(const struct server_bench *,
                                          uint32_t flow);

#endif /* tests/server_bench.h */

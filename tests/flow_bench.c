#include "tests/flow_bench.h"

#include "tests/cmocka_all.h"

struct distribution
flow_constant(int64_t value)
{
    return (struct distribution){ DISTRIBUTION_CONSTANT, (double) value, 0 };
}

/* Returns a flow "flow" of 'kind' that starts at once and never stops. */
struct flow_bench *
flow_bench_new(const char *kind, uint64_t seed)
{
    struct flow_bench *b = g_new0(struct flow_bench, 1);

    b->pair = guest_pair_new(seed);
    b->config = (struct flow_config){
        .kind = workload_kind_by_name(kind),
        .id = "flow",
        .index = 1,
        .to = guest_address(b->pair->guests[1]),
        .start = flow_constant(0),
        .stop = SIM_NEVER,
        .gap = flow_constant(0),
        .size = flow_constant(32),
        .request = flow_constant(200),
        .response = flow_constant(4096),
        .tcp = tcp_config_default,
    };
    assert_non_null(b->config.kind);
    return b;
}

void
flow_bench_free(struct flow_bench *b)
{
    flow_end_free(b->client);
    flow_end_free(b->server);
    guest_pair_free(b->pair);
    g_free(b);
}

void
flow_bench_start(struct flow_bench *b)
{
    b->server = flow_server_new(b->pair->guests[1], &b->config);
    b->client = flow_client_new(b->pair->guests[0], &b->config);
}

void
flow_bench_run(struct flow_bench *b, sim_time end)
{
    guest_pair_run(b->pair, end);
}

const struct flow_stats *
flow_sent(const struct flow_bench *b)
{
    return flow_end_stats(b->client);
}

const struct flow_stats *
flow_served(const struct flow_bench *b)
{
    return flow_end_stats(b->server);
}

sim_time
flow_frame_time(const struct flow_bench *b, uint8_t protocol, unsigned int n)
{
    const struct pair_frame *f = guest_pair_frame(b->pair, 0, protocol, n);

    return f ? f->when : -1;
}

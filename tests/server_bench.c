#include "tests/server_bench.h"

#include "models/fabric/l2_switch.h"
#include "tests/cmocka_all.h"
#include "tests/plain_node.h"

static const char *const names[SERVER_BENCH_SERVERS][3] = {
    { "h1", "h1:eth0", "sw1:h1" },
    { "h2", "h2:eth0", "sw1:h2" },
    { "h3", "h3:eth0", "sw1:h3" },
};

static void
add_server(struct server_bench *b, uint32_t i)
{
    const struct server_config config = {
        .name = names[i][0],
        .mac = eth_addr_from_u64(UINT64_C(0x020000000001) + i),
        .address = { ip_addr_from_v4(0x0a000001 + i), 24 },
        .gateway = ip_addr_from_v4(0x0a0000fe),
        .mtu = 1500,
    };

    b->servers[i] = server_new(b->sim, &config);
    port_set_name(&b->servers[i]->ports[0], names[i][1]);
    port_set_name(&b->sw->ports[i], names[i][2]);
    plain_connect(&b->servers[i]->ports[0], &b->sw->ports[i],
                  (struct link_config){ 0 });
    b->servers[i]->ports[0].mtu = b->sw->ports[i].mtu = 1500;
}

int
server_bench_setup(void **state)
{
    const struct l2_switch_config config = {
        .name = "sw1",
        .n_ports = SERVER_BENCH_SERVERS + 1,
        .macs = { .max_entries = 16,
                  .aging = 300 * SIM_S,
                  .evict = MAC_EVICT_NONE },
    };
    struct server_bench *b = g_new0(struct server_bench, 1);

    b->sim = sim_new(1);
    b->sw = l2_switch_new(b->sim, &config);
    for (uint32_t i = 0; i < SERVER_BENCH_SERVERS; i++) {
        add_server(b, i);
    }
    *state = b;
    return 0;
}

int
server_bench_teardown(void **state)
{
    struct server_bench *b = *state;
    struct packet_sums sums;

    sim_packet_sums(b->sim, &sums);
    assert_true(packet_sums_add_up(&sums));
    for (uint32_t i = 0; i < b->n_flows; i++) {
        flow_end_free(b->clients[i]);
        flow_end_free(b->sinks[i]);
    }
    sim_free(b->sim);
    g_free(b);
    return 0;
}

static struct distribution
constant(int64_t value)
{
    return (struct distribution){ DISTRIBUTION_CONSTANT, (double) value, 0 };
}

struct flow_config *
server_bench_flow(struct server_bench *b, const char *kind, uint32_t to)
{
    static const char *const ids[SERVER_BENCH_FLOWS] = {
        "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8",
    };
    struct flow_config *config = &b->configs[b->n_flows];

    assert_true(b->n_flows < SERVER_BENCH_FLOWS);
    *config = (struct flow_config){
        .kind = workload_kind_by_name(kind),
        .id = ids[b->n_flows],
        .index = ++b->n_flows,
        .to = guest_address(server_guest(b->servers[to])),
        .start = constant(0),
        .stop = SIM_NEVER,
        .count = 3,
        .gap = constant(SIM_MS),
        .size = constant(100),
        .bytes = constant(10000),
        .has_bytes = true,
        .tcp = tcp_config_default,
    };
    return config;
}

void
server_bench_start(struct server_bench *b, uint32_t flow, uint32_t from,
                   uint32_t to)
{
    b->sinks[flow] =
        flow_server_new(server_guest(b->servers[to]), &b->configs[flow]);
    b->clients[flow] =
        flow_client_new(server_guest(b->servers[from]), &b->configs[flow]);
}

void
server_bench_run(struct server_bench *b, sim_time end)
{
    struct packet_sums sums;

    assert_true(sim_run(b->sim, end, UINT64_MAX));
    sim_packet_sums(b->sim, &sums);
    assert_true(packet_sums_add_up(&sums));
}

const struct flow_stats *
server_bench_sent(const struct server_bench *b, uint32_t flow)
{
    return flow_end_stats(b->clients[flow]);
}

const struct flow_stats *
server_bench_got(const struct server_bench *b, uint32_t flow)
{
    return flow_end_stats(b->sinks[flow]);
}

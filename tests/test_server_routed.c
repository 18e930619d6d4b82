/* Servers and hosts over routers: gateways, and what routers tell them. */

#include <string.h>

#include "models/guest/server.h"
#include "models/guest/stack.h"
#include "models/host/host.h"
#include "scenarios/network.h"
#include "scenarios/totals.h"
#include "sim/port.h"
#include "tests/cmocka_all.h"

/* s1 - r1 - r2 - s2.  r2 knows no way to 10.0.9.0/24, r1 sends it there; 10.0.8.0/24 goes round in a ring. */
static const char routed[] =
    "format: 1\n"
    "name: t\n"
    "run: {until: 10s}\n"
    "topology:\n"
    "  nodes:\n"
    "    r1: {role: router, static_routes: ["
    "{to: 10.0.2.0/24, via: 10.0.3.2}, {to: 10.0.9.0/24, via: 10.0.3.2}, "
    "{to: 10.0.8.0/24, via: 10.0.3.2}]}\n"
    "    r2: {role: router, static_routes: ["
    "{to: 10.0.1.0/24, via: 10.0.3.1}, {to: 10.0.8.0/24, via: 10.0.3.1}]}\n"
    "    s1: {role: server, address: 10.0.1.2/24}\n"
    "    s2: {role: server, address: 10.0.2.2/24}\n"
    "  links:\n"
    "    - {ends: [s1:eth0, r1:a], rate: 10Gbps, address: {r1: "
    "10.0.1.1/24}}\n"
    "    - {ends: [s2:eth0, r2:a], rate: 10Gbps, address: {r2: "
    "10.0.2.1/24}}\n"
    "    - {ends: [r1:b, r2:b], rate: 1Gbps, "
    "address: {r1: 10.0.3.1/24, r2: 10.0.3.2/24}}\n"
    "provider: {fabric: l3, routes: static}\n"
    "workloads:\n"
    "  - %s\n";

struct bench {
    struct scenario *scenario;
    struct network *net;
};

/* Reads and builds the scenario, of which 'to', if not 0, is where its first
 * flow goes: to an address that no server has. */
static void
start(struct bench *b, const char *text, uint32_t to)
{
    static const struct scenario_options options;
    struct scenario_flow *flow;

    b->scenario =
        scenario_read(source_new("t.yaml", text, strlen(text)), ".", &options);
    if (scenario_failed(b->scenario)) {
        GString *out = g_string_new(NULL);

        diag_print(b->scenario->diag, false, out);
        fail_msg("%s", out->str);
    }
    flow = g_ptr_array_index(b->scenario->flows, 0);
    if (to) {
        flow->config.to = ip_addr_from_v4(to);
    }
    b->net = network_build(b->scenario, 1, NULL);
    assert_non_null(b->net);
}

static struct flow_totals
run(struct bench *b)
{
    struct packet_sums sums;
    struct flow_totals totals;

    while (!sim_run(b->net->sim, b->scenario->until, 10000)) {
    }
    sim_packet_sums(b->net->sim, &sums);
    assert_true(packet_sums_add_up(&sums));
    flow_totals_get(b->net, g_ptr_array_index(b->scenario->flows, 0), &totals);
    return totals;
}

static void
end(struct bench *b)
{
    network_free(b->net);
    scenario_free(b->scenario);
}

static void
start_routed(struct bench *b, const char *workload, uint32_t to)
{
    char *text = g_strdup_printf(routed, workload);

    start(b, text, to);
    g_free(text);
}

static struct node *
node_called(const struct bench *b, const char *name)
{
    const struct scenario_node *node =
        g_hash_table_lookup(b->scenario->node_by_name, name);

    return b->net->nodes[node->index];
}

/* A scenario that says so is refused. */
static void
set_mtu_between_routers(const struct bench *b, uint32_t mtu)
{
    node_called(b, "r1")->ports[1].mtu = mtu;
    node_called(b, "r2")->ports[1].mtu = mtu;
}

/* How many packets ended so, anywhere. */
static uint64_t
count_of(const struct bench *b, const char *fate)
{
    uint64_t n = 0;

    for (unsigned int i = 0; i < b->scenario->nodes->len; i++) {
        for (uint32_t j = 0; j < b->net->nodes[i]->n_fates; j++) {
            const struct fate_count *count = &b->net->nodes[i]->fates[j];

            n += strcmp(count->fate->name, fate) ? 0 : count->n;
        }
    }
    return n;
}

static void
every_kind_of_workload_goes_by_the_gateways(void **state)
{
    static const char *const workloads[] = {
        "ping: [s1, s2]\n    every: 10ms",
        "udp: [s2, s1]\n    gap: 10ms\n    count: 4",
        "tcp: [s1, s2]\n    bytes: 1MB",
        "tcp_rr: [s2, s1]\n    count: 4",
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(workloads); i++) {
        struct flow_totals totals;
        struct bench b;

        start_routed(&b, workloads[i], 0);
        totals = run(&b);
        assert_int_equal(totals.completed, i == 2 ? 1 : 4);
        assert_int_equal(totals.errors, 0);
        end(&b);
    }
}

static void
routers_tell_of_what_has_no_route_and_of_loops(void **state)
{
    static const uint32_t tos[] = { 0x0a000905, 0x0a000805 };
    static const char *const workloads[] = {
        "ping: [s1, s2]\n    every: 10ms",
        "udp: [s1, s2]\n    gap: 10ms\n    count: 4",
    };

    (void) state;
    for (size_t i = 0; i < 4; i++) {
        struct flow_totals totals;
        struct bench b;

        start_routed(&b, workloads[i / 2], tos[i % 2]);
        totals = run(&b);
        assert_int_equal(totals.sent, 4);
        assert_int_equal(totals.completed, 0);
        assert_int_equal(totals.errors, 4);
        assert_int_equal(
            count_of(&b, i % 2 ? "router-ttl" : "router-no-route"), 4);
        end(&b);
    }
}

static void
a_packet_too_big_for_the_path_lowers_its_mtu(void **state)
{
    struct bench b;
    struct flow_totals totals;

    (void) state;
    start_routed(&b,
                 "udp: [s1, s2]\n    gap: 10ms\n    count: 4\n"
                 "    size: 1472B",
                 0);
    set_mtu_between_routers(&b, 1400);
    totals = run(&b);
    assert_int_equal(totals.errors, 1);
    assert_int_equal(count_of(&b, "router-too-big"), 1);
    assert_int_equal(count_of(&b, "guest-too-big"), 3);
    assert_int_equal(guest_mtu(server_guest(node_called(&b, "s1")),
                               ip_addr_from_v4(0x0a000202)),
                     1400);
    assert_int_equal(guest_mtu(server_guest(node_called(&b, "s1")),
                               ip_addr_from_v4(0x0a000203)),
                     1500);
    end(&b);
}

static void
tcp_finds_the_mtu_of_its_path(void **state)
{
    struct bench b;
    struct flow_totals totals;

    (void) state;
    start_routed(&b, "tcp: [s1, s2]\n    bytes: 1MB", 0);
    set_mtu_between_routers(&b, 1000);
    totals = run(&b);
    assert_int_equal(totals.completed, 1);
    assert_int_equal(totals.delivered_bytes, 1000000);
    assert_true(count_of(&b, "router-too-big") > 0);
    end(&b);
}

/* VMs of one virtual subnet in two racks, each a provider subnet of its own. */
static void
vms_in_two_racks_reach_each_other_over_routers(void **state)
{
    static const char *const uses[] = { "nvgre", "rewrite" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(uses); i++) {
        char *text = g_strdup_printf(
            "format: 1\n"
            "name: t\n"
            "run: {until: 5s}\n"
            "topology:\n"
            "  generate: {kind: leaf-spine, leaves: 2, spines: 2, "
            "hosts_per_leaf: 2, host_link: {rate: 10Gbps, mtu: 1600}, "
            "fabric_link: {rate: 10Gbps, mtu: 1600}}\n"
            "provider: {fabric: l3}\n"
            "datapath: {use: %s}\n"
            "tenants:\n"
            "  blue:\n"
            "    subnets: {lan: {cidr: 10.1.1.0/24, vsid: 5001}}\n"
            "    vms: {a: {subnet: lan, ca: 10.1.1.11, host: h1}, "
            "b: {subnet: lan, ca: 10.1.1.12, host: h4}}\n"
            "workloads:\n"
            "  - {ping: [blue/a, blue/b], every: 10ms, dscp: 10}\n",
            uses[i]);
        struct bench b;

        start(&b, text, 0);
        assert_int_equal(run(&b).completed, 4);
        end(&b);
        g_free(text);
    }
}

/* A router's link does not carry what two hosts send each other, and it says
 * so; no VM hears of it. */
static void
icmp_of_the_provider_ends_at_the_host(void **state)
{
    static const char *const uses[] = { "nvgre", "rewrite" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(uses); i++) {
        char *text = g_strdup_printf(
            "format: 1\n"
            "name: t\n"
            "run: {until: 5s}\n"
            "topology:\n"
            "  nodes:\n"
            "    r1: {role: router}\n"
            "    hv1: {role: host, pa: 10.9.1.2/24}\n"
            "    hv2: {role: host, pa: 10.9.2.2/24}\n"
            "  links:\n"
            "    - {ends: [hv1:eth0, r1:a], rate: 10Gbps, mtu: 1600, "
            "address: {r1: 10.9.1.1/24}}\n"
            "    - {ends: [hv2:eth0, r1:b], rate: 10Gbps, mtu: 1600, "
            "address: {r1: 10.9.2.1/24}}\n"
            "provider: {fabric: l3}\n"
            "datapath: {use: %s}\n"
            "tenants:\n"
            "  blue:\n"
            "    subnets: {lan: {cidr: 10.1.1.0/24, vsid: 5001}}\n"
            "    vms:\n"
            "      a: {subnet: lan, ca: 10.1.1.11, pa: 10.9.1.9, host: hv1}\n"
            "      b: {subnet: lan, ca: 10.1.1.12, pa: 10.9.2.9, host: hv2}\n"
            "workloads:\n"
            "  - {udp: [blue/a, blue/b], gap: 10ms, count: 3, size: "
            "1400B}\n",
            uses[i]);
        struct bench b;
        struct flow_totals totals;

        start(&b, text, 0);
        node_called(&b, "r1")->ports[1].mtu = 1400;
        totals = run(&b);
        assert_int_equal(totals.sent, 3);
        assert_int_equal(totals.completed, 0);
        assert_int_equal(totals.errors, 0);
        assert_int_equal(count_of(&b, "router-too-big"), 3);
        assert_int_equal(count_of(&b, "provider-icmp"), 3);
        end(&b);
        g_free(text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_workload_goes_by_the_gateways),
        cmocka_unit_test(routers_tell_of_what_has_no_route_and_of_loops),
        cmocka_unit_test(a_packet_too_big_for_the_path_lowers_its_mtu),
        cmocka_unit_test(tcp_finds_the_mtu_of_its_path),
        cmocka_unit_test(vms_in_two_racks_reach_each_other_over_routers),
        cmocka_unit_test(icmp_of_the_provider_ends_at_the_host),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

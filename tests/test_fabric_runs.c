/* Whole runs over generated and listed fabrics: everybody reaches everybody, the
 * resolved scenario is the same network, links are used as they should. */

#include <glib.h>
#include <math.h>
#include <string.h>

#include "scenarios/link_metrics.h"
#include "scenarios/network.h"
#include "scenarios/resolved.h"
#include "scenarios/totals.h"
#include "sim/port.h"
#include "tests/cmocka_all.h"

struct bench {
    struct scenario *scenario;
    struct network *net;
};

static void
end_run(struct bench *b)
{
    network_free(b->net);
    scenario_free(b->scenario);
    *b = (struct bench){ 0 };
}

/* Reads and builds the scenario 'text'; nothing may be wrong with it. */
static void
start_run(struct bench *b, const char *text)
{
    static const struct scenario_options options;

    b->scenario =
        scenario_read(source_new("t.yaml", text, strlen(text)), ".", &options);
    if (scenario_failed(b->scenario)) {
        GString *out = g_string_new(NULL);

        diag_print(b->scenario->diag, false, out);
        fail_msg("%s", out->str);
    }
    b->net = network_build(b->scenario, 1, NULL);
    assert_non_null(b->net);
}

/* Runs 'text' to its end and returns the fingerprint. */
static uint64_t
run(struct bench *b, const char *text)
{
    struct packet_sums sums;

    start_run(b, text);
    while (!sim_run(b->net->sim, b->scenario->until, 10000)) {
    }
    sim_packet_sums(b->net->sim, &sums);
    assert_true(packet_sums_add_up(&sums));
    return sim_fingerprint(b->net->sim);
}

static struct flow_totals
totals_of(const struct bench *b, unsigned int flow)
{
    struct flow_totals totals;

    flow_totals_get(b->net, g_ptr_array_index(b->scenario->flows, flow),
                    &totals);
    return totals;
}

/* Runs 'text', of which every flow must complete what it sends, and then what it
 * resolves to, which must give the very same run. */
static void
assert_runs(const char *text)
{
    struct bench b, again;
    uint64_t fingerprint = run(&b, text);
    GString *resolved = resolved_yaml(b.scenario);

    assert_true(b.scenario->flows->len > 0);
    for (unsigned int i = 0; i < b.scenario->flows->len; i++) {
        const struct flow_totals totals = totals_of(&b, i);

        assert_true(totals.sent > 0);
        assert_int_equal(totals.completed, totals.sent);
    }
    assert_non_null(resolved);
    assert_int_equal(run(&again, resolved->str), fingerprint);
    end_run(&again);
    g_string_free(resolved, TRUE);
    end_run(&b);
}

/* The same of a fabric with bare servers: server i pings server i + n/2. */
static void
assert_servers_run(const char *generate, const char *provider)
{
    char *text = g_strdup_printf(
        "format: 1\n"
        "name: t\n"
        "run: {until: 3s}\n"
        "topology:\n"
        "  generate: {%s, end: server, host_link: {rate: 10Gbps}}\n"
        "provider: {%s}\n"
        "workloads:\n"
        "  - id: a\n"
        "    ping: {pairs: permutation, among: 'h*'}\n"
        "    start: 2s\n"
        "    every: 100ms\n"
        "    count: 3\n",
        generate, provider);

    assert_runs(text);
    g_free(text);
}

static void
every_kind_carries_pings_over_switches(void **state)
{
    (void) state;
    assert_servers_run("kind: line, switches: 4, hosts_per_switch: 2", "");
    assert_servers_run("kind: star, hosts: 5", "");
    assert_servers_run("kind: tree, depth: 3, fanout: 2, hosts_per_leaf: 2",
                       "");
    assert_servers_run("kind: dumbbell, hosts_per_side: 3", "");
}

static void
every_kind_with_loops_carries_pings_over_rstp(void **state)
{
    (void) state;
    assert_servers_run("kind: ring, switches: 5", "l2_loop: rstp");
    assert_servers_run("kind: leaf-spine, leaves: 3, spines: 2, "
                       "hosts_per_leaf: 2, "
                       "fabric_link: {rate: 40Gbps, parallel: 2}",
                       "l2_loop: rstp");
    assert_servers_run("kind: fat-tree, k: 4", "l2_loop: rstp");
}

static void
every_kind_with_loops_carries_pings_over_a_computed_tree(void **state)
{
    (void) state;
    assert_servers_run("kind: ring, switches: 6", "l2_loop: block");
    assert_servers_run("kind: leaf-spine, leaves: 4, spines: 3, "
                       "hosts_per_leaf: 1",
                       "l2_loop: block");
    assert_servers_run("kind: fat-tree, k: 4", "l2_loop: block");
}

static void
every_kind_carries_pings_over_routers(void **state)
{
    (void) state;
    assert_servers_run("kind: line, switches: 3, hosts_per_switch: 2",
                       "fabric: l3");
    assert_servers_run("kind: ring, switches: 5", "fabric: l3");
    assert_servers_run("kind: star, hosts: 4", "fabric: l3");
    assert_servers_run("kind: tree, depth: 3, fanout: 2, hosts_per_leaf: 2",
                       "fabric: l3");
    assert_servers_run("kind: leaf-spine, leaves: 3, spines: 2, "
                       "hosts_per_leaf: 2, "
                       "fabric_link: {rate: 40Gbps, parallel: 2}",
                       "fabric: l3, pool: 172.16.0.0/16");
    assert_servers_run("kind: fat-tree, k: 4", "fabric: l3, ecmp: inner");
    assert_servers_run("kind: dumbbell, hosts_per_side: 3", "fabric: l3");
}

/* Everything that a node can be told survives being resolved. */
static void
vms_reach_each_other_over_a_routed_fabric(void **state)
{
    (void) state;
    for (int i = 0; i < 2; i++) {
        char *text = g_strdup_printf(
            "format: 1\n"
            "name: t\n"
            "run: {until: 1s}\n"
            "topology:\n"
            "  generate: {kind: leaf-spine, leaves: 3, spines: 2,\n"
            "    hosts_per_leaf: 2, host_link: {rate: 10Gbps, mtu: 1600}}\n"
            "  defaults:\n"
            "    switch: {arp_table: 64, buffer: 1MiB, shared_buffer: true,\n"
            "             ecn: {min: 30KB, max: 90KB, probability: 10%%}}\n"
            "    router: {host_routes: 32, priorities: dscp, classes: 4}\n"
            "provider: {fabric: l3, pool: 172.16.0.0/16}\n"
            "datapath: {use: %s}\n"
            "tenants:\n"
            "  t:\n"
            "    subnets: {lan: {cidr: 10.0.0.0/24, vsid: 5000}}\n"
            "    vms: {vm: {count: 12, subnet: lan, host: spread}}\n"
            "workloads:\n"
            "  - {id: a, ping: {pairs: ring-in-tenant}, every: 10ms,\n"
            "     count: 3}\n",
            i ? "rewrite" : "nvgre");

        assert_runs(text);
        g_free(text);
    }
}

static const char listed[] =
    "format: 1\n"
    "name: t\n"
    "run: {until: 1s}\n"
    "topology:\n"
    "  nodes:\n"
    "    r1: {role: router, address: 10.255.0.1, hash_seed: 7,\n"
    "         static_routes: [{to: 10.0.2.0/24, via: 10.1.0.2},\n"
    "                         {to: 10.0.2.0/24, via: 10.2.0.2}]}\n"
    "    r2: {role: router, static_routes: [{to: 0.0.0.0/0, via: 10.1.0.1}]}\n"
    "    sw1: {role: switch}\n"
    "    s1: {role: server, address: 10.0.1.2/24}\n"
    "    s2: {role: server, address: 10.0.2.2/24, gateway: 10.0.2.1}\n"
    "    s3: {role: server, address: 10.0.2.3/24}\n"
    "  links:\n"
    "    - {ends: [s1:eth0, r1:a], rate: 1Gbps, address: {r1: 10.0.1.1/24}}\n"
    "    - {ends: [r1:b, r2:b], rate: 1Gbps,\n"
    "       address: {r1: 10.1.0.1/24, r2: 10.1.0.2/24}}\n"
    "    - {ends: [r1:c, r2:c], rate: 1Gbps,\n"
    "       address: {r1: 10.2.0.1/24, r2: 10.2.0.2/24}}\n"
    "    - {ends: [r2:a, sw1:up], rate: 1Gbps, address: {r2: 10.0.2.1/24}}\n"
    "    - {ends: [s2:eth0, sw1:p2], rate: 1Gbps}\n"
    "    - {ends: [s3:eth0, sw1:p3], rate: 1Gbps}\n"
    "provider: {routes: static}\n"
    "workloads:\n"
    "  - {id: far, ping: [s1, s2], every: 10ms, count: 5}\n"
    "  - {id: near, ping: [s3, s2], every: 10ms, count: 5}\n"
    "  - {id: back, ping: [s3, s1], every: 10ms, count: 5}\n";

static void
static_routes_carry_what_they_say(void **state)
{
    (void) state;
    assert_runs(listed);
}

static void
gateways_are_those_of_the_own_subnet(void **state)
{
    struct bench b;
    const struct scenario_node *s3;
    char text[IP_ADDR_STRLEN];

    (void) state;
    start_run(&b, listed);
    s3 = g_hash_table_lookup(b.scenario->node_by_name, "s3");
    ip_addr_format(&s3->gateway, text);
    assert_string_equal(text, "10.0.2.1");
    end_run(&b);
}

static uint64_t
tx_frames(const struct bench *b, const char *path)
{
    const struct scenario_port *port =
        g_hash_table_lookup(b->scenario->port_by_path, path);

    assert_non_null(port);
    return network_port(b->net, port)->tx_frames;
}

/* 64 flows of their own ports, over two links that are equal. */
static void
parallel_links_between_routers_share_the_flows(void **state)
{
    struct bench b;
    uint64_t first, second;

    (void) state;
    run(&b, "format: 1\n"
            "name: t\n"
            "run: {until: 100ms}\n"
            "topology:\n"
            "  generate: {kind: dumbbell, hosts_per_side: 8, end: server,\n"
            "    host_link: {rate: 10Gbps},\n"
            "    fabric_link: {rate: 10Gbps, parallel: 2}}\n"
            "provider: {fabric: l3}\n"
            "workloads:\n"
            "  - {id: a, udp: {pairs: permutation, shift: 8}, size: 100B,\n"
            "     gap: 1ms, count: 8}\n"
            "  - {id: b, udp: {pairs: permutation, shift: 8}, size: 100B,\n"
            "     gap: 1ms, count: 8}\n"
            "  - {id: c, udp: {pairs: permutation, shift: 8}, size: 100B,\n"
            "     gap: 1ms, count: 8}\n"
            "  - {id: d, udp: {pairs: permutation, shift: 8}, size: 100B,\n"
            "     gap: 1ms, count: 8}\n");
    first = tx_frames(&b, "sw1:sw2");
    second = tx_frames(&b, "sw1:sw2.2");
    assert_int_equal(first + second, 4 * 8 * 8);
    assert_true(first % 8 == 0 && first > 0 && second > 0);
    end_run(&b);
}

/* A router's rack is its switch: what stays in the rack is not routed. */
static void
a_rack_is_bridged_by_its_router(void **state)
{
    struct bench b;

    (void) state;
    run(&b, "format: 1\n"
            "name: t\n"
            "run: {until: 100ms}\n"
            "topology:\n"
            "  generate: {kind: leaf-spine, leaves: 2, spines: 1,\n"
            "    hosts_per_leaf: 2, end: server,\n"
            "    host_link: {rate: 10Gbps}}\n"
            "provider: {fabric: l3}\n"
            "workloads:\n"
            "  - {id: a, ping: [h1, h2], count: 3, every: 10ms}\n");
    assert_int_equal(totals_of(&b, 0).completed, 3);
    assert_int_equal(tx_frames(&b, "leaf1:s1"), 0);
    end_run(&b);
}

/* Both spines lose their link to leaf1 in turn, and each comes back.  Pings are 10
 * ms apart, so at most 6 are lost while nothing is known of a loss. */
static void
links_and_routers_that_fail_are_routed_around(void **state)
{
    struct bench b;
    struct flow_totals totals;

    (void) state;
    run(&b,
        "format: 1\n"
        "name: t\n"
        "run: {until: 3s}\n"
        "topology:\n"
        "  generate: {kind: leaf-spine, leaves: 2, spines: 2, end: server,\n"
        "    hosts_per_leaf: 1, host_link: {rate: 10Gbps}}\n"
        "provider: {fabric: l3, convergence: 50ms}\n"
        "workloads:\n"
        "  - {id: a, ping: [h1, h2], every: 10ms, count: 200}\n"
        "events:\n"
        "  - {at: 305ms, link_down: leaf1:s1--spine1:l1, for: 300ms}\n"
        "  - {at: 905ms, link_down: leaf1:s2--spine2:l1, for: 300ms}\n"
        "  - {at: 1505ms, switch_reboot: spine1, for: 100ms}\n");
    totals = totals_of(&b, 0);
    assert_int_equal(totals.sent, 200);
    assert_in_range(totals.completed, 200 - 3 * 6, 199);
    end_run(&b);
}

/* Frames that occupy 1,250 bytes of the line, one in 10 us, are 1 Gbit/s: for
 * 10 ms, and then for 10 ms nothing. */
static void
link_util_is_the_part_of_the_line_rate(void **state)
{
    struct bench b;
    const struct port *port;
    const struct scenario_port *described;

    (void) state;
    start_run(&b, "format: 1\n"
                  "name: t\n"
                  "run: {until: 20ms}\n"
                  "topology:\n"
                  "  generate: {kind: dumbbell, hosts_per_side: 1,\n"
                  "    end: server, host_link: {rate: 10Gbps}}\n"
                  "provider: {fabric: l3}\n"
                  "workloads:\n"
                  "  - {id: a, udp: [h1, h2], size: 1184B, gap: 10us,\n"
                  "     count: 1000}\n");
    described = g_hash_table_lookup(b.scenario->port_by_path, "sw1:sw2");
    port = network_port(b.net, described);
    link_metrics_want_util(b.net->links);
    sim_run(b.net->sim, 10 * SIM_MS, UINT64_MAX);
    assert_true(fabs(link_util(b.net->links, port) - 0.1) < 2e-3);
    link_metrics_sample(b.net->links);
    assert_true(fabs(link_util(b.net->links, port) - 0.1) < 2e-3);
    sim_run(b.net->sim, 20 * SIM_MS, UINT64_MAX);
    assert_true(link_util(b.net->links, port) < 2e-3);
    end_run(&b);
}

static void
link_spread_is_maximum_over_mean(void **state)
{
    struct bench b;

    (void) state;
    run(&b, "format: 1\n"
            "name: t\n"
            "run: {until: 20ms}\n"
            "topology:\n"
            "  generate: {kind: leaf-spine, leaves: 2, spines: 4,\n"
            "    hosts_per_leaf: 1, end: server,\n"
            "    host_link: {rate: 10Gbps}}\n"
            "provider: {fabric: l3}\n"
            "workloads:\n"
            "  - {id: a, udp: [h1, h2], size: 1000B, gap: 10us, count: 9}\n");
    /* One flow takes one of four ways. */
    assert_true(link_spread(b.net->links, b.net->nodes[0]) == 4);
    /* h2 sent nothing, and a spine has no way up. */
    assert_true(isnan(link_spread(b.net->links, b.net->nodes[1])));
    assert_true(isnan(link_spread(b.net->links, b.net->nodes[2])));
    end_run(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_carries_pings_over_switches),
        cmocka_unit_test(every_kind_with_loops_carries_pings_over_rstp),
        cmocka_unit_test(
            every_kind_with_loops_carries_pings_over_a_computed_tree),
        cmocka_unit_test(every_kind_carries_pings_over_routers),
        cmocka_unit_test(vms_reach_each_other_over_a_routed_fabric),
        cmocka_unit_test(static_routes_carry_what_they_say),
        cmocka_unit_test(gateways_are_those_of_the_own_subnet),
        cmocka_unit_test(parallel_links_between_routers_share_the_flows),
        cmocka_unit_test(a_rack_is_bridged_by_its_router),
        cmocka_unit_test(links_and_routers_that_fail_are_routed_around),
        cmocka_unit_test(link_util_is_the_part_of_the_line_rate),
        cmocka_unit_test(link_spread_is_maximum_over_mean),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

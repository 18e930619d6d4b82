/* Workloads of many flows: who talks to whom, under what name, from when. */

#include <string.h>

#include "scenarios/end.h"
#include "scenarios/scenario.h"
#include "tests/cmocka_all.h"

/* Blue has 5 VMs, red 3, green 1, in this order. */
static const char head[] =
    "format: 1\n"
    "name: t\n"
    "run: {until: 10ms, seed: 7}\n"
    "topology:\n"
    "  nodes:\n"
    "    sw1: {role: switch}\n"
    "    hv1: {role: host, pa: 192.168.1.1/24}\n"
    "    hv2: {role: host, pa: 192.168.1.2/24}\n"
    "  links:\n"
    "    - {ends: [hv1:eth0, sw1:p1], rate: 10Gbps, mtu: 1600}\n"
    "    - {ends: [hv2:eth0, sw1:p2], rate: 10Gbps, mtu: 1600}\n"
    "datapath: {use: nvgre}\n"
    "tenants:\n"
    "  blue:\n"
    "    subnets: {lan: {cidr: 10.1.1.0/24, vsid: 5001}}\n"
    "    vms: {v: {subnet: lan, ca: auto, host: hv1, count: 5}}\n"
    "  red:\n"
    "    subnets: {lan: {cidr: 10.1.1.0/24, vsid: 5002}}\n"
    "    vms: {v: {subnet: lan, ca: auto, host: hv2, count: 3}}\n"
    "  green:\n"
    "    subnets: {lan: {cidr: 10.1.1.0/24, vsid: 5003}}\n"
    "    vms: {v: {subnet: lan, ca: auto, host: hv2}}\n"
    "workloads:\n";

static struct scenario *
read_workload(const char *workload)
{
    static const struct scenario_options options;
    char *text = g_strconcat(head, "  - ", workload, "\n", NULL);
    struct scenario *s =
        scenario_read(source_new("t.yaml", text, strlen(text)), ".", &options);

    g_free(text);
    if (scenario_failed(s)) {
        GString *out = g_string_new(NULL);

        diag_print(s->diag, false, out);
        fail_msg("%s", out->str);
    }
    return s;
}

static const struct scenario_flow *
flow_at(const struct scenario *s, unsigned int i)
{
    assert_in_range(i, 0, s->flows->len - 1);
    return g_ptr_array_index(s->flows, i);
}

static void
assert_flow(const struct scenario *s, unsigned int i, const char *id,
            const char *from, const char *to)
{
    const struct scenario_flow *flow = flow_at(s, i);
    struct ip_addr address = end_address(&flow->to);

    assert_string_equal(flow->config.id, id);
    assert_string_equal(end_path(&flow->from), from);
    assert_string_equal(end_path(&flow->to), to);
    assert_true(ip_addr_equal(&flow->config.to, &address));
    assert_int_equal(flow->config.index, i + 1);
    assert_ptr_equal(g_hash_table_lookup(s->flow_by_id, id), flow);
}

static void
a_shift_pairs_each_member_with_one_further_on(void **state)
{
    struct scenario *s = read_workload(
        "{id: w, udp: {pairs: permutation, among: blue/*, shift: 2}, "
        "gap: 1ms}");

    (void) state;
    assert_int_equal(s->flows->len, 5);
    assert_flow(s, 0, "w-1", "blue/v1", "blue/v3");
    assert_flow(s, 2, "w-3", "blue/v3", "blue/v5");
    assert_flow(s, 3, "w-4", "blue/v4", "blue/v1");
    assert_flow(s, 4, "w-5", "blue/v5", "blue/v2");
    scenario_free(s);
}

static void
members_are_named_once_however_often_they_are_written(void **state)
{
    struct scenario *s =
        read_workload("{ping: {pairs: permutation, "
                      "among: [blue/v4, blue/*, blue/v1], shift: 1}}");

    (void) state;
    assert_int_equal(s->flows->len, 5);
    assert_flow(s, 0, "ping-1-1", "blue/v4", "blue/v1");
    assert_flow(s, 1, "ping-1-2", "blue/v1", "blue/v2");
    assert_flow(s, 4, "ping-1-5", "blue/v5", "blue/v4");
    scenario_free(s);
}

static void
a_random_permutation_leaves_nobody_out_and_nobody_in_place(void **state)
{
    char *seen[2] = { g_strdup(""), g_strdup("") };

    (void) state;
    for (int run = 0; run < 2; run++) {
        struct scenario *s = read_workload(
            run ? "{id: b, tcp: {pairs: permutation, among: blue/*}}"
                : "{id: a, tcp: {pairs: permutation, among: blue/*}}");
        GHashTable *to = g_hash_table_new(NULL, NULL);

        assert_int_equal(s->flows->len, 5);
        for (unsigned int i = 0; i < 5; i++) {
            const struct scenario_flow *flow = flow_at(s, i);
            char *more = g_strconcat(seen[run], flow->to.vm->path, NULL);

            assert_ptr_not_equal(flow->from.vm, flow->to.vm);
            assert_true(g_hash_table_add(to, flow->to.vm));
            g_free(seen[run]);
            seen[run] = more;
        }
        g_hash_table_unref(to);
        scenario_free(s);
    }
    /* Each workload has a stream of its own. */
    assert_string_not_equal(seen[0], seen[1]);
    g_free(seen[0]);
    g_free(seen[1]);
}

static void
each_tenant_has_a_ring(void **state)
{
    struct scenario *s =
        read_workload("{id: r, tcp_rr: {pairs: ring-in-tenant}}");

    (void) state;
    assert_int_equal(s->flows->len, 8); /* Green's VM is alone. */
    assert_flow(s, 0, "r-1", "blue/v1", "blue/v2");
    assert_flow(s, 4, "r-5", "blue/v5", "blue/v1");
    assert_flow(s, 5, "r-6", "red/v1", "red/v2");
    assert_flow(s, 7, "r-8", "red/v3", "red/v1");
    scenario_free(s);
}

static void
starts_are_spread_evenly(void **state)
{
    struct scenario *s = read_workload(
        "{id: w, udp: {pairs: permutation, among: blue/*, shift: 1}, "
        "gap: 1ms, start: spread 1ms..2ms}");

    (void) state;
    for (unsigned int i = 0; i < 5; i++) {
        const struct distribution *start = &flow_at(s, i)->config.start;

        assert_int_equal(start->kind, DISTRIBUTION_CONSTANT);
        assert_int_equal((sim_time) start->a, SIM_MS + i * SIM_MS / 5);
    }
    scenario_free(s);
}

static void
any_other_start_is_the_same_for_all(void **state)
{
    struct scenario *s = read_workload(
        "{id: w, udp: {pairs: permutation, among: blue/*, shift: 1}, "
        "gap: 1ms, start: uniform 0s..1ms}");

    (void) state;
    for (unsigned int i = 0; i < 5; i++) {
        const struct distribution *start = &flow_at(s, i)->config.start;

        assert_int_equal(start->kind, DISTRIBUTION_UNIFORM);
        assert_int_equal((sim_time) start->b, SIM_MS);
    }
    scenario_free(s);
}

/* The bad files have the rest. */
static void
one_note_tells_of_flows_that_nobody_looks_at(void **state)
{
    struct scenario *s = read_workload(
        "{id: w, udp: {pairs: permutation, among: blue/*, shift: 1}, "
        "gap: 1ms}");
    GString *out = g_string_new(NULL);

    (void) state;
    diag_print(s->diag, false, out);
    assert_non_null(
        strstr(out->str, "no expectation looks at w-1 and 4 more"));
    assert_null(strstr(out->str, "w-2"));
    g_string_free(out, TRUE);
    scenario_free(s);
}

static void
an_incast_sends_from_all_to_the_first(void **state)
{
    struct scenario *s = read_workload(
        "{id: w, udp: {pairs: incast, among: [blue/v2, 'blue/*']}, gap: 1ms}");

    (void) state;
    assert_int_equal(s->flows->len, 4);
    assert_flow(s, 0, "w-1", "blue/v1", "blue/v2");
    assert_flow(s, 3, "w-4", "blue/v5", "blue/v2");
    scenario_free(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shift_pairs_each_member_with_one_further_on),
        cmocka_unit_test(
            members_are_named_once_however_often_they_are_written),
        cmocka_unit_test(
            a_random_permutation_leaves_nobody_out_and_nobody_in_place),
        cmocka_unit_test(each_tenant_has_a_ring),
        cmocka_unit_test(starts_are_spread_evenly),
        cmocka_unit_test(any_other_start_is_the_same_for_all),
        cmocka_unit_test(one_note_tells_of_flows_that_nobody_looks_at),
        cmocka_unit_test(an_incast_sends_from_all_to_the_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

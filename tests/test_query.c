/* What metrics answer: their names, objects and aggregates. */

#include <math.h>
#include <string.h>

#include "scenarios/metric_name.h"
#include "scenarios/query.h"
#include "scenarios/series.h"
#include "tests/cmocka_all.h"

/* Ten pings from 0 on, five from 500 ms on, and some that never start. */
static const char text[] =
    "format: 1\n"
    "name: t\n"
    "run: {until: 2s, warmup: 450ms}\n"
    "topology:\n"
    "  nodes:\n"
    "    sw1: {role: switch}\n"
    "    sw2: {role: switch}\n"
    "    hv1: {role: host, pa: 192.168.1.1/24}\n"
    "    hv2: {role: host, pa: 192.168.1.2/24}\n"
    "    hv3: {role: host, pa: 192.168.1.3/24}\n"
    "  links:\n"
    "    - {ends: [hv1:eth0, sw1:p1], rate: 10Gbps, mtu: 1600}\n"
    "    - {ends: [hv2:eth0, sw1:p2], rate: 10Gbps, mtu: 1600}\n"
    "    - {ends: [sw1:up, sw2:up], rate: 10Gbps, mtu: 1600}\n"
    "    - {ends: [hv3:eth0, sw2:p1], rate: 10Gbps, mtu: 1600}\n"
    "datapath: {use: nvgre}\n"
    "tenants:\n"
    "  blue:\n"
    "    subnets: {lan: {cidr: 10.1.1.0/24, vsid: 5001}}\n"
    "    vms:\n"
    "      a: {subnet: lan, ca: 10.1.1.11, host: hv1}\n"
    "      b: {subnet: lan, ca: 10.1.1.12, host: hv2}\n"
    "      c: {subnet: lan, ca: 10.1.1.13, host: hv3, "
    "mac: 00-15-5d-00-00-99}\n"
    "workloads:\n"
    "  - {id: near, ping: [blue/a, blue/b], every: 100ms, count: 10}\n"
    "  - {id: far, ping: [blue/a, blue/c], every: 100ms, count: 5, "
    "start: 500ms}\n"
    "  - {id: late, ping: [blue/b, blue/c], start: 1h}\n";

struct bench {
    struct scenario *scenario;
    struct network *net;
};

static int
set_up(void **state)
{
    static const struct scenario_options options;
    struct bench *b = g_new0(struct bench, 1);

    b->scenario =
        scenario_read(source_new("t.yaml", text, strlen(text)), ".", &options);
    assert_false(scenario_failed(b->scenario));
    b->net = network_build(b->scenario, 1, NULL);
    assert_non_null(b->net);
    *state = b;
    return 0;
}

static int
tear_down(void **state)
{
    struct bench *b = *state;

    network_free(b->net);
    scenario_free(b->scenario);
    g_free(b);
    return 0;
}

static void
run_to(struct bench *b, sim_time end)
{
    while (!sim_run(b->net->sim, end, 1000)) {
    }
}

/* Answers 'name' as things are now, without samples before. */
static struct answer
ask(struct bench *b, const char *name)
{
    struct query *query = query_new(b->net, name);
    struct answer answer;

    query_sample(query);
    query_answer(query, &answer);
    query_free(query);
    return answer;
}

static void
assert_number(struct bench *b, const char *name, double wanted)
{
    struct answer answer = ask(b, name);

    if (!answer.has_value || answer.is_text
        || fabs(answer.number - wanted) > 1e-12 * fabs(wanted)) {
        fail_msg("%s is %g, wanted %g", name, answer.number, wanted);
    }
}

static void
one_thing_is_read_and_a_kind_is_added_up(void **state)
{
    struct bench *b = *state;

    run_to(b, 2 * SIM_S);
    assert_number(b, "near.completed", 10);
    assert_number(b, "far.completed", 5);
    assert_number(b, "late.completed", 0);
    assert_number(b, "flow.completed", 15);
    assert_number(b, "flow.completed.sum", 15);
    assert_number(b, "flow.completed.max", 10);
    assert_number(b, "flow.completed.mean", 5);
    assert_number(b, "hv1.policy.entries", 3);
    assert_number(b, "host.policy.entries", 9);
}

static void
a_rate_is_per_second_of_the_run(void **state)
{
    struct bench *b = *state;

    run_to(b, 2 * SIM_S);
    assert_number(b, "near.completed.rate", 5);
    assert_number(b, "flow.completed.rate", 7.5);
}

static void
after_warmup_leaves_out_what_was_before(void **state)
{
    struct bench *b = *state;
    struct query *query = query_new(b->net, "flow.completed.after_warmup");
    struct answer answer;

    run_to(b, 450 * SIM_MS);
    query_warmup(query);
    run_to(b, 2 * SIM_S);
    query_answer(query, &answer);
    assert_true(answer.has_value);
    assert_float_equal(answer.number, 10, 0); /* Five came before. */
    query_free(query);
}

static void
samples_of_a_level_give_its_mean_and_maximum(void **state)
{
    struct bench *b = *state;
    struct query *mean = query_new(b->net, "sw2.mac.used.mean");
    struct query *max = query_new(b->net, "sw2.mac.used.max");
    struct answer answer;

    /* Before a frame, after the first ARP, with both hosts, at the end. */
    for (int i = 0; i < 4; i++) {
        run_to(b, i * 450 * SIM_MS + 1);
        query_sample(mean);
        query_sample(max);
    }
    query_answer(mean, &answer);
    assert_true(answer.number > 0 && answer.number < 3);
    query_answer(max, &answer);
    assert_float_equal(answer.number, ask(b, "sw2.mac.used").number, 0);
    query_free(mean);
    query_free(max);
}

static void
quantiles_are_in_order_and_in_seconds(void **state)
{
    struct bench *b = *state;
    struct answer p50, p99, max, mean;

    run_to(b, 2 * SIM_S);
    p50 = ask(b, "flow.latency.p50");
    p99 = ask(b, "flow.latency.p99");
    max = ask(b, "flow.latency.max");
    mean = ask(b, "flow.latency");
    assert_string_equal(p50.unit, "s");
    /* Four links of 1 us there and back, more behind two switches. */
    assert_true(p50.number > 4e-6 && p50.number < 10e-6);
    assert_true(p50.number <= p99.number && p99.number <= max.number);
    assert_true(mean.number > p50.number && mean.number < max.number);
    assert_true(ask(b, "far.latency.p50").number
                > ask(b, "near.latency.p50").number);
}

static void
what_saw_nothing_has_no_value(void **state)
{
    static const char *const names[] = {
        "late.latency",     "late.latency.p99", "late.latency.mean",
        "late.latency.max", "late.rtt",
    };
    struct bench *b = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        assert_false(ask(b, names[i]).has_value);
    }
    run_to(b, 2 * SIM_S);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        assert_false(ask(b, names[i]).has_value);
    }
}

static void
packets_are_counted_by_their_fates(void **state)
{
    struct bench *b = *state;

    run_to(b, 2 * SIM_S);
    /* Each ping is answered by the echo service and the answer arrives. */
    assert_number(b, "packets.delivered", 30);
    assert_number(b, "packets.dropped", 0);
    assert_number(b, "packets.policy-miss", 0);
    assert_number(b, "packets.created",
                  ask(b, "packets.delivered").number
                      + ask(b, "packets.consumed").number
                      + ask(b, "packets.in_flight").number);
}

static void
a_vm_is_what_it_is(void **state)
{
    static const struct {
        const char *name, *text;
    } cases[] = {
        { "blue/a.ca", "10.1.1.11" },
        { "blue/a.pa", "192.168.1.1" },
        { "blue/c.mac", "00:15:5d:00:00:99" },
        { "blue/c.host", "hv3" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct answer answer = ask(*state, cases[i].name);

        assert_true(answer.has_value && answer.is_text);
        assert_string_equal(answer.text, cases[i].text);
        g_free(answer.text);
    }
}

static void
names_are_taken_apart(void **state)
{
    static const struct {
        const char *text, *object, *metric;
        enum aggregate aggregate;
        bool is_kind;
    } cases[] = {
        { "near.latency.p999", "near", "flow.latency", AGGREGATE_P999, false },
        { "flow.latency", "flow", "flow.latency", AGGREGATE_NONE, true },
        { "sw1.mac.used", "sw1", "switch.mac.used", AGGREGATE_NONE, false },
        { "sw1:up.tx_bytes.rate", "sw1:up", "port.tx_bytes", AGGREGATE_RATE,
          false },
        { "port.drops.queue-full", "port", "port.drops.queue-full",
          AGGREGATE_NONE, true },
        { "hv1.wire.overhead_bytes.max", "hv1", "wire.overhead_bytes",
          AGGREGATE_MAX, false },
    };
    struct bench *b = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct metric_name name;
        struct fault fault = { 0 };

        if (!metric_name_parse(b->scenario, cases[i].text, &name, &fault)) {
            fail_msg("%s: %s", cases[i].text, fault.message);
        }
        assert_string_equal(name.object, cases[i].object);
        assert_string_equal(name.metric, cases[i].metric);
        assert_int_equal(name.aggregate, cases[i].aggregate);
        assert_int_equal(name.is_kind, cases[i].is_kind);
        metric_name_clear(&name);
    }
}

static void
names_of_nothing_are_refused(void **state)
{
    static const char *const names[] = {
        "",           ".",          "near",         "near.",
        ".completed", "near.p99",   "near.max.max", "sw1.policy.misses",
        "sw3.mac",    "packets.no", "packets.",     "blue/a.ca.max",
        "blue/d.ca",  "blue/a.vsid"
    };
    struct bench *b = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        struct metric_name name;
        struct fault fault = { 0 };

        assert_false(metric_name_parse(b->scenario, names[i], &name, &fault));
        assert_int_equal(fault.code, E080);
        assert_non_null(fault.message);
        assert_non_null(fault.help);
        fault_clear(&fault);
    }
}

static void
every_series_can_be_asked_for_by_its_name(void **state)
{
    struct bench *b = *state;
    struct series_walk walk;
    struct series s;
    uint64_t n = 0;

    for (series_walk_init(&walk, b->net, NULL, NULL); series_next(&walk, &s);
         n++) {
        char *name = g_strconcat(s.entity, ".",
                                 g_str_has_prefix(s.metric, "wire.")
                                     ? s.metric
                                     : strchr(s.metric, '.') + 1,
                                 NULL);
        double value = s.read(&s);
        struct answer answer = ask(b, name);

        assert_string_equal(answer.unit, s.unit);
        assert_int_equal(answer.has_value, !isnan(value));
        g_free(name);
    }
    assert_true(n > 0);
    assert_int_equal(n, series_count(b->net));
}

/* Counts the series that a walk finds. */
static uint64_t
count_series(const struct bench *b, const char *metric, const char *entity)
{
    struct series_walk walk;
    struct series s;
    uint64_t n = 0;

    for (series_walk_init(&walk, b->net, metric, entity);
         series_next(&walk, &s); n++) {
        assert_true(!metric || !strcmp(s.metric, metric));
        assert_true(!entity || !strcmp(s.entity, entity));
    }
    return n;
}

static void
a_walk_over_one_metric_and_those_of_things_find_the_same(void **state)
{
    struct bench *b = *state;
    const struct scenario *scenario = b->scenario;
    uint64_t of_ports = 0;
    GHashTableIter iter;
    void *path;

    g_hash_table_iter_init(&iter, scenario->port_by_path);
    while (g_hash_table_iter_next(&iter, &path, NULL)) {
        assert_int_equal(count_series(b, "port.tx_bytes", path), 1);
        assert_int_equal(count_series(b, "switch.mac.used", path), 0);
        of_ports++;
    }
    assert_int_equal(count_series(b, "port.tx_bytes", NULL), of_ports);
    assert_int_equal(count_series(b, "port.tx_bytes", "nobody"), 0);
    assert_int_equal(count_series(b, "switch.mac.used", NULL), 2);
    assert_int_equal(count_series(b, "host.vms", "sw1"), 0);
}

int
main(void)
{
#define T(NAME) cmocka_unit_test_setup_teardown(NAME, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(one_thing_is_read_and_a_kind_is_added_up),
        T(a_rate_is_per_second_of_the_run),
        T(after_warmup_leaves_out_what_was_before),
        T(samples_of_a_level_give_its_mean_and_maximum),
        T(quantiles_are_in_order_and_in_seconds),
        T(what_saw_nothing_has_no_value),
        T(packets_are_counted_by_their_fates),
        T(a_vm_is_what_it_is),
        T(names_are_taken_apart),
        T(names_of_nothing_are_refused),
        T(every_series_can_be_asked_for_by_its_name),
        T(a_walk_over_one_metric_and_those_of_things_find_the_same),
    };
#undef T

    return cmocka_run_group_tests(tests, NULL, NULL);
}

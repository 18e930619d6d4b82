/* How a host is watched: notes for packet walks, metrics, tables, its VMs. */

#include <string.h>

#include "tests/cmocka_all.h"
#include "tests/host_bench.h"

static struct host_bench *
bench(enum policy_rule rule)
{
    return host_bench_new(&(struct host_bench_config){ .rule = rule });
}

static void
the_walk_of_a_rewritten_packet_is_told(void **state)
{
    static const char *const lines[] = {
        "vswitch: frame from blue/web, 58 B",
        "policy: lookup (VSID 5001, CA 10.1.1.1) -> PA 192.168.1.10, MAC "
        "00:15:5d:01:0a:01, rule TranslationMethodNat",
        "datapath: rewrite: src 10.1.1.2 -> 192.168.1.12, dst 10.1.1.1 -> "
        "192.168.1.10, 58 B -> 58 B",
        "arp: asks who has 192.168.1.10",
        "arp: next hop 192.168.1.10 is at 02:00:00:00:00:0a",
        "policy: source check (VSID 5001, CA 10.1.1.2): PA 192.168.1.12 as "
        "the record says",
        "datapath: rewrite back: src 192.168.1.12 -> 10.1.1.2, dst "
        "192.168.1.10 -> 10.1.1.1, 58 B -> 58 B",
        "vswitch: to blue/sql",
    };
    struct host_bench *b = bench(POLICY_RULE_NAT);
    const char *at = b->said->str;

    (void) state;
    host_bench_send_golden(b, BLUE_WEB, "01-");
    host_bench_run(b, 1 * SIM_MS);
    at = b->said->str;
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        assert_said(b, lines[i]);
        at = strstr(at, lines[i]); /* In this order. */
        assert_non_null(at);
    }
    host_bench_free(b);
}

static void
the_walk_of_an_encapsulated_packet_is_told(void **state)
{
    struct host_bench *b = host_bench_new(&(struct host_bench_config){
        .rule = POLICY_RULE_ENCAP, .has_flow_ids = true });
    const struct seen_frame *frame;
    char line[HOST_BENCH_TEXT_MAX];

    (void) state;
    host_bench_send_golden(b, BLUE_WEB, "01-");
    host_bench_run(b, 1 * SIM_MS);
    frame = host_bench_frame(b, AT_HOST2, TAP_OUT, ETH_TYPE_IPV4, 0);
    assert_int_equal(frame->tag.vsid, 5001);
    assert_string_equal(frame->tag.step, "encap");
    assert_true(frame->data[41] != 0);
    g_snprintf(line, sizeof line,
               "datapath: encapsulated: VSID 5001, FlowID %u, outer "
               "192.168.1.12 > 192.168.1.10, 58 B -> 100 B",
               frame->data[41]);
    assert_said(b, line);
    g_snprintf(line, sizeof line,
               "datapath: decapsulated: VSID 5001, FlowID %u, outer "
               "192.168.1.12 > 192.168.1.10, 100 B -> 58 B",
               frame->data[41]);
    assert_said(b, line);
    assert_said(b, "policy: source check (VSID 5001, CA 10.1.1.2): PA "
                   "192.168.1.12 as the record says");
    assert_string_equal(
        host_bench_frame(b, BLUE_SQL, TAP_IN, ETH_TYPE_IPV4, 0)->tag.step,
        "decap");
    host_bench_free(b);
}

static void
metrics_and_tables_say_what_the_host_knows(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_ENCAP);
    struct table_usage usage;

    (void) state;
    host_bench_send_golden(b, BLUE_WEB, "01-");
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_metric(b, 1, "host.vms"), 2);
    assert_int_equal(host_bench_metric(b, 1, "host.policy.entries"), 4);
    assert_int_equal(host_bench_metric(b, 1, "host.policy.version"), 2);
    assert_int_equal(host_bench_metric(b, 1, "wire.overhead_bytes"), 42);
    assert_int_equal(host_bench_metric(b, 1, "wire.overhead_bytes_total"), 42);
    assert_int_equal(host_bench_metric(b, 1, "wire.too_big"), 0);
    assert_true(b->hosts[1]->ops->table(b->hosts[1], 0, &usage));
    assert_string_equal(usage.name, "policy");
    assert_int_equal(usage.used, 4);
    assert_int_equal(usage.capacity, 0);
    assert_true(b->hosts[1]->ops->table(b->hosts[1], 1, &usage));
    assert_string_equal(usage.name, "arp");
    assert_int_equal(usage.used, 1);
    assert_int_equal(usage.capacity, 1024);
    assert_false(b->hosts[1]->ops->table(b->hosts[1], 2, &usage));
    host_bench_free(b);
}

static void
vms_are_found_by_name_and_place(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NAT);

    (void) state;
    assert_true(node_is_host(b->hosts[0]));
    assert_int_equal(host_n_vms(b->hosts[0]), 2);
    assert_ptr_equal(host_vm_get(b->hosts[0], 1), b->vms[RED_SQL]);
    assert_null(host_vm_find(b->hosts[0], "blue/web"));
    assert_string_equal(guest_name(host_vm_guest(b->vms[RED_SQL])), "red/sql");
    assert_string_equal(host_vm_tap(b->vms[RED_SQL])->name, "red/sql:eth0");
    assert_int_equal(host_vm_record(b->vms[RED_SQL])->pa.octets[3], 11);
    host_bench_free(b);

    b = bench(POLICY_RULE_VLAN);
    assert_null(host_vm_record(b->vms[RED_SQL]));
    host_bench_free(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_walk_of_a_rewritten_packet_is_told),
        cmocka_unit_test(the_walk_of_an_encapsulated_packet_is_told),
        cmocka_unit_test(metrics_and_tables_say_what_the_host_knows),
        cmocka_unit_test(vms_are_found_by_name_and_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Hosts that are down and VMs that are off. */

#include "models/guest/workload.h"
#include "models/wire/ipv4.h"
#include "tests/cmocka_all.h"
#include "tests/host_bench.h"
#include "tests/wire_vectors.h"

/* Blue's WEB on Host2 sends a datagram a millisecond to SQL on Host1. */
struct stop_bench {
    struct host_bench *hosts;
    struct flow_config config;
    struct flow_end *client, *server;
};

static int
setup(void **state)
{
    struct stop_bench *b = g_new0(struct stop_bench, 1);
    const struct guest *sql;

    b->hosts =
        host_bench_new(&(struct host_bench_config){ .rule = POLICY_RULE_NAT });
    sql = host_vm_guest(b->hosts->vms[BLUE_SQL]);
    b->config = (struct flow_config){
        .kind = workload_kind_by_name("udp"),
        .id = "flow",
        .index = 1,
        .to = guest_address(sql),
        .stop = SIM_NEVER,
        .count = 100,
        .gap = { DISTRIBUTION_CONSTANT, 1e9, 0 },
        .size = { DISTRIBUTION_CONSTANT, 100, 0 },
    };
    b->server =
        flow_server_new(host_vm_guest(b->hosts->vms[BLUE_SQL]), &b->config);
    b->client =
        flow_client_new(host_vm_guest(b->hosts->vms[BLUE_WEB]), &b->config);
    host_bench_run(b->hosts, 10 * SIM_MS + 500 * SIM_US);
    assert_int_equal(flow_end_stats(b->client)->sent, 11);
    assert_int_equal(flow_end_stats(b->server)->received, 11);
    *state = b;
    return 0;
}

static int
teardown(void **state)
{
    struct stop_bench *b = *state;

    flow_end_free(b->client);
    flow_end_free(b->server);
    host_bench_free(b->hosts);
    g_free(b);
    return 0;
}

static void
assert_counts(const struct stop_bench *b, uint64_t sent, uint64_t received)
{
    assert_int_equal(flow_end_stats(b->client)->sent, sent);
    assert_int_equal(flow_end_stats(b->server)->received, received);
}

static void
what_comes_to_a_host_that_is_down_ends(void **state)
{
    struct stop_bench *b = *state;

    host_set_down(b->hosts->hosts[0], true);
    host_bench_run(b->hosts, 10 * SIM_MS);
    assert_counts(b, 21, 11);
    assert_int_equal(host_bench_fate(b->hosts, 0, HOST_FATE_DOWN), 10);
    host_set_down(b->hosts->hosts[0], false);
    host_bench_run(b->hosts, 10 * SIM_MS);
    assert_counts(b, 31, 21);
}

static void
the_vms_of_a_host_that_is_down_stand_still(void **state)
{
    struct stop_bench *b = *state;
    unsigned int n =
        host_bench_n_frames(b->hosts, AT_HOST2, TAP_OUT, ETH_TYPE_IPV4);

    host_set_down(b->hosts->hosts[1], true);
    host_bench_run(b->hosts, 100 * SIM_MS);
    assert_counts(b, 11, 11);
    assert_int_equal(
        host_bench_n_frames(b->hosts, AT_HOST2, TAP_OUT, ETH_TYPE_IPV4), n);
    host_set_down(b->hosts->hosts[1], false);
    host_bench_run(b->hosts, 5 * SIM_MS); /* At once, then by its clock. */
    assert_counts(b, 17, 16);
}

static void
a_vm_that_is_off_gets_nothing(void **state)
{
    struct stop_bench *b = *state;

    host_vm_set_off(b->hosts->vms[BLUE_SQL], true);
    host_bench_run(b->hosts, 10 * SIM_MS);
    assert_counts(b, 21, 11);
    assert_int_equal(host_bench_fate(b->hosts, 0, HOST_FATE_VM_OFF), 10);
    host_vm_set_off(b->hosts->vms[BLUE_SQL], false);
    host_bench_run(b->hosts, 10 * SIM_MS);
    assert_counts(b, 31, 21);
}

static void
a_vm_that_is_off_sends_nothing(void **state)
{
    struct stop_bench *b = *state;

    host_vm_set_off(b->hosts->vms[BLUE_WEB], true);
    host_bench_run(b->hosts, 10 * SIM_MS);
    assert_counts(b, 11, 11);
    host_vm_set_off(b->hosts->vms[BLUE_WEB], false);
    host_bench_run(b->hosts, 10 * SIM_MS);
    assert_counts(b, 22, 21);
}

static void
a_vm_that_is_off_stays_so_when_its_host_comes_up(void **state)
{
    struct stop_bench *b = *state;

    host_vm_set_off(b->hosts->vms[BLUE_WEB], true);
    host_set_down(b->hosts->hosts[1], true);
    host_bench_run(b->hosts, 10 * SIM_MS);
    host_vm_set_off(b->hosts->vms[BLUE_WEB], false);
    host_bench_run(b->hosts, 10 * SIM_MS);
    assert_counts(b, 11, 11); /* On, but its host is down. */
    host_vm_set_off(b->hosts->vms[BLUE_WEB], true);
    host_set_down(b->hosts->hosts[1], false);
    host_bench_run(b->hosts, 10 * SIM_MS);
    assert_counts(b, 11, 11);
    host_vm_set_off(b->hosts->vms[BLUE_WEB], false);
    host_bench_run(b->hosts, 10 * SIM_MS);
    assert_counts(b, 22, 21);
}

static void
what_is_on_its_way_inside_a_host_ends_when_that_goes_down(void **state)
{
    struct host_bench *b = host_bench_new(&(struct host_bench_config){
        .rule = POLICY_RULE_NAT, .is_alone = true, .is_one_host = true });

    (void) state;
    host_bench_send_golden(b, BLUE_WEB, "01-");
    host_set_down(b->hosts[0], true);
    host_bench_run(b, SIM_MS);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_DOWN), 1);
    assert_int_equal(host_bench_n_frames(b, BLUE_SQL, TAP_IN, 0), 0);
    host_bench_free(b);
}

/* ARP for the next hop is asked again every second. */
static void
a_host_that_is_down_asks_nobody(void **state)
{
    struct host_bench *b = host_bench_new(&(struct host_bench_config){
        .rule = POLICY_RULE_NAT, .is_alone = true });
    struct test_frame frame = *golden_frame("01-");
    const struct eth_hdr eth = { mac_of("00155d011401"),
                                 mac_of("00155d010a01"), ETH_TYPE_IPV4 };

    (void) state;
    eth_encode(&eth, frame.data);
    frame.data[ETH_HLEN + 15] = 1;
    frame.data[ETH_HLEN + 19] = 2;
    host_bench_send(b, BLUE_SQL, frame.data, frame.size);
    assert_int_equal(host_bench_n_frames(b, AT_HOST1, TAP_OUT, 0), 1);
    host_set_down(b->hosts[0], true);
    host_bench_run(b, 10 * SIM_S);
    assert_int_equal(host_bench_n_frames(b, AT_HOST1, TAP_OUT, 0), 1);
    host_set_down(b->hosts[0], false);
    host_bench_run(b, 10 * SIM_S);
    assert_int_equal(host_bench_n_frames(b, AT_HOST1, TAP_OUT, 0), 3);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_UNRESOLVED), 1);
    host_bench_free(b);
}

int
main(void)
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_comes_to_a_host_that_is_down_ends),
        TEST(the_vms_of_a_host_that_is_down_stand_still),
        TEST(a_vm_that_is_off_gets_nothing),
        TEST(a_vm_that_is_off_sends_nothing),
        TEST(a_vm_that_is_off_stays_so_when_its_host_comes_up),
        cmocka_unit_test(
            what_is_on_its_way_inside_a_host_ends_when_that_goes_down),
        cmocka_unit_test(a_host_that_is_down_asks_nobody),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}

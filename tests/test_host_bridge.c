/* VLANs and the flat network: a host's virtual switch as a bridge. */

#include <string.h>

#include "tests/cmocka_all.h"
#include "models/wire/arp.h"
#include "tests/host_bench.h"
#include "tests/wire_vectors.h"

static struct host_bench *
bench(enum policy_rule rule)
{
    return host_bench_new(
        &(struct host_bench_config){ .rule = rule, .has_no_pa = true });
}

static void
a_vlan_frame_has_a_tag_on_the_wire_only(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_VLAN);
    const struct test_frame *golden = golden_frame("01-");
    const struct seen_frame *frame;

    (void) state;
    host_bench_send_golden(b, BLUE_WEB, "01-");
    host_bench_run(b, 1 * SIM_MS);
    frame = host_bench_frame(b, AT_HOST2, TAP_OUT, ETH_TYPE_VLAN, 0);
    assert_int_equal(frame->size, 62);
    assert_int_equal(get_be16(frame->data + 14), 101);
    assert_memory_equal(frame->data, golden->data, 12);
    assert_memory_equal(frame->data + 16, golden->data + 12, 46);
    assert_string_equal(frame->tag.step, "vlan-tag");
    frame = host_bench_frame(b, BLUE_SQL, TAP_IN, ETH_TYPE_IPV4, 0);
    assert_golden(frame, "01-");
    assert_int_equal(frame->size, 58);
    assert_string_equal(frame->tag.step, "vlan-untag");
    assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, 0), 0);
    assert_said(b, "datapath: tagged: VLAN 101, 58 B -> 62 B");
    assert_said(b, "datapath: untagged: VLAN 101, 62 B -> 58 B");
    assert_int_equal(host_bench_metric(b, 1, "wire.overhead_bytes"), 4);
    host_bench_free(b);
}

static void
a_broadcast_stays_in_its_vlan(void **state)
{
    struct host_bench *b = host_bench_new(&(struct host_bench_config){
        .rule = POLICY_RULE_VLAN, .has_no_pa = true, .is_one_host = true });
    const struct seen_frame *frame;
    uint8_t data[42];
    size_t size = host_bench_arp(data, ARP_REQUEST, "00155d011401", "10.1.1.2",
                                 "10.1.1.9", NULL);

    (void) state;
    host_bench_send(b, BLUE_WEB, data, size);
    host_bench_run(b, 1 * SIM_MS);
    frame = host_bench_frame(b, BLUE_SQL, TAP_IN, 0, 0);
    assert_int_equal(frame->size, 42);
    assert_memory_equal(frame->data, data, size);
    assert_int_equal(host_bench_n_frames(b, BLUE_WEB, TAP_IN, 0), 0);
    assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, 0), 0);
    assert_int_equal(host_bench_n_frames(b, RED_WEB, TAP_IN, 0), 0);
    frame = host_bench_frame(b, AT_HOST1, TAP_OUT, ETH_TYPE_VLAN, 0);
    assert_int_equal(get_be16(frame->data + 14), 101);
    assert_int_equal(host_bench_fate(b, 1, HOST_FATE_NO_SUCH_VM), 1);
    host_bench_free(b);
}

static void
a_broadcast_from_the_wire_is_copied_and_unpadded(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_VLAN);
    uint8_t data[42];
    size_t size = host_bench_arp(data, ARP_REQUEST, "00155d011401", "10.1.1.2",
                                 "10.1.1.1", NULL);

    (void) state;
    host_bench_send(b, BLUE_WEB, data, size);
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_frame(b, AT_HOST1, TAP_IN, 0, 0)->size, 60);
    assert_int_equal(host_bench_frame(b, BLUE_SQL, TAP_IN, 0, 0)->size, 42);
    /* At once, or a unicast behind it would overtake it. */
    assert_int_equal(host_bench_frame(b, BLUE_SQL, TAP_IN, 0, 0)->when,
                     host_bench_frame(b, AT_HOST1, TAP_IN, 0, 0)->when);
    assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, 0), 0);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_REPLICATED), 1);
    host_bench_free(b);
}

static void
check_neighbor(enum policy_rule rule)
{
    struct host_bench *b = host_bench_new(&(struct host_bench_config){
        .rule = rule, .has_no_pa = true, .is_one_host = true });
    struct test_frame frame = *golden_frame("01-");
    uint16_t type = rule == POLICY_RULE_VLAN ? ETH_TYPE_VLAN : 0x88b5;

    put_be16(frame.data + 12, 0x88b5); /* Nothing that a guest answers. */
    host_bench_send(b, BLUE_WEB, frame.data, frame.size);
    host_bench_run(b, 1 * SIM_MS);
    assert_memory_equal(host_bench_frame(b, BLUE_SQL, TAP_IN, 0x88b5, 0)->data,
                        frame.data, frame.size);
    assert_int_equal(host_bench_n_frames(b, AT_HOST1, TAP_OUT, type), 0);

    frame.data[5] = 77; /* Nobody's MAC: perhaps behind the wire. */
    host_bench_send(b, BLUE_WEB, frame.data, frame.size);
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_n_frames(b, AT_HOST1, TAP_OUT, type), 1);
    assert_int_equal(host_bench_n_frames(b, BLUE_SQL, TAP_IN, 0x88b5), 1);
    host_bench_free(b);
}

static void
only_frames_for_others_go_to_the_wire(void **state)
{
    (void) state;
    check_neighbor(POLICY_RULE_VLAN);
    check_neighbor(POLICY_RULE_NONE);
}

static void
a_vlan_frame_does_not_reach_the_other_vlan_by_its_mac(void **state)
{
    struct host_bench *b = host_bench_new(&(struct host_bench_config){
        .rule = POLICY_RULE_VLAN, .has_no_pa = true, .is_one_host = true });
    struct test_frame frame = *golden_frame("01-");

    (void) state;
    frame.data[5] = 2; /* Red's SQL. */
    host_bench_send(b, BLUE_WEB, frame.data, frame.size);
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, 0), 0);
    assert_int_equal(host_bench_n_frames(b, AT_HOST1, TAP_OUT, ETH_TYPE_VLAN),
                     1);
    host_bench_free(b);
}

/* Flat is no isolation: that is what it is there to show. */
static void
a_flat_broadcast_reaches_every_tenant(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NONE);
    uint8_t data[42];
    size_t size = host_bench_arp(data, ARP_REQUEST, "00155d011401", "10.1.1.2",
                                 "10.1.1.1", NULL);

    (void) state;
    host_bench_send(b, BLUE_WEB, data, size);
    host_bench_run(b, 1 * SIM_MS);
    assert_memory_equal(host_bench_frame(b, BLUE_SQL, TAP_IN, 0, 0)->data,
                        data, size);
    assert_memory_equal(host_bench_frame(b, RED_SQL, TAP_IN, 0, 0)->data, data,
                        size);
    assert_memory_equal(host_bench_frame(b, RED_WEB, TAP_IN, 0, 0)->data, data,
                        size);
    assert_int_equal(host_bench_fate(b, 1, HOST_FATE_ARP_PROXY), 0);
    host_bench_free(b);
}

static void
a_flat_frame_goes_as_it_is(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NONE);

    (void) state;
    host_bench_send_golden(b, BLUE_WEB, "01-");
    host_bench_run(b, 1 * SIM_MS);
    assert_golden(host_bench_frame(b, AT_HOST2, TAP_OUT, ETH_TYPE_IPV4, 0),
                  "01-");
    assert_int_equal(
        host_bench_frame(b, BLUE_SQL, TAP_IN, ETH_TYPE_IPV4, 0)->size, 58);
    assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, ETH_TYPE_IPV4),
                     0);
    assert_int_equal(host_bench_metric(b, 1, "wire.overhead_bytes"), 0);
    host_bench_free(b);
}

/* ARP for the host's own address and flat VMs beside it: both hear it. */
static void
an_arp_broadcast_may_concern_host_and_vms(void **state)
{
    struct host_bench *b = host_bench_new(&(struct host_bench_config){
        .rule = POLICY_RULE_NONE, .is_alone = true });
    uint8_t data[42];
    size_t size = host_bench_arp(data, ARP_REQUEST, "020000000099",
                                 "192.168.1.99", "192.168.1.10", NULL);

    (void) state;
    host_bench_inject(b, data, size);
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_n_frames(b, BLUE_SQL, TAP_IN, 0), 1);
    assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, 0), 1);
    assert_int_equal(host_bench_n_frames(b, AT_HOST1, TAP_OUT, ETH_TYPE_ARP),
                     1);
    host_bench_free(b);
}

static void
what_is_for_others_is_dropped(void **state)
{
    struct host_bench *b = host_bench_new(&(struct host_bench_config){
        .rule = POLICY_RULE_VLAN, .has_no_pa = true, .is_alone = true });
    struct test_frame frame = { .size = 64 };
    struct vlan_tag tag = { .tpid = ETH_TYPE_VLAN, .vid = 101 };

    (void) state;
    memcpy(frame.data, golden_frame("01-")->data, 12);
    vlan_encode(&tag, frame.data + 12);
    put_be16(frame.data + 16, 0x88b5);
    frame.data[5] = 77; /* Nobody's MAC in a VLAN that is here. */
    host_bench_inject(b, frame.data, frame.size);
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_NOT_MINE), 1);
    put_be16(frame.data + 14, 102); /* A VLAN that is not here. */
    host_bench_inject(b, frame.data, frame.size);
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_NO_SUCH_VM), 1);
    put_be16(frame.data + 14, 0); /* No VLAN at all. */
    host_bench_inject(b, frame.data, frame.size);
    host_bench_inject_golden(b, "01-"); /* No tag. */
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(
        node_fate_count(b->hosts[0],
                        &datapath_drops[DATAPATH_DROP_VLAN_UNTAGGED]),
        1);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_NOT_MINE), 2);
    assert_int_equal(host_bench_n_frames(b, BLUE_SQL, TAP_IN, 0), 0);
    host_bench_free(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vlan_frame_has_a_tag_on_the_wire_only),
        cmocka_unit_test(a_broadcast_stays_in_its_vlan),
        cmocka_unit_test(a_broadcast_from_the_wire_is_copied_and_unpadded),
        cmocka_unit_test(only_frames_for_others_go_to_the_wire),
        cmocka_unit_test(
            a_vlan_frame_does_not_reach_the_other_vlan_by_its_mac),
        cmocka_unit_test(a_flat_broadcast_reaches_every_tenant),
        cmocka_unit_test(a_flat_frame_goes_as_it_is),
        cmocka_unit_test(an_arp_broadcast_may_concern_host_and_vms),
        cmocka_unit_test(what_is_for_others_is_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

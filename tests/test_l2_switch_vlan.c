/* The switch: VLANs, access and trunk ports. */

#include "tests/cmocka_all.h"
#include "tests/switch_bench.h"

static void
an_unconfigured_port_carries_every_vlan_with_its_tag(void **state)
{
    struct switch_bench *b = *state;

    send_frame(b, 0, 1, 5 << 13 | 101);
    assert_takes(b, 1, 5 << 13 | 101); /* The priority stays. */
    send_frame(b, 0, 1, 1);
    assert_takes(b, 1, UNTAGGED); /* VLAN 1 is what has no tag. */
    send_frame(b, 0, 1, 7 << 13);
    assert_takes(b, 1, UNTAGGED);
}

static void
vlans_learn_apart(void **state)
{
    struct switch_bench *b = *state;

    send_frame(b, 1, 0, 101);
    send_frame(b, 2, 0, 102);
    send_frame(b, 0, 1, 102); /* Station 1 is unknown there. */
    assert_received(b, 2, 2, 2, 3);
}

static void
access_ports_of_one_vlan_reach_each_other_only(void **state)
{
    struct switch_bench *b = *state;

    l2_switch_set_access(b->sw, 0, 101);
    l2_switch_set_access(b->sw, 1, 101);
    l2_switch_set_access(b->sw, 2, 102);
    l2_switch_set_access(b->sw, 3, 102);
    send_raw(b, 0, station_mac(0), UINT64_C(0xffffffffffff), UNTAGGED,
             PAYLOAD);
    assert_received(b, 0, 1, 0, 0);
    assert_takes(b, 1, UNTAGGED);
    send_frame(b, 0, 1, 3 << 13); /* VID 0: only a priority. */
    assert_received(b, 0, 1, 0, 0);
    assert_takes(b, 1, UNTAGGED);
    send_frame(b, 2, 0, UNTAGGED); /* Known, but not there. */
    assert_received(b, 0, 0, 0, 1);
}

static void
an_access_port_refuses_tagged_frames(void **state)
{
    struct switch_bench *b = *state;

    l2_switch_set_access(b->sw, 0, 101);
    send_frame(b, 0, 1, 101);
    send_frame(b, 0, 1, 102);
    assert_received(b, 0, 0, 0, 0);
    assert_dropped(b, L2_SWITCH_DROP_VLAN, 2);
    assert_int_equal(
        mac_table_stats(l2_switch_macs(b->sw), sim_now(b->sim))->used, 0);
}

static void
a_trunk_carries_its_vlans_tagged(void **state)
{
    struct switch_bench *b = *state;

    l2_switch_set_access(b->sw, 0, 101);
    l2_switch_set_trunk(b->sw, 1, 0);
    l2_switch_trunk_add(b->sw, 1, 101);
    l2_switch_trunk_add(b->sw, 1, 4094);
    l2_switch_set_access(b->sw, 2, 102);
    l2_switch_set_access(b->sw, 3, 4094);
    send_frame(b, 0, 1, UNTAGGED);
    assert_received(b, 0, 1, 0, 0);
    assert_takes(b, 1, 101);
    send_frame(b, 1, 0, 6 << 13 | 101);
    assert_received(b, 1, 0, 0, 0);
    assert_takes(b, 0, UNTAGGED);
    send_frame(b, 1, 0, 4094); /* Unknown in this VLAN. */
    assert_received(b, 0, 0, 0, 1);
    send_frame(b, 1, 2, 102);
    assert_received(b, 0, 0, 0, 1);
    assert_dropped(b, L2_SWITCH_DROP_VLAN, 1);
}

static void
a_trunk_carries_its_native_vlan_untagged(void **state)
{
    struct switch_bench *b = *state;

    l2_switch_set_trunk(b->sw, 0, 101);
    l2_switch_set_trunk(b->sw, 1, 101);
    l2_switch_set_trunk(b->sw, 2, 0);
    l2_switch_trunk_add(b->sw, 2, 101);
    l2_switch_set_access(b->sw, 3, 1);
    send_frame(b, 0, 1, UNTAGGED);
    assert_takes(b, 1, UNTAGGED);
    assert_takes(b, 2, 101);
    send_frame(b, 0, 1, 101);
    assert_takes(b, 1, UNTAGGED);
    assert_takes(b, 2, 101);
    assert_received(b, 0, 0, 0, 0);
    send_frame(b, 2, 0, UNTAGGED);
    assert_dropped(b, L2_SWITCH_DROP_VLAN, 1);
}

static void
reserved_vid_4095_is_refused_everywhere(void **state)
{
    struct switch_bench *b = *state;

    send_frame(b, 0, 1, 4095);
    assert_dropped(b, L2_SWITCH_DROP_VLAN, 1);
}

static void
a_flood_to_nobody_is_dropped(void **state)
{
    struct switch_bench *b = *state;

    l2_switch_set_access(b->sw, 0, 101);
    for (uint32_t i = 1; i < N_ENDS; i++) {
        l2_switch_set_access(b->sw, i, 102);
    }
    l2_switch_set_access(b->sw, N_ENDS, 101); /* Without a link. */
    send_frame(b, 0, 1, UNTAGGED);
    assert_dropped(b, L2_SWITCH_DROP_NO_MEMBER, 1);
}

int
main(void)
{
#define TEST(NAME)                                                            \
    cmocka_unit_test_setup_teardown(NAME, switch_bench_setup,                 \
                                    switch_bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_unconfigured_port_carries_every_vlan_with_its_tag),
        TEST(vlans_learn_apart),
        TEST(access_ports_of_one_vlan_reach_each_other_only),
        TEST(an_access_port_refuses_tagged_frames),
        TEST(a_trunk_carries_its_vlans_tagged),
        TEST(a_trunk_carries_its_native_vlan_untagged),
        TEST(reserved_vid_4095_is_refused_everywhere),
        TEST(a_flood_to_nobody_is_dropped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

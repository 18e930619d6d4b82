/* The switch: learning, forwarding, flooding, sizes, and what is seen of it from
 * outside. */

#include <string.h>

#include "tests/cmocka_all.h"
#include "tests/switch_bench.h"

/* Learning and forwarding. */

static void
an_unknown_destination_is_flooded(void **state)
{
    struct switch_bench *b = *state;

    send_frame(b, 0, 1, UNTAGGED);
    assert_received(b, 0, 1, 1, 1);
    assert_int_equal(l2_switch_stats(b->sw)->flooded, 1);
    assert_int_equal(l2_switch_stats(b->sw)->flood_copies, 3);
}

static void
a_known_destination_gets_the_only_frame(void **state)
{
    struct switch_bench *b = *state;

    send_frame(b, 1, 0, UNTAGGED); /* Teaches where 1 is. */
    send_frame(b, 0, 1, UNTAGGED);
    assert_received(b, 1, 1, 1, 1);
    assert_int_equal(l2_switch_stats(b->sw)->forwarded, 1);
    assert_takes(b, 1, UNTAGGED);
}

static void
a_broadcast_and_a_multicast_are_flooded(void **state)
{
    struct switch_bench *b = *state;

    send_raw(b, 0, station_mac(0), UINT64_C(0xffffffffffff), UNTAGGED,
             PAYLOAD);
    send_raw(b, 0, station_mac(0), UINT64_C(0x01005e000001), UNTAGGED,
             PAYLOAD);
    assert_received(b, 0, 2, 2, 2);
}

static void
a_destination_on_the_ingress_port_is_filtered(void **state)
{
    struct switch_bench *b = *state;

    send_frame(b, 0, 1, UNTAGGED);
    send_raw(b, 0, station_mac(9), station_mac(0), UNTAGGED, PAYLOAD);
    assert_received(b, 0, 1, 1, 1);
    assert_dropped(b, L2_SWITCH_DROP_SAME_PORT, 1);
}

static void
a_group_source_is_not_learned(void **state)
{
    struct switch_bench *b = *state;

    send_raw(b, 0, UINT64_C(0x030000000000), station_mac(1), UNTAGGED,
             PAYLOAD);
    assert_int_equal(
        mac_table_stats(l2_switch_macs(b->sw), sim_now(b->sim))->used, 0);
    assert_received(b, 0, 1, 1, 1);
}

static void
a_station_is_forgotten_after_the_aging_time(void **state)
{
    struct switch_bench *b = *state;

    send_frame(b, 1, 0, UNTAGGED);
    assert_true(sim_run(b->sim, sim_now(b->sim) + AGING, UINT64_MAX));
    send_frame(b, 0, 1, UNTAGGED);
    assert_received(b, 1, 1, 2, 2);
}

static void
link_local_groups_are_not_forwarded(void **state)
{
    struct switch_bench *b = *state;

    for (uint64_t i = 0; i < 16; i++) {
        send_raw(b, 0, station_mac(0), UINT64_C(0x0180c2000000) + i, UNTAGGED,
                 PAYLOAD);
    }
    assert_received(b, 0, 0, 0, 0);
    assert_dropped(b, L2_SWITCH_DROP_RESERVED_GROUP, 16);
    send_raw(b, 0, station_mac(0), UINT64_C(0x0180c2000010), UNTAGGED,
             PAYLOAD);
    assert_received(b, 0, 1, 1, 1);
}

/* Sizes. */

static void
a_frame_above_the_mtu_of_the_port_out_is_dropped(void **state)
{
    struct switch_bench *b = *state;

    b->sw->ports[1].mtu = 1500;
    send_frame(b, 1, 0, UNTAGGED);
    send_raw(b, 0, station_mac(0), station_mac(1), UNTAGGED, ETH_HLEN + 1501);
    assert_received(b, 1, 0, 1, 1);
    assert_dropped(b, L2_SWITCH_DROP_TOO_BIG, 1);
    send_raw(b, 0, station_mac(0), station_mac(1), UNTAGGED, ETH_HLEN + 1500);
    send_raw(b, 0, station_mac(0), station_mac(1), 1,
             ETH_HLEN + 1500); /* And its tag. */
    assert_received(b, 1, 2, 1, 1);
}

static void
a_flood_leaves_out_ports_whose_mtu_is_too_small(void **state)
{
    const struct fate *too_big = &l2_switch_drops[L2_SWITCH_DROP_TOO_BIG];
    struct switch_bench *b = *state;

    b->sw->ports[1].mtu = b->sw->ports[3].mtu = 1500;
    send_raw(b, 0, station_mac(0), station_mac(1), UNTAGGED, ETH_HLEN + 1501);
    assert_received(b, 0, 0, 1, 0);
    assert_int_equal(node_fate_count(b->sw, too_big), 2);
    assert_int_equal(l2_switch_stats(b->sw)->flooded, 1);
    assert_int_equal(l2_switch_stats(b->sw)->flood_copies, 1);
}

static void
a_frame_whose_header_is_not_there_is_a_runt(void **state)
{
    struct switch_bench *b = *state;
    struct node *node = &b->ends[0]->node;
    struct packet *pkt = node_new_packet(node, ETH_HLEN - 1, 60);

    memset(packet_data(pkt), 2, pkt->stored);
    port_send(&node->ports[0], pkt);
    pkt = node_new_packet(node, ETH_HLEN + VLAN_HLEN - 1, 60);
    memset(packet_data(pkt), 2, pkt->stored);
    put_be16(packet_data(pkt) + VLAN_OFS, ETH_TYPE_VLAN);
    port_send(&node->ports[0], pkt);
    assert_true(sim_run(b->sim, SIM_MS, UINT64_MAX));
    assert_dropped(b, L2_SWITCH_DROP_RUNT, 2);
}

/* What is seen from outside. */

static uint64_t
metric(struct switch_bench *b, const char *name)
{
    const struct metric *m = l2_switch_metrics;

    while (m->name && strcmp(m->name, name) != 0) {
        m++;
    }
    assert_non_null(m->name);
    return m->read(b->sw);
}

static void
metrics_and_the_table_say_what_happened(void **state)
{
    struct table_usage usage;
    struct switch_bench *b = *state;

    for (uint64_t i = 0; i < 20; i++) { /* Four more than there is room. */
        send_raw(b, 0, station_mac(100) + i, station_mac(1), UNTAGGED,
                 PAYLOAD);
    }
    send_raw(b, 1, station_mac(100), station_mac(101), UNTAGGED, PAYLOAD);
    assert_int_equal(metric(b, "switch.rx_frames"), 21);
    assert_int_equal(metric(b, "switch.flooded_frames"), 20);
    assert_int_equal(metric(b, "switch.forwarded_frames"), 1);
    assert_int_equal(metric(b, "switch.mac.used"), 16);
    assert_int_equal(metric(b, "switch.mac.peak"), 16);
    assert_int_equal(metric(b, "switch.mac.learned"), 16);
    assert_int_equal(metric(b, "switch.mac.unlearned"), 4);
    assert_int_equal(metric(b, "switch.mac.moved"), 1);
    assert_int_equal(metric(b, "switch.mac.evicted"), 0);
    assert_true(b->sw->ops->table(b->sw, 0, &usage));
    assert_string_equal(usage.name, "mac");
    assert_int_equal(usage.capacity, 16);
    assert_int_equal(usage.used, 16);
    assert_int_equal(usage.peak, 16);
    assert_int_equal(usage.rejected, 4);
    assert_true(b->sw->ops->table(b->sw, 1, &usage));
    assert_string_equal(usage.name, "vlans");
    assert_int_equal(usage.capacity, 0);
    assert_false(b->sw->ops->table(b->sw, 2, &usage));
    assert_true(sim_run(b->sim, sim_now(b->sim) + AGING, UINT64_MAX));
    assert_int_equal(metric(b, "switch.mac.used"), 0);
    assert_int_equal(metric(b, "switch.mac.peak"), 16);
}

static void
vlans_used_counts_each_vlan_once_and_the_default_one_never(void **state)
{
    struct switch_bench *b = *state;

    assert_int_equal(metric(b, "switch.vlans.used"), 0);
    for (uint32_t i = 0; i <= N_ENDS; i++) {
        assert_true(l2_switch_set_access(b->sw, i, 101));
    }
    assert_int_equal(metric(b, "switch.vlans.used"), 1);
    l2_switch_set_trunk(b->sw, 1, 1);
    l2_switch_trunk_add(b->sw, 1, 101);
    l2_switch_trunk_add(b->sw, 1, 102);
    l2_switch_trunk_add(b->sw, 1, 4094);
    assert_int_equal(metric(b, "switch.vlans.used"), 3);
    l2_switch_trunk_remove(b->sw, 1, 101);
    assert_int_equal(metric(b, "switch.vlans.used"), 3);
    l2_switch_trunk_remove(b->sw, 1, 102);
    l2_switch_trunk_remove(b->sw, 1, 102);
    assert_int_equal(metric(b, "switch.vlans.used"), 2);
    l2_switch_set_trunk(b->sw, 1, 4094); /* And no other. */
    assert_int_equal(metric(b, "switch.vlans.used"), 2);
    l2_switch_set_access(b->sw, 1, 101);
    assert_int_equal(metric(b, "switch.vlans.used"), 1);
}

static void
notes_say_what_was_learned_and_looked_up(void **state)
{
    struct switch_bench *b = *state;

    sim_listen_to_notes(b->sim, &b->notes);
    l2_switch_set_access(b->sw, 0, 101);
    l2_switch_set_access(b->sw, 1, 101);
    send_frame(b, 1, 0, UNTAGGED);
    send_frame(b, 0, 1, UNTAGGED);
    send_raw(b, 1, station_mac(0), UINT64_C(0xffffffffffff), UNTAGGED,
             PAYLOAD);
    assert_string_equal(
        b->heard->str,
        "mac: learned 02:00:00:00:00:01 on p2 (VLAN 101)\n"
        "mac: lookup 02:00:00:00:00:00 (VLAN 101) -> unknown: flooded to 3 "
        "ports\n"
        "mac: learned 02:00:00:00:00:00 on p1 (VLAN 101)\n"
        "mac: lookup 02:00:00:00:00:01 (VLAN 101) -> p2\n"
        "mac: moved 02:00:00:00:00:00 to p2 (VLAN 101)\n"
        "mac: lookup ff:ff:ff:ff:ff:ff (VLAN 101) -> group: flooded to 3 "
        "ports\n");
}

static void
a_full_table_is_said_too(void **state)
{
    struct switch_bench *b = *state;

    for (uint64_t i = 0; i < 16; i++) {
        send_raw(b, 0, station_mac(100) + i, station_mac(1), UNTAGGED,
                 PAYLOAD);
    }
    sim_listen_to_notes(b->sim, &b->notes);
    send_frame(b, 0, 1, UNTAGGED);
    assert_string_equal(
        b->heard->str,
        "mac: not learned 02:00:00:00:00:00 on p1 (VLAN 1): the table is "
        "full\n"
        "mac: lookup 02:00:00:00:00:01 (VLAN 1) -> unknown: flooded to 3 "
        "ports\n");
}

int
main(void)
{
#define TEST(NAME)                                                            \
    cmocka_unit_test_setup_teardown(NAME, switch_bench_setup,                 \
                                    switch_bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_unknown_destination_is_flooded),
        TEST(a_known_destination_gets_the_only_frame),
        TEST(a_broadcast_and_a_multicast_are_flooded),
        TEST(a_destination_on_the_ingress_port_is_filtered),
        TEST(a_group_source_is_not_learned),
        TEST(a_station_is_forgotten_after_the_aging_time),
        TEST(link_local_groups_are_not_forwarded),
        TEST(a_frame_above_the_mtu_of_the_port_out_is_dropped),
        TEST(a_flood_leaves_out_ports_whose_mtu_is_too_small),
        TEST(a_frame_whose_header_is_not_there_is_a_runt),
        TEST(metrics_and_the_table_say_what_happened),
        TEST(vlans_used_counts_each_vlan_once_and_the_default_one_never),
        TEST(notes_say_what_was_learned_and_looked_up),
        TEST(a_full_table_is_said_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The switch: how fast it learns, how many VLANs it carries, links that go down,
 * reboots and broadcast storms. */

#include <string.h>

#include "tests/cmocka_all.h"
#include "tests/switch_bench.h"

static int
setup_slow_learner(void **state)
{
    return switch_bench_setup_as(
        state, (struct l2_switch_config){ .learning_rate = 10 });
}

static int
setup_fast_learner(void **state)
{
    return switch_bench_setup_as(
        state, (struct l2_switch_config){ .learning_rate = 1000 });
}

static int
setup_few_vlans(void **state)
{
    return switch_bench_setup_as(state,
                                 (struct l2_switch_config){ .max_vlans = 2 });
}

static uint32_t
n_learned(struct switch_bench *b)
{
    return mac_table_stats(l2_switch_macs(b->sw), sim_now(b->sim))->used;
}

/* Learning. */

static void
send_from(struct switch_bench *b, uint64_t src)
{
    send_raw(b, 0, src, station_mac(1), UNTAGGED, PAYLOAD);
}

static void
addresses_that_come_too_fast_are_forwarded_and_not_learned(void **state)
{
    struct switch_bench *b = *state;

    send_from(b, station_mac(100)); /* One in 100 ms; it takes 1 ms. */
    for (uint64_t i = 1; i < 4; i++) {
        send_from(b, station_mac(100) + i);
    }
    assert_int_equal(n_learned(b), 1);
    assert_int_equal(l2_switch_stats(b->sw)->rate_limited, 3);
    assert_received(b, 0, 4, 4, 4);
    send_from(b, station_mac(100)); /* Known: no news. */
    assert_int_equal(l2_switch_stats(b->sw)->rate_limited, 3);
    assert_true(sim_run(b->sim, 100 * SIM_MS, UINT64_MAX));
    send_from(b, station_mac(101));
    assert_int_equal(n_learned(b), 2);
    send_raw(b, 1, station_mac(101), station_mac(0), UNTAGGED, PAYLOAD);
    assert_int_equal(l2_switch_stats(b->sw)->rate_limited, 4); /* A move. */
}

/* Ten of them at 1,000 a second. */
static void
a_burst_of_ten_milliseconds_of_addresses_is_learned(void **state)
{
    struct switch_bench *b = *state;
    struct node *node = &b->ends[0]->node;

    for (uint64_t i = 0; i < 12; i++) {
        struct packet *pkt = node_new_packet(node, ETH_HLEN, 60);
        struct eth_hdr eth = { eth_addr_from_u64(station_mac(1)),
                               eth_addr_from_u64(station_mac(100) + i),
                               0x88b5 };

        eth_encode(&eth, packet_data(pkt));
        port_send(&node->ports[0], pkt);
    }
    assert_true(sim_run(b->sim, SIM_MS / 2, UINT64_MAX));
    assert_int_equal(n_learned(b), 10);
    assert_int_equal(l2_switch_stats(b->sw)->rate_limited, 2);
}

/* VLANs. */

static void
a_vlan_too_many_is_refused_and_counted(void **state)
{
    struct switch_bench *b = *state;
    struct table_usage usage;

    assert_true(l2_switch_set_trunk(b->sw, 0, 1));
    assert_true(l2_switch_trunk_add(b->sw, 0, 101));
    assert_true(l2_switch_set_access(b->sw, 1, 102));
    assert_false(l2_switch_trunk_add(b->sw, 0, 103));
    assert_false(l2_switch_set_access(b->sw, 2, 104));
    assert_true(l2_switch_trunk_add(b->sw, 0, 102)); /* Carried already. */
    assert_true(b->sw->ops->table(b->sw, 1, &usage));
    assert_string_equal(usage.name, "vlans");
    assert_int_equal(usage.capacity, 2);
    assert_int_equal(usage.used, 2);
    assert_int_equal(usage.rejected, 2);
    l2_switch_trunk_remove(b->sw, 0, 101);
    assert_true(l2_switch_trunk_add(b->sw, 0, 103));
    send_frame(b, 0, 2, 103); /* Port 2 is flat still. */
    assert_received(b, 0, 0, 1, 1);
}

static void
a_vlan_taken_off_a_trunk_does_not_pass_it_any_more(void **state)
{
    struct switch_bench *b = *state;

    l2_switch_set_trunk(b->sw, 1, 0);
    l2_switch_trunk_add(b->sw, 1, 101);
    l2_switch_trunk_add(b->sw, 1, 102);
    send_frame(b, 1, 0, 101);
    send_frame(b, 1, 0, 102);
    assert_int_equal(n_learned(b), 2);
    l2_switch_trunk_remove(b->sw, 1, 101);
    assert_int_equal(n_learned(b), 1);
    send_frame(b, 0, 1, 101);
    assert_received(b, 2, 0, 3, 3);
    send_frame(b, 1, 0, 101);
    assert_dropped(b, L2_SWITCH_DROP_VLAN, 1);
    send_frame(b, 0, 1, 102);
    assert_received(b, 2, 1, 3, 3);
}

/* The table may know a station where its VLAN is not carried any more. */
static void
a_known_station_is_not_reached_by_a_port_without_its_vlan(void **state)
{
    struct switch_bench *b = *state;

    send_frame(b, 1, 0, 101);
    l2_switch_set_access(b->sw, 1, 102);
    send_frame(b, 0, 1, 101);
    assert_received(b, 1, 0, 1, 1);
    assert_dropped(b, L2_SWITCH_DROP_VLAN, 1);
}

/* Links and reboots. */

static void
stations_behind_a_link_that_goes_down_are_forgotten(void **state)
{
    struct switch_bench *b = *state;

    send_frame(b, 0, 3, UNTAGGED);
    send_frame(b, 1, 0, UNTAGGED);
    assert_int_equal(n_learned(b), 2);
    port_set_up(&b->ends[1]->node.ports[0], false);
    assert_int_equal(n_learned(b), 1);
    send_frame(b, 0, 1, UNTAGGED); /* Flooded, but not to it. */
    assert_received(b, 1, 1, 2, 2);
    assert_int_equal(node_fate_count(b->sw, &port_drops[PORT_DROP_LINK_DOWN]),
                     0);
    port_set_up(&b->ends[1]->node.ports[0], true);
    send_frame(b, 0, 1, UNTAGGED);
    assert_received(b, 1, 2, 3, 3);
}

static void
a_switch_that_reboots_forgets_all_stations_and_no_vlan(void **state)
{
    struct switch_bench *b = *state;

    l2_switch_set_access(b->sw, 0, 101);
    l2_switch_set_access(b->sw, 1, 101);
    send_frame(b, 0, 1, UNTAGGED);
    b->sw->ops->reboot(b->sw);
    assert_int_equal(n_learned(b), 0);
    send_frame(b, 1, 0, UNTAGGED);
    assert_received(b, 1, 1, 2, 2);
}

static void
a_flush_can_be_of_a_port_and_of_a_vlan(void **state)
{
    struct switch_bench *b = *state;

    send_frame(b, 0, 3, UNTAGGED);
    send_frame(b, 1, 0, UNTAGGED);
    send_frame(b, 1, 0, 101);
    l2_switch_flush(b->sw, 1, 101);
    assert_int_equal(n_learned(b), 2);
    l2_switch_flush(b->sw, 1, MAC_TABLE_ANY_VLAN);
    assert_int_equal(n_learned(b), 1);
    l2_switch_flush(b->sw, MAC_TABLE_ANY_PORT, MAC_TABLE_ANY_VLAN);
    assert_int_equal(n_learned(b), 0);
}

/* A port that is closed from outside. */

static void
a_blocked_port_lets_nothing_through(void **state)
{
    struct switch_bench *b = *state;

    send_frame(b, 1, 0, UNTAGGED);
    send_frame(b, 0, 3, UNTAGGED);
    assert_int_equal(n_learned(b), 2);
    l2_switch_set_blocked(b->sw, 1, true);
    assert_int_equal(n_learned(b), 1);
    send_frame(b, 1, 0, UNTAGGED);
    send_frame(b, 1, 0, 101);
    assert_dropped(b, L2_SWITCH_DROP_STP, 2);
    assert_int_equal(n_learned(b), 1);
    send_frame(b, 0, 1, UNTAGGED);
    assert_received(b, 1, 1, 3, 3);
    l2_switch_set_access(b->sw, 1, 101); /* It stays closed. */
    send_frame(b, 1, 0, UNTAGGED);
    assert_dropped(b, L2_SWITCH_DROP_STP, 3);
    l2_switch_set_blocked(b->sw, 1, false);
    send_frame(b, 0, 1, 101);
    assert_takes(b, 1, UNTAGGED);
}

/* What is said of events. */

struct ears {
    struct node_event_listener listener;
    GString *heard;
};

static void
hear(struct node_event_listener *listener, const struct node *node,
     const char *event, const char *text)
{
    struct ears *ears = (struct ears *) (void *) listener;

    (void) text;
    g_string_append_printf(ears->heard, "%s %s;", node->name, event);
}

static void
a_full_mac_table_is_said_once(void **state)
{
    struct switch_bench *b = *state;
    struct ears ears = { .listener = { .event = hear } };

    ears.heard = g_string_new(NULL);
    sim_listen_to_events(b->sim, &ears.listener);
    for (uint64_t i = 0; i < 16; i++) {
        send_from(b, station_mac(100) + i);
    }
    assert_string_equal(ears.heard->str, "");
    send_from(b, station_mac(116));
    send_from(b, station_mac(117));
    assert_string_equal(ears.heard->str, "sw1 mac-table-full;");
    g_string_free(ears.heard, TRUE);
}

/* Two switches, joined twice: what is broadcast there circles for ever. */
static void
a_broadcast_storm_is_called_by_its_name_once(void **state)
{
    struct l2_switch_config config = {
        .n_ports = 3,
        .macs = { .max_entries = 16, .aging = AGING },
    };
    struct ears ears = { .listener = { .event = hear } };
    struct sim *sim = sim_new(1);
    struct plain_node *end = plain_node_new(sim, "a", 1, PLAIN_DELIVER);
    struct node *switches[2];
    const struct metric *storms = l2_switch_metrics;
    struct packet *pkt;

    (void) state;
    for (int i = 0; i < 2; i++) {
        config.name = i ? "sw2" : "sw1";
        switches[i] = l2_switch_new(sim, &config);
    }
    for (int i = 0; i < 2; i++) {
        plain_connect(&switches[0]->ports[i], &switches[1]->ports[i],
                      (struct link_config){ 0 });
    }
    plain_connect(&switches[0]->ports[2], &end->node.ports[0],
                  (struct link_config){ 0 });
    ears.heard = g_string_new(NULL);
    sim_listen_to_events(sim, &ears.listener);
    pkt = node_new_packet(&end->node, ETH_HLEN, 60);
    memset(packet_data(pkt), 0xff, ETH_ALEN);
    memset(packet_data(pkt) + ETH_ALEN, 0x02, ETH_HLEN - ETH_ALEN);
    port_send(&end->node.ports[0], pkt);
    sim_run(sim, SIM_S, 10);
    assert_string_equal(ears.heard->str, "");
    sim_run(sim, SIM_S, 10000);
    assert_string_equal(ears.heard->str,
                        "sw2 broadcast-storm;sw1 broadcast-storm;");
    while (strcmp(storms->name, "switch.storms") != 0) {
        storms++;
    }
    assert_int_equal(storms->read(switches[0]), 1);
    sim_free(sim);
    g_string_free(ears.heard, TRUE);
}

int
main(void)
{
#define TEST(NAME, SETUP)                                                     \
    cmocka_unit_test_setup_teardown(NAME, SETUP, switch_bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(addresses_that_come_too_fast_are_forwarded_and_not_learned,
             setup_slow_learner),
        TEST(a_burst_of_ten_milliseconds_of_addresses_is_learned,
             setup_fast_learner),
        TEST(a_vlan_too_many_is_refused_and_counted, setup_few_vlans),
        TEST(a_vlan_taken_off_a_trunk_does_not_pass_it_any_more,
             switch_bench_setup),
        TEST(a_known_station_is_not_reached_by_a_port_without_its_vlan,
             switch_bench_setup),
        TEST(stations_behind_a_link_that_goes_down_are_forgotten,
             switch_bench_setup),
        TEST(a_switch_that_reboots_forgets_all_stations_and_no_vlan,
             switch_bench_setup),
        TEST(a_flush_can_be_of_a_port_and_of_a_vlan, switch_bench_setup),
        TEST(a_blocked_port_lets_nothing_through, switch_bench_setup),
        TEST(a_full_mac_table_is_said_once, switch_bench_setup),
        cmocka_unit_test(a_broadcast_storm_is_called_by_its_name_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

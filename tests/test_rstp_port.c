/* RSTP at the ports of one bridge, whose neighbors are played by the test: what
 * it sends, when it forwards, what it flushes. */

#include <string.h>

#include "tests/cmocka_all.h"
#include "tests/switch_bench.h"

#define BRIDGE 0x8000020000000099 /* Its identifier. */
#define BETTER 0x1000020000000001 /* Of a better bridge. */
#define WORSE  0xf000020000000001

/* Port 3 is a station's, port 2 never becomes one by itself. */
static struct rstp_port_config ports[N_ENDS + 1];

static int
setup(void **state)
{
    struct l2_switch_config config = {
        .mac = eth_addr_from_u64(BRIDGE),
        .stp = rstp_default,
    };

    for (int i = 0; i <= N_ENDS; i++) {
        ports[i] = rstp_port_default;
    }
    ports[2].auto_edge = false;
    ports[3].admin_edge = true;
    config.stp.is_on = true;
    config.stp.ports = ports;
    return switch_bench_setup_as(state, config);
}

static void
run_for(struct switch_bench *b, sim_time time)
{
    assert_true(sim_run(b->sim, sim_now(b->sim) + time, UINT64_MAX));
}

/* Sends a BPDU of a root itself, or whatever 'bpdu' has otherwise, from the
 * neighbor at 'port'. */
static void
tell(struct switch_bench *b, int port, struct stp_bpdu bpdu)
{
    struct node *node = &b->ends[port]->node;
    uint8_t data[STP_FRAME_MAX];
    struct packet *pkt;
    size_t size;

    bpdu.bridge_id = bpdu.bridge_id ? bpdu.bridge_id : bpdu.root_id;
    bpdu.port_id = 0x8001;
    bpdu.max_age = 20 * STP_TIME_SECOND;
    bpdu.hello_time = 2 * STP_TIME_SECOND;
    bpdu.forward_delay = 15 * STP_TIME_SECOND;
    size = stp_frame_encode(&bpdu, eth_addr_from_u64(station_mac(port)), data);
    pkt = node_new_packet(node, size, size);
    memcpy(packet_data(pkt), data, size);
    port_send(&node->ports[0], pkt);
    run_for(b, 10 * SIM_US);
}

static const struct stp_bpdu proposal = {
    .type = STP_RST,
    .role = STP_ROLE_DESIGNATED,
    .flags = STP_PROPOSAL,
    .root_id = BETTER,
};

/* Takes away all that the neighbor at 'port' has got, and returns how many BPDUs
 * there were; '*last' is the last of them. */
static int
take(struct switch_bench *b, int port, struct stp_bpdu *last)
{
    struct plain_node *end = b->ends[port];
    struct packet *pkt;
    int n = 0;

    while ((pkt = packet_queue_pop(&end->kept)) != NULL) {
        n += stp_frame_decode(last, packet_data(pkt), pkt->stored, pkt->size);
        node_end_packet(&end->node, pkt, &plain_delivered);
    }
    return n;
}

static void
assert_status(struct switch_bench *b, uint32_t port, enum rstp_role role,
              bool learning, bool forwarding)
{
    struct rstp_status status;

    rstp_status(l2_switch_rstp(b->sw), port, &status);
    assert_int_equal(status.role, role);
    assert_int_equal(status.learning, learning);
    assert_int_equal(status.forwarding, forwarding);
}

/* What is sent. */

static void
a_bridge_that_hears_nobody_proposes_itself_as_the_root(void **state)
{
    struct switch_bench *b = *state;
    struct stp_bpdu bpdu;

    run_for(b, SIM_MS);
    assert_int_equal(take(b, 1, &bpdu), 1);
    assert_int_equal(bpdu.type, STP_RST);
    assert_int_equal(bpdu.role, STP_ROLE_DESIGNATED);
    assert_int_equal(bpdu.flags, STP_PROPOSAL);
    assert_true(bpdu.root_id == BRIDGE && bpdu.bridge_id == BRIDGE);
    assert_int_equal(bpdu.root_cost, 0);
    assert_int_equal(bpdu.port_id, 0x8002);
    assert_int_equal(bpdu.message_age, 0);
    assert_int_equal(bpdu.max_age, 20 * STP_TIME_SECOND);
    assert_int_equal(bpdu.hello_time, 2 * STP_TIME_SECOND);
    assert_int_equal(bpdu.forward_delay, 15 * STP_TIME_SECOND);
    assert_true(rstp_root_id(l2_switch_rstp(b->sw)) == BRIDGE);
}

static void
an_idle_bridge_says_hello_every_two_seconds_in_one_event(void **state)
{
    struct switch_bench *b = *state;
    struct stp_bpdu bpdu;
    uint64_t n_events;

    run_for(b, 60 * SIM_S + SIM_MS);
    take(b, 0, &bpdu);
    n_events = b->sim->n_events;
    run_for(b, 100 * SIM_S);
    assert_int_equal(take(b, 0, &bpdu), 50);
    assert_int_equal(b->sim->n_events - n_events, 50 + 4 * 50);
}

static void
no_more_bpdus_than_the_hold_count_are_sent_in_a_second(void **state)
{
    struct switch_bench *b = *state;
    struct stp_bpdu bpdu;

    run_for(b, SIM_S + SIM_MS);
    take(b, 1, &bpdu);
    for (uint64_t i = 0; i < 20; i++) { /* Each a better one. */
        struct stp_bpdu better = proposal;

        better.root_id -= i;
        tell(b, 0, better);
    }
    assert_int_equal(take(b, 1, &bpdu), RSTP_TX_HOLD_COUNT);
    assert_true(bpdu.root_id > BETTER - 19);
    run_for(b, SIM_S);
    assert_int_equal(take(b, 1, &bpdu), 1);
    assert_true(bpdu.root_id == BETTER - 19);
}

static void
a_full_buffer_has_room_for_a_bpdu(void **state)
{
    struct switch_bench *b = *state;
    struct stp_bpdu bpdu;

    port_set_buffer(&b->sw->ports[1], 10000);
    run_for(b, 2 * SIM_S - 1);
    take(b, 1, &bpdu);
    for (int i = 0; i < 20; i++) {
        port_send(&b->sw->ports[1], node_new_packet(b->sw, ETH_HLEN, 1500));
    }
    run_for(b, SIM_MS);
    assert_int_equal(node_fate_count(b->sw, &port_drops[PORT_DROP_QUEUE_FULL]),
                     14);
    assert_int_equal(b->ends[1]->kept.n_packets, 7);
    assert_int_equal(take(b, 1, &bpdu), 1);
}

/* When ports forward. */

static void
a_stations_port_forwards_at_once(void **state)
{
    struct switch_bench *b = *state;

    run_for(b, 1);
    assert_status(b, 3, RSTP_ROLE_DESIGNATED, true, true);
    assert_status(b, 0, RSTP_ROLE_DESIGNATED, false, false);
    assert_status(b, N_ENDS, RSTP_ROLE_DISABLED, false, false);
}

static void
a_port_where_no_bridge_is_heard_becomes_a_stations_in_three_seconds(
    void **state)
{
    struct switch_bench *b = *state;

    run_for(b, 3 * SIM_S - 1);
    assert_status(b, 0, RSTP_ROLE_DESIGNATED, false, false);
    run_for(b, 1);
    assert_status(b, 0, RSTP_ROLE_DESIGNATED, true, true);
    tell(b, 0,
         (struct stp_bpdu){
             .type = STP_RST, .role = STP_ROLE_DESIGNATED, .root_id = WORSE });
    assert_status(b, 0, RSTP_ROLE_DESIGNATED, false, false);
}

/* Max age until it learns; forwardDelay, a hello time in RSTP, to forward. */
static void
a_silent_port_that_may_not_become_one_waits(void **state)
{
    struct switch_bench *b = *state;

    run_for(b, 20 * SIM_S - 1);
    assert_status(b, 2, RSTP_ROLE_DESIGNATED, false, false);
    run_for(b, 1);
    assert_status(b, 2, RSTP_ROLE_DESIGNATED, true, false);
    send_raw(b, 2, station_mac(2), station_mac(3), UNTAGGED, PAYLOAD);
    assert_int_equal(
        mac_table_stats(l2_switch_macs(b->sw), sim_now(b->sim))->used, 1);
    run_for(b, 2 * SIM_S - SIM_MS - 1);
    assert_status(b, 2, RSTP_ROLE_DESIGNATED, true, false);
    run_for(b, 1);
    assert_status(b, 2, RSTP_ROLE_DESIGNATED, true, true);
}

static void
a_proposal_is_agreed_to_at_once(void **state)
{
    struct switch_bench *b = *state;
    struct stp_bpdu bpdu;

    run_for(b, SIM_S);
    take(b, 0, &bpdu);
    tell(b, 0, proposal);
    assert_status(b, 0, RSTP_ROLE_ROOT, true, true);
    assert_status(b, 3, RSTP_ROLE_DESIGNATED, true, true);
    run_for(b, SIM_MS);
    assert_int_equal(take(b, 0, &bpdu), 1);
    assert_int_equal(bpdu.role, STP_ROLE_ROOT);
    assert_int_equal(bpdu.flags & STP_AGREEMENT, STP_AGREEMENT);
    assert_true(bpdu.root_id == BETTER);
    assert_int_equal(bpdu.root_cost, rstp_path_cost(10000000000));
    assert_int_equal(bpdu.message_age, STP_TIME_SECOND);
    assert_int_equal(take(b, 1, &bpdu), 2); /* The news, further on. */
    assert_true(bpdu.root_id == BETTER && bpdu.flags & STP_PROPOSAL);
}

/* An answer of the neighbor at port 1 to what it was told last. */
static struct stp_bpdu
agreement(struct switch_bench *b, uint32_t more_cost)
{
    struct stp_bpdu bpdu = { 0 };

    run_for(b, SIM_MS);
    take(b, 1, &bpdu);
    bpdu.role = STP_ROLE_ROOT;
    bpdu.flags = STP_AGREEMENT;
    bpdu.bridge_id = WORSE;
    bpdu.root_cost += more_cost;
    bpdu.message_age = (uint16_t) (bpdu.message_age + STP_TIME_SECOND);
    return bpdu;
}

static void
a_port_forwards_when_its_neighbor_agrees_to_what_it_says(void **state)
{
    struct switch_bench *b = *state;
    struct stp_bpdu answer, other;

    tell(b, 0, proposal);
    answer = agreement(b, 2000);
    other = answer; /* To a bridge that was the root before. */
    other.root_id = BETTER - 1;
    tell(b, 1, other);
    other = answer; /* To something that was older. */
    other.message_age = (uint16_t) (other.message_age + STP_TIME_SECOND);
    tell(b, 1, other);
    assert_status(b, 1, RSTP_ROLE_DESIGNATED, false, false);
    tell(b, 1, answer);
    assert_status(b, 1, RSTP_ROLE_DESIGNATED, true, true);
}

/* The way to the root becomes longer: what was agreed to holds no more. */
static void
a_port_discards_until_there_is_agreement_to_news_that_are_worse(void **state)
{
    struct switch_bench *b = *state;
    struct stp_bpdu longer = proposal, stale;

    tell(b, 0, proposal);
    stale = agreement(b, 2000);
    tell(b, 1, stale);
    assert_status(b, 1, RSTP_ROLE_DESIGNATED, true, true);
    run_for(b, 1500 * SIM_MS);
    longer.root_cost = 500;
    tell(b, 0, longer);
    assert_status(b, 1, RSTP_ROLE_DESIGNATED, false, false);
    tell(b, 1, stale); /* It was on its way. */
    assert_status(b, 1, RSTP_ROLE_DESIGNATED, false, false);
    tell(b, 1, agreement(b, 2000));
    assert_status(b, 1, RSTP_ROLE_DESIGNATED, true, true);
}

static void
a_neighbor_that_falls_silent_is_forgotten_after_three_hellos(void **state)
{
    struct switch_bench *b = *state;

    tell(b, 0, proposal);
    tell(b, 1,
         (struct stp_bpdu){ .type = STP_RST,
                            .role = STP_ROLE_DESIGNATED,
                            .root_id = BETTER,
                            .root_cost = 100,
                            .bridge_id = WORSE });
    assert_status(b, 1, RSTP_ROLE_ALTERNATE, false, false);
    run_for(b, 3 * SIM_S);
    tell(b, 1,
         (struct stp_bpdu){ .type = STP_RST,
                            .role = STP_ROLE_DESIGNATED,
                            .root_id = BETTER,
                            .root_cost = 100,
                            .bridge_id = WORSE });
    run_for(b, 3 * SIM_S - 100 * SIM_US);
    assert_status(b, 0, RSTP_ROLE_ROOT, true, true);
    run_for(b, 100 * SIM_US);
    assert_status(b, 0, RSTP_ROLE_DESIGNATED, false, false);
    assert_status(b, 1, RSTP_ROLE_ROOT, true, true); /* At once. */
}

/* A link down to port 0 of the bridge itself: a path of no use. */
static void
a_link_that_goes_down_disables_its_port(void **state)
{
    struct switch_bench *b = *state;

    tell(b, 0, proposal);
    port_set_up(&b->sw->ports[0], false);
    assert_status(b, 0, RSTP_ROLE_DISABLED, false, false);
    assert_true(rstp_root_id(l2_switch_rstp(b->sw)) == BRIDGE);
    port_set_up(&b->sw->ports[0], true);
    assert_status(b, 0, RSTP_ROLE_DESIGNATED, false, false);
    tell(b, 0, proposal);
    assert_status(b, 0, RSTP_ROLE_ROOT, true, true);
}

/* Topology changes. */

static uint32_t
n_learned(struct switch_bench *b)
{
    return mac_table_stats(l2_switch_macs(b->sw), sim_now(b->sim))->used;
}

static void
a_topology_change_flushes_all_ports_but_where_it_came_from_and_stations(
    void **state)
{
    struct switch_bench *b = *state;
    struct stp_bpdu news = { .type = STP_RST,
                             .role = STP_ROLE_DESIGNATED,
                             .flags = STP_TC,
                             .root_id = BETTER };
    struct stp_bpdu bpdu;

    tell(b, 0, proposal);
    tell(b, 1, agreement(b, 2000));
    run_for(b, SIM_S);
    for (int i = 0; i < 4; i++) {
        if (i != 2) { /* Which nobody has agreed to open. */
            send_raw(b, i, station_mac(i), UINT64_C(0xffffffffffff), UNTAGGED,
                     PAYLOAD);
        }
    }
    assert_int_equal(n_learned(b), 3);
    take(b, 1, &bpdu);
    tell(b, 0, news);
    assert_int_equal(n_learned(b), 2);
    assert_int_equal(mac_table_lookup(l2_switch_macs(b->sw), 1,
                                      eth_addr_from_u64(station_mac(1)),
                                      sim_now(b->sim)),
                     MAC_TABLE_NO_PORT);
    run_for(b, SIM_S);
    assert_true(take(b, 1, &bpdu) > 0);
    assert_int_equal(bpdu.flags & STP_TC, STP_TC);
    run_for(b, 6 * SIM_S); /* Hello time and a second more. */
    assert_true(take(b, 1, &bpdu) > 0);
    assert_int_equal(bpdu.flags & STP_TC, 0);
}

static void
a_port_that_begins_to_forward_is_a_topology_change(void **state)
{
    struct switch_bench *b = *state;
    const struct rstp_stats *stats = rstp_stats(l2_switch_rstp(b->sw));
    struct stp_bpdu bpdu;

    run_for(b, SIM_MS);
    assert_int_equal(stats->topology_changes, 0); /* A station's is none. */
    tell(b, 0, proposal);
    assert_int_equal(stats->topology_changes, 1);
    run_for(b, SIM_MS);
    assert_true(take(b, 0, &bpdu) > 0);
    assert_int_equal(bpdu.flags & STP_TC, STP_TC);
}

/* Others. */

static void
a_neighbor_that_speaks_stp_is_spoken_to_in_stp(void **state)
{
    struct switch_bench *b = *state;
    struct stp_bpdu conf = { .type = STP_CONF,
                             .role = STP_ROLE_DESIGNATED,
                             .root_id = WORSE };
    struct stp_bpdu bpdu = { 0 };

    run_for(b, 4 * SIM_S);
    tell(b, 0, conf); /* After the migrate time it is believed. */
    run_for(b, 2 * SIM_S);
    assert_true(take(b, 0, &bpdu) > 0);
    assert_int_equal(bpdu.type, STP_CONF);
    assert_true(take(b, 1, &bpdu) > 0);
    assert_int_equal(bpdu.type, STP_RST);
    run_for(b, 2 * SIM_S);
    conf.type = STP_RST; /* It was replaced. */
    tell(b, 0, conf);
    run_for(b, 2 * SIM_S);
    assert_true(take(b, 0, &bpdu) > 0);
    assert_int_equal(bpdu.type, STP_RST);
}

static void
a_root_that_speaks_stp_is_notified_of_topology_changes(void **state)
{
    struct switch_bench *b = *state;
    struct stp_bpdu conf = { .type = STP_CONF,
                             .role = STP_ROLE_DESIGNATED,
                             .root_id = BETTER };
    struct stp_bpdu bpdu = { .type = STP_RST };

    run_for(b, 4 * SIM_S);
    for (int i = 0; i < 30; i++) { /* Two forward delays. */
        tell(b, 0, conf);
        run_for(b, 2 * SIM_S);
    }
    assert_status(b, 0, RSTP_ROLE_ROOT, true, true);
    take(b, 0, &bpdu);
    assert_int_equal(bpdu.type, STP_TCN);
    conf.flags = STP_TCA;
    tell(b, 0, conf);
    run_for(b, SIM_S);
    take(b, 0, &bpdu);
    run_for(b, 4 * SIM_S);
    assert_int_equal(take(b, 0, &bpdu), 0);
}

static void
frames_at_a_port_that_discards_end_there(void **state)
{
    struct switch_bench *b = *state;

    sim_listen_to_notes(b->sim, &b->notes);
    send_raw(b, 0, station_mac(0), station_mac(3), UNTAGGED, PAYLOAD);
    assert_string_equal(
        b->heard->str,
        "stp: nothing passes from p1: designated port, discarding\n");
    assert_dropped(b, L2_SWITCH_DROP_STP, 1);
    assert_int_equal(n_learned(b), 0);
}

static void
bpdus_are_consumed_and_what_only_looks_like_one_is_dropped(void **state)
{
    struct switch_bench *b = *state;

    tell(b, 0, proposal);
    assert_int_equal(node_fate_count(b->sw, &l2_switch_stp), 1);
    assert_int_equal(rstp_stats(l2_switch_rstp(b->sw))->bpdus_received, 1);
    send_raw(b, 0, station_mac(0), STP_BRIDGES, UNTAGGED, PAYLOAD);
    assert_dropped(b, L2_SWITCH_DROP_BAD_BPDU, 1);
    send_raw(b, 0, station_mac(0), STP_BRIDGES + 14, UNTAGGED, PAYLOAD);
    assert_int_equal(
        node_fate_count(b->sw,
                        &l2_switch_drops[L2_SWITCH_DROP_RESERVED_GROUP]),
        1);
}

static void
a_bridge_that_reboots_begins_anew(void **state)
{
    struct switch_bench *b = *state;

    tell(b, 0, proposal);
    port_set_up(&b->sw->ports[0], false);
    b->sw->ops->reboot(b->sw);
    assert_true(rstp_root_id(l2_switch_rstp(b->sw)) == BRIDGE);
    assert_status(b, 1, RSTP_ROLE_DESIGNATED, false, false);
    assert_status(b, 3, RSTP_ROLE_DESIGNATED, true, true);
    port_set_up(&b->sw->ports[0], true);
    tell(b, 0, proposal);
    assert_status(b, 0, RSTP_ROLE_ROOT, true, true);
}

/* How often it may speak counts from its start. */
static void
a_bridge_that_reboots_late_speaks_at_once(void **state)
{
    struct switch_bench *b = *state;
    size_t n;

    sim_run(b->sim, 100 * SIM_S, UINT64_MAX);
    b->sw->ops->reboot(b->sw);
    n = rstp_stats(l2_switch_rstp(b->sw))->bpdus_sent;
    sim_run(b->sim, 103 * SIM_S, UINT64_MAX);
    assert_true(rstp_stats(l2_switch_rstp(b->sw))->bpdus_sent > n);
}

static void
costs_are_those_of_table_17_3(void **state)
{
    (void) state;
    assert_int_equal(rstp_path_cost(100000), 200000000);
    assert_int_equal(rstp_path_cost(1000), 200000000);
    assert_int_equal(rstp_path_cost(10000000), 2000000);
    assert_int_equal(rstp_path_cost(UINT64_C(1000000000)), 20000);
    assert_int_equal(rstp_path_cost(UINT64_C(10000000000)), 2000);
    assert_int_equal(rstp_path_cost(UINT64_C(40000000000)), 500);
    assert_int_equal(rstp_path_cost(UINT64_C(10000000000000)), 2);
    assert_int_equal(rstp_path_cost(UINT64_MAX), 1);
}

int
main(void)
{
#define TEST(NAME)                                                            \
    cmocka_unit_test_setup_teardown(NAME, setup, switch_bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_bridge_that_hears_nobody_proposes_itself_as_the_root),
        TEST(an_idle_bridge_says_hello_every_two_seconds_in_one_event),
        TEST(no_more_bpdus_than_the_hold_count_are_sent_in_a_second),
        TEST(a_full_buffer_has_room_for_a_bpdu),
        TEST(a_stations_port_forwards_at_once),
        TEST(
            a_port_where_no_bridge_is_heard_becomes_a_stations_in_three_seconds),
        TEST(a_silent_port_that_may_not_become_one_waits),
        TEST(a_proposal_is_agreed_to_at_once),
        TEST(a_port_forwards_when_its_neighbor_agrees_to_what_it_says),
        TEST(a_port_discards_until_there_is_agreement_to_news_that_are_worse),
        TEST(a_neighbor_that_falls_silent_is_forgotten_after_three_hellos),
        TEST(a_link_that_goes_down_disables_its_port),
        TEST(
            a_topology_change_flushes_all_ports_but_where_it_came_from_and_stations),
        TEST(a_port_that_begins_to_forward_is_a_topology_change),
        TEST(a_neighbor_that_speaks_stp_is_spoken_to_in_stp),
        TEST(a_root_that_speaks_stp_is_notified_of_topology_changes),
        TEST(frames_at_a_port_that_discards_end_there),
        TEST(bpdus_are_consumed_and_what_only_looks_like_one_is_dropped),
        TEST(a_bridge_that_reboots_begins_anew),
        TEST(a_bridge_that_reboots_late_speaks_at_once),
        cmocka_unit_test(costs_are_those_of_table_17_3),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

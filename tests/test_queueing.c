/* Queueing: shared buffers, marking, strict priorities. */

#include "models/fabric/queueing.h"

#include <string.h>

#include "models/wire/checksum.h"
#include "models/wire/eth.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"
#include "models/wire/vlan.h"
#include "tests/cmocka_all.h"
#include "tests/plain_node.h"

#define FRAME      1514
#define LINE       (FRAME + PORT_LINE_EXTRA)
#define FRAME_TIME ((sim_time) LINE * 800) /* At 10 Gb/s. */
#define N_PORTS    3

struct bench {
    struct sim *sim;
    struct plain_node *a; /* Queues at its ports, */
    struct plain_node *b; /* to which these belong. */
};

static int
setup(void **state)
{
    static const char *const names[2][N_PORTS] = { { "a:0", "a:1", "a:2" },
                                                   { "b:0", "b:1", "b:2" } };
    struct bench *t = g_new0(struct bench, 1);

    t->sim = sim_new(1);
    t->a = plain_node_new(t->sim, "a", N_PORTS, PLAIN_DELIVER);
    t->b = plain_node_new(t->sim, "b", N_PORTS, PLAIN_KEEP);
    for (int i = 0; i < N_PORTS; i++) {
        port_set_name(&t->a->node.ports[i], names[0][i]);
        port_set_name(&t->b->node.ports[i], names[1][i]);
        plain_connect(&t->a->node.ports[i], &t->b->node.ports[i],
                      (struct link_config){ .buffer_bytes = 1000 * LINE });
    }
    *state = t;
    return 0;
}

static int
teardown(void **state)
{
    struct bench *t = *state;
    struct packet_sums sums;

    sim_packet_sums(t->sim, &sums);
    assert_true(packet_sums_add_up(&sums));
    queueing_remove(&t->a->node);
    sim_free(t->sim);
    g_free(t);
    return 0;
}

static void
queue(struct bench *t, struct queueing_config config)
{
    queueing_install(&t->a->node, &config);
    assert_non_null(t->a->node.ports[0].queue);
}

static struct port *
port(struct bench *t, uint32_t i)
{
    return &t->a->node.ports[i];
}

static void
run_to(struct bench *t, sim_time end)
{
    assert_true(sim_run(t->sim, end, UINT64_MAX));
}

static void
plain_ports_have_no_queue_of_their_own(void **state)
{
    struct bench *t = *state;
    struct queueing_config config = { .buffer_bytes = 1000 };

    assert_true(queueing_is_plain(&config));
    queueing_install(&t->a->node, &config);
    assert_null(port(t, 0)->queue);
    assert_int_equal(port(t, 0)->traits, 0);
}

/* Shared buffers. */

static void
ports_draw_from_one_buffer(void **state)
{
    struct table_usage usage;
    struct bench *t = *state;

    queue(t, (struct queueing_config){ .buffer_bytes = 3 * LINE,
                                       .shared = true });
    plain_node_send(t->a, 0, FRAME);
    plain_node_send(t->a, 0, FRAME);
    plain_node_send(t->a, 1, FRAME);
    assert_int_equal(queueing_read_used(&t->a->node), 3 * LINE);
    plain_node_send(t->a, 2, 60); /* Though its line is idle. */
    assert_int_equal(port(t, 2)->drops[PORT_DROP_BUFFER_FULL], 1);
    assert_int_equal(port(t, 2)->tx_frames, 0);
    assert_int_equal(queueing_read_peak(&t->a->node), 3 * LINE);
    assert_true(queueing_table(&t->a->node, &usage));
    assert_int_equal(usage.capacity, 3 * LINE);
    assert_int_equal(usage.peak, 3 * LINE);
    assert_int_equal(usage.rejected, 1);
    run_to(t, 3 * FRAME_TIME);
    assert_int_equal(queueing_read_used(&t->a->node), 0);
    assert_int_equal(queueing_class_stats(&t->a->node, 0).sent_frames, 3);
    assert_int_equal(queueing_class_stats(&t->a->node, 0).dropped_frames, 1);
}

static void
room_in_a_shared_buffer_is_exact_in_time(void **state)
{
    struct bench *t = *state;

    queue(t, (struct queueing_config){ .buffer_bytes = 2 * LINE,
                                       .shared = true });
    plain_node_send(t->a, 0, FRAME);
    plain_node_send(t->a, 1, FRAME);
    /* Two lines send at once: a frame has left in half its time. */
    run_to(t, FRAME_TIME / 2 - 1);
    plain_node_send(t->a, 2, FRAME);
    assert_int_equal(port(t, 2)->drops[PORT_DROP_BUFFER_FULL], 1);
    run_to(t, FRAME_TIME / 2);
    plain_node_send(t->a, 2, FRAME);
    assert_int_equal(port(t, 2)->tx_frames, 1);
    assert_int_equal(queueing_read_peak(&t->a->node), 2 * LINE);
}

static void
a_shared_buffer_agrees_with_looking_at_every_port(void **state)
{
    struct bench *t = *state;
    struct random_stream random;
    uint64_t peak = 0, n_dropped = 0;
    sim_time now = 0;

    random_stream_init(&random, 1, "walk");
    queue(t,
          (struct queueing_config){ .buffer_bytes = 20000, .shared = true });
    for (int i = 0; i < 20000; i++) {
        uint32_t out = (uint32_t) random_below(&random, N_PORTS);
        size_t size = 60 + (size_t) random_below(&random, 1455);
        uint64_t used = queueing_read_used(&t->a->node);
        bool fits = used + size + PORT_LINE_EXTRA <= 20000;
        uint64_t frames = port(t, out)->tx_frames;

        plain_node_send(t->a, out, size);
        assert_int_equal(port(t, out)->tx_frames, frames + fits);
        n_dropped += !fits;
        peak = MAX(peak, queueing_read_used(&t->a->node));
        assert_int_equal(queueing_read_peak(&t->a->node), peak);
        now += (sim_time) random_below(&random, 2 * 150 * 1000);
        run_to(t, now);
    }
    assert_in_range(n_dropped, 1000, 19000);
    assert_int_equal(queueing_class_stats(&t->a->node, 0).dropped_frames,
                     n_dropped);
}

/* Marking. */

/* Sends a full frame out of port 0 with the octet 'tos' of DSCP and ECN, in
 * VLAN 'vlan' if that is not 0, with priority 'pcp'. */
static void
send_ip(struct bench *t, bool is_ipv6, uint8_t tos, uint16_t vlan, uint8_t pcp)
{
    size_t ofs = vlan ? ETH_HLEN + VLAN_HLEN : ETH_HLEN;
    size_t hlen = is_ipv6 ? IPV6_HLEN : IPV4_HLEN;
    struct packet *pkt = node_new_packet(&t->a->node, ofs + hlen, FRAME);
    uint8_t *data = packet_data(pkt);
    uint8_t *ip = data + ofs;

    memset(data, 0, ofs + hlen);
    if (vlan) {
        put_be16(data + VLAN_OFS, ETH_TYPE_VLAN);
        put_be16(data + VLAN_OFS + 2, (uint16_t) (pcp << 13 | vlan));
    }
    put_be16(ip - 2, is_ipv6 ? ETH_TYPE_IPV6 : ETH_TYPE_IPV4);
    if (is_ipv6) {
        put_be16(ip, (uint16_t) (0x6000 | tos << 4));
    } else {
        put_be16(ip, (uint16_t) (0x4500 | tos));
        put_be16(ip + IPV4_OFS_CHECKSUM, checksum_of(ip, IPV4_HLEN));
    }
    port_send(port(t, 0), pkt);
}

/* Returns the octet of the next packet that has arrived at 'b', and checks its
 * checksum. */
static uint8_t
take_tos(struct bench *t)
{
    struct packet *pkt = packet_queue_pop(&t->b->kept);
    const uint8_t *ip;
    uint8_t tos;

    assert_non_null(pkt);
    ip = packet_data(pkt) + ETH_HLEN;
    if (get_be16(ip - 2) == ETH_TYPE_VLAN) {
        ip += VLAN_HLEN;
    }
    if (get_be16(ip - 2) == ETH_TYPE_IPV4) {
        assert_int_equal(checksum_of(ip, IPV4_HLEN), 0);
        tos = ip[1];
    } else {
        assert_int_equal(get_be16(ip) >> 12, 6);
        tos = (uint8_t) (get_be16(ip) >> 4);
    }
    node_end_packet(&t->b->node, pkt, &plain_delivered);
    return tos;
}

static struct queueing_config
step_at(uint64_t bytes)
{
    return (struct queueing_config){ .ecn = true,
                                     .ecn_min_bytes = bytes,
                                     .ecn_max_bytes = bytes };
}

static void
a_step_marks_what_finds_more_than_that_in_the_queue(void **state)
{
    struct bench *t = *state;

    queue(t, step_at(2 * LINE));
    for (int i = 0; i < 5; i++) {
        send_ip(t, false, 0xb9, 0, 0); /* EF, ECT(1). */
    }
    run_to(t, SIM_MS);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(take_tos(t), i <= 2 ? 0xb9 : 0xbb);
    }
    assert_int_equal(port_ecn_marked(port(t, 0)), 2);
    assert_int_equal(queueing_read_marked(&t->a->node), 2);
}

static void
only_ect_is_marked_and_once(void **state)
{
    struct bench *t = *state;

    queue(t, step_at(0));
    send_ip(t, false, 2, 0, 0); /* Finds nothing. */
    send_ip(t, false, 0, 0, 0);
    send_ip(t, true, 0, 0, 0);
    send_ip(t, false, 3, 0, 0);
    send_ip(t, false, 1, 0, 0);
    send_ip(t, true, 2, 0, 0);
    send_ip(t, false, 2, 7, 0);
    send_ip(t, true, 1, 7, 0);
    plain_node_send(t->a, 0, FRAME); /* Nothing of it is held. */
    run_to(t, SIM_MS);
    assert_int_equal(take_tos(t), 2);
    assert_int_equal(take_tos(t), 0);
    assert_int_equal(take_tos(t), 0);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(take_tos(t), 3);
    }
    assert_int_equal(port_ecn_marked(port(t, 0)), 4);
}

static void
marking_grows_with_the_queue_between_its_bounds(void **state)
{
    struct bench *t = *state;
    uint64_t n[11] = { 0 };

    queue(t, (struct queueing_config){ .ecn = true,
                                       .ecn_min_bytes = 2 * LINE,
                                       .ecn_max_bytes = 8 * LINE,
                                       .ecn_max_probability = 0.5 });
    for (int round = 0; round < 2000; round++) {
        for (int i = 0; i < 11; i++) { /* Finds i frames. */
            send_ip(t, false, 2, 0, 0);
        }
        run_to(t, sim_now(t->sim) + SIM_MS);
        for (int i = 0; i < 11; i++) {
            n[i] += take_tos(t) == 3;
        }
    }
    for (int i = 0; i < 11; i++) {
        double p = i <= 2 ? 0 : i > 8 ? 1 : 0.5 * (i - 2) / 6;

        /* Within four standard deviations of at most 22. */
        assert_true((double) n[i] >= 2000 * p - 90);
        assert_true((double) n[i] <= 2000 * p + 90);
        assert_true((p > 0 && p < 1) || (double) n[i] == 2000 * p);
    }
}

static void
what_is_dropped_is_not_marked(void **state)
{
    struct bench *t = *state;

    queue(t, step_at(0));
    port_set_buffer(port(t, 0), 2 * LINE);
    for (int i = 0; i < 4; i++) {
        send_ip(t, false, 2, 0, 0);
    }
    assert_int_equal(port(t, 0)->drops[PORT_DROP_QUEUE_FULL], 2);
    assert_int_equal(port_ecn_marked(port(t, 0)), 1);
    assert_int_equal(queueing_class_stats(&t->a->node, 0).marked_frames, 1);
}

/* Strict priorities. */

static const struct queueing_config by_dscp = {
    .buffer_bytes = 5 * LINE,
    .priorities = QUEUEING_DSCP,
    .n_classes = 8,
};

static void
higher_classes_go_first_and_nobody_is_interrupted(void **state)
{
    static const uint8_t sent[] = { 0x00, 0x20, 0xe0, 0x20, 0xe0 };
    static const uint8_t order[] = { 0x00, 0xe0, 0xe0, 0x20, 0x20 };
    struct bench *t = *state;

    queue(t, by_dscp);
    for (int i = 0; i < 5; i++) {
        send_ip(t, false, sent[i], 0, 0);
    }
    assert_int_equal(port_queue_bytes(port(t, 0)), 5 * LINE);
    run_to(t, FRAME_TIME * 3 / 2);
    assert_int_equal(port_queue_bytes(port(t, 0)), 7 * LINE / 2);
    assert_int_equal(port(t, 0)->tx_frames, 2);
    run_to(t, SIM_MS);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(take_tos(t), order[i]);
        assert_int_equal(plain_node_arrival(t->b, (guint) i)->when,
                         (i + 1) * FRAME_TIME + SIM_US);
    }
    assert_int_equal(queueing_class_stats(&t->a->node, 7).sent_frames, 2);
    assert_int_equal(queueing_class_stats(&t->a->node, 1).sent_bytes,
                     2 * FRAME);
    assert_int_equal(queueing_class_stats(&t->a->node, 8).sent_frames, 0);
}

static void
a_frame_that_comes_as_the_line_gets_free_may_go_first(void **state)
{
    struct bench *t = *state;

    queue(t, by_dscp);
    send_ip(t, false, 0, 0, 0);
    send_ip(t, false, 0, 0, 0);
    run_to(t, FRAME_TIME - 1);
    send_ip(t, false, 0xe0, 0, 0);
    run_to(t, SIM_MS);
    assert_int_equal(take_tos(t), 0);
    assert_int_equal(take_tos(t), 0xe0);
    assert_int_equal(take_tos(t), 0);
}

/* The line is free at that time, but another frame waits for it. */
static void
a_frame_that_comes_as_the_line_gets_free_passes_none_of_its_class(void **state)
{
    struct bench *t = *state;
    uint32_t size = (uint32_t) ((FRAME_TIME - SIM_US) / 800);

    queue(t, by_dscp);
    t->a->mode = PLAIN_RELAY; /* From port 2 to port 0. */
    plain_node_send(t->b, 2, size - PORT_LINE_EXTRA);
    send_ip(t, false, 0, 0, 0);
    send_ip(t, false, 0, 0, 0);
    run_to(t, SIM_MS);
    assert_int_equal(plain_node_arrival(t->a, 0)->when, FRAME_TIME);
    assert_int_equal(plain_node_arrival(t->b, 1)->size, FRAME);
    assert_int_equal(plain_node_arrival(t->b, 1)->when,
                     2 * FRAME_TIME + SIM_US);
    assert_int_equal(plain_node_arrival(t->b, 2)->size,
                     size - PORT_LINE_EXTRA);
}

static void
only_frames_that_wait_cost_a_second_event(void **state)
{
    struct bench *t = *state;

    queue(t, by_dscp);
    for (int i = 0; i < 3; i++) {
        send_ip(t, false, 0, 0, 0);
        run_to(t, (i + 1) * SIM_MS);
    }
    assert_int_equal(t->sim->n_events, 3);
    for (int i = 0; i < 3; i++) {
        send_ip(t, false, 0, 0, 0);
    }
    run_to(t, 5 * SIM_MS);
    assert_int_equal(t->sim->n_events, 3 + 3 + 2);
}

static void
priorities_share_the_buffer_of_their_port(void **state)
{
    struct bench *t = *state;

    queue(t, by_dscp);
    for (int i = 0; i < 7; i++) {
        send_ip(t, false, i < 6 ? 0 : 0xe0, 0, 0);
    }
    assert_int_equal(port(t, 0)->drops[PORT_DROP_QUEUE_FULL], 2);
    assert_int_equal(queueing_class_stats(&t->a->node, 0).dropped_frames, 1);
    assert_int_equal(queueing_class_stats(&t->a->node, 7).dropped_frames, 1);
    run_to(t, FRAME_TIME);
    send_ip(t, false, 0xe0, 0, 0);
    run_to(t, SIM_MS);
    assert_int_equal(t->b->kept.n_packets, 6);
}

static void
an_idle_port_takes_a_frame_larger_than_its_buffer(void **state)
{
    struct queueing_config config = by_dscp;
    struct bench *t = *state;

    config.buffer_bytes = 100;
    queue(t, config);
    send_ip(t, false, 0, 0, 0);
    send_ip(t, false, 0, 0, 0);
    run_to(t, SIM_MS);
    assert_int_equal(t->b->kept.n_packets, 1);
}

static void
priorities_and_a_shared_buffer_go_together(void **state)
{
    struct queueing_config config = by_dscp;
    struct bench *t = *state;

    config.shared = true;
    queue(t, config);
    for (int i = 0; i < 3; i++) {
        send_ip(t, false, 0, 0, 0);
        plain_node_send(t->a, 1, FRAME);
    }
    assert_int_equal(port(t, 1)->drops[PORT_DROP_BUFFER_FULL], 1);
    assert_int_equal(queueing_read_used(&t->a->node), 5 * LINE);
    run_to(t, 3 * FRAME_TIME);
    assert_int_equal(queueing_read_used(&t->a->node), 0);
}

static void
marking_looks_at_the_queue_of_the_class(void **state)
{
    struct queueing_config config = by_dscp;
    struct bench *t = *state;

    config.ecn = true; /* Marks if one waits. */
    queue(t, config);
    for (int i = 0; i < 3; i++) {
        send_ip(t, false, 2, 0, 0);
    }
    send_ip(t, false, 0xe2, 0, 0);
    run_to(t, SIM_MS);
    assert_int_equal(take_tos(t), 2);
    assert_int_equal(take_tos(t), 0xe2);
    assert_int_equal(take_tos(t), 2);
    assert_int_equal(take_tos(t), 3);
    assert_int_equal(queueing_class_stats(&t->a->node, 0).marked_frames, 1);
    send_ip(t, false, 2, 0, 0); /* Nothing waits any more. */
    run_to(t, 2 * SIM_MS);
    assert_int_equal(take_tos(t), 2);
}

static void
what_waits_is_lost_when_the_link_goes_down(void **state)
{
    struct packet_sums sums;
    struct bench *t = *state;

    queue(t, by_dscp);
    for (int i = 0; i < 4; i++) {
        send_ip(t, false, (uint8_t) (i << 5), 0, 0);
    }
    sim_packet_sums(t->sim, &sums);
    assert_int_equal(sums.in_flight, 4);
    port_set_up(port(t, 0), false);
    assert_int_equal(port(t, 0)->drops[PORT_DROP_LINK_DOWN], 4);
    assert_int_equal(port_queue_bytes(port(t, 0)), 0);
    send_ip(t, false, 0, 0, 0);
    assert_int_equal(port(t, 0)->drops[PORT_DROP_LINK_DOWN], 5);
    run_to(t, SIM_MS);
    port_set_up(port(t, 0), true);
    send_ip(t, false, 0, 0, 0);
    run_to(t, 2 * SIM_MS);
    assert_int_equal(t->b->kept.n_packets, 1);
}

static void
tags_say_who_goes_first_too(void **state)
{
    struct bench *t = *state;

    queue(t, (struct queueing_config){ .buffer_bytes = 100 * LINE,
                                       .priorities = QUEUEING_PCP,
                                       .n_classes = 4 });
    for (uint8_t i = 0; i < 8; i++) {
        send_ip(t, false, (uint8_t) (i << 2), 1, i); /* DSCP says which. */
    }
    run_to(t, SIM_MS);
    assert_int_equal(take_tos(t) >> 2, 0); /* Found the line idle. */
    assert_int_equal(take_tos(t) >> 2, 6);
    assert_int_equal(take_tos(t) >> 2, 7);
    assert_int_equal(take_tos(t) >> 2, 4);
    assert_int_equal(take_tos(t) >> 2, 5);
    assert_int_equal(take_tos(t) >> 2, 2);
    assert_int_equal(take_tos(t) >> 2, 3);
    assert_int_equal(take_tos(t) >> 2, 1);
}

static void
protocols_between_neighbors_have_the_highest_class(void **state)
{
    struct packet *pkt;
    struct bench *t = *state;

    queue(t, by_dscp);
    send_ip(t, false, 0xe0, 0, 0);
    send_ip(t, false, 0xc0, 0, 0);
    pkt = node_new_packet(&t->a->node, ETH_HLEN, 60);
    memset(packet_data(pkt), 0, ETH_HLEN);
    put_be32(packet_data(pkt), 0x0180c200);
    port_send(port(t, 0), pkt);
    run_to(t, SIM_MS);
    assert_int_equal(plain_node_arrival(t->b, 1)->size, 60);
    assert_int_equal(queueing_class_stats(&t->a->node, 7).sent_frames, 2);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(plain_ports_have_no_queue_of_their_own),
        TEST(ports_draw_from_one_buffer),
        TEST(room_in_a_shared_buffer_is_exact_in_time),
        TEST(a_shared_buffer_agrees_with_looking_at_every_port),
        TEST(a_step_marks_what_finds_more_than_that_in_the_queue),
        TEST(only_ect_is_marked_and_once),
        TEST(marking_grows_with_the_queue_between_its_bounds),
        TEST(what_is_dropped_is_not_marked),
        TEST(higher_classes_go_first_and_nobody_is_interrupted),
        TEST(a_frame_that_comes_as_the_line_gets_free_may_go_first),
        TEST(
            a_frame_that_comes_as_the_line_gets_free_passes_none_of_its_class),
        TEST(only_frames_that_wait_cost_a_second_event),
        TEST(priorities_share_the_buffer_of_their_port),
        TEST(an_idle_port_takes_a_frame_larger_than_its_buffer),
        TEST(priorities_and_a_shared_buffer_go_together),
        TEST(marking_looks_at_the_queue_of_the_class),
        TEST(what_waits_is_lost_when_the_link_goes_down),
        TEST(tags_say_who_goes_first_too),
        TEST(protocols_between_neighbors_have_the_highest_class),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Ports and links: when frames arrive, which are dropped, what is counted. */

#include <string.h>

#include "sim/port.h"
#include "tests/cmocka_all.h"
#include "tests/plain_node.h"

/* Two nodes and a link, 10 Gb/s and 1 us unless the test says otherwise. */
struct bench {
    struct sim *sim;
    struct plain_node *a, *b;
    struct port *pa, *pb;
};

static int
setup(void **state)
{
    struct bench *t = g_new0(struct bench, 1);

    t->sim = sim_new(1);
    t->a = plain_node_new(t->sim, "a", 1, PLAIN_DELIVER);
    t->b = plain_node_new(t->sim, "b", 1, PLAIN_DELIVER);
    t->pa = &t->a->node.ports[0];
    t->pb = &t->b->node.ports[0];
    port_set_name(t->pa, "a:eth0");
    port_set_name(t->pb, "b:eth0");
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
    sim_free(t->sim);
    g_free(t);
    return 0;
}

static void
run(struct bench *t, sim_time end)
{
    assert_true(sim_run(t->sim, end, UINT64_MAX));
}

static void
assert_arrival(struct bench *t, guint i, sim_time when)
{
    assert_int_equal(plain_node_arrival(t->b, i)->when, when);
}

/* 1538 bytes of 800 ps each, and 1 us. */
static void
frame_takes_its_time_on_the_line_and_along_it(void **state)
{
    struct bench *t = *state;

    plain_connect(t->pa, t->pb, (struct link_config){ 0 });
    plain_node_send(t->a, 0, 1514);
    run(t, 2230399);
    assert_int_equal(t->b->arrivals->len, 0);
    run(t, 2230400);
    assert_int_equal(t->b->arrivals->len, 1);
    assert_arrival(t, 0, 2230400);
}

/* All arrive on one port in the order in which they were sent, one frame's time
 * apart; a new one after a pause goes at once. */
static void
frames_go_back_to_back_and_in_order(void **state)
{
    struct bench *t = *state;

    plain_connect(t->pa, t->pb, (struct link_config){ 0 });
    for (size_t i = 0; i < 4; i++) {
        plain_node_send(t->a, 0, 100 + 100 * i);
    }
    assert_int_equal(port_in_flight(t->pb), 4);
    run(t, SIM_MS);
    plain_node_send(t->a, 0, 76);
    run(t, SIM_S);
    assert_int_equal(t->b->arrivals->len, 5);
    assert_arrival(t, 0, SIM_US + 800 * 124);
    assert_arrival(t, 1, SIM_US + 800 * (124 + 224));
    assert_arrival(t, 2, SIM_US + 800 * (124 + 224 + 324));
    assert_arrival(t, 3, SIM_US + 800 * (124 + 224 + 324 + 424));
    assert_arrival(t, 4, SIM_MS + SIM_US + 800 * 100);
    for (guint i = 0; i < 4; i++) {
        assert_int_equal(plain_node_arrival(t->b, i)->size, 100 + 100 * i);
    }
}

static void
link_carries_frames_both_ways_at_once(void **state)
{
    struct bench *t = *state;

    plain_connect(t->pa, t->pb, (struct link_config){ 0 });
    plain_node_send(t->a, 0, 1514);
    plain_node_send(t->b, 0, 1514);
    run(t, SIM_S);
    assert_arrival(t, 0, 2230400);
    assert_int_equal(plain_node_arrival(t->a, 0)->when, 2230400);
}

/* 8/3 ns a byte: 1538 bytes take 4,101,333 1/3 ps, rounded up. */
static void
rate_may_have_bytes_of_no_whole_picoseconds(void **state)
{
    struct bench *t = *state;

    plain_connect(t->pa, t->pb,
                  (struct link_config){ .rate_bps = 3000000000 });
    plain_node_send(t->a, 0, 1514);
    plain_node_send(t->a, 0, 1514);
    assert_int_equal(port_queue_bytes(t->pa), 2 * 1538);
    run(t, SIM_S);
    assert_arrival(t, 0, SIM_US + 4101334);
    assert_arrival(t, 1, SIM_US + 2 * 4101334);
}

/* 1 bit a second: a byte takes more than 2^32 ps. */
static void
link_may_be_very_slow(void **state)
{
    struct bench *t = *state;

    plain_connect(t->pa, t->pb, (struct link_config){ .rate_bps = 1 });
    plain_node_send(t->a, 0, 60);
    plain_node_send(t->a, 0, 9000);
    run(t, 100000 * SIM_S);
    assert_arrival(t, 0, SIM_US + 84 * 8 * SIM_S);
    assert_arrival(t, 1, SIM_US + (84 + 9024) * 8 * SIM_S);
}

static void
link_without_delay_still_takes_an_event(void **state)
{
    struct bench *t = *state;

    t->b->mode = PLAIN_RELAY; /* Answers at once. */
    port_connect(t->pa, t->pb,
                 &(struct link_config){ .rate_bps = 400000000000 });
    plain_node_send(t->a, 0, 60);
    assert_int_equal(t->b->arrivals->len, 0);
    run(t, SIM_S);
    assert_arrival(t, 0, 20 * 84);
    assert_int_equal(plain_node_arrival(t->a, 0)->when, 2 * 20 * 84);
}

static void
short_frames_are_padded_to_60_bytes(void **state)
{
    struct bench *t = *state;

    plain_connect(t->pa, t->pb, (struct link_config){ 0 });
    plain_node_send(t->a, 0, 14);
    plain_node_send(t->a, 0, 61);
    run(t, SIM_S);
    assert_int_equal(plain_node_arrival(t->b, 0)->size, 60);
    assert_int_equal(plain_node_arrival(t->b, 1)->size, 61);
    assert_arrival(t, 0, SIM_US + 800 * 84);
    assert_int_equal(t->pa->tx_bytes, 121);
    assert_int_equal(t->pb->rx_bytes, 121);
}

/* Sends frames of 1000 bytes on the line until one is dropped; 'extra' is added
 * to the first.  Returns how many had room. */
static uint64_t
fill(struct bench *t, size_t extra)
{
    for (uint64_t n = 0;; n++) {
        plain_node_send(t->a, 0, 976 + (n ? 0 : extra));
        if (t->pa->drops[PORT_DROP_QUEUE_FULL]) {
            assert_int_equal(
                node_fate_count(&t->a->node,
                                &port_drops[PORT_DROP_QUEUE_FULL]),
                1);
            return n;
        }
    }
}

static void
assert_bound_is_exact(struct bench *t, uint64_t rate_bps, uint64_t n)
{
    struct link_config config = {
        .rate_bps = rate_bps,
        .buffer_bytes = n * 1000,
    };

    plain_connect(t->pa, t->pb, config);
    assert_int_equal(fill(t, 0), n);
    assert_int_equal(port_queue_bytes(t->pa), n * 1000);
}

static void
buffer_takes_its_bytes_and_no_more(void **state)
{
    assert_bound_is_exact(*state, 10000000000, 100);
}

static void
buffer_of_one_byte_less_takes_a_frame_less(void **state)
{
    struct bench *t = *state;

    plain_connect(t->pa, t->pb, (struct link_config){ .buffer_bytes = 99999 });
    assert_int_equal(fill(t, 0), 99);
    assert_int_equal(port_queue_bytes(t->pa), 99000);
}

static void
frame_of_one_byte_more_leaves_no_room_for_another(void **state)
{
    struct bench *t = *state;

    plain_connect(t->pa, t->pb,
                  (struct link_config){ .buffer_bytes = 100000 });
    assert_int_equal(fill(t, 1), 99);
}

static void
buffer_is_exact_at_a_rate_of_no_whole_picoseconds(void **state)
{
    assert_bound_is_exact(*state, 3000000000, 1000);
}

static void
buffer_is_exact_to_the_byte_at_a_rate_of_no_whole_picoseconds(void **state)
{
    struct bench *t = *state;

    plain_connect(t->pa, t->pb,
                  (struct link_config){ .rate_bps = 7000000000,
                                        .buffer_bytes = 999999 });
    assert_int_equal(fill(t, 0), 999);
}

static void
large_buffer_is_exact(void **state)
{
    assert_bound_is_exact(*state, 1000000, 50000);
}

static void
buffer_may_be_without_bound(void **state)
{
    struct bench *t = *state;

    plain_connect(
        t->pa, t->pb,
        (struct link_config){ .rate_bps = 1, .buffer_bytes = UINT64_MAX });
    for (int i = 0; i < 100; i++) {
        plain_node_send(t->a, 0, 1514);
    }
    assert_int_equal(t->pa->drops[PORT_DROP_QUEUE_FULL], 0);
}

/* Room comes back as bytes leave, byte by byte. */
static void
buffer_drains_at_the_line_rate(void **state)
{
    struct bench *t = *state;

    plain_connect(t->pa, t->pb, (struct link_config){ .buffer_bytes = 2000 });
    plain_node_send(t->a, 0, 976);
    plain_node_send(t->a, 0, 976);
    run(t, 800 * 100 - 1);
    assert_int_equal(port_queue_bytes(t->pa), 1901);
    plain_node_send(t->a, 0, 76);
    assert_int_equal(t->pa->drops[PORT_DROP_QUEUE_FULL], 1);
    run(t, 800 * 100);
    assert_int_equal(port_queue_bytes(t->pa), 1900);
    plain_node_send(t->a, 0, 76);
    assert_int_equal(t->pa->drops[PORT_DROP_QUEUE_FULL], 1);
    run(t, SIM_S);
    assert_int_equal(port_queue_bytes(t->pa), 0);
}

static void
assert_left(const struct bench *t, uint64_t frames, uint64_t bytes)
{
    assert_int_equal(port_left_frames(t->pa), frames);
    assert_int_equal(port_left_bytes(t->pa), bytes);
}

/* 1000 bytes on the line of 800 ps each.  What is still on its way along it has
 * left. */
static void
frames_have_left_when_their_last_bit_has(void **state)
{
    struct bench *t = *state;

    plain_connect(t->pa, t->pb, (struct link_config){ .delay = SIM_MS });
    assert_left(t, 0, 0);
    for (int i = 0; i < 3; i++) {
        plain_node_send(t->a, 0, 976);
    }
    assert_left(t, 0, 0);
    run(t, 799999);
    assert_left(t, 0, 0);
    run(t, 800000);
    assert_left(t, 1, 976);
    run(t, 2 * 800000);
    assert_left(t, 2, 2 * 976);
    run(t, SIM_S);
    assert_left(t, 3, 3 * 976);
}

static void
idle_port_takes_a_frame_larger_than_its_buffer(void **state)
{
    struct bench *t = *state;

    plain_connect(t->pa, t->pb, (struct link_config){ .buffer_bytes = 1 });
    plain_node_send(t->a, 0, 1514);
    plain_node_send(t->a, 0, 60);
    run(t, 1538 * 800);
    plain_node_send(t->a, 0, 1514); /* The first has just left. */
    run(t, SIM_S);
    assert_int_equal(t->pb->rx_frames, 2);
    assert_int_equal(t->pa->drops[PORT_DROP_QUEUE_FULL], 1);
}

static void
buffer_can_be_changed(void **state)
{
    struct bench *t = *state;

    plain_connect(t->pa, t->pb, (struct link_config){ 0 });
    port_set_buffer(t->pa, 3000);
    assert_int_equal(fill(t, 0), 3);
}

static void
port_without_link_drops(void **state)
{
    struct bench *t = *state;

    plain_node_send(t->a, 0, 100);
    assert_int_equal(t->pa->drops[PORT_DROP_NO_LINK], 1);
    assert_int_equal(
        node_fate_count(&t->a->node, &port_drops[PORT_DROP_NO_LINK]), 1);
    assert_int_equal(t->pa->tx_frames, 0);
}

/* Returns which of 1000 frames were lost, as bits; 'name' is the sender's. */
static GBytes *
losses(uint64_t seed, const char *name, double loss)
{
    struct sim *sim = sim_new(seed);
    struct plain_node *a = plain_node_new(sim, "a", 1, PLAIN_DELIVER);
    struct plain_node *b = plain_node_new(sim, "b", 1, PLAIN_DELIVER);
    uint8_t lost[1000];

    port_set_name(&a->node.ports[0], name);
    plain_connect(
        &a->node.ports[0], &b->node.ports[0],
        (struct link_config){ .loss = loss, .buffer_bytes = UINT64_MAX });
    for (int i = 0; i < 1000; i++) {
        uint64_t before = a->node.ports[0].drops[PORT_DROP_LINK_LOSS];

        plain_node_send(a, 0, 1000);
        lost[i] = a->node.ports[0].drops[PORT_DROP_LINK_LOSS] > before;
    }
    assert_true(sim_run(sim, SIM_S, UINT64_MAX));
    assert_int_equal(
        b->arrivals->len
            + node_fate_count(&a->node, &port_drops[PORT_DROP_LINK_LOSS]),
        1000);
    assert_int_equal(a->node.ports[0].tx_frames, 1000);
    sim_free(sim);
    return g_bytes_new(lost, sizeof lost);
}

static uint64_t
n_lost(double loss)
{
    GBytes *bytes = losses(1, "x", loss);
    const uint8_t *lost = g_bytes_get_data(bytes, NULL);
    uint64_t n = 0;

    for (int i = 0; i < 1000; i++) {
        n += lost[i];
    }
    g_bytes_unref(bytes);
    return n;
}

static void
link_loses_the_part_of_frames_it_is_told_to(void **state)
{
    (void) state;
    assert_int_equal(n_lost(0), 0);
    assert_int_equal(n_lost(1), 1000);
    assert_in_range(n_lost(0.1), 70, 130); /* 3 standard deviations. */
}

static void
losses_depend_on_seed_and_the_ports_name_alone(void **state)
{
    GBytes *lost[] = { losses(1, "x", 0.5), losses(1, "x", 0.5),
                       losses(2, "x", 0.5), losses(1, "y", 0.5) };

    (void) state;
    assert_true(g_bytes_equal(lost[0], lost[1]));
    assert_false(g_bytes_equal(lost[0], lost[2]));
    assert_false(g_bytes_equal(lost[0], lost[3]));
    for (size_t i = 0; i < G_N_ELEMENTS(lost); i++) {
        g_bytes_unref(lost[i]);
    }
}

/* Two ports that send each other 'n' frames of 'size' bytes, round and round,
 * keep both directions of the link full.  Returns how many frames one of them
 * has put on the line, to the last bit, within 'time'. */
static uint64_t
frames_within(struct bench *t, size_t size, sim_time time)
{
    struct link_config config = {
        .rate_bps = 10000000000,
        .buffer_bytes = UINT64_MAX,
    };

    port_connect(t->pa, t->pb, &config);
    t->a->mode = t->b->mode = PLAIN_RELAY;
    g_clear_pointer(&t->a->arrivals, g_array_unref);
    g_clear_pointer(&t->b->arrivals, g_array_unref);
    for (int i = 0; i < 4; i++) {
        plain_node_send(t->a, 0, size);
    }
    run(t, time);
    return t->pb->rx_frames;
}

/* 10^10 / (8 * 1538) = 812,743.8 */
static void
ten_gigabits_carry_812744_full_frames_a_second(void **state)
{
    struct bench *t = *state;

    assert_int_equal(frames_within(t, 1514, SIM_S), 812743);
    run(t, SIM_S + SIM_US / 4); /* The last is on the line at 1 s. */
    assert_int_equal(t->pb->rx_frames, 812744);
}

/* 10^10 / (8 * 84) = 14,880,952.4; a tenth of it. */
static void
ten_gigabits_carry_14880952_minimum_frames_a_second(void **state)
{
    assert_int_equal(frames_within(*state, 60, SIM_S / 10), 1488095);
}

static void
one_event_carries_a_frame_over_a_link(void **state)
{
    struct bench *t = *state;

    t->a->mode = t->b->mode = PLAIN_RELAY;
    plain_connect(t->pa, t->pb, (struct link_config){ 0 });
    for (int i = 0; i < 10; i++) {
        plain_node_send(t->a, 0, 1514);
    }
    run(t, SIM_MS);
    assert_true(t->sim->n_packet_hops > 1000);
    assert_int_equal(t->sim->n_events, t->sim->n_packet_hops);
    assert_int_equal(t->sim->n_packet_hops,
                     t->pa->rx_frames + t->pb->rx_frames);
}

static void
frames_on_a_link_are_freed_with_the_run(void **state)
{
    struct bench *t = *state;

    plain_connect(t->pa, t->pb, (struct link_config){ 0 });
    plain_node_send(t->a, 0, 1514);
    plain_node_send(t->a, 0, 1514);
    assert_int_equal(port_in_flight(t->pb), 2);
}

static void
connect(void *aux)
{
    struct bench *t = aux;

    plain_connect(t->pa, t->pb, (struct link_config){ 0 });
}

static void
connect_too_fast(void *aux)
{
    struct bench *t = aux;

    plain_connect(t->pa, t->pb,
                  (struct link_config){ .rate_bps = 8000000000001 });
}

static void
second_link_or_impossible_rate_is_a_bug(void **state)
{
    assert_true(plain_aborts(connect_too_fast, *state));
    connect(*state);
    assert_true(plain_aborts(connect, *state));
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(frame_takes_its_time_on_the_line_and_along_it),
        TEST(frames_go_back_to_back_and_in_order),
        TEST(link_carries_frames_both_ways_at_once),
        TEST(rate_may_have_bytes_of_no_whole_picoseconds),
        TEST(link_may_be_very_slow),
        TEST(link_without_delay_still_takes_an_event),
        TEST(short_frames_are_padded_to_60_bytes),
        TEST(buffer_takes_its_bytes_and_no_more),
        TEST(buffer_of_one_byte_less_takes_a_frame_less),
        TEST(frame_of_one_byte_more_leaves_no_room_for_another),
        TEST(buffer_is_exact_at_a_rate_of_no_whole_picoseconds),
        TEST(buffer_is_exact_to_the_byte_at_a_rate_of_no_whole_picoseconds),
        TEST(large_buffer_is_exact),
        TEST(buffer_may_be_without_bound),
        TEST(buffer_drains_at_the_line_rate),
        TEST(frames_have_left_when_their_last_bit_has),
        TEST(idle_port_takes_a_frame_larger_than_its_buffer),
        TEST(buffer_can_be_changed),
        TEST(port_without_link_drops),
        TEST(link_loses_the_part_of_frames_it_is_told_to),
        TEST(losses_depend_on_seed_and_the_ports_name_alone),
        TEST(ten_gigabits_carry_812744_full_frames_a_second),
        TEST(ten_gigabits_carry_14880952_minimum_frames_a_second),
        TEST(one_event_carries_a_frame_over_a_link),
        TEST(frames_on_a_link_are_freed_with_the_run),
        TEST(second_link_or_impossible_rate_is_a_bug),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

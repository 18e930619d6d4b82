/* Links that go down and come up. */

#include "sim/port.h"
#include "tests/cmocka_all.h"
#include "tests/plain_node.h"

/* Two nodes and a link of 10 Gb/s and 1 us. */
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
    t->a = plain_node_new(t->sim, "a", 2, PLAIN_DELIVER);
    t->b = plain_node_new(t->sim, "b", 1, PLAIN_DELIVER);
    t->pa = &t->a->node.ports[1];
    t->pb = &t->b->node.ports[0];
    plain_connect(t->pa, t->pb, (struct link_config){ 0 });
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
link_is_up_if_both_ends_are(void **state)
{
    struct bench *t = *state;

    assert_false(port_is_up(&t->a->node.ports[0])); /* It has none. */
    assert_true(port_is_up(t->pa) && port_is_up(t->pb));
    port_set_up(t->pa, false);
    assert_true(!port_is_up(t->pa) && !port_is_up(t->pb));
    port_set_up(t->pb, false);
    port_set_up(t->pa, true);
    assert_true(!port_is_up(t->pa) && !port_is_up(t->pb));
    port_set_up(t->pb, true);
    assert_true(port_is_up(t->pa) && port_is_up(t->pb));
}

static void
port_that_is_down_before_it_has_a_link_stays_down(void **state)
{
    struct bench *t = *state;
    struct plain_node *c = plain_node_new(t->sim, "c", 1, PLAIN_DELIVER);

    port_set_up(&c->node.ports[0], false);
    plain_connect(&t->a->node.ports[0], &c->node.ports[0],
                  (struct link_config){ 0 });
    assert_false(port_is_up(&t->a->node.ports[0]));
    port_set_up(&c->node.ports[0], true);
    assert_true(port_is_up(&t->a->node.ports[0]));
}

static void
both_nodes_are_told_once_of_each_change_of_the_link(void **state)
{
    struct bench *t = *state;

    port_set_up(t->pa, false);
    port_set_up(t->pa, false);
    port_set_up(t->pb, false);
    port_set_up(t->pa, true);
    port_set_up(t->pb, true);
    assert_string_equal(t->a->changes->str, "1 down, 1 up, ");
    assert_string_equal(t->b->changes->str, "0 down, 0 up, ");
}

/* Frames of 1000 bytes on the line, 800 ns each: at 1.7 us one has arrived in
 * no time yet, two have left and the rest waits. */
static void
frames_waiting_and_under_way_are_lost_at_their_sender(void **state)
{
    struct bench *t = *state;

    for (int i = 0; i < 5; i++) {
        plain_node_send(t->a, 1, 976);
    }
    plain_node_send(t->b, 0, 976);
    run(t, 1700 * SIM_NS);
    port_set_up(t->pb, false);
    assert_int_equal(t->pa->drops[PORT_DROP_LINK_DOWN], 5);
    assert_int_equal(t->pb->drops[PORT_DROP_LINK_DOWN], 1);
    assert_int_equal(
        node_fate_count(&t->a->node, &port_drops[PORT_DROP_LINK_DOWN]), 5);
    run(t, SIM_S);
    assert_int_equal(t->b->arrivals->len, 0);
    assert_int_equal(t->a->arrivals->len, 0);
}

static void
frames_that_had_not_left_were_not_sent(void **state)
{
    struct bench *t = *state;

    for (int i = 0; i < 5; i++) {
        plain_node_send(t->a, 1, 976);
    }
    run(t, 1700 * SIM_NS);
    port_set_up(t->pa, false);
    assert_int_equal(t->pa->tx_frames, 2);
    assert_int_equal(t->pa->tx_bytes, 2 * 976);
    assert_int_equal(port_left_frames(t->pa), 2);
    assert_int_equal(port_left_bytes(t->pa), 2 * 976);
    assert_int_equal(port_queue_bytes(t->pa), 0);
}

static void
link_that_is_down_takes_no_frames(void **state)
{
    struct bench *t = *state;

    port_set_up(t->pa, false);
    plain_node_send(t->a, 1, 976);
    plain_node_send(t->b, 0, 976);
    assert_int_equal(t->pa->drops[PORT_DROP_LINK_DOWN], 1);
    assert_int_equal(t->pb->drops[PORT_DROP_LINK_DOWN], 1);
    assert_int_equal(t->pa->tx_frames, 0);
}

static void
link_that_is_up_again_carries_frames_at_once(void **state)
{
    struct bench *t = *state;

    for (int i = 0; i < 5; i++) {
        plain_node_send(t->a, 1, 976);
    }
    run(t, 100 * SIM_NS);
    port_set_up(t->pa, false);
    port_set_up(t->pa, true);
    plain_node_send(t->a, 1, 976);
    run(t, SIM_S);
    assert_int_equal(t->b->arrivals->len, 1);
    assert_int_equal(plain_node_arrival(t->b, 0)->when, 1900 * SIM_NS);
}

static void
port_is_down_until_every_reason_for_it_has_gone(void **state)
{
    struct bench *t = *state;

    port_hold_down(t->pa);
    port_hold_down(t->pa);
    port_hold_down(t->pb);
    port_release(t->pa);
    port_release(t->pb);
    assert_false(port_is_up(t->pa));
    port_release(t->pa);
    assert_true(port_is_up(t->pa));
    assert_string_equal(t->a->changes->str, "1 down, 1 up, ");
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(link_is_up_if_both_ends_are),
        TEST(port_that_is_down_before_it_has_a_link_stays_down),
        TEST(both_nodes_are_told_once_of_each_change_of_the_link),
        TEST(frames_waiting_and_under_way_are_lost_at_their_sender),
        TEST(frames_that_had_not_left_were_not_sent),
        TEST(link_that_is_down_takes_no_frames),
        TEST(link_that_is_up_again_carries_frames_at_once),
        TEST(port_is_down_until_every_reason_for_it_has_gone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Nodes and runs: fates, sums, fingerprint, packet numbers, sim_run(). */

#include <string.h>

#include "sim/port.h"
#include "tests/cmocka_all.h"
#include "tests/plain_node.h"

#define FRAMES 50

/* What a run is made of, for tests that change one thing. */
struct recipe {
    uint64_t seed;
    size_t size;          /* Of a frame; 0: 1000. */
    sim_time delay;       /* Of the links; 0: 1 us. */
    enum plain_mode last; /* What the last node does. */
    bool is_turned;       /* Frames go the other way. */
    uint64_t step;        /* Events per call of sim_run(); 0: all. */
    sim_time step_time;   /* Time per call; 0: all. */
};

/* Runs a line of four nodes: frames from one end to the other, or until they
 * are kept.  The caller frees the run. */
static struct sim *
line_run(struct recipe r)
{
    struct sim *sim = sim_new(r.seed);
    struct plain_node *n[4];
    sim_time end = r.step_time ? 0 : SIM_MS;

    for (int i = 0; i < 4; i++) {
        n[i] = plain_node_new(sim, "n", 2, PLAIN_RELAY);
        if (i) {
            plain_connect(&n[i - 1]->node.ports[1], &n[i]->node.ports[0],
                          (struct link_config){ .delay = r.delay });
        }
    }
    n[r.is_turned ? 0 : 3]->mode = r.last;
    for (int i = 0; i < FRAMES; i++) {
        plain_node_send(n[r.is_turned ? 3 : 0], !r.is_turned,
                        r.size ? r.size : 1000);
    }
    while (!sim_run(sim, end, r.step ? r.step : UINT64_MAX)
           || sim_now(sim) < SIM_MS) {
        if (r.step_time && end == sim_now(sim)) {
            end += r.step_time;
        }
    }
    return sim;
}

static uint64_t
line_fingerprint(struct recipe r)
{
    struct sim *sim = line_run(r);
    uint64_t fingerprint = sim_fingerprint(sim);

    sim_free(sim);
    return fingerprint;
}

static struct packet_sums
line_sums(enum plain_mode last)
{
    struct sim *sim = line_run((struct recipe){ .last = last });
    struct packet_sums sums;

    sim_packet_sums(sim, &sums);
    sim_free(sim);
    return sums;
}

static void
delivered_packets_add_up(void **state)
{
    struct packet_sums sums = line_sums(PLAIN_DELIVER);

    (void) state;
    assert_int_equal(sums.created, FRAMES);
    assert_int_equal(sums.delivered, FRAMES);
    assert_int_equal(sums.in_flight, 0);
    assert_true(packet_sums_add_up(&sums));
}

static void
consumed_packets_add_up(void **state)
{
    struct packet_sums sums = line_sums(PLAIN_CONSUME);

    (void) state;
    assert_int_equal(sums.consumed, FRAMES);
    assert_true(packet_sums_add_up(&sums));
}

static void
dropped_packets_add_up(void **state)
{
    struct packet_sums sums = line_sums(PLAIN_DROP);

    (void) state;
    assert_int_equal(sums.dropped, FRAMES);
    assert_true(packet_sums_add_up(&sums));
}

static void
held_packets_add_up(void **state)
{
    struct packet_sums sums = line_sums(PLAIN_KEEP);

    (void) state;
    assert_int_equal(sums.in_flight, FRAMES);
    assert_int_equal(sums.alive, FRAMES);
    assert_true(packet_sums_add_up(&sums));
}

static void
leaked_packet_shows_in_the_sums(void **state)
{
    struct packet_sums sums = line_sums(PLAIN_LEAK);

    (void) state;
    assert_int_equal(sums.alive, FRAMES);
    assert_false(packet_sums_add_up(&sums));
}

static void
each_sum_counts(void **state)
{
    const struct packet_sums good = { 10, 1, 2, 3, 4, 4 };

    (void) state;
    assert_true(packet_sums_add_up(&good));
    for (size_t i = 0; i < sizeof good / sizeof(uint64_t); i++) {
        struct packet_sums bad = good;

        ((uint64_t *) (void *) &bad)[i]++;
        assert_false(packet_sums_add_up(&bad));
    }
    assert_false(
        packet_sums_add_up(&(struct packet_sums){ 10, 1, 2, 3, 4, 5 }));
}

/* A node without held() holds nothing. */
static void
packets_on_links_are_in_flight(void **state)
{
    struct sim *sim = sim_new(1);
    struct plain_node *a = plain_node_new(sim, "a", 1, PLAIN_DELIVER);
    struct plain_node *b = plain_node_new(sim, "b", 1, PLAIN_DELIVER);
    struct node_ops ops = *a->node.ops;
    struct packet_sums sums;

    (void) state;
    ops.held = NULL;
    a->node.ops = b->node.ops = &ops;
    plain_connect(&a->node.ports[0], &b->node.ports[0],
                  (struct link_config){ 0 });
    plain_node_send(a, 0, 1000);
    plain_node_send(a, 0, 1000);
    sim_packet_sums(sim, &sums);
    assert_int_equal(sums.in_flight, 2);
    assert_true(packet_sums_add_up(&sums));
    assert_true(sim_run(sim, SIM_US + 1024 * 800, UINT64_MAX));
    sim_packet_sums(sim, &sums);
    assert_int_equal(sums.in_flight, 1);
    assert_int_equal(sums.delivered, 1);
    assert_true(packet_sums_add_up(&sums));
    sim_free(sim);
}

static void
fates_are_counted_where_packets_end(void **state)
{
    struct sim *sim = sim_new(1);
    struct plain_node *a = plain_node_new(sim, "a", 0, PLAIN_DELIVER);
    struct plain_node *b = plain_node_new(sim, "b", 0, PLAIN_DELIVER);

    (void) state;
    for (int i = 0; i < 3; i++) {
        node_end_packet(&a->node, node_new_packet(&a->node, 0, 60),
                        &plain_dropped);
        node_end_packet(&b->node, node_new_packet(&a->node, 0, 60),
                        &plain_delivered);
        node_end_packet(&b->node, node_new_packet(&a->node, 0, 60),
                        &plain_dropped);
    }
    assert_int_equal(a->node.n_created, 9);
    assert_int_equal(node_fate_count(&a->node, &plain_dropped), 3);
    assert_int_equal(node_fate_count(&a->node, &plain_delivered), 0);
    assert_int_equal(node_fate_count(&b->node, &plain_dropped), 3);
    assert_int_equal(node_fate_count(&b->node, &plain_delivered), 3);
    assert_int_equal(node_fate_count(&b->node, &plain_consumed), 0);
    sim_free(sim);
}

static void
fingerprint_is_the_same_for_the_same_run(void **state)
{
    const struct recipe r = { .seed = 1 };

    (void) state;
    assert_int_equal(line_fingerprint(r), line_fingerprint(r));
    assert_int_not_equal(line_fingerprint(r), 0);
}

static void
fingerprint_changes_with_time_length_fate_and_place(void **state)
{
    const struct recipe recipes[] = {
        { .seed = 1 },          { .delay = SIM_US + 1 },
        { .size = 1001 },       { .size = 1001, .delay = SIM_US - 800 },
        { .last = PLAIN_DROP }, { .is_turned = true },
        { .last = PLAIN_KEEP },
    };
    uint64_t prints[G_N_ELEMENTS(recipes)];

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(recipes); i++) {
        prints[i] = line_fingerprint(recipes[i]);
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(prints[i], prints[j]);
        }
    }
}

/* Two packets that end at one time: the longer one first, or last. */
static void
fingerprint_changes_with_order(void **state)
{
    uint64_t prints[2];

    (void) state;
    for (size_t i = 0; i < 2; i++) {
        struct sim *sim = sim_new(1);
        struct plain_node *a = plain_node_new(sim, "a", 0, PLAIN_DELIVER);

        for (size_t j = 0; j < 2; j++) {
            node_end_packet(&a->node,
                            node_new_packet(&a->node, 0, 60 + (i ^ j)),
                            &plain_delivered);
        }
        prints[i] = sim_fingerprint(sim);
        sim_free(sim);
    }
    assert_int_not_equal(prints[0], prints[1]);
}

static void
fingerprint_tells_fates_apart_by_name(void **state)
{
    static const struct fate fates[] = {
        { FATE_DROPPED, "one", "" },
        { FATE_DROPPED, "two", "" },
        { FATE_DELIVERED, "three", "" },
        { FATE_CONSUMED, "four", "" }, /* Leaves no trace, on purpose. */
    };
    uint64_t prints[4];

    (void) state;
    for (size_t i = 0; i < 4; i++) {
        struct sim *sim = sim_new(1);
        struct plain_node *a = plain_node_new(sim, "a", 0, PLAIN_DELIVER);
        uint64_t none = sim_fingerprint(sim);

        node_end_packet(&a->node, node_new_packet(&a->node, 0, 60), &fates[i]);
        prints[i] = sim_fingerprint(sim);
        assert_int_equal(prints[i] == none, i == 3);
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(prints[i], prints[j]);
        }
        sim_free(sim);
    }
}

static void
fingerprint_is_the_same_when_a_run_is_cut_into_steps(void **state)
{
    const uint64_t whole = line_fingerprint((struct recipe){ 0 });

    (void) state;
    for (uint64_t step = 1; step < 60; step++) {
        assert_int_equal(line_fingerprint((struct recipe){ .step = step }),
                         whole);
        assert_int_equal(line_fingerprint((struct recipe){
                             .step_time = 7919 * (sim_time) step }),
                         whole);
        assert_int_equal(
            line_fingerprint((struct recipe){
                .step = step, .step_time = 104729 * (sim_time) step }),
            whole);
    }
}

static void
packet_numbers_are_unique_and_each_nodes_own(void **state)
{
    enum { N = 100 };
    struct sim *sim = sim_new(1);
    struct plain_node *a = plain_node_new(sim, "a", 0, PLAIN_DELIVER);
    struct plain_node *b = plain_node_new(sim, "b", 0, PLAIN_DELIVER);
    bool seen[2 * N + 1] = { true };
    struct packet *pkt = NULL, *clone;

    (void) state;
    for (uint64_t i = 0; i < 2 * N; i++) {
        /* First all of one node, then all of the other. */
        pkt = node_new_packet(i < N ? &b->node : &a->node, 0, 60);
        assert_int_equal(pkt->tag.packet, i < N ? 2 * i + 2 : 2 * (i - N) + 1);
        assert_false(seen[pkt->tag.packet]);
        seen[pkt->tag.packet] = true;
    }
    clone = node_clone_packet(&b->node, pkt);
    assert_int_equal(clone->tag.packet, pkt->tag.packet);
    assert_int_equal(b->node.n_created, N + 1);
    assert_int_equal(node_new_packet(&b->node, 0, 60)->tag.packet, 2 * N + 2);
    sim_free(sim);
}

static void
add_node(void *sim)
{
    plain_node_new(sim, "late", 0, PLAIN_DELIVER);
}

static void
node_made_after_the_first_packet_is_a_bug(void **state)
{
    struct sim *sim = sim_new(1);
    struct plain_node *a = plain_node_new(sim, "a", 0, PLAIN_DELIVER);

    (void) state;
    assert_false(plain_aborts(add_node, sim));
    node_new_packet(&a->node, 0, 60);
    assert_true(plain_aborts(add_node, sim));
    sim_free(sim);
}

/* Ports first, then what the node makes. */
static void
ranks_are_by_node_and_then_by_place(void **state)
{
    struct sim *sim = sim_new(1);
    struct plain_node *a = plain_node_new(sim, "a", 2, PLAIN_DELIVER);
    struct plain_node *b = plain_node_new(sim, "b", 1, PLAIN_DELIVER);

    (void) state;
    assert_int_equal(a->node.ports[0].arrival.rank, 0);
    assert_int_equal(a->node.ports[1].arrival.rank, 1);
    assert_int_equal(b->node.ports[0].arrival.rank, UINT64_C(1) << 32);
    assert_int_equal(node_next_rank(&a->node), 2);
    assert_int_equal(node_next_rank(&b->node), (UINT64_C(1) << 32) + 1);
    sim_free(sim);
}

static void
run_owns_many_nodes(void **state)
{
    struct sim *sim = sim_new(1);

    (void) state;
    for (uint32_t i = 0; i < 100; i++) {
        assert_int_equal(plain_node_new(sim, "n", 3, PLAIN_DELIVER)->node.id,
                         i);
    }
    assert_int_equal(sim_n_nodes(sim), 100);
    sim_free(sim);
    sim_free(NULL);
}

/* An event that counts, and goes on firing every 'period'. */
struct ticker {
    struct event event;
    struct sim *sim;
    sim_time period;
    unsigned int n;
};

static void
tick(struct event *event)
{
    struct ticker *t = (struct ticker *) (void *) event;

    t->n++;
    if (t->period) {
        event_schedule_after(t->sim, event, t->period);
    }
}

static void
run_stops_at_its_end_or_after_so_many_events(void **state)
{
    struct sim *sim = sim_new(1);
    struct ticker t = { .sim = sim, .period = 10 };

    (void) state;
    event_init(&t.event, tick, 0);
    event_schedule_at(sim, &t.event, 10);
    assert_true(sim_run(sim, 9, UINT64_MAX));
    assert_int_equal(sim_now(sim), 9);
    assert_int_equal(t.n, 0);
    assert_true(sim_run(sim, 20, UINT64_MAX)); /* Includes the end. */
    assert_int_equal(sim_now(sim), 20);
    assert_int_equal(t.n, 2);
    assert_false(sim_run(sim, 1000, 3));
    assert_int_equal(sim_now(sim), 50);
    assert_int_equal(t.n, 5);
    assert_false(sim_run(sim, 1000, 0));
    assert_int_equal(t.n, 5);
    assert_int_equal(sim->n_events, 5);
    event_cancel(sim, &t.event);
    assert_true(sim_run(sim, 1000, UINT64_MAX - 2));
    assert_int_equal(sim_now(sim), 1000);
    assert_int_equal(t.n, 5);
    sim_free(sim);
}

struct chain {
    struct event event[3];
    struct sim *sim;
    unsigned int n;
};

static void
fire_last(struct event *event)
{
    struct chain *c = (struct chain *) (void *) (event - 2);

    assert_int_equal(c->n++, 1);
}

/* Schedules one of higher and one of lower rank, for now. */
static void
fire_middle(struct event *event)
{
    struct chain *c = (struct chain *) (void *) (event - 1);

    event_schedule_after(c->sim, &c->event[2], 0);
    event_schedule_after(c->sim, &c->event[0], 0);
}

static void
fire_first(struct event *event)
{
    struct chain *c = (struct chain *) (void *) event;

    assert_int_equal(c->n++, 0);
}

static void
event_scheduled_for_now_by_an_event_fires_in_the_same_run(void **state)
{
    struct chain c = { .sim = sim_new(1) };

    (void) state;
    event_init(&c.event[0], fire_first, 10);
    event_init(&c.event[1], fire_middle, 11);
    event_init(&c.event[2], fire_last, 12);
    event_schedule_at(c.sim, &c.event[1], 100);
    assert_true(sim_run(c.sim, 100, UINT64_MAX));
    assert_int_equal(c.n, 2);
    assert_int_equal(sim_now(c.sim), 100);
    sim_free(c.sim);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delivered_packets_add_up),
        cmocka_unit_test(consumed_packets_add_up),
        cmocka_unit_test(dropped_packets_add_up),
        cmocka_unit_test(held_packets_add_up),
        cmocka_unit_test(leaked_packet_shows_in_the_sums),
        cmocka_unit_test(each_sum_counts),
        cmocka_unit_test(packets_on_links_are_in_flight),
        cmocka_unit_test(fates_are_counted_where_packets_end),
        cmocka_unit_test(fingerprint_is_the_same_for_the_same_run),
        cmocka_unit_test(fingerprint_changes_with_time_length_fate_and_place),
        cmocka_unit_test(fingerprint_changes_with_order),
        cmocka_unit_test(fingerprint_tells_fates_apart_by_name),
        cmocka_unit_test(fingerprint_is_the_same_when_a_run_is_cut_into_steps),
        cmocka_unit_test(packet_numbers_are_unique_and_each_nodes_own),
        cmocka_unit_test(node_made_after_the_first_packet_is_a_bug),
        cmocka_unit_test(ranks_are_by_node_and_then_by_place),
        cmocka_unit_test(run_owns_many_nodes),
        cmocka_unit_test(run_stops_at_its_end_or_after_so_many_events),
        cmocka_unit_test(
            event_scheduled_for_now_by_an_event_fires_in_the_same_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The queue of events against the simplest queue there is. */

#include <glib.h>

#include "sim/event.h"
#include "tests/cmocka_all.h"
#include "tests/plain_node.h"

#define MAX_EVENTS 300

/* A queue, and a list of what should be in it. */
struct both {
    struct event_queue *q;
    struct event events[MAX_EVENTS];
    bool is_in[MAX_EVENTS];
    uint32_t n; /* Events in use. */
    sim_time now;
    struct random_stream random;
};

static void
no_fire(struct event *event)
{
    (void) event;
}

static void
both_init(struct both *b, uint32_t n, uint64_t seed)
{
    *b = (struct both){ .q = event_queue_new(), .n = n };
    random_stream_init(&b->random, seed, "both");
    for (uint32_t i = 0; i < n; i++) {
        event_init(&b->events[i], no_fire, i);
    }
}

static void
both_push(struct both *b, uint32_t i, sim_time when)
{
    event_queue_push(b->q, &b->events[i], when);
    b->is_in[i] = true;
}

static void
both_remove(struct both *b, uint32_t i)
{
    event_queue_remove(b->q, &b->events[i]);
    assert_false(event_is_scheduled(&b->events[i]));
    b->is_in[i] = false;
}

/* Pops from both and compares.  Returns the event's number, -1 if there was
 * none. */
static int
both_pop(struct both *b, sim_time limit)
{
    struct event *got = event_queue_pop(b->q, limit);
    struct event *want = NULL;

    for (uint32_t i = 0; i < b->n; i++) { /* By rank, so < is enough. */
        if (b->is_in[i] && b->events[i].when <= limit
            && (!want || b->events[i].when < want->when)) {
            want = &b->events[i];
        }
    }
    assert_ptr_equal(got, want);
    if (!got) {
        b->now = MAX(b->now, limit);
        return -1;
    }
    assert_false(event_is_scheduled(got));
    b->is_in[got - b->events] = false;
    b->now = got->when;
    return (int) (got - b->events);
}

static void
both_drain(struct both *b)
{
    while (both_pop(b, SIM_NEVER) >= 0) {
    }
    assert_int_equal(event_queue_size(b->q), 0);
    event_queue_free(b->q);
}

/* A delay of a random scale: 0 to 2^'bits' ps. */
static sim_time
random_delay(struct both *b, unsigned int bits)
{
    uint64_t scale = random_below(&b->random, bits + 1);

    return (sim_time) random_below(&b->random, (UINT64_C(1) << scale));
}

static void
events_fire_by_time_then_by_rank(void **state)
{
    static const sim_time when[] = { 5, SIM_S,     5,      0,           SIM_US,
                                     5, SIM_NEVER, SIM_US, 3600 * SIM_S };
    static const int order[] = { 3, 0, 2, 5, 4, 7, 1, 8, 6 };
    struct both b;

    (void) state;
    both_init(&b, G_N_ELEMENTS(when), 1);
    for (uint32_t i = b.n; i-- > 0;) {
        both_push(&b, i, when[i]);
    }
    assert_int_equal(event_queue_size(b.q), b.n);
    for (uint32_t i = 0; i < b.n; i++) {
        assert_int_equal(both_pop(&b, SIM_NEVER), order[i]);
    }
    both_drain(&b);
}

/* One step of a random life: 'bits' is the scale of delays. */
static void
random_step(struct both *b, unsigned int bits)
{
    uint32_t i = (uint32_t) random_below(&b->random, b->n);

    switch (random_below(&b->random, 8)) {
    case 0: both_remove(b, i); break;
    case 1:
    case 2:
        both_remove(b, i);
        both_push(b, i, b->now + random_delay(b, bits));
        break;
    case 3:
    case 4:
    case 5:
        if (!b->is_in[i]) {
            both_push(b, i, b->now + random_delay(b, bits));
        }
        break;
    case 6: both_pop(b, b->now + random_delay(b, bits)); break;
    default:
        if (event_queue_size(b->q)) {
            both_pop(b, SIM_NEVER);
        }
        break;
    }
}

static void
events_keep_their_order_on_mixed_time_scales(void **state)
{
    (void) state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct both b;

        both_init(&b, 100, seed);
        for (int step = 0; step < 5000; step++) {
            random_step(&b, 53); /* Up to 2.5 hours. */
        }
        both_drain(&b);
    }
}

/* The same event again and again at few times: all ties and all in the slot
 * that is now. */
static void
events_keep_their_order_when_many_fire_at_once(void **state)
{
    (void) state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct both b;

        both_init(&b, 200, seed);
        for (int step = 0; step < 5000; step++) {
            random_step(&b, 4);
        }
        both_drain(&b);
    }
}

/* Phases that differ by a factor of a million in events per second.  Each has
 * more events than pass between two looks at the slots' width. */
static void
events_keep_their_order_while_the_load_changes(void **state)
{
    static const unsigned int bits[] = { 8, 28, 40, 12, 20, 4, 33 };
    struct both b;

    (void) state;
    both_init(&b, 32, 1);
    for (size_t phase = 0; phase < G_N_ELEMENTS(bits); phase++) {
        for (uint32_t i = 0; i < b.n; i++) {
            both_remove(&b, i);
            both_push(&b, i, b.now + random_delay(&b, bits[phase]));
        }
        for (int n = 0; n < 150000; n++) {
            int i = both_pop(&b, SIM_NEVER);

            both_push(&b, (uint32_t) i, b.now + random_delay(&b, bits[phase]));
        }
    }
    both_drain(&b);
}

/* The future may be empty for long, and dense where it begins. */
static void
events_keep_their_order_across_long_gaps(void **state)
{
    struct both b;

    (void) state;
    both_init(&b, MAX_EVENTS, 1);
    for (int round = 0; round < 200; round++) {
        sim_time start = b.now + random_delay(&b, 54);

        for (uint32_t i = 0; i < b.n; i++) {
            both_push(&b, i, start + random_delay(&b, 16));
        }
        both_pop(&b, start - 1);
        for (uint32_t i = 0; i < b.n; i++) {
            both_pop(&b, SIM_NEVER);
        }
    }
    both_drain(&b);
}

/* Looking for events until a limit must not move the queue beyond it: what is
 * scheduled then may be earlier than all it held. */
static void
event_scheduled_after_a_look_ahead_fires_first(void **state)
{
    struct both b;

    (void) state;
    for (unsigned int bits = 0; bits < 60; bits++) {
        sim_time far = INT64_C(7) << bits;

        both_init(&b, 4, 1);
        both_push(&b, 0, far);
        assert_int_equal(both_pop(&b, far / 2), -1);
        both_push(&b, 1, far / 2); /* At the limit itself. */
        assert_int_equal(both_pop(&b, far / 2), 1);
        assert_int_equal(both_pop(&b, far - 1), -1);
        both_push(&b, 2, far - 1);
        both_push(&b, 3, far);
        assert_int_equal(both_pop(&b, far - 1), 2);
        assert_int_equal(both_pop(&b, far), 0);
        both_drain(&b);
    }
}

static void
event_cancelled_in_the_present_does_not_fire(void **state)
{
    struct both b;

    (void) state;
    both_init(&b, 5, 1);
    for (uint32_t i = 0; i < 5; i++) {
        both_push(&b, i, 1000 + i / 2);
    }
    assert_int_equal(both_pop(&b, SIM_NEVER), 0);
    both_remove(&b, 1); /* Would be next. */
    both_remove(&b, 1); /* Idle: nothing happens. */
    both_remove(&b, 4); /* Is last. */
    both_push(&b, 1, 1000);
    both_remove(&b, 1);
    both_push(&b, 1, 1001); /* Goes before 2 and 3. */
    assert_int_equal(event_queue_size(b.q), 3);
    assert_int_equal(both_pop(&b, SIM_NEVER), 1);
    assert_int_equal(both_pop(&b, SIM_NEVER), 2);
    both_remove(&b, 3);
    both_drain(&b);
}

/* Ranks should differ; if they do not, each event is still the one it is. */
static void
event_of_equal_rank_and_time_is_cancelled_itself(void **state)
{
    struct event_queue *q = event_queue_new();
    struct event events[3];

    (void) state;
    for (int i = 0; i < 3; i++) {
        event_init(&events[i], no_fire, 7);
        event_queue_push(q, &events[i], 1000);
    }
    assert_int_equal(event_queue_pop(q, 1000)->when, 1000);
    for (int i = 0; i < 3; i++) {
        event_queue_remove(q, &events[i]);
    }
    assert_null(event_queue_pop(q, 1000));
    assert_int_equal(event_queue_size(q), 0);
    event_queue_free(q);
}

static void
million_events_come_out_in_order(void **state)
{
    const uint32_t n = 1000000;
    struct event *events = g_new(struct event, n);
    struct event_queue *q = event_queue_new();
    struct random_stream random;
    struct event *last = NULL, *event;
    uint32_t n_popped = 0;

    (void) state;
    random_stream_init(&random, 1, "million");
    for (uint32_t i = 0; i < n; i++) {
        event_init(&events[i], no_fire, i);
        event_queue_push(q, &events[i],
                         (sim_time) random_below(&random, (uint64_t) SIM_MS));
    }
    assert_int_equal(event_queue_size(q), n);
    while ((event = event_queue_pop(q, SIM_NEVER))) {
        assert_true(
            !last || last->when < event->when
            || (last->when == event->when && last->rank < event->rank));
        last = event;
        n_popped++;
    }
    assert_int_equal(n_popped, n);
    event_queue_free(q);
    g_free(events);
}

/* Many nodes that do something at the same time, in several steps without
 * delay, cost no more than as many events at different times: this test would
 * take minutes. */
#define MANY 20000 /* So many that the queue looks ahead. */

static struct event many[MANY];
static unsigned int steps[MANY]; /* That each event has been prepared in. */

static void
count_step(struct event *event, unsigned int step)
{
    assert_true(event_is_scheduled(event));
    assert_true(step >= 1 && step <= EVENT_STEPS);
    assert_true(step > steps[event - many]);
    steps[event - many] = step;
}

static void
events_of_a_full_queue_are_prepared_step_by_step(void **state)
{
    struct event_queue *q = event_queue_new();
    struct random_stream random;
    uint32_t n = 0, n_ready = 0;
    struct event *event;

    (void) state;
    random_stream_init(&random, 1, "many");
    event_queue_prefetch(q, no_fire, count_step);
    for (uint32_t i = 0; i < MANY; i++) {
        event_init(&many[i], no_fire, i);
        event_queue_push(q, &many[i],
                         (sim_time) random_below(&random, SIM_MS));
    }
    while ((event = event_queue_pop(q, SIM_NEVER)) != NULL) {
        n_ready += steps[event - many] == EVENT_STEPS;
        n++;
    }
    assert_int_equal(n, MANY);
    assert_true(n_ready > MANY / 2);
    event_queue_free(q);
}

/* They were put into a wide slot, and do not know yet where they are now. */
static void
events_that_have_moved_to_narrower_slots_can_be_cancelled(void **state)
{
    static struct both b;

    (void) state;
    both_init(&b, MAX_EVENTS, 7);
    for (uint32_t i = 1; i < MAX_EVENTS; i++) {
        both_push(&b, i, SIM_S + (sim_time) random_below(&b.random, SIM_US));
    }
    both_push(&b, 0, SIM_S - 1);
    assert_int_equal(both_pop(&b, SIM_NEVER), 0);
    assert_true(both_pop(&b, SIM_NEVER) > 0);
    for (uint32_t i = 1; i < MAX_EVENTS; i += 3) {
        if (b.is_in[i]) {
            both_remove(&b, i);
        }
    }
    while (both_pop(&b, SIM_NEVER) >= 0) {
    }
    event_queue_free(b.q);
}

static void
many_events_at_one_time_cost_no_more_than_others(void **state)
{
    const uint32_t n = 200000;
    struct event *events = g_new(struct event, n);
    struct event_queue *q = event_queue_new();
    struct event *event;
    uint32_t n_popped = 0;

    (void) state;
    for (uint32_t i = n; i-- > 0;) { /* The worst order to insert in. */
        event_init(&events[i], no_fire, i);
        if (i % 4 == 0) {
            event_queue_push(q, &events[i], 77);
        }
    }
    while ((event = event_queue_pop(q, 77))) {
        assert_int_equal(event->rank, n_popped++);
        if (event->rank % 4 == 0) {
            event_queue_push(q, event + 3, 77);
            event_queue_push(q, event + 1, 77);
            event_queue_push(q, event + 2, 77);
            event_queue_remove(q, event + 3);
            event_queue_push(q, event + 3, 77);
        }
    }
    assert_int_equal(n_popped, n);
    event_queue_free(q);
    g_free(events);
}

static void
push_into_the_past(void *aux)
{
    struct both *b = aux;

    event_queue_push(b->q, &b->events[0], b->now - 1);
}

static void
push_twice(void *aux)
{
    struct both *b = aux;

    event_queue_push(b->q, &b->events[0], b->now);
    event_queue_push(b->q, &b->events[0], b->now);
}

static void
scheduling_in_the_past_or_twice_is_a_bug(void **state)
{
    struct both b;

    (void) state;
    both_init(&b, 2, 1);
    assert_true(plain_aborts(push_into_the_past, &b)); /* Before time 0. */
    both_push(&b, 1, 1001);
    assert_int_equal(both_pop(&b, 1000), -1); /* Promises nothing earlier. */
    assert_true(plain_aborts(push_into_the_past, &b));
    assert_int_equal(both_pop(&b, SIM_NEVER), 1);
    assert_true(plain_aborts(push_into_the_past, &b));
    assert_int_equal(both_pop(&b, SIM_S), -1); /* Of the empty queue. */
    assert_true(plain_aborts(push_into_the_past, &b));
    assert_int_equal(both_pop(&b, SIM_US), -1); /* Takes nothing back. */
    b.now = SIM_S;
    assert_true(plain_aborts(push_into_the_past, &b));
    assert_true(plain_aborts(push_twice, &b));
    both_push(&b, 0, b.now);
    both_drain(&b);
}

static void
queue_is_freed_with_events_in_it(void **state)
{
    struct both b;

    (void) state;
    both_init(&b, 3, 1);
    for (uint32_t i = 0; i < 3; i++) {
        both_push(&b, i, i * SIM_MS);
    }
    event_queue_free(b.q);
    event_queue_free(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_fire_by_time_then_by_rank),
        cmocka_unit_test(events_keep_their_order_on_mixed_time_scales),
        cmocka_unit_test(events_keep_their_order_when_many_fire_at_once),
        cmocka_unit_test(events_keep_their_order_while_the_load_changes),
        cmocka_unit_test(events_keep_their_order_across_long_gaps),
        cmocka_unit_test(event_scheduled_after_a_look_ahead_fires_first),
        cmocka_unit_test(event_cancelled_in_the_present_does_not_fire),
        cmocka_unit_test(event_of_equal_rank_and_time_is_cancelled_itself),
        cmocka_unit_test(million_events_come_out_in_order),
        cmocka_unit_test(events_of_a_full_queue_are_prepared_step_by_step),
        cmocka_unit_test(
            events_that_have_moved_to_narrower_slots_can_be_cancelled),
        cmocka_unit_test(many_events_at_one_time_cost_no_more_than_others),
        cmocka_unit_test(scheduling_in_the_past_or_twice_is_a_bug),
        cmocka_unit_test(queue_is_freed_with_events_in_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The agenda: what is done between events, when and in which order. */

#include "sim/agenda.h"
#include "tests/cmocka_all.h"
#include "tests/plain_node.h"

struct bench {
    struct sim *sim;
    struct agenda *agenda;
    GString *text; /* What happened. */
    struct event event;
};

/* Writes its letter, and adds another item if it has one. */
struct letter {
    struct agenda_item item;
    struct bench *bench;
    char letter;
    struct letter *next;
    sim_time next_when;
};

static void
act(struct agenda_item *item)
{
    struct letter *l = (struct letter *) (void *) item;
    sim_time now = sim_now(l->bench->sim);

    assert_int_equal(item->when, now);
    g_string_append_printf(l->bench->text, "%c%" G_GINT64_FORMAT " ",
                           l->letter, now);
    if (l->next) {
        agenda_add(l->bench->agenda, &l->next->item, l->next_when);
    }
}

static struct bench *the_bench; /* For the event, which knows only itself. */

static void
fire(struct event *event)
{
    (void) event;
    g_string_append_printf(the_bench->text, "event%" G_GINT64_FORMAT " ",
                           sim_now(the_bench->sim));
}

static int
setup(void **state)
{
    struct bench *b = g_new0(struct bench, 1);

    b->sim = sim_new(1);
    b->agenda = sim_agenda(b->sim);
    b->text = g_string_new(NULL);
    event_init(&b->event, fire, 0);
    *state = the_bench = b;
    return 0;
}

static int
teardown(void **state)
{
    struct bench *b = *state;

    sim_free(b->sim);
    g_string_free(b->text, TRUE);
    g_free(b);
    return 0;
}

static struct letter
letter(struct bench *b, char c)
{
    return (struct letter){ .item.act = act, .bench = b, .letter = c };
}

static void
items_act_by_time_and_as_they_were_added(void **state)
{
    struct bench *b = *state;
    struct letter x = letter(b, 'x'), y = letter(b, 'y'), z = letter(b, 'z');

    assert_int_equal(agenda_next(b->agenda), SIM_NEVER);
    agenda_add(b->agenda, &x.item, 20);
    agenda_add(b->agenda, &y.item, 10);
    agenda_add(b->agenda, &z.item, 20);
    assert_int_equal(agenda_next(b->agenda), 10);
    assert_true(sim_run(b->sim, 100, UINT64_MAX));
    assert_string_equal(b->text->str, "y10 x20 z20 ");
    assert_int_equal(sim_now(b->sim), 100);
}

static void
item_acts_after_what_was_before_and_before_events_of_its_time(void **state)
{
    struct bench *b = *state;
    struct letter x = letter(b, 'x'), y = letter(b, 'y');

    agenda_add(b->agenda, &x.item, 10);
    agenda_add(b->agenda, &y.item, 11);
    event_schedule_at(b->sim, &b->event, 10);
    assert_true(sim_run(b->sim, 100, UINT64_MAX));
    assert_string_equal(b->text->str, "x10 event10 y11 ");
}

static void
item_may_act_at_time_zero_and_at_the_end(void **state)
{
    struct bench *b = *state;
    struct letter x = letter(b, 'x'), y = letter(b, 'y'), z = letter(b, 'z');

    agenda_add(b->agenda, &x.item, 0);
    agenda_add(b->agenda, &y.item, 100);
    agenda_add(b->agenda, &z.item, 101);
    event_schedule_at(b->sim, &b->event, 0);
    assert_true(sim_run(b->sim, 100, UINT64_MAX));
    assert_string_equal(b->text->str, "x0 event0 y100 ");
    assert_int_equal(agenda_next(b->agenda), 101);
    agenda_remove(b->agenda, &z.item);
}

static void
item_may_add_others_even_for_its_own_time(void **state)
{
    struct bench *b = *state;
    struct letter w = letter(b, 'w'), x = letter(b, 'x'), y = letter(b, 'y'),
                  z = letter(b, 'z');

    w.next = &x, w.next_when = 10;
    x.next = &y, x.next_when = 30;
    agenda_add(b->agenda, &w.item, 10);
    agenda_add(b->agenda, &z.item, 10);
    assert_true(sim_run(b->sim, 100, UINT64_MAX));
    assert_string_equal(b->text->str, "w10 z10 x10 y30 ");
}

static void
item_that_is_taken_out_does_not_act(void **state)
{
    struct bench *b = *state;
    struct letter x = letter(b, 'x'), y = letter(b, 'y');

    agenda_add(b->agenda, &x.item, 10);
    agenda_add(b->agenda, &y.item, 20);
    agenda_remove(b->agenda, &x.item);
    agenda_remove(b->agenda, &x.item);
    assert_true(sim_run(b->sim, 15, UINT64_MAX));
    agenda_add(b->agenda, &x.item, 15);
    assert_true(sim_run(b->sim, 100, UINT64_MAX));
    assert_string_equal(b->text->str, "x15 y20 ");
}

/* Events that are limited leave the item to the next call. */
static void
items_wait_for_the_events_before_them(void **state)
{
    struct bench *b = *state;
    struct letter x = letter(b, 'x');

    agenda_add(b->agenda, &x.item, 10);
    event_schedule_at(b->sim, &b->event, 5);
    assert_false(sim_run(b->sim, 100, 0));
    assert_string_equal(b->text->str, "");
    assert_false(sim_run(b->sim, 100, 1));
    assert_string_equal(b->text->str, "event5 ");
    assert_true(sim_run(b->sim, 100, 1));
    assert_string_equal(b->text->str, "event5 x10 ");
}

static void
fire_and_add(struct event *event)
{
    struct letter x = letter(the_bench, 'x');

    (void) event;
    agenda_add(the_bench->agenda, &x.item, SIM_S);
}

static void
run_with_an_event_that_adds(void *aux)
{
    struct bench *b = aux;

    event_init(&b->event, fire_and_add, 0);
    event_schedule_at(b->sim, &b->event, 5);
    sim_run(b->sim, 100, UINT64_MAX);
}

static void
add_to_the_past(void *aux)
{
    struct bench *b = aux;
    struct letter x = letter(b, 'x'), y = letter(b, 'y');

    agenda_add(b->agenda, &x.item, 10);
    sim_run(b->sim, 100, UINT64_MAX);
    agenda_add(b->agenda, &y.item, 9);
}

static void
adding_from_an_event_or_to_the_past_is_a_bug(void **state)
{
    assert_true(plain_aborts(run_with_an_event_that_adds, *state));
    assert_true(plain_aborts(add_to_the_past, *state));
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(items_act_by_time_and_as_they_were_added),
        TEST(item_acts_after_what_was_before_and_before_events_of_its_time),
        TEST(item_may_act_at_time_zero_and_at_the_end),
        TEST(item_may_add_others_even_for_its_own_time),
        TEST(item_that_is_taken_out_does_not_act),
        TEST(items_wait_for_the_events_before_them),
        TEST(adding_from_an_event_or_to_the_past_is_a_bug),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

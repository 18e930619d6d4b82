/* Taps, notes and listeners to fates: who watches a run sees it, in order, and
 * does not change it. */

#include <glib.h>
#include <string.h>

#include "sim/port.h"
#include "tests/cmocka_all.h"
#include "tests/plain_node.h"

/* Writes what it sees to a text that several may share. */
struct watcher {
    struct tap tap;
    struct fate_listener fates;
    struct note_listener notes;
    char id;
    GString *text;
};

static void
see_frame(struct tap *tap, const struct tap_point *point,
          enum tap_direction direction, const struct packet *pkt)
{
    struct watcher *w = (struct watcher *) (void *) tap;

    g_string_append_printf(w->text, "%c %s %s %u at %" G_GINT64_FORMAT "\n",
                           w->id, point->name,
                           direction == TAP_IN ? "in" : "out", pkt->size,
                           sim_now(point->node->sim));
}

static void
see_fate(struct fate_listener *listener, const struct node *node,
         const struct packet *pkt, const struct fate *fate)
{
    struct watcher *w =
        (struct watcher *) (void *) ((char *) listener
                                     - offsetof(struct watcher, fates));

    g_string_append_printf(w->text, "%c %s %s %u\n", w->id, node->name,
                           fate->name, pkt->size);
}

static void
see_note(struct note_listener *listener, const struct node *node,
         const struct packet *pkt, const char *table, const char *text)
{
    struct watcher *w =
        (struct watcher *) (void *) ((char *) listener
                                     - offsetof(struct watcher, notes));

    g_string_append_printf(w->text, "%c %s %s: %s %u\n", w->id, node->name,
                           table, text, pkt->size);
}

static struct watcher
watcher(char id, GString *text)
{
    return (struct watcher){
        .tap.frame = see_frame,
        .fates.fate = see_fate,
        .notes.note = see_note,
        .id = id,
        .text = text,
    };
}

struct hearer {
    struct node_event_listener listener;
    GString *text;
};

struct bench {
    struct sim *sim;
    struct plain_node *a, *b;
    struct port *pa, *pb;
    GString *text;
    struct watcher x, y;
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
    plain_connect(t->pa, t->pb, (struct link_config){ 0 });
    t->text = g_string_new(NULL);
    t->x = watcher('x', t->text);
    t->y = watcher('y', t->text);
    *state = t;
    return 0;
}

static int
teardown(void **state)
{
    struct bench *t = *state;

    sim_free(t->sim);
    g_string_free(t->text, TRUE);
    g_free(t);
    return 0;
}

static void
run(struct bench *t)
{
    assert_true(sim_run(t->sim, SIM_S, UINT64_MAX));
}

static void
taps_see_padded_frames_go_out_and_come_in(void **state)
{
    struct bench *t = *state;

    tap_add(&t->pa->tap, &t->x.tap);
    tap_add(&t->pb->tap, &t->y.tap);
    plain_node_send(t->a, 0, 20);
    plain_node_send(t->a, 0, 100);
    run(t);
    assert_string_equal(t->text->str, "x a:eth0 out 60 at 0\n"
                                      "x a:eth0 out 100 at 0\n"
                                      "y b:eth0 in 60 at 1067200\n"
                                      "y b:eth0 in 100 at 1166400\n");
}

static void
taps_of_one_place_are_called_in_the_order_they_came(void **state)
{
    struct bench *t = *state;

    tap_add(&t->pa->tap, &t->y.tap);
    tap_add(&t->pa->tap, &t->x.tap);
    plain_node_send(t->a, 0, 60);
    assert_string_equal(t->text->str, "y a:eth0 out 60 at 0\n"
                                      "x a:eth0 out 60 at 0\n");
}

/* A frame that found no room was never on the line; one that the link lost
 * was. */
static void
taps_see_what_is_on_the_line(void **state)
{
    struct bench *t = *state;

    tap_add(&t->pa->tap, &t->x.tap);
    port_set_buffer(t->pa, 100);
    plain_node_send(t->a, 0, 60);
    plain_node_send(t->a, 0, 61);
    assert_int_equal(t->pa->drops[PORT_DROP_QUEUE_FULL], 1);
    run(t);
    port_set_loss(t->pa, 1);
    plain_node_send(t->a, 0, 62);
    assert_int_equal(t->pa->drops[PORT_DROP_LINK_LOSS], 1);
    assert_string_equal(t->text->str, "x a:eth0 out 60 at 0\n"
                                      "x a:eth0 out 62 at 1000000000000\n");
}

static void
listeners_hear_every_fate_in_the_order_they_came(void **state)
{
    struct bench *t = *state;

    sim_listen_to_fates(t->sim, &t->x.fates);
    sim_listen_to_fates(t->sim, &t->y.fates);
    plain_node_send(t->a, 0, 100);
    t->b->mode = PLAIN_DROP;
    run(t);
    t->b->mode = PLAIN_CONSUME;
    plain_node_send(t->a, 0, 200);
    assert_true(sim_run(t->sim, 2 * SIM_S, UINT64_MAX));
    assert_string_equal(t->text->str, "x b unwanted 100\n"
                                      "y b unwanted 100\n"
                                      "x b hello 200\n"
                                      "y b hello 200\n");
}

static void
listeners_hear_notes_in_the_order_they_came(void **state)
{
    struct bench *t = *state;
    struct packet *pkt = node_new_packet(&t->a->node, 0, 77);

    assert_false(node_is_heard(&t->a->node));
    node_note(&t->a->node, pkt, "policy", "lost");
    sim_listen_to_notes(t->sim, &t->x.notes);
    sim_listen_to_notes(t->sim, &t->y.notes);
    assert_true(node_is_heard(&t->a->node));
    node_note(&t->a->node, pkt, "policy", "%d records", 5);
    assert_string_equal(t->text->str, "x a policy: 5 records 77\n"
                                      "y a policy: 5 records 77\n");
    node_end_packet(&t->a->node, pkt, &plain_consumed);
}

static uint64_t
fingerprint(struct bench *t)
{
    for (int i = 0; i < 10; i++) {
        plain_node_send(t->a, 0, 100);
        plain_node_send(t->b, 0, 1000);
    }
    run(t);
    return sim_fingerprint(t->sim);
}

static void
hear_event(struct node_event_listener *listener, const struct node *node,
           const char *event, const char *text)
{
    struct hearer *h = (struct hearer *) (void *) listener;

    g_string_append_printf(h->text, "%s %s: %s\n", node->name, event, text);
}

static void
listeners_hear_what_happens_to_nodes(void **state)
{
    struct bench *t = *state;
    struct hearer x = { { .event = hear_event }, t->text }, y = x;

    node_event(&t->a->node, "unheard", "nobody listens");
    sim_listen_to_events(t->sim, &x.listener);
    sim_listen_to_events(t->sim, &y.listener);
    node_event(&t->b->node, "stp-role", "port %d is root", 7);
    assert_string_equal(t->text->str, "b stp-role: port 7 is root\n"
                                      "b stp-role: port 7 is root\n");
}

static void
watching_does_not_change_the_run(void **state)
{
    struct bench *t = *state;
    uint64_t unseen = fingerprint(t);

    teardown(state);
    setup(state);
    t = *state;
    tap_add(&t->pa->tap, &t->x.tap);
    sim_listen_to_fates(t->sim, &t->x.fates);
    sim_listen_to_notes(t->sim, &t->x.notes);
    assert_int_equal(fingerprint(t), unseen);
    assert_int_not_equal(t->text->len, 0);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(taps_see_padded_frames_go_out_and_come_in),
        TEST(taps_of_one_place_are_called_in_the_order_they_came),
        TEST(taps_see_what_is_on_the_line),
        TEST(listeners_hear_every_fate_in_the_order_they_came),
        TEST(listeners_hear_notes_in_the_order_they_came),
        TEST(listeners_hear_what_happens_to_nodes),
        TEST(watching_does_not_change_the_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Partitions: a run is the same however its nodes are spread. */

#include <string.h>

#include "sim/agenda.h"
#include "sim/journal.h"
#include "sim/port.h"
#include "tests/cmocka_all.h"
#include "tests/plain_node.h"

#define NODES        12
#define PORTS        4
#define FRAMES       40 /* Sent by each node of its own. */
#define HOPS_MAX     12
#define END          (400 * SIM_US)
#define MOST         (NODES + 2) /* Partitions; some are empty. */
#define FRAME_STORED 2           /* Hops so far, and node that began. */

/* A node that sends frames on their way at random, or ends them, and lets some
 * wait for a timer of the same time and of lower rank. */
struct rover {
    struct node node;
    struct event answer; /* Made before 'sender': of lower rank. */
    struct event sender;
    struct random_stream random;
    struct packet_queue waiting;
    uint32_t n_left; /* Frames still to be sent. */
    char name[8];
};

/* What is wanted of a run. */
struct recipe {
    uint64_t seed;
    uint32_t n_partitions;
    uint64_t max_events; /* At a time; 0: no bound. */
    sim_time step;       /* Likewise; 0: all. */
    bool is_watched;
};

/* What came of it. */
struct result {
    uint64_t fingerprint, n_events, n_packet_hops;
    struct packet_sums sums;
    GString *text; /* All that listeners heard. */
};

/* Links that go up and down. */
struct switching {
    struct agenda_item item; /* First: the item is the struct. */
    struct port *port;
    bool up;
};

/* Writes down all that it hears of a run. */
struct watcher {
    struct fate_listener fates;
    struct note_listener notes;
    struct node_event_listener events;
    GString *text;
    uint64_t event;     /* Last heard of. */
    const void *packet; /* Likewise. */
};

/* Its tap at one port. */
struct ear {
    struct tap tap; /* First: the tap is the struct. */
    struct watcher *watcher;
};

static void
move_on(struct rover *rover, struct packet *pkt)
{
    uint8_t *data = packet_data(pkt);

    if (++data[0] > HOPS_MAX) {
        node_end_packet(&rover->node, pkt, &plain_dropped);
    } else {
        port_send(&rover->node.ports[random_below(&rover->random, PORTS)],
                  pkt);
    }
}

static void
rover_receive(struct node *node, struct port *in, struct packet *pkt)
{
    struct rover *rover = (struct rover *) node;

    node_note(node, pkt, "rover", "%u hops, by %u", packet_data(pkt)[0],
              in->index);
    switch (random_below(&rover->random, 8)) {
    case 0: node_end_packet(node, pkt, &plain_delivered); break;
    case 1: node_end_packet(node, pkt, &plain_consumed); break;
    case 2:
        move_on(rover, node_clone_packet(node, pkt));
        move_on(rover, pkt);
        break;
    case 3:
        packet_queue_push(&rover->waiting, pkt);
        event_cancel(node->sim, &rover->sender);
        event_schedule_after(node->sim, &rover->sender, 0);
        break;
    default: move_on(rover, pkt); break;
    }
}

/* Fires at the time of the sender, whose rank is higher. */
static void
rover_answer(struct event *event)
{
    struct rover *rover =
        (struct rover *) (void *) ((char *) event
                                   - offsetof(struct rover, answer));
    struct packet *pkt;

    while ((pkt = packet_queue_pop(&rover->waiting)) != NULL) {
        move_on(rover, pkt);
    }
}

static void
rover_send(struct event *event)
{
    struct rover *rover =
        (struct rover *) (void *) ((char *) event
                                   - offsetof(struct rover, sender));
    struct packet *pkt;

    if (rover->waiting.n_packets) {
        event_schedule_after(rover->node.sim, &rover->answer, 0);
    }
    if (!rover->n_left) {
        return;
    }
    rover->n_left--;
    pkt = node_new_packet(&rover->node, FRAME_STORED,
                          60 + random_below(&rover->random, 1400));
    packet_data(pkt)[0] = 0;
    packet_data(pkt)[1] = (uint8_t) rover->node.id;
    pkt->tag.flow = rover->node.id;
    node_event(&rover->node, "sent", "%u left", rover->n_left);
    move_on(rover, pkt);
    event_schedule_after(rover->node.sim, event,
                         (sim_time) random_below(&rover->random, 5) * SIM_US);
}

static uint64_t
rover_held(const struct node *node)
{
    return ((const struct rover *) node)->waiting.n_packets;
}

static void
rover_link_changed(struct node *node, struct port *port)
{
    node_event(node, "link", "%u %s", port->index,
               port_is_up(port) ? "up" : "down");
}

static void
rover_destroy(struct node *node)
{
    node_clear(node);
    g_free(node);
}

static const struct node_ops rover_ops = {
    .kind = "rover",
    .receive = rover_receive,
    .held = rover_held,
    .link_changed = rover_link_changed,
    .destroy = rover_destroy,
};

static struct node *
rover_new(struct sim *sim, uint32_t number)
{
    struct rover *rover = g_new0(struct rover, 1);

    g_snprintf(rover->name, sizeof rover->name, "n%u", number);
    node_init(&rover->node, &rover_ops, sim, rover->name, PORTS);
    event_init(&rover->answer, rover_answer, node_next_rank(&rover->node));
    event_init(&rover->sender, rover_send, node_next_rank(&rover->node));
    random_stream_init(&rover->random, sim->seed, rover->name);
    rover->n_left = FRAMES;
    for (uint32_t i = 0; i < PORTS; i++) {
        port_set_name(&rover->node.ports[i], rover->name);
    }
    event_schedule_at(sim, &rover->sender, number % 3 * SIM_US);
    return &rover->node;
}

/* Joins ports of all nodes at random; some stay free. */
static void
join(struct node **nodes, uint64_t seed)
{
    struct random_stream random;

    random_stream_init(&random, seed, "topology");
    for (uint32_t i = 0; i < NODES * PORTS; i++) {
        struct port *a = &nodes[i / PORTS]->ports[i % PORTS];
        uint64_t other = random_below(&random, NODES * PORTS);
        struct port *b = &nodes[other / PORTS]->ports[other % PORTS];
        struct link_config config = {
            .delay = 1 + (sim_time) random_below(&random, 3 * SIM_US),
            .loss = i % 5 ? 0 : 0.2,
            .buffer_bytes = 3000,
        };

        if (a->owner != b->owner && port_is_up(a) == port_is_up(b)
            && !port_is_up(a)) {
            plain_connect(a, b, config);
        }
    }
}

static void
switch_link(struct agenda_item *item)
{
    struct switching *s = (struct switching *) (void *) item;

    port_set_up(s->port, s->up);
}

static void
plan(struct sim *sim, struct switching *s, struct node **nodes)
{
    for (uint32_t i = 0; i < NODES; i++) {
        s[i] = (struct switching){ { .act = switch_link },
                                   &nodes[i / 2]->ports[1],
                                   i % 2 };
        agenda_add(sim_agenda(sim), &s[i].item, (sim_time) i * 7 * SIM_US);
    }
}

/* Begins a line of text about 'node': when, and whether event and packet are
 * still those of the line before. */
static void
begin_line(struct watcher *w, const struct node *node,
           const struct packet *pkt)
{
    const void *packet = pkt ? told_packet(node, pkt) : NULL;
    bool is_same_event = told_event(node) == w->event;

    g_string_append_printf(w->text, "%" G_GINT64_FORMAT " %s%s%s ",
                           told_time(node), node->name,
                           is_same_event ? " +" : "",
                           is_same_event && packet == w->packet ? " =" : "");
    if (pkt) {
        g_string_append_printf(w->text, "%" G_GUINT64_FORMAT "/%u/%u ",
                               pkt->tag.packet, packet_data(pkt)[0],
                               pkt->size);
    }
    w->event = told_event(node);
    w->packet = packet;
}

static void
see_frame(struct tap *tap, const struct tap_point *point,
          enum tap_direction direction, const struct packet *pkt)
{
    struct watcher *w = ((struct ear *) (void *) tap)->watcher;

    begin_line(w, point->node, pkt);
    g_string_append(w->text, direction == TAP_IN ? "in\n" : "out\n");
}

#define WATCHER(LISTENER, MEMBER)                                             \
    (struct watcher *) (void *) ((char *) (LISTENER) -offsetof(               \
        struct watcher, MEMBER))

static void
see_fate(struct fate_listener *listener, const struct node *node,
         const struct packet *pkt, const struct fate *fate)
{
    struct watcher *w = WATCHER(listener, fates);

    begin_line(w, node, pkt);
    g_string_append_printf(w->text, "%s\n", fate->name);
    w->packet = NULL; /* Its place may be another's now. */
}

static void
see_note(struct note_listener *listener, const struct node *node,
         const struct packet *pkt, const char *table, const char *text)
{
    struct watcher *w = WATCHER(listener, notes);

    begin_line(w, node, pkt);
    g_string_append_printf(w->text, "%s %s\n", table, text);
}

static void
see_event(struct node_event_listener *listener, const struct node *node,
          const char *event, const char *text)
{
    struct watcher *w = WATCHER(listener, events);

    begin_line(w, node, NULL);
    g_string_append_printf(w->text, "%s %s\n", event, text);
}

static void
watch(struct watcher *w, struct sim *sim, struct ear *ears)
{
    w->fates.fate = see_fate;
    w->notes.note = see_note;
    w->events.event = see_event;
    sim_listen_to_fates(sim, &w->fates);
    sim_listen_to_notes(sim, &w->notes);
    sim_listen_to_events(sim, &w->events);
    for (uint32_t i = 0; i < NODES * PORTS; i++) {
        ears[i] = (struct ear){ { .frame = see_frame }, w };
        tap_add(&sim_node(sim, i / PORTS)->ports[i % PORTS].tap, &ears[i].tap);
    }
}

static struct result
play(struct recipe r)
{
    struct partitions *run = partitions_new(r.seed, r.n_partitions);
    struct sim *first = partitions_sim(run, 0);
    struct node *nodes[NODES];
    struct switching switchings[NODES];
    struct watcher watcher = { .text = g_string_new(NULL) };
    struct ear ears[NODES * PORTS];
    struct result result = { .text = watcher.text };
    struct random_stream random;
    sim_time end = r.step ? 0 : END;

    random_stream_init(&random, r.seed, "partition");
    for (uint32_t i = 0; i < NODES; i++) {
        uint64_t where = random_below(&random, r.n_partitions);

        nodes[i] = rover_new(partitions_sim(run, (uint32_t) where), i);
    }
    join(nodes, r.seed);
    plan(first, switchings, nodes);
    if (r.is_watched) {
        watch(&watcher, first, ears);
    }
    while (!sim_run(first, end, r.max_events ? r.max_events : UINT64_MAX)
           || sim_now(first) < END) {
        if (r.step && sim_now(first) == end) {
            end += r.step;
        }
    }
    result.fingerprint = sim_fingerprint(first);
    result.n_events = partitions_n_events(run);
    result.n_packet_hops = partitions_n_packet_hops(run);
    sim_packet_sums(first, &result.sums);
    partitions_free(run);
    return result;
}

static void
assert_same(const struct result *a, const struct result *b)
{
    assert_true(packet_sums_add_up(&a->sums));
    assert_true(packet_sums_add_up(&b->sums));
    assert_int_equal(a->n_events, b->n_events);
    assert_int_equal(a->n_packet_hops, b->n_packet_hops);
    assert_memory_equal(&a->sums, &b->sums, sizeof a->sums);
    assert_int_equal(a->fingerprint, b->fingerprint);
    assert_string_equal(a->text->str, b->text->str);
}

static void
run_is_the_same_in_any_number_of_partitions(void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct result one =
            play((struct recipe){ .seed = seed, .n_partitions = 1 });

        assert_true(one.n_packet_hops > 500);
        assert_true(one.sums.dropped && one.sums.delivered);
        for (uint32_t n = 2; n <= MOST; n++) {
            struct result other =
                play((struct recipe){ .seed = seed, .n_partitions = n });

            assert_same(&one, &other);
            g_string_free(other.text, TRUE);
        }
        g_string_free(one.text, TRUE);
    }
}

static void
listeners_hear_the_same_in_the_same_order(void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct result one = play((struct recipe){
            .seed = seed, .n_partitions = 1, .is_watched = true });

        assert_non_null(strstr(one.text->str, "rover 1 hops"));
        assert_non_null(strstr(one.text->str, " + ="));
        assert_non_null(strstr(one.text->str, "link 1 down"));
        for (uint32_t n = 2; n <= MOST; n += 3) {
            struct result other = play((struct recipe){
                .seed = seed, .n_partitions = n, .is_watched = true });

            assert_same(&one, &other);
            g_string_free(other.text, TRUE);
        }
        g_string_free(one.text, TRUE);
    }
}

static void
run_may_be_cut_at_any_times_and_counts(void **state)
{
    struct result whole =
        play((struct recipe){ .seed = 1, .n_partitions = 3 });
    struct result cut = play((struct recipe){ .seed = 1,
                                              .n_partitions = 3,
                                              .max_events = 50,
                                              .step = 12345 * SIM_NS });

    (void) state;
    assert_same(&whole, &cut);
    g_string_free(whole.text, TRUE);
    g_string_free(cut.text, TRUE);
}

static void
connect_without_delay(void *aux)
{
    struct partitions *run = partitions_new(1, 2);
    struct plain_node *a =
        plain_node_new(partitions_sim(run, 0), "a", 1, PLAIN_DELIVER);
    struct plain_node *b = plain_node_new(
        partitions_sim(run, *(uint32_t *) aux), "b", 1, PLAIN_DELIVER);

    port_connect(&a->node.ports[0], &b->node.ports[0],
                 &(struct link_config){ .rate_bps = 1000 });
}

static void
link_without_delay_cannot_cross_a_border(void **state)
{
    uint32_t same = 0, other = 1;

    (void) state;
    assert_false(plain_aborts(connect_without_delay, &same));
    assert_true(plain_aborts(connect_without_delay, &other));
}

/* Of a frame that crosses, and is answered, all is kept but the pool. */
static void
frame_crosses_with_all_that_is_known_of_it(void **state)
{
    struct partitions *run = partitions_new(1, 2);
    struct plain_node *a =
        plain_node_new(partitions_sim(run, 0), "a", 1, PLAIN_DELIVER);
    struct plain_node *b =
        plain_node_new(partitions_sim(run, 1), "b", 1, PLAIN_KEEP);
    struct packet *pkt = node_new_packet(&a->node, 5000, 6000);
    struct packet *got;

    (void) state;
    plain_connect(&a->node.ports[0], &b->node.ports[0],
                  (struct link_config){ 0 });
    memset(packet_data(pkt), 7, 5000);
    packet_push(pkt, 20);
    memset(packet_data(pkt), 8, 20);
    pkt->tag = (struct packet_tag){ 1, 2, 3, 4, true, "step" };
    port_send(&a->node.ports[0], pkt);
    assert_true(partitions_run(run, SIM_MS, UINT64_MAX));
    assert_int_equal(packet_pool_alive(partitions_sim(run, 0)->pool), 0);
    assert_int_equal(packet_pool_alive(partitions_sim(run, 1)->pool), 1);
    got = packet_queue_pop(&b->kept);
    assert_int_equal(got->size, 6020);
    assert_int_equal(got->stored, 5020);
    assert_int_equal(got->head, PACKET_HEADROOM - 20);
    assert_true(packet_data(got)[19] == 8 && packet_data(got)[20] == 7
                && packet_data(got)[5019] == 7);
    assert_int_equal(got->tag.packet, 1);
    assert_int_equal(got->tag.flow, 2);
    assert_int_equal(got->tag.tenant, 3);
    assert_int_equal(got->tag.vsid, 4);
    assert_true(got->tag.reply);
    assert_string_equal(got->tag.step, "step");
    node_end_packet(&b->node, got, &plain_delivered);
    partitions_free(run);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_is_the_same_in_any_number_of_partitions),
        cmocka_unit_test(listeners_hear_the_same_in_the_same_order),
        cmocka_unit_test(run_may_be_cut_at_any_times_and_counts),
        cmocka_unit_test(link_without_delay_cannot_cross_a_border),
        cmocka_unit_test(frame_crosses_with_all_that_is_known_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

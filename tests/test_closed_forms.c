/* Closed forms: what theory says of a port, against a run.
 *
 * Poisson arrivals at a line give the mean waits of M/D/1 and M/M/1, and of
 * M/G/1 with strict priorities (Cobham 1954; Kleinrock, Queueing Systems 2,
 * section 3.3):
 *
 *     M/D/1   W = S rho / (2 (1 - rho))
 *     M/M/1   W = S rho / (1 - rho)
 *     M/G/1   W_k = sum_i(lambda_i E[S_i^2]) / 2
 *                   / ((1 - rho of those above k) (1 - rho of k and above)) */

#include <glib.h>
#include <math.h>

#include "models/fabric/queueing.h"
#include "models/wire/eth.h"
#include "models/wire/ipv4.h"
#include "sim/port.h"
#include "tests/cmocka_all.h"
#include "tests/plain_node.h"

#define RATE      UINT64_C(8000000000) /* A byte takes 1,000 ps. */
#define BYTE      1000
#define N_CLASSES 3
#define RING      (1u << 17) /* Frames that may wait. */

/* Frames of one class. */
struct source {
    struct event next;
    struct theory *theory;
    uint32_t class;
    double load;       /* Part of the line. */
    double mean_bytes; /* As they occupy the line. */
    bool is_exponential;
    struct random_stream random;
    sim_time *sent; /* When, by number; the last RING of them. */
    uint64_t n_sent, n_arrived;
    double waits; /* Sum, ps. */
};

/* A line between two nodes, and who sends over it. */
struct theory {
    struct node node;
    struct sim *sim;
    struct source sources[N_CLASSES];
    uint64_t n_left; /* Frames to be sent. */
};

static double
exponential(struct random_stream *random)
{
    return -log(1 - random_unit(random));
}

static void
send_frame(struct source *s)
{
    double bytes =
        s->mean_bytes * (s->is_exponential ? exponential(&s->random) : 1);
    size_t size = (size_t) lround(bytes);
    struct packet *pkt =
        node_new_packet(&s->theory->node, ETH_HLEN + IPV4_HLEN,
                        MAX(size, 84) - PORT_LINE_EXTRA);
    uint8_t *data = packet_data(pkt);

    put_be32(data, 0x02000000);
    put_be16(data + ETH_HLEN - 2, ETH_TYPE_IPV4);
    put_be16(data + ETH_HLEN, (uint16_t) (0x4500 | s->class << 5));
    pkt->tag.flow = s->class;
    s->sent[s->n_sent++ % RING] = sim_now(s->theory->sim);
    port_send(&s->theory->node.ports[0], pkt);
}

static void
send_next(struct event *event)
{
    struct source *s = (struct source *) (void *) event;
    double gap = s->mean_bytes * BYTE / s->load * exponential(&s->random);

    send_frame(s);
    if (s->theory->n_left > 0) {
        s->theory->n_left--;
        event_schedule_after(s->theory->sim, event, (sim_time) llround(gap));
    }
}

/* Both ends of the line are ports of one node. */
static void
theory_receive(struct node *node, struct port *in, struct packet *pkt)
{
    struct theory *t = (struct theory *) (void *) node;
    struct source *s = &t->sources[pkt->tag.flow];
    sim_time sent = s->sent[s->n_arrived++ % RING];

    (void) in;
    assert_true(s->n_sent - s->n_arrived < RING);
    s->waits += (double) (sim_now(t->sim) - sent
                          - (sim_time) (pkt->size + PORT_LINE_EXTRA) * BYTE);
    node_end_packet(node, pkt, &plain_delivered);
}

static void
theory_destroy(struct node *node)
{
    struct theory *t = (struct theory *) (void *) node;

    for (int i = 0; i < N_CLASSES; i++) {
        g_free(t->sources[i].sent);
    }
    queueing_remove(node);
    node_clear(node);
    g_free(t);
}

static const struct node_ops theory_ops = {
    .kind = "theory",
    .receive = theory_receive,
    .destroy = theory_destroy,
};

static struct theory *
theory_new(uint64_t seed, const struct queueing_config *config)
{
    struct link_config link = { .rate_bps = RATE, .buffer_bytes = UINT64_MAX };
    struct theory *t = g_new0(struct theory, 1);

    t->sim = sim_new(seed);
    node_init(&t->node, &theory_ops, t->sim, "theory", 2);
    queueing_install(&t->node, config);
    port_set_name(&t->node.ports[0], "theory:out");
    port_set_name(&t->node.ports[1], "theory:in");
    port_connect(&t->node.ports[0], &t->node.ports[1], &link);
    return t;
}

static void
add_source(struct theory *t, uint32_t class, double load, double mean_bytes,
           bool is_exponential)
{
    struct source *s = &t->sources[class];
    char name[] = "source0";

    name[6] = (char) ('0' + class);
    *s = (struct source){
        .theory = t,
        .class = class,
        .load = load,
        .mean_bytes = mean_bytes,
        .is_exponential = is_exponential,
        .sent = g_new(sim_time, RING),
    };
    random_stream_init(&s->random, t->sim->seed, name);
    event_init(&s->next, send_next, node_next_rank(&t->node));
    event_schedule_at(t->sim, &s->next, 0);
}

/* One class. */

/* Runs 'n' frames at 'load' in each of four runs.  Returns the mean wait, in
 * mean times of a frame on the line. */
static double
mean_wait(double load, bool is_exponential, uint64_t n)
{
    const struct queueing_config plain = { 0 };
    const double mean_bytes = is_exponential ? 100000 : 1538;
    double waits = 0, frames = 0;

    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct theory *t = theory_new(seed, &plain);
        struct source *s = &t->sources[0];

        t->n_left = n;
        add_source(t, 0, load, mean_bytes, is_exponential);
        assert_true(sim_run(t->sim, SIM_NEVER - 1, UINT64_MAX));
        assert_int_equal(s->n_arrived, n + 1);
        waits += s->waits;
        frames += (double) s->n_arrived;
        sim_free(t->sim);
    }
    return waits / frames / (mean_bytes * BYTE);
}

static void
assert_within(double measured, double expected, double part)
{
    if (fabs(measured - expected) > part * expected) {
        print_error("%.5f instead of %.5f\n", measured, expected);
        fail();
    }
}

static void
waits_for_frames_of_one_size_are_those_of_m_d_1(void **state)
{
    (void) state;
    assert_within(mean_wait(0.3, false, 100000), 0.3 / 2 / 0.7, 0.01);
    assert_within(mean_wait(0.6, false, 300000), 0.6 / 2 / 0.4, 0.01);
    assert_within(mean_wait(0.9, false, 1500000), 0.9 / 2 / 0.1, 0.01);
}

static void
waits_for_frames_of_exponential_sizes_are_those_of_m_m_1(void **state)
{
    (void) state;
    assert_within(mean_wait(0.3, true, 300000), 0.3 / 0.7, 0.01);
    assert_within(mean_wait(0.6, true, 600000), 0.6 / 0.4, 0.01);
    assert_within(mean_wait(0.9, true, 2500000), 0.9 / 0.1, 0.01);
}

/* Priorities. */

static void
waits_of_strict_priorities_are_those_of_m_g_1(void **state)
{
    static const struct {
        double load, mean_bytes;
        bool is_exponential;
    } classes[N_CLASSES] = {
        { 0.3, 100000, true }, /* Lowest. */
        { 0.3, 20000, false },
        { 0.2, 50000, true },
    };
    const struct queueing_config config = {
        .buffer_bytes = UINT64_MAX / 2,
        .priorities = QUEUEING_DSCP,
        .n_classes = 8,
    };
    double waits[N_CLASSES] = { 0 }, frames[N_CLASSES] = { 0 };
    double residual = 0, above = 0;

    (void) state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct theory *t = theory_new(seed, &config);

        t->n_left = 1000000;
        for (uint32_t i = 0; i < N_CLASSES; i++) {
            add_source(t, i, classes[i].load, classes[i].mean_bytes,
                       classes[i].is_exponential);
        }
        assert_true(sim_run(t->sim, SIM_NEVER - 1, UINT64_MAX));
        for (int i = 0; i < N_CLASSES; i++) {
            waits[i] += t->sources[i].waits;
            frames[i] += (double) t->sources[i].n_arrived;
        }
        sim_free(t->sim);
    }
    for (int i = 0; i < N_CLASSES; i++) {
        /* lambda E[S^2] / 2 = load E[S^2] / E[S] / 2. */
        residual += classes[i].load * classes[i].mean_bytes * BYTE
                    * (classes[i].is_exponential ? 2 : 1) / 2;
    }
    for (int i = N_CLASSES - 1; i >= 0; i--) {
        double upto = above + classes[i].load;

        assert_within(waits[i] / frames[i],
                      residual / ((1 - above) * (1 - upto)), 0.02);
        above = upto;
    }
}

/* Line rate. */

struct feeder {
    struct event event;
    struct plain_node *from;
    size_t size;
};

enum { BATCH = 1000 };

/* Puts some frames more into the queue, which never gets empty. */
static void
feed(struct event *event)
{
    struct feeder *f = (struct feeder *) (void *) event;
    struct port *port = &f->from->node.ports[0];

    for (int i = 0; i < BATCH; i++) {
        plain_node_send(f->from, 0, f->size);
    }
    event_schedule_at(f->from->node.sim, event,
                      port->busy_until
                          - BATCH * (sim_time) (f->size + PORT_LINE_EXTRA)
                                * 800);
}

/* Returns how many frames of 'size' bytes, without FCS, a 10 Gb/s line that
 * never waits carries in a second, begun or whole. */
static void
count_frames(size_t size, uint64_t *begun, uint64_t *whole)
{
    struct sim *sim = sim_new(1);
    struct feeder f = {
        .from = plain_node_new(sim, "a", 1, PLAIN_DELIVER),
        .size = size,
    };
    struct plain_node *to = plain_node_new(sim, "b", 1, PLAIN_DELIVER);
    struct link_config link = { .rate_bps = 10000000000,
                                .buffer_bytes = UINT64_MAX };

    g_clear_pointer(&to->arrivals, g_array_unref);
    port_set_name(&f.from->node.ports[0], "a:0");
    port_set_name(&to->node.ports[0], "b:0");
    port_connect(&f.from->node.ports[0], &to->node.ports[0], &link);
    event_init(&f.event, feed, node_next_rank(&f.from->node));
    event_schedule_at(sim, &f.event, 0);
    assert_true(sim_run(sim, SIM_S, UINT64_MAX));
    *whole = to->node.ports[0].rx_frames;
    *begun = port_left_frames(&f.from->node.ports[0])
             + (port_queue_bytes(&f.from->node.ports[0]) > 0);
    event_cancel(sim, &f.event);
    sim_free(sim);
}

/* 10^10 / (8 * 1538) = 812,743.8: the last one is under way. */
static void
a_second_of_ten_gigabits_has_812744_full_frames(void **state)
{
    uint64_t begun, whole;

    (void) state;
    count_frames(1514, &begun, &whole);
    assert_int_equal(begun, 812744);
    assert_int_equal(whole, 812743);
}

/* 10^10 / (8 * 84) = 14,880,952.4 */
static void
a_second_of_ten_gigabits_has_14880952_minimum_frames(void **state)
{
    uint64_t begun, whole;

    (void) state;
    count_frames(60, &begun, &whole);
    assert_int_equal(whole, 14880952);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_for_frames_of_one_size_are_those_of_m_d_1),
        cmocka_unit_test(
            waits_for_frames_of_exponential_sizes_are_those_of_m_m_1),
        cmocka_unit_test(waits_of_strict_priorities_are_those_of_m_g_1),
        cmocka_unit_test(a_second_of_ten_gigabits_has_812744_full_frames),
        cmocka_unit_test(a_second_of_ten_gigabits_has_14880952_minimum_frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "sim/port.h"

#include <glib.h>

#include "sim/handover.h"

const struct fate port_drops[PORT_N_DROPS] = {
#define X(ID, NAME, HELP) [PORT_DROP_##ID] = { FATE_DROPPED, NAME, HELP },
    PORT_DROPS(X)
#undef X
};

#define RATE_MAX_BPS UINT64_C(8000000000000) /* A byte takes 1 ps. */

G_STATIC_ASSERT(offsetof(struct port, tap) == PORT_ALIGN);
G_STATIC_ASSERT(offsetof(struct port, first) == 2 * PORT_ALIGN);
G_STATIC_ASSERT(offsetof(struct port, rate_bps) == 3 * PORT_ALIGN);
G_STATIC_ASSERT(sizeof(struct port) == 4 * PORT_ALIGN);

static event_fn port_deliver;
static void port_tapped(struct tap_point *);

/* Makes 'port' a port of 'owner' without a link.  node_init() calls this. */
void
port_init(struct port *port, struct node *owner)
{
    *port = (struct port){
        .owner = owner,
        .index = (uint32_t) (port - owner->ports),
        .tap = { .node = owner, .name = "", .tapped = port_tapped },
        .traits = PORT_UNLINKED,
        .receiver = owner,
    };
    event_init(&port->arrival, port_deliver, node_next_rank(owner));
}

void
port_clear(struct port *port)
{
    event_cancel(port->owner->sim, &port->arrival);
    g_free(port->losses);
}

/* Gives 'port' the name under which it is seen, e.g. "hv1:eth0"; the string
 * stays the caller's and must outlive the run. */
void
port_set_name(struct port *port, const char *name)
{
    port->tap.name = name;
}

static void
set_trait(struct port *port, enum port_trait trait, bool is_set)
{
    port->traits = (uint16_t) (is_set ? port->traits | trait
                                      : port->traits & ~(unsigned int) trait);
}

/* Somebody listens at 'point', which is a port's. */
static void
port_tapped(struct tap_point *point)
{
    set_trait(
        (struct port *) (void *) ((char *) point - offsetof(struct port, tap)),
        PORT_TAPPED, true);
}

/* Lets the link lose a part of the frames that 'port' sends, 0 to 1. */
void
port_set_loss(struct port *port, double part)
{
    if (part > 0 && !port->losses) {
        port->losses = g_new0(struct port_losses, 1);
        random_stream_init(&port->losses->random, port->owner->sim->seed,
                           port->tap.name);
    }
    if (port->losses) {
        port->losses->part = part;
    }
    set_trait(port, PORT_LOSSY, part > 0);
}

/* Returns the part of the frames that 'port' sends which the link loses. */
double
port_loss(const struct port *port)
{
    return port->losses ? port->losses->part : 0;
}

/* Returns the time in which 'bytes' pass at 'rate_bps', rounded down; a
 * product of all three does not fit in 64 bits. */
static sim_time
time_of_bytes(uint64_t bytes, uint64_t rate_bps)
{
    const uint64_t million = 1000 * 1000;
    uint64_t bits = MIN(bytes, UINT64_MAX / 8) * 8;
    uint64_t seconds =
        MIN(bits / rate_bps, (uint64_t) (INT64_MAX / 4 / SIM_S));
    uint64_t rest = bits % rate_bps * million;

    return (sim_time) (seconds * (uint64_t) SIM_S + rest / rate_bps * million
                       + rest % rate_bps * million / rate_bps);
}

/* Gives 'port' a queue of its own, or takes it away again; it stays the
 * caller's. */
void
port_set_queue(struct port *port, struct port_queue *queue)
{
    port->queue = queue;
    set_trait(port, PORT_QUEUED, queue != NULL);
}

/* Bounds what waits at 'port', which has a link, and is sent from it: 'bytes'
 * as they occupy the line.  A frame that finds the port idle always fits. */
void
port_set_buffer(struct port *port, uint64_t bytes)
{
    /* Frames' times are rounded up: less than a byte makes good for it. */
    port->max_backlog =
        time_of_bytes(bytes, port->rate_bps)
        + (port->ps_per_byte ? 0 : time_of_bytes(1, port->rate_bps) / 2);
}

static void
configure(struct port *port, struct port *peer,
          const struct link_config *config)
{
    uint64_t byte_ps = 8 * (uint64_t) SIM_S;

    g_assert(!port->peer && config->delay >= 0);
    g_assert(config->rate_bps > 0 && config->rate_bps <= RATE_MAX_BPS);
    port->peer = peer;
    port->delay = config->delay;
    port->rate_bps = config->rate_bps;
    set_trait(port, PORT_UNLINKED, false);
    set_trait(port, PORT_PEER_DOWN, peer->traits & PORT_DOWN);
    port_set_loss(port, config->loss);
    if (byte_ps % config->rate_bps == 0
        && byte_ps / config->rate_bps <= UINT32_MAX) {
        port->ps_per_byte = (uint32_t) (byte_ps / config->rate_bps);
    }
    port_set_buffer(port, config->buffer_bytes);
}

/* Joins 'a' and 'b', which have no link, by a link that is the same both
 * ways.  Names must have been set: they name the random streams.  A link
 * between two partitions must have a delay. */
void
port_connect(struct port *a, struct port *b, const struct link_config *config)
{
    struct partitions *run = a->owner->sim->run;

    configure(a, b, config);
    configure(b, a, config);
    if (a->owner->sim != b->owner->sim) {
        g_assert(config->delay > 0);
        run->window = MIN(run->window, config->delay);
        set_trait(a, PORT_BORDER, true);
        set_trait(b, PORT_BORDER, true);
    }
}

static inline sim_time
time_on_line(const struct port *port, uint32_t size)
{
    return port->ps_per_byte
               ? (sim_time) (size + PORT_LINE_EXTRA) * port->ps_per_byte
               : sim_transmission_time(size + PORT_LINE_EXTRA, port->rate_bps);
}

/* Drops 'pkt' at 'port'. */
void
port_drop(struct port *port, struct packet *pkt, enum port_drop why)
{
    port->drops[why]++;
    node_end_packet(port->owner, pkt, &port_drops[why]);
}

/* Puts 'pkt' into the FIFO of 'in', where it arrives at 'pkt->due'. */
static inline void
put_on_link(struct sim *sim, struct port *in, struct packet *pkt)
{
    pkt->next = NULL;
    if (in->first) {
        in->last->next = pkt;
    } else {
        in->first = pkt;
        event_schedule_at(sim, &in->arrival, pkt->due);
    }
    in->last = pkt;
}

/* Puts 'pkt', which another partition has handed over, on its way to 'in'. */
void
port_take_over(struct port *in, struct packet *pkt)
{
    put_on_link(in->owner->sim, in, pkt);
}

/* Sends 'pkt', for which there was room, where somebody looks on, or over a link
 * that is not plain. */
static G_GNUC_NO_INLINE void
put_on_special_link(struct sim *sim, struct port *port, struct packet *pkt)
{
    tap_frame(&port->tap, TAP_OUT, pkt);
    if (port->traits & PORT_LOSSY
        && random_unit(&port->losses->random) < port->losses->part) {
        port_drop(port, pkt, PORT_DROP_LINK_LOSS);
    } else if (port->traits & PORT_BORDER) {
        handover_put(sim->run->handover, port->peer, pkt);
        packet_free(sim->pool, pkt);
    } else {
        put_on_link(sim, port->peer, pkt);
    }
}

/* Puts 'pkt' on the line, where it will have left at 'end'. */
static inline void
put_on_line(struct sim *sim, struct port *port, struct packet *pkt,
            sim_time end)
{
    port->busy_until = end;
    port->tx_frames++;
    port->tx_bytes += pkt->size;
    pkt->due = end + port->peer->delay;
    if (__builtin_expect(port->traits != 0, 0)) {
        put_on_special_link(sim, port, pkt);
    } else {
        put_on_link(sim, port->peer, pkt);
    }
}

/* Sends 'pkt', for which there was room, out of 'port', whose link is up, behind
 * those sent before. */
void
port_transmit(struct port *port, struct packet *pkt)
{
    struct sim *sim = port->owner->sim;

    put_on_line(sim, port, pkt,
                MAX(port->busy_until, sim->now)
                    + time_on_line(port, pkt->size));
}

/* Says whether the buffer of 'port' has room for a frame of 'size' bytes. */
bool
port_has_room(const struct port *port, uint32_t size)
{
    sim_time backlog = port->busy_until - port->owner->sim->now;

    return backlog <= 0
           || backlog + time_on_line(port, size) <= port->max_backlog;
}

/* port_send() where that is more than drop-tail. */
static G_GNUC_NO_INLINE void
send_specially(struct port *port, struct packet *pkt)
{
    if (!port_is_up(port)) {
        port_drop(port, pkt,
                  port->peer ? PORT_DROP_LINK_DOWN : PORT_DROP_NO_LINK);
    } else {
        packet_pad(pkt, PORT_FRAME_MIN);
        port->queue->send(port->queue, port, pkt);
    }
}

/* Sends 'pkt' out of 'port': pads it, lets it wait for those before it, and
 * drops it if the link is down or the buffer is full. */
void
port_send(struct port *port, struct packet *pkt)
{
    struct sim *sim = port->owner->sim;
    sim_time start = MAX(port->busy_until, sim->now);
    sim_time end;

    if (port->traits & (PORT_CUT_OFF | PORT_QUEUED)) {
        send_specially(port, pkt);
        return;
    }
    packet_pad(pkt, PORT_FRAME_MIN);
    end = start + time_on_line(port, pkt->size);
    if (start > sim->now && end - sim->now > port->max_backlog) {
        port_drop(port, pkt, PORT_DROP_QUEUE_FULL);
        return;
    }
    put_on_line(sim, port, pkt, end);
}

/* Hands over the first packet that is on its way to the port, and waits for
 * the next. */
static void
port_deliver(struct event *event)
{
    struct port *in =
        (struct port *) (void *) ((char *) event
                                  - offsetof(struct port, arrival));
    struct node *owner = in->receiver;
    struct sim *sim = owner->sim;
    struct packet *pkt = in->first;

    in->first = pkt->next;
    pkt->next = NULL;
    if (in->first) {
        event_schedule_at(sim, event, in->first->due);
    }
    sim->n_packet_hops++;
    in->rx_frames++;
    in->rx_bytes += pkt->size;
    tap_frame(&in->tap, TAP_IN, pkt);
    owner->ops->receive(owner, in, pkt);
}

/* Returns 'pkt', which is on its way from 'port', or a copy from the pool of
 * the port's own partition. */
static struct packet *
to_own_pool(struct port *port, struct packet *pkt)
{
    struct packet *copy = pkt;

    if (port->traits & PORT_BORDER) {
        copy = packet_copy(port->owner->sim->pool, pkt);
        packet_free(port->peer->owner->sim->pool, pkt);
    }
    return copy;
}

/* Drops all that 'port' has sent and that has not arrived.  What had not left
 * it yet has never been sent. */
static void
lose_frames(struct port *port)
{
    sim_time now = port->owner->sim->now;
    struct port *in = port->peer;

    while (in->first) {
        struct packet *pkt = in->first;

        in->first = pkt->next;
        if (pkt->due > now + in->delay) {
            port->tx_frames--;
            port->tx_bytes -= pkt->size;
        }
        port_drop(port, to_own_pool(port, pkt), PORT_DROP_LINK_DOWN);
    }
    in->last = NULL;
    event_cancel(in->owner->sim, &in->arrival);
    port->busy_until = now;
    if (port->queue) {
        port->queue->lose(port->queue, port, PORT_DROP_LINK_DOWN);
    }
}

static void
tell_of_link(struct port *port)
{
    if (port->owner->ops->link_changed) {
        port->owner->ops->link_changed(port->owner, port);
    }
}

/* Sets 'port' up or down; its link is up if both ends are.  If that changes
 * the link, both nodes are told when all is done.  Only the agenda calls this,
 * or who prepares a run. */
void
port_set_up(struct port *port, bool up)
{
    bool was_up = port_is_up(port);

    set_trait(port, PORT_DOWN, !up);
    if (!port->peer) {
        return;
    }
    set_trait(port->peer, PORT_PEER_DOWN, !up);
    if (port_is_up(port) == was_up) {
        return;
    }
    if (was_up) {
        lose_frames(port);
        lose_frames(port->peer);
    }
    tell_of_link(port);
    tell_of_link(port->peer);
}

/* Holds 'port' down until port_release() has been called as often: it may be
 * down for several reasons at once, which know nothing of each other. */
void
port_hold_down(struct port *port)
{
    if (port->n_holds++ == 0) {
        port_set_up(port, false);
    }
}

void
port_release(struct port *port)
{
    g_assert(port->n_holds > 0);
    if (--port->n_holds == 0) {
        port_set_up(port, true);
    }
}

/* Fetches what port_deliver(), the node's receive() and port_send() will
 * touch. */
static void
port_prefetch(struct event *event, unsigned int step)
{
    struct port *in =
        (struct port *) (void *) ((char *) event
                                  - offsetof(struct port, arrival));
    struct node *node = in->receiver;

    if (step == 1) {
        __builtin_prefetch(&in->tap, 1);
        __builtin_prefetch(node, 1);
        packet_prefetch(in->first);
        in->likely = NULL;
    } else if (step <= 1 + NODE_STEPS) {
        if (step == 2) {
            __builtin_prefetch(in->first->next);
        }
        if (node->ops->prefetch) {
            in->likely = node->ops->prefetch(node, in, in->first, step - 1);
            __builtin_prefetch(in->likely, 1);
        }
    } else if (in->likely && in->likely->peer) {
        if (step < EVENT_STEPS) {
            __builtin_prefetch(&in->likely->peer->first, 1);
        } else {
            __builtin_prefetch(in->likely->peer->last, 1);
        }
    }
}

/* Lets the arrivals in 'queue' be prepared when there are many. */
void
port_set_prefetch(struct event_queue *queue)
{
    event_queue_prefetch(queue, port_deliver, port_prefetch);
}

/* Returns the number of frames that are on their way to 'port'. */
uint64_t
port_in_flight(const struct port *port)
{
    uint64_t n = 0;

    for (const struct packet *pkt = port->first; pkt; pkt = pkt->next) {
        n++;
    }
    return n;
}

/* Returns the number of packets that wait in a queue of the port's own. */
uint64_t
port_held(const struct port *port)
{
    return port->queue ? port->queue->held_packets : 0;
}

/* Adds up the frames, and their bytes, that 'port' has taken and not sent to
 * their end yet. */
static void
add_up_waiting(const struct port *port, uint64_t *frames, uint64_t *bytes)
{
    sim_time arrival = port->owner->sim->now + port->peer->delay;

    *frames = *bytes = 0;
    if (port->busy_until <= port->owner->sim->now) {
        return;
    }
    for (const struct packet *pkt = port->peer->first; pkt; pkt = pkt->next) {
        if (pkt->due > arrival) {
            ++*frames;
            *bytes += pkt->size;
        }
    }
}

/* Returns the number of frames that have left 'port'.  It looks at all that
 * are on their way: not for use per packet. */
uint64_t
port_left_frames(const struct port *port)
{
    uint64_t frames, bytes;

    add_up_waiting(port, &frames, &bytes);
    return port->tx_frames - frames;
}

/* Returns their bytes, padding included. */
uint64_t
port_left_bytes(const struct port *port)
{
    uint64_t frames, bytes;

    add_up_waiting(port, &frames, &bytes);
    return port->tx_bytes - bytes;
}

/* Returns the bytes, as they occupy the line, that wait at 'port' or are
 * being sent. */
uint64_t
port_queue_bytes(const struct port *port)
{
    sim_time backlog = port->busy_until - port->owner->sim->now;
    uint64_t held = port->queue ? port->queue->held_bytes : 0;

    if (backlog <= 0) {
        return held;
    }
    return held
           + (port->ps_per_byte
                  ? ((uint64_t) backlog + port->ps_per_byte - 1)
                        / port->ps_per_byte
                  : (uint64_t) ((double) backlog * (double) port->rate_bps
                                / (8.0 * (double) SIM_S)));
}

/* Returns how many packets 'port' has marked as having met congestion. */
uint64_t
port_ecn_marked(const struct port *port)
{
    return port->queue ? port->queue->ecn_marked : 0;
}

#include "models/fabric/queueing.h"

#include <glib.h>

#include "models/fabric/traffic_class.h"
#include "models/wire/eth.h"
#include "sim/port.h"

struct queueing_class {
    struct packet_queue waiting;
    uint64_t bytes; /* Of them, as they occupy the line. */
    struct queueing_class_stats stats;
};

struct queueing_port {
    struct port_queue queue; /* What the port sees. */
    struct port *port;
    struct queueing *queueing;
    bool is_active;                 /* Listed in queueing->active. */
    struct random_stream marks;     /* Decides which packets are marked. */
    struct queueing_class *classes; /* 1 if there are no priorities. */
    struct event transmit;          /* The line is free for who waits. */
};

struct queueing {
    struct node *node;
    struct queueing_config config;
    uint32_t n_classes;
    struct queueing_port *ports;
    struct queueing_class *classes; /* Of all ports. */
    /* Of a shared buffer: */
    struct queueing_port **active; /* Ports at which there may be frames. */
    uint32_t n_active;
    uint64_t used_bound; /* Not below the bytes in it. */
    uint64_t peak;       /* The most there were. */
};

static inline uint64_t
line_bytes(const struct packet *pkt)
{
    return pkt->size + PORT_LINE_EXTRA;
}

/* The shared buffer. */

/* Returns the bytes in the buffer, and takes ports where nothing is off the
 * list. */
static uint64_t
count_used(struct queueing *q)
{
    uint64_t used = 0;
    uint32_t n = 0;

    for (uint32_t i = 0; i < q->n_active; i++) {
        struct queueing_port *qp = q->active[i];
        uint64_t bytes = port_queue_bytes(qp->port);

        used += bytes;
        qp->is_active = bytes > 0;
        if (qp->is_active) {
            q->active[n++] = qp;
        }
    }
    q->n_active = n;
    return used;
}

/* Says whether the shared buffer has room for 'bytes' more at 'qp', and takes
 * it.  What leaves is only looked at when the bound says that there may be no
 * room, or more in it than ever: so the answer is exact and seldom dear. */
static bool
take_room(struct queueing_port *qp, uint64_t bytes)
{
    struct queueing *q = qp->queueing;

    if (q->used_bound + bytes > q->peak) {
        q->used_bound = count_used(q);
    }
    if (q->used_bound + bytes > q->config.buffer_bytes) {
        return false;
    }
    q->used_bound += bytes;
    q->peak = MAX(q->peak, q->used_bound);
    if (!qp->is_active) {
        qp->is_active = true;
        q->active[q->n_active++] = qp;
    }
    return true;
}

/* A frame's way. */

/* The class of frames that keep the network together. */
static bool
is_link_local(const struct packet *pkt)
{
    const uint8_t *data = packet_data(pkt);

    return pkt->stored >= ETH_ALEN && get_be32(data) == 0x0180c200
           && get_be16(data + 4) < 0x10;
}

static struct queueing_class *
class_of(const struct queueing_port *qp, const struct packet *pkt)
{
    uint32_t n = qp->queueing->n_classes;

    switch (qp->queueing->config.priorities) {
    case QUEUEING_FIFO: break;
    case QUEUEING_PCP:
        return &qp->classes[is_link_local(pkt) ? n - 1
                                               : traffic_class_by_pcp(pkt, n)];
    case QUEUEING_DSCP:
        return &qp->classes[is_link_local(pkt)
                                ? n - 1
                                : traffic_class_by_dscp(pkt, n)];
    }
    return qp->classes;
}

/* Says whether a packet that finds 'bytes' in its queue is to be marked. */
static bool
is_congested(struct queueing_port *qp, uint64_t bytes)
{
    const struct queueing_config *config = &qp->queueing->config;

    if (bytes <= config->ecn_min_bytes) {
        return false;
    }
    if (bytes > config->ecn_max_bytes) {
        return true;
    }
    return random_unit(&qp->marks)
           < config->ecn_max_probability
                 * (double) (bytes - config->ecn_min_bytes)
                 / (double) (config->ecn_max_bytes - config->ecn_min_bytes);
}

/* Returns the bytes that are before a packet of 'class' in its queue. */
static uint64_t
bytes_before(const struct queueing_port *qp,
             const struct queueing_class *class)
{
    return qp->queueing->config.priorities == QUEUEING_FIFO
               ? port_queue_bytes(qp->port)
               : class->bytes;
}

/* Says whether there is room for 'pkt', and takes it; '*why' is the reason if
 * there is none. */
static bool
admit(struct queueing_port *qp, const struct packet *pkt, enum port_drop *why)
{
    const struct queueing_config *config = &qp->queueing->config;
    uint64_t waiting;

    if (config->shared) {
        *why = PORT_DROP_BUFFER_FULL;
        return take_room(qp, line_bytes(pkt));
    }
    *why = PORT_DROP_QUEUE_FULL;
    if (config->priorities == QUEUEING_FIFO) {
        return port_has_room(qp->port, pkt->size);
    }
    waiting = port_queue_bytes(qp->port);
    return !waiting || waiting + line_bytes(pkt) <= config->buffer_bytes;
}

static void
transmit(struct queueing_port *qp, struct queueing_class *class,
         struct packet *pkt)
{
    class->stats.sent_frames++;
    class->stats.sent_bytes += pkt->size;
    port_transmit(qp->port, pkt);
}

/* Lets 'pkt' wait until the line is free for its class. */
static void
hold(struct queueing_port *qp, struct queueing_class *class,
     struct packet *pkt)
{
    packet_queue_push(&class->waiting, pkt);
    class->bytes += line_bytes(pkt);
    qp->queue.held_bytes += line_bytes(pkt);
    qp->queue.held_packets++;
    if (!event_is_scheduled(&qp->transmit)) {
        event_schedule_at(qp->queueing->node->sim, &qp->transmit,
                          qp->port->busy_until);
    }
}

static struct packet *
release(struct queueing_port *qp, struct queueing_class *class)
{
    struct packet *pkt = packet_queue_pop(&class->waiting);

    if (pkt) {
        class->bytes -= line_bytes(pkt);
        qp->queue.held_bytes -= line_bytes(pkt);
        qp->queue.held_packets--;
    }
    return pkt;
}

/* The line is free: the first frame of the highest class goes. */
static void
transmit_next(struct event *event)
{
    struct queueing_port *qp =
        (struct queueing_port *) (void *) ((char *) event
                                           - offsetof(struct queueing_port,
                                                      transmit));
    struct packet *pkt = NULL;

    for (uint32_t i = qp->queueing->n_classes; !pkt && i > 0; i--) {
        pkt = release(qp, &qp->classes[i - 1]);
        if (pkt) {
            transmit(qp, &qp->classes[i - 1], pkt);
        }
    }
    if (qp->queue.held_packets) {
        event_schedule_at(qp->queueing->node->sim, event,
                          qp->port->busy_until);
    }
}

/* Sends 'pkt', which port_send() was given. */
static void
queueing_send(struct port_queue *queue, struct port *port, struct packet *pkt)
{
    struct queueing_port *qp = (struct queueing_port *) (void *) queue;
    struct queueing_class *class = class_of(qp, pkt);
    uint64_t before = bytes_before(qp, class);
    enum port_drop why;

    if (!admit(qp, pkt, &why)) {
        class->stats.dropped_frames++;
        port_drop(port, pkt, why);
        return;
    }
    if (qp->queueing->config.ecn && packet_is_ect(pkt)
        && is_congested(qp, before)) {
        packet_mark_ce(pkt);
        class->stats.marked_frames++;
        queue->ecn_marked++;
    }
    if (qp->queueing->config.priorities != QUEUEING_FIFO
        && (event_is_scheduled(&qp->transmit)
            || port->busy_until > sim_now(qp->queueing->node->sim))) {
        hold(qp, class, pkt);
    } else {
        transmit(qp, class, pkt);
    }
}

/* The link went down: drops all that waits. */
static void
queueing_lose(struct port_queue *queue, struct port *port, enum port_drop why)
{
    struct queueing_port *qp = (struct queueing_port *) (void *) queue;

    for (uint32_t i = 0; i < qp->queueing->n_classes; i++) {
        struct packet *pkt;

        while ((pkt = release(qp, &qp->classes[i])) != NULL) {
            port_drop(port, pkt, why);
        }
    }
    event_cancel(qp->queueing->node->sim, &qp->transmit);
}

/* Life. */

/* Says whether ports of 'config' do no more than port_send() does by itself. */
bool
queueing_is_plain(const struct queueing_config *config)
{
    return !config->shared && !config->ecn
           && config->priorities == QUEUEING_FIFO;
}

static void
init_port(struct queueing *q, uint32_t index)
{
    struct queueing_port *qp = &q->ports[index];
    char *stream =
        g_strdup_printf("%s/ecn/%" G_GUINT32_FORMAT, q->node->name, index);

    *qp = (struct queueing_port){
        .queue = { .send = queueing_send, .lose = queueing_lose },
        .port = &q->node->ports[index],
        .queueing = q,
        .classes = &q->classes[index * q->n_classes],
    };
    random_stream_init(&qp->marks, q->node->sim->seed, stream);
    g_free(stream);
    event_init(&qp->transmit, transmit_next, node_next_rank(q->node));
    port_set_queue(qp->port, &qp->queue);
}

/* Makes the ports of 'node', which was just initialized, queue as 'config'
 * says; there is nothing to do if they are plain.  Buffers are what
 * port_set_buffer() says, but for priorities and shared ones. */
void
queueing_install(struct node *node, const struct queueing_config *config)
{
    struct queueing *q;

    if (queueing_is_plain(config)) {
        return;
    }
    g_assert(config->ecn_min_bytes <= config->ecn_max_bytes);
    g_assert(config->priorities == QUEUEING_FIFO
             || (config->n_classes > 0
                 && config->n_classes <= QUEUEING_CLASSES_MAX));
    q = g_new0(struct queueing, 1);
    q->node = node;
    q->config = *config;
    q->n_classes = config->priorities == QUEUEING_FIFO ? 1 : config->n_classes;
    q->ports = g_new0(struct queueing_port, node->n_ports);
    q->classes = g_new0(struct queueing_class, node->n_ports * q->n_classes);
    q->active = g_new0(struct queueing_port *, node->n_ports);
    for (uint32_t i = 0; i < node->n_ports; i++) {
        init_port(q, i);
    }
}

/* Returns what is in the ports of 'node', or null. */
static struct queueing *
queueing_of(const struct node *node)
{
    struct port_queue *queue = node->n_ports ? node->ports[0].queue : NULL;

    return queue ? ((struct queueing_port *) (void *) queue)->queueing : NULL;
}

/* Makes the ports of 'node' plain, before it is cleared.  Packets that wait are
 * freed with their pool. */
void
queueing_remove(struct node *node)
{
    struct queueing *q = queueing_of(node);

    if (q) {
        for (uint32_t i = 0; i < node->n_ports; i++) {
            event_cancel(node->sim, &q->ports[i].transmit);
            port_set_queue(&node->ports[i], NULL);
        }
        g_free(q->ports);
        g_free(q->classes);
        g_free(q->active);
        g_free(q);
    }
}

/* What happened. */

/* Returns the sums over all ports of 'node' for 'class', 0 if there are no
 * priorities.  Without a queue of its own a port only counts what it sent. */
struct queueing_class_stats
queueing_class_stats(const struct node *node, uint32_t class)
{
    const struct queueing *q = queueing_of(node);
    struct queueing_class_stats sums = { 0 };

    for (uint32_t i = 0; i < node->n_ports; i++) {
        const struct port *port = &node->ports[i];
        const struct queueing_class_stats *stats;

        if (q && class < q->n_classes) {
            stats = &q->ports[i].classes[class].stats;
            sums.sent_frames += stats->sent_frames;
            sums.sent_bytes += stats->sent_bytes;
            sums.dropped_frames += stats->dropped_frames;
            sums.marked_frames += stats->marked_frames;
        } else if (!q && class == 0) {
            sums.sent_frames += port->tx_frames;
            sums.sent_bytes += port->tx_bytes;
            sums.dropped_frames += port->drops[PORT_DROP_QUEUE_FULL];
        }
    }
    return sums;
}

#define READERS(N)                                                            \
    uint64_t queueing_read_tx_##N(const struct node *node)                    \
    {                                                                         \
        return queueing_class_stats(node, N).sent_frames;                     \
    }                                                                         \
    uint64_t queueing_read_dropped_##N(const struct node *node)               \
    {                                                                         \
        return queueing_class_stats(node, N).dropped_frames;                  \
    }
QUEUEING_CLASSES(READERS)
#undef READERS

/* Returns the bytes that wait at the ports of 'node' or are being sent. */
uint64_t
queueing_read_used(const struct node *node)
{
    uint64_t used = 0;

    for (uint32_t i = 0; i < node->n_ports; i++) {
        used += port_queue_bytes(&node->ports[i]);
    }
    return used;
}

/* Returns the most bytes that the shared buffer of 'node' has held, 0 if it has
 * none. */
uint64_t
queueing_read_peak(const struct node *node)
{
    const struct queueing *q = queueing_of(node);

    return q ? q->peak : 0;
}

/* Fills in '*usage' for the shared buffer of 'node', in bytes; false if it has
 * none. */
bool
queueing_table(const struct node *node, struct table_usage *usage)
{
    const struct queueing *q = queueing_of(node);

    if (!q || !q->config.shared) {
        return false;
    }
    *usage = (struct table_usage){
        .name = "buffer",
        .capacity = q->config.buffer_bytes,
        .used = queueing_read_used(node),
        .peak = q->peak,
    };
    for (uint32_t i = 0; i < node->n_ports; i++) {
        usage->rejected += node->ports[i].drops[PORT_DROP_BUFFER_FULL];
    }
    return true;
}

/* Returns how many packets the ports of 'node' have marked CE. */
uint64_t
queueing_read_marked(const struct node *node)
{
    uint64_t marked = 0;

    for (uint32_t i = 0; i < node->n_ports; i++) {
        marked += port_ecn_marked(&node->ports[i]);
    }
    return marked;
}

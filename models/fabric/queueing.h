/* Queueing: what waits at the ports of a switch or router, how much of it, and
 * who goes first.
 *
 * A plain port has a buffer of its own and sends first in, first out; that is
 * port_send() and needs nothing of this.  Otherwise queueing_install() puts a queue
 * into each of the node's ports, and whatever the node sends by port_send() goes the
 * way that the configuration says; the node need not know.
 *
 * Shared buffer.  All ports draw from one pool of 'buffer_bytes', first come,
 * first served.  A frame that does not fit into it is dropped ("buffer-full"),
 * even if its own port is idle.  How much is in use is not counted by events but
 * follows from when each port will have sent what waits there; it is exact at
 * any time.
 *
 * Marking (RFC 3168).  A packet whose sender understands ECN (ECT) is marked CE
 * if the queue that it joins is long: never up to 'ecn_min_bytes', always above
 * 'ecn_max_bytes', and in between with a probability that rises to
 * 'ecn_max_probability'.  With both bounds alike it is a step, as DCTCP wants it
 * (RFC 8257).  The queue is that of the packet's port, and class if there are
 * any, as the packet finds it, not averaged.  What is not ECT is never marked,
 * and only dropped when the buffer is full.  IPv4 and IPv6 are known, behind at
 * most one VLAN tag.
 *
 * Strict priorities.  Each port has 'n_classes' queues.  When the line is free,
 * the first frame of the highest class that has any goes; a frame that is being
 * sent is never interrupted.  Frames to the group addresses of protocols between
 * neighbors (01-80-C2-00-00-0X) have the highest class.  This is the one case that needs a second event for
 * a hop, and only for frames that wait.
 *
 * Bytes are counted as they occupy the line, like everywhere in sim/port.h, and
 * leave bit by bit as the line sends them. */

#ifndef MODELS_FABRIC_QUEUEING_H
#define MODELS_FABRIC_QUEUEING_H 1

#include <stdbool.h>
#include <stdint.h>

#include "sim/metric.h"

#define QUEUEING_CLASSES_MAX 8

/* What says the class of a frame.  Higher classes go first. */
enum queueing_priorities {
    QUEUEING_FIFO, /* Nothing: there are no classes. */
    QUEUEING_PCP,  /* Its tag's priority, by 802.1Q table 8-5. */
    QUEUEING_DSCP, /* The upper 3 bits of its DSCP, RFC 2474 section 4.2.2. */
};

/* All zeros: plain ports. */
struct queueing_config {
    uint64_t buffer_bytes; /* Of each port, or of all if shared. */
    bool shared;
    bool ecn;               /* Marks; then: */
    uint64_t ecn_min_bytes; /* Not above ecn_max_bytes. */
    uint64_t ecn_max_bytes;
    double ecn_max_probability; /* 0 to 1. */
    enum queueing_priorities priorities;
    uint32_t n_classes; /* 2 to QUEUEING_CLASSES_MAX, if there are any. */
};

struct node;

/* What became of the frames of one class, without those that did not reach the
 * queue because the link was down. */
struct queueing_class_stats {
    uint64_t sent_frames; /* Sent, or put on the line to be sent. */
    uint64_t sent_bytes;  /* Their bytes, padding included. */
    uint64_t dropped_frames;
    uint64_t marked_frames; /* Marked CE; they count as sent too. */
};

bool queueing_is_plain(const struct queueing_config *);
void queueing_install(struct node *, const struct queueing_config *);
void queueing_remove(struct node *);
struct queueing_class_stats queueing_class_stats(const struct node *,
                                                 uint32_t class);

/* Metrics.  QUEUEING_METRICS("switch") is the rows of a kind of node. */
#define QUEUEING_CLASSES(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)
#define QUEUEING_READERS(N)                                                   \
    uint64_t queueing_read_tx_##N(const struct node *);                       \
    uint64_t queueing_read_dropped_##N(const struct node *);
QUEUEING_CLASSES(QUEUEING_READERS)
#undef QUEUEING_READERS
bool queueing_table(const struct node *, struct table_usage *);
uint64_t queueing_read_used(const struct node *);
uint64_t queueing_read_peak(const struct node *);
uint64_t queueing_read_marked(const struct node *);

#define QUEUEING_CLASS_METRICS(KIND, N)                                       \
    { KIND ".class" #N ".tx_frames", "frames", METRIC_COUNTER,                \
      "Frames of class " #N " sent; without priorities, all are class 0.",    \
      queueing_read_tx_##N },                                                 \
    {                                                                         \
        KIND ".class" #N ".dropped_frames", "frames", METRIC_COUNTER,         \
            "Frames of class " #N " that found no room.",                     \
            queueing_read_dropped_##N                                         \
    }
#define QUEUEING_METRICS(KIND)                                                \
    { KIND ".buffer.used", "bytes", METRIC_GAUGE,                             \
      "Bytes that wait at its ports or are being sent.",                      \
      queueing_read_used },                                                   \
        { KIND ".buffer.peak", "bytes", METRIC_PEAK,                          \
          "The most bytes there were in its shared buffer.",                  \
          queueing_read_peak },                                               \
        { KIND ".ecn_marked", "packets", METRIC_COUNTER,                      \
          "Packets marked as having met congestion.", queueing_read_marked }, \
        QUEUEING_CLASS_METRICS(KIND, 0), QUEUEING_CLASS_METRICS(KIND, 1),     \
        QUEUEING_CLASS_METRICS(KIND, 2), QUEUEING_CLASS_METRICS(KIND, 3),     \
        QUEUEING_CLASS_METRICS(KIND, 4), QUEUEING_CLASS_METRICS(KIND, 5),     \
        QUEUEING_CLASS_METRICS(KIND, 6), QUEUEING_CLASS_METRICS(KIND, 7)

#endif /* models/fabric/queueing.h */

/* A node for tests that does with each frame what it is told, and remembers
 * what arrived.  The run that it is made for frees it. */

#ifndef TESTS_PLAIN_NODE_H
#define TESTS_PLAIN_NODE_H 1

#include <glib.h>

#include "sim/node.h"
#include "sim/port.h"

/* What a plain node does with a frame that arrives. */
enum plain_mode {
    PLAIN_DELIVER, /* Ends it as delivered. */
    PLAIN_CONSUME, /* Ends it as consumed. */
    PLAIN_DROP,    /* Drops it. */
    PLAIN_RELAY,   /* Sends it out of the port of the next number. */
    PLAIN_KEEP,    /* Holds it, and says so. */
    PLAIN_LEAK,    /* Holds it, and says nothing. */
};

extern const struct fate plain_delivered, plain_consumed, plain_dropped;

struct plain_arrival {
    sim_time when;
    uint64_t packet; /* Number of the packet. */
    uint32_t size;
    uint32_t port;
};

struct plain_node {
    struct node node;
    enum plain_mode mode;
    struct packet_queue kept;
    GArray *arrivals; /* struct plain_arrival; null: do not remember. */
    GString *changes; /* Of its links: "0 down, 0 up, "; null likewise. */
};

struct plain_node *plain_node_new(struct sim *, const char *name,
                                  uint32_t n_ports, enum plain_mode);
void plain_node_send(struct plain_node *, uint32_t port, size_t size);
const struct plain_arrival *plain_node_arrival(const struct plain_node *,
                                               guint i);

/* Joins ports by a link of 10 Gb/s with 1 us of delay and a buffer of 1 MB
 * each way, but for what 'config' has that is not 0. */
void plain_connect(struct port *, struct port *, struct link_config config);

/* Runs 'call' in a process of its own and says whether it was aborted, as by
 * an assertion. */
bool plain_aborts(void (*call)(void *aux), void *aux);

#endif /* tests/plain_node.h */

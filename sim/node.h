/* Nodes: what a model must be for the simulator to carry packets to it, and
 * the fates of packets.
 *
 * A model embeds a 'struct node' first, fills in a 'struct node_ops' and gets
 * its ports from node_init().  Nodes share nothing: all that passes between
 * them is a packet on a link.  receive() is called by events only, so no
 * receive function ever runs inside another.
 *
 * Every packet is made by node_new_packet() or node_clone_packet() and ends by
 * node_end_packet() with one fate, at one node.  A fate is a constant of the
 * module that decides it; nothing lists them all.  At the end of a run the
 * sums over all nodes are checked: created == delivered + consumed + dropped +
 * in flight, and what is in flight is counted by looking. */

#ifndef SIM_NODE_H
#define SIM_NODE_H 1

#include <stdbool.h>
#include <stdint.h>

#include "sim/metric.h"
#include "sim/packet.h"
#include "sim/partitions.h"
#include "sim/tap.h"

struct node;
struct port;

#define NODE_STEPS 3 /* Calls of prefetch() for a packet. */

struct node_ops {
    const char *kind; /* As written in a scenario, e.g. "switch". */

    /* Takes 'pkt', which arrived on 'in', one of the node's own ports. */
    void (*receive)(struct node *, struct port *in, struct packet *pkt);

    /* Fetches into the cache what receive() will touch when 'pkt' arrives on
     * 'in', which is soon, and changes nothing.  Called with 'step' 1 to
     * NODE_STEPS, some events apart: at first the packet is in the cache,
     * later what was fetched before; each time it is found anew, for tables may
     * change.  Returns the port out of which 'pkt' will probably go, null while
     * that is not known.  Null: there is nothing to fetch. */
    struct port *(*prefetch)(struct node *, const struct port *in,
                             const struct packet *pkt, unsigned int step);

    /* The link at 'port', one of the node's own, has gone up or down: see
     * port_is_up().  Called by the agenda, when all else of the change is done.
     * Null: it does not matter. */
    void (*link_changed)(struct node *, struct port *port);

    /* Starts the node again: it forgets what it has learned from the network
     * and keeps its configuration and counters.  Called by the agenda, while
     * its ports' links are down.  Null: there is nothing to forget. */
    void (*reboot)(struct node *);

    /* Returns the number of packets that wait inside the node, not counting
     * those on the links to it.  Null: none ever does. */
    uint64_t (*held)(const struct node *);

    /* Frees what the model owns, and the model itself. */
    void (*destroy)(struct node *);

    /* What it can be asked for, up to an entry without a name.  Null: nothing
     * but what every node can. */
    const struct metric *metrics;

    /* Fills in '*usage' for the node's finite table number 'index', counting
     * from 0, and returns true; false if it has no more.  Null: it has none. */
    bool (*table)(const struct node *, unsigned int index,
                  struct table_usage *usage);
};

enum fate_kind {
    FATE_DELIVERED, /* Reached who it was for. */
    FATE_CONSUMED,  /* Ended in a protocol that needs no delivery. */
    FATE_DROPPED,   /* Lost, for the reason that the name says. */
};

/* How a packet ends.  Modules define theirs as constants. */
struct fate {
    enum fate_kind kind;
    const char *name; /* "policy-miss"; the same in all outputs. */
    const char *help; /* One sentence for people. */
};

struct fate_count {
    const struct fate *fate;
    uint64_t hash; /* Of the fate's name, for the fingerprint. */
    uint64_t n;
};

struct node {
    const struct node_ops *ops;
    struct sim *sim;
    const char *name;   /* As in the scenario; the caller's. */
    uint32_t id;        /* Place in the run's list of nodes. */
    uint32_t n_ranks;   /* Ranks given to its events so far. */
    struct port *ports; /* n_ports of them. */
    uint32_t n_ports;
    uint32_t n_fates;         /* Kinds of fate seen here. */
    struct fate_count *fates; /* How packets ended here. */
    uint64_t n_created;       /* Packets made here, clones included. */
    uint64_t n_numbered;      /* Packet numbers given here. */
    uint64_t fingerprint;     /* Hash over how packets ended here. */
};

/* One who hears how packets end: with the packet as it is then. */
struct fate_listener {
    void (*fate)(struct fate_listener *, const struct node *,
                 const struct packet *, const struct fate *);
    struct fate_listener *next;
};

/* One who hears what happens to nodes.  'event' is a word for programs, e.g.
 * "stp-role"; 'text' is one line for people. */
struct node_event_listener {
    void (*event)(struct node_event_listener *, const struct node *,
                  const char *event, const char *text);
    struct node_event_listener *next;
};

/* Life of a node.  Models call these from their own new and destroy. */
void node_init(struct node *, const struct node_ops *, struct sim *,
               const char *name, uint32_t n_ports);
void node_clear(struct node *);
uint64_t node_next_rank(struct node *);

/* Life of a packet. */
struct packet *node_new_packet(struct node *, size_t stored, size_t size);
struct packet *node_clone_packet(struct node *, const struct packet *);
void node_end_packet(struct node *, struct packet *, const struct fate *);
uint64_t node_fate_count(const struct node *, const struct fate *);

/* Watching. */
void sim_listen_to_fates(struct sim *, struct fate_listener *);
void sim_listen_to_notes(struct sim *, struct note_listener *);
void node_note(const struct node *, const struct packet *, const char *table,
               const char *format, ...) __attribute__((format(printf, 4, 5)));
void sim_listen_to_events(struct sim *, struct node_event_listener *);
void node_event(const struct node *, const char *event, const char *format,
                ...) __attribute__((format(printf, 3, 4)));

/* Says whether anybody would hear a note.  Ask before making its words. */
static inline bool
node_is_heard(const struct node *node)
{
    return __builtin_expect(node->sim->run->note_listeners != NULL, 0);
}

#endif /* sim/node.h */

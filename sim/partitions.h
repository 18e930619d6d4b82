/* Partitions: one run in several parts that share no event.
 *
 * A run's nodes may be spread over several struct sim.  All of them belong to
 * one struct partitions, which holds what there is once in a run: the list of
 * nodes, the agenda, those who listen.
 *
 * Windows
 * =======
 *
 * What happens in one partition is felt in another after the propagation delay
 * of the links between them, at least.  So each may run for as long as the
 * shortest such delay without looking at the others: a window.  Frames that
 * cross a border meanwhile wait in the hand-over (sim/handover.h) and are put
 * on the far end of their link when the window is over, before they are due.
 * Windows end where the agenda acts and where the caller wants to look.  When
 * nothing happens for a while the next window begins after that.
 *
 * A link without delay cannot cross a border, for it would leave no window.
 *
 * Order
 * =====
 *
 * An event's time and rank, a packet's number and a stream's name do not depend
 * on the partition, so each node sees what it sees in a run of one partition,
 * in the same order, and all counts are the same.  What several nodes tell the
 * same listener is sorted at the end of a window (sim/journal.h). */

#ifndef SIM_PARTITIONS_H
#define SIM_PARTITIONS_H 1

#include <stdbool.h>
#include <stdint.h>

#include "sim/sim.h"

struct arena;
struct fate_listener;
struct handover;
struct journal;
struct node_event_listener;
struct note_listener;

struct partitions {
    struct node **nodes; /* All of the run, by id. */
    uint32_t n_nodes, n_nodes_allocated;
    struct arena *ports; /* Memory of all ports. */
    uint32_t n_sims;
    struct sim **sims;     /* By index. */
    struct agenda *agenda; /* What is done between events. */
    uint64_t n_actions;    /* How often the agenda has acted. */
    bool is_settled;       /* Its memory is on huge pages. */
    sim_time window;       /* Shortest delay across a border. */
    /* Those who listen. */
    struct note_listener *note_listeners;        /* What nodes say. */
    struct fate_listener *fate_listeners;        /* How packets end. */
    struct node_event_listener *event_listeners; /* What happens to nodes. */
    /* With several partitions. */
    struct handover *handover; /* Frames on their way across borders. */
    struct journal *journal;   /* What listeners are yet to hear. */
};

struct partitions *partitions_new(uint64_t seed, uint32_t n);
void partitions_free(struct partitions *);
struct sim *partitions_sim(const struct partitions *, uint32_t index);
bool partitions_run(struct partitions *, sim_time end, uint64_t max_events);
uint64_t partitions_n_events(const struct partitions *);
uint64_t partitions_n_packet_hops(const struct partitions *);

#endif /* sim/partitions.h */

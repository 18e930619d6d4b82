/* A run: clock, queue of events, nodes and the packets' pool.
 *
 * A struct sim is one partition of a run: some of its nodes, with a clock, a
 * queue and a pool of their own.  Most runs have one partition, which sim_new()
 * makes, and never see more of the rest (sim/partitions.h).  A node belongs to
 * one partition; ids, ranks and packet numbers are the run's, so that they, and
 * all results, are the same however the nodes are spread.
 *
 * Nodes are added in the scenario's order, which gives their ids, and freed with
 * the run.  Everything that is random derives from its seed by named streams
 * (sim/random.h).  What is done to the run from outside waits in its agenda
 * (sim/agenda.h).
 *
 * sim_run() may be called again and again with later ends; between calls the
 * caller looks at limits and signals.  It fires at most the given number of
 * events, so that the caller gets its turn whatever the scenario does. */

#ifndef SIM_SIM_H
#define SIM_SIM_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/clock.h"
#include "sim/event.h"

struct agenda;
struct node;
struct packet_pool;
struct partitions;

struct sim {
    sim_time now;               /* Read it with sim_now(). */
    struct event_queue *events; /* The future. */
    struct packet_pool *pool;   /* Where packets come from. */
    uint64_t n_events;          /* Events fired. */
    uint64_t n_packet_hops;     /* Frames carried over a link. */
    uint64_t seed;              /* Of every random stream. */
    struct partitions *run;     /* What all partitions share. */
    uint64_t rank;              /* See partitions_run(). */
    uint32_t index;             /* Place among the partitions. */
};

/* How the packets of a run ended, see sim_packet_sums(). */
struct packet_sums {
    uint64_t created;   /* Packets made, clones included. */
    uint64_t delivered; /* Reached who they were for. */
    uint64_t consumed;  /* Ended in a protocol (ARP, a tunnel, ...). */
    uint64_t dropped;   /* Ended with a reason. */
    uint64_t in_flight; /* Found on links and in nodes. */
    uint64_t alive;     /* Not given back to the pool. */
};

/* The whole run that a partition belongs to. */
struct sim *sim_new(uint64_t seed);
void sim_free(struct sim *);
bool sim_run(struct sim *, sim_time end, uint64_t max_events);
uint32_t sim_n_nodes(const struct sim *);
struct node *sim_node(const struct sim *, uint32_t id);
struct agenda *sim_agenda(const struct sim *);
void sim_packet_sums(const struct sim *, struct packet_sums *);
bool packet_sums_add_up(const struct packet_sums *);
uint64_t sim_fingerprint(const struct sim *);

static inline sim_time
sim_now(const struct sim *sim)
{
    return sim->now;
}

/* Schedules 'event', which must be idle, to fire at 'when', not in the
 * past. */
static inline void
event_schedule_at(struct sim *sim, struct event *event, sim_time when)
{
    event_queue_push(sim->events, event, when);
}

static inline void
event_schedule_after(struct sim *sim, struct event *event, sim_time delay)
{
    event_queue_push(sim->events, event, sim->now + delay);
}

/* Takes 'event' out of the future.  An idle event stays idle. */
static inline void
event_cancel(struct sim *sim, struct event *event)
{
    event_queue_remove(sim->events, event);
}

#endif /* sim/sim.h */

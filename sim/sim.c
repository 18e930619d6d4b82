#include "sim/sim.h"

#include <glib.h>

#include "sim/node.h"
#include "sim/partitions.h"
#include "sim/port.h"

/* Returns the one partition of an empty run at time zero, whose random streams
 * derive from 'seed'. */
struct sim *
sim_new(uint64_t seed)
{
    return partitions_new(seed, 1)->sims[0];
}

/* Frees the run of 'sim', which may be null, its nodes and every packet. */
void
sim_free(struct sim *sim)
{
    if (sim) {
        partitions_free(sim->run);
    }
}

/* Runs all of the run of 'sim': see partitions_run(). */
bool
sim_run(struct sim *sim, sim_time end, uint64_t max_events)
{
    return partitions_run(sim->run, end, max_events);
}

/* Returns the number of nodes of the run. */
uint32_t
sim_n_nodes(const struct sim *sim)
{
    return sim->run->n_nodes;
}

/* Returns the node with 'id', which exists. */
struct node *
sim_node(const struct sim *sim, uint32_t id)
{
    g_assert(id < sim->run->n_nodes);
    return sim->run->nodes[id];
}

/* Returns what is to be done between events. */
struct agenda *
sim_agenda(const struct sim *sim)
{
    return sim->run->agenda;
}

/* Adds up how the packets of the run ended so far, and finds those that have
 * not.  Not for use while it runs. */
void
sim_packet_sums(const struct sim *sim, struct packet_sums *sums)
{
    const struct partitions *run = sim->run;

    *sums = (struct packet_sums){ .created = 0 };
    for (uint32_t i = 0; i < run->n_sims; i++) {
        sums->alive += packet_pool_alive(run->sims[i]->pool);
    }
    for (uint32_t i = 0; i < run->n_nodes; i++) {
        const struct node *node = run->nodes[i];

        sums->created += node->n_created;
        for (uint32_t j = 0; j < node->n_fates; j++) {
            const struct fate_count *count = &node->fates[j];

            switch (count->fate->kind) {
            case FATE_DELIVERED: sums->delivered += count->n; break;
            case FATE_CONSUMED: sums->consumed += count->n; break;
            case FATE_DROPPED: sums->dropped += count->n; break;
            }
        }
        for (uint32_t j = 0; j < node->n_ports; j++) {
            sums->in_flight += port_in_flight(&node->ports[j]);
            sums->in_flight += port_held(&node->ports[j]);
        }
        if (node->ops->held) {
            sums->in_flight += node->ops->held(node);
        }
    }
}

/* Says whether every packet is accounted for once. */
bool
packet_sums_add_up(const struct packet_sums *sums)
{
    return sums->created
               == sums->delivered + sums->consumed + sums->dropped
                      + sums->in_flight
           && sums->in_flight == sums->alive;
}

/* Returns a hash over every packet that was delivered or dropped: when, where,
 * how long it was and how it ended, in the order of each node's events. */
uint64_t
sim_fingerprint(const struct sim *sim)
{
    uint64_t hash = 0;

    for (uint32_t i = 0; i < sim->run->n_nodes; i++) {
        hash = (hash ^ sim->run->nodes[i]->fingerprint)
               * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return hash;
}

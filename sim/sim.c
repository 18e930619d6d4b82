#include "sim/sim.h"

#include <glib.h>

#include "sim/agenda.h"
#include "sim/node.h"
#include "sim/port.h"

/* Returns an empty run at time zero, whose random streams derive from
 * 'seed'. */
struct sim *
sim_new(uint64_t seed)
{
    struct sim *sim = g_new0(struct sim, 1);

    sim->events = event_queue_new();
    sim->pool = packet_pool_new();
    sim->agenda = agenda_new();
    sim->seed = seed;
    return sim;
}

/* Frees 'sim', its nodes and every packet. */
void
sim_free(struct sim *sim)
{
    if (sim) {
        for (uint32_t i = 0; i < sim->n_nodes; i++) {
            sim->nodes[i]->ops->destroy(sim->nodes[i]);
        }
        g_free(sim->nodes);
        event_queue_free(sim->events);
        packet_pool_free(sim->pool);
        agenda_free(sim->agenda);
        g_free(sim);
    }
}

/* Fires the events due at or before 'end' until 'stop_at' have been fired since
 * the run began.  Returns true, with the clock at 'end', if none is left until
 * then. */
static bool
fire_events(struct sim *sim, sim_time end, uint64_t stop_at)
{
    while (sim->n_events < stop_at) {
        struct event *event = event_queue_pop(sim->events, end);

        if (!event) {
            sim->now = end;
            return true;
        }
        sim->now = event->when;
        sim->n_events++;
        event->fire(event);
    }
    return false;
}

/* Fires the events due at or before 'end', but at most 'max_events' of them,
 * and lets the agenda act between them.  Returns true, with the clock at 'end',
 * if nothing is left until then; false if it must be called again. */
bool
sim_run(struct sim *sim, sim_time end, uint64_t max_events)
{
    uint64_t stop_at = max_events < UINT64_MAX - sim->n_events
                           ? sim->n_events + max_events
                           : UINT64_MAX;

    g_assert(end >= sim->now);
    for (;;) {
        sim_time action = agenda_next(sim->agenda);
        bool is_done = true;

        if (action > sim->now || action > end) {
            agenda_close(sim->agenda, true);
            is_done =
                fire_events(sim, action <= end ? action - 1 : end, stop_at);
            agenda_close(sim->agenda, false);
        }
        if (!is_done || action > end) {
            return is_done;
        }
        sim->now = action;
        agenda_act(sim->agenda, action);
    }
}

/* Adds up how the packets of 'sim' ended so far, and finds those that have
 * not. */
void
sim_packet_sums(const struct sim *sim, struct packet_sums *sums)
{
    *sums = (struct packet_sums){
        .alive = packet_pool_alive(sim->pool),
    };
    for (uint32_t i = 0; i < sim->n_nodes; i++) {
        const struct node *node = sim->nodes[i];

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

    for (uint32_t i = 0; i < sim->n_nodes; i++) {
        hash =
            (hash ^ sim->nodes[i]->fingerprint) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return hash;
}

#include <glib.h>
#include <stddef.h>

#include "models/host/host_inside.h"

static event_fn local_arrive;

void
local_init(struct local_queue *local, struct host *host)
{
    *local = (struct local_queue){ 0 };
    event_init(&local->arrival, local_arrive, node_next_rank(&host->node));
}

/* Frees the queue; its packets belong to their run's pool. */
void
local_clear(struct local_queue *local, struct sim *sim)
{
    event_cancel(sim, &local->arrival);
    g_free(local->items);
}

static void
grow(struct local_queue *local)
{
    uint32_t n = MAX(16, 2 * local->n_allocated);
    struct local_item *items = g_new(struct local_item, n);

    for (uint32_t i = 0; i < local->n; i++) {
        items[i] = local->items[(local->first + i) & (local->n_allocated - 1)];
    }
    g_free(local->items);
    local->items = items;
    local->first = 0;
    local->n_allocated = n;
}

/* Sends 'pkt' to 'vm', which is on the same host as its sender: it gets there
 * in an event of its own. */
void
local_send(struct host *host, struct host_vm *vm, struct packet *pkt)
{
    struct local_queue *local = &host->local;
    struct sim *sim = host->node.sim;
    uint32_t last;

    pkt->due = sim_now(sim) + HOST_LOCAL_DELAY;
    if (local->n == local->n_allocated) {
        grow(local);
    }
    last = (local->first + local->n++) & (local->n_allocated - 1);
    local->items[last] = (struct local_item){ vm, pkt };
    if (!event_is_scheduled(&local->arrival)) {
        event_schedule_at(sim, &local->arrival,
                          local->items[local->first].pkt->due);
    }
}

static void
local_arrive(struct event *event)
{
    struct local_queue *local =
        (struct local_queue *) (void *) ((char *) event
                                         - offsetof(struct local_queue,
                                                    arrival));
    struct host *host =
        (struct host *) (void *) ((char *) local
                                  - offsetof(struct host, local));
    struct sim *sim = host->node.sim;

    while (local->n > 0
           && local->items[local->first].pkt->due <= sim_now(sim)) {
        struct local_item item = local->items[local->first];

        local->first = (local->first + 1) & (local->n_allocated - 1);
        local->n--;
        vswitch_input(host, item.vm, item.pkt);
    }
    host_flush(host);
    if (local->n > 0 && !event_is_scheduled(event)) {
        event_schedule_at(sim, event, local->items[local->first].pkt->due);
    }
}

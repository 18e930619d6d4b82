#include "sim/handover.h"

#include <glib.h>
#include <string.h>

#include "sim/agenda.h"
#include "sim/partitions.h"
#include "sim/port.h"

/* What stands before a frame's bytes. */
struct address {
    uint32_t node; /* Where it arrives: id, */
    uint32_t port; /* and place among the node's ports. */
    sim_time due;  /* When it does. */
};

struct handover {
    struct partitions *run;
    GByteArray **frames; /* By the partition they are for. */
};

struct handover *
handover_new(struct partitions *run)
{
    struct handover *handover = g_new0(struct handover, 1);

    handover->run = run;
    handover->frames = g_new(GByteArray *, run->n_sims);
    for (uint32_t i = 0; i < run->n_sims; i++) {
        handover->frames[i] = g_byte_array_new();
    }
    return handover;
}

/* Frees 'handover', which may be null. */
void
handover_free(struct handover *handover)
{
    if (handover) {
        for (uint32_t i = 0; i < handover->run->n_sims; i++) {
            g_byte_array_unref(handover->frames[i]);
        }
        g_free(handover->frames);
        g_free(handover);
    }
}

/* Notes 'pkt', which will arrive at 'to' at 'pkt->due'; it stays the
 * caller's.  What the agenda makes a node send is on its way at once, for what
 * the agenda does next may concern it. */
void
handover_put(struct handover *handover, const struct port *to,
             const struct packet *pkt)
{
    GByteArray *frames = handover->frames[to->owner->sim->index];
    struct address address = { to->owner->id, to->index, pkt->due };

    g_byte_array_append(frames, (const guint8 *) &address, sizeof address);
    packet_encode(pkt, frames);
    if (!agenda_is_closed(handover->run->agenda)) {
        handover_deliver(handover);
    }
}

/* Puts all frames on their way to the ports at which they arrive.  No partition
 * runs meanwhile. */
void
handover_deliver(struct handover *handover)
{
    for (uint32_t i = 0; i < handover->run->n_sims; i++) {
        GByteArray *frames = handover->frames[i];
        struct sim *sim = handover->run->sims[i];
        size_t at = 0;

        while (at < frames->len) {
            struct address address;
            struct packet *pkt;

            memcpy(&address, frames->data + at, sizeof address);
            at += sizeof address;
            pkt = packet_decode(sim->pool, frames->data, &at);
            pkt->due = address.due;
            port_take_over(&sim_node(sim, address.node)->ports[address.port],
                           pkt);
        }
        g_byte_array_set_size(frames, 0);
    }
}

/* Fetching into the cache what an event will touch, some events before it fires
 * (sim/event.h).  In a large network no end of a flow is in the cache when its
 * turn comes, and one pointer leads to the next: each step reads what was
 * fetched in the step before. */

#include "models/guest/flow_port.h"
#include "models/guest/guest_inside.h"
#include "models/guest/udp.h"
#include "sim/port.h"
#include "sim/prefetch.h"

/* For a frame that comes in: step 1 may not read 'guest' yet. */
void
guest_prefetch_input(const struct guest *guest, unsigned int step)
{
    if (step == 1) {
        prefetch_bytes(guest, sizeof *guest);
    } else {
        udp_prefetch(guest->udp, step - 1);
        flow_port_prefetch(guest->flow_ports, step - 1);
    }
}

/* For a packet that is made and sent out of the node's first port: step 1 does
 * not read 'guest' yet. */
void
guest_prefetch_output(const struct guest *guest, uint32_t dst,
                      unsigned int step)
{
    const struct port *out;

    if (step == 1) {
        prefetch_bytes(guest, sizeof *guest);
        return;
    }
    if (guest->arp) {
        bool is_on_link = !((dst ^ guest->address) & guest->netmask);

        guest_arp_prefetch(guest->arp, is_on_link ? dst : guest->gateway,
                           step - 1);
    }
    if (step == 2) {
        __builtin_prefetch(guest->node, 1);
    } else if (guest->node->n_ports) {
        out = &guest->node->ports[0];
        __builtin_prefetch(step == 3 || !out->peer
                               ? (const void *) out
                               : (const void *) &out->peer->first,
                           1);
    }
}

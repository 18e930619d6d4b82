/* Neighbors of a router: what its parts need of ARP and neighbor discovery.
 *
 * router_neighbor.c keeps the table: it asks for MACs, lets packets wait and
 * speaks ARP.  router_nd.c speaks neighbor discovery. */

#ifndef MODELS_FABRIC_ROUTER_NEIGHBOR_H
#define MODELS_FABRIC_ROUTER_NEIGHBOR_H 1

#include "models/fabric/router_inside.h"

struct nd_msg;

/* The table. */
void router_neighbors_init(struct router *, uint64_t capacity);
void router_neighbors_clear(struct router *);
void router_neighbors_flush(struct router *, const struct port *);
void router_neighbors_forget(struct router *);
void router_resolve(struct router *, struct port *in, struct packet *,
                    const struct neighbor_key *);

/* Messages. */
void router_arp_input(struct router *, struct port *in, struct packet *);
bool router_nd_input(struct router *, struct port *in, const struct packet *);
struct packet *router_new_nd(struct router *, uint64_t dst_mac,
                             uint64_t src_mac, const struct ip_addr *src,
                             const struct ip_addr *dst, const struct nd_msg *);

/* What messages say. */
bool router_is_neighbor(const struct router *, uint32_t interface,
                        const struct ip_addr *);
void router_learn(struct router *, const struct neighbor_key *, uint64_t mac,
                  const struct port *, bool is_new_too);

/* Writes the two addresses of 'frame', each 48 bits. */
static inline void
router_set_macs(uint8_t *frame, uint64_t dst, uint64_t src)
{
    put_be64(frame, dst << 16 | src >> 32);
    put_be32(frame + 8, (uint32_t) src);
}

#endif /* models/fabric/router_neighbor.h */

/* What the parts of a router offer each other.
 *
 * router_receive() takes a frame and finds out whether it is for the router
 * (router_input.c).  An IP packet goes to forwarding (router_forward.c), which
 * checks it, finds its route and sends it to an adjacent router, or hands it to
 * router_resolve() (router_neighbor.h), which finds the MAC of who is on the
 * link.  router_find_port() says behind which port of an interface that is
 * (router_bridge.c).  What cannot go on is refused by router_refuse(), which
 * tells the sender and ends the packet (router_icmp.c).
 *
 * What the router itself sends (errors, echo replies) leaves by
 * router_send_own() and is never refused with an error: nothing calls itself.
 *
 * Only files of this room include this header. */

#ifndef MODELS_FABRIC_ROUTER_INSIDE_H
#define MODELS_FABRIC_ROUTER_INSIDE_H 1

#include <stdalign.h>

#include "models/fabric/fib.h"
#include "models/fabric/mac_table.h"
#include "models/fabric/neighbor_table.h"
#include "models/fabric/next_hops.h"
#include "models/fabric/router.h"
#include "sim/port.h"

/* A port's role is the MAC of its interface, with this bit if that is
 * bridged; one without an interface has a role that no frame's MAC is. */
#define ROUTER_BRIDGED (UINT64_C(1) << 63)
#define ROUTER_NO_ROLE (UINT64_C(1) << 62)

#define ROUTER_FRESH (1 * SIM_S) /* A MAC's port is looked for no sooner. */

struct router_interface {
    struct router_interface_config config;
    uint32_t *ports;        /* 'config.ports' is this. */
    struct mac_table *macs; /* Of a bridged one, else null. */
    uint64_t mac;           /* 48 bits. */
    uint32_t v4_broadcast;  /* 0: it has none. */
};

/* Who was heard last on a port of a bridged interface. */
struct router_heard {
    uint64_t mac;
    sim_time until;      /* It need not be learned again until then, */
    uint32_t generation; /* if no MAC table has changed. */
};

/* An address of the router itself, as a number. */
struct router_address {
    uint64_t high, low;
    uint32_t family;
};

/* The members that forwarding reads come first, with the routes of the longest
 * prefixes in the same cache line. */
struct router {
    struct node node;
    alignas(64) uint64_t own_bits; /* Bit n: an own address ends in n. */
    uint64_t hash_seed;            /* Mixed. */
    uint64_t n_forwarded;
    const struct next_hop *hop_list; /* That of 'hops'. */
    enum ecmp_hash ecmp;
    struct fib fib;
    struct next_hops hops;
    struct router_address *own; /* In order. */
    uint32_t n_own, n_interfaces;
    struct router_interface *interfaces;
    uint32_t *interface_of;     /* By port. */
    struct router_heard *heard; /* By port; null: nothing is bridged. */
    uint32_t generation;        /* Of MAC tables: a change counts it up. */
    struct ip_addr router_id;
    struct neighbor_table neighbors;
    struct event neighbor_timer;
    struct event start;        /* Finds out which links are up. */
    uint64_t n_waiting;        /* Packets that wait for a MAC. */
    sim_time icmp_budget;      /* When the errors' bucket is full again. */
    struct router_stats stats; /* Without 'forwarded'. */
    struct routing *routing;   /* To be told of links, null: nobody. */
    uint16_t ip_id;
};

struct router *router_cast(const struct node *);
uint32_t router_intern(struct router *, enum router_route_source,
                       const struct next_hop_spec *, uint32_t n);
void router_set_routing(struct node *, struct routing *);
bool router_table(const struct node *, unsigned int index,
                  struct table_usage *);

/* Input. */
void router_receive(struct node *, struct port *in, struct packet *);
void router_input(struct router *, struct port *in, struct packet *);
void router_input_group(struct router *, struct port *in, struct packet *);

/* Forwarding. */
void router_forward_v4(struct router *, struct port *in, struct packet *);
struct port *router_prefetch(struct node *, const struct port *in,
                             const struct packet *, unsigned int step);
void router_forward_v6(struct router *, struct port *in, struct packet *);
void router_send_own(struct router *, struct packet *);
void router_fragment(struct router *, struct port *out, struct packet *);
void router_send_sized(struct router *, struct port *in, struct port *out,
                       struct packet *);

/* Interfaces: frames with their MACs, out of the right port. */
void router_bridge_receive(struct router *, struct port *in, struct packet *);
uint32_t router_find_port(const struct router *, uint32_t interface,
                          uint64_t mac);
void router_flood(struct router *, const struct router_interface *,
                  const struct port *except, struct packet *);

/* The router itself. */
const struct router_address *router_find_own(const struct router *,
                                             uint64_t high, uint64_t low,
                                             uint32_t family);
bool router_source(const struct router *, const struct port *in,
                   uint8_t family, struct ip_addr *);
void router_deliver_v4(struct router *, struct port *in, struct packet *);
void router_deliver_v6(struct router *, struct port *in, struct packet *);
void router_refuse(struct router *, struct port *in, struct packet *,
                   enum router_fate, uint32_t mtu);

static inline void
router_end(struct router *router, struct packet *pkt, enum router_fate fate)
{
    node_end_packet(&router->node, pkt, &router_fates[fate]);
}

static inline bool
router_owns_v4(const struct router *router, uint32_t addr)
{
    return router->own_bits >> (addr & 63) & 1
           && router_find_own(router, 0, addr, IP_V4);
}

static inline bool
router_owns_v6(const struct router *router, uint64_t high, uint64_t low)
{
    return router->own_bits >> (low & 63) & 1
           && router_find_own(router, high, low, IP_V6);
}

#endif /* models/fabric/router_inside.h */

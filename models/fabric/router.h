/* Router: an L3 switch, RFC 1812 and RFC 8200.
 *
 * Interfaces
 * ==========
 *
 * An interface has a MAC, an address of either family or none, and one or more
 * ports.  One of several ports is bridged, like the routed VLAN of a rack's L3
 * switch: frames between its ports are switched by a small MAC table of its
 * own, and what is addressed to the router's MAC is routed.  An interface
 * without addresses is unnumbered: a link to another router.
 *
 * Forwarding
 * ==========
 *
 * A packet follows the route with the longest prefix that has a usable next
 * hop; among several equal ones a hash over its headers chooses.  A hop whose
 * port's link is down is skipped at once.  Neighbors on an interface's own
 * network are found by ARP and neighbor discovery; next hops that routing knows
 * come with their MAC.  A packet that cannot be forwarded ends with a named
 * reason, and its sender is told by ICMP, at most ROUTER_ICMP_RATE times a
 * second.  IPv4 is fragmented where it must be.
 *
 * Not done: options and extension headers are not looked at, redirects are not
 * sent, groups are not routed, directed broadcasts are not forwarded.
 *
 * A router knows its own tables only; routes that are computed come from
 * routing.h. */

#ifndef MODELS_FABRIC_ROUTER_H
#define MODELS_FABRIC_ROUTER_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/fabric/ecmp.h"
#include "models/fabric/queueing.h"
#include "models/fabric/router_fates.h"
#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"
#include "sim/node.h"

#define ROUTER_NO_INTERFACE UINT32_MAX

struct router_config {
    const char *name; /* "leaf1"; the caller's string. */
    uint32_t n_ports;
    struct ip_addr router_id; /* Loopback; family 0: none. */
    uint32_t max_neighbors;   /* ARP and ND together; 0: no bound. */
    uint32_t max_routes, max_host_routes; /* Likewise. */
    enum ecmp_hash ecmp;
    uint64_t hash_seed;
    struct queueing_config queueing;
};

struct router_interface_config {
    struct eth_addr mac;
    struct ip_prefix v4, v6; /* Address and network; family 0: none. */
    const uint32_t *ports;
    uint32_t n_ports;
};

/* A next hop: an adjacent router out of 'port' at 'mac', as routing knows it;
 * or, if 'via' is given, whoever has that address on one of the interfaces'
 * networks, found by ARP or ND. */
struct router_next_hop {
    uint32_t port;
    struct eth_addr mac;
    struct ip_addr via; /* Family 0: none. */
};

enum router_route_source {
    ROUTER_ROUTE_STATIC,   /* Stays. */
    ROUTER_ROUTE_COMPUTED, /* Until router_clear_routes(). */
};

struct router_stats {
    uint64_t forwarded;       /* Packets sent on, or left waiting for a MAC. */
    uint64_t bridged;         /* Frames switched inside an interface. */
    uint64_t fragmented;      /* Packets sent on in pieces. */
    uint64_t icmp_sent;       /* ICMP errors. */
    uint64_t icmp_suppressed; /* Errors that were over the rate. */
};

struct node *router_new(struct sim *, const struct router_config *);
bool node_is_router(const struct node *);
struct router_stats router_stats(const struct node *);

/* Interfaces.  A port belongs to one at most. */
uint32_t router_add_interface(struct node *,
                              const struct router_interface_config *);
uint32_t router_n_interfaces(const struct node *);
const struct router_interface_config *router_interface(const struct node *,
                                                       uint32_t index);
uint32_t router_interface_of_port(const struct node *, uint32_t port);

/* Routes. */
bool router_add_route(struct node *, enum router_route_source,
                      const struct ip_prefix *, const struct router_next_hop *,
                      uint32_t n_hops);
void router_clear_routes(struct node *);
uint32_t router_lookup(const struct node *, const struct ip_addr *dst,
                       struct router_next_hop *hops, uint32_t max_hops);
bool router_reaches(const struct node *, const struct ip_addr *next_hop);

/* What a router can be asked for, up to a row without name. */
extern const struct metric router_metrics[];

#endif /* models/fabric/router.h */

/* The provider's network of a described scenario: nodes, ports, links.
 * described_net.h says who owns them. */

#ifndef SCENARIOS_DESCRIBED_NODES_H
#define SCENARIOS_DESCRIBED_NODES_H 1

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/fabric/ecmp.h"
#include "models/fabric/mac_table.h"
#include "models/fabric/queueing.h"
#include "models/fabric/rstp.h"
#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"
#include "scenarios/source.h"
#include "sim/clock.h"

/* What becomes of switches in a loop. */
enum loop_rule {
    LOOP_REFUSED, /* It is an error of the scenario. */
    LOOP_RSTP,    /* They run the spanning tree protocol. */
    LOOP_BLOCK,   /* Ports that close one are blocked from the beginning. */
    LOOP_ALLOWED, /* Frames circle in it. */
};

struct scenario_provider {
    bool is_routed;        /* fabric: l3 */
    struct ip_prefix pool; /* Family 0: none. */
    bool has_static_routes;
    sim_time convergence; /* Of routing, after a link has changed. */
    enum loop_rule l2_loop;
    enum ecmp_hash ecmp;
};

enum node_role {
    ROLE_SWITCH,
    ROLE_ROUTER,
    ROLE_HOST,
    ROLE_SERVER,
    ROLE_UNKNOWN, /* It was reported: there will be no run. */
};

/* What a switch says of one port for the spanning tree. */
struct scenario_stp_port {
    struct loc loc;
    const char *name; /* "p1". */
    bool has_edge;    /* Else it is one that leads to no switch. */
    struct rstp_port_config config;
};

struct scenario_switch {
    struct mac_table_config macs;
    uint64_t learning_rate; /* New addresses in a second; 0: no limit. */
    uint32_t max_vlans;
    struct queueing_config queueing;
    struct rstp_config stp; /* Without ports. */
};

struct scenario_router {
    uint32_t max_neighbors, max_routes, max_host_routes;
    struct queueing_config queueing;
};

/* A route of 'routes: static', and those that a router has beside others. */
struct scenario_route {
    struct loc loc;
    struct ip_prefix to;
    struct ip_addr via;
};

/* Ports of a router that share an address: one interface. */
struct scenario_interface {
    const struct scenario_node *router;
    size_t index;             /* Among all routers' interfaces. */
    struct ip_prefix address; /* Family 0: a link to another router. */
    GArray *ports;            /* uint32_t */
    struct loc loc;           /* Of the address. */
};

/* A subnet of the provider's network, of which 'auto' takes addresses. */
struct scenario_pool {
    struct ip_prefix prefix;
    uint64_t next; /* Offset at which "auto" goes on looking. */
};

/* Where the scenario says what of a node; generated nodes of a kind share
 * one. */
struct scenario_node_locs {
    struct loc pa, mac, gateway, mtu;
};

struct scenario_node {
    struct loc loc; /* Of the name. */
    struct scenario_node_locs *locs;
    const char *name, *title;
    enum node_role role;
    size_t index;        /* Among the scenario's nodes. */
    GPtrArray *ports;    /* "struct scenario_port"s, in order of the links. */
    struct ip_prefix pa; /* Of host or server; router's identifier. */
    struct eth_addr mac; /* Of a NIC or bridge. */
    struct ip_addr gateway;     /* Of host or server; family 0: none. */
    uint16_t mtu;               /* Of a server: the largest packet it sends. */
    struct scenario_pool *pool; /* Of a host: of its VMs' PAs; or null. */
    const struct scenario_switch *sw;
    GPtrArray *stp_ports; /* "struct scenario_stp_port"s; null: none. */
    const struct scenario_router *router;
    uint64_t hash_seed;    /* Router's. */
    GArray *routes;        /* Router's: struct scenario_route, static. */
    GPtrArray *interfaces; /* Router's: "struct scenario_interface"s. */
};

struct scenario_port {
    struct scenario_node *node;
    const char *path; /* "hv1:eth0". */
    uint32_t index;   /* Among the node's ports. */
    struct scenario_link *link;
    const struct ip_prefix *address;      /* Of a router's; null: none. */
    struct scenario_interface *interface; /* Of a router's. */
};

/* Likewise of a link. */
struct scenario_link_locs {
    struct loc mtu, address;
};

struct scenario_link {
    struct loc loc;
    struct scenario_link_locs *locs;
    struct scenario_port *ends[2];
    uint64_t rate_bps;
    sim_time delay;
    uint32_t mtu;
    double loss; /* 0 to 1. */
};

#endif /* scenarios/described_nodes.h */

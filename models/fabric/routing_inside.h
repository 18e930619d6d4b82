/* What the parts of routing share: what is known of routers and links
 * (routing.c), and the graph that ways are found in (routing_graph.c).
 *
 * Only these two include this header. */

#ifndef MODELS_FABRIC_ROUTING_INSIDE_H
#define MODELS_FABRIC_ROUTING_INSIDE_H 1

#include <glib.h>

#include "models/fabric/next_hops.h"
#include "models/fabric/routing.h"
#include "sim/agenda.h"
#include "sim/node.h"

#define ROUTING_FAR   UINT32_MAX /* Place of who is no router of ours. */
#define ROUTING_BLOCK 64         /* Networks that are looked at together. */

/* One way from a router to another, as a walk sees it. */
struct edge {
    uint32_t peer;   /* Place of the other router. */
    uint32_t family; /* Of the packets that can go there, 0: all. */
};

struct member {
    struct node *node;
    bool *is_up;         /* By port: the link is up, as far as is known. */
    uint32_t first_edge; /* Its edges end where the next one's begin. */
};

/* A router's interface in a network. */
struct attachment {
    struct ip_prefix network;
    uint32_t router;
    uint32_t interface;
};

struct routing {
    struct agenda *agenda;
    sim_time convergence;
    GArray *members;     /* struct member, in the order of their adding. */
    GHashTable *places;  /* Node to place + 1. */
    GArray *edges;       /* struct edge, by router, and for each */
    GArray *specs;       /* its struct next_hop_spec. */
    GArray *attachments; /* struct attachment, in order of networks. */
    uint32_t *queue;     /* Of a walk: routers in order of distance. */
    uint16_t *distances; /* By router, and by network of a block. */
    GQueue changes;      /* Not known yet, by time. */
    struct agenda_item item;
    uint64_t n_reroutes;
};

uint32_t routing_place_of(const struct routing *, const struct node *);
bool member_interface_is_up(const struct member *, uint32_t interface);
void routing_find_ways(struct routing *);

static inline struct member *
member_at(const struct routing *routing, uint32_t place)
{
    return &g_array_index(routing->members, struct member, place);
}

#endif /* models/fabric/routing_inside.h */

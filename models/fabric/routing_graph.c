/* The graph of routers and links, and the shortest ways in it. */

#include <stdlib.h>

#include "models/fabric/router_inside.h"
#include "models/fabric/routing_inside.h"

/* Networks. */

static void
attach(struct routing *routing, uint32_t router, uint32_t interface,
       const struct ip_prefix *prefix)
{
    const struct attachment attachment = { ip_prefix_network(prefix), router,
                                           interface };

    if (prefix->addr.family != IP_NONE
        && prefix->length < 8 * ip_addr_octets(prefix->addr.family)
        && member_interface_is_up(member_at(routing, router), interface)) {
        g_array_append_val(routing->attachments, attachment);
    }
}

static int
compare_attachments(const void *a_, const void *b_)
{
    const struct attachment *a = a_, *b = b_;
    int order = ip_addr_compare(&a->network.addr, &b->network.addr);

    if (order) {
        return order;
    }
    if (a->network.length != b->network.length) {
        return (int) a->network.length - (int) b->network.length;
    }
    return a->router != b->router ? (a->router < b->router ? -1 : 1) : 0;
}

/* Finds the networks that routers have interfaces in which are up. */
static void
find_networks(struct routing *routing)
{
    GArray *all = routing->attachments;

    g_array_set_size(all, 0);
    for (uint32_t i = 0; i < routing->members->len; i++) {
        const struct node *node = member_at(routing, i)->node;

        for (uint32_t j = 0; j < router_n_interfaces(node); j++) {
            attach(routing, i, j, &router_interface(node, j)->v4);
            attach(routing, i, j, &router_interface(node, j)->v6);
        }
    }
    qsort(all->data, all->len, sizeof(struct attachment), compare_attachments);
}

/* Returns the end of the attachments to the network of number 'begin'. */
static uint32_t
end_of_network(const struct routing *routing, uint32_t begin)
{
    const struct attachment *all =
        &g_array_index(routing->attachments, struct attachment, 0);
    uint32_t end = begin + 1;

    while (
        end < routing->attachments->len
        && all[end].network.length == all[begin].network.length
        && ip_addr_equal(&all[end].network.addr, &all[begin].network.addr)) {
        end++;
    }
    return end;
}

/* The graph. */

struct way {
    uint32_t router;
    struct edge edge;
};

/* Adds the ways from router 'from' along links to others. */
static void
add_links(const struct routing *routing, uint32_t from, GArray *ways)
{
    const struct member *member = member_at(routing, from);

    for (uint32_t i = 0; i < member->node->n_ports; i++) {
        const struct port *port = &member->node->ports[i];
        uint32_t to = port->peer && member->is_up[i]
                          ? routing_place_of(routing, port->peer->owner)
                          : ROUTING_FAR;

        if (to != ROUTING_FAR && port->role != ROUTER_NO_ROLE
            && port->peer->role != ROUTER_NO_ROLE) {
            const struct way way = {
                .router = from,
                .edge = { .peer = to,
                          .spec = { .kind = NEXT_HOP_ADJACENT,
                                    .port = i,
                                    .mac =
                                        eth_addr_from_u64(port->peer->role) },
                },
            };

            g_array_append_val(ways, way);
        }
    }
}

/* Says whether a link of the interface of '*at' leads to something that is not
 * one of our routers: a switch, with others behind it. */
static bool
has_segment(const struct routing *routing, const struct attachment *at)
{
    const struct node *node = member_at(routing, at->router)->node;
    const struct router_interface_config *config =
        router_interface(node, at->interface);

    for (uint32_t i = 0; i < config->n_ports; i++) {
        const struct port *peer = node->ports[config->ports[i]].peer;

        if (peer && routing_place_of(routing, peer->owner) == ROUTING_FAR) {
            return true;
        }
    }
    return false;
}

/* Returns the way from one router to another over the network in which both
 * are. */
static struct way
way_through(const struct routing *routing, const struct attachment *from,
            const struct attachment *to)
{
    const struct router_interface_config *peer =
        router_interface(member_at(routing, to->router)->node, to->interface);

    return (struct way){
        .router = from->router,
        .edge = { .peer = to->router,
                  .spec = { .kind = NEXT_HOP_VIA,
                            .interface = from->interface,
                            .via = to->network.addr.family == IP_V4
                                       ? peer->v4.addr
                                       : peer->v6.addr } },
    };
}

/* Adds the ways between routers that have one network in common with switches
 * between them: attachments 'begin' to 'end'. */
static void
add_segment(const struct routing *routing, uint32_t begin, uint32_t end,
            GArray *ways)
{
    const struct attachment *all =
        &g_array_index(routing->attachments, struct attachment, 0);

    for (uint32_t i = begin; i < end; i++) {
        if (!has_segment(routing, &all[i])) {
            continue;
        }
        for (uint32_t j = begin; j < end; j++) {
            if (all[i].router != all[j].router
                && has_segment(routing, &all[j])) {
                struct way way = way_through(routing, &all[i], &all[j]);

                g_array_append_val(ways, way);
            }
        }
    }
}

static int
compare_ways(const void *a_, const void *b_)
{
    const struct way *a = a_, *b = b_;

    return a->router != b->router ? (a->router < b->router ? -1 : 1)
           : a->edge.spec.kind != b->edge.spec.kind
               ? (int) a->edge.spec.kind - (int) b->edge.spec.kind
           : a->edge.spec.port != b->edge.spec.port
               ? (a->edge.spec.port < b->edge.spec.port ? -1 : 1)
               : ip_addr_compare(&a->edge.spec.via, &b->edge.spec.via);
}

/* Makes the graph of what is up: each router's edges, links in the order of
 * ports first. */
static void
make_graph(struct routing *routing)
{
    GArray *ways = g_array_new(FALSE, FALSE, sizeof(struct way));
    uint32_t router = 0;

    for (uint32_t i = 0; i < routing->members->len; i++) {
        add_links(routing, i, ways);
    }
    for (uint32_t i = 0, end; i < routing->attachments->len; i = end) {
        end = end_of_network(routing, i);
        if (end - i > 1) {
            add_segment(routing, i, end, ways);
        }
    }
    qsort(ways->data, ways->len, sizeof(struct way), compare_ways);
    g_array_set_size(routing->edges, 0);
    for (uint32_t i = 0; i < ways->len; i++) {
        const struct way *way = &g_array_index(ways, struct way, i);

        while (router <= way->router) {
            member_at(routing, router++)->first_edge = i;
        }
        g_array_append_val(routing->edges, way->edge);
    }
    while (router < routing->members->len) {
        member_at(routing, router++)->first_edge = ways->len;
    }
    g_array_unref(ways);
}

/* Stores the edges of router 'place' from '*edge' on and returns their
 * number. */
static uint32_t
edges_of(const struct routing *routing, uint32_t place,
         const struct edge **edge)
{
    uint32_t begin = member_at(routing, place)->first_edge;
    uint32_t end = place + 1 < routing->members->len
                       ? member_at(routing, place + 1)->first_edge
                       : routing->edges->len;

    *edge = &g_array_index(routing->edges, struct edge, begin);
    return end - begin;
}

/* Walks from the routers of attachments 'begin' to 'end' to all others and
 * stores how far they are.  Returns how many routers are in the queue, the
 * nearest first. */
static uint32_t
walk(struct routing *routing, uint32_t begin, uint32_t end)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < routing->members->len; i++) {
        member_at(routing, i)->distance = ROUTING_FAR;
    }
    for (uint32_t i = begin; i < end; i++) {
        uint32_t router =
            g_array_index(routing->attachments, struct attachment, i).router;

        if (member_at(routing, router)->distance == ROUTING_FAR) {
            member_at(routing, router)->distance = 0;
            routing->queue[n++] = router;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t distance = member_at(routing, routing->queue[i])->distance;
        const struct edge *edges;
        uint32_t n_edges = edges_of(routing, routing->queue[i], &edges);

        for (uint32_t j = 0; j < n_edges; j++) {
            struct member *peer = member_at(routing, edges[j].peer);

            if (peer->distance == ROUTING_FAR) {
                peer->distance = distance + 1;
                routing->queue[n++] = edges[j].peer;
            }
        }
    }
    return n;
}

/* Installs at the router 'place' the route to 'network' over all peers that are
 * nearer to it. */
static void
install(const struct routing *routing, uint32_t place,
        const struct ip_prefix *network)
{
    const struct member *member = member_at(routing, place);
    struct next_hop_spec specs[NEXT_HOPS_MAX];
    const struct edge *edges;
    uint32_t n_edges = edges_of(routing, place, &edges);
    uint32_t n = 0;

    for (uint32_t i = 0; i < n_edges && n < NEXT_HOPS_MAX; i++) {
        const struct member *peer = member_at(routing, edges[i].peer);

        if (peer->distance < member->distance
            && (edges[i].spec.kind != NEXT_HOP_VIA
                || edges[i].spec.via.family == network->addr.family)) {
            specs[n++] = edges[i].spec;
        }
    }
    if (n) {
        router_install(router_cast(member->node), ROUTER_ROUTE_COMPUTED,
                       network, specs, n);
    }
}

/* Says whether two networks have the same routers. */
static bool
have_same_routers(const struct routing *routing, uint32_t a, uint32_t end_a,
                  uint32_t b, uint32_t end_b)
{
    const struct attachment *all =
        &g_array_index(routing->attachments, struct attachment, 0);

    if (end_a - a != end_b - b) {
        return false;
    }
    for (uint32_t i = 0; i < end_a - a; i++) {
        if (all[a + i].router != all[b + i].router) {
            return false;
        }
    }
    return true;
}

/* Computes all routes from what is known of the links. */
void
routing_find_ways(struct routing *routing)
{
    uint32_t n_reached = 0;
    uint32_t before = 0;

    find_networks(routing);
    make_graph(routing);
    for (uint32_t i = 0; i < routing->members->len; i++) {
        router_clear_routes(member_at(routing, i)->node);
    }
    for (uint32_t i = 0, end; i < routing->attachments->len; i = end) {
        end = end_of_network(routing, i);
        if (i == 0 || !have_same_routers(routing, before, i, i, end)) {
            n_reached = walk(routing, i, end);
        }
        before = i;
        for (uint32_t j = 0; j < n_reached; j++) {
            if (member_at(routing, routing->queue[j])->distance > 0) {
                install(
                    routing, routing->queue[j],
                    &g_array_index(routing->attachments, struct attachment, i)
                         .network);
            }
        }
    }
}

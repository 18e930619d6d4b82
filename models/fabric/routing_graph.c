/* The graph of routers and links, and the shortest ways in it. */

#include <stdlib.h>
#include <string.h>

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
    g_array_sort(all, compare_attachments);
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
    uint32_t peer;
    struct next_hop_spec spec;
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
                .peer = to,
                .spec = { .kind = NEXT_HOP_ADJACENT,
                          .port = i,
                          .mac = eth_addr_from_u64(port->peer->role) },
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
        .peer = to->router,
        .spec = { .kind = NEXT_HOP_VIA,
                  .interface = from->interface,
                  .via = to->network.addr.family == IP_V4 ? peer->v4.addr
                                                          : peer->v6.addr },
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
           : a->spec.kind != b->spec.kind
               ? (int) a->spec.kind - (int) b->spec.kind
           : a->spec.port != b->spec.port
               ? (a->spec.port < b->spec.port ? -1 : 1)
               : ip_addr_compare(&a->spec.via, &b->spec.via);
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
    g_array_sort(ways, compare_ways);
    g_array_set_size(routing->edges, 0);
    g_array_set_size(routing->specs, 0);
    for (uint32_t i = 0; i < ways->len; i++) {
        const struct way *way = &g_array_index(ways, struct way, i);
        const struct edge edge = { way->peer, way->spec.via.family };

        while (router <= way->router) {
            member_at(routing, router++)->first_edge = i;
        }
        g_array_append_val(routing->edges, edge);
        g_array_append_val(routing->specs, way->spec);
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

/* Networks with the same routers, one behind the other among the attachments:
 * the ways to them are the same. */
struct target {
    uint32_t begin, end; /* Attachments. */
    uint32_t n_routers;  /* Attachments to each of the networks. */
};

static uint16_t *
distance_of(const struct routing *routing, uint32_t router, uint32_t column)
{
    return &routing->distances[(size_t) router * ROUTING_BLOCK + column];
}

/* Walks from the routers of 'target' to all others and stores in 'column' how
 * far they are, UINT16_MAX for those that are not reached. */
static void
walk(struct routing *routing, const struct target *target, uint32_t column)
{
    const struct attachment *all =
        &g_array_index(routing->attachments, struct attachment, 0);
    uint32_t family = all[target->begin].network.addr.family;
    uint32_t n = 0;

    for (uint32_t i = 0; i < routing->members->len; i++) {
        *distance_of(routing, i, column) = UINT16_MAX;
    }
    for (uint32_t i = 0; i < target->n_routers; i++) {
        uint32_t router = all[target->begin + i].router;

        if (*distance_of(routing, router, column)) {
            *distance_of(routing, router, column) = 0;
            routing->queue[n++] = router;
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        uint16_t next =
            (uint16_t) (*distance_of(routing, routing->queue[i], column) + 1);
        const struct edge *edges;
        uint32_t n_edges = edges_of(routing, routing->queue[i], &edges);

        for (uint32_t j = 0; j < n_edges; j++) {
            uint16_t *peer = distance_of(routing, edges[j].peer, column);

            if (*peer == UINT16_MAX && next < UINT16_MAX
                && (!edges[j].family || edges[j].family == family)) {
                *peer = next;
                routing->queue[n++] = edges[j].peer;
            }
        }
    }
}

/* The next hops of a router to a network: the numbers of its edges. */
struct hop_set {
    uint32_t edges[NEXT_HOPS_MAX];
    uint32_t n;
    uint32_t word; /* What the router calls it. */
};

/* Stores into '*set' the edges of router 'place' to peers that are nearer to the
 * target of 'column' than itself. */
static void
find_hops(const struct routing *routing, uint32_t place, uint32_t column,
          uint32_t family, struct hop_set *set)
{
    uint16_t own = *distance_of(routing, place, column);
    const struct edge *edges;
    uint32_t n_edges = edges_of(routing, place, &edges);

    set->n = 0;
    for (uint32_t i = 0; i < n_edges && set->n < NEXT_HOPS_MAX; i++) {
        if (*distance_of(routing, edges[i].peer, column) < own
            && (!edges[i].family || edges[i].family == family)) {
            set->edges[set->n++] = i;
        }
    }
}

static uint32_t
intern(const struct routing *routing, uint32_t place,
       const struct hop_set *set)
{
    const struct member *member = member_at(routing, place);
    struct next_hop_spec specs[NEXT_HOPS_MAX];

    for (uint32_t i = 0; i < set->n; i++) {
        specs[i] = g_array_index(routing->specs, struct next_hop_spec,
                                 member->first_edge + set->edges[i]);
    }
    return router_intern(router_cast(member->node), ROUTER_ROUTE_COMPUTED,
                         specs, set->n);
}

/* Installs at router 'place' the routes to the 'n' targets of a block.  One
 * router's routes follow each other, and mostly have the hops of the one
 * before. */
static void
install(const struct routing *routing, uint32_t place,
        const struct target *targets, uint32_t n)
{
    const struct attachment *all =
        &g_array_index(routing->attachments, struct attachment, 0);
    struct router *router = router_cast(member_at(routing, place)->node);
    struct hop_set sets[2] = { { .n = 0 }, { .n = 0 } };
    struct hop_set *set = &sets[0], *before = &sets[1];

    for (uint32_t i = 0; i < n; i++) {
        const struct target *to = &targets[i];

        find_hops(routing, place, i, all[to->begin].network.addr.family, set);
        if (!set->n) {
            continue;
        }
        set->word = set->n == before->n
                            && !memcmp(set->edges, before->edges,
                                       set->n * sizeof *set->edges)
                        ? before->word
                        : intern(routing, place, set);
        for (uint32_t j = to->begin; j < to->end; j += to->n_routers) {
            fib_add(&router->fib, &all[j].network, set->word);
        }
        before = set;
        set = set == &sets[0] ? &sets[1] : &sets[0];
    }
}

/* Says whether two networks of one family have the same routers. */
static bool
have_same_routers(const struct routing *routing, uint32_t a, uint32_t end_a,
                  uint32_t b, uint32_t end_b)
{
    const struct attachment *all =
        &g_array_index(routing->attachments, struct attachment, 0);

    if (end_a - a != end_b - b
        || all[a].network.addr.family != all[b].network.addr.family) {
        return false;
    }
    for (uint32_t i = 0; i < end_a - a; i++) {
        if (all[a + i].router != all[b + i].router) {
            return false;
        }
    }
    return true;
}

/* Returns the networks from attachment 'begin' on that have the same
 * routers. */
static struct target
next_target(const struct routing *routing, uint32_t begin)
{
    uint32_t end = end_of_network(routing, begin);
    struct target target = { begin, end, end - begin };

    while (target.end < routing->attachments->len) {
        end = end_of_network(routing, target.end);
        if (!have_same_routers(routing, begin, begin + target.n_routers,
                               target.end, end)) {
            break;
        }
        target.end = end;
    }
    return target;
}

/* Computes all routes from what is known of the links. */
void
routing_find_ways(struct routing *routing)
{
    uint32_t n_routers = routing->members->len;

    find_networks(routing);
    make_graph(routing);
    for (uint32_t i = 0; i < n_routers; i++) {
        router_clear_routes(member_at(routing, i)->node);
    }
    for (uint32_t begin = 0; begin < routing->attachments->len;) {
        struct target targets[ROUTING_BLOCK];
        uint32_t n = 0;

        while (n < ROUTING_BLOCK && begin < routing->attachments->len) {
            targets[n] = next_target(routing, begin);
            walk(routing, &targets[n], n);
            begin = targets[n++].end;
        }
        for (uint32_t i = 0; i < n_routers; i++) {
            install(routing, i, targets, n);
        }
    }
}

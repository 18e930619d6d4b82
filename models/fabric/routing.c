#include "models/fabric/routing.h"

#include <glib.h>

#include "models/fabric/router_inside.h"
#include "models/fabric/routing_inside.h"

/* A link that has changed and is not known yet. */
struct change {
    sim_time when; /* When it becomes known. */
    uint32_t router, port;
    bool is_up;
};

static agenda_fn take_changes;

/* Returns a routing without routers, for which changes are known 'convergence'
 * after they happen.  'agenda' must outlive it. */
struct routing *
routing_new(struct agenda *agenda, sim_time convergence)
{
    struct routing *routing = g_new0(struct routing, 1);

    routing->agenda = agenda;
    routing->convergence = convergence;
    routing->members = g_array_new(FALSE, FALSE, sizeof(struct member));
    routing->places = g_hash_table_new(NULL, NULL);
    routing->edges = g_array_new(FALSE, FALSE, sizeof(struct edge));
    routing->specs = g_array_new(FALSE, FALSE, sizeof(struct next_hop_spec));
    routing->attachments =
        g_array_new(FALSE, FALSE, sizeof(struct attachment));
    g_queue_init(&routing->changes);
    routing->item.act = take_changes;
    return routing;
}

/* Frees 'routing', which may be null; its routers stay. */
void
routing_free(struct routing *routing)
{
    if (routing) {
        agenda_remove(routing->agenda, &routing->item);
        for (uint32_t i = 0; i < routing->members->len; i++) {
            g_free(member_at(routing, i)->is_up);
        }
        g_queue_clear_full(&routing->changes, g_free);
        g_array_unref(routing->members);
        g_array_unref(routing->edges);
        g_array_unref(routing->specs);
        g_array_unref(routing->attachments);
        g_hash_table_unref(routing->places);
        g_free(routing->queue);
        g_free(routing->distances);
        g_free(routing);
    }
}

/* Adds 'node', a router.  From now on it tells of its links itself. */
void
routing_add(struct routing *routing, struct node *node)
{
    const struct member member = { .node = node };

    g_array_append_val(routing->members, member);
    g_hash_table_insert(routing->places, node,
                        GUINT_TO_POINTER(routing->members->len));
    router_set_routing(node, routing);
}

/* Returns the place of the router 'node', ROUTING_FAR if it is none of ours. */
uint32_t
routing_place_of(const struct routing *routing, const struct node *node)
{
    guint place = GPOINTER_TO_UINT(g_hash_table_lookup(routing->places, node));

    return place ? place - 1 : ROUTING_FAR;
}

/* Says whether an interface has a port that is up, as far as is known. */
bool
member_interface_is_up(const struct member *member, uint32_t interface)
{
    const struct router_interface_config *config =
        router_interface(member->node, interface);

    for (uint32_t i = 0; i < config->n_ports; i++) {
        if (member->is_up[config->ports[i]]) {
            return true;
        }
    }
    return false;
}

/* Computes all routes from the links as they are: at set-up, when all routers
 * have been added. */
void
routing_compute(struct routing *routing)
{
    for (uint32_t i = 0; i < routing->members->len; i++) {
        struct member *member = member_at(routing, i);

        if (!member->is_up) {
            member->is_up = g_new0(bool, member->node->n_ports);
        }
        for (uint32_t j = 0; j < member->node->n_ports; j++) {
            member->is_up[j] = port_is_up(&member->node->ports[j]);
        }
    }
    g_free(routing->queue);
    g_free(routing->distances);
    routing->queue = g_new(uint32_t, routing->members->len);
    routing->distances =
        g_new(uint16_t, (gsize) routing->members->len * ROUTING_BLOCK);
    routing_find_ways(routing);
}

/* Changes. */

/* Takes down 'change'.  Returns whether it can have changed any route: that of
 * one port of a rack's interface of several does not. */
static bool
take_change(struct routing *routing, const struct change *change)
{
    struct member *member = member_at(routing, change->router);
    const struct port *port = &member->node->ports[change->port];
    uint32_t interface = router_interface_of_port(member->node, change->port);
    bool was_up, matters;

    if (interface == ROUTER_NO_INTERFACE) {
        return false;
    }
    was_up = member_interface_is_up(member, interface);
    member->is_up[change->port] = change->is_up;
    matters =
        member_interface_is_up(member, interface) != was_up
        || (port->peer
            && routing_place_of(routing, port->peer->owner) != ROUTING_FAR);
    if (matters) {
        node_event(member->node, "reroute",
                   "%s is %s: routes are computed anew", port->tap.name,
                   change->is_up ? "up" : "down");
    }
    return matters;
}

/* Acts on the changes that become known now. */
static void
take_changes(struct agenda_item *item)
{
    struct routing *routing =
        (struct routing *) (void *) ((char *) item
                                     - offsetof(struct routing, item));
    struct change *change = g_queue_peek_head(&routing->changes);
    bool matters = false;

    while (change && change->when <= item->when) {
        matters |= take_change(routing, change);
        g_free(g_queue_pop_head(&routing->changes));
        change = g_queue_peek_head(&routing->changes);
    }
    if (matters) {
        routing_find_ways(routing);
        routing->n_reroutes++;
    }
    if (change) {
        agenda_add(routing->agenda, item, change->when);
    }
}

/* A port that is no router's does not matter. */
void
routing_link_changed(struct routing *routing, const struct port *port)
{
    uint32_t router = routing_place_of(routing, port->owner);
    struct change *change;

    if (router == ROUTING_FAR || !routing->queue) {
        return;
    }
    change = g_new(struct change, 1);
    *change = (struct change){
        .when = sim_now(port->owner->sim) + routing->convergence,
        .router = router,
        .port = port->index,
        .is_up = port_is_up(port),
    };
    g_queue_push_tail(&routing->changes, change);
    if (!routing->item.place) {
        agenda_add(routing->agenda, &routing->item, change->when);
    }
}

uint64_t
routing_n_reroutes(const struct routing *routing)
{
    return routing->n_reroutes;
}

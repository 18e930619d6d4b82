#include "scenarios/network_nodes.h"

#include <string.h>

#include "models/fabric/l2_switch.h"
#include "models/fabric/router.h"
#include "models/fabric/routing.h"
#include "models/fabric/spanning_tree.h"
#include "models/guest/server.h"
#include "models/host/host.h"
#include "sim/agenda.h"
#include "sim/port.h"

/* The NIC of a host or server queues at most this much; a real one would hold
 * its senders back instead of dropping. */
#define NIC_BUFFER_BYTES (16u << 20)

/* MACs of routers' interfaces: by the router's place and the first port's. */
#define INTERFACE_MACS     UINT64_C(0x020200000000)
#define INTERFACE_MAC_BITS 12

static const struct scenario_port *
other_end(const struct scenario_port *port)
{
    return port->link->ends[port->link->ends[0] == port];
}

static const struct scenario_stp_port *
find_stp_port(const struct scenario_node *node,
              const struct scenario_port *port)
{
    const char *name = strchr(port->path, ':') + 1;

    for (unsigned int i = 0; node->stp_ports && i < node->stp_ports->len;
         i++) {
        const struct scenario_stp_port *stp_port =
            g_ptr_array_index(node->stp_ports, i);

        if (!strcmp(stp_port->name, name)) {
            return stp_port;
        }
    }
    return NULL;
}

/* Returns what the spanning tree is told of each port.  One that leads to no
 * switch is an edge port, unless the scenario says otherwise.  The caller
 * frees. */
static struct rstp_port_config *
stp_ports_of(const struct scenario_node *node)
{
    struct rstp_port_config *configs =
        g_new(struct rstp_port_config, MAX(node->ports->len, 1));

    for (unsigned int i = 0; i < node->ports->len; i++) {
        const struct scenario_port *port = g_ptr_array_index(node->ports, i);
        const struct scenario_stp_port *own = find_stp_port(node, port);

        configs[i] = own ? own->config : rstp_port_default;
        if (!own || !own->has_edge) {
            configs[i].admin_edge = other_end(port)->node->role != ROLE_SWITCH;
        }
    }
    return configs;
}

static struct node *
new_switch(const struct scenario_node *node, struct sim *sim)
{
    struct rstp_port_config *ports = stp_ports_of(node);
    struct l2_switch_config config = {
        .name = node->name,
        .n_ports = node->ports->len,
        .macs = node->sw->macs,
        .learning_rate = node->sw->learning_rate,
        .max_vlans = node->sw->max_vlans,
        .mac = node->mac,
        .stp = node->sw->stp,
        .queueing = node->sw->queueing,
    };
    struct node *made;

    config.macs.n_ports = node->ports->len;
    config.stp.ports = ports;
    made = l2_switch_new(sim, &config);
    g_free(ports);
    return made;
}

static struct node *
new_router(const struct scenario *s, const struct scenario_node *node,
           struct sim *sim)
{
    struct router_config config = {
        .name = node->name,
        .n_ports = node->ports->len,
        .router_id = node->pa.addr,
        .max_neighbors = node->router->max_neighbors,
        .max_routes = node->router->max_routes,
        .max_host_routes = node->router->max_host_routes,
        .ecmp = s->provider.ecmp,
        .hash_seed = node->hash_seed,
        .queueing = node->router->queueing,
    };

    return router_new(sim, &config);
}

static struct node *
new_host(const struct scenario *s, const struct scenario_node *node,
         struct sim *sim)
{
    struct host_config config = {
        .name = node->name,
        .pa = node->pa,
        .gateway = node->gateway,
        .mac = node->mac,
        .datapath = s->datapath,
    };

    return host_new(sim, &config);
}

static struct node *
new_server(const struct scenario_node *node, struct sim *sim)
{
    struct server_config config = {
        .name = node->name,
        .mac = node->mac,
        .address = node->pa,
        .gateway = node->gateway,
        .mtu = node->mtu,
    };

    return server_new(sim, &config);
}

/* Makes the node that 'node' describes, with its ports' names. */
struct node *
network_new_node(const struct scenario *s, const struct scenario_node *node,
                 struct sim *sim)
{
    struct node *made = NULL;

    switch (node->role) {
    case ROLE_SWITCH: made = new_switch(node, sim); break;
    case ROLE_ROUTER: made = new_router(s, node, sim); break;
    case ROLE_HOST: made = new_host(s, node, sim); break;
    case ROLE_SERVER: made = new_server(node, sim); break;
    case ROLE_UNKNOWN: g_assert_not_reached();
    }
    for (unsigned int i = 0; i < node->ports->len; i++) {
        const struct scenario_port *port = g_ptr_array_index(node->ports, i);

        port_set_name(&made->ports[i], port->path);
    }
    return made;
}

static uint64_t
buffer_of(const struct scenario_node *node)
{
    return node->sw       ? node->sw->queueing.buffer_bytes
           : node->router ? node->router->queueing.buffer_bytes
                          : NIC_BUFFER_BYTES;
}

/* Joins the two ports of 'link', whose nodes are built. */
void
network_connect(const struct network *net, const struct scenario_link *link)
{
    struct port *ends[2];
    struct link_config config = {
        .rate_bps = link->rate_bps,
        .delay = link->delay,
        .loss = link->loss,
    };

    for (int i = 0; i < 2; i++) {
        ends[i] = network_port(net, link->ends[i]);
        ends[i]->mtu = link->mtu;
    }
    port_connect(ends[0], ends[1], &config);
    for (int i = 0; i < 2; i++) {
        port_set_buffer(ends[i], buffer_of(link->ends[i]->node));
    }
}

/* ---- Routers. ---- */

static void
add_interfaces(const struct scenario_node *router, struct node *node)
{
    for (unsigned int i = 0; i < router->interfaces->len; i++) {
        const struct scenario_interface *interface =
            g_ptr_array_index(router->interfaces, i);
        const uint32_t *ports =
            (const uint32_t *) (void *) interface->ports->data;
        struct router_interface_config config = {
            .mac = eth_addr_from_u64(INTERFACE_MACS
                                     + (router->index << INTERFACE_MAC_BITS)
                                     + ports[0]),
            .ports = ports,
            .n_ports = interface->ports->len,
            .v4 = interface->address,
        };

        router_add_interface(node, &config);
    }
}

/* Adds the static routes of 'router'; those to one prefix are one route with
 * several next hops. */
static void
add_static_routes(const struct scenario_node *router, struct node *node)
{
    const GArray *routes = router->routes;
    GArray *hops = g_array_new(FALSE, FALSE, sizeof(struct router_next_hop));

    for (unsigned int i = 0; i < routes->len; i++) {
        const struct scenario_route *route =
            &g_array_index(routes, struct scenario_route, i);
        bool is_first = true;

        g_array_set_size(hops, 0);
        for (unsigned int j = 0; j < routes->len; j++) {
            const struct scenario_route *other =
                &g_array_index(routes, struct scenario_route, j);
            struct router_next_hop hop = { .via = other->via };

            if (!memcmp(&other->to, &route->to, sizeof route->to)) {
                is_first = is_first && j >= i;
                g_array_append_val(hops, hop);
            }
        }
        if (is_first) {
            router_add_route(
                node, ROUTER_ROUTE_STATIC, &route->to,
                (const struct router_next_hop *) (void *) hops->data,
                hops->len);
        }
    }
    g_array_unref(hops);
}

/* Makes one tree of switches that form loops. */
static void
start_tree(struct network *net)
{
    const struct scenario *s = net->scenario;

    if (s->provider.l2_loop != LOOP_BLOCK) {
        return;
    }
    net->tree =
        spanning_tree_new(sim_agenda(net->sim), s->provider.convergence);
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        if (node_is_l2_switch(net->nodes[i])) {
            spanning_tree_add(net->tree, net->nodes[i]);
        }
    }
    spanning_tree_compute(net->tree);
}

/* Gives routers their interfaces and routes. */
static void
start_routers(struct network *net)
{
    const struct scenario *s = net->scenario;

    net->routing = routing_new(sim_agenda(net->sim), s->provider.convergence);
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *router = g_ptr_array_index(s->nodes, i);

        if (router->role == ROLE_ROUTER) {
            add_interfaces(router, net->nodes[i]);
            add_static_routes(router, net->nodes[i]);
            if (!s->provider.has_static_routes) {
                routing_add(net->routing, net->nodes[i]);
            }
        }
    }
    routing_compute(net->routing);
}

/* Tells switches and routers what follows from all links, when these are
 * made. */
void
network_start_fabric(struct network *net)
{
    start_tree(net);
    start_routers(net);
}

/* Checks of the provider's addresses: of hosts, servers and routers. */

#include "scenarios/read.h"
#include "scenarios/segments.h"

static guint
hash_mac(const void *data)
{
    const struct eth_addr *mac = data;
    gint64 number = (gint64) eth_addr_to_u64(*mac);

    return g_int64_hash(&number);
}

static gboolean
mac_equal(const void *a, const void *b)
{
    return eth_addr_equal(*(const struct eth_addr *) a,
                          *(const struct eth_addr *) b);
}

static guint
hash_addr(const void *addr)
{
    return (guint) ip_addr_hash(addr);
}

static gboolean
addr_equal(const void *a, const void *b)
{
    return ip_addr_equal(a, b);
}

/* Checks that 'addr', of 'whose', is one that a machine in 'subnet' can have. */
void
check_machine(struct scenario *s, const struct ip_prefix *subnet,
              const struct ip_addr *addr, struct loc loc, const char *whose)
{
    uint32_t hosts =
        subnet->length ? UINT32_MAX >> subnet->length : UINT32_MAX;
    uint32_t offset = ip_addr_to_v4(addr) & hosts;
    char text[IP_ADDR_STRLEN];

    if (subnet->length < 31 && (offset == 0 || offset == hosts)) {
        ip_addr_format(addr, text);
        diag_report(s->diag, E051, loc, "PA %s of %s is the %s address", text,
                    whose, offset ? "broadcast" : "network");
        diag_help(s->diag, "it names no machine: take one in between");
    }
}

/* Checks that 'mac' is one that 'whose' machine can have. */
void
check_mac(struct scenario *s, struct eth_addr mac, struct loc loc,
          const char *whose)
{
    char text[ETH_ADDR_STRLEN];

    if (eth_addr_is_group(mac) || eth_addr_is_zero(mac)) {
        eth_addr_format(mac, text);
        diag_report(s->diag, E025, loc, "MAC %s of %s %s", text, whose,
                    eth_addr_is_zero(mac) ? "is all zeros"
                                          : "is a group's address");
        diag_help(s->diag, "a machine's own is not zero, and its first byte "
                           "is even");
    }
}

/* A MAC belongs to one node, and a group's to none. */
static void
check_macs(struct scenario *s)
{
    GHashTable *taken = g_hash_table_new(hash_mac, mac_equal);

    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *node = g_ptr_array_index(s->nodes, i);
        const struct scenario_node *before;
        char mac[ETH_ADDR_STRLEN];

        if (node->role != ROLE_HOST && node->role != ROLE_SERVER
            && node->role != ROLE_SWITCH) {
            continue;
        }
        check_mac(s, node->mac, node->locs->mac, node->name);
        before = g_hash_table_lookup(taken, &node->mac);
        if (before) {
            eth_addr_format(node->mac, mac);
            diag_report(s->diag, E058, node->locs->mac,
                        "%s and %s both have MAC %s", before->name, node->name,
                        mac);
        } else {
            g_hash_table_insert(taken, (void *) &node->mac, (void *) node);
        }
    }
    g_hash_table_unref(taken);
}

/* Checks that no VM has an address of a node. */
static void
check_vm_pas(struct scenario *s, GHashTable *taken)
{
    for (unsigned int i = 0; i < s->vms->len; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(s->vms, i);
        const struct scenario_node *node;
        char pa[IP_ADDR_STRLEN];

        if (vm->use != &datapath_rewrite || !vm->pa.family) {
            continue;
        }
        node = g_hash_table_lookup(taken, &vm->pa);
        if (node) {
            ip_addr_format(&vm->pa, pa);
            diag_report(s->diag, E055, vm->locs->pa,
                        "%s and %s both have PA %s", node->name, vm->path, pa);
            diag_help(s->diag, "in rewrite a VM has a PA of its own, beside "
                               "that of its host");
        }
    }
}

/* ---- Where subnets are. ---- */

/* What is known of the provider's network. */
struct places {
    struct scenario *s;
    struct segments *segments;
    GHashTable *taken;    /* From addresses to nodes. */
    GHashTable *networks; /* From prefixes to interfaces, each the first. */
    const struct scenario_interface **routers; /* By segment, the first. */
    const struct scenario_node **machines;     /* Likewise. */
};

/* Checks that 'address', of 'node', is nobody else's. */
static void
claim(struct places *places, const struct ip_addr *address,
      const struct scenario_node *node, struct loc loc)
{
    const struct scenario_node *before =
        g_hash_table_lookup(places->taken, address);
    char text[IP_ADDR_STRLEN];

    if (before) {
        ip_addr_format(address, text);
        diag_report(places->s->diag, E055, loc, "%s and %s both have PA %s",
                    before->name, node->name, text);
    } else {
        g_hash_table_insert(places->taken, (void *) address, (void *) node);
    }
}

static const struct scenario_port *
other_end(const struct scenario_port *port)
{
    return port->link->ends[port->link->ends[0] == port];
}

/* A router's port has an address, unless it leads to another router's port that
 * has none either. */
static void
check_port_address(struct scenario *s, const struct scenario_port *port)
{
    const struct scenario_port *far = other_end(port);

    if (port->address || (far->node->role == ROLE_ROUTER && !far->address)) {
        return;
    }
    diag_report(s->diag, E047, port->link->loc,
                "router port %s has no address", port->path);
    diag_help(s->diag,
              "write address: {%s: 10.0.1.1/24}; only a link between "
              "two routers needs none",
              port->node->name);
}

static void
check_interface(struct places *places,
                const struct scenario_interface *interface)
{
    const struct ip_prefix *address = &interface->address;
    struct ip_prefix *network = g_new(struct ip_prefix, 1);
    size_t segment = segment_of_interface(places->segments, interface);
    const struct scenario_interface *first;
    char text[IP_PREFIX_STRLEN];

    *network = ip_prefix_network(address);
    first = g_hash_table_lookup(places->networks, network);
    check_machine(places->s, address, &address->addr, interface->loc,
                  interface->router->name);
    claim(places, &address->addr, interface->router, interface->loc);
    if (first && segment_of_interface(places->segments, first) != segment) {
        ip_prefix_format(network, text);
        diag_report(places->s->diag, E054, interface->loc,
                    "the subnet %s is at %s and at %s, and no switch joins "
                    "them",
                    text, first->router->name, interface->router->name);
        diag_help(places->s->diag, "each segment needs a subnet of its own");
    }
    if (first) {
        g_free(network);
    } else {
        g_hash_table_insert(places->networks, network, (void *) interface);
    }
    if (!places->routers[segment]) {
        places->routers[segment] = interface;
    }
}

static void
check_router(struct places *places, const struct scenario_node *router)
{
    if (router->pa.addr.family == IP_V6) {
        diag_report(places->s->diag, E091, router->locs->pa,
                    "%s: an IPv6 provider network is not supported yet",
                    router->name);
    } else if (router->pa.addr.family) {
        claim(places, &router->pa.addr, router, router->locs->pa);
    }
    for (unsigned int i = 0; i < router->ports->len; i++) {
        check_port_address(places->s, g_ptr_array_index(router->ports, i));
    }
    for (unsigned int i = 0; i < router->interfaces->len; i++) {
        const struct scenario_interface *interface =
            g_ptr_array_index(router->interfaces, i);

        if (interface->address.addr.family) {
            check_interface(places, interface);
        }
    }
}

/* Static routes lead to neighbors. */
static void
check_static_routes(struct places *places, const struct scenario_node *router)
{
    for (unsigned int i = 0; i < router->routes->len; i++) {
        const struct scenario_route *route =
            &g_array_index(router->routes, struct scenario_route, i);
        bool is_near = false;
        char via[IP_ADDR_STRLEN];

        for (unsigned int j = 0; j < router->interfaces->len; j++) {
            const struct scenario_interface *interface =
                g_ptr_array_index(router->interfaces, j);
            const struct ip_prefix *address = &interface->address;

            is_near = is_near
                      || (ip_prefix_contains(address, &route->via)
                          && !ip_addr_equal(&address->addr, &route->via));
        }
        if (!is_near) {
            ip_addr_format(&route->via, via);
            diag_report(places->s->diag, E048, route->loc,
                        "%s has no neighbor %s", router->name, via);
            diag_help(places->s->diag,
                      "a next hop is in the subnet of one of its interfaces");
        }
    }
}

/* The address of a host or server is in a subnet of its segment's routers, or,
 * if there are none, in that of its neighbors. */
static void
check_subnet_of(struct places *places, const struct scenario_node *node)
{
    struct scenario *s = places->s;
    struct ip_prefix network = ip_prefix_network(&node->pa);
    size_t segment = segment_of(places->segments, node);
    const struct scenario_interface *home =
        g_hash_table_lookup(places->networks, &network);
    const struct scenario_interface *near = places->routers[segment];
    const struct scenario_node *first = places->machines[segment];
    char pa[IP_PREFIX_STRLEN], other[IP_PREFIX_STRLEN];

    ip_prefix_format(&node->pa, pa);
    if (home && segment_of_interface(places->segments, home) != segment) {
        diag_report(s->diag, E054, node->locs->pa,
                    "the subnet of %s, %s, is at router %s, and no switch "
                    "joins them",
                    node->name, pa, home->router->name);
        diag_help(s->diag, "an address must fit to where the machine is");
    } else if (!home && near) {
        ip_prefix_format(&near->address, other);
        diag_report(s->diag, E054, node->locs->pa,
                    "%s, %s, is in no subnet of the router at its segment, "
                    "%s, %s",
                    node->name, pa, near->router->name, other);
    } else if (!home && first
               && (first->pa.length != node->pa.length
                   || !ip_prefix_contains(&first->pa, &node->pa.addr))) {
        ip_prefix_format(&first->pa, other);
        diag_report(s->diag, E054, node->locs->pa,
                    "the PAs of %s, %s, and %s, %s, are in different subnets",
                    first->name, other, node->name, pa);
        diag_help(s->diag, "join the two subnets by a router");
    }
    if (!first) {
        places->machines[segment] = node;
    }
}

static void
check_gateway(struct scenario *s, const struct scenario_node *node)
{
    char gateway[IP_ADDR_STRLEN];

    if (node->gateway.family
        && (!ip_prefix_contains(&node->pa, &node->gateway)
            || ip_addr_equal(&node->pa.addr, &node->gateway))) {
        ip_addr_format(&node->gateway, gateway);
        diag_report(s->diag, E048, node->locs->gateway,
                    "%s has no neighbor %s for a gateway", node->name,
                    gateway);
        diag_help(s->diag, "a gateway is in the same subnet");
    }
}

/* Checks the address of a host or server. */
static void
check_machine_node(struct places *places, const struct scenario_node *node)
{
    if (!node->pa.addr.family) {
        return;
    }
    if (node->pa.addr.family != IP_V4) {
        diag_report(places->s->diag, E091, node->locs->pa,
                    "%s: an IPv6 provider network is not supported yet",
                    node->name);
        return;
    }
    check_machine(places->s, &node->pa, &node->pa.addr, node->locs->pa,
                  node->name);
    claim(places, &node->pa.addr, node, node->locs->pa);
    check_subnet_of(places, node);
    check_gateway(places->s, node);
}

static void
check_nodes(struct places *places, bool routers)
{
    const GPtrArray *nodes = places->s->nodes;

    for (unsigned int i = 0; i < nodes->len; i++) {
        const struct scenario_node *node = g_ptr_array_index(nodes, i);

        if (node->role == ROLE_ROUTER && routers) {
            check_router(places, node);
            check_static_routes(places, node);
        } else if ((node->role == ROLE_HOST || node->role == ROLE_SERVER)
                   && !routers) {
            check_machine_node(places, node);
        }
    }
}

/* Checks the addresses of the provider's network, whose segments are
 * 'segments'. */
void
check_provider(struct scenario *s, struct segments *segments)
{
    size_t n = segments_n(segments);
    struct places places = {
        .s = s,
        .segments = segments,
        .taken = g_hash_table_new(hash_addr, addr_equal),
        .networks = g_hash_table_new_full(scenario_prefix_hash,
                                          scenario_prefix_equal, g_free, NULL),
        .routers = g_new0(const struct scenario_interface *, n + 1),
        .machines = g_new0(const struct scenario_node *, n + 1),
    };

    check_nodes(&places, true);
    check_nodes(&places, false);
    check_macs(s);
    check_vm_pas(s, places.taken);
    g_free(places.machines);
    g_free(places.routers);
    g_hash_table_unref(places.networks);
    g_hash_table_unref(places.taken);
}

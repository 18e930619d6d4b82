/* From the addresses of links to interfaces, gateways and pools.
 *
 * A router's ports with one address are one interface, and those without any
 * lead to another router each.  A host or server that names no gateway has the
 * router interface in its own subnet for one. */

#include "scenarios/read_topology.h"

guint
scenario_prefix_hash(gconstpointer key)
{
    const struct ip_prefix *prefix = key;

    return (guint) ip_addr_hash(&prefix->addr) ^ prefix->length;
}

gboolean
scenario_prefix_equal(gconstpointer a, gconstpointer b)
{
    return !memcmp(a, b, sizeof(struct ip_prefix));
}

static void
free_interface(void *data)
{
    struct scenario_interface *interface = data;

    g_array_unref(interface->ports);
    g_free(interface);
}

static struct scenario_interface *
add_interface(struct scenario_node *router, const struct scenario_port *port,
              size_t index)
{
    struct scenario_interface *interface =
        g_new0(struct scenario_interface, 1);

    interface->router = router;
    interface->index = index;
    interface->loc = port->link->locs->address;
    if (port->address) {
        interface->address = *port->address;
    }
    interface->ports = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_ptr_array_add(router->interfaces, interface);
    return interface;
}

/* Groups the ports of 'router' by their addresses.  Returns the number of
 * interfaces of all routers so far, which was 'n'. */
static size_t
make_interfaces(struct scenario_node *router, size_t n)
{
    GHashTable *by_address =
        g_hash_table_new(scenario_prefix_hash, scenario_prefix_equal);

    router->interfaces = g_ptr_array_new_with_free_func(free_interface);
    for (unsigned int i = 0; i < router->ports->len; i++) {
        struct scenario_port *port = g_ptr_array_index(router->ports, i);
        struct scenario_interface *interface =
            port->address ? g_hash_table_lookup(by_address, port->address)
                          : NULL;

        if (!interface) {
            interface = add_interface(router, port, n++);
        }
        if (port->address) {
            g_hash_table_insert(by_address, (void *) port->address, interface);
        }
        g_array_append_val(interface->ports, port->index);
        port->interface = interface;
    }
    g_hash_table_unref(by_address);
    return n;
}

/* Notes which interface is the gateway of its network: the first. */
static void
note_networks(const struct scenario_node *router, GHashTable *gateways)
{
    for (unsigned int i = 0; i < router->interfaces->len; i++) {
        const struct scenario_interface *interface =
            g_ptr_array_index(router->interfaces, i);
        struct ip_prefix *network;

        if (interface->address.addr.family) {
            network = g_new(struct ip_prefix, 1);
            *network = ip_prefix_network(&interface->address);
            if (g_hash_table_contains(gateways, network)) {
                g_free(network);
            } else {
                g_hash_table_insert(gateways, network, (void *) interface);
            }
        }
    }
}

static void
find_gateway(struct scenario_node *node, GHashTable *gateways)
{
    struct ip_prefix network = ip_prefix_network(&node->pa);
    const struct scenario_interface *interface =
        g_hash_table_lookup(gateways, &network);

    if (interface && node->pa.addr.family && !node->gateway.family
        && !ip_addr_equal(&interface->address.addr, &node->pa.addr)) {
        node->gateway = interface->address.addr;
    }
}

/* Returns the pool of 'prefix', the same for equal ones. */
static struct scenario_pool *
pool_of(struct scenario *s, const struct ip_prefix *prefix)
{
    struct scenario_pool *pool = g_hash_table_lookup(s->pools, prefix);

    if (!pool) {
        pool = scope_alloc(s->scope, sizeof *pool);
        pool->prefix = *prefix;
        pool->next = 1;
        g_hash_table_insert(s->pools, &pool->prefix, pool);
    }
    return pool;
}

/* The addresses of a host's VMs come from the provider's pool or, if that has
 * many subnets, from the host's. */
static void
find_pool(struct scenario *s, struct scenario_node *host)
{
    const struct ip_prefix *all = &s->provider.pool;
    struct ip_prefix network = ip_prefix_network(&host->pa);

    if (!all->addr.family) {
        return;
    }
    host->pool = pool_of(s, network.addr.family && network.length > all->length
                                ? &network
                                : all);
}

/* Works out what follows from the addresses of nodes and links. */
void
find_interfaces(struct scenario *s)
{
    GHashTable *gateways = g_hash_table_new_full(
        scenario_prefix_hash, scenario_prefix_equal, g_free, NULL);
    size_t n = 0;

    for (unsigned int i = 0; i < s->nodes->len; i++) {
        struct scenario_node *node = g_ptr_array_index(s->nodes, i);

        if (node->role == ROLE_ROUTER) {
            n = make_interfaces(node, n);
            note_networks(node, gateways);
        }
    }
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        struct scenario_node *node = g_ptr_array_index(s->nodes, i);

        if (node->role == ROLE_HOST || node->role == ROLE_SERVER) {
            find_gateway(node, gateways);
        }
        if (node->role == ROLE_HOST) {
            find_pool(s, node);
        }
    }
    g_hash_table_unref(gateways);
}

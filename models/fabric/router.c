#include "models/fabric/router.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "models/fabric/router_inside.h"
#include "models/fabric/router_neighbor.h"
#include "models/fabric/routing.h"

#define BRIDGE_MACS  16384 /* Of a bridged interface: its table's bound, */
#define BRIDGE_AGING (300 * SIM_S) /* and what 802.1Q 8.8.3 recommends. */

const struct fate router_fates[ROUTER_N_FATES] = {
#define X(ID, KIND, NAME, HELP)                                               \
    [ROUTER_FATE_##ID] = { FATE_##KIND, NAME, HELP },
    ROUTER_FATES(X)
#undef X
};

static const struct node_ops router_ops;

bool
node_is_router(const struct node *node)
{
    return node->ops == &router_ops;
}

struct router *
router_cast(const struct node *node)
{
    g_assert(node_is_router(node));
    return (struct router *) (void *) node;
}

struct router_stats
router_stats(const struct node *node)
{
    struct router_stats stats = router_cast(node)->stats;

    stats.forwarded = router_cast(node)->n_forwarded;
    return stats;
}

/* Own addresses. */

static int
compare_own(const void *a_, const void *b_)
{
    const struct router_address *a = a_, *b = b_;

    if (a->low != b->low) {
        return a->low < b->low ? -1 : 1;
    }
    if (a->high != b->high) {
        return a->high < b->high ? -1 : 1;
    }
    return (int) a->family - (int) b->family;
}

/* Returns the entry for the address if it is the router's own, else null. */
const struct router_address *
router_find_own(const struct router *router, uint64_t high, uint64_t low,
                uint32_t family)
{
    const struct router_address key = { high, low, family };

    return router->n_own ? bsearch(&key, router->own, router->n_own,
                                   sizeof key, compare_own)
                         : NULL;
}

static void
add_own(struct router *router, const struct ip_addr *addr)
{
    struct neighbor_key key = neighbor_key(ROUTER_NO_INTERFACE, addr);

    router->own =
        g_renew(struct router_address, router->own, router->n_own + 1);
    router->own[router->n_own++] =
        (struct router_address){ key.high, key.low, key.family };
    qsort(router->own, router->n_own, sizeof *router->own, compare_own);
    router->own_bits |= UINT64_C(1) << (key.low & 63);
}

/* Stores the address of 'family' from which the router speaks of a packet that
 * came in on 'in': that of the interface, else the router's id, else any of its
 * own.  'in' may be null.  Returns false if it has none. */
bool
router_source(const struct router *router, const struct port *in,
              uint8_t family, struct ip_addr *source)
{
    uint32_t number =
        in ? router->interface_of[in->index] : ROUTER_NO_INTERFACE;

    if (number != ROUTER_NO_INTERFACE) {
        const struct router_interface_config *config =
            &router->interfaces[number].config;

        *source = family == IP_V4 ? config->v4.addr : config->v6.addr;
        if (source->family == family) {
            return true;
        }
    }
    *source = router->router_id;
    for (uint32_t i = 0; source->family != family && i < router->n_interfaces;
         i++) {
        const struct router_interface_config *config =
            &router->interfaces[i].config;

        *source = family == IP_V4 ? config->v4.addr : config->v6.addr;
    }
    return source->family == family;
}

/* Next hops. */

static bool
interface_is_up(const struct router *router, uint32_t interface)
{
    const struct router_interface *at = &router->interfaces[interface];

    for (uint32_t i = 0; i < at->config.n_ports; i++) {
        if (port_is_up(&router->node.ports[at->ports[i]])) {
            return true;
        }
    }
    return false;
}

static bool
is_usable(const void *aux, const struct next_hop_spec *spec,
          struct eth_addr *src)
{
    const struct router *router = aux;

    if (spec->kind != NEXT_HOP_ADJACENT) {
        return interface_is_up(router, spec->interface);
    }
    *src = eth_addr_from_u64(router->node.ports[spec->port].role);
    return port_is_up(&router->node.ports[spec->port]);
}

static uint32_t
word_of(const struct next_hops *hops, uint32_t first)
{
    return first << FIB_HOPS_SHIFT | next_hops_n_usable(hops, first);
}

static uint32_t
update_word(const void *aux, uint32_t word)
{
    return word_of(aux, word >> FIB_HOPS_SHIFT) | (word & FIB_HOPS_COMPUTED);
}

/* Finds out anew which next hops can be used. */
static void
refresh(struct router *router)
{
    next_hops_refresh(&router->hops, is_usable, router);
    fib_update(&router->fib, update_word, &router->hops);
}

/* Returns the word of a route over the 'n' equal next hops at 'specs', 1 to
 * NEXT_HOPS_MAX, for fib_add(). */
uint32_t
router_intern(struct router *router, enum router_route_source source,
              const struct next_hop_spec *specs, uint32_t n)
{
    uint32_t first =
        next_hops_intern(&router->hops, specs, n, is_usable, router);
    uint32_t word = word_of(&router->hops, first);

    router->hop_list = router->hops.hops;
    return source == ROUTER_ROUTE_COMPUTED ? word | FIB_HOPS_COMPUTED : word;
}

/* Interfaces. */

/* Makes the interface's own network a route, unless it is a single address. */
static void
add_connected(struct router *router, uint32_t interface,
              const struct ip_prefix *prefix)
{
    const struct next_hop_spec spec = { .kind = NEXT_HOP_ON_LINK,
                                        .interface = interface };

    if (prefix->addr.family == IP_NONE) {
        return;
    }
    add_own(router, &prefix->addr);
    if (prefix->length < 8 * ip_addr_octets(prefix->addr.family)) {
        fib_add(&router->fib, prefix,
                router_intern(router, ROUTER_ROUTE_STATIC, &spec, 1));
    }
}

static struct mac_table *
new_bridge_table(const struct router *router)
{
    const struct mac_table_config config = {
        .max_entries = BRIDGE_MACS,
        .aging = BRIDGE_AGING,
        .evict = MAC_EVICT_NONE,
        .n_ports = router->node.n_ports,
    };
    struct random_stream random;

    random_stream_init(&random, router->node.sim->seed, router->node.name);
    return mac_table_new(&config, &random);
}

/* Adds an interface of one or more ports, which belong to none yet, and its
 * networks' routes; all of '*config' is copied.  Returns its number, from 0.
 * The ports' links may be made before or after. */
uint32_t
router_add_interface(struct node *node,
                     const struct router_interface_config *config)
{
    struct router *router = router_cast(node);
    uint32_t number = router->n_interfaces++;
    struct ip_addr broadcast = ip_prefix_broadcast(&config->v4);
    struct router_interface *interface;

    g_assert(config->n_ports > 0);
    router->interfaces = g_renew(struct router_interface, router->interfaces,
                                 router->n_interfaces);
    interface = &router->interfaces[number];
    *interface = (struct router_interface){
        .config = *config,
        .ports =
            g_memdup2(config->ports, config->n_ports * sizeof *config->ports),
        .mac = eth_addr_to_u64(config->mac),
        .v4_broadcast =
            broadcast.family == IP_V4 ? ip_addr_to_v4(&broadcast) : 0,
    };
    interface->config.ports = interface->ports;
    if (config->n_ports > 1) {
        interface->macs = new_bridge_table(router);
        if (!router->heard) {
            router->heard = g_new0(struct router_heard, node->n_ports);
        }
    }
    for (uint32_t i = 0; i < config->n_ports; i++) {
        uint32_t port = config->ports[i];

        g_assert(port < node->n_ports
                 && router->interface_of[port] == ROUTER_NO_INTERFACE);
        router->interface_of[port] = number;
        node->ports[port].role =
            interface->mac | (config->n_ports > 1 ? ROUTER_BRIDGED : 0);
    }
    add_connected(router, number, &config->v4);
    add_connected(router, number, &config->v6);
    return number;
}

uint32_t
router_n_interfaces(const struct node *node)
{
    return router_cast(node)->n_interfaces;
}

/* Returns the configuration of interface 'index', below
 * router_n_interfaces(). */
const struct router_interface_config *
router_interface(const struct node *node, uint32_t index)
{
    const struct router *router = router_cast(node);

    g_assert(index < router->n_interfaces);
    return &router->interfaces[index].config;
}

/* Returns the number of the interface that 'port' belongs to,
 * ROUTER_NO_INTERFACE if it belongs to none. */
uint32_t
router_interface_of_port(const struct node *node, uint32_t port)
{
    g_assert(port < node->n_ports);
    return router_cast(node)->interface_of[port];
}

/* Routes. */

/* Returns the interface whose network has 'addr'. */
static uint32_t
interface_towards(const struct router *router, const struct ip_addr *addr)
{
    for (uint32_t i = 0; i < router->n_interfaces; i++) {
        const struct router_interface_config *config =
            &router->interfaces[i].config;

        if (ip_prefix_contains(&config->v4, addr)
            || ip_prefix_contains(&config->v6, addr)) {
            return i;
        }
    }
    return ROUTER_NO_INTERFACE;
}

/* Says whether 'addr' can be the next hop of a static route: it is on the
 * network of one of the interfaces. */
bool
router_reaches(const struct node *node, const struct ip_addr *addr)
{
    return interface_towards(router_cast(node), addr) != ROUTER_NO_INTERFACE;
}

/* Adds the route to 'prefix' over the 'n_hops' equal next hops at 'hops', one at
 * least; of more than NEXT_HOPS_MAX those behind are left out.  It replaces one
 * of the same prefix, but a computed route leaves a static one, and that of an
 * interface, alone.  Returns false, and counts it, if the table is full. */
bool
router_add_route(struct node *node, enum router_route_source source,
                 const struct ip_prefix *prefix,
                 const struct router_next_hop *hops, uint32_t n_hops)
{
    struct router *router = router_cast(node);
    struct next_hop_spec specs[NEXT_HOPS_MAX];

    n_hops = MIN(n_hops, NEXT_HOPS_MAX);
    for (uint32_t i = 0; i < n_hops; i++) {
        bool is_via = hops[i].via.family != IP_NONE;

        specs[i] = (struct next_hop_spec){
            .kind = is_via ? NEXT_HOP_VIA : NEXT_HOP_ADJACENT,
            .port = is_via ? 0 : hops[i].port,
            .interface = is_via ? interface_towards(router, &hops[i].via) : 0,
            .mac = hops[i].mac,
            .via = hops[i].via,
        };
        g_assert(specs[i].interface != ROUTER_NO_INTERFACE
                 && specs[i].port < node->n_ports);
    }
    return fib_add(&router->fib, prefix,
                   router_intern(router, source, specs, n_hops));
}

static uint32_t
drop_computed(const void *aux, uint32_t word)
{
    (void) aux;
    return word & FIB_HOPS_COMPUTED ? 0 : word;
}

/* Takes away the routes that were added as computed. */
void
router_clear_routes(struct node *node)
{
    fib_update(&router_cast(node)->fib, drop_computed, NULL);
}

/* Returns how many next hops packets to 'dst' may take now, 0 if there is no
 * route, and stores the first 'max_hops' of them.  A hop without a MAC and
 * without an address to go by is the destination itself, behind 'port' or
 * another one of its interface. */
uint32_t
router_lookup(const struct node *node, const struct ip_addr *dst,
              struct router_next_hop *hops, uint32_t max_hops)
{
    const struct router *router = router_cast(node);
    uint32_t word = fib_lookup(&router->fib, dst);
    const struct next_hop *hop = &router->hops.hops[word >> FIB_HOPS_SHIFT];
    uint32_t n = word & FIB_HOPS_COUNT;

    for (uint32_t i = 0; i < MIN(n, max_hops); i++, hop++) {
        hops[i] = (struct router_next_hop){ 0 };
        if (hop->kind == NEXT_HOP_ADJACENT) {
            hops[i].port = hop->out;
            memcpy(hops[i].mac.octets, hop->macs, ETH_ALEN);
        } else {
            hops[i].port = router->interfaces[hop->out].ports[0];
            hops[i].via = next_hop_spec(&router->hops, hop)->via;
        }
    }
    return n;
}

/* The node. */

/* Lets 'routing' know when a link of the router 'node' changes. */
void
router_set_routing(struct node *node, struct routing *routing)
{
    router_cast(node)->routing = routing;
}

static void
router_link_changed(struct node *node, struct port *port)
{
    struct router *router = router_cast(node);
    uint32_t number = router->interface_of[port->index];

    if (number != ROUTER_NO_INTERFACE && !port_is_up(port)) {
        struct mac_table *macs = router->interfaces[number].macs;

        router_neighbors_flush(router, port);
        if (macs) {
            mac_table_flush(macs, port->index, MAC_TABLE_ANY_VLAN,
                            sim_now(node->sim));
            router->generation++;
        }
    }
    refresh(router);
    if (router->routing) {
        routing_link_changed(router->routing, port);
    }
}

/* Starts again: no neighbors, no computed routes. */
static void
router_reboot(struct node *node)
{
    struct router *router = router_cast(node);

    router_neighbors_forget(router);
    for (uint32_t i = 0; i < router->n_interfaces; i++) {
        if (router->interfaces[i].macs) {
            mac_table_flush(router->interfaces[i].macs, MAC_TABLE_NO_PORT,
                            MAC_TABLE_ANY_VLAN, sim_now(node->sim));
        }
    }
    router->generation++;
    router_clear_routes(node);
}

static uint64_t
router_held(const struct node *node)
{
    return router_cast(node)->n_waiting;
}

static void
router_destroy(struct node *node)
{
    struct router *router = router_cast(node);

    for (uint32_t i = 0; i < router->n_interfaces; i++) {
        g_free(router->interfaces[i].ports);
        if (router->interfaces[i].macs) {
            mac_table_free(router->interfaces[i].macs);
        }
    }
    router_neighbors_clear(router);
    next_hops_clear(&router->hops);
    fib_clear(&router->fib);
    g_free(router->interfaces);
    g_free(router->own);
    g_free(router->interface_of);
    g_free(router->heard);
    event_cancel(node->sim, &router->start);
    queueing_remove(node);
    node_clear(node);
    free(router);
}

static const struct node_ops router_ops = {
    .kind = "router",
    .receive = router_receive,
    .prefetch = router_prefetch,
    .link_changed = router_link_changed,
    .reboot = router_reboot,
    .held = router_held,
    .destroy = router_destroy,
    .metrics = router_metrics,
    .table = router_table,
};

/* The first event of a router: all is set up. */
static void
start(struct event *event)
{
    refresh((struct router *) (void *) ((char *) event
                                        - offsetof(struct router, start)));
}

static struct router *
alloc_router(void)
{
    struct router *router =
        aligned_alloc(alignof(struct router), sizeof *router);

    if (!router) {
        g_error("out of memory for a router");
    }
    return memset(router, 0, sizeof *router);
}

/* Adds a router without interfaces to 'sim', which owns it. */
struct node *
router_new(struct sim *sim, const struct router_config *config)
{
    struct router *router = alloc_router();
    struct node *node = &router->node;

    node_init(node, &router_ops, sim, config->name, config->n_ports);
    queueing_install(node, &config->queueing);
    router->interface_of = g_new(uint32_t, config->n_ports);
    for (uint32_t i = 0; i < config->n_ports; i++) {
        router->interface_of[i] = ROUTER_NO_INTERFACE;
        node->ports[i].role = ROUTER_NO_ROLE;
    }
    router->generation = 1;
    router->ecmp = config->ecmp;
    router->hash_seed = ecmp_seed(config->hash_seed);
    next_hops_init(&router->hops);
    fib_init(&router->fib, config->max_routes, config->max_host_routes);
    router_neighbors_init(router, config->max_neighbors);
    router->router_id = config->router_id;
    if (config->router_id.family != IP_NONE) {
        add_own(router, &config->router_id);
    }
    event_init(&router->start, start, node_next_rank(node));
    event_schedule_at(sim, &router->start, sim_now(sim));
    return node;
}

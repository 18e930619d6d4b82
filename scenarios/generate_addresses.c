/* Provider addresses of generated topologies.
 *
 * Switched, the whole pool is one subnet and has the hosts in order.  Routed,
 * it is cut into equal parts, as few as a power of two allows: one for each
 * rack, where the router has the lowest address and the hosts follow, and the
 * last for the routers' identifiers.  What is left of a rack's part, or of the
 * pool, is for VMs whose address is 'auto'. */

#include "scenarios/generate.h"

static uint64_t
size_of(const struct ip_prefix *prefix)
{
    return UINT64_C(1) << (32 - prefix->length);
}

/* Returns address number 'n' of 'prefix', with its length. */
static struct ip_prefix
address_in(const struct ip_prefix *prefix, uint64_t n)
{
    struct ip_prefix address = *prefix;

    address.addr =
        ip_addr_from_v4(ip_addr_to_v4(&prefix->addr) + (uint32_t) n);
    return address;
}

static struct scenario_node *
node_at(const struct generator *g, uint64_t index)
{
    return g_ptr_array_index(g->s->nodes, index);
}

static void
refuse_pool(const struct generator *g, const char *what)
{
    char pool[IP_PREFIX_STRLEN];

    ip_prefix_format(&g->s->provider.pool, pool);
    diag_report(g->s->diag, E059, g->loc,
                "the pool of provider addresses, %s, is too small for %s",
                pool, what);
    diag_help(g->s->diag, "make provider.pool larger");
}

static void
address_switched(struct generator *g)
{
    const struct ip_prefix *pool = &g->s->provider.pool;

    if (pool->length > 30 || g->hosts.n > size_of(pool) - 2) {
        refuse_pool(g, "the hosts");
        return;
    }
    for (uint64_t i = 0; i < g->hosts.n; i++) {
        node_at(g, g->hosts.first + i)->pa = address_in(pool, i + 1);
    }
}

/* Gives rack number 'i' its part of the pool. */
static void
address_rack(struct generator *g, uint64_t i, const struct ip_prefix *part)
{
    struct scenario_node *router = node_at(g, g->first_rack + i);
    struct ip_prefix *address = scope_alloc(g->s->scope, sizeof *address);

    *address = address_in(part, 1);
    for (uint64_t j = 0; j < g->rack_hosts; j++) {
        struct scenario_node *host =
            node_at(g, g->hosts.first + i * g->rack_hosts + j);
        const struct scenario_port *nic = g_ptr_array_index(host->ports, 0);

        host->pa = address_in(part, 2 + j);
        nic->link->ends[0]->address = address;
        g_assert(nic->link->ends[0]->node == router);
    }
}

/* Gives the generated routers their identifiers. */
static void
address_routers(struct generator *g, const struct ip_prefix *part)
{
    struct ip_prefix loopback = *part;

    for (uint64_t i = 0; i < g->n_switches; i++) {
        struct scenario_node *router = node_at(g, g->first_switch + i);

        loopback = address_in(part, i + 1);
        loopback.length = 32;
        router->pa = loopback;
    }
}

static void
address_routed(struct generator *g)
{
    const struct ip_prefix *pool = &g->s->provider.pool;
    struct ip_prefix part = *pool;
    uint64_t n_parts = 1, size;

    while (n_parts < g->n_racks + 1) {
        n_parts *= 2;
        part.length++;
    }
    if (part.length > 30 || g->rack_hosts + 1 > size_of(&part) - 2
        || g->n_switches > size_of(&part) - 2) {
        refuse_pool(g, "the racks and routers");
        return;
    }
    size = size_of(&part);
    for (uint64_t i = 0; i < g->n_racks; i++) {
        part.addr = address_in(pool, i * size).addr;
        address_rack(g, i, &part);
    }
    part.addr = address_in(pool, (n_parts - 1) * size).addr;
    address_routers(g, &part);
}

/* Gives all that was drawn its provider address. */
void
generate_addresses(struct generator *g)
{
    struct ip_prefix *pool = &g->s->provider.pool;

    if (!pool->addr.family) {
        ip_prefix_parse(GENERATOR_POOL, pool);
    } else if (pool->addr.family != IP_V4) {
        return; /* It was reported. */
    }
    if (g->s->provider.is_routed) {
        address_routed(g);
    } else {
        address_switched(g);
    }
}

#include "models/fabric/next_hops.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define PLACES_MIN 16 /* The first places; all numbers are powers of two. */
#define PLACES_MAX (1u << 24)
#define INDEX_MIN  8
#define OUT_MAX    0x3fffffffu /* Ports or interfaces of a router. */

G_STATIC_ASSERT(sizeof(struct next_hop) == 16);

void
next_hops_init(struct next_hops *table)
{
    *table = (struct next_hops){ .n = 1 };
}

void
next_hops_clear(struct next_hops *table)
{
    g_free(table->hops);
    g_free(table->members);
    g_free(table->index);
    *table = (struct next_hops){ 0 };
}

static bool
spec_equal(const struct next_hop_spec *a, const struct next_hop_spec *b)
{
    return a->kind == b->kind && a->port == b->port
           && a->interface == b->interface && eth_addr_equal(a->mac, b->mac)
           && ip_addr_equal(&a->via, &b->via);
}

static uint64_t
hash_specs(const struct next_hop_spec *specs, uint32_t n)
{
    uint64_t hash = n;

    for (uint32_t i = 0; i < n; i++) {
        uint64_t where = (uint64_t) specs[i].port << 32 | specs[i].interface;

        hash = (hash ^ where) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
        if (specs[i].kind == NEXT_HOP_VIA) {
            hash ^= ip_addr_hash(&specs[i].via);
        }
    }
    return hash;
}

static bool
is_group(const struct next_hops *table, uint32_t first,
         const struct next_hop_spec *specs, uint32_t n)
{
    if (!first || table->members[first].n != n) {
        return false;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (!spec_equal(&table->members[first + i].spec, &specs[i])) {
            return false;
        }
    }
    return true;
}

/* Puts the usable hops of the group that begins at 'first' before the others,
 * which are not looked at. */
static void
arrange(struct next_hops *table, uint32_t first, next_hop_usable_fn *usable,
        const void *aux)
{
    uint8_t n = 0;

    for (uint32_t i = first; i < first + table->members[first].n; i++) {
        const struct next_hop_spec *spec = &table->members[i].spec;
        struct next_hop *hop = &table->hops[first + n];
        struct eth_addr src = { { 0 } };

        if (!usable(aux, spec, &src)) {
            continue;
        }
        n++;
        hop->kind = spec->kind & 3;
        if (spec->kind == NEXT_HOP_ADJACENT) {
            hop->out = spec->port & OUT_MAX;
            memcpy(hop->macs, spec->mac.octets, ETH_ALEN);
            memcpy(hop->macs + ETH_ALEN, src.octets, ETH_ALEN);
        } else {
            hop->out = spec->interface & OUT_MAX;
            hop->member = i;
        }
    }
    table->members[first].n_usable = n;
}

/* Makes 'n' places behind the others and returns the first. */
static uint32_t
take_places(struct next_hops *table, uint32_t n)
{
    uint32_t first = table->n;

    table->n += n;
    g_assert(table->n <= PLACES_MAX);
    if (table->n > table->n_allocated) {
        table->n_allocated = MAX(PLACES_MIN, 2 * table->n_allocated);
        while (table->n_allocated < table->n) {
            table->n_allocated *= 2;
        }
        table->hops =
            g_renew(struct next_hop, table->hops, table->n_allocated);
        table->members = g_renew(struct next_hop_member, table->members,
                                 table->n_allocated);
    }
    return first;
}

static void
index_put(struct next_hops *table, uint32_t first)
{
    uint64_t i = table->members[first].hash;

    while (table->index[i & (table->n_index - 1)]) {
        i++;
    }
    table->index[i & (table->n_index - 1)] = first;
}

/* Lets the index have one more group: at most half full. */
static void
index_grow(struct next_hops *table)
{
    uint32_t *old = table->index;
    uint32_t n_old = table->n_index;

    if (2 * (table->n_groups + 1) <= table->n_index) {
        return;
    }
    table->n_index = MAX(INDEX_MIN, 2 * n_old);
    table->index = g_new0(uint32_t, table->n_index);
    for (uint32_t i = 0; i < n_old; i++) {
        if (old[i]) {
            index_put(table, old[i]);
        }
    }
    g_free(old);
}

static uint32_t
add_group(struct next_hops *table, const struct next_hop_spec *specs,
          uint32_t n, uint64_t hash)
{
    uint32_t first = take_places(table, n);

    for (uint32_t i = 0; i < n; i++) {
        table->members[first + i] =
            (struct next_hop_member){ .spec = specs[i] };
    }
    table->members[first].hash = hash;
    table->members[first].n = (uint8_t) n;
    index_grow(table);
    index_put(table, first);
    table->n_groups++;
    return first;
}

/* Returns the first place of the group of the 'n' hops at 'specs', 1 to
 * NEXT_HOPS_MAX, in this order; a new group if there is none like it. */
uint32_t
next_hops_intern(struct next_hops *table, const struct next_hop_spec *specs,
                 uint32_t n, next_hop_usable_fn *usable, const void *aux)
{
    uint64_t hash;
    uint64_t i;

    g_assert(n > 0 && n <= NEXT_HOPS_MAX);
    if (is_group(table, table->last, specs, n)) {
        return table->last;
    }
    hash = hash_specs(specs, n);
    for (i = hash; table->n_index && table->index[i & (table->n_index - 1)];
         i++) {
        uint32_t first = table->index[i & (table->n_index - 1)];

        if (is_group(table, first, specs, n)) {
            return table->last = first;
        }
    }
    table->last = add_group(table, specs, n, hash);
    arrange(table, table->last, usable, aux);
    return table->last;
}

/* Asks anew which hops can be used. */
void
next_hops_refresh(struct next_hops *table, next_hop_usable_fn *usable,
                  const void *aux)
{
    for (uint32_t i = 0; i < table->n_index; i++) {
        if (table->index[i]) {
            arrange(table, table->index[i], usable, aux);
        }
    }
}

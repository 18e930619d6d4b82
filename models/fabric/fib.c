#include "models/fabric/fib.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_LINE  64
#define LEVEL_BITS  2 /* Of the places of a level with one route. */
#define V6_PRIME    UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / phi. */
#define V6_PRIME_LO UINT64_C(0xd6e8feb86659fd93)

/* Makes '*fib' empty.  A bound of 0 is none. */
void
fib_init(struct fib *fib, uint64_t max_prefixes, uint64_t max_hosts)
{
    *fib = (struct fib){
        .prefixes = { .name = "routes", .capacity = max_prefixes },
        .hosts = { .name = "host_routes", .capacity = max_hosts },
    };
}

void
fib_clear(struct fib *fib)
{
    for (uint32_t i = 0; i < fib->n_v4; i++) {
        free(fib->v4[i].entries);
    }
    for (uint32_t i = 0; i < fib->n_v6; i++) {
        free(fib->v6[i].entries);
    }
    g_free(fib->v6);
    *fib = (struct fib){ 0 };
}

/* Returns room for 'n' entries of 'size' bytes, all zeros. */
static void *
alloc_entries(size_t n, size_t size)
{
    void *entries = aligned_alloc(CACHE_LINE, n * size);

    if (!entries) {
        g_error("out of memory for %" G_GSIZE_FORMAT " routes", n);
    }
    return memset(entries, 0, n * size);
}

/* Says whether a table of 1 << 'bits' places may not take one more: seven
 * eighths full. */
static bool
is_full(uint32_t n, unsigned int bits)
{
    return (uint64_t) (n + 1) * 8 > (UINT64_C(7) << bits);
}

/* IPv4. */

static struct fib_v4_entry *
v4_put(struct fib_v4_level *level, const struct fib_v4_entry *entry)
{
    uint32_t last = UINT32_MAX >> level->shift;
    uint32_t i = fib_v4_place(level, entry->prefix);

    while (level->entries[i].hops) {
        i = (i + 1) & last;
    }
    level->entries[i] = *entry;
    level->n++;
    return &level->entries[i];
}

/* Moves the routes of 'level' into a table of 1 << 'bits' places. */
static void
v4_rebuild(struct fib_v4_level *level, unsigned int bits)
{
    struct fib_v4_level old = *level;

    level->entries = alloc_entries((size_t) 1 << bits, sizeof *level->entries);
    level->shift = (uint8_t) (32 - bits);
    level->n = 0;
    for (size_t i = 0; old.entries && i <= UINT32_MAX >> old.shift; i++) {
        if (old.entries[i].hops) {
            v4_put(level, &old.entries[i]);
        }
    }
    free(old.entries);
}

/* Returns the level for 'length', or null. */
static struct fib_v4_level *
v4_find_level(struct fib *fib, uint8_t length)
{
    for (uint32_t i = 0; i < fib->n_v4; i++) {
        if (fib->v4[i].length == length) {
            return &fib->v4[i];
        }
    }
    return NULL;
}

/* Adds the level for 'length', which there is not. */
static struct fib_v4_level *
v4_add_level(struct fib *fib, uint8_t length)
{
    uint32_t i = 0;

    while (i < fib->n_v4 && fib->v4[i].length > length) {
        i++;
    }
    memmove(&fib->v4[i + 1], &fib->v4[i], (fib->n_v4 - i) * sizeof *fib->v4);
    fib->n_v4++;
    fib->v4[i] = (struct fib_v4_level){ .length = length };
    v4_rebuild(&fib->v4[i], LEVEL_BITS);
    return &fib->v4[i];
}

static uint32_t *
v4_find(struct fib *fib, const struct ip_prefix *prefix)
{
    struct fib_v4_level *level = v4_find_level(fib, prefix->length);
    struct fib_v4_entry *entry = NULL;

    if (level) {
        entry = fib_v4_level_find(level, ip_addr_to_v4(&prefix->addr)
                                             & fib_v4_mask(prefix->length));
    }
    return entry ? &entry->hops : NULL;
}

static void
v4_add(struct fib *fib, const struct ip_prefix *prefix, uint32_t hops)
{
    struct fib_v4_level *level = v4_find_level(fib, prefix->length);
    const struct fib_v4_entry entry = {
        .prefix = ip_addr_to_v4(&prefix->addr) & fib_v4_mask(prefix->length),
        .hops = hops,
    };

    if (!level) {
        level = v4_add_level(fib, prefix->length);
    } else if (is_full(level->n, 32u - level->shift)) {
        v4_rebuild(level, 33u - level->shift);
    }
    v4_put(level, &entry);
}

/* IPv6. */

static size_t
v6_place(const struct fib_v6_level *level, uint64_t high, uint64_t low)
{
    uint64_t hash = (high ^ high >> 32) * V6_PRIME;

    hash = (hash ^ low ^ low >> 32) * V6_PRIME_LO;
    return (hash ^ hash << 29) * V6_PRIME >> level->shift;
}

static struct fib_v6_entry *
v6_level_find(const struct fib_v6_level *level, uint64_t high, uint64_t low)
{
    size_t last = UINT64_MAX >> level->shift;
    size_t i = v6_place(level, high, low);

    while (level->entries[i].hops) {
        if (level->entries[i].high == high && level->entries[i].low == low) {
            return &level->entries[i];
        }
        i = (i + 1) & last;
    }
    return NULL;
}

/* Clears the bits of an address behind 'length'. */
static void
v6_mask(uint64_t *high, uint64_t *low, unsigned int length)
{
    if (length <= 64) {
        *low = 0;
        *high = length ? *high & UINT64_MAX << (64 - length) : 0;
    } else {
        *low &= UINT64_MAX << (128 - length);
    }
}

/* Returns the usable route with the longest prefix that contains the address,
 * given in two halves, and stores its length; null if there is none. */
struct fib_v6_entry *
fib_lookup_v6(const struct fib *fib, uint64_t high, uint64_t low,
              uint8_t *length)
{
    for (uint32_t i = 0; i < fib->n_v6; i++) {
        const struct fib_v6_level *level = &fib->v6[i];
        uint64_t h = high, l = low;
        struct fib_v6_entry *entry;

        v6_mask(&h, &l, level->length);
        entry = v6_level_find(level, h, l);
        if (entry && entry->hops & FIB_HOPS_COUNT) {
            *length = level->length;
            return entry;
        }
    }
    return NULL;
}

static void
v6_put(struct fib_v6_level *level, const struct fib_v6_entry *entry)
{
    size_t last = UINT64_MAX >> level->shift;
    size_t i = v6_place(level, entry->high, entry->low);

    while (level->entries[i].hops) {
        i = (i + 1) & last;
    }
    level->entries[i] = *entry;
    level->n++;
}

static void
v6_rebuild(struct fib_v6_level *level, unsigned int bits)
{
    struct fib_v6_level old = *level;

    level->entries = alloc_entries((size_t) 1 << bits, sizeof *level->entries);
    level->shift = (uint8_t) (64 - bits);
    level->n = 0;
    for (size_t i = 0; old.entries && i <= UINT64_MAX >> old.shift; i++) {
        if (old.entries[i].hops) {
            v6_put(level, &old.entries[i]);
        }
    }
    free(old.entries);
}

/* Returns the level for 'length', a new one if there is none. */
static struct fib_v6_level *
v6_level(struct fib *fib, uint8_t length)
{
    uint32_t i = 0;

    while (i < fib->n_v6 && fib->v6[i].length > length) {
        i++;
    }
    if (i == fib->n_v6 || fib->v6[i].length != length) {
        fib->v6 = g_renew(struct fib_v6_level, fib->v6, fib->n_v6 + 1);
        memmove(&fib->v6[i + 1], &fib->v6[i],
                (fib->n_v6 - i) * sizeof *fib->v6);
        fib->n_v6++;
        fib->v6[i] = (struct fib_v6_level){ .length = length };
        v6_rebuild(&fib->v6[i], LEVEL_BITS);
    }
    return &fib->v6[i];
}

static uint32_t *
v6_find(struct fib *fib, const struct ip_prefix *prefix)
{
    uint64_t high = get_be64(prefix->addr.octets);
    uint64_t low = get_be64(prefix->addr.octets + 8);

    v6_mask(&high, &low, prefix->length);
    for (uint32_t i = 0; i < fib->n_v6; i++) {
        if (fib->v6[i].length == prefix->length) {
            struct fib_v6_entry *entry = v6_level_find(&fib->v6[i], high, low);

            return entry ? &entry->hops : NULL;
        }
    }
    return NULL;
}

static void
v6_add(struct fib *fib, const struct ip_prefix *prefix, uint32_t hops)
{
    struct fib_v6_level *level = v6_level(fib, prefix->length);
    struct fib_v6_entry entry = {
        .high = get_be64(prefix->addr.octets),
        .low = get_be64(prefix->addr.octets + 8),
        .hops = hops,
    };

    v6_mask(&entry.high, &entry.low, prefix->length);
    if (is_full(level->n, 64u - level->shift)) {
        v6_rebuild(level, 65u - level->shift);
    }
    v6_put(level, &entry);
}

/* Both. */

static uint32_t *
find(struct fib *fib, const struct ip_prefix *prefix)
{
    return prefix->addr.family == IP_V4 ? v4_find(fib, prefix)
                                        : v6_find(fib, prefix);
}

static struct table_usage *
usage_of(struct fib *fib, uint8_t family, uint8_t length)
{
    return length == 8 * ip_addr_octets(family) ? &fib->hosts : &fib->prefixes;
}

/* Adds the route to 'prefix' with the word 'hops', or changes the one that is
 * there.  Returns false if there is no room for it; a computed one that a fixed
 * one is preferred to needs none. */
bool
fib_add(struct fib *fib, const struct ip_prefix *prefix, uint32_t hops)
{
    struct table_usage *usage =
        usage_of(fib, prefix->addr.family, prefix->length);
    uint32_t *there = find(fib, prefix);

    g_assert(prefix->addr.family != IP_NONE && hops >> FIB_HOPS_SHIFT);
    if (there) {
        if (*there & FIB_HOPS_COMPUTED || !(hops & FIB_HOPS_COMPUTED)) {
            *there = hops;
        }
        return true;
    }
    if (usage->capacity && usage->used == usage->capacity) {
        usage->rejected++;
        return false;
    }
    if (prefix->addr.family == IP_V4) {
        v4_add(fib, prefix, hops);
    } else {
        v6_add(fib, prefix, hops);
    }
    usage->used++;
    usage->peak = MAX(usage->peak, usage->used);
    return true;
}

/* Returns the word of the route to just this 'prefix', 0 if there is none. */
uint32_t
fib_find(struct fib *fib, const struct ip_prefix *prefix)
{
    const uint32_t *hops = find(fib, prefix);

    return hops ? *hops : 0;
}

/* Returns the word of the usable route with the longest prefix that contains
 * 'addr', 0 if there is none. */
uint32_t
fib_lookup(const struct fib *fib, const struct ip_addr *addr)
{
    uint8_t length;

    if (addr->family == IP_V4) {
        const struct fib_v4_entry *entry =
            fib_lookup_v4(fib, ip_addr_to_v4(addr), &length);

        return entry ? entry->hops : 0;
    } else {
        const struct fib_v6_entry *entry = fib_lookup_v6(
            fib, get_be64(addr->octets), get_be64(addr->octets + 8), &length);

        return entry ? entry->hops : 0;
    }
}

/* Takes the new word of a route; returns true if the route is gone. */
static bool
update_route(struct fib *fib, struct table_usage *usage, uint32_t *hops,
             uint64_t *used, uint32_t changed)
{
    if (changed != *hops) {
        uint32_t n = (uint32_t) __builtin_popcountll(*used);

        fib->paths_used = MAX(fib->paths_used, n);
        *used = 0; /* The hops have other places now. */
        *hops = changed;
        usage->used -= !changed;
    }
    return !changed;
}

static void
v4_update(struct fib *fib, struct fib_v4_level *level, fib_update_fn *update,
          const void *aux)
{
    bool has_gaps = false;

    for (size_t i = 0; i <= UINT32_MAX >> level->shift; i++) {
        struct fib_v4_entry *entry = &level->entries[i];

        if (entry->hops) {
            has_gaps |= update_route(fib, usage_of(fib, IP_V4, level->length),
                                     &entry->hops, &entry->used,
                                     update(aux, entry->hops));
        }
    }
    if (has_gaps) {
        v4_rebuild(level, 32u - level->shift);
    }
}

static void
v6_update(struct fib *fib, struct fib_v6_level *level, fib_update_fn *update,
          const void *aux)
{
    bool has_gaps = false;

    for (size_t i = 0; i <= UINT64_MAX >> level->shift; i++) {
        struct fib_v6_entry *entry = &level->entries[i];

        if (entry->hops) {
            has_gaps |= update_route(fib, usage_of(fib, IP_V6, level->length),
                                     &entry->hops, &entry->used,
                                     update(aux, entry->hops));
        }
    }
    if (has_gaps) {
        v6_rebuild(level, 64u - level->shift);
    }
}

void
fib_update(struct fib *fib, fib_update_fn *update, const void *aux)
{
    for (uint32_t i = 0; i < fib->n_v4; i++) {
        v4_update(fib, &fib->v4[i], update, aux);
    }
    for (uint32_t i = 0; i < fib->n_v6; i++) {
        v6_update(fib, &fib->v6[i], update, aux);
    }
}

/* Returns the most hops of one route that have carried packets.  Looks at all
 * routes: not for use per packet. */
unsigned int
fib_paths_used(const struct fib *fib)
{
    unsigned int most = fib->paths_used;

    for (uint32_t j = 0; j < fib->n_v4; j++) {
        const struct fib_v4_level *level = &fib->v4[j];

        for (size_t i = 0; i <= UINT32_MAX >> level->shift; i++) {
            unsigned int n =
                (unsigned int) __builtin_popcountll(level->entries[i].used);

            most = MAX(most, n);
        }
    }
    for (uint32_t j = 0; j < fib->n_v6; j++) {
        const struct fib_v6_level *level = &fib->v6[j];

        for (size_t i = 0; i <= UINT64_MAX >> level->shift; i++) {
            unsigned int n =
                (unsigned int) __builtin_popcountll(level->entries[i].used);

            most = MAX(most, n);
        }
    }
    return most;
}

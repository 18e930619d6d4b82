/* Forwarding information base: routes of both families, and the longest prefix
 * that matches an address.
 *
 * There is one hash table for each prefix length that is in use, and a lookup
 * asks them from the longest to the shortest.  A fabric's routes have one or
 * two lengths, so a lookup touches one or two cache lines; a line holds four
 * routes of IPv4.
 *
 * What a route leads to is a struct route's 'hops': a group of next hops in
 * next_hops.h, put into one word so that no more memory is touched to choose
 * among them.  A group of which no hop is usable now leaves its routes in place
 * and unused: the lookup goes on to the next shorter prefix.
 *
 * Both parts are finite: a route to one address (/32, /128) takes a place for
 * host routes, every other one a place for prefix routes, whichever family it
 * is of.  A route that finds no room is refused and counted; packets then
 * follow a shorter prefix, or none.
 *
 * A route is fixed (an interface's own network, or static) or computed.  A
 * fixed one is preferred to a computed one of the same prefix, as static routes
 * are in a router. */

#ifndef MODELS_FABRIC_FIB_H
#define MODELS_FABRIC_FIB_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/wire/ip_addr.h"
#include "sim/metric.h"

/* The word of a route: where its group begins, whether it is computed, and how
 * many hops are usable.  0 is no route. */
#define FIB_HOPS_COUNT    UINT32_C(0x7f)
#define FIB_HOPS_COMPUTED UINT32_C(0x80)
#define FIB_HOPS_SHIFT    8

#define FIB_V4_LENGTHS 33 /* Prefix lengths there are: 0 to 32. */

struct fib_v4_entry {
    uint32_t prefix; /* In host order, bits behind the length 0. */
    uint32_t hops;   /* 0: the place is free. */
    uint64_t used;   /* Bit i: hop i has carried a packet. */
};

struct fib_v6_entry {
    uint64_t high, low; /* The prefix. */
    uint64_t used;
    uint32_t hops;
};

/* The routes of one length: open addressing, linear probing. */
struct fib_v4_level {
    struct fib_v4_entry *entries; /* 1 << (32 - shift). */
    uint32_t n;
    uint8_t shift;
    uint8_t length;
};

struct fib_v6_level {
    struct fib_v6_entry *entries; /* 1 << (64 - shift). */
    uint32_t n;
    uint8_t shift;
    uint8_t length;
};

/* Those of IPv4 lie in the structure itself, to save forwarding a look; one
 * more ends the list, without entries. */
struct fib {
    struct fib_v4_level v4[FIB_V4_LENGTHS + 1]; /* Longest first. */
    uint32_t n_v4, n_v6;
    struct fib_v6_level *v6; /* Longest first. */
    struct table_usage prefixes, hosts;
    uint32_t paths_used; /* Of routes that are gone; fib_paths_used(). */
};

void fib_init(struct fib *, uint64_t max_prefixes, uint64_t max_hosts);
void fib_clear(struct fib *);

bool fib_add(struct fib *, const struct ip_prefix *, uint32_t hops);
uint32_t fib_find(struct fib *, const struct ip_prefix *);
struct fib_v6_entry *fib_lookup_v6(const struct fib *, uint64_t high,
                                   uint64_t low, uint8_t *length);
uint32_t fib_lookup(const struct fib *, const struct ip_addr *);
unsigned int fib_paths_used(const struct fib *);

/* Gives every route the word that 'update' returns for the one it has; 0 takes
 * the route away. */
typedef uint32_t fib_update_fn(const void *aux, uint32_t hops);
void fib_update(struct fib *, fib_update_fn *, const void *aux);

/* The bits of an IPv4 address that a prefix of 'length' covers. */
static inline uint32_t
fib_v4_mask(unsigned int length)
{
    return (uint32_t) (UINT64_C(0xffffffff00000000) >> length);
}

/* Fibonacci hashing: spreads prefixes that follow each other evenly. */
static inline uint32_t
fib_v4_place(const struct fib_v4_level *level, uint32_t prefix)
{
    return (prefix * UINT32_C(0x9e3779b1)) >> level->shift;
}

/* Returns the entry of 'level' for 'prefix', or null. */
static inline struct fib_v4_entry *
fib_v4_level_find(const struct fib_v4_level *level, uint32_t prefix)
{
    uint32_t last = UINT32_MAX >> level->shift;
    uint32_t i = fib_v4_place(level, prefix);

    while (level->entries[i].hops) {
        if (level->entries[i].prefix == prefix) {
            return &level->entries[i];
        }
        i = (i + 1) & last;
    }
    return NULL;
}

/* Returns the usable route with the longest prefix that contains 'dst', and
 * stores its length; null if there is none. */
static inline struct fib_v4_entry *
fib_lookup_v4(const struct fib *fib, uint32_t dst, uint8_t *length)
{
    for (const struct fib_v4_level *level = fib->v4; level->entries; level++) {
        struct fib_v4_entry *entry =
            fib_v4_level_find(level, dst & fib_v4_mask(level->length));

        if (entry && entry->hops & FIB_HOPS_COUNT) {
            *length = level->length;
            return entry;
        }
    }
    return NULL;
}

#endif /* models/fabric/fib.h */

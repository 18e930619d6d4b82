/* Groups of next hops: where routes lead.
 *
 * A router has few different groups and many routes, so a group is kept once,
 * however many routes share it.  Its hops lie one behind the other, 16 bytes
 * each, and a route names the first of them: choosing one costs no lookup.
 *
 * A hop is usable while its port's link is up.  The usable ones of a group come
 * first, in the order in which they were given; next_hops_refresh() puts them
 * so again when a link has changed.
 *
 * Groups are never taken away: a fabric's failures bring few new ones, and
 * most come back. */

#ifndef MODELS_FABRIC_NEXT_HOPS_H
#define MODELS_FABRIC_NEXT_HOPS_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"

#define NEXT_HOPS_MAX 64 /* Of a group; what routers do, and a word's bits. */

enum next_hop_kind {
    NEXT_HOP_ADJACENT, /* A router whose MAC is known, out of a port. */
    NEXT_HOP_VIA,      /* A router whose address is known. */
    NEXT_HOP_ON_LINK,  /* The destination itself, behind an interface. */
};

/* What a next hop is. */
struct next_hop_spec {
    enum next_hop_kind kind;
    uint32_t port;       /* ADJACENT. */
    uint32_t interface;  /* VIA, ON_LINK. */
    struct eth_addr mac; /* ADJACENT: its own. */
    struct ip_addr via;  /* VIA. */
};

/* What forwarding reads of it. */
struct next_hop {
    union {
        uint8_t macs[2 * ETH_ALEN]; /* ADJACENT: as a frame begins. */
        uint32_t member;            /* Else: its place among 'members'. */
    };
    unsigned int kind : 2; /* NEXT_HOP_*. */
    unsigned int out : 30; /* ADJACENT: the port; else: the interface. */
};

/* A group, as it was made: at the place of its first hop. */
struct next_hop_member {
    struct next_hop_spec spec;
    uint64_t hash;       /* Of the group; in its first member. */
    uint8_t n, n_usable; /* The same. */
};

struct next_hops {
    struct next_hop *hops;           /* By place; 0 is no hop's. */
    struct next_hop_member *members; /* Likewise. */
    uint32_t n, n_allocated;         /* Places. */
    uint32_t *index;                 /* Groups by hash, 0: free. */
    uint32_t n_groups, n_index;      /* 'n_index' is a power of two. */
    uint32_t last;                   /* The group that was asked for last. */
};

/* Says whether a hop can be used now; of an adjacent one, stores the MAC from
 * which frames go to it. */
typedef bool next_hop_usable_fn(const void *aux, const struct next_hop_spec *,
                                struct eth_addr *src);

void next_hops_init(struct next_hops *);
void next_hops_clear(struct next_hops *);
uint32_t next_hops_intern(struct next_hops *, const struct next_hop_spec *,
                          uint32_t n, next_hop_usable_fn *, const void *aux);
void next_hops_refresh(struct next_hops *, next_hop_usable_fn *,
                       const void *aux);

/* Returns how many hops of the group that begins at 'first' are usable. */
static inline uint32_t
next_hops_n_usable(const struct next_hops *table, uint32_t first)
{
    return table->members[first].n_usable;
}

/* Returns what 'hop', VIA or ON_LINK, is. */
static inline const struct next_hop_spec *
next_hop_spec(const struct next_hops *table, const struct next_hop *hop)
{
    return &table->members[hop->member].spec;
}

#endif /* models/fabric/next_hops.h */

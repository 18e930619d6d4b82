/* Neighbor table: which MAC an address on a link has, learned by ARP (RFC 826)
 * and neighbor discovery (RFC 4861).
 *
 * There is one finite table for both families and all interfaces of a router.
 * An entry is
 *
 *     incomplete   asked for; packets wait for the MAC
 *     reachable    its MAC is known, and was confirmed not too long ago
 *     probed       its MAC is known and in use, and asked for again
 *
 * A new entry in a full table takes the place of the reachable or probed one
 * that was used least recently; if none has a MAC yet there is no room.  The
 * time of use is written down by who uses an entry, and costs nothing more: the
 * order of uses is kept as a heap that is put right when an entry must go.
 *
 * The table keeps entries and their order; who asks, when to ask again and what
 * becomes of waiting packets is its owner's. */

#ifndef MODELS_FABRIC_NEIGHBOR_TABLE_H
#define MODELS_FABRIC_NEIGHBOR_TABLE_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/wire/ip_addr.h"
#include "sim/clock.h"
#include "sim/metric.h"
#include "sim/packet.h"

enum neighbor_state {
    NEIGHBOR_INCOMPLETE,
    NEIGHBOR_REACHABLE,
    NEIGHBOR_PROBED,
};

/* An address on an interface.  Addresses are numbers in host order; IPv4 has
 * 'high' 0. */
struct neighbor_key {
    uint64_t high, low;
    uint32_t interface;
    uint32_t family; /* IP_V4 or IP_V6. */
};

struct neighbor {
    /* What sending reads: a cache line. */
    struct neighbor_key key;
    uint64_t mac;         /* 48 bits, unless incomplete. */
    sim_time used_at;     /* Its owner writes it. */
    sim_time found_until; /* Its owner's: until when its port is 'out', */
    uint32_t found_in;    /* if nothing has changed since. */
    uint32_t out;
    enum neighbor_state state;
    uint32_t n_asked; /* Requests sent since it is asked for. */
    /* The rest. */
    sim_time when;               /* Reachable: confirmed at; else: ask at. */
    struct packet_queue waiting; /* For its MAC. */
    struct neighbor *chain;      /* In its hash bucket, or free. */
    struct neighbor *older, *newer; /* Reachable, or asked for. */
    sim_time listed_at;             /* 'used_at' as the heap has it. */
    uint32_t heap_place;            /* 1 and on; incomplete: 0. */
    uint32_t port;                  /* Where it was heard last. */
};

/* Entries in the order of their 'when'. */
struct neighbor_list {
    struct neighbor *oldest, *newest;
};

struct neighbor_table {
    struct neighbor **buckets;
    uint32_t n_buckets; /* A power of two. */
    struct neighbor_list reachable, asked;
    struct neighbor *free;
    struct neighbor **heap; /* From 1 on: the least recently used. */
    uint32_t n_heap, n_heap_allocated;
    struct table_usage usage;
};

void neighbor_table_init(struct neighbor_table *, uint64_t capacity);
void neighbor_table_clear(struct neighbor_table *);

struct neighbor *neighbor_add(struct neighbor_table *,
                              const struct neighbor_key *);
void neighbor_remove(struct neighbor_table *, struct neighbor *);
void neighbor_set_reachable(struct neighbor_table *, struct neighbor *,
                            uint64_t mac, sim_time now);
void neighbor_set_asked(struct neighbor_table *, struct neighbor *,
                        sim_time again);
struct ip_addr neighbor_addr(const struct neighbor *);

static inline struct neighbor_key
neighbor_key_v4(uint32_t interface, uint32_t addr)
{
    return (struct neighbor_key){ 0, addr, interface, IP_V4 };
}

static inline struct neighbor_key
neighbor_key(uint32_t interface, const struct ip_addr *addr)
{
    if (addr->family == IP_V4) {
        return neighbor_key_v4(interface, ip_addr_to_v4(addr));
    }
    return (struct neighbor_key){ get_be64(addr->octets),
                                  get_be64(addr->octets + 8), interface,
                                  IP_V6 };
}

static inline uint64_t
neighbor_hash(const struct neighbor_key *key)
{
    uint64_t hash =
        (key->high ^ key->interface) * UINT64_C(0xd6e8feb86659fd93);

    hash = (hash ^ hash >> 32 ^ key->low) * UINT64_C(0x9e3779b97f4a7c15);
    return hash >> 32;
}

static inline bool
neighbor_key_equal(const struct neighbor_key *a, const struct neighbor_key *b)
{
    return a->low == b->low && a->high == b->high
           && a->interface == b->interface && a->family == b->family;
}

/* Returns the entry for 'key', or null. */
static inline struct neighbor *
neighbor_lookup(const struct neighbor_table *table,
                const struct neighbor_key *key)
{
    struct neighbor *entry;

    if (!table->buckets) {
        return NULL;
    }
    entry = table->buckets[neighbor_hash(key) & (table->n_buckets - 1)];
    while (entry && !neighbor_key_equal(&entry->key, key)) {
        entry = entry->chain;
    }
    return entry;
}

#endif /* models/fabric/neighbor_table.h */

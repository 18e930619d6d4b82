/* ARP cache of a host's provider side: next hops and their MACs.
 *
 * A finite table.  An entry either is known, with a MAC and the time it was
 * last confirmed, or is asked for, with packets that wait.  A new entry takes
 * the place of the known one whose confirmation is oldest; if all are being
 * asked for there is no room.
 *
 * The cache keeps entries and their order; who asks, when to ask again and
 * what becomes of waiting packets is provider.c's. */

#ifndef MODELS_HOST_ARP_CACHE_H
#define MODELS_HOST_ARP_CACHE_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"
#include "sim/clock.h"
#include "sim/metric.h"
#include "sim/packet.h"

struct arp_entry {
    struct ip_addr addr; /* The next hop. */
    struct eth_addr mac; /* Its MAC, if known. */
    bool is_known;
    uint8_t n_asked;             /* Requests sent since it is asked for. */
    struct eth_addr asker_mac;   /* Who asks for it. */
    struct ip_addr asker_addr;   /* With which address. */
    sim_time when;               /* Known: confirmed at; else: ask again at. */
    struct packet_queue waiting; /* For its MAC. */
    struct arp_entry *chain;     /* In its hash bucket, or free. */
    struct arp_entry *older, *newer; /* Among the known, or the asked for. */
};

/* Entries in the order of their 'when'. */
struct arp_list {
    struct arp_entry *oldest, *newest;
};

struct arp_cache {
    struct arp_entry **buckets; /* Null until the first entry. */
    struct arp_entry *free;
    struct arp_list known, asked;
    struct table_usage usage;
};

void arp_cache_init(struct arp_cache *, uint32_t capacity);
void arp_cache_clear(struct arp_cache *);

struct arp_entry *arp_cache_lookup(const struct arp_cache *,
                                   const struct ip_addr *);
struct arp_entry *arp_cache_add(struct arp_cache *, const struct ip_addr *);
void arp_cache_remove(struct arp_cache *, struct arp_entry *);
void arp_cache_set_known(struct arp_cache *, struct arp_entry *,
                         struct eth_addr, sim_time now);
void arp_cache_set_asked(struct arp_cache *, struct arp_entry *,
                         sim_time again);

#endif /* models/host/arp_cache.h */

/* MAC table: behind which port of a switch a station is, IEEE 802.1Q section
 * 8.8, the filtering database.
 *
 * The key is (VLAN, MAC): each VLAN learns by itself.  The table is finite.  It
 * holds exactly 'max_entries', and what happens to the next address is the
 * table's eviction rule.  An entry that was not refreshed for the aging time is
 * gone at that very picosecond; no timer is needed for it, because entries are
 * kept in the order in which they were refreshed and every call first takes off
 * those whose time is up.  So calls must come with times that never fall.
 *
 * Learning, lookup, aging and eviction are O(1).  Memory grows with the entries
 * in use, by doubling, up to the bound; a lookup reads 16 bytes an entry, and
 * what only learning needs (time and order) lies beside.
 *
 * learned == used + expired + evicted + flushed. */

#ifndef MODELS_FABRIC_MAC_TABLE_H
#define MODELS_FABRIC_MAC_TABLE_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/wire/eth.h"
#include "sim/clock.h"
#include "sim/random.h"

#define MAC_TABLE_ENTRIES_MAX   (1u << 24) /* Of what may be configured. */
#define MAC_TABLE_NO_PORT       UINT32_MAX /* Result of a lookup: not known. */
#define MAC_TABLE_ANY_PORT      UINT32_MAX /* To be flushed: of every port, */
#define MAC_TABLE_ANY_VLAN      UINT16_MAX /* of every VLAN. */
#define MAC_TABLE_PORTS_DEFAULT 65536      /* If n_ports is not given. */

/* Which entry makes room in a full table, or bucket, for a new one. */
enum mac_evict {
    MAC_EVICT_NONE,   /* None: the new one is not learned. */
    MAC_EVICT_OLDEST, /* The one that was learned first. */
    MAC_EVICT_LRU,    /* The one that was refreshed least recently. */
    MAC_EVICT_RANDOM, /* Any, equally likely. */
};

/* What chooses the bucket of a (VLAN, MAC), see mac_hash.h. */
enum mac_hash {
    MAC_HASH_MULTIPLICATIVE,
    MAC_HASH_CRC32,
    MAC_HASH_XOR_FOLD,
};

struct mac_table_config {
    uint32_t max_entries; /* 1 to MAC_TABLE_ENTRIES_MAX. */
    sim_time aging;       /* Positive; SIM_NEVER: entries do not age. */
    enum mac_evict evict;
    uint32_t ways;      /* Entries of a bucket; 0: ideal, no buckets. */
    enum mac_hash hash; /* Of a table with buckets. */
    bool fairness;      /* The port with the most entries gives one up. */
    uint32_t n_ports;   /* Ports are below it; 0: MAC_TABLE_PORTS_DEFAULT. */
};

/* What mac_table_learn() did. */
enum mac_learned {
    MAC_REFRESHED,   /* Known there already; its time starts anew. */
    MAC_LEARNED,     /* New. */
    MAC_MOVED,       /* Known, on another port until now. */
    MAC_UNLEARNED,   /* New, and there is no room. */
    MAC_NOT_LEARNED, /* A group address, which no station has. */
};

/* learned == used + expired + evicted + flushed. */
struct mac_table_stats {
    uint64_t learned;   /* Entries made. */
    uint64_t moved;     /* Entries whose port changed. */
    uint64_t expired;   /* Entries that were not refreshed in time. */
    uint64_t evicted;   /* Entries that made room for others. */
    uint64_t flushed;   /* Entries that mac_table_flush() took. */
    uint64_t unlearned; /* Times an address found no room. */
    uint32_t used;      /* Entries in the table. */
    uint32_t peak;      /* The most it has held. */
};

struct mac_table;

struct mac_table *mac_table_new(const struct mac_table_config *,
                                const struct random_stream *);
void mac_table_free(struct mac_table *);

enum mac_learned mac_table_learn_key(struct mac_table *, uint64_t key,
                                     uint32_t port, sim_time now);
uint32_t mac_table_lookup_key(struct mac_table *, uint64_t key, sim_time now);
uint32_t mac_table_flush(struct mac_table *, uint32_t port, uint16_t vlan,
                         sim_time now);

void mac_table_set_aging(struct mac_table *, sim_time aging, sim_time now);

const struct mac_table_config *mac_table_config(const struct mac_table *);
const struct mac_table_stats *mac_table_stats(struct mac_table *,
                                              sim_time now);

/* Returns the key of the address at 'addr' in 'vlan', 0 to 4095.  Where speed
 * counts, keys are read from the packet: six bytes that travel as a struct are
 * written and read again in other pieces, and the processor waits for that. */
static inline uint64_t
mac_table_key(uint16_t vlan, const uint8_t addr[ETH_ALEN])
{
    return (uint64_t) vlan << 48 | (uint64_t) get_be32(addr) << 16
           | get_be16(addr + 4);
}

static inline enum mac_learned
mac_table_learn(struct mac_table *table, uint16_t vlan, struct eth_addr addr,
                uint32_t port, sim_time now)
{
    return mac_table_learn_key(table, mac_table_key(vlan, addr.octets), port,
                               now);
}

static inline uint32_t
mac_table_lookup(struct mac_table *table, uint16_t vlan, struct eth_addr addr,
                 sim_time now)
{
    return mac_table_lookup_key(table, mac_table_key(vlan, addr.octets), now);
}

#endif /* models/fabric/mac_table.h */

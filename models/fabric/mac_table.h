/* MAC table: behind which port of a switch a station is, IEEE 802.1Q section
 * 8.8, the filtering database.
 *
 * The key is (VLAN, MAC): each VLAN learns by itself.  The table is finite.  An
 * ideal one holds exactly 'max_entries'.  One with buckets is what hardware has:
 * max_entries / ways buckets of 'ways' entries, and an address must lie in the
 * bucket that its hash says.  What happens to an address for which there is no
 * room, in the table or in its bucket, is the eviction rule.  With fairness
 * another rule goes before it: if there is a port with more entries than the
 * learner's has, the one with the most gives one up.
 *
 *     rule      of an ideal table                   of a bucket
 *     oldest    exactly                             exactly
 *     lru       exactly; of entries refreshed in    likewise
 *               the same picosecond, any
 *     random    any, equally likely                 likewise
 *     fairness  any of the port with the most       the one of those ports' with
 *                                                   the most in the table that
 *                                                   was refreshed (oldest:
 *                                                   learned) longest ago
 *
 * An entry that was not refreshed for the aging time is gone at that very
 * picosecond.  No timer is needed for it: every call first takes off those whose
 * time is up.  So calls must come with times that never fall.
 *
 * To learn or look up a known address reads one cache line or two beside the
 * table's own, and writes the one where it was found.  No list is kept in order:
 * who was refreshed least recently is found when it is asked for, see
 * mac_bounds.h.  That and a place for the new entry take two to four thousand
 * instructions in a full ideal table, whatever its size, and some hundred in one
 * with buckets.
 *
 * An entry takes 16 bytes with its time and order, see mac_slots.h.  A full
 * ideal table has 1 slot in 16 too many, without which the last entries would
 * be hard to place, and a quarter of a byte of bounds for each.  The rule
 * "oldest" takes 8 bytes more for the order of birth, which only the making,
 * moving and end of entries touch.
 *
 * learned == used + expired + evicted + flushed. */

#ifndef MODELS_FABRIC_MAC_TABLE_H
#define MODELS_FABRIC_MAC_TABLE_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/fabric/mac_hash.h"
#include "models/wire/eth.h"
#include "sim/clock.h"
#include "sim/random.h"

#define MAC_TABLE_ENTRIES_MAX   (1u << 24) /* Of what may be configured. */
#define MAC_TABLE_NO_PORT       UINT32_MAX /* Result of a lookup: not known. */
#define MAC_TABLE_ANY_PORT      UINT32_MAX /* To be flushed: of every port, */
#define MAC_TABLE_ANY_VLAN      UINT16_MAX /* of every VLAN. */
#define MAC_TABLE_PORTS_DEFAULT 4096       /* If n_ports is not given. */

/* Which entry makes room in a full table, or bucket, for a new one. */
enum mac_evict {
    MAC_EVICT_NONE,   /* None: the new one is not learned. */
    MAC_EVICT_OLDEST, /* The one that was learned first. */
    MAC_EVICT_LRU,    /* The one that was refreshed least recently. */
    MAC_EVICT_RANDOM, /* Any, equally likely. */
};

struct mac_table_config {
    uint32_t max_entries; /* 1 to MAC_TABLE_ENTRIES_MAX. */
    sim_time aging;       /* 1 to mac_table_aging_max(); SIM_NEVER: none. */
    enum mac_evict evict;
    uint32_t ways;      /* Of a bucket; divides max_entries.  0: ideal. */
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
sim_time mac_table_aging_max(uint32_t n_ports);

enum mac_learned mac_table_learn_key(struct mac_table *, uint64_t key,
                                     uint32_t port, sim_time now);
uint32_t mac_table_lookup_key(struct mac_table *, uint64_t key, sim_time now);
uint32_t mac_table_flush(struct mac_table *, uint32_t port, uint16_t vlan,
                         sim_time now);

void mac_table_set_aging(struct mac_table *, sim_time aging, sim_time now);

const struct mac_table_config *mac_table_config(const struct mac_table *);
const struct mac_table_stats *mac_table_stats(struct mac_table *,
                                              sim_time now);
size_t mac_table_bytes(const struct mac_table *);

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

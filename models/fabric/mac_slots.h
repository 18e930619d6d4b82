/* Slots of a MAC table: where an entry lies in memory, and how it is found.
 *
 * An entry has 16 bytes: the address and its VLAN, the port, and a stamp that
 * says when it was refreshed.
 *
 *     key     VLAN 12 | MAC 48, its group bit set: in use
 *     rest    stamp | port, of as many bits as the ports need
 *
 * No learned address has the group bit, so it says that a slot is in use; an
 * empty slot is all zeros.  Of a stamp only the low bits are kept, 48 or more.
 * That is enough as long as the oldest entry and the newest stamp are no further
 * apart than these bits count, which is the table's care.
 *
 * A table of d ways has buckets of d slots, and an address lies in the one that
 * its hash says or not at all.  An ideal table has buckets of 4, a cache line,
 * and an address lies in one of two (cuckoo hashing; Dietzfelbinger and Weidling,
 * 2007): where both are full, others move to their second choice until one finds
 * room.  No more than 1 slot in 16 is left over when the table is full. */

#ifndef MODELS_FABRIC_MAC_SLOTS_H
#define MODELS_FABRIC_MAC_SLOTS_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/fabric/mac_bounds.h"
#include "models/fabric/mac_hash.h"

#define MAC_SLOT_NONE UINT32_MAX          /* No slot. */
#define MAC_SLOT_USED (UINT64_C(1) << 40) /* Of 'key': the group bit. */
#define MAC_SLOT_PAIR 4                   /* Ways of an ideal table. */

struct mac_slot {
    uint64_t key, rest;
};
enum mac_slots_order { MAC_SLOTS_BY_STAMP, MAC_SLOTS_BY_BIRTH, N_MAC_ORDERS };
struct mac_slots {
    struct mac_slot *slots; /* ways * n_buckets of them. */
    uint64_t seed;          /* Of an ideal table's hash. */
    uint64_t stamp;         /* The newest; none is above it. */
    uint32_t n_buckets;
    uint32_t port_mask; /* Bits of the port in 'rest', */
    uint8_t port_bits;  /* and how many these are. */
    bool is_ideal, has_births;
    enum mac_hash hash; /* If it is not ideal. */
    uint32_t ways;
    uint64_t stamp_mask; /* Bits of a stamp that are kept. */
    struct mac_bounds bounds[N_MAC_ORDERS];
    uint64_t *births; /* Of each slot: its entry's number; if wanted. */
    uint32_t max_entries;
    uint64_t walk; /* Chooses who moves. */
    void *memory;  /* In which 'slots' lie. */
};

void mac_slots_init(struct mac_slots *, uint32_t max_entries, uint32_t ways,
                    enum mac_hash, uint32_t n_ports, bool has_births);
void mac_slots_clear(struct mac_slots *);
void mac_slots_enter(struct mac_slots *, uint64_t key, uint32_t port,
                     uint64_t birth, uint32_t n_used);
void mac_slots_remove(struct mac_slots *, uint32_t slot);
uint32_t mac_slots_take_least(struct mac_slots *, enum mac_slots_order);
void mac_slots_restamp(struct mac_slots *, uint64_t stamp);
void mac_slots_keep(struct mac_slots *, enum mac_slots_order, uint32_t slot);
bool mac_slots_has_room(const struct mac_slots *, uint32_t first);
size_t mac_slots_bytes(const struct mac_slots *);
uint32_t mac_slots_bucket(const struct mac_slots *, uint64_t key);
struct mac_slot *mac_slots_find_in_bucket(const struct mac_slots *,
                                          uint64_t key);
uint32_t mac_slots_bits_of_port(uint32_t n_ports);

static inline uint32_t
mac_slots_number(const struct mac_slots *s)
{
    return s->n_buckets * s->ways;
}

/* VLANs and low bits of MACs reach all bits of either half. */
static inline uint64_t
mac_slots_hash(const struct mac_slots *s, uint64_t key)
{
    uint64_t hash = (key ^ s->seed) * UINT64_C(0xbf58476d1ce4e5b9);

    return (hash ^ hash >> 32) * UINT64_C(0x94d049bb133111eb);
}

/* Returns where the bucket begins that half of a hash says. */
static inline size_t
mac_slots_of_half(const struct mac_slots *s, uint64_t half)
{
    return (size_t) (half * s->n_buckets >> 32) * MAC_SLOT_PAIR;
}

/* Says which of the 4 slots from 'at' on hold 'key', as bits.  Without branches:
 * which one it is cannot be foreseen. */
static inline unsigned int
mac_slots_match(const struct mac_slot *at, uint64_t key)
{
    return (unsigned int) (at[0].key == key)
           | (unsigned int) (at[1].key == key) << 1
           | (unsigned int) (at[2].key == key) << 2
           | (unsigned int) (at[3].key == key) << 3;
}

/* Returns the slot of 'key', which has MAC_SLOT_USED set, or null. */
static inline struct mac_slot *
mac_slots_find(const struct mac_slots *s, uint64_t key)
{
    struct mac_slot *at;
    unsigned int found;
    uint64_t hash;

    if (!s->is_ideal) {
        return mac_slots_find_in_bucket(s, key);
    }
    hash = mac_slots_hash(s, key);
    at = &s->slots[mac_slots_of_half(s, hash >> 32)];
    found = mac_slots_match(at, key);
    if (!found) {
        at = &s->slots[mac_slots_of_half(s, hash & UINT32_MAX)];
        found = mac_slots_match(at, key);
    }
    return found ? &at[__builtin_ctz(found)] : NULL;
}

/* Writes the entry of 'key', which has MAC_SLOT_USED set, refreshed now. */
static inline void
mac_slots_write(const struct mac_slots *s, struct mac_slot *slot, uint64_t key,
                uint32_t port)
{
    slot->key = key;
    slot->rest = s->stamp << s->port_bits | port;
}

static inline uint32_t
mac_slots_port(const struct mac_slots *s, const struct mac_slot *slot)
{
    return (uint32_t) slot->rest & s->port_mask;
}

/* Returns the stamp of 'slot', which is in use, with all its bits. */
static inline uint64_t
mac_slots_stamp(const struct mac_slots *s, const struct mac_slot *slot)
{
    return s->stamp
           - ((s->stamp - (slot->rest >> s->port_bits)) & s->stamp_mask);
}

#endif /* models/fabric/mac_slots.h */

#include "models/fabric/mac_table.h"

#include <glib.h>

#define NONE        UINT32_MAX          /* No slot. */
#define KEY_GROUP   (UINT64_C(1) << 40) /* Group bit of a key's address. */
#define ENTRIES_MIN 16                  /* Allocated at first. */

/* Slots are numbered; a slot's number is its index in all arrays.  A chain of
 * the hash table, and the free slots, are linked by 'next'. */

/* All that a lookup reads. */
struct mac_entry {
    uint64_t key;  /* Of mac_table_key(). */
    uint32_t port; /* Where it was last seen. */
    uint32_t next; /* Slot behind it in its chain. */
};

/* Neighbors in an order of slots. */
struct mac_link {
    uint32_t older, newer;
};

struct mac_age {
    sim_time seen; /* When it was last refreshed. */
    struct mac_link link;
};

enum mac_order {
    BY_REFRESH, /* When slots were last refreshed: aging and LRU. */
    BY_ENTRY,   /* When they were learned: only kept for "oldest". */
    N_ORDERS
};

struct mac_table {
    struct mac_entry *entries;
    struct mac_age *ages;
    struct mac_link *by_entry; /* Null if not wanted. */
    uint32_t *heads;           /* First slots of the chains. */
    uint32_t n_heads;          /* A power of 2, at least 'n_allocated'. */
    uint32_t n_allocated;      /* Slots there is memory for. */
    uint32_t n_slots;          /* Slots used so far; the free ones too. */
    uint32_t free;             /* First free slot of those. */
    uint32_t oldest[N_ORDERS], newest[N_ORDERS];
    sim_time due; /* No entry's time is up before. */
    struct mac_table_config config;
    struct mac_table_stats stats;
    struct random_stream random; /* Chooses victims. */
};

G_STATIC_ASSERT(sizeof(struct mac_entry) == 16);

/* The first half of SplitMix64's finalizer: VLANs and low bits of MACs reach all
 * upper bits. */
static inline uint32_t *
head_of(const struct mac_table *table, uint64_t key)
{
    uint64_t hash = (key ^ key >> 30) * UINT64_C(0xbf58476d1ce4e5b9);

    return &table->heads[(hash ^ hash >> 27) >> 20 & (table->n_heads - 1)];
}

/* Orders. */

static inline struct mac_link *
link_of(const struct mac_table *table, enum mac_order order, uint32_t slot)
{
    return order == BY_REFRESH ? &table->ages[slot].link
                               : &table->by_entry[slot];
}

static inline void
order_append(struct mac_table *table, enum mac_order order, uint32_t slot)
{
    uint32_t newest = table->newest[order];

    *link_of(table, order, slot) = (struct mac_link){ newest, NONE };
    if (newest == NONE) {
        table->oldest[order] = slot;
    } else {
        link_of(table, order, newest)->newer = slot;
    }
    table->newest[order] = slot;
}

static inline void
order_remove(struct mac_table *table, enum mac_order order, uint32_t slot)
{
    struct mac_link link = *link_of(table, order, slot);

    if (link.older == NONE) {
        table->oldest[order] = link.newer;
    } else {
        link_of(table, order, link.older)->newer = link.newer;
    }
    if (link.newer == NONE) {
        table->newest[order] = link.older;
    } else {
        link_of(table, order, link.newer)->older = link.older;
    }
}

/* Slots. */

/* Makes memory for twice as many entries, at most the table's bound.  All slots
 * hold entries. */
static void
grow(struct mac_table *table)
{
    uint32_t n = MIN(MAX(2 * table->n_allocated, ENTRIES_MIN),
                     table->config.max_entries);

    table->n_allocated = n;
    table->entries = g_renew(struct mac_entry, table->entries, n);
    table->ages = g_renew(struct mac_age, table->ages, n);
    if (table->config.evict == MAC_EVICT_OLDEST) {
        table->by_entry = g_renew(struct mac_link, table->by_entry, n);
    }
    for (table->n_heads = 1; table->n_heads < n; table->n_heads *= 2) {
        continue;
    }
    table->heads = g_renew(uint32_t, table->heads, table->n_heads);
    for (uint32_t i = 0; i < table->n_heads; i++) {
        table->heads[i] = NONE;
    }
    for (uint32_t slot = 0; slot < table->n_slots; slot++) {
        uint32_t *head = head_of(table, table->entries[slot].key);

        table->entries[slot].next = *head;
        *head = slot;
    }
}

static inline uint32_t
find(const struct mac_table *table, uint64_t key)
{
    uint32_t slot = *head_of(table, key);

    while (slot != NONE && table->entries[slot].key != key) {
        slot = table->entries[slot].next;
    }
    return slot;
}

static uint32_t
take_slot(struct mac_table *table)
{
    uint32_t slot = table->free;

    if (slot != NONE) {
        table->free = table->entries[slot].next;
        return slot;
    }
    if (table->n_slots == table->n_allocated) {
        grow(table);
    }
    return table->n_slots++;
}

/* Returns when the time of an entry that was refreshed at 'seen' is up. */
static inline sim_time
expiry(const struct mac_table *table, sim_time seen)
{
    return seen < SIM_NEVER - table->config.aging ? seen + table->config.aging
                                                  : SIM_NEVER;
}

static void
enter(struct mac_table *table, uint64_t key, uint32_t port, sim_time now)
{
    uint32_t slot = take_slot(table);
    uint32_t *head = head_of(table, key);

    table->entries[slot] = (struct mac_entry){ key, port, *head };
    *head = slot;
    table->ages[slot].seen = now;
    table->due = MIN(table->due, expiry(table, now));
    order_append(table, BY_REFRESH, slot);
    if (table->by_entry) {
        order_append(table, BY_ENTRY, slot);
    }
    table->stats.used++;
    table->stats.peak = MAX(table->stats.peak, table->stats.used);
}

static void
forget(struct mac_table *table, uint32_t slot)
{
    uint32_t *at = head_of(table, table->entries[slot].key);

    while (*at != slot) {
        at = &table->entries[*at].next;
    }
    *at = table->entries[slot].next;
    order_remove(table, BY_REFRESH, slot);
    if (table->by_entry) {
        order_remove(table, BY_ENTRY, slot);
    }
    table->entries[slot].next = table->free;
    table->free = slot;
    table->stats.used--;
}

/* Takes off the entries whose time is up, and looks when the next one's may
 * be. */
static void
expire_due(struct mac_table *table, sim_time now)
{
    uint32_t slot = table->oldest[BY_REFRESH];

    while (slot != NONE
           && now - table->ages[slot].seen >= table->config.aging) {
        forget(table, slot);
        table->stats.expired++;
        slot = table->oldest[BY_REFRESH];
    }
    table->due =
        slot == NONE ? SIM_NEVER : expiry(table, table->ages[slot].seen);
}

static inline void
expire(struct mac_table *table, sim_time now)
{
    if (now >= table->due) {
        expire_due(table, now);
    }
}

/* Makes room in the full table.  Returns false if the table's rule is that
 * nobody goes. */
static bool
evict(struct mac_table *table)
{
    uint32_t victim = NONE;

    switch (table->config.evict) {
    case MAC_EVICT_NONE: return false;
    case MAC_EVICT_OLDEST: victim = table->oldest[BY_ENTRY]; break;
    case MAC_EVICT_LRU: victim = table->oldest[BY_REFRESH]; break;
    case MAC_EVICT_RANDOM:
        /* Full: every slot holds an entry. */
        victim =
            (uint32_t) random_below(&table->random, table->config.max_entries);
        break;
    }
    forget(table, victim);
    table->stats.evicted++;
    return true;
}

/* Returns an empty table.  '*random' decides who goes if that is random; it is
 * copied. */
struct mac_table *
mac_table_new(const struct mac_table_config *config,
              const struct random_stream *random)
{
    struct mac_table *table = g_new0(struct mac_table, 1);

    g_assert(config->max_entries > 0
             && config->max_entries <= MAC_TABLE_ENTRIES_MAX
             && config->aging > 0);
    table->config = *config;
    table->random = *random;
    table->free = NONE;
    table->due = SIM_NEVER;
    for (int order = 0; order < N_ORDERS; order++) {
        table->oldest[order] = table->newest[order] = NONE;
    }
    grow(table);
    return table;
}

/* Frees 'table', which may be null. */
void
mac_table_free(struct mac_table *table)
{
    if (table) {
        g_free(table->entries);
        g_free(table->ages);
        g_free(table->by_entry);
        g_free(table->heads);
        g_free(table);
    }
}

/* Notes that a frame from the address of 'key' came in on 'port' at 'now'.
 * Returns what became of that. */
enum mac_learned
mac_table_learn_key(struct mac_table *table, uint64_t key, uint32_t port,
                    sim_time now)
{
    enum mac_learned result = MAC_REFRESHED;
    uint32_t slot;

    if (key & KEY_GROUP) {
        return MAC_NOT_LEARNED;
    }
    expire(table, now);
    slot = find(table, key);
    if (slot == NONE) {
        if (table->stats.used == table->config.max_entries && !evict(table)) {
            table->stats.unlearned++;
            return MAC_UNLEARNED;
        }
        enter(table, key, port, now);
        table->stats.learned++;
        return MAC_LEARNED;
    }
    if (table->entries[slot].port != port) {
        table->entries[slot].port = port;
        table->stats.moved++;
        result = MAC_MOVED;
    }
    table->ages[slot].seen = now;
    if (slot != table->newest[BY_REFRESH]) {
        order_remove(table, BY_REFRESH, slot);
        order_append(table, BY_REFRESH, slot);
    }
    return result;
}

/* Returns the port behind which the address of 'key' is at 'now', or
 * MAC_TABLE_NO_PORT. */
uint32_t
mac_table_lookup_key(struct mac_table *table, uint64_t key, sim_time now)
{
    uint32_t slot;

    expire(table, now);
    slot = find(table, key);
    return slot == NONE ? MAC_TABLE_NO_PORT : table->entries[slot].port;
}

/* Forgets the entries of 'port', or MAC_TABLE_ANY_PORT, in 'vlan', or
 * MAC_TABLE_ANY_VLAN.  Returns how many there were. */
uint32_t
mac_table_flush(struct mac_table *table, uint32_t port, uint16_t vlan,
                sim_time now)
{
    uint32_t slot, next, n = 0;

    expire(table, now);
    for (slot = table->oldest[BY_REFRESH]; slot != NONE; slot = next) {
        const struct mac_entry *entry = &table->entries[slot];

        next = table->ages[slot].link.newer;
        if ((port == MAC_TABLE_ANY_PORT || entry->port == port)
            && (vlan == MAC_TABLE_ANY_VLAN || entry->key >> 48 == vlan)) {
            forget(table, slot);
            n++;
        }
    }
    table->stats.flushed += n;
    return n;
}

/* Changes the aging time, of the entries that are there too: those that were
 * not refreshed for the new one are gone. */
void
mac_table_set_aging(struct mac_table *table, sim_time aging, sim_time now)
{
    g_assert(aging > 0);
    expire(table, now);
    table->config.aging = aging;
    expire_due(table, now);
}

const struct mac_table_config *
mac_table_config(const struct mac_table *table)
{
    return &table->config;
}

/* Returns the counters as they are at 'now'; entries whose time is up are no
 * longer in 'used'. */
const struct mac_table_stats *
mac_table_stats(struct mac_table *table, sim_time now)
{
    expire(table, now);
    return &table->stats;
}

#include "models/fabric/mac_table.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "models/fabric/mac_slots.h"

#define KEY_GROUP MAC_SLOT_USED /* Group bit of a key's address. */
#define LINE      64            /* Bytes of a cache line. */

/* Learning and looking up of known addresses read the first cache line only. */
struct mac_table {
    sim_time due; /* No entry's time is up before. */
    sim_time now; /* Of the last learning. */
    bool is_aging;
    struct mac_slots slots;
    struct mac_table_config config;
    struct mac_table_stats stats;
    uint32_t *of_port;           /* Entries of each port; for fairness. */
    struct random_stream random; /* Chooses victims. */
};

G_STATIC_ASSERT(offsetof(struct mac_table, slots.has_births) < LINE);

/* Life. */

/* Returns the longest time for which the entries of a switch of 'n_ports' ports
 * can be told to last, if they are to age at all: a stamp has the bits that the
 * port leaves it. */
sim_time
mac_table_aging_max(uint32_t n_ports)
{
    uint32_t bits = 64 - mac_slots_bits_of_port(n_ports);

    return bits >= 63 ? SIM_NEVER - 1 : (sim_time) 1 << bits;
}

static struct mac_table *
alloc_table(void)
{
    size_t size = (sizeof(struct mac_table) + LINE - 1) / LINE * LINE;
    struct mac_table *table = aligned_alloc(LINE, size);

    if (!table) {
        g_error("out of memory for a MAC table");
    }
    return memset(table, 0, size);
}

/* Returns an empty table.  '*random' decides who goes if that is random; it is
 * copied. */
struct mac_table *
mac_table_new(const struct mac_table_config *config,
              const struct random_stream *random)
{
    struct mac_table *table = alloc_table();
    uint32_t n_ports =
        config->n_ports ? config->n_ports : MAC_TABLE_PORTS_DEFAULT;

    g_assert(config->max_entries > 0
             && config->max_entries <= MAC_TABLE_ENTRIES_MAX
             && config->aging > 0);
    g_assert(config->aging == SIM_NEVER
             || config->aging <= mac_table_aging_max(n_ports));
    g_assert(!config->ways || config->max_entries % config->ways == 0);
    table->config = *config;
    table->config.n_ports = n_ports;
    table->is_aging = config->aging != SIM_NEVER;
    table->random = *random;
    table->due = SIM_NEVER;
    mac_slots_init(&table->slots, config->max_entries, config->ways,
                   config->hash, n_ports, config->evict == MAC_EVICT_OLDEST);
    if (config->fairness) {
        table->of_port = g_new0(uint32_t, n_ports);
    }
    return table;
}

/* Frees 'table', which may be null. */
void
mac_table_free(struct mac_table *table)
{
    if (table) {
        mac_slots_clear(&table->slots);
        g_free(table->of_port);
        free(table);
    }
}

/* Aging. */

static void
forget(struct mac_table *table, uint32_t slot)
{
    if (table->of_port) {
        table->of_port[mac_slots_port(&table->slots,
                                      &table->slots.slots[slot])]--;
    }
    mac_slots_remove(&table->slots, slot);
    table->stats.used--;
}

/* Returns when the time of an entry that was refreshed at 'seen' is up. */
static inline sim_time
expiry(const struct mac_table *table, uint64_t seen)
{
    return seen < (uint64_t) (SIM_NEVER - table->config.aging)
               ? (sim_time) seen + table->config.aging
               : SIM_NEVER;
}

/* Takes off the entries whose time is up, and looks when the next one's is. */
static G_GNUC_NO_INLINE void
expire_due(struct mac_table *table, sim_time now)
{
    uint32_t slot;

    for (;;) {
        slot = mac_slots_take_least(&table->slots, MAC_SLOTS_BY_STAMP);
        if (slot == MAC_SLOT_NONE) {
            table->due = SIM_NEVER;
            return;
        }
        table->due = expiry(
            table, mac_slots_stamp(&table->slots, &table->slots.slots[slot]));
        if (table->due > now) {
            mac_slots_keep(&table->slots, MAC_SLOTS_BY_STAMP, slot);
            return;
        }
        forget(table, slot);
        table->stats.expired++;
    }
}

static inline void
expire(struct mac_table *table, sim_time now)
{
    if (now >= table->due) {
        expire_due(table, now);
    }
}

/* Sets the stamp of what is refreshed at 'now': that time, or, if entries do
 * not age, a number that grows with it, of which fewer bits will do. */
static inline void
set_stamp(struct mac_table *table, sim_time now)
{
    if (now != table->now) {
        table->now = now;
        table->slots.stamp =
            table->is_aging ? (uint64_t) now : table->slots.stamp + 1;
    }
}

/* Eviction. */

/* Returns the slot of those from 'first' on, a whole bucket in use, that was
 * refreshed least recently, or born first, of those of 'port', if not
 * MAC_TABLE_ANY_PORT. */
static uint32_t
least_of_bucket(const struct mac_table *table, uint32_t first, uint32_t port)
{
    const struct mac_slots *s = &table->slots;
    uint32_t found = MAC_SLOT_NONE;
    uint64_t least = UINT64_MAX;

    for (uint32_t slot = first; slot < first + s->ways; slot++) {
        uint64_t stamp = table->config.evict == MAC_EVICT_OLDEST
                             ? s->births[slot]
                             : mac_slots_stamp(s, &s->slots[slot]);

        if (stamp < least
            && (port == MAC_TABLE_ANY_PORT
                || mac_slots_port(s, &s->slots[slot]) == port)) {
            least = stamp;
            found = slot;
        }
    }
    return found;
}

/* Returns any slot in use, equally likely, of those of 'port', if not
 * MAC_TABLE_ANY_PORT: of a port with a good part of the entries, or this takes
 * long. */
static uint32_t
any_slot(struct mac_table *table, uint32_t port)
{
    const struct mac_slots *s = &table->slots;

    for (;;) {
        uint32_t slot =
            (uint32_t) random_below(&table->random, mac_slots_number(s));

        if (s->slots[slot].key
            && (port == MAC_TABLE_ANY_PORT
                || mac_slots_port(s, &s->slots[slot]) == port)) {
            return slot;
        }
    }
}

/* Returns the slot of who goes from the bucket that begins at 'first' by the
 * table's rule, which is that somebody goes. */
static uint32_t
victim_of_bucket(struct mac_table *table, uint32_t first)
{
    return table->config.evict == MAC_EVICT_RANDOM
               ? first
                     + (uint32_t) random_below(&table->random,
                                               table->slots.ways)
               : least_of_bucket(table, first, MAC_TABLE_ANY_PORT);
}

/* Returns the slot of who goes from the full ideal table by its rule. */
static uint32_t
victim_of_all(struct mac_table *table)
{
    return table->config.evict == MAC_EVICT_RANDOM
               ? any_slot(table, MAC_TABLE_ANY_PORT)
               : mac_slots_take_least(&table->slots,
                                      table->config.evict == MAC_EVICT_OLDEST
                                          ? MAC_SLOTS_BY_BIRTH
                                          : MAC_SLOTS_BY_STAMP);
}

/* Returns the port with the most entries: of all, or of those in the bucket
 * that begins at 'first'. */
static uint32_t
richest_port(const struct mac_table *table, uint32_t first)
{
    const struct mac_slots *s = &table->slots;
    uint32_t richest = 0;

    if (s->is_ideal) {
        for (uint32_t port = 1; port < table->config.n_ports; port++) {
            if (table->of_port[port] > table->of_port[richest]) {
                richest = port;
            }
        }
        return richest;
    }
    richest = mac_slots_port(s, &s->slots[first]);
    for (uint32_t slot = first + 1; slot < first + s->ways; slot++) {
        uint32_t port = mac_slots_port(s, &s->slots[slot]);

        if (table->of_port[port] > table->of_port[richest]) {
            richest = port;
        }
    }
    return richest;
}

/* Returns who makes room for an entry of 'port', in the bucket that begins at
 * 'first' if the table is not ideal; MAC_SLOT_NONE if nobody does. */
static uint32_t
find_victim(struct mac_table *table, uint32_t first, uint32_t port)
{
    bool is_ideal = table->slots.is_ideal;

    if (table->config.fairness) {
        uint32_t richest = richest_port(table, first);

        if (table->of_port[port] < table->of_port[richest]) {
            return is_ideal ? any_slot(table, richest)
                            : least_of_bucket(table, first, richest);
        }
    }
    if (table->config.evict == MAC_EVICT_NONE) {
        return MAC_SLOT_NONE;
    }
    return is_ideal ? victim_of_all(table) : victim_of_bucket(table, first);
}

/* Makes room for 'key' of 'port' if there is none.  Returns false if that
 * cannot be. */
static bool
make_room(struct mac_table *table, uint64_t key, uint32_t port)
{
    struct mac_slots *s = &table->slots;
    uint32_t first = 0, victim;

    if (s->is_ideal) {
        if (table->stats.used < table->config.max_entries) {
            return true;
        }
    } else {
        first = mac_slots_bucket(s, key);
        if (mac_slots_has_room(s, first)) {
            return true;
        }
    }
    victim = find_victim(table, first, port);
    if (victim == MAC_SLOT_NONE) {
        return false;
    }
    forget(table, victim);
    table->stats.evicted++;
    return true;
}

/* Learning and lookup. */

static G_GNUC_NO_INLINE enum mac_learned
learn_new(struct mac_table *table, uint64_t key, uint32_t port)
{
    g_assert(port < table->config.n_ports);
    if (!make_room(table, key, port)) {
        table->stats.unlearned++;
        return MAC_UNLEARNED;
    }
    mac_slots_enter(&table->slots, key, port, table->stats.learned,
                    table->stats.used);
    if (table->of_port) {
        table->of_port[port]++;
    }
    if (table->is_aging) {
        table->due = MIN(table->due, expiry(table, table->slots.stamp));
    }
    table->stats.used++;
    table->stats.peak = MAX(table->stats.peak, table->stats.used);
    table->stats.learned++;
    return MAC_LEARNED;
}

static G_GNUC_NO_INLINE void
note_move(struct mac_table *table, uint32_t from, uint32_t to)
{
    g_assert(to < table->config.n_ports);
    table->stats.moved++;
    if (table->of_port) {
        table->of_port[from]--;
        table->of_port[to]++;
    }
}

/* Notes that a frame from the address of 'key' came in on 'port' at 'now'.
 * Returns what became of that. */
enum mac_learned
mac_table_learn_key(struct mac_table *table, uint64_t key, uint32_t port,
                    sim_time now)
{
    struct mac_slot *slot;
    uint32_t from;

    if (key & KEY_GROUP) {
        return MAC_NOT_LEARNED;
    }
    expire(table, now);
    set_stamp(table, now);
    key |= MAC_SLOT_USED;
    slot = mac_slots_find(&table->slots, key);
    if (!slot) {
        return learn_new(table, key, port);
    }
    from = mac_slots_port(&table->slots, slot);
    mac_slots_write(&table->slots, slot, key, port);
    if (from != port) {
        note_move(table, from, port);
        return MAC_MOVED;
    }
    return MAC_REFRESHED;
}

/* Returns the port behind which the address of 'key' is at 'now', or
 * MAC_TABLE_NO_PORT. */
uint32_t
mac_table_lookup_key(struct mac_table *table, uint64_t key, sim_time now)
{
    const struct mac_slot *slot;

    expire(table, now);
    if (key & KEY_GROUP) {
        return MAC_TABLE_NO_PORT;
    }
    slot = mac_slots_find(&table->slots, key | MAC_SLOT_USED);
    return slot ? mac_slots_port(&table->slots, slot) : MAC_TABLE_NO_PORT;
}

/* Forgets the entries of 'port', or MAC_TABLE_ANY_PORT, in 'vlan', or
 * MAC_TABLE_ANY_VLAN.  Returns how many there were. */
uint32_t
mac_table_flush(struct mac_table *table, uint32_t port, uint16_t vlan,
                sim_time now)
{
    const struct mac_slots *s = &table->slots;
    uint32_t n = 0;

    expire(table, now);
    for (uint32_t slot = 0; slot < mac_slots_number(s); slot++) {
        const struct mac_slot *at = &s->slots[slot];

        if (at->key
            && (port == MAC_TABLE_ANY_PORT || mac_slots_port(s, at) == port)
            && (vlan == MAC_TABLE_ANY_VLAN || at->key >> 48 == vlan)) {
            forget(table, slot);
            n++;
        }
    }
    table->stats.flushed += n;
    return n;
}

/* Changes the aging time, of the entries that are there too: those that were
 * not refreshed for the new one are gone.  The time of those that did not age
 * begins now. */
void
mac_table_set_aging(struct mac_table *table, sim_time aging, sim_time now)
{
    g_assert(aging > 0
             && (aging == SIM_NEVER
                 || aging <= mac_table_aging_max(table->config.n_ports)));
    expire(table, now);
    if (!table->is_aging && aging != SIM_NEVER) {
        table->now = now;
        mac_slots_restamp(&table->slots, (uint64_t) now);
    }
    table->config.aging = aging;
    table->is_aging = aging != SIM_NEVER;
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

/* Returns the bytes that 'table' takes for its entries and their order. */
size_t
mac_table_bytes(const struct mac_table *table)
{
    return mac_slots_bytes(&table->slots);
}

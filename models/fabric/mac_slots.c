#include "models/fabric/mac_slots.h"

#include <glib.h>
#include <stdlib.h>

#define LINE        64  /* Bytes of a cache line. */
#define SLOTS_FIRST 16  /* Of an ideal table, to begin with. */
#define MOVES_MAX   500 /* For one entry, before the table is made anew. */

G_STATIC_ASSERT(sizeof(struct mac_slot) == 16);
G_STATIC_ASSERT(sizeof(struct mac_slot) * MAC_SLOT_PAIR == LINE);

/* All that moves with an entry. */
struct entry {
    struct mac_slot slot;
    uint64_t birth;
};

/* Memory of an ideal table grows with the entries in use, by doubling.  One with
 * buckets is made whole, but of zeros, which take no memory until an entry is
 * written there. */

/* Returns how many slots an ideal table has that is as large as it may be:
 * enough to find a place for the last entry in a few moves. */
static uint32_t
slots_at_most(const struct mac_slots *s)
{
    uint32_t n = s->max_entries + s->max_entries / 16 + 2 * MAC_SLOT_PAIR;

    return n - n % MAC_SLOT_PAIR;
}

/* Gives '*s' 'n_buckets' of empty slots. */
static void
allocate(struct mac_slots *s, uint32_t n_buckets)
{
    uint32_t n = n_buckets * s->ways;

    s->n_buckets = n_buckets;
    s->memory = calloc(1, n * sizeof *s->slots + LINE - 1);
    if (!s->memory) {
        g_error("out of memory for a MAC table of %" G_GUINT32_FORMAT, n);
    }
    s->slots =
        (struct mac_slot *) (((uintptr_t) s->memory + LINE - 1) / LINE * LINE);
    mac_bounds_init(&s->bounds[MAC_SLOTS_BY_STAMP], n);
    if (s->has_births) {
        s->births = g_new(uint64_t, n);
        mac_bounds_init(&s->bounds[MAC_SLOTS_BY_BIRTH], n);
    }
}

/* Returns the bytes that allocate() took. */
size_t
mac_slots_bytes(const struct mac_slots *s)
{
    size_t n = mac_slots_number(s);

    return n * sizeof *s->slots + LINE - 1
           + mac_bounds_bytes(&s->bounds[MAC_SLOTS_BY_STAMP])
           + (s->has_births
                  ? n * sizeof *s->births
                        + mac_bounds_bytes(&s->bounds[MAC_SLOTS_BY_BIRTH])
                  : 0);
}

/* Frees what allocate() made. */
void
mac_slots_clear(struct mac_slots *s)
{
    free(s->memory);
    mac_bounds_clear(&s->bounds[MAC_SLOTS_BY_STAMP]);
    if (s->has_births) {
        mac_bounds_clear(&s->bounds[MAC_SLOTS_BY_BIRTH]);
        g_free(s->births);
    }
}

/* Returns how many bits a port has, if ports are below 'n_ports'. */
uint32_t
mac_slots_bits_of_port(uint32_t n_ports)
{
    uint32_t bits = 0;

    for (uint32_t n = n_ports - 1; n; n >>= 1) {
        bits++;
    }
    return bits;
}

/* Makes '*s' the slots of a table of at most 'max_entries', in buckets of
 * 'ways', or ideal if that is 0.  'has_births': entries' births are kept. */
void
mac_slots_init(struct mac_slots *s, uint32_t max_entries, uint32_t ways,
               enum mac_hash hash, uint32_t n_ports, bool has_births)
{
    *s = (struct mac_slots){
        .ways = ways ? ways : MAC_SLOT_PAIR,
        .is_ideal = !ways,
        .hash = hash,
        .max_entries = max_entries,
        .port_bits = (uint8_t) mac_slots_bits_of_port(n_ports),
        .has_births = has_births,
    };
    s->port_mask = (UINT32_C(1) << s->port_bits) - 1;
    s->stamp_mask = UINT64_MAX >> s->port_bits;
    allocate(s, ways ? max_entries / ways
                     : MIN(slots_at_most(s), SLOTS_FIRST) / MAC_SLOT_PAIR);
}

/* Entries. */

static void
put(struct mac_slots *s, uint32_t slot, const struct entry *entry)
{
    s->slots[slot] = entry->slot;
    mac_bounds_lower(&s->bounds[MAC_SLOTS_BY_STAMP], slot,
                     mac_slots_stamp(s, &entry->slot));
    if (s->has_births) {
        s->births[slot] = entry->birth;
        mac_bounds_lower(&s->bounds[MAC_SLOTS_BY_BIRTH], slot, entry->birth);
    }
}

static struct entry
take(const struct mac_slots *s, uint32_t slot)
{
    return (struct entry){
        .slot = s->slots[slot],
        .birth = s->has_births ? s->births[slot] : 0,
    };
}

/* Returns an empty slot of the bucket that begins at 'first', or
 * MAC_SLOT_NONE. */
static uint32_t
empty_slot(const struct mac_slots *s, uint32_t first)
{
    for (uint32_t i = 0; i < s->ways; i++) {
        if (!s->slots[first + i].key) {
            return first + i;
        }
    }
    return MAC_SLOT_NONE;
}

/* Returns the first slot of the bucket of 'key', which has MAC_SLOT_USED set,
 * in a table with buckets. */
uint32_t
mac_slots_bucket(const struct mac_slots *s, uint64_t key)
{
    return mac_hash_bucket(s->hash, key ^ MAC_SLOT_USED, s->n_buckets)
           * s->ways;
}

/* mac_slots_find() in a table with buckets. */
struct mac_slot *
mac_slots_find_in_bucket(const struct mac_slots *s, uint64_t key)
{
    struct mac_slot *first = &s->slots[mac_slots_bucket(s, key)];

    for (uint32_t i = 0; i < s->ways; i++) {
        if (first[i].key == key) {
            return &first[i];
        }
    }
    return NULL;
}

/* Says whether the bucket that begins at 'first' has an empty slot. */
bool
mac_slots_has_room(const struct mac_slots *s, uint32_t first)
{
    return empty_slot(s, first) != MAC_SLOT_NONE;
}

/* Puts '*entry' into one of its two buckets.  If both are full it takes the
 * place of another entry, which then looks for one itself.  Returns false, with
 * the one that has none in '*entry', if that does not end. */
static bool
place(struct mac_slots *s, struct entry *entry)
{
    uint32_t left = MAC_SLOT_NONE; /* Where '*entry' has been before. */

    for (int moves = 0; moves < MOVES_MAX; moves++) {
        uint64_t hash = mac_slots_hash(s, entry->slot.key);
        uint32_t first = (uint32_t) mac_slots_of_half(s, hash >> 32);
        uint32_t second = (uint32_t) mac_slots_of_half(s, hash & UINT32_MAX);
        uint32_t slot = empty_slot(s, first);
        struct entry moved;

        slot = slot == MAC_SLOT_NONE ? empty_slot(s, second) : slot;
        if (slot != MAC_SLOT_NONE) {
            put(s, slot, entry);
            return true;
        }
        left = first == left ? second : first;
        s->walk = s->walk * UINT64_C(6364136223846793005) + 1; /* Knuth. */
        slot = left + (uint32_t) (s->walk >> 62);
        moved = take(s, slot);
        put(s, slot, entry);
        *entry = moved;
    }
    return false;
}

static bool
place_all(struct mac_slots *s, const struct mac_slots *from)
{
    for (uint32_t slot = 0; slot < mac_slots_number(from); slot++) {
        struct entry entry;

        if (from->slots[slot].key) {
            entry = take(from, slot);
            if (!place(s, &entry)) {
                return false;
            }
        }
    }
    return true;
}

/* Makes an ideal table anew, with twice the slots if it may have them, and
 * places '*homeless' too, if not null.  If that fails, as it may if many hashes
 * agree, another hash is tried. */
static void
remake(struct mac_slots *s, struct entry *homeless)
{
    struct mac_slots old = *s;
    uint32_t n = MIN(2 * mac_slots_number(s), slots_at_most(s));
    bool is_done;

    do {
        struct entry entry = homeless ? *homeless : (struct entry){ 0 };

        allocate(s, n / MAC_SLOT_PAIR);
        is_done = place_all(s, &old) && (!homeless || place(s, &entry));
        if (!is_done) {
            mac_slots_clear(s);
            s->seed = mac_slots_hash(s, 1);
        }
    } while (!is_done);
    mac_slots_clear(&old);
}

/* Enters 'key', which is not there, as refreshed now and the 'n_used + 1'st.
 * In a table with buckets there must be room in its own. */
void
mac_slots_enter(struct mac_slots *s, uint64_t key, uint32_t port,
                uint64_t birth, uint32_t n_used)
{
    struct entry entry = { .birth = birth };
    uint32_t n = mac_slots_number(s);

    mac_slots_write(s, &entry.slot, key, port);
    if (!s->is_ideal) {
        put(s, empty_slot(s, mac_slots_bucket(s, key)), &entry);
        return;
    }
    if (n < slots_at_most(s) && n_used >= n - n / 8) {
        remake(s, NULL);
    }
    if (!place(s, &entry)) {
        remake(s, &entry);
    }
}

/* Forgets what is in 'slot'. */
void
mac_slots_remove(struct mac_slots *s, uint32_t slot)
{
    s->slots[slot] = (struct mac_slot){ 0 };
}

/* Gives every entry the stamp 'stamp', which is not below any. */
void
mac_slots_restamp(struct mac_slots *s, uint64_t stamp)
{
    s->stamp = stamp;
    for (uint32_t slot = 0; slot < mac_slots_number(s); slot++) {
        struct mac_slot *at = &s->slots[slot];

        if (at->key) {
            mac_slots_write(s, at, at->key, mac_slots_port(s, at));
        }
    }
}

/* Orders. */

static inline uint64_t
order_of(const struct mac_slots *s, enum mac_slots_order order, uint32_t slot)
{
    return order == MAC_SLOTS_BY_BIRTH ? s->births[slot]
                                       : mac_slots_stamp(s, &s->slots[slot]);
}

/* Returns the slot of 'block' that is the first in 'order', or MAC_SLOT_NONE,
 * and where the first two stand in 'least'. */
static uint32_t
least_of_block(const struct mac_slots *s, enum mac_slots_order order,
               uint32_t block, uint64_t least[2])
{
    uint32_t begin = block * MAC_BOUNDS_BLOCK;
    uint32_t end = MIN(begin + MAC_BOUNDS_BLOCK, mac_slots_number(s));
    uint32_t found = MAC_SLOT_NONE;

    least[0] = least[1] = MAC_BOUNDS_NONE;
    for (uint32_t slot = begin; slot < end; slot++) {
        uint64_t at =
            s->slots[slot].key ? order_of(s, order, slot) : MAC_BOUNDS_NONE;

        if (at < least[0]) {
            least[1] = least[0];
            least[0] = at;
            found = slot;
        } else {
            least[1] = MIN(least[1], at);
        }
    }
    return found;
}

/* Returns the slot in use that was refreshed least recently, or born first;
 * MAC_SLOT_NONE if there is none.  The bounds forget it: it must be removed, or
 * kept by mac_slots_keep(). */
uint32_t
mac_slots_take_least(struct mac_slots *s, enum mac_slots_order order)
{
    struct mac_bounds *b = &s->bounds[order];

    while (mac_bounds_least(b) != MAC_BOUNDS_NONE) {
        uint32_t block = mac_bounds_least_block(b);
        uint64_t least[2];
        uint32_t slot = least_of_block(s, order, block, least);
        bool is_exact = least[0] == mac_bounds_least(b);

        mac_bounds_raise(b, block, least[is_exact]);
        if (is_exact) {
            return slot;
        }
    }
    return MAC_SLOT_NONE;
}

/* Keeps 'slot', which mac_slots_take_least() returned. */
void
mac_slots_keep(struct mac_slots *s, enum mac_slots_order order, uint32_t slot)
{
    mac_bounds_lower(&s->bounds[order], slot, order_of(s, order, slot));
}

#include "models/fabric/neighbor_table.h"

#include <glib.h>
#include <stdlib.h>

#define BUCKETS_MIN 16
#define HEAP_MIN    16
#define CACHE_LINE  64

G_STATIC_ASSERT(offsetof(struct neighbor, when) == CACHE_LINE);

/* Makes '*table' an empty table for at most 'capacity' neighbors. */
void
neighbor_table_init(struct neighbor_table *table, uint64_t capacity)
{
    *table = (struct neighbor_table){
        .usage = { .name = "arp", .capacity = capacity },
    };
}

static void
free_list(struct neighbor *entry)
{
    while (entry) {
        struct neighbor *next = entry->newer;

        free(entry);
        entry = next;
    }
}

/* Frees the entries; packets that wait belong to their run's pool. */
void
neighbor_table_clear(struct neighbor_table *table)
{
    free_list(table->reachable.oldest);
    free_list(table->asked.oldest);
    while (table->free) {
        struct neighbor *next = table->free->chain;

        free(table->free);
        table->free = next;
    }
    g_free(table->heap);
    g_free(table->buckets);
    *table = (struct neighbor_table){ 0 };
}

/* Lists. */

static void
list_push(struct neighbor_list *list, struct neighbor *entry)
{
    entry->newer = NULL;
    entry->older = list->newest;
    if (list->newest) {
        list->newest->newer = entry;
    } else {
        list->oldest = entry;
    }
    list->newest = entry;
}

static void
list_remove(struct neighbor_list *list, struct neighbor *entry)
{
    if (entry->older) {
        entry->older->newer = entry->newer;
    } else {
        list->oldest = entry->newer;
    }
    if (entry->newer) {
        entry->newer->older = entry->older;
    } else {
        list->newest = entry->older;
    }
}

static struct neighbor_list *
list_of(struct neighbor_table *table, const struct neighbor *entry)
{
    return entry->state == NEIGHBOR_REACHABLE ? &table->reachable
                                              : &table->asked;
}

/* The order of uses.  An entry's place is by 'listed_at', which is not later
 * than its 'used_at'; those used at one time are in the order of their keys. */

static bool
is_before(const struct neighbor *a, const struct neighbor *b)
{
    if (a->listed_at != b->listed_at) {
        return a->listed_at < b->listed_at;
    }
    if (a->key.low != b->key.low) {
        return a->key.low < b->key.low;
    }
    return a->key.high != b->key.high ? a->key.high < b->key.high
                                      : a->key.interface < b->key.interface;
}

static void
heap_set(struct neighbor_table *table, uint32_t place, struct neighbor *entry)
{
    table->heap[place] = entry;
    entry->heap_place = place;
}

/* Finds the place for 'entry', from 'place' up or down. */
static void
heap_sift(struct neighbor_table *table, uint32_t place, struct neighbor *entry)
{
    while (place > 1 && is_before(entry, table->heap[place / 2])) {
        heap_set(table, place, table->heap[place / 2]);
        place /= 2;
    }
    for (uint32_t child; (child = 2 * place) <= table->n_heap; place = child) {
        if (child < table->n_heap
            && is_before(table->heap[child + 1], table->heap[child])) {
            child++;
        }
        if (!is_before(table->heap[child], entry)) {
            break;
        }
        heap_set(table, place, table->heap[child]);
    }
    heap_set(table, place, entry);
}

static void
heap_add(struct neighbor_table *table, struct neighbor *entry)
{
    if (++table->n_heap >= table->n_heap_allocated) {
        table->n_heap_allocated = MAX(HEAP_MIN, 2 * table->n_heap_allocated);
        table->heap =
            g_renew(struct neighbor *, table->heap, table->n_heap_allocated);
    }
    entry->listed_at = entry->used_at;
    heap_sift(table, table->n_heap, entry);
}

static void
heap_remove(struct neighbor_table *table, struct neighbor *entry)
{
    struct neighbor *last = table->heap[table->n_heap--];

    if (last != entry) {
        heap_sift(table, entry->heap_place, last);
    }
    entry->heap_place = 0;
}

/* Returns the entry with a MAC that was used least recently; null if none has
 * a MAC. */
static struct neighbor *
least_recently_used(struct neighbor_table *table)
{
    while (table->n_heap) {
        struct neighbor *first = table->heap[1];

        if (first->listed_at == first->used_at) {
            return first;
        }
        first->listed_at = first->used_at;
        heap_sift(table, 1, first);
    }
    return NULL;
}

/* Entries. */

static void
grow_buckets(struct neighbor_table *table)
{
    struct neighbor **old = table->buckets;
    uint32_t n_old = table->n_buckets;

    table->n_buckets = MAX(BUCKETS_MIN, 2 * n_old);
    table->buckets = g_new0(struct neighbor *, table->n_buckets);
    for (uint32_t i = 0; i < n_old; i++) {
        while (old[i]) {
            struct neighbor *entry = old[i];
            uint64_t bucket =
                neighbor_hash(&entry->key) & (table->n_buckets - 1);

            old[i] = entry->chain;
            entry->chain = table->buckets[bucket];
            table->buckets[bucket] = entry;
        }
    }
    g_free(old);
}

static struct neighbor *
take_entry(struct neighbor_table *table)
{
    struct neighbor *entry = table->free;

    if (entry) {
        table->free = entry->chain;
        return entry;
    }
    entry = aligned_alloc(CACHE_LINE, (sizeof *entry + CACHE_LINE - 1)
                                          / CACHE_LINE * CACHE_LINE);
    if (!entry) {
        g_error("out of memory for a neighbor");
    }
    return entry;
}

/* Returns a new entry for 'key', which has none, incomplete and due to be asked
 * for at once; null if there is no room. */
struct neighbor *
neighbor_add(struct neighbor_table *table, const struct neighbor_key *key)
{
    struct table_usage *usage = &table->usage;
    struct neighbor *entry;
    uint64_t bucket;

    if (usage->capacity && usage->used == usage->capacity) {
        entry = least_recently_used(table);
        if (!entry) {
            usage->rejected++;
            return NULL;
        }
        usage->evicted++;
        neighbor_remove(table, entry);
    }
    if (usage->used >= table->n_buckets) {
        grow_buckets(table);
    }
    bucket = neighbor_hash(key) & (table->n_buckets - 1);
    entry = take_entry(table);
    *entry = (struct neighbor){ .key = *key, .chain = table->buckets[bucket] };
    table->buckets[bucket] = entry;
    list_push(&table->asked, entry);
    usage->used++;
    usage->peak = MAX(usage->peak, usage->used);
    return entry;
}

/* Takes 'entry', for which no packet waits, out of the table. */
void
neighbor_remove(struct neighbor_table *table, struct neighbor *entry)
{
    struct neighbor **link =
        &table->buckets[neighbor_hash(&entry->key) & (table->n_buckets - 1)];

    g_assert(!entry->waiting.first);
    while (*link != entry) {
        link = &(*link)->chain;
    }
    *link = entry->chain;
    list_remove(list_of(table, entry), entry);
    if (entry->heap_place) {
        heap_remove(table, entry);
    }
    entry->chain = table->free;
    table->free = entry;
    table->usage.used--;
}

/* Says that the neighbor of 'entry' is at 'mac', as heard 'now'. */
void
neighbor_set_reachable(struct neighbor_table *table, struct neighbor *entry,
                       uint64_t mac, sim_time now)
{
    list_remove(list_of(table, entry), entry);
    if (!entry->heap_place) {
        entry->used_at = now;
        heap_add(table, entry);
    }
    entry->state = NEIGHBOR_REACHABLE;
    entry->n_asked = 0;
    entry->mac = mac;
    entry->when = now;
    list_push(&table->reachable, entry);
}

/* Says that 'entry' is asked for, and again at 'again', which is not before
 * that of any other entry. */
void
neighbor_set_asked(struct neighbor_table *table, struct neighbor *entry,
                   sim_time again)
{
    list_remove(list_of(table, entry), entry);
    if (entry->state == NEIGHBOR_REACHABLE) {
        entry->state = NEIGHBOR_PROBED;
        entry->n_asked = 0;
    }
    entry->when = again;
    list_push(&table->asked, entry);
}

/* Returns the address that 'neighbor' is the entry of. */
struct ip_addr
neighbor_addr(const struct neighbor *neighbor)
{
    struct ip_addr addr = { .family = IP_V6 };

    if (neighbor->key.family == IP_V4) {
        return ip_addr_from_v4((uint32_t) neighbor->key.low);
    }
    put_be64(addr.octets, neighbor->key.high);
    put_be64(addr.octets + 8, neighbor->key.low);
    return addr;
}

#include "models/host/arp_cache.h"

#include <glib.h>

#define N_BUCKETS 256 /* A power of two; chains of 4 in a full table. */

/* Makes '*cache' an empty cache for at most 'capacity' next hops. */
void
arp_cache_init(struct arp_cache *cache, uint32_t capacity)
{
    *cache = (struct arp_cache){ .usage = { "arp", capacity, 0, 0, 0, 0 } };
}

static void
free_list(struct arp_entry *entry)
{
    while (entry) {
        struct arp_entry *next = entry->newer;

        g_free(entry);
        entry = next;
    }
}

/* Frees the entries; packets that wait belong to their run's pool. */
void
arp_cache_clear(struct arp_cache *cache)
{
    free_list(cache->known.oldest);
    free_list(cache->asked.oldest);
    while (cache->free) {
        struct arp_entry *next = cache->free->chain;

        g_free(cache->free);
        cache->free = next;
    }
    g_free(cache->buckets);
    *cache = (struct arp_cache){ 0 };
}

static struct arp_entry **
bucket_of(const struct arp_cache *cache, const struct ip_addr *addr)
{
    return &cache->buckets[ip_addr_hash(addr) % N_BUCKETS];
}

/* Returns the entry for 'addr', known or not, or null. */
struct arp_entry *
arp_cache_lookup(const struct arp_cache *cache, const struct ip_addr *addr)
{
    struct arp_entry *entry;

    if (!cache->buckets) {
        return NULL;
    }
    entry = *bucket_of(cache, addr);
    while (entry && !ip_addr_equal(&entry->addr, addr)) {
        entry = entry->chain;
    }
    return entry;
}

static void
list_push(struct arp_list *list, struct arp_entry *entry)
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
list_remove(struct arp_list *list, struct arp_entry *entry)
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

static struct arp_list *
list_of(struct arp_cache *cache, const struct arp_entry *entry)
{
    return entry->is_known ? &cache->known : &cache->asked;
}

static struct arp_entry *
take_entry(struct arp_cache *cache)
{
    struct arp_entry *entry = cache->free;

    if (entry) {
        cache->free = entry->chain;
        return entry;
    }
    return g_new(struct arp_entry, 1);
}

/* Returns a new entry for 'addr', which has none, among those asked for, due
 * at once; null if there is no room. */
struct arp_entry *
arp_cache_add(struct arp_cache *cache, const struct ip_addr *addr)
{
    struct table_usage *usage = &cache->usage;
    struct arp_entry **bucket, *entry;

    if (usage->used == usage->capacity) {
        if (!cache->known.oldest) {
            usage->rejected++;
            return NULL;
        }
        usage->evicted++;
        arp_cache_remove(cache, cache->known.oldest);
    }
    if (!cache->buckets) {
        cache->buckets = g_new0(struct arp_entry *, N_BUCKETS);
    }
    bucket = bucket_of(cache, addr);
    entry = take_entry(cache);
    *entry = (struct arp_entry){ .addr = *addr, .chain = *bucket };
    *bucket = entry;
    list_push(&cache->asked, entry);
    usage->used++;
    usage->peak = MAX(usage->peak, usage->used);
    return entry;
}

/* Takes 'entry', for which no packet waits, out of the cache. */
void
arp_cache_remove(struct arp_cache *cache, struct arp_entry *entry)
{
    struct arp_entry **link = bucket_of(cache, &entry->addr);

    g_assert(!entry->waiting.first);
    while (*link != entry) {
        link = &(*link)->chain;
    }
    *link = entry->chain;
    list_remove(list_of(cache, entry), entry);
    entry->chain = cache->free;
    cache->free = entry;
    cache->usage.used--;
}

/* Says that the next hop of 'entry' is at 'mac', as heard 'now'. */
void
arp_cache_set_known(struct arp_cache *cache, struct arp_entry *entry,
                    struct eth_addr mac, sim_time now)
{
    list_remove(list_of(cache, entry), entry);
    entry->is_known = true;
    entry->mac = mac;
    entry->when = now;
    list_push(&cache->known, entry);
}

/* Says that 'entry' is asked for, and again at 'again', which is not before
 * that of any other entry. */
void
arp_cache_set_asked(struct arp_cache *cache, struct arp_entry *entry,
                    sim_time again)
{
    list_remove(list_of(cache, entry), entry);
    if (entry->is_known) {
        entry->is_known = false;
        entry->n_asked = 0;
    }
    entry->when = again;
    list_push(&cache->asked, entry);
}

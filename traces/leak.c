#include "traces/leak.h"

#include <glib.h>
#include <stdlib.h>

#include "sim/node.h"

/* A VM's NIC. */
struct listener {
    struct tap tap; /* First: the tap is the listener. */
    struct leak_watch *watch;
    uint32_t tenant;
};

/* Frames from one tenant to another. */
struct leak {
    uint64_t n;
    struct frame_sighting first;
};

struct leak_watch {
    struct listener *listeners;
    uint64_t *own; /* By tenant: frames from it to itself. */
    uint32_t n_tenants;
    GHashTable *leaks; /* Of struct leak, by from << 32 | to. */
};

static uint64_t
pair(uint32_t from, uint32_t to)
{
    return (uint64_t) from << 32 | to;
}

static struct leak *
find_leak(const struct leak_watch *watch, uint32_t from, uint32_t to)
{
    return g_hash_table_lookup(watch->leaks,
                               &(gint64){ (gint64) pair(from, to) });
}

static void
count_leak(struct leak_watch *watch, uint32_t to,
           const struct tap_point *point, const struct packet *pkt)
{
    uint32_t from = pkt->tag.tenant;
    struct leak *leak = find_leak(watch, from, to);

    if (!leak) {
        gint64 *key = g_new(gint64, 1);

        *key = (gint64) pair(from, to);
        leak = g_new0(struct leak, 1);
        frame_sighting_set(&leak->first, point, TAP_IN, pkt);
        g_hash_table_insert(watch->leaks, key, leak);
    }
    leak->n++;
}

static void
see_frame(struct tap *tap, const struct tap_point *point,
          enum tap_direction direction, const struct packet *pkt)
{
    const struct listener *at = (const struct listener *) tap;
    uint32_t from = pkt->tag.tenant;

    if (direction != TAP_IN || from == 0) {
        return;
    }
    if (from == at->tenant) {
        at->watch->own[from]++;
    } else {
        count_leak(at->watch, at->tenant, point, pkt);
    }
}

/* Watches the VMs' NICs at 'places'.  Tenants are numbered 1 to 'n_tenants'. */
struct leak_watch *
leak_watch_new(const struct leak_place *places, size_t n_places,
               uint32_t n_tenants)
{
    struct leak_watch *watch = g_new0(struct leak_watch, 1);

    watch->n_tenants = n_tenants;
    watch->own = g_new0(uint64_t, (gsize) n_tenants + 1);
    watch->leaks =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    watch->listeners = g_new0(struct listener, n_places);
    for (size_t i = 0; i < n_places; i++) {
        g_assert(places[i].tenant >= 1 && places[i].tenant <= n_tenants);
        watch->listeners[i] = (struct listener){
            .tap = { .frame = see_frame },
            .watch = watch,
            .tenant = places[i].tenant,
        };
        tap_add(places[i].tap, &watch->listeners[i].tap);
    }
    return watch;
}

/* Frees 'watch', which may be null. */
void
leak_watch_free(struct leak_watch *watch)
{
    if (watch) {
        g_hash_table_unref(watch->leaks);
        g_free(watch->listeners);
        g_free(watch->own);
        g_free(watch);
    }
}

/* Returns the frames that a VM of tenant 'from' made and that went into VMs of
 * tenant 'to'; from a tenant to itself it is what was judged at all. */
uint64_t
leak_watch_count(const struct leak_watch *watch, uint32_t from, uint32_t to)
{
    const struct leak *leak;

    g_assert(from <= watch->n_tenants && to <= watch->n_tenants);
    if (from == to) {
        return watch->own[from];
    }
    leak = find_leak(watch, from, to);
    return leak ? leak->n : 0;
}

const struct frame_sighting *
leak_watch_first(const struct leak_watch *watch, uint32_t from, uint32_t to)
{
    const struct leak *leak = find_leak(watch, from, to);

    return leak ? &leak->first : NULL;
}

static int
compare_pairs(const void *a_, const void *b_)
{
    const struct leak_pair *a = a_, *b = b_;
    uint64_t x = pair(a->from, a->to), y = pair(b->from, b->to);

    return (x > y) - (x < y);
}

size_t
leak_watch_pairs(const struct leak_watch *watch, struct leak_pair **pairs)
{
    size_t n = 0;
    GHashTableIter iter;
    void *key;

    *pairs = g_new(struct leak_pair, g_hash_table_size(watch->leaks) + 1);
    g_hash_table_iter_init(&iter, watch->leaks);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        uint64_t number = (uint64_t) * (gint64 *) key;

        (*pairs)[n++] =
            (struct leak_pair){ (uint32_t) (number >> 32), (uint32_t) number };
    }
    qsort(*pairs, n, sizeof **pairs, compare_pairs);
    return n;
}

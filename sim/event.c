#include "sim/event.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* Level 0 has NEAR_SLOTS slots of 2^width ps, level l > 0 has FAR_SLOTS slots
 * each as wide as the whole level below.  Five far levels over the narrowest
 * slots reach past the end of time. */
#define NEAR_BITS   12
#define NEAR_SLOTS  (1u << NEAR_BITS)
#define FAR_BITS    8
#define FAR_SLOTS   (1u << FAR_BITS)
#define FAR_LEVELS  6
#define N_SLOTS     (NEAR_SLOTS + FAR_LEVELS * FAR_SLOTS)
#define N_WORDS     (N_SLOTS / 64)
#define NO_SLOT     UINT32_MAX
#define SMALL_SLOT  24 /* Sorted by insertion up to here. */
#define WIDTH_START 14 /* 16 ns. */
#define WIDTH_MIN   6
#define WIDTH_MAX   30         /* 1 ms. */
#define TUNE_EVERY  (1u << 16) /* Events between looks at the width. */
#define TUNE_MANY   16         /* More events a slot: narrower slots. */
#define TUNE_AIM    8          /* Events a slot that narrowing aims at. */

/* What the queue keeps of an event, so that sorting touches no event. */
struct entry {
    sim_time when;
    uint64_t rank;
    struct event *event; /* Null if it was removed from the sorted slot. */
};

struct slot {
    struct entry *entries;
    uint32_t n, allocated;
};

struct event_queue {
    sim_time floor;         /* Nothing will fire before this time. */
    uint64_t cur;           /* Number of the narrow slot that is now. */
    uint32_t next;          /* Next entry of that slot, which is sorted. */
    unsigned int width;     /* A narrow slot is 2^width ps. */
    size_t n;               /* Events held. */
    uint32_t n_popped;      /* Since the width was last looked at. */
    uint32_t n_visited;     /* Slots that these came from. */
    uint64_t used[N_WORDS]; /* Bit per slot that is not empty. */
    struct slot slots[N_SLOTS];
};

void
event_init(struct event *event, event_fn *fire, uint64_t rank)
{
    *event = (struct event){ .fire = fire, .rank = rank };
}

struct event_queue *
event_queue_new(void)
{
    struct event_queue *q = g_new0(struct event_queue, 1);

    q->width = WIDTH_START;
    return q;
}

/* Frees 'q'.  Events still held belong to their owners. */
void
event_queue_free(struct event_queue *q)
{
    if (q) {
        for (uint32_t i = 0; i < N_SLOTS; i++) {
            g_free(q->slots[i].entries);
        }
        g_free(q);
    }
}

size_t
event_queue_size(const struct event_queue *q)
{
    return q->n;
}

static inline bool
fires_before(const struct entry *a, const struct entry *b)
{
    return a->when != b->when ? a->when < b->when : a->rank < b->rank;
}

/* Returns the slot that holds the narrow slot number 's', which is not before
 * now: on level 0 if they differ in the low bits only, else on the level of
 * the highest bit in which they differ. */
static inline uint32_t
slot_of(const struct event_queue *q, uint64_t s)
{
    uint64_t differ = s ^ q->cur;
    unsigned int level;

    if (differ < NEAR_SLOTS) {
        return (uint32_t) (s & (NEAR_SLOTS - 1));
    }
    level =
        (63u - (unsigned int) __builtin_clzll(differ) - NEAR_BITS) / FAR_BITS;
    return NEAR_SLOTS + level * FAR_SLOTS
           + (uint32_t) (s >> (NEAR_BITS + level * FAR_BITS)
                         & (FAR_SLOTS - 1));
}

static inline struct entry *
slot_append(struct slot *slot)
{
    if (slot->n == slot->allocated) {
        slot->allocated = MAX(8, 2 * slot->allocated);
        slot->entries = g_renew(struct entry, slot->entries, slot->allocated);
    }
    return &slot->entries[slot->n++];
}

static inline void
put(struct event_queue *q, uint32_t index, struct entry entry)
{
    struct slot *slot = &q->slots[index];

    entry.event->slot = index + 1;
    entry.event->place = slot->n;
    *slot_append(slot) = entry;
    q->used[index / 64] |= UINT64_C(1) << (index % 64);
}

/* Adds 'entry' to the slot that is now, behind what fires before it. */
static void
put_sorted(struct event_queue *q, uint32_t index, struct entry entry)
{
    struct slot *slot = &q->slots[index];
    uint32_t i;

    put(q, index, entry);
    for (i = slot->n - 1;
         i > q->next && fires_before(&entry, &slot->entries[i - 1]); i--) {
        slot->entries[i] = slot->entries[i - 1];
    }
    slot->entries[i] = entry;
}

/* Schedules 'event', which must be idle, to fire at 'when', which is neither
 * before an event that has been popped nor before the limit of a pop that found
 * none. */
void
event_queue_push(struct event_queue *q, struct event *event, sim_time when)
{
    uint64_t s = (uint64_t) when >> q->width;
    struct entry entry = { when, event->rank, event };

    g_assert(!event_is_scheduled(event) && when >= q->floor);
    event->when = when;
    q->n++;
    if (s == q->cur) {
        put_sorted(q, slot_of(q, s), entry);
    } else {
        put(q, slot_of(q, s), entry);
    }
}

/* Takes 'event' out of the future.  An idle event stays idle. */
void
event_queue_remove(struct event_queue *q, struct event *event)
{
    uint32_t index;
    struct slot *slot;

    if (!event_is_scheduled(event)) {
        return;
    }
    index = event->slot - 1;
    slot = &q->slots[index];
    event->slot = 0;
    q->n--;
    if (index == (q->cur & (NEAR_SLOTS - 1))) {
        uint32_t i = q->next;

        while (slot->entries[i].event != event) {
            i++;
        }
        slot->entries[i].event = NULL;
    } else {
        struct entry *hole = &slot->entries[event->place];

        *hole = slot->entries[--slot->n];
        hole->event->place = event->place;
        if (!slot->n) {
            q->used[index / 64] &= ~(UINT64_C(1) << (index % 64));
        }
    }
}

/* Returns the first used slot from 'from' up to, not including, 'end', or
 * NO_SLOT. */
static uint32_t
find_used(const struct event_queue *q, uint32_t from, uint32_t end)
{
    for (uint32_t word = from / 64; from < end; from = ++word * 64) {
        uint64_t bits = q->used[word] & (~UINT64_C(0) << (from % 64));

        if (bits) {
            uint32_t found = word * 64 + (uint32_t) __builtin_ctzll(bits);

            return found < end ? found : NO_SLOT;
        }
    }
    return NO_SLOT;
}

static int
compare_entries(const void *a, const void *b)
{
    return fires_before(a, b) ? -1 : 1;
}

static void
sort_slot(struct slot *slot)
{
    struct entry *e = slot->entries;

    if (slot->n > SMALL_SLOT) {
        qsort(e, slot->n, sizeof *e, compare_entries);
        return;
    }
    for (uint32_t i = 1; i < slot->n; i++) {
        struct entry entry = e[i];
        uint32_t j = i;

        for (; j && fires_before(&entry, &e[j - 1]); j--) {
            e[j] = e[j - 1];
        }
        e[j] = entry;
    }
}

/* Spreads the far slot 'index' over the levels below; 'q->cur' has moved to
 * its first narrow slot. */
static void
spread(struct event_queue *q, uint32_t index)
{
    struct slot *slot = &q->slots[index];

    q->used[index / 64] &= ~(UINT64_C(1) << (index % 64));
    for (uint32_t i = 0; i < slot->n; i++) {
        struct entry entry = slot->entries[i];

        if (i + 8 < slot->n) {
            __builtin_prefetch(&slot->entries[i + 8].event->slot, 1);
        }
        put(q, slot_of(q, (uint64_t) entry.when >> q->width), entry);
    }
    slot->n = 0;
}

/* Moves to the next narrow slot that holds events and starts at or before
 * 'limit', and sorts it.  Returns false if there is none. */
static bool
advance(struct event_queue *q, sim_time limit)
{
    uint64_t last = (uint64_t) limit >> q->width;
    uint32_t found =
        find_used(q, (uint32_t) (q->cur & (NEAR_SLOTS - 1)), NEAR_SLOTS);
    unsigned int shift = NEAR_BITS;

    if (found != NO_SLOT) {
        uint64_t s = (q->cur & ~(uint64_t) (NEAR_SLOTS - 1)) | found;

        if (s > last) {
            return false;
        }
        q->cur = s;
        sort_slot(&q->slots[found]);
        q->n_visited++;
        return true;
    }
    for (unsigned int level = 0; level < FAR_LEVELS; level++) {
        uint32_t base = NEAR_SLOTS + level * FAR_SLOTS;

        found = find_used(q, base, base + FAR_SLOTS);
        if (found != NO_SLOT) {
            uint64_t above =
                shift + FAR_BITS > 63 ? 0 : q->cur >> (shift + FAR_BITS);
            uint64_t s = (above << FAR_BITS | (found - base)) << shift;

            if (s > last) {
                return false;
            }
            q->cur = s;
            spread(q, found);
            return advance(q, limit);
        }
        shift += FAR_BITS;
    }
    return false;
}

/* Gives the slots another width, 'now' being the time of the last event. */
static void
set_width(struct event_queue *q, unsigned int width, sim_time now)
{
    struct entry *all = g_new(struct entry, q->n);
    size_t n = 0;

    for (uint32_t i = 0; i < N_SLOTS; i++) {
        struct slot *slot = &q->slots[i];
        bool sorted = i == (q->cur & (NEAR_SLOTS - 1));

        for (uint32_t j = sorted ? q->next : 0; j < slot->n; j++) {
            if (slot->entries[j].event) {
                all[n++] = slot->entries[j];
            }
        }
        slot->n = 0;
    }
    g_assert(n == q->n);
    memset(q->used, 0, sizeof q->used);
    q->width = width;
    q->cur = (uint64_t) now >> width;
    q->next = 0;
    for (size_t i = 0; i < n; i++) {
        put(q, slot_of(q, (uint64_t) all[i].when >> width), all[i]);
    }
    sort_slot(&q->slots[q->cur & (NEAR_SLOTS - 1)]);
    g_free(all);
}

/* Narrows slots that hold many events, widens slots that hold hardly one. */
static void
tune_width(struct event_queue *q, sim_time now)
{
    uint32_t per_slot = q->n_popped / MAX(q->n_visited, 1);
    unsigned int width = q->width;

    for (; per_slot > TUNE_MANY && width > WIDTH_MIN; per_slot /= 2) {
        width--;
    }
    if (q->n_popped < 2 * q->n_visited && width < WIDTH_MAX) {
        width++;
    }
    q->n_popped = q->n_visited = 0;
    if (width != q->width) {
        set_width(q, width, now);
    }
}

/* Takes out and returns the first event if it fires at or before 'limit'; it
 * is idle then.  Returns null if there is none. */
struct event *
event_queue_pop(struct event_queue *q, sim_time limit)
{
    for (;;) {
        uint32_t index = (uint32_t) (q->cur & (NEAR_SLOTS - 1));
        struct slot *slot = &q->slots[index];

        while (q->next < slot->n) {
            struct entry *entry = &slot->entries[q->next];
            struct event *event = entry->event;

            if (!event) {
                q->next++;
                continue;
            }
            if (entry->when > limit) {
                q->floor = MAX(q->floor, limit);
                return NULL;
            }
            q->next++;
            q->n--;
            event->slot = 0;
            q->floor = event->when;
            if (++q->n_popped >= TUNE_EVERY) {
                tune_width(q, event->when);
            }
            return event;
        }
        slot->n = 0;
        q->next = 0;
        q->used[index / 64] &= ~(UINT64_C(1) << (index % 64));
        if (!advance(q, limit)) {
            q->floor = MAX(q->floor, limit);
            return NULL;
        }
    }
}

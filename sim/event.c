#include "sim/event.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* Level 0 has slots of 2^width ps, each further level has slots as wide as the
 * whole level below.  The levels together reach past the end of time. */
#define LEVEL_BITS   8
#define LEVEL_SLOTS  (1u << LEVEL_BITS)
#define LEVELS       8
#define N_SLOTS      (LEVELS * LEVEL_SLOTS)
#define NO_SLOT      UINT32_MAX
#define KEPT_ENTRIES 256        /* Of a slot's memory, when it is empty. */
#define SMALL_SLOT   24         /* Sorted by insertion up to here. */
#define WIDTH_START  14         /* 16 ns. */
#define WIDTH_MIN    2          /* 4 ps. */
#define WIDTH_MAX    30         /* 1 ms. */
#define TUNE_EVERY   (1u << 13) /* Events between looks at the width. */
#define TUNE_MANY    8          /* More events a slot: narrower slots. */
#define TUNE_FEW     2          /* Fewer events a slot: wider slots. */
#define PREFETCH_MIN 4096       /* With fewer events all are in the cache. */
#define PREPARED_MAX 4          /* Functions whose events are prepared. */

/* What the queue keeps of an event, so that sorting touches no event. */
struct entry {
    sim_time when;
    uint64_t rank;
    struct event *event; /* Null if it was removed from the open slot. */
};

struct slot {
    struct entry *entries;
    uint32_t n, allocated;
};

/* How events that have a function in common are prepared. */
struct preparation {
    event_fn *fire;
    event_prefetch_fn *prefetch;
};

/* The slot that is now is open when its events fire: they are in 'now' then,
 * sorted, and not in its place among the others. */
struct event_queue {
    struct slot now;     /* The open slot. */
    uint32_t next;       /* First of its entries that has not fired. */
    uint8_t width;       /* A narrow slot is 2^width ps. */
    bool is_open;        /* The slot that is now is open. */
    uint64_t cur;        /* Number of the narrow slot that is now. */
    sim_time floor;      /* Nothing will fire before this time. */
    size_t n;            /* Events held. */
    size_t until_tuning; /* Events until the width is looked at. */
    size_t per_tuning;   /* Events from one look to the next. */
    size_t n_opened;     /* Slots that these came from. */
    struct preparation prepared[PREPARED_MAX];
    uint32_t n_prepared;
    uint64_t used[N_SLOTS / 64]; /* Bit per slot that is not empty. */
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
    q->per_tuning = q->until_tuning = TUNE_EVERY;
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
        g_free(q->now.entries);
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

/* Slots. */

/* Returns the slot that holds the narrow slot number 's', which is not before
 * now: it is on the level of the highest bit in which they differ. */
static inline uint32_t
slot_of(const struct event_queue *q, uint64_t s)
{
    unsigned int high = 63u - (unsigned int) __builtin_clzll((s ^ q->cur) | 1);
    unsigned int level = high / LEVEL_BITS;

    return level * LEVEL_SLOTS
           + (uint32_t) (s >> level * LEVEL_BITS & (LEVEL_SLOTS - 1));
}

static inline void
mark_used(struct event_queue *q, uint32_t index)
{
    q->used[index / 64] |= UINT64_C(1) << (index % 64);
}

static inline void
mark_empty(struct event_queue *q, uint32_t index)
{
    q->used[index / 64] &= ~(UINT64_C(1) << (index % 64));
}

static G_GNUC_NO_INLINE void
slot_reserve(struct slot *slot, uint32_t n)
{
    if (slot->allocated < n) {
        slot->allocated = MAX(8, 2 * n);
        slot->entries = g_renew(struct entry, slot->entries, slot->allocated);
    }
}

/* Empties 'slot'.  What many events at one time have made it grow to is given
 * back: any slot may have held them. */
static void
slot_empty(struct slot *slot)
{
    slot->n = 0;
    if (slot->allocated > KEPT_ENTRIES) {
        g_free(slot->entries);
        slot->entries = NULL;
        slot->allocated = 0;
    }
}

static inline void
put(struct event_queue *q, uint32_t index, struct entry entry)
{
    struct slot *slot = &q->slots[index];

    if (slot->n == slot->allocated) {
        slot_reserve(slot, slot->n + 1);
    }
    slot->entries[slot->n++] = entry;
    mark_used(q, index);
}

/* Lets the events of 'slot' know their places. */
static void
set_places(struct slot *slot)
{
    for (uint32_t i = 0; i < slot->n; i++) {
        slot->entries[i].event->place = i;
    }
}

/* Takes 'event' out of slot 'index'; the slot's last entry takes its place.  An
 * event that has come here from a wider slot does not know its place yet. */
static void
take_out(struct event_queue *q, uint32_t index, const struct event *event)
{
    struct slot *slot = &q->slots[index];
    struct entry *hole;

    if (event->place >= slot->n
        || slot->entries[event->place].event != event) {
        set_places(slot);
    }
    hole = &slot->entries[event->place];
    *hole = slot->entries[--slot->n];
    hole->event->place = event->place;
    if (!slot->n) {
        mark_empty(q, index);
    }
}

/* The open slot. */

/* Returns the place in the open slot of the first entry that does not fire
 * before 'entry'. */
static uint32_t
find_now(const struct event_queue *q, const struct entry *entry)
{
    uint32_t low = q->next, high = q->now.n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (fires_before(&q->now.entries[middle], entry)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Adds 'entry' to the open slot.  The side that is shorter makes room for it:
 * what an event schedules for the time at which it fires itself goes in front,
 * however many others wait there. */
static G_GNUC_NO_INLINE void
put_now(struct event_queue *q, struct entry entry)
{
    struct slot *now = &q->now;
    uint32_t i = find_now(q, &entry);
    uint32_t before = i - q->next, after = now->n - i;
    struct entry *e;

    slot_reserve(now, now->n + 1);
    if (before < after && q->next == 0) {
        uint32_t gap = now->n / 2 + 1;

        slot_reserve(now, now->n + gap);
        memmove(now->entries + gap, now->entries, now->n * sizeof *e);
        q->next += gap;
        now->n += gap;
        i += gap;
    }
    e = now->entries;
    if (before < after) {
        q->next--;
        i--;
        memmove(e + q->next, e + q->next + 1, before * sizeof *e);
    } else {
        memmove(e + i + 1, e + i, after * sizeof *e);
        now->n++;
    }
    e[i] = entry;
}

static int
compare_entries(const void *a, const void *b)
{
    return fires_before(a, b) ? -1 : 1;
}

static inline void
sort_entries(struct entry *e, uint32_t n)
{
    if (n > SMALL_SLOT) {
        qsort(e, n, sizeof *e, compare_entries);
        return;
    }
    for (uint32_t i = 1; i < n; i++) {
        struct entry entry = e[i];
        uint32_t j = i;

        for (; j && fires_before(&entry, &e[j - 1]); j--) {
            e[j] = e[j - 1];
        }
        e[j] = entry;
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
            return word * 64 + (uint32_t) __builtin_ctzll(bits);
        }
    }
    return NO_SLOT;
}

static inline void
prepare(const struct event_queue *q, struct event *event, unsigned int step)
{
    for (uint32_t i = 0; i < q->n_prepared; i++) {
        if (event->fire == q->prepared[i].fire) {
            q->prepared[i].prefetch(event, step);
            return;
        }
    }
}

/* Fetches the events of 'slot', or, from step 1 on, what these will touch. */
static void
prefetch_slot(const struct event_queue *q, const struct slot *slot,
              unsigned int step)
{
    for (uint32_t i = 0; i < slot->n; i++) {
        struct event *event = slot->entries[i].event;

        if (step == 0) {
            __builtin_prefetch(event, 1);
        } else {
            prepare(q, event, step);
        }
    }
}

/* Does the last step for slot 'index' on level 0, which is about to be opened,
 * the one before for the slot after it, and so on. */
static void
look_ahead(const struct event_queue *q, uint32_t index)
{
    unsigned int step = q->n_prepared ? EVENT_STEPS : 0;

    for (;;) {
        prefetch_slot(q, &q->slots[index], step);
        if (step-- == 0) {
            break;
        }
        index = find_used(q, index + 1, LEVEL_SLOTS);
        if (index == NO_SLOT) {
            break;
        }
    }
}

/* Opens the slot that is now, 'index' on level 0. */
static void
open_slot(struct event_queue *q, uint32_t index)
{
    struct slot opened = q->slots[index];

    if (q->n > PREFETCH_MIN) {
        look_ahead(q, index);
    }
    slot_empty(&q->now);
    q->slots[index] = q->now;
    q->now = opened;
    mark_empty(q, index);
    sort_entries(opened.entries, opened.n);
    q->next = 0;
    q->is_open = true;
    q->n_opened++;
}

/* Moving on. */

/* Spreads slot 'index' over the levels below; 'q->cur' has moved to its first
 * narrow slot. */
static void
spread(struct event_queue *q, uint32_t index)
{
    struct slot *slot = &q->slots[index];

    for (uint32_t i = 0; i < slot->n; i++) {
        const struct entry *entry = &slot->entries[i];

        put(q, slot_of(q, (uint64_t) entry->when >> q->width), *entry);
    }
    slot_empty(slot);
    mark_empty(q, index);
}

/* Opens the next narrow slot that holds events, if it starts at or before
 * 'limit'.  Returns false if there is none; the queue has not moved beyond
 * 'limit' then. */
static G_GNUC_NO_INLINE bool
advance(struct event_queue *q, sim_time limit)
{
    uint64_t last = (uint64_t) limit >> q->width;
    unsigned int level = 0;

    while (level < LEVELS) {
        unsigned int shift = level * LEVEL_BITS;
        uint32_t base = level * LEVEL_SLOTS;
        uint32_t from = (uint32_t) (q->cur >> shift & (LEVEL_SLOTS - 1));
        uint32_t found = find_used(q, base + from, base + LEVEL_SLOTS);
        uint64_t s;

        if (found == NO_SLOT) {
            level++;
            continue;
        }
        s = (q->cur >> shift >> LEVEL_BITS << LEVEL_BITS | (found - base))
            << shift;
        if (s > last) {
            return false;
        }
        q->cur = s;
        if (!level) {
            open_slot(q, found);
            return true;
        }
        spread(q, found);
        level = 0;
    }
    return false;
}

/* Gives the slots another width.  Nothing will fire before 'q->floor'. */
static void
set_width(struct event_queue *q, uint8_t width)
{
    struct entry *all = g_new(struct entry, q->n);
    size_t n = 0;

    for (uint32_t i = q->next; i < q->now.n; i++) {
        if (q->now.entries[i].event) {
            all[n++] = q->now.entries[i];
        }
    }
    for (uint32_t i = 0; i < N_SLOTS; i++) {
        struct slot *slot = &q->slots[i];

        if (slot->n) {
            memcpy(all + n, slot->entries, slot->n * sizeof *all);
            n += slot->n;
            slot_empty(slot);
        }
    }
    g_assert(n == q->n);
    memset(q->used, 0, sizeof q->used);
    q->next = q->now.n = 0;
    q->is_open = false;
    q->width = width;
    q->cur = (uint64_t) q->floor >> width;
    for (size_t i = 0; i < n; i++) {
        put(q, slot_of(q, (uint64_t) all[i].when >> width), all[i]);
    }
    g_free(all);
}

/* Narrows slots that hold many events, widens slots that hold hardly one. */
static G_GNUC_NO_INLINE void
tune_width(struct event_queue *q)
{
    size_t per_slot = q->per_tuning / MAX(q->n_opened, 1);
    uint8_t width = q->width;

    for (; per_slot > TUNE_MANY && width > WIDTH_MIN; per_slot /= 2) {
        width--;
    }
    if (per_slot < TUNE_FEW && width < WIDTH_MAX) {
        width++;
    }
    q->n_opened = 0;
    q->per_tuning = q->until_tuning = MAX(TUNE_EVERY, q->n);
    if (width != q->width) {
        set_width(q, width);
    }
}

/* The queue's users. */

/* Lets 'prefetch' prepare the events whose function is 'fire' when there are
 * many in the queue.  Saying so again changes nothing. */
void
event_queue_prefetch(struct event_queue *q, event_fn *fire,
                     event_prefetch_fn *prefetch)
{
    for (uint32_t i = 0; i < q->n_prepared; i++) {
        if (q->prepared[i].fire == fire) {
            return;
        }
    }
    g_assert(q->n_prepared < PREPARED_MAX);
    q->prepared[q->n_prepared++] = (struct preparation){ fire, prefetch };
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
    event->is_scheduled = true;
    q->n++;
    if (s == q->cur && q->is_open) {
        put_now(q, entry);
    } else {
        uint32_t index = slot_of(q, s);

        event->place = q->slots[index].n;
        put(q, index, entry);
    }
}

/* Takes 'event' out of the future.  An idle event stays idle. */
void
event_queue_remove(struct event_queue *q, struct event *event)
{
    uint64_t s = (uint64_t) event->when >> q->width;

    if (!event_is_scheduled(event)) {
        return;
    }
    event->is_scheduled = false;
    q->n--;
    if (s == q->cur && q->is_open) {
        const struct entry entry = { event->when, event->rank, event };
        uint32_t i = find_now(q, &entry);

        while (q->now.entries[i].event != event) {
            i++;
        }
        q->now.entries[i].event = NULL;
    } else {
        take_out(q, slot_of(q, s), event);
    }
}

/* Takes out and returns the first event if it fires at or before 'limit'; it
 * is idle then.  Returns null if there is none. */
struct event *
event_queue_pop(struct event_queue *q, sim_time limit)
{
    do {
        while (q->next < q->now.n) {
            const struct entry *entry = &q->now.entries[q->next];
            struct event *event = entry->event;

            if (event) {
                if (entry->when > limit) {
                    q->floor = MAX(q->floor, limit);
                    return NULL;
                }
                q->next++;
                q->n--;
                q->floor = entry->when;
                event->is_scheduled = false;
                if (--q->until_tuning == 0) {
                    tune_width(q);
                }
                return event;
            }
            q->next++;
        }
    } while (advance(q, limit));
    q->floor = MAX(q->floor, limit);
    return NULL;
}

/* Returns a time before which no event fires that is in 'q' now: exact when
 * that is near, SIM_NEVER if there is none.  Time does not move on. */
sim_time
event_queue_earliest(const struct event_queue *q)
{
    for (uint32_t i = q->next; i < q->now.n; i++) {
        if (q->now.entries[i].event) {
            return q->now.entries[i].when;
        }
    }
    for (unsigned int level = 0; level < LEVELS; level++) {
        unsigned int shift = level * LEVEL_BITS;
        uint32_t base = level * LEVEL_SLOTS;
        uint32_t from = (uint32_t) (q->cur >> shift & (LEVEL_SLOTS - 1));
        uint32_t found = find_used(q, base + from, base + LEVEL_SLOTS);

        if (found != NO_SLOT) {
            uint64_t s = q->cur >> shift >> LEVEL_BITS << LEVEL_BITS;

            s = (s | (found - base)) << shift;
            return MAX(q->floor, (sim_time) (s << q->width));
        }
    }
    return SIM_NEVER;
}

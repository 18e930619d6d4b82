/* Events and the queue that holds them.
 *
 * The queue holds the future: every event that is scheduled and has not yet
 * fired.  sim_run() takes the earliest event, moves the clock to it and calls
 * its function; nothing else moves the clock.
 *
 * Order
 * =====
 *
 * Events fire by time, and events of one time by rank.  A rank is given once,
 * when the event is made: node first, then place within the node.  So the order
 * is total and owes nothing to addresses, hashes, wall time, the order of
 * scheduling or the process that holds the node: a scenario and a seed always
 * give the same run, on one process or on many.
 *
 * How it is held
 * ==============
 *
 * Simulated time only moves forward, so the future is kept in slots by the
 * highest bit in which an event's time differs from now: near ones in narrow
 * slots, far ones in slots 256 times wider, and so on.  A wide slot is spread
 * over narrower ones when its time comes.  Only the narrow slot whose time is
 * now is ever sorted.  The slots' width follows the load.
 *
 * Ownership
 * =========
 *
 * An event lives inside the object whose future it is (a port, a timer).  The
 * queue only points to it: scheduling allocates nothing once the slots have
 * grown, and the owner cancels the event before it frees the object.
 *
 * With many events in the queue, what they touch is no longer in the cache when
 * they fire.  The slots that come next are known, so the queue then fetches
 * their events some slots ahead, and lets their owners go on from there.
 *
 * This module knows nothing of packets, nodes or files. */

#ifndef SIM_EVENT_H
#define SIM_EVENT_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/clock.h"

struct event;
struct event_queue;

typedef void event_fn(struct event *);

/* One future call.  Users embed it and read none of its members. */
struct event {
    event_fn *fire;    /* What to call. */
    sim_time when;     /* Time to fire at. */
    uint64_t rank;     /* Breaks ties: node << 32 | place. */
    bool is_scheduled; /* In the queue. */
    uint32_t place;    /* Index within its slot, or where that was once. */
};

/* Fetches into the cache what 'event' will touch when it fires, which is soon.
 * It is called for each step from 1 to EVENT_STEPS, some events apart, and may
 * read in each what it has fetched in those before; at first that is 'event'
 * itself. */
typedef void event_prefetch_fn(struct event *event, unsigned int step);
#define EVENT_STEPS 6

void event_init(struct event *, event_fn *, uint64_t rank);

static inline bool
event_is_scheduled(const struct event *event)
{
    return event->is_scheduled;
}

struct event_queue *event_queue_new(void);
void event_queue_free(struct event_queue *);
void event_queue_push(struct event_queue *, struct event *, sim_time when);
void event_queue_remove(struct event_queue *, struct event *);
struct event *event_queue_pop(struct event_queue *, sim_time limit);
sim_time event_queue_earliest(const struct event_queue *);
void event_queue_prefetch(struct event_queue *, event_fn *fire,
                          event_prefetch_fn *);
size_t event_queue_size(const struct event_queue *);

#endif /* sim/event.h */

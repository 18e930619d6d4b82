/* Agenda: what is done to a network from outside, between events.
 *
 * A link that goes down, a switch that is configured anew, routes that are
 * computed again: such an action touches several nodes at once, which no event
 * may do.  It is an item of the agenda instead.  An item acts at its time after
 * everything before that time and before every event of it, with no event being
 * fired, so that it may touch any node of the run.
 *
 * Items act by time, and those of one time in the order in which they were
 * added.  They are added before the run or by other items, never by events: an
 * event knows its own node only.  An acting item may add others, also for the
 * same time; they act after those that wait for it already.
 *
 * An item lives inside the object whose plan it is; the agenda only points to
 * it.  Who frees an item that waits takes it out before. */

#ifndef SIM_AGENDA_H
#define SIM_AGENDA_H 1

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/clock.h"

struct agenda;
struct agenda_item;

typedef void agenda_fn(struct agenda_item *);

/* One action.  Users embed it, set 'act' and leave the rest zero. */
struct agenda_item {
    agenda_fn *act;       /* What to call. */
    sim_time when;        /* Time to act at. */
    uint64_t order;       /* Place among the items of that time. */
    GSequenceIter *place; /* In the agenda, null if it does not wait. */
};

struct agenda *agenda_new(void);
void agenda_free(struct agenda *);
void agenda_add(struct agenda *, struct agenda_item *, sim_time when);
void agenda_remove(struct agenda *, struct agenda_item *);
sim_time agenda_next(const struct agenda *);

/* For whoever drives the run. */
void agenda_act(struct agenda *, sim_time now);
void agenda_close(struct agenda *, bool is_closed);
bool agenda_is_closed(const struct agenda *);

#endif /* sim/agenda.h */

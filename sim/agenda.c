#include "sim/agenda.h"

struct agenda {
    GSequence *items; /* Of struct agenda_item, in the order of acting. */
    uint64_t n_added; /* Items added so far. */
    sim_time now;     /* Nothing acts before this time any more. */
    bool is_closed;   /* Events are being fired. */
};

struct agenda *
agenda_new(void)
{
    struct agenda *agenda = g_new0(struct agenda, 1);

    agenda->items = g_sequence_new(NULL);
    return agenda;
}

/* Frees 'agenda'.  Items that still wait belong to their owners. */
void
agenda_free(struct agenda *agenda)
{
    if (agenda) {
        g_sequence_free(agenda->items);
        g_free(agenda);
    }
}

static int
compare_items(gconstpointer a, gconstpointer b, gpointer aux)
{
    const struct agenda_item *x = a, *y = b;

    (void) aux;
    if (x->when != y->when) {
        return x->when < y->when ? -1 : 1;
    }
    return (x->order > y->order) - (x->order < y->order);
}

/* Lets 'item', which must not wait, act at 'when', not in the past. */
void
agenda_add(struct agenda *agenda, struct agenda_item *item, sim_time when)
{
    g_assert(!agenda->is_closed && !item->place && when >= agenda->now);
    item->when = when;
    item->order = agenda->n_added++;
    item->place =
        g_sequence_insert_sorted(agenda->items, item, compare_items, NULL);
}

/* Takes 'item' out.  One that does not wait stays so. */
void
agenda_remove(struct agenda *agenda, struct agenda_item *item)
{
    g_assert(!agenda->is_closed);
    if (item->place) {
        g_sequence_remove(item->place);
        item->place = NULL;
    }
}

/* Returns the time at which the next item acts, SIM_NEVER if there is none. */
sim_time
agenda_next(const struct agenda *agenda)
{
    GSequenceIter *first = g_sequence_get_begin_iter(agenda->items);

    return g_sequence_iter_is_end(first)
               ? SIM_NEVER
               : ((struct agenda_item *) g_sequence_get(first))->when;
}

/* Lets all items act whose time is 'now' or earlier. */
void
agenda_act(struct agenda *agenda, sim_time now)
{
    agenda->now = now;
    while (agenda_next(agenda) <= now) {
        GSequenceIter *first = g_sequence_get_begin_iter(agenda->items);
        struct agenda_item *item = g_sequence_get(first);

        agenda_remove(agenda, item);
        item->act(item);
    }
}

/* While it is closed, because events are being fired, nothing may be added or
 * taken out: a bug otherwise. */
void
agenda_close(struct agenda *agenda, bool is_closed)
{
    agenda->is_closed = is_closed;
}

/* Says whether events are being fired. */
bool
agenda_is_closed(const struct agenda *agenda)
{
    return agenda->is_closed;
}

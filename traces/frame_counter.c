#include "traces/frame_counter.h"

#include <stdbool.h>

#include "sim/journal.h"
#include "traces/frame_filter.h"

/* A place where frames are counted. */
struct listener {
    struct tap tap; /* First: the tap is the listener. */
    struct frame_counter *counter;
};

struct frame_counter {
    struct frame_filter *filter;
    sim_time from, to;
    uint64_t seen, matched;
    struct frame_sighting first;
    struct listener *listeners;
};

/* Describes 'pkt', which passes 'point' now. */
void
frame_sighting_set(struct frame_sighting *sighting,
                   const struct tap_point *point, enum tap_direction direction,
                   const struct packet *pkt)
{
    sighting->when = told_time(point->node);
    sighting->place = point->name;
    sighting->direction = direction;
    sighting->packet = pkt->tag.packet;
    sighting->flow = pkt->tag.flow;
    sighting->tenant = pkt->tag.tenant;
    frame_summary(sighting->summary, sizeof sighting->summary,
                  packet_data(pkt), pkt->stored, pkt->size);
}

static void
see_frame(struct tap *tap, const struct tap_point *point,
          enum tap_direction direction, const struct packet *pkt)
{
    struct frame_counter *counter = ((struct listener *) tap)->counter;
    sim_time now = told_time(point->node);

    if (now < counter->from || (counter->to && now >= counter->to)) {
        return;
    }
    counter->seen++;
    if (counter->filter && !frame_filter_matches(counter->filter, pkt)) {
        return;
    }
    if (!counter->matched++) {
        frame_sighting_set(&counter->first, point, direction, pkt);
    }
}

/* Returns a counter for the 'n_taps' tap points at 'taps'.  Returns null and
 * sets the error if the filter is none. */
struct frame_counter *
frame_counter_new(const struct frame_counter_config *config,
                  struct tap_point *const *taps, size_t n_taps, GError **error)
{
    struct frame_filter *filter = NULL;
    struct frame_counter *counter;

    if (config->filter) {
        filter = frame_filter_new(config->filter, error);
        if (!filter) {
            return NULL;
        }
    }
    counter = g_new0(struct frame_counter, 1);
    counter->filter = filter;
    counter->from = config->from;
    counter->to = config->to;
    counter->listeners = g_new0(struct listener, n_taps);
    for (size_t i = 0; i < n_taps; i++) {
        counter->listeners[i] = (struct listener){
            .tap = { .frame = see_frame },
            .counter = counter,
        };
        tap_add(taps[i], &counter->listeners[i].tap);
    }
    return counter;
}

/* Frees 'counter', which may be null. */
void
frame_counter_free(struct frame_counter *counter)
{
    if (counter) {
        frame_filter_free(counter->filter);
        g_free(counter->listeners);
        g_free(counter);
    }
}

/* Returns the frames that passed in the time looked at, matching or not: zero
 * means that there was nothing to judge. */
uint64_t
frame_counter_seen(const struct frame_counter *counter)
{
    return counter->seen;
}

uint64_t
frame_counter_matched(const struct frame_counter *counter)
{
    return counter->matched;
}

const struct frame_sighting *
frame_counter_first(const struct frame_counter *counter)
{
    return counter->matched ? &counter->first : NULL;
}

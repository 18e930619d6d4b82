/* Counts the frames that match a filter at some places, and remembers the
 * first: what "present" and "absent" are judged by.  Listens until the sim is
 * freed and must outlive the run. */

#ifndef TRACES_FRAME_COUNTER_H
#define TRACES_FRAME_COUNTER_H 1

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/frame_text.h"
#include "sim/clock.h"
#include "sim/tap.h"

struct frame_counter;

/* A frame that was seen. */
struct frame_sighting {
    sim_time when;
    const char *place; /* Name of the tap point. */
    enum tap_direction direction;
    uint64_t packet; /* Its number. */
    uint32_t flow, tenant;
    char summary[FRAME_TEXT_MAX]; /* The frame as a line of text. */
};

struct frame_counter_config {
    const char *filter; /* pcap-filter(7), null: every frame. */
    sim_time from, to;  /* Frames at from <= time < to; to 0: for ever. */
};

struct frame_counter *frame_counter_new(const struct frame_counter_config *,
                                        struct tap_point *const *taps,
                                        size_t n_taps, GError **);
void frame_counter_free(struct frame_counter *);

uint64_t frame_counter_seen(const struct frame_counter *);
uint64_t frame_counter_matched(const struct frame_counter *);
const struct frame_sighting *
frame_counter_first(const struct frame_counter *); /* Null if none matched. */

void frame_sighting_set(struct frame_sighting *, const struct tap_point *,
                        enum tap_direction, const struct packet *);

#endif /* traces/frame_counter.h */

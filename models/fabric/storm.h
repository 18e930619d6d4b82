/* Recognizes a broadcast storm from inside one switch: a frame that it floods
 * comes back, and back again, because the switches form a loop that nothing
 * cuts.
 *
 * A frame is known by the number of its packet, which its copies share and which
 * no other has.  Passing the same switch a few times is nothing yet (a router on
 * a stick sends a packet back), so it is a storm only if one frame was flooded
 * STORM_PASSES times.  Only a few frames are watched at a time, each as long as it
 * comes back: in a loop there is always one that does.
 *
 * This watches only: nothing here decides what becomes of a frame. */

#ifndef MODELS_FABRIC_STORM_H
#define MODELS_FABRIC_STORM_H 1

#include <stdbool.h>
#include <stdint.h>

#include "sim/clock.h"

#define STORM_PASSES   16            /* Of one frame, before it is a storm. */
#define STORM_PATIENCE (10 * SIM_MS) /* To wait for a frame to come back. */
#define STORM_QUIET    SIM_S         /* Without one, and the storm is over. */
#define STORM_WATCHED  8

/* All zeros: nothing was flooded yet. */
struct storm {
    struct storm_watch {
        uint64_t packet;
        sim_time last;
        uint32_t n_passes; /* 0: nothing is watched. */
    } watched[STORM_WATCHED];
    uint64_t n_storms; /* Recognized so far. */
    sim_time first;    /* When the first one was. */
    sim_time last;     /* When a frame that makes a storm was seen. */
};

bool storm_sees(struct storm *, uint64_t packet, sim_time now);

#endif /* models/fabric/storm.h */

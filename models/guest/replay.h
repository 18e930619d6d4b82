/* Replay: frames of a capture, sent out of a port as if its node had made
 * them.
 *
 * It stands for what paca does not model: a machine that sends what it
 * likes.  The frames are sent as they are, damaged ones too; the port pads
 * short ones like any other. */

#ifndef MODELS_GUEST_REPLAY_H
#define MODELS_GUEST_REPLAY_H 1

#include <stddef.h>
#include <stdint.h>

#include "sim/clock.h"
#include "sim/port.h"

struct replay;

/* A frame to send at 'when'; frames come in order of time. */
struct replay_frame {
    sim_time when;
    const uint8_t *data; /* 'stored' bytes, the caller's. */
    uint32_t stored, size;
};

struct replay *replay_new(struct port *, const struct replay_frame *frames,
                          size_t n_frames, uint32_t flow);
void replay_free(struct replay *);
size_t replay_sent(const struct replay *);

#endif /* models/guest/replay.h */

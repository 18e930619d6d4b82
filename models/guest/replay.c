#include "models/guest/replay.h"

#include <glib.h>
#include <string.h>

struct replay {
    struct event event; /* First: the next frame's time. */
    struct port *port;
    const struct replay_frame *frames;
    size_t n_frames, n_sent;
    uint32_t flow; /* For the frames' tags. */
};

static void
replay_fire(struct event *event)
{
    struct replay *replay = (struct replay *) (void *) event;
    struct node *node = replay->port->owner;
    const struct replay_frame *frame = &replay->frames[replay->n_sent++];
    struct packet *pkt = node_new_packet(node, frame->stored, frame->size);

    memcpy(packet_data(pkt), frame->data, frame->stored);
    pkt->tag.flow = replay->flow;
    pkt->tag.step = "replay";
    if (replay->n_sent < replay->n_frames) {
        event_schedule_at(node->sim, event,
                          replay->frames[replay->n_sent].when);
    }
    port_send(replay->port, pkt);
}

/* Sends the 'n_frames' frames at 'frames', which stay the caller's and must
 * outlive the result, out of 'port' at their times, tagged with 'flow'. */
struct replay *
replay_new(struct port *port, const struct replay_frame *frames,
           size_t n_frames, uint32_t flow)
{
    struct replay *replay = g_new(struct replay, 1);

    *replay = (struct replay){
        .port = port,
        .frames = frames,
        .n_frames = n_frames,
        .flow = flow,
    };
    event_init(&replay->event, replay_fire, node_next_rank(port->owner));
    if (n_frames) {
        event_schedule_at(port->owner->sim, &replay->event, frames[0].when);
    }
    return replay;
}

/* Frees 'replay', before its port's node is. */
void
replay_free(struct replay *replay)
{
    if (replay) {
        event_cancel(replay->port->owner->sim, &replay->event);
        g_free(replay);
    }
}

/* Returns the number of frames sent so far. */
size_t
replay_sent(const struct replay *replay)
{
    return replay->n_sent;
}

/* A walk's inside, for walk.c which fills it in and walk_text.c which prints
 * it. */

#ifndef TRACES_WALK_PRIVATE_H
#define TRACES_WALK_PRIVATE_H 1

#include "sim/packet.h"
#include "traces/walk.h"

/* A packet and its steps. */
struct packet_walk {
    struct walk_packet seen; /* First: what users see is the struct. */
    GArray *steps;           /* Of struct walk_step. */
    /* The copy that last went into a node, never read, and where. */
    const void *last;
    const struct tap_point *last_point;
};

struct walk {
    struct fate_listener fates; /* First: the listener is the walk. */
    struct note_listener notes;
    struct walk_config config;
    struct listener *listeners;
    GPtrArray *packets;    /* Of struct packet_walk, as they appear. */
    GPtrArray *asked;      /* ARP requests of other flows, likewise. */
    GHashTable *by_number; /* All of them, by number. */
    GStringChunk *strings; /* All text. */
    size_t n_steps;        /* Of all packets. */
    bool is_cut;           /* There was more than there is room for. */
};

bool walk_is_that_way(const struct walk_packet *, enum walk_direction);

#endif /* traces/walk_private.h */

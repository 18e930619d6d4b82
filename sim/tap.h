/* Taps and notes: how a run is watched.
 *
 * Every place where frames pass (a port, a VM's NIC) embeds a struct tap_point.
 * Who wants to see the frames adds a struct tap to it.  Where nobody listens a
 * passing frame costs one branch.
 *
 * A node may also say in words what it does with a packet (a lookup and its
 * result, a header that changes): node_note() in sim/node.h.  The words are
 * made only when somebody listens to the run's notes.
 *
 * Listeners look; they never change or keep a packet, and nothing that they do
 * may change the run.  They may be called later than what they see happened:
 * sim/journal.h says when that was. */

#ifndef SIM_TAP_H
#define SIM_TAP_H 1

#include <stddef.h>
#include <stdint.h>

#include "sim/clock.h"

struct node;
struct packet;
struct tap;
struct tap_point;

enum tap_direction {
    TAP_IN,  /* Into the node that has the tap point. */
    TAP_OUT, /* Out of it. */
};

typedef void tap_fn(struct tap *, const struct tap_point *, enum tap_direction,
                    const struct packet *);

/* A listener.  Users embed it; it must outlive the run. */
struct tap {
    tap_fn *frame;
    struct tap *next;
};

struct tap_point {
    struct tap *first; /* Listeners, null if there are none. */
    struct node *node; /* Node it belongs to. */
    const char *name;  /* As in a scenario: "hv1:eth0", "blue/web:eth0". */
    void (*tapped)(struct tap_point *); /* Somebody listens; may be null. */
};

void tap_add(struct tap_point *, struct tap *);
void tap_call(const struct tap_point *, enum tap_direction,
              const struct packet *);

/* Shows 'pkt' to those who listen at 'point'. */
static inline void
tap_frame(const struct tap_point *point, enum tap_direction direction,
          const struct packet *pkt)
{
    if (__builtin_expect(point->first != NULL, 0)) {
        tap_call(point, direction, pkt);
    }
}

/* One who hears what nodes say of packets.  'table' says what spoke, e.g.
 * "policy"; 'text' is one line. */
struct note_listener {
    void (*note)(struct note_listener *, const struct node *,
                 const struct packet *, const char *table, const char *text);
    struct note_listener *next;
};

#endif /* sim/tap.h */

/* Walks: all that happens to the packets of a flow, in words.
 *
 * A walk listens to tap points, to what nodes say and to how packets end, and
 * keeps an ordered list of steps for each packet of its flow, in the order in
 * which the packets first appear.  A packet is known by its number, so a flood's
 * clones are one packet here, with several ends.
 *
 *     packet 1 of blue-q (number 17), request, tenant blue
 *        1  100.000000 ms  blue/web:eth0  out      10.1.1.2 > 10.1.1.1 TCP ...
 *        2  100.000000 ms  hv2            policy   lookup (VSID 5001, CA ...
 *        3  100.003456 ms  hv1            dropped  policy-mismatch: the ...
 *
 * A packet may wait for an address that another workload's packet has asked
 * for.  So the ARP requests that leave the tap points of the flow's own VMs are
 * kept too, beside the flow's packets, and printed if one of these never ends.
 *
 * What it keeps is bounded: packets and steps beyond the limits are counted and
 * the text says so.  It must outlive the run. */

#ifndef TRACES_WALK_H
#define TRACES_WALK_H 1

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/ip_addr.h"
#include "sim/node.h"
#include "sim/tap.h"
#include "traces/tag_names.h"

#define WALK_PACKETS 1000  /* Usual limits. */
#define WALK_STEPS   20000 /* Of all packets together. */

struct walk;

struct walk_config {
    uint32_t flow;               /* Whose packets, as in packet tags; not 0. */
    bool wants_notes;            /* Hear what nodes say; costs time. */
    struct tap_point *asking[2]; /* NICs of the flow's ends; or null. */
    size_t max_packets;          /* 0: WALK_PACKETS. */
    size_t max_steps;            /* 0: WALK_STEPS. */
    struct tag_names names;      /* For the text. */
};

enum walk_step_kind {
    WALK_FRAME, /* Seen at a tap point. */
    WALK_NOTE,  /* A node said something. */
    WALK_END,   /* A fate. */
};

struct walk_step {
    enum walk_step_kind kind;
    sim_time when;
    const char *place;            /* Name of the tap point or node. */
    const char *text;             /* What to tell people; the walk's. */
    const char *table;            /* WALK_NOTE: what spoke; the walk's. */
    const struct fate *fate;      /* WALK_END. */
    enum tap_direction direction; /* WALK_FRAME, like the rest: */
    struct ip_addr src, dst;      /* Of the outermost IP header, or ARP. */
    bool is_arp;                  /* An ARP message. */
    uint32_t size;                /* Bytes of the frame. */
};

struct walk_packet {
    uint64_t number; /* As in packet tags. */
    uint32_t flow, tenant;
    bool is_reply;
    size_t place;   /* Among the flow's packets, from 1; 0: not of the flow. */
    size_t n_steps; /* See walk_step(). */
    /* How it ended: delivered if any copy was, else the first drop, else how it
     * was consumed; null while it is on its way. */
    const struct fate *fate;
    const char *end; /* Node where it did. */
};

/* Which packets of the flow. */
enum walk_direction {
    WALK_BOTH,
    WALK_REQUEST, /* From the flow's first end to the second. */
    WALK_REPLY,
};

struct walk *walk_new(struct sim *, const struct walk_config *,
                      struct tap_point *const *taps, size_t n_taps);
void walk_free(struct walk *);

/* Looking, at any time. */
size_t walk_n_packets(const struct walk *, enum walk_direction);
const struct walk_packet *walk_packet(const struct walk *, enum walk_direction,
                                      size_t index);
const struct walk_packet *walk_find(const struct walk *, uint64_t number);
const struct walk_step *walk_step(const struct walk_packet *, size_t index);
bool walk_is_cut(const struct walk *);

/* Text. */
void walk_print_packet(const struct walk *, const struct walk_packet *,
                       GString *);
void walk_print_questions(const struct walk *, GString *);
void walk_print(const struct walk *, enum walk_direction, GString *);

#endif /* traces/walk.h */

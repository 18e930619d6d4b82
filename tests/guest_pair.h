/* Two guests on a wire, for tests.
 *
 * One node runs the guests (10.1.1.1, 10.1.1.2, ... in 10.1.1.0/24, with the
 * gateway 10.1.1.254, which is not there) and carries frames between them like
 * a hub that knows everybody's MAC: each frame takes 'delay', and the time on
 * a line of 'rate_bps' if that is set, with a drop-tail queue of
 * 'buffer_bytes'.  Rules lose, duplicate, delay or change the n-th frame of a
 * guest.  Every frame sent is kept in a log with its bytes.
 *
 *     struct guest_pair *pair = guest_pair_new(1);
 *     guest_pair_add_rule(pair, (struct pair_rule){
 *         .from = 0, .first = 3, .last = 3, .action = PAIR_DROP });
 *     ...
 *     guest_pair_run(pair, 2 * SIM_S);
 *     guest_pair_free(pair);
 *
 * guest_pair_free() asserts that every packet is accounted for. */

#ifndef TESTS_GUEST_PAIR_H
#define TESTS_GUEST_PAIR_H 1

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/guest/guest.h"
#include "sim/node.h"
#include "sim/sim.h"

#define PAIR_MAX_GUESTS 8
#define PAIR_MAX_RULES  16
#define PAIR_MTU        1500

enum pair_action {
    PAIR_DROP,      /* Lost. */
    PAIR_DUPLICATE, /* Arrives a second time, 'extra' later. */
    PAIR_DELAY,     /* Arrives 'extra' later: others overtake it. */
    PAIR_CORRUPT,   /* The byte at 'offset' is inverted. */
};

/* What happens to the frames number 'first' to 'last' (from 1; last 0: all
 * further ones) that guest 'from' sends and 'matches' (null: all) counts. */
struct pair_rule {
    unsigned int from;
    unsigned int first, last;
    bool (*matches)(const struct packet *);
    enum pair_action action;
    sim_time extra;
    size_t offset;
    unsigned int n_seen; /* The pair's own. */
};

/* A frame that was sent, whatever became of it. */
struct pair_frame {
    sim_time when;
    unsigned int from;
    bool is_lost; /* By a rule or a full queue. */
    struct packet_tag tag;
    size_t size, stored;
    uint8_t *bytes; /* 'stored' of them; the rest are zeros. */
};

struct guest_pair {
    struct node node;
    struct sim *sim;
    struct guest *guests[PAIR_MAX_GUESTS];
    unsigned int n_guests;
    sim_time delay;        /* 50 us unless changed. */
    uint64_t rate_bps;     /* 0: frames take no time on the line. */
    uint64_t buffer_bytes; /* Of each guest's line; 0: no bound. */
    sim_time busy_until[PAIR_MAX_GUESTS];
    struct pair_rule rules[PAIR_MAX_RULES];
    unsigned int n_rules;
    GPtrArray *log;     /* struct pair_frame. */
    GPtrArray *flights; /* Frames on their way, and idle places for them. */
    uint64_t n_flying;
};

struct guest_pair *guest_pair_new(uint64_t seed);
void guest_pair_free(struct guest_pair *);
struct guest *guest_pair_add_guest(struct guest_pair *, uint16_t mtu);
struct guest *guest_pair_add(struct guest_pair *, const struct guest_config *);
void guest_pair_add_rule(struct guest_pair *, struct pair_rule);
void guest_pair_run(struct guest_pair *, sim_time end);

/* Gives guest 'to' a frame now, as if it came from the wire. */
void guest_pair_inject(struct guest_pair *, unsigned int to,
                       const uint8_t *bytes, size_t stored, size_t size);

/* Frames in the log from 'from' whose IPv4 protocol is 'protocol' (0: that
 * are ARP), and the 'n'-th of them, counting from 0 (null: none). */
unsigned int guest_pair_count(const struct guest_pair *, unsigned int from,
                              uint8_t protocol);
const struct pair_frame *guest_pair_frame(const struct guest_pair *,
                                          unsigned int from, uint8_t protocol,
                                          unsigned int n);

/* Packets that ended in the guests by 'fate'. */
uint64_t guest_pair_fate(const struct guest_pair *, enum guest_fate);
uint64_t guest_pair_fate_named(const struct guest_pair *, const char *name);

#endif /* tests/guest_pair.h */

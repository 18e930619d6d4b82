/* Priority vectors and times of RSTP, IEEE 802.1D-2004 sections 17.5 and 17.13:
 * what BPDUs carry and bridges compare. */

#ifndef MODELS_FABRIC_RSTP_VECTOR_H
#define MODELS_FABRIC_RSTP_VECTOR_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/wire/stp.h"
#include "sim/clock.h"

/* A priority vector, section 17.5: less is better. */
struct rstp_vector {
    uint64_t root_id;
    uint64_t bridge_id; /* Designated bridge. */
    uint32_t root_cost;
    uint16_t port_id;        /* Designated port. */
    uint16_t bridge_port_id; /* Port of the bridge that compares. */
};

/* In 1/256 s, as BPDUs carry them. */
struct rstp_times {
    uint16_t message_age, max_age, hello_time, forward_delay;
};

/* Returns less than, equal to or more than 0 as 'a' is better than, the same as
 * or worse than 'b'. */
int rstp_vector_compare(const struct rstp_vector *a,
                        const struct rstp_vector *b);

static inline bool
rstp_times_equal(const struct rstp_times *a, const struct rstp_times *b)
{
    return a->message_age == b->message_age && a->max_age == b->max_age
           && a->hello_time == b->hello_time
           && a->forward_delay == b->forward_delay;
}

static inline sim_time
rstp_time(uint16_t bpdu_time)
{
    return bpdu_time * (SIM_S / STP_TIME_SECOND);
}

/* The age of what is passed on: a second more, and whole seconds. */
static inline uint16_t
rstp_age_of_next(uint16_t message_age)
{
    uint32_t seconds = (message_age + STP_TIME_SECOND + STP_TIME_SECOND / 2u)
                       / STP_TIME_SECOND;

    seconds *= STP_TIME_SECOND;
    return seconds < UINT16_MAX ? (uint16_t) seconds : UINT16_MAX;
}

#endif /* models/fabric/rstp_vector.h */

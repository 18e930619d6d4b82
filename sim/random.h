/* Random streams.
 *
 * A stream is named after its user ("hv1/blue-q") and derived from the run's
 * seed and that name alone, so another VM or workload in a scenario does not
 * reshuffle the others', and two datapaths see the same arrivals.  It is
 * counter-based: the n-th number is a hash of the stream's key and n.
 * Distributions are built over it where they are used. */

#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H 1

#include <stdint.h>

struct random_stream {
    uint64_t key; /* From the seed and the name. */
    uint64_t n;   /* Numbers drawn. */
};

void random_stream_init(struct random_stream *, uint64_t seed,
                        const char *name);
uint64_t random_u64(struct random_stream *);
uint64_t random_below(struct random_stream *, uint64_t bound);
double random_unit(struct random_stream *);

#endif /* sim/random.h */

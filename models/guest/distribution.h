/* Distributions: what a scenario may write where a number varies ("exponential
 * 10ms", "uniform 0s..50ms").  Numbers are drawn from the caller's random
 * stream by GSL, whose generator type the stream is wrapped in. */

#ifndef MODELS_GUEST_DISTRIBUTION_H
#define MODELS_GUEST_DISTRIBUTION_H 1

#include <stdint.h>

#include "sim/random.h"

enum distribution_kind {
    DISTRIBUTION_CONSTANT,    /* a. */
    DISTRIBUTION_UNIFORM,     /* From a up to b. */
    DISTRIBUTION_EXPONENTIAL, /* Mean a. */
    DISTRIBUTION_LOGNORMAL,   /* Median a, sigma b (of the logarithm). */
    DISTRIBUTION_PARETO,      /* Minimum a, shape b. */
};

struct distribution {
    enum distribution_kind kind;
    double a, b; /* In the unit of what is drawn: ps, bytes. */
};

int64_t distribution_draw_any(const struct distribution *d,
                              struct random_stream *stream);

/* Returns a number of 'd', rounded, not negative, at most 2^62.  A constant
 * draws nothing from 'stream'. */
static inline int64_t
distribution_draw(const struct distribution *d, struct random_stream *stream)
{
    if (d->kind == DISTRIBUTION_CONSTANT && d->a > 0 && d->a < 0x1p62) {
        return (int64_t) (d->a + 0.5);
    }
    return distribution_draw_any(d, stream);
}

#endif /* models/guest/distribution.h */

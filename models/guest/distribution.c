#include "models/guest/distribution.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#define LARGEST (INT64_C(1) << 62)

/* GSL's generator over a stream: its state is the stream itself, so it is made
 * on the stack for each draw. */

static void
stream_set(void *stream, unsigned long seed)
{
    (void) stream; /* It was seeded by its name. */
    (void) seed;
}

static unsigned long
stream_get(void *stream)
{
    return (unsigned long) (random_u64(stream) >> 32);
}

static double
stream_get_double(void *stream)
{
    return random_unit(stream);
}

static const gsl_rng_type stream_type = {
    .name = "random_stream",
    .max = 0xffffffff,
    .min = 0,
    .size = sizeof(struct random_stream),
    .set = stream_set,
    .get = stream_get,
    .get_double = stream_get_double,
};

static double
draw(const struct distribution *d, const gsl_rng *rng)
{
    switch (d->kind) {
    case DISTRIBUTION_CONSTANT: return d->a;
    case DISTRIBUTION_UNIFORM: return gsl_ran_flat(rng, d->a, d->b);
    case DISTRIBUTION_EXPONENTIAL: return gsl_ran_exponential(rng, d->a);
    case DISTRIBUTION_LOGNORMAL:
        return d->a > 0 ? d->a * gsl_ran_lognormal(rng, 0, d->b) : 0;
    case DISTRIBUTION_PARETO: return gsl_ran_pareto(rng, d->b, d->a);
    }
    return 0;
}

/* What distribution_draw() returns; this is for those that are no plain
 * constants. */
int64_t
distribution_draw_any(const struct distribution *d,
                      struct random_stream *stream)
{
    const gsl_rng rng = { &stream_type, stream };
    double x = draw(d, &rng);

    if (!(x > 0)) { /* NaN too. */
        return 0;
    }
    return x < (double) LARGEST ? (int64_t) (x + 0.5) : LARGEST;
}

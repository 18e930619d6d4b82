#include "sim/random.h"

#include <glib.h>

#define GOLDEN_RATIO UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / phi, odd. */

/* The finishing function of SplitMix64 (Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014): a bijection of 64
 * bits in which every bit of input changes half of the output. */
static uint64_t
mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* Makes 'stream' the stream called 'name' of the run with 'seed'. */
void
random_stream_init(struct random_stream *stream, uint64_t seed,
                   const char *name)
{
    uint64_t key = mix(seed + GOLDEN_RATIO);

    for (; *name; name++) {
        key = mix(key + GOLDEN_RATIO + (uint8_t) *name);
    }
    *stream = (struct random_stream){ .key = key };
}

uint64_t
random_u64(struct random_stream *stream)
{
    return mix(stream->key + ++stream->n * GOLDEN_RATIO);
}

/* Returns a number from 0 to 'bound' - 1, each equally likely.  'bound' is
 * positive. */
uint64_t
random_below(struct random_stream *stream, uint64_t bound)
{
    uint64_t unfair, x;

    g_assert(bound > 0);
    unfair = -bound % bound; /* 2^64 modulo 'bound'. */
    do {
        x = random_u64(stream);
    } while (x < unfair);
    return x % bound;
}

/* Returns a number in [0, 1), a multiple of 2^-53. */
double
random_unit(struct random_stream *stream)
{
    return (double) (random_u64(stream) >> 11) * 0x1p-53;
}

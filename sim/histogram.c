#include "sim/histogram.h"

#include <glib.h>
#include <string.h>

/* Below 2^STEP_BITS a bucket is one value wide.  Above, each power of two is
 * divided into 2^STEP_BITS buckets of one width, so none is wider than 1/128
 * of its values. */
#define STEP_BITS 7
#define STEPS     (1u << STEP_BITS)

/* Frees the buckets: '*h' is empty. */
void
histogram_clear(struct histogram *h)
{
    g_free(h->buckets);
    *h = (struct histogram){ 0 };
}

static uint32_t
bucket_of(int64_t value)
{
    uint64_t v = (uint64_t) value;
    unsigned int octave;

    if (v < STEPS) {
        return (uint32_t) v;
    }
    octave = 63u - STEP_BITS - (unsigned int) __builtin_clzll(v);
    return octave * STEPS + (uint32_t) (v >> octave);
}

/* Returns the value in the middle of bucket number 'bucket'. */
static int64_t
middle_of(uint32_t bucket)
{
    unsigned int octave;
    uint64_t low;

    if (bucket < 2 * STEPS) {
        return bucket;
    }
    octave = bucket / STEPS - 1;
    low = (uint64_t) (bucket % STEPS + STEPS) << octave;
    return (int64_t) (low + (UINT64_C(1) << octave) / 2);
}

/* Makes room for 'bucket', by whole octaves. */
static void
reserve(struct histogram *h, uint32_t bucket)
{
    uint32_t first = bucket / STEPS * STEPS, end = first + STEPS;
    uint32_t *buckets;

    if (h->n_buckets) {
        first = MIN(first, h->first_bucket);
        end = MAX(end, h->first_bucket + h->n_buckets);
    }
    if (end - first != h->n_buckets) {
        buckets = g_new0(uint32_t, end - first);
        if (h->n_buckets) {
            memcpy(buckets + (h->first_bucket - first), h->buckets,
                   h->n_buckets * sizeof *buckets);
        }
        g_free(h->buckets);
        h->buckets = buckets;
        h->first_bucket = first;
        h->n_buckets = end - first;
    }
}

/* Adds 'value', which is not negative. */
void
histogram_add(struct histogram *h, int64_t value)
{
    uint32_t bucket = bucket_of(value);

    g_assert(value >= 0);
    if (bucket - h->first_bucket >= h->n_buckets) {
        reserve(h, bucket);
    }
    h->buckets[bucket - h->first_bucket]++;
    h->min = h->n ? MIN(h->min, value) : value;
    h->max = MAX(h->max, value);
    h->sum += (double) value;
    h->n++;
}

/* Adds to '*h' all that was added to '*other'. */
void
histogram_merge(struct histogram *h, const struct histogram *other)
{
    if (other->n) {
        reserve(h, other->first_bucket);
        reserve(h, other->first_bucket + other->n_buckets - 1);
        for (uint32_t i = 0; i < other->n_buckets; i++) {
            h->buckets[other->first_bucket - h->first_bucket + i] +=
                other->buckets[i];
        }
        h->min = h->n ? MIN(h->min, other->min) : other->min;
        h->max = MAX(h->max, other->max);
        h->sum += other->sum;
        h->n += other->n;
    }
}

/* Returns a value that the part 'q', 0 to 1, of the values does not exceed:
 * the nearest-rank quantile, but for the width of a bucket.  0 of nothing. */
int64_t
histogram_quantile(const struct histogram *h, double q)
{
    double wanted = q * (double) h->n;
    uint64_t n = 0;

    if (q <= 0 || !h->n) {
        return h->min;
    }
    for (uint32_t i = 0; q < 1 && i < h->n_buckets; i++) {
        n += h->buckets[i];
        if (h->buckets[i] && (double) n >= wanted) {
            return CLAMP(middle_of(h->first_bucket + i), h->min, h->max);
        }
    }
    return h->max;
}

/* Returns the mean of all values, 0 of nothing. */
double
histogram_mean(const struct histogram *h)
{
    return h->n ? h->sum / (double) h->n : 0;
}

/* Histogram of durations or sizes with bounded memory.
 *
 * Values are counted in buckets whose width is at most 1/128 of the value, so
 * any quantile is within 0.8 % of a value that was added.  Minimum, maximum,
 * count and sum are exact.  All zeros is an empty histogram; buckets are
 * allocated where values come. */

#ifndef SIM_HISTOGRAM_H
#define SIM_HISTOGRAM_H 1

#include <stdint.h>

struct histogram {
    uint32_t *buckets;     /* Null while empty. */
    uint32_t first_bucket; /* Number of buckets[0]. */
    uint32_t n_buckets;
    uint64_t n; /* Values added. */
    double sum;
    int64_t min, max;
};

void histogram_clear(struct histogram *);
void histogram_add(struct histogram *, int64_t value);
void histogram_merge(struct histogram *, const struct histogram *);
int64_t histogram_quantile(const struct histogram *, double q);
double histogram_mean(const struct histogram *);

#endif /* sim/histogram.h */

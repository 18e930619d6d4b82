/* Simulated time.
 *
 * A sim_time is a signed count of picoseconds since the run began.  One byte
 * is a whole number of them at every usual line rate (20 ps at 400 Gb/s), and
 * int64_t picoseconds last 106 days.  Durations are sim_times too.  Floating
 * point never holds a time: it enters and leaves at the edges (scenarios/
 * reads "1.5 ms", the files of a run print seconds). */

#ifndef SIM_CLOCK_H
#define SIM_CLOCK_H 1

#include <stddef.h>
#include <stdint.h>

typedef int64_t sim_time;

#define SIM_NS    INT64_C(1000)
#define SIM_US    (1000 * SIM_NS)
#define SIM_MS    (1000 * SIM_US)
#define SIM_S     (1000 * SIM_MS)
#define SIM_NEVER INT64_MAX /* Later than every event. */

/* Returns the time a sender at 'rate_bps' is busy with 'size_bytes', rounded
 * up so that no queue drains faster than its line rate.  Both are positive;
 * 'size_bytes' is at most 1 MB, so the product stays inside 64 bits. */
static inline sim_time
sim_transmission_time(size_t size_bytes, uint64_t rate_bps)
{
    uint64_t bit_ps = (uint64_t) size_bytes * 8 * (uint64_t) SIM_S;

    return (sim_time) ((bit_ps + rate_bps - 1) / rate_bps);
}

#endif /* sim/clock.h */

/* Measures MAC tables, and prints each measure as one line of JSON.
 *
 *     bench_mac_table ENTRIES known|overflow [WAYS]
 *
 * known: frames between stations that a full table knows, in random pairs; each
 * is a learning and a lookup, as a switch does.
 *
 * overflow: frames from stations never seen before to a full table that forgets
 * the least recently used.
 *
 * Time is user CPU time; a frame each 67.2 ns of simulated time. */

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "models/fabric/mac_table.h"

#define FRAMES 4000000
#define PORTS  48
#define GAP    67200 /* Of minimum frames at 10 Gb/s. */

static double
user_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double) usage.ru_utime.tv_sec
           + (double) usage.ru_utime.tv_usec / 1e6;
}

/* The key of station 'n' in VLAN 1. */
static uint64_t
key_of(uint64_t n)
{
    return UINT64_C(1) << 48 | UINT64_C(0x020000000000) | n;
}

/* One frame; its two stations by the bits of 'random'. */
static inline uint32_t
frame(struct mac_table *table, uint64_t random, uint32_t n, sim_time now)
{
    uint32_t src = (uint32_t) ((random >> 32) * n >> 32);
    uint32_t dst = (uint32_t) ((random & UINT32_MAX) * n >> 32);

    mac_table_learn_key(table, key_of(src), src % PORTS, now);
    return mac_table_lookup_key(table, key_of(dst), now);
}

/* Returns the sum of the ports that 'n_frames' frames between 'n' stations went
 * to, 0 to begin with: only the table is measured, so no stream of numbers. */
G_GNUC_NO_INLINE static uint64_t
frames(struct mac_table *table, uint32_t n, bool is_known, sim_time *now)
{
    uint64_t random = 1, sum = 0;

    for (uint32_t i = 0; i < FRAMES; i++) {
        *now += GAP;
        if (is_known) {
            random = random * UINT64_C(6364136223846793005) + 1;
            sum += frame(table, random ^ random >> 29, n, *now);
        } else {
            mac_table_learn_key(table, key_of(n + i), i % PORTS, *now);
        }
    }
    return sum;
}

int
main(int argc, char **argv)
{
    uint32_t n = argc > 2 ? (uint32_t) atoi(argv[1]) : 0;
    bool is_known = argc > 2 && strcmp(argv[2], "known") == 0;
    struct mac_table_config config = {
        .max_entries = n,
        .aging = 300 * SIM_S,
        .evict = MAC_EVICT_LRU,
        .ways = argc > 3 ? (uint32_t) atoi(argv[3]) : 0,
        .n_ports = PORTS,
    };
    struct random_stream random;
    struct mac_table *table;
    sim_time now = 0;
    double seconds;
    uint64_t sum;

    if (argc < 3 || !n) {
        fprintf(stderr, "usage: bench_mac_table ENTRIES known|overflow "
                        "[WAYS]\n");
        return 2;
    }
    random_stream_init(&random, 1, "evict");
    table = mac_table_new(&config, &random);
    for (uint32_t i = 0; i < n; i++) {
        mac_table_learn_key(table, key_of(i), i % PORTS, now += GAP);
    }
    seconds = user_seconds();
    sum = frames(table, n, is_known, &now);
    seconds = user_seconds() - seconds;
    printf("{\"bench\": \"mac_table\", \"entries\": %" PRIu32
           ", \"ways\": %" PRIu32 ", \"frames\": \"%s\", \"ns\": %.1f"
           ", \"used\": %" PRIu32 ", \"evicted\": %" PRIu64
           ", \"checksum\": %" PRIu64 "}\n",
           n, config.ways, argv[2], 1e9 * seconds / FRAMES,
           mac_table_stats(table, now)->used,
           mac_table_stats(table, now)->evicted, sum);
    mac_table_free(table);
    return 0;
}

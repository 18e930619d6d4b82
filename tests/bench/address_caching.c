/* Finds the address caching capacity of a switch as RFC 2889 section 5.7 does,
 * and prints it as one line of JSON.
 *
 *     bench_address_caching ENTRIES [WAYS] [multiplicative|crc32|xor-fold]
 *
 * Addresses are consecutive, and random; with WAYS 0, as by default, the table
 * is ideal. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/address_caching.h"

int
main(int argc, char **argv)
{
    static const char *const hashes[] = { "multiplicative", "crc32",
                                          "xor-fold" };
    struct mac_table_config config = {
        .max_entries = argc > 1 ? (uint32_t) atoi(argv[1]) : 0,
        .aging = 300 * SIM_S,
        .ways = argc > 2 ? (uint32_t) atoi(argv[2]) : 0,
    };
    uint32_t in_sequence, at_random, n_trials = 0;

    for (int i = 0; argc > 3 && i < 3; i++) {
        if (strcmp(argv[3], hashes[i]) == 0) {
            config.hash = (enum mac_hash) i;
        }
    }
    if (!config.max_entries || config.max_entries > MAC_TABLE_ENTRIES_MAX
        || (config.ways && config.max_entries % config.ways)) {
        fprintf(stderr, "usage: bench_address_caching ENTRIES [WAYS] "
                        "[multiplicative|crc32|xor-fold]\n");
        return 2;
    }
    in_sequence = address_caching_capacity(&config, address_in_sequence,
                                           2 * config.max_entries, &n_trials);
    at_random = address_caching_capacity(&config, address_at_random,
                                         2 * config.max_entries, &n_trials);
    printf("{\"bench\": \"address_caching\", \"entries\": %" PRIu32
           ", \"ways\": %" PRIu32 ", \"hash\": \"%s\", \"in_sequence\": "
           "%" PRIu32 ", \"at_random\": %" PRIu32 ", \"trials\": %" PRIu32
           "}\n",
           config.max_entries, config.ways, hashes[config.hash], in_sequence,
           at_random, n_trials);
    return 0;
}

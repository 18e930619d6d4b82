/* Address caching capacity of a switch, RFC 2889 section 5.7.
 *
 * A trial teaches a switch n addresses at its learning port; then a station at
 * the test port sends a frame to each.  If one of these comes out of the
 * monitoring port, it was flooded: the switch had not cached n.  A binary search
 * finds the largest n of a sequence of addresses that it can. */

#ifndef TESTS_ADDRESS_CACHING_H
#define TESTS_ADDRESS_CACHING_H 1

#include "models/fabric/mac_table.h"

/* Returns the address number 'i' of a sequence. */
typedef uint64_t address_fn(uint32_t i);

uint64_t address_in_sequence(uint32_t i);
uint64_t address_at_random(uint32_t i);

/* Returns the capacity, at most 'max', of a switch with a table of 'config'.
 * '*n_trials' counts the trials, if not null. */
uint32_t address_caching_capacity(const struct mac_table_config *config,
                                  address_fn *address, uint32_t max,
                                  uint32_t *n_trials);

#endif /* tests/address_caching.h */

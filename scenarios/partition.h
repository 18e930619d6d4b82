/* Which partition a node belongs to, when a run is split.
 *
 * What stays together is a rack: a switch or router with the hosts and servers
 * that hang at it, and all that a link without delay joins.  Neighboring racks
 * share a partition, the same number of ports in each as near as racks allow.
 * The rest of the fabric follows the racks that it joins most, so pods stay
 * together too.  If there are more partitions than racks some are empty. */

#ifndef SCENARIOS_PARTITION_H
#define SCENARIOS_PARTITION_H 1

#include <stdint.h>

#include "scenarios/scenario.h"

#define PARTITIONS_MAX 1024

uint32_t *partition_nodes(const struct scenario *, uint32_t n_partitions);

#endif /* scenarios/partition.h */

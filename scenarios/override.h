/* --set key=value.
 *
 * What the user sets on the command line is laid over the tree before anything
 * reads it.  The key is a parameter's name, or a dotted path of keys:
 *
 *     --set datapath=nvgre
 *     --set run.until=5s
 *     --set topology.nodes.sw1.mac_table=4
 *     --set workloads.blue-q.count=7      an item of a list, by its id
 *     --set topology.links.0.rate=1Gbps   or by its number, from 0
 *
 * The value is a plain scalar, so $(...) works in it.  Its place is in a source
 * of its own named "command line", in which each --set is a line, and all later
 * errors about the value point there.  A last key that is not there yet is
 * added, so that the reader of the map judges it; a path that leads nowhere is
 * an error here. */

#ifndef SCENARIOS_OVERRIDE_H
#define SCENARIOS_OVERRIDE_H 1

#include <stdbool.h>

#include "scenarios/scope.h"
#include "scenarios/tree.h"

struct source *override_source(const char *const *settings);
void override_apply(const struct source *, struct tree *, struct scope *);

#endif /* scenarios/override.h */

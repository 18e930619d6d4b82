/* The resolved scenario: everything expanded, as YAML that reads back to the
 * same. */

#ifndef SCENARIOS_RESOLVED_H
#define SCENARIOS_RESOLVED_H 1

#include <glib.h>

#include "scenarios/scenario.h"

/* Nodes, links, VMs and workloads; of larger scenarios there is none. */
#define RESOLVED_THINGS_MAX 20000

GString *resolved_yaml(const struct scenario *);

#endif /* scenarios/resolved.h */

/* Making the nodes, ports and links of a described scenario.
 *
 * There is one way to make them, whether a file lists them or a generator
 * draws them: a node is added with its name, and a link with its two ends, of
 * which the ports are made then.  A port's number is its place among the links
 * of its node, so the order of links counts, and the resolved scenario, which
 * lists all of them in that order, describes the same network.
 *
 * Names and paths are kept in the scenario's scope.  Callers have checked that
 * they are new. */

#ifndef SCENARIOS_TOPOLOGY_H
#define SCENARIOS_TOPOLOGY_H 1

#include "scenarios/scenario.h"

/* Most ports of one node: IEEE 802.1D-2004 section 9.2.7 numbers a bridge's
 * with 12 bits, from 1. */
#define TOPOLOGY_PORTS_MAX 4095

#define TOPOLOGY_PARALLEL_MAX 64 /* Links of one entry. */

/* Where a new link ends: a port of 'node', which is to be called 'name'. */
struct topology_end {
    struct scenario_node *node;
    const char *name; /* "eth0". */
};

struct scenario_node_locs *topology_new_locs(struct scenario *, struct loc);
struct scenario_node *topology_add_node(struct scenario *, const char *name,
                                        enum node_role, struct loc,
                                        struct scenario_node_locs *);
struct scenario_link *topology_add_link(struct scenario *,
                                        const struct scenario_link *like,
                                        const struct topology_end ends[2],
                                        uint32_t copy);
char *topology_port_path(const struct topology_end *, uint32_t copy);

#endif /* scenarios/topology.h */

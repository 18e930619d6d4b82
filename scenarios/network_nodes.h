/* Building the nodes and links of a network, by role: network.c calls these in
 * the order in which they stand here. */

#ifndef SCENARIOS_NETWORK_NODES_H
#define SCENARIOS_NETWORK_NODES_H 1

#include "scenarios/network.h"

struct node *network_new_node(const struct scenario *,
                              const struct scenario_node *, struct sim *);
void network_connect(const struct network *, const struct scenario_link *);
void network_start_fabric(struct network *);

#endif /* scenarios/network_nodes.h */

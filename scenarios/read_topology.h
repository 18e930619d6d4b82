/* The parts of reading a topology: nodes (read_nodes.c), links and the whole
 * (read_topology.c), generators (generate.c). */

#ifndef SCENARIOS_READ_TOPOLOGY_H
#define SCENARIOS_READ_TOPOLOGY_H 1

#include "scenarios/read.h"

/* topology.defaults: what nodes of a role are like unless they say
 * otherwise. */
struct node_defaults {
    struct key_reader all, of_switch, of_router, of_host, of_server;
};

extern const struct key_table defaults_table;
extern const char *const node_role_words[], *const node_later_roles[];

void node_defaults_init(struct node_defaults *,
                        const struct key_reader *topology);
void node_defaults_clear(struct node_defaults *);
void node_use_defaults(struct scenario *, struct scenario_node *,
                       const struct node_defaults *);
void read_node(struct scenario *, const struct key_value *,
               const struct node_defaults *);

struct scenario_link read_cable(const struct key_reader *);

void find_interfaces(struct scenario *);

void generate_topology(struct scenario *, const struct key_reader *topology,
                       const struct node_defaults *);

#endif /* scenarios/read_topology.h */

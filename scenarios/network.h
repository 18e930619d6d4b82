/* A running network, built from a scenario.
 *
 * Building cannot fail: all that could be wrong was found when the scenario was
 * checked.  Nodes, VMs and flows keep the scenario's order, so the n-th of the
 * one is the n-th of the other.  Nodes may be spread over several partitions
 * (scenarios/partition.h); nothing else here depends on that. */

#ifndef SCENARIOS_NETWORK_H
#define SCENARIOS_NETWORK_H 1

#include "models/guest/replay.h"
#include "scenarios/scenario.h"
#include "sim/partitions.h"

struct frame_list;
struct link_metrics;
struct provisioning;
struct routing;
struct spanning_tree;
struct timeline;
struct vlans;

/* A replay and the frames it sends. */
struct network_replay {
    struct frame_list *list;
    struct replay_frame *frames;
    int64_t first_ns; /* Captured time of the first that is sent. */
    struct replay *replay;
};

struct network {
    const struct scenario *scenario;
    struct sim *sim;                      /* The first partition. */
    struct node **nodes;                  /* By scenario_node.index. */
    struct guest **guests;                /* By scenario_vm.index. */
    struct flow_end **clients, **servers; /* By place in scenario.flows. */
    struct network_replay *replays;       /* By place in scenario.replays. */
    struct routing *routing;
    struct spanning_tree *tree; /* Null: switches see to loops. */
    struct timeline *timeline;
    struct link_metrics *links;
    struct vlans *vlans; /* Null, as the next: no VM is in a VLAN. */
    struct provisioning *provisioning;
};

struct network *network_build(const struct scenario *, uint32_t n_partitions,
                              GError **);
void network_free(struct network *);

struct port *network_port(const struct network *,
                          const struct scenario_port *);
struct tap_point *network_tap(const struct network *,
                              const struct scenario_place *);
struct guest *network_guest(const struct network *,
                            const struct scenario_vm *);
void network_set_vm_off(struct network *, const struct scenario_vm *,
                        bool is_off);

#endif /* scenarios/network.h */

/* A scenario, described: read, checked, in SI units, names resolved.
 *
 * This is what stands between a file and a run.  scenario_read() takes the
 * located tree apart, section by section, and reports all that is wrong with
 * it; what comes out without an error can be built, and building cannot fail.
 * Every object keeps the place it was read from, for checks and messages that
 * come later.
 *
 * A scenario owns everything in it: texts live in its scope, objects in its
 * arrays.  Nothing here knows the running network. */

#ifndef SCENARIOS_SCENARIO_H
#define SCENARIOS_SCENARIO_H 1

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/fabric/provisioning.h"
#include "models/hnv/datapath.h"
#include "models/wire/ip_addr.h"
#include "scenarios/described_events.h"
#include "scenarios/described_net.h"
#include "scenarios/described_run.h"
#include "scenarios/diag.h"
#include "scenarios/scope.h"
#include "scenarios/source.h"
#include "scenarios/tree.h"
#include "sim/clock.h"

struct scenario_limits {
    double wall_s;         /* 0: none. */
    uint64_t memory_bytes; /* 0: none. */
    uint64_t events;       /* 0: none. */
};

struct scenario {
    struct diag *diag;
    struct source *source;
    struct source *settings; /* What --set says. */
    struct tree *tree;
    struct scope *scope;
    char *folder; /* Of the file: other files are named from there. */

    const char *name, *title, *about;
    uint64_t seed;
    sim_time until, warmup;
    struct scenario_limits limits;

    GPtrArray *nodes, *links;
    GHashTable *node_by_name, *port_by_path; /* Lookup only. */

    struct scenario_provider provider;
    GHashTable *pools; /* Of struct scenario_pool, by prefix; lookup only. */
    const struct datapath_ops *use;
    struct datapath_config datapath;
    uint16_t first_vlan, vm_mtu;
    struct provisioning_config provisioning;
    bool use_vm_mac;

    GPtrArray *tenants, *subnets, *vms;
    GHashTable *tenant_by_name, *vm_by_path, *subnet_by_path;

    GPtrArray *records;
    GPtrArray *flows, *replays; /* Flow number i has index i + 1. */
    GHashTable *flow_by_id;
    GPtrArray *flow_names; /* By index, from 1. */
    GPtrArray *events;
    GHashTable *event_by_id; /* Lookup only. */
    GHashTable *vms_off;     /* Those that do not run at the beginning. */
    GPtrArray *captures;
    sim_time sample_every; /* 0: never. */
    GArray *collect;       /* struct scenario_metric */
    GPtrArray *expects;
};

/* What the command line adds to a file. */
struct scenario_options {
    const char *const *settings; /* "key=value", up to a null. */
    const char *seed;            /* --seed, or null. */
    const char *until;           /* --until, or null. */
};

struct scenario *scenario_read(struct source *, const char *folder,
                               const struct scenario_options *);
void scenario_free(struct scenario *);
bool scenario_failed(const struct scenario *);

const char *scenario_role_name(enum node_role);
const char *scenario_flow_name(const struct scenario *, uint32_t index);
const char *scenario_tenant_name(const struct scenario *, uint32_t index);

const char *scenario_vm_nic(const struct scenario *, struct scenario_vm *);
struct policy_record scenario_record(const struct scenario *,
                                     const struct scenario_vm *);

#endif /* scenarios/scenario.h */

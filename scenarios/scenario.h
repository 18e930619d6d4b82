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

#include "models/fabric/mac_table.h"
#include "models/guest/workload.h"
#include "models/hnv/datapath.h"
#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"
#include "scenarios/diag.h"
#include "scenarios/scope.h"
#include "scenarios/source.h"
#include "scenarios/tree.h"
#include "sim/clock.h"

enum node_role {
    ROLE_SWITCH,
    ROLE_HOST,
    ROLE_UNKNOWN, /* It was reported: there will be no run. */
};

struct scenario_node {
    struct loc loc; /* Of the name. */
    struct loc pa_loc, mac_loc;
    const char *name, *title;
    enum node_role role;
    size_t index;     /* Among the scenario's nodes. */
    GPtrArray *ports; /* "struct scenario_port"s, in order of the links. */
    struct mac_table_config macs; /* Switch. */
    uint64_t buffer_bytes;        /* Of each port. */
    struct ip_prefix pa;          /* Host; family 0: none. */
    struct eth_addr mac;          /* Host. */
};

struct scenario_port {
    struct scenario_node *node;
    const char *path; /* "hv1:eth0". */
    uint32_t index;   /* Among the node's ports. */
    struct scenario_link *link;
};

struct scenario_link {
    struct loc loc, mtu_loc;
    struct scenario_port *ends[2];
    uint64_t rate_bps;
    sim_time delay;
    uint32_t mtu;
    double loss; /* 0 to 1. */
};

struct scenario_tenant {
    struct loc loc;
    const char *name, *title;
    uint32_t index; /* From 1: the tag of its packets. */
    const struct datapath_ops *use;
    size_t n_subnets;
};

struct scenario_subnet {
    struct loc loc, vsid_loc, vlan_loc;
    struct scenario_tenant *tenant;
    const char *name, *path; /* "lan", "blue/lan". */
    struct ip_prefix cidr;
    uint32_t vsid; /* 0: none given. */
    uint16_t vlan; /* 0: none given. */
    bool has_gateway_none;
    uint64_t next_ca; /* Where "auto" goes on looking. */
};

struct scenario_vm {
    struct loc loc, ca_loc, pa_loc, host_loc, mac_loc;
    struct scenario_tenant *tenant;
    struct scenario_subnet *subnet;
    const char *path;      /* "blue/web". */
    const char *nic;       /* "blue/web:eth0". */
    struct ip_addr ca, pa; /* PA family 0: the host's. */
    struct eth_addr mac;
    struct scenario_node *host;
    const struct datapath_ops *use;
    uint16_t mtu;
};

/* A record that a host knows differently, or not at all. */
struct scenario_record {
    struct loc loc;
    GPtrArray *hosts; /* "struct scenario_node"s. */
    struct policy_record record;
    bool absent;
};

struct scenario_flow {
    struct loc loc, id_loc, size_loc;
    struct flow_config config;
    struct scenario_vm *from, *to;
    size_t place;  /* Among the scenario's flows. */
    bool is_probe; /* Made for an expectation. */
};

/* Frames of a capture file, sent out of a port. */
struct scenario_replay {
    struct loc loc, file_loc, frames_loc;
    const char *id, *file;
    uint32_t index; /* Of its flow. */
    struct scenario_port *port;
    sim_time start, gap; /* gap -1: as in the file. */
    GArray *frames;      /* uint32_t, from 1; empty: all. */
};

/* A place where frames pass: a port or a VM's NIC. */
struct scenario_place {
    const struct scenario_port *port; /* One of the two. */
    const struct scenario_vm *vm;
    const char *name;
};

struct scenario_capture {
    struct loc loc, filter_loc, merge_loc;
    GArray *places;             /* struct scenario_place */
    const char *filter, *merge; /* Or null. */
    uint32_t snaplen;           /* 0: whole frames. */
    uint64_t limit_bytes;       /* 0: none. */
    bool is_pcap;               /* Else pcapng. */
    sim_time from, to;
};

enum expect_kind {
    EXPECT_METRIC,
    EXPECT_ISOLATED,
    EXPECT_REACHABLE,
    EXPECT_UNREACHABLE,
    EXPECT_PRESENT,
    EXPECT_ABSENT,
    EXPECT_WALK,
    EXPECT_FINGERPRINT,
};

struct scenario_step {
    struct loc loc;
    struct scenario_place place;
    const char *at;          /* Its name. */
    struct ip_addr src, dst; /* Family 0: any. */
};

struct scenario_expect {
    struct loc loc, verb_loc, filter_loc;
    struct loc equals_loc, min_loc, max_loc;
    const char *id;
    enum expect_kind kind;
    bool is_off; /* Its 'when' is false. */
    /* metric */
    const char *metric;
    bool has_equals, has_min, has_max;
    struct value equals, min, max;
    /* isolated */
    GPtrArray *tenants; /* "struct scenario_tenant"s. */
    /* reachable, unreachable */
    GPtrArray *probes; /* "struct scenario_flow"s. */
    /* present, absent */
    const char *filter;
    GArray *places;
    /* walk */
    const struct scenario_flow *flow;
    bool reply;
    uint64_t packet; /* From 1. */
    GArray *steps;   /* struct scenario_step */
    /* fingerprint */
    const char *fingerprint;
};

/* A metric that metrics.csv holds. */
struct scenario_metric {
    struct loc loc;
    const char *name;
};

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

    struct ip_prefix pool; /* Family 0: none. */
    bool loops_allowed;
    const struct datapath_ops *use;
    struct datapath_config datapath;
    uint16_t first_vlan, vm_mtu;
    bool use_vm_mac;

    GPtrArray *tenants, *subnets, *vms;
    GHashTable *tenant_by_name, *vm_by_path, *subnet_by_path;

    GPtrArray *records;
    GPtrArray *flows, *replays; /* Flow number i has index i + 1. */
    GHashTable *flow_by_id;
    GPtrArray *flow_names; /* By index, from 1. */
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

const char *scenario_flow_name(const struct scenario *, uint32_t index);
const char *scenario_tenant_name(const struct scenario *, uint32_t index);

struct policy_record scenario_record(const struct scenario *,
                                     const struct scenario_vm *);

#endif /* scenarios/scenario.h */

/* Parts of a described scenario that stand still: tenants, VMs, records, and
 * what described_nodes.h has.  scenario.h owns them; every object keeps the place it was read
 * from, and its texts live in the scenario's scope. */

#ifndef SCENARIOS_DESCRIBED_NET_H
#define SCENARIOS_DESCRIBED_NET_H 1

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/hnv/datapath.h"
#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"
#include "scenarios/described_nodes.h"
#include "scenarios/source.h"

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
    uint32_t index; /* Among the scenario's subnets. */
    uint32_t vsid;  /* 0: none given. */
    uint16_t vlan;  /* 0: none given, or none needed. */
    bool is_vlan_auto, has_vlan_vms;
    bool has_gateway_none;
    uint64_t next_ca; /* Where "auto" goes on looking. */
};

/* Where the scenario says what of a VM. */
struct scenario_vm_locs {
    struct loc name, ca, pa, host, mac;
};

/* There may be a million of them: what is the same for all VMs of an entry is
 * shared, and what few need is made when it is needed. */
struct scenario_vm {
    const struct scenario_vm_locs *locs;
    struct scenario_tenant *tenant;
    struct scenario_subnet *subnet;
    struct scenario_node *host;
    const struct datapath_ops *use;
    const char *path;      /* "blue/web". */
    const char *nic;       /* See scenario_vm_nic(). */
    uint32_t index;        /* Among the scenario's VMs. */
    struct ip_addr ca, pa; /* PA family 0: the host's. */
    struct eth_addr mac;
    uint16_t mtu;
};

/* Where traffic begins or ends: one of the two, the other is null. */
struct scenario_end {
    struct scenario_vm *vm;
    struct scenario_node *server;
};

/* A record that a host knows differently, or not at all. */
struct scenario_record {
    struct loc loc;
    GPtrArray *hosts; /* "struct scenario_node"s. */
    struct policy_record record;
    bool absent;
};

#endif /* scenarios/described_net.h */

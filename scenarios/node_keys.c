/* The keys of nodes, by role.
 *
 * What many nodes of a role may have in common stands in a table of its own,
 * on which two others stand: that of a node, which adds what is its alone, and
 * that of topology.defaults. */

#include "scenarios/read_topology.h"

/* What every node has. */
#define NODE_KEYS                                                             \
    { "role", KEY_WORD, .words = node_role_words,                             \
      .later_words = node_later_roles, .help = "what kind of node it is" },   \
    {                                                                         \
        "title", KEY_TEXT, .help = "a name for people"                        \
    }

/* In the order of enum node_role. */
const char *const node_role_words[] = { "switch", "router", "host", "server",
                                        NULL };
const char *const node_later_roles[] = { "rbridge", NULL };

/* Returns "switch", for example. */
const char *
scenario_role_name(enum node_role role)
{
    return role == ROLE_UNKNOWN ? "node" : node_role_words[role];
}

static const char *const evict_words[] = { "none", "oldest", "lru", "random",
                                           NULL };
static const char *const hash_words[] = { "multiplicative", "crc32",
                                          "xor-fold", NULL };
static const char *const priority_words[] = { "none", "pcp", "dscp", NULL };

/* ---- Queues of switches and routers. ---- */

static const struct key_spec ecn_keys[] = {
    { "min", KEY_BYTES, .required = true, .max = INT64_C(1) << 40,
      .help = "a queue up to this long marks no packet" },
    { "max", KEY_BYTES, .max = INT64_C(1) << 40,
      .help = "a longer one marks all; absent: as min, a step" },
    { "probability", KEY_PERCENT, .fallback = "100%",
      .help = "part of the packets that are marked just below max" },
    { .name = NULL },
};
const struct key_table ecn_table = {
    "ecn",
    "Explicit congestion notification (RFC 3168): which queues mark packets.",
    ecn_keys,
    NULL,
};

static const struct key_spec queue_keys[] = {
    { "buffer", KEY_BYTES, .min = 64, .max = INT64_C(1) << 40,
      .fallback = "512KiB", .help = "drop-tail bound of each port" },
    { "shared_buffer", KEY_BOOL, .fallback = "false",
      .help = "'buffer' is of all ports together" },
    { "ecn", KEY_OBJECT, .table = &ecn_table,
      .help = "marking of packets; absent: none" },
    { "priorities", KEY_WORD, .words = priority_words, .fallback = "none",
      .help = "strict priorities: what says the class of a frame" },
    { "classes", KEY_INT, .min = 2, .max = QUEUEING_CLASSES_MAX,
      .fallback = "8", .help = "of priorities" },
    { .name = NULL },
};
static const struct key_table queue_table = {
    "queues",
    "The queues of a switch or router.",
    queue_keys,
    NULL,
};

/* ---- Switches. ---- */

static const struct key_spec stp_port_keys[] = {
    { "cost", KEY_INT, .min = 1, .max = RSTP_COST_MAX,
      .help = "port path cost; absent: by the link's rate" },
    { "priority", KEY_INT, .max = 240, .fallback = "128",
      .help = "port priority, in steps of 16" },
    { "edge", KEY_BOOL,
      .help = "it leads to no bridge; absent: true if the link does not" },
    { .name = NULL },
};
static const struct key_table stp_port_table = {
    "stp.port",
    "What a port is for the spanning tree.",
    stp_port_keys,
    NULL,
};

static const struct key_spec stp_keys[] = {
    { "priority", KEY_INT, .max = 61440, .fallback = "32768",
      .help = "of the bridge, in steps of 4096; the lowest is the root" },
    { "hello_time", KEY_TIME, .min = SIM_S, .max = 2 * SIM_S, .fallback = "2s",
      .help = "between two BPDUs" },
    { "max_age", KEY_TIME, .min = 6 * SIM_S, .max = 40 * SIM_S,
      .fallback = "20s", .help = "bound of a BPDU's age, and so of hops" },
    { "forward_delay", KEY_TIME, .min = 4 * SIM_S, .max = 30 * SIM_S,
      .fallback = "15s", .help = "in a port state without an agreement" },
    { "tx_hold_count", KEY_INT, .min = 1, .max = 10, .fallback = "6",
      .help = "BPDUs of a port in a second" },
    { .name = NULL },
};
static const struct key_table stp_table = {
    "stp",
    "Rapid spanning tree (IEEE 802.1D-2004), if provider.l2_loop is rstp.",
    stp_keys,
    NULL,
};

static const struct key_spec stp_node_keys[] = {
    { "ports", KEY_OBJECT, .shape = KEY_NAMED, .table = &stp_port_table,
      .help = "of single ports" },
    { .name = NULL },
};
static const struct key_table stp_node_table = {
    "stp",
    "Rapid spanning tree of one switch.",
    stp_node_keys,
    &stp_table,
};

static const struct key_spec switch_common_keys[] = {
    { "mac_table", KEY_INT, .min = 1, .max = 16777216, .fallback = "8192",
      .help = "entries of the MAC table" },
    { "mac_ways", KEY_INT, .max = 1024, .fallback = "0",
      .help = "entries of a hash bucket; 0: an ideal table, no buckets" },
    { "mac_hash", KEY_WORD, .words = hash_words, .fallback = "multiplicative",
      .help = "what chooses the bucket" },
    { "mac_aging", KEY_TIME, .min = 1, .fallback = "300s",
      .help = "an entry not refreshed for so long is forgotten" },
    { "mac_evict", KEY_WORD, .words = evict_words, .fallback = "none",
      .help = "what a full MAC table does with a new address" },
    { "mac_fairness", KEY_BOOL, .fallback = "false",
      .help = "when it is full, the port with most entries gives one up" },
    { "learning_rate", KEY_PER_SECOND, .min = 1,
      .help = "new addresses in a second; absent: no limit" },
    { "max_vlans", KEY_INT, .min = 1, .max = 4094, .fallback = "4094",
      .help = "VLANs it can hold" },
    { .name = NULL },
};
static const struct key_table switch_common_table = {
    "switch",
    "What switches may have in common.",
    switch_common_keys,
    &queue_table,
};

static const struct key_spec switch_keys[] = {
    NODE_KEYS,
    { "mac", KEY_MAC, .help = "of the bridge; given in order if absent" },
    { "stp", KEY_OBJECT, .table = &stp_node_table, .help = "spanning tree" },
    { .name = NULL },
};
const struct key_table switch_table = {
    "switch",
    "A learning Ethernet switch (IEEE 802.1Q) with a finite MAC table.",
    switch_keys,
    &switch_common_table,
};

/* ---- Routers. ---- */

static const struct key_spec router_common_keys[] = {
    { "arp_table", KEY_INT, .min = 1, .max = 16777216, .fallback = "8192",
      .help = "neighbors it can know, by ARP" },
    { "routes", KEY_INT, .min = 1, .max = 16777216, .fallback = "16384",
      .help = "routes to prefixes it can hold" },
    { "host_routes", KEY_INT, .min = 1, .max = 16777216, .fallback = "8192",
      .help = "routes to single addresses it can hold" },
    { .name = NULL },
};
static const struct key_table router_common_table = {
    "defaults.router",
    "Keys that every router has unless it says otherwise.",
    router_common_keys,
    &queue_table,
};

static const struct key_spec static_route_keys[] = {
    { "to", KEY_PREFIX, .required = true, .help = "0.0.0.0/0 is all" },
    { "via", KEY_IP, .required = true, .help = "the next hop" },
    { .name = NULL },
};
static const struct key_table static_route_table = {
    "static_route",
    "A route of a router; several to one prefix are equal ways.",
    static_route_keys,
    NULL,
};

static const struct key_spec router_keys[] = {
    NODE_KEYS,
    { "address", KEY_IP,
      .help = "its identifier, a loopback; ICMP errors may come from it" },
    { "hash_seed", KEY_INT,
      .help = "of its choice among equal ways; absent: drawn for each" },
    { "static_routes", KEY_OBJECT, .shape = KEY_LIST,
      .table = &static_route_table, .help = "beside those that are computed" },
    { .name = NULL },
};
const struct key_table router_key_table = {
    "router",
    "A router, or L3 switch, with finite tables of neighbors and routes.",
    router_keys,
    &router_common_table,
};

/* ---- Hosts and servers. ---- */

static const struct key_spec host_common_keys[] = {
    { "gateway", KEY_IP,
      .help = "router for other subnets; absent: that of its own subnet" },
    { "cores", KEY_INT, .later = true, .help = "CPU cores" },
    { "nic", KEY_NODE, .later = true, .help = "queues and offloads" },
    { .name = NULL },
};
static const struct key_table host_common_table = {
    "defaults.host",
    "Keys that every host has unless it says otherwise.",
    host_common_keys,
    NULL,
};

static const struct key_spec host_keys[] = {
    NODE_KEYS,
    { "pa", KEY_IP_PREFIX,
      .help = "provider address of the host, with its subnet's length" },
    { "mac", KEY_MAC, .help = "of its NIC; given in order if absent" },
    { .name = NULL },
};
const struct key_table host_table = {
    "host",
    "A Hyper-V host with one NIC, a virtual switch and policy.",
    host_keys,
    &host_common_table,
};

static const struct key_spec server_common_keys[] = {
    { "gateway", KEY_IP,
      .help = "router for other subnets; absent: that of its own subnet" },
    { "mtu", KEY_INT, .min = 576, .max = 9216, .fallback = "1500",
      .help = "largest IP packet that it sends" },
    { .name = NULL },
};
static const struct key_table server_common_table = {
    "defaults.server",
    "Keys that every server has unless it says otherwise.",
    server_common_keys,
    NULL,
};

static const struct key_spec server_keys[] = {
    NODE_KEYS,
    { "address", KEY_IP_PREFIX, .required = true,
      .help = "its IP address, with its subnet's length" },
    { "mac", KEY_MAC, .help = "of its NIC; given in order if absent" },
    { .name = NULL },
};
const struct key_table server_table = {
    "server",
    "A bare machine with one NIC and one IP stack.",
    server_keys,
    &server_common_table,
};

/* ---- Defaults. ---- */

static const struct key_spec switch_defaults_keys[] = {
    { "stp", KEY_OBJECT, .table = &stp_table, .help = "spanning tree" },
    { "arp_table", KEY_INT, .min = 1, .max = 16777216,
      .help = "of the routers that a generated L3 fabric has instead" },
    { .name = NULL },
};
static const struct key_table switch_defaults_table = {
    "defaults.switch",
    "Keys that every switch has unless it says otherwise; in a generated L3 "
    "fabric, every router, as far as a router has them.",
    switch_defaults_keys,
    &switch_common_table,
};

static const struct key_spec defaults_keys[] = {
    { "switch", KEY_OBJECT, .table = &switch_defaults_table,
      .help = "keys of all switches" },
    { "router", KEY_OBJECT, .table = &router_common_table,
      .help = "keys of all routers" },
    { "host", KEY_OBJECT, .table = &host_common_table,
      .help = "keys of all hosts" },
    { "server", KEY_OBJECT, .table = &server_common_table,
      .help = "keys of all servers" },
    { "rbridge", KEY_NODE, .later = true, .help = "keys of all RBridges" },
    { .name = NULL },
};
const struct key_table defaults_table = {
    "defaults",
    "Keys that every node of a role has unless it says otherwise.",
    defaults_keys,
    NULL,
};

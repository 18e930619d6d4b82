#include "scenarios/read.h"

#include <string.h>

/* A NIC of a host queues at most this much; a real host would hold its VMs
 * back instead of dropping. */
#define HOST_BUFFER_BYTES (16u << 20)

static const char *const evict_words[] = { "none", "oldest", "lru", "random",
                                           NULL };
static const char *const role_words[] = { "switch", "host", NULL };
static const char *const later_roles[] = { "server", "router", "rbridge",
                                           NULL };

/* What every node has. */
static const struct key_spec node_keys[] = {
    { "role", KEY_WORD, .words = role_words, .later_words = later_roles,
      .help = "what kind of node it is" },
    { "title", KEY_TEXT, .help = "a name for people" },
    { .name = NULL },
};
static const struct key_table node_table = {
    "node",
    "What every node has.",
    node_keys,
    NULL,
};

static const struct key_spec switch_keys[] = {
    { "mac_table", KEY_INT, .min = 1, .max = 16777216, .fallback = "8192",
      .help = "entries of the MAC table" },
    { "mac_aging", KEY_TIME, .min = 1, .fallback = "300s",
      .help = "an entry not refreshed for so long is forgotten" },
    { "mac_evict", KEY_WORD, .words = evict_words, .fallback = "none",
      .help = "what a full MAC table does with a new address" },
    { "buffer", KEY_BYTES, .min = 64, .fallback = "512KiB",
      .help = "drop-tail bound of each port" },
    { "mac_ways", KEY_INT, .later = true, .help = "slots of a hash bucket" },
    { "learning_rate", KEY_PER_SECOND, .later = true, .help = "addresses" },
    { "max_vlans", KEY_INT, .later = true, .help = "VLANs it can hold" },
    { "arp_table", KEY_INT, .later = true, .help = "neighbor entries" },
    { "ecn", KEY_NODE, .later = true, .help = "marking threshold" },
    { "stp", KEY_NODE, .later = true, .help = "spanning tree" },
    { .name = NULL },
};
const struct key_table switch_table = {
    "switch",
    "A learning Ethernet switch (IEEE 802.1Q) with a finite MAC table.",
    switch_keys,
    &node_table,
};

/* What stands in topology.defaults for switches: not what a node is. */
static const struct key_table switch_defaults_table = {
    "defaults.switch",
    "Keys that every switch has unless it says otherwise.",
    switch_keys,
    NULL,
};

static const struct key_spec host_keys[] = {
    { "pa", KEY_IP_PREFIX,
      .help = "provider address of the host, with its subnet's length" },
    { "mac", KEY_MAC, .help = "of its NIC; given in order if absent" },
    { "cores", KEY_INT, .later = true, .help = "CPU cores" },
    { "nic", KEY_NODE, .later = true, .help = "queues and offloads" },
    { .name = NULL },
};
const struct key_table host_table = {
    "host",
    "A Hyper-V host with one NIC, a virtual switch and policy.",
    host_keys,
    &node_table,
};

static const struct key_spec link_keys[] = {
    { "ends", KEY_REF, .shape = KEY_LIST, .n_min = 2, .n_max = 2,
      .required = true, .help = "the two ports it joins, as node:port" },
    { "rate", KEY_RATE, .required = true, .min = 1000, .help = "line rate" },
    { "delay", KEY_TIME, .fallback = "1us", .help = "propagation" },
    { "mtu", KEY_INT, .min = 576, .max = 9216, .fallback = "1500",
      .help = "largest L3 packet, in bytes" },
    { "loss", KEY_PERCENT, .fallback = "0%",
      .help = "part of the frames that is lost, each way" },
    { "parallel", KEY_INT, .later = true, .help = "links in one" },
    { "address", KEY_NODE, .later = true, .help = "of router ports" },
    { .name = NULL },
};
static const struct key_table link_table = {
    "link",
    "A cable between two ports, the same both ways.",
    link_keys,
    NULL,
};

static const struct key_spec defaults_keys[] = {
    { "switch", KEY_OBJECT, .table = &switch_defaults_table,
      .help = "keys of all switches" },
    { "host", KEY_NODE, .later = true, .help = "keys of all hosts" },
    { "router", KEY_NODE, .later = true, .help = "keys of all routers" },
    { "server", KEY_NODE, .later = true, .help = "keys of all servers" },
    { "rbridge", KEY_NODE, .later = true, .help = "keys of all RBridges" },
    { .name = NULL },
};
static const struct key_table defaults_table = {
    "defaults",
    "Keys that every node of a role has unless it says otherwise.",
    defaults_keys,
    NULL,
};

static const struct key_spec topology_keys[] = {
    { "nodes", KEY_NODE, .shape = KEY_NAMED, .required = true,
      .help = "switches and hosts" },
    { "links", KEY_OBJECT, .shape = KEY_LIST, .table = &link_table,
      .help = "cables" },
    { "defaults", KEY_OBJECT, .table = &defaults_table,
      .help = "keys for all nodes of a role" },
    { "generate", KEY_NODE, .later = true, .help = "a regular topology" },
    { .name = NULL },
};
const struct key_table topology_table = {
    "topology",
    "The nodes and what joins them.",
    topology_keys,
    NULL,
};

/* Which of 'own' and 'defaults' says 'key': the node itself first. */
static const struct key_reader *
who_says(const struct key_reader *own, const struct key_reader *defaults,
         const char *key)
{
    return key_is_given(own, key) || !defaults ? own : defaults;
}

static void
read_switch(struct scenario_node *node, const struct key_reader *r,
            const struct key_reader *defaults)
{
    static const enum mac_evict evicts[] = { MAC_EVICT_NONE, MAC_EVICT_OLDEST,
                                             MAC_EVICT_LRU, MAC_EVICT_RANDOM };

#define SAYS(KEY) who_says(r, defaults, KEY), KEY
    node->macs.max_entries = (uint32_t) key_int(SAYS("mac_table"));
    node->macs.aging = key_time(SAYS("mac_aging"));
    node->macs.evict = evicts[key_word_index(SAYS("mac_evict"))];
    node->buffer_bytes = key_bytes(SAYS("buffer"));
#undef SAYS
}

/* The MAC of the host's NIC if the scenario gives none: locally administered,
 * by the node's place. */
static struct eth_addr
make_host_mac(size_t index)
{
    return eth_addr_from_u64(UINT64_C(0x020000000000) + index + 1);
}

static void
read_host(struct scenario_node *node, const struct key_reader *r)
{
    if (key_is_given(r, "pa") && key_is_ok(r, "pa")) {
        node->pa = key_prefix(r, "pa");
    }
    node->pa_loc = key_loc(r, "pa");
    node->mac_loc = key_loc(r, "mac");
    node->mac = key_is_given(r, "mac") ? key_mac(r, "mac")
                                       : make_host_mac(node->index);
    node->buffer_bytes = HOST_BUFFER_BYTES;
}

/* Says whether the node at 'map' is a host, by its role; a missing or wrong
 * role is reported. */
static bool
read_role(struct scenario *s, const struct key_value *entry,
          enum node_role *role)
{
    static const struct key_spec spec = { NULL, KEY_WORD, .words = role_words,
                                          .later_words = later_roles };
    const struct tree_node *node = entry->node;
    struct key_value value;

    if (node->kind != TREE_MAP) {
        if (!node->broken) {
            diag_report(s->diag, E020, node->loc,
                        "topology.nodes.%s is %s, not a map", entry->name,
                        tree_kind_name(node));
        }
        return false;
    }
    node = tree_get(node, "role");
    if (!node) {
        diag_report(s->diag, E023, entry->name_loc,
                    "topology.nodes.%s has no 'role'", entry->name);
        diag_help(s->diag, "roles are switch and host");
        return false;
    }
    if (!key_convert(s->scope, node, &spec, "role", &value)) {
        return false;
    }
    *role = value.word_index == 0 ? ROLE_SWITCH : ROLE_HOST;
    return true;
}

static void
read_node(struct scenario *s, const struct key_value *entry,
          const struct key_reader *defaults)
{
    struct scenario_node *node;
    struct key_reader r;
    enum node_role role;

    /* A node that cannot be read has its name all the same. */
    if (!read_role(s, entry, &role)) {
        role = ROLE_UNKNOWN;
    }
    node = g_new0(struct scenario_node, 1);
    node->loc = entry->name_loc;
    node->name = entry->name;
    node->role = role;
    node->index = s->nodes->len;
    node->ports = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(s->nodes, node);
    g_hash_table_insert(s->node_by_name, (char *) node->name, node);
    if (role == ROLE_UNKNOWN) {
        return;
    }
    key_reader_init(&r, s->scope, entry->node,
                    role == ROLE_SWITCH ? &switch_table : &host_table,
                    "topology.nodes.%s", node->name);
    node->title = key_text(&r, "title");
    if (role == ROLE_SWITCH) {
        read_switch(node, &r, defaults);
    } else {
        read_host(node, &r);
    }
    key_reader_clear(&r);
}

/* Makes the port that one end of 'link' names, "hv1:eth0". */
static void
read_end(struct scenario *s, const struct key_reader *r, size_t end,
         struct scenario_link *link)
{
    const struct key_value *value = key_at(r, "ends", end);
    const char *path, *colon;
    struct scenario_node *node;
    struct scenario_port *port;
    struct loc loc;
    char *name;

    if (!value || !value->is_ok) {
        return;
    }
    path = value->value.text;
    loc = value->node->loc;
    colon = strchr(path, ':');
    if (!colon || !colon[1] || colon == path || strchr(path, '/')) {
        diag_report(s->diag, E043, loc, "'%s' is not a port", path);
        diag_help(s->diag, "write node:port, for example hv1:eth0");
        return;
    }
    name = g_strndup(path, (size_t) (colon - path));
    node = g_hash_table_lookup(s->node_by_name, name);
    if (!node) {
        refuse_unknown(s, E030, loc, "node", name, s->node_by_name);
    } else if (g_hash_table_contains(s->port_by_path, path)) {
        port = g_hash_table_lookup(s->port_by_path, path);
        diag_report(s->diag, E040, loc, "port %s has a link already", path);
        diag_help(s->diag, "the other is in line %u", port->link->loc.line);
    } else if (node->role == ROLE_HOST && node->ports->len) {
        diag_report(s->diag, E041, loc,
                    "host %s has a NIC already, and may have one only", name);
        port = g_ptr_array_index(node->ports, 0);
        diag_help(s->diag, "it is %s, in line %u", port->path,
                  port->link->loc.line);
    } else {
        port = g_new0(struct scenario_port, 1);
        port->node = node;
        port->path = scope_strdup(s->scope, path);
        port->index = node->ports->len;
        port->link = link;
        g_ptr_array_add(node->ports, port);
        g_hash_table_insert(s->port_by_path, (char *) port->path, port);
        link->ends[end] = port;
    }
    g_free(name);
}

static void
read_link(struct scenario *s, const struct key_reader *topology, size_t i)
{
    struct scenario_link *link;
    struct key_reader r;

    if (key_object_at(topology, "links", i, &r)) {
        link = g_new0(struct scenario_link, 1);
        link->loc = r.loc;
        link->mtu_loc = key_loc(&r, "mtu");
        link->rate_bps = key_rate(&r, "rate");
        link->delay = key_time(&r, "delay");
        link->mtu = (uint32_t) key_int(&r, "mtu");
        link->loss = key_fraction(&r, "loss");
        g_ptr_array_add(s->links, link);
        read_end(s, &r, 0, link);
        read_end(s, &r, 1, link);
        if (link->ends[0] && link->ends[1]
            && link->ends[0]->node == link->ends[1]->node) {
            diag_report(s->diag, E042, key_loc(&r, "ends"),
                        "the link joins %s with itself",
                        link->ends[0]->node->name);
        }
    }
    key_reader_clear(&r);
}

/* Reads 'topology': nodes first, then the links between them. */
void
read_topology(struct scenario *s, const struct key_reader *root)
{
    struct key_reader r, defaults, switches;
    bool has_switches;

    key_object(root, "topology", &r);
    key_object(&r, "defaults", &defaults);
    has_switches =
        key_is_given(&r, "defaults") && key_is_given(&defaults, "switch");
    if (has_switches) {
        key_object(&defaults, "switch", &switches);
    }
    for (size_t i = 0; i < key_count(&r, "nodes"); i++) {
        read_node(s, key_at(&r, "nodes", i), has_switches ? &switches : NULL);
    }
    for (size_t i = 0; i < key_count(&r, "links"); i++) {
        read_link(s, &r, i);
    }
    if (has_switches) {
        key_reader_clear(&switches);
    }
    key_reader_clear(&defaults);
    key_reader_clear(&r);
}

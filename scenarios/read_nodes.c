/* The nodes of a topology: their keys, by role. */

#include "scenarios/read_topology.h"

#include "scenarios/topology.h"

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

static const struct key_spec defaults_keys[] = {
    { "switch", KEY_OBJECT, .table = &switch_defaults_table,
      .help = "keys of all switches" },
    { "host", KEY_NODE, .later = true, .help = "keys of all hosts" },
    { "router", KEY_NODE, .later = true, .help = "keys of all routers" },
    { "server", KEY_NODE, .later = true, .help = "keys of all servers" },
    { "rbridge", KEY_NODE, .later = true, .help = "keys of all RBridges" },
    { .name = NULL },
};
const struct key_table defaults_table = {
    "defaults",
    "Keys that every node of a role has unless it says otherwise.",
    defaults_keys,
    NULL,
};

/* Reads topology.defaults. */
void
node_defaults_init(struct node_defaults *defaults,
                   const struct key_reader *topology)
{
    key_object(topology, "defaults", &defaults->all);
    key_object(&defaults->all, "switch", &defaults->of_switch);
}

void
node_defaults_clear(struct node_defaults *defaults)
{
    key_reader_clear(&defaults->of_switch);
    key_reader_clear(&defaults->all);
}

/* Which of 'own', null if there is none, and 'defaults' says 'key': the node
 * itself first. */
static const struct key_reader *
who_says(const struct key_reader *own, const struct key_reader *defaults,
         const char *key)
{
    return own && key_is_given(own, key) ? own : defaults;
}

static void
read_switch(struct scenario_node *node, const struct key_reader *own,
            const struct node_defaults *defaults)
{
    static const enum mac_evict evicts[] = { MAC_EVICT_NONE, MAC_EVICT_OLDEST,
                                             MAC_EVICT_LRU, MAC_EVICT_RANDOM };

#define SAYS(KEY) who_says(own, &defaults->of_switch, KEY), KEY
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
read_host(struct scenario_node *node, const struct key_reader *own)
{
    node->mac = make_host_mac(node->index);
    node->buffer_bytes = HOST_BUFFER_BYTES;
    if (!own) {
        return;
    }
    if (key_is_given(own, "pa") && key_is_ok(own, "pa")) {
        node->pa = key_prefix(own, "pa");
    }
    node->pa_loc = key_loc(own, "pa");
    node->mac_loc = key_loc(own, "mac");
    if (key_is_given(own, "mac")) {
        node->mac = key_mac(own, "mac");
    }
}

/* Fills in what 'own', null for a generated node, says of 'node', and the
 * defaults of its role. */
static void
read_role_keys(struct scenario_node *node, const struct key_reader *own,
               const struct node_defaults *defaults)
{
    switch (node->role) {
    case ROLE_SWITCH: read_switch(node, own, defaults); break;
    case ROLE_HOST: read_host(node, own); break;
    case ROLE_SERVER: /* Read by nobody yet. */
    case ROLE_UNKNOWN: break;
    }
}

/* Makes 'node', of which no file says more, what its role's defaults are. */
void
node_use_defaults(struct scenario_node *node,
                  const struct node_defaults *defaults)
{
    read_role_keys(node, NULL, defaults);
}

/* Reads the role of the node at 'entry'; a missing or wrong one is reported and
 * is unknown. */
static enum node_role
read_role(struct scenario *s, const struct key_value *entry)
{
    static const struct key_spec spec = { NULL, KEY_WORD, .words = role_words,
                                          .later_words = later_roles };
    static const enum node_role roles[] = { ROLE_SWITCH, ROLE_HOST };
    const struct tree_node *node = entry->node;
    struct key_value value;

    if (node->kind != TREE_MAP) {
        if (!node->broken) {
            diag_report(s->diag, E020, node->loc,
                        "topology.nodes.%s is %s, not a map", entry->name,
                        tree_kind_name(node));
        }
        return ROLE_UNKNOWN;
    }
    node = tree_get(node, "role");
    if (!node) {
        diag_report(s->diag, E023, entry->name_loc,
                    "topology.nodes.%s has no 'role'", entry->name);
        diag_help(s->diag, "roles are switch and host");
        return ROLE_UNKNOWN;
    }
    return key_convert(s->scope, node, &spec, "role", &value)
               ? roles[value.word_index]
               : ROLE_UNKNOWN;
}

/* Reads one entry of topology.nodes.  A node that cannot be read has its name
 * all the same. */
void
read_node(struct scenario *s, const struct key_value *entry,
          const struct node_defaults *defaults)
{
    static const struct key_table *const tables[] = {
        [ROLE_SWITCH] = &switch_table,
        [ROLE_HOST] = &host_table,
    };
    enum node_role role = read_role(s, entry);
    struct scenario_node *node;
    struct key_reader r;

    if (g_hash_table_contains(s->node_by_name, entry->name)) {
        diag_report(s->diag, E036, entry->name_loc,
                    "there are two nodes called %s", entry->name);
        diag_help(s->diag, "topology.generate makes one: take another name");
        return;
    }
    node = topology_add_node(s, entry->name, role, entry->name_loc);
    if (role == ROLE_UNKNOWN) {
        return;
    }
    key_reader_init(&r, s->scope, entry->node, tables[role],
                    "topology.nodes.%s", node->name);
    node->title = key_text(&r, "title");
    read_role_keys(node, &r, defaults);
    key_reader_clear(&r);
}

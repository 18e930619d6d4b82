#include "scenarios/read_topology.h"

#include <string.h>

#include "scenarios/topology.h"

/* What every link says. */
static const struct key_spec cable_keys[] = {
    { "rate", KEY_RATE, .required = true, .min = 1000, .help = "line rate" },
    { "delay", KEY_TIME, .fallback = "1us", .help = "propagation" },
    { "mtu", KEY_INT, .min = 576, .max = 9216, .fallback = "1500",
      .help = "largest L3 packet, in bytes" },
    { "loss", KEY_PERCENT, .fallback = "0%",
      .help = "part of the frames that is lost, each way" },
    { .name = NULL },
};
const struct key_table cable_table = {
    "host_link",
    "Links of a generated topology to its hosts.",
    cable_keys,
    NULL,
};

static const struct key_spec bundle_keys[] = {
    { "parallel", KEY_INT, .min = 1, .max = TOPOLOGY_PARALLEL_MAX,
      .fallback = "1",
      .help = "so many equal links; ports of the further ones are called like "
              "the first's with .2, .3, ..." },
    { .name = NULL },
};
const struct key_table bundle_table = {
    "fabric_link",
    "Links between the switches of a generated topology.",
    bundle_keys,
    &cable_table,
};

static const struct key_spec link_keys[] = {
    { "ends", KEY_REF, .shape = KEY_LIST, .n_min = 2, .n_max = 2,
      .required = true, .help = "the two ports it joins, as node:port" },
    { "address", KEY_IP_PREFIX, .shape = KEY_NAMED, .n_max = 2,
      .help = "of the routers at its ends, by router; ports of a router with "
              "one address are one interface" },
    { .name = NULL },
};
static const struct key_table link_table = {
    "link",
    "A cable between two ports, the same both ways.",
    link_keys,
    &bundle_table,
};

static const struct key_spec topology_keys[] = {
    { "nodes", KEY_NODE, .shape = KEY_NAMED,
      .help = "switches, routers, hosts and servers" },
    { "links", KEY_OBJECT, .shape = KEY_LIST, .table = &link_table,
      .help = "cables" },
    { "defaults", KEY_OBJECT, .table = &defaults_table,
      .help = "keys for all nodes of a role" },
    { "generate", KEY_NODE,
      .help = "a regular topology; its keys are those of its kind" },
    { .name = NULL },
};
const struct key_table topology_table = {
    "topology",
    "The nodes and what joins them.",
    topology_keys,
    NULL,
};

/* Reads one end of a link, "hv1:eth0", into '*found'.  Returns whether there is
 * such a node; 'name' of the port is a part of the path. */
static bool
read_end(struct scenario *s, const struct key_value *value,
         struct topology_end *found)
{
    const char *path, *colon;
    char *name;

    if (!value || !value->is_ok) {
        return false;
    }
    path = value->value.text;
    colon = strchr(path, ':');
    if (!colon || !colon[1] || colon == path || strchr(path, '/')) {
        diag_report(s->diag, E043, value->node->loc, "'%s' is not a port",
                    path);
        diag_help(s->diag, "write node:port, for example hv1:eth0");
        return false;
    }
    name = g_strndup(path, (size_t) (colon - path));
    found->node = g_hash_table_lookup(s->node_by_name, name);
    found->name = colon + 1;
    if (!found->node) {
        refuse_unknown(s, E030, value->node->loc, "node", name,
                       s->node_by_name);
    }
    g_free(name);
    return found->node != NULL;
}

/* Says whether 'end' can have one more link, number 'copy' of parallel ones; if
 * not, it is reported at 'loc'. */
static bool
check_end(struct scenario *s, const struct topology_end *end, uint32_t copy,
          struct loc loc)
{
    char *path = topology_port_path(end, copy);
    const struct scenario_port *port =
        g_hash_table_lookup(s->port_by_path, path);
    const struct scenario_node *node = end->node;
    bool ok = false;

    if (port) {
        diag_report(s->diag, E040, loc, "port %s has a link already", path);
        diag_help(s->diag, "the other is in line %u", port->link->loc.line);
    } else if ((node->role == ROLE_HOST || node->role == ROLE_SERVER)
               && node->ports->len) {
        port = g_ptr_array_index(node->ports, 0);
        diag_report(s->diag, E041, loc,
                    "%s %s has a NIC already, and may have one only",
                    node_role_words[node->role], node->name);
        diag_help(s->diag, "it is %s, in line %u", port->path,
                  port->link->loc.line);
    } else if (node->ports->len >= TOPOLOGY_PORTS_MAX) {
        diag_report(s->diag, E046, loc, "%s has too many ports", node->name);
        diag_help(s->diag, "a node may have %d", TOPOLOGY_PORTS_MAX);
    } else {
        ok = true;
    }
    g_free(path);
    return ok;
}

/* Returns a link without ends that is what 'r' says of it. */
struct scenario_link
read_cable(const struct key_reader *r)
{
    struct scenario_link_locs *locs = scope_alloc(r->scope, sizeof *locs);

    *locs = (struct scenario_link_locs){ key_loc(r, "mtu"), r->loc };
    return (struct scenario_link){
        .loc = r->loc,
        .locs = locs,
        .rate_bps = key_rate(r, "rate"),
        .delay = key_time(r, "delay"),
        .mtu = (uint32_t) key_int(r, "mtu"),
        .loss = key_fraction(r, "loss"),
    };
}

/* Gives the routers at the ends of 'link' the addresses that 'r' says. */
static void
read_addresses(struct scenario *s, const struct key_reader *r,
               struct scenario_link *link)
{
    for (size_t i = 0; i < key_count(r, "address"); i++) {
        const struct key_value *value = key_at(r, "address", i);
        struct scenario_port *port =
            link->ends[strcmp(link->ends[0]->node->name, value->name) != 0];

        if (strcmp(port->node->name, value->name)) {
            diag_report(s->diag, E047, value->name_loc,
                        "the link does not end at '%s'", value->name);
            diag_help(s->diag, "it joins %s and %s", link->ends[0]->node->name,
                      link->ends[1]->node->name);
        } else if (port->node->role != ROLE_ROUTER) {
            diag_report(s->diag, E047, value->name_loc, "%s is not a router",
                        value->name);
            diag_help(s->diag, "a host's address is its 'pa', a server's its "
                               "'address'; a switch has none");
        } else if (value->is_ok && value->prefix.addr.family != IP_V4) {
            diag_report(s->diag, E091, value->node->loc,
                        "an IPv6 provider network is not supported yet");
        } else if (value->is_ok) {
            struct ip_prefix *address = scope_alloc(s->scope, sizeof *address);

            *address = value->prefix;
            port->address = address;
            link->locs->address = value->node->loc;
        }
    }
}

/* Adds the links that 'r' describes: one, or as many as are parallel. */
static void
add_links(struct scenario *s, const struct key_reader *r)
{
    const struct scenario_link like = read_cable(r);
    struct topology_end ends[2];
    bool ok = key_is_ok(r, "ends") && key_is_ok(r, "parallel");

    for (size_t i = 0; i < 2 && i < key_count(r, "ends"); i++) {
        ok = read_end(s, key_at(r, "ends", i), &ends[i]) && ok;
    }
    if (!ok) {
        return;
    }
    if (ends[0].node == ends[1].node) {
        diag_report(s->diag, E042, key_loc(r, "ends"),
                    "the link joins %s with itself", ends[0].node->name);
        return;
    }
    for (uint32_t copy = 1; copy <= key_int(r, "parallel") && ok; copy++) {
        for (size_t i = 0; i < 2; i++) {
            ok = check_end(s, &ends[i], copy, key_at(r, "ends", i)->node->loc)
                 && ok;
        }
        if (ok) {
            read_addresses(s, r, topology_add_link(s, &like, ends, copy));
        }
    }
}

static void
read_link(struct scenario *s, const struct key_reader *topology, size_t i)
{
    struct key_reader r;

    if (key_object_at(topology, "links", i, &r)) {
        add_links(s, &r);
    }
    key_reader_clear(&r);
}

/* Reads 'topology': what is generated first, then further nodes, then the links
 * between all of them. */
void
read_topology(struct scenario *s, const struct key_reader *root)
{
    struct node_defaults defaults;
    struct key_reader r;

    key_object(root, "topology", &r);
    node_defaults_init(&defaults, &r);
    if (key_is_given(&r, "generate")) {
        generate_topology(s, &r, &defaults);
    } else if (r.node && !key_is_given(&r, "nodes")) {
        diag_report(s->diag, E023, r.loc,
                    "topology has neither 'nodes' nor 'generate'");
        diag_help(s->diag, "list the nodes, or name a kind of topology");
    }
    for (size_t i = 0; i < key_count(&r, "nodes"); i++) {
        read_node(s, key_at(&r, "nodes", i), &defaults);
    }
    for (size_t i = 0; i < key_count(&r, "links"); i++) {
        read_link(s, &r, i);
    }
    find_interfaces(s);
    node_defaults_clear(&defaults);
    key_reader_clear(&r);
}

#include "scenarios/generate.h"

#include <string.h>

#include "scenarios/topology.h"

/* What a generated topology may have at most. */
#define NODES_MAX 1000000
#define LINKS_MAX 2000000

/* In the order of generator_kinds[]. */
static const char *const kind_words[] = { "line",     "star",       "ring",
                                          "tree",     "leaf-spine", "fat-tree",
                                          "dumbbell", NULL };
static const char *const end_words[] = { "host", "server", NULL };

static const struct key_spec generator_keys[] = {
    { "kind", KEY_WORD, .words = kind_words, .required = true,
      .help = "the shape" },
    { "end", KEY_WORD, .words = end_words, .fallback = "host",
      .help = "what h1, h2, ... are" },
    { "host_link", KEY_OBJECT, .table = &cable_table, .required = true,
      .help = "links to the hosts" },
    { .name = NULL },
};
const struct key_table generator_table = {
    "generate",
    "A regular topology, drawn; each kind has keys of its own beside these.",
    generator_keys,
    NULL,
};

static const struct key_spec fabric_keys[] = {
    { "fabric_link", KEY_OBJECT, .table = &bundle_table,
      .help = "links between switches; absent: as host_link" },
    { .name = NULL },
};
const struct key_table generator_fabric_table = {
    "generate",
    "A regular topology of several switches.",
    fabric_keys,
    &generator_table,
};

/* Returns the keys of the kind of topology at 'index', null behind the last. */
const struct key_table *
generator_table_at(size_t index)
{
    return generator_kinds[index].table;
}

/* ---- Size. ---- */

/* Returns the whole number under 'key', of which the table says that it is not
 * negative. */
uint64_t
generator_key(const struct generator *g, const char *key)
{
    return (uint64_t) key_int(g->r, key);
}

/* Notes that a switch will have 'n_hosts' hosts, and links, each perhaps of
 * several, to 'n_pairs' switches. */
void
generator_widen(const struct generator *g, struct generator_size *size,
                uint64_t n_hosts, uint64_t n_pairs)
{
    size->n_ports = MAX(size->n_ports, n_hosts + n_pairs * g->n_parallel);
}

/* Says whether a topology of kind 'kind' can be drawn; if not, it is
 * reported. */
static bool
check_size(const struct generator *g, const struct generator_kind *kind)
{
    struct generator_size size = { 0 };
    struct diag *diag = g->s->diag;
    uint64_t n_nodes, n_links;

    if (!kind->measure(g, &size)) {
        return false;
    }
    n_nodes = size.n_switches + size.n_hosts;
    n_links = size.n_hosts + size.n_pairs * g->n_parallel;
    if (size.n_ports > TOPOLOGY_PORTS_MAX) {
        diag_report(diag, E046, g->loc,
                    "a switch of this %s would have %" G_GUINT64_FORMAT
                    " ports",
                    kind->table->name, size.n_ports);
        diag_help(diag, "a node may have %d", TOPOLOGY_PORTS_MAX);
    } else if (n_nodes > NODES_MAX || n_links > LINKS_MAX) {
        diag_report(diag, E046, g->loc,
                    "this %s would have more than %d nodes or %d links",
                    kind->table->name, NODES_MAX, LINKS_MAX);
        diag_help(diag, "make it smaller");
    } else {
        return true;
    }
    return false;
}

/* ---- Drawing. ---- */

static struct scenario_node *
node_at(const struct generator *g, size_t index)
{
    return g_ptr_array_index(g->s->nodes, index);
}

static struct tier
add_tier(struct generator *g, const char *stem, const char *port_stem,
         enum node_role role, uint64_t n)
{
    struct tier tier = { stem, port_stem, g->s->nodes->len, n };
    struct scenario_node_locs *locs = topology_new_locs(g->s, g->loc);
    char number[24];

    for (uint64_t i = 1; i <= n; i++) {
        g_snprintf(number, sizeof number, "%" G_GUINT64_FORMAT, i);
        node_use_defaults(
            g->s,
            topology_add_node(g->s,
                              scope_concat(g->s->scope, stem, number, NULL),
                              role, g->loc, locs),
            g->defaults);
    }
    return tier;
}

/* Adds 'n' switches, or the routers that a routed fabric has instead. */
struct tier
draw_tier(struct generator *g, const char *stem, const char *port_stem,
          uint64_t n)
{
    g->n_switches += n;
    return add_tier(g, stem, port_stem, g->role, n);
}

static void
add_links(struct generator *g, const struct scenario_link *like,
          uint32_t n_parallel, const struct topology_end ends[2])
{
    for (uint32_t copy = 1; copy <= n_parallel; copy++) {
        topology_add_link(g->s, like, ends, copy);
    }
}

/* Adds 'n_hosts' hosts at each switch of 'tier' from number 'from' on.  All
 * switches must have been drawn, and this is called once. */
void
draw_racks(struct generator *g, const struct tier *tier, uint64_t from,
           uint64_t n_hosts)
{
    g->first_rack = tier->first + from;
    g->n_racks = tier->n - from;
    g->rack_hosts = n_hosts;
    g->hosts = add_tier(g, "h", "h", g->end_role, g->n_racks * n_hosts);
    for (uint64_t i = 0; i < g->hosts.n; i++) {
        struct scenario_node *host = node_at(g, g->hosts.first + i);
        struct scenario_node *sw = node_at(g, g->first_rack + i / n_hosts);
        const struct topology_end ends[2] = { { sw, host->name },
                                              { host, "eth0" } };

        add_links(g, &g->host_link, 1, ends);
    }
}

/* Joins number 'i' of tier 'a' with number 'j' of tier 'b'. */
void
draw_link(struct generator *g, const struct tier *a, uint64_t i,
          const struct tier *b, uint64_t j)
{
    char to_a[64], to_b[64];
    const struct topology_end ends[2] = {
        { node_at(g, a->first + i), to_b },
        { node_at(g, b->first + j), to_a },
    };

    g_snprintf(to_a, sizeof to_a, "%s%" G_GUINT64_FORMAT, a->port_stem, i + 1);
    g_snprintf(to_b, sizeof to_b, "%s%" G_GUINT64_FORMAT, b->port_stem, j + 1);
    add_links(g, &g->fabric_link, g->n_parallel, ends);
}

/* ---- Reading. ---- */

/* Reads the links of 'g', of which some kinds have no 'fabric_link'.  Returns
 * whether all is well. */
static bool
read_links(struct generator *g)
{
    struct key_reader r;
    bool ok = key_object(g->r, "host_link", &r);

    g->host_link = read_cable(&r);
    key_reader_clear(&r);
    g->fabric_link = g->host_link;
    g->n_parallel = 1;
    if (key_table_find(g->r->table, "fabric_link")
        && key_is_given(g->r, "fabric_link")) {
        ok = key_object(g->r, "fabric_link", &r) && ok;
        g->fabric_link = read_cable(&r);
        g->n_parallel = (uint32_t) key_int(&r, "parallel");
        key_reader_clear(&r);
    }
    g->host_link.loc = g->host_link.locs->address = g->loc;
    g->fabric_link.loc = g->fabric_link.locs->address = g->loc;
    return ok;
}

/* Reads which kind of topology 'node' wants; null, and reported, if it does not
 * say. */
static const struct generator_kind *
read_kind(struct scenario *s, const struct tree_node *node, struct loc loc)
{
    static const struct key_spec spec = { NULL, KEY_WORD,
                                          .words = kind_words };
    const struct tree_node *word;
    struct key_value value;

    if (node->kind != TREE_MAP) {
        if (!node->broken) {
            diag_report(s->diag, E020, node->loc,
                        "topology.generate: expected a map, found %s",
                        tree_kind_name(node));
        }
        return NULL;
    }
    word = tree_get(node, "kind");
    if (!word) {
        diag_report(s->diag, E023, loc, "topology.generate has no 'kind'");
        diag_help(s->diag, "kinds are line, star, ring, tree, leaf-spine, "
                           "fat-tree and dumbbell");
        return NULL;
    }
    return key_convert(s->scope, word, &spec, "kind", &value)
               ? &generator_kinds[value.word_index]
               : NULL;
}

/* Draws what topology.generate wants. */
void
generate_topology(struct scenario *s, const struct key_reader *topology,
                  const struct node_defaults *defaults)
{
    struct generator g = { .s = s,
                           .defaults = defaults,
                           .role = s->provider.is_routed ? ROLE_ROUTER
                                                         : ROLE_SWITCH,
                           .first_switch = s->nodes->len,
                           .loc = key_name_loc(topology, "generate") };
    const struct tree_node *node = key_node(topology, "generate");
    const struct generator_kind *kind = read_kind(s, node, g.loc);
    struct key_reader r;

    if (!kind) {
        return;
    }
    if (key_reader_init(&r, s->scope, node, kind->table,
                        "topology.generate")) {
        g.r = &r;
        g.end_role = key_word_index(&r, "end") ? ROLE_SERVER : ROLE_HOST;
        if (read_links(&g) && check_size(&g, kind)) {
            kind->draw(&g);
            generate_addresses(&g);
        }
    }
    key_reader_clear(&r);
}

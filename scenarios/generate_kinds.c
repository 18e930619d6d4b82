/* The kinds of generated topologies. */

#include "scenarios/generate.h"
#include "scenarios/topology.h"

#define MANY TOPOLOGY_PORTS_MAX

/* ---- line, ring ---- */

static const struct key_spec line_keys[] = {
    { "switches", KEY_INT, .min = 1, .max = 100000, .required = true,
      .help = "how many" },
    { "hosts_per_switch", KEY_INT, .max = MANY, .fallback = "1",
      .help = "at each switch" },
    { .name = NULL },
};
static const struct key_table line_table = {
    "line",
    "Switches in a row: sw1, sw2, ...; ports sw1:h1, sw1:sw2.",
    line_keys,
    &generator_fabric_table,
};

static const struct key_spec ring_keys[] = {
    { "switches", KEY_INT, .min = 3, .max = 100000, .required = true,
      .help = "how many" },
    { "hosts_per_switch", KEY_INT, .max = MANY, .fallback = "1",
      .help = "at each switch" },
    { .name = NULL },
};
static const struct key_table ring_table = {
    "ring",
    "A line whose last switch is joined with the first.",
    ring_keys,
    &generator_fabric_table,
};

static bool
measure_line(const struct generator *g, struct generator_size *size)
{
    uint64_t n = generator_key(g, "switches");
    uint64_t hosts = generator_key(g, "hosts_per_switch");

    size->n_switches = n;
    size->n_hosts = n * hosts;
    size->n_pairs = n; /* One less in a line. */
    generator_widen(g, size, hosts, MIN(n - 1, 2));
    return true;
}

static void
draw_chain(struct generator *g, bool is_closed)
{
    struct tier sw = draw_tier(g, "sw", "sw", generator_key(g, "switches"));

    draw_racks(g, &sw, 0, generator_key(g, "hosts_per_switch"));
    for (uint64_t i = 0; i + 1 < sw.n; i++) {
        draw_link(g, &sw, i, &sw, i + 1);
    }
    if (is_closed) {
        draw_link(g, &sw, sw.n - 1, &sw, 0);
    }
}

static void
draw_line(struct generator *g)
{
    draw_chain(g, false);
}

static void
draw_ring(struct generator *g)
{
    draw_chain(g, true);
}

/* ---- star ---- */

static const struct key_spec star_keys[] = {
    { "hosts", KEY_INT, .min = 1, .max = MANY, .required = true,
      .help = "how many" },
    { .name = NULL },
};
static const struct key_table star_table = {
    "star",
    "Hosts around one switch, sw1; ports sw1:h1.",
    star_keys,
    &generator_table,
};

static bool
measure_star(const struct generator *g, struct generator_size *size)
{
    size->n_switches = 1;
    size->n_hosts = generator_key(g, "hosts");
    generator_widen(g, size, size->n_hosts, 0);
    return true;
}

static void
draw_star(struct generator *g)
{
    struct tier sw = draw_tier(g, "sw", "sw", 1);

    draw_racks(g, &sw, 0, generator_key(g, "hosts"));
}

/* ---- tree ---- */

#define TREE_SWITCHES_MAX 1000000 /* More are not counted. */

static const struct key_spec tree_keys[] = {
    { "depth", KEY_INT, .min = 1, .max = 20, .required = true,
      .help = "levels of switches; 1: the root alone" },
    { "fanout", KEY_INT, .min = 1, .max = MANY, .required = true,
      .help = "switches below each one that is no leaf" },
    { "hosts_per_leaf", KEY_INT, .max = MANY, .required = true,
      .help = "at each switch of the lowest level" },
    { .name = NULL },
};
static const struct key_table tree_table = {
    "tree",
    "Switches in levels: sw1 is the root, sw2 and on follow level by level; "
    "ports sw1:sw2, sw4:h1.",
    tree_keys,
    &generator_fabric_table,
};

/* Counts the switches of a tree, and those of its lowest level. */
static uint64_t
count_tree(const struct generator *g, uint64_t *n_leaves)
{
    uint64_t n = 1, fanout = generator_key(g, "fanout");

    *n_leaves = 1;
    for (uint64_t i = 1;
         i < generator_key(g, "depth") && n <= TREE_SWITCHES_MAX; i++) {
        *n_leaves *= fanout;
        n += *n_leaves;
    }
    return n;
}

static bool
measure_tree(const struct generator *g, struct generator_size *size)
{
    uint64_t n_leaves, hosts = generator_key(g, "hosts_per_leaf");
    bool has_root_only = generator_key(g, "depth") == 1;

    size->n_switches = count_tree(g, &n_leaves);
    size->n_hosts = n_leaves * hosts;
    size->n_pairs = size->n_switches - 1;
    generator_widen(g, size, hosts, has_root_only ? 0 : 1);
    if (!has_root_only) {
        generator_widen(g, size, 0,
                        generator_key(g, "fanout")
                            + (generator_key(g, "depth") > 2));
    }
    return true;
}

static void
draw_tree(struct generator *g)
{
    uint64_t n_leaves, n = count_tree(g, &n_leaves);
    struct tier sw = draw_tier(g, "sw", "sw", n);

    draw_racks(g, &sw, n - n_leaves, generator_key(g, "hosts_per_leaf"));
    for (uint64_t i = 1; i < n; i++) {
        draw_link(g, &sw, (i - 1) / generator_key(g, "fanout"), &sw, i);
    }
}

/* ---- leaf-spine ---- */

static const struct key_spec leaf_spine_keys[] = {
    { "leaves", KEY_INT, .min = 1, .max = MANY, .required = true,
      .help = "switches with hosts" },
    { "spines", KEY_INT, .min = 1, .max = MANY, .required = true,
      .help = "switches that join all leaves" },
    { "hosts_per_leaf", KEY_INT, .max = MANY, .required = true,
      .help = "at each leaf" },
    { .name = NULL },
};
static const struct key_table leaf_spine_table = {
    "leaf-spine",
    "Each leaf is joined with each spine: leaf1, ..., spine1, ...; ports "
    "leaf1:h3, leaf1:s2, spine2:l1.",
    leaf_spine_keys,
    &generator_fabric_table,
};

static bool
measure_leaf_spine(const struct generator *g, struct generator_size *size)
{
    uint64_t leaves = generator_key(g, "leaves");
    uint64_t spines = generator_key(g, "spines");
    uint64_t hosts = generator_key(g, "hosts_per_leaf");

    size->n_switches = leaves + spines;
    size->n_hosts = leaves * hosts;
    size->n_pairs = leaves * spines;
    generator_widen(g, size, hosts, spines);
    generator_widen(g, size, 0, leaves);
    return true;
}

static void
draw_leaf_spine(struct generator *g)
{
    struct tier leaves = draw_tier(g, "leaf", "l", generator_key(g, "leaves"));
    struct tier spines =
        draw_tier(g, "spine", "s", generator_key(g, "spines"));

    draw_racks(g, &leaves, 0, generator_key(g, "hosts_per_leaf"));
    for (uint64_t i = 0; i < leaves.n; i++) {
        for (uint64_t j = 0; j < spines.n; j++) {
            draw_link(g, &leaves, i, &spines, j);
        }
    }
}

/* ---- fat-tree ---- */

static const struct key_spec fat_tree_keys[] = {
    { "k", KEY_INT, .min = 2, .max = 128, .required = true,
      .help = "ports of each switch, an even number" },
    { .name = NULL },
};
static const struct key_table fat_tree_table = {
    "fat-tree",
    "k pods of k/2 edge and k/2 aggregation switches, and (k/2)^2 core "
    "switches: core1, agg1, edge1, ...; ports edge1:h1, edge1:a1, agg1:e1, "
    "agg1:c1, core1:a1.",
    fat_tree_keys,
    &generator_fabric_table,
};

static bool
measure_fat_tree(const struct generator *g, struct generator_size *size)
{
    uint64_t k = generator_key(g, "k"), half = k / 2;

    if (k % 2) {
        diag_report(g->s->diag, E046, key_loc(g->r, "k"),
                    "a fat tree of k = %" G_GUINT64_FORMAT
                    " cannot be: half of a switch's ports lead up",
                    k);
        diag_help(g->s->diag,
                  "k is even: %" G_GUINT64_FORMAT " or %" G_GUINT64_FORMAT,
                  k - 1, k + 1);
        return false;
    }
    size->n_switches = half * half + k * k;
    size->n_hosts = k * half * half;
    size->n_pairs = 2 * k * half * half;
    generator_widen(g, size, half, half);
    generator_widen(g, size, 0, k);
    return true;
}

/* Al-Fares, Loukissas, Vahdat, "A scalable, commodity data center network
 * architecture", SIGCOMM 2008, section 3.1: aggregation switch number a of each
 * pod has the cores from a * k/2 on. */
static void
draw_fat_tree(struct generator *g)
{
    uint64_t k = generator_key(g, "k"), half = k / 2;
    struct tier core = draw_tier(g, "core", "c", half * half);
    struct tier agg = draw_tier(g, "agg", "a", k * half);
    struct tier edge = draw_tier(g, "edge", "e", k * half);

    draw_racks(g, &edge, 0, half);
    for (uint64_t i = 0; i < edge.n; i++) {
        for (uint64_t j = 0; j < half; j++) {
            draw_link(g, &edge, i, &agg, i / half * half + j);
        }
    }
    for (uint64_t i = 0; i < agg.n; i++) {
        for (uint64_t j = 0; j < half; j++) {
            draw_link(g, &agg, i, &core, i % half * half + j);
        }
    }
}

/* ---- dumbbell ---- */

static const struct key_spec dumbbell_keys[] = {
    { "hosts_per_side", KEY_INT, .min = 1, .max = MANY, .required = true,
      .help = "at each of the two switches" },
    { .name = NULL },
};
static const struct key_table dumbbell_table = {
    "dumbbell",
    "Two switches, sw1 with the first half of the hosts and sw2 with the "
    "second; ports sw1:h1, sw1:sw2.",
    dumbbell_keys,
    &generator_fabric_table,
};

static bool
measure_dumbbell(const struct generator *g, struct generator_size *size)
{
    uint64_t hosts = generator_key(g, "hosts_per_side");

    size->n_switches = 2;
    size->n_hosts = 2 * hosts;
    size->n_pairs = 1;
    generator_widen(g, size, hosts, 1);
    return true;
}

static void
draw_dumbbell(struct generator *g)
{
    struct tier sw = draw_tier(g, "sw", "sw", 2);

    draw_racks(g, &sw, 0, generator_key(g, "hosts_per_side"));
    draw_link(g, &sw, 0, &sw, 1);
}

const struct generator_kind generator_kinds[] = {
    { &line_table, measure_line, draw_line },
    { &star_table, measure_star, draw_star },
    { &ring_table, measure_line, draw_ring },
    { &tree_table, measure_tree, draw_tree },
    { &leaf_spine_table, measure_leaf_spine, draw_leaf_spine },
    { &fat_tree_table, measure_fat_tree, draw_fat_tree },
    { &dumbbell_table, measure_dumbbell, draw_dumbbell },
    { .table = NULL },
};

/* The inside of topology.generate: regular topologies, drawn.
 *
 * A kind of topology is a row of generator_kinds[]: its keys, how large it
 * would be, and how to draw it.  generate.c reads the keys, refuses what is
 * too large before anything is made, and has the pen: tiers of switches, racks
 * of hosts, links between tiers.  generate_kinds.c has the shapes.
 *
 * Names are fixed.  Nodes are a tier's stem and a number from 1: leaf1, spine1,
 * h1.  A port is called after what it leads to, by that tier's port stem and
 * number: leaf1:h3 leads to h3, leaf1:s2 to spine2, spine2:l1 to leaf1.  The
 * port of a host is eth0.  Hosts are numbered rack by rack, a rack being the
 * hosts of one switch.
 *
 * Everything is made in time linear in the size of the result. */

#ifndef SCENARIOS_GENERATE_H
#define SCENARIOS_GENERATE_H 1

#include "scenarios/read_topology.h"

#define GENERATOR_POOL "10.0.0.0/8" /* If provider.pool is not given. */

/* What a topology would have. */
struct generator_size {
    uint64_t n_switches, n_hosts;
    uint64_t n_pairs; /* Of switches that a link, or parallel ones, join. */
    uint64_t n_ports; /* Of the switch that has most, widen() says. */
};

/* Nodes of one sort, which follow each other in the scenario. */
struct tier {
    const char *stem;      /* Of their names: "leaf". */
    const char *port_stem; /* Of ports that lead to them: "l". */
    size_t first;          /* Place of the first among the nodes. */
    uint64_t n;
};

struct generator {
    struct scenario *s;
    const struct key_reader *r; /* Of topology.generate. */
    const struct node_defaults *defaults;
    struct loc loc; /* Of everything that is made. */
    struct scenario_link host_link, fabric_link;
    uint32_t n_parallel; /* Of each fabric link. */
    enum node_role role, end_role;
    uint64_t first_switch, n_switches; /* Among the nodes: the first. */
    uint64_t first_rack, n_racks;      /* Switches that have hosts. */
    uint64_t rack_hosts;               /* Hosts of each. */
    struct tier hosts;
};

struct generator_kind {
    const struct key_table *table; /* Its name is the kind's. */
    /* Says how large it would be.  False: it cannot be, and was reported. */
    bool (*measure)(const struct generator *, struct generator_size *);
    void (*draw)(struct generator *);
};

extern const struct generator_kind generator_kinds[]; /* Up to no table. */
extern const struct key_table generator_table, generator_fabric_table;

/* Reading. */
uint64_t generator_key(const struct generator *, const char *key);
void generator_widen(const struct generator *, struct generator_size *,
                     uint64_t n_hosts, uint64_t n_pairs);

/* Drawing.  Numbers of nodes count from 0 here. */
struct tier draw_tier(struct generator *, const char *stem,
                      const char *port_stem, uint64_t n);
void draw_racks(struct generator *, const struct tier *, uint64_t from,
                uint64_t n_hosts);
void draw_link(struct generator *, const struct tier *, uint64_t,
               const struct tier *, uint64_t);

/* When all is drawn. */
void generate_addresses(struct generator *);

#endif /* scenarios/generate.h */

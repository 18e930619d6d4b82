/* Bridges joined at random, for tests of spanning trees.
 *
 * Each bridge has a station at its port 0.  What the tree must be is computed
 * here by the plainest means, and at every event one may ask whether any frame
 * could go around in a circle. */

#ifndef TESTS_TREE_BENCH_H
#define TESTS_TREE_BENCH_H 1

#include "models/fabric/l2_switch.h"
#include "tests/plain_node.h"

#define TREE_BRIDGES_MAX 16
#define TREE_LINKS_MAX   64
#define TREE_PORTS_MAX   (1 + TREE_LINKS_MAX)

struct tree_link {
    unsigned int bridges[2];
    struct link_config config;
    struct port *ends[2]; /* Once it is built. */
};

struct tree_watch {
    struct tap tap;
    struct tree_bench *bench;
    uint64_t port;
};

struct tree_bridge {
    struct node *node;
    struct plain_node *station;
    struct rstp_port_config ports[TREE_PORTS_MAX];
    struct l2_switch_config config;
    char name[16], port_names[TREE_PORTS_MAX][24];
    struct tree_watch watches[TREE_PORTS_MAX];
};

struct tree_bench {
    struct sim *sim;
    unsigned int n_bridges, n_links;
    struct tree_bridge bridges[TREE_BRIDGES_MAX];
    struct tree_link links[TREE_LINKS_MAX];
    GHashTable *left;    /* Which frames have left which port. */
    uint64_t states;     /* Hash over all ports' states. */
    uint64_t n_changes;  /* Of it. */
    sim_time changed_at; /* The last one. */
    bool is_watched;     /* tree_run() looks for loops. */
};

struct tree_bench *tree_bench_new(unsigned int n_bridges);
void tree_bench_free(struct tree_bench *);

/* Describing; before tree_build().  Rates are 10 Gb/s and delays 1 us. */
struct tree_link *tree_join(struct tree_bench *, unsigned int a,
                            unsigned int b);
void tree_ring(struct tree_bench *);
void tree_mesh(struct tree_bench *);

void tree_build(struct tree_bench *, bool with_rstp);

/* Any whole number below 'n'. */
unsigned int tree_below(unsigned int n);

/* 2 to 8 bridges, built and watched. */
struct tree_bench *tree_random(bool with_rstp);

/* From now on looks for loops: once the bridges are built. */
void tree_watch(struct tree_bench *);

/* Runs until 'end'.  If 'is_watched', fails at the first event after which open
 * ports form a loop, and if a frame leaves a port twice. */
void tree_run(struct tree_bench *, sim_time end);
void tree_broadcast(struct tree_bench *, unsigned int bridge);
void tree_set_link(struct tree_bench *, unsigned int link, bool is_up);

/* Fails unless the open ports are those of the tree that IEEE 802.1D-2004
 * demands. */
void assert_tree(struct tree_bench *);

#endif /* tests/tree_bench.h */

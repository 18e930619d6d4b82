#include "tests/tree_bench.h"

#include <stdio.h>

#include "models/wire/eth.h"
#include "tests/cmocka_all.h"
#include "tests/wire_vectors.h"

/* Describing and building. */

struct tree_bench *
tree_bench_new(unsigned int n_bridges)
{
    struct tree_bench *b = g_new0(struct tree_bench, 1);

    g_assert(n_bridges <= TREE_BRIDGES_MAX);
    b->n_bridges = n_bridges;
    b->sim = sim_new(1);
    b->left = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    for (unsigned int i = 0; i < n_bridges; i++) {
        struct tree_bridge *bridge = &b->bridges[i];

        snprintf(bridge->name, sizeof bridge->name, "b%u", i);
        bridge->config = (struct l2_switch_config){
            .name = bridge->name,
            .n_ports = 1,
            .macs = { .max_entries = 64, .aging = 300 * SIM_S },
            .mac = eth_addr_from_u64(UINT64_C(0x020000000001) + i),
            .stp = rstp_default,
        };
        bridge->config.stp.ports = bridge->ports;
        for (unsigned int j = 0; j < TREE_PORTS_MAX; j++) {
            bridge->ports[j] = rstp_port_default;
        }
        bridge->ports[0].admin_edge = true;
    }
    return b;
}

void
tree_bench_free(struct tree_bench *b)
{
    struct packet_sums sums;

    sim_packet_sums(b->sim, &sums);
    assert_true(packet_sums_add_up(&sums));
    sim_free(b->sim);
    g_hash_table_unref(b->left);
    g_free(b);
}

struct tree_link *
tree_join(struct tree_bench *b, unsigned int x, unsigned int y)
{
    struct tree_link *link = &b->links[b->n_links++];

    g_assert(b->n_links <= TREE_LINKS_MAX);
    *link = (struct tree_link){
        .bridges = { x, y },
        .config = { .rate_bps = UINT64_C(10000000000),
                    .delay = SIM_US,
                    .buffer_bytes = 1000000 },
    };
    return link;
}

void
tree_ring(struct tree_bench *b)
{
    for (unsigned int i = 0; i < b->n_bridges; i++) {
        tree_join(b, i, (i + 1) % b->n_bridges);
    }
}

void
tree_mesh(struct tree_bench *b)
{
    for (unsigned int i = 0; i < b->n_bridges; i++) {
        for (unsigned int j = 0; j < i; j++) {
            tree_join(b, i, j);
        }
    }
}

static void
build_bridge(struct tree_bench *b, struct tree_bridge *bridge, bool with_rstp)
{
    bridge->config.stp.is_on = with_rstp;
    bridge->node = l2_switch_new(b->sim, &bridge->config);
    for (uint32_t i = 0; i < bridge->config.n_ports; i++) {
        snprintf(bridge->port_names[i], sizeof bridge->port_names[i], "%s:p%u",
                 bridge->name, i);
        port_set_name(&bridge->node->ports[i], bridge->port_names[i]);
    }
    bridge->station = plain_node_new(b->sim, bridge->name, 1, PLAIN_DELIVER);
    port_set_name(&bridge->station->node.ports[0], bridge->name);
    plain_connect(&bridge->node->ports[0], &bridge->station->node.ports[0],
                  (struct link_config){ 0 });
}

void
tree_build(struct tree_bench *b, bool with_rstp)
{
    uint32_t n_used[TREE_BRIDGES_MAX] = { 0 };

    for (unsigned int i = 0; i < 2 * b->n_links; i++) {
        b->bridges[b->links[i / 2].bridges[i % 2]].config.n_ports++;
    }
    for (unsigned int i = 0; i < b->n_bridges; i++) {
        build_bridge(b, &b->bridges[i], with_rstp);
    }
    for (unsigned int i = 0; i < b->n_links; i++) {
        struct tree_link *link = &b->links[i];

        for (int j = 0; j < 2; j++) {
            unsigned int bridge = link->bridges[j];

            link->ends[j] = &b->bridges[bridge].node->ports[++n_used[bridge]];
        }
        port_connect(link->ends[0], link->ends[1], &link->config);
    }
}

/* Loops. */

static bool
is_open(const struct port *port)
{
    return l2_switch_forwards(port->owner, port->index);
}

static unsigned int
find(const unsigned int *parents, unsigned int i)
{
    while (parents[i] != i) {
        i = parents[i];
    }
    return i;
}

static bool
has_loop(const struct tree_bench *b)
{
    unsigned int parents[TREE_BRIDGES_MAX];

    for (unsigned int i = 0; i < b->n_bridges; i++) {
        parents[i] = i;
    }
    for (unsigned int i = 0; i < b->n_links; i++) {
        const struct tree_link *link = &b->links[i];
        unsigned int x = find(parents, link->bridges[0]);
        unsigned int y = find(parents, link->bridges[1]);

        if (port_is_up(link->ends[0]) && is_open(link->ends[0])
            && is_open(link->ends[1])) {
            if (x == y) {
                return true;
            }
            parents[x] = y;
        }
    }
    return false;
}

static uint64_t
hash_states(const struct tree_bench *b)
{
    uint64_t hash = 0;

    for (unsigned int i = 0; i < b->n_links; i++) {
        hash = hash * 31 + (is_open(b->links[i].ends[0]) ? 1 : 2);
        hash = hash * 31 + (is_open(b->links[i].ends[1]) ? 1 : 2);
    }
    return hash;
}

static void
look(struct tree_bench *b)
{
    uint64_t states = hash_states(b);

    if (states != b->states) {
        b->states = states;
        b->n_changes++;
        b->changed_at = sim_now(b->sim);
        assert_false(has_loop(b));
    }
}

void
tree_run(struct tree_bench *b, sim_time end)
{
    if (!b->is_watched) {
        assert_true(sim_run(b->sim, end, UINT64_MAX));
        return;
    }
    look(b);
    while (!sim_run(b->sim, end, 1)) {
        look(b);
    }
    look(b);
}

/* Frames. */

static void
see_frame(struct tap *tap, const struct tap_point *point,
          enum tap_direction direction, const struct packet *pkt)
{
    struct tree_watch *watch = (struct tree_watch *) (void *) tap;
    int64_t key = (int64_t) (pkt->tag.packet << 12 | watch->port);

    (void) point;
    if (direction == TAP_OUT) {
        assert_true(
            g_hash_table_add(watch->bench->left, g_memdup2(&key, sizeof key)));
    }
}

void
tree_broadcast(struct tree_bench *b, unsigned int bridge)
{
    struct node *node = &b->bridges[bridge].station->node;
    struct packet *pkt = node_new_packet(node, ETH_HLEN, 100);
    struct eth_hdr eth = { ETH_ADDR_BROADCAST,
                           eth_addr_from_u64(0x02aa00000000 + bridge),
                           0x88b5 };

    eth_encode(&eth, packet_data(pkt));
    port_send(&node->ports[0], pkt);
}

void
tree_set_link(struct tree_bench *b, unsigned int link, bool is_up)
{
    port_set_up(b->links[link].ends[0], is_up);
    if (b->is_watched) {
        look(b);
    }
}

/* The tree. */

/* Priority vector of a bridge's root port. */
struct path {
    uint64_t root;
    uint64_t cost;
    uint64_t bridge;
    uint32_t port, own_port;
};

static int
compare(const struct path *a, const struct path *b)
{
#define BY(FIELD)                                                             \
    if (a->FIELD != b->FIELD) {                                               \
        return a->FIELD < b->FIELD ? -1 : 1;                                  \
    }
    BY(root)
    BY(cost)
    BY(bridge)
    BY(port)
    BY(own_port)
#undef BY
    return 0;
}

/* What 'from' tells by its port to the bridge at the other end. */
static struct path
told(const struct path *paths, const struct tree_link *link, int from)
{
    const struct port *out = link->ends[from];
    const struct path *path = &paths[link->bridges[from]];

    return (struct path){
        .root = path->root,
        .cost = path->cost,
        .bridge = l2_switch_bridge_id(out->owner),
        .port = l2_switch_port_id(out->owner, out->index),
    };
}

/* Bellman and Ford: as often as there are bridges, each looks at what its
 * neighbors would tell. */
static void
compute(const struct tree_bench *b, struct path *paths)
{
    for (unsigned int i = 0; i < b->n_bridges; i++) {
        uint64_t id = l2_switch_bridge_id(b->bridges[i].node);

        paths[i] = (struct path){ .root = id, .bridge = id };
    }
    for (unsigned int round = 0; round < b->n_bridges; round++) {
        for (unsigned int i = 0; i < 2 * b->n_links; i++) {
            const struct tree_link *link = &b->links[i / 2];
            const struct port *in = link->ends[!(i % 2)];
            struct path path = told(paths, link, i % 2);
            struct path *best = &paths[link->bridges[!(i % 2)]];

            path.cost += l2_switch_port_cost(in->owner, in->index);
            path.own_port = l2_switch_port_id(in->owner, in->index);
            if (port_is_up(in) && compare(&path, best) < 0) {
                *best = path;
            }
        }
    }
}

void
assert_tree(struct tree_bench *b)
{
    struct path paths[TREE_BRIDGES_MAX];

    compute(b, paths);
    for (unsigned int i = 0; i < 2 * b->n_links; i++) {
        const struct tree_link *link = &b->links[i / 2];
        const struct port *port = link->ends[i % 2];
        struct path mine = told(paths, link, i % 2);
        struct path other = told(paths, link, !(i % 2));
        const struct path *root = &paths[link->bridges[i % 2]];
        bool is_root = other.bridge == root->bridge && other.port == root->port
                       && root->own_port == mine.port && root->own_port;

        if (port_is_up(port)) {
            assert_int_equal(is_open(port),
                             is_root || compare(&mine, &other) < 0);
        }
    }
}

/* Watches every port of the bridges; once they are built. */
void
tree_watch(struct tree_bench *b)
{
    b->is_watched = true;
    for (unsigned int i = 0; i < b->n_bridges; i++) {
        for (uint32_t j = 0; j < b->bridges[i].node->n_ports; j++) {
            struct tree_watch *watch = &b->bridges[i].watches[j];

            watch->tap.frame = see_frame;
            watch->bench = b;
            watch->port = i * TREE_PORTS_MAX + j;
            tap_add(&b->bridges[i].node->ports[j].tap, &watch->tap);
        }
    }
}

/* Random topologies. */

unsigned int
tree_below(unsigned int n)
{
    return (unsigned int) (test_random() % n);
}

static void
describe_bridge(struct tree_bridge *bridge, unsigned int i)
{
    bridge->config.mac = eth_addr_from_u64(UINT64_C(0x020000000000)
                                           + 256 * tree_below(1000) + i);
    if (tree_below(4) == 0) {
        bridge->config.stp.priority =
            (uint16_t) (RSTP_PRIORITY_STEP * tree_below(16));
    }
    for (unsigned int j = 1; j < TREE_PORTS_MAX; j++) {
        if (tree_below(4) == 0) {
            bridge->ports[j].priority =
                (uint8_t) (RSTP_PORT_PRIORITY_STEP * tree_below(16));
        }
    }
}

struct tree_bench *
tree_random(bool with_rstp)
{
    static const uint64_t rates[] = { UINT64_C(1000000000),
                                      UINT64_C(10000000000),
                                      UINT64_C(100000000000) };
    struct tree_bench *b = tree_bench_new(2 + tree_below(7));
    unsigned int n_links = b->n_bridges - 1 + tree_below(2 * b->n_bridges);

    for (unsigned int i = 0; i < b->n_bridges; i++) {
        describe_bridge(&b->bridges[i], i);
    }
    for (unsigned int i = 0; i < n_links; i++) {
        unsigned int x = tree_below(b->n_bridges);
        unsigned int y = (x + 1 + tree_below(b->n_bridges - 1)) % b->n_bridges;
        struct tree_link *link = tree_join(b, x, y);

        link->config.rate_bps = rates[tree_below(3)];
        link->config.delay = (sim_time) (1 + tree_below(3)) * SIM_US;
    }
    tree_build(b, with_rstp);
    tree_watch(b);
    return b;
}

#include "models/fabric/spanning_tree.h"

#include <glib.h>

#include "models/fabric/l2_switch.h"
#include "sim/agenda.h"
#include "sim/port.h"

/* A way to a root, as RSTP's priority vectors have it: less is better. */
struct path {
    uint64_t root_id;
    uint64_t cost;
    uint64_t bridge_id; /* Of the switch before, and its port: */
    uint16_t port_id;
    uint16_t own_port_id; /* 0: the switch is the root. */
};

struct bridge {
    struct node *node;
    uint64_t id;
    struct path path;
    bool is_done;         /* There is no better path. */
    GSequenceIter *place; /* In the queue, until it is done. */
};

struct spanning_tree {
    struct agenda *agenda;
    sim_time convergence;
    struct agenda_item item;
    GQueue *due;         /* When to compute anew, sim_time each. */
    GPtrArray *bridges;  /* struct bridge */
    GHashTable *by_node; /* The same. */
    uint64_t n_changes;
    bool is_computed;
};

static int
compare_u64(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int
compare_paths(const struct path *a, const struct path *b)
{
    int order = compare_u64(a->root_id, b->root_id);

    order = order ? order : compare_u64(a->cost, b->cost);
    order = order ? order : compare_u64(a->bridge_id, b->bridge_id);
    order = order ? order : compare_u64(a->port_id, b->port_id);
    return order ? order : compare_u64(a->own_port_id, b->own_port_id);
}

static int
compare_bridges(const void *a_, const void *b_, void *aux)
{
    const struct bridge *a = a_, *b = b_;

    (void) aux;
    return compare_paths(&a->path, &b->path);
}

/* Returns the switch at the other end of 'port', or null. */
static struct bridge *
neighbor(const struct spanning_tree *tree, const struct port *port)
{
    return port->peer ? g_hash_table_lookup(tree->by_node, port->peer->owner)
                      : NULL;
}

/* What 'bridge' tells by 'port'. */
static struct path
told_by(const struct bridge *bridge, const struct port *port)
{
    return (struct path){
        .root_id = bridge->path.root_id,
        .cost = bridge->path.cost,
        .bridge_id = bridge->id,
        .port_id = l2_switch_port_id(bridge->node, port->index),
    };
}

/* Computing: Dijkstra's way, from all switches at once, each its own root, with
 * paths for distances.  A better root is a shorter path, so the best root's come
 * first. */

static void
offer(const struct spanning_tree *tree, GSequence *queue,
      const struct bridge *bridge, const struct port *out)
{
    struct bridge *other = neighbor(tree, out);
    struct path path = told_by(bridge, out);

    if (!other || other->is_done || !port_is_up(out)) {
        return;
    }
    path.cost += l2_switch_port_cost(other->node, out->peer->index);
    path.own_port_id = l2_switch_port_id(other->node, out->peer->index);
    if (compare_paths(&path, &other->path) < 0) {
        g_sequence_remove(other->place);
        other->path = path;
        other->place =
            g_sequence_insert_sorted(queue, other, compare_bridges, NULL);
    }
}

static void
find_paths(struct spanning_tree *tree)
{
    GSequence *queue = g_sequence_new(NULL);

    for (unsigned int i = 0; i < tree->bridges->len; i++) {
        struct bridge *bridge = g_ptr_array_index(tree->bridges, i);

        bridge->path =
            (struct path){ .root_id = bridge->id, .bridge_id = bridge->id };
        bridge->is_done = false;
        bridge->place =
            g_sequence_insert_sorted(queue, bridge, compare_bridges, NULL);
    }
    while (!g_sequence_is_empty(queue)) {
        GSequenceIter *first = g_sequence_get_begin_iter(queue);
        struct bridge *bridge = g_sequence_get(first);

        g_sequence_remove(first);
        bridge->is_done = true;
        for (uint32_t i = 0; i < bridge->node->n_ports; i++) {
            offer(tree, queue, bridge, &bridge->node->ports[i]);
        }
    }
    g_sequence_free(queue);
}

/* Opening and closing. */

/* Says whether 'port' of 'bridge', at whose other end is 'other', is its root
 * port or the designated port of the link. */
static bool
is_of_tree(const struct bridge *bridge, const struct port *port,
           const struct bridge *other)
{
    struct path mine = told_by(bridge, port);
    struct path others = told_by(other, port->peer);
    bool is_root =
        bridge->path.own_port_id && bridge->path.own_port_id == mine.port_id;

    return port_is_up(port) && (is_root || compare_paths(&mine, &others) < 0);
}

/* Returns whether a port of 'bridge' was opened or closed. */
static bool
set_ports(const struct spanning_tree *tree, const struct bridge *bridge)
{
    bool has_moved = false;

    for (uint32_t i = 0; i < bridge->node->n_ports; i++) {
        const struct port *port = &bridge->node->ports[i];
        const struct bridge *other = neighbor(tree, port);
        bool is_open = !other || is_of_tree(bridge, port, other);

        if (l2_switch_forwards(bridge->node, i) != is_open) {
            l2_switch_set_blocked(bridge->node, i, !is_open);
            has_moved = true;
        }
    }
    return has_moved;
}

/* Stations stay where they are; the way to those behind other switches may be
 * another. */
static void
forget_other_switches(const struct spanning_tree *tree,
                      const struct bridge *bridge)
{
    for (uint32_t i = 0; i < bridge->node->n_ports; i++) {
        if (neighbor(tree, &bridge->node->ports[i])) {
            l2_switch_flush(bridge->node, i, MAC_TABLE_ANY_VLAN);
        }
    }
}

void
spanning_tree_compute(struct spanning_tree *tree)
{
    bool has_moved = false;

    find_paths(tree);
    for (unsigned int i = 0; i < tree->bridges->len; i++) {
        has_moved |= set_ports(tree, g_ptr_array_index(tree->bridges, i));
    }
    if (tree->is_computed && has_moved) {
        tree->n_changes++;
        for (unsigned int i = 0; i < tree->bridges->len; i++) {
            forget_other_switches(tree, g_ptr_array_index(tree->bridges, i));
        }
    }
    tree->is_computed = true;
}

/* Changes. */

static void
wait_for_next(struct spanning_tree *tree)
{
    const sim_time *next = g_queue_peek_head(tree->due);

    if (next) {
        agenda_add(tree->agenda, &tree->item, *next);
    }
}

static void
act(struct agenda_item *item)
{
    struct spanning_tree *tree =
        (struct spanning_tree *) (void *) ((char *) item
                                           - offsetof(struct spanning_tree,
                                                      item));

    g_free(g_queue_pop_head(tree->due));
    spanning_tree_compute(tree);
    wait_for_next(tree);
}

void
spanning_tree_link_changed(struct spanning_tree *tree, const struct port *port)
{
    sim_time when = sim_now(port->owner->sim) + tree->convergence;
    const sim_time *last = g_queue_peek_tail(tree->due);

    if (!neighbor(tree, port) || (last && *last == when)) {
        return;
    }
    g_queue_push_tail(tree->due, g_memdup2(&when, sizeof when));
    if (!last) {
        wait_for_next(tree);
    }
}

/* Life. */

/* Returns a tree that knows of changes of links 'convergence', not negative,
 * after they happen.  'agenda' must outlive it. */
struct spanning_tree *
spanning_tree_new(struct agenda *agenda, sim_time convergence)
{
    struct spanning_tree *tree = g_new0(struct spanning_tree, 1);

    tree->agenda = agenda;
    tree->convergence = convergence;
    tree->item.act = act;
    tree->due = g_queue_new();
    tree->bridges = g_ptr_array_new_with_free_func(g_free);
    tree->by_node = g_hash_table_new(NULL, NULL);
    return tree;
}

void
spanning_tree_free(struct spanning_tree *tree)
{
    if (tree) {
        agenda_remove(tree->agenda, &tree->item);
        g_queue_free_full(tree->due, g_free);
        g_hash_table_unref(tree->by_node);
        g_ptr_array_unref(tree->bridges);
        g_free(tree);
    }
}

void
spanning_tree_add(struct spanning_tree *tree, struct node *node)
{
    struct bridge *bridge = g_new0(struct bridge, 1);

    bridge->node = node;
    bridge->id = l2_switch_bridge_id(node);
    g_ptr_array_add(tree->bridges, bridge);
    g_hash_table_insert(tree->by_node, node, bridge);
    l2_switch_set_tree(node, tree);
}

uint64_t
spanning_tree_n_changes(const struct spanning_tree *tree)
{
    return tree->n_changes;
}

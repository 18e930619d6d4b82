#include "scenarios/partition.h"

#include <string.h>

#define UNASSIGNED UINT32_MAX
#define LOAD_SLACK 8 /* A partition may have 1/8 more than its share. */

/* Nodes that stay together. */
struct group {
    uint32_t first, end; /* Its nodes, in splitting.members. */
    uint32_t partition;
    uint64_t n_ports;
    bool is_rack; /* Some of them are ends: hosts, servers. */
};

/* A scenario while it is split. */
struct splitting {
    const struct scenario *scenario;
    uint32_t n_partitions;
    uint32_t *group_of; /* By node. */
    uint32_t *members;  /* Nodes, group by group. */
    struct group *groups;
    uint32_t n_groups;
    uint64_t *loads;  /* Ports, by partition. */
    uint64_t *joined; /* Links from a group, by partition. */
    uint64_t most;    /* Ports beyond which a partition takes no more. */
};

static const struct scenario_node *
node_at(const struct splitting *s, uint32_t index)
{
    return g_ptr_array_index(s->scenario->nodes, index);
}

static const struct scenario_node *
far_node(const struct scenario_port *port)
{
    const struct scenario_link *link = port->link;

    return link->ends[link->ends[0] == port]->node;
}

/* Says whether 'node' is one that hangs at a fabric and is no part of it. */
static bool
is_end(const struct scenario_node *node)
{
    switch (node->role) {
    case ROLE_SWITCH:
    case ROLE_ROUTER:
    case ROLE_UNKNOWN: return false;
    case ROLE_HOST:
    case ROLE_SERVER: return true;
    }
    return false;
}

/* ---- Groups. ---- */

/* Returns the node that stands for all that 'node' was united with. */
static uint32_t
find_root(uint32_t *up, uint32_t node)
{
    while (up[node] != node) {
        up[node] = up[up[node]];
        node = up[node];
    }
    return node;
}

/* Unites; the node of the lowest index stands for all. */
static void
unite(uint32_t *up, size_t a, size_t b)
{
    uint32_t x = find_root(up, (uint32_t) a), y = find_root(up, (uint32_t) b);

    up[MAX(x, y)] = MIN(x, y);
}

/* Unites what stays together, in 's->group_of'. */
static void
unite_nodes(struct splitting *s)
{
    const GPtrArray *nodes = s->scenario->nodes;
    const GPtrArray *links = s->scenario->links;

    for (uint32_t i = 0; i < nodes->len; i++) {
        s->group_of[i] = i;
    }
    for (uint32_t i = 0; i < nodes->len; i++) {
        const struct scenario_node *node = node_at(s, i);

        if (is_end(node) && node->ports->len) {
            const struct scenario_node *far =
                far_node(g_ptr_array_index(node->ports, 0));

            if (!is_end(far)) {
                unite(s->group_of, i, far->index);
            }
        }
    }
    for (uint32_t i = 0; i < links->len; i++) {
        const struct scenario_link *link = g_ptr_array_index(links, i);

        if (!link->delay) {
            unite(s->group_of, link->ends[0]->node->index,
                  link->ends[1]->node->index);
        }
    }
}

/* Numbers the groups by their first nodes, and lists their members. */
static void
make_groups(struct splitting *s)
{
    uint32_t n = s->scenario->nodes->len, end = 0;

    unite_nodes(s);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t root = find_root(s->group_of, i);
        struct group *group;

        /* A root comes before all others of its group. */
        s->group_of[i] = root == i ? s->n_groups++ : s->group_of[root];
        group = &s->groups[s->group_of[i]];
        group->end++;
        group->n_ports += MAX(node_at(s, i)->ports->len, 1);
        group->is_rack |= is_end(node_at(s, i));
    }
    for (uint32_t i = 0; i < s->n_groups; i++) {
        uint32_t size = s->groups[i].end;

        s->groups[i].first = s->groups[i].end = end;
        s->groups[i].partition = UNASSIGNED;
        end += size;
    }
    for (uint32_t i = 0; i < n; i++) {
        s->members[s->groups[s->group_of[i]].end++] = i;
    }
}

/* ---- Partitions. ---- */

static void
assign(struct splitting *s, struct group *group, uint32_t partition)
{
    group->partition = partition;
    s->loads[partition] += group->n_ports;
}

/* Cuts the row of racks into partitions of as many ports each. */
static void
assign_racks(struct splitting *s)
{
    uint64_t total = 0, before = 0;

    for (uint32_t i = 0; i < s->n_groups; i++) {
        total += s->groups[i].is_rack ? s->groups[i].n_ports : 0;
    }
    for (uint32_t i = 0; i < s->n_groups; i++) {
        struct group *group = &s->groups[i];

        if (group->is_rack) {
            assign(s, group,
                   (uint32_t) ((2 * before + group->n_ports) * s->n_partitions
                               / (2 * total)));
            before += group->n_ports;
        }
    }
}

/* Calls 'see' with each group that a link joins to 'group'. */
static void
see_neighbors(struct splitting *s, const struct group *group,
              void (*see)(struct splitting *, uint32_t neighbor, void *aux),
              void *aux)
{
    for (uint32_t i = group->first; i < group->end; i++) {
        const struct scenario_node *node = node_at(s, s->members[i]);

        for (uint32_t j = 0; j < node->ports->len; j++) {
            see(s,
                s->group_of[far_node(g_ptr_array_index(node->ports, j))
                                ->index],
                aux);
        }
    }
}

static void
count_neighbor(struct splitting *s, uint32_t neighbor, void *aux)
{
    (void) aux;
    if (s->groups[neighbor].partition != UNASSIGNED) {
        s->joined[s->groups[neighbor].partition]++;
    }
}

/* Assigns 'group' to the partition that it has most links to, of those with
 * room; of several, to the one with the fewest ports. */
static void
assign_to_neighbors(struct splitting *s, struct group *group)
{
    uint32_t best = UNASSIGNED;

    memset(s->joined, 0, s->n_partitions * sizeof *s->joined);
    see_neighbors(s, group, count_neighbor, NULL);
    for (uint32_t i = 0; i < s->n_partitions; i++) {
        if (s->loads[i] && s->loads[i] + group->n_ports > s->most) {
            continue;
        }
        if (best == UNASSIGNED || s->joined[i] > s->joined[best]
            || (s->joined[i] == s->joined[best]
                && s->loads[i] < s->loads[best])) {
            best = i;
        }
    }
    assign(s, group, best == UNASSIGNED ? 0 : best);
}

static void
reach_neighbor(struct splitting *s, uint32_t neighbor, void *aux)
{
    GArray *reached = aux;

    if (s->groups[neighbor].partition == UNASSIGNED) {
        assign_to_neighbors(s, &s->groups[neighbor]);
        g_array_append_val(reached, neighbor);
    }
}

/* Assigns the fabric, nearest to the racks first; then what no link joins to
 * any. */
static void
assign_fabric(struct splitting *s)
{
    GArray *reached = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    for (uint32_t i = 0; i < s->n_groups; i++) {
        if (s->groups[i].is_rack) {
            g_array_append_val(reached, i);
        }
    }
    for (uint32_t i = 0, next = 0; i < s->n_groups; i++) {
        for (; next < reached->len; next++) {
            see_neighbors(s,
                          &s->groups[g_array_index(reached, uint32_t, next)],
                          reach_neighbor, reached);
        }
        reach_neighbor(s, i, reached);
    }
    g_array_unref(reached);
}

/* Returns the partition, from 0, of each node of 's' by its index; the caller
 * frees. */
uint32_t *
partition_nodes(const struct scenario *s, uint32_t n_partitions)
{
    uint32_t n = s->nodes->len;
    struct splitting splitting = {
        .scenario = s,
        .n_partitions = n_partitions,
        .group_of = g_new(uint32_t, n),
        .members = g_new(uint32_t, n),
        .groups = g_new0(struct group, n),
        .loads = g_new0(uint64_t, n_partitions),
        .joined = g_new(uint64_t, n_partitions),
    };
    uint64_t total = 0;

    make_groups(&splitting);
    for (uint32_t i = 0; i < splitting.n_groups; i++) {
        total += splitting.groups[i].n_ports;
    }
    splitting.most = total / n_partitions;
    splitting.most += splitting.most / LOAD_SLACK;
    assign_racks(&splitting);
    assign_fabric(&splitting);
    for (uint32_t i = 0; i < n; i++) {
        splitting.group_of[i] =
            splitting.groups[splitting.group_of[i]].partition;
    }
    g_free(splitting.members);
    g_free(splitting.groups);
    g_free(splitting.loads);
    g_free(splitting.joined);
    return splitting.group_of;
}

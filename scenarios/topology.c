#include "scenarios/topology.h"

/* Returns places for nodes that are at 'loc' and say nothing themselves. */
struct scenario_node_locs *
topology_new_locs(struct scenario *s, struct loc loc)
{
    struct scenario_node_locs *locs = scope_alloc(s->scope, sizeof *locs);

    *locs = (struct scenario_node_locs){ loc, loc, loc, loc };
    return locs;
}

/* Adds a node called 'name', which must live as long as the scenario, at 'loc'
 * and 'locs'. */
struct scenario_node *
topology_add_node(struct scenario *s, const char *name, enum node_role role,
                  struct loc loc, struct scenario_node_locs *locs)
{
    struct scenario_node *node = scope_alloc(s->scope, sizeof *node);

    node->loc = loc;
    node->locs = locs;
    node->name = name;
    node->role = role;
    node->index = s->nodes->len;
    node->ports = g_ptr_array_new();
    g_ptr_array_add(s->nodes, node);
    g_hash_table_insert(s->node_by_name, (char *) name, node);
    return node;
}

/* Returns the path of a port, "hv1:eth0", and of parallel link number 'copy',
 * from 2, "hv1:eth0.2".  The caller frees. */
char *
topology_port_path(const struct topology_end *end, uint32_t copy)
{
    return copy > 1
               ? g_strdup_printf("%s:%s.%u", end->node->name, end->name, copy)
               : g_strconcat(end->node->name, ":", end->name, NULL);
}

static struct scenario_port *
add_port(struct scenario *s, const struct topology_end *end, uint32_t copy,
         struct scenario_link *link)
{
    struct scenario_port *port = scope_alloc(s->scope, sizeof *port);
    char *path = topology_port_path(end, copy);

    port->node = end->node;
    port->path = scope_concat(s->scope, path, NULL);
    port->index = end->node->ports->len;
    port->link = link;
    g_ptr_array_add(end->node->ports, port);
    g_hash_table_insert(s->port_by_path, (char *) port->path, port);
    g_free(path);
    return port;
}

/* Adds a link with what '*like' says of rate, delay, MTU and loss, and its two
 * ports.  'copy' is 1 or, for the further ones of parallel links, their
 * number. */
struct scenario_link *
topology_add_link(struct scenario *s, const struct scenario_link *like,
                  const struct topology_end ends[2], uint32_t copy)
{
    struct scenario_link *link = scope_alloc(s->scope, sizeof *link);

    *link = *like;
    g_ptr_array_add(s->links, link);
    for (int i = 0; i < 2; i++) {
        link->ends[i] = add_port(s, &ends[i], copy, link);
    }
    return link;
}

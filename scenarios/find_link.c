/* From the name of a link to the link.
 *
 * A link is called by its two ends, in either order: a:p1--b:p2.  The nodes
 * alone do not tell parallel links apart, and one end alone is a port. */

#include "scenarios/read.h"

#include <string.h>

/* Returns the link's name as the scenario would write it; the caller frees. */
char *
scenario_link_name(const struct scenario_link *link)
{
    return g_strdup_printf("%s--%s", link->ends[0]->path, link->ends[1]->path);
}

/* Null if that end could not be read. */
static const struct scenario_port *
other_end(const struct scenario_port *port)
{
    return port->link->ends[port->link->ends[0] == port];
}

/* Finds a link between the nodes that "a" and "b", or ports of which, name. */
static const struct scenario_link *
link_between(struct scenario *s, const char *a, const char *b)
{
    char *name = g_strndup(a, strcspn(a, ":"));
    char *far = g_strndup(b, strcspn(b, ":"));
    const struct scenario_node *node =
        g_hash_table_lookup(s->node_by_name, name);
    const struct scenario_link *found = NULL;

    for (unsigned int i = 0; node && i < node->ports->len && !found; i++) {
        const struct scenario_port *port = g_ptr_array_index(node->ports, i);
        const struct scenario_port *end = other_end(port);

        if (end && !strcmp(end->node->name, far)) {
            found = port->link;
        }
    }
    g_free(name);
    g_free(far);
    return found;
}

static void
help_link(struct scenario *s, const struct scenario_link *link)
{
    char *name = scenario_link_name(link);

    diag_help(s->diag, "did you mean '%s'?", name);
    g_free(name);
}

static void
refuse_link(struct scenario *s, const char *name, const char *a, const char *b,
            struct loc loc)
{
    const struct scenario_port *port = g_hash_table_lookup(s->port_by_path, a);
    const struct scenario_link *near = link_between(s, a, b);

    if (scenario_failed(s) && !g_hash_table_size(s->port_by_path)) {
        return; /* It would be no news. */
    }
    diag_report(s->diag, E037, loc, "there is no link '%s'", name);
    if (near) {
        help_link(s, near);
    } else if (port && other_end(port)) {
        help_link(s, port->link);
    } else {
        diag_help(s->diag, "name its two ends, in either order: a:p1--b:p2");
    }
}

/* Returns the link called 'name'; null, and reported, if there is none. */
struct scenario_link *
find_link(struct scenario *s, const char *name, struct loc loc)
{
    const char *dashes = strstr(name, "--");
    char *a =
        dashes ? g_strndup(name, (size_t) (dashes - name)) : g_strdup(name);
    const char *b = dashes ? dashes + 2 : "";
    struct scenario_port *p = g_hash_table_lookup(s->port_by_path, a);
    struct scenario_port *q = g_hash_table_lookup(s->port_by_path, b);
    bool is_one = p && q && p != q && p->link == q->link;

    if (!is_one) {
        refuse_link(s, name, a, b, loc);
    }
    g_free(a);
    return is_one ? p->link : NULL;
}

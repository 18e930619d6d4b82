#include "scenarios/segments.h"

/* A vertex is a node that is no router, or an interface of a router; those come
 * behind the nodes.  Sets of vertices are forests: each points towards its
 * set's root (Tarjan's union by halving paths). */
struct segments {
    const struct scenario *s;
    size_t n;            /* Vertices, the routers' unused ones too. */
    size_t *parent;      /* Segments. */
    size_t *far_parent;  /* Internets, of nodes. */
    GPtrArray *vertices; /* Behind the nodes: "struct scenario_interface"s. */
    const struct scenario_link *loop, *uncut_loop;
    unsigned int n_loops, n_uncut_loops;
};

static size_t
root_of(size_t *parent, size_t i)
{
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

/* Joins the sets of 'a' and 'b'; false if they are one already. */
static bool
join(size_t *parent, size_t a, size_t b)
{
    a = root_of(parent, a);
    b = root_of(parent, b);
    parent[MAX(a, b)] = MIN(a, b);
    return a != b;
}

static size_t
vertex_of(const struct segments *segments, const struct scenario_port *port)
{
    return port->interface ? segments->s->nodes->len + port->interface->index
                           : port->node->index;
}

static size_t *
new_forest(size_t n)
{
    size_t *parent = g_new(size_t, MAX(n, 1));

    for (size_t i = 0; i < n; i++) {
        parent[i] = i;
    }
    return parent;
}

static bool
is_between_switches(const struct scenario_link *link)
{
    return link->ends[0]->node->role == ROLE_SWITCH
           && link->ends[1]->node->role == ROLE_SWITCH;
}

/* Links between switches come first: a loop that closes later passes a
 * router's interface. */
static void
join_links(struct segments *segments, bool between_switches)
{
    const GPtrArray *links = segments->s->links;

    for (unsigned int i = 0; i < links->len; i++) {
        const struct scenario_link *link = g_ptr_array_index(links, i);
        size_t a = vertex_of(segments, link->ends[0]);
        size_t b = vertex_of(segments, link->ends[1]);

        if (is_between_switches(link) != between_switches) {
            continue;
        }
        join(segments->far_parent, link->ends[0]->node->index,
             link->ends[1]->node->index);
        if (!join(segments->parent, a, b)) {
            segments->loop = segments->loop ? segments->loop : link;
            segments->n_loops++;
            if (!between_switches) {
                segments->uncut_loop =
                    segments->uncut_loop ? segments->uncut_loop : link;
                segments->n_uncut_loops++;
            }
        }
    }
}

/* Finds the segments of 's', which must outlive them. */
struct segments *
segments_new(const struct scenario *s)
{
    struct segments *segments = g_new0(struct segments, 1);

    segments->s = s;
    segments->vertices = g_ptr_array_new();
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *node = g_ptr_array_index(s->nodes, i);

        for (unsigned int j = 0; node->interfaces && j < node->interfaces->len;
             j++) {
            g_ptr_array_add(segments->vertices,
                            g_ptr_array_index(node->interfaces, j));
        }
    }
    segments->n = s->nodes->len + segments->vertices->len;
    segments->parent = new_forest(segments->n);
    segments->far_parent = new_forest(s->nodes->len);
    join_links(segments, true);
    join_links(segments, false);
    return segments;
}

void
segments_free(struct segments *segments)
{
    g_ptr_array_unref(segments->vertices);
    g_free(segments->far_parent);
    g_free(segments->parent);
    g_free(segments);
}

size_t
segments_n(const struct segments *segments)
{
    return segments->n;
}

/* Returns the segment of 'node', which is no router. */
size_t
segment_of(struct segments *segments, const struct scenario_node *node)
{
    return root_of(segments->parent, node->index);
}

size_t
segment_of_interface(struct segments *segments,
                     const struct scenario_interface *interface)
{
    return root_of(segments->parent,
                   segments->s->nodes->len + interface->index);
}

size_t
segments_internet(struct segments *segments, const struct scenario_node *node)
{
    return root_of(segments->far_parent, node->index);
}

const struct scenario_link *
segments_loop(const struct segments *segments, bool uncut, unsigned int *n)
{
    *n = uncut ? segments->n_uncut_loops : segments->n_loops;
    return uncut ? segments->uncut_loop : segments->loop;
}

/* ---- The way round a loop. ---- */

static size_t
n_ports(const struct segments *segments, size_t vertex)
{
    const GPtrArray *nodes = segments->s->nodes;

    if (vertex < nodes->len) {
        const struct scenario_node *node = g_ptr_array_index(nodes, vertex);

        return node->ports->len;
    }
    return ((const struct scenario_interface *) g_ptr_array_index(
                segments->vertices, vertex - nodes->len))
        ->ports->len;
}

static const struct scenario_node *
node_of(const struct segments *segments, size_t vertex)
{
    const GPtrArray *nodes = segments->s->nodes;

    return vertex < nodes->len
               ? g_ptr_array_index(nodes, vertex)
               : ((const struct scenario_interface *) g_ptr_array_index(
                      segments->vertices, vertex - nodes->len))
                     ->router;
}

static const struct scenario_port *
port_at(const struct segments *segments, size_t vertex, size_t i)
{
    const struct scenario_node *node = node_of(segments, vertex);
    const GPtrArray *nodes = segments->s->nodes;
    const struct scenario_interface *interface;

    if (vertex < nodes->len) {
        return g_ptr_array_index(node->ports, i);
    }
    interface = g_ptr_array_index(segments->vertices, vertex - nodes->len);
    return g_ptr_array_index(node->ports,
                             g_array_index(interface->ports, uint32_t, i));
}

/* Finds, from each vertex on a shortest way to 'to' without 'closing', the next
 * one; SIZE_MAX: none. */
static size_t *
find_way(const struct segments *segments, size_t from, size_t to,
         const struct scenario_link *closing)
{
    size_t *next = g_new(size_t, segments->n);
    GQueue frontier = G_QUEUE_INIT;
    size_t at = SIZE_MAX;

    for (size_t i = 0; i < segments->n; i++) {
        next[i] = SIZE_MAX;
    }
    next[to] = to;
    g_queue_push_tail(&frontier, GSIZE_TO_POINTER(to));
    while (at != from && !g_queue_is_empty(&frontier)) {
        at = GPOINTER_TO_SIZE(g_queue_pop_head(&frontier));
        for (size_t i = 0; i < n_ports(segments, at); i++) {
            const struct scenario_port *port = port_at(segments, at, i);
            const struct scenario_link *link = port->link;
            size_t far =
                vertex_of(segments, link->ends[link->ends[0] == port]);

            if (link != closing && next[far] == SIZE_MAX) {
                next[far] = at;
                g_queue_push_tail(&frontier, GSIZE_TO_POINTER(far));
            }
        }
    }
    g_queue_clear(&frontier);
    return next;
}

/* Writes the names of the nodes in the loop that 'closing' closes, "a, b and
 * c".  The caller frees. */
char *
segments_name_loop(const struct segments *segments,
                   const struct scenario_link *closing)
{
    size_t at = vertex_of(segments, closing->ends[0]);
    size_t to = vertex_of(segments, closing->ends[1]);
    size_t *next = find_way(segments, at, to, closing);
    GString *text = g_string_new(NULL);

    for (; at != to; at = next[at]) {
        g_string_append_printf(text, "%s%s", node_of(segments, at)->name,
                               next[at] == to ? " and " : ", ");
    }
    g_string_append(text, node_of(segments, to)->name);
    g_free(next);
    return g_string_free(text, FALSE);
}

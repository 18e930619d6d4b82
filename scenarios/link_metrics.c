#include "scenarios/link_metrics.h"

#include <math.h>

#include "scenarios/network.h"
#include "sim/port.h"

/* Bytes that had passed each port when a sample was taken. */
struct moment_of_lines {
    sim_time when;
    uint64_t *line_bytes; /* By port; null: none had. */
};

struct link_metrics {
    const struct network *net;
    size_t *first_port; /* By node: the number of its first port. */
    size_t n_ports;
    struct moment_of_lines last, before; /* Samples. */
    uint32_t *distance; /* By node, from the nearest host; null: not known. */
};

/* Starts looking at the links of 'net', which must outlive this. */
struct link_metrics *
link_metrics_new(const struct network *net)
{
    struct link_metrics *m = g_new0(struct link_metrics, 1);

    m->net = net;
    return m;
}

void
link_metrics_free(struct link_metrics *m)
{
    if (m) {
        g_free(m->first_port);
        g_free(m->last.line_bytes);
        g_free(m->before.line_bytes);
        g_free(m->distance);
        g_free(m);
    }
}

/* ---- link.util ---- */

void
link_metrics_want_util(struct link_metrics *m)
{
    const GPtrArray *nodes = m->net->scenario->nodes;

    if (m->first_port) {
        return;
    }
    m->first_port = g_new(size_t, nodes->len + 1);
    for (unsigned int i = 0; i < nodes->len; i++) {
        m->first_port[i] = m->n_ports;
        m->n_ports += m->net->nodes[i]->n_ports;
    }
    m->last.line_bytes = g_new0(uint64_t, m->n_ports + 1);
    m->before.line_bytes = g_new0(uint64_t, m->n_ports + 1);
}

/* Bytes that have left, as they occupy the line. */
static uint64_t
line_bytes(const struct port *port)
{
    return port_left_bytes(port) + port_left_frames(port) * PORT_LINE_EXTRA;
}

void
link_metrics_sample(struct link_metrics *m)
{
    sim_time now = sim_now(m->net->sim);
    struct moment_of_lines was = m->before;

    if (!m->first_port || now == m->last.when) {
        return;
    }
    m->before = m->last;
    m->last = was;
    m->last.when = now;
    for (unsigned int i = 0; i < m->net->scenario->nodes->len; i++) {
        const struct node *node = m->net->nodes[i];

        for (uint32_t j = 0; j < node->n_ports; j++) {
            m->last.line_bytes[m->first_port[i] + j] =
                line_bytes(&node->ports[j]);
        }
    }
}

double
link_util(const struct link_metrics *m, const struct port *port)
{
    sim_time now = sim_now(m->net->sim);
    const struct moment_of_lines *from =
        now > m->last.when ? &m->last : &m->before;
    double seconds = (double) (now - from->when) / (double) SIM_S;
    uint64_t bytes = line_bytes(port);

    if (!port->peer || seconds <= 0) {
        return NAN;
    }
    if (from->line_bytes) {
        bytes -=
            from->line_bytes[m->first_port[port->owner->id] + port->index];
    }
    return (double) bytes * 8 / ((double) port->rate_bps * seconds);
}

/* ---- link.spread ---- */

static bool
is_end(const struct scenario_node *node)
{
    return node->role == ROLE_HOST || node->role == ROLE_SERVER;
}

static const struct scenario_node *
far_node(const struct scenario_port *port)
{
    const struct scenario_link *link = port->link;

    return link->ends[link->ends[0] == port]->node;
}

/* Finds how far each node is from the nearest host or server. */
static void
find_distances(struct link_metrics *m)
{
    const GPtrArray *nodes = m->net->scenario->nodes;
    GQueue frontier = G_QUEUE_INIT;
    const struct scenario_node *node;

    m->distance = g_new(uint32_t, nodes->len);
    for (unsigned int i = 0; i < nodes->len; i++) {
        node = g_ptr_array_index(nodes, i);
        m->distance[i] = is_end(node) ? 0 : UINT32_MAX;
        if (is_end(node)) {
            g_queue_push_tail(&frontier, (void *) node);
        }
    }
    while ((node = g_queue_pop_head(&frontier)) != NULL) {
        for (unsigned int i = 0; i < node->ports->len; i++) {
            const struct scenario_node *far =
                far_node(g_ptr_array_index(node->ports, i));

            if (m->distance[far->index] == UINT32_MAX) {
                m->distance[far->index] = m->distance[node->index] + 1;
                g_queue_push_tail(&frontier, (void *) far);
            }
        }
    }
}

double
link_spread(struct link_metrics *m, const struct node *made)
{
    const struct scenario_node *node =
        g_ptr_array_index(m->net->scenario->nodes, made->id);
    double max = 0, sum = 0;
    unsigned int n = 0;

    if (!m->distance) {
        find_distances(m);
    }
    for (unsigned int i = 0; i < node->ports->len; i++) {
        const struct scenario_node *far =
            far_node(g_ptr_array_index(node->ports, i));
        double bytes = (double) port_left_bytes(&made->ports[i]);

        if (!is_end(far)
            && m->distance[far->index] >= m->distance[node->index]) {
            max = MAX(max, bytes);
            sum += bytes;
            n++;
        }
    }
    return n > 1 && sum > 0 ? max / (sum / n) : NAN;
}

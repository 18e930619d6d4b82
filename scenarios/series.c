#include "scenarios/series.h"

#include <math.h>
#include <string.h>

#include "models/fabric/l2_switch.h"
#include "models/fabric/router.h"
#include "models/guest/server.h"
#include "models/host/host.h"
#include "scenarios/link_metrics.h"
#include "scenarios/totals.h"
#include "sim/port.h"

/* Metrics of ports; the drops by reason come from the port's own table. */
struct port_row {
    const char *metric, *unit, *help;
    enum metric_kind kind;
    uint64_t (*read)(const struct port *);
};

static uint64_t
port_rx_bytes(const struct port *port)
{
    return port->rx_bytes;
}

static uint64_t
port_rx_frames(const struct port *port)
{
    return port->rx_frames;
}

static const struct port_row port_rows[] = {
    { "port.tx_bytes", "bytes", "bytes sent, padding included", METRIC_COUNTER,
      port_left_bytes },
    { "port.tx_frames", "frames", "frames sent", METRIC_COUNTER,
      port_left_frames },
    { "port.rx_bytes", "bytes", "bytes received", METRIC_COUNTER,
      port_rx_bytes },
    { "port.rx_frames", "frames", "frames received", METRIC_COUNTER,
      port_rx_frames },
    { "port.queue_bytes", "bytes",
      "bytes that wait or are being sent, as they occupy the line",
      METRIC_GAUGE, port_queue_bytes },
    { "port.ecn_marked", "packets", "packets marked as having met congestion",
      METRIC_COUNTER, port_ecn_marked },
};

/* Metrics of links: of a port that sends, of a switch or router. */
static const struct series_info util_row = {
    "link.util", "1",
    "part of the line rate in use since it was last sampled, by the port that "
    "sends",
    METRIC_GAUGE
};
static const struct series_info spread_row = {
    "link.spread", "1",
    "of a switch or router: most bytes sent on a link to switches and routers "
    "no nearer to hosts, over their mean; 1 is even",
    METRIC_GAUGE
};

static const struct series_info port_drop_rows[PORT_N_DROPS] = {
#define X(ID, NAME, HELP)                                                     \
    [PORT_DROP_##ID] = { "port.drops." NAME, "frames", HELP, METRIC_COUNTER },
    PORT_DROPS(X)
#undef X
};

/* Metrics of flows. */
struct flow_row {
    const char *metric, *unit, *help;
    enum metric_kind kind;
    double (*read)(const struct flow_totals *);
    bool is_histogram;
};

#define FLOW_COUNT(FIELD)                                                     \
    static double flow_##FIELD(const struct flow_totals *t)                   \
    {                                                                         \
        return (double) t->FIELD;                                             \
    }
FLOW_COUNT(sent)
FLOW_COUNT(completed)
FLOW_COUNT(lost)
FLOW_COUNT(sent_bytes)
FLOW_COUNT(delivered_bytes)
FLOW_COUNT(retransmits)
FLOW_COUNT(resets)
FLOW_COUNT(errors)

static double
flow_goodput(const struct flow_totals *t)
{
    return t->goodput_bps;
}

static double
flow_latency(const struct flow_totals *t)
{
    return t->latency->n ? histogram_mean(t->latency) / (double) SIM_S : NAN;
}

static const struct flow_row flow_rows[] = {
    { "flow.sent", "1", "pings, datagrams, requests sent; 1 for tcp",
      METRIC_COUNTER, flow_sent, false },
    { "flow.completed", "1",
      "pings and requests answered, datagrams and transfers delivered",
      METRIC_COUNTER, flow_completed, false },
    { "flow.lost", "1", "sent and not completed so far", METRIC_GAUGE,
      flow_lost, false },
    { "flow.sent_bytes", "bytes", "payload sent", METRIC_COUNTER,
      flow_sent_bytes, false },
    { "flow.delivered_bytes", "bytes", "payload that arrived", METRIC_COUNTER,
      flow_delivered_bytes, false },
    { "flow.retransmits", "segments", "TCP segments sent again",
      METRIC_COUNTER, flow_retransmits, false },
    { "flow.resets", "connections", "TCP connections that did not end well",
      METRIC_COUNTER, flow_resets, false },
    { "flow.errors", "messages", "ICMP errors that came back", METRIC_COUNTER,
      flow_errors, false },
    { "flow.goodput", "bit/s",
      "payload that arrived, over the time from first send to last arrival",
      METRIC_GAUGE, flow_goodput, false },
    { "flow.latency", "s",
      "ping: round trip; tcp_rr: request to response; udp: one way; tcp: "
      "whole transfer",
      METRIC_GAUGE, flow_latency, true },
    { "flow.rtt", "s", "the same as flow.latency, of ping and tcp_rr",
      METRIC_GAUGE, flow_latency, true },
    { "flow.fct", "s", "flow completion time: the latency of tcp",
      METRIC_GAUGE, flow_latency, true },
};

/* What the models know themselves. */
static const struct metric *const model_metrics[] = {
    l2_switch_metrics, router_metrics, host_metrics, server_metrics
};

static double
read_node(const struct series *series)
{
    const struct metric *metric = series->row;

    return (double) metric->read(series->thing);
}

static double
read_port(const struct series *series)
{
    const struct port_row *row = series->row;

    return (double) row->read(series->thing);
}

static double
read_port_drop(const struct series *series)
{
    const struct port *port = series->thing;
    const struct series_info *row = series->row;

    return (double) port->drops[row - port_drop_rows];
}

static double
read_util(const struct series *series)
{
    return link_util(series->net->links, series->thing);
}

static double
read_spread(const struct series *series)
{
    return link_spread(series->net->links, series->thing);
}

static double
read_flow(const struct series *series)
{
    const struct flow_row *row = series->row;
    struct flow_totals totals;

    flow_totals_get(series->net, series->thing, &totals);
    return row->read(&totals);
}

/* ---- The series of one thing. ---- */

enum stage { STAGE_NODES, STAGE_PORTS, STAGE_FLOWS, STAGE_END };

#define N_PORT_ROWS (G_N_ELEMENTS(port_rows) + PORT_N_DROPS)

/* A row that is the only one of its kind. */
static struct series
single_series(const struct series_info *row,
              double (*read)(const struct series *), const char *entity,
              const void *thing)
{
    return (struct series){ .metric = row->metric,
                            .entity = entity,
                            .unit = row->unit,
                            .kind = row->kind,
                            .read = read,
                            .thing = thing,
                            .row = row };
}

/* Each makes row number 'row' of a thing; false: it has no more. */

static bool
node_series(const struct node *node, size_t row, struct series *series)
{
    const struct metric *m = node->ops->metrics;
    bool is_fabric = node_is_l2_switch(node) || node_is_router(node);

    if (is_fabric && row == 0) {
        *series = single_series(&spread_row, read_spread, node->name, node);
        return true;
    }
    row -= is_fabric;
    if (!m || !m[row].name) {
        return false;
    }
    *series = (struct series){ .metric = m[row].name,
                               .entity = node->name,
                               .unit = m[row].unit,
                               .kind = m[row].kind,
                               .read = read_node,
                               .thing = node,
                               .row = &m[row] };
    return true;
}

static bool
port_series(const struct port *port, size_t row, struct series *series)
{
    if (row < G_N_ELEMENTS(port_rows)) {
        *series = (struct series){ .metric = port_rows[row].metric,
                                   .unit = port_rows[row].unit,
                                   .kind = port_rows[row].kind,
                                   .read = read_port,
                                   .row = &port_rows[row] };
    } else if (row < N_PORT_ROWS) {
        const struct series_info *info =
            &port_drop_rows[row - G_N_ELEMENTS(port_rows)];

        *series = (struct series){ .metric = info->metric,
                                   .unit = info->unit,
                                   .kind = info->kind,
                                   .read = read_port_drop,
                                   .row = info };
    } else if (row == N_PORT_ROWS) {
        *series = single_series(&util_row, read_util, NULL, port);
    } else {
        return false;
    }
    series->entity = port->tap.name;
    series->thing = port;
    return true;
}

static bool
flow_series(const struct network *net, const struct scenario_flow *flow,
            size_t row, struct series *series)
{
    struct flow_totals totals;

    if (row >= G_N_ELEMENTS(flow_rows)) {
        return false;
    }
    *series = (struct series){ .metric = flow_rows[row].metric,
                               .entity = flow->config.id,
                               .unit = flow_rows[row].unit,
                               .kind = flow_rows[row].kind,
                               .read = read_flow,
                               .thing = flow,
                               .row = &flow_rows[row] };
    if (flow_rows[row].is_histogram) {
        flow_totals_get(net, flow, &totals);
        series->histogram = totals.latency;
    }
    return true;
}

static bool
make_series(const struct series_walk *walk, size_t row, struct series *series)
{
    bool is_there = false;

    switch ((enum stage) walk->stage) {
    case STAGE_NODES: is_there = node_series(walk->thing, row, series); break;
    case STAGE_PORTS: is_there = port_series(walk->thing, row, series); break;
    case STAGE_FLOWS:
        is_there = flow_series(walk->net, walk->thing, row, series);
        break;
    case STAGE_END: break;
    }
    series->net = walk->net;
    return is_there;
}

/* ---- From thing to thing. ---- */

/* Says whether things of the walk's stage may have its metric. */
static bool
stage_matters(const struct series_walk *walk)
{
    bool is_port = walk->metric
                   && (g_str_has_prefix(walk->metric, "port.")
                       || !strcmp(walk->metric, util_row.metric));
    bool is_flow = walk->metric && g_str_has_prefix(walk->metric, "flow.");

    switch ((enum stage) walk->stage) {
    case STAGE_NODES: return !is_port && !is_flow;
    case STAGE_PORTS: return !walk->metric || is_port;
    case STAGE_FLOWS: return !walk->metric || is_flow;
    case STAGE_END: break;
    }
    return false;
}

static const struct node *
next_node(struct series_walk *walk)
{
    return walk->i < walk->net->scenario->nodes->len
               ? walk->net->nodes[walk->i++]
               : NULL;
}

static const struct port *
next_port(struct series_walk *walk)
{
    for (; walk->i < walk->net->scenario->nodes->len; walk->i++, walk->j = 0) {
        const struct node *node = walk->net->nodes[walk->i];

        if (walk->j < node->n_ports) {
            return &node->ports[walk->j++];
        }
    }
    return NULL;
}

/* Probes are no workloads of the user's. */
static const struct scenario_flow *
next_flow(struct series_walk *walk)
{
    const GPtrArray *flows = walk->net->scenario->flows;

    while (walk->i < flows->len) {
        const struct scenario_flow *flow = g_ptr_array_index(flows, walk->i++);

        if (!flow->is_probe) {
            return flow;
        }
    }
    return NULL;
}

/* Goes to the next thing.  False: there is none. */
static bool
next_thing(struct series_walk *walk)
{
    for (; walk->stage < STAGE_END && !walk->is_single;
         walk->stage++, walk->i = walk->j = 0) {
        if (!stage_matters(walk)) {
            continue;
        }
        walk->thing = walk->stage == STAGE_NODES   ? (void *) next_node(walk)
                      : walk->stage == STAGE_PORTS ? (void *) next_port(walk)
                                                   : (void *) next_flow(walk);
        if (walk->thing) {
            walk->row = 0;
            return true;
        }
    }
    return false;
}

/* Makes the thing called 'entity' the only one. */
static void
find_thing(struct series_walk *walk, const char *entity)
{
    const struct scenario *s = walk->net->scenario;
    const struct scenario_node *node =
        g_hash_table_lookup(s->node_by_name, entity);
    const struct scenario_port *port =
        g_hash_table_lookup(s->port_by_path, entity);
    const struct scenario_flow *flow =
        g_hash_table_lookup(s->flow_by_id, entity);

    walk->is_single = true;
    if (port) {
        walk->stage = STAGE_PORTS;
        walk->thing = &walk->net->nodes[port->node->index]->ports[port->index];
    } else if (flow) {
        walk->stage = STAGE_FLOWS;
        walk->thing = flow;
    } else if (node) {
        walk->stage = STAGE_NODES;
        walk->thing = walk->net->nodes[node->index];
    } else {
        walk->stage = STAGE_END;
    }
}

/* Starts a walk over the series of 'net' that are of 'metric' and of the thing
 * called 'entity'; either may be null, and then it is all. */
void
series_walk_init(struct series_walk *walk, const struct network *net,
                 const char *metric, const char *entity)
{
    *walk = (struct series_walk){ .net = net, .metric = metric };
    if (metric && !strcmp(metric, util_row.metric)) {
        link_metrics_want_util(net->links);
    }
    if (entity) {
        find_thing(walk, entity);
    }
}

/* Stores the next series in '*series'.  False: there are no more. */
bool
series_next(struct series_walk *walk, struct series *series)
{
    do {
        while (walk->thing && make_series(walk, walk->row, series)) {
            walk->row++;
            if (!walk->metric || !strcmp(walk->metric, series->metric)) {
                return true;
            }
        }
    } while (next_thing(walk));
    return false;
}

/* Returns how many series 'net' has in all. */
uint64_t
series_count(const struct network *net)
{
    struct series_walk walk;
    struct series series;
    uint64_t n = 0;

    for (series_walk_init(&walk, net, NULL, NULL);
         series_next(&walk, &series);) {
        n++;
    }
    return n;
}

/* Lists all kinds of series there are; the caller frees. */
GArray *
series_manual(void)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct series_info));

    for (size_t i = 0; i < G_N_ELEMENTS(model_metrics); i++) {
        for (const struct metric *m = model_metrics[i]; m->name; m++) {
            struct series_info info = { m->name, m->unit, m->help, m->kind };

            g_array_append_val(list, info);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(port_rows); i++) {
        struct series_info info = { port_rows[i].metric, port_rows[i].unit,
                                    port_rows[i].help, port_rows[i].kind };

        g_array_append_val(list, info);
    }
    g_array_append_vals(list, port_drop_rows, PORT_N_DROPS);
    g_array_append_val(list, util_row);
    g_array_append_val(list, spread_row);
    for (size_t i = 0; i < G_N_ELEMENTS(flow_rows); i++) {
        struct series_info info = { flow_rows[i].metric, flow_rows[i].unit,
                                    flow_rows[i].help, flow_rows[i].kind };

        g_array_append_val(list, info);
    }
    return list;
}

/* Says whether there is a kind of series called 'metric'. */
bool
series_is_known(const char *metric)
{
    GArray *manual = series_manual();
    bool found = false;

    for (unsigned int i = 0; i < manual->len && !found; i++) {
        found = !strcmp(g_array_index(manual, struct series_info, i).metric,
                        metric);
    }
    g_array_unref(manual);
    return found;
}

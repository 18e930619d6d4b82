#include "scenarios/series.h"

#include <math.h>
#include <string.h>

#include "models/fabric/l2_switch.h"
#include "models/host/host.h"
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
static const struct metric *const model_metrics[] = { l2_switch_metrics,
                                                      host_metrics };

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
read_flow(const struct series *series)
{
    const struct flow_row *row = series->row;
    struct flow_totals totals;

    flow_totals_get(series->net, series->thing, &totals);
    return row->read(&totals);
}

static void
add_node(GArray *list, const struct network *net, const struct node *node)
{
    for (const struct metric *m = node->ops->metrics; m && m->name; m++) {
        struct series series = { .metric = m->name,
                                 .entity = node->name,
                                 .unit = m->unit,
                                 .kind = m->kind,
                                 .read = read_node,
                                 .thing = node,
                                 .row = m,
                                 .net = net };

        g_array_append_val(list, series);
    }
}

static void
add_port(GArray *list, const struct network *net, const struct port *port)
{
    for (size_t i = 0; i < G_N_ELEMENTS(port_rows); i++) {
        struct series series = { .metric = port_rows[i].metric,
                                 .entity = port->tap.name,
                                 .unit = port_rows[i].unit,
                                 .kind = port_rows[i].kind,
                                 .read = read_port,
                                 .thing = port,
                                 .row = &port_rows[i],
                                 .net = net };

        g_array_append_val(list, series);
    }
    for (size_t i = 0; i < PORT_N_DROPS; i++) {
        struct series series = { .metric = port_drop_rows[i].metric,
                                 .entity = port->tap.name,
                                 .unit = port_drop_rows[i].unit,
                                 .kind = METRIC_COUNTER,
                                 .read = read_port_drop,
                                 .thing = port,
                                 .row = &port_drop_rows[i],
                                 .net = net };

        g_array_append_val(list, series);
    }
}

static void
add_flow(GArray *list, const struct network *net,
         const struct scenario_flow *flow)
{
    struct flow_totals totals;

    flow_totals_get(net, flow, &totals);
    for (size_t i = 0; i < G_N_ELEMENTS(flow_rows); i++) {
        struct series series = { .metric = flow_rows[i].metric,
                                 .entity = flow->config.id,
                                 .unit = flow_rows[i].unit,
                                 .kind = flow_rows[i].kind,
                                 .read = read_flow,
                                 .histogram = flow_rows[i].is_histogram
                                                  ? totals.latency
                                                  : NULL,
                                 .thing = flow,
                                 .row = &flow_rows[i],
                                 .net = net };

        g_array_append_val(list, series);
    }
}

/* Lists all series of 'net', which must outlive the list: nodes, ports, flows,
 * each in the scenario's order.  The caller frees. */
GArray *
series_list(const struct network *net)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct series));

    for (uint32_t i = 0; i < net->sim->n_nodes; i++) {
        add_node(list, net, net->sim->nodes[i]);
    }
    for (uint32_t i = 0; i < net->sim->n_nodes; i++) {
        for (uint32_t j = 0; j < net->sim->nodes[i]->n_ports; j++) {
            add_port(list, net, &net->sim->nodes[i]->ports[j]);
        }
    }
    for (unsigned int i = 0; i < net->scenario->flows->len; i++) {
        const struct scenario_flow *flow =
            g_ptr_array_index(net->scenario->flows, i);

        if (!flow->is_probe) {
            add_flow(list, net, flow);
        }
    }
    return list;
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

/* Connections of workloads. */

#include <glib.h>

#include "models/guest/workload_inside.h"

static struct flow_conn *
conn_new(struct flow_end *end)
{
    struct flow_conn *fc = g_new0(struct flow_conn, 1);

    fc->end = end;
    fc->since = flow_now(end);
    flow_stream(end, &fc->requests, "request");
    flow_stream(end, &fc->responses, "response");
    fc->next = end->conns;
    end->conns = fc;
    return fc;
}

/* Connects to the flow's second end.  Returns null, and counts a reset, if
 * there is no port left to do so. */
struct flow_conn *
flow_conn_open(struct flow_end *end, const struct tcp_app *app)
{
    const struct flow_config *config = end->config;
    struct flow_conn *fc = conn_new(end);

    fc->conn = tcp_connect(end->guest, config->to, flow_dport(config), 0,
                           &config->tcp, app, fc, flow_tag(end));
    if (!fc->conn) {
        end->stats.resets++;
        flow_conn_free(fc);
        return NULL;
    }
    return fc;
}

/* Lets 'end' be the application of 'conn', which arrives. */
struct flow_conn *
flow_conn_accept(struct flow_end *end, struct tcp_conn *conn,
                 const struct tcp_app *app)
{
    struct flow_conn *fc = conn_new(end);

    fc->conn = conn;
    tcp_set_app(conn, app, fc);
    tcp_set_tos(conn, end->config->tos);
    return fc;
}

/* Forgets the connection, of which TCP knows 'fc' no more. */
void
flow_conn_free(struct flow_conn *fc)
{
    struct flow_end *end = fc->end;
    struct flow_conn **at = &end->conns;

    while (*at != fc) {
        at = &(*at)->next;
    }
    *at = fc->next;
    if (fc->conn) {
        end->closed.bytes_sent += tcp_stats(fc->conn)->bytes_sent;
        end->closed.retransmits += tcp_stats(fc->conn)->retransmits;
    }
    g_free(fc);
}

/* Writes 'bytes' more, as far as TCP takes them; the rest when there is room
 * (flow_conn_acked()). */
void
flow_conn_write(struct flow_conn *fc, uint64_t bytes)
{
    fc->to_write += bytes;
    fc->to_write -= tcp_write(fc->conn, fc->to_write);
}

void
flow_conn_acked(struct tcp_conn *conn, void *fc_, uint32_t bytes)
{
    struct flow_conn *fc = fc_;

    (void) conn;
    (void) bytes;
    if (fc->to_write) {
        flow_conn_write(fc, 0);
    }
}

void
flow_conn_peer_closed(struct tcp_conn *conn, void *fc)
{
    (void) fc;
    tcp_close(conn);
}

void
flow_conn_closed(struct tcp_conn *conn, void *fc_, enum tcp_end how)
{
    struct flow_conn *fc = fc_;
    struct flow_end *end = fc->end;

    (void) conn;
    if (end->is_client) {
        event_cancel(guest_node(end->guest)->sim, &end->timer);
        end->stats.resets += how != TCP_END_CLOSED;
    }
    flow_conn_free(fc);
}

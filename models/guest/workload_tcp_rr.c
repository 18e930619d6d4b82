/* tcp_rr: one connection, on which requests are answered by responses, one
 * after the other.
 *
 * Both ends draw the sizes of requests and responses from the same streams, so
 * each knows what to wait for.  At 'stop' the transaction on its way is
 * finished, and no other begun. */

#include <glib.h>

#include "models/guest/workload_inside.h"

struct requester {
    struct flow_conn *fc; /* Null when it has ended. */
    struct random_stream gaps;
};

/* A message has one byte at least, or nobody would know that it was sent. */
static uint64_t
draw_size(const struct distribution *sizes, struct random_stream *stream)
{
    return (uint64_t) MAX(1, distribution_draw(sizes, stream));
}

/* Sends the next request, or closes if there is none. */
static void
request(struct flow_end *end)
{
    const struct flow_config *config = end->config;
    struct flow_conn *fc = ((struct requester *) end->state)->fc;

    if (flow_is_done(end)) {
        tcp_close(fc->conn);
        return;
    }
    fc->since = flow_now(end);
    fc->to_receive = draw_size(&config->response, &fc->responses);
    flow_count_sent(end, 0);
    flow_conn_write(fc, draw_size(&config->request, &fc->requests));
}

/* The response is there. */
static void
complete(struct flow_end *end)
{
    struct requester *requester = end->state;
    sim_time gap, now = flow_now(end);

    end->stats.completed++;
    histogram_add(&end->stats.latency, now - requester->fc->since);
    gap = flow_is_done(end)
              ? 0
              : distribution_draw(&end->config->gap, &requester->gaps);
    if (gap) {
        flow_schedule(end, MIN(now + gap, end->config->stop));
    } else {
        request(end);
    }
}

static void
established(struct tcp_conn *conn, void *fc_)
{
    (void) conn;
    request(((struct flow_conn *) fc_)->end);
}

static void
client_received(struct tcp_conn *conn, void *fc_, uint32_t bytes)
{
    struct flow_conn *fc = fc_;

    (void) conn;
    flow_count_delivered(fc->end, bytes);
    if (fc->to_receive) { /* Nobody sends more than was asked for. */
        fc->to_receive -= MIN(bytes, fc->to_receive);
        if (!fc->to_receive) {
            complete(fc->end);
        }
    }
}

static void
client_closed(struct tcp_conn *conn, void *fc_, enum tcp_end how)
{
    struct flow_conn *fc = fc_;

    ((struct requester *) fc->end->state)->fc = NULL;
    flow_conn_closed(conn, fc, how);
}

static const struct tcp_app client_app = {
    .established = established,
    .received = client_received,
    .acked = flow_conn_acked,
    .peer_closed = flow_conn_peer_closed,
    .closed = client_closed,
};

static void
rr_start(struct flow_end *end)
{
    struct requester *requester = end->state = g_new0(struct requester, 1);

    flow_stream(end, &requester->gaps, "gap");
    requester->fc = flow_conn_open(end, &client_app);
}

static void
rr_fire(struct flow_end *end)
{
    if (((struct requester *) end->state)->fc) {
        request(end);
    }
}

static void
server_received(struct tcp_conn *conn, void *fc_, uint32_t bytes)
{
    struct flow_conn *fc = fc_;
    const struct flow_config *config = fc->end->config;

    (void) conn;
    flow_count_delivered(fc->end, bytes);
    while (bytes >= fc->to_receive) {
        bytes -= (uint32_t) fc->to_receive;
        fc->end->stats.received++;
        flow_conn_write(fc, draw_size(&config->response, &fc->responses));
        fc->to_receive = draw_size(&config->request, &fc->requests);
    }
    fc->to_receive -= bytes;
}

static const struct tcp_app server_app = {
    .received = server_received,
    .acked = flow_conn_acked,
    .peer_closed = flow_conn_peer_closed,
    .closed = flow_conn_closed,
};

static void
rr_accept(struct flow_end *end, struct tcp_conn *conn)
{
    struct flow_conn *fc = flow_conn_accept(end, conn, &server_app);

    fc->to_receive = draw_size(&end->config->request, &fc->requests);
}

static void
rr_clear(struct flow_end *end)
{
    g_free(end->state);
}

const struct workload_kind workload_tcp_rr = {
    .name = "tcp_rr",
    .help = "requests and responses, one after the other, on one connection",
    .unit_of_count = "transactions",
    .default_port = 5001, /* As iperf. */
    .start = rr_start,
    .fire = rr_fire,
    .accept = rr_accept,
    .clear = rr_clear,
};

/* tcp: one connection that carries 'bytes', or as much as it can until 'stop',
 * at most at 'rate'.
 *
 * Its flow completion time runs from connect until both sides have closed: the
 * second end closes as soon as it has read everything, and its FIN says so. */

#include <glib.h>

#include "models/guest/workload_inside.h"

/* A flow with a rate writes what the rate gives in 100 us, within bounds: as
 * smooth as segments where it is slow, without an event per segment where it
 * is fast. */
#define CHUNKS_PER_S 10000
#define CHUNK_MIN    1460
#define CHUNK_MAX    65536

struct source {
    struct flow_conn *fc; /* Null when it has ended. */
    bool is_established;
    uint64_t left;      /* Bytes to write yet. */
    uint64_t remainder; /* Of flow_time_of_bytes(). */
};

static void
write_bytes(struct source *source, uint64_t bytes)
{
    source->left -= bytes;
    source->fc->unacknowledged += bytes;
    flow_conn_write(source->fc, bytes);
}

/* Closes if there is nothing more to write. */
static bool
close_if_done(struct flow_end *end)
{
    struct source *source = end->state;

    if (!source->left || flow_has_stopped(end)) {
        source->left = 0;
        if (!source->fc->to_write) {
            tcp_close(source->fc->conn);
        }
        return true;
    }
    return false;
}

/* Without a rate: keeps as much written and unacknowledged as no window of the
 * second end can ask for. */
static void
fill(struct flow_end *end)
{
    struct source *source = end->state;
    uint64_t bound = 2 * (uint64_t) end->config->tcp.receive_buffer;
    uint64_t waiting = source->fc->unacknowledged;

    if (!close_if_done(end) && waiting < bound) {
        write_bytes(source, MIN(source->left, bound - waiting));
        close_if_done(end);
    }
}

/* With a rate: writes what is due and waits for the next time. */
static void
write_chunk(struct flow_end *end)
{
    struct source *source = end->state;
    uint64_t rate = end->config->rate_bps;
    uint64_t chunk = CLAMP(rate / 8 / CHUNKS_PER_S, CHUNK_MIN, CHUNK_MAX);

    if (!close_if_done(end)) {
        sim_time next;

        chunk = MIN(chunk, source->left);
        write_bytes(source, chunk);
        next = flow_now(end)
               + flow_time_of_bytes(chunk, rate, &source->remainder);
        if (!close_if_done(end)) {
            flow_schedule(end, MIN(next, end->config->stop));
        }
    }
}

static void
established(struct tcp_conn *conn, void *fc_)
{
    struct flow_end *end = ((struct flow_conn *) fc_)->end;

    (void) conn;
    ((struct source *) end->state)->is_established = true;
    if (end->config->rate_bps) {
        event_cancel(guest_node(end->guest)->sim, &end->timer);
        write_chunk(end);
    } else {
        fill(end);
    }
}

static void
acked(struct tcp_conn *conn, void *fc_, uint32_t bytes)
{
    struct flow_conn *fc = fc_;
    struct source *source = fc->end->state;

    fc->unacknowledged -= bytes;
    flow_conn_acked(conn, fc, bytes);
    if (!source->left) {
        close_if_done(fc->end);
    } else if (!fc->end->config->rate_bps) {
        fill(fc->end);
    }
}

static void
client_closed(struct tcp_conn *conn, void *fc_, enum tcp_end how)
{
    struct flow_conn *fc = fc_;
    struct flow_end *end = fc->end;

    if (how == TCP_END_CLOSED) {
        histogram_add(&end->stats.latency, flow_now(end) - fc->since);
    }
    ((struct source *) end->state)->fc = NULL;
    flow_conn_closed(conn, fc, how);
}

static const struct tcp_app client_app = {
    .established = established,
    .acked = acked,
    .peer_closed = flow_conn_peer_closed,
    .closed = client_closed,
};

/* A flow that must stop before it is connected has failed. */
static void
tcp_fire(struct flow_end *end)
{
    struct source *source = end->state;

    if (!source->is_established) {
        tcp_abort(source->fc->conn);
    } else if (end->config->rate_bps) {
        write_chunk(end);
    } else {
        close_if_done(end);
    }
}

static void
tcp_start(struct flow_end *end)
{
    const struct flow_config *config = end->config;
    struct source *source = end->state = g_new0(struct source, 1);
    struct random_stream stream;

    source->left = UINT64_MAX;
    if (config->has_bytes) {
        flow_stream(end, &stream, "bytes");
        source->left = (uint64_t) distribution_draw(&config->bytes, &stream);
    }
    flow_count_sent(end, 0);
    source->fc = flow_conn_open(end, &client_app);
    if (source->fc && config->stop != SIM_NEVER) {
        flow_schedule(end, config->stop);
    }
}

static void
server_received(struct tcp_conn *conn, void *fc_, uint32_t bytes)
{
    struct flow_conn *fc = fc_;

    (void) conn;
    flow_count_delivered(fc->end, bytes);
}

static void
server_peer_closed(struct tcp_conn *conn, void *fc_)
{
    struct flow_conn *fc = fc_;

    fc->end->stats.completed++;
    tcp_close(conn);
}

static const struct tcp_app server_app = {
    .received = server_received,
    .peer_closed = server_peer_closed,
    .closed = flow_conn_closed,
};

static void
tcp_accept(struct flow_end *end, struct tcp_conn *conn)
{
    end->stats.received++;
    flow_conn_accept(end, conn, &server_app);
}

static void
tcp_clear(struct flow_end *end)
{
    g_free(end->state);
}

const struct workload_kind workload_tcp = {
    .name = "tcp",
    .help = "one connection that carries 'bytes', or all it can until 'stop'",
    .unit_of_count = "connections",
    .default_port = 5001, /* As iperf. */
    .start = tcp_start,
    .fire = tcp_fire,
    .accept = tcp_accept,
    .clear = tcp_clear,
};

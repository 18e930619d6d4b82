#include <glib.h>

#include "models/guest/tcp_internal.h"

#define UNSCALED_MAX 65535 /* Largest window without scaling. */

const struct tcp_config tcp_config_default = {
    .congestion = "newreno",
    .receive_buffer = 4 << 20,
    .send_buffer = 0,
    .initial_window = 10,
    .delayed_ack = true,
    .nagle = true,
};

const struct fate tcp_fates[TCP_N_FATES] = {
#define X(ID, KIND, NAME, HELP) [TCP_FATE_##ID] = { FATE_##KIND, NAME, HELP },
    TCP_FATES(X)
#undef X
};

/* RFC 7323 section 2.3: the smallest shift that can offer all of 'buffer'. */
static uint8_t
scale_for(uint32_t buffer)
{
    uint8_t scale = 0;

    while (scale < TCP_WINDOW_SCALE_MAX && buffer >> scale > UNSCALED_MAX) {
        scale++;
    }
    return scale;
}

/* Returns a connection in state CLOSED, in the table, with its initial
 * sequence number chosen and nothing sent. */
struct tcp_conn *
tcp_conn_new(struct tcp_stack *stack, struct ip_addr remote, uint16_t lport,
             uint16_t rport, const struct tcp_config *config,
             struct guest_flow_tag tag)
{
    struct tcp_conn *conn = g_new0(struct tcp_conn, 1);

    g_assert(config->receive_buffer > 0
             && config->receive_buffer <= TCP_WINDOW_MAX
             && config->initial_window > 0);
    conn->stack = stack;
    conn->remote = remote;
    conn->lport = lport;
    conn->rport = rport;
    conn->config = *config;
    conn->tag = tag;
    conn->congestion = tcp_congestion_by_name(config->congestion);
    g_assert(conn->congestion);
    conn->rcv_scale = scale_for(config->receive_buffer);
    conn->rcv_mss = TCP_MSS_DEFAULT;
    conn->last_sent = -1;
    conn->stats.rto = TCP_RTO_START;
    tcp_timers_init(conn);
    conn->iss = tcp_choose_isn(conn);
    conn->snd_una = conn->snd_nxt = conn->iss;
    conn->snd_max = conn->iss + 1;
    tcp_table_add(stack, conn);
    return conn;
}

/* Frees 'conn', which is out of the table and has no timer. */
void
tcp_conn_free(struct tcp_conn *conn)
{
    tcp_gaps_clear(&conn->gaps);
    g_free(conn);
}

void
tcp_enter(struct tcp_conn *conn)
{
    conn->busy++;
}

/* Sends what 'conn' has to send, and frees it if it has ended, unless an outer
 * call will. */
void
tcp_leave(struct tcp_conn *conn)
{
    if (conn->busy > 1) {
        conn->busy--;
        return;
    }
    tcp_output(conn);
    conn->stats.cwnd = conn->control.cwnd;
    conn->stats.ssthresh = conn->control.ssthresh;
    conn->busy = 0;
    if (conn->state == TCP_CLOSED) {
        tcp_conn_free(conn);
    }
}

static void
leave_backlog(struct tcp_conn *conn)
{
    if (conn->listener) {
        conn->listener->n_half_open--;
        conn->listener = NULL;
    }
}

/* The handshake is done; 'conn' knows its MSS and the peer's window. */
void
tcp_establish(struct tcp_conn *conn)
{
    conn->state = conn->close_wanted ? TCP_FIN_WAIT_1 : TCP_ESTABLISHED;
    leave_backlog(conn);
    tcp_timer_clear(conn, TCP_TIMER_RETRANSMIT);
    conn->snd_una = conn->snd_nxt = conn->snd_max;
    tcp_recovery_init(conn);
    if (conn->n_backoffs) {
        conn->stats.rto = TCP_RTO_AFTER_SYN;
        conn->n_backoffs = 0;
    }
    if (conn->app && conn->app->established) {
        conn->app->established(conn, conn->user);
    }
}

static void
tell_closed(struct tcp_conn *conn, enum tcp_end end)
{
    const struct tcp_app *app = conn->app;

    conn->app = NULL;
    if (!conn->app_told_closed) {
        conn->app_told_closed = true;
        conn->stats.cwnd = conn->control.cwnd;
        conn->stats.ssthresh = conn->control.ssthresh;
        if (app && app->closed) {
            app->closed(conn, conn->user, end);
        }
    }
}

/* Both sides have finished: waits until the segments of 'conn' have left the
 * network, or starts to wait again. */
void
tcp_time_wait(struct tcp_conn *conn)
{
    conn->state = TCP_TIME_WAIT;
    tcp_timer_clear(conn, TCP_TIMER_RETRANSMIT);
    tcp_timer_clear(conn, TCP_TIMER_PERSIST);
    tcp_timer_set(conn, TCP_TIMER_TIME_WAIT, TCP_2MSL);
    tell_closed(conn, TCP_END_CLOSED);
}

/* Ends 'conn' here and now, and tells its application why, unless it was told
 * before.  The caller has entered 'conn', and tcp_leave() frees it. */
void
tcp_end(struct tcp_conn *conn, enum tcp_end end)
{
    if (conn->state != TCP_CLOSED) {
        conn->state = TCP_CLOSED;
        tcp_timers_clear(conn);
        tcp_table_remove(conn->stack, conn);
        leave_backlog(conn);
        tell_closed(conn, end);
    }
}

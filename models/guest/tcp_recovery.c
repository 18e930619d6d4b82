#include <glib.h>

#include "models/guest/tcp_internal.h"

/* Loss and what follows from it: fast retransmit and fast recovery of RFC 5681
 * section 3.2 as changed by NewReno, RFC 6582, and the retransmission timeout,
 * RFC 6298 section 5.  'recover' is one past RFC 6582's.
 *
 * After a timeout all that is outstanding is sent again from snd_una, in slow
 * start.  A recovery that knows more (SACK) would replace this file's choice of
 * what to send again; the congestion control would not notice. */

static struct tcp_control *
control_of(struct tcp_conn *conn, uint32_t flight)
{
    conn->control.mss = conn->mss;
    conn->control.flight = flight;
    conn->control.now = tcp_now(conn);
    conn->control.srtt = conn->stats.srtt;
    return &conn->control;
}

static uint32_t
initial_window(const struct tcp_conn *conn)
{
    return conn->config.initial_window * (uint32_t) conn->mss;
}

/* The connection is established.  RFC 6928 section 2: one lost SYN does not
 * shrink the initial window, more do (RFC 5681 section 3.1). */
void
tcp_recovery_init(struct tcp_conn *conn)
{
    conn->recover = conn->iss;
    conn->prev_snd_una = conn->snd_una;
    conn->control.cwnd =
        conn->n_backoffs > 1 ? conn->mss : initial_window(conn);
    conn->congestion->init(control_of(conn, 0));
}

/* RFC 5681 section 4.1: after a pause, ACKs no longer say what the network can
 * take. */
void
tcp_recovery_restart(struct tcp_conn *conn)
{
    if (conn->snd_una == conn->snd_max && conn->last_sent >= 0
        && tcp_now(conn) - conn->last_sent > conn->stats.rto) {
        conn->control.cwnd = MIN(conn->control.cwnd, initial_window(conn));
    }
}

static void
restart_timer(struct tcp_conn *conn)
{
    if (conn->snd_una == conn->snd_max) {
        tcp_timer_clear(conn, TCP_TIMER_RETRANSMIT);
    } else {
        tcp_timer_set(conn, TCP_TIMER_RETRANSMIT, conn->stats.rto);
    }
}

/* RFC 6582 section 3.2, step 3, "full acknowledgments", option (1). */
static void
leave_recovery(struct tcp_conn *conn)
{
    uint32_t flight = conn->snd_max - conn->snd_una;
    struct tcp_control *control = control_of(conn, flight);

    control->cwnd =
        MIN(control->ssthresh, MAX(flight, control->mss) + control->mss);
    conn->in_recovery = false;
    conn->n_dup_acks = 0;
    conn->congestion->on_recovered(control);
    restart_timer(conn);
}

/* The same, "partial acknowledgments".  Only the first restarts the timer, so
 * that many losses end in a timeout (section 4, "Impatient"). */
static void
partial_ack(struct tcp_conn *conn, uint32_t acked)
{
    struct tcp_control *control =
        control_of(conn, conn->snd_max - conn->snd_una);

    control->cwnd -= MIN(acked, control->cwnd);
    if (acked >= control->mss || control->cwnd < control->mss) {
        control->cwnd += control->mss;
    }
    if (!conn->partial_ack_seen) {
        conn->partial_ack_seen = true;
        restart_timer(conn);
    }
    tcp_retransmit_first(conn);
}

/* 'bytes' of data have been acknowledged, of 'flight' that were in the
 * network; snd_una has moved. */
void
tcp_recovery_new_ack(struct tcp_conn *conn, uint32_t bytes, uint32_t flight)
{
    struct tcp_control *control = control_of(conn, flight);
    struct tcp_acked acked = {
        .bytes = bytes,
        .after_timeout = conn->timeout_recovery,
        .window_used = flight >= control->cwnd / 2,
    };

    if (conn->timeout_recovery && seq_le(conn->recover, conn->snd_una)) {
        conn->timeout_recovery = false;
    }
    if (conn->in_recovery) {
        if (seq_lt(conn->snd_una, conn->recover)) {
            partial_ack(conn, bytes);
        } else {
            leave_recovery(conn);
        }
        return;
    }
    conn->n_dup_acks = 0;
    if (bytes) {
        conn->congestion->on_ack(control, &acked);
    }
    restart_timer(conn);
}

/* RFC 6582 section 3.2, step 1: not again for what a loss before this one
 * explains, unless section 4.1's heuristic says that it is a new one. */
static bool
may_recover(const struct tcp_conn *conn)
{
    return seq_lt(conn->recover, conn->snd_una)
           || (conn->control.cwnd > conn->mss
               && conn->snd_una - conn->prev_snd_una
                      <= 4 * (uint32_t) conn->mss);
}

/* RFC 6582 section 3.2, step 2, and RFC 5681 section 3.2, steps 2 and 3.  What
 * limited transmit sent beyond the window does not count as in flight. */
static void
enter_recovery(struct tcp_conn *conn)
{
    struct tcp_control *control;

    control = control_of(conn, MIN(conn->snd_nxt - conn->snd_una,
                                   MAX(conn->control.cwnd, conn->mss)));
    conn->congestion->on_loss(control);
    control->cwnd = control->ssthresh + TCP_DUP_ACKS * control->mss;
    conn->recover = conn->snd_max;
    conn->in_recovery = true;
    conn->partial_ack_seen = false;
    conn->stats.fast_retransmits++;
    tcp_retransmit_first(conn);
}

void
tcp_recovery_dup_ack(struct tcp_conn *conn)
{
    conn->n_dup_acks++;
    if (conn->in_recovery) {
        /* A segment has left the network. */
        conn->control.cwnd =
            MIN(conn->control.cwnd + conn->mss, TCP_WINDOW_MAX);
    } else if (conn->n_dup_acks == TCP_DUP_ACKS && may_recover(conn)) {
        enter_recovery(conn);
    }
}

/* The retransmission timer has run out.  RFC 6298 section 5.4 to 5.6, RFC 5681
 * section 3.1 and RFC 6582 section 3.2, step 4. */
void
tcp_recovery_timeout(struct tcp_conn *conn)
{
    struct tcp_control *control =
        control_of(conn, conn->snd_nxt - conn->snd_una);

    if (conn->n_backoffs == 1) {
        conn->congestion->on_timeout(control);
    }
    control->cwnd = control->mss;
    conn->recover = conn->snd_max;
    conn->in_recovery = false;
    conn->timeout_recovery = true;
    conn->n_dup_acks = 0;
    conn->stats.rto = MIN(2 * conn->stats.rto, TCP_RTO_MAX);
    conn->snd_nxt = conn->snd_una;
    tcp_retransmit_first(conn);
    tcp_timer_set(conn, TCP_TIMER_RETRANSMIT, conn->stats.rto);
}

#include <glib.h>

#include "models/guest/tcp_internal.h"

/* When to send what: RFC 9293 section 3.8.6.2.1 (silly windows), 3.7.4 (Nagle),
 * 3.8.6.3 (delayed ACKs), RFC 3042 (limited transmit). */

/* Bytes from snd_una on that may be in the network. */
static uint32_t
send_window(const struct tcp_conn *conn)
{
    uint32_t cwnd = conn->control.cwnd;

    if (!conn->in_recovery && conn->n_dup_acks < TCP_DUP_ACKS) {
        cwnd += conn->n_dup_acks * conn->mss;
    }
    return MIN(cwnd, conn->snd_wnd);
}

/* Sends 'len' bytes from 'seq' on, for the first time or again, and FIN if
 * 'fin'. */
static void
transmit(struct tcp_conn *conn, uint32_t seq, uint32_t len, bool fin)
{
    uint32_t end = seq + len + fin;
    bool is_last = seq + len - conn->snd_una == conn->queued;
    int flags = (len && is_last ? TCP_PSH : 0) | (fin ? TCP_FIN : 0);

    if (seq_lt(seq, conn->snd_max)) {
        conn->stats.retransmits++;
        conn->rtt_running = false; /* Karn: RFC 6298 section 3. */
    } else if (!conn->rtt_running) {
        conn->rtt_running = true;
        conn->rtt_seq = end;
        conn->rtt_start = tcp_now(conn);
    }
    if (seq_lt(conn->snd_max, end)) {
        conn->stats.bytes_sent += end - conn->snd_max - fin;
        conn->snd_max = end;
    }
    conn->fin_sent = conn->fin_sent || fin;
    conn->last_sent = tcp_now(conn);
    tcp_timer_clear(conn, TCP_TIMER_PERSIST);
    conn->n_probes = 0;
    if (!tcp_timer_is_set(conn, TCP_TIMER_RETRANSMIT)) {
        tcp_timer_set(conn, TCP_TIMER_RETRANSMIT, conn->stats.rto);
    }
    tcp_send(conn, seq, len, (uint8_t) flags);
}

/* Sends the first segment that is outstanding again, whatever the window. */
void
tcp_retransmit_first(struct tcp_conn *conn)
{
    uint64_t sent = MIN(conn->snd_max - conn->snd_una, conn->queued);
    uint32_t len = (uint32_t) MIN(sent, conn->mss);
    bool fin = conn->fin_sent && len == conn->queued;

    transmit(conn, conn->snd_una, len, fin);
    conn->snd_nxt = seq_max(conn->snd_nxt, conn->snd_una + len + fin);
}

/* Is it worth it to send 'len' bytes of the 'left' that are there? */
static bool
is_worth_sending(const struct tcp_conn *conn, uint32_t len, uint64_t left,
                 bool fin)
{
    if (!len || len == conn->mss || fin) {
        return len || fin;
    }
    if (len == left
        && (!conn->config.nagle || conn->snd_nxt == conn->snd_una)) {
        return true;
    }
    return len >= conn->max_snd_wnd / 2
           || seq_lt(conn->snd_nxt, conn->snd_max);
}

/* Sends one segment at snd_nxt if there is one to send: if the windows allow
 * and it is worth it, or if 'force', which asks for the windows only.  Returns
 * false if nothing was sent. */
static bool
send_next(struct tcp_conn *conn, bool force)
{
    uint32_t sent = conn->snd_nxt - conn->snd_una;
    uint32_t window = send_window(conn);
    uint32_t room = window > sent ? window - sent : 0;
    uint64_t left;
    uint32_t len;
    bool fin;

    if (sent > conn->queued) {
        return false; /* FIN, too, has been sent. */
    }
    left = conn->queued - sent;
    len = (uint32_t) MIN(left, MIN(room, conn->mss));
    fin = conn->close_wanted && len == left;
    if (!is_worth_sending(conn, len, left, fin) && !(force && len)) {
        return false;
    }
    transmit(conn, conn->snd_nxt, len, fin);
    conn->snd_nxt += len + fin;
    return true;
}

static bool
sends_data(const struct tcp_conn *conn)
{
    switch (conn->state) {
    case TCP_ESTABLISHED:
    case TCP_FIN_WAIT_1:
    case TCP_CLOSE_WAIT:
    case TCP_CLOSING:
    case TCP_LAST_ACK: return true;
    case TCP_CLOSED:
    case TCP_SYN_SENT:
    case TCP_SYN_RECEIVED:
    case TCP_FIN_WAIT_2:
    case TCP_TIME_WAIT: return false;
    }
    return false;
}

/* The persist timer has run out: sends what the window allows, or one byte if
 * it is closed (RFC 9293 section 3.8.6.1). */
void
tcp_probe(struct tcp_conn *conn)
{
    uint32_t n_probes = conn->n_probes;

    if (!conn->queued || send_next(conn, true)) {
        return;
    }
    conn->stats.probes++;
    conn->n_probes = n_probes + 1;
    if (conn->snd_max == conn->snd_una) {
        conn->snd_max++;
        conn->stats.bytes_sent++;
    }
    tcp_send(conn, conn->snd_una, 1, 0);
}

/* Data wait and nothing is on its way whose ACK could open the window. */
static void
arm_persist(struct tcp_conn *conn)
{
    if (conn->queued && !tcp_timer_is_set(conn, TCP_TIMER_RETRANSMIT)
        && !tcp_timer_is_set(conn, TCP_TIMER_PERSIST)) {
        sim_time wait = conn->stats.rto;

        for (uint32_t i = 0; i < conn->n_probes && wait < TCP_RTO_MAX; i++) {
            wait *= 2;
        }
        tcp_timer_set(conn, TCP_TIMER_PERSIST, MIN(wait, TCP_RTO_MAX));
    }
}

static void
acknowledge(struct tcp_conn *conn)
{
    if (conn->ack_delayed
        && (!conn->config.delayed_ack
            || conn->rcv_nxt - conn->rcv_acked >= 2 * conn->rcv_mss)) {
        conn->ack_now = true;
    }
    if (conn->ack_now) {
        tcp_send_ack(conn);
    } else if (conn->ack_delayed
               && !tcp_timer_is_set(conn, TCP_TIMER_DELAYED_ACK)) {
        tcp_timer_set(conn, TCP_TIMER_DELAYED_ACK, TCP_DELAYED_ACK);
    }
}

/* Sends what 'conn' has to send now: data, FIN, ACK. */
void
tcp_output(struct tcp_conn *conn)
{
    if (conn->state == TCP_CLOSED || conn->state == TCP_SYN_SENT) {
        return;
    }
    if (sends_data(conn)) {
        tcp_recovery_restart(conn);
        while (send_next(conn, false)) {
        }
        arm_persist(conn);
    }
    acknowledge(conn);
}

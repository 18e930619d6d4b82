#include <glib.h>

#include "models/guest/tcp_internal.h"

/* Acknowledgments: RFC 9293 section 3.10.7.4, "Fifth", with RFC 5961 section
 * 5.2; and the round trips that they measure, RFC 6298. */

/* An ACK of number 'ack' has come.  If it ends a measurement, updates the
 * retransmission timeout (RFC 6298 section 2), which also undoes backing
 * off. */
void
tcp_rtt_sample(struct tcp_conn *conn, uint32_t ack)
{
    struct tcp_stats *stats = &conn->stats;
    sim_time rtt = tcp_now(conn) - conn->rtt_start;

    if (!conn->rtt_running || seq_lt(ack, conn->rtt_seq)) {
        return;
    }
    conn->rtt_running = false;
    if (!stats->srtt) {
        stats->srtt = rtt;
        stats->rttvar = rtt / 2;
    } else {
        sim_time error =
            stats->srtt > rtt ? stats->srtt - rtt : rtt - stats->srtt;

        stats->rttvar += (error - stats->rttvar) / 4;
        stats->srtt += (rtt - stats->srtt) / 8;
    }
    stats->rto =
        CLAMP(stats->srtt + 4 * stats->rttvar, TCP_RTO_MIN, TCP_RTO_MAX);
}

/* RFC 9293 section 3.10.7.4: only a segment that is not older than the last one
 * that did may change the window. */
static void
update_window(struct tcp_conn *conn, const struct tcp_segment *seg)
{
    if (seq_lt(conn->snd_wl1, seg->seq)
        || (conn->snd_wl1 == seg->seq && seq_le(conn->snd_wl2, seg->ack))) {
        conn->snd_wnd = seg->window;
        conn->max_snd_wnd = MAX(conn->max_snd_wnd, conn->snd_wnd);
        conn->snd_wl1 = seg->seq;
        conn->snd_wl2 = seg->ack;
    }
    if (!conn->snd_wnd) {
        conn->n_backoffs = 0; /* It is there, and wants us to wait. */
    }
}

/* The peer has our FIN. */
static void
fin_acked(struct tcp_conn *conn)
{
    switch (conn->state) {
    case TCP_FIN_WAIT_1: conn->state = TCP_FIN_WAIT_2; break;
    case TCP_CLOSING: tcp_time_wait(conn); break;
    case TCP_LAST_ACK: tcp_end(conn, TCP_END_CLOSED); break;
    case TCP_CLOSED:
    case TCP_SYN_SENT:
    case TCP_SYN_RECEIVED:
    case TCP_ESTABLISHED:
    case TCP_FIN_WAIT_2:
    case TCP_CLOSE_WAIT:
    case TCP_TIME_WAIT: break;
    }
}

static void
new_ack(struct tcp_conn *conn, uint32_t ack)
{
    uint32_t acked = ack - conn->snd_una;
    uint32_t bytes = (uint32_t) MIN(acked, conn->queued);
    uint32_t flight = MAX(conn->snd_nxt - conn->snd_una, acked);

    tcp_rtt_sample(conn, ack);
    conn->n_backoffs = 0;
    conn->prev_snd_una = conn->snd_una;
    conn->snd_una = ack;
    conn->snd_nxt = seq_max(conn->snd_nxt, ack);
    conn->queued -= bytes;
    conn->stats.bytes_acked += bytes;
    tcp_recovery_new_ack(conn, bytes, flight);
    if (bytes && conn->app && conn->app->acked) {
        conn->app->acked(conn, conn->user, bytes);
    }
    if (acked > bytes) {
        fin_acked(conn);
    }
}

/* RFC 5681 section 2, "duplicate acknowledgment"; answers to probes of a
 * closed window are not. */
static bool
is_duplicate(const struct tcp_conn *conn, const struct tcp_segment *seg)
{
    return seg->ack == conn->snd_una && conn->snd_una != conn->snd_max
           && !tcp_segment_space(seg) && seg->window == conn->snd_wnd
           && !tcp_timer_is_set(conn, TCP_TIMER_PERSIST);
}

/* Takes the acknowledgment and the window of 'seg'.  Returns null if the
 * segment is to go on, else what became of it. */
const struct fate *
tcp_ack_input(struct tcp_conn *conn, const struct tcp_segment *seg)
{
    bool duplicate = is_duplicate(conn, seg);

    if (seq_lt(conn->snd_max, seg->ack)
        || seq_lt(seg->ack, conn->snd_una - conn->max_snd_wnd)) {
        return tcp_challenge(conn);
    }
    if (seq_lt(seg->ack, conn->snd_una)) {
        return NULL;
    }
    update_window(conn, seg);
    if (seg->ack != conn->snd_una) {
        new_ack(conn, seg->ack);
    } else if (duplicate) {
        tcp_recovery_dup_ack(conn);
    }
    return conn->state == TCP_CLOSED ? &guest_fates[GUEST_FATE_DELIVERED]
                                     : NULL;
}

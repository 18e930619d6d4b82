#include <glib.h>

#include "models/guest/tcp_internal.h"

/* Text and FIN: RFC 9293 section 3.10.7.4, "Seventh" and "Eighth", and the
 * window offered, section 3.8.6. */

/* Gives the application what it has not read, and the end after it. */
void
tcp_read_held(struct tcp_conn *conn)
{
    uint32_t bytes = conn->rcv_unread;
    const struct tcp_app *app = conn->app;

    if (conn->held) {
        return;
    }
    conn->rcv_unread = 0;
    conn->stats.bytes_received += bytes;
    if (bytes && app && app->received) {
        app->received(conn, conn->user, bytes);
    }
    if (conn->fin_taken && !conn->eof_told && !conn->app_told_closed
        && !conn->held) {
        conn->eof_told = true;
        app = conn->app;
        if (app && app->peer_closed) {
            app->peer_closed(conn, conn->user);
        }
    }
    /* A window that opens again is worth an ACK: tcp_offer_window() says
     * whether it does. */
    if (bytes
        && conn->rcv_adv - conn->rcv_nxt < conn->config.receive_buffer / 2
        && !conn->fin_taken) {
        conn->ack_now = true;
    }
}

static bool
takes_text(const struct tcp_conn *conn)
{
    return !conn->fin_taken
           && (conn->state == TCP_ESTABLISHED || conn->state == TCP_FIN_WAIT_1
               || conn->state == TCP_FIN_WAIT_2);
}

/* Cuts off what was received before and what lies behind the window or behind
 * the end of the data. */
static void
trim(struct tcp_conn *conn, struct tcp_segment *seg)
{
    uint32_t limit = conn->fin_seen ? conn->fin_seq : conn->rcv_adv;
    uint32_t old = conn->rcv_nxt - seg->seq;
    uint32_t room;

    if (seq_lt(seg->seq, conn->rcv_nxt)) {
        conn->ack_now = true; /* At least a part is sent again. */
        seg->len -= MIN(old, seg->len);
        seg->seq = conn->rcv_nxt;
    }
    room = seq_lt(seg->seq, limit) ? limit - seg->seq : 0;
    if (seg->len > room) {
        seg->len = room;
        seg->flags &= (uint8_t) ~TCP_FIN;
        conn->ack_now = true;
    }
}

/* Remembers a FIN, unless data behind it have arrived: then somebody lies, and
 * the data were first. */
static void
see_fin(struct tcp_conn *conn, const struct tcp_segment *seg)
{
    uint32_t at = seg->seq + seg->len;
    const struct tcp_gaps *gaps = &conn->gaps;

    if (seg->flags & TCP_FIN && !conn->fin_seen
        && !(gaps->n && seq_lt(at, gaps->runs[gaps->n - 1].end))) {
        conn->fin_seen = true;
        conn->fin_seq = at;
        conn->ack_now = true;
    }
}

/* Puts the text of 'seg' where it belongs.  Returns false if it is out of order
 * and cannot be remembered. */
static bool
take_text(struct tcp_conn *conn, const struct tcp_segment *seg)
{
    if (!seg->len) {
        return true;
    }
    conn->rcv_mss = (uint16_t) MIN(MAX(conn->rcv_mss, seg->len), UINT16_MAX);
    if (seg->seq != conn->rcv_nxt) {
        conn->ack_now = true;
        return tcp_gaps_add(&conn->gaps, seg->seq, seg->seq + seg->len);
    }
    conn->ack_delayed = true;
    conn->rcv_nxt += seg->len;
    if (conn->gaps.n) {
        conn->ack_now = true; /* RFC 5681 section 4.2: it fills a gap. */
        conn->rcv_nxt = tcp_gaps_take(&conn->gaps, conn->rcv_nxt);
    }
    return true;
}

/* All that the peer sent has arrived. */
static void
take_fin(struct tcp_conn *conn)
{
    bool both = conn->state == TCP_FIN_WAIT_2;

    conn->rcv_nxt++;
    conn->fin_taken = true;
    conn->ack_now = true;
    if (conn->state == TCP_ESTABLISHED) {
        conn->state = TCP_CLOSE_WAIT;
    } else if (conn->state == TCP_FIN_WAIT_1) {
        conn->state = TCP_CLOSING;
    }
    tcp_read_held(conn);
    if (both && conn->state == TCP_FIN_WAIT_2) {
        tcp_time_wait(conn);
    }
}

/* Takes text and FIN of 'seg', whose ACK has been dealt with.  Returns what
 * became of the segment. */
const struct fate *
tcp_receive(struct tcp_conn *conn, struct tcp_segment *seg)
{
    uint32_t before = conn->rcv_nxt;
    bool is_kept;

    if (!takes_text(conn)) {
        if (tcp_segment_space(seg)) {
            conn->ack_now = true;
        }
        return &guest_fates[GUEST_FATE_DELIVERED];
    }
    trim(conn, seg);
    is_kept = take_text(conn, seg);
    if (is_kept) {
        see_fin(conn, seg);
    }
    conn->rcv_unread += conn->rcv_nxt - before;
    if (conn->fin_seen && conn->rcv_nxt == conn->fin_seq) {
        take_fin(conn);
    } else if (conn->rcv_nxt != before) {
        tcp_read_held(conn);
    }
    return is_kept ? &guest_fates[GUEST_FATE_DELIVERED]
                   : &tcp_fates[TCP_FATE_REASSEMBLY_FULL];
}

/* Returns the window to offer now, as the header holds it, and remembers it.
 * It grows by a segment or half of the buffer at least (RFC 9293 section
 * 3.8.6.2.2).  What was offered is kept to, though the header may seem to take
 * back what is lost in rounding (RFC 7323 section 2.4). */
uint16_t
tcp_offer_window(struct tcp_conn *conn, bool in_syn)
{
    uint32_t scale = in_syn ? 0 : conn->rcv_scale;
    uint32_t most = UINT32_C(65535) << scale;
    uint32_t buffer = conn->config.receive_buffer;
    uint32_t offered = seq_lt(conn->rcv_nxt, conn->rcv_adv)
                           ? conn->rcv_adv - conn->rcv_nxt
                           : 0;
    uint32_t room = buffer > conn->rcv_unread ? buffer - conn->rcv_unread : 0;
    uint32_t window;

    if (room < offered + MIN(buffer / 2, conn->mss)) {
        room = offered;
    }
    window = MIN(room, most) >> scale;
    conn->rcv_adv = seq_max(conn->rcv_adv, conn->rcv_nxt + (window << scale));
    return (uint16_t) window;
}

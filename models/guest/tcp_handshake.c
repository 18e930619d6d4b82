#include <glib.h>

#include "models/guest/tcp_internal.h"

/* Segments in the states before ESTABLISHED: RFC 9293 sections 3.10.7.2 and
 * 3.10.7.3, and what 3.10.7.4 says of SYN-RECEIVED. */

/* Reads the options of 'seg'.  Returns false if they are malformed. */
static bool
read_options(const struct tcp_segment *seg, struct tcp_options *options)
{
    return tcp_options_decode(options, seg->in->l4 + TCP_HLEN,
                              (size_t) seg->header_length - TCP_HLEN);
}

/* Takes over what the peer's SYN says. */
static void
learn_from_syn(struct tcp_conn *conn, const struct tcp_segment *seg,
               const struct tcp_options *options)
{
    int mtu = guest_mtu(conn->stack->guest, conn->remote);
    int mss = options->mss ? options->mss : TCP_MSS_DEFAULT;

    mss = MIN(mss, mtu - TCP_HEADERS);
    conn->mss = (uint16_t) MAX(mss, TCP_MSS_MIN);
    conn->scale_ok = options->has_window_scale;
    if (conn->scale_ok) {
        conn->snd_scale = options->window_scale;
    } else {
        conn->rcv_scale = 0;
    }
    conn->irs = seg->seq;
    conn->rcv_nxt = conn->rcv_acked = conn->rcv_adv = seg->seq + 1;
}

/* 'seg' acknowledges our SYN, and its window is the first that counts. */
static void
complete(struct tcp_conn *conn, const struct tcp_segment *seg)
{
    tcp_rtt_sample(conn, seg->ack);
    conn->snd_wnd = conn->max_snd_wnd = seg->window;
    conn->snd_wl1 = seg->seq;
    conn->snd_wl2 = seg->ack;
    tcp_establish(conn);
}

static void
accept_syn(struct tcp_listener *listener, struct tcp_conn *conn)
{
    conn->state = TCP_SYN_RECEIVED;
    conn->listener = listener;
    listener->n_half_open++;
    listener->accept(conn, listener->user);
    /* The listener may be gone now, and the connection ended. */
    if (conn->state == TCP_SYN_RECEIVED) {
        tcp_send_syn(conn);
    }
}

/* A segment for 'listener' that belongs to no connection. */
const struct fate *
tcp_listen_input(struct tcp_listener *listener, const struct tcp_segment *seg)
{
    struct tcp_stack *stack = listener->stack;
    struct guest_flow_tag answer = guest_answer_tag(seg->in->pkt);
    struct tcp_options options;
    struct tcp_conn *conn;

    if (seg->flags & (TCP_RST | TCP_ACK) || !(seg->flags & TCP_SYN)) {
        tcp_refuse(stack, seg);
        return &tcp_fates[TCP_FATE_UNACCEPTABLE];
    }
    if (!read_options(seg, &options)) {
        return &guest_fates[GUEST_FATE_MALFORMED];
    }
    if (listener->n_half_open >= TCP_BACKLOG) {
        return &tcp_fates[TCP_FATE_BACKLOG_FULL];
    }
    conn = tcp_conn_new(stack, seg->in->src, seg->dport, seg->sport,
                        &listener->config, answer);
    tcp_enter(conn);
    conn->stats.segments_received++;
    learn_from_syn(conn, seg, &options);
    accept_syn(listener, conn);
    tcp_leave(conn);
    return &guest_fates[GUEST_FATE_DELIVERED];
}

/* RFC 9293 section 3.10.7.3. */
const struct fate *
tcp_syn_sent_input(struct tcp_conn *conn, const struct tcp_segment *seg)
{
    bool has_ack = seg->flags & TCP_ACK;
    struct tcp_options options;

    if (has_ack && seg->ack != conn->snd_max) {
        tcp_refuse(conn->stack, seg);
        return &tcp_fates[TCP_FATE_UNACCEPTABLE];
    }
    if (seg->flags & TCP_RST && has_ack) {
        tcp_end(conn, TCP_END_REFUSED);
        return &guest_fates[GUEST_FATE_DELIVERED];
    }
    if (seg->flags & TCP_RST || !(seg->flags & TCP_SYN)) {
        return &tcp_fates[TCP_FATE_UNACCEPTABLE];
    }
    if (!read_options(seg, &options)) {
        return &guest_fates[GUEST_FATE_MALFORMED];
    }
    learn_from_syn(conn, seg, &options);
    if (has_ack) {
        conn->ack_now = true;
        complete(conn, seg);
    } else {
        conn->state = TCP_SYN_RECEIVED; /* Both open at once. */
        conn->rtt_running = false;
        tcp_send_syn(conn);
    }
    return &guest_fates[GUEST_FATE_DELIVERED];
}

/* A SYN in SYN-RECEIVED.  Returns null, with the SYN taken off 'seg', if the
 * segment is to go on. */
const struct fate *
tcp_syn_received_syn(struct tcp_conn *conn, struct tcp_segment *seg)
{
    if (seg->seq != conn->irs) {
        return tcp_challenge(conn);
    }
    if (!(seg->flags & TCP_ACK)) {
        conn->rtt_running = false; /* Our SYN-ACK was lost. */
        tcp_send_syn(conn);
        return &tcp_fates[TCP_FATE_UNACCEPTABLE];
    }
    /* The answer to our SYN when both open at once. */
    seg->flags &= (uint8_t) ~TCP_SYN;
    seg->seq++;
    return NULL;
}

/* An ACK in SYN-RECEIVED.  Returns null if it establishes the connection and
 * the segment is to go on. */
const struct fate *
tcp_syn_received_ack(struct tcp_conn *conn, const struct tcp_segment *seg)
{
    if (seg->ack != conn->snd_max) {
        tcp_refuse(conn->stack, seg);
        return &tcp_fates[TCP_FATE_UNACCEPTABLE];
    }
    complete(conn, seg);
    return conn->state == TCP_CLOSED ? &guest_fates[GUEST_FATE_DELIVERED]
                                     : NULL;
}

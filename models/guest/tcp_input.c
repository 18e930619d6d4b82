#include <glib.h>

#include "models/guest/tcp_internal.h"
#include "models/wire/checksum.h"

/* Segments that arrive, in the order of RFC 9293 section 3.10.7.4, with the
 * defences of RFC 5961 against segments that others made up. */

#define CHALLENGE_PERIOD SIM_S

/* Asks the peer what it means by answering with an ACK, but not too often
 * (RFC 5961 section 7): two ends that disagree would ask each other for
 * ever. */
const struct fate *
tcp_challenge(struct tcp_conn *conn)
{
    sim_time now = tcp_now(conn);

    if (now >= conn->challenge_end) {
        conn->challenge_end = now + CHALLENGE_PERIOD;
        conn->n_challenges = 0;
    }
    if (conn->n_challenges < TCP_CHALLENGES) {
        conn->n_challenges++;
        conn->ack_now = true;
    }
    return &tcp_fates[TCP_FATE_UNACCEPTABLE];
}

static uint32_t
offered_window(const struct tcp_conn *conn)
{
    return seq_lt(conn->rcv_nxt, conn->rcv_adv) ? conn->rcv_adv - conn->rcv_nxt
                                                : 0;
}

/* RFC 9293 section 3.4: does any of 'seg' lie in the window?  Of a segment at
 * the left edge of a closed window the rest is looked at, too. */
static bool
is_acceptable(const struct tcp_conn *conn, const struct tcp_segment *seg)
{
    uint32_t space = tcp_segment_space(seg);

    if (seg->seq == conn->rcv_nxt) {
        return true;
    }
    return seq_lt(seg->seq, conn->rcv_nxt + offered_window(conn))
           && (space ? seq_lt(conn->rcv_nxt, seg->seq + space)
                     : seq_lt(conn->rcv_nxt, seg->seq));
}

static const struct fate *
unacceptable(struct tcp_conn *conn, const struct tcp_segment *seg)
{
    if (seg->flags & TCP_RST) {
        return &tcp_fates[TCP_FATE_UNACCEPTABLE];
    }
    if (!tcp_segment_space(seg)) {
        return tcp_challenge(conn);
    }
    if (conn->state == TCP_TIME_WAIT && seg->flags & TCP_FIN) {
        tcp_time_wait(conn);
    }
    conn->ack_now = true;
    return &tcp_fates[TCP_FATE_UNACCEPTABLE];
}

/* RFC 5961 section 3.2: only the number that is due resets. */
static const struct fate *
reset(struct tcp_conn *conn, const struct tcp_segment *seg)
{
    if (seg->seq != conn->rcv_nxt) {
        return tcp_challenge(conn);
    }
    tcp_end(conn, TCP_END_RESET);
    return &guest_fates[GUEST_FATE_DELIVERED];
}

/* A segment for a connection that knows the peer's numbers. */
static const struct fate *
synchronized_input(struct tcp_conn *conn, struct tcp_segment *seg)
{
    bool is_half_open = conn->state == TCP_SYN_RECEIVED;
    const struct fate *end = NULL;

    if (seg->flags & TCP_SYN && !(seg->flags & TCP_RST)) {
        end = is_half_open ? tcp_syn_received_syn(conn, seg)
                           : tcp_challenge(conn);
    }
    if (end) {
        return end;
    }
    if (!is_acceptable(conn, seg)) {
        return unacceptable(conn, seg);
    }
    if (seg->flags & TCP_RST) {
        return reset(conn, seg);
    }
    if (!(seg->flags & TCP_ACK)) {
        return &tcp_fates[TCP_FATE_UNACCEPTABLE];
    }
    end = is_half_open ? tcp_syn_received_ack(conn, seg) : NULL;
    end = end ? end : tcp_ack_input(conn, seg);
    return end ? end : tcp_receive(conn, seg);
}

static const struct fate *
conn_input(struct tcp_conn *conn, struct tcp_segment *seg)
{
    const struct fate *fate;

    tcp_enter(conn);
    conn->stats.segments_received++;
    if (!(seg->flags & TCP_SYN)) {
        seg->window <<= conn->snd_scale;
    }
    fate = conn->state == TCP_SYN_SENT ? tcp_syn_sent_input(conn, seg)
                                       : synchronized_input(conn, seg);
    tcp_leave(conn);
    return fate;
}

/* RFC 9293 section 3.6.1: a new SYN may end TIME-WAIT if its number is past
 * all of the old connection. */
static bool
may_reopen(const struct tcp_conn *conn, const struct tcp_segment *seg)
{
    return conn->state == TCP_TIME_WAIT
           && (seg->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN
           && seq_lt(conn->rcv_nxt, seg->seq)
           && tcp_lookup_listener(conn->stack, conn->lport);
}

static const struct fate *
demultiplex(struct tcp_stack *stack, struct tcp_segment *seg)
{
    struct tcp_conn *conn =
        tcp_lookup(stack, seg->dport, &seg->in->src, seg->sport);
    struct tcp_listener *listener;

    if (conn && may_reopen(conn, seg)) {
        tcp_enter(conn);
        tcp_end(conn, TCP_END_CLOSED);
        tcp_leave(conn);
        conn = NULL;
    }
    if (conn) {
        return conn_input(conn, seg);
    }
    listener = tcp_lookup_listener(stack, seg->dport);
    if (listener) {
        return tcp_listen_input(listener, seg);
    }
    tcp_refuse(stack, seg);
    return &guest_fates[GUEST_FATE_NO_SOCKET];
}

static const struct fate *
segment_input(struct tcp_stack *stack, const struct guest_ip_packet *in)
{
    struct tcp_hdr hdr;
    struct tcp_segment seg;

    if (!ip_addr_equal(&in->dst, &stack->address)) {
        return &guest_fates[GUEST_FATE_NOT_MINE];
    }
    if (!tcp_decode(&hdr, in->l4, in->l4_stored)) {
        return &guest_fates[GUEST_FATE_MALFORMED];
    }
    if (checksum_of_segment(&in->src, &in->dst, IP_PROTO_TCP, in->l4,
                            in->l4_stored, in->l4_size)) {
        return &guest_fates[GUEST_FATE_CHECKSUM];
    }
    seg = (struct tcp_segment){
        .in = in,
        .seq = hdr.seq,
        .ack = hdr.ack,
        .len = (uint32_t) (in->l4_size - hdr.header_length),
        .window = hdr.window,
        .sport = hdr.sport,
        .dport = hdr.dport,
        .header_length = hdr.header_length,
        .flags = hdr.flags,
    };
    return demultiplex(stack, &seg);
}

/* Takes a segment that arrived at 'guest' and ends its packet. */
void
tcp_input(struct guest *guest, const struct guest_ip_packet *in)
{
    const struct fate *fate = segment_input(guest_tcp(guest), in);

    if (node_is_heard(guest_node(guest))
        && fate != &guest_fates[GUEST_FATE_DELIVERED]) {
        node_note(guest_node(guest), in->pkt, "tcp", "%s: %s", fate->name,
                  fate->help);
    }
    node_end_packet(guest_node(guest), in->pkt, fate);
}

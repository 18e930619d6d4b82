#include <string.h>

#include "models/guest/tcp_internal.h"
#include "models/wire/checksum.h"

/* Segments' bytes. */

/* Sends a segment with the header '*hdr', whose length and checksum are filled
 * in here, 'n_options' bytes of options and 'len' of payload. */
static void
send_segment(struct tcp_stack *stack, const struct ip_addr *to,
             struct guest_flow_tag tag, struct tcp_hdr *hdr,
             const uint8_t *options, size_t n_options, uint32_t len)
{
    size_t header = TCP_HLEN + n_options;
    struct packet *pkt =
        guest_new_packet(stack->guest, tag, header, header + len);
    uint8_t *data = packet_data(pkt);

    hdr->header_length = (uint8_t) header;
    hdr->checksum = 0;
    tcp_encode(hdr, data);
    if (n_options) {
        memcpy(data + TCP_HLEN, options, n_options);
    }
    put_be16(data + TCP_OFS_CHECKSUM,
             checksum_of_segment(&stack->address, to, IP_PROTO_TCP, data,
                                 header, header + len));
    guest_send_ip(stack->guest, pkt, to, IP_PROTO_TCP, tag.tos);
}

/* Sends 'len' bytes from number 'seq' on, with 'flags' and an ACK. */
void
tcp_send(struct tcp_conn *conn, uint32_t seq, uint32_t len, uint8_t flags)
{
    struct tcp_hdr hdr = {
        .sport = conn->lport,
        .dport = conn->rport,
        .seq = seq,
        .ack = conn->rcv_nxt,
        .flags = flags | TCP_ACK,
        .window = tcp_offer_window(conn, false),
    };

    conn->rcv_acked = conn->rcv_nxt;
    conn->ack_now = conn->ack_delayed = false;
    tcp_timer_clear(conn, TCP_TIMER_DELAYED_ACK);
    conn->stats.segments_sent++;
    send_segment(conn->stack, &conn->remote, conn->tag, &hdr, NULL, 0, len);
}

/* Returns the number for a segment without data: the next, unless the peer's
 * window ends before it (what was sent as a probe may not have been taken). */
static uint32_t
bare_seq(const struct tcp_conn *conn)
{
    uint32_t edge = conn->snd_una + conn->snd_wnd;

    return seq_lt(edge, conn->snd_max) ? seq_max(edge, conn->snd_nxt)
                                       : conn->snd_max;
}

void
tcp_send_ack(struct tcp_conn *conn)
{
    tcp_send(conn, bare_seq(conn), 0, 0);
}

void
tcp_send_reset(struct tcp_conn *conn)
{
    tcp_send(conn, bare_seq(conn), 0, TCP_RST);
}

/* Sends SYN, or SYN and ACK in SYN-RECEIVED, and starts its timer. */
void
tcp_send_syn(struct tcp_conn *conn)
{
    bool is_answer = conn->state == TCP_SYN_RECEIVED;
    struct tcp_options options = {
        .mss = (uint16_t) (guest_mtu(conn->stack->guest, conn->remote)
                           - TCP_HEADERS),
        .has_window_scale = !is_answer || conn->scale_ok,
        .window_scale = conn->rcv_scale,
    };
    uint8_t bytes[TCP_OPTIONS_MAX];
    size_t n_bytes = tcp_options_encode(&options, bytes);
    struct tcp_hdr hdr = {
        .sport = conn->lport,
        .dport = conn->rport,
        .seq = conn->iss,
        .ack = is_answer ? conn->rcv_nxt : 0,
        .flags = is_answer ? TCP_SYN | TCP_ACK : TCP_SYN,
        .window = tcp_offer_window(conn, true),
    };

    if (!conn->stats.segments_sent++) {
        conn->rtt_running = true;
        conn->rtt_seq = conn->iss + 1;
        conn->rtt_start = tcp_now(conn);
    } else {
        conn->stats.retransmits++;
    }
    tcp_timer_set(conn, TCP_TIMER_RETRANSMIT, conn->stats.rto);
    send_segment(conn->stack, &conn->remote, conn->tag, &hdr, bytes, n_bytes,
                 0);
}

/* Answers 'seg', which belongs to no connection or acknowledges what was never
 * sent, with RST (RFC 9293 section 3.5.2). */
void
tcp_refuse(struct tcp_stack *stack, const struct tcp_segment *seg)
{
    struct guest_flow_tag answer = guest_answer_tag(seg->in->pkt);
    struct tcp_hdr hdr = { .sport = seg->dport, .dport = seg->sport };

    if (seg->flags & TCP_RST) {
        return;
    }
    if (seg->flags & TCP_ACK) {
        hdr.seq = seg->ack;
        hdr.flags = TCP_RST;
    } else {
        hdr.ack = seg->seq + tcp_segment_space(seg);
        hdr.flags = TCP_RST | TCP_ACK;
    }
    send_segment(stack, &seg->in->src, answer, &hdr, NULL, 0, 0);
}

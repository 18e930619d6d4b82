#include <glib.h>

#include "models/guest/tcp_internal.h"

#define QUOTED_TCP 8 /* Ports and sequence number. */

/* RFC 1191 section 6.5: cuts what is outstanding anew, without taking the loss
 * for congestion. */
static void
lower_mss(struct tcp_conn *conn)
{
    int mss = guest_mtu(conn->stack->guest, conn->remote) - TCP_HEADERS;

    mss = MAX(mss, TCP_MSS_MIN);
    if (conn->state >= TCP_ESTABLISHED && mss < conn->mss) {
        conn->mss = (uint16_t) mss;
        conn->snd_nxt = conn->snd_una;
        conn->rtt_running = false;
    }
}

/* RFC 1122 section 4.2.3.9, but an established connection lives on whatever
 * ICMP says (RFC 5461 section 4.1). */
static void
take_error(struct tcp_conn *conn, const struct icmp_hdr *icmp)
{
    if (icmp->type != ICMP_UNREACHABLE) {
        return;
    }
    switch (icmp->code) {
    case ICMP_UNREACHABLE_FRAG_NEEDED: lower_mss(conn); break;
    case ICMP_UNREACHABLE_PORT:
    case ICMP_UNREACHABLE_PROTOCOL:
        if (conn->state == TCP_SYN_SENT) {
            tcp_end(conn, TCP_END_REFUSED);
        }
        break;
    default: break; /* RFC 1122: soft, it may pass. */
    }
}

/* An ICMP error, with the guest's path MTU brought up to date, quotes 'size'
 * bytes of a packet from its IPv4 header on.  Only one that is outstanding
 * counts (RFC 5927 section 4.1). */
void
tcp_icmp_error(struct guest *guest, const struct icmp_hdr *icmp,
               const uint8_t *quoted, size_t size)
{
    struct ipv4_hdr ip;
    const uint8_t *tcp;
    struct tcp_conn *conn;
    uint32_t seq;

    if (!ipv4_decode(&ip, quoted, size, SIZE_MAX)
        || size - ip.header_length < QUOTED_TCP) {
        return;
    }
    tcp = quoted + ip.header_length;
    conn = tcp_lookup(guest_tcp(guest), get_be16(tcp + TCP_OFS_SPORT), &ip.dst,
                      get_be16(tcp + TCP_OFS_DPORT));
    seq = get_be32(tcp + TCP_OFS_SEQ);
    if (conn && seq_le(conn->snd_una, seq) && seq_lt(seq, conn->snd_max)) {
        tcp_enter(conn);
        take_error(conn, icmp);
        tcp_leave(conn);
    }
}

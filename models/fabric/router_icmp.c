/* What a router says for itself: errors about packets that end here, and answers
 * to echo.  RFC 792, RFC 1812 sections 4.3 and 5.2.7, RFC 4443. */

#include <glib.h>
#include <string.h>

#include "models/fabric/router_inside.h"
#include "models/fabric/router_neighbor.h"
#include "models/wire/icmp.h"
#include "models/wire/icmp6.h"
#include "models/wire/udp.h"

/* At most so many errors: RFC 1812 section 4.3.2.8 and RFC 4443 section 2.4 (f)
 * want a bound. */
#define ICMP_INTERVAL (1 * SIM_MS) /* One in this time, on average, */
#define ICMP_BURST    50           /* and so many at once. */

#define ROUTER_TTL      64  /* Of what it sends itself. */
#define ICMP_ERROR_SIZE 576 /* Bytes of an error, RFC 1812 4.3.2.3. */

#define TOS_CONTROL 0xc0 /* DSCP CS6. */

#define ICMP6_UNREACHABLE_SCOPE     2 /* Code: RFC 4443 section 3.1. */
#define ICMP6_PARAMETER_NEXT_HEADER 1 /* Code: RFC 4443 section 3.4. */
#define ICMP6_OFS_NEXT_HEADER       6

/* What a packet's sender is told of its fate; type6 0: nothing. */
struct report {
    uint8_t type, code;
    uint8_t type6, code6;
    uint32_t rest6;
};

static const struct report reports[ROUTER_N_FATES] = {
    [ROUTER_FATE_TTL] = { ICMP_TIME_EXCEEDED, 0, ICMP6_TIME_EXCEEDED, 0, 0 },
    [ROUTER_FATE_NO_ROUTE] = { ICMP_UNREACHABLE, ICMP_UNREACHABLE_NET,
                               ICMP6_UNREACHABLE, ICMP6_UNREACHABLE_ROUTE, 0 },
    [ROUTER_FATE_UNRESOLVED] = { ICMP_UNREACHABLE, ICMP_UNREACHABLE_HOST,
                                 ICMP6_UNREACHABLE, ICMP6_UNREACHABLE_ADDRESS,
                                 0 },
    [ROUTER_FATE_TOO_BIG] = { ICMP_UNREACHABLE, ICMP_UNREACHABLE_FRAG_NEEDED,
                              ICMP6_TOO_BIG, 0, 0 },
    [ROUTER_FATE_NO_SERVICE] = { ICMP_UNREACHABLE, ICMP_UNREACHABLE_PORT,
                                 ICMP6_UNREACHABLE, ICMP6_UNREACHABLE_PORT,
                                 0 },
    [ROUTER_FATE_PROTOCOL] = { ICMP_UNREACHABLE, ICMP_UNREACHABLE_PROTOCOL,
                               ICMP6_PARAMETER, ICMP6_PARAMETER_NEXT_HEADER,
                               ICMP6_OFS_NEXT_HEADER },
    [ROUTER_FATE_LINK_LOCAL] = { ICMP_UNREACHABLE, ICMP_UNREACHABLE_NET,
                                 ICMP6_UNREACHABLE, ICMP6_UNREACHABLE_SCOPE,
                                 0 },
};

/* Takes one from the bucket of errors that may be sent; false if it is
 * empty. */
static bool
take_token(struct router *router)
{
    sim_time now = sim_now(router->node.sim);
    sim_time full_at = MAX(router->icmp_budget, now) + ICMP_INTERVAL;

    if (full_at - now > ICMP_BURST * ICMP_INTERVAL) {
        router->stats.icmp_suppressed++;
        return false;
    }
    router->icmp_budget = full_at;
    return true;
}

/* Returns a packet of the router's for what 'about' was part of, of 'size'
 * bytes behind its Ethernet header, 'stored' of them held. */
static struct packet *
new_answer(struct router *router, const struct packet *about, uint16_t type,
           size_t stored, size_t size)
{
    struct packet *pkt =
        node_new_packet(&router->node, ETH_HLEN + stored, ETH_HLEN + size);

    pkt->tag.flow = about->tag.flow;
    pkt->tag.tenant = about->tag.tenant;
    pkt->tag.reply = !about->tag.reply;
    pkt->tag.step = "icmp";
    put_be16(packet_data(pkt) + 2 * ETH_ALEN, type);
    return pkt;
}

static void
write_v4(struct router *router, struct packet *pkt, uint8_t tos,
         const struct ip_addr *src, const struct ip_addr *dst)
{
    const struct ipv4_hdr ip = {
        .dscp = tos >> 2,
        .ttl = ROUTER_TTL,
        .protocol = IP_PROTO_ICMP,
        .total_length = (uint16_t) (pkt->size - ETH_HLEN),
        .id = ++router->ip_id,
        .src = *src,
        .dst = *dst,
    };

    ipv4_encode(&ip, packet_data(pkt) + ETH_HLEN);
}

static void
write_v6(struct packet *pkt, const struct ip_addr *src,
         const struct ip_addr *dst)
{
    const struct ipv6_hdr ip = {
        .next_header = IP_PROTO_ICMPV6,
        .hop_limit = ROUTER_TTL,
        .payload_length = (uint16_t) (pkt->size - ETH_HLEN - IPV6_HLEN),
        .src = *src,
        .dst = *dst,
    };

    ipv6_encode(&ip, packet_data(pkt) + ETH_HLEN);
}

/* Sends the error about 'pkt', which came in on 'in', that 'report' says.
 * Its precedence is internetwork control's, DSCP CS6: RFC 1812 4.3.2.5. */
static void
report_v4(struct router *router, struct port *in, const struct packet *pkt,
          const struct report *report, uint32_t mtu)
{
    const uint8_t *ip = packet_data(pkt) + ETH_HLEN;
    size_t stored = pkt->stored - (size_t) ETH_HLEN;
    size_t quote =
        MIN(pkt->size - ETH_HLEN, ICMP_ERROR_SIZE - IPV4_HLEN - ICMP_HLEN);
    const struct icmp_hdr icmp = { .type = report->type,
                                   .code = report->code,
                                   .rest = mtu };
    struct packet *answer;
    struct ipv4_hdr hdr;
    struct ip_addr src;
    uint8_t *body;

    if (!ipv4_decode(&hdr, ip, stored, pkt->size - (size_t) ETH_HLEN)
        || !icmp_may_report(&hdr, ip + hdr.header_length,
                            stored - hdr.header_length)
        || router_owns_v4(router, ip_addr_to_v4(&hdr.src))
        || !router_source(router, in, IP_V4, &src) || !take_token(router)) {
        return;
    }
    stored = MIN(stored, quote);
    answer =
        new_answer(router, pkt, ETH_TYPE_IPV4, IPV4_HLEN + ICMP_HLEN + stored,
                   IPV4_HLEN + ICMP_HLEN + quote);
    write_v4(router, answer, TOS_CONTROL, &src, &hdr.src);
    body = packet_data(answer) + ETH_HLEN + IPV4_HLEN;
    icmp_encode(&icmp, body);
    memcpy(body + ICMP_HLEN, ip, stored);
    icmp_set_checksum(body, ICMP_HLEN + stored);
    router->stats.icmp_sent++;
    router_send_own(router, answer);
}

static void
report_v6(struct router *router, struct port *in, const struct packet *pkt,
          const struct report *report, uint32_t mtu)
{
    const uint8_t *ip = packet_data(pkt) + ETH_HLEN;
    size_t stored = pkt->stored - (size_t) ETH_HLEN;
    size_t quote =
        MIN(pkt->size - ETH_HLEN, (size_t) ICMP6_ERROR_MAX - ICMP6_HLEN);
    const struct icmp6_hdr icmp = { .type = report->type6,
                                    .code = report->code6,
                                    .rest = mtu ? mtu : report->rest6 };
    struct packet *answer;
    struct ipv6_hdr hdr;
    struct ip_addr src;
    uint8_t *body;

    if (!ipv6_decode(&hdr, ip, stored, pkt->size - (size_t) ETH_HLEN)
        || !icmp6_may_report(&hdr, ip, stored, icmp.type, icmp.code)
        || router_owns_v6(router, get_be64(hdr.src.octets),
                          get_be64(hdr.src.octets + 8))
        || !router_source(router, in, IP_V6, &src) || !take_token(router)) {
        return;
    }
    stored = MIN(stored, quote);
    answer =
        new_answer(router, pkt, ETH_TYPE_IPV6, IPV6_HLEN + ICMP6_HLEN + stored,
                   IPV6_HLEN + ICMP6_HLEN + quote);
    write_v6(answer, &src, &hdr.src);
    body = packet_data(answer) + ETH_HLEN + IPV6_HLEN;
    icmp6_encode(&icmp, body);
    memcpy(body + ICMP6_HLEN, ip, stored);
    icmp6_set_checksum(body, ICMP6_HLEN + stored, ICMP6_HLEN + quote, &src,
                       &hdr.src);
    router->stats.icmp_sent++;
    router_send_own(router, answer);
}

/* Ends 'pkt', an IP packet with its Ethernet header, for the reason 'fate', and
 * tells its sender if that is one to be told of.  'in' is where it came from,
 * null: not known any more; 'mtu' is of use for ROUTER_FATE_TOO_BIG. */
void
router_refuse(struct router *router, struct port *in, struct packet *pkt,
              enum router_fate fate, uint32_t mtu)
{
    const struct report *report = &reports[fate];

    if (report->type6) {
        if (packet_data(pkt)[ETH_HLEN] >> 4 == 4) {
            report_v4(router, in, pkt, report, mtu);
        } else {
            report_v6(router, in, pkt, report, mtu);
        }
    }
    router_end(router, pkt, fate);
}

/* For the router itself. */

static enum router_fate
answer_echo_v4(struct router *router, const struct packet *pkt,
               const struct ipv4_hdr *hdr)
{
    size_t ofs = (size_t) ETH_HLEN + hdr->header_length;
    size_t stored = pkt->stored - ofs;
    struct packet *answer =
        new_answer(router, pkt, ETH_TYPE_IPV4, IPV4_HLEN + stored,
                   IPV4_HLEN + pkt->size - ofs);
    uint8_t *body = packet_data(answer) + ETH_HLEN + IPV4_HLEN;

    write_v4(router, answer, (uint8_t) (hdr->dscp << 2), &hdr->dst, &hdr->src);
    memcpy(body, packet_data(pkt) + ofs, stored);
    body[0] = ICMP_ECHO_REPLY;
    icmp_set_checksum(body, stored);
    router_send_own(router, answer);
    return ROUTER_FATE_ECHO;
}

static enum router_fate
take_icmp_v4(struct router *router, const struct packet *pkt,
             const struct ipv4_hdr *hdr)
{
    const uint8_t *icmp = packet_data(pkt) + ETH_HLEN + hdr->header_length;
    size_t stored = pkt->stored - (size_t) ETH_HLEN - hdr->header_length;

    if (stored < ICMP_HLEN) {
        return ROUTER_FATE_MALFORMED;
    }
    if (!icmp_checksum_is_right(icmp, stored)) {
        return ROUTER_FATE_CHECKSUM;
    }
    return icmp[0] == ICMP_ECHO_REQUEST ? answer_echo_v4(router, pkt, hdr)
                                        : ROUTER_FATE_ICMP;
}

/* Takes 'pkt', an IPv4 packet with a right header for one of the router's own
 * addresses. */
void
router_deliver_v4(struct router *router, struct port *in, struct packet *pkt)
{
    const uint8_t *ip = packet_data(pkt) + ETH_HLEN;
    enum router_fate fate = ROUTER_FATE_PROTOCOL;
    struct ipv4_hdr hdr;

    if (!ipv4_decode(&hdr, ip, pkt->stored - (size_t) ETH_HLEN,
                     pkt->size - (size_t) ETH_HLEN)) {
        fate = ROUTER_FATE_MALFORMED;
    } else if (ipv4_is_fragment(&hdr)) {
        fate = ROUTER_FATE_FRAGMENT;
    } else if (hdr.protocol == IP_PROTO_ICMP) {
        fate = take_icmp_v4(router, pkt, &hdr);
    } else if (hdr.protocol == IP_PROTO_UDP) {
        fate = ROUTER_FATE_NO_SERVICE;
    }
    router_refuse(router, in, pkt, fate, 0);
}

static enum router_fate
answer_echo_v6(struct router *router, const struct packet *pkt,
               const struct ipv6_hdr *hdr, size_t ofs)
{
    size_t stored = pkt->stored - ofs;
    size_t size = pkt->size - ofs;
    struct packet *answer = new_answer(router, pkt, ETH_TYPE_IPV6,
                                       IPV6_HLEN + stored, IPV6_HLEN + size);
    uint8_t *body = packet_data(answer) + ETH_HLEN + IPV6_HLEN;

    write_v6(answer, &hdr->dst, &hdr->src);
    memcpy(body, packet_data(pkt) + ofs, stored);
    body[0] = ICMP6_ECHO_REPLY;
    icmp6_set_checksum(body, stored, size, &hdr->dst, &hdr->src);
    router_send_own(router, answer);
    return ROUTER_FATE_ECHO;
}

static enum router_fate
take_icmp_v6(struct router *router, const struct packet *pkt,
             const struct ipv6_hdr *hdr, size_t ofs)
{
    const uint8_t *icmp = packet_data(pkt) + ofs;
    size_t stored = pkt->stored > ofs ? pkt->stored - ofs : 0;

    if (stored < ICMP6_HLEN) {
        return ROUTER_FATE_MALFORMED;
    }
    if (!icmp6_checksum_is_right(icmp, stored, pkt->size - ofs, &hdr->src,
                                 &hdr->dst)) {
        return ROUTER_FATE_CHECKSUM;
    }
    return icmp[0] == ICMP6_ECHO_REQUEST
               ? answer_echo_v6(router, pkt, hdr, ofs)
               : ROUTER_FATE_ICMP;
}

/* The same for IPv6. */
void
router_deliver_v6(struct router *router, struct port *in, struct packet *pkt)
{
    const uint8_t *ip = packet_data(pkt) + ETH_HLEN;
    size_t stored = pkt->stored - (size_t) ETH_HLEN;
    enum router_fate fate = ROUTER_FATE_PROTOCOL;
    struct ipv6_upper upper;
    struct ipv6_hdr hdr;

    if (router_nd_input(router, in, pkt)) {
        fate = ROUTER_FATE_ND;
    } else if (!ipv6_decode(&hdr, ip, stored, pkt->size - (size_t) ETH_HLEN)
               || !ipv6_find_upper(&upper, &hdr, ip, stored)) {
        fate = ROUTER_FATE_MALFORMED;
    } else if (upper.is_fragment) {
        fate = ROUTER_FATE_FRAGMENT;
    } else if (upper.protocol == IP_PROTO_ICMPV6) {
        fate = take_icmp_v6(router, pkt, &hdr, ETH_HLEN + upper.offset);
    } else if (upper.protocol == IP_PROTO_UDP) {
        fate = ROUTER_FATE_NO_SERVICE;
    }
    router_refuse(router, in, pkt, fate, 0);
}

#include "models/wire/frame.h"

#include "models/wire/arp.h"
#include "models/wire/bytes.h"
#include "models/wire/icmp.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"
#include "models/wire/stp.h"
#include "models/wire/tcp.h"
#include "models/wire/udp.h"
#include "models/wire/vxlan.h"

/* The bytes of one layer and of what it carries. */
struct span {
    const uint8_t *data;
    size_t stored; /* May be read; not more than 'size'. */
    size_t size;   /* There are. */
};

/* Returns what is left of 'span' behind its first 'offset' bytes, which it has,
 * up to 'size' bytes in all. */
static struct span
span_inside(const struct span *span, size_t offset, size_t size)
{
    struct span inside = { span->data + offset, 0, size - offset };

    if (span->stored > offset) {
        inside.stored = span->stored - offset;
    }
    if (inside.stored > inside.size) {
        inside.stored = inside.size;
    }
    return inside;
}

static void
parse_arp(struct frame_view *view, const struct span *arp)
{
    struct arp_hdr hdr;

    if (!arp_decode(&hdr, arp->data, arp->stored)) {
        view->is_malformed = true;
        return;
    }
    view->arp_op = hdr.op;
    view->arp_sha = hdr.sha;
    view->arp_tha = hdr.tha;
    view->src = hdr.spa;
    view->dst = hdr.tpa;
    view->l3_size = ARP_HLEN;
}

static void
set_tunnel(struct frame_view *view, enum frame_tunnel tunnel, uint32_t vsid,
           size_t hlen, size_t size)
{
    view->tunnel = tunnel;
    view->vsid = vsid;
    view->inner_offset = view->l4_offset + (uint32_t) hlen;
    view->inner_size = (uint32_t) (size - hlen);
}

static void
parse_gre(struct frame_view *view, const struct span *gre)
{
    struct nvgre_hdr hdr;

    view->nvgre = nvgre_decode(&hdr, gre->data, gre->stored);
    if (view->nvgre == NVGRE_OK) {
        view->flow_id = hdr.flow_id;
        set_tunnel(view, FRAME_TUNNEL_NVGRE, hdr.vsid, NVGRE_HLEN, gre->size);
    } else if (view->nvgre == NVGRE_TOO_SHORT) {
        view->is_malformed = true;
    }
}

static void
parse_udp(struct frame_view *view, const struct span *udp)
{
    struct udp_hdr hdr;
    struct vxlan_hdr vxlan;

    if (!udp_decode(&hdr, udp->data, udp->stored,
                    view->is_fragment ? SIZE_MAX : udp->size)) {
        view->is_malformed = true;
        return;
    }
    view->has_ports = true;
    view->sport = hdr.sport;
    view->dport = hdr.dport;
    if (hdr.dport == VXLAN_PORT && !view->is_fragment) {
        struct span payload = span_inside(udp, UDP_HLEN, hdr.length);

        if (vxlan_decode(&vxlan, payload.data, payload.stored)) {
            set_tunnel(view, FRAME_TUNNEL_VXLAN, vxlan.vni,
                       UDP_HLEN + VXLAN_HLEN, hdr.length);
        }
    }
}

static void
parse_tcp(struct frame_view *view, const struct span *tcp)
{
    struct tcp_hdr hdr;

    if (!tcp_decode(&hdr, tcp->data, tcp->stored)) {
        view->is_malformed = true;
        return;
    }
    view->has_ports = true;
    view->sport = hdr.sport;
    view->dport = hdr.dport;
    view->tcp_flags = hdr.flags;
}

/* ICMPv6's header is the same as far as it goes here. */
static void
parse_icmp(struct frame_view *view, const struct span *icmp)
{
    struct icmp_hdr hdr;

    if (!icmp_decode(&hdr, icmp->data, icmp->stored)) {
        view->is_malformed = true;
        return;
    }
    view->has_icmp = true;
    view->icmp_type = hdr.type;
    view->icmp_code = hdr.code;
}

/* Looks at what IP carries from byte 'offset' of 'ip' to its end. */
static void
parse_l4(struct frame_view *view, const struct span *ip, size_t offset)
{
    struct span l4 = span_inside(ip, offset, ip->size);
    bool v6 = view->src.family == IP_V6;

    view->l4_offset = view->l3_offset + (uint32_t) offset;
    view->l4_size = (uint32_t) l4.size;
    if (view->fragment_offset) {
        return;
    }
    switch (view->protocol) {
    case IP_PROTO_TCP: parse_tcp(view, &l4); break;
    case IP_PROTO_UDP: parse_udp(view, &l4); break;
    case IP_PROTO_GRE:
        if (!view->is_fragment) {
            parse_gre(view, &l4);
        }
        break;
    case IP_PROTO_ICMP:
    case IP_PROTO_ICMPV6:
        if (v6 == (view->protocol == IP_PROTO_ICMPV6)) {
            parse_icmp(view, &l4);
        }
        break;
    default: break;
    }
}

static void
parse_ipv4(struct frame_view *view, const struct span *ip)
{
    struct ipv4_hdr hdr;
    struct span whole;

    if (!ipv4_decode(&hdr, ip->data, ip->stored, ip->size)) {
        view->is_malformed = true;
        return;
    }
    ip_addr_read(&view->src, IP_V4, ip->data + IPV4_OFS_SRC);
    ip_addr_read(&view->dst, IP_V4, ip->data + IPV4_OFS_DST);
    view->l3_size = hdr.total_length;
    view->protocol = hdr.protocol;
    view->ttl = hdr.ttl;
    view->dscp = hdr.dscp;
    view->ecn = hdr.ecn;
    view->is_fragment = ipv4_is_fragment(&hdr);
    view->fragment_offset = hdr.fragment_offset;
    whole = span_inside(ip, 0, hdr.total_length);
    parse_l4(view, &whole, hdr.header_length);
}

static void
parse_ipv6(struct frame_view *view, const struct span *ip)
{
    struct ipv6_hdr hdr;
    struct ipv6_upper upper;
    struct span whole;

    if (!ipv6_decode(&hdr, ip->data, ip->stored, ip->size)) {
        view->is_malformed = true;
        return;
    }
    ip_addr_read(&view->src, IP_V6, ip->data + IPV6_OFS_SRC);
    ip_addr_read(&view->dst, IP_V6, ip->data + IPV6_OFS_DST);
    view->l3_size = IPV6_HLEN + (uint32_t) hdr.payload_length;
    view->protocol = hdr.next_header;
    view->ttl = hdr.hop_limit;
    view->dscp = hdr.dscp;
    view->ecn = hdr.ecn;
    if (!ipv6_find_upper(&upper, &hdr, ip->data, ip->stored)) {
        view->is_malformed = true;
        return;
    }
    view->protocol = upper.protocol;
    view->is_fragment = upper.is_fragment;
    view->fragment_offset = upper.fragment_offset;
    whole = span_inside(ip, 0, view->l3_size);
    parse_l4(view, &whole, upper.offset);
}

/* Looks at the frame whose type is a length: LLC. */
static void
parse_llc(struct frame_view *view, const struct span *frame)
{
    struct stp_bpdu bpdu;

    if (stp_is_announced(frame->data, frame->stored)) {
        view->has_bpdu =
            stp_frame_decode(&bpdu, frame->data, frame->stored, frame->size);
        view->is_malformed = !view->has_bpdu;
    }
}

/* A view is cleared by copying this: gcc clears as many bytes with "rep stos",
 * which takes longer than all the rest of frame_parse(). */
static const struct frame_view no_view;

/* Looks at the frame of 'size' bytes whose first 'stored' are at 'data', and
 * stores what it finds into '*view'.  Returns false, with '*view' all zeros but
 * 'is_malformed', if its Ethernet header or tag is cut short. */
bool
frame_parse(struct frame_view *view, const uint8_t *data, size_t stored,
            size_t size)
{
    struct span frame = { data, stored < size ? stored : size, size };
    struct span l3;
    struct eth_hdr eth;
    size_t offset = ETH_HLEN;
    bool is_tagged;

    *view = no_view;
    if (!eth_decode(&eth, data, frame.stored)) {
        view->is_malformed = true;
        return false;
    }
    is_tagged = eth.type == ETH_TYPE_VLAN || eth.type == ETH_TYPE_QINQ;
    if (is_tagged) {
        offset += VLAN_HLEN;
        if (frame.stored < offset) {
            view->is_malformed = true;
            return false;
        }
        vlan_decode(&view->vlan, data + VLAN_OFS, VLAN_HLEN);
        eth.type = get_be16(data + VLAN_OFS + VLAN_HLEN);
    }
    view->is_tagged = is_tagged;
    view->eth_dst = eth.dst;
    view->eth_src = eth.src;
    view->type = eth.type;
    view->l3_offset = (uint32_t) offset;
    l3 = span_inside(&frame, offset, size);
    switch (eth.type) {
    case ETH_TYPE_ARP: parse_arp(view, &l3); break;
    case ETH_TYPE_IPV4: parse_ipv4(view, &l3); break;
    case ETH_TYPE_IPV6: parse_ipv6(view, &l3); break;
    default:
        if (eth.type < ETH_TYPE_MIN && !is_tagged) {
            parse_llc(view, &frame);
        }
        break;
    }
    return true;
}

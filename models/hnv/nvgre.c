/* NVGRE: the customer's frame travels whole in a GRE packet between the hosts'
 * provider addresses, whose key says which virtual subnet it is of (RFC 7637).
 *
 *     | Ethernet 14 | IPv4 20 or IPv6 40 | GRE with key 8 | frame, no tag |
 *
 * Either family of provider address carries any customer frame (section 4.5).
 * What arrives and is no NVGRE of ours is refused, each wrong by its own
 * name. */

#include "models/wire/nvgre.h"

#include "models/hnv/datapath.h"
#include "models/hnv/tag.h"
#include "models/wire/ip_tos.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"

#define OUTER_V4_HLEN (ETH_HLEN + IPV4_HLEN + NVGRE_HLEN)
#define OUTER_V6_HLEN (ETH_HLEN + IPV6_HLEN + NVGRE_HLEN)

static const struct fate *
drop(enum datapath_drop why)
{
    return &datapath_drops[why];
}

/* Egress. */

static void
put_outer_ipv4(struct datapath *dp, const struct datapath_frame *frame,
               uint8_t tos, uint8_t *data, size_t l3_size)
{
    struct ipv4_hdr ip = {
        .dscp = tos >> 2,
        .ecn = tos & IP_ECN_MASK,
        .ttl = dp->config.ttl,
        .protocol = IP_PROTO_GRE,
        .dont_fragment = dp->config.dont_fragment,
        .total_length = (uint16_t) l3_size,
        .id = dp->next_ip_id++,
        .src = frame->src->pa,
        .dst = frame->dst->pa,
    };

    ipv4_encode(&ip, data);
}

static void
put_outer_ipv6(const struct datapath *dp, const struct datapath_frame *frame,
               uint8_t tos, uint8_t *data, size_t l3_size)
{
    struct ipv6_hdr ip = {
        .dscp = tos >> 2,
        .ecn = tos & IP_ECN_MASK,
        .next_header = IP_PROTO_GRE,
        .hop_limit = dp->config.ttl,
        .payload_length = (uint16_t) (l3_size - IPV6_HLEN),
        .src = frame->src->pa,
        .dst = frame->dst->pa,
    };

    ipv6_encode(&ip, data);
}

/* Returns DSCP and ECN of the frame 'pkt', at least an Ethernet header long. */
static uint8_t
inner_tos(const struct packet *pkt)
{
    const uint8_t *data = packet_data(pkt);

    return ip_tos_get(get_be16(data + ETH_OFS_TYPE), data + ETH_HLEN,
                      pkt->stored - (size_t) ETH_HLEN);
}

/* Encapsulates 'pkt', a frame from the VM of 'frame->src', for the host of
 * 'frame->dst', without its 802.1Q tags (RFC 7637 section 3.3), under
 * 'flow_id'.  The outer header is marked as the inner one, ECN as RFC 6040
 * section 4.1 has it, and takes the datapath's next ID if it is IPv4.  Returns
 * null, or why it cannot. */
const struct fate *
nvgre_encapsulate(struct datapath *dp, const struct datapath_frame *frame,
                  struct packet *pkt, uint8_t flow_id)
{
    struct nvgre_hdr gre = { .vsid = frame->src->vsid, .flow_id = flow_id };
    struct eth_hdr eth = { .src = dp->nic_mac };
    uint8_t family = frame->dst->pa.family;
    size_t hlen = family == IP_V6 ? OUTER_V6_HLEN : OUTER_V4_HLEN;
    uint8_t *data, tos;

    if (family == IP_NONE || frame->src->pa.family != family) {
        return drop(DATAPATH_DROP_NVGRE_FAMILY);
    }
    while (pkt->stored >= ETH_HLEN + VLAN_HLEN
           && tag_is_at(packet_data(pkt))) {
        tag_pop(pkt);
    }
    if (pkt->stored < ETH_HLEN || tag_is_at(packet_data(pkt))
        || pkt->size > UINT16_MAX - (hlen - ETH_HLEN)) {
        return drop(DATAPATH_DROP_NVGRE_MALFORMED);
    }
    tos = inner_tos(pkt);
    data = packet_push(pkt, hlen);
    eth.type = family == IP_V6 ? ETH_TYPE_IPV6 : ETH_TYPE_IPV4;
    eth_encode(&eth, data);
    if (family == IP_V6) {
        put_outer_ipv6(dp, frame, tos, data + ETH_HLEN, pkt->size - ETH_HLEN);
    } else {
        put_outer_ipv4(dp, frame, tos, data + ETH_HLEN, pkt->size - ETH_HLEN);
    }
    nvgre_encode(&gre, data + hlen - NVGRE_HLEN);
    return NULL;
}

/* Returns the FlowID of the customer's frame: 1 to 255 by a hash over addresses,
 * protocol and, where all packets of the flow have them, ports; a fragment other
 * than the first has none, so no fragment's count.  0, "not generated", if it is
 * no IP packet. */
static uint8_t
inner_flow_id(const struct packet *pkt)
{
    struct frame_view view;
    uint64_t hash;

    frame_parse(&view, packet_data(pkt), pkt->stored, pkt->size);
    if (view.src.family == IP_NONE || view.arp_op) {
        return 0;
    }
    hash = ip_addr_hash(&view.src) + view.protocol;
    hash = hash * UINT64_C(0x9e3779b97f4a7c15) ^ ip_addr_hash(&view.dst);
    if (view.has_ports && !view.is_fragment) {
        hash += (uint64_t) view.sport << 16 | view.dport;
    }
    hash = (hash ^ hash >> 31) * UINT64_C(0xbf58476d1ce4e5b9);
    return (uint8_t) (1 + ((hash >> 32) * UINT8_MAX >> 32));
}

static const struct fate *
nvgre_egress(struct datapath *dp, const struct datapath_frame *frame,
             struct packet *pkt)
{
    uint8_t flow_id = 0;

    if (dp->config.flow_id == FLOW_ID_INNER_5TUPLE) {
        flow_id = inner_flow_id(pkt);
    }
    return nvgre_encapsulate(dp, frame, pkt, flow_id);
}

/* Ingress. */

/* The outer headers. */
struct outer {
    struct ip_addr src, dst;
    uint8_t protocol, ecn;
    bool is_fragment;
    size_t gre_offset; /* From the start of the frame. */
    size_t frame_size; /* Without the link's pad. */
};

static bool
decode_outer_ipv4(struct outer *outer, const uint8_t *data, size_t stored,
                  size_t size)
{
    struct ipv4_hdr ip;

    if (!ipv4_decode(&ip, data, stored, size)
        || !ipv4_checksum_is_right(data, ip.header_length)) {
        return false;
    }
    outer->src = ip.src;
    outer->dst = ip.dst;
    outer->protocol = ip.protocol;
    outer->ecn = ip.ecn;
    outer->is_fragment = ipv4_is_fragment(&ip);
    outer->gre_offset = ETH_HLEN + (size_t) ip.header_length;
    outer->frame_size = ETH_HLEN + (size_t) ip.total_length;
    return true;
}

static bool
decode_outer_ipv6(struct outer *outer, const uint8_t *data, size_t stored,
                  size_t size)
{
    struct ipv6_upper upper;
    struct ipv6_hdr ip;

    if (!ipv6_decode(&ip, data, stored, size)
        || !ipv6_find_upper(&upper, &ip, data, stored)) {
        return false;
    }
    outer->src = ip.src;
    outer->dst = ip.dst;
    outer->protocol = upper.protocol;
    outer->ecn = ip.ecn;
    outer->is_fragment = upper.is_fragment;
    outer->gre_offset = ETH_HLEN + (size_t) upper.offset;
    outer->frame_size = ETH_HLEN + IPV6_HLEN + (size_t) ip.payload_length;
    return true;
}

/* Returns null, or why 'pkt' is no GRE packet. */
static const struct fate *
decode_outer(struct outer *outer, const struct packet *pkt)
{
    const uint8_t *data = packet_data(pkt);
    const uint8_t *l3 = data + ETH_HLEN;
    size_t stored = pkt->stored - (size_t) ETH_HLEN;
    size_t size = pkt->size - (size_t) ETH_HLEN;
    struct eth_hdr eth;

    if (!eth_decode(&eth, data, pkt->stored)
        || !((eth.type == ETH_TYPE_IPV4
              && decode_outer_ipv4(outer, l3, stored, size))
             || (eth.type == ETH_TYPE_IPV6
                 && decode_outer_ipv6(outer, l3, stored, size)))
        || outer->protocol != IP_PROTO_GRE) {
        return drop(DATAPATH_DROP_NVGRE_MALFORMED);
    }
    return outer->is_fragment ? drop(DATAPATH_DROP_NVGRE_FRAGMENT) : NULL;
}

static const struct fate *
nvgre_refusal(enum nvgre_result result)
{
    switch (result) {
    case NVGRE_OK: return NULL;
    case NVGRE_TOO_SHORT: return drop(DATAPATH_DROP_NVGRE_MALFORMED);
    case NVGRE_BAD_VERSION:
    case NVGRE_BAD_FLAGS:
    case NVGRE_WRONG_PROTOCOL: return drop(DATAPATH_DROP_NVGRE_PROTOCOL);
    case NVGRE_HAS_CHECKSUM: return drop(DATAPATH_DROP_NVGRE_CHECKSUM);
    case NVGRE_HAS_SEQUENCE: return drop(DATAPATH_DROP_NVGRE_SEQUENCE);
    case NVGRE_NO_KEY: return drop(DATAPATH_DROP_NVGRE_NO_KEY);
    case NVGRE_RESERVED_VSID: return drop(DATAPATH_DROP_NVGRE_RESERVED_VSID);
    }
    return drop(DATAPATH_DROP_NVGRE_MALFORMED);
}

/* Marks the inner frame at 'data' as what happened to the outer packet wants
 * it.  Returns false if that cannot be said to its receiver. */
static bool
take_over_ecn(const struct outer *outer, uint8_t *data, size_t stored)
{
    uint16_t type = get_be16(data + ETH_OFS_TYPE);
    uint8_t *l3 = data + ETH_HLEN;
    enum ip_ecn inner, result;

    stored -= ETH_HLEN;
    inner = ip_tos_get(type, l3, stored) & IP_ECN_MASK;
    if (!ip_ecn_decapsulate(inner, outer->ecn, &result)) {
        return false;
    }
    if (result != inner) {
        ip_ecn_set(type, l3, stored, result);
    }
    return true;
}

static const struct fate *
nvgre_ingress(struct datapath *dp, struct datapath_frame *frame,
              struct packet *pkt)
{
    struct nvgre_hdr gre;
    struct outer outer;
    const struct fate *fate = decode_outer(&outer, pkt);
    const uint8_t *data = packet_data(pkt);
    size_t stored, hlen;

    (void) dp;
    if (fate) {
        return fate;
    }
    hlen = outer.gre_offset + NVGRE_HLEN;
    stored = pkt->stored < outer.frame_size ? pkt->stored : outer.frame_size;
    fate = nvgre_refusal(nvgre_decode(&gre, data + outer.gre_offset,
                                      stored - outer.gre_offset));
    if (fate) {
        return fate;
    }
    if (stored < hlen + ETH_HLEN) {
        return drop(DATAPATH_DROP_NVGRE_MALFORMED);
    }
    if (tag_is_at(data + hlen)) {
        return drop(DATAPATH_DROP_NVGRE_INNER_TAG);
    }
    if (!take_over_ecn(&outer, packet_data(pkt) + hlen, stored - hlen)) {
        return drop(DATAPATH_DROP_NVGRE_ECN);
    }
    packet_trim(pkt, outer.frame_size);
    packet_pull(pkt, hlen);
    frame->vsid = gre.vsid;
    frame->flow_id = gre.flow_id;
    frame->outer_src = outer.src;
    frame->outer_dst = outer.dst;
    return NULL;
}

static size_t
nvgre_overhead(uint8_t family)
{
    return family == IP_V6 ? OUTER_V6_HLEN : OUTER_V4_HLEN;
}

const struct datapath_ops datapath_nvgre = {
    .kind = "nvgre",
    .rule = POLICY_RULE_ENCAP,
    .help = "customer frames are carried in GRE between hosts (RFC 7637)",
    .egress = nvgre_egress,
    .ingress = nvgre_ingress,
    .overhead = nvgre_overhead,
};

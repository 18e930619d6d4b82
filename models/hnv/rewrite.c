/* Rewrite: every customer address has a provider address of its own, and a
 * packet carries the provider's instead of the customer's while it is on the
 * provider's network (HNV.md sections 0 and 1.7).  No byte is added.
 *
 *     what changes        egress                    ingress
 *     Ethernet            NIC's or VM's MAC         the VMs' MACs
 *     IP                  CA -> PA, checksum        PA -> CA, checksum
 *     TCP, UDP, ICMPv6    checksum                  checksum
 *     ICMP errors         the same in what they quote
 *
 * TTL, ID, DF and all else stay.  Checksums are updated, not computed (RFC
 * 1624): the payload is never read, and a wrong checksum stays as wrong as it
 * was, for the receiver to find.  There is no state: the way back is the way
 * there with the addresses' roles exchanged. */

#include "models/hnv/datapath.h"
#include "models/wire/checksum.h"
#include "models/wire/icmp.h"
#include "models/wire/icmp6.h"
#include "models/wire/tcp.h"
#include "models/wire/udp.h"

/* Which addresses become which. */
struct renaming {
    const struct ip_addr *src, *new_src;
    const struct ip_addr *dst, *new_dst;
};

/* Where in a packet is what must change. */
struct places {
    struct ip_addr src, dst;
    uint8_t *addresses;   /* Source's octets, then the destination's. */
    uint8_t *ip_checksum; /* Null: IPv6. */
    uint8_t *l4;          /* Null: not here, as in a later fragment. */
    size_t l4_held;       /* Bytes of it that may be read. */
    uint8_t protocol;
    size_t ip_size; /* Bytes of the packet, unpadded. */
};

static const struct fate *
drop(enum datapath_drop why)
{
    return &datapath_drops[why];
}

/* Looking. */

static bool
find_ipv4(struct places *places, uint8_t *data, size_t stored, size_t size)
{
    struct ipv4_hdr ip;

    if (!ipv4_decode(&ip, data, stored, size)) {
        return false;
    }
    places->src = ip.src;
    places->dst = ip.dst;
    places->addresses = data + IPV4_OFS_SRC;
    places->ip_checksum = data + IPV4_OFS_CHECKSUM;
    places->protocol = ip.protocol;
    places->ip_size = ip.total_length;
    if (!ip.fragment_offset) {
        size_t held = stored < ip.total_length ? stored : ip.total_length;

        places->l4 = data + ip.header_length;
        places->l4_held = held - ip.header_length;
    }
    return true;
}

/* 'is_quote' says that extension headers may be cut short. */
static bool
find_ipv6(struct places *places, uint8_t *data, size_t stored, size_t size,
          bool is_quote)
{
    struct ipv6_upper upper;
    struct ipv6_hdr ip;

    if (!ipv6_decode(&ip, data, stored, size)) {
        return false;
    }
    places->src = ip.src;
    places->dst = ip.dst;
    places->addresses = data + IPV6_OFS_SRC;
    places->ip_size = IPV6_HLEN + (size_t) ip.payload_length;
    if (!ipv6_find_upper(&upper, &ip, data, stored)) {
        return is_quote;
    }
    places->protocol = upper.protocol;
    if (!upper.fragment_offset) {
        size_t held = stored < places->ip_size ? stored : places->ip_size;

        places->l4 = data + upper.offset;
        places->l4_held = held - upper.offset;
    }
    return true;
}

/* Finds what must change in the IP packet at 'data'; 'stored' and 'size' are as
 * in models/wire/ipv4.h.  Returns false if its headers are wrong. */
static bool
find_places(struct places *places, uint8_t family, uint8_t *data,
            size_t stored, size_t size)
{
    bool is_quote = size == SIZE_MAX;

    *places = (struct places){ 0 };
    return family == IP_V4 ? find_ipv4(places, data, stored, size)
                           : find_ipv6(places, data, stored, size, is_quote);
}

/* Returns the offset of the checksum that covers a pseudo-header, and so the
 * addresses; 0 if the protocol has none that we know. */
static size_t
checksum_offset(const struct places *places)
{
    switch (places->protocol) {
    case IP_PROTO_TCP: return TCP_OFS_CHECKSUM;
    case IP_PROTO_UDP: return UDP_OFS_CHECKSUM;
    case IP_PROTO_ICMPV6: return places->ip_checksum ? 0 : ICMP6_OFS_CHECKSUM;
    default: return 0;
    }
}

/* Says whether the checksum that must change can.  One that a first fragment
 * is too short for cannot (RFC 3128). */
static bool
checksum_is_held(const struct places *places)
{
    size_t offset = checksum_offset(places);

    return !places->l4 || !offset || offset + 2 <= places->l4_held;
}

static bool
is_icmp(const struct places *places)
{
    return places->protocol
           == (places->ip_checksum ? IP_PROTO_ICMP : IP_PROTO_ICMPV6);
}

static bool
is_icmp_error(const struct places *places)
{
    return places->l4 && is_icmp(places) && places->l4_held >= ICMP_HLEN
           && (places->ip_checksum ? icmp_is_error(places->l4[0])
                                   : places->l4[0] < ICMP6_INFORMATIONAL);
}

/* Changing.  'change' is the sum, in ones' complement, by which all words that
 * were changed have grown: what a checksum over them must learn (RFC 1624). */

static void
set_be16(uint8_t *at, uint16_t value, uint32_t *change)
{
    *change += (uint32_t) (uint16_t) ~get_be16(at) + value;
    put_be16(at, value);
}

static void
set_addr(uint8_t *at, const struct ip_addr *addr, uint32_t *change)
{
    size_t n = ip_addr_octets(addr->family);

    for (size_t i = 0; i < n; i += 2) {
        set_be16(at + i, get_be16(addr->octets + i), change);
    }
}

/* Updates the checksum at 'at' for what it covers having grown by 'growth'.
 * UDP's 0 means "none" (RFC 768): it stays, and no other becomes it. */
static void
update_checksum(uint8_t *at, bool is_udp, uint32_t growth, uint32_t *change)
{
    uint16_t check = get_be16(at);
    uint32_t sum = growth;

    if (is_udp && !check) {
        return;
    }
    sum = (sum & 0xffff) + (sum >> 16) + (uint16_t) ~check;
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    check = (uint16_t) ~sum;
    set_be16(at, is_udp ? checksum_udp_on_wire(check) : check, change);
}

/* Gives the packet new addresses and the checksums that go with them.  'inside'
 * is by how much the data of its ICMP message has grown.  A checksum that is
 * not held, because a quote ends before it, is left out.  Returns by how much
 * the packet has grown. */
static uint32_t
readdress(const struct places *places, const struct ip_addr *src,
          const struct ip_addr *dst, uint32_t inside)
{
    size_t offset = checksum_offset(places);
    uint32_t growth = 0, change;

    set_addr(places->addresses, src, &growth);
    set_addr(places->addresses + ip_addr_octets(src->family), dst, &growth);
    change = growth;
    if (places->ip_checksum) {
        update_checksum(places->ip_checksum, false, growth, &change);
    }
    if (!offset) {
        growth = 0;
        offset = is_icmp(places) ? ICMP_OFS_CHECKSUM : 0;
    }
    if (places->l4 && offset && offset + 2 <= places->l4_held
        && growth + inside) {
        update_checksum(places->l4 + offset, places->protocol == IP_PROTO_UDP,
                        growth + inside, &change);
    }
    return change;
}

/* Renames the addresses of a quoted packet and returns by how much it has
 * grown.  It went the other way: its source is the one that now receives the
 * error.  A router on the way may have quoted another's packet, and an address
 * that has no new name keeps its old one. */
static uint32_t
readdress_quote(const struct places *quote, const struct renaming *names)
{
    const struct ip_addr *src = &quote->src, *dst = &quote->dst;

    if (ip_addr_equal(src, names->dst)) {
        src = names->new_dst;
    }
    if (ip_addr_equal(dst, names->src)) {
        dst = names->new_src;
    }
    return readdress(quote, src, dst, 0);
}

/* Renames the addresses in the IP packet of the frame 'pkt', and sets
 * '*ip_size' to its bytes.  Returns null, or why it cannot; 'pkt' is then as it
 * was. */
static const struct fate *
rename_addresses(struct packet *pkt, uint8_t family,
                 const struct renaming *names, size_t *ip_size)
{
    struct places packet, quote;
    uint32_t inside = 0;

    if (names->src->family != family || names->new_src->family != family
        || names->dst->family != family || names->new_dst->family != family) {
        return drop(DATAPATH_DROP_REWRITE_FAMILY);
    }
    if (!find_places(&packet, family, packet_data(pkt) + ETH_HLEN,
                     pkt->stored - ETH_HLEN, pkt->size - ETH_HLEN)
        || !checksum_is_held(&packet)) {
        return drop(DATAPATH_DROP_REWRITE_MALFORMED);
    }
    if (is_icmp_error(&packet)) {
        if (!find_places(&quote, family, packet.l4 + ICMP_HLEN,
                         packet.l4_held - ICMP_HLEN, SIZE_MAX)) {
            return drop(DATAPATH_DROP_REWRITE_MALFORMED);
        }
        inside = readdress_quote(&quote, names);
    }
    readdress(&packet, names->new_src, names->new_dst, inside);
    *ip_size = packet.ip_size;
    return NULL;
}

/* Returns the family of the IP packet in the frame 'pkt', IP_NONE if there is
 * none. */
static uint8_t
frame_family(const struct packet *pkt)
{
    switch (pkt->stored < ETH_HLEN ? 0 : get_be16(packet_data(pkt) + 12)) {
    case ETH_TYPE_IPV4: return IP_V4;
    case ETH_TYPE_IPV6: return IP_V6;
    default: return IP_NONE;
    }
}

static const struct fate *
rewrite_egress(struct datapath *dp, const struct datapath_frame *frame,
               struct packet *pkt)
{
    const struct policy_record *src = frame->src, *dst = frame->dst;
    uint8_t family = frame_family(pkt);
    struct eth_hdr eth;
    const struct fate *fate;
    size_t ip_size;

    if (!eth_decode(&eth, packet_data(pkt), pkt->stored)) {
        return drop(DATAPATH_DROP_REWRITE_MALFORMED);
    }
    if (family == IP_NONE) {
        return drop(DATAPATH_DROP_REWRITE_NOT_IP);
    }
    if (!dst || eth_addr_is_group(eth.dst)) {
        return drop(DATAPATH_DROP_REWRITE_GROUP);
    }
    fate = rename_addresses(
        pkt, family,
        &(struct renaming){ &src->ca, &src->pa, &dst->ca, &dst->pa },
        &ip_size);
    if (!fate) {
        eth.dst = (struct eth_addr){ { 0 } };
        eth.src = src->use_vm_mac ? src->mac : dp->nic_mac;
        eth_encode(&eth, packet_data(pkt));
    }
    return fate;
}

static const struct fate *
rewrite_ingress(struct datapath *dp, struct datapath_frame *frame,
                struct packet *pkt)
{
    const struct policy_record *src = frame->src, *dst = frame->dst;
    uint8_t family = frame_family(pkt);
    struct eth_hdr eth;
    const struct fate *fate;
    size_t ip_size;

    (void) dp;
    if (!eth_decode(&eth, packet_data(pkt), pkt->stored)) {
        return drop(DATAPATH_DROP_REWRITE_MALFORMED);
    }
    if (family == IP_NONE) {
        return drop(DATAPATH_DROP_REWRITE_NOT_IP);
    }
    fate = rename_addresses(
        pkt, family,
        &(struct renaming){ &src->pa, &src->ca, &dst->pa, &dst->ca },
        &ip_size);
    if (!fate) {
        packet_trim(pkt, ETH_HLEN + ip_size);
        eth.dst = dst->mac;
        eth.src = src->mac;
        eth_encode(&eth, packet_data(pkt));
        frame->vsid = dst->vsid;
        frame->outer_src = src->pa;
        frame->outer_dst = dst->pa;
    }
    return fate;
}

static size_t
rewrite_overhead(uint8_t family)
{
    (void) family;
    return 0;
}

const struct datapath_ops datapath_rewrite = {
    .kind = "rewrite",
    .rule = POLICY_RULE_NAT,
    .help = "customer addresses are replaced by provider addresses",
    .egress = rewrite_egress,
    .ingress = rewrite_ingress,
    .overhead = rewrite_overhead,
};

/* Neighbor discovery of a router, RFC 4861: what solicitations and
 * advertisements say, and its answers. */

#include <string.h>

#include "models/fabric/router_neighbor.h"
#include "models/wire/eth_group.h"
#include "models/wire/icmp6.h"
#include "models/wire/nd.h"

/* Returns the neighbor discovery message '*msg' as a frame. */
struct packet *
router_new_nd(struct router *router, uint64_t dst_mac, uint64_t src_mac,
              const struct ip_addr *src, const struct ip_addr *dst,
              const struct nd_msg *msg)
{
    uint8_t body[ND_SIZE_MAX];
    size_t n = nd_encode(msg, body);
    size_t size = ETH_HLEN + IPV6_HLEN + n;
    struct packet *pkt = node_new_packet(&router->node, size, size);
    uint8_t *data = packet_data(pkt);
    const struct ipv6_hdr ip = {
        .next_header = IP_PROTO_ICMPV6,
        .hop_limit = ND_HOP_LIMIT,
        .payload_length = (uint16_t) n,
        .src = *src,
        .dst = *dst,
    };

    router_set_macs(data, dst_mac, src_mac);
    put_be16(data + 2 * ETH_ALEN, ETH_TYPE_IPV6);
    ipv6_encode(&ip, data + ETH_HLEN);
    icmp6_set_checksum(body, n, n, src, dst);
    memcpy(data + ETH_HLEN + IPV6_HLEN, body, n);
    pkt->tag.step = "nd";
    return pkt;
}

/* Answers the solicitation 'msg' for our own address from 'src' at 'mac'.  One
 * without a source asks whether the address is taken: RFC 4861 section 7.2.4,
 * RFC 4862 section 5.4. */
static void
advertise(struct router *router, struct port *in, const struct nd_msg *msg,
          const struct ip_addr *src, uint64_t mac)
{
    const struct router_interface *interface =
        &router->interfaces[router->interface_of[in->index]];
    bool has_source = !ip_addr_is_unspecified(src);
    struct ip_addr to = *src;
    const struct nd_msg reply = {
        .type = ND_NEIGHBOR_ADVERT,
        .target = msg->target,
        .is_router = true,
        .is_solicited = has_source,
        .is_override = true,
        .has_target_mac = true,
        .target_mac = interface->config.mac,
    };

    if (!has_source) {
        ip_addr_parse("ff02::1", &to);
        mac = eth_addr_to_u64(eth_group_addr(&to));
    }
    port_send(in, router_new_nd(router, mac, interface->mac, &msg->target, &to,
                                &reply));
}

static void
take_solicitation(struct router *router, struct port *in,
                  const struct packet *pkt, const struct ipv6_hdr *ip,
                  const struct nd_msg *msg)
{
    uint32_t number = router->interface_of[in->index];
    const struct router_interface *interface = &router->interfaces[number];
    uint64_t mac = get_be64(packet_data(pkt) + ETH_ALEN) >> 16;

    if (interface->config.v6.addr.family != IP_V6
        || !ip_addr_equal(&msg->target, &interface->config.v6.addr)) {
        return;
    }
    if (msg->has_source_mac) {
        mac = eth_addr_to_u64(msg->source_mac);
    }
    if (msg->has_source_mac && router_is_neighbor(router, number, &ip->src)) {
        struct neighbor_key key = neighbor_key(number, &ip->src);

        router_learn(router, &key, mac, in, true);
    }
    advertise(router, in, msg, &ip->src, mac);
}

/* RFC 4861 section 7.2.5: an advertisement is for who is in the table; without
 * the override flag it does not change a MAC that is known. */
static void
take_advertisement(struct router *router, struct port *in,
                   const struct nd_msg *msg)
{
    uint32_t number = router->interface_of[in->index];
    struct neighbor_key key = neighbor_key(number, &msg->target);
    struct neighbor *entry = neighbor_lookup(&router->neighbors, &key);
    uint64_t mac = eth_addr_to_u64(msg->target_mac);

    if (!entry || !router_is_neighbor(router, number, &msg->target)) {
        return;
    }
    if (!msg->has_target_mac) {
        mac = entry->mac; /* Confirmed, if it is known. */
    }
    if (msg->is_override || entry->state == NEIGHBOR_INCOMPLETE
        || mac == entry->mac) {
        router_learn(router, &key, mac, in, false);
    }
}

/* Acts on 'pkt', whose Ethernet header is held, if it is a valid solicitation
 * or advertisement (RFC 4861 sections 7.1.1 and 7.1.2), and says whether it
 * is. */
bool
router_nd_input(struct router *router, struct port *in,
                const struct packet *pkt)
{
    const uint8_t *data = packet_data(pkt) + ETH_HLEN;
    size_t stored = pkt->stored - (size_t) ETH_HLEN;
    struct ipv6_hdr ip;
    struct nd_msg msg;
    const uint8_t *body;
    size_t n;

    if (!ipv6_decode(&ip, data, stored, pkt->size - (size_t) ETH_HLEN)
        || ip.next_header != IP_PROTO_ICMPV6 || ip.hop_limit != ND_HOP_LIMIT
        || stored < IPV6_HLEN + (size_t) ip.payload_length) {
        return false;
    }
    body = data + IPV6_HLEN;
    n = ip.payload_length;
    if (!nd_decode(&msg, body, n)
        || !icmp6_checksum_is_right(body, n, n, &ip.src, &ip.dst)) {
        return false;
    }
    if (msg.type == ND_NEIGHBOR_SOLICIT) {
        take_solicitation(router, in, pkt, &ip, &msg);
    } else if (msg.type == ND_NEIGHBOR_ADVERT) {
        take_advertisement(router, in, &msg);
    }
    return true;
}

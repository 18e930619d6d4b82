#include "models/host/glance.h"

#include "models/wire/arp.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"

static void
glance_at_ipv4(struct glance *g, const uint8_t *data, size_t stored,
               size_t size)
{
    struct ipv4_hdr ip;

    if (!ipv4_decode(&ip, data, stored, size)) {
        g->is_malformed = true;
        return;
    }
    g->src = ip.src;
    g->dst = ip.dst;
    g->protocol = ip.protocol;
    g->size = ETH_HLEN + (uint32_t) ip.total_length;
}

static void
glance_at_ipv6(struct glance *g, const uint8_t *data, size_t stored,
               size_t size)
{
    struct ipv6_hdr ip;

    if (!ipv6_decode(&ip, data, stored, size)) {
        g->is_malformed = true;
        return;
    }
    g->src = ip.src;
    g->dst = ip.dst;
    g->protocol = ip.next_header;
    g->size = ETH_HLEN + IPV6_HLEN + (uint32_t) ip.payload_length;
}

static void
glance_at_arp(struct glance *g, const uint8_t *data, size_t stored)
{
    struct arp_hdr arp;

    if (!arp_decode(&arp, data, stored) || !arp.op) {
        g->is_malformed = true;
        return;
    }
    g->src = arp.spa;
    g->dst = arp.tpa;
    g->arp_sha = arp.sha;
    g->arp_op = arp.op;
    g->size = ETH_HLEN + ARP_HLEN;
}

/* Reads what the host asks of 'pkt', which starts at its Ethernet header, into
 * '*g'.  Returns false, with '*g' not to be used, if even that is cut short. */
bool
glance_at(struct glance *g, const struct packet *pkt)
{
    const uint8_t *l3 = packet_data(pkt) + ETH_HLEN;
    size_t stored, size;

    *g = (struct glance){ .size = pkt->size };
    if (!eth_decode(&g->eth, packet_data(pkt), pkt->stored)) {
        return false;
    }
    stored = pkt->stored - (size_t) ETH_HLEN;
    size = pkt->size - (size_t) ETH_HLEN;
    if (g->eth.type == ETH_TYPE_IPV4) {
        glance_at_ipv4(g, l3, stored, size);
    } else if (g->eth.type == ETH_TYPE_IPV6) {
        glance_at_ipv6(g, l3, stored, size);
    } else if (g->eth.type == ETH_TYPE_ARP) {
        glance_at_arp(g, l3, stored);
    }
    return true;
}

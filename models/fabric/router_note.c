#include "models/fabric/router_note.h"

#include <glib.h>
#include <string.h>

#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"

/* The port as people call it: "s2" of "leaf1:s2". */
static const char *
port_name(const struct router *router, uint32_t port)
{
    const char *name = router->node.ports[port].tap.name;
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

/* Writes where 'hop' leads. */
static void
format_hop(const struct router *router, const struct next_hop *hop, char *buf,
           size_t size)
{
    char addr[IP_ADDR_STRLEN];

    switch ((enum next_hop_kind) hop->kind) {
    case NEXT_HOP_ADJACENT:
        g_strlcpy(buf, port_name(router, hop->out), size);
        break;
    case NEXT_HOP_VIA:
        ip_addr_format(&next_hop_spec(&router->hops, hop)->via, addr);
        g_snprintf(buf, (gulong) size, "via %s", addr);
        break;
    case NEXT_HOP_ON_LINK: g_strlcpy(buf, "on-link", size); break;
    }
}

/* Says which route was found for 'pkt': the one with the word 'hops', 0 if
 * there is none. */
void
router_note_route(const struct router *router, const struct packet *pkt,
                  uint32_t hops, unsigned int length)
{
    const uint8_t *ip = packet_data(pkt) + ETH_HLEN;
    uint32_t n = hops & FIB_HOPS_COUNT;
    struct ip_prefix prefix = { .length = (uint8_t) length };
    char dst[IP_ADDR_STRLEN], to[IP_PREFIX_STRLEN], where[IP_PREFIX_STRLEN];

    if (ip[0] >> 4 == 4) {
        ip_addr_read(&prefix.addr, IP_V4, ip + IPV4_OFS_DST);
    } else {
        ip_addr_read(&prefix.addr, IP_V6, ip + IPV6_OFS_DST);
    }
    ip_addr_format(&prefix.addr, dst);
    if (!hops) {
        node_note(&router->node, pkt, "fib", "lookup %s -> no route", dst);
        return;
    }
    prefix = ip_prefix_network(&prefix);
    ip_prefix_format(&prefix, to);
    if (n > 1) {
        node_note(&router->node, pkt, "fib", "lookup %s -> %s: %u next hops",
                  dst, to, n);
        return;
    }
    format_hop(router, &router->hops.hops[hops >> FIB_HOPS_SHIFT], where,
               sizeof where);
    node_note(&router->node, pkt, "fib", "lookup %s -> %s: %s", dst, to,
              where);
}

/* Says which of several next hops 'hash' has chosen. */
void
router_note_ecmp(const struct router *router, const struct packet *pkt,
                 uint32_t hash, const struct next_hop *hop)
{
    char where[IP_PREFIX_STRLEN];

    format_hop(router, hop, where, sizeof where);
    node_note(&router->node, pkt, "ecmp", "%s hash %08x -> %s",
              ecmp_hash_name(router->ecmp), hash, where);
}

/* Says what the neighbor table has for 'key': 'entry', or null. */
void
router_note_neighbor(const struct router *router, const struct packet *pkt,
                     const struct neighbor_key *key,
                     const struct neighbor *entry)
{
    const struct neighbor asked = { .key = *key };
    struct ip_addr hop = neighbor_addr(&asked);
    const char *table = hop.family == IP_V4 ? "arp" : "nd";
    char addr[IP_ADDR_STRLEN], mac[ETH_ADDR_STRLEN];

    ip_addr_format(&hop, addr);
    if (!entry) {
        node_note(&router->node, pkt, table, "asks who has %s", addr);
    } else if (entry->state == NEIGHBOR_INCOMPLETE) {
        node_note(&router->node, pkt, table, "waits for the MAC of %s", addr);
    } else {
        eth_addr_format(eth_addr_from_u64(entry->mac), mac);
        node_note(&router->node, pkt, table, "next hop %s is at %s", addr,
                  mac);
    }
}

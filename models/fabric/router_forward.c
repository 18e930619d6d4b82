/* Forwarding: RFC 1812 section 5 and RFC 8200.
 *
 * One packet on its way: is the header right, is it ours, which route, is there
 * time to live left, which of the equal next hops, does it fit the port out. */

#include <glib.h>
#include <string.h>

#include "models/fabric/router_inside.h"
#include "models/fabric/router_neighbor.h"
#include "models/fabric/router_note.h"
#include "models/wire/checksum.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"

/* Headers. */

/* Says whether the 20 bytes at 'ip', which are not all zeros, sum up to what a
 * right checksum gives: a multiple of 65,535, as is what a carry out of 64 bits
 * stands for. */
static inline bool
sum_is_right(const uint8_t *ip)
{
    uint64_t a, b, sum;
    uint32_t c;

    memcpy(&a, ip, sizeof a);
    memcpy(&b, ip + 8, sizeof b);
    memcpy(&c, ip + 16, sizeof c);
    sum = a + b;
    sum += sum < b;
    sum += c;
    sum += sum < c;
    return sum % UINT16_MAX == 0;
}

/* Says whether 'pkt' is IPv4 as most is: without options, unpadded, and
 * right. */
static inline bool
is_plain_v4(const struct packet *pkt)
{
    const uint8_t *ip = packet_data(pkt) + ETH_HLEN;

    return pkt->stored >= ETH_HLEN + IPV4_HLEN && ip[0] == 0x45
           && get_be16(ip + 2) == pkt->size - ETH_HLEN && sum_is_right(ip);
}

/* Checks the IPv4 header of 'pkt' (RFC 1812 section 5.2.2) and cuts off the
 * frame's pad.  Returns the reason why it ends here, or ROUTER_N_FATES. */
static G_GNUC_NO_INLINE enum router_fate
check_v4(struct packet *pkt)
{
    const uint8_t *ip = packet_data(pkt) + ETH_HLEN;
    size_t hlen, total;

    if (pkt->stored < ETH_HLEN + IPV4_HLEN || ip[0] >> 4 != 4) {
        return ROUTER_FATE_MALFORMED;
    }
    hlen = 4u * (ip[0] & 0xf);
    total = get_be16(ip + 2);
    if (hlen < IPV4_HLEN || hlen > pkt->stored - (size_t) ETH_HLEN
        || hlen > total || total > pkt->size - ETH_HLEN) {
        return ROUTER_FATE_MALFORMED;
    }
    if (!ipv4_checksum_is_right(ip, hlen)) {
        return ROUTER_FATE_CHECKSUM;
    }
    packet_trim(pkt, ETH_HLEN + total);
    return ROUTER_N_FATES;
}

/* Says whether 'addr' can be of a single host somewhere: not 0/8, 127/8, nor
 * from 224/4 on (RFC 1812 section 5.3.7). */
static inline bool
is_host_v4(uint32_t addr)
{
    uint32_t net = addr >> 24;

    return net - 1 < 223 && net != 127;
}

/* The next hop. */

/* Returns one of the usable hops of the route with the word 'word', which
 * 'used' belongs to; 'hash' chooses. */
static inline const struct next_hop *
take_hop(struct router *router, uint32_t word, uint64_t *used, uint32_t hash)
{
    uint32_t i = ecmp_choose(hash, word & FIB_HOPS_COUNT);

    if (!(*used >> i & 1)) {
        *used |= UINT64_C(1) << i;
    }
    return &router->hop_list[(word >> FIB_HOPS_SHIFT) + i];
}

/* Sends 'pkt', which came in on 'in' or is the router's own, along 'hop', which
 * is not an adjacent one; 'key' has its destination. */
static void
send_resolved(struct router *router, struct port *in, struct packet *pkt,
              const struct next_hop *hop, struct neighbor_key key)
{
    if (hop->kind == NEXT_HOP_VIA) {
        key = neighbor_key(hop->out, &next_hop_spec(&router->hops, hop)->via);
    }
    key.interface = hop->out;
    router_resolve(router, in, pkt, &key);
}

/* Sends 'pkt', which does not fit the MTU of 'out', in pieces, or refuses it. */
static G_GNUC_NO_INLINE void
send_too_big(struct router *router, struct port *in, struct port *out,
             struct packet *pkt)
{
    const uint8_t *data = packet_data(pkt);

    if (get_be16(data + 2 * ETH_ALEN) == ETH_TYPE_IPV4
        && !(data[ETH_HLEN + 6] & (IPV4_DF >> 8))) {
        router_fragment(router, out, pkt);
    } else {
        router_refuse(router, in, pkt, ROUTER_FATE_TOO_BIG, out->mtu);
    }
}

static inline void
send_sized(struct router *router, struct port *in, struct port *out,
           struct packet *pkt)
{
    if (__builtin_expect(pkt->size - ETH_HLEN <= out->mtu || !out->mtu, 1)) {
        port_send(out, pkt);
    } else {
        send_too_big(router, in, out, pkt);
    }
}

/* Sends 'pkt', with its MACs and time to live set, out of 'out' if it fits
 * there.  'in' is where it came from, null: from the router itself. */
void
router_send_sized(struct router *router, struct port *in, struct port *out,
                  struct packet *pkt)
{
    send_sized(router, in, out, pkt);
}

/* IPv4. */

/* Sends 'pkt', whose header is right, along the route 'entry'. */
static inline void
send_v4(struct router *router, struct port *in, struct packet *pkt,
        struct fib_v4_entry *entry, uint32_t dst)
{
    uint8_t *data = packet_data(pkt);
    uint32_t hash = 0;
    const struct next_hop *hop;

    if ((entry->hops & FIB_HOPS_COUNT) > 1) {
        hash = ecmp_hash_v4(router->ecmp, router->hash_seed, data + ETH_HLEN,
                            pkt->stored - (size_t) ETH_HLEN);
        hop = take_hop(router, entry->hops, &entry->used, hash);
        if (node_is_heard(&router->node)) {
            router_note_ecmp(router, pkt, hash, hop);
        }
    } else {
        hop = take_hop(router, entry->hops, &entry->used, 0);
    }
    if (hop->kind == NEXT_HOP_ADJACENT) {
        router->n_forwarded++;
        memcpy(data, hop->macs, sizeof hop->macs);
        send_sized(router, in, &router->node.ports[hop->out], pkt);
    } else {
        send_resolved(router, in, pkt, hop, neighbor_key_v4(0, dst));
    }
}

/* Ends 'pkt', whose source or destination is no single host's. */
static G_GNUC_NO_INLINE void
end_by_address(struct router *router, struct packet *pkt, uint32_t src,
               uint32_t dst)
{
    router_end(router, pkt,
               is_host_v4(src) && dst >> 28 >= 0xe ? ROUTER_FATE_GROUP
                                                   : ROUTER_FATE_MARTIAN);
}

/* Takes 'pkt', an IPv4 packet addressed to the router's MAC. */
void
router_forward_v4(struct router *router, struct port *in, struct packet *pkt)
{
    uint8_t *ip = packet_data(pkt) + ETH_HLEN;
    struct fib_v4_entry *entry;
    uint32_t src, dst;
    uint8_t length = 0;

    if (!is_plain_v4(pkt)) {
        enum router_fate fate = check_v4(pkt);

        if (fate != ROUTER_N_FATES) {
            router_end(router, pkt, fate);
            return;
        }
    }
    src = get_be32(ip + IPV4_OFS_SRC);
    dst = get_be32(ip + IPV4_OFS_DST);
    if (!is_host_v4(src) || !is_host_v4(dst)) {
        end_by_address(router, pkt, src, dst);
        return;
    }
    if (router_owns_v4(router, dst)) {
        router_deliver_v4(router, in, pkt);
        return;
    }
    entry = fib_lookup_v4(&router->fib, dst, &length);
    if (node_is_heard(&router->node)) {
        router_note_route(router, pkt, entry ? entry->hops : 0, length);
    }
    if (!entry) {
        router_refuse(router, in, pkt, ROUTER_FATE_NO_ROUTE, 0);
    } else if (ip[IPV4_OFS_TTL] <= 1) {
        router_refuse(router, in, pkt, ROUTER_FATE_TTL, 0);
    } else {
        uint16_t sum = get_be16(ip + IPV4_OFS_CHECKSUM);
        uint16_t word = get_be16(ip + IPV4_OFS_TTL);

        ip[IPV4_OFS_TTL]--;
        put_be16(ip + IPV4_OFS_CHECKSUM,
                 checksum_update16(sum, word, (uint16_t) (word - 0x100)));
        send_v4(router, in, pkt, entry, dst);
    }
}

/* Fetches where the longest two lengths of prefix would have 'dst'. */
static inline void
prefetch_route(const struct fib *fib, uint32_t dst)
{
    const struct fib_v4_level *level = fib->v4;

    for (int i = 0; i < 2 && level->entries; i++, level++) {
        uint32_t prefix = dst & fib_v4_mask(level->length);

        __builtin_prefetch(&level->entries[fib_v4_place(level, prefix)], 1);
    }
}

/* Fetches what an IPv4 packet that will come in needs: see struct node_ops. */
struct port *
router_prefetch(struct node *node, const struct port *in,
                const struct packet *pkt, unsigned int step)
{
    struct router *router = (struct router *) (void *) node;
    const uint8_t *ip = packet_data(pkt) + ETH_HLEN;
    const struct fib_v4_entry *entry;
    const struct next_hop *hop;
    uint32_t dst, hash = 0;
    uint8_t length;

    (void) in;
    if (pkt->stored < ETH_HLEN + IPV4_HLEN
        || get_be16(ip - 2) != ETH_TYPE_IPV4) {
        return NULL;
    }
    dst = get_be32(ip + IPV4_OFS_DST);
    if (step == 1) {
        prefetch_route(&router->fib, dst);
        return NULL;
    }
    entry = fib_lookup_v4(&router->fib, dst, &length);
    if (!entry) {
        return NULL;
    }
    if ((entry->hops & FIB_HOPS_COUNT) > 1) {
        hash = ecmp_hash_v4(router->ecmp, router->hash_seed, ip,
                            pkt->stored - (size_t) ETH_HLEN);
    }
    hop = &router->hop_list[(entry->hops >> FIB_HOPS_SHIFT)
                            + ecmp_choose(hash, entry->hops & FIB_HOPS_COUNT)];
    if (step == 2) {
        __builtin_prefetch(hop);
        return NULL;
    }
    return hop->kind == NEXT_HOP_ADJACENT ? &node->ports[hop->out] : NULL;
}

/* IPv6. */

static bool
check_v6(struct packet *pkt)
{
    const uint8_t *ip = packet_data(pkt) + ETH_HLEN;
    size_t total;

    if (pkt->stored < ETH_HLEN + IPV6_HLEN || ip[0] >> 4 != 6) {
        return false;
    }
    total = IPV6_HLEN + (size_t) get_be16(ip + 4);
    if (total > pkt->size - ETH_HLEN) {
        return false;
    }
    packet_trim(pkt, ETH_HLEN + total);
    return true;
}

/* Says why 'pkt' is not forwarded for what its addresses are, or
 * ROUTER_N_FATES. */
static enum router_fate
check_addresses_v6(const uint8_t *ip)
{
    uint64_t src_high = get_be64(ip + IPV6_OFS_SRC);
    uint64_t src_low = get_be64(ip + IPV6_OFS_SRC + 8);
    uint64_t dst_high = get_be64(ip + IPV6_OFS_DST);
    uint64_t dst_low = get_be64(ip + IPV6_OFS_DST + 8);

    if (src_high >> 56 == 0xff || (!src_high && src_low <= 1)
        || (!dst_high && dst_low <= 1)) {
        return ROUTER_FATE_MARTIAN;
    }
    if (dst_high >> 56 == 0xff) {
        return ROUTER_FATE_GROUP;
    }
    if (src_high >> 54 == 0x3fa || dst_high >> 54 == 0x3fa) {
        return ROUTER_FATE_LINK_LOCAL; /* fe80::/10. */
    }
    return ROUTER_N_FATES;
}

static void
send_v6(struct router *router, struct port *in, struct packet *pkt,
        struct fib_v6_entry *entry)
{
    uint8_t *data = packet_data(pkt);
    const uint8_t *dst = data + ETH_HLEN + IPV6_OFS_DST;
    const struct neighbor_key key = { get_be64(dst), get_be64(dst + 8), 0,
                                      IP_V6 };
    const struct next_hop *hop;
    uint32_t hash = 0;

    if ((entry->hops & FIB_HOPS_COUNT) > 1) {
        hash =
            ecmp_hash_special(router->ecmp, router->hash_seed, data + ETH_HLEN,
                              pkt->stored - (size_t) ETH_HLEN);
    }
    hop = take_hop(router, entry->hops, &entry->used, hash);
    if (node_is_heard(&router->node) && (entry->hops & FIB_HOPS_COUNT) > 1) {
        router_note_ecmp(router, pkt, hash, hop);
    }
    if (hop->kind == NEXT_HOP_ADJACENT) {
        router->n_forwarded++;
        memcpy(data, hop->macs, sizeof hop->macs);
        send_sized(router, in, &router->node.ports[hop->out], pkt);
    } else {
        send_resolved(router, in, pkt, hop, key);
    }
}

/* Takes 'pkt', an IPv6 packet addressed to the router's MAC. */
void
router_forward_v6(struct router *router, struct port *in, struct packet *pkt)
{
    uint8_t *ip = packet_data(pkt) + ETH_HLEN;
    struct fib_v6_entry *entry;
    enum router_fate fate;
    uint64_t high, low;
    uint8_t length = 0;

    if (!check_v6(pkt)) {
        router_end(router, pkt, ROUTER_FATE_MALFORMED);
        return;
    }
    high = get_be64(ip + IPV6_OFS_DST);
    low = get_be64(ip + IPV6_OFS_DST + 8);
    if (router_owns_v6(router, high, low)) {
        router_deliver_v6(router, in, pkt);
        return;
    }
    fate = check_addresses_v6(ip);
    if (fate != ROUTER_N_FATES) {
        router_end(router, pkt, fate);
        return;
    }
    entry = fib_lookup_v6(&router->fib, high, low, &length);
    if (node_is_heard(&router->node)) {
        router_note_route(router, pkt, entry ? entry->hops : 0, length);
    }
    if (!entry) {
        router_refuse(router, in, pkt, ROUTER_FATE_NO_ROUTE, 0);
    } else if (ip[IPV6_OFS_HOP_LIMIT] <= 1) {
        router_refuse(router, in, pkt, ROUTER_FATE_TTL, 0);
    } else {
        ip[IPV6_OFS_HOP_LIMIT]--;
        send_v6(router, in, pkt, entry);
    }
}

/* Sends 'pkt', an IP packet of the router itself with room for MACs in front
 * and its ethertype, on its way. */
void
router_send_own(struct router *router, struct packet *pkt)
{
    const uint8_t *ip = packet_data(pkt) + ETH_HLEN;
    uint8_t length = 0;

    if (ip[0] >> 4 == 4) {
        uint32_t dst = get_be32(ip + IPV4_OFS_DST);
        struct fib_v4_entry *entry = fib_lookup_v4(&router->fib, dst, &length);

        if (entry) {
            send_v4(router, NULL, pkt, entry, dst);
            return;
        }
    } else {
        struct fib_v6_entry *entry =
            fib_lookup_v6(&router->fib, get_be64(ip + IPV6_OFS_DST),
                          get_be64(ip + IPV6_OFS_DST + 8), &length);

        if (entry) {
            send_v6(router, NULL, pkt, entry);
            return;
        }
    }
    router_end(router, pkt, ROUTER_FATE_NO_ROUTE);
}

/* Neighbors of a router: who asks for MACs, when, and what becomes of those
 * who wait; what it learns from ARP and neighbor discovery messages, and its
 * answers.
 *
 * A request is repeated every NEIGHBOR_INTERVAL, NEIGHBOR_REQUESTS times in
 * all; then the packets that waited are refused.  A MAC is good for
 * NEIGHBOR_LIFETIME.  If it was used in that time it is asked for again, of the
 * neighbor alone, and stays in use meanwhile; else it is forgotten.  The
 * lifetime is below the 300 s for which switches keep a MAC, so that the answer
 * keeps that fresh too. */

#include <glib.h>
#include <string.h>

#include "models/fabric/router_inside.h"
#include "models/fabric/router_note.h"
#include "models/wire/arp.h"
#include "models/wire/eth_group.h"
#include "models/wire/icmp6.h"
#include "models/wire/nd.h"

#define NEIGHBOR_LIFETIME (240 * SIM_S)
#define NEIGHBOR_INTERVAL (1 * SIM_S) /* RFC 1122 2.3.2.1, RFC 4861 10. */
#define NEIGHBOR_REQUESTS 3
#define NEIGHBOR_QUEUE    16 /* Packets that wait for one MAC. */

static event_fn neighbor_timer;

void
router_neighbors_init(struct router *router, uint64_t capacity)
{
    neighbor_table_init(&router->neighbors, capacity);
    event_init(&router->neighbor_timer, neighbor_timer,
               node_next_rank(&router->node));
}

/* Frees the table; packets that wait belong to their run's pool. */
void
router_neighbors_clear(struct router *router)
{
    event_cancel(router->node.sim, &router->neighbor_timer);
    neighbor_table_clear(&router->neighbors);
}

/* Schedules the timer for the entry whose time is up first. */
static void
set_timer(struct router *router)
{
    struct neighbor_table *table = &router->neighbors;
    sim_time when = SIM_NEVER;

    if (table->asked.oldest) {
        when = table->asked.oldest->when;
    }
    if (table->reachable.oldest) {
        when = MIN(when, table->reachable.oldest->when + NEIGHBOR_LIFETIME);
    }
    if (event_is_scheduled(&router->neighbor_timer)) {
        if (router->neighbor_timer.when <= when) {
            return; /* It looks again then. */
        }
        event_cancel(router->node.sim, &router->neighbor_timer);
    }
    if (when != SIM_NEVER) {
        event_schedule_at(router->node.sim, &router->neighbor_timer, when);
    }
}

/* Messages. */

static struct packet *
new_arp(struct router *router, uint64_t dst, uint64_t src,
        const struct arp_hdr *arp)
{
    struct packet *pkt = node_new_packet(&router->node, ETH_HLEN + ARP_HLEN,
                                         ETH_HLEN + ARP_HLEN);
    uint8_t *data = packet_data(pkt);

    router_set_macs(data, dst, src);
    put_be16(data + 2 * ETH_ALEN, ETH_TYPE_ARP);
    arp_encode(arp, data + ETH_HLEN);
    pkt->tag.step = "arp";
    return pkt;
}

static struct packet *
new_nd(struct router *router, uint64_t dst_mac, uint64_t src_mac,
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

static struct packet *
new_request(struct router *router, const struct router_interface *interface,
            const struct neighbor *entry)
{
    struct ip_addr target = neighbor_addr(entry);
    bool is_probe = entry->state == NEIGHBOR_PROBED;

    if (target.family == IP_V4) {
        const struct arp_hdr arp = {
            .op = ARP_REQUEST,
            .sha = interface->config.mac,
            .spa = interface->config.v4.addr,
            .tpa = target,
        };
        uint64_t dst = is_probe ? entry->mac : UINT64_C(0xffffffffffff);

        return new_arp(router, dst, interface->mac, &arp);
    } else {
        struct ip_addr to = is_probe ? target : nd_solicited_node(&target);
        uint64_t dst =
            is_probe ? entry->mac : eth_addr_to_u64(eth_group_addr(&to));
        const struct nd_msg msg = {
            .type = ND_NEIGHBOR_SOLICIT,
            .target = target,
            .has_source_mac = true,
            .source_mac = interface->config.mac,
        };

        return new_nd(router, dst, interface->mac, &interface->config.v6.addr,
                      &to, &msg);
    }
}

/* Asks for the MAC of 'entry' once more. */
static void
ask(struct router *router, struct neighbor *entry)
{
    uint32_t interface = entry->key.interface;

    neighbor_set_asked(&router->neighbors, entry,
                       sim_now(router->node.sim) + NEIGHBOR_INTERVAL);
    entry->n_asked++;
    set_timer(router);
    router_to_interface(
        router, NULL, interface,
        new_request(router, &router->interfaces[interface], entry));
}

/* Those who wait. */

static void
give_up(struct router *router, struct neighbor *entry)
{
    struct packet_queue waiting = entry->waiting;
    struct packet *pkt;

    entry->waiting = (struct packet_queue){ 0 };
    neighbor_remove(&router->neighbors, entry);
    while ((pkt = packet_queue_pop(&waiting)) != NULL) {
        router->n_waiting--;
        router_refuse(router, NULL, pkt, ROUTER_FATE_UNRESOLVED, 0);
    }
}

static void
neighbor_timer(struct event *event)
{
    struct router *router =
        (struct router *) (void *) ((char *) event
                                    - offsetof(struct router, neighbor_timer));
    struct neighbor_table *table = &router->neighbors;
    sim_time now = sim_now(router->node.sim);
    struct neighbor *entry;

    while ((entry = table->asked.oldest) != NULL && entry->when <= now) {
        if (entry->n_asked < NEIGHBOR_REQUESTS) {
            ask(router, entry);
        } else {
            give_up(router, entry);
        }
    }
    while ((entry = table->reachable.oldest) != NULL
           && entry->when + NEIGHBOR_LIFETIME <= now) {
        if (entry->used_at > entry->when) {
            ask(router, entry);
        } else {
            neighbor_remove(table, entry);
        }
    }
    set_timer(router);
}

/* Lets 'pkt' wait for the MAC of 'entry'.  Of too many the oldest goes, for RFC
 * 1122 section 2.3.2.2 wants the latest kept. */
static void
wait_for_mac(struct router *router, struct packet *pkt, struct neighbor *entry)
{
    if (entry->waiting.n_packets == NEIGHBOR_QUEUE) {
        router_end(router, packet_queue_pop(&entry->waiting),
                   ROUTER_FATE_QUEUE_FULL);
        router->n_waiting--;
    }
    packet_queue_push(&entry->waiting, pkt);
    router->n_waiting++;
    if (!entry->n_asked) {
        ask(router, entry);
    }
}

static void
send_to(struct router *router, struct port *in, struct packet *pkt,
        const struct neighbor *entry)
{
    uint32_t interface = entry->key.interface;

    router_set_macs(packet_data(pkt), entry->mac,
                    router->interfaces[interface].mac);
    router_to_interface(router, in, interface, pkt);
}

/* Sends 'pkt' to the neighbor 'key', at once or when its MAC is known.  'in' is
 * where it came from, null: it is the router's own.  Directed broadcasts are
 * not for a router to forward (RFC 2644). */
void
router_resolve(struct router *router, struct port *in, struct packet *pkt,
               const struct neighbor_key *key)
{
    struct neighbor *entry;

    if (key->family == IP_V4
        && key->low == router->interfaces[key->interface].v4_broadcast) {
        router_end(router, pkt, ROUTER_FATE_GROUP);
        return;
    }
    router->n_forwarded++;
    entry = neighbor_lookup(&router->neighbors, key);
    if (node_is_heard(&router->node)) {
        router_note_neighbor(router, pkt, key, entry);
    }
    if (entry && entry->state != NEIGHBOR_INCOMPLETE) {
        entry->used_at = sim_now(router->node.sim);
        send_to(router, in, pkt, entry);
        return;
    }
    if (!entry) {
        entry = neighbor_add(&router->neighbors, key);
    }
    if (!entry) {
        router_end(router, pkt, ROUTER_FATE_NEIGHBORS_FULL);
        return;
    }
    wait_for_mac(router, pkt, entry);
}

/* Learning. */

/* Takes down that the neighbor 'key' is at 'mac', heard on 'port', and lets go
 * who waited for that.  One that is not in the table is added if 'is_new_too'.
 */
static void
learn(struct router *router, const struct neighbor_key *key, uint64_t mac,
      const struct port *port, bool is_new_too)
{
    struct neighbor *entry = neighbor_lookup(&router->neighbors, key);
    struct packet_queue waiting;
    struct packet *pkt;

    if (mac >> 40 & 1 || !mac) {
        return; /* Not that of a station. */
    }
    if (!entry && is_new_too) {
        entry = neighbor_add(&router->neighbors, key);
    }
    if (!entry) {
        return;
    }
    neighbor_set_reachable(&router->neighbors, entry, mac,
                           sim_now(router->node.sim));
    entry->port = port->index;
    set_timer(router);
    waiting = entry->waiting;
    entry->waiting = (struct packet_queue){ 0 };
    while ((pkt = packet_queue_pop(&waiting)) != NULL) {
        router->n_waiting--;
        entry->used_at = sim_now(router->node.sim);
        if (node_is_heard(&router->node)) {
            router_note_neighbor(router, pkt, key, entry);
        }
        send_to(router, NULL, pkt, entry);
    }
}

/* Says whether 'addr' may be a neighbor on 'interface': it is of the
 * interface's network and not our own. */
static bool
is_neighbor(const struct router *router, uint32_t interface,
            const struct ip_addr *addr)
{
    const struct router_interface_config *config =
        &router->interfaces[interface].config;
    struct neighbor_key key = neighbor_key(interface, addr);

    return (ip_prefix_contains(&config->v4, addr)
            || ip_prefix_contains(&config->v6, addr))
           && !router_find_own(router, key.high, key.low, key.family);
}

/* Takes 'pkt', an ARP message from 'in', as RFC 826 says: a known sender's MAC
 * is taken down always (so a gratuitous message changes it), a new one's if the
 * message is for us. */
void
router_arp_input(struct router *router, struct port *in, struct packet *pkt)
{
    uint32_t number = router->interface_of[in->index];
    const struct router_interface *interface = &router->interfaces[number];
    const uint8_t *data = packet_data(pkt);
    struct arp_hdr arp;
    bool for_us;

    if (!arp_decode(&arp, data + ETH_HLEN, pkt->stored - (size_t) ETH_HLEN)) {
        router_end(router, pkt, ROUTER_FATE_MALFORMED);
        return;
    }
    for_us = interface->config.v4.addr.family == IP_V4
             && ip_addr_equal(&arp.tpa, &interface->config.v4.addr);
    if (is_neighbor(router, number, &arp.spa)) {
        struct neighbor_key key = neighbor_key(number, &arp.spa);

        learn(router, &key, eth_addr_to_u64(arp.sha), in, for_us);
    }
    if (for_us && arp.op == ARP_REQUEST) {
        const struct arp_hdr reply = {
            .op = ARP_REPLY,
            .sha = interface->config.mac,
            .tha = arp.sha,
            .spa = arp.tpa,
            .tpa = arp.spa,
        };

        port_send(in, new_arp(router, eth_addr_to_u64(arp.sha), interface->mac,
                              &reply));
    }
    router_end(router, pkt, ROUTER_FATE_ARP);
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
    port_send(in,
              new_nd(router, mac, interface->mac, &msg->target, &to, &reply));
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
    if (msg->has_source_mac && is_neighbor(router, number, &ip->src)) {
        struct neighbor_key key = neighbor_key(number, &ip->src);

        learn(router, &key, mac, in, true);
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

    if (!entry || !is_neighbor(router, number, &msg->target)) {
        return;
    }
    if (!msg->has_target_mac) {
        mac = entry->mac; /* Confirmed, if it is known. */
    }
    if (msg->is_override || entry->state == NEIGHBOR_INCOMPLETE
        || mac == entry->mac) {
        learn(router, &key, mac, in, false);
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

/* Links. */

/* Forgets the neighbors behind 'port', whose link is down. */
void
router_neighbors_flush(struct router *router, const struct port *port)
{
    const struct neighbor_list *lists[] = { &router->neighbors.reachable,
                                            &router->neighbors.asked };

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        for (struct neighbor *next, *entry = lists[i]->oldest; entry;
             entry = next) {
            next = entry->newer;
            if (entry->state != NEIGHBOR_INCOMPLETE
                && entry->port == port->index) {
                neighbor_remove(&router->neighbors, entry);
            }
        }
    }
}

/* Forgets all neighbors.  Packets that wait for one are lost. */
void
router_neighbors_forget(struct router *router)
{
    const struct neighbor_list *lists[] = { &router->neighbors.reachable,
                                            &router->neighbors.asked };

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        while (lists[i]->oldest) {
            struct neighbor *entry = lists[i]->oldest;
            struct packet *pkt;

            while ((pkt = packet_queue_pop(&entry->waiting)) != NULL) {
                router->n_waiting--;
                router_end(router, pkt, ROUTER_FATE_UNRESOLVED);
            }
            neighbor_remove(&router->neighbors, entry);
        }
    }
}

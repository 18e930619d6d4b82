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

#include "models/fabric/router_neighbor.h"

#include <glib.h>
#include <string.h>

#include "models/fabric/router_note.h"
#include "models/wire/arp.h"
#include "models/wire/eth_group.h"
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

        return router_new_nd(router, dst, interface->mac,
                             &interface->config.v6.addr, &to, &msg);
    }
}

/* Sends 'pkt', which has its MACs, out of 'port' of 'interface', or of all of
 * them if it is not known. */
static void
send_out(struct router *router, struct port *in, uint32_t interface,
         uint32_t port, struct packet *pkt)
{
    if (port == MAC_TABLE_NO_PORT) {
        router_flood(router, &router->interfaces[interface], NULL, pkt);
    } else {
        router_send_sized(router, in, &router->node.ports[port], pkt);
    }
}

/* Asks for the MAC of 'entry' once more. */
static void
ask(struct router *router, struct neighbor *entry)
{
    uint32_t interface = entry->key.interface;
    struct packet *pkt;
    uint64_t dst;

    neighbor_set_asked(&router->neighbors, entry,
                       sim_now(router->node.sim) + NEIGHBOR_INTERVAL);
    entry->n_asked++;
    set_timer(router);
    pkt = new_request(router, &router->interfaces[interface], entry);
    dst = get_be64(packet_data(pkt)) >> 16;
    send_out(router, NULL, interface, router_find_port(router, interface, dst),
             pkt);
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

/* Sends 'pkt' to the neighbor 'entry', whose MAC is known.  Where that is
 * remains true for ROUTER_FRESH, unless a MAC table changes. */
static void
send_to(struct router *router, struct port *in, struct packet *pkt,
        struct neighbor *entry)
{
    uint32_t interface = entry->key.interface;
    sim_time now = sim_now(router->node.sim);

    entry->used_at = now;
    if (entry->found_in != router->generation || entry->found_until <= now) {
        entry->out = router_find_port(router, interface, entry->mac);
        entry->found_in = router->generation;
        entry->found_until = now + ROUTER_FRESH;
    }
    if (entry->out == MAC_TABLE_NO_PORT) {
        router_set_macs(packet_data(pkt), entry->mac,
                        router->interfaces[interface].mac);
    } else {
        router_set_macs(packet_data(pkt), entry->mac,
                        router->node.ports[entry->out].role & ~ROUTER_BRIDGED);
    }
    send_out(router, in, interface, entry->out, pkt);
}

/* Sends 'pkt' to the neighbor 'key', at once or when its MAC is known.  'in' is
 * where it came from, null: it is the router's own.  Directed broadcasts are
 * not for a router to forward (RFC 2644). */
void
router_resolve(struct router *router, struct port *in, struct packet *pkt,
               const struct neighbor_key *key)
{
    struct neighbor *entry = neighbor_lookup(&router->neighbors, key);

    if (!entry && key->family == IP_V4
        && key->low == router->interfaces[key->interface].v4_broadcast) {
        router_end(router, pkt, ROUTER_FATE_GROUP);
        return;
    }
    router->n_forwarded++;
    if (node_is_heard(&router->node)) {
        router_note_neighbor(router, pkt, key, entry);
    }
    if (entry && entry->state != NEIGHBOR_INCOMPLETE) {
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
void
router_learn(struct router *router, const struct neighbor_key *key,
             uint64_t mac, const struct port *port, bool is_new_too)
{
    struct neighbor *entry = neighbor_lookup(&router->neighbors, key);
    struct packet_queue waiting;
    struct neighbor found;
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
    entry->found_until = 0; /* Look for the port again. */
    set_timer(router);
    waiting = entry->waiting;
    entry->waiting = (struct packet_queue){ 0 };
    found = *entry; /* An ICMP error may need a place in a full table. */
    while ((pkt = packet_queue_pop(&waiting)) != NULL) {
        router->n_waiting--;
        if (node_is_heard(&router->node)) {
            router_note_neighbor(router, pkt, key, &found);
        }
        send_to(router, NULL, pkt, &found);
    }
}

/* Says whether 'addr' may be a neighbor on 'interface': it is of the
 * interface's network, not our own and no broadcast address. */
bool
router_is_neighbor(const struct router *router, uint32_t interface,
                   const struct ip_addr *addr)
{
    const struct router_interface_config *config =
        &router->interfaces[interface].config;
    struct neighbor_key key = neighbor_key(interface, addr);

    return (ip_prefix_contains(&config->v4, addr)
            || ip_prefix_contains(&config->v6, addr))
           && (key.family != IP_V4
               || key.low != router->interfaces[interface].v4_broadcast)
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
    if (router_is_neighbor(router, number, &arp.spa)) {
        struct neighbor_key key = neighbor_key(number, &arp.spa);

        router_learn(router, &key, eth_addr_to_u64(arp.sha), in, for_us);
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

/* Interfaces of several ports: a small learning switch each. */

#include "models/fabric/router_inside.h"

#define BRIDGE_VLAN 1 /* There is one, untagged. */

/* Says whether the frame 'pkt' fits the MTU of 'port'. */
static inline bool
fits(const struct port *port, const struct packet *pkt)
{
    return !port->mtu
           || eth_l3_bytes(packet_data(pkt), pkt->size) <= port->mtu;
}

static void
send_copy(struct router *router, struct port *out, struct packet *pkt)
{
    if (fits(out, pkt)) {
        port_send(out, pkt);
    } else {
        router_end(router, pkt, ROUTER_FATE_TOO_BIG);
    }
}

/* Sends 'pkt' out of every port of 'interface' that has a link, but not out of
 * 'except', which may be null. */
void
router_flood(struct router *router, const struct router_interface *interface,
             const struct port *except, struct packet *pkt)
{
    struct port *last = NULL;

    for (uint32_t i = 0; i < interface->config.n_ports; i++) {
        struct port *out = &router->node.ports[interface->ports[i]];

        if (out == except || !port_is_up(out)) {
            continue;
        }
        if (last) {
            send_copy(router, last, node_clone_packet(&router->node, pkt));
        }
        last = out;
    }
    if (last) {
        send_copy(router, last, pkt);
    } else {
        router_end(router, pkt, ROUTER_FATE_NO_PORT);
    }
}

/* Returns the port of 'interface' behind which 'mac' is, MAC_TABLE_NO_PORT if
 * that is not known or 'mac' is a group's. */
uint32_t
router_find_port(const struct router *router, uint32_t interface, uint64_t mac)
{
    const struct router_interface *at = &router->interfaces[interface];

    if (!at->macs) {
        return at->ports[0];
    }
    return mac >> 40 & 1
               ? MAC_TABLE_NO_PORT
               : mac_table_lookup_key(at->macs,
                                      (uint64_t) BRIDGE_VLAN << 48 | mac,
                                      sim_now(router->node.sim));
}

/* Learns that 'src' is behind 'in'. */
static G_GNUC_NO_INLINE void
learn(struct router *router, const struct router_interface *interface,
      const struct port *in, uint64_t src)
{
    sim_time now = sim_now(router->node.sim);
    enum mac_learned what = mac_table_learn_key(
        interface->macs, (uint64_t) BRIDGE_VLAN << 48 | src, in->index, now);

    if (what == MAC_LEARNED || what == MAC_MOVED) {
        router->generation++;
    }
    if (what != MAC_UNLEARNED && what != MAC_NOT_LEARNED) {
        router->heard[in->index] =
            (struct router_heard){ src, now + ROUTER_FRESH,
                                   router->generation };
    }
}

/* Sends 'pkt', which came in on 'in' for somebody else on its interface, where
 * it is to go. */
static void
switch_frame(struct router *router, const struct router_interface *interface,
             struct port *in, uint32_t out, struct packet *pkt)
{
    if (out == in->index) {
        router_end(router, pkt, ROUTER_FATE_SAME_PORT);
        return;
    }
    router->stats.bridged++;
    if (out == MAC_TABLE_NO_PORT) {
        router_flood(router, interface, in, pkt);
    } else {
        send_copy(router, &router->node.ports[out], pkt);
    }
}

static bool
has_other_port(const struct router *router,
               const struct router_interface *interface, const struct port *in)
{
    for (uint32_t i = 0; i < interface->config.n_ports; i++) {
        const struct port *port = &router->node.ports[interface->ports[i]];

        if (port != in && port_is_up(port)) {
            return true;
        }
    }
    return false;
}

/* Takes 'pkt', whose Ethernet header is held and has no reserved group, from
 * port 'in' of a bridged interface.  A station that goes on sending is learned
 * again each ROUTER_FRESH only, which touches less memory. */
void
router_bridge_receive(struct router *router, struct port *in,
                      struct packet *pkt)
{
    uint32_t number = router->interface_of[in->index];
    const struct router_interface *interface = &router->interfaces[number];
    const struct router_heard *heard = &router->heard[in->index];
    const uint8_t *data = packet_data(pkt);
    uint64_t dst = get_be64(data) >> 16;
    uint64_t src = get_be64(data + ETH_ALEN) >> 16;

    if (heard->mac != src || heard->generation != router->generation
        || heard->until <= sim_now(router->node.sim)) {
        learn(router, interface, in, src);
    }
    if (dst == (in->role & ~ROUTER_BRIDGED)) {
        router_input(router, in, pkt);
    } else if (data[0] & 1) {
        if (has_other_port(router, interface, in)) {
            router->stats.bridged++;
            router_flood(router, interface, in,
                         node_clone_packet(&router->node, pkt));
        }
        router_input_group(router, in, pkt);
    } else {
        switch_frame(router, interface, in,
                     router_find_port(router, number, dst), pkt);
    }
}

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

/* Sends 'pkt', which came in on 'in' or, null, is the router's own, out of
 * 'interface' to the MAC that it is addressed to. */
void
router_to_interface(struct router *router, struct port *in, uint32_t interface,
                    struct packet *pkt)
{
    const struct router_interface *to = &router->interfaces[interface];
    uint32_t port = to->ports[0];

    if (to->macs) {
        const uint8_t *dst = packet_data(pkt);

        port = mac_table_lookup_key(to->macs, mac_table_key(BRIDGE_VLAN, dst),
                                    sim_now(router->node.sim));
        if (dst[0] & 1 || port == MAC_TABLE_NO_PORT) {
            router_flood(router, to, NULL, pkt);
            return;
        }
    }
    router_send_sized(router, in, &router->node.ports[port], pkt);
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
 * port 'in' of a bridged interface. */
void
router_bridge_receive(struct router *router, struct port *in,
                      struct packet *pkt)
{
    const struct router_interface *interface =
        &router->interfaces[router->interface_of[in->index]];
    const uint8_t *data = packet_data(pkt);
    sim_time now = sim_now(router->node.sim);

    mac_table_learn_key(interface->macs,
                        mac_table_key(BRIDGE_VLAN, data + ETH_ALEN), in->index,
                        now);
    if (get_be64(data) >> 16 == interface->mac) {
        router_input(router, in, pkt);
    } else if (data[0] & 1) {
        if (has_other_port(router, interface, in)) {
            router->stats.bridged++;
            router_flood(router, interface, in,
                         node_clone_packet(&router->node, pkt));
        }
        router_input_group(router, in, pkt);
    } else {
        uint32_t out = mac_table_lookup_key(
            interface->macs, mac_table_key(BRIDGE_VLAN, data), now);

        switch_frame(router, interface, in, out, pkt);
    }
}

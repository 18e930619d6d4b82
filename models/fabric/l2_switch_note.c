/* What a switch says of a frame: only when somebody listens. */

#include <string.h>

#include "models/fabric/l2_switch_inside.h"
#include "sim/port.h"

/* The port as people call it: "p2" of "sw1:p2". */
const char *
l2_switch_port_name(const struct l2_switch *sw, uint32_t port)
{
    const char *name = sw->node.ports[port].tap.name;
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

static void
note_learned(const struct l2_switch *sw, const struct packet *pkt,
             struct eth_addr src, uint16_t vlan, uint32_t port,
             enum mac_learned learned)
{
    char mac[ETH_ADDR_STRLEN];

    eth_addr_format(src, mac);
    switch (learned) {
    case MAC_LEARNED:
        node_note(&sw->node, pkt, "mac", "learned %s on %s (VLAN %u)", mac,
                  l2_switch_port_name(sw, port), vlan);
        break;
    case MAC_MOVED:
        node_note(&sw->node, pkt, "mac", "moved %s to %s (VLAN %u)", mac,
                  l2_switch_port_name(sw, port), vlan);
        break;
    case MAC_UNLEARNED:
        node_note(&sw->node, pkt, "mac",
                  "not learned %s on %s (VLAN %u): the table is full", mac,
                  l2_switch_port_name(sw, port), vlan);
        break;
    case MAC_REFRESHED:
    case MAC_NOT_LEARNED: break;
    }
}

static void
note_lookup(const struct l2_switch *sw, const struct packet *pkt,
            const struct port *in, struct eth_addr dst, uint16_t vlan,
            uint32_t out)
{
    char mac[ETH_ADDR_STRLEN];
    unsigned int n = 0;

    eth_addr_format(dst, mac);
    if (out != MAC_TABLE_NO_PORT) {
        node_note(&sw->node, pkt, "mac", "lookup %s (VLAN %u) -> %s", mac,
                  vlan, l2_switch_port_name(sw, out));
        return;
    }
    for (uint32_t i = 0; i < sw->node.n_ports; i++) {
        n += l2_switch_is_flooded_to(sw, in, vlan, i);
    }
    node_note(&sw->node, pkt, "mac",
              "lookup %s (VLAN %u) -> %s: flooded to %u port%s", mac, vlan,
              eth_addr_is_group(dst) ? "group" : "unknown", n,
              n == 1 ? "" : "s");
}

/* Says what was learned from 'pkt', and which port was found for it. */
void
l2_switch_note_frame(const struct l2_switch *sw, const struct packet *pkt,
                     const struct port *in, uint16_t vlan,
                     enum mac_learned learned, uint32_t out)
{
    struct eth_hdr eth;

    if (eth_decode(&eth, packet_data(pkt), pkt->stored)) {
        note_learned(sw, pkt, eth.src, vlan, in->index, learned);
        note_lookup(sw, pkt, in, eth.dst, vlan, out);
    }
}

/* Says why 'pkt' does not get "from" or "to" 'port', which is closed. */
void
l2_switch_note_closed(const struct l2_switch *sw, const struct packet *pkt,
                      uint32_t port, const char *direction)
{
    struct rstp_status status;

    if (!sw->rstp) {
        node_note(&sw->node, pkt, "stp", "nothing passes %s %s: blocked",
                  direction, l2_switch_port_name(sw, port));
        return;
    }
    rstp_status(sw->rstp, port, &status);
    node_note(&sw->node, pkt, "stp", "nothing passes %s %s: %s port, %s",
              direction, l2_switch_port_name(sw, port),
              rstp_role_name(status.role),
              status.learning ? "learning" : "discarding");
}

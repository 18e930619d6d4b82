/* A switch and its spanning tree: BPDUs out and in, and what the tree makes of
 * the ports. */

#include <string.h>

#include "models/fabric/l2_switch_inside.h"
#include "sim/port.h"

static struct l2_switch *
switch_of(struct rstp_user *user)
{
    return (
        struct l2_switch *) (void *) ((char *) user
                                      - offsetof(struct l2_switch, rstp_user));
}

/* A full buffer must not cut a tree: there is always room for a BPDU, behind
 * what the line has been given. */
static void
transmit(struct rstp_user *user, uint32_t port, const struct stp_bpdu *bpdu)
{
    struct l2_switch *sw = switch_of(user);
    struct port *out = &sw->node.ports[port];
    uint8_t data[STP_FRAME_MAX];
    size_t size = stp_frame_encode(bpdu, sw->mac, data);
    struct packet *pkt = node_new_packet(&sw->node, size, size);

    memcpy(packet_data(pkt), data, size);
    if (port_is_up(out)) {
        packet_pad(pkt, PORT_FRAME_MIN);
        port_transmit(out, pkt);
    } else {
        port_send(out, pkt);
    }
}

static void
set_state(struct rstp_user *user, uint32_t port, bool learning,
          bool forwarding)
{
    (void) learning; /* The switch asks when it matters. */
    vlan_port_set_closed(&switch_of(user)->ports[port], !forwarding);
}

static void
flush(struct rstp_user *user, uint32_t port)
{
    l2_switch_flush(&switch_of(user)->node, port, MAC_TABLE_ANY_VLAN);
}

static void
topology_changed(struct rstp_user *user, uint32_t port)
{
    const struct l2_switch *sw = switch_of(user);

    node_event(&sw->node, "stp-topology-change",
               "topology change: %s forwards now",
               l2_switch_port_name(sw, port));
}

static const char *
state_name(const struct rstp_status *status)
{
    if (status->forwarding) {
        return "forwarding";
    }
    return status->learning ? "learning" : "discarding";
}

/* Stations' ports come and go with their links, which is said elsewhere. */
static void
status_changed(struct rstp_user *user, uint32_t port,
               const struct rstp_status *before, const struct rstp_status *now)
{
    const struct l2_switch *sw = switch_of(user);

    if (before->is_edge || now->is_edge) {
        return;
    }
    if (before->role == now->role) {
        node_event(&sw->node, "stp-state", "%s, %s port: %s",
                   l2_switch_port_name(sw, port), rstp_role_name(now->role),
                   state_name(now));
    } else {
        node_event(&sw->node, "stp-role", "%s: %s port, was %s; %s",
                   l2_switch_port_name(sw, port), rstp_role_name(now->role),
                   rstp_role_name(before->role), state_name(now));
    }
}

/* Takes a frame that was sent to bridges. */
void
l2_switch_stp_receive(struct l2_switch *sw, const struct port *in,
                      struct packet *pkt)
{
    struct stp_bpdu bpdu;

    if (!stp_frame_decode(&bpdu, packet_data(pkt), pkt->stored, pkt->size)) {
        l2_switch_drop(sw, pkt, L2_SWITCH_DROP_BAD_BPDU);
        return;
    }
    sw->stats.consumed++;
    node_end_packet(&sw->node, pkt, &l2_switch_stp);
    rstp_receive(sw->rstp, in->index, &bpdu);
}

void
l2_switch_stp_start(struct l2_switch *sw)
{
    g_assert(!eth_addr_is_zero(sw->mac));
    sw->rstp_user = (struct rstp_user){
        .transmit = transmit,
        .set_state = set_state,
        .flush = flush,
        .topology_changed = topology_changed,
        .status_changed = status_changed,
    };
    for (uint32_t i = 0; i < sw->node.n_ports; i++) {
        vlan_port_set_closed(&sw->ports[i], true);
    }
    sw->rstp = rstp_new(&sw->node, sw->mac, &sw->stp, &sw->rstp_user);
}

/* Has 'tree', which must outlive the switch, told of what happens to links. */
void
l2_switch_set_tree(struct node *node, struct spanning_tree *tree)
{
    g_assert(!l2_switch_cast(node)->rstp);
    l2_switch_cast(node)->tree = tree;
}

/* Closes 'port' of a switch whose tree is computed outside, or opens it.  A port
 * that is closed forgets who was behind it. */
void
l2_switch_set_blocked(struct node *node, uint32_t port, bool is_blocked)
{
    struct l2_switch *sw = l2_switch_cast(node);

    g_assert(!sw->rstp && port < node->n_ports);
    vlan_port_set_closed(&sw->ports[port], is_blocked);
    if (is_blocked) {
        l2_switch_flush(node, port, MAC_TABLE_ANY_VLAN);
    }
}

/* Says whether the spanning tree, if there is one, lets frames through
 * 'port'. */
bool
l2_switch_forwards(const struct node *node, uint32_t port)
{
    return l2_switch_cast(node)->ports[port].passing != VLAN_PORT_CLOSED;
}

const struct rstp *
l2_switch_rstp(const struct node *node)
{
    return l2_switch_cast(node)->rstp;
}

/* Returns the switch's identifier in a spanning tree. */
uint64_t
l2_switch_bridge_id(const struct node *node)
{
    const struct l2_switch *sw = l2_switch_cast(node);

    return rstp_bridge_id(&sw->stp, sw->mac);
}

uint16_t
l2_switch_port_id(const struct node *node, uint32_t port)
{
    return rstp_port_id(&l2_switch_cast(node)->stp, port);
}

/* Returns what a path costs that enters the switch by 'port'. */
uint32_t
l2_switch_port_cost(const struct node *node, uint32_t port)
{
    return rstp_port_cost(&l2_switch_cast(node)->stp, port,
                          node->ports[port].rate_bps);
}

bool
node_is_l2_switch(const struct node *node)
{
    return node->ops == &l2_switch_ops;
}

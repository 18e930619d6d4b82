#include "models/fabric/l2_switch.h"

#include <inttypes.h>

#include "models/fabric/l2_switch_inside.h"
#include "models/fabric/spanning_tree.h"
#include "sim/port.h"

const struct fate l2_switch_drops[L2_SWITCH_N_DROPS] = {
#define X(ID, NAME, HELP) [L2_SWITCH_DROP_##ID] = { FATE_DROPPED, NAME, HELP },
    L2_SWITCH_DROPS(X)
#undef X
};

const struct fate l2_switch_stp = { FATE_CONSUMED, "stp",
                                    "a BPDU that a bridge acts on" };

/* A bucket of so many new addresses' time: bursts of them pass. */
#define LEARNING_BURST (10 * SIM_MS)

bool
l2_switch_is_flooded_to(const struct l2_switch *sw, const struct port *in,
                        uint16_t vlan, uint32_t port)
{
    return port != in->index && port_is_up(&sw->node.ports[port])
           && vlan_port_carries(&sw->ports[port], vlan);
}

void
l2_switch_drop(struct l2_switch *sw, struct packet *pkt,
               enum l2_switch_drop why)
{
    sw->stats.dropped++;
    node_end_packet(&sw->node, pkt, &l2_switch_drops[why]);
}

/* Says whether 'pkt' fits the MTU of 'port'. */
static inline bool
fits(const struct port *port, const struct packet *pkt)
{
    return !port->mtu
           || eth_l3_bytes(packet_data(pkt), pkt->size) <= port->mtu;
}

/* Flooding. */

/* Sends 'pkt' out of port 'out', which carries 'vlan'. */
static void
send_copy(struct l2_switch *sw, uint32_t out, uint16_t vlan,
          struct packet *pkt)
{
    if (!fits(&sw->node.ports[out], pkt)) {
        node_end_packet(&sw->node, pkt,
                        &l2_switch_drops[L2_SWITCH_DROP_TOO_BIG]);
        return;
    }
    sw->stats.flood_copies++;
    vlan_port_egress(&sw->ports[out], vlan, pkt);
    port_send(&sw->node.ports[out], pkt);
}

/* Looks whether 'pkt', which is flooded, comes back again and again. */
static void
watch_for_storm(struct l2_switch *sw, const struct packet *pkt)
{
    if (storm_sees(&sw->storm, pkt->tag.packet, sim_now(sw->node.sim))) {
        node_event(&sw->node, "broadcast-storm",
                   "broadcast storm: a frame was flooded %d times, because "
                   "switches form a loop that nothing cuts",
                   STORM_PASSES);
    }
}

/* Says once that addresses find no room: it is why there is flooding. */
static void
watch_for_full_table(struct l2_switch *sw)
{
    const struct mac_table_stats *stats =
        mac_table_stats(sw->macs, sim_now(sw->node.sim));

    if (stats->unlearned || stats->evicted) {
        sw->is_full_said = true;
        node_event(&sw->node, "mac-table-full",
                   "the MAC table has no room for another address: %" PRIu32
                   " of %" PRIu32 " entries are in use",
                   stats->used, mac_table_config(sw->macs)->max_entries);
    }
}

/* Sends 'pkt' out of every other port of 'vlan': itself out of the last one,
 * clones of it out of those before. */
static G_GNUC_NO_INLINE void
flood(struct l2_switch *sw, const struct port *in, uint16_t vlan,
      struct packet *pkt)
{
    uint32_t last = MAC_TABLE_NO_PORT;

    watch_for_storm(sw, pkt);
    if (!sw->is_full_said) {
        watch_for_full_table(sw);
    }
    for (uint32_t i = 0; i < sw->node.n_ports; i++) {
        if (l2_switch_is_flooded_to(sw, in, vlan, i)) {
            if (last != MAC_TABLE_NO_PORT) {
                send_copy(sw, last, vlan, node_clone_packet(&sw->node, pkt));
            }
            last = i;
        }
    }
    if (last == MAC_TABLE_NO_PORT) {
        l2_switch_drop(sw, pkt, L2_SWITCH_DROP_NO_MEMBER);
        return;
    }
    sw->stats.flooded++;
    send_copy(sw, last, vlan, pkt);
}

/* Learning. */

/* Learns 'key' if the rate limit allows it; what is known there already is
 * refreshed in any case. */
static G_GNUC_NO_INLINE enum mac_learned
learn_in_time(struct l2_switch *sw, uint64_t key, uint32_t port, sim_time now)
{
    bool is_known = mac_table_lookup_key(sw->macs, key, now) == port;
    bool is_group = key >> 40 & 1;

    if (!is_known && !is_group) {
        sim_time next = MAX(sw->next_learning, now);

        if (next + sw->learning_gap - now
            > MAX(LEARNING_BURST, sw->learning_gap)) {
            sw->stats.rate_limited++;
            return MAC_NOT_LEARNED;
        }
        sw->next_learning = next + sw->learning_gap;
    }
    return mac_table_learn_key(sw->macs, key, port, now);
}

static inline enum mac_learned
learn(struct l2_switch *sw, uint64_t key, uint32_t port, sim_time now)
{
    if (G_UNLIKELY(sw->learning_gap)) {
        return learn_in_time(sw, key, port, now);
    }
    return mac_table_learn_key(sw->macs, key, port, now);
}

/* Frames that do not pass. */

/* Ends 'pkt', which 'in' refuses: it does not carry its VLAN or, if the spanning
 * tree has closed it, nothing.  A port on its way to be opened learns. */
static G_GNUC_NO_INLINE void
refuse(struct l2_switch *sw, const struct port *in, struct packet *pkt)
{
    const struct vlan_port *port = &sw->ports[in->index];
    struct rstp_status status = { .learning = false };
    uint16_t vlan;

    if (port->passing != VLAN_PORT_CLOSED) {
        l2_switch_drop(sw, pkt, L2_SWITCH_DROP_VLAN);
        return;
    }
    vlan = vlan_port_if_open(port, pkt);
    if (sw->rstp) {
        rstp_status(sw->rstp, in->index, &status);
    }
    if (node_is_heard(&sw->node)) {
        l2_switch_note_closed(sw, pkt, in->index, "from");
    }
    if (vlan && status.learning) {
        learn(sw, mac_table_key(vlan, packet_data(pkt) + ETH_ALEN), in->index,
              sim_now(sw->node.sim));
    }
    l2_switch_drop(sw, pkt, L2_SWITCH_DROP_STP);
}

/* Ends 'pkt', which would leave by 'out': that does not carry its VLAN, or is
 * closed. */
static G_GNUC_NO_INLINE void
hold_back(struct l2_switch *sw, uint32_t out, struct packet *pkt)
{
    if (sw->ports[out].passing != VLAN_PORT_CLOSED) {
        l2_switch_drop(sw, pkt, L2_SWITCH_DROP_VLAN);
        return;
    }
    if (node_is_heard(&sw->node)) {
        l2_switch_note_closed(sw, pkt, out, "to");
    }
    l2_switch_drop(sw, pkt, L2_SWITCH_DROP_STP);
}

/* Takes a frame to a group that no bridge forwards, 802.1Q table 8-1. */
static G_GNUC_NO_INLINE void
receive_reserved(struct l2_switch *sw, const struct port *in,
                 struct packet *pkt)
{
    if (sw->rstp && packet_data(pkt)[5] == 0) {
        l2_switch_stp_receive(sw, in, pkt);
    } else {
        l2_switch_drop(sw, pkt, L2_SWITCH_DROP_RESERVED_GROUP);
    }
}

static bool
is_runt(const struct packet *pkt)
{
    return pkt->stored < ETH_HLEN
           || (packet_is_tagged(pkt) && pkt->stored < ETH_HLEN + VLAN_HLEN);
}

/* Returns the VLAN of 'pkt', or 0 after having ended it, because it is none
 * that a bridge forwards or the port refuses it. */
static uint16_t
admit(struct l2_switch *sw, const struct port *in, struct packet *pkt)
{
    const uint8_t *data = packet_data(pkt);
    uint16_t vlan;

    if (pkt->stored < ETH_HLEN + VLAN_HLEN && is_runt(pkt)) {
        l2_switch_drop(sw, pkt, L2_SWITCH_DROP_RUNT);
        return 0;
    }
    if (get_be32(data) == 0x0180c200 && get_be16(data + 4) < 0x10) {
        receive_reserved(sw, in, pkt);
        return 0;
    }
    vlan = vlan_port_ingress(&sw->ports[in->index], pkt);
    if (!vlan) {
        refuse(sw, in, pkt);
    }
    return vlan;
}

/* The node. */

static void
l2_switch_receive(struct node *node, struct port *in, struct packet *pkt)
{
    struct l2_switch *sw = l2_switch_cast(node);
    sim_time now = sim_now(node->sim);
    uint32_t out = MAC_TABLE_NO_PORT;
    enum mac_learned learned;
    const uint8_t *data;
    uint16_t vlan;

    sw->stats.rx++;
    vlan = admit(sw, in, pkt);
    if (!vlan) {
        return;
    }
    data = packet_data(pkt);
    learned = learn(sw, mac_table_key(vlan, data + ETH_ALEN), in->index, now);
    if (!(data[0] & 1)) {
        out = mac_table_lookup_key(sw->macs, mac_table_key(vlan, data), now);
    }
    if (node_is_heard(node)) {
        l2_switch_note_frame(sw, pkt, in, vlan, learned, out);
    }
    if (out == MAC_TABLE_NO_PORT) {
        flood(sw, in, vlan, pkt);
    } else if (out == in->index) {
        l2_switch_drop(sw, pkt, L2_SWITCH_DROP_SAME_PORT);
    } else if (!fits(&node->ports[out], pkt)) {
        l2_switch_drop(sw, pkt, L2_SWITCH_DROP_TOO_BIG);
    } else if (!vlan_port_egress(&sw->ports[out], vlan, pkt)) {
        hold_back(sw, out, pkt);
    } else {
        sw->stats.forwarded++;
        port_send(&node->ports[out], pkt);
    }
}

/* Who was behind a port whose link is down is somewhere else now. */
static void
l2_switch_link_changed(struct node *node, struct port *port)
{
    struct l2_switch *sw = l2_switch_cast(node);

    if (!port_is_up(port)) {
        l2_switch_flush(node, port->index, MAC_TABLE_ANY_VLAN);
    }
    if (sw->rstp) {
        rstp_link_changed(sw->rstp, port->index);
    }
    if (sw->tree) {
        spanning_tree_link_changed(sw->tree, port);
    }
}

static void
l2_switch_reboot(struct node *node)
{
    struct l2_switch *sw = l2_switch_cast(node);

    l2_switch_flush(node, MAC_TABLE_ANY_PORT, MAC_TABLE_ANY_VLAN);
    sw->next_learning = 0;
    if (sw->rstp) {
        rstp_reboot(sw->rstp);
    }
}

static void
l2_switch_destroy(struct node *node)
{
    struct l2_switch *sw = l2_switch_cast(node);

    rstp_free(sw->rstp);
    for (uint32_t i = 0; i < node->n_ports; i++) {
        vlan_port_clear(&sw->ports[i]);
    }
    g_free(sw->ports);
    g_free(sw->vlans.n_ports);
    g_free((void *) sw->stp.ports);
    mac_table_free(sw->macs);
    queueing_remove(node);
    node_clear(node);
    g_free(sw);
}

const struct node_ops l2_switch_ops = {
    .kind = "switch",
    .receive = l2_switch_receive,
    .link_changed = l2_switch_link_changed,
    .reboot = l2_switch_reboot,
    .destroy = l2_switch_destroy,
    .metrics = l2_switch_metrics,
    .table = l2_switch_table,
};

/* Adds a switch to 'sim', all of its ports flat. */
struct node *
l2_switch_new(struct sim *sim, const struct l2_switch_config *config)
{
    struct l2_switch *sw = g_new0(struct l2_switch, 1);
    struct mac_table_config macs = config->macs;
    struct random_stream random;
    char *stream = g_strconcat(config->name, "/mac-evict", NULL);

    random_stream_init(&random, sim->seed, stream);
    g_free(stream);
    node_init(&sw->node, &l2_switch_ops, sim, config->name, config->n_ports);
    queueing_install(&sw->node, &config->queueing);
    macs.n_ports = config->n_ports;
    sw->macs = mac_table_new(&macs, &random);
    sw->ports = g_new0(struct vlan_port, config->n_ports);
    for (uint32_t i = 0; i < config->n_ports; i++) {
        vlan_port_init(&sw->ports[i]);
    }
    sw->vlans.max = config->max_vlans;
    sw->mac = config->mac;
    sw->stp = config->stp;
    sw->stp.ports =
        g_memdup2(config->stp.ports, config->n_ports * sizeof *sw->stp.ports);
    if (config->learning_rate) {
        sw->learning_gap =
            MAX(SIM_S / (sim_time) MIN(config->learning_rate, SIM_S), 1);
    }
    if (config->stp.is_on) {
        l2_switch_stp_start(sw);
    }
    return &sw->node;
}

/* Forgets the addresses behind 'port', or MAC_TABLE_ANY_PORT, in 'vlan', or
 * MAC_TABLE_ANY_VLAN. */
void
l2_switch_flush(struct node *node, uint32_t port, uint16_t vlan)
{
    mac_table_flush(l2_switch_cast(node)->macs, port, vlan,
                    sim_now(node->sim));
}

/* Returns when the first broadcast storm was recognized, SIM_NEVER: none was. */
sim_time
l2_switch_storm(const struct node *node)
{
    const struct storm *storm = &l2_switch_cast(node)->storm;

    return storm->n_storms ? storm->first : SIM_NEVER;
}

const struct l2_switch_stats *
l2_switch_stats(const struct node *node)
{
    return &l2_switch_cast(node)->stats;
}

struct mac_table *
l2_switch_macs(const struct node *node)
{
    return l2_switch_cast(node)->macs;
}

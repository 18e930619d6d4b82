#include "models/fabric/l2_switch.h"

#include <glib.h>
#include <string.h>

#include "models/fabric/vlan_port.h"
#include "sim/port.h"

const struct fate l2_switch_drops[L2_SWITCH_N_DROPS] = {
#define X(ID, NAME, HELP) [L2_SWITCH_DROP_##ID] = { FATE_DROPPED, NAME, HELP },
    L2_SWITCH_DROPS(X)
#undef X
};

struct l2_switch {
    struct node node;
    struct mac_table *macs;
    struct vlan_port *vlans; /* One for each port. */
    struct l2_switch_stats stats;
};

static const struct node_ops l2_switch_ops;

static inline struct l2_switch *
l2_switch_cast(const struct node *node)
{
    g_assert(node->ops == &l2_switch_ops);
    return (struct l2_switch *) (void *) node;
}

/* Notes: what a packet's walk shows.  Only made when somebody listens. */

/* The port as people call it: "p2" of "sw1:p2". */
static const char *
port_name(const struct l2_switch *sw, uint32_t port)
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
                  port_name(sw, port), vlan);
        break;
    case MAC_MOVED:
        node_note(&sw->node, pkt, "mac", "moved %s to %s (VLAN %u)", mac,
                  port_name(sw, port), vlan);
        break;
    case MAC_UNLEARNED:
        node_note(&sw->node, pkt, "mac",
                  "not learned %s on %s (VLAN %u): the table is full", mac,
                  port_name(sw, port), vlan);
        break;
    case MAC_REFRESHED:
    case MAC_NOT_LEARNED: break;
    }
}

static bool
is_flooded_to(const struct l2_switch *sw, const struct port *in, uint16_t vlan,
              uint32_t port)
{
    return port != in->index && sw->node.ports[port].peer
           && vlan_port_carries(&sw->vlans[port], vlan);
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
                  vlan, port_name(sw, out));
        return;
    }
    for (uint32_t i = 0; i < sw->node.n_ports; i++) {
        n += is_flooded_to(sw, in, vlan, i);
    }
    node_note(&sw->node, pkt, "mac",
              "lookup %s (VLAN %u) -> %s: flooded to %u port%s", mac, vlan,
              eth_addr_is_group(dst) ? "group" : "unknown", n,
              n == 1 ? "" : "s");
}

/* Says what was learned from 'pkt', and which port was found for it. */
static G_GNUC_NO_INLINE void
note_frame(const struct l2_switch *sw, const struct packet *pkt,
           const struct port *in, uint16_t vlan, enum mac_learned learned,
           uint32_t out)
{
    struct eth_hdr eth;

    if (eth_decode(&eth, packet_data(pkt), pkt->stored)) {
        note_learned(sw, pkt, eth.src, vlan, in->index, learned);
        note_lookup(sw, pkt, in, eth.dst, vlan, out);
    }
}

/* Frames. */

static void
drop(struct l2_switch *sw, struct packet *pkt, enum l2_switch_drop why)
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

/* Sends 'pkt', which fits, out of port 'out' as a frame of 'vlan'. */
static inline void
send(struct l2_switch *sw, uint32_t out, uint16_t vlan, struct packet *pkt)
{
    vlan_port_egress(&sw->vlans[out], vlan, pkt);
    port_send(&sw->node.ports[out], pkt);
}

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
    send(sw, out, vlan, pkt);
}

/* Sends 'pkt' out of every other port of 'vlan': itself out of the last one,
 * clones of it out of those before. */
static void
flood(struct l2_switch *sw, const struct port *in, uint16_t vlan,
      struct packet *pkt)
{
    uint32_t last = MAC_TABLE_NO_PORT;

    for (uint32_t i = 0; i < sw->node.n_ports; i++) {
        if (is_flooded_to(sw, in, vlan, i)) {
            if (last != MAC_TABLE_NO_PORT) {
                send_copy(sw, last, vlan, node_clone_packet(&sw->node, pkt));
            }
            last = i;
        }
    }
    if (last == MAC_TABLE_NO_PORT) {
        drop(sw, pkt, L2_SWITCH_DROP_NO_MEMBER);
        return;
    }
    sw->stats.flooded++;
    send_copy(sw, last, vlan, pkt);
}

/* Returns the VLAN of 'pkt', or 0 after having dropped it, because it is none
 * that a bridge forwards or the port refuses it. */
static uint16_t
admit(struct l2_switch *sw, const struct port *in, struct packet *pkt)
{
    const uint8_t *data = packet_data(pkt);
    uint16_t vlan;

    if (pkt->stored < ETH_HLEN
        || (packet_is_tagged(pkt) && pkt->stored < ETH_HLEN + VLAN_HLEN)) {
        drop(sw, pkt, L2_SWITCH_DROP_RUNT);
        return 0;
    }
    if (get_be32(data) == 0x0180c200 && get_be16(data + 4) < 0x10) {
        drop(sw, pkt, L2_SWITCH_DROP_RESERVED_GROUP);
        return 0;
    }
    vlan = vlan_port_ingress(&sw->vlans[in->index], pkt);
    if (!vlan) {
        drop(sw, pkt, L2_SWITCH_DROP_VLAN);
    }
    return vlan;
}

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
    learned = mac_table_learn_key(
        sw->macs, mac_table_key(vlan, data + ETH_ALEN), in->index, now);
    if (!(data[0] & 1)) {
        out = mac_table_lookup_key(sw->macs, mac_table_key(vlan, data), now);
    }
    if (node_is_heard(node)) {
        note_frame(sw, pkt, in, vlan, learned, out);
    }
    if (out == MAC_TABLE_NO_PORT) {
        flood(sw, in, vlan, pkt);
    } else if (out == in->index) {
        drop(sw, pkt, L2_SWITCH_DROP_SAME_PORT);
    } else if (!fits(&node->ports[out], pkt)) {
        drop(sw, pkt, L2_SWITCH_DROP_TOO_BIG);
    } else {
        sw->stats.forwarded++;
        send(sw, out, vlan, pkt);
    }
}

static void
l2_switch_destroy(struct node *node)
{
    struct l2_switch *sw = l2_switch_cast(node);

    for (uint32_t i = 0; i < node->n_ports; i++) {
        vlan_port_clear(&sw->vlans[i]);
    }
    g_free(sw->vlans);
    mac_table_free(sw->macs);
    node_clear(node);
    g_free(sw);
}

/* Metrics and tables. */

static const struct mac_table_stats *
mac_stats(const struct node *node)
{
    return mac_table_stats(l2_switch_cast(node)->macs, sim_now(node->sim));
}

static uint64_t
read_mac_used(const struct node *node)
{
    return mac_stats(node)->used;
}

static uint64_t
read_mac_peak(const struct node *node)
{
    return mac_stats(node)->peak;
}

static uint64_t
read_mac_evicted(const struct node *node)
{
    return mac_stats(node)->evicted;
}

static uint64_t
read_mac_unlearned(const struct node *node)
{
    return mac_stats(node)->unlearned;
}

static uint64_t
read_mac_moved(const struct node *node)
{
    return mac_stats(node)->moved;
}

static uint64_t
read_mac_learned(const struct node *node)
{
    return mac_stats(node)->learned;
}

static uint64_t
read_flooded(const struct node *node)
{
    return l2_switch_stats(node)->flooded;
}

static uint64_t
read_forwarded(const struct node *node)
{
    return l2_switch_stats(node)->forwarded;
}

static uint64_t
read_rx(const struct node *node)
{
    return l2_switch_stats(node)->rx;
}

static uint64_t
read_vlans_used(const struct node *node)
{
    const struct l2_switch *sw = l2_switch_cast(node);
    uint64_t vlans[VLAN_WORDS] = { 0 };
    uint64_t n = 0;

    for (uint32_t i = 0; i < node->n_ports; i++) {
        vlan_port_collect(&sw->vlans[i], vlans);
    }
    for (int i = 0; i < VLAN_WORDS; i++) {
        for (uint64_t bits = vlans[i]; bits; bits &= bits - 1) {
            n++;
        }
    }
    return n;
}

const struct metric l2_switch_metrics[] = {
    { "switch.mac.used", "entries", METRIC_GAUGE,
      "MAC addresses in the table.", read_mac_used },
    { "switch.mac.peak", "entries", METRIC_PEAK,
      "The most MAC addresses there were in the table.", read_mac_peak },
    { "switch.mac.evicted", "entries", METRIC_COUNTER,
      "Addresses that made room for others in the full table.",
      read_mac_evicted },
    { "switch.mac.unlearned", "frames", METRIC_COUNTER,
      "Frames whose source found no room in the table.", read_mac_unlearned },
    { "switch.mac.moved", "entries", METRIC_COUNTER,
      "Times an address was seen on another port than before.",
      read_mac_moved },
    { "switch.mac.learned", "entries", METRIC_COUNTER,
      "Addresses that were entered into the table.", read_mac_learned },
    { "switch.flooded_frames", "frames", METRIC_COUNTER,
      "Frames sent out of every other port of their VLAN.", read_flooded },
    { "switch.forwarded_frames", "frames", METRIC_COUNTER,
      "Frames sent out of the one port that was known.", read_forwarded },
    { "switch.rx_frames", "frames", METRIC_COUNTER, "Frames received.",
      read_rx },
    { "switch.vlans.used", "vlans", METRIC_GAUGE,
      "VLANs that the ports are configured for.", read_vlans_used },
    { 0 },
};

static bool
l2_switch_table(const struct node *node, unsigned int index,
                struct table_usage *usage)
{
    const struct mac_table_stats *stats = mac_stats(node);

    if (index > 0) {
        return false;
    }
    *usage = (struct table_usage){
        .name = "mac",
        .capacity = mac_table_config(l2_switch_macs(node))->max_entries,
        .used = stats->used,
        .peak = stats->peak,
        .evicted = stats->evicted,
        .rejected = stats->unlearned,
    };
    return true;
}

static const struct node_ops l2_switch_ops = {
    .kind = "switch",
    .receive = l2_switch_receive,
    .destroy = l2_switch_destroy,
    .metrics = l2_switch_metrics,
    .table = l2_switch_table,
};

/* Making and configuring. */

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
    macs.n_ports = config->n_ports;
    sw->macs = mac_table_new(&macs, &random);
    sw->vlans = g_new0(struct vlan_port, config->n_ports);
    return &sw->node;
}

static struct vlan_port *
vlan_port(struct node *node, uint32_t port)
{
    g_assert(port < node->n_ports);
    return &l2_switch_cast(node)->vlans[port];
}

/* 'vlan' is 1 to 4094. */
void
l2_switch_set_access(struct node *node, uint32_t port, uint16_t vlan)
{
    vlan_port_set_access(vlan_port(node, port), vlan);
}

/* 'native' is 1 to 4094, or 0 for none. */
void
l2_switch_set_trunk(struct node *node, uint32_t port, uint16_t native)
{
    vlan_port_set_trunk(vlan_port(node, port), native);
}

/* 'port' must be a trunk; 'vlan' is 1 to 4094. */
void
l2_switch_trunk_add(struct node *node, uint32_t port, uint16_t vlan)
{
    vlan_port_add(vlan_port(node, port), vlan);
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

/* What a switch can be asked for. */

#include "models/fabric/l2_switch_inside.h"

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
read_mac_expired(const struct node *node)
{
    return mac_stats(node)->expired;
}

static uint64_t
read_mac_flushed(const struct node *node)
{
    return mac_stats(node)->flushed;
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
    return l2_switch_cast(node)->vlans.used;
}

static uint64_t
read_reconfigurations(const struct node *node)
{
    return l2_switch_stats(node)->reconfigurations;
}

static uint64_t
read_reconfiguring(const struct node *node)
{
    return (uint64_t) (l2_switch_stats(node)->reconfiguring / SIM_US);
}

static uint64_t
read_rate_limited(const struct node *node)
{
    return l2_switch_stats(node)->rate_limited;
}

static uint64_t
read_storms(const struct node *node)
{
    return l2_switch_cast(node)->storm.n_storms;
}

static const struct rstp_stats *
stp_stats(const struct node *node)
{
    static const struct rstp_stats none;
    const struct rstp *rstp = l2_switch_cast(node)->rstp;

    return rstp ? rstp_stats(rstp) : &none;
}

static uint64_t
read_stp_topology_changes(const struct node *node)
{
    return stp_stats(node)->topology_changes;
}

static uint64_t
read_stp_bpdus_sent(const struct node *node)
{
    return stp_stats(node)->bpdus_sent;
}

static uint64_t
read_stp_bpdus_received(const struct node *node)
{
    return stp_stats(node)->bpdus_received;
}

const struct metric l2_switch_metrics[] = {
    { "switch.mac.used", "entries", METRIC_GAUGE,
      "MAC addresses in the table.", read_mac_used },
    { "switch.mac.peak", "entries", METRIC_PEAK,
      "The most MAC addresses there were in the table.", read_mac_peak },
    { "switch.mac.evicted", "entries", METRIC_COUNTER,
      "Addresses that made room for others in the full table.",
      read_mac_evicted },
    { "switch.mac.expired", "entries", METRIC_COUNTER,
      "Addresses that were not heard for the aging time.", read_mac_expired },
    { "switch.mac.flushed", "entries", METRIC_COUNTER,
      "Addresses that were forgotten at once, because the network changed.",
      read_mac_flushed },
    { "switch.mac.unlearned", "frames", METRIC_COUNTER,
      "Frames whose source found no room in the table.", read_mac_unlearned },
    { "switch.mac.moved", "entries", METRIC_COUNTER,
      "Times an address was seen on another port than before.",
      read_mac_moved },
    { "switch.mac.learned", "entries", METRIC_COUNTER,
      "Addresses that were entered into the table.", read_mac_learned },
    { "switch.mac.rate_limited", "frames", METRIC_COUNTER,
      "Frames whose source was not learned because addresses came too fast.",
      read_rate_limited },
    { "switch.flooded_frames", "frames", METRIC_COUNTER,
      "Frames sent out of every other port of their VLAN.", read_flooded },
    { "switch.forwarded_frames", "frames", METRIC_COUNTER,
      "Frames sent out of the one port that was known.", read_forwarded },
    { "switch.rx_frames", "frames", METRIC_COUNTER, "Frames received.",
      read_rx },
    { "switch.vlans.used", "vlans", METRIC_GAUGE,
      "VLANs that ports are configured for, beside the default one.",
      read_vlans_used },
    { "switch.reconfigurations", "changes", METRIC_COUNTER,
      "Times that the VLANs of its ports were changed during the run.",
      read_reconfigurations },
    { "switch.reconfiguring_us", "us", METRIC_COUNTER,
      "Time that these changes took.", read_reconfiguring },
    { "switch.stp.topology_changes", "changes", METRIC_COUNTER,
      "Ports that began to forward in a tree that changed.",
      read_stp_topology_changes },
    { "switch.stp.bpdus_sent", "frames", METRIC_COUNTER,
      "BPDUs of the spanning tree sent.", read_stp_bpdus_sent },
    { "switch.stp.bpdus_received", "frames", METRIC_COUNTER,
      "BPDUs of the spanning tree received.", read_stp_bpdus_received },
    { "switch.storms", "storms", METRIC_COUNTER,
      "Broadcast storms: frames that came back again and again.",
      read_storms },
    QUEUEING_METRICS("switch"),
    { 0 },
};

static void
use_of_macs(const struct node *node, struct table_usage *usage)
{
    const struct mac_table_stats *stats = mac_stats(node);

    *usage = (struct table_usage){
        .name = "mac",
        .capacity = mac_table_config(l2_switch_macs(node))->max_entries,
        .used = stats->used,
        .peak = stats->peak,
        .evicted = stats->evicted,
        .rejected = stats->unlearned,
    };
}

static void
use_of_vlans(const struct node *node, struct table_usage *usage)
{
    const struct l2_switch_vlans *vlans = &l2_switch_cast(node)->vlans;

    *usage = (struct table_usage){
        .name = "vlans",
        .capacity = vlans->max,
        .used = vlans->used,
        .peak = vlans->peak,
        .rejected = vlans->rejected,
    };
}

bool
l2_switch_table(const struct node *node, unsigned int index,
                struct table_usage *usage)
{
    switch (index) {
    case 0: use_of_macs(node, usage); return true;
    case 1: use_of_vlans(node, usage); return true;
    case 2: return queueing_table(node, usage);
    default: return false;
    }
}

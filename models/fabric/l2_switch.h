/* Learning Ethernet switch, IEEE 802.1Q: per-VLAN learning, access and trunk
 * ports, flooding, filtering on the ingress port, spanning tree.
 *
 * Every frame that comes in is accounted for once: rx == forwarded + flooded +
 * consumed + dropped.  A flood clones the frame for every further port of the VLAN that
 * has a link; a copy that is too big for its port is dropped by itself, and the
 * frame counts as flooded. */

#ifndef MODELS_FABRIC_L2_SWITCH_H
#define MODELS_FABRIC_L2_SWITCH_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/fabric/mac_table.h"
#include "models/fabric/queueing.h"
#include "models/fabric/rstp.h"
#include "sim/node.h"

struct spanning_tree;

struct l2_switch_config {
    const char *name; /* "sw1"; the caller's string. */
    uint32_t n_ports;
    struct mac_table_config macs;
    uint64_t learning_rate; /* New addresses in a second; 0: no limit. */
    uint32_t max_vlans;     /* Beside the default one; 0: no bound. */
    struct eth_addr mac;    /* The bridge's own, for its protocols. */
    struct rstp_config stp;
    struct queueing_config queueing;
};

/* Counters; rx == forwarded + flooded + consumed + dropped. */
struct l2_switch_stats {
    uint64_t rx;           /* Frames received. */
    uint64_t forwarded;    /* Sent out of the one right port. */
    uint64_t flooded;      /* Sent out of every other port of the VLAN. */
    uint64_t consumed;     /* BPDUs. */
    uint64_t dropped;      /* None of these; node fates say why. */
    uint64_t flood_copies; /* Frames that flooding sent. */
    uint64_t rate_limited; /* Frames whose source came too fast to learn. */
    uint64_t reconfigurations; /* Times that its VLANs were changed, */
    sim_time reconfiguring;    /* and the time that this took. */
};

/* Why a switch drops a frame. */
#define L2_SWITCH_DROPS(X)                                                    \
    X(RUNT, "switch-runt", "shorter than an Ethernet header or its tag")      \
    X(SAME_PORT, "same-port",                                                 \
      "its destination is behind the port it came from (802.1Q 8.6.1)")       \
    X(VLAN, "vlan-not-member", "the port does not carry its VLAN")            \
    X(RESERVED_GROUP, "reserved-group",                                       \
      "a link-local group address, 01-80-C2-00-00-0X (802.1Q 8.6.3)")         \
    X(STP, "stp-discarding", "the spanning tree keeps the port closed")       \
    X(BAD_BPDU, "bad-bpdu", "sent to bridges, and no BPDU (802.1D 9.3.4)")    \
    X(NO_MEMBER, "no-member", "no other port carries its VLAN")               \
    X(TOO_BIG, "switch-too-big", "larger than the MTU of the port out")
enum l2_switch_drop {
#define X(ID, NAME, HELP) L2_SWITCH_DROP_##ID,
    L2_SWITCH_DROPS(X)
#undef X
        L2_SWITCH_N_DROPS
};
extern const struct fate l2_switch_drops[L2_SWITCH_N_DROPS];

/* A BPDU that the switch's spanning tree took. */
extern const struct fate l2_switch_stp;

/* What a switch can be asked for, up to a row without name. */
extern const struct metric l2_switch_metrics[];

struct node *l2_switch_new(struct sim *, const struct l2_switch_config *);
bool node_is_l2_switch(const struct node *);

/* A port is by default a trunk that carries every VLAN, untagged frames being
 * VLAN 1's (flat).  An access port carries one VLAN, untagged; a trunk carries
 * the VLANs that were added, tagged, and untagged frames as 'native' (0: it
 * drops them).  False: 'max_vlans' is reached, and nothing has changed. */
bool l2_switch_set_access(struct node *, uint32_t port, uint16_t vlan);
bool l2_switch_set_trunk(struct node *, uint32_t port, uint16_t native);
bool l2_switch_trunk_add(struct node *, uint32_t port, uint16_t vlan);
void l2_switch_trunk_remove(struct node *, uint32_t port, uint16_t vlan);

void l2_switch_reconfigured(struct node *, sim_time took);

void l2_switch_flush(struct node *, uint32_t port, uint16_t vlan);
sim_time l2_switch_storm(const struct node *);

/* A spanning tree: its own, or one that is computed outside. */
const struct rstp *l2_switch_rstp(const struct node *); /* Null: off. */
uint64_t l2_switch_bridge_id(const struct node *);
uint16_t l2_switch_port_id(const struct node *, uint32_t port);
uint32_t l2_switch_port_cost(const struct node *, uint32_t port);
bool l2_switch_forwards(const struct node *, uint32_t port);
void l2_switch_set_tree(struct node *, struct spanning_tree *);
void l2_switch_set_blocked(struct node *, uint32_t port, bool is_blocked);

const struct l2_switch_stats *l2_switch_stats(const struct node *);
struct mac_table *l2_switch_macs(const struct node *);

#endif /* models/fabric/l2_switch.h */

/* Learning Ethernet switch, IEEE 802.1Q: per-VLAN learning, access and trunk
 * ports, flooding, filtering on the ingress port.
 *
 * Every frame that comes in is accounted for once: rx == forwarded + flooded +
 * dropped.  A flood clones the frame for every further port. */

#ifndef MODELS_FABRIC_L2_SWITCH_H
#define MODELS_FABRIC_L2_SWITCH_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/fabric/mac_table.h"
#include "sim/node.h"

struct l2_switch_config {
    const char *name; /* "sw1"; the caller's string. */
    uint32_t n_ports;
    struct mac_table_config macs;
};

/* Counters; rx == forwarded + flooded + dropped. */
struct l2_switch_stats {
    uint64_t rx;           /* Frames received. */
    uint64_t forwarded;    /* Sent out of the one right port. */
    uint64_t flooded;      /* Sent out of every other port of the VLAN. */
    uint64_t dropped;      /* Dropped; node fates say why. */
    uint64_t flood_copies; /* Frames sent by flooding. */
};

struct node *l2_switch_new(struct sim *, const struct l2_switch_config *);

/* A port is by default a trunk that carries every VLAN, untagged frames being
 * VLAN 1's (flat).  An access port carries one VLAN, untagged; a trunk carries
 * the VLANs that were added, tagged, and untagged frames as 'native' (0: it
 * drops them). */
void l2_switch_set_access(struct node *, uint32_t port, uint16_t vlan);
void l2_switch_set_trunk(struct node *, uint32_t port, uint16_t native);
void l2_switch_trunk_add(struct node *, uint32_t port, uint16_t vlan);

const struct l2_switch_stats *l2_switch_stats(const struct node *);
struct mac_table *l2_switch_macs(const struct node *);

#endif /* models/fabric/l2_switch.h */

/* What the files of the switch share. */

#ifndef MODELS_FABRIC_L2_SWITCH_INSIDE_H
#define MODELS_FABRIC_L2_SWITCH_INSIDE_H 1

#include <glib.h>

#include "models/fabric/l2_switch.h"
#include "models/fabric/storm.h"
#include "models/fabric/vlan_port.h"

/* Which VLANs the ports are configured for. */
struct l2_switch_vlans {
    uint16_t *n_ports; /* With each VLAN; null: no port but flat ones. */
    uint32_t max, used, peak;
    uint64_t rejected; /* Times there was no room for another. */
};

struct l2_switch {
    struct node node;
    struct mac_table *macs;
    struct vlan_port *ports; /* What passes each. */
    sim_time learning_gap;   /* Between two new addresses; 0: no limit. */
    struct l2_switch_stats stats;
    sim_time next_learning; /* When the bucket is full again. */
    struct rstp *rstp;      /* Null: off. */
    struct rstp_user rstp_user;
    struct spanning_tree *tree; /* One computed outside, or null. */
    struct storm storm;
    bool is_full_said; /* That the MAC table is. */
    struct l2_switch_vlans vlans;
    struct eth_addr mac;
    struct rstp_config stp; /* Also of a tree computed outside. */
};

extern const struct node_ops l2_switch_ops;

static inline struct l2_switch *
l2_switch_cast(const struct node *node)
{
    g_assert(node->ops == &l2_switch_ops);
    return (struct l2_switch *) (void *) node;
}

/* l2_switch_note.c: what a packet's walk shows, and what happens. */
const char *l2_switch_port_name(const struct l2_switch *, uint32_t port);
void l2_switch_note_frame(const struct l2_switch *, const struct packet *,
                          const struct port *in, uint16_t vlan,
                          enum mac_learned, uint32_t out);

void l2_switch_note_closed(const struct l2_switch *, const struct packet *,
                           uint32_t port, const char *direction);

/* l2_switch_stp.c: what the spanning tree does with the ports. */
void l2_switch_stp_start(struct l2_switch *);
void l2_switch_stp_receive(struct l2_switch *, const struct port *in,
                           struct packet *);

/* l2_switch_metrics.c */
bool l2_switch_table(const struct node *, unsigned int index,
                     struct table_usage *);

/* l2_switch.c */
bool l2_switch_is_flooded_to(const struct l2_switch *, const struct port *in,
                             uint16_t vlan, uint32_t port);
void l2_switch_drop(struct l2_switch *, struct packet *, enum l2_switch_drop);

#endif /* models/fabric/l2_switch_inside.h */

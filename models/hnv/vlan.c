/* VLAN: the isolation that data centres had before: each virtual subnet is a
 * VLAN of the physical switches, and frames between host and switch have its
 * 802.1Q tag. */

#include <glib.h>

#include "models/hnv/datapath.h"
#include "models/hnv/tag.h"

/* Pushes the tag of the sender's VLAN, priority 0.  A VM is on an access port:
 * what it has tagged itself is refused, for a switch that takes off our tag
 * would find the VM's and might put the frame into another tenant's VLAN. */
static const struct fate *
vlan_egress(struct datapath *dp, const struct datapath_frame *frame,
            struct packet *pkt)
{
    struct vlan_tag tag = { .tpid = ETH_TYPE_VLAN, .vid = frame->src->vlan };

    (void) dp;
    g_assert(tag.vid >= VLAN_VID_MIN && tag.vid <= VLAN_VID_MAX);
    if (pkt->stored < ETH_HLEN) {
        return &datapath_drops[DATAPATH_DROP_VLAN_MALFORMED];
    }
    if (tag_is_at(packet_data(pkt))) {
        return &datapath_drops[DATAPATH_DROP_VLAN_TAGGED];
    }
    tag_push(pkt, &tag);
    return NULL;
}

/* Takes the tag off.  One with VID 0 names no VLAN (IEEE 802.1Q section 9.6),
 * so the frame counts as untagged. */
static const struct fate *
vlan_ingress(struct datapath *dp, struct datapath_frame *frame,
             struct packet *pkt)
{
    struct vlan_tag tag;

    (void) dp;
    if (!tag_look(pkt, &tag) || tag.tpid != ETH_TYPE_VLAN || !tag.vid) {
        return &datapath_drops[DATAPATH_DROP_VLAN_UNTAGGED];
    }
    tag_pop(pkt);
    frame->vlan = tag.vid;
    return NULL;
}

static size_t
vlan_overhead(uint8_t family)
{
    (void) family;
    return VLAN_HLEN;
}

const struct datapath_ops datapath_vlan = {
    .kind = "vlan",
    .rule = POLICY_RULE_VLAN,
    .help = "an 802.1Q tag for each virtual subnet",
    .egress = vlan_egress,
    .ingress = vlan_ingress,
    .overhead = vlan_overhead,
};

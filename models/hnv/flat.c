/* Flat: the customer's frame goes over the network as it is, like that of any
 * bare machine.  There is no isolation. */

#include "models/hnv/datapath.h"

static const struct fate *
flat_egress(struct datapath *dp, const struct datapath_frame *frame,
            struct packet *pkt)
{
    (void) dp;
    (void) frame;
    (void) pkt;
    return NULL;
}

static const struct fate *
flat_ingress(struct datapath *dp, struct datapath_frame *frame,
             struct packet *pkt)
{
    (void) dp;
    (void) pkt;
    frame->vlan = 0;
    return NULL;
}

static size_t
flat_overhead(uint8_t family)
{
    (void) family;
    return 0;
}

const struct datapath_ops datapath_flat = {
    .kind = "flat",
    .rule = POLICY_RULE_NONE,
    .help = "no virtualization: frames travel as VMs send them",
    .egress = flat_egress,
    .ingress = flat_ingress,
    .overhead = flat_overhead,
};

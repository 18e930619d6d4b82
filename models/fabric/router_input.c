/* What a router does with a frame that comes in. */

#include "models/fabric/router_inside.h"
#include "models/fabric/router_neighbor.h"

/* Takes 'pkt', whose Ethernet header is held, addressed to the MAC of the
 * interface of 'in'. */
void
router_input(struct router *router, struct port *in, struct packet *pkt)
{
    switch (get_be16(packet_data(pkt) + 2 * ETH_ALEN)) {
    case ETH_TYPE_IPV4: router_forward_v4(router, in, pkt); break;
    case ETH_TYPE_IPV6: router_forward_v6(router, in, pkt); break;
    case ETH_TYPE_ARP: router_arp_input(router, in, pkt); break;
    default: router_end(router, pkt, ROUTER_FATE_ETHERTYPE); break;
    }
}

/* Takes 'pkt', a broadcast or multicast frame of which the other ports of a
 * bridged interface have got theirs.  A packet to one host that comes in such a
 * frame is not forwarded: RFC 1812 section 5.3.4. */
void
router_input_group(struct router *router, struct port *in, struct packet *pkt)
{
    uint16_t type = get_be16(packet_data(pkt) + 2 * ETH_ALEN);

    if (type == ETH_TYPE_ARP) {
        router_arp_input(router, in, pkt);
    } else if (type == ETH_TYPE_IPV6 && router_nd_input(router, in, pkt)) {
        router_end(router, pkt, ROUTER_FATE_ND);
    } else {
        router_end(router, pkt,
                   in->role & ROUTER_BRIDGED ? ROUTER_FATE_FLOODED
                                             : ROUTER_FATE_GROUP);
    }
}

/* Takes 'pkt', whose Ethernet header is held, addressed to another MAC than
 * that of the interface of 'in', or to the MAC of a bridged one. */
static void
receive_other(struct router *router, struct port *in, struct packet *pkt)
{
    const uint8_t *data = packet_data(pkt);

    if (in->role == ROUTER_NO_ROLE) {
        router_end(router, pkt, ROUTER_FATE_NO_INTERFACE);
    } else if (get_be32(data) == 0x0180c200 && get_be16(data + 4) < 0x10) {
        router_end(router, pkt, ROUTER_FATE_RESERVED_GROUP);
    } else if (in->role & ROUTER_BRIDGED) {
        router_bridge_receive(router, in, pkt);
    } else if (data[0] & 1) {
        router_input_group(router, in, pkt);
    } else {
        router_end(router, pkt, ROUTER_FATE_NOT_MINE);
    }
}

void
router_receive(struct node *node, struct port *in, struct packet *pkt)
{
    struct router *router = (struct router *) (void *) node;
    const uint8_t *data = packet_data(pkt);

    if (pkt->stored < ETH_HLEN) {
        router_end(router, pkt, ROUTER_FATE_RUNT);
    } else if (get_be64(data) >> 16 != in->role) {
        receive_other(router, in, pkt);
    } else if (get_be16(data + 2 * ETH_ALEN) == ETH_TYPE_IPV4) {
        router_forward_v4(router, in, pkt);
    } else {
        router_input(router, in, pkt);
    }
}

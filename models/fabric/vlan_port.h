/* VLANs of one port of a bridge, IEEE 802.1Q section 8.6 and 8.8: to which VLAN a
 * frame that comes in belongs, which VLANs go out, and whether with a tag.
 *
 *     port      in, untagged or VID 0   in, tagged     out
 *     flat      VLAN 1                  its VLAN       all; all but 1 tagged
 *     access    the port's VLAN         refused        the port's, untagged
 *     trunk     the native VLAN         if a member    members, tagged; the
 *                                                      native one untagged
 *     closed    refused                 refused        none
 *
 * A tag with VID 0 says a priority and no VLAN.  A trunk whose native VLAN is 0
 * refuses untagged frames.
 *
 * Whatever its mode, a port can be closed: a spanning tree does not let it
 * forward.  What passes now ('passing', 'untagged') is kept apart from what was
 * configured, so that a frame on its way through an open port is not asked
 * whether it is open: nothing of the closed one fits. */

#ifndef MODELS_FABRIC_VLAN_PORT_H
#define MODELS_FABRIC_VLAN_PORT_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/wire/vlan.h"
#include "sim/packet.h"

#define VLAN_DEFAULT 1           /* Of what has no tag, section 9.6. */
#define VLAN_WORDS   (4096 / 64) /* Of a set of VLANs. */

enum vlan_port_mode {
    VLAN_PORT_FLAT, /* A trunk that carries every VLAN. */
    VLAN_PORT_ACCESS,
    VLAN_PORT_TRUNK,
    VLAN_PORT_CLOSED, /* Carries nothing now; never configured. */
};

struct vlan_port {
    uint8_t passing;   /* As 'mode', or VLAN_PORT_CLOSED. */
    uint8_t mode;      /* As configured. */
    uint16_t untagged; /* As 'vlan', or 0 if the port is closed. */
    uint16_t vlan;     /* Of what has no tag; 0: nothing has none. */
    uint64_t *members; /* Bits of a trunk's VLANs; null: none but 'vlan'. */
};

void vlan_port_init(struct vlan_port *);
void vlan_port_set_access(struct vlan_port *, uint16_t vlan);
void vlan_port_set_trunk(struct vlan_port *, uint16_t native);
void vlan_port_add(struct vlan_port *, uint16_t vlan);
void vlan_port_remove(struct vlan_port *, uint16_t vlan);
void vlan_port_clear(struct vlan_port *);

/* Closing and opening. */
void vlan_port_set_closed(struct vlan_port *, bool is_closed);
uint16_t vlan_port_if_open(const struct vlan_port *, const struct packet *);

/* Says whether 'port' is configured for 'vlan'. */
bool vlan_port_has(const struct vlan_port *, uint16_t vlan);

uint16_t vlan_port_ingress_tagged(const struct vlan_port *,
                                  const struct packet *);
bool vlan_port_change_tag(const struct vlan_port *, uint16_t vlan,
                          struct packet *);

/* Says whether 'vlan' goes in and out of the port. */
static inline bool
vlan_port_carries(const struct vlan_port *port, uint16_t vlan)
{
    switch ((enum vlan_port_mode) port->passing) {
    case VLAN_PORT_FLAT: return true;
    case VLAN_PORT_CLOSED: return false;
    case VLAN_PORT_ACCESS: return vlan == port->untagged;
    case VLAN_PORT_TRUNK: break;
    }
    return vlan == port->untagged
           || (port->members && port->members[vlan / 64] >> vlan % 64 & 1);
}

/* Says whether the frame 'pkt', of which ETH_HLEN bytes are held, has a tag. */
static inline bool
packet_is_tagged(const struct packet *pkt)
{
    return get_be16(packet_data(pkt) + VLAN_OFS) == ETH_TYPE_VLAN;
}

/* Returns the VLAN of 'pkt', which came in on 'port' and of which the tag, if it
 * has one, is held.  0 if the port refuses it. */
static inline uint16_t
vlan_port_ingress(const struct vlan_port *port, const struct packet *pkt)
{
    return packet_is_tagged(pkt) ? vlan_port_ingress_tagged(port, pkt)
                                 : port->untagged;
}

/* Gives 'pkt', a frame of 'vlan', the tag with which it leaves 'port', or none.
 * A tag that stays keeps its priority.  Returns false, with 'pkt' as it was, if
 * 'vlan' does not leave there. */
static inline bool
vlan_port_egress(const struct vlan_port *port, uint16_t vlan,
                 struct packet *pkt)
{
    if (vlan == port->untagged && !packet_is_tagged(pkt)) {
        return true;
    }
    return vlan_port_change_tag(port, vlan, pkt);
}

#endif /* models/fabric/vlan_port.h */

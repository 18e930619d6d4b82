/* VLANs of one port of a bridge, IEEE 802.1Q section 8.6 and 8.8: to which VLAN a
 * frame that comes in belongs, which VLANs go out, and whether with a tag.
 *
 *     port      in, untagged or VID 0   in, tagged     out
 *     flat      VLAN 1                  its VLAN       all; all but 1 tagged
 *     access    the port's VLAN         refused        the port's, untagged
 *     trunk     the native VLAN         if a member    members, tagged; the
 *                                                      native one untagged
 *
 * A tag with VID 0 says a priority and no VLAN.  A trunk whose native VLAN is 0
 * refuses untagged frames. */

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
};

/* All zeros is a flat port. */
struct vlan_port {
    enum vlan_port_mode mode;
    uint16_t vlan;     /* The access or native VLAN, 0: none. */
    uint64_t *members; /* Bits of a trunk's VLANs; null: none but 'vlan'. */
};

void vlan_port_set_access(struct vlan_port *, uint16_t vlan);
void vlan_port_set_trunk(struct vlan_port *, uint16_t native);
void vlan_port_add(struct vlan_port *, uint16_t vlan);
void vlan_port_clear(struct vlan_port *);
void vlan_port_collect(const struct vlan_port *, uint64_t vlans[VLAN_WORDS]);

uint16_t vlan_port_ingress_tagged(const struct vlan_port *,
                                  const struct packet *);
void vlan_port_change_tag(const struct vlan_port *, uint16_t vlan,
                          struct packet *);

/* Says whether 'vlan' goes in and out of the port. */
static inline bool
vlan_port_carries(const struct vlan_port *port, uint16_t vlan)
{
    switch (port->mode) {
    case VLAN_PORT_FLAT: return true;
    case VLAN_PORT_ACCESS: return vlan == port->vlan;
    case VLAN_PORT_TRUNK: break;
    }
    return vlan == port->vlan
           || (port->members && port->members[vlan / 64] >> vlan % 64 & 1);
}

/* Says whether the frame 'pkt', of which ETH_HLEN bytes are held, has a tag. */
static inline bool
packet_is_tagged(const struct packet *pkt)
{
    return get_be16(packet_data(pkt) + VLAN_OFS) == ETH_TYPE_VLAN;
}

/* Returns the VLAN of what goes in and out of the port without a tag, 0: of
 * nothing. */
static inline uint16_t
vlan_port_untagged(const struct vlan_port *port)
{
    return port->mode == VLAN_PORT_FLAT ? VLAN_DEFAULT : port->vlan;
}

/* Returns the VLAN of 'pkt', which came in on 'port' and of which the tag, if it
 * has one, is held.  0 if the port refuses it. */
static inline uint16_t
vlan_port_ingress(const struct vlan_port *port, const struct packet *pkt)
{
    return packet_is_tagged(pkt) ? vlan_port_ingress_tagged(port, pkt)
                                 : vlan_port_untagged(port);
}

/* Gives 'pkt', a frame of 'vlan', the tag with which it leaves 'port', or none.
 * A tag that stays keeps its priority. */
static inline void
vlan_port_egress(const struct vlan_port *port, uint16_t vlan,
                 struct packet *pkt)
{
    if (vlan != vlan_port_untagged(port) || packet_is_tagged(pkt)) {
        vlan_port_change_tag(port, vlan, pkt);
    }
}

#endif /* models/fabric/vlan_port.h */

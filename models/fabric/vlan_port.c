#include "models/fabric/vlan_port.h"

#include <glib.h>
#include <string.h>

static bool
is_vlan(uint16_t vlan)
{
    return vlan >= VLAN_VID_MIN && vlan <= VLAN_VID_MAX;
}

/* Makes 'port' an access port of 'vlan', 1 to 4094. */
void
vlan_port_set_access(struct vlan_port *port, uint16_t vlan)
{
    g_assert(is_vlan(vlan));
    vlan_port_clear(port);
    port->mode = VLAN_PORT_ACCESS;
    port->vlan = vlan;
}

/* Makes 'port' a trunk that carries 'native', 0 for none, and what is added. */
void
vlan_port_set_trunk(struct vlan_port *port, uint16_t native)
{
    g_assert(!native || is_vlan(native));
    vlan_port_clear(port);
    port->mode = VLAN_PORT_TRUNK;
    port->vlan = native;
}

/* Adds 'vlan', 1 to 4094, to the trunk 'port'. */
void
vlan_port_add(struct vlan_port *port, uint16_t vlan)
{
    g_assert(port->mode == VLAN_PORT_TRUNK && is_vlan(vlan));
    if (!port->members) {
        port->members = g_new0(uint64_t, VLAN_WORDS);
    }
    port->members[vlan / 64] |= UINT64_C(1) << vlan % 64;
}

/* Makes 'port' flat again and frees what it has. */
void
vlan_port_clear(struct vlan_port *port)
{
    g_free(port->members);
    *port = (struct vlan_port){ 0 };
}

/* Adds the VLANs that 'port' is configured for to the set 'vlans'; a flat port
 * for the default VLAN. */
void
vlan_port_collect(const struct vlan_port *port, uint64_t vlans[VLAN_WORDS])
{
    uint16_t vlan = port->mode == VLAN_PORT_FLAT ? VLAN_DEFAULT : port->vlan;

    for (int i = 0; port->members && i < VLAN_WORDS; i++) {
        vlans[i] |= port->members[i];
    }
    if (vlan) {
        vlans[vlan / 64] |= UINT64_C(1) << vlan % 64;
    }
}

/* What vlan_port_ingress() does with a frame that has a tag. */
uint16_t
vlan_port_ingress_tagged(const struct vlan_port *port,
                         const struct packet *pkt)
{
    uint16_t vlan = get_be16(packet_data(pkt) + VLAN_OFS + 2) & 0xfff;

    if (!vlan) {
        return vlan_port_untagged(port);
    }
    if (vlan > VLAN_VID_MAX || port->mode == VLAN_PORT_ACCESS
        || !vlan_port_carries(port, vlan)) {
        return 0;
    }
    return vlan;
}

static void
push(struct packet *pkt, uint16_t vlan)
{
    struct vlan_tag tag = { .tpid = ETH_TYPE_VLAN, .vid = vlan };
    uint8_t *data = packet_push(pkt, VLAN_HLEN);

    memmove(data, data + VLAN_HLEN, VLAN_OFS);
    vlan_encode(&tag, data + VLAN_OFS);
}

static void
pop(struct packet *pkt)
{
    uint8_t *data = packet_data(pkt);

    memmove(data + VLAN_HLEN, data, VLAN_OFS);
    packet_pull(pkt, VLAN_HLEN);
}

/* What vlan_port_egress() does with a frame that does not stay untagged. */
void
vlan_port_change_tag(const struct vlan_port *port, uint16_t vlan,
                     struct packet *pkt)
{
    uint8_t *tci = packet_data(pkt) + VLAN_OFS + 2;

    if (!packet_is_tagged(pkt)) {
        push(pkt, vlan);
    } else if (vlan == vlan_port_untagged(port)) {
        pop(pkt);
    } else {
        put_be16(tci, (uint16_t) ((get_be16(tci) & 0xf000) | vlan));
    }
}

#include "models/fabric/vlan_port.h"

#include <glib.h>
#include <string.h>

static bool
is_vlan(uint16_t vlan)
{
    return vlan >= VLAN_VID_MIN && vlan <= VLAN_VID_MAX;
}

/* Lets what is configured pass, or nothing. */
static void
set_passing(struct vlan_port *port, bool is_closed)
{
    port->passing = is_closed ? VLAN_PORT_CLOSED : port->mode;
    port->untagged = is_closed ? 0 : port->vlan;
}

static void
configure(struct vlan_port *port, enum vlan_port_mode mode, uint16_t vlan)
{
    bool is_closed = port->passing == VLAN_PORT_CLOSED;

    g_free(port->members);
    port->members = NULL;
    port->mode = (uint8_t) mode;
    port->vlan = vlan;
    set_passing(port, is_closed);
}

/* Makes 'port' an open flat port. */
void
vlan_port_init(struct vlan_port *port)
{
    *port = (struct vlan_port){ .mode = VLAN_PORT_FLAT, .vlan = VLAN_DEFAULT };
    set_passing(port, false);
}

/* Makes 'port' an access port of 'vlan', 1 to 4094. */
void
vlan_port_set_access(struct vlan_port *port, uint16_t vlan)
{
    g_assert(is_vlan(vlan));
    configure(port, VLAN_PORT_ACCESS, vlan);
}

/* Makes 'port' a trunk that carries 'native', 0 for none, and what is added. */
void
vlan_port_set_trunk(struct vlan_port *port, uint16_t native)
{
    g_assert(!native || is_vlan(native));
    configure(port, VLAN_PORT_TRUNK, native);
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

/* Takes 'vlan' off the trunk 'port', unless it is the native one. */
void
vlan_port_remove(struct vlan_port *port, uint16_t vlan)
{
    g_assert(port->mode == VLAN_PORT_TRUNK && is_vlan(vlan));
    if (port->members) {
        port->members[vlan / 64] &= ~(UINT64_C(1) << vlan % 64);
    }
}

/* Frees what 'port' has. */
void
vlan_port_clear(struct vlan_port *port)
{
    g_free(port->members);
}

void
vlan_port_set_closed(struct vlan_port *port, bool is_closed)
{
    set_passing(port, is_closed);
}

/* Returns the VLAN that 'pkt' would have come in as if 'port' were open, 0: it
 * would have been refused. */
uint16_t
vlan_port_if_open(const struct vlan_port *port, const struct packet *pkt)
{
    struct vlan_port open = *port;

    set_passing(&open, false);
    return vlan_port_ingress(&open, pkt);
}

bool
vlan_port_has(const struct vlan_port *port, uint16_t vlan)
{
    struct vlan_port open = *port;

    set_passing(&open, false);
    return vlan_port_carries(&open, vlan);
}

/* What vlan_port_ingress() does with a frame that has a tag. */
uint16_t
vlan_port_ingress_tagged(const struct vlan_port *port,
                         const struct packet *pkt)
{
    uint16_t vlan = get_be16(packet_data(pkt) + VLAN_OFS + 2) & 0xfff;

    if (!vlan) {
        return port->untagged;
    }
    if (vlan > VLAN_VID_MAX || port->passing == VLAN_PORT_ACCESS
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
bool
vlan_port_change_tag(const struct vlan_port *port, uint16_t vlan,
                     struct packet *pkt)
{
    uint8_t *tci = packet_data(pkt) + VLAN_OFS + 2;

    if (!vlan_port_carries(port, vlan)) {
        return false;
    }
    if (!packet_is_tagged(pkt)) {
        push(pkt, vlan);
    } else if (vlan == port->untagged) {
        pop(pkt);
    } else {
        put_be16(tci, (uint16_t) ((get_be16(tci) & 0xf000) | vlan));
    }
    return true;
}

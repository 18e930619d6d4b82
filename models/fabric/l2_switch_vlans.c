/* Which VLANs a switch carries at which port, and how many it may carry. */

#include "models/fabric/l2_switch_inside.h"

static struct vlan_port *
port_of(struct l2_switch *sw, uint32_t port)
{
    g_assert(port < sw->node.n_ports);
    return &sw->ports[port];
}

/* Says whether 'vlan', of untagged frames, is not counted: none, or the default
 * VLAN, which is always there.  Where a trunk carries it tagged, it is one like
 * others. */
static bool
is_free(uint16_t vlan)
{
    return !vlan || vlan == VLAN_DEFAULT;
}

/* Counts 'vlan' at one port more.  Returns false if the switch has no room for
 * it. */
static bool
take_vlan(struct l2_switch *sw, uint16_t vlan)
{
    struct l2_switch_vlans *vlans = &sw->vlans;

    if (!vlans->n_ports) {
        vlans->n_ports = g_new0(uint16_t, VLAN_VID_MAX + 1);
    }
    if (!vlans->n_ports[vlan]) {
        if (vlans->max && vlans->used == vlans->max) {
            vlans->rejected++;
            return false;
        }
        vlans->used++;
        vlans->peak = MAX(vlans->peak, vlans->used);
    }
    vlans->n_ports[vlan]++;
    return true;
}

static void
give_back_vlan(struct l2_switch *sw, uint16_t vlan)
{
    if (--sw->vlans.n_ports[vlan] == 0) {
        sw->vlans.used--;
    }
}

/* Gives back all VLANs that 'port' is configured for. */
static void
give_back_port(struct l2_switch *sw, const struct vlan_port *port)
{
    bool is_member = false;

    for (uint16_t i = 0; port->members && i < VLAN_WORDS; i++) {
        for (uint64_t bits = port->members[i]; bits; bits &= bits - 1) {
            uint16_t vlan =
                (uint16_t) (64 * i + (uint16_t) __builtin_ctzll(bits));

            is_member = is_member || vlan == port->vlan;
            give_back_vlan(sw, vlan);
        }
    }
    if (!is_member && !is_free(port->vlan)) {
        give_back_vlan(sw, port->vlan);
    }
}

/* 'vlan' is 1 to 4094.  Returns false, with the port as it was, if the switch
 * can hold no more VLANs. */
bool
l2_switch_set_access(struct node *node, uint32_t port, uint16_t vlan)
{
    struct l2_switch *sw = l2_switch_cast(node);

    if (!is_free(vlan) && !take_vlan(sw, vlan)) {
        return false;
    }
    give_back_port(sw, port_of(sw, port));
    vlan_port_set_access(port_of(sw, port), vlan);
    return true;
}

/* 'native' is 1 to 4094, or 0 for none.  Returns as l2_switch_set_access(). */
bool
l2_switch_set_trunk(struct node *node, uint32_t port, uint16_t native)
{
    struct l2_switch *sw = l2_switch_cast(node);

    if (!is_free(native) && !take_vlan(sw, native)) {
        return false;
    }
    give_back_port(sw, port_of(sw, port));
    vlan_port_set_trunk(port_of(sw, port), native);
    return true;
}

/* 'port' must be a trunk; 'vlan' is 1 to 4094.  Returns as
 * l2_switch_set_access(). */
bool
l2_switch_trunk_add(struct node *node, uint32_t port, uint16_t vlan)
{
    struct l2_switch *sw = l2_switch_cast(node);

    if (vlan_port_has(port_of(sw, port), vlan)) {
        return true;
    }
    if (!take_vlan(sw, vlan)) {
        return false;
    }
    vlan_port_add(port_of(sw, port), vlan);
    return true;
}

/* Takes 'vlan' off the trunk 'port', unless it is the native one, and forgets
 * who is behind it there. */
void
l2_switch_trunk_remove(struct node *node, uint32_t port, uint16_t vlan)
{
    struct l2_switch *sw = l2_switch_cast(node);
    struct vlan_port *p = port_of(sw, port);

    if (vlan == p->vlan || !vlan_port_has(p, vlan)) {
        return;
    }
    vlan_port_remove(p, vlan);
    give_back_vlan(sw, vlan);
    l2_switch_flush(node, port, vlan);
}

/* Counts that somebody has changed the VLANs of the ports, which 'took' so
 * long. */
void
l2_switch_reconfigured(struct node *node, sim_time took)
{
    struct l2_switch *sw = l2_switch_cast(node);

    sw->stats.reconfigurations++;
    sw->stats.reconfiguring += took;
}

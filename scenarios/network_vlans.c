#include "scenarios/network_vlans.h"

#include "models/fabric/l2_switch.h"
#include "scenarios/vlans.h"

/* Makes all ports of switches trunks, which carry no more than what they are
 * told and, untagged, the native VLAN. */
static void
build_trunks(const struct network *net)
{
    const struct scenario *s = net->scenario;
    uint16_t native = vlans_native(s);

    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *node = g_ptr_array_index(s->nodes, i);

        for (uint32_t j = 0; node->role == ROLE_SWITCH && j < node->ports->len;
             j++) {
            l2_switch_set_trunk(net->nodes[i], j, native);
        }
    }
}

static void
build_vlan(const struct network *net, struct vlans *vlans, uint16_t vlan)
{
    GPtrArray *ports = g_ptr_array_new();

    vlans_find_ports(vlans, vlan, ports);
    for (unsigned int i = 0; i < ports->len; i++) {
        const struct scenario_port *port = g_ptr_array_index(ports, i);

        l2_switch_trunk_add(net->nodes[port->node->index], port->index, vlan);
    }
    g_ptr_array_unref(ports);
}

/* Configures the switches, if there are VMs in VLANs: those that do not run yet
 * have none. */
void
network_build_vlans(struct network *net)
{
    const struct scenario *s = net->scenario;
    struct vlans *vlans = vlans_new(s);
    bool any = false;

    for (unsigned int i = 0; i < s->vms->len; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(s->vms, i);

        any = any || vm->use == &datapath_vlan;
        if (!g_hash_table_contains(s->vms_off, vm)) {
            vlans_add_vm(vlans, vm);
        }
    }
    if (any) {
        build_trunks(net);
    }
    for (unsigned int i = 0; i < s->subnets->len && any; i++) {
        const struct scenario_subnet *subnet =
            g_ptr_array_index(s->subnets, i);

        if (subnet->vlan) {
            build_vlan(net, vlans, subnet->vlan);
        }
    }
    vlans_free(vlans);
}

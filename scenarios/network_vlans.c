#include "scenarios/network_vlans.h"

#include "models/fabric/l2_switch.h"
#include "models/fabric/provisioning.h"
#include "models/wire/vlan.h"
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

/* Returns the ports that must carry 'vlan'; the caller frees. */
static GArray *
find_ports(struct network *net, uint16_t vlan)
{
    GArray *found =
        g_array_new(FALSE, FALSE, sizeof(struct provisioning_port));
    GPtrArray *ports = g_ptr_array_new();

    vlans_find_ports(net->vlans, vlan, ports);
    for (unsigned int i = 0; i < ports->len; i++) {
        const struct scenario_port *port = g_ptr_array_index(ports, i);
        struct provisioning_port place = { net->nodes[port->node->index],
                                           port->index };

        g_array_append_val(found, place);
    }
    g_ptr_array_unref(ports);
    return found;
}

static void
build_vlan(struct network *net, uint16_t vlan)
{
    GArray *ports = find_ports(net, vlan);

    for (unsigned int i = 0; i < ports->len; i++) {
        const struct provisioning_port *port =
            &g_array_index(ports, struct provisioning_port, i);

        l2_switch_trunk_add(port->sw, port->port, vlan);
    }
    provisioning_assume(net->provisioning, vlan,
                        (struct provisioning_port *) (void *) ports->data,
                        ports->len);
    g_array_unref(ports);
}

/* Configures the switches, if there are VMs in VLANs, for those that run from
 * the beginning. */
void
network_build_vlans(struct network *net)
{
    const struct scenario *s = net->scenario;
    bool any = false;

    for (unsigned int i = 0; i < s->vms->len && !any; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(s->vms, i);

        any = vm->use == &datapath_vlan;
    }
    if (!any) {
        return;
    }
    net->vlans = vlans_new(s);
    for (unsigned int i = 0; i < s->vms->len; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(s->vms, i);

        if (!g_hash_table_contains(s->vms_off, vm)) {
            vlans_add_vm(net->vlans, vm);
        }
    }
    net->provisioning = provisioning_new(net->sim, &s->provisioning);
    build_trunks(net);
    for (unsigned int i = 0; i < s->subnets->len; i++) {
        const struct scenario_subnet *subnet =
            g_ptr_array_index(s->subnets, i);

        if (subnet->vlan) {
            build_vlan(net, subnet->vlan);
        }
    }
}

/* To be called before the sim is freed. */
void
network_clear_vlans(struct network *net)
{
    vlans_free(net->vlans);
    provisioning_free(net->provisioning);
    net->vlans = NULL;
    net->provisioning = NULL;
}

void
network_provision(struct network *net, const GPtrArray *vms, bool is_off)
{
    bool has_changed[VLAN_VID_MAX + 1] = { false };

    for (unsigned int i = 0; i < vms->len && net->provisioning; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(vms, i);

        if (is_off ? vlans_remove_vm(net->vlans, vm)
                   : vlans_add_vm(net->vlans, vm)) {
            has_changed[vm->subnet->vlan] = true;
        }
    }
    for (uint16_t vlan = VLAN_VID_MIN; vlan <= VLAN_VID_MAX; vlan++) {
        if (has_changed[vlan]) {
            GArray *ports = find_ports(net, vlan);

            provisioning_require(
                net->provisioning, vlan,
                (struct provisioning_port *) (void *) ports->data, ports->len);
            g_array_unref(ports);
        }
    }
}

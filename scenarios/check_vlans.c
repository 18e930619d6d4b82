/* Checks that every switch can hold the VLANs that it must carry. */

#include "scenarios/read.h"
#include "scenarios/vlans.h"

/* VLANs of one switch. */
struct load {
    uint32_t n;
    const struct scenario_subnet *too_many; /* The first that does not fit. */
};

/* Counts the VLAN of 'subnet' at the switches whose ports are 'ports', which
 * stand by switch. */
static void
add_load(struct load *loads, const GPtrArray *ports,
         const struct scenario_subnet *subnet)
{
    const struct scenario_node *last = NULL;

    for (unsigned int i = 0; i < ports->len; i++) {
        const struct scenario_port *port = g_ptr_array_index(ports, i);
        const struct scenario_node *node = port->node;
        struct load *load = &loads[node->index];

        if (node == last) {
            continue;
        }
        last = node;
        if (load->n++ == node->sw->max_vlans) {
            load->too_many = subnet;
        }
    }
}

static void
report_loads(struct scenario *s, const struct load *loads)
{
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *node = g_ptr_array_index(s->nodes, i);
        const struct load *load = &loads[i];

        if (load->too_many) {
            diag_report(s->diag, E068, load->too_many->vlan_loc,
                        "%s would have to carry %u VLANs and can hold %u: "
                        "that of %s is one too many",
                        node->name, load->n, node->sw->max_vlans,
                        load->too_many->path);
            diag_help(s->diag,
                      "have fewer virtual subnets, or raise max_vlans of %s, "
                      "at most to 4094; rewrite and nvgre need no VLANs",
                      node->name);
        }
    }
}

/* Returns the name of something whose frames have no tag, or null. */
static const char *
find_untagged(const struct scenario *s)
{
    for (unsigned int i = 0; i < s->vms->len; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(s->vms, i);

        if (vm->use != &datapath_vlan) {
            return vm->path;
        }
    }
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *node = g_ptr_array_index(s->nodes, i);

        if (node->role == ROLE_SERVER) {
            return node->name;
        }
    }
    return NULL;
}

/* Refuses a virtual subnet with the VLAN of untagged frames where there are
 * such frames. */
static void
check_native(struct scenario *s)
{
    const char *untagged = find_untagged(s);

    for (unsigned int i = 0; i < s->subnets->len && untagged; i++) {
        const struct scenario_subnet *subnet =
            g_ptr_array_index(s->subnets, i);

        if (subnet->vlan == 1 && subnet->has_vlan_vms) {
            diag_report(s->diag, E057, subnet->vlan_loc,
                        "%s has VLAN 1, which is that of untagged frames, and "
                        "%s sends such",
                        subnet->path, untagged);
            diag_help(s->diag, "give it another VLAN, for auto by "
                               "datapath.vlan.first");
        }
    }
}

/* Checks the VLANs of all VMs, whether they run at one time or not. */
void
check_vlans(struct scenario *s)
{
    struct load *loads = g_new0(struct load, s->nodes->len);
    struct vlans *vlans = vlans_new(s);
    GPtrArray *ports = g_ptr_array_new();

    for (unsigned int i = 0; i < s->vms->len; i++) {
        vlans_add_vm(vlans, g_ptr_array_index(s->vms, i));
    }
    for (unsigned int i = 0; i < s->subnets->len; i++) {
        const struct scenario_subnet *subnet =
            g_ptr_array_index(s->subnets, i);

        g_ptr_array_set_size(ports, 0);
        vlans_find_ports(vlans, subnet->vlan, ports);
        add_load(loads, ports, subnet);
    }
    report_loads(s, loads);
    check_native(s);
    g_ptr_array_unref(ports);
    vlans_free(vlans);
    g_free(loads);
}

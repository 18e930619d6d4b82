#include "scenarios/show.h"

#include <string.h>

#include "scenarios/resolved.h"
#include "scenarios/units.h"

/* Writes "10Gbps", "1us": a quantity as a scenario has it. */
static const char *
quantity_text(int64_t n, enum dim dim, GString *buffer)
{
    char *text = quantity_format(quantity_int(n, dim));

    g_string_assign(buffer, text);
    g_free(text);
    return buffer->str;
}

static void
show_switch(const struct scenario_node *node, GString *out)
{
    static const char *const evicts[] = {
        [MAC_EVICT_NONE] = "none",
        [MAC_EVICT_OLDEST] = "oldest",
        [MAC_EVICT_LRU] = "lru",
        [MAC_EVICT_RANDOM] = "random",
    };
    const struct mac_table_config *macs = &node->sw->macs;
    GString *time = g_string_new(NULL);

    g_string_append_printf(out, "%u ports, MAC table %u, aging %s, evict %s",
                           node->ports->len, macs->max_entries,
                           quantity_text(macs->aging, DIM_TIME, time),
                           evicts[macs->evict]);
    if (macs->ways) {
        g_string_append_printf(out, ", buckets of %u", macs->ways);
    }
    if (node->sw->stp.is_on) {
        g_string_append_printf(out, ", RSTP priority %u",
                               node->sw->stp.priority);
    }
    g_string_free(time, TRUE);
}

static void
show_router(const struct scenario_node *node, GString *out)
{
    char id[IP_ADDR_STRLEN], address[IP_PREFIX_STRLEN];

    g_string_append_printf(out, "%u ports, ARP table %u, %u routes",
                           node->ports->len, node->router->max_neighbors,
                           node->router->max_routes);
    if (node->pa.addr.family) {
        ip_addr_format(&node->pa.addr, id);
        g_string_append_printf(out, ", id %s", id);
    }
    for (unsigned int i = 0; i < node->interfaces->len; i++) {
        const struct scenario_interface *interface =
            g_ptr_array_index(node->interfaces, i);

        if (interface->address.addr.family) {
            ip_prefix_format(&interface->address, address);
            g_string_append_printf(out, ", %s at %u port%s", address,
                                   interface->ports->len,
                                   interface->ports->len > 1 ? "s" : "");
        }
    }
}

/* A host or a server. */
static void
show_end(const struct scenario_node *node, GString *out)
{
    char address[IP_PREFIX_STRLEN], mac[ETH_ADDR_STRLEN];
    char gateway[IP_ADDR_STRLEN];

    eth_addr_format(node->mac, mac);
    g_string_append_printf(out, "MAC %s", mac);
    if (node->pa.addr.family) {
        ip_prefix_format(&node->pa, address);
        g_string_append_printf(out, ", %s %s",
                               node->role == ROLE_HOST ? "PA" : "address",
                               address);
    }
    if (node->gateway.family) {
        ip_addr_format(&node->gateway, gateway);
        g_string_append_printf(out, ", gateway %s", gateway);
    }
}

static void
show_node(const struct scenario_node *node, GString *out)
{
    g_string_append_printf(out, "  %-12s %-7s ", node->name,
                           scenario_role_name(node->role));
    switch (node->role) {
    case ROLE_SWITCH: show_switch(node, out); break;
    case ROLE_ROUTER: show_router(node, out); break;
    case ROLE_HOST:
    case ROLE_SERVER: show_end(node, out); break;
    case ROLE_UNKNOWN: break;
    }
    if (node->title && *node->title) {
        g_string_append_printf(out, "  (%s)", node->title);
    }
    g_string_append_c(out, '\n');
}

/* Nodes and links. */
void
show_topology(const struct scenario *s, GString *out)
{
    GString *rate = g_string_new(NULL), *delay = g_string_new(NULL);

    g_string_append_printf(out, "nodes (%u)\n", s->nodes->len);
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        show_node(g_ptr_array_index(s->nodes, i), out);
    }
    g_string_append_printf(out, "links (%u)\n", s->links->len);
    for (unsigned int i = 0; i < s->links->len; i++) {
        const struct scenario_link *link = g_ptr_array_index(s->links, i);

        g_string_append_printf(
            out, "  %s--%s  %s, %s, mtu %u", link->ends[0]->path,
            link->ends[1]->path,
            quantity_text((int64_t) link->rate_bps, DIM_RATE, rate),
            quantity_text(link->delay, DIM_TIME, delay), link->mtu);
        if (link->loss > 0) {
            g_string_append_printf(out, ", loss %g%%", link->loss * 100);
        }
        g_string_append_c(out, '\n');
    }
    g_string_free(rate, TRUE);
    g_string_free(delay, TRUE);
}

static void
show_address(const char *name, const struct ip_prefix *address,
             const char *mac, const struct ip_addr *gateway, GString *out)
{
    char text[IP_PREFIX_STRLEN] = "-", via[IP_ADDR_STRLEN] = "-";

    if (address->addr.family) {
        ip_prefix_format(address, text);
    }
    if (gateway->family) {
        ip_addr_format(gateway, via);
    }
    g_string_append_printf(out, "%-20s %-18s %-18s %s\n", name, text, mac,
                           via);
}

/* A router's identifier, and its interfaces by their first ports. */
static void
show_router_addresses(const struct scenario_node *router, GString *out)
{
    const struct ip_addr none = { .family = IP_NONE };

    if (router->pa.addr.family) {
        show_address(router->name, &router->pa, "-", &none, out);
    }
    for (unsigned int i = 0; i < router->interfaces->len; i++) {
        const struct scenario_interface *interface =
            g_ptr_array_index(router->interfaces, i);
        const struct scenario_port *port = g_ptr_array_index(
            router->ports, g_array_index(interface->ports, uint32_t, 0));

        if (interface->address.addr.family) {
            show_address(port->path, &interface->address, "-", &none, out);
        }
    }
}

/* The addresses of the provider's network. */
static void
show_node_addresses(const struct scenario *s, GString *out)
{
    g_string_append_printf(out, "%-20s %-18s %-18s %s\n", "node or port",
                           "address", "MAC", "gateway");
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *node = g_ptr_array_index(s->nodes, i);
        char mac[ETH_ADDR_STRLEN];

        eth_addr_format(node->mac, mac);
        if (node->role == ROLE_ROUTER) {
            show_router_addresses(node, out);
        } else if (node->role != ROLE_SWITCH) {
            show_address(node->name, &node->pa, mac, &node->gateway, out);
        }
    }
}

static void
show_vm_addresses(const struct scenario *s, const struct scenario_vm *vm,
                  GString *out)
{
    struct policy_record record = scenario_record(s, vm);
    char ca[IP_ADDR_STRLEN], pa[IP_ADDR_STRLEN] = "-";
    char mac[ETH_ADDR_STRLEN];
    bool is_virtual =
        vm->use == &datapath_rewrite || vm->use == &datapath_nvgre;

    ip_addr_format(&vm->ca, ca);
    eth_addr_format(vm->mac, mac);
    if (is_virtual) {
        ip_addr_format(&record.pa, pa);
    }
    g_string_append_printf(out, "%-20s %-16s %-16s %-18s %-10s %-8s ",
                           vm->path, ca, pa, mac, vm->host->name,
                           vm->use->kind);
    if (is_virtual) {
        g_string_append_printf(out, "%u\n", vm->subnet->vsid);
    } else if (vm->use == &datapath_vlan) {
        g_string_append_printf(out, "%u\n", vm->subnet->vlan);
    } else {
        g_string_append(out, "-\n");
    }
}

/* Every host, server and router, and every VM: where it is and under which
 * addresses. */
void
show_addresses(const struct scenario *s, GString *out)
{
    show_node_addresses(s, out);
    if (s->vms->len) {
        g_string_append_printf(
            out, "\n%-20s %-16s %-16s %-18s %-10s %-8s %s\n", "VM", "CA", "PA",
            "MAC", "host", "datapath", "VSID/VLAN");
    }
    for (unsigned int i = 0; i < s->vms->len; i++) {
        show_vm_addresses(s, g_ptr_array_index(s->vms, i), out);
    }
}

/* Finds what 'host' is told otherwise of the VM of 'record'. */
static const struct scenario_record *
exception(const struct scenario *s, const struct scenario_node *host,
          const struct policy_record *record)
{
    const struct scenario_record *found = NULL;

    for (unsigned int i = 0; i < s->records->len; i++) {
        const struct scenario_record *r = g_ptr_array_index(s->records, i);

        if (r->record.vsid == record->vsid
            && ip_addr_equal(&r->record.ca, &record->ca)
            && g_ptr_array_find(r->hosts, host, NULL)) {
            found = r;
        }
    }
    return found;
}

static void
show_record(const struct scenario *s, const struct scenario_node *host,
            const struct scenario_vm *vm, GString *out)
{
    struct policy_record record = scenario_record(s, vm);
    const struct scenario_record *other = exception(s, host, &record);
    char ca[IP_ADDR_STRLEN], pa[IP_ADDR_STRLEN], mac[ETH_ADDR_STRLEN];

    if (other) {
        record = other->record;
    }
    ip_addr_format(&record.ca, ca);
    ip_addr_format(&record.pa, pa);
    eth_addr_format(record.mac, mac);
    g_string_append_printf(out, "  %-8u %-16s %-18s %-16s %-22s %s%s\n",
                           record.vsid, ca, mac, pa,
                           policy_rule_name(record.rule), vm->path,
                           !other          ? ""
                           : other->absent ? "  (absent here)"
                                           : "  (otherwise here)");
}

/* Marks the virtual subnets that have a VM on 'host'. */
static GHashTable *
subnets_of(const struct scenario *s, const struct scenario_node *host)
{
    GHashTable *subnets = g_hash_table_new(NULL, NULL);

    for (unsigned int i = 0; i < s->vms->len; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(s->vms, i);

        if (vm->host == host) {
            g_hash_table_add(subnets, vm->subnet);
        }
    }
    return subnets;
}

/* The records that each host knows: of all virtual subnets with a VM there. */
void
show_policy(const struct scenario *s, GString *out)
{
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *host = g_ptr_array_index(s->nodes, i);
        GHashTable *subnets;

        if (host->role != ROLE_HOST) {
            continue;
        }
        subnets = subnets_of(s, host);
        g_string_append_printf(out, "%s\n  %-8s %-16s %-18s %-16s %-22s %s\n",
                               host->name, "VSID", "CA", "MAC", "PA", "Rule",
                               "VM");
        for (unsigned int j = 0; j < s->vms->len; j++) {
            const struct scenario_vm *vm = g_ptr_array_index(s->vms, j);

            if ((vm->use == &datapath_rewrite || vm->use == &datapath_nvgre)
                && g_hash_table_contains(subnets, vm->subnet)) {
                show_record(s, host, vm, out);
            }
        }
        g_hash_table_unref(subnets);
    }
}

/* The scenario without parameters and counts, as it would be read again. */
void
show_resolved(const struct scenario *s, GString *out)
{
    GString *yaml = resolved_yaml(s);

    if (yaml) {
        g_string_append(out, yaml->str);
        g_string_free(yaml, TRUE);
    } else {
        g_string_append_printf(
            out, "# %u nodes and %u VMs are too many to expand here\n",
            s->nodes->len, s->vms->len);
    }
}

/* Checks of addresses: each where it may be, none twice. */

#include "scenarios/read.h"

#include <string.h>

/* Makes the key that must be unique: "what text". */
static char *
make_key(const void *owner, const char *text)
{
    return g_strdup_printf("%p %s", owner, text);
}

/* Notes that 'owner' has 'text'; returns who had it before, or null. */
static const struct scenario_vm *
claim(GHashTable *taken, const void *owner, const char *text,
      const struct scenario_vm *vm)
{
    char *key = make_key(owner, text);
    const struct scenario_vm *before = g_hash_table_lookup(taken, key);

    if (before) {
        g_free(key);
    } else {
        g_hash_table_insert(taken, key, (void *) vm);
    }
    return before;
}

static void
check_ca(struct scenario *s, const struct scenario_vm *vm, GHashTable *taken)
{
    const struct ip_prefix *cidr = &vm->subnet->cidr;
    const struct scenario_vm *before;
    char ca[IP_ADDR_STRLEN], prefix[IP_PREFIX_STRLEN];
    uint32_t offset = ip_addr_to_v4(&vm->ca) - ip_addr_to_v4(&cidr->addr);
    uint32_t size = cidr->length ? 1u << (32 - cidr->length) : 0;

    ip_addr_format(&vm->ca, ca);
    ip_prefix_format(cidr, prefix);
    if (!ip_prefix_contains(cidr, &vm->ca)) {
        diag_report(s->diag, E050, vm->ca_loc,
                    "CA %s of %s is not in its subnet %s, %s", ca, vm->path,
                    vm->subnet->path, prefix);
        return;
    }
    if (cidr->length < 31 && (offset == 0 || offset == size - 1)) {
        diag_report(s->diag, E051, vm->ca_loc,
                    "CA %s of %s is the %s address of %s", ca, vm->path,
                    offset ? "broadcast" : "network", prefix);
        diag_help(s->diag, "it names no machine: take one in between");
        return;
    }
    before = claim(taken, vm->tenant, ca, vm);
    if (before) {
        diag_report(s->diag, E052, vm->ca_loc,
                    "two VMs of tenant %s have CA %s", vm->tenant->name, ca);
        diag_help(s->diag,
                  "%s has it too (line %u). Two tenants may share a CA, two "
                  "VMs of one tenant may not",
                  before->path, before->ca_loc.line);
    }
    if (offset == 1 && cidr->length < 31) {
        diag_report(s->diag, N210, vm->ca_loc,
                    "%s uses %s; real HNV keeps the lowest address for its "
                    "own router",
                    vm->path, ca);
    }
}

/* The same without tenants: who is in a flat network shares its addresses.
 * (Virtual subnets with one VLAN were refused before.) */
static void
check_segment(struct scenario *s, const struct scenario_vm *vm,
              GHashTable *taken)
{
    const struct scenario_vm *before;
    char ca[IP_ADDR_STRLEN];

    if (vm->use != &datapath_flat) {
        return;
    }
    ip_addr_format(&vm->ca, ca);
    before = claim(taken, NULL, ca, vm);
    if (before && before->tenant != vm->tenant) {
        diag_report(s->diag, E066, vm->ca_loc,
                    "%s and %s both have CA %s in one broadcast domain",
                    before->path, vm->path, ca);
        diag_help(s->diag, "a flat network cannot tell tenants apart: use "
                           "vlan, rewrite or nvgre");
    }
}

/* Checks that 'addr', of 'whose', is one that a machine in 'subnet' can have. */
static void
check_machine(struct scenario *s, const struct ip_prefix *subnet,
              const struct ip_addr *addr, struct loc loc, const char *whose)
{
    uint32_t hosts =
        subnet->length ? UINT32_MAX >> subnet->length : UINT32_MAX;
    uint32_t offset = ip_addr_to_v4(addr) & hosts;
    char text[IP_ADDR_STRLEN];

    if (subnet->length < 31 && (offset == 0 || offset == hosts)) {
        ip_addr_format(addr, text);
        diag_report(s->diag, E051, loc, "PA %s of %s is the %s address", text,
                    whose, offset ? "broadcast" : "network");
        diag_help(s->diag, "it names no machine: take one in between");
    }
}

static void
check_pa(struct scenario *s, const struct scenario_vm *vm, GHashTable *taken)
{
    const struct ip_prefix *host = &vm->host->pa;
    const struct scenario_vm *before;
    char pa[IP_ADDR_STRLEN], prefix[IP_PREFIX_STRLEN];

    if (!vm->pa.family) {
        diag_report(s->diag, E053, vm->loc,
                    "%s has no PA, and rewrite needs one for each VM",
                    vm->path);
        diag_help(s->diag, "write pa: and an address, or set provider.pool");
        return;
    }
    ip_addr_format(&vm->pa, pa);
    if (vm->pa.family != 4) {
        diag_report(s->diag, E063, vm->pa_loc,
                    "CA and PA of %s are of different families", vm->path);
        diag_help(s->diag, "rewriting IPv4 to IPv6 is not supported yet");
        return;
    }
    if (host->addr.family && !ip_prefix_contains(host, &vm->pa)) {
        ip_prefix_format(host, prefix);
        diag_report(s->diag, E054, vm->pa_loc,
                    "PA %s of %s is not in the subnet of its host %s, %s", pa,
                    vm->path, vm->host->name, prefix);
        diag_help(s->diag, "a routed provider network is not supported yet");
        return;
    }
    if (host->addr.family) {
        check_machine(s, host, &vm->pa, vm->pa_loc, vm->path);
    }
    before = claim(taken, NULL, pa, vm);
    if (before) {
        diag_report(s->diag, E055, vm->pa_loc, "%s and %s both have PA %s",
                    before->path, vm->path, pa);
        diag_help(s->diag,
                  "in rewrite the PA alone tells which VM a packet is for");
    }
}

static void
check_mac(struct scenario *s, struct eth_addr mac, struct loc loc,
          const char *whose)
{
    char text[ETH_ADDR_STRLEN];

    if (eth_addr_is_group(mac) || eth_addr_is_zero(mac)) {
        eth_addr_format(mac, text);
        diag_report(s->diag, E025, loc, "MAC %s of %s %s", text, whose,
                    eth_addr_is_zero(mac) ? "is all zeros"
                                          : "is a group's address");
        diag_help(s->diag, "a machine's own is not zero, and its first byte "
                           "is even");
    }
}

static void
check_vm(struct scenario *s, const struct scenario_vm *vm,
         GHashTable *taken[3])
{
    char mac[ETH_ADDR_STRLEN];
    const struct scenario_vm *before;

    check_ca(s, vm, taken[0]);
    check_segment(s, vm, taken[1]);
    if (vm->use == &datapath_rewrite) {
        check_pa(s, vm, taken[2]);
    }
    if ((vm->use == &datapath_rewrite || vm->use == &datapath_nvgre)
        && !vm->subnet->vsid) {
        diag_report(s->diag, E061, vm->subnet->loc,
                    "subnet %s has no vsid, and %s needs one",
                    vm->subnet->path, vm->use->kind);
        diag_help(s->diag, "write vsid: and a number from 4096 on");
    }
    if (vm->use == &datapath_vlan && !vm->subnet->vlan) {
        diag_report(s->diag, E062, vm->subnet->loc,
                    "subnet %s has no vlan, and the datapath vlan needs one",
                    vm->subnet->path);
        diag_help(s->diag, "write vlan: and a number, or vlan: auto");
    }
    if (vm->use == &datapath_nvgre && !vm->host->pa.addr.family) {
        diag_report(s->diag, E053, vm->host->loc,
                    "host %s has no PA, and nvgre needs one for each host",
                    vm->host->name);
        diag_help(s->diag, "write pa: and an address, 192.168.1.1/24");
    }
    check_mac(s, vm->mac, vm->mac_loc, vm->path);
    eth_addr_format(vm->mac, mac);
    before = claim(taken[0],
                   vm->use->rule == POLICY_RULE_NAT
                           || vm->use->rule == POLICY_RULE_ENCAP
                       ? (const void *) vm->subnet
                       : NULL,
                   mac, vm);
    if (before) {
        diag_report(s->diag, E058, vm->mac_loc, "%s and %s both have MAC %s",
                    before->path, vm->path, mac);
    }
}

/* A MAC belongs to one machine, and a group's to none. */
static void
check_host_macs(struct scenario *s)
{
    GHashTable *taken =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *node = g_ptr_array_index(s->nodes, i);
        const struct scenario_node *before;
        char mac[ETH_ADDR_STRLEN];

        if (node->role != ROLE_HOST) {
            continue;
        }
        eth_addr_format(node->mac, mac);
        check_mac(s, node->mac, node->mac_loc, node->name);
        before = g_hash_table_lookup(taken, mac);
        if (before) {
            diag_report(s->diag, E058, node->mac_loc,
                        "%s and %s both have MAC %s", before->name, node->name,
                        mac);
        } else {
            g_hash_table_insert(taken, g_strdup(mac), (void *) node);
        }
    }
    g_hash_table_unref(taken);
}

/* All hosts' provider addresses are in one subnet: nothing routes between
 * them. */
static void
check_one_subnet(struct scenario *s)
{
    const struct scenario_node *first = NULL;

    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *node = g_ptr_array_index(s->nodes, i);
        char pa[IP_PREFIX_STRLEN], other[IP_PREFIX_STRLEN];

        if (node->role != ROLE_HOST || node->pa.addr.family != 4) {
            continue;
        }
        if (first
            && (first->pa.length != node->pa.length
                || !ip_prefix_contains(&first->pa, &node->pa.addr))) {
            ip_prefix_format(&node->pa, pa);
            ip_prefix_format(&first->pa, other);
            diag_report(s->diag, E054, node->pa_loc,
                        "the PAs of %s, %s, and %s, %s, are in different "
                        "subnets",
                        first->name, other, node->name, pa);
            diag_help(s->diag,
                      "a routed provider network is not supported yet");
        }
        first = first ? first : node;
    }
}

static void
check_hosts(struct scenario *s)
{
    GHashTable *taken =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *node = g_ptr_array_index(s->nodes, i);
        const struct scenario_node *before;
        char pa[IP_ADDR_STRLEN];

        if (node->role != ROLE_HOST || !node->pa.addr.family) {
            continue;
        }
        ip_addr_format(&node->pa.addr, pa);
        if (node->pa.addr.family != 4) {
            diag_report(s->diag, E091, node->pa_loc,
                        "%s: an IPv6 provider network is not supported yet",
                        node->name);
            continue;
        }
        check_machine(s, &node->pa, &node->pa.addr, node->pa_loc, node->name);
        before = g_hash_table_lookup(taken, pa);
        if (before) {
            diag_report(s->diag, E055, node->pa_loc,
                        "%s and %s both have PA %s", before->name, node->name,
                        pa);
        } else {
            g_hash_table_insert(taken, g_strdup(pa), (void *) node);
        }
    }
    for (unsigned int i = 0; i < s->vms->len; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(s->vms, i);
        const struct scenario_node *node;
        char pa[IP_ADDR_STRLEN];

        ip_addr_format(&vm->pa, pa);
        node = g_hash_table_lookup(taken, pa);
        if (vm->use == &datapath_rewrite && vm->pa.family && node) {
            diag_report(s->diag, E055, vm->pa_loc, "%s and %s both have PA %s",
                        node->name, vm->path, pa);
            diag_help(s->diag, "in rewrite a VM has a PA of its own, beside "
                               "that of its host");
        }
    }
    g_hash_table_unref(taken);
}

/* Virtual subnets are told apart by VSID, and in VLANs by VLAN ID. */
static void
check_subnets(struct scenario *s)
{
    GHashTable *vsids = g_hash_table_new(NULL, NULL);
    GHashTable *vlans = g_hash_table_new(NULL, NULL);

    for (unsigned int i = 0; i < s->subnets->len; i++) {
        struct scenario_subnet *subnet = g_ptr_array_index(s->subnets, i);
        const struct scenario_subnet *before =
            g_hash_table_lookup(vsids, GUINT_TO_POINTER(subnet->vsid));

        if (subnet->vsid && before) {
            diag_report(s->diag, E056, subnet->vsid_loc,
                        "%s and %s both have VSID %u", before->path,
                        subnet->path, subnet->vsid);
            diag_help(s->diag, "give each virtual subnet a VSID of its own");
        }
        g_hash_table_insert(vsids, GUINT_TO_POINTER(subnet->vsid), subnet);
        before = g_hash_table_lookup(vlans, GUINT_TO_POINTER(subnet->vlan));
        if (subnet->vlan && before) {
            diag_report(s->diag, E057, subnet->vlan_loc,
                        "%s and %s both have VLAN %u", before->path,
                        subnet->path, subnet->vlan);
            diag_help(s->diag, "give each virtual subnet a VLAN of its own, "
                               "or write vlan: auto");
        }
        g_hash_table_insert(vlans, GUINT_TO_POINTER(subnet->vlan), subnet);
        if (subnet->tenant->n_subnets > 1 && !subnet->has_gateway_none) {
            diag_report(s->diag, E065, subnet->loc,
                        "tenant %s has several subnets, and routing between "
                        "them is not supported yet",
                        subnet->tenant->name);
            diag_help(s->diag, "write 'gateway: none' in each: they are "
                               "networks of their own then");
        }
    }
    g_hash_table_unref(vsids);
    g_hash_table_unref(vlans);
}

/* Checks the addresses of hosts, subnets and VMs. */
void
check_addresses(struct scenario *s)
{
    GHashTable *taken[3];

    for (int i = 0; i < 3; i++) {
        taken[i] =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    }
    check_hosts(s);
    check_host_macs(s);
    check_one_subnet(s);
    check_subnets(s);
    for (unsigned int i = 0; i < s->vms->len; i++) {
        check_vm(s, g_ptr_array_index(s->vms, i), taken);
    }
    for (int i = 0; i < 3; i++) {
        g_hash_table_unref(taken[i]);
    }
}

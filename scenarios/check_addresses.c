/* Checks of addresses: each where it may be, none twice. */

#include "scenarios/read.h"

#include <string.h>

/* Sets of VMs of which no two have the same address of a kind.  The VMs are the
 * keys themselves: there may be a million. */
struct claims {
    GHashTable *cas;      /* Within the tenant. */
    GHashTable *flat_cas; /* In the flat network. */
    GHashTable *pas;
    GHashTable *macs; /* Within the virtual subnet, if it has one. */
};

/* Who must not have the MAC of 'vm' again: those of its virtual subnet, or, on a
 * wire without one, anybody (null). */
static const struct scenario_subnet *
mac_domain(const struct scenario_vm *vm)
{
    return vm->use->rule == POLICY_RULE_NAT
                   || vm->use->rule == POLICY_RULE_ENCAP
               ? vm->subnet
               : NULL;
}

static guint
hash_mac(const void *data)
{
    const struct eth_addr *mac = data;
    gint64 number = (gint64) eth_addr_to_u64(*mac);

    return g_int64_hash(&number);
}

static guint
hash_addr(const void *addr)
{
    return (guint) ip_addr_hash(addr);
}

static guint
hash_vm_ca(const void *data)
{
    const struct scenario_vm *vm = data;

    return hash_addr(&vm->ca) + vm->tenant->index * 0x9e3779b9u;
}

static gboolean
vm_ca_equal(const void *a_, const void *b_)
{
    const struct scenario_vm *a = a_, *b = b_;

    return a->tenant == b->tenant && ip_addr_equal(&a->ca, &b->ca);
}

static guint
hash_vm_flat_ca(const void *data)
{
    return hash_addr(&((const struct scenario_vm *) data)->ca);
}

static gboolean
vm_flat_ca_equal(const void *a, const void *b)
{
    return ip_addr_equal(&((const struct scenario_vm *) a)->ca,
                         &((const struct scenario_vm *) b)->ca);
}

static guint
hash_vm_pa(const void *data)
{
    return hash_addr(&((const struct scenario_vm *) data)->pa);
}

static gboolean
vm_pa_equal(const void *a, const void *b)
{
    return ip_addr_equal(&((const struct scenario_vm *) a)->pa,
                         &((const struct scenario_vm *) b)->pa);
}

static guint
hash_vm_mac(const void *data)
{
    const struct scenario_vm *vm = data;
    const struct scenario_subnet *domain = mac_domain(vm);

    return hash_mac(&vm->mac) + (domain ? domain->index + 1 : 0) * 0x9e3779b9u;
}

static gboolean
vm_mac_equal(const void *a_, const void *b_)
{
    const struct scenario_vm *a = a_, *b = b_;

    return mac_domain(a) == mac_domain(b) && eth_addr_equal(a->mac, b->mac);
}

/* Puts 'vm' into the set 'taken' unless one like it is there: returns that, or
 * null. */
static const struct scenario_vm *
claim(GHashTable *taken, const struct scenario_vm *vm)
{
    const struct scenario_vm *before = g_hash_table_lookup(taken, vm);

    if (!before) {
        g_hash_table_add(taken, (void *) vm);
    }
    return before;
}

/* Checks that the CA of 'vm' is one that a machine of its subnet can have. */
static bool
check_ca_in_subnet(struct scenario *s, const struct scenario_vm *vm)
{
    const struct ip_prefix *cidr = &vm->subnet->cidr;
    char ca[IP_ADDR_STRLEN], prefix[IP_PREFIX_STRLEN];
    uint32_t offset = ip_addr_to_v4(&vm->ca) - ip_addr_to_v4(&cidr->addr);
    uint32_t size = cidr->length ? 1u << (32 - cidr->length) : 0;
    bool is_inside = ip_prefix_contains(cidr, &vm->ca);

    if (is_inside
        && (cidr->length >= 31 || (offset != 0 && offset != size - 1))) {
        return true;
    }
    ip_addr_format(&vm->ca, ca);
    ip_prefix_format(cidr, prefix);
    if (!is_inside) {
        diag_report(s->diag, E050, vm->locs->ca,
                    "CA %s of %s is not in its subnet %s, %s", ca, vm->path,
                    vm->subnet->path, prefix);
    } else {
        diag_report(s->diag, E051, vm->locs->ca,
                    "CA %s of %s is the %s address of %s", ca, vm->path,
                    offset ? "broadcast" : "network", prefix);
        diag_help(s->diag, "it names no machine: take one in between");
    }
    return false;
}

static void
check_ca(struct scenario *s, const struct scenario_vm *vm,
         struct claims *claims)
{
    const struct ip_prefix *cidr = &vm->subnet->cidr;
    const struct scenario_vm *before;
    char ca[IP_ADDR_STRLEN];

    if (!check_ca_in_subnet(s, vm)) {
        return;
    }
    before = claim(claims->cas, vm);
    if (before) {
        ip_addr_format(&vm->ca, ca);
        diag_report(s->diag, E052, vm->locs->ca,
                    "two VMs of tenant %s have CA %s", vm->tenant->name, ca);
        diag_help(s->diag,
                  "%s has it too (line %u). Two tenants may share a CA, two "
                  "VMs of one tenant may not",
                  before->path, before->locs->ca.line);
    }
    if (cidr->length < 31
        && ip_addr_to_v4(&vm->ca) == ip_addr_to_v4(&cidr->addr) + 1) {
        ip_addr_format(&vm->ca, ca);
        diag_report(s->diag, N210, vm->locs->ca,
                    "%s uses %s; real HNV keeps the lowest address for its "
                    "own router",
                    vm->path, ca);
    }
}

/* The same without tenants: who is in a flat network shares its addresses.
 * (Virtual subnets with one VLAN were refused before.) */
static void
check_segment(struct scenario *s, const struct scenario_vm *vm,
              struct claims *claims)
{
    const struct scenario_vm *before;
    char ca[IP_ADDR_STRLEN];

    if (vm->use != &datapath_flat) {
        return;
    }
    before = claim(claims->flat_cas, vm);
    if (before && before->tenant != vm->tenant) {
        ip_addr_format(&vm->ca, ca);
        diag_report(s->diag, E066, vm->locs->ca,
                    "%s and %s both have CA %s in one broadcast domain",
                    before->path, vm->path, ca);
        diag_help(s->diag, "a flat network cannot tell tenants apart: use "
                           "vlan, rewrite or nvgre");
    }
}

static void
check_pa(struct scenario *s, const struct scenario_vm *vm,
         struct claims *claims)
{
    const struct ip_prefix *host = &vm->host->pa;
    const struct scenario_vm *before;
    char pa[IP_ADDR_STRLEN], prefix[IP_PREFIX_STRLEN];

    if (!vm->pa.family) {
        diag_report(s->diag, E053, vm->locs->name,
                    "%s has no PA, and rewrite needs one for each VM",
                    vm->path);
        diag_help(s->diag, "write pa: and an address, or set provider.pool");
        return;
    }
    if (vm->pa.family != 4) {
        diag_report(s->diag, E063, vm->locs->pa,
                    "CA and PA of %s are of different families", vm->path);
        diag_help(s->diag, "rewriting IPv4 to IPv6 is not supported yet");
        return;
    }
    if (host->addr.family && !ip_prefix_contains(host, &vm->pa)) {
        ip_addr_format(&vm->pa, pa);
        ip_prefix_format(host, prefix);
        diag_report(s->diag, E054, vm->locs->pa,
                    "PA %s of %s is not in the subnet of its host %s, %s", pa,
                    vm->path, vm->host->name, prefix);
        diag_help(s->diag, "packets for another would not come to this host");
        return;
    }
    if (host->addr.family) {
        check_machine(s, host, &vm->pa, vm->locs->pa, vm->path);
    }
    before = claim(claims->pas, vm);
    if (before) {
        ip_addr_format(&vm->pa, pa);
        diag_report(s->diag, E055, vm->locs->pa, "%s and %s both have PA %s",
                    before->path, vm->path, pa);
        diag_help(s->diag,
                  "in rewrite the PA alone tells which VM a packet is for");
    }
}

static void
check_vm(struct scenario *s, const struct scenario_vm *vm,
         struct claims *claims)
{
    char mac[ETH_ADDR_STRLEN];
    const struct scenario_vm *before;

    check_ca(s, vm, claims);
    check_segment(s, vm, claims);
    if (vm->use == &datapath_rewrite) {
        check_pa(s, vm, claims);
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
    check_mac(s, vm->mac, vm->locs->mac, vm->path);
    before = claim(claims->macs, vm);
    if (before) {
        eth_addr_format(vm->mac, mac);
        diag_report(s->diag, E058, vm->locs->mac, "%s and %s both have MAC %s",
                    before->path, vm->path, mac);
    }
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
    struct claims claims = {
        .cas = g_hash_table_new(hash_vm_ca, vm_ca_equal),
        .flat_cas = g_hash_table_new(hash_vm_flat_ca, vm_flat_ca_equal),
        .pas = g_hash_table_new(hash_vm_pa, vm_pa_equal),
        .macs = g_hash_table_new(hash_vm_mac, vm_mac_equal),
    };

    check_subnets(s);
    for (unsigned int i = 0; i < s->vms->len; i++) {
        check_vm(s, g_ptr_array_index(s->vms, i), &claims);
    }
    g_hash_table_unref(claims.cas);
    g_hash_table_unref(claims.flat_cas);
    g_hash_table_unref(claims.pas);
    g_hash_table_unref(claims.macs);
}

#include "scenarios/read.h"
#include "scenarios/read_vms.h"

#define VSID_MIN 4096     /* RFC 7637 section 3.4, HNV.md 1.1. */
#define VSID_MAX 16777214 /* 2^24 - 2. */

static const char *const auto_words[] = { "auto", NULL };
static const char *const none_words[] = { "none", NULL };

static const struct key_spec subnet_keys[] = {
    { "cidr", KEY_PREFIX, .required = true,
      .help = "customer addresses of the virtual subnet" },
    { "vsid", KEY_INT, .min = VSID_MIN, .max = VSID_MAX,
      .help = "virtual subnet ID, unique in the data centre" },
    { "vlan", KEY_INT, .min = 1, .max = 4094, .words = auto_words,
      .help = "VLAN ID for the datapath vlan" },
    { "gateway", KEY_IP, .words = none_words,
      .help = "address of the distributed router; only none so far" },
    { "routes", KEY_NODE, .later = true, .help = "customer routes" },
    { .name = NULL },
};
const struct key_table subnet_table = {
    "subnet",
    "A virtual subnet: a broadcast domain of one tenant.",
    subnet_keys,
    NULL,
};

static const struct key_spec tenant_keys[] = {
    { "title", KEY_TEXT, .help = "a name for people" },
    { "routing_domain", KEY_NODE, .later = true, .help = "RDID" },
    { "use", KEY_WORD, .words = use_words, .later_words = later_uses,
      .help = "another datapath than the scenario's" },
    { "subnets", KEY_NODE, .shape = KEY_NAMED, .required = true,
      .help = "virtual subnets" },
    { "vms", KEY_NODE, .shape = KEY_NAMED, .required = true,
      .help = "virtual machines" },
    { "acl", KEY_NODE, .later = true, .help = "allow and deny" },
    { "count", KEY_INT, .min = 1, .max = 1000000, .help = "makes so many" },
    { .name = NULL },
};
const struct key_table tenant_table = {
    "tenant",
    "An isolation group: a customer with networks of its own.",
    tenant_keys,
    NULL,
};

/* An entry of 'tenants' or of its 'subnets': read once, and again for each
 * tenant that it makes, as far as the index is in it. */
struct subnet_entry {
    const struct key_value *entry;
    struct key_reader r;
    bool is_read;
};

struct tenant_entry {
    const struct key_value *entry;
    struct key_reader r;
    struct subnet_entry *subnets; /* key_count(&r, "subnets") of them. */
    struct vm_entry *vms;         /* key_count(&r, "vms") of them. */
};

/* What is being read, for the readers below. */
struct reading {
    struct scenario *s;
    uint16_t next_vlan; /* For 'vlan: auto'. */
    struct vm_supply supply;
};

static void
read_vlan(struct key_reader *r, struct scenario_subnet *subnet)
{
    subnet->vlan_loc = key_loc(r, "vlan");
    if (key_is_given(r, "vlan") && key_is_ok(r, "vlan")) {
        subnet->is_vlan_auto = key_word(r, "vlan") != NULL;
        subnet->vlan = (uint16_t) key_int(r, "vlan");
    }
}

static void
give_vlan(struct reading *rd, struct scenario_subnet *subnet)
{
    if (rd->next_vlan > 4094) {
        diag_report(rd->s->diag, E057, subnet->vlan_loc,
                    "no VLAN ID is left for %s: there are 4,094",
                    subnet->path);
    } else {
        subnet->vlan = rd->next_vlan++;
    }
}

/* Gives VLANs to the subnets from 'first' on that want one and have VMs, from
 * 'first_vm' on, that use it: other datapaths need none, and there may be more
 * subnets than VLANs. */
static void
give_vlans(struct reading *rd, unsigned int first, unsigned int first_vm)
{
    const struct scenario *s = rd->s;

    for (unsigned int i = first_vm; i < s->vms->len; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(s->vms, i);

        if (vm->subnet && vm->use == &datapath_vlan) {
            vm->subnet->has_vlan_vms = true;
        }
    }
    for (unsigned int i = first; i < s->subnets->len; i++) {
        struct scenario_subnet *subnet = g_ptr_array_index(s->subnets, i);

        if (subnet->is_vlan_auto && subnet->has_vlan_vms) {
            give_vlan(rd, subnet);
        }
    }
}

static void
read_gateway(struct key_reader *r, struct scenario_subnet *subnet)
{
    if (key_is_given(r, "gateway") && key_is_ok(r, "gateway")) {
        subnet->has_gateway_none = key_word(r, "gateway") != NULL;
        if (!subnet->has_gateway_none) {
            key_report(r, "gateway", E091,
                       "a gateway address is not supported yet: write none");
        }
    }
}

/* Goes over the map of 'entry' for 'tenant'. */
static void
read_subnet_keys(struct scenario *s, const struct tenant_entry *tenant,
                 struct subnet_entry *entry)
{
    if (entry->is_read) {
        key_reader_again(&entry->r);
        return;
    }
    entry->is_read = true;
    key_reader_init(&entry->r, s->scope, entry->entry->node, &subnet_table,
                    "tenants.%s.subnets.%s", tenant->entry->name,
                    entry->entry->name);
}

static void
read_subnet(struct reading *rd, struct scenario_tenant *tenant,
            struct subnet_entry *entry)
{
    struct scenario *s = rd->s;
    struct scenario_subnet *subnet = g_new0(struct scenario_subnet, 1);
    struct key_reader *r = &entry->r;

    subnet->loc = entry->entry->name_loc;
    subnet->tenant = tenant;
    subnet->name = entry->entry->name;
    subnet->path =
        scope_concat(s->scope, tenant->name, "/", subnet->name, NULL);
    subnet->index = s->subnets->len;
    subnet->next_ca = 1;
    g_ptr_array_add(s->subnets, subnet);
    g_hash_table_insert(s->subnet_by_path, (char *) subnet->path, subnet);
    subnet->cidr = key_prefix(r, "cidr");
    subnet->vsid = (uint32_t) key_int(r, "vsid");
    subnet->vsid_loc = key_loc(r, "vsid");
    if (key_is_ok(r, "cidr") && subnet->cidr.addr.family == 6) {
        key_report(r, "cidr", E091,
                   "IPv6 customer addresses are not supported yet");
    }
    read_vlan(r, subnet);
    read_gateway(r, subnet);
    tenant->n_subnets++;
}

static void
read_tenant(struct reading *rd, struct tenant_entry *entry, const char *name)
{
    struct scenario *s = rd->s;
    struct scenario_tenant *tenant = g_new0(struct scenario_tenant, 1);
    unsigned int first = s->subnets->len, first_vm = s->vms->len;

    tenant->loc = entry->entry->name_loc;
    tenant->name = name;
    tenant->title = key_text(&entry->r, "title");
    tenant->use = read_use(&entry->r, s->use);
    g_ptr_array_add(s->tenants, tenant);
    tenant->index = s->tenants->len;
    if (!g_hash_table_insert(s->tenant_by_name, (char *) name, tenant)) {
        diag_report(s->diag, E036, tenant->loc,
                    "there are two tenants called %s", name);
    }
    for (size_t i = 0; i < key_count(&entry->r, "subnets"); i++) {
        read_subnet_keys(s, entry, &entry->subnets[i]);
        read_subnet(rd, tenant, &entry->subnets[i]);
    }
    read_vms(&rd->supply, tenant, entry->vms, key_count(&entry->r, "vms"));
    give_vlans(rd, first, first_vm);
}

static void
open_entry(struct reading *rd, struct tenant_entry *entry)
{
    struct key_reader *r = &entry->r;

    key_reader_init(r, rd->s->scope, entry->entry->node, &tenant_table,
                    "tenants.%s", entry->entry->name);
    entry->subnets = g_new0(struct subnet_entry, key_count(r, "subnets") + 1);
    for (size_t i = 0; i < key_count(r, "subnets"); i++) {
        entry->subnets[i].entry = key_at(r, "subnets", i);
    }
    entry->vms = vm_entries_new(r, entry->entry->name);
}

static void
close_entry(struct tenant_entry *entry)
{
    vm_entries_free(entry->vms, key_count(&entry->r, "vms"));
    for (size_t i = 0; i < key_count(&entry->r, "subnets"); i++) {
        if (entry->subnets[i].is_read) {
            key_reader_clear(&entry->subnets[i].r);
        }
    }
    g_free(entry->subnets);
    key_reader_clear(&entry->r);
}

/* Reads one entry of 'tenants', which may be many tenants. */
static void
read_counted_tenant(struct reading *rd, const struct key_value *value)
{
    struct scenario *s = rd->s;
    struct tenant_entry entry = { .entry = value };
    char number[READ_NUMBER_SIZE];
    bool is_counted;
    int64_t count = read_count(s, value->node, &is_counted);

    for (int64_t i = 1; i <= count && !rd->supply.is_full; i++) {
        struct scope_index was;

        if (is_counted) {
            was = scope_enter(s->scope, i);
        }
        if (i == 1) {
            open_entry(rd, &entry);
        } else {
            key_reader_again(&entry.r);
        }
        read_number(number, is_counted, i);
        read_tenant(rd, &entry,
                    scope_concat(s->scope, value->name, number, NULL));
        if (is_counted) {
            scope_leave(s->scope, was);
        }
    }
    close_entry(&entry);
}

/* Reads 'tenants'. */
void
read_tenants(struct scenario *s, const struct key_reader *root)
{
    struct reading rd = { .s = s, .next_vlan = s->first_vlan };

    vm_supply_init(&rd.supply, s);
    for (size_t i = 0; i < key_count(root, "tenants"); i++) {
        read_counted_tenant(&rd, key_at(root, "tenants", i));
    }
    vm_supply_clear(&rd.supply);
}

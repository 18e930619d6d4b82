#include "scenarios/read.h"

#include <string.h>

#define VSID_MIN 4096     /* RFC 7637 section 3.4, HNV.md 1.1. */
#define VSID_MAX 16777214 /* 2^24 - 2. */

static const char *const auto_words[] = { "auto", NULL };
static const char *const spread_words[] = { "spread", NULL };
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

static const struct key_spec vm_keys[] = {
    { "subnet", KEY_NAME, .required = true, .help = "the virtual subnet" },
    { "ca", KEY_IP, .words = auto_words, .fallback = "auto",
      .help = "customer address" },
    { "pa", KEY_IP, .words = auto_words,
      .help = "provider address, for rewrite" },
    { "mac", KEY_MAC, .help = "of its NIC; given in order if absent" },
    { "host", KEY_REF, .words = spread_words, .required = true,
      .help = "the host it runs on; spread: in turn over all" },
    { "count", KEY_INT, .min = 1, .max = 1000000, .help = "makes so many" },
    { "use", KEY_WORD, .words = use_words, .later_words = later_uses,
      .help = "another datapath than the tenant's" },
    { "mtu", KEY_INT, .min = 576, .max = 9000,
      .help = "largest IP packet it sends" },
    { .name = NULL },
};
const struct key_table vm_table = {
    "vm",
    "A virtual machine with one NIC.",
    vm_keys,
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

/* What is being read, for the readers below. */
struct reading {
    struct scenario *s;
    GPtrArray *hosts;    /* All of them, for 'spread'. */
    size_t next_host;    /* Whose turn it is. */
    uint16_t next_vlan;  /* For 'vlan: auto'. */
    uint64_t next_pa;    /* Offset in the pool for 'pa: auto'. */
    GHashTable *used_pa; /* Texts of PAs that are taken. */
};

/* Makes "name" or, of a counted object, "name7". */
static const char *
numbered(struct scenario *s, const char *name, bool is_counted, int64_t i)
{
    char *text;
    const char *kept;

    if (!is_counted) {
        return name;
    }
    text = g_strdup_printf("%s%" G_GINT64_FORMAT, name, i);
    kept = scope_strdup(s->scope, text);
    g_free(text);
    return kept;
}

static const char *
joined(struct scenario *s, const char *a, const char *between, const char *b)
{
    char *text = g_strconcat(a, between, b, NULL);
    const char *kept = scope_strdup(s->scope, text);

    g_free(text);
    return kept;
}

/* Reads the 'count' of the map at 'node', which may be absent, before anything
 * else in it is: that may use the index.  Returns how many there are. */
static int64_t
read_count(struct scenario *s, const struct tree_node *node, bool *is_counted)
{
    static const struct key_spec spec = { NULL, KEY_INT, .min = 1,
                                          .max = 1000000 };
    const struct tree_node *count =
        node->kind == TREE_MAP ? tree_get(node, "count") : NULL;
    struct key_value value;
    int64_t n;

    *is_counted = count != NULL;
    if (!count || !key_convert(s->scope, count, &spec, "count", &value)
        || !quantity_to_int(value.value.quantity, &n)) {
        return 1;
    }
    return n;
}

static void
read_vlan(struct reading *rd, struct key_reader *r,
          struct scenario_subnet *subnet)
{
    if (!key_is_given(r, "vlan") || !key_is_ok(r, "vlan")) {
        return;
    }
    if (!key_word(r, "vlan")) {
        subnet->vlan = (uint16_t) key_int(r, "vlan");
    } else if (rd->next_vlan > 4094) {
        key_report(r, "vlan", E057,
                   "no VLAN ID is left for %s: there are 4,094", subnet->path);
    } else {
        subnet->vlan = rd->next_vlan++;
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

static void
read_subnet(struct reading *rd, struct scenario_tenant *tenant,
            const struct key_value *entry)
{
    struct scenario *s = rd->s;
    struct scenario_subnet *subnet = g_new0(struct scenario_subnet, 1);
    struct key_reader r;

    subnet->loc = entry->name_loc;
    subnet->tenant = tenant;
    subnet->name = entry->name;
    subnet->path = joined(s, tenant->name, "/", entry->name);
    subnet->next_ca = 1;
    g_ptr_array_add(s->subnets, subnet);
    g_hash_table_insert(s->subnet_by_path, (char *) subnet->path, subnet);
    key_reader_init(&r, s->scope, entry->node, &subnet_table,
                    "tenants.%s.subnets.%s", tenant->name, subnet->name);
    subnet->cidr = key_prefix(&r, "cidr");
    subnet->vsid = (uint32_t) key_int(&r, "vsid");
    subnet->vsid_loc = key_loc(&r, "vsid");
    subnet->vlan_loc = key_loc(&r, "vlan");
    if (key_is_ok(&r, "cidr") && subnet->cidr.addr.family == 6) {
        key_report(&r, "cidr", E091,
                   "IPv6 customer addresses are not supported yet");
    }
    read_vlan(rd, &r, subnet);
    read_gateway(&r, subnet);
    tenant->n_subnets++;
    key_reader_clear(&r);
}

static void
note_pa(struct reading *rd, const struct ip_addr *pa)
{
    char text[IP_ADDR_STRLEN];

    ip_addr_format(pa, text);
    g_hash_table_add(rd->used_pa, g_strdup(text));
}

/* Finds the next address of the provider's pool that nobody has. */
static bool
take_pa(struct reading *rd, struct key_reader *r, struct scenario_vm *vm)
{
    struct scenario *s = rd->s;
    uint64_t size;
    char text[IP_ADDR_STRLEN];

    if (s->pool.addr.family != 4) {
        key_report(r, "pa", E053,
                   "'pa: auto' needs provider.pool to take it from");
        diag_help(s->diag, "for example provider: {pool: 192.168.1.0/24}");
        return false;
    }
    size = UINT64_C(1) << (32 - s->pool.length);
    while (rd->next_pa + 1 < size) {
        vm->pa = ip_addr_from_v4(ip_addr_to_v4(&s->pool.addr)
                                 + (uint32_t) rd->next_pa++);
        ip_addr_format(&vm->pa, text);
        if (!g_hash_table_contains(rd->used_pa, text)) {
            g_hash_table_add(rd->used_pa, g_strdup(text));
            return true;
        }
    }
    if (rd->next_pa <= size) {
        key_report(r, "pa", E059, "provider.pool has no address left for %s",
                   vm->path);
        diag_help(s->diag,
                  "make it larger: it has %" G_GUINT64_FORMAT
                  ", hosts' and VMs'",
                  size - MIN(size, 2));
        rd->next_pa = size + 1; /* Said once. */
    }
    return false;
}

/* Gives the VM the next address of its subnet that no VM before it has. */
static bool
take_ca(struct scenario *s, struct key_reader *r, struct scenario_vm *vm,
        GHashTable *used)
{
    struct scenario_subnet *subnet = vm->subnet;
    char cidr[IP_PREFIX_STRLEN];
    uint64_t size = UINT64_C(1) << (32 - MIN(subnet->cidr.length, 32));

    /* The lowest address stays free for the distributed router. */
    for (subnet->next_ca = MAX(subnet->next_ca, 2);
         subnet->next_ca + 1 < size;) {
        uint32_t ca =
            ip_addr_to_v4(&subnet->cidr.addr) + (uint32_t) subnet->next_ca++;

        if (!g_hash_table_contains(used, GUINT_TO_POINTER(ca))) {
            vm->ca = ip_addr_from_v4(ca);
            return true;
        }
    }
    if (subnet->next_ca <= size) {
        key_report(r, "ca", E059, "%s has no address left for %s",
                   subnet->path, vm->path);
        ip_prefix_format(&subnet->cidr, cidr);
        diag_help(s->diag,
                  "make it larger than %s; 'auto' leaves the lowest address "
                  "to the router",
                  cidr);
        subnet->next_ca = size + 1; /* Said once. */
    }
    return false;
}

static void
read_host_of(struct reading *rd, struct key_reader *r, struct scenario_vm *vm)
{
    struct scenario *s = rd->s;

    vm->host_loc = key_loc(r, "host");
    if (!key_is_ok(r, "host")) {
        return;
    }
    if (!key_word(r, "host")) {
        vm->host = find_host(s, key_text(r, "host"), vm->host_loc);
    } else if (rd->hosts->len) {
        vm->host =
            g_ptr_array_index(rd->hosts, rd->next_host++ % rd->hosts->len);
    } else {
        key_report(r, "host", E030, "there is no host to spread over");
    }
}

/* The MAC of a VM if the scenario gives none: in Microsoft's block, by the
 * VM's place. */
static struct eth_addr
make_vm_mac(unsigned int index)
{
    return eth_addr_from_u64(UINT64_C(0x00155d000000) + index + 1);
}

static void
read_addresses(struct reading *rd, struct key_reader *r,
               struct scenario_vm *vm, GHashTable *used)
{
    struct scenario *s = rd->s;

    vm->ca_loc = key_loc(r, "ca");
    vm->pa_loc = key_loc(r, "pa");
    vm->mac_loc = key_loc(r, "mac");
    vm->mac = key_is_given(r, "mac") ? key_mac(r, "mac")
                                     : make_vm_mac(s->vms->len - 1);
    if (key_is_ok(r, "ca")) {
        if (key_word(r, "ca")) {
            take_ca(s, r, vm, used);
        } else {
            vm->ca = key_ip(r, "ca");
        }
        if (vm->ca.family == 4) {
            g_hash_table_add(used, GUINT_TO_POINTER(ip_addr_to_v4(&vm->ca)));
        }
    }
    if (key_is_given(r, "pa") && key_is_ok(r, "pa") && !key_word(r, "pa")) {
        vm->pa = key_ip(r, "pa");
        note_pa(rd, &vm->pa);
    } else if (vm->use == &datapath_rewrite
               && (key_is_given(r, "pa") ? key_is_ok(r, "pa")
                                         : s->pool.addr.family != 0)) {
        take_pa(rd, r, vm);
    }
}

static void
read_vm(struct reading *rd, struct scenario_tenant *tenant,
        const struct key_value *entry, struct key_reader *r, const char *name,
        GHashTable *used)
{
    struct scenario *s = rd->s;
    struct scenario_vm *vm = g_new0(struct scenario_vm, 1);
    const char *path;

    vm->loc = entry->name_loc;
    vm->tenant = tenant;
    vm->path = joined(s, tenant->name, "/", name);
    vm->nic = joined(s, vm->path, "", ":eth0");
    g_ptr_array_add(s->vms, vm);
    if (!g_hash_table_insert(s->vm_by_path, (char *) vm->path, vm)) {
        diag_report(s->diag, E036, vm->loc, "there are two VMs called %s",
                    vm->path);
    }
    vm->use = read_use(r, tenant->use);
    vm->mtu =
        key_is_given(r, "mtu") ? (uint16_t) key_int(r, "mtu") : s->vm_mtu;
    path = joined(s, tenant->name, "/", key_text(r, "subnet"));
    vm->subnet = g_hash_table_lookup(s->subnet_by_path, path);
    if (!vm->subnet) {
        if (key_is_ok(r, "subnet")) {
            refuse_unknown(s, E033, key_loc(r, "subnet"), "subnet", path,
                           s->subnet_by_path);
        }
        return;
    }
    read_host_of(rd, r, vm);
    read_addresses(rd, r, vm, used);
}

/* Reads one entry of 'vms', which may be many VMs. */
static void
read_vms(struct reading *rd, struct scenario_tenant *tenant,
         const struct key_value *entry, GHashTable *used)
{
    struct scenario *s = rd->s;
    bool is_counted;
    int64_t count = read_count(s, entry->node, &is_counted);

    for (int64_t i = 1; i <= count; i++) {
        struct scope_index was;
        struct key_reader r;

        if (is_counted) {
            was = scope_enter(s->scope, i);
        }
        key_reader_init(&r, s->scope, entry->node, &vm_table,
                        "tenants.%s.vms.%s", tenant->name, entry->name);
        read_vm(rd, tenant, entry, &r, numbered(s, entry->name, is_counted, i),
                used);
        key_reader_clear(&r);
        if (is_counted) {
            scope_leave(s->scope, was);
        }
    }
}

static void
read_tenant(struct reading *rd, const struct key_value *entry,
            struct key_reader *r, const char *name)
{
    struct scenario *s = rd->s;
    struct scenario_tenant *tenant = g_new0(struct scenario_tenant, 1);
    GHashTable *used = g_hash_table_new(NULL, NULL);

    tenant->loc = entry->name_loc;
    tenant->name = name;
    tenant->title = key_text(r, "title");
    tenant->use = read_use(r, s->use);
    g_ptr_array_add(s->tenants, tenant);
    tenant->index = s->tenants->len;
    if (!g_hash_table_insert(s->tenant_by_name, (char *) name, tenant)) {
        diag_report(s->diag, E036, tenant->loc,
                    "there are two tenants called %s", name);
    }
    for (size_t i = 0; i < key_count(r, "subnets"); i++) {
        read_subnet(rd, tenant, key_at(r, "subnets", i));
    }
    for (size_t i = 0; i < key_count(r, "vms"); i++) {
        read_vms(rd, tenant, key_at(r, "vms", i), used);
    }
    g_hash_table_unref(used);
}

/* Reads one entry of 'tenants', which may be many tenants. */
static void
read_counted_tenant(struct reading *rd, const struct key_value *entry)
{
    struct scenario *s = rd->s;
    bool is_counted;
    int64_t count = read_count(s, entry->node, &is_counted);

    for (int64_t i = 1; i <= count; i++) {
        struct scope_index was;
        struct key_reader r;

        if (is_counted) {
            was = scope_enter(s->scope, i);
        }
        key_reader_init(&r, s->scope, entry->node, &tenant_table, "tenants.%s",
                        entry->name);
        read_tenant(rd, entry, &r, numbered(s, entry->name, is_counted, i));
        key_reader_clear(&r);
        if (is_counted) {
            scope_leave(s->scope, was);
        }
    }
}

/* Reads 'tenants'. */
void
read_tenants(struct scenario *s, const struct key_reader *root)
{
    struct reading rd = {
        .s = s,
        .hosts = g_ptr_array_new(),
        .next_vlan = s->first_vlan,
        .next_pa = 1,
        .used_pa =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };

    for (unsigned int i = 0; i < s->nodes->len; i++) {
        struct scenario_node *node = g_ptr_array_index(s->nodes, i);

        if (node->role == ROLE_HOST) {
            g_ptr_array_add(rd.hosts, node);
            if (node->pa.addr.family) {
                note_pa(&rd, &node->pa.addr);
            }
        }
    }
    for (size_t i = 0; i < key_count(root, "tenants"); i++) {
        read_counted_tenant(&rd, key_at(root, "tenants", i));
    }
    g_ptr_array_unref(rd.hosts);
    g_hash_table_unref(rd.used_pa);
}

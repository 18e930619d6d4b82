#include "scenarios/read_vms.h"

#include <inttypes.h>
#include <string.h>

#include "sim/random.h"

#define VMS_MAX 4000000 /* Of a scenario; more is taken for a mistake. */

static const char *const auto_words[] = { "auto", NULL };
static const char *const mac_words[] = { "auto", "random", NULL };
static const char *const spread_words[] = { "spread", NULL };

static const struct key_spec vm_keys[] = {
    { "subnet", KEY_NAME, .required = true, .help = "the virtual subnet" },
    { "ca", KEY_IP, .words = auto_words, .fallback = "auto",
      .help = "customer address" },
    { "pa", KEY_IP, .words = auto_words,
      .help = "provider address, for rewrite" },
    { "mac", KEY_MAC, .words = mac_words, .fallback = "auto",
      .help = "of its NIC; auto: given in order" },
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

/* An entry of 'vms'. */
struct vm_entry {
    const struct key_value *entry;
    const char *tenant_name; /* Of the entry that it belongs to. */
    struct key_reader r;
    bool is_read, is_counted;
    int64_t count; /* VMs that it makes of the tenant. */
    const struct scenario_vm_locs *locs;
    /* What its keys say of the VM that is being made. */
    const struct datapath_ops *use;
    struct scenario_subnet *subnet;
    struct scenario_node *host; /* Null: spread, or it was not found. */
    struct ip_addr ca, pa;      /* Family 0: none is written. */
    struct eth_addr mac;
    bool has_mac, is_mac_random, is_spread, is_ca_auto, wants_pa;
    uint16_t mtu;
};

/* ---- What is given in turn. ---- */

static void
note_pa(struct vm_supply *supply, const struct ip_addr *pa)
{
    if (pa->family == 4) {
        g_hash_table_add(supply->used_pa, GUINT_TO_POINTER(ip_addr_to_v4(pa)));
    }
}

/* Starts giving out addresses and hosts to the VMs of 's'. */
void
vm_supply_init(struct vm_supply *supply, struct scenario *s)
{
    *supply = (struct vm_supply){
        .s = s,
        .hosts = g_ptr_array_new(),
        .used_pa = g_hash_table_new(NULL, NULL),
        .used_ca = g_hash_table_new(NULL, NULL),
    };
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        struct scenario_node *node = g_ptr_array_index(s->nodes, i);

        if (node->role == ROLE_HOST) {
            g_ptr_array_add(supply->hosts, node);
        }
        note_pa(supply, &node->pa.addr);
        for (unsigned int j = 0; node->interfaces && j < node->interfaces->len;
             j++) {
            const struct scenario_interface *interface =
                g_ptr_array_index(node->interfaces, j);

            note_pa(supply, &interface->address.addr);
        }
    }
}

void
vm_supply_clear(struct vm_supply *supply)
{
    g_ptr_array_unref(supply->hosts);
    g_hash_table_unref(supply->used_pa);
    g_hash_table_unref(supply->used_ca);
}

/* Finds the next address of its host's pool that nobody has. */
static void
take_pa(struct vm_supply *supply, struct key_reader *r, struct scenario_vm *vm)
{
    struct scenario *s = supply->s;
    struct scenario_pool *pool = vm->host ? vm->host->pool : NULL;
    char text[IP_PREFIX_STRLEN];
    uint64_t size;

    if (s->provider.pool.addr.family != IP_V4) {
        key_report(r, "pa", E053,
                   "'pa: auto' needs provider.pool to take it from");
        diag_help(s->diag, "for example provider: {pool: 192.168.1.0/24}");
    }
    if (!pool || pool->prefix.addr.family != IP_V4) {
        return;
    }
    size = UINT64_C(1) << (32 - pool->prefix.length);
    while (pool->next + 1 < size) {
        uint32_t pa =
            ip_addr_to_v4(&pool->prefix.addr) + (uint32_t) pool->next++;

        /* The next one is looked for behind it, so it is not noted. */
        if (!g_hash_table_contains(supply->used_pa, GUINT_TO_POINTER(pa))) {
            vm->pa = ip_addr_from_v4(pa);
            return;
        }
    }
    if (pool->next <= size) {
        ip_prefix_format(&pool->prefix, text);
        key_report(r, "pa", E059, "the pool %s has no address left for %s",
                   text, vm->path);
        diag_help(s->diag,
                  "make it larger: it has %" PRIu64 ", hosts' and VMs'",
                  size - MIN(size, 2));
        pool->next = size + 1; /* Said once. */
    }
}

/* Gives the VM the next address of its subnet that no VM before it has. */
static void
take_ca(struct vm_supply *supply, struct key_reader *r, struct scenario_vm *vm)
{
    struct scenario *s = supply->s;
    struct scenario_subnet *subnet = vm->subnet;
    char cidr[IP_PREFIX_STRLEN];
    uint64_t size = UINT64_C(1) << (32 - MIN(subnet->cidr.length, 32));

    /* The lowest address stays free for the distributed router. */
    for (subnet->next_ca = MAX(subnet->next_ca, 2);
         subnet->next_ca + 1 < size;) {
        uint32_t ca =
            ip_addr_to_v4(&subnet->cidr.addr) + (uint32_t) subnet->next_ca++;

        if (!g_hash_table_contains(supply->used_ca, GUINT_TO_POINTER(ca))) {
            vm->ca = ip_addr_from_v4(ca);
            return;
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
}

/* The MAC of a VM if the scenario gives none: in Microsoft's block, by the
 * VM's place. */
static struct eth_addr
make_vm_mac(uint32_t index)
{
    return eth_addr_from_u64(UINT64_C(0x00155d000000) + index + 1);
}

/* A MAC drawn for the VM at 'path': locally administered, 46 bits of it
 * random. */
static struct eth_addr
draw_mac(uint64_t seed, const char *path)
{
    char *name = g_strconcat(path, "/mac", NULL);
    struct random_stream stream;

    random_stream_init(&stream, seed, name);
    g_free(name);
    return eth_addr_from_u64(
        UINT64_C(0x020000000000)
        | (random_u64(&stream) & UINT64_C(0xfcffffffffff)));
}

/* ---- Names. ---- */

/* Writes the number of a counted object as its name ends with it, or nothing
 * for one that is not counted. */
void
read_number(char number[READ_NUMBER_SIZE], bool is_counted, int64_t i)
{
    number[0] = '\0';
    if (is_counted) {
        g_snprintf(number, READ_NUMBER_SIZE, "%" PRId64, i);
    }
}

/* Reads the 'count' of the map at 'node', which may be absent, before anything
 * else in it is: that may use the index.  Returns how many there are. */
int64_t
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

/* ---- Entries. ---- */

/* Returns the entries under 'vms' of the tenant that 'r' reads and the file
 * calls 'tenant_name'; 'r' must outlive them. */
struct vm_entry *
vm_entries_new(const struct key_reader *r, const char *tenant_name)
{
    size_t n = key_count(r, "vms");
    struct vm_entry *entries = g_new0(struct vm_entry, n + 1);

    for (size_t i = 0; i < n; i++) {
        entries[i].entry = key_at(r, "vms", i);
        entries[i].tenant_name = tenant_name;
    }
    return entries;
}

void
vm_entries_free(struct vm_entry *entries, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (entries[i].is_read) {
            key_reader_clear(&entries[i].r);
        }
    }
    g_free(entries);
}

/* Reads the map of 'entry', and where its keys are. */
static void
open_entry(struct scenario *s, struct vm_entry *entry)
{
    struct scenario_vm_locs *locs = scope_alloc(s->scope, sizeof *locs);

    key_reader_init(&entry->r, s->scope, entry->entry->node, &vm_table,
                    "tenants.%s.vms.%s", entry->tenant_name,
                    entry->entry->name);
    *locs = (struct scenario_vm_locs){
        .name = entry->entry->name_loc,
        .ca = key_loc(&entry->r, "ca"),
        .pa = key_loc(&entry->r, "pa"),
        .host = key_loc(&entry->r, "host"),
        .mac = key_loc(&entry->r, "mac"),
    };
    entry->locs = locs;
    entry->is_read = true;
}

static void
apply_subnet(struct scenario *s, const struct scenario_tenant *tenant,
             struct vm_entry *entry)
{
    const struct key_reader *r = &entry->r;
    char *path = g_strconcat(tenant->name, "/", key_text(r, "subnet"), NULL);

    entry->subnet = g_hash_table_lookup(s->subnet_by_path, path);
    if (!entry->subnet && key_is_ok(r, "subnet")) {
        refuse_unknown(s, E033, key_loc(r, "subnet"), "subnet", path,
                       s->subnet_by_path);
    }
    g_free(path);
}

static void
apply_host(struct vm_supply *supply, struct vm_entry *entry)
{
    struct key_reader *r = &entry->r;

    entry->host = NULL;
    entry->is_spread = false;
    if (!key_is_ok(r, "host")) {
        return;
    }
    if (!key_word(r, "host")) {
        entry->host =
            find_host(supply->s, key_text(r, "host"), entry->locs->host);
    } else if (supply->hosts->len) {
        entry->is_spread = true;
    } else {
        key_report(r, "host", E030, "there is no host to spread over");
    }
}

static void
apply_addresses(const struct scenario *s, struct vm_entry *entry)
{
    const struct ip_addr none = { .family = IP_NONE };
    struct key_reader *r = &entry->r;
    bool has_pa = key_is_given(r, "pa");

    entry->has_mac = key_is_ok(r, "mac") && !key_word(r, "mac");
    entry->is_mac_random = key_is_ok(r, "mac") && key_word(r, "mac")
                           && key_word_index(r, "mac") == 1;
    entry->mac = key_mac(r, "mac");
    entry->is_ca_auto = key_is_ok(r, "ca") && key_word(r, "ca");
    entry->ca =
        key_is_ok(r, "ca") && !entry->is_ca_auto ? key_ip(r, "ca") : none;
    entry->pa = none;
    entry->wants_pa = false;
    if (has_pa && key_is_ok(r, "pa") && !key_word(r, "pa")) {
        entry->pa = key_ip(r, "pa");
    } else if (entry->use == &datapath_rewrite) {
        entry->wants_pa =
            has_pa ? key_is_ok(r, "pa") : s->provider.pool.addr.family != 0;
    }
}

/* Takes from the keys of 'entry' what they say of VMs of 'tenant'. */
static void
apply_keys(struct vm_supply *supply, const struct scenario_tenant *tenant,
           struct vm_entry *entry)
{
    struct scenario *s = supply->s;
    const struct key_reader *r = &entry->r;

    entry->use = read_use(r, tenant->use);
    entry->mtu =
        key_is_given(r, "mtu") ? (uint16_t) key_int(r, "mtu") : s->vm_mtu;
    apply_subnet(s, tenant, entry);
    if (entry->subnet) {
        apply_host(supply, entry);
        apply_addresses(s, entry);
    }
}

/* ---- VMs. ---- */

static void
give_addresses(struct vm_supply *supply, struct vm_entry *entry,
               struct scenario_vm *vm)
{
    vm->mac = entry->has_mac         ? entry->mac
              : entry->is_mac_random ? draw_mac(supply->s->seed, vm->path)
                                     : make_vm_mac(vm->index);
    vm->ca = entry->ca;
    if (entry->is_ca_auto) {
        take_ca(supply, &entry->r, vm);
    }
    if (vm->ca.family == 4) {
        g_hash_table_add(supply->used_ca,
                         GUINT_TO_POINTER(ip_addr_to_v4(&vm->ca)));
    }
    vm->pa = entry->pa;
    if (entry->wants_pa) {
        take_pa(supply, &entry->r, vm);
    } else {
        note_pa(supply, &vm->pa);
    }
}

static void
add_vm(struct vm_supply *supply, struct scenario_tenant *tenant,
       struct vm_entry *entry, const char *number)
{
    struct scenario *s = supply->s;
    struct scenario_vm *vm = scope_alloc(s->scope, sizeof *vm);

    vm->locs = entry->locs;
    vm->tenant = tenant;
    vm->path = scope_concat(s->scope, tenant->name, "/", entry->entry->name,
                            number, NULL);
    vm->index = s->vms->len;
    vm->use = entry->use;
    vm->mtu = entry->mtu;
    g_ptr_array_add(s->vms, vm);
    if (!g_hash_table_insert(s->vm_by_path, (char *) vm->path, vm)) {
        diag_report(s->diag, E036, vm->locs->name,
                    "there are two VMs called %s", vm->path);
    }
    vm->subnet = entry->subnet;
    if (!vm->subnet) {
        return;
    }
    vm->host = entry->host;
    if (entry->is_spread) {
        vm->host = g_ptr_array_index(supply->hosts,
                                     supply->next_host++ % supply->hosts->len);
    }
    give_addresses(supply, entry, vm);
}

/* Makes the VMs of an entry, which may be many, of 'tenant'. */
static void
read_entry(struct vm_supply *supply, struct scenario_tenant *tenant,
           struct vm_entry *entry)
{
    struct scope *scope = supply->s->scope;
    char number[READ_NUMBER_SIZE];

    for (int64_t i = 1; i <= entry->count; i++) {
        struct scope_index was;
        bool is_changed = i == 1; /* The tenant is another. */

        if (entry->is_counted) {
            was = scope_enter(scope, i);
        }
        if (!entry->is_read) {
            open_entry(supply->s, entry);
        } else if (key_reader_again(&entry->r)) {
            is_changed = true;
        }
        if (is_changed) {
            apply_keys(supply, tenant, entry);
        }
        read_number(number, entry->is_counted, i);
        add_vm(supply, tenant, entry, number);
        if (entry->is_counted) {
            scope_leave(scope, was);
        }
    }
}

/* Counts the VMs that the 'n' entries make of one tenant.  False, and reported,
 * if that is too many. */
static bool
count_vms(struct vm_supply *supply, struct vm_entry *entries, size_t n)
{
    struct scenario *s = supply->s;
    int64_t total = s->vms->len;

    for (size_t i = 0; i < n; i++) {
        const struct key_value *entry = entries[i].entry;

        entries[i].count = read_count(s, entry->node, &entries[i].is_counted);
        total += entries[i].count;
        if (total > VMS_MAX) {
            diag_report(s->diag, E009, entry->name_loc,
                        "more than %d VMs with those of %s", VMS_MAX,
                        entry->name);
            supply->is_full = true;
            return false;
        }
    }
    return true;
}

/* Reads the 'n' entries for 'tenant'. */
void
read_vms(struct vm_supply *supply, struct scenario_tenant *tenant,
         struct vm_entry *entries, size_t n)
{
    g_hash_table_remove_all(supply->used_ca);
    if (count_vms(supply, entries, n)) {
        for (size_t i = 0; i < n; i++) {
            read_entry(supply, tenant, &entries[i]);
        }
    }
}

/* Returns "blue/web:eth0".  Most VMs' NICs are never named, so this makes the
 * name when it is first asked for. */
const char *
scenario_vm_nic(const struct scenario *s, struct scenario_vm *vm)
{
    if (!vm->nic) {
        vm->nic = scope_concat(s->scope, vm->path, ":eth0", NULL);
    }
    return vm->nic;
}

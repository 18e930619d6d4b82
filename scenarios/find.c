/* From the names in a scenario to its objects. */

#include "scenarios/read.h"

#include <fnmatch.h>
#include <string.h>

#include "scenarios/suggest.h"

#define NAMES_MAX 20 /* More are not listed in a help. */

/* Says which of 'names' was meant: the nearest, or the one that is 'name' but
 * for a tenant in front of it; and, of few, which there are. */
static void
help_names(struct scenario *s, const char *name, GPtrArray *names)
{
    const char *const *words = (const char *const *) (void *) names->pdata;

    suggest_sort(names);
    for (unsigned int i = 0; i < names->len; i++) {
        const char *slash = strchr(words[i], '/');

        if (slash && !strcmp(slash + 1, name)) {
            diag_help(s->diag, "did you mean '%s'?", words[i]);
            return;
        }
    }
    if (names->len && names->len <= NAMES_MAX) {
        suggest_help(s->diag, name, words, names->len, "there is");
    } else if (suggest_nearest(name, words, names->len)) {
        diag_help(s->diag, "did you mean '%s'?",
                  suggest_nearest(name, words, names->len));
    }
}

/* Reports that there is no 'what' called 'name', with the keys of 'names' as
 * help.  Where there is none at all, because of an error that was reported,
 * this would be no news. */
void
refuse_unknown(struct scenario *s, enum diag_code code, struct loc loc,
               const char *what, const char *name, GHashTable *names)
{
    GHashTableIter iter;
    GPtrArray *known = g_ptr_array_new();
    void *key;

    g_hash_table_iter_init(&iter, names);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        g_ptr_array_add(known, key);
    }
    if (known->len || !scenario_failed(s)) {
        diag_report(s->diag, code, loc, "there is no %s '%s'", what, name);
        help_names(s, name, known);
    }
    g_ptr_array_unref(known);
}

static void
refuse_host(struct scenario *s, struct loc loc, const char *name)
{
    GPtrArray *hosts = g_ptr_array_new();

    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *node = g_ptr_array_index(s->nodes, i);

        if (node->role == ROLE_HOST) {
            g_ptr_array_add(hosts, (char *) node->name);
        }
    }
    if (hosts->len || !scenario_failed(s)) {
        diag_report(s->diag, E030, loc, "there is no host '%s'", name);
        help_names(s, name, hosts);
    }
    g_ptr_array_unref(hosts);
}

/* Returns the VM at 'path', "blue/web". */
struct scenario_vm *
find_vm(struct scenario *s, const char *path, struct loc loc)
{
    struct scenario_vm *vm = g_hash_table_lookup(s->vm_by_path, path);

    if (!vm) {
        refuse_unknown(s, E032, loc, "VM", path, s->vm_by_path);
    }
    return vm;
}

/* Returns the host called 'name'. */
struct scenario_node *
find_host(struct scenario *s, const char *name, struct loc loc)
{
    struct scenario_node *node = g_hash_table_lookup(s->node_by_name, name);

    if (!node) {
        refuse_host(s, loc, name);
    } else if (node->role != ROLE_HOST && node->role != ROLE_UNKNOWN) {
        diag_report(s->diag, E030, loc, "%s is a %s, not a host", name,
                    scenario_role_name(node->role));
    }
    return node && node->role == ROLE_HOST ? node : NULL;
}

/* Returns the node called 'name' if it is of one of two roles. */
static struct scenario_node *
find_node_of(struct scenario *s, const char *name, struct loc loc,
             enum node_role role, enum node_role other, const char *wanted)
{
    struct scenario_node *node = g_hash_table_lookup(s->node_by_name, name);
    bool is_right = node && (node->role == role || node->role == other);

    if (!node) {
        refuse_unknown(s, E030, loc, "node", name, s->node_by_name);
    } else if (!is_right && node->role != ROLE_UNKNOWN) {
        diag_report(s->diag, E030, loc, "%s is a %s, not a %s", name,
                    scenario_role_name(node->role), wanted);
    }
    return is_right ? node : NULL;
}

/* Returns the switch called 'name'. */
struct scenario_node *
find_switch(struct scenario *s, const char *name, struct loc loc)
{
    return find_node_of(s, name, loc, ROLE_SWITCH, ROLE_SWITCH, "switch");
}

/* Returns the switch or router called 'name'. */
struct scenario_node *
find_switch_or_router(struct scenario *s, const char *name, struct loc loc)
{
    return find_node_of(s, name, loc, ROLE_SWITCH, ROLE_ROUTER,
                        "switch or router");
}

/* Returns the host or server called 'name'. */
struct scenario_node *
find_host_or_server(struct scenario *s, const char *name, struct loc loc)
{
    return find_node_of(s, name, loc, ROLE_HOST, ROLE_SERVER,
                        "host or server");
}

/* Returns the port at 'path', "hv1:eth0". */
struct scenario_port *
find_port(struct scenario *s, const char *path, struct loc loc)
{
    struct scenario_port *port = g_hash_table_lookup(s->port_by_path, path);

    if (!port) {
        refuse_unknown(s, E031, loc, "port", path, s->port_by_path);
    }
    return port;
}

static bool
matches(const char *glob, const char *name)
{
    return fnmatch(glob, name, FNM_PATHNAME) == 0;
}

/* Adds the hosts that 'glob' names; all-hosts is all. */
bool
find_hosts(struct scenario *s, const char *glob, struct loc loc,
           GPtrArray *hosts)
{
    bool all = !strcmp(glob, "all-hosts");
    unsigned int before = hosts->len;

    for (unsigned int i = 0; i < s->nodes->len; i++) {
        struct scenario_node *node = g_ptr_array_index(s->nodes, i);

        if (node->role == ROLE_HOST && (all || matches(glob, node->name))) {
            g_ptr_array_add(hosts, node);
        }
    }
    if (hosts->len == before) {
        refuse_host(s, loc, glob);
    }
    return hosts->len > before;
}

/* Adds the VMs that 'glob' names; all-vms is all. */
bool
find_vms(struct scenario *s, const char *glob, struct loc loc, GPtrArray *vms)
{
    bool all = !strcmp(glob, "all-vms");
    unsigned int before = vms->len;
    struct scenario_vm *exact = g_hash_table_lookup(s->vm_by_path, glob);

    if (exact) {
        g_ptr_array_add(vms, exact);
        return true;
    }
    for (unsigned int i = 0; i < s->vms->len; i++) {
        struct scenario_vm *vm = g_ptr_array_index(s->vms, i);

        if (all || matches(glob, vm->path)) {
            g_ptr_array_add(vms, vm);
        }
    }
    if (vms->len == before) {
        refuse_unknown(s, E032, loc, "VM", glob, s->vm_by_path);
    }
    return vms->len > before;
}

/* Adds the tenants that 'glob' names; all-tenants is all. */
bool
find_tenants(struct scenario *s, const char *glob, struct loc loc,
             GPtrArray *tenants)
{
    bool all = !strcmp(glob, "all-tenants");
    unsigned int before = tenants->len;

    for (unsigned int i = 0; i < s->tenants->len; i++) {
        struct scenario_tenant *tenant = g_ptr_array_index(s->tenants, i);

        if (all || matches(glob, tenant->name)) {
            g_ptr_array_add(tenants, tenant);
        }
    }
    if (tenants->len == before) {
        refuse_unknown(s, E033, loc, "tenant", glob, s->tenant_by_name);
    }
    return tenants->len > before;
}

static bool
is_fabric(const struct scenario_node *node)
{
    return node->role == ROLE_SWITCH || node->role == ROLE_ROUTER;
}

/* Says whether 'port' is one of a switch or router that has hosts or servers. */
static bool
is_of_leaf(const struct scenario_port *port)
{
    const struct scenario_node *node = port->node;

    for (unsigned int i = 0; is_fabric(node) && i < node->ports->len; i++) {
        const struct scenario_port *other = g_ptr_array_index(node->ports, i);

        if (!is_fabric(other->link->ends[0]->node)
            || !is_fabric(other->link->ends[1]->node)) {
            return true;
        }
    }
    return false;
}

/* Says whether 'port' belongs to the set or glob 'name'. */
static bool
port_is_in(const struct scenario_port *port, const char *name)
{
    const struct scenario_link *link = port->link;

    if (!strcmp(name, "all-hosts")) {
        return port->node->role == ROLE_HOST;
    } else if (!strcmp(name, "all-servers")) {
        return port->node->role == ROLE_SERVER;
    } else if (!strcmp(name, "all-switches")) {
        return port->node->role == ROLE_SWITCH;
    } else if (!strcmp(name, "all-routers")) {
        return port->node->role == ROLE_ROUTER;
    } else if (!strcmp(name, "all-leaves")) {
        return is_of_leaf(port);
    } else if (!strcmp(name, "fabric")) {
        return is_fabric(link->ends[0]->node)
               && is_fabric(link->ends[1]->node);
    }
    return matches(name, port->path);
}

static void
add_place(GArray *places, const struct scenario_port *port,
          const struct scenario_vm *vm, const char *name)
{
    struct scenario_place place = { port, vm, name };

    g_array_append_val(places, place);
}

static void
add_ports(struct scenario *s, const char *name, GArray *places)
{
    const struct scenario_port *exact =
        g_hash_table_lookup(s->port_by_path, name);

    if (exact) {
        add_place(places, exact, NULL, exact->path);
        return;
    }
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *node = g_ptr_array_index(s->nodes, i);

        for (unsigned int j = 0; j < node->ports->len; j++) {
            const struct scenario_port *port =
                g_ptr_array_index(node->ports, j);

            if (port_is_in(port, name)) {
                add_place(places, port, NULL, port->path);
            }
        }
    }
}

/* Returns the VM whose NIC is called 'name', or null. */
static struct scenario_vm *
vm_of_nic(const struct scenario *s, const char *name)
{
    struct scenario_vm *vm = NULL;
    char *path;

    if (g_str_has_suffix(name, ":eth0")) {
        path = g_strndup(name, strlen(name) - strlen(":eth0"));
        vm = g_hash_table_lookup(s->vm_by_path, path);
        g_free(path);
    }
    return vm;
}

/* Adds the NICs of VMs that 'name', "blue/web:eth0" or a glob, stands for.  A
 * NIC's own name is only made for those. */
static void
add_nics(struct scenario *s, const char *name, GArray *places)
{
    bool all = !strcmp(name, "all-vms");
    struct scenario_vm *exact = vm_of_nic(s, name);
    GString *nic;

    if (exact) {
        add_place(places, NULL, exact, scenario_vm_nic(s, exact));
        return;
    }
    if (!all && !strchr(name, '/')) {
        return; /* No * or ? stands for the slash that is in every one. */
    }
    nic = g_string_new(NULL);
    for (unsigned int i = 0; i < s->vms->len; i++) {
        struct scenario_vm *vm = g_ptr_array_index(s->vms, i);

        g_string_assign(nic, vm->path);
        g_string_append(nic, ":eth0");
        if (all || matches(name, nic->str)) {
            add_place(places, NULL, vm, scenario_vm_nic(s, vm));
        }
    }
    g_string_free(nic, TRUE);
}

/* Removes from 'places' those from 'first' on that stand before it too. */
static void
remove_known(GArray *places, unsigned int first)
{
    GHashTable *known;
    unsigned int n = first;

    if (first == 0 || first == places->len) {
        return;
    }
    known = g_hash_table_new(NULL, NULL);
    for (unsigned int i = 0; i < places->len; i++) {
        const struct scenario_place *place =
            &g_array_index(places, struct scenario_place, i);

        if (i < first) {
            g_hash_table_add(known, (void *) place->name);
        } else if (!g_hash_table_contains(known, place->name)) {
            g_array_index(places, struct scenario_place, n++) = *place;
        }
    }
    g_array_set_size(places, n);
    g_hash_table_unref(known);
}

/* Adds the places that the list under 'key' names: ports, VMs' NICs, globs of
 * these, sets.  Each is added once.  A name that fits none is reported. */
bool
find_places(struct scenario *s, const struct key_reader *r, const char *key,
            GArray *places)
{
    bool ok = true;

    for (size_t i = 0; i < key_count(r, key); i++) {
        const struct key_value *value = key_at(r, key, i);
        unsigned int before = places->len;
        const char *name;

        if (!value->is_ok) {
            ok = false;
            continue;
        }
        name = value->value.text;
        if (!strchr(name, '/')) {
            add_ports(s, name, places);
        }
        add_nics(s, name, places);
        if (places->len == before) {
            diag_report(s->diag, E035, value->node->loc,
                        "'%s' names no place where frames pass", name);
            diag_help(s->diag, "write a port (hv1:eth0), a VM's NIC "
                               "(blue/web:eth0), a glob of these or a set "
                               "(all-hosts, all-servers, all-switches, "
                               "all-routers, all-leaves, all-vms, fabric)");
            ok = false;
        }
        remove_known(places, before);
    }
    return ok;
}

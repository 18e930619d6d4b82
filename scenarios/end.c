#include "scenarios/end.h"

#include <fnmatch.h>
#include <string.h>

#include "models/guest/server.h"
#include "scenarios/read.h"
#include "sim/port.h"

struct scenario_end
end_of_vm(struct scenario_vm *vm)
{
    return (struct scenario_end){ .vm = vm };
}

struct scenario_end
end_of_server(struct scenario_node *server)
{
    return (struct scenario_end){ .server = server };
}

bool
end_is_known(const struct scenario_end *end)
{
    return end->vm || end->server;
}

bool
end_equal(const struct scenario_end *a, const struct scenario_end *b)
{
    return a->vm == b->vm && a->server == b->server;
}

const char *
end_path(const struct scenario_end *end)
{
    return end->vm ? end->vm->path : end->server->name;
}

struct ip_addr
end_address(const struct scenario_end *end)
{
    return end->vm ? end->vm->ca : end->server->pa.addr;
}

/* Returns the largest IP packet that it sends. */
uint16_t
end_mtu(const struct scenario_end *end)
{
    return end->vm ? end->vm->mtu : end->server->mtu;
}

/* Returns the node that it is, or that runs it. */
const struct scenario_node *
end_node(const struct scenario_end *end)
{
    return end->vm ? end->vm->host : end->server;
}

struct scenario_place
end_nic(const struct scenario *s, const struct scenario_end *end)
{
    struct scenario_place place = { .vm = end->vm };

    if (end->vm) {
        place.name = scenario_vm_nic(s, end->vm);
    } else if (end->server->ports->len) {
        place.port = g_ptr_array_index(end->server->ports, 0);
        place.name = place.port->path;
    }
    return place;
}

/* Reports that there is no VM, or no server, called 'path'. */
static void
refuse_name(struct scenario *s, const char *path, struct loc loc)
{
    GHashTable *servers = g_hash_table_new(g_str_hash, g_str_equal);

    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *node = g_ptr_array_index(s->nodes, i);

        if (node->role == ROLE_SERVER) {
            g_hash_table_add(servers, (char *) node->name);
        }
    }
    if (g_hash_table_size(servers) && !strchr(path, '/')) {
        refuse_unknown(s, E032, loc, "server", path, servers);
    } else {
        refuse_unknown(s, E032, loc, "VM", path, s->vm_by_path);
    }
    g_hash_table_unref(servers);
}

/* Reports that 'path' is no end of traffic, if it is not known already. */
static void
refuse_end(struct scenario *s, const char *path, struct loc loc)
{
    const struct scenario_node *node =
        g_hash_table_lookup(s->node_by_name, path);

    if (!node) {
        refuse_name(s, path, loc);
    } else if (node->role == ROLE_HOST) {
        diag_report(s->diag, E032, loc, "%s is a host: traffic is its VMs'",
                    path);
    } else if (node->role != ROLE_UNKNOWN) {
        diag_report(s->diag, E032, loc, "%s is no end of traffic", path);
        diag_help(s->diag, "VMs and servers are");
    }
}

/* Finds the VM at 'path', "blue/web", or the server of that name. */
bool
find_end(struct scenario *s, const char *path, struct loc loc,
         struct scenario_end *end)
{
    struct scenario_node *node = g_hash_table_lookup(s->node_by_name, path);

    *end = end_of_vm(g_hash_table_lookup(s->vm_by_path, path));
    if (!end->vm && node && node->role == ROLE_SERVER) {
        *end = end_of_server(node);
    }
    if (!end_is_known(end)) {
        refuse_end(s, path, loc);
    }
    return end_is_known(end);
}

static bool
matches(const char *glob, const char *set, const char *name)
{
    return !strcmp(glob, set) || fnmatch(glob, name, FNM_PATHNAME) == 0;
}

bool
find_ends(struct scenario *s, const char *glob, struct loc loc, GArray *ends)
{
    struct scenario_vm *exact = g_hash_table_lookup(s->vm_by_path, glob);
    unsigned int before = ends->len;

    if (exact) {
        struct scenario_end end = end_of_vm(exact);

        g_array_append_val(ends, end);
        return true;
    }
    for (unsigned int i = 0; i < s->vms->len; i++) {
        struct scenario_end end = end_of_vm(g_ptr_array_index(s->vms, i));

        if (matches(glob, "all-vms", end.vm->path)) {
            g_array_append_val(ends, end);
        }
    }
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        struct scenario_end end =
            end_of_server(g_ptr_array_index(s->nodes, i));

        if (end.server->role == ROLE_SERVER
            && matches(glob, "all-servers", end.server->name)) {
            g_array_append_val(ends, end);
        }
    }
    if (ends->len == before) {
        refuse_end(s, glob, loc);
    }
    return ends->len > before;
}

struct guest *
end_guest(const struct network *net, const struct scenario_end *end)
{
    return end->vm ? network_guest(net, end->vm)
                   : server_guest(net->nodes[end->server->index]);
}

/* Returns the place where the frames of its NIC pass. */
struct tap_point *
end_tap(const struct network *net, const struct scenario_end *end)
{
    return end->vm ? guest_tap(network_guest(net, end->vm))
                   : &net->nodes[end->server->index]->ports[0].tap;
}

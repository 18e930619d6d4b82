#include "scenarios/vlans.h"

#include "models/wire/vlan.h"

#define DEFAULT_VLAN 1 /* IEEE 802.1Q section 9.6. */

/* A switch, as a node of the graph of switches. */
struct vertex {
    const struct scenario_node *node;
    GPtrArray *ports;   /* "struct scenario_port"s to other switches, those to
                         * one neighbor together. */
    uint32_t n_members; /* Of the VLAN that is looked at. */
    uint32_t degree;    /* Neighbors that are not cut off. */
    bool is_seen, is_cut_off;
};

struct vlans {
    const struct scenario *s;
    struct vertex *vertices; /* By place of the node; others are unused. */
    GHashTable *members[VLAN_VID_MAX + 1]; /* From port to how many VMs. */
    GQueue queue;                          /* struct vertex */
};

static const struct scenario_port *
other_end(const struct scenario_port *port)
{
    return port->link->ends[port->link->ends[0] == port];
}

const struct scenario_port *
vlans_port_of(const struct scenario_node *host)
{
    const struct scenario_port *far;

    if (!host->ports->len) {
        return NULL;
    }
    far = other_end(g_ptr_array_index(host->ports, 0));
    return far->node->role == ROLE_SWITCH ? far : NULL;
}

uint16_t
vlans_native(const struct scenario *s)
{
    for (unsigned int i = 0; i < s->subnets->len; i++) {
        const struct scenario_subnet *subnet =
            g_ptr_array_index(s->subnets, i);

        if (subnet->vlan == DEFAULT_VLAN && subnet->has_vlan_vms) {
            return 0;
        }
    }
    return DEFAULT_VLAN;
}

/* ---- The graph. ---- */

static int
compare_by_neighbor(const void *a, const void *b)
{
    const struct scenario_port *x = *(const struct scenario_port *const *) a;
    const struct scenario_port *y = *(const struct scenario_port *const *) b;
    size_t far_x = other_end(x)->node->index;
    size_t far_y = other_end(y)->node->index;

    return far_x != far_y ? (far_x > far_y) - (far_x < far_y)
                          : (x->index > y->index) - (x->index < y->index);
}

static struct vertex *
neighbor(const struct vlans *v, const struct vertex *vertex, unsigned int i)
{
    const struct scenario_port *port = g_ptr_array_index(vertex->ports, i);

    return &v->vertices[other_end(port)->node->index];
}

/* Says whether port 'i' of 'vertex' is the first to its neighbor. */
static bool
is_first(const struct vlans *v, const struct vertex *vertex, unsigned int i)
{
    return i == 0 || neighbor(v, vertex, i) != neighbor(v, vertex, i - 1);
}

static void
add_vertex(struct vlans *v, const struct scenario_node *node)
{
    struct vertex *vertex = &v->vertices[node->index];

    vertex->node = node;
    vertex->ports = g_ptr_array_new();
    for (unsigned int i = 0; i < node->ports->len; i++) {
        struct scenario_port *port = g_ptr_array_index(node->ports, i);

        if (other_end(port)->node->role == ROLE_SWITCH) {
            g_ptr_array_add(vertex->ports, port);
        }
    }
    g_ptr_array_sort(vertex->ports, compare_by_neighbor);
}

/* Returns the VLANs of 's', which must outlive them, without a member yet. */
struct vlans *
vlans_new(const struct scenario *s)
{
    struct vlans *v = g_new0(struct vlans, 1);

    v->s = s;
    v->vertices = g_new0(struct vertex, s->nodes->len);
    g_queue_init(&v->queue);
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *node = g_ptr_array_index(s->nodes, i);

        if (node->role == ROLE_SWITCH) {
            add_vertex(v, node);
        }
    }
    return v;
}

void
vlans_free(struct vlans *v)
{
    if (!v) {
        return;
    }
    for (unsigned int i = 0; i < v->s->nodes->len; i++) {
        if (v->vertices[i].ports) {
            g_ptr_array_unref(v->vertices[i].ports);
        }
    }
    for (int i = 0; i <= VLAN_VID_MAX; i++) {
        if (v->members[i]) {
            g_hash_table_unref(v->members[i]);
        }
    }
    g_free(v->vertices);
    g_free(v);
}

/* ---- Members. ---- */

static const struct scenario_port *
member_of(const struct scenario_vm *vm)
{
    return vm->use == &datapath_vlan ? vlans_port_of(vm->host) : NULL;
}

bool
vlans_add_vm(struct vlans *v, const struct scenario_vm *vm)
{
    const struct scenario_port *port = member_of(vm);
    GHashTable **members = &v->members[vm->subnet->vlan];
    unsigned int n;

    if (!port) {
        return false;
    }
    if (!*members) {
        *members = g_hash_table_new(NULL, NULL);
    }
    n = GPOINTER_TO_UINT(g_hash_table_lookup(*members, port));
    g_hash_table_insert(*members, (void *) port, GUINT_TO_POINTER(n + 1));
    return n == 0;
}

bool
vlans_remove_vm(struct vlans *v, const struct scenario_vm *vm)
{
    const struct scenario_port *port = member_of(vm);
    GHashTable *members = v->members[vm->subnet->vlan];
    unsigned int n;

    if (!port) {
        return false;
    }
    n = GPOINTER_TO_UINT(g_hash_table_lookup(members, port));
    if (n > 1) {
        g_hash_table_insert(members, (void *) port, GUINT_TO_POINTER(n - 1));
    } else {
        g_hash_table_remove(members, port);
    }
    return n == 1;
}

/* ---- Ways. ---- */

/* Finds the switches that can be reached from 'start'; returns how many of
 * them have members, and adds all to 'island'. */
static uint32_t
find_island(struct vlans *v, struct vertex *start, GPtrArray *island)
{
    uint32_t n_members = 0;
    struct vertex *vertex;

    start->is_seen = true;
    g_queue_push_tail(&v->queue, start);
    while ((vertex = g_queue_pop_head(&v->queue)) != NULL) {
        g_ptr_array_add(island, vertex);
        n_members += vertex->n_members > 0;
        vertex->degree = 0;
        vertex->is_cut_off = false;
        for (unsigned int i = 0; i < vertex->ports->len; i++) {
            struct vertex *next = neighbor(v, vertex, i);

            vertex->degree += is_first(v, vertex, i);
            if (!next->is_seen) {
                next->is_seen = true;
                g_queue_push_tail(&v->queue, next);
            }
        }
    }
    return n_members;
}

static void
cut_off_if_useless(struct vlans *v, struct vertex *vertex)
{
    if (!vertex->is_cut_off && !vertex->n_members && vertex->degree <= 1) {
        vertex->is_cut_off = true;
        g_queue_push_tail(&v->queue, vertex);
    }
}

/* Cuts off, again and again, the switches that lead nowhere. */
static void
prune(struct vlans *v, const GPtrArray *island)
{
    struct vertex *vertex;

    for (unsigned int i = 0; i < island->len; i++) {
        cut_off_if_useless(v, g_ptr_array_index(island, i));
    }
    while ((vertex = g_queue_pop_head(&v->queue)) != NULL) {
        for (unsigned int i = 0; i < vertex->ports->len; i++) {
            if (is_first(v, vertex, i)) {
                neighbor(v, vertex, i)->degree--;
                cut_off_if_useless(v, neighbor(v, vertex, i));
            }
        }
    }
}

static void
add_ways(const struct vlans *v, const GPtrArray *island, GPtrArray *ports)
{
    for (unsigned int i = 0; i < island->len; i++) {
        const struct vertex *vertex = g_ptr_array_index(island, i);

        for (unsigned int j = 0; j < vertex->ports->len; j++) {
            if (!vertex->is_cut_off && !neighbor(v, vertex, j)->is_cut_off) {
                g_ptr_array_add(ports, g_ptr_array_index(vertex->ports, j));
            }
        }
    }
}

static int
compare_ports(const void *a, const void *b)
{
    const struct scenario_port *x = *(const struct scenario_port *const *) a;
    const struct scenario_port *y = *(const struct scenario_port *const *) b;

    return x->node != y->node ? (x->node->index > y->node->index)
                                    - (x->node->index < y->node->index)
                              : (x->index > y->index) - (x->index < y->index);
}

void
vlans_find_ports(struct vlans *v, uint16_t vlan, GPtrArray *ports)
{
    GPtrArray *island = g_ptr_array_new(), *all = g_ptr_array_new();
    GHashTableIter iter;
    void *key;

    g_assert(!ports->len);
    if (v->members[vlan]) {
        g_hash_table_iter_init(&iter, v->members[vlan]);
        while (g_hash_table_iter_next(&iter, &key, NULL)) {
            const struct scenario_port *port = key;

            v->vertices[port->node->index].n_members++;
            g_ptr_array_add(ports, key);
        }
    }
    for (unsigned int i = 0, n = ports->len; i < n; i++) {
        const struct scenario_port *port = g_ptr_array_index(ports, i);
        struct vertex *vertex = &v->vertices[port->node->index];

        if (!vertex->is_seen && find_island(v, vertex, island) > 1) {
            prune(v, island);
            add_ways(v, island, ports);
        }
        g_ptr_array_extend(all, island, NULL, NULL);
        g_ptr_array_set_size(island, 0);
    }
    for (unsigned int i = 0; i < all->len; i++) {
        struct vertex *vertex = g_ptr_array_index(all, i);

        vertex->is_seen = false;
        vertex->n_members = 0;
    }
    g_ptr_array_sort(ports, compare_ports);
    g_ptr_array_unref(all);
    g_ptr_array_unref(island);
}

/* Checks of the network as a graph: loops, islands, MTU. */

#include "scenarios/read.h"

#include <string.h>

#include "scenarios/end.h"

/* Sets of nodes that links join, as a forest: each node points towards its
 * set's root (Tarjan's union by halving paths). */
struct islands {
    size_t *parent;
};

static size_t
root_of(struct islands *islands, size_t i)
{
    while (islands->parent[i] != i) {
        islands->parent[i] = islands->parent[islands->parent[i]];
        i = islands->parent[i];
    }
    return i;
}

/* Joins the sets of 'a' and 'b'; false if they are one already. */
static bool
join(struct islands *islands, size_t a, size_t b)
{
    a = root_of(islands, a);
    b = root_of(islands, b);
    islands->parent[MAX(a, b)] = MIN(a, b);
    return a != b;
}

static const struct scenario_node *
other_end(const struct scenario_port *port)
{
    const struct scenario_link *link = port->link;

    return link->ends[link->ends[0] == port]->node;
}

/* Finds the shortest way from 'from' to 'to' that does not use 'without', and
 * writes its nodes' names, "a, b and c". */
static char *
name_way(const struct scenario *s, const struct scenario_node *from,
         const struct scenario_node *to, const struct scenario_link *without)
{
    const struct scenario_node **before =
        g_new0(const struct scenario_node *, s->nodes->len);
    GQueue frontier = G_QUEUE_INIT;
    GString *text = g_string_new(NULL);
    const struct scenario_node *node = to;

    before[to->index] = to;
    g_queue_push_tail(&frontier, (void *) to);
    while ((node = g_queue_pop_head(&frontier)) != NULL && node != from) {
        for (unsigned int i = 0; i < node->ports->len; i++) {
            const struct scenario_port *port =
                g_ptr_array_index(node->ports, i);
            const struct scenario_node *next = other_end(port);

            if (port->link != without && !before[next->index]) {
                before[next->index] = node;
                g_queue_push_tail(&frontier, (void *) next);
            }
        }
    }
    g_queue_clear(&frontier);
    for (node = from; node != to; node = before[node->index]) {
        g_string_append_printf(text, "%s%s", node->name,
                               before[node->index] == to ? " and " : ", ");
    }
    g_string_append(text, to->name);
    g_free(before);
    return g_string_free(text, FALSE);
}

/* Reports that 'link' closes a loop, and so do 'n_more' others: each of many
 * would be found and named in time linear in the network. */
static void
report_loop(struct scenario *s, const struct scenario_link *link,
            unsigned int n_more)
{
    const struct scenario_node *a = link->ends[0]->node;
    const struct scenario_node *b = link->ends[1]->node;
    char *way = name_way(s, a, b, link);

    if (s->loops_allowed) {
        diag_report(s->diag, W103, link->loc,
                    "%s form a loop and provider.l2_loop is 'allow'", way);
    } else {
        diag_report(s->diag, E044, link->loc,
                    "%s form a loop, and nothing cuts it", way);
        diag_help(s->diag, "remove a link; spanning trees are not supported "
                           "yet. 'provider.l2_loop: allow' builds it all the "
                           "same");
    }
    if (n_more) {
        diag_help(s->diag, "(%u more link%s a loop)", n_more,
                  n_more > 1 ? "s close" : " closes");
    }
    g_free(way);
}

static const char *
capitalized(const struct datapath_ops *use)
{
    return use == &datapath_nvgre ? "NVGRE" : use->kind;
}

/* Returns the bytes of the largest L3 packet on the wire that 'vm' causes: its
 * frame, without the Ethernet header, and what the datapath adds to that.  An
 * 802.1Q tag does not count. */
static uint32_t
vm_l3_bytes(const struct scenario_vm *vm)
{
    return vm->use == &datapath_vlan
               ? vm->mtu
               : vm->mtu + (uint32_t) vm->use->overhead(4);
}

/* Reports each link that is too small for what the hosts of its island may
 * send, once. */
static void
check_mtu(struct scenario *s, struct islands *islands)
{
    const struct scenario_vm **largest =
        g_new0(const struct scenario_vm *, s->nodes->len);

    for (unsigned int i = 0; i < s->vms->len; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(s->vms, i);
        size_t island = root_of(islands, vm->host->index);

        if (!largest[island]
            || vm_l3_bytes(vm) > vm_l3_bytes(largest[island])) {
            largest[island] = vm;
        }
    }
    for (unsigned int i = 0; i < s->links->len; i++) {
        const struct scenario_link *link = g_ptr_array_index(s->links, i);
        const struct scenario_vm *vm =
            largest[root_of(islands, link->ends[0]->node->index)];

        if (vm && vm_l3_bytes(vm) > link->mtu) {
            uint32_t added = vm_l3_bytes(vm) - vm->mtu;

            diag_report(s->diag, E060, link->mtu_loc,
                        "%s does not fit: %u B from the VM + %u B = %u B, "
                        "link mtu is %u",
                        capitalized(vm->use), vm->mtu, added, vm_l3_bytes(vm),
                        link->mtu);
            diag_help(s->diag,
                      "set this mtu to %u or more, or datapath.vm_mtu to %u",
                      vm_l3_bytes(vm), link->mtu - added);
        }
    }
    g_free(largest);
}

/* Of the flows of one workload, the first without a way is reported. */
static void
check_flow_paths(struct scenario *s, struct islands *islands)
{
    size_t reported = SIZE_MAX;

    for (unsigned int i = 0; i < s->flows->len; i++) {
        const struct scenario_flow *flow = g_ptr_array_index(s->flows, i);
        const struct scenario_node *a = end_node(&flow->from);
        const struct scenario_node *b = end_node(&flow->to);

        if (root_of(islands, a->index) != root_of(islands, b->index)
            && !flow->is_probe && flow->workload != reported) {
            reported = flow->workload;
            diag_report(s->diag, E045, flow->loc,
                        "there is no way from %s (%s) to %s (%s)",
                        end_path(&flow->from), a->name, end_path(&flow->to),
                        b->name);
            diag_help(s->diag, "join them by links");
        }
    }
}

/* Checks the topology and what has to pass it. */
void
check_topology(struct scenario *s)
{
    struct islands islands = { g_new(size_t, s->nodes->len) };
    const struct scenario_link *loop = NULL;
    unsigned int n_loops = 0;

    for (unsigned int i = 0; i < s->nodes->len; i++) {
        islands.parent[i] = i;
    }
    for (unsigned int i = 0; i < s->links->len; i++) {
        const struct scenario_link *link = g_ptr_array_index(s->links, i);

        if (!join(&islands, link->ends[0]->node->index,
                  link->ends[1]->node->index)) {
            loop = loop ? loop : link;
            n_loops++;
        }
    }
    if (loop) {
        report_loop(s, loop, n_loops - 1);
    }
    check_mtu(s, &islands);
    check_flow_paths(s, &islands);
    g_free(islands.parent);
}

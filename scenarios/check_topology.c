/* Checks of the network as a graph: loops, MTU, and whether there is a way. */

#include "scenarios/end.h"
#include "scenarios/read.h"
#include "scenarios/segments.h"

static void
help_loop(struct scenario *s, bool uncut, unsigned int n_more)
{
    if (uncut) {
        diag_help(s->diag, "routers run no spanning tree: remove a link, or "
                           "give the router's ports different addresses");
    } else {
        diag_help(s->diag,
                  "remove a link, or say what cuts it: "
                  "'provider.l2_loop: rstp' runs the spanning tree "
                  "protocol, 'block' blocks ports from the beginning, "
                  "'allow' builds it all the same");
    }
    if (n_more) {
        diag_help(s->diag, "(%u more link%s a loop)", n_more,
                  n_more > 1 ? "s close" : " closes");
    }
}

/* Reports the first link that closes a loop which nothing cuts: naming each of
 * many would take time quadratic in the network. */
static void
check_loops(struct scenario *s, const struct segments *segments)
{
    enum loop_rule rule = s->provider.l2_loop;
    bool uncut = rule == LOOP_RSTP || rule == LOOP_BLOCK;
    unsigned int n;
    const struct scenario_link *loop = segments_loop(segments, uncut, &n);
    char *way;

    if (!loop) {
        return;
    }
    way = segments_name_loop(segments, loop);
    if (rule == LOOP_ALLOWED) {
        diag_report(s->diag, W103, loop->loc,
                    "%s form a loop and provider.l2_loop is 'allow'", way);
    } else {
        diag_report(s->diag, E044, loop->loc,
                    "%s form a loop, and nothing cuts it", way);
        help_loop(s, uncut, n - 1);
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

/* Who sends the largest packets. */
struct sender {
    const struct scenario_vm *vm;
    const struct scenario_node *server; /* One of the two. */
    uint32_t l3_bytes;
};

/* Finds, for each internet, who sends the largest packets in it; the caller
 * frees. */
static struct sender *
find_senders(const struct scenario *s, struct segments *segments)
{
    struct sender *senders = g_new0(struct sender, s->nodes->len + 1);

    for (unsigned int i = 0; i < s->vms->len; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(s->vms, i);
        struct sender *sender =
            &senders[segments_internet(segments, vm->host)];

        if (vm_l3_bytes(vm) > sender->l3_bytes) {
            *sender = (struct sender){ vm, NULL, vm_l3_bytes(vm) };
        }
    }
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *node = g_ptr_array_index(s->nodes, i);
        struct sender *sender = &senders[segments_internet(segments, node)];

        if (node->role == ROLE_SERVER && node->mtu > sender->l3_bytes) {
            *sender = (struct sender){ NULL, node, node->mtu };
        }
    }
    return senders;
}

static void
report_mtu(struct scenario *s, const struct scenario_link *link,
           const struct sender *sender)
{
    uint32_t added;

    if (sender->server) {
        diag_report(s->diag, E060, link->locs->mtu,
                    "a packet of server %s does not fit: %u B, link mtu is %u",
                    sender->server->name, sender->l3_bytes, link->mtu);
        diag_help(s->diag, "set this mtu to %u or more, or the server's to %u",
                  sender->l3_bytes, link->mtu);
        return;
    }
    added = sender->l3_bytes - sender->vm->mtu;
    diag_report(s->diag, E060, link->locs->mtu,
                "%s does not fit: %u B from the VM + %u B = %u B, link mtu is "
                "%u",
                capitalized(sender->vm->use), sender->vm->mtu, added,
                sender->l3_bytes, link->mtu);
    diag_help(s->diag, "set this mtu to %u or more, or datapath.vm_mtu to %u",
              sender->l3_bytes, link->mtu - added);
}

/* Reports each link that is too small for what may be sent in its internet. */
static void
check_mtu(struct scenario *s, struct segments *segments)
{
    struct sender *senders = find_senders(s, segments);

    for (unsigned int i = 0; i < s->links->len; i++) {
        const struct scenario_link *link = g_ptr_array_index(s->links, i);
        const struct sender *sender =
            &senders[segments_internet(segments, link->ends[0]->node)];

        if (sender->l3_bytes > link->mtu) {
            report_mtu(s, link, sender);
        }
    }
    g_free(senders);
}

/* Says whether the frames of 'end' are carried as they are, by switches only. */
static bool
is_switched(const struct scenario_end *end)
{
    return end->vm
           && (end->vm->use == &datapath_flat
               || end->vm->use == &datapath_vlan);
}

/* Says whether there is a way from 'from' to 'to': in one subnet of one segment,
 * or over their gateways. */
static bool
can_reach(struct segments *segments, const struct scenario_end *from,
          const struct scenario_end *to)
{
    const struct scenario_node *a = end_node(from), *b = end_node(to);
    bool is_near = segment_of(segments, a) == segment_of(segments, b);

    if (is_switched(from) || is_switched(to)) {
        return is_near;
    }
    /* What has no address is reported elsewhere. */
    return (is_near
            && (!a->pa.addr.family || !b->pa.addr.family
                || ip_prefix_contains(&a->pa, &b->pa.addr)))
           || (segments_internet(segments, a) == segments_internet(segments, b)
               && a->gateway.family && b->gateway.family);
}

/* Of the flows of one workload, the first without a way is reported. */
static void
check_flow_paths(struct scenario *s, struct segments *segments)
{
    size_t reported = SIZE_MAX;

    for (unsigned int i = 0; i < s->flows->len; i++) {
        const struct scenario_flow *flow = g_ptr_array_index(s->flows, i);
        const struct scenario_node *a = end_node(&flow->from);
        const struct scenario_node *b = end_node(&flow->to);

        if (flow->is_probe || flow->workload == reported
            || can_reach(segments, &flow->from, &flow->to)) {
            continue;
        }
        reported = flow->workload;
        diag_report(s->diag, E045, flow->loc,
                    "there is no way from %s (%s) to %s (%s)",
                    end_path(&flow->from), a->name, end_path(&flow->to),
                    b->name);
        diag_help(s->diag,
                  segments_internet(segments, a)
                          == segments_internet(segments, b)
                      ? "they are in different subnets: give them gateways, "
                        "or a datapath that is carried over IP"
                      : "join them by links");
    }
}

/* Reports each VLAN or flat subnet whose VMs no switches join. */
static void
check_switched_subnets(struct scenario *s, struct segments *segments)
{
    const struct scenario_vm **first =
        g_new0(const struct scenario_vm *, s->subnets->len + 1);

    for (unsigned int i = 0; i < s->vms->len; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(s->vms, i);
        const struct scenario_vm *other = first[vm->subnet->index];
        bool is_vlan = vm->use == &datapath_vlan;

        if (!is_vlan && vm->use != &datapath_flat) {
            continue;
        }
        first[vm->subnet->index] = other ? other : vm;
        if (is_vlan && s->provider.is_routed) {
            diag_report(s->diag, E064, vm->subnet->loc,
                        "%s is a VLAN, and provider.fabric is l3",
                        vm->subnet->path);
            diag_help(s->diag, "use rewrite or nvgre, or 'fabric: l2'");
        } else if (other
                   && segments_internet(segments, other->host)
                          == segments_internet(segments, vm->host)
                   && segment_of(segments, other->host)
                          != segment_of(segments, vm->host)) {
            diag_report(s->diag, E064, vm->subnet->loc,
                        "%s is %s, and routers are between its VMs %s and %s",
                        vm->subnet->path, is_vlan ? "a VLAN" : "flat",
                        other->path, vm->path);
            diag_help(s->diag, "use rewrite or nvgre");
        }
    }
    g_free(first);
}

/* What the scenario says of a port for the spanning tree must be of a port. */
static void
check_stp_ports(struct scenario *s, const struct scenario_node *node)
{
    for (unsigned int i = 0; node->stp_ports && i < node->stp_ports->len;
         i++) {
        const struct scenario_stp_port *port =
            g_ptr_array_index(node->stp_ports, i);
        char *path = g_strconcat(node->name, ":", port->name, NULL);

        if (!g_hash_table_contains(s->port_by_path, path)) {
            diag_report(s->diag, E031, port->loc, "%s has no port %s",
                        node->name, port->name);
            diag_help(s->diag, "a port exists when a link ends at it");
        }
        g_free(path);
    }
}

/* How long a MAC table can keep addresses depends on its switch's ports. */
static void
check_aging(struct scenario *s, const struct scenario_node *node,
            sim_time aging, struct loc loc)
{
    sim_time max = mac_table_aging_max(MAX(node->ports->len, 1));

    if (node->sw && aging > max) {
        diag_report(s->diag, E018, loc,
                    "%s: with %u ports, mac_aging is at most %" G_GINT64_FORMAT
                    "s",
                    node->name, node->ports->len, max / SIM_S);
    }
}

static void
check_agings(struct scenario *s)
{
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        const struct scenario_node *node = g_ptr_array_index(s->nodes, i);

        check_aging(s, node, node->sw ? node->sw->macs.aging : 0, node->loc);
    }
    for (unsigned int i = 0; i < s->events->len; i++) {
        const struct scenario_event *event = g_ptr_array_index(s->events, i);
        const struct event_setting *setting =
            &event->settings[SETTING_MAC_AGING];

        if (setting->is_given && event->node) {
            check_aging(s, event->node, (sim_time) MIN(setting->value, 9e18),
                        setting->loc);
        }
    }
}

/* Checks the topology and what has to pass it. */
void
check_topology(struct scenario *s)
{
    struct segments *segments = segments_new(s);

    for (unsigned int i = 0; i < s->nodes->len; i++) {
        check_stp_ports(s, g_ptr_array_index(s->nodes, i));
    }
    check_agings(s);
    check_loops(s, segments);
    check_provider(s, segments);
    check_mtu(s, segments);
    check_switched_subnets(s, segments);
    if (!scenario_failed(s)) {
        check_flow_paths(s, segments);
    }
    segments_free(segments);
}

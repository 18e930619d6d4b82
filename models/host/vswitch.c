#include <glib.h>

#include "models/host/host_inside.h"
#include "sim/port.h"

static void
touch(struct host *host, struct host_vm *vm)
{
    if (vm->is_touched) {
        return;
    }
    vm->is_touched = true;
    if (host->n_touched == host->n_touched_allocated) {
        host->n_touched_allocated = MAX(8, 2 * host->n_touched_allocated);
        host->touched = g_renew(struct host_vm *, host->touched,
                                host->n_touched_allocated);
    }
    host->touched[host->n_touched++] = vm;
}

/* Hands 'pkt' to the guest of 'vm', unless that stands still.  The port's last check (HNV.md section
 * 1.2): what was seen in a virtual subnet is delivered in no other. */
void
vswitch_input(struct host *host, struct host_vm *vm, struct packet *pkt)
{
    g_assert(pkt->tag.vsid == vm_domain_vsid(vm->domain));
    if (guest_is_paused(vm->guest)) {
        host_end(host, pkt, host->is_down ? HOST_FATE_DOWN : HOST_FATE_VM_OFF);
        return;
    }
    if (node_is_heard(&host->node)) {
        node_note(&host->node, pkt, "vswitch", "to %s", guest_name(vm->guest));
    }
    guest_input(vm->guest, pkt);
    touch(host, vm);
}

/* Gives each VM of 'domain' but 'sender' a copy of 'pkt': at once if it came
 * from the wire, and 'sender' is null, else in an event.  Returns how many they
 * are. */
uint32_t
vswitch_copy_to_domain(struct host *host, const struct vm_domain *domain,
                       const struct host_vm *sender, const struct packet *pkt)
{
    uint32_t n = 0;

    for (struct host_vm *vm = domain->first; vm;
         vm = vm_table_next(&host->vms, vm)) {
        struct packet *copy;

        if (vm == sender) {
            continue;
        }
        copy = node_clone_packet(&host->node, pkt);
        if (sender) {
            copy->tag.step = "local";
            local_send(host, vm, copy);
        } else {
            vswitch_input(host, vm, copy);
        }
        n++;
    }
    return n;
}

/* Bytes of IP, or what else the frame carries, that the MTU bounds. */
static bool
is_too_big(const struct host *host, const struct packet *pkt)
{
    uint32_t mtu = host->node.ports[0].mtu;
    size_t size = eth_l3_bytes(packet_data(pkt), pkt->size);

    if (!mtu || size <= mtu) {
        return false;
    }
    if (node_is_heard(&host->node)) {
        node_note(&host->node, pkt, "nic",
                  "%zu B behind the Ethernet header exceed the MTU of %u B",
                  size, mtu);
    }
    return true;
}

static const char *
step_of(enum policy_rule rule)
{
    switch (rule) {
    case POLICY_RULE_NAT: return "rewrite";
    case POLICY_RULE_ENCAP: return "encap";
    case POLICY_RULE_VLAN: return "vlan-tag";
    case POLICY_RULE_NONE: break;
    }
    return NULL;
}

/* Makes a provider frame of 'pkt' by the rule of 'frame->dst', or of the
 * sender's record if it is for more than one VM, and sends it on its way. */
void
host_egress(struct host *host, const struct datapath_frame *frame,
            struct packet *pkt)
{
    const struct policy_record *decides = frame->dst ? frame->dst : frame->src;
    const struct datapath_ops *datapath = datapath_by_rule(decides->rule);
    size_t size_before = pkt->size;
    const struct fate *why;

    why = datapath->egress(&host->datapath, frame, pkt);
    if (why) {
        node_end_packet(&host->node, pkt, why);
        return;
    }
    pkt->tag.step = step_of(decides->rule);
    if (node_is_heard(&host->node)) {
        note_egress(host, pkt, frame, size_before);
    }
    if (pkt->size > size_before) {
        uint64_t overhead = pkt->size - size_before;

        host->overhead_peak = MAX(host->overhead_peak, overhead);
        host->overhead_total += overhead;
    }
    if (is_too_big(host, pkt)) {
        host_end(host, pkt, HOST_FATE_TOO_BIG);
    } else if (decides->rule == POLICY_RULE_NAT
               || decides->rule == POLICY_RULE_ENCAP) {
        provider_output(host, pkt, &decides->pa);
    } else {
        pnic_send(host, pkt);
    }
}

/* Sends 'pkt' from 'vm', in a VLAN or the flat network: to a VM beside it, to
 * the wire, or both. */
static void
bridge_output(struct host *host, struct host_vm *vm, const struct glance *g,
              struct packet *pkt)
{
    struct policy_record record = {
        .ca = guest_address(vm->guest),
        .mac = guest_mac(vm->guest),
        .vlan = (uint16_t) vm->domain->number,
        .rule = (enum policy_rule) vm->rule,
        .vm = guest_name(vm->guest),
    };
    struct datapath_frame frame = { .src = &record };

    if (eth_addr_is_group(g->eth.dst)) {
        vswitch_copy_to_domain(host, vm->domain, vm, pkt);
    } else {
        struct host_vm *to =
            vm_by_mac(&host->vms, vm->domain->number, g->eth.dst);

        if (to) {
            pkt->tag.step = "local";
            local_send(host, to, pkt);
            return;
        }
    }
    host_egress(host, &frame, pkt);
}

/* Says whether a frame from 'vm' names a source that is not the VM's. */
static bool
is_spoofed(const struct host_vm *vm, const struct glance *g)
{
    struct eth_addr mac = guest_mac(vm->guest);
    struct ip_addr ca = guest_address(vm->guest);

    return !eth_addr_equal(g->eth.src, mac)
           || (g->arp_op && !eth_addr_equal(g->arp_sha, mac))
           || (g->src.family && !ip_addr_equal(&g->src, &ca));
}

/* Takes 'pkt', which the VM 'owner' sends. */
void
vswitch_output(void *owner, struct guest *guest, struct packet *pkt)
{
    struct host_vm *vm = owner;
    struct host *host = host_cast(guest_node(guest));
    struct glance g;

    pkt->tag.vsid = vm_domain_vsid(vm->domain);
    if (node_is_heard(&host->node)) {
        node_note(&host->node, pkt, "vswitch", "frame from %s, %u B",
                  guest_name(guest), pkt->size);
    }
    if (!glance_at(&g, pkt) || g.is_malformed) {
        host_end(host, pkt, HOST_FATE_MALFORMED);
    } else if (is_spoofed(vm, &g)) {
        host_end(host, pkt, HOST_FATE_SOURCE_SPOOFED);
    } else if (vm_domain_is_subnet(vm->domain)) {
        subnet_output(host, vm, &g, pkt);
    } else {
        bridge_output(host, vm, &g, pkt);
    }
}

#include <glib.h>

#include "models/host/host_inside.h"
#include "models/wire/icmp.h"
#include "models/wire/ipv4.h"
#include "sim/port.h"

void
pnic_send(struct host *host, struct packet *pkt)
{
    port_send(&host->node.ports[0], pkt);
}

/* Says whether the virtual subnet 'vsid' has the source that 'inner' names
 * behind the provider address from which the packet came (HNV.md section 1.5).
 * A frame that is neither ARP nor IP is known by its MAC. */
static bool
source_is_right(const struct host *host, const struct packet *pkt,
                const struct datapath_frame *frame, const struct glance *inner)
{
    const struct policy_record *record =
        inner->src.family
            ? policy_lookup(host->policy, frame->vsid, &inner->src)
            : policy_lookup_mac(host->policy, frame->vsid, inner->eth.src);

    if (node_is_heard(&host->node)) {
        note_source_check(host, pkt, frame->vsid, inner, record,
                          &frame->outer_src);
    }
    return record && ip_addr_equal(&record->pa, &frame->outer_src);
}

/* Hands 'pkt', a customer frame that came encapsulated, to whom it is for in
 * its virtual subnet. */
static void
deliver_to_subnet(struct host *host, const struct datapath_frame *frame,
                  struct packet *pkt)
{
    uint32_t number = frame->vsid | VM_DOMAIN_SUBNET;
    const struct vm_domain *domain = vm_table_domain(&host->vms, number);
    struct host_vm *vm;
    struct glance inner;
    struct ip_addr ca;

    if (!domain) {
        host_end(host, pkt, HOST_FATE_NO_SUCH_VM);
        return;
    }
    if (!glance_at(&inner, pkt) || inner.is_malformed) {
        host_end(host, pkt, HOST_FATE_MALFORMED);
        return;
    }
    packet_trim(pkt, inner.size);
    if (!source_is_right(host, pkt, frame, &inner)) {
        host_end(host, pkt, HOST_FATE_POLICY_MISMATCH);
        return;
    }
    if (eth_addr_is_group(inner.eth.dst)) {
        vswitch_copy_to_domain(host, domain, NULL, pkt);
        host_end(host, pkt, HOST_FATE_REPLICATED);
        return;
    }
    vm = vm_by_mac(&host->vms, number, inner.eth.dst);
    ca = vm ? guest_address(vm->guest) : (struct ip_addr){ 0 };
    if (!vm || (inner.dst.family && !ip_addr_equal(&inner.dst, &ca))) {
        host_end(host, pkt, HOST_FATE_NO_SUCH_VM);
        return;
    }
    vswitch_input(host, vm, pkt);
}

/* Takes 'pkt', GRE for the host's own provider address. */
static void
receive_encapsulated(struct host *host, struct packet *pkt)
{
    const struct datapath_ops *datapath = datapath_by_rule(POLICY_RULE_ENCAP);
    struct datapath_frame frame = { 0 };
    size_t size_before = pkt->size;
    const struct fate *why;

    why = datapath->ingress(&host->datapath, &frame, pkt);
    if (why) {
        node_end_packet(&host->node, pkt, why);
        return;
    }
    pkt->tag.step = "decap";
    pkt->tag.vsid = frame.vsid;
    if (node_is_heard(&host->node)) {
        note_ingress(host, pkt, POLICY_RULE_ENCAP, &frame, size_before);
    }
    deliver_to_subnet(host, &frame, pkt);
}

/* Is 'pkt', IPv4, an ICMP error?  Any router of the provider may send one. */
static bool
is_icmp_error(const struct packet *pkt)
{
    const uint8_t *l3 = packet_data(pkt) + ETH_HLEN;
    size_t stored = pkt->stored - (size_t) ETH_HLEN;
    struct ipv4_hdr ip;

    return ipv4_decode(&ip, l3, stored, pkt->size - (size_t) ETH_HLEN)
           && ip.protocol == IP_PROTO_ICMP && ip.header_length < stored
           && icmp_is_error(l3[ip.header_length]);
}

/* Takes 'pkt', IP for the provider address of 'vm': its own record must say
 * so, and another of its virtual subnet must have the source. */
static void
receive_rewritten(struct host *host, struct host_vm *vm,
                  const struct glance *g, struct packet *pkt)
{
    const struct datapath_ops *datapath = datapath_by_rule(POLICY_RULE_NAT);
    uint32_t vsid = vm_domain_vsid(vm->domain);
    struct ip_addr ca = guest_address(vm->guest);
    struct datapath_frame frame = {
        .src = policy_lookup_pa(host->policy, vsid, &g->src),
        .dst = policy_lookup(host->policy, vsid, &ca),
        .outer_src = g->src,
        .outer_dst = g->dst,
        .vsid = vsid,
    };
    size_t size_before = pkt->size;
    const struct fate *why;

    if (frame.src && frame.src->rule != POLICY_RULE_NAT) {
        frame.src = NULL; /* The address is a host's: of which VM? */
    }
    if (node_is_heard(&host->node)) {
        note_lookup(host, pkt, vsid, &ca, frame.dst);
        note_source_check(host, pkt, vsid, NULL, frame.src, &g->src);
    }
    if (!frame.src && is_icmp_error(pkt)) {
        host_end(host, pkt, HOST_FATE_PROVIDER_ICMP);
        return;
    }
    if (!frame.src || !frame.dst || !ip_addr_equal(&frame.dst->pa, &g->dst)) {
        host_end(host, pkt, HOST_FATE_POLICY_MISMATCH);
        return;
    }
    why = datapath->ingress(&host->datapath, &frame, pkt);
    if (why) {
        node_end_packet(&host->node, pkt, why);
        return;
    }
    pkt->tag.step = "rewrite-back";
    pkt->tag.vsid = vsid;
    if (node_is_heard(&host->node)) {
        note_ingress(host, pkt, POLICY_RULE_NAT, &frame, size_before);
    }
    vswitch_input(host, vm, pkt);
}

/* Takes 'pkt', sent to the MAC of the NIC or of a VM that shows its own. */
static void
receive_for_provider(struct host *host, const struct glance *g,
                     struct packet *pkt)
{
    struct host_vm *vm;

    if (g->is_malformed) {
        host_end(host, pkt, HOST_FATE_MALFORMED);
    } else if (g->arp_op) {
        provider_arp_input(host, g);
        host_end(host, pkt, HOST_FATE_PROVIDER_ARP);
    } else if (g->dst.family && (vm = vm_by_pa(&host->vms, &g->dst))) {
        receive_rewritten(host, vm, g, pkt);
    } else if (!g->dst.family || !provider_owns(host, &g->dst)) {
        host_end(host, pkt, HOST_FATE_NOT_MINE);
    } else if (g->protocol == IP_PROTO_GRE) {
        receive_encapsulated(host, pkt);
    } else {
        host_end(host, pkt,
                 g->protocol == IP_PROTO_ICMP ? HOST_FATE_PROVIDER_ICMP
                                              : HOST_FATE_PROTOCOL);
    }
}

/* Ends 'pkt', a broadcast or multicast without a tag, which may concern the VMs
 * in the flat network, the provider's ARP, or both. */
static void
receive_group(struct host *host, const struct glance *g, struct packet *pkt)
{
    const struct vm_domain *flat = vm_table_domain(&host->vms, 0);
    bool has_addresses =
        host->pa.addr.family != IP_NONE || host->vms.n_provider_vms > 0;
    bool is_arp = g->arp_op && has_addresses;

    if (is_arp) {
        provider_arp_input(host, g);
    }
    if (flat) {
        vswitch_copy_to_domain(host, flat, NULL, pkt);
        host_end(host, pkt, HOST_FATE_REPLICATED);
    } else {
        host_end(host, pkt,
                 is_arp            ? HOST_FATE_PROVIDER_ARP
                 : g->is_malformed ? HOST_FATE_MALFORMED
                                   : HOST_FATE_NOT_MINE);
    }
}

/* Takes 'pkt', which has a tag, into the VLAN it names. */
static void
receive_tagged(struct host *host, struct packet *pkt)
{
    const struct datapath_ops *datapath = datapath_by_rule(POLICY_RULE_VLAN);
    struct datapath_frame frame = { 0 };
    size_t size_before = pkt->size;
    const struct vm_domain *domain;
    struct host_vm *vm;
    const struct fate *why;
    struct glance g;

    why = datapath->ingress(&host->datapath, &frame, pkt);
    if (why) {
        node_end_packet(&host->node, pkt, why);
        return;
    }
    pkt->tag.step = "vlan-untag";
    if (node_is_heard(&host->node)) {
        note_ingress(host, pkt, POLICY_RULE_VLAN, &frame, size_before);
    }
    if (!glance_at(&g, pkt)) {
        host_end(host, pkt, HOST_FATE_MALFORMED);
        return;
    }
    packet_trim(pkt, g.size);
    domain = vm_table_domain(&host->vms, frame.vlan);
    vm = vm_by_mac(&host->vms, frame.vlan, g.eth.dst);
    if (vm) {
        vswitch_input(host, vm, pkt);
    } else if (!domain) {
        host_end(host, pkt, HOST_FATE_NO_SUCH_VM);
    } else if (eth_addr_is_group(g.eth.dst)) {
        vswitch_copy_to_domain(host, domain, NULL, pkt);
        host_end(host, pkt, HOST_FATE_REPLICATED);
    } else {
        host_end(host, pkt, HOST_FATE_NOT_MINE);
    }
}

/* Says whether the frame is for a VM that shows its own MAC on the wire.
 * Tenants may share a MAC: which VM it is, its provider address says. */
static bool
is_for_shown_vm(const struct host *host, const struct glance *g)
{
    const struct host_vm *vm =
        g->dst.family ? vm_by_pa(&host->vms, &g->dst) : NULL;

    return vm && eth_addr_equal(g->eth.dst, guest_mac(vm->guest))
           && provider_shows_mac(vm);
}

static void
receive_untagged(struct host *host, const struct glance *g, struct packet *pkt)
{
    struct host_vm *vm;

    packet_trim(pkt, g->size);
    if (eth_addr_is_group(g->eth.dst)) {
        receive_group(host, g, pkt);
    } else if (eth_addr_equal(g->eth.dst, host->datapath.nic_mac)
               || is_for_shown_vm(host, g)) {
        receive_for_provider(host, g, pkt);
    } else if ((vm = vm_by_mac(&host->vms, 0, g->eth.dst)) != NULL) {
        vswitch_input(host, vm, pkt);
    } else {
        host_end(host, pkt, HOST_FATE_NOT_MINE);
    }
}

/* Takes 'pkt', which has come from the wire, and sends what it leads to. */
void
pnic_receive(struct node *node, struct port *in, struct packet *pkt)
{
    struct host *host = host_cast(node);
    struct glance g;

    (void) in;
    pkt->tag.vsid = 0;
    if (host->is_down) {
        host_end(host, pkt, HOST_FATE_DOWN);
        return;
    }
    if (!glance_at(&g, pkt)) {
        host_end(host, pkt, HOST_FATE_MALFORMED);
    } else if (g.eth.type == ETH_TYPE_VLAN) {
        receive_tagged(host, pkt);
    } else {
        receive_untagged(host, &g, pkt);
    }
    host_flush(host);
}

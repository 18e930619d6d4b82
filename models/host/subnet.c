#include <glib.h>

#include "models/host/host_inside.h"
#include "models/wire/arp.h"

/* Returns the record that says where 'pkt', a unicast of the virtual subnet,
 * goes; null if there is none. */
static const struct policy_record *
lookup_destination(const struct host *host, uint32_t vsid,
                   const struct glance *g, const struct packet *pkt)
{
    const struct policy_record *record;

    if (!g->dst.family) {
        record = policy_lookup_mac(host->policy, vsid, g->eth.dst);
        if (node_is_heard(&host->node)) {
            note_lookup_mac(host, pkt, vsid, g->eth.dst, record);
        }
        return record;
    }
    record = policy_lookup(host->policy, vsid, &g->dst);
    if (node_is_heard(&host->node)) {
        note_lookup(host, pkt, vsid, &g->dst, record);
    }
    if (record && !eth_addr_equal(record->mac, g->eth.dst)) {
        if (node_is_heard(&host->node)) {
            node_note(&host->node, pkt, "policy",
                      "the frame is for another MAC than the record's");
        }
        return NULL;
    }
    return record;
}

/* Answers the ARP request 'pkt' of 'vm' from policy. */
static void
answer_arp(struct host *host, struct host_vm *vm, const struct glance *g,
           struct packet *pkt)
{
    uint32_t vsid = vm_domain_vsid(vm->domain);
    const struct policy_record *record =
        policy_lookup(host->policy, vsid, &g->dst);
    struct packet *reply;
    struct eth_hdr eth;
    struct arp_hdr arp;

    if (node_is_heard(&host->node)) {
        note_lookup(host, pkt, vsid, &g->dst, record);
    }
    if (!record) {
        host_end(host, pkt, HOST_FATE_POLICY_MISS);
        return;
    }
    eth = (struct eth_hdr){ g->eth.src, record->mac, ETH_TYPE_ARP };
    arp = (struct arp_hdr){
        .op = ARP_REPLY,
        .sha = record->mac,
        .tha = g->arp_sha,
        .spa = g->dst,
        .tpa = g->src,
    };
    reply =
        node_new_packet(&host->node, ETH_HLEN + ARP_HLEN, ETH_HLEN + ARP_HLEN);
    eth_encode(&eth, packet_data(reply));
    arp_encode(&arp, packet_data(reply) + ETH_HLEN);
    reply->tag.flow = pkt->tag.flow;
    reply->tag.tenant = pkt->tag.tenant;
    reply->tag.vsid = vsid;
    reply->tag.reply = !pkt->tag.reply;
    reply->tag.step = "arp";
    host_end(host, pkt, HOST_FATE_ARP_PROXY);
    local_send(host, vm, reply);
}

/* Says whether 'own', the record of 'vm' itself, names a provider address that
 * is assigned: the VM's or the host's (HNV.md section 1.4, step 4).  Were frames
 * sent under another, ARP would tell everybody that it is here. */
static bool
may_leave_host(const struct host *host, const struct host_vm *vm,
               const struct policy_record *own, const struct packet *pkt)
{
    bool is_assigned = own->pa.family != IP_NONE
                       && (ip_addr_equal(&own->pa, &vm->pa)
                           || ip_addr_equal(&own->pa, &host->pa.addr));

    if (!is_assigned && node_is_heard(&host->node)) {
        note_foreign_pa(host, pkt, &own->pa);
    }
    return is_assigned;
}

/* Sends the unicast 'pkt' to the VM of 'dst', on this host or another. */
static void
forward(struct host *host, struct host_vm *vm, const struct policy_record *own,
        const struct policy_record *dst, struct packet *pkt)
{
    struct host_vm *to = vm_by_mac(&host->vms, vm->domain->number, dst->mac);
    struct ip_addr ca = to ? guest_address(to->guest) : (struct ip_addr){ 0 };
    struct datapath_frame frame = { .src = own, .dst = dst };

    if (to && ip_addr_equal(&ca, &dst->ca)) {
        pkt->tag.step = "local";
        local_send(host, to, pkt);
    } else if (may_leave_host(host, vm, own, pkt)) {
        host_egress(host, &frame, pkt);
    } else {
        host_end(host, pkt, HOST_FATE_POLICY_MISMATCH);
    }
}

/* Takes 'pkt', which 'vm' sends into its virtual subnet; the source has been
 * checked (HNV.md sections 1.4 and 1.6). */
void
subnet_output(struct host *host, struct host_vm *vm, const struct glance *g,
              struct packet *pkt)
{
    uint32_t vsid = vm_domain_vsid(vm->domain);
    const struct policy_record *own, *dst;
    struct ip_addr ca;

    if (g->arp_op == ARP_REQUEST && !glance_is_announcement(g)) {
        answer_arp(host, vm, g, pkt);
        return;
    }
    ca = guest_address(vm->guest);
    own = policy_lookup(host->policy, vsid, &ca);
    if (!own) {
        if (node_is_heard(&host->node)) {
            note_lookup(host, pkt, vsid, &ca, NULL);
        }
        host_end(host, pkt, HOST_FATE_POLICY_MISS);
        return;
    }
    if (eth_addr_is_group(g->eth.dst)) {
        subnet_replicate(host, vm, own, pkt);
        return;
    }
    dst = lookup_destination(host, vsid, g, pkt);
    if (dst) {
        forward(host, vm, own, dst, pkt);
    } else {
        host_end(host, pkt, HOST_FATE_POLICY_MISS);
    }
}

static guint
hash_pa(gconstpointer pa)
{
    return (guint) ip_addr_hash(pa);
}

static gboolean
equal_pas(gconstpointer a, gconstpointer b)
{
    return ip_addr_equal(a, b);
}

/* Sends a copy of 'pkt' to each distinct provider address, not of this host,
 * behind which 'table' has VMs that are encapsulated for (RFC 7637 section
 * 4.2, N-way unicast).  Returns how many they are; '*rewritten' becomes one of
 * the records that ask for rewriting, to which nothing is sent. */
static uint32_t
copy_to_hosts(struct host *host, const struct policy_record *own,
              const struct policy_table *table, const struct packet *pkt,
              const struct policy_record **rewritten)
{
    GHashTable *seen = g_hash_table_new(hash_pa, equal_pas);
    uint32_t n = 0;

    for (size_t i = 0; i < policy_table_size(table); i++) {
        const struct policy_record *record = policy_table_get(table, i);
        struct datapath_frame frame = { .src = own, .dst = record };

        if (ip_addr_equal(&record->pa, &own->pa)
            || provider_owns(host, &record->pa)) {
            continue;
        }
        if (record->rule == POLICY_RULE_NAT) {
            *rewritten = record;
        } else if (record->rule == POLICY_RULE_ENCAP
                   && g_hash_table_add(seen, (gpointer) &record->pa)) {
            host_egress(host, &frame, node_clone_packet(&host->node, pkt));
            n++;
        }
    }
    g_hash_table_destroy(seen);
    return n;
}

/* Sends copies of 'pkt', a broadcast or multicast of 'vm' whose record is
 * 'own', to all of the virtual subnet that can have one: VMs of this host, and
 * hosts.  The rewrite datapath has no way for it and says so, once. */
void
subnet_replicate(struct host *host, struct host_vm *vm,
                 const struct policy_record *own, struct packet *pkt)
{
    const struct policy_table *table = policy_subnet(host->policy, own->vsid);
    const struct policy_record *rewritten = NULL;
    struct datapath_frame frame = { .src = own };
    uint32_t n = vswitch_copy_to_domain(host, vm->domain, vm, pkt);
    bool may_leave = may_leave_host(host, vm, own, pkt);

    if (may_leave) {
        n += copy_to_hosts(host, own, table, pkt, &rewritten);
    }
    frame.dst = rewritten;
    if (n > 0) {
        if (rewritten) {
            host_egress(host, &frame, node_clone_packet(&host->node, pkt));
        }
        host_end(host, pkt, HOST_FATE_REPLICATED);
    } else if (rewritten) {
        host_egress(host, &frame, pkt);
    } else {
        host_end(host, pkt,
                 may_leave ? HOST_FATE_NO_SUCH_VM : HOST_FATE_POLICY_MISMATCH);
    }
}

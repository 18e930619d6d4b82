#include "models/host/host_inside.h"
#include "models/wire/frame.h"

/* Notes are read by students: whole words, one fact a line. */

static void
note_record(const struct host *host, const struct packet *pkt,
            const char *what, uint32_t vsid, const char *key,
            const struct policy_record *record)
{
    char pa[IP_ADDR_STRLEN], mac[ETH_ADDR_STRLEN];

    if (!record) {
        node_note(&host->node, pkt, "policy",
                  "lookup (VSID %u, %s %s) -> no record", vsid, what, key);
        return;
    }
    ip_addr_format(&record->pa, pa);
    eth_addr_format(record->mac, mac);
    node_note(&host->node, pkt, "policy",
              "lookup (VSID %u, %s %s) -> PA %s, MAC %s, rule %s", vsid, what,
              key, pa, mac, policy_rule_name(record->rule));
}

/* Says what the lookup of '*ca' in 'vsid' gave; 'record' may be null. */
void
note_lookup(const struct host *host, const struct packet *pkt, uint32_t vsid,
            const struct ip_addr *ca, const struct policy_record *record)
{
    char text[IP_ADDR_STRLEN];

    ip_addr_format(ca, text);
    note_record(host, pkt, "CA", vsid, text, record);
}

/* The same for a lookup by MAC. */
void
note_lookup_mac(const struct host *host, const struct packet *pkt,
                uint32_t vsid, struct eth_addr mac,
                const struct policy_record *record)
{
    char text[ETH_ADDR_STRLEN];

    eth_addr_format(mac, text);
    note_record(host, pkt, "MAC", vsid, text, record);
}

/* Says whether 'record', null if there is none, has 'pa', from which the packet
 * came.  'inner' is the frame that was in it, null if it was rewritten: then
 * 'record' was looked up by 'pa'. */
void
note_source_check(const struct host *host, const struct packet *pkt,
                  uint32_t vsid, const struct glance *inner,
                  const struct policy_record *record, const struct ip_addr *pa)
{
    char from[IP_ADDR_STRLEN], said[IP_ADDR_STRLEN];
    char source[IP_ADDR_STRLEN + ETH_ADDR_STRLEN];
    bool by_mac = inner && !inner->src.family;

    ip_addr_format(pa, from);
    if (!inner && !record) {
        node_note(&host->node, pkt, "policy",
                  "source check (VSID %u, PA %s): no record: mismatch", vsid,
                  from);
        return;
    }
    if (by_mac) {
        eth_addr_format(inner->eth.src, source);
    } else {
        ip_addr_format(inner ? &inner->src : &record->ca, source);
    }
    if (!record) {
        node_note(&host->node, pkt, "policy",
                  "source check (VSID %u, %s %s): no record: mismatch", vsid,
                  by_mac ? "MAC" : "CA", source);
        return;
    }
    ip_addr_format(&record->pa, said);
    if (ip_addr_equal(&record->pa, pa)) {
        node_note(&host->node, pkt, "policy",
                  "source check (VSID %u, %s %s): PA %s as the record says",
                  vsid, by_mac ? "MAC" : "CA", source, said);
    } else {
        node_note(&host->node, pkt, "policy",
                  "source check (VSID %u, %s %s): record says %s, packet came "
                  "from %s: mismatch",
                  vsid, by_mac ? "MAC" : "CA", source, said, from);
    }
}

/* Says that the sender's own record names 'pa', which is neither the VM's nor
 * the host's. */
void
note_foreign_pa(const struct host *host, const struct packet *pkt,
                const struct ip_addr *pa)
{
    char text[IP_ADDR_STRLEN];

    ip_addr_format(pa, text);
    node_note(&host->node, pkt, "policy",
              "the sender's own record says PA %s, which is not assigned to "
              "it: mismatch",
              text);
}

static void
note_rewrite(const struct host *host, const struct packet *pkt,
             const char *what, const struct ip_addr addrs[4],
             size_t size_before)
{
    char text[4][IP_ADDR_STRLEN];

    for (int i = 0; i < 4; i++) {
        ip_addr_format(&addrs[i], text[i]);
    }
    node_note(&host->node, pkt, "datapath",
              "%s: src %s -> %s, dst %s -> %s, %zu B -> %u B", what, text[0],
              text[1], text[2], text[3], size_before, pkt->size);
}

static void
note_tunnel(const struct host *host, const struct packet *pkt,
            const char *what, uint32_t vsid, uint8_t flow_id,
            const struct ip_addr *src, const struct ip_addr *dst,
            size_t size_before)
{
    char outer_src[IP_ADDR_STRLEN], outer_dst[IP_ADDR_STRLEN];

    ip_addr_format(src, outer_src);
    ip_addr_format(dst, outer_dst);
    node_note(&host->node, pkt, "datapath",
              "%s: VSID %u, FlowID %u, outer %s > %s, %zu B -> %u B", what,
              vsid, flow_id, outer_src, outer_dst, size_before, pkt->size);
}

/* Says what egress has made of 'pkt', which had 'size_before' bytes. */
void
note_egress(const struct host *host, const struct packet *pkt,
            const struct datapath_frame *frame, size_t size_before)
{
    const struct policy_record *src = frame->src, *dst = frame->dst;
    struct frame_view view;

    switch (dst ? dst->rule : src->rule) {
    case POLICY_RULE_NAT:
        note_rewrite(host, pkt, "rewrite",
                     (struct ip_addr[]){ src->ca, src->pa, dst->ca, dst->pa },
                     size_before);
        break;
    case POLICY_RULE_ENCAP:
        frame_parse(&view, packet_data(pkt), pkt->stored, pkt->size);
        note_tunnel(host, pkt, "encapsulated", view.vsid, view.flow_id,
                    &view.src, &view.dst, size_before);
        break;
    case POLICY_RULE_VLAN:
        node_note(&host->node, pkt, "datapath",
                  "tagged: VLAN %u, %zu B -> %u B", src->vlan, size_before,
                  pkt->size);
        break;
    case POLICY_RULE_NONE:
        node_note(&host->node, pkt, "datapath", "flat: %u B as they are",
                  pkt->size);
        break;
    }
}

/* Says what ingress by 'rule' has made of 'pkt', which had 'size_before'
 * bytes. */
void
note_ingress(const struct host *host, const struct packet *pkt,
             enum policy_rule rule, const struct datapath_frame *frame,
             size_t size_before)
{
    switch (rule) {
    case POLICY_RULE_NAT:
        note_rewrite(host, pkt, "rewrite back",
                     (struct ip_addr[]){ frame->outer_src, frame->src->ca,
                                         frame->outer_dst, frame->dst->ca },
                     size_before);
        break;
    case POLICY_RULE_ENCAP:
        note_tunnel(host, pkt, "decapsulated", frame->vsid, frame->flow_id,
                    &frame->outer_src, &frame->outer_dst, size_before);
        break;
    case POLICY_RULE_VLAN:
        node_note(&host->node, pkt, "datapath",
                  "untagged: VLAN %u, %zu B -> %u B", frame->vlan, size_before,
                  pkt->size);
        break;
    case POLICY_RULE_NONE: break;
    }
}

/* ARP of a guest: RFC 826, with the finite cache and the queues that RFC 1122
 * section 2.3.2 wants. */

#include <glib.h>
#include <string.h>

#include "models/guest/guest_inside.h"
#include "models/wire/arp.h"

#define ARP_ENTRIES_MAX 256
#define ARP_QUEUE_MAX   16           /* Packets that wait for one next hop. */
#define ARP_LIFETIME    (60 * SIM_S) /* RFC 1122 2.3.2.1: "a minute". */
#define ARP_RETRY       (1 * SIM_S)  /* Its bound for requests. */
#define ARP_TRIES       3
#define ARP_BUCKETS     32 /* A power of two. */

/* One next hop. */
struct entry {
    GList link;         /* In 'known' or 'asked'; its data is the entry. */
    struct entry *next; /* In its bucket. */
    uint32_t ip;
    struct eth_addr mac;
    bool is_known;
    uint8_t n_asked;             /* Requests sent. */
    sim_time when;               /* Known: confirmed; else: what next. */
    struct packet_queue waiting; /* For the MAC, without Ethernet header. */
};

/* Both lists are in the order of 'when'. */
struct guest_arp {
    struct guest *guest;
    struct entry *buckets[ARP_BUCKETS];
    GQueue known, asked;
    struct event timer; /* Of the first that is asked for. */
    uint64_t n_waiting; /* Packets. */
    uint32_t n_peak;
    uint64_t n_evicted, n_rejected;
};

static event_fn ask_again;

static struct entry **
bucket_of(struct guest_arp *arp, uint32_t ip)
{
    return &arp->buckets[(ip ^ ip >> 8 ^ ip >> 16) & (ARP_BUCKETS - 1)];
}

static struct entry *
find(struct guest_arp *arp, uint32_t ip)
{
    struct entry *entry = *bucket_of(arp, ip);

    while (entry && entry->ip != ip) {
        entry = entry->next;
    }
    return entry;
}

/* Fetches what guest_arp_send() will look at, in steps from 1 on. */
void
guest_arp_prefetch(struct guest_arp *arp, uint32_t next_hop, unsigned int step)
{
    struct entry **bucket = bucket_of(arp, next_hop);

    if (step == 1) {
        __builtin_prefetch(arp);
        __builtin_prefetch(bucket);
    } else if (step == 2) {
        __builtin_prefetch(*bucket);
    }
}

static struct guest_arp *
arp_of(struct guest *guest)
{
    if (!guest->arp) {
        guest->arp = g_new0(struct guest_arp, 1);
        guest->arp->guest = guest;
        event_init(&guest->arp->timer, ask_again, node_next_rank(guest->node));
    }
    return guest->arp;
}

static void
unlink_entry(struct guest_arp *arp, struct entry *entry)
{
    struct entry **at = bucket_of(arp, entry->ip);

    while (*at != entry) {
        at = &(*at)->next;
    }
    *at = entry->next;
    g_queue_unlink(entry->is_known ? &arp->known : &arp->asked, &entry->link);
}

/* Returns a new entry for 'ip', in no list yet; null if all that are there wait
 * for an answer.  The one whose confirmation is oldest makes room. */
static struct entry *
add(struct guest_arp *arp, uint32_t ip)
{
    uint32_t n = arp->known.length + arp->asked.length;
    struct entry *entry;

    if (n < ARP_ENTRIES_MAX) {
        entry = g_new(struct entry, 1);
        arp->n_peak = MAX(arp->n_peak, n + 1);
    } else if (arp->known.head) {
        entry = arp->known.head->data;
        unlink_entry(arp, entry);
        arp->n_evicted++;
    } else {
        arp->n_rejected++;
        return NULL;
    }
    *entry = (struct entry){ .ip = ip, .next = *bucket_of(arp, ip) };
    entry->link.data = entry;
    *bucket_of(arp, ip) = entry;
    return entry;
}

static void
send_message(struct guest *guest, const struct arp_hdr *hdr,
             struct eth_addr dst, struct guest_flow_tag tag)
{
    struct packet *pkt = guest_new_packet(guest, tag, ARP_HLEN, ARP_HLEN);

    arp_encode(hdr, packet_data(pkt));
    guest_transmit(guest, pkt, dst, ETH_TYPE_ARP);
}

/* Asks for 'entry', which is in no list, on behalf of 'tag'. */
static void
ask(struct guest_arp *arp, struct entry *entry, struct guest_flow_tag tag)
{
    struct guest *guest = arp->guest;
    const struct arp_hdr request = {
        .op = ARP_REQUEST,
        .sha = guest->mac,
        .spa = ip_addr_from_v4(guest->address),
        .tpa = ip_addr_from_v4(entry->ip),
    };

    entry->n_asked++;
    entry->when = sim_now(guest->node->sim) + ARP_RETRY;
    g_queue_push_tail_link(&arp->asked, &entry->link);
    if (!event_is_scheduled(&arp->timer)) {
        const struct entry *oldest = arp->asked.head->data;

        event_schedule_at(guest->node->sim, &arp->timer, oldest->when);
    }
    send_message(guest, &request, ETH_ADDR_BROADCAST, tag);
}

static struct guest_flow_tag
tag_of(const struct packet *pkt)
{
    return (struct guest_flow_tag){ pkt->tag.flow, pkt->tag.reply, 0 };
}

/* Lets 'pkt' wait; of too many the oldest goes, for RFC 1122 section 2.3.2.2
 * wants the latest kept. */
static void
wait_for(struct guest_arp *arp, struct entry *entry, struct packet *pkt)
{
    if (entry->waiting.n_packets == ARP_QUEUE_MAX) {
        guest_end_packet(arp->guest, packet_queue_pop(&entry->waiting),
                         GUEST_FATE_ARP_QUEUE_FULL);
        arp->n_waiting--;
    }
    packet_queue_push(&entry->waiting, pkt);
    arp->n_waiting++;
}

/* Says what becomes of 'pkt', which begins with its IPv4 header. */
static void
note(const struct guest *guest, const struct packet *pkt, uint32_t next_hop,
     const char *what, const struct eth_addr *mac)
{
    const uint8_t *ip = packet_data(pkt);
    struct ip_addr src = ip_addr_from_octets(IP_V4, ip + IPV4_OFS_SRC);
    struct ip_addr dst = ip_addr_from_octets(IP_V4, ip + IPV4_OFS_DST);
    struct ip_addr hop = ip_addr_from_v4(next_hop);
    char src_text[IP_ADDR_STRLEN], dst_text[IP_ADDR_STRLEN];
    char hop_text[IP_ADDR_STRLEN], mac_text[ETH_ADDR_STRLEN] = "";
    bool is_on_link = ip_addr_equal(&hop, &dst);

    if (mac) {
        eth_addr_format(*mac, mac_text);
    }
    ip_addr_format(&src, src_text);
    ip_addr_format(&dst, dst_text);
    ip_addr_format(&hop, hop_text);
    node_note(guest->node, pkt, "guest", "%s -> %s: %s%s, %s%s", src_text,
              dst_text, is_on_link ? "on-link" : "via the gateway ",
              is_on_link ? "" : hop_text, what, mac_text);
}

/* Sends 'pkt', which begins with its IPv4 header, to the neighbor
 * 'next_hop'. */
void
guest_arp_send(struct guest *guest, struct packet *pkt, uint32_t next_hop)
{
    struct guest_arp *arp = arp_of(guest);
    struct entry *entry = find(arp, next_hop);
    sim_time now = sim_now(guest->node->sim);
    const char *what = "waits for the answer to ARP";
    bool is_fresh =
        entry && entry->is_known && now - entry->when < ARP_LIFETIME;

    if (is_fresh) {
        if (node_is_heard(guest->node)) {
            note(guest, pkt, next_hop, "ARP cache says ", &entry->mac);
        }
        guest_transmit(guest, pkt, entry->mac, ETH_TYPE_IPV4);
        return;
    }
    if (entry && entry->is_known) {
        g_queue_unlink(&arp->known, &entry->link);
        entry->is_known = false;
        entry->n_asked = 0;
    } else if (!entry && !(entry = add(arp, next_hop))) {
        guest_end_packet(guest, pkt, GUEST_FATE_ARP_CACHE_FULL);
        return;
    }
    if (!entry->n_asked) {
        ask(arp, entry, tag_of(pkt));
        what = "not in the ARP cache, asks for it";
    }
    if (node_is_heard(guest->node)) {
        note(guest, pkt, next_hop, what, NULL);
    }
    wait_for(arp, entry, pkt);
}

/* Gives 'entry' up, with the packets that wait for it: to those who sent them
 * the host is unreachable (RFC 1122 section 2.3.2.2 and 3.2.2.1). */
static void
give_up(struct guest_arp *arp, struct entry *entry)
{
    const struct icmp_hdr error = { .type = ICMP_UNREACHABLE,
                                    .code = ICMP_UNREACHABLE_HOST };
    struct packet_queue lost = entry->waiting;
    struct packet *pkt;

    unlink_entry(arp, entry);
    g_free(entry);
    arp->n_waiting -= lost.n_packets;
    for (struct packet *p = lost.first; p; p = p->next) {
        guest_icmp_report(arp->guest, &error, packet_data(p), p->stored);
    }
    while ((pkt = packet_queue_pop(&lost)) != NULL) {
        guest_end_packet(arp->guest, pkt, GUEST_FATE_UNRESOLVED);
    }
}

static void
ask_again(struct event *event)
{
    struct guest_arp *arp =
        (struct guest_arp *) (void *) ((char *) event
                                       - offsetof(struct guest_arp, timer));
    struct sim *sim = arp->guest->node->sim;
    struct entry *entry;

    if (!guest_begin(arp->guest, event)) {
        return;
    }
    while (arp->asked.head
           && (entry = arp->asked.head->data)->when <= sim_now(sim)) {
        if (entry->n_asked < ARP_TRIES) {
            g_queue_unlink(&arp->asked, &entry->link);
            ask(arp, entry, tag_of(entry->waiting.first));
        } else {
            give_up(arp, entry);
        }
    }
    if (arp->asked.head && !event_is_scheduled(event)) {
        entry = arp->asked.head->data;
        event_schedule_at(sim, event, entry->when);
    }
    guest_flush(arp->guest);
}

/* Makes 'mac' known for 'entry' and sends what waits for it.  'entry' may be in
 * no list. */
static void
confirm(struct guest_arp *arp, struct entry *entry, struct eth_addr mac)
{
    struct packet *pkt;

    entry->mac = mac;
    entry->is_known = true;
    entry->when = sim_now(arp->guest->node->sim);
    g_queue_push_tail_link(&arp->known, &entry->link);
    arp->n_waiting -= entry->waiting.n_packets;
    while ((pkt = packet_queue_pop(&entry->waiting)) != NULL) {
        guest_transmit(arp->guest, pkt, mac, ETH_TYPE_IPV4);
    }
}

/* The sender says of itself where it is: whom we know is brought up to date,
 * others are learned only if it speaks to us (RFC 826, "Packet Reception"). */
static void
learn(struct guest *guest, const struct arp_hdr *hdr, bool is_target)
{
    uint32_t ip = ip_addr_to_v4(&hdr->spa);
    struct entry *entry = guest->arp ? find(guest->arp, ip) : NULL;

    if (entry) {
        g_queue_unlink(entry->is_known ? &guest->arp->known
                                       : &guest->arp->asked,
                       &entry->link);
    } else if (!is_target || !(entry = add(arp_of(guest), ip))) {
        return;
    }
    confirm(guest->arp, entry, hdr->sha);
    if (!guest->arp->asked.head) {
        event_cancel(guest->node->sim, &guest->arp->timer);
    }
}

/* May 'hdr' be believed about its sender?  Nobody is at 0.0.0.0 (a probe, RFC
 * 5227) or at a group, and our own address is ours. */
static bool
sender_is_host(const struct guest *guest, const struct arp_hdr *hdr)
{
    uint32_t ip = ip_addr_to_v4(&hdr->spa);

    return ip != 0 && ip < 0xe0000000 && ip != guest->address
           && ip != guest_subnet_broadcast(guest);
}

/* Takes 'frame', an Ethernet frame of type ARP for the guest. */
void
guest_arp_input(struct guest *guest, struct packet *frame)
{
    struct arp_hdr hdr;
    bool is_target;

    if (!arp_decode(&hdr, packet_data(frame) + ETH_HLEN,
                    frame->stored - (size_t) ETH_HLEN)
        || eth_addr_is_group(hdr.sha)) {
        guest_end_packet(guest, frame, GUEST_FATE_MALFORMED);
        return;
    }
    is_target = ip_addr_to_v4(&hdr.tpa) == guest->address;
    if (sender_is_host(guest, &hdr)) {
        learn(guest, &hdr, is_target);
    }
    if (is_target && hdr.op == ARP_REQUEST) {
        const struct arp_hdr reply = {
            .op = ARP_REPLY,
            .sha = guest->mac,
            .spa = hdr.tpa,
            .tha = hdr.sha,
            .tpa = hdr.spa,
        };
        struct guest_flow_tag tag = guest_answer_tag(frame);

        if (node_is_heard(guest->node)) {
            node_note(guest->node, frame, "guest",
                      "%s answers: the address asked for is its own",
                      guest->name);
        }
        send_message(guest, &reply, hdr.sha, tag);
    }
    guest_end_packet(guest, frame, GUEST_FATE_ARP);
}

/* Returns the packets that wait for an answer. */
uint64_t
guest_arp_held(const struct guest *guest)
{
    return guest->arp ? guest->arp->n_waiting : 0;
}

/* Says how full the guest's ARP cache is. */
void
guest_arp_usage(const struct guest *guest, struct table_usage *usage)
{
    const struct guest_arp *arp = guest->arp;

    *usage =
        (struct table_usage){ .name = "arp", .capacity = ARP_ENTRIES_MAX };
    if (arp) {
        usage->used = (uint64_t) arp->known.length + arp->asked.length;
        usage->peak = arp->n_peak;
        usage->evicted = arp->n_evicted;
        usage->rejected = arp->n_rejected;
    }
}

void
guest_arp_free(struct guest_arp *arp)
{
    if (arp) {
        event_cancel(arp->guest->node->sim, &arp->timer);
        for (int i = 0; i < ARP_BUCKETS; i++) {
            struct entry *entry = arp->buckets[i];

            while (entry) {
                struct entry *next = entry->next;

                g_free(entry);
                entry = next;
            }
        }
        g_free(arp);
    }
}

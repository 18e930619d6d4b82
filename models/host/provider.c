#include <glib.h>
#include <stddef.h>
#include <string.h>

#include "models/host/host_inside.h"
#include "models/wire/arp.h"

static event_fn provider_retry;

void
provider_init(struct provider *provider, struct host *host)
{
    *provider = (struct provider){ 0 };
    arp_cache_init(&provider->arp, PROVIDER_ARP_ENTRIES);
    event_init(&provider->retry, provider_retry, node_next_rank(&host->node));
}

/* Frees what 'provider' has; its packets belong to their run's pool. */
void
provider_clear(struct provider *provider, struct sim *sim)
{
    event_cancel(sim, &provider->retry);
    arp_cache_clear(&provider->arp);
}

/* Returns the packets that wait on the provider's side. */
uint64_t
provider_held(const struct provider *provider)
{
    return provider->n_waiting + provider->ready.n_packets;
}

/* Says whether 'pa' is an address of this host or of one of its VMs. */
bool
provider_owns(const struct host *host, const struct ip_addr *pa)
{
    return ip_addr_equal(pa, &host->pa.addr)
               ? host->pa.addr.family != IP_NONE
               : vm_by_pa(&host->vms, pa) != NULL;
}

/* Says whether 'vm', which has a provider address, is seen on the wire by its
 * own MAC: its record says so (UseVmMACAddress, HNV.md section 1.7). */
bool
provider_shows_mac(const struct host_vm *vm)
{
    const struct policy_record *record = host_vm_record(vm);

    return record && record->use_vm_mac;
}

/* The MAC under which 'pa', one of the host's own, is on the wire. */
static struct eth_addr
mac_of(const struct host *host, const struct ip_addr *pa)
{
    const struct host_vm *vm = vm_by_pa(&host->vms, pa);

    return vm && provider_shows_mac(vm) ? guest_mac(vm->guest)
                                        : host->datapath.nic_mac;
}

/* There is no neighbor discovery, so only IPv4 is on-link.  A host without an
 * address of its own knows no prefix, and takes every address to be. */
static bool
is_on_link(const struct host *host, const struct ip_addr *pa)
{
    return pa->family == IP_V4
           && (host->pa.addr.family == IP_NONE
               || ip_prefix_contains(&host->pa, pa));
}

static struct packet *
new_arp(struct host *host, struct eth_addr dst, const struct arp_hdr *arp)
{
    struct eth_hdr eth = { dst, arp->sha, ETH_TYPE_ARP };
    struct packet *pkt =
        node_new_packet(&host->node, ETH_HLEN + ARP_HLEN, ETH_HLEN + ARP_HLEN);

    eth_encode(&eth, packet_data(pkt));
    arp_encode(arp, packet_data(pkt) + ETH_HLEN);
    pkt->tag.step = "arp";
    return pkt;
}

/* Asks for the MAC of 'entry' once more, and schedules what follows. */
static void
ask(struct host *host, struct arp_entry *entry)
{
    struct provider *provider = &host->provider;
    struct sim *sim = host->node.sim;
    struct arp_hdr arp = {
        .op = ARP_REQUEST,
        .sha = entry->asker_mac,
        .spa = entry->asker_addr,
        .tpa = entry->addr,
    };

    arp_cache_set_asked(&provider->arp, entry,
                        sim_now(sim) + PROVIDER_ARP_INTERVAL);
    entry->n_asked++;
    if (!event_is_scheduled(&provider->retry)) {
        event_schedule_at(sim, &provider->retry,
                          provider->arp.asked.oldest->when);
    }
    pnic_send(host, new_arp(host, ETH_ADDR_BROADCAST, &arp));
}

static void
give_up(struct host *host, struct arp_entry *entry)
{
    struct packet *pkt;

    while ((pkt = packet_queue_pop(&entry->waiting)) != NULL) {
        host->provider.n_waiting--;
        host_end(host, pkt, HOST_FATE_UNRESOLVED);
    }
    arp_cache_remove(&host->provider.arp, entry);
}

/* Asks again for those who have not answered in time, or gives them up. */
static void
provider_retry(struct event *event)
{
    struct provider *provider =
        (struct provider *) (void *) ((char *) event
                                      - offsetof(struct provider, retry));
    struct host *host =
        (struct host *) (void *) ((char *) provider
                                  - offsetof(struct host, provider));
    struct sim *sim = host->node.sim;
    struct arp_entry *entry;

    if (host->is_down) {
        provider->is_late = true;
        return;
    }
    while ((entry = provider->arp.asked.oldest) != NULL
           && entry->when <= sim_now(sim)) {
        if (entry->n_asked < PROVIDER_ARP_REQUESTS) {
            ask(host, entry);
        } else {
            give_up(host, entry);
        }
    }
    if (entry && !event_is_scheduled(event)) {
        event_schedule_at(sim, event, entry->when);
    }
}

static void
note_known(const struct host *host, const struct packet *pkt,
           const struct arp_entry *entry)
{
    char addr[IP_ADDR_STRLEN], mac[ETH_ADDR_STRLEN];

    ip_addr_format(&entry->addr, addr);
    eth_addr_format(entry->mac, mac);
    node_note(&host->node, pkt, "arp", "next hop %s is at %s", addr, mac);
}

static void
note_unknown(const struct host *host, const struct packet *pkt,
             const struct arp_entry *entry, bool asks)
{
    char addr[IP_ADDR_STRLEN];

    ip_addr_format(&entry->addr, addr);
    node_note(&host->node, pkt, "arp",
              asks ? "asks who has %s" : "waits for the MAC of %s", addr);
}

/* Lets 'pkt' wait for the MAC of 'hop', which 'entry' has not; 'entry' may be
 * null.  The first one that waits says who asks: its own source.  Of too many
 * the oldest goes, for RFC 1122 section 2.3.2.2 wants the latest kept. */
static void
wait_for_mac(struct host *host, struct packet *pkt, const struct ip_addr *hop,
             struct arp_entry *entry)
{
    struct provider *provider = &host->provider;
    struct glance g;
    bool asks;

    if (!entry) {
        entry = arp_cache_add(&provider->arp, hop);
    }
    if (!entry) {
        host_end(host, pkt, HOST_FATE_ARP_QUEUE_FULL);
        return;
    }
    asks = entry->is_known || !entry->n_asked;
    if (node_is_heard(&host->node)) {
        note_unknown(host, pkt, entry, asks);
    }
    if (asks) {
        glance_at(&g, pkt);
        entry->asker_mac = g.eth.src;
        entry->asker_addr = g.src;
        ask(host, entry);
    }
    if (entry->waiting.n_packets == PROVIDER_ARP_QUEUE) {
        host_end(host, packet_queue_pop(&entry->waiting),
                 HOST_FATE_ARP_QUEUE_FULL);
        provider->n_waiting--;
    }
    packet_queue_push(&entry->waiting, pkt);
    provider->n_waiting++;
}

static void
set_destination(struct packet *pkt, struct eth_addr mac)
{
    memcpy(packet_data(pkt), mac.octets, ETH_ALEN);
}

/* Sends 'pkt', a provider frame without a destination MAC, to the provider
 * address 'pa' (HNV.md section 1.4, step 6), by the gateway if that is not
 * on-link. */
void
provider_output(struct host *host, struct packet *pkt,
                const struct ip_addr *pa)
{
    const struct ip_addr *hop = is_on_link(host, pa) ? pa : &host->gateway;
    struct arp_entry *entry;

    if (provider_owns(host, pa)) {
        host_end(host, pkt, HOST_FATE_NO_SUCH_VM);
        return;
    }
    if (!is_on_link(host, hop)) {
        host_end(host, pkt, HOST_FATE_NO_ROUTE);
        return;
    }
    entry = arp_cache_lookup(&host->provider.arp, hop);
    if (!entry || !entry->is_known
        || sim_now(host->node.sim) - entry->when >= PROVIDER_ARP_AGE) {
        wait_for_mac(host, pkt, hop, entry);
        return;
    }
    if (node_is_heard(&host->node)) {
        note_known(host, pkt, entry);
    }
    set_destination(pkt, entry->mac);
    pnic_send(host, pkt);
}

/* Takes down that 'entry' is at 'mac', and lets go who waited for that. */
static void
learn(struct host *host, struct arp_entry *entry, struct eth_addr mac)
{
    struct provider *provider = &host->provider;
    struct packet *pkt;

    arp_cache_set_known(&provider->arp, entry, mac, sim_now(host->node.sim));
    while ((pkt = packet_queue_pop(&entry->waiting)) != NULL) {
        provider->n_waiting--;
        if (node_is_heard(&host->node)) {
            note_known(host, pkt, entry);
        }
        set_destination(pkt, mac);
        packet_queue_push(&provider->ready, pkt);
    }
}

/* Acts on an ARP message from the wire as RFC 826 says: a known sender's MAC is
 * taken down always, a new one's if the message is for us.  The answer to a
 * request waits for provider_flush(). */
void
provider_arp_input(struct host *host, const struct glance *g)
{
    struct provider *provider = &host->provider;
    bool for_us = provider_owns(host, &g->dst);
    struct arp_entry *entry = arp_cache_lookup(&provider->arp, &g->src);

    if (eth_addr_is_group(g->arp_sha) || provider_owns(host, &g->src)) {
        return;
    }
    if (!entry && for_us && !ip_addr_is_unspecified(&g->src)
        && is_on_link(host, &g->src)) {
        entry = arp_cache_add(&provider->arp, &g->src);
    }
    if (entry) {
        learn(host, entry, g->arp_sha);
    }
    if (for_us && g->arp_op == ARP_REQUEST) {
        struct arp_hdr arp = {
            .op = ARP_REPLY,
            .sha = mac_of(host, &g->dst),
            .tha = g->arp_sha,
            .spa = g->dst,
            .tpa = g->src,
        };

        packet_queue_push(&provider->ready, new_arp(host, g->arp_sha, &arp));
    }
}

/* Goes on after the host was down. */
void
provider_resume(struct host *host)
{
    struct provider *provider = &host->provider;

    if (provider->is_late) {
        provider->is_late = false;
        event_schedule_at(host->node.sim, &provider->retry,
                          sim_now(host->node.sim));
    }
}

/* Sends what has become ready. */
void
provider_flush(struct host *host)
{
    struct packet *pkt;

    while ((pkt = packet_queue_pop(&host->provider.ready)) != NULL) {
        pnic_send(host, pkt);
    }
}

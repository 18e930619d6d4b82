/* The provider's side of a host: next hops, ARP, MTU. */

#include <string.h>

#include "tests/cmocka_all.h"
#include "models/wire/arp.h"
#include "tests/host_bench.h"
#include "tests/wire_vectors.h"

#define PEER_MAC "02000000000b"
#define PEER_PA  "192.168.1.12"

/* Host1 alone, with both of Blue's VMs known and WEB behind the wire. */
static struct host_bench *
bench(enum policy_rule rule)
{
    return host_bench_new(
        &(struct host_bench_config){ .rule = rule, .is_alone = true });
}

/* Blue's SQL sends an IPv4 packet to WEB. */
static void
send_reply(struct host_bench *b)
{
    struct test_frame frame = *golden_frame("01-");
    struct eth_hdr eth = { mac_of("00155d011401"), mac_of("00155d010a01"),
                           ETH_TYPE_IPV4 };

    eth_encode(&eth, frame.data);
    frame.data[ETH_HLEN + 15] = 1;
    frame.data[ETH_HLEN + 19] = 2;
    host_bench_send(b, BLUE_SQL, frame.data, frame.size);
}

static void
inject_arp(struct host_bench *b, uint16_t op, const char *sha, const char *spa,
           const char *tpa, const char *dst)
{
    uint8_t data[42];
    size_t size = host_bench_arp(data, op, sha, spa, tpa, dst);

    host_bench_inject(b, data, size);
    host_bench_run(b, 100 * SIM_US);
}

static unsigned int
n_sent(const struct host_bench *b, uint16_t type)
{
    return host_bench_n_frames(b, AT_HOST1, TAP_OUT, type);
}

static void
the_first_packet_asks_and_the_answer_lets_it_go(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NAT);
    const struct seen_frame *frame;
    struct arp_hdr arp;

    (void) state;
    send_reply(b);
    send_reply(b);
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(n_sent(b, ETH_TYPE_ARP), 1);
    assert_int_equal(n_sent(b, ETH_TYPE_IPV4), 0);
    assert_int_equal(b->hosts[0]->ops->held(b->hosts[0]), 2);
    frame = host_bench_frame(b, AT_HOST1, TAP_OUT, ETH_TYPE_ARP, 0);
    assert_true(eth_addr_is_broadcast(((struct eth_addr){
        { frame->data[0], frame->data[1], frame->data[2], frame->data[3],
          frame->data[4], frame->data[5] } })));
    assert_true(arp_decode(&arp, frame->data + ETH_HLEN, ARP_HLEN));
    assert_int_equal(arp.op, ARP_REQUEST);
    assert_true(eth_addr_equal(arp.sha, mac_of("02000000000a")));
    assert_int_equal(ip_addr_to_v4(&arp.spa), 0xc0a8010a); /* The VM's PA. */
    assert_int_equal(ip_addr_to_v4(&arp.tpa), 0xc0a8010c);
    assert_int_equal(frame->tag.flow, 0);
    assert_int_equal(frame->tag.tenant, 0);
    assert_string_equal(frame->tag.step, "arp");

    inject_arp(b, ARP_REPLY, PEER_MAC, PEER_PA, "192.168.1.10",
               "02000000000a");
    assert_int_equal(n_sent(b, ETH_TYPE_IPV4), 2);
    send_reply(b); /* Known: at once. */
    assert_int_equal(n_sent(b, ETH_TYPE_IPV4), 3);
    frame = host_bench_frame(b, AT_HOST1, TAP_OUT, ETH_TYPE_IPV4, 2);
    assert_memory_equal(frame->data, mac_of(PEER_MAC).octets, ETH_ALEN);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_PROVIDER_ARP), 1);
    host_bench_free(b);
}

static void
three_requests_a_second_apart_then_the_packets_are_dropped(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_ENCAP);

    (void) state;
    send_reply(b);
    host_bench_run(b, 1 * SIM_S - 1);
    send_reply(b);
    assert_int_equal(n_sent(b, ETH_TYPE_ARP), 1);
    host_bench_run(b, 1);
    assert_int_equal(n_sent(b, ETH_TYPE_ARP), 2);
    host_bench_run(b, 1 * SIM_S);
    assert_int_equal(n_sent(b, ETH_TYPE_ARP), 3);
    host_bench_run(b, 1 * SIM_S - 1);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_UNRESOLVED), 0);
    host_bench_run(b, 1);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_UNRESOLVED), 2);
    host_bench_run(b, 10 * SIM_S);
    assert_int_equal(n_sent(b, ETH_TYPE_ARP), 3);
    send_reply(b); /* All over again. */
    assert_int_equal(n_sent(b, ETH_TYPE_ARP), 4);
    host_bench_free(b);
}

/* Two next hops, asked for half a second apart. */
static void
each_next_hop_has_its_own_second(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NAT);

    (void) state;
    send_reply(b);
    host_bench_run(b, 500 * SIM_MS);
    host_bench_set_pa(b, 0, BLUE_WEB, "192.168.1.50");
    send_reply(b);
    host_bench_run(b, 499 * SIM_MS);
    for (unsigned int i = 2; i <= 5; i++) {
        assert_int_equal(n_sent(b, ETH_TYPE_ARP), i);
        host_bench_run(b, 500 * SIM_MS);
    }
    assert_int_equal(n_sent(b, ETH_TYPE_ARP), 6);
    host_bench_run(b, 2 * SIM_MS);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_UNRESOLVED), 1);
    host_bench_run(b, 500 * SIM_MS);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_UNRESOLVED), 2);
    host_bench_free(b);
}

static void
sixteen_packets_wait_and_the_oldest_makes_room(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_ENCAP);
    const struct seen_frame *frame;

    (void) state;
    for (int i = 0; i < 17; i++) {
        send_reply(b);
    }
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_ARP_QUEUE_FULL), 1);
    assert_int_equal(b->hosts[0]->ops->held(b->hosts[0]), 16);
    inject_arp(b, ARP_REPLY, PEER_MAC, PEER_PA, "192.168.1.10",
               "02000000000a");
    assert_int_equal(n_sent(b, ETH_TYPE_IPV4), 16);
    frame = host_bench_frame(b, AT_HOST1, TAP_OUT, ETH_TYPE_IPV4, 0);
    assert_int_equal(get_be16(frame->data + ETH_HLEN + 4), 2); /* IP ID. */
    host_bench_free(b);
}

static void
a_next_hop_is_asked_for_again_after_a_minute(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NAT);
    sim_time learned;

    (void) state;
    inject_arp(b, ARP_REQUEST, PEER_MAC, PEER_PA, "192.168.1.10", NULL);
    learned = host_bench_frame(b, AT_HOST1, TAP_IN, 0, 0)->when;
    host_bench_run(b, learned + 60 * SIM_S - 1 - sim_now(b->sim));
    send_reply(b);
    assert_int_equal(n_sent(b, ETH_TYPE_IPV4), 1);
    host_bench_run(b, 1);
    send_reply(b);
    assert_int_equal(n_sent(b, ETH_TYPE_IPV4), 1);
    assert_int_equal(n_sent(b, ETH_TYPE_ARP), 2); /* With the first answer. */
    inject_arp(b, ARP_REPLY, PEER_MAC, PEER_PA, "192.168.1.10",
               "02000000000a");
    assert_int_equal(n_sent(b, ETH_TYPE_IPV4), 2);
    host_bench_free(b);
}

static void
check_answer(const struct host_bench_config *config, const char *pa,
             const char *mac)
{
    struct host_bench *b = host_bench_new(config);
    const struct seen_frame *frame;
    struct arp_hdr arp;

    inject_arp(b, ARP_REQUEST, PEER_MAC, "192.168.1.99", pa, NULL);
    frame = host_bench_frame(b, AT_HOST1, TAP_OUT, ETH_TYPE_ARP, 0);
    assert_memory_equal(frame->data, mac_of(PEER_MAC).octets, ETH_ALEN);
    assert_memory_equal(frame->data + 6, mac_of(mac).octets, ETH_ALEN);
    assert_true(arp_decode(&arp, frame->data + ETH_HLEN, ARP_HLEN));
    assert_int_equal(arp.op, ARP_REPLY);
    assert_true(eth_addr_equal(arp.sha, mac_of(mac)));
    assert_true(ip_addr_equal(&arp.spa, &(struct ip_addr[]){ ip_of(pa) }[0]));
    assert_int_equal(ip_addr_to_v4(&arp.tpa), 0xc0a80163);
    assert_int_equal(b->hosts[0]->ops->held(b->hosts[0]), 0);
    host_bench_free(b);
}

static void
the_host_answers_for_its_own_and_its_vms_addresses(void **state)
{
    struct host_bench_config config = { .rule = POLICY_RULE_NAT,
                                        .is_alone = true };

    (void) state;
    check_answer(&config, "192.168.1.1", "02000000000a");
    check_answer(&config, "192.168.1.10", "02000000000a");
    check_answer(&config, "192.168.1.11", "02000000000a");
    config.has_no_pa = true;
    check_answer(&config, "192.168.1.10", "02000000000a");
    config.has_no_pa = false;
    config.use_vm_mac = true;
    check_answer(&config, "192.168.1.1", "02000000000a");
    check_answer(&config, "192.168.1.10", "00155d010a01");
    check_answer(&config, "192.168.1.11", "00155d010a02");
}

static uint64_t
n_known(const struct host_bench *b)
{
    struct table_usage usage;

    assert_true(b->hosts[0]->ops->table(b->hosts[0], 1, &usage));
    return usage.used;
}

/* RFC 826: only who speaks to us is learned; who is known is kept up to date
 * from whatever it says. */
static void
senders_are_learned_as_arp_says(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NAT);
    const struct seen_frame *frame;

    (void) state;
    inject_arp(b, ARP_REQUEST, PEER_MAC, PEER_PA, "192.168.1.77", NULL);
    assert_int_equal(n_known(b), 0);
    assert_int_equal(n_sent(b, ETH_TYPE_ARP), 0);
    inject_arp(b, ARP_REQUEST, PEER_MAC, PEER_PA, "192.168.1.10", NULL);
    assert_int_equal(n_known(b), 1);
    inject_arp(b, ARP_REQUEST, "0200000000cc", PEER_PA, PEER_PA, NULL);
    assert_int_equal(n_known(b), 1);
    send_reply(b);
    frame = host_bench_frame(b, AT_HOST1, TAP_OUT, ETH_TYPE_IPV4, 0);
    assert_memory_equal(frame->data, mac_of("0200000000cc").octets, ETH_ALEN);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_PROVIDER_ARP), 3);
    host_bench_free(b);
}

static void
senders_that_cannot_be_are_not_learned(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NAT);

    (void) state;
    /* A group's MAC, our own address, an address off-link. */
    inject_arp(b, ARP_REQUEST, "030000000001", PEER_PA, "192.168.1.10", NULL);
    inject_arp(b, ARP_REQUEST, PEER_MAC, "192.168.1.11", "192.168.1.10", NULL);
    assert_int_equal(n_sent(b, ETH_TYPE_ARP), 0);
    inject_arp(b, ARP_REQUEST, PEER_MAC, "172.16.0.1", "192.168.1.10", NULL);
    /* A probe is answered: the address is taken (RFC 5227). */
    inject_arp(b, ARP_REQUEST, PEER_MAC, "0.0.0.0", "192.168.1.10", NULL);
    assert_int_equal(n_sent(b, ETH_TYPE_ARP), 2);
    assert_int_equal(n_known(b), 0);
    inject_arp(b, 0, PEER_MAC, PEER_PA, "192.168.1.10", "02000000000a");
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_MALFORMED), 1);
    host_bench_free(b);

    b = host_bench_new(&(struct host_bench_config){
        .rule = POLICY_RULE_NAT, .is_alone = true, .has_no_pa = true });
    inject_arp(b, ARP_REQUEST, PEER_MAC, "0.0.0.0", "192.168.1.10", NULL);
    assert_int_equal(n_known(b), 0); /* Though everything is on-link. */
    host_bench_free(b);
}

static void
addresses_that_are_not_on_link_have_no_route(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NAT);

    (void) state;
    host_bench_set_pa(b, 0, BLUE_WEB, "192.168.2.12");
    send_reply(b);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_NO_ROUTE), 1);
    host_bench_set_pa(b, 0, BLUE_WEB, "192.168.1.11"); /* Red's SQL, here. */
    send_reply(b);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_NO_SUCH_VM), 1);
    host_bench_free(b);

    b = host_bench_new(&(struct host_bench_config){
        .rule = POLICY_RULE_NAT, .is_alone = true, .has_no_pa = true });
    host_bench_set_pa(b, 0, BLUE_WEB, "192.168.2.12");
    send_reply(b); /* It knows no prefix: everything is on-link. */
    assert_int_equal(n_sent(b, ETH_TYPE_ARP), 1);
    host_bench_free(b);
}

/* 58 bytes of frame are 44 of IPv4, and 42 more when encapsulated. */
static void
frames_that_exceed_the_mtu_are_dropped(void **state)
{
    struct host_bench_config config = { .rule = POLICY_RULE_ENCAP,
                                        .is_alone = true };

    (void) state;
    for (config.mtu = 85; config.mtu <= 86; config.mtu++) {
        struct host_bench *b = host_bench_new(&config);
        uint64_t n = config.mtu == 85;

        inject_arp(b, ARP_REPLY, PEER_MAC, PEER_PA, "192.168.1.10",
                   "02000000000a");
        send_reply(b);
        assert_int_equal(host_bench_fate(b, 0, HOST_FATE_TOO_BIG), n);
        assert_int_equal(host_bench_metric(b, 0, "wire.too_big"), n);
        assert_int_equal(n_sent(b, ETH_TYPE_IPV4), 1 - n);
        if (n) {
            assert_said(b, "nic: 86 B behind the Ethernet header exceed the "
                           "MTU of 85 B");
        }
        host_bench_free(b);
    }
}

static void
a_full_cache_gives_up_the_oldest_known_entry(void **state)
{
    struct arp_cache cache;
    struct arp_entry *entries[4];
    struct ip_addr addr = ip_addr_from_v4(0);

    (void) state;
    arp_cache_init(&cache, 4);
    assert_null(arp_cache_lookup(&cache, &addr));
    for (uint32_t i = 0; i < 4; i++) {
        addr = ip_addr_from_v4(i);
        entries[i] = arp_cache_add(&cache, &addr);
        assert_non_null(entries[i]);
    }
    addr = ip_addr_from_v4(4);
    assert_null(arp_cache_add(&cache, &addr)); /* All are asked for. */
    assert_int_equal(cache.usage.rejected, 1);
    arp_cache_set_known(&cache, entries[2], mac_of(PEER_MAC), 10);
    arp_cache_set_known(&cache, entries[1], mac_of(PEER_MAC), 20);
    arp_cache_set_known(&cache, entries[2], mac_of(PEER_MAC), 30);
    assert_non_null(arp_cache_add(&cache, &addr));
    assert_int_equal(cache.usage.evicted, 1);
    assert_int_equal(cache.usage.used, 4);
    assert_int_equal(cache.usage.peak, 4);
    addr = ip_addr_from_v4(1);
    assert_null(arp_cache_lookup(&cache, &addr));
    addr = ip_addr_from_v4(2);
    assert_true(arp_cache_lookup(&cache, &addr)->is_known);
    arp_cache_set_asked(&cache, entries[2], 40);
    assert_ptr_equal(cache.asked.newest, entries[2]);
    arp_cache_remove(&cache, entries[0]);
    arp_cache_remove(&cache, entries[2]);
    assert_int_equal(cache.usage.used, 2);
    arp_cache_clear(&cache);
}

static void
a_thousand_vms_are_found(void **state)
{
    struct sim *sim = sim_new(1);
    struct node *node = host_new(sim, &(struct host_config){ .name = "hv" });
    struct host *host = host_cast(node);
    struct host_vm_config config = {
        .guest = { .name = "vm", .mtu = 1500 },
        .vsid = 5001,
    };

    (void) state;
    for (uint32_t i = 0; i < 1000; i++) {
        config.guest.mac = eth_addr_from_u64(i);
        config.guest.address.addr = ip_addr_from_v4(0x0a000000 + i);
        config.rule = i % 2 ? POLICY_RULE_NAT : POLICY_RULE_ENCAP;
        config.pa = ip_addr_from_v4(0xc0a80000 + i);
        config.vsid = 5000 + i / 10;
        host_add_vm(node, &config);
    }
    for (uint32_t i = 0; i < 1000; i++) {
        struct host_vm *vm = host_vm_get(node, i);
        uint32_t domain = (5000 + i / 10) | VM_DOMAIN_SUBNET;
        struct ip_addr pa = ip_addr_from_v4(0xc0a80000 + i);

        assert_ptr_equal(vm_by_mac(&host->vms, domain, eth_addr_from_u64(i)),
                         vm);
        assert_null(vm_by_mac(&host->vms, domain, eth_addr_from_u64(i + 10)));
        assert_ptr_equal(vm_by_pa(&host->vms, &pa), i % 2 ? vm : NULL);
        assert_int_equal(vm_table_domain(&host->vms, domain)->n_vms, 10);
    }
    assert_null(vm_table_domain(&host->vms, 5000));
    sim_free(sim);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_packet_asks_and_the_answer_lets_it_go),
        cmocka_unit_test(
            three_requests_a_second_apart_then_the_packets_are_dropped),
        cmocka_unit_test(each_next_hop_has_its_own_second),
        cmocka_unit_test(sixteen_packets_wait_and_the_oldest_makes_room),
        cmocka_unit_test(a_next_hop_is_asked_for_again_after_a_minute),
        cmocka_unit_test(the_host_answers_for_its_own_and_its_vms_addresses),
        cmocka_unit_test(senders_are_learned_as_arp_says),
        cmocka_unit_test(senders_that_cannot_be_are_not_learned),
        cmocka_unit_test(addresses_that_are_not_on_link_have_no_route),
        cmocka_unit_test(frames_that_exceed_the_mtu_are_dropped),
        cmocka_unit_test(a_full_cache_gives_up_the_oldest_known_entry),
        cmocka_unit_test(a_thousand_vms_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A host in a routed provider: its gateway, and what routers tell it. */

#include <string.h>

#include "models/wire/arp.h"
#include "models/wire/icmp.h"
#include "models/wire/ipv4.h"
#include "tests/cmocka_all.h"
#include "tests/host_bench.h"
#include "tests/wire_vectors.h"

#define GATEWAY     "192.168.1.254"
#define GATEWAY_MAC "0200000000fe"
#define FAR_PA      "192.168.2.12"

/* Host1 alone; WEB is in another rack. */
static struct host_bench *
bench(enum policy_rule rule)
{
    struct host_bench *b = host_bench_new(&(struct host_bench_config){
        .rule = rule, .is_alone = true, .gateway = GATEWAY });

    host_bench_set_pa(b, 0, BLUE_WEB, FAR_PA);
    return b;
}

/* Blue's SQL sends an IPv4 packet to WEB. */
static void
send_to_web(struct host_bench *b)
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
answer_for_gateway(struct host_bench *b)
{
    uint8_t data[42];
    size_t size = host_bench_arp(data, ARP_REPLY, GATEWAY_MAC, GATEWAY,
                                 "192.168.1.10", "02000000000a");

    host_bench_inject(b, data, size);
    host_bench_run(b, 100 * SIM_US);
}

static void
packets_off_link_go_to_the_gateways_mac(void **state)
{
    static const enum policy_rule rules[] = { POLICY_RULE_NAT,
                                              POLICY_RULE_ENCAP };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        struct host_bench *b = bench(rules[i]);
        const struct seen_frame *frame;
        struct arp_hdr arp;

        send_to_web(b);
        frame = host_bench_frame(b, AT_HOST1, TAP_OUT, ETH_TYPE_ARP, 0);
        assert_true(arp_decode(&arp, frame->data + ETH_HLEN, ARP_HLEN));
        assert_int_equal(ip_addr_to_v4(&arp.tpa), 0xc0a801fe);
        answer_for_gateway(b);
        send_to_web(b); /* Known: at once. */
        assert_int_equal(
            host_bench_n_frames(b, AT_HOST1, TAP_OUT, ETH_TYPE_ARP), 1);
        for (unsigned int n = 0; n < 2; n++) {
            frame = host_bench_frame(b, AT_HOST1, TAP_OUT, ETH_TYPE_IPV4, n);
            assert_memory_equal(frame->data, mac_of(GATEWAY_MAC).octets,
                                ETH_ALEN);
            assert_int_equal(get_be32(frame->data + ETH_HLEN + IPV4_OFS_DST),
                             0xc0a8020c);
        }
        assert_said(b, "arp: next hop " GATEWAY " is at 02:00:00:00:00:fe");
        host_bench_free(b);
    }
}

static void
packets_on_link_do_not(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NAT);
    const struct seen_frame *frame;
    struct arp_hdr arp;

    (void) state;
    host_bench_set_pa(b, 0, BLUE_WEB, "192.168.1.12");
    send_to_web(b);
    frame = host_bench_frame(b, AT_HOST1, TAP_OUT, ETH_TYPE_ARP, 0);
    assert_true(arp_decode(&arp, frame->data + ETH_HLEN, ARP_HLEN));
    assert_int_equal(ip_addr_to_v4(&arp.tpa), 0xc0a8010c);
    host_bench_free(b);
}

static void
a_gateway_that_is_not_on_link_is_no_way(void **state)
{
    struct host_bench *b = host_bench_new(
        &(struct host_bench_config){ .rule = POLICY_RULE_NAT,
                                     .is_alone = true,
                                     .gateway = "192.168.3.254" });

    (void) state;
    host_bench_set_pa(b, 0, BLUE_WEB, FAR_PA);
    send_to_web(b);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_NO_ROUTE), 1);
    host_bench_free(b);
}

/* The gateway sends Host1 an ICMP message about the last packet it saw of
 * it. */
static void
inject_icmp(struct host_bench *b, uint8_t type)
{
    const struct seen_frame *about =
        host_bench_frame(b, AT_HOST1, TAP_OUT, ETH_TYPE_IPV4, 0);
    const struct icmp_hdr icmp = { .type = type, .rest = 1400 };
    const struct eth_hdr eth = { mac_of("02000000000a"), mac_of(GATEWAY_MAC),
                                 ETH_TYPE_IPV4 };
    uint8_t data[ETH_HLEN + IPV4_HLEN + ICMP_ERROR_MAX];
    size_t size = icmp_error_encode(
        data + ETH_HLEN + IPV4_HLEN, &icmp, about->data + ETH_HLEN,
        about->size - ETH_HLEN, about->size - ETH_HLEN);
    const struct ipv4_hdr ip = {
        .header_length = IPV4_HLEN,
        .ttl = 64,
        .protocol = IP_PROTO_ICMP,
        .total_length = (uint16_t) (IPV4_HLEN + size),
        .src = ip_of(GATEWAY),
        .dst =
            ip_addr_from_octets(IP_V4, about->data + ETH_HLEN + IPV4_OFS_SRC),
    };

    eth_encode(&eth, data);
    ipv4_encode(&ip, data + ETH_HLEN);
    host_bench_inject(b, data, ETH_HLEN + IPV4_HLEN + size);
    host_bench_run(b, 100 * SIM_US);
}

/* To the host's address under NVGRE, to the VM's under rewrite. */
static void
icmp_errors_of_routers_end_at_the_host(void **state)
{
    static const enum policy_rule rules[] = { POLICY_RULE_NAT,
                                              POLICY_RULE_ENCAP };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        struct host_bench *b = bench(rules[i]);

        send_to_web(b);
        answer_for_gateway(b);
        inject_icmp(b, ICMP_UNREACHABLE);
        inject_icmp(b, ICMP_TIME_EXCEEDED);
        assert_int_equal(host_bench_fate(b, 0, HOST_FATE_PROVIDER_ICMP), 2);
        assert_int_equal(host_bench_n_frames(b, BLUE_SQL, TAP_IN, 0), 0);
        host_bench_free(b);
    }
}

/* Nobody behind a provider address that policy does not know is heard. */
static void
other_icmp_for_a_vm_is_a_mismatch(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NAT);

    (void) state;
    send_to_web(b);
    answer_for_gateway(b);
    inject_icmp(b, ICMP_ECHO_REQUEST);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_PROVIDER_ICMP), 0);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_POLICY_MISMATCH), 1);
    assert_int_equal(host_bench_n_frames(b, BLUE_SQL, TAP_IN, 0), 0);
    host_bench_free(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_off_link_go_to_the_gateways_mac),
        cmocka_unit_test(packets_on_link_do_not),
        cmocka_unit_test(a_gateway_that_is_not_on_link_is_no_way),
        cmocka_unit_test(icmp_errors_of_routers_end_at_the_host),
        cmocka_unit_test(other_icmp_for_a_vm_is_a_mismatch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

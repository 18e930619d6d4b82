/* Virtual subnets of a host: whom a frame goes to, and by which datapath. */

#include <stdio.h>
#include <string.h>

#include "tests/cmocka_all.h"
#include "models/wire/arp.h"
#include "tests/host_bench.h"
#include "tests/wire_vectors.h"

#define BLUE_SQL_MAC "00155d010a01"
#define BLUE_WEB_MAC "00155d011401"

static struct host_bench *
bench(enum policy_rule rule)
{
    return host_bench_new(&(struct host_bench_config){ .rule = rule });
}

/* Sends 'sent' from a WEB VM and expects 'wire' at both hosts' NICs and 'sent'
 * at its tenant's SQL VM, and nothing at the other tenant's. */
static void
check_both_tenants(const struct host_bench_config *config, const char *blue,
                   const char *red)
{
    struct host_bench *b = host_bench_new(config);

    host_bench_send_golden(b, BLUE_WEB, "01-");
    host_bench_run(b, 1 * SIM_MS);
    assert_golden(host_bench_frame(b, AT_HOST2, TAP_OUT, ETH_TYPE_IPV4, 0),
                  blue);
    assert_golden(host_bench_frame(b, AT_HOST1, TAP_IN, ETH_TYPE_IPV4, 0),
                  blue);
    assert_int_equal(host_bench_n_frames(b, BLUE_SQL, TAP_IN, ETH_TYPE_IPV4),
                     1);
    assert_golden(host_bench_frame(b, BLUE_SQL, TAP_IN, ETH_TYPE_IPV4, 0),
                  "01-");
    assert_int_equal(
        host_bench_frame(b, BLUE_SQL, TAP_IN, ETH_TYPE_IPV4, 0)->size, 58);
    assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, 0), 0);

    host_bench_send_golden(b, RED_WEB, "02-");
    host_bench_run(b, 1 * SIM_MS);
    assert_golden(host_bench_frame(b, RED_SQL, TAP_IN, ETH_TYPE_IPV4, 0),
                  "02-");
    assert_golden(
        host_bench_frame(
            b, AT_HOST1, TAP_IN, ETH_TYPE_IPV4,
            host_bench_n_frames(b, AT_HOST1, TAP_IN, ETH_TYPE_IPV4) - 1),
        red);
    assert_int_equal(host_bench_n_frames(b, BLUE_SQL, TAP_IN, ETH_TYPE_IPV4),
                     1);
    host_bench_free(b);
}

static void
rewritten_frames_reach_their_own_tenant_only(void **state)
{
    (void) state;
    check_both_tenants(&(struct host_bench_config){ .rule = POLICY_RULE_NAT },
                       "03-", "04-");
}

static void
encapsulated_frames_reach_their_own_tenant_only(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_ENCAP);

    (void) state;
    host_bench_send_golden(b, BLUE_WEB, "01-");
    host_bench_send_golden(b, RED_WEB, "02-");
    host_bench_run(b, 1 * SIM_MS);
    assert_golden(host_bench_frame(b, AT_HOST2, TAP_OUT, ETH_TYPE_IPV4, 0),
                  "07-");
    assert_golden(host_bench_frame(b, AT_HOST1, TAP_IN, ETH_TYPE_IPV4, 1),
                  "08-");
    assert_golden(host_bench_frame(b, BLUE_SQL, TAP_IN, ETH_TYPE_IPV4, 0),
                  "01-");
    assert_golden(host_bench_frame(b, RED_SQL, TAP_IN, ETH_TYPE_IPV4, 0),
                  "02-");
    assert_int_equal(host_bench_n_frames(b, BLUE_SQL, TAP_IN, ETH_TYPE_IPV4),
                     1);
    assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, ETH_TYPE_IPV4),
                     1);
    host_bench_free(b);
}

/* 06- has both VMs' MACs, so SQL's must have been learned by ARP. */
static void
vms_show_their_own_mac_if_policy_says_so(void **state)
{
    struct host_bench *b = host_bench_new(&(struct host_bench_config){
        .rule = POLICY_RULE_NAT, .use_vm_mac = true });
    const struct seen_frame *request;

    (void) state;
    host_bench_send_golden(b, BLUE_WEB, "01-");
    host_bench_run(b, 1 * SIM_MS);
    request = host_bench_frame(b, AT_HOST2, TAP_OUT, ETH_TYPE_ARP, 0);
    assert_memory_equal(request->data + 6, mac_of(BLUE_WEB_MAC).octets, 6);
    assert_golden(host_bench_frame(b, AT_HOST2, TAP_OUT, ETH_TYPE_IPV4, 0),
                  "06-");
    assert_golden(host_bench_frame(b, BLUE_SQL, TAP_IN, ETH_TYPE_IPV4, 0),
                  "01-");
    host_bench_free(b);
}

static void
check_arp_is_answered(enum policy_rule rule)
{
    struct host_bench *b = bench(rule);
    const struct seen_frame *reply;
    struct arp_hdr arp;
    uint8_t data[42];
    size_t size;

    size = host_bench_arp(data, ARP_REQUEST, BLUE_WEB_MAC, "10.1.1.2",
                          "10.1.1.1", NULL);
    host_bench_send(b, BLUE_WEB, data, size);
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_fate(b, 1, HOST_FATE_ARP_PROXY), 1);
    assert_int_equal(host_bench_n_frames(b, AT_HOST2, TAP_OUT, 0), 0);
    assert_int_equal(host_bench_n_frames(b, RED_WEB, TAP_IN, 0), 0);
    reply = host_bench_frame(b, BLUE_WEB, TAP_IN, 0, 0);
    assert_int_equal(reply->size, 42);
    assert_true(reply->when > 0);
    assert_int_equal(reply->tag.tenant, 1);
    assert_memory_equal(reply->data, mac_of(BLUE_WEB_MAC).octets, 6);
    assert_memory_equal(reply->data + 6, mac_of(BLUE_SQL_MAC).octets, 6);
    assert_true(arp_decode(&arp, reply->data + ETH_HLEN, ARP_HLEN));
    assert_int_equal(arp.op, ARP_REPLY);
    assert_true(eth_addr_equal(arp.sha, mac_of(BLUE_SQL_MAC)));
    assert_true(eth_addr_equal(arp.tha, mac_of(BLUE_WEB_MAC)));
    assert_int_equal(ip_addr_to_v4(&arp.spa), 0x0a010101);
    assert_int_equal(ip_addr_to_v4(&arp.tpa), 0x0a010102);
    host_bench_free(b);
}

static void
arp_is_answered_from_policy(void **state)
{
    (void) state;
    check_arp_is_answered(POLICY_RULE_NAT);
    check_arp_is_answered(POLICY_RULE_ENCAP);
}

static void
arp_for_an_unknown_address_is_a_policy_miss(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NAT);
    uint8_t data[42];
    size_t size = host_bench_arp(data, ARP_REQUEST, BLUE_WEB_MAC, "10.1.1.2",
                                 "10.1.1.9", NULL);

    (void) state;
    host_bench_send(b, BLUE_WEB, data, size);
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_fate(b, 1, HOST_FATE_POLICY_MISS), 1);
    assert_int_equal(host_bench_metric(b, 1, "host.policy.misses"), 1);
    assert_int_equal(host_bench_n_frames(b, BLUE_WEB, TAP_IN, 0), 0);
    assert_said(b, "policy: lookup (VSID 5001, CA 10.1.1.9) -> no record");
    host_bench_free(b);
}

/* The golden frame with another IPv4 destination, or another MAC. */
static void
unknown_destinations_are_policy_misses(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_ENCAP);
    struct test_frame frame = *golden_frame("01-");
    struct ip_addr own = ip_of("10.1.1.2");

    (void) state;
    frame.data[ETH_HLEN + 19] = 77; /* 10.1.1.77 */
    host_bench_send(b, BLUE_WEB, frame.data, frame.size);
    frame = *golden_frame("01-");
    frame.data[5] = 77; /* SQL's address, another's MAC. */
    host_bench_send(b, BLUE_WEB, frame.data, frame.size);
    put_be16(frame.data + 12, 0x88b5); /* Not IP: by MAC. */
    host_bench_send(b, BLUE_WEB, frame.data, frame.size);
    assert_int_equal(host_bench_fate(b, 1, HOST_FATE_POLICY_MISS), 3);

    assert_true(policy_delete(host_policy(b->hosts[1]), 5001, &own));
    host_bench_send_golden(b, BLUE_WEB, "01-"); /* No own PA. */
    assert_int_equal(host_bench_fate(b, 1, HOST_FATE_POLICY_MISS), 4);
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_n_frames(b, AT_HOST2, TAP_OUT, 0), 0);
    host_bench_free(b);
}

static void
frames_that_are_not_ip_go_by_mac_through_a_tunnel(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_ENCAP);
    struct test_frame frame = *golden_frame("01-");

    (void) state;
    put_be16(frame.data + 12, 0x88b5);
    host_bench_send(b, BLUE_WEB, frame.data, frame.size);
    host_bench_run(b, 1 * SIM_MS);
    assert_memory_equal(host_bench_frame(b, BLUE_SQL, TAP_IN, 0x88b5, 0)->data,
                        frame.data, frame.size);
    assert_said(b, "policy: source check (VSID 5001, MAC 00:15:5d:01:14:01): "
                   "PA 192.168.1.12 as the record says");
    host_bench_free(b);
}

static void
a_vm_cannot_send_as_another(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NAT);
    struct test_frame frame = *golden_frame("01-");
    uint8_t data[42];
    size_t size = host_bench_arp(data, ARP_REPLY, BLUE_WEB_MAC, "10.1.1.3",
                                 "10.1.1.1", NULL);

    (void) state;
    frame.data[11] ^= 0xff; /* MAC. */
    host_bench_send(b, BLUE_WEB, frame.data, frame.size);
    frame = *golden_frame("01-");
    frame.data[ETH_HLEN + 15] = 3; /* 10.1.1.3 */
    host_bench_send(b, BLUE_WEB, frame.data, frame.size);
    host_bench_send(b, BLUE_WEB, data, size);
    size = host_bench_arp(data, ARP_REPLY, BLUE_WEB_MAC, "10.1.1.2",
                          "10.1.1.1", NULL);
    data[ETH_HLEN + 13] ^= 0xff; /* Sender's MAC inside. */
    host_bench_send(b, BLUE_WEB, data, size);
    assert_int_equal(host_bench_fate(b, 1, HOST_FATE_SOURCE_SPOOFED), 4);
    host_bench_send(b, BLUE_WEB, data, 20); /* ARP cut short. */
    host_bench_send(b, BLUE_WEB, data, 13);
    assert_int_equal(host_bench_fate(b, 1, HOST_FATE_MALFORMED), 2);
    host_bench_free(b);
}

/* Host1 believes that the two WEB VMs have each other's address. */
static void
check_mismatch(enum policy_rule rule, const char *blue, const char *red,
               const char *said)
{
    struct host_bench *b = bench(rule);

    host_bench_set_pa(b, 0, BLUE_WEB, blue);
    host_bench_set_pa(b, 0, RED_WEB, red);
    host_bench_send_golden(b, BLUE_WEB, "01-");
    host_bench_send_golden(b, RED_WEB, "02-");
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_POLICY_MISMATCH), 2);
    assert_int_equal(host_bench_metric(b, 0, "host.policy.mismatches"), 2);
    assert_int_equal(host_bench_n_frames(b, BLUE_SQL, TAP_IN, 0), 0);
    assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, 0), 0);
    assert_said(b, said);
    host_bench_free(b);
}

static void
a_wrong_source_is_a_mismatch_and_no_leak(void **state)
{
    (void) state;
    check_mismatch(POLICY_RULE_NAT, "192.168.1.13", "192.168.1.12",
                   "policy: source check (VSID 5001, PA 192.168.1.12): no "
                   "record: mismatch");
    check_mismatch(POLICY_RULE_ENCAP, "192.168.1.13", "192.168.1.13",
                   "policy: source check (VSID 5001, CA 10.1.1.2): record "
                   "says 192.168.1.13, packet came from 192.168.1.12: "
                   "mismatch");
}

/* The sender's host believes that the two SQL VMs have each other's address: the
 * packet gets to the wrong VM's address, where its source is unknown.  And a
 * host that no longer believes an address to be its VM's accepts nothing. */
static void
a_wrong_destination_is_a_mismatch_and_no_leak(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NAT);

    (void) state;
    host_bench_set_pa(b, 1, BLUE_SQL, "192.168.1.11");
    host_bench_send_golden(b, BLUE_WEB, "01-");
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_POLICY_MISMATCH), 1);

    host_bench_set_pa(b, 1, BLUE_SQL, "192.168.1.10");
    host_bench_set_pa(b, 0, BLUE_SQL, "192.168.1.11");
    host_bench_send_golden(b, BLUE_WEB, "01-");
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_POLICY_MISMATCH), 2);
    assert_int_equal(host_bench_n_frames(b, BLUE_SQL, TAP_IN, 0), 0);
    assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, 0), 0);
    host_bench_free(b);
}

/* The record of the sender itself names an address that is another's: were a
 * frame sent under it, ARP would tell everybody that it is here. */
static void
check_foreign_own_address(enum policy_rule rule, const char *foreign)
{
    struct host_bench *b = bench(rule);
    char said[HOST_BENCH_TEXT_MAX];

    host_bench_set_pa(b, 1, BLUE_WEB, foreign);
    host_bench_send_golden(b, BLUE_WEB, "01-");
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_fate(b, 1, HOST_FATE_POLICY_MISMATCH), 1);
    assert_int_equal(host_bench_n_frames(b, AT_HOST2, TAP_OUT, 0), 0);
    snprintf(said, sizeof said,
             "policy: the sender's own record says PA %s, which is not "
             "assigned to it: mismatch",
             foreign);
    assert_said(b, said);
    host_bench_send_golden(b, RED_WEB, "02-");
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, ETH_TYPE_IPV4),
                     1);
    host_bench_free(b);
}

static void
a_vm_sends_under_an_assigned_provider_address_only(void **state)
{
    (void) state;
    check_foreign_own_address(POLICY_RULE_NAT, "192.168.1.10");
    check_foreign_own_address(POLICY_RULE_NAT, "192.168.1.13");
    check_foreign_own_address(POLICY_RULE_ENCAP, "192.168.1.11");
}

static void
check_local(enum policy_rule rule)
{
    struct host_bench *b = host_bench_new(&(struct host_bench_config){
        .rule = rule, .is_alone = true, .is_one_host = true });
    const struct seen_frame *frame;

    host_bench_send_golden(b, BLUE_WEB, "01-");
    assert_int_equal(host_bench_n_frames(b, BLUE_SQL, TAP_IN, 0), 0);
    assert_int_equal(b->hosts[0]->ops->held(b->hosts[0]), 1);
    host_bench_run(b, 1 * SIM_MS);
    frame = host_bench_frame(b, BLUE_SQL, TAP_IN, ETH_TYPE_IPV4, 0);
    assert_golden(frame, "01-");
    assert_int_equal(frame->when, HOST_LOCAL_DELAY);
    assert_int_equal(frame->tag.vsid, 5001);
    assert_string_equal(frame->tag.step, "local");
    assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, 0), 0);
    assert_int_equal(host_bench_n_frames(b, AT_HOST1, TAP_OUT, 0), 0);
    host_bench_free(b);
}

static void
frames_between_vms_of_one_host_stay_there(void **state)
{
    (void) state;
    check_local(POLICY_RULE_NAT);
    check_local(POLICY_RULE_ENCAP);
}

/* Some before, some while others are on their way, and more than at first fit. */
static void
frames_between_vms_of_one_host_keep_their_order(void **state)
{
    struct host_bench *b = host_bench_new(&(struct host_bench_config){
        .rule = POLICY_RULE_NAT, .is_alone = true, .is_one_host = true });
    struct test_frame frame = *golden_frame("01-");

    (void) state;
    put_be16(frame.data + 12, 0x88b5); /* Nothing that a guest answers. */
    for (uint8_t i = 0; i < 60; i++) {
        frame.data[ETH_HLEN] = i;
        host_bench_send(b, BLUE_WEB, frame.data, frame.size);
        host_bench_run(b, i < 10 ? HOST_LOCAL_DELAY / 5 : 1);
    }
    host_bench_run(b, 1 * SIM_MS);
    for (uint8_t i = 0; i < 60; i++) {
        assert_int_equal(
            host_bench_frame(b, BLUE_SQL, TAP_IN, 0x88b5, i)->data[ETH_HLEN],
            i);
    }
    assert_int_equal(host_bench_n_frames(b, AT_HOST1, TAP_OUT, 0), 0);
    host_bench_free(b);
}

/* Five VMs on three other hosts, one beside the sender. */
static void
a_broadcast_goes_once_to_each_host_of_the_virtual_subnet(void **state)
{
    static const char *const pas[] = {
        "192.168.1.20", "192.168.1.21", "192.168.1.20",
        "192.168.1.21", "192.168.1.12", /* Host2. */
    };
    struct host_bench *b = host_bench_new(&(struct host_bench_config){
        .rule = POLICY_RULE_ENCAP, .is_one_host = true });
    struct policy_record record =
        hnv_record(BLUE_WEB, POLICY_RULE_ENCAP, IP_V4, IP_V4);
    const struct seen_frame *frame;
    uint8_t data[42];
    size_t size = host_bench_arp(data, ARP_REQUEST, BLUE_WEB_MAC, "10.1.1.2",
                                 "10.1.1.2", NULL); /* Announces itself. */

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(pas); i++) {
        record.ca.octets[3] = (uint8_t) (100 + i);
        record.mac.octets[5] = (uint8_t) (100 + i);
        record.pa = ip_of(pas[i]);
        policy_set(host_policy(b->hosts[0]), &record);
    }
    host_bench_send(b, BLUE_WEB, data, size);
    host_bench_run(b, 1 * SIM_MS);

    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_REPLICATED), 1);
    assert_int_equal(host_bench_n_frames(b, AT_HOST1, TAP_OUT, ETH_TYPE_ARP),
                     3);
    assert_int_equal(b->hosts[0]->ops->held(b->hosts[0]), 2);
    frame = host_bench_frame(b, BLUE_SQL, TAP_IN, 0, 0);
    assert_int_equal(frame->size, 42);
    assert_memory_equal(frame->data, data, size);
    assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, 0), 0);
    assert_int_equal(host_bench_n_frames(b, RED_WEB, TAP_IN, 0), 0);
    frame = host_bench_frame(b, AT_HOST2, TAP_IN, ETH_TYPE_IPV4, 0);
    assert_int_equal(frame->size, 84);
    assert_memory_equal(frame->data + 42, data, size);
    assert_int_equal(host_bench_fate(b, 1, HOST_FATE_NO_SUCH_VM), 1);
    host_bench_free(b);
}

static void
a_broadcast_has_no_way_by_rewriting(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NAT);
    struct test_frame frame = *golden_frame("01-");
    const struct fate *group = &datapath_drops[DATAPATH_DROP_REWRITE_GROUP];

    (void) state;
    memset(frame.data, 0xff, ETH_ALEN);
    host_bench_send(b, BLUE_WEB, frame.data, frame.size);
    assert_int_equal(node_fate_count(b->hosts[1], group), 1);
    assert_int_equal(host_bench_fate(b, 1, HOST_FATE_REPLICATED), 0);
    host_bench_free(b);

    /* But beside the sender it is heard. */
    b = host_bench_new(&(struct host_bench_config){
        .rule = POLICY_RULE_NAT, .is_alone = true, .is_one_host = true });
    host_bench_send(b, BLUE_WEB, frame.data, frame.size);
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(node_fate_count(b->hosts[0], group), 0);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_REPLICATED), 1);
    assert_int_equal(host_bench_n_frames(b, BLUE_SQL, TAP_IN, 0), 1);
    assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, 0), 0);
    host_bench_free(b);
}

static void
a_broadcast_that_nobody_can_hear_is_dropped(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_ENCAP);
    struct test_frame frame = *golden_frame("01-");
    struct ip_addr sql = ip_of("10.1.1.1");

    (void) state;
    assert_true(policy_delete(host_policy(b->hosts[1]), 5001, &sql));
    memset(frame.data, 0xff, ETH_ALEN);
    host_bench_send(b, BLUE_WEB, frame.data, frame.size);
    assert_int_equal(host_bench_fate(b, 1, HOST_FATE_NO_SUCH_VM), 1);
    host_bench_free(b);
}

/* The guests do the rest: SQL asks who has WEB's address, and answers. */
static void
a_ping_is_answered_under_every_rule(void **state)
{
    static const enum policy_rule rules[] = { POLICY_RULE_NAT,
                                              POLICY_RULE_ENCAP,
                                              POLICY_RULE_VLAN };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        for (int one = 0; one < 2; one++) {
            struct host_bench *b = host_bench_new(&(struct host_bench_config){
                .rule = rules[i], .is_one_host = one });
            const struct test_frame *ping = golden_frame("19-");
            const struct seen_frame *pong;

            host_bench_send_golden(b, BLUE_WEB, "19-");
            host_bench_run(b, 1 * SIM_MS);
            assert_golden(
                host_bench_frame(b, BLUE_SQL, TAP_IN, ETH_TYPE_IPV4, 0),
                "19-");
            pong = host_bench_frame(b, BLUE_WEB, TAP_IN, ETH_TYPE_IPV4, 0);
            assert_int_equal(pong->size, ping->size);
            assert_int_equal(pong->data[ETH_HLEN + 20], 0); /* Echo reply. */
            assert_memory_equal(pong->data + ETH_HLEN + 24,
                                ping->data + ETH_HLEN + 24,
                                ping->size - ETH_HLEN - 24);
            assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, 0), 0);
            assert_int_equal(host_bench_n_frames(b, RED_WEB, TAP_IN, 0), 0);
            host_bench_free(b);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rewritten_frames_reach_their_own_tenant_only),
        cmocka_unit_test(encapsulated_frames_reach_their_own_tenant_only),
        cmocka_unit_test(vms_show_their_own_mac_if_policy_says_so),
        cmocka_unit_test(arp_is_answered_from_policy),
        cmocka_unit_test(arp_for_an_unknown_address_is_a_policy_miss),
        cmocka_unit_test(unknown_destinations_are_policy_misses),
        cmocka_unit_test(frames_that_are_not_ip_go_by_mac_through_a_tunnel),
        cmocka_unit_test(a_vm_cannot_send_as_another),
        cmocka_unit_test(a_wrong_source_is_a_mismatch_and_no_leak),
        cmocka_unit_test(a_wrong_destination_is_a_mismatch_and_no_leak),
        cmocka_unit_test(a_vm_sends_under_an_assigned_provider_address_only),
        cmocka_unit_test(frames_between_vms_of_one_host_stay_there),
        cmocka_unit_test(frames_between_vms_of_one_host_keep_their_order),
        cmocka_unit_test(
            a_broadcast_goes_once_to_each_host_of_the_virtual_subnet),
        cmocka_unit_test(a_broadcast_has_no_way_by_rewriting),
        cmocka_unit_test(a_broadcast_that_nobody_can_hear_is_dropped),
        cmocka_unit_test(a_ping_is_answered_under_every_rule),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

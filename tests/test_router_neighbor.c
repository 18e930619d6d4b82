/* Neighbors of the router: ARP and neighbor discovery on its interfaces. */

#include <glib.h>
#include <string.h>

#include "models/wire/icmp6.h"
#include "models/wire/nd.h"
#include "tests/cmocka_all.h"
#include "tests/router_bench.h"

#define LIFETIME (240 * SIM_S)

/* Takes the ARP message that 'station' has got, to 'dst_mac'. */
static struct arp_hdr
take_arp(struct router_bench *b, int station, uint64_t dst_mac)
{
    struct packet *pkt = take(b, station);
    struct arp_hdr arp;

    assert_non_null(pkt);
    assert_int_equal(get_be64(packet_data(pkt)) >> 16, dst_mac);
    assert_int_equal(get_be16(packet_data(pkt) + 12), ETH_TYPE_ARP);
    assert_true(arp_decode(&arp, packet_data(pkt) + ETH_HLEN,
                           pkt->stored - (size_t) ETH_HLEN));
    done(b, station, pkt);
    return arp;
}

/* Takes the neighbor discovery message that 'station' has got, to the MAC
 * 'dst_mac' and the address 'dst'. */
static struct nd_msg
take_nd(struct router_bench *b, int station, uint64_t dst_mac, const char *dst)
{
    struct packet *pkt = take(b, station);
    struct ip_addr to = addr_of(dst);
    const uint8_t *data;
    struct ipv6_hdr ip;
    struct nd_msg msg;
    size_t n;

    assert_non_null(pkt);
    data = packet_data(pkt) + ETH_HLEN;
    n = pkt->stored - (size_t) ETH_HLEN - IPV6_HLEN;
    assert_int_equal(get_be64(packet_data(pkt)) >> 16, dst_mac);
    assert_true(ipv6_decode(&ip, data, pkt->stored - (size_t) ETH_HLEN,
                            pkt->size - (size_t) ETH_HLEN));
    assert_int_equal(ip.hop_limit, 255);
    assert_true(ip_addr_equal(&ip.dst, &to));
    assert_true(
        icmp6_checksum_is_right(data + IPV6_HLEN, n, n, &ip.src, &ip.dst));
    assert_true(nd_decode(&msg, data + IPV6_HLEN, n));
    done(b, station, pkt);
    return msg;
}

/* Sends a neighbor message about 'target' from 'src'. */
static void
send_nd(struct router_bench *b, int from, const char *src, const char *dst,
        uint64_t dst_mac, const struct nd_msg *msg)
{
    struct ip_addr s = addr_of(src), d = addr_of(dst);
    uint8_t body[ND_SIZE_MAX];
    size_t n = nd_encode(msg, body);

    icmp6_set_checksum(body, n, n, &s, &d);
    send_packet(b, &(struct packet_spec){ .from = from,
                                          .src = src,
                                          .dst = dst,
                                          .dst_mac = dst_mac,
                                          .protocol = IP_PROTO_ICMPV6,
                                          .ttl = 255,
                                          .body = body,
                                          .payload = n });
}

static uint64_t
arp_used(const struct router_bench *b)
{
    return metric_of(b->router, "router.arp.used");
}

/* ARP. */

static void
a_request_for_its_address_is_answered_and_learned_from(void **state)
{
    struct router_bench *b = *state;
    struct arp_hdr arp;

    send_arp(b, 0, ARP_REQUEST, NULL, NULL);
    arp = take_arp(b, 0, station_mac(0));
    assert_int_equal(arp.op, ARP_REPLY);
    assert_int_equal(eth_addr_to_u64(arp.sha), router_mac(0));
    assert_int_equal(ip_addr_to_v4(&arp.spa), 0x0a000001);
    assert_int_equal(eth_addr_to_u64(arp.tha), station_mac(0));
    assert_int_equal(ip_addr_to_v4(&arp.tpa), 0x0a00000a);
    assert_int_equal(arp_used(b), 1);
    send_packet(b, &(struct packet_spec){ .from = 1, .dst = "10.0.0.10" });
    assert_int_equal(n_kept(b, 0), 1);
}

static void
requests_for_others_are_not_answered_and_teach_nothing_new(void **state)
{
    struct router_bench *b = *state;

    send_arp(b, 0, ARP_REQUEST, NULL, "10.0.0.77");
    send_arp(b, 0, ARP_REQUEST, NULL, "10.0.1.1"); /* Another interface's. */
    send_arp(b, 0, ARP_REQUEST, "10.0.1.10", "10.0.0.77");
    assert_int_equal(n_kept(b, 0), 0);
    assert_int_equal(arp_used(b), 0);
    send_arp(b, 0, ARP_REQUEST, "10.0.1.10", NULL); /* Not of this network. */
    send_arp(b, 0, ARP_REQUEST, "10.0.0.1", NULL);  /* The router's own. */
    assert_int_equal(arp_used(b), 0);
    assert_int_equal(n_ended(b, ROUTER_FATE_ARP), 5);
}

static void
packets_wait_until_the_neighbor_answers(void **state)
{
    struct router_bench *b = *state;
    struct arp_hdr arp;

    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10", .sport = 1 });
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10", .sport = 2 });
    arp = take_arp(b, 1, UINT64_C(0xffffffffffff));
    assert_int_equal(arp.op, ARP_REQUEST);
    assert_int_equal(eth_addr_to_u64(arp.sha), router_mac(1));
    assert_int_equal(ip_addr_to_v4(&arp.spa), 0x0a000101);
    assert_int_equal(ip_addr_to_v4(&arp.tpa), 0x0a00010a);
    assert_int_equal(n_kept(b, 1), 0); /* Asked once. */
    send_arp(b, 1, ARP_REPLY, NULL, NULL);
    for (uint16_t i = 1; i <= 2; i++) {
        struct packet *pkt = take(b, 1);

        assert_non_null(pkt);
        assert_int_equal(get_be16(packet_data(pkt) + 34), i);
        done(b, 1, pkt);
    }
}

static void
a_request_is_repeated_each_second_and_given_up_after_three(void **state)
{
    struct router_bench *b = *state;

    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10" });
    assert_int_equal(n_kept(b, 1), 1);
    run_for(b, SIM_S - 2 * SIM_MS);
    assert_int_equal(n_kept(b, 1), 1);
    run_for(b, 2 * SIM_MS);
    assert_int_equal(n_kept(b, 1), 2);
    run_for(b, 2 * SIM_S - 2 * SIM_MS);
    assert_int_equal(n_kept(b, 1), 3);
    assert_int_equal(n_ended(b, ROUTER_FATE_UNRESOLVED), 0);
    run_for(b, 2 * SIM_MS);
    assert_int_equal(n_ended(b, ROUTER_FATE_UNRESOLVED), 1);
    assert_int_equal(n_kept(b, 1), 3);
    forget_frames(b);
    run_for(b, 10 * SIM_S); /* The error to station 0 goes likewise. */
    assert_int_equal(arp_used(b), 0);
}

static void
of_too_many_that_wait_the_oldest_goes(void **state)
{
    struct router_bench *b = *state;
    struct packet *pkt;

    for (uint16_t i = 0; i < 20; i++) {
        send_packet(b,
                    &(struct packet_spec){ .dst = "10.0.1.10", .sport = i });
    }
    assert_int_equal(n_ended(b, ROUTER_FATE_QUEUE_FULL), 4);
    forget_frames(b);
    send_arp(b, 1, ARP_REPLY, NULL, NULL);
    assert_int_equal(n_kept(b, 1), 16);
    pkt = take(b, 1);
    assert_int_equal(get_be16(packet_data(pkt) + 34), 4);
    done(b, 1, pkt);
}

static void
a_gratuitous_message_changes_the_mac(void **state)
{
    struct router_bench *b = *state;

    introduce_stations(b);
    b->stations[1]->mode = PLAIN_CONSUME; /* Another one has its address. */
    send_arp(b, 4, ARP_REQUEST, NULL, NULL);
    forget_frames(b);
    send_arp(b, 5, ARP_REQUEST, "10.0.4.10", "10.0.4.10");
    send_packet(b, &(struct packet_spec){ .dst = "10.0.4.10" });
    assert_int_equal(n_kept(b, 5), 1);
    assert_int_equal(n_kept(b, 4), 1); /* The broadcast. */
}

static void
a_full_table_forgets_who_was_used_least_recently(void **state)
{
    const struct router_config config = { .max_neighbors = 3 };
    struct router_bench *b = router_bench_new(&config);

    (void) state;
    for (int i = 1; i <= 3; i++) {
        send_arp(b, i, ARP_REQUEST, NULL, NULL);
    }
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10" });
    send_packet(b, &(struct packet_spec){ .dst = "10.0.3.10" });
    send_arp(b, 0, ARP_REQUEST, NULL, NULL); /* Number 2 must go. */
    forget_frames(b);
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10" });
    send_packet(b, &(struct packet_spec){ .dst = "10.0.3.10" });
    assert_int_equal(n_kept(b, 1) + n_kept(b, 3), 2);
    assert_int_equal(metric_of(b->router, "router.arp.evicted"), 1);
    send_packet(b, &(struct packet_spec){ .dst = "10.0.2.10" });
    take_arp(b, 2, UINT64_C(0xffffffffffff));
    assert_int_equal(metric_of(b->router, "router.arp.peak"), 3);
    run_for(b, 10 * SIM_S);
    router_bench_free(b);
}

static void
a_table_full_of_the_asked_for_has_no_room(void **state)
{
    const struct router_config config = { .max_neighbors = 2 };
    struct router_bench *b = router_bench_new(&config);

    (void) state;
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10" });
    send_packet(b, &(struct packet_spec){ .dst = "10.0.2.10" });
    send_packet(b, &(struct packet_spec){ .dst = "10.0.3.10" });
    assert_int_equal(n_ended(b, ROUTER_FATE_NEIGHBORS_FULL), 1);
    assert_int_equal(metric_of(b->router, "router.arp.rejected"), 1);
    assert_int_equal(n_kept(b, 3), 0);
    router_bench_free(b);
}

/* Aging. */

static void
a_neighbor_that_is_not_used_is_forgotten_after_the_lifetime(void **state)
{
    struct router_bench *b = *state;

    send_arp(b, 0, ARP_REQUEST, NULL, NULL);
    forget_frames(b);
    run_for(b, LIFETIME - 2 * SIM_MS);
    assert_int_equal(arp_used(b), 1);
    run_for(b, 2 * SIM_MS);
    assert_int_equal(arp_used(b), 0);
    assert_int_equal(n_kept(b, 0), 0);
}

static void
a_neighbor_in_use_is_asked_for_by_its_mac_and_stays(void **state)
{
    struct router_bench *b = *state;
    struct arp_hdr arp;

    send_arp(b, 1, ARP_REQUEST, NULL, NULL);
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10" });
    forget_frames(b);
    run_for(b, LIFETIME);
    arp = take_arp(b, 1, station_mac(1));
    assert_int_equal(arp.op, ARP_REQUEST);
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10" });
    assert_int_equal(n_kept(b, 1), 1); /* In use meanwhile. */
    forget_frames(b);
    send_arp(b, 1, ARP_REPLY, NULL, NULL);
    run_for(b, 10 * SIM_S);
    assert_int_equal(n_kept(b, 1), 0); /* Asked no more. */
    assert_int_equal(arp_used(b), 1);
}

static void
a_neighbor_in_use_that_does_not_answer_any_more_is_forgotten(void **state)
{
    struct router_bench *b = *state;

    send_arp(b, 1, ARP_REQUEST, NULL, NULL);
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10" });
    forget_frames(b);
    run_for(b, LIFETIME + 3 * SIM_S);
    assert_int_equal(n_kept(b, 1), 3);
    assert_int_equal(arp_used(b), 0);
}

static void
neighbors_behind_a_link_that_goes_down_are_forgotten(void **state)
{
    struct router_bench *b = *state;

    introduce_stations(b);
    port_set_up(&b->router->ports[1], false);
    assert_int_equal(arp_used(b), 10);
    port_set_up(&b->router->ports[4], false); /* Of a bridged interface. */
    assert_int_equal(arp_used(b), 8);
    port_set_up(&b->router->ports[1], true);
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10" });
    take_arp(b, 1, UINT64_C(0xffffffffffff));
    send_packet(b, &(struct packet_spec){ .dst = "10.0.4.11" });
    assert_int_equal(n_kept(b, 5), 1);
}

/* Neighbor discovery. */

static void
an_ipv6_neighbor_is_solicited_by_its_group(void **state)
{
    struct router_bench *b = *state;
    struct nd_msg msg;
    struct nd_msg answer = { .type = ND_NEIGHBOR_ADVERT,
                             .target = addr_of("2001:db8:1::a"),
                             .is_solicited = true,
                             .is_override = true,
                             .has_target_mac = true,
                             .target_mac = eth_addr_from_u64(station_mac(1)) };

    send_packet(b, &(struct packet_spec){ .dst = "2001:db8:1::a" });
    msg = take_nd(b, 1, UINT64_C(0x3333ff00000a), "ff02::1:ff00:a");
    assert_int_equal(msg.type, ND_NEIGHBOR_SOLICIT);
    assert_true(ip_addr_equal(&msg.target, &answer.target));
    assert_true(msg.has_source_mac);
    assert_int_equal(eth_addr_to_u64(msg.source_mac), router_mac(1));
    send_nd(b, 1, "2001:db8:1::a", "2001:db8:1::1", 0, &answer);
    assert_int_equal(n_kept(b, 1), 1);
    assert_int_equal(n_ended(b, ROUTER_FATE_ND), 1);
}

static void
a_solicitation_for_its_address_is_answered_and_learned_from(void **state)
{
    struct router_bench *b = *state;
    const struct nd_msg ask = {
        .type = ND_NEIGHBOR_SOLICIT,
        .target = addr_of("2001:db8::1"),
        .has_source_mac = true,
        .source_mac = eth_addr_from_u64(station_mac(0)),
    };
    struct nd_msg msg;

    send_nd(b, 0, "2001:db8::a", "ff02::1:ff00:1", UINT64_C(0x3333ff000001),
            &ask);
    msg = take_nd(b, 0, station_mac(0), "2001:db8::a");
    assert_int_equal(msg.type, ND_NEIGHBOR_ADVERT);
    assert_true(msg.is_router && msg.is_solicited && msg.is_override);
    assert_int_equal(eth_addr_to_u64(msg.target_mac), router_mac(0));
    assert_int_equal(arp_used(b), 1);
}

static void
who_asks_whether_an_address_is_taken_hears_that_it_is(void **state)
{
    struct router_bench *b = *state;
    const struct nd_msg ask = { .type = ND_NEIGHBOR_SOLICIT,
                                .target = addr_of("2001:db8::1") };
    struct nd_msg msg;

    send_nd(b, 0, "::", "ff02::1:ff00:1", UINT64_C(0x3333ff000001), &ask);
    msg = take_nd(b, 0, UINT64_C(0x333300000001), "ff02::1");
    assert_false(msg.is_solicited);
    assert_int_equal(arp_used(b), 0);
}

static void
an_advertisement_without_override_changes_nothing_known(void **state)
{
    struct router_bench *b = *state;
    struct nd_msg msg = { .type = ND_NEIGHBOR_ADVERT,
                          .target = addr_of("2001:db8:4::a"),
                          .has_target_mac = true,
                          .target_mac = eth_addr_from_u64(station_mac(5)) };

    introduce_stations(b);
    send_nd(b, 5, "2001:db8:4::b", "2001:db8:4::1", 0, &msg);
    send_packet(b, &(struct packet_spec){ .dst = "2001:db8:4::a" });
    assert_int_equal(n_kept(b, 4), 1);
    msg.is_override = true;
    send_nd(b, 5, "2001:db8:4::b", "2001:db8:4::1", 0, &msg);
    send_packet(b, &(struct packet_spec){ .dst = "2001:db8:4::a" });
    assert_int_equal(n_kept(b, 5), 1);
}

static void
discovery_from_afar_or_with_a_wrong_sum_is_not_believed(void **state)
{
    struct router_bench *b = *state;
    uint8_t body[ND_SIZE_MAX];
    const struct nd_msg ask = {
        .type = ND_NEIGHBOR_SOLICIT,
        .target = addr_of("2001:db8::1"),
        .has_source_mac = true,
        .source_mac = eth_addr_from_u64(station_mac(0)),
    };
    size_t n = nd_encode(&ask, body);
    struct ip_addr src = addr_of("2001:db8::a"), dst = addr_of("2001:db8::1");
    struct packet_spec spec = { .dst = "2001:db8::1",
                                .ttl = 255,
                                .protocol = IP_PROTO_ICMPV6,
                                .body = body,
                                .payload = n };

    send_packet(b, &spec); /* No checksum. */
    assert_int_equal(n_ended(b, ROUTER_FATE_CHECKSUM), 1);
    icmp6_set_checksum(body, n, n, &src, &dst);
    spec.ttl = 254;
    send_packet(b, &spec);
    assert_int_equal(n_ended(b, ROUTER_FATE_ICMP), 1);
    assert_int_equal(arp_used(b), 0);
    spec.ttl = 255;
    send_packet(b, &spec);
    assert_int_equal(arp_used(b), 1);
}

int
main(void)
{
#define T(NAME)                                                               \
    cmocka_unit_test_setup_teardown(NAME, router_bench_setup,                 \
                                    router_bench_teardown)
    const struct CMUnitTest tests[] = {
        T(a_request_for_its_address_is_answered_and_learned_from),
        T(requests_for_others_are_not_answered_and_teach_nothing_new),
        T(packets_wait_until_the_neighbor_answers),
        T(a_request_is_repeated_each_second_and_given_up_after_three),
        T(of_too_many_that_wait_the_oldest_goes),
        T(a_gratuitous_message_changes_the_mac),
        cmocka_unit_test(a_full_table_forgets_who_was_used_least_recently),
        cmocka_unit_test(a_table_full_of_the_asked_for_has_no_room),
        T(a_neighbor_that_is_not_used_is_forgotten_after_the_lifetime),
        T(a_neighbor_in_use_is_asked_for_by_its_mac_and_stays),
        T(a_neighbor_in_use_that_does_not_answer_any_more_is_forgotten),
        T(neighbors_behind_a_link_that_goes_down_are_forgotten),
        T(an_ipv6_neighbor_is_solicited_by_its_group),
        T(a_solicitation_for_its_address_is_answered_and_learned_from),
        T(who_asks_whether_an_address_is_taken_hears_that_it_is),
        T(an_advertisement_without_override_changes_nothing_known),
        T(discovery_from_afar_or_with_a_wrong_sum_is_not_believed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

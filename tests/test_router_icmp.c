/* The router's own voice: errors of ICMP and ICMPv6, echo, fragments. */

#include <glib.h>
#include <string.h>

#include "models/wire/checksum.h"
#include "models/wire/icmp.h"
#include "models/wire/icmp6.h"
#include "tests/cmocka_all.h"
#include "tests/router_bench.h"

/* Takes the ICMP error of either family that station 0 has got: it must be from
 * 'src', be summed up right, say 'type', 'code' and 'rest', and quote 'about'
 * but for its TTL and checksum. */
static void
assert_error(struct router_bench *b, const char *src, uint8_t type,
             uint8_t code, uint32_t rest, const struct packet_spec *about)
{
    struct packet *pkt = take(b, 0);
    struct packet *sent = make_packet(b, about);
    struct ip_addr from = addr_of(src);
    bool is_v4 = from.family == IP_V4;
    size_t hlen = is_v4 ? IPV4_HLEN : IPV6_HLEN;
    size_t room = is_v4 ? 576 : 1280;
    const uint8_t *ip, *icmp;
    size_t size, quote;

    assert_non_null(pkt);
    ip = packet_data(pkt) + ETH_HLEN;
    icmp = ip + hlen;
    quote = MIN(sent->size - ETH_HLEN, room - hlen - 8);
    size = is_v4 ? get_be16(ip + 2) - hlen : get_be16(ip + 4);
    assert_memory_equal(ip + (is_v4 ? IPV4_OFS_SRC : IPV6_OFS_SRC),
                        from.octets, ip_addr_octets(from.family));
    assert_int_equal(icmp[0], type);
    assert_int_equal(icmp[1], code);
    assert_int_equal(get_be32(icmp + 4), rest);
    assert_int_equal(size, 8 + quote);
    if (is_v4) {
        assert_true(ipv4_checksum_is_right(ip, IPV4_HLEN));
        assert_true(icmp_checksum_is_right(
            icmp, pkt->stored - (size_t) ETH_HLEN - hlen));
        assert_memory_equal(icmp + 8, packet_data(sent) + ETH_HLEN, 8);
        assert_memory_equal(icmp + 8 + 12, packet_data(sent) + ETH_HLEN + 12,
                            16);
    } else {
        struct ip_addr to = ip_addr_from_octets(IP_V6, ip + IPV6_OFS_DST);

        assert_true(icmp6_checksum_is_right(
            icmp, pkt->stored - (size_t) ETH_HLEN - hlen, size, &from, &to));
        assert_memory_equal(icmp + 8, packet_data(sent) + ETH_HLEN, 7);
        assert_memory_equal(icmp + 8 + 8, packet_data(sent) + ETH_HLEN + 8,
                            40);
    }
    done(b, 0, pkt);
    done(b, 0, sent);
}

static void
assert_silent(struct router_bench *b, int station)
{
    assert_int_equal(n_kept(b, station), 0);
}

/* Errors. */

static void
a_ttl_that_is_used_up_is_reported(void **state)
{
    struct router_bench *b = *state;
    struct packet_spec spec = { .dst = "10.0.1.10", .ttl = 1, .payload = 9 };

    introduce_stations(b);
    send_packet(b, &spec);
    assert_error(b, "10.0.0.1", 11, 0, 0, &spec);
    spec.ttl = 2;
    send_packet(b, &spec);
    assert_silent(b, 0);
    assert_int_equal(n_kept(b, 1), 1);
    spec = (struct packet_spec){ .dst = "2001:db8:1::a", .ttl = 1 };
    send_packet(b, &spec);
    assert_error(b, "2001:db8::1", 3, 0, 0, &spec);
    assert_int_equal(n_ended(b, ROUTER_FATE_TTL), 2);
}

static void
a_missing_route_is_reported(void **state)
{
    struct router_bench *b = *state;
    struct packet_spec spec = { .dst = "198.51.100.1", .payload = 2000 };

    introduce_stations(b);
    send_packet(b, &spec);
    assert_error(b, "10.0.0.1", 3, 0, 0, &spec);
    spec = (struct packet_spec){ .dst = "2001:db8:ffff::1", .payload = 2000 };
    send_packet(b, &spec);
    assert_error(b, "2001:db8::1", 1, 0, 0, &spec);
    assert_int_equal(n_ended(b, ROUTER_FATE_NO_ROUTE), 2);
    assert_int_equal(metric_of(b->router, "router.icmp.sent"), 2);
}

static void
a_neighbor_that_does_not_answer_is_reported(void **state)
{
    struct router_bench *b = *state;
    struct packet_spec v4 = { .dst = "10.0.1.99" };
    struct packet_spec v6 = { .dst = "2001:db8:1::63" };

    introduce_stations(b);
    send_packet(b, &v4);
    run_for(b, 3 * SIM_S);
    assert_error(b, "10.255.0.1", 3, 1, 0, &v4);
    send_packet(b, &v6);
    run_for(b, 3 * SIM_S);
    assert_error(b, "2001:db8::1", 1, 3, 0, &v6);
    assert_int_equal(n_ended(b, ROUTER_FATE_UNRESOLVED), 2);
}

static void
a_packet_too_big_for_the_port_out_is_reported(void **state)
{
    struct router_bench *b = *state;
    struct packet_spec spec = { .dst = "10.0.1.10",
                                .dont_fragment = true,
                                .payload = 1400 - 27 };

    introduce_stations(b);
    b->router->ports[1].mtu = 1400;
    send_packet(b, &spec);
    assert_error(b, "10.0.0.1", 3, 4, 1400, &spec);
    spec.payload--; /* Now it fits. */
    send_packet(b, &spec);
    assert_int_equal(n_kept(b, 1), 1);
    spec =
        (struct packet_spec){ .dst = "2001:db8:1::a", .payload = 1400 - 47 };
    send_packet(b, &spec);
    assert_error(b, "2001:db8::1", 2, 0, 1400, &spec);
    spec.payload--;
    send_packet(b, &spec);
    assert_int_equal(n_kept(b, 1), 2);
    assert_silent(b, 0);
}

static void
nothing_is_reported_about_errors_groups_and_later_fragments(void **state)
{
    static const uint8_t error[8] = { 3, 1, 0xfc, 0xfe };
    static const uint8_t error6[8] = { 1, 0 };
    static const uint8_t echo[8] = { 8, 0, 0xf7, 0xff };
    const struct packet_spec quiet[] = {
        { .dst = "198.51.100.1",
          .protocol = IP_PROTO_ICMP,
          .body = error,
          .payload = sizeof error },
        { .dst = "2001:db8:ffff::1",
          .protocol = IP_PROTO_ICMPV6,
          .body = error6,
          .payload = sizeof error6 },
        { .dst = "198.51.100.1", .fragment_offset = 8 },
        { .dst = "224.0.0.5", .ttl = 1 },
        { .dst = "10.0.1.255" },
        { .src = "240.0.0.1", .dst = "198.51.100.1" },
        { .src = "10.0.1.1", .dst = "198.51.100.1" }, /* The router's. */
        { .src = "2001:db8:1::1", .dst = "2001:db8:ffff::1" },
    };
    const struct packet_spec spec = { .dst = "198.51.100.1",
                                      .protocol = IP_PROTO_ICMP,
                                      .body = echo,
                                      .payload = sizeof echo };
    struct router_bench *b = *state;

    introduce_stations(b);
    for (size_t i = 0; i < G_N_ELEMENTS(quiet); i++) {
        send_packet(b, &quiet[i]);
        assert_silent(b, 0);
    }
    assert_int_equal(router_stats(b->router).icmp_sent, 0);
    send_packet(b, &spec); /* An echo request is no error. */
    assert_error(b, "10.0.0.1", 3, 0, 0, &spec);
}

static void
errors_are_limited_in_rate(void **state)
{
    const struct packet_spec spec = { .dst = "198.51.100.1" };
    struct router_bench *b = *state;
    uint64_t sent;

    introduce_stations(b);
    for (int i = 0; i < 500; i++) {
        port_send(&b->stations[0]->node.ports[0], make_packet(b, &spec));
    }
    run_for(b, SIM_MS);
    assert_in_range(n_kept(b, 0), 50, 51);
    forget_frames(b);
    run_for(b, 10 * SIM_MS);
    sent = router_stats(b->router).icmp_sent;
    for (int i = 0; i < 500; i++) {
        port_send(&b->stations[0]->node.ports[0], make_packet(b, &spec));
    }
    run_for(b, SIM_MS);
    assert_in_range(n_kept(b, 0), 10, 12); /* One a millisecond. */
    assert_int_equal(router_stats(b->router).icmp_sent - sent, n_kept(b, 0));
    assert_int_equal(router_stats(b->router).icmp_sent
                         + router_stats(b->router).icmp_suppressed,
                     1000);
}

static void
an_error_belongs_to_the_flow_of_its_packet_and_goes_back(void **state)
{
    struct router_bench *b = *state;
    struct packet *pkt =
        make_packet(b, &(struct packet_spec){ .dst = "198.51.100.1" });

    introduce_stations(b);
    pkt->tag.flow = 7;
    pkt->tag.tenant = 3;
    port_send(&b->stations[0]->node.ports[0], pkt);
    run_for(b, SIM_MS);
    pkt = take(b, 0);
    assert_non_null(pkt);
    assert_int_equal(pkt->tag.flow, 7);
    assert_int_equal(pkt->tag.tenant, 3);
    assert_true(pkt->tag.reply);
    done(b, 0, pkt);
}

/* The router's addresses. */

static void
echo_to_its_own_addresses_is_answered(void **state)
{
    static const uint8_t echo[12] = { 8, 0, 0xe4, 0xf2, 0x12, 0x34,
                                      0, 7, 'p',  'a',  'c',  'a' };
    static const char *const own[] = { "10.0.0.1", "10.0.1.1", "10.255.0.1" };
    struct router_bench *b = *state;
    uint8_t request[12];

    memcpy(request, echo, sizeof echo);
    icmp_set_checksum(request, sizeof request);
    introduce_stations(b);
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++) {
        struct ip_addr src = addr_of(own[i]);
        struct packet *pkt;
        const uint8_t *ip;

        send_packet(b, &(struct packet_spec){ .dst = own[i],
                                              .ttl = 1,
                                              .protocol = IP_PROTO_ICMP,
                                              .body = request,
                                              .payload = sizeof request });
        pkt = take(b, 0);
        assert_non_null(pkt);
        ip = packet_data(pkt) + ETH_HLEN;
        assert_int_equal(get_be32(ip + IPV4_OFS_SRC), ip_addr_to_v4(&src));
        assert_int_equal(ip[IPV4_HLEN], ICMP_ECHO_REPLY);
        assert_memory_equal(ip + IPV4_HLEN + 4, echo + 4, 8);
        assert_true(icmp_checksum_is_right(ip + IPV4_HLEN, 12));
        done(b, 0, pkt);
    }
    assert_int_equal(n_ended(b, ROUTER_FATE_ECHO), 3);
    request[4]++;
    send_packet(b, &(struct packet_spec){ .dst = own[0],
                                          .protocol = IP_PROTO_ICMP,
                                          .body = request,
                                          .payload = sizeof request });
    assert_int_equal(n_ended(b, ROUTER_FATE_CHECKSUM), 1);
}

static void
echo_of_ipv6_is_answered(void **state)
{
    struct router_bench *b = *state;
    struct ip_addr src = addr_of("2001:db8::a"),
                   dst = addr_of("2001:db8:1::1");
    uint8_t request[12] = { 128, 0, 0, 0, 0x12, 0x34, 0, 7, 1, 2, 3, 4 };
    struct packet *pkt;
    const uint8_t *ip;

    icmp6_set_checksum(request, 12, 12, &src, &dst);
    introduce_stations(b);
    send_packet(b, &(struct packet_spec){ .dst = "2001:db8:1::1",
                                          .protocol = IP_PROTO_ICMPV6,
                                          .body = request,
                                          .payload = sizeof request });
    pkt = take(b, 0);
    assert_non_null(pkt);
    ip = packet_data(pkt) + ETH_HLEN;
    assert_int_equal(ip[IPV6_HLEN], ICMP6_ECHO_REPLY);
    assert_memory_equal(ip + IPV6_OFS_SRC, dst.octets, IP_V6_OCTETS);
    assert_true(icmp6_checksum_is_right(ip + IPV6_HLEN, 12, 12, &dst, &src));
    done(b, 0, pkt);
}

static void
what_the_router_does_not_serve_is_refused(void **state)
{
    struct router_bench *b = *state;
    struct packet_spec udp = { .dst = "10.0.1.1", .dport = 33434 };
    struct packet_spec tcp = { .dst = "10.0.1.1", .protocol = IP_PROTO_TCP };
    struct packet_spec udp6 = { .dst = "2001:db8:1::1" };
    struct packet_spec tcp6 = { .dst = "2001:db8:1::1",
                                .protocol = IP_PROTO_TCP };

    introduce_stations(b);
    send_packet(b, &udp);
    assert_error(b, "10.0.0.1", 3, 3, 0, &udp);
    send_packet(b, &tcp);
    assert_error(b, "10.0.0.1", 3, 2, 0, &tcp);
    send_packet(b, &udp6);
    assert_error(b, "2001:db8::1", 1, 4, 0, &udp6);
    send_packet(b, &tcp6);
    assert_error(b, "2001:db8::1", 4, 1, 6, &tcp6);
    assert_int_equal(n_ended(b, ROUTER_FATE_NO_SERVICE), 2);
    assert_int_equal(n_ended(b, ROUTER_FATE_PROTOCOL), 2);
    send_packet(
        b, &(struct packet_spec){ .dst = "10.0.1.1", .more_fragments = true });
    assert_int_equal(n_ended(b, ROUTER_FATE_FRAGMENT), 1);
    assert_silent(b, 0);
}

/* Fragments. */

static void
a_packet_without_df_is_sent_on_in_fragments(void **state)
{
    struct router_bench *b = *state;
    size_t begin = 0;
    struct packet *pkt;

    introduce_stations(b);
    b->router->ports[1].mtu = 1000;
    send_packet(b, &(struct packet_spec){
                       .dst = "10.0.1.10", .sport = 0x1234, .payload = 2492 });
    assert_int_equal(n_kept(b, 1), 3);
    while ((pkt = take(b, 1)) != NULL) {
        struct ipv4_hdr ip;

        assert_true(ipv4_decode(&ip, packet_data(pkt) + ETH_HLEN,
                                pkt->stored - (size_t) ETH_HLEN,
                                pkt->size - (size_t) ETH_HLEN));
        assert_true(
            ipv4_checksum_is_right(packet_data(pkt) + ETH_HLEN, IPV4_HLEN));
        assert_int_equal(ip.id, 77);
        assert_int_equal(ip.ttl, 63);
        assert_int_equal(ip.fragment_offset, begin);
        assert_int_equal(pkt->size, ETH_HLEN + ip.total_length);
        if (!begin) {
            assert_int_equal(get_be16(packet_data(pkt) + 34), 0x1234);
        }
        begin += ipv4_payload_length(&ip);
        assert_int_equal(ip.more_fragments, begin < 2500);
        assert_int_equal(ip.total_length, begin < 2500 ? 996 : 20 + 548);
        done(b, 1, pkt);
    }
    assert_int_equal(begin, 2500);
    assert_int_equal(n_ended(b, ROUTER_FATE_FRAGMENTED), 1);
    assert_int_equal(metric_of(b->router, "router.fragmented_packets"), 1);
}

static void
a_fragment_is_cut_into_fragments(void **state)
{
    struct router_bench *b = *state;
    struct packet *pkt;

    introduce_stations(b);
    b->router->ports[1].mtu = 500;
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10",
                                          .more_fragments = true,
                                          .fragment_offset = 1600,
                                          .payload = 792 });
    assert_int_equal(n_kept(b, 1), 2);
    for (uint16_t i = 0; (pkt = take(b, 1)) != NULL; i++) {
        struct ipv4_hdr ip;

        assert_true(ipv4_decode(&ip, packet_data(pkt) + ETH_HLEN,
                                pkt->stored - (size_t) ETH_HLEN,
                                pkt->size - (size_t) ETH_HLEN));
        assert_int_equal(ip.fragment_offset, 1600 + 480 * i);
        assert_true(ip.more_fragments); /* The last one too. */
        done(b, 1, pkt);
    }
}

static void
only_the_options_that_say_so_go_into_every_fragment(void **state)
{
    /* Record route (not copied), then a copied one of 5 bytes. */
    static const uint8_t options[12] = { 7, 4, 4,    0, 0x88, 4,
                                         1, 2, 0x01, 0, 0,    0 };
    uint8_t body[600] = { 0 };
    struct router_bench *b = *state;
    struct packet *pkt;
    uint8_t *ip;

    introduce_stations(b);
    b->router->ports[1].mtu = 300;
    memcpy(body, options, sizeof options);
    pkt = make_packet(b, &(struct packet_spec){ .dst = "10.0.1.10",
                                                .body = body,
                                                .payload = sizeof body });
    ip = packet_data(pkt) + ETH_HLEN;
    ip[0] = 0x48;
    put_be16(ip + IPV4_OFS_CHECKSUM, 0);
    put_be16(ip + IPV4_OFS_CHECKSUM, checksum_of(ip, 32));
    port_send(&b->stations[0]->node.ports[0], pkt);
    run_for(b, SIM_MS);
    assert_int_equal(n_kept(b, 1), 3); /* 264, 272 and 52 bytes. */
    for (int i = 0; (pkt = take(b, 1)) != NULL; i++) {
        ip = packet_data(pkt) + ETH_HLEN;
        assert_int_equal(ip[0], i ? 0x46 : 0x48);
        assert_memory_equal(ip + 20, i ? options + 4 : options, 4);
        assert_int_equal(get_be16(ip + 2), i == 0   ? 32 + 264
                                           : i == 1 ? 24 + 272
                                                    : 24 + 52);
        assert_true(ipv4_checksum_is_right(ip, 4u * (ip[0] & 0xf)));
        done(b, 1, pkt);
    }
}

static void
an_mtu_that_no_link_may_have_fits_nothing(void **state)
{
    struct router_bench *b = *state;

    introduce_stations(b);
    b->router->ports[1].mtu = 67;
    send_packet(b,
                &(struct packet_spec){ .dst = "10.0.1.10", .payload = 100 });
    assert_int_equal(n_ended(b, ROUTER_FATE_TOO_BIG), 1);
    assert_silent(b, 1);
}

int
main(void)
{
#define T(NAME)                                                               \
    cmocka_unit_test_setup_teardown(NAME, router_bench_setup,                 \
                                    router_bench_teardown)
    const struct CMUnitTest tests[] = {
        T(a_ttl_that_is_used_up_is_reported),
        T(a_missing_route_is_reported),
        T(a_neighbor_that_does_not_answer_is_reported),
        T(a_packet_too_big_for_the_port_out_is_reported),
        T(nothing_is_reported_about_errors_groups_and_later_fragments),
        T(errors_are_limited_in_rate),
        T(an_error_belongs_to_the_flow_of_its_packet_and_goes_back),
        T(echo_to_its_own_addresses_is_answered),
        T(echo_of_ipv6_is_answered),
        T(what_the_router_does_not_serve_is_refused),
        T(a_packet_without_df_is_sent_on_in_fragments),
        T(a_fragment_is_cut_into_fragments),
        T(only_the_options_that_say_so_go_into_every_fragment),
        T(an_mtu_that_no_link_may_have_fits_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

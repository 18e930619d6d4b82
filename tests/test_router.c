/* The router: which way packets go, and which end. */

#include <glib.h>
#include <string.h>

#include "models/wire/checksum.h"
#include "tests/cmocka_all.h"
#include "tests/router_bench.h"

#define FLOWS 600

/* Fails unless 'station' has got one IPv4 packet, from the MAC of the router's
 * interface 'interface' and with 'ttl' left. */
static void
assert_got_v4(struct router_bench *b, int station, uint32_t interface,
              uint8_t ttl)
{
    struct packet *pkt = take(b, station);
    const uint8_t *data;

    assert_non_null(pkt);
    assert_int_equal(n_kept(b, station), 0);
    data = packet_data(pkt);
    assert_int_equal(get_be64(data) >> 16, station_mac(station));
    assert_int_equal(get_be64(data + ETH_ALEN) >> 16, router_mac(interface));
    assert_int_equal(data[ETH_HLEN + IPV4_OFS_TTL], ttl);
    assert_true(ipv4_checksum_is_right(data + ETH_HLEN, IPV4_HLEN));
    done(b, station, pkt);
}

static struct ip_prefix
prefix_of(const char *text)
{
    struct ip_prefix prefix;

    assert_true(ip_prefix_parse(text, &prefix));
    return prefix;
}

/* A route to 'prefix' by 'n' stations' ports from 'first' on, as if they were
 * routers. */
static bool
add_adjacent(struct router_bench *b, const char *prefix, uint32_t first,
             uint32_t n)
{
    struct ip_prefix to = prefix_of(prefix);
    struct router_next_hop hops[N_STATIONS] = { 0 };

    for (uint32_t i = 0; i < n; i++) {
        hops[i].port = first + i;
        hops[i].mac = eth_addr_from_u64(station_mac((int) (first + i)));
    }
    return router_add_route(b->router, ROUTER_ROUTE_COMPUTED, &to, hops, n);
}

static bool
add_via(struct router_bench *b, const char *prefix, const char *via)
{
    struct ip_prefix to = prefix_of(prefix);
    const struct router_next_hop hop = { .via = addr_of(via) };

    return router_add_route(b->router, ROUTER_ROUTE_STATIC, &to, &hop, 1);
}

/* Ways. */

static void
a_packet_goes_to_the_neighbor_on_the_other_network(void **state)
{
    struct router_bench *b = *state;

    introduce_stations(b);
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10", .payload = 50 });
    assert_got_v4(b, 1, 1, 63);
    assert_int_equal(metric_of(b->router, "router.forwarded_packets"), 1);
}

static void
an_ipv6_packet_goes_to_the_neighbor_on_the_other_network(void **state)
{
    struct router_bench *b = *state;
    struct packet *pkt;
    const uint8_t *data;

    introduce_stations(b);
    send_packet(b, &(struct packet_spec){ .dst = "2001:db8:1::a" });
    assert_int_equal(n_kept(b, 1), 1);
    pkt = take(b, 1);
    data = packet_data(pkt);
    assert_int_equal(get_be64(data) >> 16, station_mac(1));
    assert_int_equal(get_be64(data + ETH_ALEN) >> 16, router_mac(1));
    assert_int_equal(data[ETH_HLEN + IPV6_OFS_HOP_LIMIT], 63);
    done(b, 1, pkt);
}

static void
a_packet_follows_the_longest_prefix(void **state)
{
    struct router_bench *b = *state;

    assert_true(add_adjacent(b, "192.168.0.0/16", 1, 1));
    assert_true(add_adjacent(b, "192.168.7.0/24", 2, 1));
    assert_true(add_adjacent(b, "192.168.7.7/32", 3, 1));
    assert_true(add_adjacent(b, "2001:db8:99::/48", 2, 1));
    send_packet(b, &(struct packet_spec){ .dst = "192.168.1.1" });
    send_packet(b, &(struct packet_spec){ .dst = "192.168.7.1" });
    send_packet(b, &(struct packet_spec){ .dst = "192.168.7.7" });
    assert_got_v4(b, 1, 1, 63);
    assert_got_v4(b, 2, 2, 63);
    assert_got_v4(b, 3, 3, 63);
    send_packet(b, &(struct packet_spec){ .dst = "2001:db8:99:1::1" });
    assert_int_equal(n_kept(b, 2), 1);
    assert_int_equal(metric_of(b->router, "router.host_routes.used"), 1);
    assert_int_equal(metric_of(b->router, "router.routes.used"), 10 + 3);
}

static void
a_static_route_goes_by_the_neighbor_that_it_names(void **state)
{
    struct router_bench *b = *state;

    introduce_stations(b);
    assert_true(router_reaches(
        b->router,
        &(struct ip_addr){ .family = IP_V4, .octets = { 10, 0, 2, 10 } }));
    assert_true(add_via(b, "0.0.0.0/0", "10.0.2.10"));
    assert_true(add_via(b, "::/0", "2001:db8:3::a"));
    send_packet(b, &(struct packet_spec){ .dst = "198.51.100.1" });
    assert_got_v4(b, 2, 2, 63);
    send_packet(b, &(struct packet_spec){ .dst = "2001:db8:ffff::1" });
    assert_int_equal(n_kept(b, 3), 1);
}

static void
a_static_route_is_preferred_and_stays(void **state)
{
    struct router_bench *b = *state;

    introduce_stations(b);
    assert_true(add_via(b, "192.0.2.0/24", "10.0.2.10"));
    assert_true(add_adjacent(b, "192.0.2.0/24", 1, 1));
    send_packet(b, &(struct packet_spec){ .dst = "192.0.2.1" });
    assert_got_v4(b, 2, 2, 63);
    assert_true(add_adjacent(b, "192.0.3.0/24", 1, 1));
    router_clear_routes(b->router);
    send_packet(b, &(struct packet_spec){ .dst = "192.0.2.1" });
    assert_got_v4(b, 2, 2, 63);
    send_packet(b, &(struct packet_spec){ .dst = "192.0.3.1" });
    assert_int_equal(n_ended(b, ROUTER_FATE_NO_ROUTE), 1);
}

static void
a_route_that_found_no_room_is_counted_and_not_used(void **state)
{
    const struct router_config config = {
        .max_routes = 11, /* Its ten networks and one more. */
        .max_host_routes = 1,
        .max_neighbors = 16,
    };
    struct router_bench *b = router_bench_new(&config);

    (void) state;
    assert_true(add_adjacent(b, "0.0.0.0/0", 1, 1));
    assert_false(add_adjacent(b, "192.0.2.0/24", 2, 1));
    assert_true(add_adjacent(b, "192.0.2.1/32", 3, 1));
    assert_false(add_adjacent(b, "192.0.2.2/32", 2, 1));
    send_packet(b, &(struct packet_spec){ .dst = "192.0.2.1" });
    assert_got_v4(b, 3, 3, 63);
    send_packet(b, &(struct packet_spec){ .dst = "192.0.2.2" });
    assert_got_v4(b, 1, 1, 63);
    assert_int_equal(metric_of(b->router, "router.routes.rejected"), 1);
    assert_int_equal(metric_of(b->router, "router.host_routes.rejected"), 1);
    router_bench_free(b);
}

/* Several ways. */

static void
send_flows(struct router_bench *b, const char *dst)
{
    for (uint16_t i = 0; i < FLOWS; i++) {
        send_packet(b, &(struct packet_spec){ .dst = dst, .sport = i });
    }
}

static void
flows_spread_over_equal_next_hops(void **state)
{
    struct router_bench *b = *state;

    assert_true(add_adjacent(b, "192.0.2.0/24", 1, 3));
    assert_true(add_adjacent(b, "2001:db8:99::/48", 1, 3));
    assert_int_equal(metric_of(b->router, "router.ecmp.paths_used"), 0);
    send_packet(b, &(struct packet_spec){ .dst = "192.0.2.1" });
    assert_int_equal(metric_of(b->router, "router.ecmp.paths_used"), 1);
    send_flows(b, "192.0.2.1");
    send_flows(b, "2001:db8:99::1");
    assert_int_equal(metric_of(b->router, "router.ecmp.paths_used"), 3);
    for (int i = 1; i <= 3; i++) { /* 400 of 1,200, and 6 sigma. */
        assert_in_range(n_kept(b, i), 302, 498);
    }
}

static void
packets_of_a_flow_take_one_way(void **state)
{
    struct router_bench *b = *state;

    assert_true(add_adjacent(b, "192.0.2.0/24", 1, 3));
    for (int i = 0; i < 20; i++) {
        send_packet(b, &(struct packet_spec){ .dst = "192.0.2.1" });
    }
    assert_int_equal(n_kept(b, 1) * n_kept(b, 1) + n_kept(b, 2) * n_kept(b, 2)
                         + n_kept(b, 3) * n_kept(b, 3),
                     20 * 20);
}

static void
a_hop_whose_link_is_down_is_skipped_at_once(void **state)
{
    struct router_bench *b = *state;

    assert_true(add_adjacent(b, "192.0.2.0/24", 1, 3));
    send_packet(b, &(struct packet_spec){ .dst = "192.0.2.1" });
    forget_frames(b);
    port_set_up(&b->router->ports[2], false);
    send_flows(b, "192.0.2.1");
    assert_int_equal(n_kept(b, 2), 0);
    assert_int_equal(n_kept(b, 1) + n_kept(b, 3), FLOWS);
    assert_in_range(n_kept(b, 1), 227, 373); /* Half, and 6 sigma. */
    forget_frames(b);
    port_set_up(&b->router->ports[2], true);
    send_flows(b, "192.0.2.1");
    assert_in_range(n_kept(b, 2), 131, 269); /* A third. */
}

static void
a_route_over_links_that_are_down_is_not_used(void **state)
{
    struct router_bench *b = *state;

    assert_true(add_adjacent(b, "192.0.0.0/16", 3, 1));
    assert_true(add_adjacent(b, "192.0.2.0/24", 1, 2));
    port_set_up(&b->router->ports[1], false);
    port_set_up(&b->router->ports[2], false);
    send_packet(b, &(struct packet_spec){ .dst = "192.0.2.1" });
    assert_got_v4(b, 3, 3, 63);
    port_set_up(&b->router->ports[3], false);
    send_packet(b, &(struct packet_spec){ .dst = "192.0.2.1" });
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10" });
    assert_int_equal(n_ended(b, ROUTER_FATE_NO_ROUTE), 2);
}

/* Ends. */

static void
headers_that_are_wrong_end(void **state)
{
    static const struct {
        size_t offset;
        uint8_t value;
        enum router_fate fate;
    } wrong[] = {
        { 0, 0x55, ROUTER_FATE_MALFORMED }, { 0, 0x44, ROUTER_FATE_MALFORMED },
        { 0, 0x4f, ROUTER_FATE_MALFORMED }, { 2, 0x40, ROUTER_FATE_MALFORMED },
        { 3, 19, ROUTER_FATE_MALFORMED },   { 3, 21, ROUTER_FATE_CHECKSUM },
        { 8, 63, ROUTER_FATE_CHECKSUM },    { 19, 11, ROUTER_FATE_CHECKSUM },
    };
    struct router_bench *b = *state;

    introduce_stations(b);
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        struct packet *pkt =
            make_packet(b, &(struct packet_spec){ .dst = "10.0.1.10" });
        uint64_t n = n_ended(b, wrong[i].fate);

        packet_data(pkt)[ETH_HLEN + wrong[i].offset] = wrong[i].value;
        port_send(&b->stations[0]->node.ports[0], pkt);
        run_for(b, SIM_MS);
        assert_int_equal(n_ended(b, wrong[i].fate), n + 1);
    }
    assert_int_equal(n_kept(b, 1), 0);
}

static void
ipv6_headers_that_are_wrong_end(void **state)
{
    struct router_bench *b = *state;
    const struct packet_spec spec = { .dst = "2001:db8:1::a" };
    struct packet *pkt = make_packet(b, &spec);

    packet_data(pkt)[ETH_HLEN] = 0x40;
    port_send(&b->stations[0]->node.ports[0], pkt);
    pkt = make_packet(b, &spec);
    packet_data(pkt)[ETH_HLEN + 5]++; /* Longer than it is. */
    port_send(&b->stations[0]->node.ports[0], pkt);
    run_for(b, SIM_MS);
    assert_int_equal(n_ended(b, ROUTER_FATE_MALFORMED), 2);
}

static void
options_are_kept_and_summed_up(void **state)
{
    static const uint8_t nops[4] = { 1, 1, 1, 0 };
    struct router_bench *b = *state;
    struct packet *pkt;
    uint8_t *ip;

    introduce_stations(b);
    pkt = make_packet(b, &(struct packet_spec){ .dst = "10.0.1.10",
                                                .body = nops,
                                                .payload = sizeof nops });
    ip = packet_data(pkt) + ETH_HLEN; /* Its data becomes an option. */
    ip[0] = 0x46;
    put_be16(ip + IPV4_OFS_CHECKSUM, 0);
    put_be16(ip + IPV4_OFS_CHECKSUM, checksum_of(ip, 24));
    port_send(&b->stations[0]->node.ports[0], pkt);
    run_for(b, SIM_MS);
    pkt = take(b, 1);
    assert_non_null(pkt);
    assert_true(ipv4_checksum_is_right(packet_data(pkt) + ETH_HLEN, 24));
    assert_memory_equal(packet_data(pkt) + ETH_HLEN + 20, nops, 4);
    done(b, 1, pkt);
}

static void
martians_and_groups_end(void **state)
{
    static const struct {
        const char *src, *dst;
        enum router_fate fate;
    } packets[] = {
        { "127.0.0.1", "10.0.1.10", ROUTER_FATE_MARTIAN },
        { "0.0.0.0", "10.0.1.10", ROUTER_FATE_MARTIAN },
        { "224.0.0.5", "10.0.1.10", ROUTER_FATE_MARTIAN },
        { "255.255.255.255", "10.0.1.10", ROUTER_FATE_MARTIAN },
        { NULL, "127.0.0.1", ROUTER_FATE_MARTIAN },
        { NULL, "0.1.2.3", ROUTER_FATE_MARTIAN },
        { NULL, "224.0.0.5", ROUTER_FATE_GROUP },
        { NULL, "255.255.255.255", ROUTER_FATE_GROUP },
        { NULL, "10.0.1.255", ROUTER_FATE_GROUP },
        { "ff02::1", "2001:db8:1::a", ROUTER_FATE_MARTIAN },
        { "::1", "2001:db8:1::a", ROUTER_FATE_MARTIAN },
        { "::", "2001:db8:1::a", ROUTER_FATE_MARTIAN },
        { NULL, "::1", ROUTER_FATE_MARTIAN },
        { NULL, "ff0e::1", ROUTER_FATE_GROUP },
        { "fe80::1", "2001:db8:1::a", ROUTER_FATE_LINK_LOCAL },
        { NULL, "fe80::1", ROUTER_FATE_LINK_LOCAL },
    };
    struct router_bench *b = *state;

    introduce_stations(b);
    for (size_t i = 0; i < G_N_ELEMENTS(packets); i++) {
        uint64_t n = n_ended(b, packets[i].fate);

        send_packet(b, &(struct packet_spec){ .src = packets[i].src,
                                              .dst = packets[i].dst });
        assert_int_equal(n_ended(b, packets[i].fate), n + 1);
    }
    assert_int_equal(n_kept(b, 1), 0);
}

static void
frames_that_are_not_for_the_router_end(void **state)
{
    static const uint8_t lldp[60] = { 0x01, 0x80, 0xc2, 0, 0, 0x0e, 2,
                                      0,    0,    0,    0, 9, 0x88, 0xcc };
    uint8_t odd[60] = { 2, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 9, 0x81, 0 };
    struct router_bench *b = *state;
    struct packet_spec spec = { .dst = "10.0.1.10" };

    spec.dst_mac = router_mac(1); /* Another interface's. */
    send_packet(b, &spec);
    assert_int_equal(n_ended(b, ROUTER_FATE_NOT_MINE), 1);
    spec.dst_mac = UINT64_C(0xffffffffffff);
    send_packet(b, &spec);
    assert_int_equal(n_ended(b, ROUTER_FATE_GROUP), 1);
    send_bytes(b, 0, lldp, sizeof lldp);
    assert_int_equal(n_ended(b, ROUTER_FATE_RESERVED_GROUP), 1);
    send_bytes(b, 0, odd, sizeof odd); /* A VLAN tag. */
    assert_int_equal(n_ended(b, ROUTER_FATE_ETHERTYPE), 1);
    b->router->ops->receive(b->router, &b->router->ports[0],
                            node_new_packet(b->router, 13, 60));
    assert_int_equal(n_ended(b, ROUTER_FATE_RUNT), 1);
    b->router->ops->receive(b->router, &b->router->ports[N_STATIONS],
                            make_packet(b, &spec));
    assert_int_equal(n_ended(b, ROUTER_FATE_NO_INTERFACE), 1);
}

static void
the_pad_of_a_short_frame_is_not_passed_on(void **state)
{
    struct router_bench *b = *state;
    struct packet *pkt;

    introduce_stations(b);
    b->router->ports[1].mtu = 41; /* 29 bytes fit, the pad does not. */
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10", .payload = 1 });
    pkt = take(b, 1);
    assert_non_null(pkt);
    done(b, 1, pkt);
}

/* What is said. */

static void
lookups_are_told_in_words(void **state)
{
    struct router_bench *b = *state;

    assert_true(add_adjacent(b, "192.0.2.0/24", 1, 3));
    assert_true(add_adjacent(b, "192.0.3.0/24", 2, 1));
    sim_listen_to_notes(b->sim, &b->notes);
    send_packet(b, &(struct packet_spec){ .dst = "192.0.2.1" });
    assert_true(g_str_has_prefix(
        b->heard->str, "fib: lookup 192.0.2.1 -> 192.0.2.0/24: 3 next hops\n"
                       "ecmp: outer-5tuple hash "));
    g_string_truncate(b->heard, 0);
    send_packet(b, &(struct packet_spec){ .dst = "192.0.3.1" });
    send_packet(b, &(struct packet_spec){ .dst = "192.0.4.1" });
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10" });
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10" });
    send_arp(b, 1, ARP_REPLY, NULL, NULL);
    assert_string_equal(b->heard->str,
                        "fib: lookup 192.0.3.1 -> 192.0.3.0/24: p2\n"
                        "fib: lookup 192.0.4.1 -> no route\n"
                        "arp: asks who has 10.0.0.10\n"
                        "fib: lookup 10.0.1.10 -> 10.0.1.0/24: on-link\n"
                        "arp: asks who has 10.0.1.10\n"
                        "fib: lookup 10.0.1.10 -> 10.0.1.0/24: on-link\n"
                        "arp: waits for the MAC of 10.0.1.10\n"
                        "arp: next hop 10.0.1.10 is at 02:00:00:00:00:01\n"
                        "arp: next hop 10.0.1.10 is at 02:00:00:00:00:01\n");
}

static void
tables_say_how_full_they_are(void **state)
{
    static const char *const names[] = { "arp", "routes", "host_routes" };
    static const uint64_t capacities[] = { 16, 64, 8 };
    static const uint64_t used[] = { 12, 10, 0 };
    struct router_bench *b = *state;
    struct table_usage usage;

    introduce_stations(b);
    for (unsigned int i = 0; i < 3; i++) {
        assert_true(b->router->ops->table(b->router, i, &usage));
        assert_string_equal(usage.name, names[i]);
        assert_int_equal(usage.capacity, capacities[i]);
        assert_int_equal(usage.used, used[i]);
        assert_int_equal(usage.peak, used[i]);
    }
    assert_false(b->router->ops->table(b->router, 3, &usage));
}

static void
a_reboot_forgets_what_was_learned(void **state)
{
    struct router_bench *b = *state;

    introduce_stations(b);
    assert_true(add_adjacent(b, "192.0.2.0/24", 1, 1));
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.99" }); /* Waits. */
    for (uint32_t i = 0; i < N_STATIONS; i++) {
        port_hold_down(&b->router->ports[i]);
    }
    b->router->ops->reboot(b->router);
    for (uint32_t i = 0; i < N_STATIONS; i++) {
        port_release(&b->router->ports[i]);
    }
    assert_int_equal(metric_of(b->router, "router.arp.used"), 0);
    assert_int_equal(metric_of(b->router, "router.routes.used"), 10);
    assert_int_equal(n_ended(b, ROUTER_FATE_UNRESOLVED), 1);
    forget_frames(b);
    introduce_stations(b);
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10" });
    assert_got_v4(b, 1, 1, 63);
}

int
main(void)
{
#define T(NAME)                                                               \
    cmocka_unit_test_setup_teardown(NAME, router_bench_setup,                 \
                                    router_bench_teardown)
    const struct CMUnitTest tests[] = {
        T(a_packet_goes_to_the_neighbor_on_the_other_network),
        T(an_ipv6_packet_goes_to_the_neighbor_on_the_other_network),
        T(a_packet_follows_the_longest_prefix),
        T(a_static_route_goes_by_the_neighbor_that_it_names),
        T(a_static_route_is_preferred_and_stays),
        cmocka_unit_test(a_route_that_found_no_room_is_counted_and_not_used),
        T(flows_spread_over_equal_next_hops),
        T(packets_of_a_flow_take_one_way),
        T(a_hop_whose_link_is_down_is_skipped_at_once),
        T(a_route_over_links_that_are_down_is_not_used),
        T(headers_that_are_wrong_end),
        T(ipv6_headers_that_are_wrong_end),
        T(options_are_kept_and_summed_up),
        T(martians_and_groups_end),
        T(frames_that_are_not_for_the_router_end),
        T(the_pad_of_a_short_frame_is_not_passed_on),
        T(lookups_are_told_in_words),
        T(tables_say_how_full_they_are),
        T(a_reboot_forgets_what_was_learned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

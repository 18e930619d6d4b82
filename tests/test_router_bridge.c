/* Interfaces of several ports: a switch with a router in it.  Stations 4 and 5
 * are on one. */

#include "tests/cmocka_all.h"
#include "tests/router_bench.h"

#define BROADCAST UINT64_C(0xffffffffffff)

/* Takes one frame from 'station' and fails unless it was from 'src'. */
static void
assert_got_from(struct router_bench *b, int station, uint64_t src)
{
    struct packet *pkt = take(b, station);

    assert_non_null(pkt);
    assert_int_equal(get_be64(packet_data(pkt) + ETH_ALEN) >> 16, src);
    done(b, station, pkt);
}

static void
neighbors_on_one_interface_talk_without_the_router(void **state)
{
    struct router_bench *b = *state;
    struct packet *pkt;

    send_packet(b, &(struct packet_spec){ .from = 4,
                                          .dst = "10.0.4.11",
                                          .dst_mac = station_mac(5) });
    pkt = take(b, 5);
    assert_non_null(pkt);
    assert_int_equal(get_be64(packet_data(pkt) + ETH_ALEN) >> 16,
                     station_mac(4));
    assert_int_equal(packet_data(pkt)[ETH_HLEN + IPV4_OFS_TTL], 64);
    done(b, 5, pkt);
    assert_int_equal(metric_of(b->router, "router.bridged_frames"), 1);
    assert_int_equal(metric_of(b->router, "router.forwarded_packets"), 0);
}

static void
arp_between_neighbors_is_bridged_and_heard(void **state)
{
    struct router_bench *b = *state;

    send_arp(b, 4, ARP_REQUEST, NULL, "10.0.4.11");
    assert_got_from(b, 5, station_mac(4));
    assert_int_equal(n_ended(b, ROUTER_FATE_ARP), 1);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(n_kept(b, i), 0);
    }
}

static void
what_is_for_the_router_is_not_bridged(void **state)
{
    struct router_bench *b = *state;

    introduce_stations(b);
    send_packet(b, &(struct packet_spec){ .from = 4, .dst = "10.0.1.10" });
    assert_int_equal(n_kept(b, 5), 0);
    assert_got_from(b, 1, router_mac(1));
    send_packet(b, &(struct packet_spec){ .from = 4, .dst = "10.0.4.11" });
    assert_got_from(b, 5, router_mac(4)); /* Routed, on the same network. */
}

static void
a_routed_packet_leaves_by_the_port_of_its_neighbor(void **state)
{
    struct router_bench *b = *state;

    introduce_stations(b);
    send_packet(b, &(struct packet_spec){ .dst = "10.0.4.11" });
    send_packet(b, &(struct packet_spec){ .dst = "10.0.4.10" });
    assert_int_equal(n_kept(b, 4), 1);
    assert_int_equal(n_kept(b, 5), 1);
    assert_got_from(b, 5, router_mac(4));
}

static void
a_routed_packet_to_a_mac_behind_no_known_port_is_flooded(void **state)
{
    struct router_bench *b = *state;
    const struct eth_hdr eth = { eth_addr_from_u64(router_mac(4)),
                                 eth_addr_from_u64(station_mac(4)),
                                 ETH_TYPE_ARP };
    const struct arp_hdr arp = {
        .op = ARP_REQUEST,
        .sha = eth_addr_from_u64(station_mac(9)), /* Never sent from. */
        .spa = addr_of("10.0.4.99"),
        .tpa = addr_of("10.0.4.1"),
    };
    uint8_t frame[ETH_HLEN + ARP_HLEN];

    introduce_stations(b);
    eth_encode(&eth, frame);
    arp_encode(&arp, frame + ETH_HLEN);
    send_bytes(b, 4, frame, sizeof frame);
    forget_frames(b);
    send_packet(b, &(struct packet_spec){ .dst = "10.0.4.99" });
    assert_got_from(b, 4, router_mac(4));
    assert_got_from(b, 5, router_mac(4));
}

/* Sends a broadcast from 'port' as if station 4 were there. */
static void
speak_as_4(struct router_bench *b, int port)
{
    struct packet *pkt = make_packet(
        b, &(struct packet_spec){
               .from = port, .dst = "10.0.4.99", .dst_mac = BROADCAST });

    put_be16(packet_data(pkt) + ETH_ALEN, (uint16_t) (station_mac(4) >> 32));
    put_be32(packet_data(pkt) + ETH_ALEN + 2, (uint32_t) station_mac(4));
    port_send(&b->stations[port]->node.ports[0], pkt);
    run_for(b, SIM_MS);
    forget_frames(b);
}

static void
a_station_that_moves_is_found_at_its_new_port(void **state)
{
    struct router_bench *b = *state;

    introduce_stations(b);
    for (int port = 5, i = 0; i < 4; i++, port = 9 - port) {
        speak_as_4(b, port);
        speak_as_4(b, port);
        send_packet(b, &(struct packet_spec){ .dst = "10.0.4.10" });
        assert_int_equal(n_kept(b, port), 1);
        assert_int_equal(n_kept(b, 9 - port), 0);
        forget_frames(b);
    }
}

static void
a_station_that_goes_on_sending_does_not_age(void **state)
{
    struct router_bench *b = *state;

    introduce_stations(b);
    for (int i = 0; i < 400; i++) {
        speak_as_4(b, 4);
        run_for(b, SIM_S);
    }
    forget_frames(b);
    send_packet(b, &(struct packet_spec){ .from = 5,
                                          .dst = "10.0.1.10",
                                          .dst_mac = station_mac(4) });
    assert_int_equal(n_kept(b, 4), 1);
    send_packet(b, &(struct packet_spec){ .from = 4,
                                          .dst = "10.0.1.10",
                                          .dst_mac = station_mac(9) });
    assert_int_equal(n_kept(b, 5), 1); /* Unknown: flooded. */
}

static void
a_broadcast_goes_to_the_other_ports_and_is_no_loss(void **state)
{
    struct router_bench *b = *state;

    send_packet(b, &(struct packet_spec){
                       .from = 4, .dst = "10.0.4.255", .dst_mac = BROADCAST });
    assert_got_from(b, 5, station_mac(4));
    assert_int_equal(n_ended(b, ROUTER_FATE_FLOODED), 1);
    assert_int_equal(n_ended(b, ROUTER_FATE_GROUP), 0);
}

static void
a_frame_for_the_port_it_came_from_ends(void **state)
{
    struct router_bench *b = *state;

    introduce_stations(b);
    send_packet(b, &(struct packet_spec){ .from = 4,
                                          .dst = "10.0.4.10",
                                          .dst_mac = station_mac(4) });
    assert_int_equal(n_ended(b, ROUTER_FATE_SAME_PORT), 1);
}

static void
a_frame_above_the_mtu_of_the_port_out_ends(void **state)
{
    struct router_bench *b = *state;

    introduce_stations(b);
    b->router->ports[5].mtu = 100;
    send_packet(b, &(struct packet_spec){ .from = 4,
                                          .dst = "10.0.4.11",
                                          .dst_mac = station_mac(5),
                                          .payload = 73 });
    assert_int_equal(n_ended(b, ROUTER_FATE_TOO_BIG), 1);
    assert_int_equal(n_kept(b, 5), 0);
    assert_int_equal(router_stats(b->router).icmp_sent, 0);
}

static void
a_port_that_goes_down_loses_its_addresses(void **state)
{
    struct router_bench *b = *state;

    introduce_stations(b);
    port_set_up(&b->router->ports[5], false);
    send_packet(b, &(struct packet_spec){ .from = 4,
                                          .dst = "10.0.4.11",
                                          .dst_mac = station_mac(5) });
    assert_int_equal(n_ended(b, ROUTER_FATE_NO_PORT), 1);
    send_packet(b, &(struct packet_spec){ .dst = "10.0.4.10" });
    assert_int_equal(n_kept(b, 4), 1); /* The other port still works. */
}

int
main(void)
{
#define T(NAME)                                                               \
    cmocka_unit_test_setup_teardown(NAME, router_bench_setup,                 \
                                    router_bench_teardown)
    const struct CMUnitTest tests[] = {
        T(neighbors_on_one_interface_talk_without_the_router),
        T(arp_between_neighbors_is_bridged_and_heard),
        T(what_is_for_the_router_is_not_bridged),
        T(a_routed_packet_leaves_by_the_port_of_its_neighbor),
        T(a_routed_packet_to_a_mac_behind_no_known_port_is_flooded),
        T(a_station_that_moves_is_found_at_its_new_port),
        T(a_station_that_goes_on_sending_does_not_age),
        T(a_broadcast_goes_to_the_other_ports_and_is_no_loss),
        T(a_frame_for_the_port_it_came_from_ends),
        T(a_frame_above_the_mtu_of_the_port_out_ends),
        T(a_port_that_goes_down_loses_its_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

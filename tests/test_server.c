/* Bare servers on a switch. */

#include "models/guest/server.h"

#include <malloc.h>
#include <string.h>

#include "models/wire/ipv4.h"
#include "sim/port.h"
#include "tests/cmocka_all.h"
#include "tests/server_bench.h"

static void
servers_ping_each_other(void **state)
{
    struct server_bench *b = *state;

    server_bench_flow(b, "ping", 1);
    server_bench_start(b, 0, 0, 1);
    server_bench_run(b, SIM_S);
    assert_int_equal(server_bench_sent(b, 0)->completed, 3);
    /* Two links there, two back; ARP before the first. */
    assert_in_range(server_bench_sent(b, 0)->latency.min, 4 * SIM_US,
                    6 * SIM_US);
}

static void
servers_send_datagrams(void **state)
{
    struct server_bench *b = *state;

    server_bench_flow(b, "udp", 2);
    server_bench_start(b, 0, 0, 2);
    server_bench_run(b, SIM_S);
    assert_int_equal(server_bench_got(b, 0)->received, 3);
    assert_int_equal(server_bench_got(b, 0)->delivered_bytes, 300);
}

static void
servers_open_tcp_connections(void **state)
{
    struct server_bench *b = *state;

    server_bench_flow(b, "tcp", 1);
    server_bench_start(b, 0, 2, 1);
    server_bench_run(b, SIM_S);
    assert_int_equal(server_bench_got(b, 0)->completed, 1);
    assert_int_equal(server_bench_got(b, 0)->delivered_bytes, 10000);
}

static void
one_server_serves_several_flows_on_one_port(void **state)
{
    struct server_bench *b = *state;

    server_bench_flow(b, "udp", 1);
    server_bench_flow(b, "udp", 1)->count = 5;
    server_bench_flow(b, "tcp", 1);
    server_bench_flow(b, "ping", 0);
    server_bench_start(b, 0, 0, 1);
    server_bench_start(b, 1, 2, 1);
    server_bench_start(b, 2, 2, 1);
    server_bench_start(b, 3, 1, 0);
    server_bench_run(b, SIM_S);
    assert_int_equal(server_bench_got(b, 0)->received, 3);
    assert_int_equal(server_bench_got(b, 1)->received, 5);
    assert_int_equal(server_bench_got(b, 2)->completed, 1);
    assert_int_equal(server_bench_sent(b, 3)->completed, 3);
}

/* Sends server 0 a broadcast, or a frame to 'mac', that carries UDP to
 * 'dst'. */
static void
send_udp(struct server_bench *b, struct eth_addr mac, uint32_t dst)
{
    const struct eth_hdr eth = { mac, eth_addr_from_u64(0x020000000099),
                                 ETH_TYPE_IPV4 };
    const struct ipv4_hdr ip = {
        .header_length = IPV4_HLEN,
        .ttl = 64,
        .protocol = IP_PROTO_UDP,
        .total_length = IPV4_HLEN + 8,
        .src = ip_addr_from_v4(0x0a000063),
        .dst = ip_addr_from_v4(dst),
    };
    size_t size = ETH_HLEN + IPV4_HLEN + 8;
    struct packet *pkt = node_new_packet(b->sw, size, size);

    memset(packet_data(pkt), 0, size);
    eth_encode(&eth, packet_data(pkt));
    ipv4_encode(&ip, packet_data(pkt) + ETH_HLEN);
    packet_data(pkt)[ETH_HLEN + IPV4_HLEN + 5] = 8; /* UDP's length. */
    port_send(&b->sw->ports[0], pkt);
    server_bench_run(b, sim_now(b->sim) + SIM_MS);
}

static void
frames_for_another_mac_or_address_end_by_name(void **state)
{
    struct server_bench *b = *state;
    const struct fate *not_mine = &guest_fates[GUEST_FATE_NOT_MINE];
    const struct fate *no_socket = &guest_fates[GUEST_FATE_NO_SOCKET];
    struct eth_addr own = guest_mac(server_guest(b->servers[0]));

    send_udp(b, eth_addr_from_u64(0x020000000077), 0x0a000001);
    assert_int_equal(node_fate_count(b->servers[0], not_mine), 1);
    send_udp(b, own, 0x0a000002);
    assert_int_equal(node_fate_count(b->servers[0], not_mine), 2);
    send_udp(b, own, 0x0a000001);
    assert_int_equal(node_fate_count(b->servers[0], not_mine), 2);
    assert_int_equal(node_fate_count(b->servers[0], no_socket), 1);
}

/* Counts frames by their direction. */
struct counting {
    struct tap tap;
    unsigned int n[2];
};

static void
count_frame(struct tap *tap, const struct tap_point *point,
            enum tap_direction direction, const struct packet *pkt)
{
    struct counting *counting = (struct counting *) (void *) tap;

    (void) pkt;
    assert_string_equal(point->name, "h1:eth0");
    counting->n[direction]++;
}

static void
all_that_a_server_sends_and_gets_is_seen_at_its_port(void **state)
{
    struct server_bench *b = *state;
    struct counting counting = { .tap = { .frame = count_frame } };

    tap_add(&b->servers[0]->ports[0].tap, &counting.tap);
    server_bench_flow(b, "ping", 1);
    server_bench_start(b, 0, 0, 1);
    server_bench_run(b, SIM_S);
    assert_int_equal(counting.n[TAP_OUT], 1 + 3); /* ARP and pings. */
    assert_int_equal(counting.n[TAP_IN], 1 + 3);
}

static void
a_server_that_is_down_gets_and_sends_nothing(void **state)
{
    struct server_bench *b = *state;
    const struct fate *down = &server_fates[SERVER_FATE_DOWN];

    server_bench_flow(b, "ping", 1)->count = 10;
    server_bench_flow(b, "udp", 2)->count = 10;
    server_bench_start(b, 0, 0, 1);
    server_bench_start(b, 1, 1, 2);
    server_bench_run(b, 4 * SIM_MS + 500 * SIM_US);
    server_set_down(b->servers[1], true);
    server_bench_run(b, SIM_S);
    assert_int_equal(server_bench_sent(b, 0)->sent, 10);
    assert_int_equal(server_bench_sent(b, 0)->completed, 5);
    assert_int_equal(node_fate_count(b->servers[1], down), 5);
    assert_int_equal(server_bench_sent(b, 1)->sent, 5);
}

static void
a_server_that_is_up_again_goes_on_where_it_stopped(void **state)
{
    struct server_bench *b = *state;

    server_bench_flow(b, "udp", 2)->count = 10;
    server_bench_start(b, 0, 1, 2);
    server_bench_run(b, 4 * SIM_MS + 500 * SIM_US);
    server_set_down(b->servers[1], true);
    server_bench_run(b, 100 * SIM_MS);
    server_set_down(b->servers[1], false);
    server_bench_run(b, 100 * SIM_MS + 10 * SIM_US);
    assert_int_equal(server_bench_sent(b, 0)->sent, 6);
    server_bench_run(b, SIM_S);
    assert_int_equal(server_bench_sent(b, 0)->sent, 10);
    assert_int_equal(server_bench_got(b, 0)->received, 10);
    assert_in_range(server_bench_got(b, 0)->last, 104 * SIM_MS,
                    104 * SIM_MS + 10 * SIM_US);
}

static void
tcp_goes_on_after_its_server_was_down(void **state)
{
    struct server_bench *b = *state;

    server_bench_flow(b, "tcp", 1)->bytes.a = 20e6; /* 16 ms of the line. */
    server_bench_start(b, 0, 0, 1);
    server_bench_run(b, 5 * SIM_MS);
    server_set_down(b->servers[1], true);
    server_bench_run(b, SIM_S);
    assert_in_range(server_bench_got(b, 0)->delivered_bytes, 1, 19999999);
    server_set_down(b->servers[1], false);
    server_bench_run(b, 20 * SIM_S);
    assert_int_equal(server_bench_got(b, 0)->delivered_bytes, 20000000);
}

static void
a_server_shows_its_arp_cache(void **state)
{
    struct server_bench *b = *state;
    struct table_usage usage;

    server_bench_flow(b, "ping", 1);
    server_bench_flow(b, "ping", 2);
    server_bench_start(b, 0, 0, 1);
    server_bench_start(b, 1, 0, 2);
    server_bench_run(b, SIM_S);
    assert_int_equal(server_metrics[0].read(b->servers[0]), 2);
    assert_true(b->servers[0]->ops->table(b->servers[0], 0, &usage));
    assert_int_equal(usage.used, 2);
    assert_false(b->servers[0]->ops->table(b->servers[0], 1, &usage));
}

static size_t
heap_bytes(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static void
a_server_and_its_link_cost_a_kilobyte_at_most(void **state)
{
    enum { N = 1000 };
    struct sim *sim = sim_new(1);
    struct node *servers[N];
    size_t before = heap_bytes();

    (void) state;
    for (uint32_t i = 0; i < N; i++) {
        const struct server_config config = {
            .name = "h",
            .mac = eth_addr_from_u64(UINT64_C(0x020000000001) + i),
            .address = { ip_addr_from_v4(0x0a000001 + i), 8 },
            .mtu = 1500,
        };

        servers[i] = server_new(sim, &config);
    }
    for (uint32_t i = 0; i < N; i += 2) {
        port_connect(&servers[i]->ports[0], &servers[i + 1]->ports[0],
                     &(struct link_config){ 1000000000, SIM_US, 100000, 0 });
    }
    /* The far port of its link is another's here: count it twice. */
    assert_in_range((heap_bytes() - before) / N + sizeof(struct port), 1,
                    1024);
    sim_free(sim);
}

int
main(void)
{
#define TEST(NAME)                                                            \
    cmocka_unit_test_setup_teardown(NAME, server_bench_setup,                 \
                                    server_bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(servers_ping_each_other),
        TEST(servers_send_datagrams),
        TEST(servers_open_tcp_connections),
        TEST(one_server_serves_several_flows_on_one_port),
        TEST(frames_for_another_mac_or_address_end_by_name),
        TEST(all_that_a_server_sends_and_gets_is_seen_at_its_port),
        TEST(a_server_that_is_down_gets_and_sends_nothing),
        TEST(a_server_that_is_up_again_goes_on_where_it_stopped),
        TEST(tcp_goes_on_after_its_server_was_down),
        TEST(a_server_shows_its_arp_cache),
        cmocka_unit_test(a_server_and_its_link_cost_a_kilobyte_at_most),
    };
#undef TEST

    return cmocka_run_group_tests(tests, NULL, NULL);
}

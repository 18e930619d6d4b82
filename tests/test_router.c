/* The router: interfaces, routes, forwarding of both families. */

#include <string.h>

#include "models/wire/checksum.h"
#include "tests/cmocka_all.h"
#include "tests/router_bench.h"

static void
a_packet_goes_to_the_neighbor_on_the_other_network(void **state)
{
    struct router_bench *b = *state;
    struct packet *pkt;
    const uint8_t *data;

    introduce_stations(b);
    send_packet(b, &(struct packet_spec){ .dst = "10.0.1.10", .payload = 50 });
    assert_int_equal(n_kept(b, 1), 1);
    pkt = take(b, 1);
    data = packet_data(pkt);
    assert_int_equal(get_be64(data) >> 16, station_mac(1));
    assert_int_equal(get_be64(data + 6) >> 16, router_mac(1));
    assert_int_equal(data[ETH_HLEN + IPV4_OFS_TTL], 63);
    assert_true(ipv4_checksum_is_right(data + ETH_HLEN, IPV4_HLEN));
    assert_int_equal(pkt->size, ETH_HLEN + IPV4_HLEN + 8 + 50);
    done(b, 1, pkt);
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
    assert_int_equal(get_be64(data + 6) >> 16, router_mac(1));
    assert_int_equal(data[ETH_HLEN + IPV6_OFS_HOP_LIMIT], 63);
    done(b, 1, pkt);
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

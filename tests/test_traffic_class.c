#include "models/fabric/traffic_class.h"

#include <string.h>

#include "models/wire/eth.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"
#include "models/wire/vlan.h"
#include "tests/cmocka_all.h"
#include "tests/plain_node.h"

/* Returns a packet whose 'n' bytes from 'data' on are held. */
static struct packet *
packet_of(struct packet_pool *pool, const uint8_t *data, size_t n)
{
    struct packet *pkt = packet_alloc(pool, n, 1514);

    memcpy(packet_data(pkt), data, n);
    return pkt;
}

static void
priorities_map_to_classes_as_802_1q_says(void **state)
{
    static const uint8_t of_two[] = { 0, 0, 0, 0, 1, 1, 1, 1 };
    static const uint8_t of_four[] = { 0, 0, 1, 1, 2, 2, 3, 3 };
    static const uint8_t of_eight[] = { 1, 0, 2, 3, 4, 5, 6, 7 };
    struct packet_pool *pool = packet_pool_new();

    (void) state;
    for (uint8_t pcp = 0; pcp < 8; pcp++) {
        uint8_t frame[ETH_HLEN + VLAN_HLEN] = { 0 };
        struct packet *pkt;

        put_be16(frame + VLAN_OFS, ETH_TYPE_VLAN);
        put_be16(frame + VLAN_OFS + 2, (uint16_t) (pcp << 13 | 0x1fff));
        pkt = packet_of(pool, frame, sizeof frame);
        assert_int_equal(traffic_class_by_pcp(pkt, 1), 0);
        assert_int_equal(traffic_class_by_pcp(pkt, 2), of_two[pcp]);
        assert_int_equal(traffic_class_by_pcp(pkt, 4), of_four[pcp]);
        assert_int_equal(traffic_class_by_pcp(pkt, 8), of_eight[pcp]);
        packet_free(pool, pkt);
        pkt = packet_of(pool, frame, sizeof frame - 1); /* Cut short. */
        assert_int_equal(traffic_class_by_pcp(pkt, 8), 1);
        packet_free(pool, pkt);
    }
    packet_pool_free(pool);
}

/* 'tos' in a packet of 'type', all of its header held or all but a byte. */
static struct packet *
ip_packet(struct packet_pool *pool, uint16_t type, uint8_t tos, bool is_cut)
{
    uint8_t frame[ETH_HLEN + IPV6_HLEN] = { 0 };
    size_t hlen = type == ETH_TYPE_IPV6 ? IPV6_HLEN : IPV4_HLEN;

    put_be16(frame + VLAN_OFS, type);
    put_be16(
        frame + ETH_HLEN,
        (uint16_t) (type == ETH_TYPE_IPV6 ? 0x600f | tos << 4 : 0x4500 | tos));
    return packet_of(pool, frame, ETH_HLEN + hlen - is_cut);
}

static void
code_points_spread_evenly_over_classes(void **state)
{
    static const uint16_t types[] = { ETH_TYPE_IPV4, ETH_TYPE_IPV6 };
    struct packet_pool *pool = packet_pool_new();

    (void) state;
    for (int i = 0; i < 2; i++) {
        for (unsigned int tos = 0; tos < 256; tos++) {
            struct packet *pkt =
                ip_packet(pool, types[i], (uint8_t) tos, false);
            struct packet *cut =
                ip_packet(pool, types[i], (uint8_t) tos, true);

            assert_int_equal(traffic_class_by_dscp(pkt, 8), tos >> 5);
            assert_int_equal(traffic_class_by_dscp(pkt, 2), tos >> 7);
            assert_int_equal(traffic_class_by_dscp(pkt, 3),
                             (tos >> 5) * 3 / 8);
            assert_int_equal(packet_is_ect(pkt),
                             (tos & 3) == 1 || (tos & 3) == 2);
            assert_int_equal(traffic_class_by_dscp(cut, 8), 0);
            assert_false(packet_is_ect(cut));
            packet_free(pool, pkt);
            packet_free(pool, cut);
        }
    }
    packet_pool_free(pool);
}

static void
what_is_not_ip_is_of_class_0(void **state)
{
    struct packet_pool *pool = packet_pool_new();
    struct packet *pkt = ip_packet(pool, 0x0806, 0xff, false);

    (void) state;
    assert_int_equal(traffic_class_by_dscp(pkt, 8), 0);
    assert_false(packet_is_ect(pkt));
    packet_free(pool, pkt);
    packet_pool_free(pool);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(priorities_map_to_classes_as_802_1q_says),
        cmocka_unit_test(code_points_spread_evenly_over_classes),
        cmocka_unit_test(what_is_not_ip_is_of_class_0),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* DSCP and ECN in place, and at a tunnel's end. */

#include "models/wire/ip_tos.h"

#include <stdlib.h>

#include "models/wire/eth.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"
#include "tests/cmocka_all.h"
#include "tests/wire_vectors.h"

static void
ipv4_header(uint8_t data[IPV4_HLEN], uint8_t dscp, uint8_t ecn)
{
    const struct ipv4_hdr ip = {
        .header_length = IPV4_HLEN,
        .dscp = dscp,
        .ecn = ecn,
        .ttl = 64,
        .protocol = 17,
        .total_length = 1500,
        .id = (uint16_t) test_random(),
        .src = ip_addr_from_v4(0x0a000001),
        .dst = ip_addr_from_v4(0x0a000002),
    };

    ipv4_encode(&ip, data);
}

static void
ipv6_header(uint8_t data[IPV6_HLEN], uint8_t dscp, uint8_t ecn)
{
    const struct ipv6_hdr ip = {
        .dscp = dscp,
        .ecn = ecn,
        .flow_label = 0xfffff,
        .hop_limit = 64,
        .next_header = 17,
        .src = { .family = IP_V6 },
        .dst = { .family = IP_V6 },
    };

    ipv6_encode(&ip, data);
}

static void
every_field_is_read_and_changed_as_encode_writes_it(void **state)
{
    uint8_t v4[IPV4_HLEN], v6[IPV6_HLEN];
    struct ipv4_hdr ip4;
    struct ipv6_hdr ip6;

    (void) state;
    for (unsigned int tos = 0; tos < 256; tos++) {
        for (unsigned int ecn = 0; ecn < 4; ecn++) {
            ipv4_header(v4, (uint8_t) (tos >> 2), tos & 3);
            ipv6_header(v6, (uint8_t) (tos >> 2), tos & 3);
            assert_int_equal(ip_tos_get(ETH_TYPE_IPV4, v4, sizeof v4), tos);
            assert_int_equal(ip_tos_get(ETH_TYPE_IPV6, v6, sizeof v6), tos);
            ip_ecn_set(ETH_TYPE_IPV4, v4, sizeof v4, (enum ip_ecn) ecn);
            ip_ecn_set(ETH_TYPE_IPV6, v6, sizeof v6, (enum ip_ecn) ecn);
            assert_true(ipv4_checksum_is_right(v4, sizeof v4));
            assert_true(ipv4_decode(&ip4, v4, sizeof v4, 1500));
            assert_true(ipv6_decode(&ip6, v6, sizeof v6, sizeof v6));
            assert_int_equal(ip4.dscp << 2 | ip4.ecn, (tos & ~3u) | ecn);
            assert_int_equal(ip6.dscp << 2 | ip6.ecn, (tos & ~3u) | ecn);
            assert_int_equal(ip6.flow_label, 0xfffff);
        }
    }
}

static void
what_is_no_ip_is_left_alone(void **state)
{
    static const struct {
        uint16_t type;
        size_t size;
    } cases[] = {
        { ETH_TYPE_IPV4, IPV4_HLEN - 1 },
        { ETH_TYPE_IPV6, IPV6_HLEN - 1 },
        { ETH_TYPE_ARP, 28 },
        { ETH_TYPE_IPV4, 0 },
    };

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t zeros[64] = { 0 };
        uint8_t *data = heap_copy(zeros, cases[i].size);

        assert_int_equal(ip_tos_get(cases[i].type, data, cases[i].size), 0);
        ip_ecn_set(cases[i].type, data, cases[i].size, IP_ECN_CE);
        assert_memory_equal(data, zeros, cases[i].size);
        free(data);
    }
}

/* RFC 6040 section 4.2, figure 4: rows are the inner field. */
static void
a_tunnels_end_does_as_rfc_6040_says(void **state)
{
    enum { DROP = -1, NOT, ECT1, ECT0, CE };
    static const int wanted[4][4] = {
        /* outer: Not-ECT, ECT(1), ECT(0), CE */
        [IP_ECN_NONE] = { NOT, NOT, NOT, DROP },
        [IP_ECN_ECT1] = { ECT1, ECT1, ECT1, CE },
        [IP_ECN_ECT0] = { ECT0, ECT1, ECT0, CE },
        [IP_ECN_CE] = { CE, CE, CE, CE },
    };

    (void) state;
    for (unsigned int inner = 0; inner < 4; inner++) {
        for (unsigned int outer = 0; outer < 4; outer++) {
            enum ip_ecn result;
            bool ok = ip_ecn_decapsulate((enum ip_ecn) inner,
                                         (enum ip_ecn) outer, &result);

            assert_int_equal(ok ? (int) result : DROP, wanted[inner][outer]);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_is_read_and_changed_as_encode_writes_it),
        cmocka_unit_test(what_is_no_ip_is_left_alone),
        cmocka_unit_test(a_tunnels_end_does_as_rfc_6040_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

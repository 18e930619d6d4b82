/* Equal-cost multipath: what a hash looks at, how evenly it spreads, and that
 * routers decide by themselves. */

#include "models/fabric/ecmp.h"

#include <glib.h>
#include <string.h>

#include "models/wire/eth.h"
#include "models/wire/gre.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"
#include "models/wire/udp.h"
#include "models/wire/vlan.h"
#include "models/wire/vxlan.h"
#include "tests/cmocka_all.h"

#define FLOWS 20000
#define ROOM  200

/* The packet in a frame, or what is in a tunnel. */
struct flow {
    uint32_t src, dst;
    uint16_t sport, dport;
    bool is_fragment;
    bool is_v6;
};

/* Writes an IP header with 'payload' bytes of 'protocol' behind it. */
static size_t
write_ip(uint8_t *data, const struct flow *flow, uint8_t protocol,
         size_t payload)
{
    struct ip_addr src = ip_addr_from_v4(flow->src);
    struct ip_addr dst = ip_addr_from_v4(flow->dst);

    if (flow->is_v6) {
        struct ipv6_hdr ip = { .next_header = protocol,
                               .hop_limit = 9,
                               .payload_length = (uint16_t) payload,
                               .src = { .family = IP_V6 },
                               .dst = { .family = IP_V6 } };

        memcpy(ip.src.octets + 12, src.octets, IP_V4_OCTETS);
        memcpy(ip.dst.octets + 12, dst.octets, IP_V4_OCTETS);
        ipv6_encode(&ip, data);
        return IPV6_HLEN;
    } else {
        const struct ipv4_hdr ip = {
            .ttl = 9,
            .protocol = protocol,
            .total_length = (uint16_t) (IPV4_HLEN + payload),
            .more_fragments = flow->is_fragment,
            .src = src,
            .dst = dst,
        };

        ipv4_encode(&ip, data);
        return IPV4_HLEN;
    }
}

static size_t
write_udp_packet(uint8_t *data, const struct flow *flow)
{
    const struct udp_hdr udp = { flow->sport, flow->dport, UDP_HLEN, 0 };
    size_t hlen = write_ip(data, flow, IP_PROTO_UDP, UDP_HLEN);

    udp_encode(&udp, data + hlen);
    return hlen + UDP_HLEN;
}

static size_t
write_frame(uint8_t *data, const struct flow *flow)
{
    const struct eth_hdr eth = { .type = flow->is_v6 ? ETH_TYPE_IPV6
                                                     : ETH_TYPE_IPV4 };

    eth_encode(&eth, data);
    return ETH_HLEN + write_udp_packet(data + ETH_HLEN, flow);
}

enum tunnel { NVGRE, GRE_IP, VXLAN, IP_IN_IP };

/* Writes 'inner' in a tunnel between 'outer', NVGRE's key being 'key'. */
static size_t
write_tunnel(uint8_t *data, enum tunnel tunnel, const struct flow *outer,
             uint32_t key, const struct flow *inner)
{
    const struct gre_hdr gre = {
        .has_key = true,
        .key = key,
        .protocol = tunnel == NVGRE ? ETH_TYPE_TEB
                    : inner->is_v6  ? ETH_TYPE_IPV6
                                    : ETH_TYPE_IPV4,
    };
    const struct udp_hdr udp = { outer->sport, VXLAN_PORT, 0, 0 };
    const struct vxlan_hdr vxlan = { .vni = key };
    uint8_t body[ROOM];
    size_t n = 0;
    uint8_t protocol = IP_PROTO_GRE;

    switch (tunnel) {
    case NVGRE:
        n = gre_encode(&gre, body);
        n += write_frame(body + n, inner);
        break;
    case GRE_IP:
        n = gre_encode(&gre, body);
        n += write_udp_packet(body + n, inner);
        break;
    case VXLAN:
        udp_encode(&udp, body);
        vxlan_encode(&vxlan, body + UDP_HLEN);
        n = UDP_HLEN + VXLAN_HLEN;
        n += write_frame(body + n, inner);
        protocol = IP_PROTO_UDP;
        break;
    case IP_IN_IP:
        n = write_udp_packet(body, inner);
        protocol = inner->is_v6 ? 41 : 4;
        break;
    }
    memcpy(data + write_ip(data, outer, protocol, n), body, n);
    return (outer->is_v6 ? IPV6_HLEN : IPV4_HLEN) + n;
}

static uint32_t
hash(enum ecmp_hash kind, uint64_t seed, const uint8_t *data, size_t size)
{
    return data[0] >> 4 == 4
               ? ecmp_hash_v4(kind, ecmp_seed(seed), data, size)
               : ecmp_hash_special(kind, ecmp_seed(seed), data, size);
}

static uint32_t
hash_flow(enum ecmp_hash kind, uint64_t seed, const struct flow *flow)
{
    uint8_t data[ROOM];

    return hash(kind, seed, data, write_udp_packet(data, flow));
}

static uint32_t
hash_tunnel(enum ecmp_hash kind, enum tunnel tunnel, const struct flow *outer,
            uint32_t key, const struct flow *inner)
{
    uint8_t data[ROOM];

    return hash(kind, 1, data, write_tunnel(data, tunnel, outer, key, inner));
}

/* Flow 'i' of many, as a fabric has them: neighbors' addresses, ports in a
 * row. */
static struct flow
flow_at(uint32_t i)
{
    return (struct flow){ 0x0a000002 + i % 40,
                          0x0a010002 + i / 40 % 25,
                          (uint16_t) (49152 + i / 1000),
                          80,
                          false,
                          false };
}

/* What is looked at. */

static void
each_hash_looks_at_what_it_says(void **state)
{
    static const struct {
        enum ecmp_hash kind;
        bool sees_ports;
    } kinds[] = { { ECMP_OUTER_5TUPLE, true },
                  { ECMP_OUTER_2TUPLE, false },
                  { ECMP_GRE_KEY, true },
                  { ECMP_INNER, true } };

    (void) state;
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(kinds); i++) {
        enum ecmp_hash kind = kinds[i / 2].kind;
        struct flow flow = { 1, 2, 3, 4, false, i % 2 };
        struct flow ports = flow, src = flow, dst = flow;
        uint32_t h = hash_flow(kind, 1, &flow);

        ports.sport = 5;
        src.src = 7;
        dst.dst = 7;
        assert_int_equal(hash_flow(kind, 1, &ports) != h,
                         kinds[i / 2].sees_ports);
        assert_int_not_equal(hash_flow(kind, 1, &src), h);
        assert_int_not_equal(hash_flow(kind, 1, &dst), h);
    }
}

static void
a_fragment_goes_by_its_addresses(void **state)
{
    struct flow first = { 1, 2, 3, 4, true, false };
    struct flow other = { 1, 2, 5, 6, true, false };
    struct flow whole = { 1, 2, 3, 4, false, false };

    (void) state;
    assert_int_equal(hash_flow(ECMP_OUTER_5TUPLE, 1, &first),
                     hash_flow(ECMP_OUTER_5TUPLE, 1, &other));
    assert_int_equal(hash_flow(ECMP_OUTER_5TUPLE, 1, &first),
                     hash_flow(ECMP_OUTER_2TUPLE, 1, &whole));
    assert_int_not_equal(hash_flow(ECMP_OUTER_5TUPLE, 1, &first),
                         hash_flow(ECMP_OUTER_5TUPLE, 1, &whole));
    assert_int_equal(hash_tunnel(ECMP_INNER, NVGRE, &first, 1, &whole),
                     hash_tunnel(ECMP_OUTER_2TUPLE, NVGRE, &whole, 1, &whole));
}

static void
options_do_not_change_what_a_flow_is(void **state)
{
    struct flow flow = { 1, 2, 3, 4, false, false };
    uint8_t data[ROOM];
    size_t n = write_udp_packet(data, &flow);
    uint32_t h = hash(ECMP_OUTER_5TUPLE, 1, data, n);

    (void) state;
    memmove(data + 24, data + 20, n - 20);
    memset(data + 20, 1, 4);
    data[0] = 0x46;
    put_be16(data + 2, (uint16_t) (n + 4));
    assert_int_equal(hash(ECMP_OUTER_5TUPLE, 1, data, n + 4), h);
}

static void
the_gre_key_tells_flows_apart_only_if_asked_for(void **state)
{
    struct flow outer = { 1, 2, 0, 0, false, false };
    struct flow inner = { 3, 4, 5, 6, false, false };

    (void) state;
    for (int is_v6 = 0; is_v6 < 2; is_v6++) {
        outer.is_v6 = is_v6;
        assert_int_equal(
            hash_tunnel(ECMP_OUTER_5TUPLE, NVGRE, &outer, 0x500101, &inner),
            hash_tunnel(ECMP_OUTER_5TUPLE, NVGRE, &outer, 0x500102, &inner));
        assert_int_not_equal(
            hash_tunnel(ECMP_GRE_KEY, NVGRE, &outer, 0x500101, &inner),
            hash_tunnel(ECMP_GRE_KEY, NVGRE, &outer, 0x500102, &inner));
        assert_int_equal(
            hash_tunnel(ECMP_INNER, NVGRE, &outer, 0x500101, &inner),
            hash_tunnel(ECMP_INNER, NVGRE, &outer, 0x500102, &inner));
    }
}

static void
inner_packets_are_told_apart_in_every_tunnel(void **state)
{
    (void) state;
    for (int i = 0; i < 16; i++) {
        enum tunnel tunnel = (enum tunnel)(i / 4);
        struct flow outer = { 1, 2, 9, 0, false, i & 1 };
        struct flow inner = { 3, 4, 5, 6, false, i & 2 };
        struct flow other = inner;
        uint32_t h = hash_tunnel(ECMP_INNER, tunnel, &outer, 7, &inner);

        other.sport = 8;
        assert_int_not_equal(
            hash_tunnel(ECMP_INNER, tunnel, &outer, 7, &other), h);
        assert_int_equal(hash_flow(ECMP_INNER, 1, &inner), h);
        assert_int_equal(
            hash_tunnel(ECMP_OUTER_5TUPLE, tunnel, &outer, 7, &other),
            hash_tunnel(ECMP_OUTER_5TUPLE, tunnel, &outer, 7, &inner));
    }
}

static void
an_inner_frame_may_have_a_tag(void **state)
{
    struct flow outer = { 1, 2, 9, 0, false, false };
    struct flow inner = { 3, 4, 5, 6, false, false };
    uint8_t data[ROOM];
    size_t n = write_tunnel(data, VXLAN, &outer, 7, &inner);
    size_t type = IPV4_HLEN + UDP_HLEN + VXLAN_HLEN + 2 * ETH_ALEN;

    (void) state;
    memmove(data + type + VLAN_HLEN, data + type, n - type);
    put_be16(data + type, ETH_TYPE_VLAN);
    put_be16(data + type + 2, 5);
    assert_int_equal(hash(ECMP_INNER, 1, data, n + VLAN_HLEN),
                     hash_flow(ECMP_INNER, 1, &inner));
}

static void
what_is_cut_short_is_hashed_by_what_is_there(void **state)
{
    struct flow outer = { 1, 2, 0, 0, false, false };
    struct flow inner = { 3, 4, 5, 6, false, false };
    uint8_t data[ROOM];
    size_t n = write_tunnel(data, NVGRE, &outer, 7, &inner);

    (void) state;
    for (size_t held = IPV4_HLEN; held < n; held++) {
        uint8_t *cut = g_memdup2(data, held); /* An overread shows. */

        for (int kind = ECMP_OUTER_5TUPLE; kind <= ECMP_INNER; kind++) {
            hash((enum ecmp_hash) kind, 1, cut, held);
        }
        g_free(cut);
    }
    assert_int_equal(hash(ECMP_INNER, 1, data, IPV4_HLEN + 8 + ETH_HLEN),
                     hash(ECMP_OUTER_5TUPLE, 1, data, n));
}

/* How flows spread.  Pearson's statistic over n - 1 degrees of freedom is above
 * n - 1 + 5 sqrt(2 n) less than once in 10^5 times. */

static void
assert_even(const unsigned int *counts, uint32_t n, unsigned int total)
{
    double expected = (double) total / n, chi2 = 0, over;

    for (uint32_t i = 0; i < n; i++) {
        chi2 += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    over = chi2 - (n - 1);
    assert_true(over <= 0 || over * over <= 50.0 * n);
}

static void
flows_spread_evenly_over_any_number_of_hops(void **state)
{
    (void) state;
    for (uint32_t n = 2; n <= 64; n++) {
        for (int is_v6 = 0; is_v6 < 2; is_v6++) {
            unsigned int counts[64] = { 0 };

            for (uint32_t i = 0; i < FLOWS; i++) {
                struct flow flow = flow_at(i);

                flow.is_v6 = is_v6;
                counts[ecmp_choose(hash_flow(ECMP_OUTER_5TUPLE, n, &flow),
                                   n)]++;
            }
            assert_even(counts, n, FLOWS);
        }
    }
}

static void
routers_with_different_seeds_decide_independently(void **state)
{
    (void) state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        unsigned int counts[64] = { 0 };

        for (uint32_t i = 0; i < FLOWS; i++) {
            struct flow flow = flow_at(i);
            uint32_t first =
                ecmp_choose(hash_flow(ECMP_OUTER_5TUPLE, seed, &flow), 8);
            uint32_t second =
                ecmp_choose(hash_flow(ECMP_OUTER_5TUPLE, seed + 1, &flow), 8);

            counts[8 * first + second]++;
        }
        assert_even(counts, 64, FLOWS);
    }
}

static void
routers_with_one_seed_decide_alike(void **state)
{
    unsigned int n_used = 0;
    bool used[64] = { false };

    (void) state;
    for (uint32_t i = 0; i < FLOWS; i++) {
        struct flow flow = flow_at(i);
        uint32_t h = hash_flow(ECMP_OUTER_5TUPLE, 7, &flow);
        uint32_t path = 8 * ecmp_choose(h, 8) + ecmp_choose(h, 8);

        n_used += !used[path];
        used[path] = true;
    }
    assert_int_equal(n_used, 8); /* Of 64 paths. */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_hash_looks_at_what_it_says),
        cmocka_unit_test(a_fragment_goes_by_its_addresses),
        cmocka_unit_test(options_do_not_change_what_a_flow_is),
        cmocka_unit_test(the_gre_key_tells_flows_apart_only_if_asked_for),
        cmocka_unit_test(inner_packets_are_told_apart_in_every_tunnel),
        cmocka_unit_test(an_inner_frame_may_have_a_tag),
        cmocka_unit_test(what_is_cut_short_is_hashed_by_what_is_there),
        cmocka_unit_test(flows_spread_evenly_over_any_number_of_hops),
        cmocka_unit_test(routers_with_different_seeds_decide_independently),
        cmocka_unit_test(routers_with_one_seed_decide_alike),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

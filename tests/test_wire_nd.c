/* Neighbor discovery. */

#include <string.h>

#include "models/wire/bytes.h"
#include "models/wire/eth.h"
#include "models/wire/ipv6.h"
#include "models/wire/nd.h"
#include "tests/cmocka_all.h"
#include "tests/wire_bench.h"
#include "tests/wire_vectors.h"

#define MAC UINT64_C(0x00155d010a01)

static bool
decode_nd(void *msg, const uint8_t *data, size_t size)
{
    return nd_decode(msg, data, size);
}

struct nd_seen {
    int n_solicits, n_adverts, n_router_solicits;
};

static void
see_nd(const uint8_t *data, size_t size, void *aux)
{
    struct nd_seen *seen = aux;
    struct ipv6_hdr hdr;
    struct nd_msg msg;
    size_t left = size - ETH_HLEN;

    if (get_be16(data + 12) != ETH_TYPE_IPV6
        || !ipv6_decode(&hdr, data + ETH_HLEN, left, left)
        || hdr.next_header != IP_PROTO_ICMPV6
        || !nd_decode(&msg, data + ETH_HLEN + IPV6_HLEN, hdr.payload_length)) {
        return;
    }
    assert_int_equal(hdr.hop_limit, ND_HOP_LIMIT);
    if (msg.type == ND_ROUTER_SOLICIT) {
        assert_true(msg.has_source_mac);
        seen->n_router_solicits++;
    } else if (msg.type == ND_NEIGHBOR_SOLICIT) {
        struct ip_addr asked = addr("fd00:9::2");

        assert_true(ip_addr_equal(&msg.target, &asked));
        assert_true(eth_addr_to_u64(msg.source_mac)
                    == UINT64_C(0x020000000101));
        seen->n_solicits++;
    } else {
        assert_int_equal(msg.type, ND_NEIGHBOR_ADVERT);
        assert_true(msg.is_solicited);
        assert_false(msg.is_router);
        assert_false(msg.has_target_mac);
        seen->n_adverts++;
    }
}

static void
nd_messages_of_linux_are_understood(void **state)
{
    struct nd_seen seen = { 0, 0, 0 };

    (void) state;
    assert_int_equal(each_captured("vxlan_v6_underlay.pcap", see_nd, &seen),
                     16);
    assert_int_equal(seen.n_router_solicits, 4);
    assert_int_equal(seen.n_solicits, 1);
    assert_int_equal(seen.n_adverts, 1);
}

static void
assert_nd_comes_back(const struct nd_msg *msg, size_t size)
{
    uint8_t data[ND_SIZE_MAX], again[ND_SIZE_MAX];
    struct nd_msg back;

    memset(data, 0xa5, sizeof data);
    assert_int_equal(nd_encode(msg, data), size);
    assert_refused(decode_nd, sizeof back, data, size - 1);
    assert_true(nd_decode(&back, data, size));
    memset(again, 0x5a, sizeof again);
    assert_int_equal(nd_encode(&back, again), size);
    assert_memory_equal(data, again, size);
    assert_int_equal(back.type, msg->type);
    assert_true(ip_addr_equal(&back.target, &msg->target));
    assert_int_equal(back.is_router, msg->is_router);
    assert_int_equal(back.is_solicited, msg->is_solicited);
    assert_int_equal(back.is_override, msg->is_override);
    assert_int_equal(back.hop_limit, msg->hop_limit);
    assert_int_equal(back.is_managed, msg->is_managed);
    assert_int_equal(back.is_other, msg->is_other);
    assert_int_equal(back.lifetime_s, msg->lifetime_s);
    assert_int_equal(back.reachable_ms, msg->reachable_ms);
    assert_int_equal(back.retrans_ms, msg->retrans_ms);
    assert_int_equal(back.has_source_mac, msg->has_source_mac);
    assert_true(eth_addr_equal(back.source_mac, msg->source_mac));
    assert_int_equal(back.has_target_mac, msg->has_target_mac);
    assert_true(eth_addr_equal(back.target_mac, msg->target_mac));
    assert_int_equal(back.mtu, msg->mtu);
    assert_true(ip_addr_equal(&back.prefix.addr, &msg->prefix.addr));
    assert_int_equal(back.prefix.length, msg->prefix.length);
    assert_int_equal(back.prefix_is_on_link, msg->prefix_is_on_link);
    assert_int_equal(back.prefix_is_autonomous, msg->prefix_is_autonomous);
    assert_int_equal(back.prefix_valid_s, msg->prefix_valid_s);
    assert_int_equal(back.prefix_preferred_s, msg->prefix_preferred_s);
}

static void
nd_messages_of_any_values_come_back(void **state)
{
    struct nd_msg msg = { .type = ND_ROUTER_SOLICIT };

    (void) state;
    assert_nd_comes_back(&msg, 8);
    msg.has_source_mac = true;
    msg.source_mac = eth_addr_from_u64(MAC);
    assert_nd_comes_back(&msg, 16);

    msg.type = ND_NEIGHBOR_SOLICIT;
    msg.target = addr("2001:db8::2");
    assert_nd_comes_back(&msg, 32);

    memset(&msg, 0, sizeof msg);
    msg.type = ND_NEIGHBOR_ADVERT;
    msg.target = addr("2001:db8::2");
    msg.is_router = true;
    assert_nd_comes_back(&msg, 24);
    msg.is_router = false;
    msg.is_solicited = true;
    msg.has_target_mac = true;
    msg.target_mac = eth_addr_from_u64(MAC);
    assert_nd_comes_back(&msg, 32);
    msg.is_override = true;
    assert_nd_comes_back(&msg, 32);

    memset(&msg, 0, sizeof msg);
    msg.type = ND_ROUTER_ADVERT;
    msg.hop_limit = 64;
    msg.lifetime_s = 1800;
    msg.reachable_ms = 30000;
    msg.retrans_ms = UINT32_MAX;
    msg.is_managed = true;
    assert_nd_comes_back(&msg, 16);
    msg.is_managed = false;
    msg.is_other = true;
    msg.mtu = 1420;
    assert_nd_comes_back(&msg, 24);
    msg.prefix.addr = addr("2001:db8::");
    msg.prefix.length = 64;
    msg.prefix_is_on_link = true;
    msg.prefix_valid_s = UINT32_MAX;
    msg.prefix_preferred_s = 604800;
    assert_nd_comes_back(&msg, 56);
    msg.prefix_is_on_link = false;
    msg.prefix_is_autonomous = true;
    msg.has_source_mac = true;
    msg.has_target_mac = true;
    assert_nd_comes_back(&msg, 72);
}

static void
nd_messages_are_refused_when_rfc_4861_discards_them(void **state)
{
    struct nd_msg msg = { .type = ND_NEIGHBOR_SOLICIT,
                          .target = addr("2001:db8::2") };
    uint8_t data[ND_SIZE_MAX];
    size_t size = nd_encode(&msg, data);
    static const char *const bad_options[] = {
        "01",               /* Cut. */
        "0100000000000000", /* Length 0. */
        "0e00000000000000", /* And of one unknown: no end to it. */
        "0102000000000000", /* Longer than the message. */
        "01020000000000000000000000000000",
        "02020000000000000000000000000000",
        "05020000000000000000000000000000",
        "0301000000000000",
        ("03048100000000000000000000000000" /* Prefix of 129 bits. */
         "00000000000000000000000000000000"),
    };

    (void) state;
    assert_only_whole_decodes(decode_nd, sizeof msg, data, size);
    for (size_t i = 0; i < sizeof bad_options / sizeof bad_options[0]; i++) {
        size_t n = from_hex(bad_options[i], data + size, sizeof data - size);

        assert_refused(decode_nd, sizeof msg, data, size + n);
    }
    data[1] = 1;
    assert_refused(decode_nd, sizeof msg, data, size);
    data[1] = 0;
    data[8] = 0xff; /* The target: a group. */
    assert_refused(decode_nd, sizeof msg, data, size);
    data[0] = 137; /* Redirect is none of ours. */
    assert_refused(decode_nd, sizeof msg, data, size);
}

static void
nd_reserved_bits_and_unknown_options_are_ignored(void **state)
{
    struct nd_msg msg = { .type = ND_NEIGHBOR_ADVERT,
                          .target = addr("2001:db8::2"),
                          .is_override = true };
    uint8_t data[ND_SIZE_MAX];
    size_t size = nd_encode(&msg, data);

    (void) state;
    data[4] |= 0x1f;
    data[5] = data[6] = data[7] = 0xff;
    size += from_hex("0e01010203040506"  /* Nonce, RFC 3971. */
                     "020102000000000a"  /* The MAC. */
                     "0201ffffffffffff", /* A second one. */
                     data + size, sizeof data - size);
    assert_true(nd_decode(&msg, data, size));
    assert_true(msg.is_override);
    assert_false(msg.is_router);
    assert_true(eth_addr_to_u64(msg.target_mac) == UINT64_C(0x02000000000a));
}

static void
nd_flags_lie_where_the_rfc_draws_them(void **state)
{
    struct nd_msg msg = { .type = ND_NEIGHBOR_ADVERT };
    uint8_t data[ND_SIZE_MAX];
    size_t size = nd_encode(&msg, data);

    (void) state;
    data[4] = 0x80;
    assert_true(nd_decode(&msg, data, size));
    assert_true(msg.is_router && !msg.is_solicited && !msg.is_override);
    data[4] = 0x40;
    assert_true(nd_decode(&msg, data, size));
    assert_true(!msg.is_router && msg.is_solicited && !msg.is_override);
    data[4] = 0x20;
    assert_true(nd_decode(&msg, data, size));
    assert_true(!msg.is_router && !msg.is_solicited && msg.is_override);
}

static void
nd_router_advert_lies_where_the_rfc_draws_it(void **state)
{
    struct nd_msg msg;
    uint8_t data[ND_SIZE_MAX];
    size_t size;

    (void) state;
    /* Hop limit, M and O, lifetime, reachable, retrans; prefix option. */
    size = from_hex("86000000"
                    "40800708"
                    "00007530"
                    "000003e8"
                    "030440800000006400000032"
                    "00000000"
                    "20010db8000000000000000000000000",
                    data, sizeof data);
    assert_true(nd_decode(&msg, data, size));
    assert_int_equal(msg.hop_limit, 64);
    assert_true(msg.is_managed && !msg.is_other);
    assert_int_equal(msg.lifetime_s, 1800);
    assert_int_equal(msg.reachable_ms, 30000);
    assert_int_equal(msg.retrans_ms, 1000);
    assert_int_equal(msg.prefix.length, 64);
    assert_true(msg.prefix_is_on_link && !msg.prefix_is_autonomous);
    assert_int_equal(msg.prefix_valid_s, 100);
    assert_int_equal(msg.prefix_preferred_s, 50);
    data[5] = 0x40;
    data[16 + 3] = 0x40;
    assert_true(nd_decode(&msg, data, size));
    assert_true(!msg.is_managed && msg.is_other);
    assert_true(!msg.prefix_is_on_link && msg.prefix_is_autonomous);
}

static void
nd_of_several_options_of_a_kind_keeps_the_first(void **state)
{
    struct nd_msg msg = { .type = ND_ROUTER_ADVERT,
                          .mtu = 1400,
                          .prefix = { addr("2001:db8::"), 64 } };
    uint8_t data[2 * ND_SIZE_MAX];
    size_t size = nd_encode(&msg, data);

    (void) state;
    memcpy(data + size, data + 16, size - 16);
    put_be32(data + size + 4, 9000);
    data[size + 8 + 2] = 48;
    assert_true(nd_decode(&msg, data, size + size - 16));
    assert_int_equal(msg.mtu, 1400);
    assert_int_equal(msg.prefix.length, 64);
}

static void
nd_prefix_loses_the_bits_behind_its_length(void **state)
{
    struct nd_msg msg = { .type = ND_ROUTER_ADVERT,
                          .prefix = { addr("2001:db8::7"), 64 } };
    struct ip_addr network = addr("2001:db8::");
    uint8_t data[ND_SIZE_MAX];
    size_t size = nd_encode(&msg, data);

    (void) state;
    assert_true(nd_decode(&msg, data, size));
    assert_true(ip_addr_equal(&msg.prefix.addr, &network));
}

static void
nd_solicited_node_group_has_the_last_24_bits(void **state)
{
    struct ip_addr target = addr("2001:db8::12:3456");
    struct ip_addr expected = addr("ff02::1:ff12:3456");
    struct ip_addr group = nd_solicited_node(&target);

    (void) state;
    assert_true(ip_addr_equal(&group, &expected));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nd_messages_of_linux_are_understood),
        cmocka_unit_test(nd_messages_of_any_values_come_back),
        cmocka_unit_test(nd_messages_are_refused_when_rfc_4861_discards_them),
        cmocka_unit_test(nd_reserved_bits_and_unknown_options_are_ignored),
        cmocka_unit_test(nd_flags_lie_where_the_rfc_draws_them),
        cmocka_unit_test(nd_router_advert_lies_where_the_rfc_draws_it),
        cmocka_unit_test(nd_of_several_options_of_a_kind_keeps_the_first),
        cmocka_unit_test(nd_prefix_loses_the_bits_behind_its_length),
        cmocka_unit_test(nd_solicited_node_group_has_the_last_24_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

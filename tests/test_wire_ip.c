/* IPv4 and IPv6. */

#include <stdlib.h>
#include <string.h>

#include "models/wire/bytes.h"
#include "models/wire/eth.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"
#include "tests/cmocka_all.h"
#include "tests/wire_vectors.h"

/* Only the header is there; the packet may be as long as it says. */
static bool
decode_ipv4(void *hdr, const uint8_t *data, size_t stored)
{
    return ipv4_decode(hdr, data, stored, SIZE_MAX);
}

static bool
decode_whole_ipv4(void *hdr, const uint8_t *data, size_t size)
{
    return ipv4_decode(hdr, data, size, size);
}

static bool
decode_ipv6(void *hdr, const uint8_t *data, size_t stored)
{
    return ipv6_decode(hdr, data, stored, SIZE_MAX);
}

static bool
decode_whole_ipv6(void *hdr, const uint8_t *data, size_t size)
{
    return ipv6_decode(hdr, data, size, size);
}

static bool
decode_fragment(void *hdr, const uint8_t *data, size_t size)
{
    return ipv6_fragment_decode(hdr, data, size);
}

static void
ipv4_header_is_read_and_written(void **state)
{
    const uint8_t *bytes = golden_frame("01")->data + ETH_HLEN;
    struct ipv4_hdr hdr;
    uint8_t data[IPV4_HLEN];

    (void) state;
    assert_only_whole_decodes(decode_ipv4, sizeof hdr, bytes, IPV4_HLEN);
    assert_true(ipv4_decode(&hdr, bytes, IPV4_HLEN, 44));
    assert_int_equal(hdr.header_length, 20);
    assert_int_equal(hdr.total_length, 44);
    assert_int_equal(ipv4_payload_length(&hdr), 24);
    assert_int_equal(hdr.id, 0x1234);
    assert_true(hdr.dont_fragment);
    assert_false(hdr.more_fragments);
    assert_false(ipv4_is_fragment(&hdr));
    assert_int_equal(hdr.ttl, 128);
    assert_int_equal(hdr.protocol, IP_PROTO_TCP);
    assert_int_equal(hdr.checksum, 0xd293);
    assert_int_equal(ip_addr_to_v4(&hdr.src), 0x0a010102);
    assert_int_equal(ip_addr_to_v4(&hdr.dst), 0x0a010101);
    ipv4_encode(&hdr, data);
    assert_memory_equal(data, bytes, IPV4_HLEN);
}

static void
ipv4_of_any_values_comes_back(void **state)
{
    struct ipv4_hdr hdr = { .dscp = 46,
                            .ecn = 3,
                            .ttl = 1,
                            .protocol = 255,
                            .more_fragments = true,
                            .total_length = 65535,
                            .id = 0xfedc,
                            .fragment_offset = 65528,
                            .src = ip_addr_from_v4(UINT32_MAX),
                            .dst = ip_addr_from_v4(0x80000001) };
    uint8_t data[IPV4_HLEN];
    struct ipv4_hdr back;

    (void) state;
    ipv4_encode(&hdr, data);
    assert_true(ipv4_checksum_is_right(data, sizeof data));
    assert_true(ipv4_decode(&back, data, sizeof data, 65535));
    assert_int_equal(back.header_length, IPV4_HLEN);
    assert_int_equal(back.dscp, 46);
    assert_int_equal(back.ecn, 3);
    assert_int_equal(back.ttl, 1);
    assert_int_equal(back.protocol, 255);
    assert_false(back.dont_fragment);
    assert_true(back.more_fragments);
    assert_int_equal(back.total_length, 65535);
    assert_int_equal(back.id, 0xfedc);
    assert_int_equal(back.fragment_offset, 65528);
    assert_true(ip_addr_equal(&back.src, &hdr.src));
    assert_true(ip_addr_equal(&back.dst, &hdr.dst));
    assert_true(ipv4_is_fragment(&back));
    hdr.more_fragments = false; /* The last fragment. */
    assert_true(ipv4_is_fragment(&hdr));
    hdr.fragment_offset = 0;
    hdr.more_fragments = true; /* The first one. */
    assert_true(ipv4_is_fragment(&hdr));
}

static void
ipv4_length_is_held_against_the_frame_not_the_memory(void **state)
{
    uint8_t data[IPV4_HLEN];
    struct ipv4_hdr hdr = { .total_length = 1500 };

    (void) state;
    ipv4_encode(&hdr, data);
    assert_true(ipv4_decode(&hdr, data, sizeof data, 1500));
    assert_true(ipv4_decode(&hdr, data, sizeof data, 1501)); /* Pad. */
    assert_false(ipv4_decode(&hdr, data, sizeof data, 1499));
    assert_refused(decode_whole_ipv4, sizeof hdr, data, sizeof data);
    put_be16(data + 2, IPV4_HLEN);
    assert_true(ipv4_decode(&hdr, data, sizeof data, sizeof data));
    assert_false(ipv4_decode(&hdr, data, sizeof data, sizeof data - 1));
    put_be16(data + 2, IPV4_HLEN - 1);
    assert_refused(decode_ipv4, sizeof hdr, data, sizeof data);
}

static void
ipv4_options_are_skipped_and_must_be_there(void **state)
{
    uint8_t data[IPV4_HLEN_MAX] = { 0 };
    struct ipv4_hdr hdr = { .total_length = 100 };

    (void) state;
    ipv4_encode(&hdr, data);
    data[0] = 0x4f;
    assert_only_whole_decodes(decode_ipv4, sizeof hdr, data, IPV4_HLEN_MAX);
    assert_true(ipv4_decode(&hdr, data, sizeof data, 100));
    assert_int_equal(hdr.header_length, 60);
    assert_int_equal(ipv4_payload_length(&hdr), 40);
    put_be16(data + 2, 59); /* Less than its header. */
    assert_refused(decode_ipv4, sizeof hdr, data, sizeof data);
}

static void
ipv4_of_a_wrong_version_or_header_length_is_refused(void **state)
{
    const uint8_t *bytes = golden_frame("01")->data + ETH_HLEN;
    uint8_t data[IPV4_HLEN];

    (void) state;
    memcpy(data, bytes, sizeof data);
    data[0] = 0x65;
    assert_refused(decode_ipv4, sizeof(struct ipv4_hdr), data, sizeof data);
    data[0] = 0x44;
    assert_refused(decode_ipv4, sizeof(struct ipv4_hdr), data, sizeof data);
}

static void
ipv4_reserved_flag_is_ignored(void **state)
{
    uint8_t data[IPV4_HLEN];
    struct ipv4_hdr hdr = { .total_length = 20, .dont_fragment = true };

    (void) state;
    ipv4_encode(&hdr, data);
    data[6] |= 0x80;
    assert_true(ipv4_decode(&hdr, data, sizeof data, 20));
    assert_true(hdr.dont_fragment);
    assert_false(ipv4_is_fragment(&hdr));
}

static void
ipv4_checksum_sees_a_flipped_bit(void **state)
{
    uint8_t data[IPV4_HLEN];

    (void) state;
    memcpy(data, golden_frame("01")->data + ETH_HLEN, sizeof data);
    assert_true(ipv4_checksum_is_right(data, sizeof data));
    for (size_t bit = 0; bit < 8 * sizeof data; bit++) {
        data[bit / 8] ^= (uint8_t) (1 << bit % 8);
        assert_false(ipv4_checksum_is_right(data, sizeof data));
        data[bit / 8] ^= (uint8_t) (1 << bit % 8);
    }
}

static void
ipv6_header_is_read_and_written(void **state)
{
    const uint8_t *bytes = golden_frame("17")->data + ETH_HLEN;
    struct ipv6_hdr hdr;
    struct ip_addr src;
    uint8_t data[IPV6_HLEN];

    (void) state;
    assert_only_whole_decodes(decode_ipv6, sizeof hdr, bytes, IPV6_HLEN);
    assert_true(ipv6_decode(&hdr, bytes, IPV6_HLEN, 64));
    assert_int_equal(hdr.payload_length, 24);
    assert_int_equal(hdr.next_header, IP_PROTO_TCP);
    assert_int_equal(hdr.hop_limit, 128);
    assert_true(ip_addr_parse("2001:db8:a::12", &src));
    assert_true(ip_addr_equal(&hdr.src, &src));
    ipv6_encode(&hdr, data);
    assert_memory_equal(data, bytes, IPV6_HLEN);
}

static void
ipv6_of_any_values_comes_back(void **state)
{
    struct ipv6_hdr hdr = { .dscp = 0x2a,
                            .ecn = 2,
                            .next_header = 250,
                            .hop_limit = 255,
                            .payload_length = 65535,
                            .flow_label = 0xfedcb };
    uint8_t data[IPV6_HLEN];
    struct ipv6_hdr back;

    (void) state;
    assert_true(ip_addr_parse("fedc::ba98", &hdr.src));
    assert_true(ip_addr_parse("ff02::1", &hdr.dst));
    ipv6_encode(&hdr, data);
    assert_true(ipv6_decode(&back, data, sizeof data, 65575));
    assert_int_equal(back.dscp, 0x2a);
    assert_int_equal(back.ecn, 2);
    assert_int_equal(back.next_header, 250);
    assert_int_equal(back.hop_limit, 255);
    assert_int_equal(back.payload_length, 65535);
    assert_int_equal(back.flow_label, 0xfedcb);
    assert_true(ip_addr_equal(&back.src, &hdr.src));
    assert_true(ip_addr_equal(&back.dst, &hdr.dst));
}

static void
ipv6_that_is_longer_than_its_frame_or_another_version_is_refused(void **state)
{
    uint8_t data[IPV6_HLEN];
    struct ipv6_hdr hdr = { .payload_length = 1000 };

    (void) state;
    ipv6_encode(&hdr, data);
    assert_true(ipv6_decode(&hdr, data, sizeof data, 1040));
    assert_false(ipv6_decode(&hdr, data, sizeof data, 1039));
    assert_false(ipv6_decode(&hdr, data, sizeof data, 39));
    assert_refused(decode_whole_ipv6, sizeof hdr, data, sizeof data);
    data[0] = 0x40;
    assert_refused(decode_ipv6, sizeof hdr, data, sizeof data);
}

static void
ipv6_fragment_header_is_read_and_written(void **state)
{
    /* RFC 8200 section 4.5; reserved bits all set. */
    static const uint8_t bytes[] = { 17, 0xff, 0x05, 0xcf, 1, 2, 3, 4 };
    static const uint8_t clean[] = { 17, 0, 0x05, 0xc9, 1, 2, 3, 4 };
    struct ipv6_fragment_hdr hdr;
    uint8_t data[IPV6_FRAGMENT_HLEN];

    (void) state;
    assert_only_whole_decodes(decode_fragment, sizeof hdr, bytes,
                              sizeof bytes);
    assert_true(ipv6_fragment_decode(&hdr, bytes, sizeof bytes));
    assert_int_equal(hdr.next_header, IP_PROTO_UDP);
    assert_int_equal(hdr.offset, 1480);
    assert_true(hdr.more_fragments);
    assert_int_equal(hdr.id, 0x01020304);
    ipv6_fragment_encode(&hdr, data);
    assert_memory_equal(data, clean, sizeof clean);
    hdr.more_fragments = false;
    ipv6_fragment_encode(&hdr, data);
    assert_int_equal(data[3], 0xc8);
}

/* A packet whose extension headers are 'chain'; the first is a 'next'. */
struct chain {
    struct ipv6_hdr hdr;
    uint8_t data[256];
    size_t size;
};

static void
chain_init(struct chain *chain, uint8_t next, const char *hex)
{
    memset(chain, 0, sizeof *chain);
    chain->size =
        from_hex(hex, chain->data + IPV6_HLEN, sizeof chain->data - IPV6_HLEN);
    chain->hdr.next_header = next;
    chain->hdr.payload_length = (uint16_t) chain->size;
    chain->size += IPV6_HLEN;
    ipv6_encode(&chain->hdr, chain->data);
}

static void
ipv6_upper_protocol_is_found_behind_extension_headers(void **state)
{
    struct chain chain;
    struct ipv6_upper upper;

    (void) state;
    chain_init(&chain, IP_PROTO_TCP, "");
    assert_true(ipv6_find_upper(&upper, &chain.hdr, chain.data, chain.size));
    assert_int_equal(upper.protocol, IP_PROTO_TCP);
    assert_int_equal(upper.offset, 40);
    assert_false(upper.is_fragment);

    /* Hop-by-hop 8, destination 16, routing 8, authentication 24, UDP. */
    chain_init(&chain, IPV6_NEXT_HOP_BY_HOP,
               "3c00010400000000"
               "2b01010c000000000000000000000000"
               "3300000000000000"
               "110400000000000000000000000000000000000000000000"
               "0001000200080000");
    assert_true(ipv6_find_upper(&upper, &chain.hdr, chain.data, chain.size));
    assert_int_equal(upper.protocol, IP_PROTO_UDP);
    assert_int_equal(upper.offset, 40 + 8 + 16 + 8 + 24);

    chain_init(&chain, 50, "0000000000000000"); /* ESP: nobody looks in. */
    assert_true(ipv6_find_upper(&upper, &chain.hdr, chain.data, chain.size));
    assert_int_equal(upper.protocol, 50);
}

static void
ipv6_walk_goes_into_a_first_fragment_and_no_other(void **state)
{
    struct chain chain;
    struct ipv6_upper upper;

    (void) state;
    chain_init(&chain, IPV6_NEXT_FRAGMENT,
               "3c00000100000007"
               "1100010400000000");
    assert_true(ipv6_find_upper(&upper, &chain.hdr, chain.data, chain.size));
    assert_true(upper.is_fragment);
    assert_true(upper.more_fragments);
    assert_int_equal(upper.fragment_id, 7);
    assert_int_equal(upper.protocol, IP_PROTO_UDP);
    assert_int_equal(upper.offset, 40 + 16);

    chain_init(&chain, IPV6_NEXT_FRAGMENT,
               "3c00000800000007"
               "11ff");
    assert_true(ipv6_find_upper(&upper, &chain.hdr, chain.data, chain.size));
    assert_int_equal(upper.fragment_offset, 8);
    assert_false(upper.more_fragments);
    assert_int_equal(upper.protocol, IPV6_NEXT_DESTINATION);
    assert_int_equal(upper.offset, 40 + 8);
}

static void
ipv6_walk_refuses_what_it_cannot_step_over(void **state)
{
    struct ipv6_upper upper, untouched;
    struct chain chain;

    (void) state;
    memset(&upper, 0xa5, sizeof upper);
    untouched = upper;

    /* Every cut, by the memory and by the payload length. */
    chain_init(&chain, IPV6_NEXT_DESTINATION,
               "1101010c000000000000000000000000");
    for (size_t cut = IPV6_HLEN; cut < chain.size; cut++) {
        uint16_t whole = chain.hdr.payload_length;

        assert_false(ipv6_find_upper(&upper, &chain.hdr, chain.data, cut));
        chain.hdr.payload_length = (uint16_t) (cut - IPV6_HLEN);
        assert_false(
            ipv6_find_upper(&upper, &chain.hdr, chain.data, chain.size));
        chain.hdr.payload_length = whole;
    }
    chain_init(&chain, IPV6_NEXT_AUTH, "1104000000000000");
    assert_false(ipv6_find_upper(&upper, &chain.hdr, chain.data, chain.size));

    /* Hop-by-hop options anywhere but first: RFC 8200 section 4.1. */
    chain_init(&chain, IPV6_NEXT_DESTINATION,
               "0000010400000000"
               "1100010400000000");
    assert_false(ipv6_find_upper(&upper, &chain.hdr, chain.data, chain.size));
    assert_memory_equal(&upper, &untouched, sizeof upper);
}

static void
ipv6_walk_has_an_end(void **state)
{
    struct ipv6_upper upper;
    struct chain chain;

    (void) state;
    chain_init(&chain, IPV6_NEXT_DESTINATION, "");
    for (size_t n = 0; n < IPV6_EXTENSIONS_MAX; n++) {
        chain.data[IPV6_HLEN + 8 * n] = IPV6_NEXT_DESTINATION;
    }
    chain.data[IPV6_HLEN + 8 * IPV6_EXTENSIONS_MAX] = IP_PROTO_TCP;
    chain.hdr.payload_length = 200;
    assert_false(ipv6_find_upper(&upper, &chain.hdr, chain.data,
                                 sizeof chain.data)); /* One too many. */
    chain.data[IPV6_HLEN + 8 * (IPV6_EXTENSIONS_MAX - 1)] = IP_PROTO_TCP;
    assert_true(
        ipv6_find_upper(&upper, &chain.hdr, chain.data, sizeof chain.data));
    assert_int_equal(upper.offset, IPV6_HLEN + 8 * IPV6_EXTENSIONS_MAX);
}

/* The two ways to write and read an ordinary header agree. */
static void
ipv4_plain_is_what_encode_and_decode_say(void **state)
{
    (void) state;
    for (int i = 0; i < 1000; i++) {
        const struct ipv4_plain plain = {
            .src = (uint32_t) test_random(),
            .dst = (uint32_t) test_random(),
            .total_length = (uint16_t) (IPV4_HLEN + test_random() % 1481),
            .id = (uint16_t) test_random(),
            .tos = (uint8_t) test_random(),
            .ttl = (uint8_t) test_random(),
            .protocol = (uint8_t) test_random(),
        };
        const struct ipv4_hdr hdr = {
            .dscp = plain.tos >> 2,
            .ecn = plain.tos & 3,
            .ttl = plain.ttl,
            .protocol = plain.protocol,
            .dont_fragment = true,
            .total_length = plain.total_length,
            .id = plain.id,
            .src = ip_addr_from_v4(plain.src),
            .dst = ip_addr_from_v4(plain.dst),
        };
        uint8_t data[IPV4_HLEN], wanted[IPV4_HLEN];
        struct ipv4_plain back = { 0 };

        ipv4_put_plain(&plain, data);
        ipv4_encode(&hdr, wanted);
        assert_memory_equal(data, wanted, IPV4_HLEN);
        assert_true(
            ipv4_get_plain(&back, data, IPV4_HLEN, plain.total_length));
        assert_int_equal(back.src, plain.src);
        assert_int_equal(back.dst, plain.dst);
        assert_int_equal(back.total_length, plain.total_length);
        assert_int_equal(back.id, plain.id);
        assert_int_equal(back.tos, plain.tos);
        assert_int_equal(back.ttl, plain.ttl);
        assert_int_equal(back.protocol, plain.protocol);
    }
}

static void
ipv4_plain_refuses_what_is_not_ordinary(void **state)
{
    const struct ipv4_hdr hdr = { .ttl = 64,
                                  .protocol = 17,
                                  .total_length = 100 };
    struct ipv4_hdr odd = hdr;
    struct ipv4_plain ip;
    uint8_t data[IPV4_HLEN], *cut;

    (void) state;
    ipv4_encode(&hdr, data);
    assert_true(ipv4_get_plain(&ip, data, IPV4_HLEN, 100));
    assert_false(ipv4_get_plain(&ip, data, IPV4_HLEN, 99));
    cut = heap_copy(data, IPV4_HLEN - 1);
    assert_false(ipv4_get_plain(&ip, cut, IPV4_HLEN - 1, 100));
    free(cut);
    for (size_t bit = 0; bit < 8 * IPV4_HLEN; bit++) {
        data[bit / 8] ^= (uint8_t) (1 << bit % 8);
        assert_false(ipv4_get_plain(&ip, data, IPV4_HLEN, SIZE_MAX));
        data[bit / 8] ^= (uint8_t) (1 << bit % 8);
    }
    odd.more_fragments = true;
    ipv4_encode(&odd, data);
    assert_false(ipv4_get_plain(&ip, data, IPV4_HLEN, 100));
    odd.more_fragments = false;
    odd.fragment_offset = 8;
    ipv4_encode(&odd, data);
    assert_false(ipv4_get_plain(&ip, data, IPV4_HLEN, 100));
    odd.fragment_offset = 0;
    odd.total_length = IPV4_HLEN - 1;
    ipv4_encode(&odd, data);
    assert_false(ipv4_get_plain(&ip, data, IPV4_HLEN, 100));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ipv4_header_is_read_and_written),
        cmocka_unit_test(ipv4_of_any_values_comes_back),
        cmocka_unit_test(ipv4_length_is_held_against_the_frame_not_the_memory),
        cmocka_unit_test(ipv4_options_are_skipped_and_must_be_there),
        cmocka_unit_test(ipv4_of_a_wrong_version_or_header_length_is_refused),
        cmocka_unit_test(ipv4_reserved_flag_is_ignored),
        cmocka_unit_test(ipv4_checksum_sees_a_flipped_bit),
        cmocka_unit_test(ipv4_plain_is_what_encode_and_decode_say),
        cmocka_unit_test(ipv4_plain_refuses_what_is_not_ordinary),
        cmocka_unit_test(ipv6_header_is_read_and_written),
        cmocka_unit_test(ipv6_of_any_values_comes_back),
        cmocka_unit_test(
            ipv6_that_is_longer_than_its_frame_or_another_version_is_refused),
        cmocka_unit_test(ipv6_fragment_header_is_read_and_written),
        cmocka_unit_test(
            ipv6_upper_protocol_is_found_behind_extension_headers),
        cmocka_unit_test(ipv6_walk_goes_into_a_first_fragment_and_no_other),
        cmocka_unit_test(ipv6_walk_refuses_what_it_cannot_step_over),
        cmocka_unit_test(ipv6_walk_has_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

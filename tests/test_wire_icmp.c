/* ICMP and ICMPv6. */

#include <string.h>

#include "models/wire/bytes.h"
#include "models/wire/checksum.h"
#include "models/wire/eth.h"
#include "models/wire/icmp.h"
#include "models/wire/icmp6.h"
#include "tests/cmocka_all.h"
#include "tests/wire_bench.h"
#include "tests/wire_vectors.h"

static bool
decode_icmp(void *hdr, const uint8_t *data, size_t size)
{
    return icmp_decode(hdr, data, size);
}

static bool
decode_icmp6(void *hdr, const uint8_t *data, size_t size)
{
    return icmp6_decode(hdr, data, size);
}

static void
icmp_echo_is_read_and_written(void **state)
{
    const uint8_t *bytes = golden_frame("19")->data + ETH_HLEN + IPV4_HLEN;
    uint8_t data[40];
    struct icmp_hdr hdr;

    (void) state;
    assert_only_whole_decodes(decode_icmp, sizeof hdr, bytes, ICMP_HLEN);
    assert_true(icmp_decode(&hdr, bytes, ICMP_HLEN));
    assert_int_equal(hdr.type, ICMP_ECHO_REQUEST);
    assert_int_equal(hdr.code, 0);
    assert_int_equal(hdr.checksum, 0x4d56);
    assert_int_equal(icmp_echo_id(hdr.rest), 1);
    assert_int_equal(icmp_echo_seq(hdr.rest), 5);
    assert_int_equal(icmp_echo_rest(1, 5), hdr.rest);
    icmp_encode(&hdr, data);
    assert_memory_equal(data, bytes, ICMP_HLEN);

    memcpy(data, bytes, sizeof data);
    assert_true(icmp_checksum_is_right(data, sizeof data));
    data[39] ^= 1;
    assert_false(icmp_checksum_is_right(data, sizeof data));
    data[39] ^= 1;
    put_be16(data + ICMP_OFS_CHECKSUM, 0xffff);
    icmp_set_checksum(data, sizeof data);
    assert_memory_equal(data, bytes, sizeof data);
}

static void
icmp_error_quotes_header_and_eight_bytes(void **state)
{
    const struct test_frame *about = golden_frame("01");
    const struct test_frame *error = golden_frame("25");
    const struct icmp_hdr hdr = { .type = ICMP_UNREACHABLE,
                                  .code = ICMP_UNREACHABLE_FRAG_NEEDED,
                                  .rest = 1400 };
    uint8_t data[ICMP_ERROR_MAX], packet[IPV4_HLEN + 8];
    size_t size;

    (void) state;
    /* Golden frame 25 is about 01 with a TTL one less. */
    memcpy(packet, about->data + ETH_HLEN, sizeof packet);
    packet[IPV4_OFS_TTL]--;
    packet[IPV4_OFS_CHECKSUM]++;
    size = icmp_error_encode(data, &hdr, packet, sizeof packet, 44);
    assert_int_equal(size, 36);
    assert_memory_equal(data, error->data + ETH_HLEN + IPV4_HLEN, size);
}

static void
icmp_error_quotes_zeros_that_nobody_holds(void **state)
{
    const struct icmp_hdr hdr = { .type = ICMP_TIME_EXCEEDED };
    uint8_t data[ICMP_ERROR_MAX], packet[IPV4_HLEN] = { 0x45 };
    const uint8_t zeros[8] = { 0 };

    (void) state;
    memset(data, 0xa5, sizeof data);
    assert_int_equal(icmp_error_encode(data, &hdr, packet, 20, 1500), 36);
    assert_memory_equal(data + 8 + 20, zeros, 8);
    assert_true(icmp_checksum_is_right(data, 36));
    assert_int_equal(icmp_error_encode(data, &hdr, packet, 20, 23), 31);
    packet[0] = 0x4f; /* The longest header. */
    assert_int_equal(icmp_error_encode(data, &hdr, packet, 20, 1500),
                     ICMP_ERROR_MAX);
}

static void
icmp_errors_are_about_those_packets_only_that_rfc_1122_allows(void **state)
{
    struct ipv4_hdr good = { .protocol = IP_PROTO_UDP,
                             .src = addr("10.1.1.2"),
                             .dst = addr("10.1.1.1") };
    static const char *const no_hosts[] = { "0.0.0.0", "127.0.0.1",
                                            "224.0.0.1", "240.0.0.1",
                                            "255.255.255.255" };
    struct ipv4_hdr hdr = good;
    uint8_t type = ICMP_ECHO_REQUEST;

    (void) state;
    assert_true(icmp_may_report(&hdr, &type, 1));
    hdr.more_fragments = true; /* A first fragment. */
    assert_true(icmp_may_report(&hdr, &type, 1));
    hdr.fragment_offset = 8;
    assert_false(icmp_may_report(&hdr, &type, 1));
    for (size_t i = 0; i < sizeof no_hosts / sizeof no_hosts[0]; i++) {
        hdr = good;
        hdr.src = addr(no_hosts[i]);
        assert_false(icmp_may_report(&hdr, &type, 1));
    }
    hdr = good;
    hdr.dst = addr("239.1.1.1");
    assert_false(icmp_may_report(&hdr, &type, 1));
    hdr.dst = addr("255.255.255.255");
    assert_false(icmp_may_report(&hdr, &type, 1));
    hdr = good;
    hdr.protocol = IP_PROTO_ICMP;
    assert_true(icmp_may_report(&hdr, &type, 1));
    assert_false(icmp_may_report(&hdr, &type, 0));
    type = ICMP_UNREACHABLE;
    assert_false(icmp_may_report(&hdr, &type, 1));
}

static void
icmp_error_types_are_those_of_rfc_1122(void **state)
{
    (void) state;
    for (unsigned type = 0; type <= UINT8_MAX; type++) {
        bool is_error =
            type == 3 || type == 4 || type == 5 || type == 11 || type == 12;

        assert_int_equal(icmp_is_error((uint8_t) type), is_error);
    }
}

static void
icmp6_echo_is_read_and_written(void **state)
{
    const uint8_t *bytes = golden_frame("21")->data + ETH_HLEN + IPV6_HLEN;
    struct ip_addr src = addr("2001:db8:a::12"), dst = addr("2001:db8:a::10");
    uint8_t data[40];
    struct icmp6_hdr hdr;

    (void) state;
    assert_only_whole_decodes(decode_icmp6, sizeof hdr, bytes, ICMP6_HLEN);
    assert_true(icmp6_decode(&hdr, bytes, ICMP6_HLEN));
    assert_int_equal(hdr.type, ICMP6_ECHO_REQUEST);
    assert_int_equal(hdr.code, 0);
    assert_int_equal(hdr.checksum, 0x794b);
    assert_int_equal(icmp_echo_id(hdr.rest), 1);
    assert_int_equal(icmp_echo_seq(hdr.rest), 5);
    icmp6_encode(&hdr, data);
    assert_memory_equal(data, bytes, ICMP6_HLEN);

    memcpy(data, bytes, sizeof data);
    assert_true(icmp6_checksum_is_right(data, 40, 40, &src, &dst));
    assert_false(icmp6_checksum_is_right(data, 40, 41, &src, &dst));
    icmp6_set_checksum(data, 40, 40, &src, &dst);
    assert_memory_equal(data, bytes, sizeof data);
}

static void
icmp6_error_fits_into_the_least_mtu(void **state)
{
    const struct icmp6_hdr hdr = { .type = ICMP6_TOO_BIG, .rest = 1400 };
    struct ip_addr src = addr("2001:db8::1"), dst = addr("2001:db8::2");
    uint8_t data[ICMP6_ERROR_MAX], packet[60];
    size_t size;

    (void) state;
    memset(packet, 0x77, sizeof packet);
    size = icmp6_error_encode(data, &hdr, &src, &dst, packet, 60, 1500);
    assert_int_equal(size, 1240); /* And 40 of IPv6: 1280. */
    assert_memory_equal(data + 8, packet, 60);
    assert_int_equal(data[68], 0);
    assert_int_equal(data[1239], 0);
    assert_true(icmp6_checksum_is_right(data, size, size, &src, &dst));
    assert_int_equal(
        icmp6_error_encode(data, &hdr, &src, &dst, packet, 60, 60), 68);
}

static bool
may_report6(const char *src, const char *dst, uint8_t next, uint8_t first,
            size_t stored, uint8_t type, uint8_t code)
{
    struct ipv6_hdr hdr = { .next_header = next,
                            .payload_length = 20,
                            .src = addr(src),
                            .dst = addr(dst) };
    uint8_t packet[60] = { 0 };

    ipv6_encode(&hdr, packet);
    packet[40] = first;
    packet[42] = 0;
    return icmp6_may_report(&hdr, packet, stored, type, code);
}

static void
icmp6_errors_are_about_those_packets_only_that_rfc_4443_allows(void **state)
{
    const uint8_t lost = ICMP6_UNREACHABLE, icmp6 = IP_PROTO_ICMPV6;

    (void) state;
    assert_true(may_report6("2001::1", "2001::2", 17, 0, 60, lost, 0));
    assert_false(may_report6("::", "2001::2", 17, 0, 60, lost, 0));
    assert_false(may_report6("ff02::1", "2001::2", 17, 0, 60, lost, 0));
    assert_false(may_report6("2001::1", "ff02::1", 17, 0, 60, lost, 0));
    assert_true(
        may_report6("2001::1", "ff02::1", 17, 0, 60, ICMP6_TOO_BIG, 0));
    assert_true(
        may_report6("2001::1", "ff02::1", 17, 0, 60, ICMP6_PARAMETER, 2));
    assert_false(
        may_report6("2001::1", "ff02::1", 17, 0, 60, ICMP6_PARAMETER, 1));
    assert_true(may_report6("2001::1", "2001::2", icmp6, 128, 60, lost, 0));
    assert_false(may_report6("2001::1", "2001::2", icmp6, 1, 60, lost, 0));
    assert_false(may_report6("2001::1", "2001::2", icmp6, 137, 60, lost, 0));
    assert_false(may_report6("2001::1", "2001::2", icmp6, 128, 40, lost, 0));
    /* Extension headers that lead nowhere. */
    assert_false(may_report6("2001::1", "2001::2", 60, 60, 44, lost, 0));
}

static void
icmp6_errors_are_about_later_fragments_too(void **state)
{
    struct ipv6_hdr hdr = { .next_header = IPV6_NEXT_FRAGMENT,
                            .payload_length = 8,
                            .src = addr("2001::1"),
                            .dst = addr("2001::2") };
    struct ipv6_fragment_hdr fragment = { .next_header = IP_PROTO_ICMPV6,
                                          .offset = 8 };
    uint8_t packet[48];

    (void) state;
    ipv6_encode(&hdr, packet);
    ipv6_fragment_encode(&fragment, packet + IPV6_HLEN);
    assert_true(icmp6_may_report(&hdr, packet, 48, ICMP6_TIME_EXCEEDED, 1));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(icmp_echo_is_read_and_written),
        cmocka_unit_test(icmp_error_quotes_header_and_eight_bytes),
        cmocka_unit_test(icmp_error_quotes_zeros_that_nobody_holds),
        cmocka_unit_test(
            icmp_errors_are_about_those_packets_only_that_rfc_1122_allows),
        cmocka_unit_test(icmp_error_types_are_those_of_rfc_1122),
        cmocka_unit_test(icmp6_echo_is_read_and_written),
        cmocka_unit_test(icmp6_error_fits_into_the_least_mtu),
        cmocka_unit_test(
            icmp6_errors_are_about_those_packets_only_that_rfc_4443_allows),
        cmocka_unit_test(icmp6_errors_are_about_later_fragments_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The Internet checksum, whole and updated. */

#include <string.h>

#include "models/wire/bytes.h"
#include "models/wire/checksum.h"
#include "models/wire/frame.h"
#include "models/wire/icmp.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"
#include "models/wire/tcp.h"
#include "models/wire/udp.h"
#include "tests/cmocka_all.h"
#include "tests/wire_vectors.h"

/* RFC 1071 section 1, word by word. */
static uint16_t
slow_checksum(const uint8_t *data, size_t size)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < size; i++) {
        sum += i % 2 ? data[i] : (uint32_t) data[i] << 8;
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (uint16_t) ~sum;
}

static void
fill(uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        data[i] = (uint8_t) test_random();
    }
}

static void
checksum_is_that_of_the_rfc(void **state)
{
    /* RFC 1071 section 3: the sum is ddf2. */
    static const uint8_t data[] = { 0x00, 0x01, 0xf2, 0x03,
                                    0xf4, 0xf5, 0xf6, 0xf7 };

    (void) state;
    assert_int_equal(checksum_of(data, sizeof data), (uint16_t) ~0xddf2);
    assert_int_equal(checksum_of(NULL, 0), 0xffff);
}

static void
checksum_is_right_at_every_length_and_alignment(void **state)
{
    uint8_t data[128];

    (void) state;
    fill(data, sizeof data);
    for (size_t start = 0; start < 9; start++) {
        for (size_t size = 0; size + start <= sizeof data; size++) {
            assert_int_equal(checksum_of(data + start, size),
                             slow_checksum(data + start, size));
        }
    }
}

static void
checksum_of_all_ones_carries_around(void **state)
{
    static uint8_t data[1 << 20];

    (void) state;
    memset(data, 0xff, sizeof data);
    for (size_t size = 1; size <= sizeof data; size *= 2) {
        assert_int_equal(checksum_of(data, size), slow_checksum(data, size));
    }
}

static void
checksum_of_pieces_is_that_of_the_whole(void **state)
{
    uint8_t data[200];

    (void) state;
    for (int round = 0; round < 5000; round++) {
        struct checksum sum = { 0, false };
        size_t size = test_random() % sizeof data, at = 0;

        fill(data, size);
        while (at < size) {
            size_t piece = test_random() % (size - at) + 1;

            if (test_random() % 4 == 0) {
                memset(data + at, 0, piece);
                checksum_add_zeros(&sum, piece);
            } else {
                checksum_add(&sum, data + at, piece);
            }
            at += piece;
        }
        assert_int_equal(checksum_finish(&sum), slow_checksum(data, size));
    }
}

static void check_frame(const uint8_t *data, size_t size, unsigned *n_checked);

/* Checks the frame in a TRILL frame; returns false if it is none. */
static bool
check_trill(const struct frame_view *view, const uint8_t *data, size_t size,
            unsigned *n_checked)
{
    if (view->type == 0x22f3) { /* TRILL: 6 bytes, then a frame. */
        check_frame(data + 20, size - 20, n_checked);
        return true;
    }
    if (view->type == 0x893b) { /* TRILL's fine-grained label: two tags. */
        uint8_t plain[256];

        memcpy(plain, data, 12);
        memcpy(plain + 12, data + 20, size - 20);
        check_frame(plain, size - 8, n_checked);
        return true;
    }
    return false;
}

/* Checks every checksum in a frame and the frames in it; counts them. */
static void
check_frame(const uint8_t *data, size_t size, unsigned *n_checked)
{
    static const uint16_t l4_checksum_at[256] = {
        [IP_PROTO_TCP] = TCP_OFS_CHECKSUM,
        [IP_PROTO_UDP] = UDP_OFS_CHECKSUM,
        [IP_PROTO_ICMPV6] = ICMP_OFS_CHECKSUM,
    };
    struct frame_view view;
    const uint8_t *l4;

    assert_true(frame_parse(&view, data, size, size));
    if (check_trill(&view, data, size, n_checked)) {
        return;
    }
    if (view.type == ETH_TYPE_IPV4) {
        assert_true(ipv4_checksum_is_right(data + view.l3_offset,
                                           view.l4_offset - view.l3_offset));
        ++*n_checked;
    }
    l4 = data + view.l4_offset;
    if (view.protocol == IP_PROTO_ICMP) {
        assert_true(icmp_checksum_is_right(l4, view.l4_size));
        ++*n_checked;
        if (view.icmp_type == ICMP_UNREACHABLE) {
            assert_true(ipv4_checksum_is_right(l4 + ICMP_HLEN, IPV4_HLEN));
            ++*n_checked;
        }
    } else if (l4_checksum_at[view.protocol]
               && get_be16(l4 + l4_checksum_at[view.protocol])) {
        assert_int_equal(checksum_of_segment(&view.src, &view.dst,
                                             view.protocol, l4, view.l4_size,
                                             view.l4_size),
                         0);
        ++*n_checked;
    }
    if (view.tunnel != FRAME_TUNNEL_NONE) {
        check_frame(data + view.inner_offset, view.inner_size, n_checked);
    } else if (view.dport == 6081) { /* Geneve: 8 bytes, then a frame. */
        check_frame(l4 + UDP_HLEN + 8, view.l4_size - UDP_HLEN - 8, n_checked);
    }
}

static void
checksums_of_every_golden_frame_are_right(void **state)
{
    unsigned n_checked = 0;

    (void) state;
    for (size_t i = 0; i < n_golden_frames(); i++) {
        const struct test_frame *frame = golden_frame_at(i);

        check_frame(frame->data, frame->size, &n_checked);
    }
    assert_int_equal(n_checked, 71);
}

static void
check_captured(const uint8_t *data, size_t size, void *aux)
{
    check_frame(data, size, aux);
}

static void
checksums_of_open_vswitch_and_linux_are_right(void **state)
{
    unsigned n_checked = 0;

    (void) state;
    each_captured("nvgre_key_00123456.pcap", check_captured, &n_checked);
    assert_int_equal(n_checked, 10 + 2 * 8);
    n_checked = 0;
    each_captured("vxlan_csum.pcap", check_captured, &n_checked);
    assert_int_equal(n_checked, 2 * 10 + 2 * 8);
    n_checked = 0;
    each_captured("vxlan_v6_underlay.pcap", check_captured, &n_checked);
    assert_int_equal(n_checked, 10 + 6 + 2 * 8);
}

static void
checksum_of_segment_counts_zeros_it_is_not_given(void **state)
{
    struct ip_addr src = ip_addr_from_v4(0x0a010102);
    struct ip_addr dst = ip_addr_from_v4(0x0a010101);
    uint8_t data[1400] = { 0 };

    (void) state;
    fill(data, 21);
    assert_int_equal(
        checksum_of_segment(&src, &dst, IP_PROTO_TCP, data, 21, 1400),
        checksum_of_segment(&src, &dst, IP_PROTO_TCP, data, 1400, 1400));
    assert_int_not_equal(
        checksum_of_segment(&src, &dst, IP_PROTO_TCP, data, 21, 1400),
        checksum_of_segment(&src, &dst, IP_PROTO_TCP, data, 21, 1401));
    /* What is stored behind the segment's end, a pad, is not its. */
    assert_int_equal(
        checksum_of_segment(&src, &dst, IP_PROTO_TCP, data, 21, 20),
        checksum_of_segment(&src, &dst, IP_PROTO_TCP, data, 20, 20));
}

static void
checksum_pseudo_header_has_its_length_and_protocol(void **state)
{
    /* RFC 8200 section 8.1, written out. */
    uint8_t bytes[40] = { 0 };
    struct ip_addr src, dst;
    struct checksum sum = { 0, false };

    (void) state;
    assert_true(ip_addr_parse("2001:db8::1", &src));
    assert_true(ip_addr_parse("fe80::2", &dst));
    memcpy(bytes, src.octets, 16);
    memcpy(bytes + 16, dst.octets, 16);
    put_be32(bytes + 32, 0x12345);
    bytes[39] = 58;
    checksum_add_pseudo(&sum, &src, &dst, 58, 0x12345);
    assert_int_equal(checksum_finish(&sum), slow_checksum(bytes, 40));
}

static void
checksum_update_has_the_corner_case_of_rfc_1624(void **state)
{
    (void) state;
    /* Section 4: RFC 1141's equation gives ffff here. */
    assert_int_equal(checksum_update16(0xdd2f, 0x5555, 0x3285), 0x0000);
    assert_int_equal(checksum_update16(0x0000, 0x3285, 0x5555), 0xdd2f);
    assert_int_equal(checksum_update16(0x1234, 0xffff, 0xffff), 0x1234);
    assert_int_equal(checksum_update16(0x1234, 0, 0), 0x1234);
}

/* A value that is often one of those where carries and zeros are. */
static uint32_t
random_value(void)
{
    static const uint32_t special[] = { 0,          1,          0xffff,
                                        0x10000,    0xffff0000, 0xfffffffe,
                                        UINT32_MAX, 0x0000fffe };
    uint64_t random = test_random();

    return random & 0x100 ? (uint32_t) (random >> 32) : special[random % 8];
}

static void
checksum_update_agrees_with_computing_anew(void **state)
{
    uint8_t data[20];

    (void) state;
    for (int round = 0; round < 200000; round++) {
        uint32_t from = random_value(), to = random_value();
        size_t at = 2 * (test_random() % 8);
        uint16_t check;

        for (size_t i = 0; i < sizeof data; i += 4) {
            put_be32(data + i, random_value());
        }
        put_be16(data + 18, 0x0001); /* Never all zeros. */
        put_be32(data + at, from);
        check = checksum_of(data, sizeof data);
        put_be32(data + at, to);
        assert_int_equal(checksum_update32(check, from, to),
                         checksum_of(data, sizeof data));
        check = checksum_of(data, sizeof data);
        put_be16(data + at, (uint16_t) from);
        assert_int_equal(
            checksum_update16(check, (uint16_t) (to >> 16), (uint16_t) from),
            checksum_of(data, sizeof data));
    }
}

static struct ip_addr
random_addr(void)
{
    uint8_t octets[16];

    for (size_t i = 0; i < sizeof octets; i += 4) {
        put_be32(octets + i, random_value());
    }
    return ip_addr_from_octets(test_random() % 2 ? IP_V4 : IP_V6, octets);
}

static void
checksum_update_of_addresses_crosses_families(void **state)
{
    uint8_t data[24];

    (void) state;
    for (int round = 0; round < 100000; round++) {
        struct ip_addr src = random_addr(), dst = random_addr();
        struct ip_addr to = random_addr();
        uint16_t check;

        fill(data, sizeof data);
        check = checksum_of_segment(&src, &dst, IP_PROTO_UDP, data, 24, 24);
        assert_int_equal(
            checksum_update_addr(check, &dst, &to),
            checksum_of_segment(&src, &to, IP_PROTO_UDP, data, 24, 24));
    }
}

static void
checksum_update_turns_one_golden_frame_into_another(void **state)
{
    const uint8_t *ca = golden_frame("01")->data;
    const uint8_t *pa4 = golden_frame("03")->data;
    const uint8_t *pa6 = golden_frame("17")->data;
    struct frame_view from, to4, to6;
    uint16_t tcp = get_be16(ca + 34 + TCP_OFS_CHECKSUM);
    uint16_t ip = get_be16(ca + 14 + IPV4_OFS_CHECKSUM);

    (void) state;
    assert_true(frame_parse(&from, ca, 58, 58));
    assert_true(frame_parse(&to4, pa4, 58, 58));
    assert_true(frame_parse(&to6, pa6, 78, 78));
    ip = checksum_update_addr(ip, &from.src, &to4.src);
    ip = checksum_update_addr(ip, &from.dst, &to4.dst);
    assert_int_equal(ip, get_be16(pa4 + 14 + IPV4_OFS_CHECKSUM));
    tcp = checksum_update_addr(tcp, &from.src, &to4.src);
    tcp = checksum_update_addr(tcp, &from.dst, &to4.dst);
    assert_int_equal(tcp, get_be16(pa4 + 34 + TCP_OFS_CHECKSUM));
    tcp = checksum_update_addr(tcp, &to4.src, &to6.src);
    tcp = checksum_update_addr(tcp, &to4.dst, &to6.dst);
    assert_int_equal(tcp, get_be16(pa6 + 54 + TCP_OFS_CHECKSUM));
}

static void
checksum_of_zero_is_sent_as_ones_by_udp(void **state)
{
    (void) state;
    assert_int_equal(checksum_udp_on_wire(0), 0xffff);
    assert_int_equal(checksum_udp_on_wire(1), 1);
    assert_int_equal(checksum_udp_on_wire(0xffff), 0xffff);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksum_is_that_of_the_rfc),
        cmocka_unit_test(checksum_is_right_at_every_length_and_alignment),
        cmocka_unit_test(checksum_of_all_ones_carries_around),
        cmocka_unit_test(checksum_of_pieces_is_that_of_the_whole),
        cmocka_unit_test(checksums_of_every_golden_frame_are_right),
        cmocka_unit_test(checksums_of_open_vswitch_and_linux_are_right),
        cmocka_unit_test(checksum_of_segment_counts_zeros_it_is_not_given),
        cmocka_unit_test(checksum_pseudo_header_has_its_length_and_protocol),
        cmocka_unit_test(checksum_update_has_the_corner_case_of_rfc_1624),
        cmocka_unit_test(checksum_update_agrees_with_computing_anew),
        cmocka_unit_test(checksum_update_of_addresses_crosses_families),
        cmocka_unit_test(checksum_update_turns_one_golden_frame_into_another),
        cmocka_unit_test(checksum_of_zero_is_sent_as_ones_by_udp),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

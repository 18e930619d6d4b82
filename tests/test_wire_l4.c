/* UDP and TCP. */

#include <string.h>

#include "models/wire/bytes.h"
#include "models/wire/tcp.h"
#include "models/wire/udp.h"
#include "tests/cmocka_all.h"
#include "tests/wire_vectors.h"

#define L4_OFS (14 + 20) /* In the golden frames over IPv4. */

static bool
decode_udp(void *hdr, const uint8_t *data, size_t stored)
{
    return udp_decode(hdr, data, stored, SIZE_MAX);
}

static bool
decode_tcp(void *hdr, const uint8_t *data, size_t size)
{
    return tcp_decode(hdr, data, size);
}

static bool
decode_options(void *options, const uint8_t *data, size_t size)
{
    return tcp_options_decode(options, data, size);
}

static void
udp_header_is_read_and_written(void **state)
{
    const uint8_t *bytes = golden_frame("22")->data + L4_OFS;
    uint8_t data[UDP_HLEN];
    struct udp_hdr hdr = { 0 };

    (void) state;
    assert_only_whole_decodes(decode_udp, sizeof hdr, bytes, UDP_HLEN);
    assert_true(udp_decode(&hdr, bytes, UDP_HLEN, 11));
    assert_int_equal(hdr.sport, 40001);
    assert_int_equal(hdr.dport, 40002);
    assert_int_equal(hdr.length, 11);
    assert_int_equal(hdr.checksum, 0x657e);
    udp_encode(&hdr, data);
    assert_memory_equal(data, bytes, UDP_HLEN);
}

static void
udp_length_is_held_against_the_packet(void **state)
{
    struct udp_hdr hdr = { .length = 1480 };
    uint8_t data[UDP_HLEN];

    (void) state;
    udp_encode(&hdr, data);
    assert_true(udp_decode(&hdr, data, UDP_HLEN, 1480));
    assert_true(udp_decode(&hdr, data, UDP_HLEN, 1500));
    assert_false(udp_decode(&hdr, data, UDP_HLEN, 1479));
    put_be16(data + UDP_OFS_LENGTH, UDP_HLEN);
    assert_true(udp_decode(&hdr, data, UDP_HLEN, UDP_HLEN));
    assert_false(udp_decode(&hdr, data, UDP_HLEN, UDP_HLEN - 1));
    put_be16(data + UDP_OFS_LENGTH, UDP_HLEN - 1);
    assert_refused(decode_udp, sizeof hdr, data, UDP_HLEN);
}

static void
tcp_header_is_read_and_written(void **state)
{
    const uint8_t *bytes = golden_frame("01")->data + L4_OFS;
    uint8_t data[TCP_HLEN];
    struct tcp_hdr hdr = { 0 };

    (void) state;
    assert_only_whole_decodes(decode_tcp, sizeof hdr, bytes, 24);
    assert_true(tcp_decode(&hdr, bytes, 24));
    assert_int_equal(hdr.sport, 49152);
    assert_int_equal(hdr.dport, 1433);
    assert_int_equal(hdr.seq, 0x11223344);
    assert_int_equal(hdr.ack, 0);
    assert_int_equal(hdr.header_length, 24);
    assert_int_equal(hdr.flags, TCP_SYN);
    assert_int_equal(hdr.window, 8192);
    assert_int_equal(hdr.checksum, 0x5822);
    assert_int_equal(hdr.urgent, 0);
    tcp_encode(&hdr, data);
    assert_memory_equal(data, bytes, TCP_HLEN);
}

static void
tcp_of_any_values_comes_back(void **state)
{
    struct tcp_hdr hdr = { .sport = 65535,
                           .dport = 1,
                           .seq = 0xfedcba98,
                           .ack = 0x76543210,
                           .header_length = 60,
                           .flags = 0xff,
                           .window = 65535,
                           .checksum = 0x1234,
                           .urgent = 0xabcd };
    uint8_t data[TCP_HLEN_MAX] = { 0 }, again[TCP_HLEN];
    struct tcp_hdr back;

    (void) state;
    tcp_encode(&hdr, data);
    assert_true(tcp_decode(&back, data, sizeof data));
    tcp_encode(&back, again);
    assert_memory_equal(again, data, TCP_HLEN);
    assert_int_equal(back.seq, hdr.seq);
    assert_int_equal(back.ack, hdr.ack);
    assert_int_equal(back.header_length, 60);
    assert_int_equal(back.flags, 0xff);
    assert_int_equal(back.urgent, 0xabcd);
}

static void
tcp_reserved_bits_are_ignored_and_a_short_offset_is_not(void **state)
{
    uint8_t data[TCP_HLEN] = { 0 };
    struct tcp_hdr hdr = { 0 };

    (void) state;
    data[12] = 0x5f;
    assert_true(tcp_decode(&hdr, data, sizeof data));
    assert_int_equal(hdr.header_length, 20);
    data[12] = 0x40;
    assert_refused(decode_tcp, sizeof hdr, data, sizeof data);
    data[12] = 0x60; /* Options that are not there. */
    assert_refused(decode_tcp, sizeof hdr, data, sizeof data);
}

static void
tcp_options_of_a_linux_syn_are_read(void **state)
{
    /* MSS 1460, SACK permitted, timestamps, NOP, scale 7. */
    uint8_t data[TCP_OPTIONS_MAX];
    size_t size = from_hex("020405b4"
                           "0402"
                           "080a01020304deadbeef"
                           "01"
                           "030307",
                           data, sizeof data);
    struct tcp_options options;

    (void) state;
    assert_true(tcp_options_decode(&options, data, size));
    assert_int_equal(options.mss, 1460);
    assert_true(options.sack_permitted);
    assert_true(options.has_timestamps);
    assert_int_equal(options.ts_value, 0x01020304);
    assert_int_equal(options.ts_echo, 0xdeadbeef);
    assert_true(options.has_window_scale);
    assert_int_equal(options.window_scale, 7);
    assert_int_equal(options.n_sack_blocks, 0);
}

static void
tcp_without_options_has_none(void **state)
{
    static const char *const none[] = { "",         "00",   "01010101",
                                        "0001ffff", "0005", "fd0412340000" };
    struct tcp_options options, zero;
    uint8_t data[TCP_OPTIONS_MAX];

    (void) state;
    memset(&zero, 0, sizeof zero);
    for (size_t i = 0; i < 6; i++) { /* Ends, NOPs, one unknown. */
        size_t size = from_hex(none[i], data, sizeof data);

        memset(&options, 0, sizeof options);
        assert_true(tcp_options_decode(&options, data, size));
        assert_memory_equal(&options, &zero, sizeof zero);
    }
}

static void
tcp_options_that_are_malformed_are_refused(void **state)
{
    static const char *const bad[] = {
        "02",                     /* No length. */
        "0101fd",                 /* None behind others. */
        "0200",                   /* 0. */
        "0201",                   /* 1. */
        "020405",                 /* Out of the header. */
        "fd05aabb",               /* An unknown one, too. */
        "fd01",                   /* And its length. */
        "0203ab",                 /* MSS of 3. */
        "0205abcdef",             /* MSS of 5. */
        "03020304",               /* Scale of 2. */
        "03040100",               /* Scale of 4. */
        "0403ff",                 /* SACK permitted of 3. */
        "080901020304010203",     /* Timestamps of 9. */
        "0502",                   /* SACK without blocks. */
        "050901020304050607",     /* Half a block. */
        "050b010203040506070801", /* A block and a bit. */
        ("052a01020304010203040102030401020304010203040102030401020304"
         "010203040102030401020304"), /* 5 blocks. */
    };
    uint8_t data[64];

    (void) state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        size_t size = from_hex(bad[i], data, sizeof data);

        assert_refused(decode_options, sizeof(struct tcp_options), data, size);
    }
}

static void
tcp_window_scale_is_14_at_most(void **state)
{
    uint8_t data[] = { 3, 3, 15 };
    struct tcp_options options;

    (void) state;
    assert_true(tcp_options_decode(&options, data, sizeof data));
    assert_int_equal(options.window_scale, 14);
    data[2] = 13;
    assert_true(tcp_options_decode(&options, data, sizeof data));
    assert_int_equal(options.window_scale, 13);
}

/* Encodes, and checks length and that all comes back. */
static struct tcp_options
assert_options_come_back(const struct tcp_options *options, size_t size)
{
    uint8_t data[TCP_OPTIONS_MAX];
    struct tcp_options back;

    memset(data, 0xa5, sizeof data);
    assert_int_equal(tcp_options_encode(options, data), size);
    assert_true(tcp_options_decode(&back, data, size));
    assert_int_equal(back.mss, options->mss);
    assert_int_equal(back.has_window_scale, options->has_window_scale);
    assert_int_equal(back.window_scale, options->window_scale);
    assert_int_equal(back.sack_permitted, options->sack_permitted);
    assert_int_equal(back.has_timestamps, options->has_timestamps);
    assert_int_equal(back.ts_value, options->ts_value);
    assert_int_equal(back.ts_echo, options->ts_echo);
    for (size_t i = 0; i < back.n_sack_blocks; i++) {
        assert_int_equal(back.sack[i].start, options->sack[i].start);
        assert_int_equal(back.sack[i].end, options->sack[i].end);
    }
    return back;
}

static void
tcp_options_of_any_values_come_back(void **state)
{
    struct tcp_options options;

    (void) state;
    memset(&options, 0, sizeof options);
    assert_options_come_back(&options, 0);
    options.mss = 1460;
    assert_options_come_back(&options, 4);
    options.has_window_scale = true;
    options.window_scale = 8;
    assert_options_come_back(&options, 8);
    options.sack_permitted = true;
    assert_options_come_back(&options, 12);
    options.has_timestamps = true;
    options.ts_value = 0x01020304;
    options.ts_echo = UINT32_MAX;
    assert_options_come_back(&options, 24);
}

static void
tcp_sack_blocks_are_left_out_where_there_is_no_room(void **state)
{
    struct tcp_options options;

    (void) state;
    memset(&options, 0, sizeof options);
    options.n_sack_blocks = 4;
    for (uint32_t i = 0; i < 4; i++) {
        options.sack[i].start = 0xfffff000 + i;
        options.sack[i].end = 1000 + i;
    }
    assert_int_equal(assert_options_come_back(&options, 36).n_sack_blocks, 4);
    options.has_timestamps = true; /* RFC 2018 section 3: then 3. */
    assert_int_equal(assert_options_come_back(&options, 40).n_sack_blocks, 3);
    options.n_sack_blocks = 1;
    assert_int_equal(assert_options_come_back(&options, 24).n_sack_blocks, 1);
    options.n_sack_blocks = 2;
    options.mss = 1460;
    options.has_window_scale = true;
    options.sack_permitted = true;
    assert_int_equal(assert_options_come_back(&options, 36).n_sack_blocks, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(udp_header_is_read_and_written),
        cmocka_unit_test(udp_length_is_held_against_the_packet),
        cmocka_unit_test(tcp_header_is_read_and_written),
        cmocka_unit_test(tcp_of_any_values_comes_back),
        cmocka_unit_test(
            tcp_reserved_bits_are_ignored_and_a_short_offset_is_not),
        cmocka_unit_test(tcp_options_of_a_linux_syn_are_read),
        cmocka_unit_test(tcp_without_options_has_none),
        cmocka_unit_test(tcp_options_that_are_malformed_are_refused),
        cmocka_unit_test(tcp_window_scale_is_14_at_most),
        cmocka_unit_test(tcp_options_of_any_values_come_back),
        cmocka_unit_test(tcp_sack_blocks_are_left_out_where_there_is_no_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

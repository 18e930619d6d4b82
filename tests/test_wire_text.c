/* Frames as text. */

#include <stdlib.h>
#include <string.h>

#include "models/wire/arp.h"
#include "models/wire/bytes.h"
#include "models/wire/frame_text.h"
#include "tests/cmocka_all.h"
#include "tests/wire_bench.h"
#include "tests/wire_vectors.h"

static void
golden_frames_read_well(void **state)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
        { "01", "10.1.1.2 > 10.1.1.1 TCP 49152 > 1433 [S] seq 287454020 len "
                "0, 58 B" },
        { "05", "192.168.1.10 > 192.168.1.12 TCP 1433 > 49152 [S.] seq "
                "1432778632 ack 287454021 len 0, 58 B" },
        { "09", "192.168.1.12 > 192.168.1.10 NVGRE vsid 5001 flow 0xa7 | "
                "10.1.1.2 > 10.1.1.1 TCP 49152 > 1433 [S] seq 287454020 len "
                "0, 100 B" },
        { "10", "vlan 201 192.168.1.12 > 192.168.1.10 NVGRE vsid 5001 flow "
                "0x0 | 10.1.1.2 > 10.1.1.1 TCP 49152 > 1433 [S] seq "
                "287454020 len 0, 104 B" },
        { "13", "192.168.1.12 > 239.1.19.137 NVGRE vsid 5001 flow 0x0 | ARP "
                "who-has 10.1.1.1 tell 10.1.1.2, 84 B" },
        { "19", "10.1.1.2 > 10.1.1.1 ICMP echo request id 1 seq 5, 74 B" },
        { "21", "2001:db8:a::12 > 2001:db8:a::10 ICMPv6 echo request id 1 "
                "seq 5, 94 B" },
        { "22", "192.168.1.12 > 192.168.1.10 UDP 40001 > 40002 len 3, 45 B" },
        { "25", "192.168.1.254 > 10.1.1.2 ICMP fragmentation needed mtu "
                "1400, 70 B" },
        { "26", "192.168.1.12 > 192.168.1.10 VXLAN vni 5001 | 10.1.1.2 > "
                "10.1.1.1 TCP 49152 > 1433 [S] seq 287454020 len 0, 108 B" },
        { "28", "02:00:00:00:01:02 > 02:00:00:00:01:03 type 0x22f3, 82 B" },
        { "91", "192.168.1.12 > 192.168.1.10 GRE (reserved VSID), 100 B" },
    };

    (void) state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct test_frame *frame = golden_frame(rows[i].name);

        assert_text(frame->data, frame->size, frame->size, rows[i].text);
    }
}

static void
other_frames_read_well(void **state)
{
    static const struct {
        bool v6;
        uint8_t protocol;
        const char *hex, *text;
    } rows[] = {
        { false, 6, "00010002000000070000000850ff000000000000",
          "TCP 1 > 2 [FSRPUEW.] seq 7 ack 8 len 0, 54 B" },
        { false, 6, "0001000200000007000000085000000000000000aabb",
          "TCP 1 > 2 [] seq 7 len 2, 56 B" },
        { false, 1, "0000000000010002", "ICMP echo reply id 1 seq 2, 42 B" },
        { false, 1, "0303000000000000", "ICMP unreachable code 3, 42 B" },
        { false, 1, "0b00000000000000", "ICMP time exceeded, 42 B" },
        { false, 1, "0501000000000000", "ICMP type 5 code 1, 42 B" },
        { false, 89, "0000", "protocol 89 len 2, 36 B" },
        { true, 58, "8100000000010002", "ICMPv6 echo reply id 1 seq 2, 62 B" },
        { true, 58, "0104000000000000", "ICMPv6 unreachable code 4, 62 B" },
        { true, 58, "0200000000000578",
          "ICMPv6 packet too big mtu 1400, 62 B" },
        { true, 58, "0300000000000000", "ICMPv6 time exceeded, 62 B" },
        { true, 58, "8f00000000000000", "ICMPv6 type 143 code 0, 62 B" },
        { true, 58, "8500000000000000", "ICMPv6 router solicit, 62 B" },
        { true, 58, "86000000000000000000000000000000",
          "ICMPv6 router advert, 70 B" },
        { true, 58, "870000000000000020010db8000000000000000000000007",
          "ICMPv6 neighbor solicit who-has 2001:db8::7, 78 B" },
        { true, 58, "880000006000000020010db8000000000000000000000007",
          "ICMPv6 neighbor advert 2001:db8::7, 78 B" },
    };
    struct bench b;

    (void) state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[128] = "10.1.1.2 > 10.1.1.1 ";

        if (rows[i].v6) {
            strcpy(text, "2001:db8::2 > 2001:db8::1 ");
            make_ipv6(&b, rows[i].protocol, rows[i].hex);
        } else {
            make_ipv4(&b, rows[i].protocol, 0, false, rows[i].hex);
        }
        assert_bench_text(&b, strcat(text, rows[i].text));
    }
    make_eth(&b, 0x0026);
    assert_bench_text(
        &b, "00:15:5d:01:14:01 > 00:15:5d:01:0a:01 802.3 len 38, 14 B");
}

static void
arp_reads_well(void **state)
{
    struct arp_hdr arp = { .op = ARP_REPLY,
                           .sha = eth_addr_from_u64(0x00155d010a01),
                           .spa = addr("10.1.1.1"),
                           .tpa = addr("10.1.1.2") };
    struct bench b;

    (void) state;
    make_eth(&b, ETH_TYPE_ARP);
    arp_encode(&arp, b.data + ETH_HLEN);
    b.size += ARP_HLEN;
    assert_bench_text(&b, "ARP 10.1.1.1 is-at 00:15:5d:01:0a:01, 42 B");
    b.data[ETH_HLEN + 7] = 9;
    assert_bench_text(&b, "ARP op 9, 42 B");
    b.size--;
    assert_bench_text(&b, "ARP (malformed), 41 B");
}

static void
nd_that_is_stored_in_part_is_not_guessed_at(void **state)
{
    struct bench b;

    (void) state;
    make_ipv6(&b, 58, "870000000000000020010db8000000000000000000000007");
    assert_text(b.data, b.size - 1, b.size,
                "2001:db8::2 > 2001:db8::1 ICMPv6 type 135 code 0, 78 B");
    b.size += 8; /* A pad holds no options. */
    assert_bench_text(&b, "2001:db8::2 > 2001:db8::1 ICMPv6 neighbor solicit "
                          "who-has 2001:db8::7, 86 B");
}

/* Frames in frames without end: text has one. */
static void
frames_in_frames_are_shown_four_deep(void **state)
{
    uint8_t data[1024] = { 0 };
    char buf[FRAME_TEXT_MAX];
    size_t at = 0, n_bars = 0;

    (void) state;
    for (int depth = 0; depth < 10; depth++) {
        struct bench b;

        make_ipv4(&b, IP_PROTO_GRE, 0, false, "2000655800138900");
        put_be16(b.data + ETH_HLEN + 2,
                 (uint16_t) (sizeof data - at - ETH_HLEN));
        memcpy(data + at, b.data, b.size);
        at += b.size;
    }
    frame_summary(buf, sizeof buf, data, sizeof data, sizeof data);
    for (const char *p = buf; *p; p++) {
        n_bars += *p == '|';
    }
    assert_int_equal(n_bars, 3);
}

static void
text_is_cut_where_its_room_ends(void **state)
{
    const struct test_frame *frame = golden_frame("09");
    char whole[FRAME_TEXT_MAX];
    size_t length = frame_summary(whole, sizeof whole, frame->data,
                                  frame->size, frame->size);

    (void) state;
    assert_int_equal(
        frame_summary(NULL, 0, frame->data, frame->size, frame->size), 0);
    for (size_t cap = 1; cap <= length + 2; cap++) {
        char *buf = malloc(cap);
        size_t n =
            frame_summary(buf, cap, frame->data, frame->size, frame->size);

        assert_int_equal(n, cap <= length ? cap - 1 : length);
        assert_int_equal(strlen(buf), n);
        assert_memory_equal(buf, whole, n);
        free(buf);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_frames_read_well),
        cmocka_unit_test(other_frames_read_well),
        cmocka_unit_test(arp_reads_well),
        cmocka_unit_test(nd_that_is_stored_in_part_is_not_guessed_at),
        cmocka_unit_test(frames_in_frames_are_shown_four_deep),
        cmocka_unit_test(text_is_cut_where_its_room_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A look at whole frames. */

#include <stdlib.h>
#include <string.h>

#include "models/wire/arp.h"
#include "models/wire/bytes.h"
#include "models/wire/frame.h"
#include "models/wire/frame_text.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"
#include "models/wire/tcp.h"
#include "models/wire/udp.h"
#include "tests/cmocka_all.h"
#include "tests/wire_bench.h"
#include "tests/wire_vectors.h"

static const struct frame_view *
look(struct bench *b)
{
    uint8_t *copy = heap_copy(b->data, b->size);

    assert_true(frame_parse(&b->view, copy, b->size, b->size));
    free(copy);
    return &b->view;
}

static void
frame_of_tcp_shows_all_its_fields(void **state)
{
    const struct test_frame *frame = golden_frame("05");
    struct frame_view view;
    struct ip_addr src = addr("192.168.1.10"), dst = addr("192.168.1.12");

    (void) state;
    assert_true(frame_parse(&view, frame->data, frame->size, frame->size));
    assert_true(eth_addr_to_u64(view.eth_dst) == UINT64_C(0x02000000000b));
    assert_true(eth_addr_to_u64(view.eth_src) == UINT64_C(0x02000000000a));
    assert_int_equal(view.type, ETH_TYPE_IPV4);
    assert_false(view.is_tagged);
    assert_false(view.is_malformed);
    assert_int_equal(view.l3_offset, 14);
    assert_int_equal(view.l3_size, 44);
    assert_true(ip_addr_equal(&view.src, &src));
    assert_true(ip_addr_equal(&view.dst, &dst));
    assert_int_equal(view.protocol, IP_PROTO_TCP);
    assert_int_equal(view.ttl, 128);
    assert_false(view.is_fragment);
    assert_int_equal(view.l4_offset, 34);
    assert_int_equal(view.l4_size, 24);
    assert_true(view.has_ports);
    assert_int_equal(view.sport, 1433);
    assert_int_equal(view.dport, 49152);
    assert_int_equal(view.tcp_flags, TCP_SYN | TCP_ACK);
    assert_int_equal(view.tunnel, FRAME_TUNNEL_NONE);
}

static void
frame_of_arp_shows_who_asks_for_whom(void **state)
{
    const struct test_frame *frame = golden_frame("12");
    struct frame_view outer, view;

    (void) state;
    assert_true(frame_parse(&outer, frame->data, frame->size, frame->size));
    assert_true(frame_parse(&view, frame->data + outer.inner_offset,
                            outer.inner_size, outer.inner_size));
    assert_int_equal(view.type, ETH_TYPE_ARP);
    assert_int_equal(view.arp_op, ARP_REQUEST);
    assert_int_equal(ip_addr_to_v4(&view.src), 0x0a010102);
    assert_int_equal(ip_addr_to_v4(&view.dst), 0x0a010101);
    assert_true(eth_addr_to_u64(view.arp_sha) == UINT64_C(0x00155d011401));
    assert_true(eth_addr_is_zero(view.arp_tha));
    assert_true(eth_addr_is_broadcast(view.eth_dst));
    assert_int_equal(view.l3_size, ARP_HLEN);
    assert_int_equal(view.l4_offset, 0);
}

static void
frame_of_nvgre_shows_where_the_tenants_frame_is(void **state)
{
    static const struct {
        const char *name;
        uint32_t inner_offset, inner_size, vsid;
        uint8_t flow_id;
    } rows[] = {
        { "07", 42, 58, 5001, 0 },    { "08", 42, 58, 6001, 0 },
        { "09", 42, 58, 5001, 0xa7 }, { "10", 46, 58, 5001, 0 },
        { "12", 42, 42, 5001, 0 },    { "14", 62, 58, 5001, 0 },
        { "15", 42, 78, 5001, 0 },    { "16", 62, 78, 5001, 0 },
    };

    (void) state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct test_frame *frame = golden_frame(rows[i].name);
        struct frame_view view;

        assert_true(frame_parse(&view, frame->data, frame->size, frame->size));
        assert_int_equal(view.tunnel, FRAME_TUNNEL_NVGRE);
        assert_int_equal(view.protocol, IP_PROTO_GRE);
        assert_int_equal(view.inner_offset, rows[i].inner_offset);
        assert_int_equal(view.inner_size, rows[i].inner_size);
        assert_int_equal(view.vsid, rows[i].vsid);
        assert_int_equal(view.flow_id, rows[i].flow_id);
        assert_int_equal(view.is_tagged, i == 3);
        assert_int_equal(view.vlan.vid, i == 3 ? 201 : 0);
    }
}

static void
frame_pad_belongs_to_nobody(void **state)
{
    struct bench b;

    (void) state;
    make_ipv4(&b, IP_PROTO_UDP, 0, false, "0001000200080000");
    b.size = 60;
    assert_int_equal(look(&b)->l3_size, 28);
    assert_int_equal(b.view.l4_size, 8);
    assert_int_equal(b.view.dscp, 46);
    assert_int_equal(b.view.ecn, 1);
    assert_bench_text(&b, "10.1.1.2 > 10.1.1.1 UDP 1 > 2 len 0, 60 B");

    /* A header does not go on in it. */
    make_ipv4(&b, IP_PROTO_ICMP, 0, false, "08000000");
    b.size = 60;
    assert_true(look(&b)->is_malformed);
    assert_false(b.view.has_icmp);

    /* Nor does what UDP leaves of IP belong to the tenant's frame. */
    make_ipv4(&b, IP_PROTO_UDP, 0, false,
              "c00012b500120000"
              "0800000000138900"
              "aabbcccc");
    assert_int_equal(look(&b)->tunnel, FRAME_TUNNEL_VXLAN);
    assert_int_equal(b.view.vsid, 5001);
    assert_int_equal(b.view.inner_offset, 14 + 20 + 16);
    assert_int_equal(b.view.inner_size, 2);
    assert_bench_text(
        &b, "10.1.1.2 > 10.1.1.1 VXLAN vni 5001 | Ethernet (malformed), 54 B");
}

static void
frame_on_the_vxlan_port_without_its_flag_is_plain_udp(void **state)
{
    struct bench b;

    (void) state;
    make_ipv4(&b, IP_PROTO_UDP, 0, false, "c00012b5001000000000000000138900");
    assert_int_equal(look(&b)->tunnel, FRAME_TUNNEL_NONE);
    assert_false(b.view.is_malformed);
    assert_true(b.view.has_ports);
}

static void
frame_of_zeros_nobody_holds_is_as_good_as_a_whole_one(void **state)
{
    struct udp_hdr udp = { .sport = 1, .dport = 2, .length = 1480 };
    struct frame_view view, whole;
    uint8_t data[1514] = { 0 };
    uint8_t *start;
    struct bench b;

    (void) state;
    make_ipv4(&b, IP_PROTO_UDP, 0, false, "");
    put_be16(b.data + ETH_HLEN + 2, 1500);
    udp_encode(&udp, b.data + 34);
    memcpy(data, b.data, 42);
    start = heap_copy(data, 42);
    memset(&view, 0, sizeof view);
    memset(&whole, 0, sizeof whole);
    assert_true(frame_parse(&view, start, 42, 1514));
    assert_true(frame_parse(&whole, data, 1514, 1514));
    assert_false(view.is_malformed);
    assert_int_equal(view.l4_size, 1480);
    assert_memory_equal(&view, &whole, sizeof view);
    assert_true(frame_parse(&view, start, 42, 1513)); /* One too few. */
    assert_true(view.is_malformed);
    free(start);
    assert_text(data, 42, 1514,
                "10.1.1.2 > 10.1.1.1 UDP 1 > 2 len 1472, 1514 B");
}

static void
frame_stored_beyond_its_size_is_not_read_there(void **state)
{
    const struct test_frame *frame = golden_frame("01");
    struct frame_view view;

    (void) state;
    assert_false(frame_parse(&view, frame->data, frame->size, 13));
    assert_true(view.is_malformed);
    assert_true(frame_parse(&view, frame->data, frame->size, 57));
    assert_true(view.is_malformed);
    assert_text(frame->data, frame->size, 13, "Ethernet (malformed), 13 B");
}

/* At each cut a frame's start is either too short or malformed, and the fields
 * of the layers that are there are right. */
static void
frames_cut_anywhere_are_malformed_from_there_on(void **state)
{
    (void) state;
    for (size_t i = 0; i < n_golden_frames(); i++) {
        const struct test_frame *frame = golden_frame_at(i);
        struct frame_view whole, view;

        assert_true(
            frame_parse(&whole, frame->data, frame->size, frame->size));
        for (size_t cut = 0; cut < frame->size; cut++) {
            uint8_t *copy = heap_copy(frame->data, cut);
            char buf[FRAME_TEXT_MAX];

            if (!frame_parse(&view, copy, cut, cut)) {
                assert_true(cut < whole.l3_offset);
            } else if (whole.l3_size) {
                assert_int_equal(view.is_malformed,
                                 cut < whole.l3_offset + whole.l3_size);
            }
            /* The same, only not in memory: headers alone matter. */
            if (frame_parse(&view, copy, cut, frame->size) && whole.l4_offset
                && cut >= whole.l4_offset + 24) {
                assert_false(view.is_malformed);
                assert_int_equal(view.l4_size, whole.l4_size);
            }
            frame_summary(buf, sizeof buf, copy, cut, frame->size);
            frame_summary(buf, sizeof buf, copy, cut, cut);
            free(copy);
        }
    }
}

static void
frame_whose_tag_is_cut_is_no_frame(void **state)
{
    const struct test_frame *frame = golden_frame("10");
    struct frame_view view;

    (void) state;
    assert_false(frame_parse(&view, frame->data, 17, 17));
    assert_true(frame_parse(&view, frame->data, 18, 18));
    assert_true(view.is_malformed); /* IPv4 without a byte. */
    assert_int_equal(view.vlan.vid, 201);
}

static void
frame_of_two_tags_is_looked_at_behind_the_first_only(void **state)
{
    struct frame_view view;
    struct bench b;

    (void) state;
    make_eth(&b, ETH_TYPE_QINQ);
    b.size += from_hex("0064810000c80800", b.data + ETH_HLEN, 8);
    assert_true(frame_parse(&view, b.data, b.size, b.size));
    assert_true(view.is_tagged);
    assert_int_equal(view.vlan.tpid, ETH_TYPE_QINQ);
    assert_int_equal(view.vlan.vid, 100);
    assert_int_equal(view.type, ETH_TYPE_VLAN);
    assert_int_equal(view.l3_offset, 18);
}

static void
frame_that_is_a_fragment_shows_ports_in_the_first_only(void **state)
{
    struct bench b;

    (void) state;
    make_ipv4(&b, IP_PROTO_UDP, 0, true, "0001000204000000");
    assert_true(look(&b)->is_fragment);
    assert_true(b.view.has_ports);
    assert_false(b.view.is_malformed); /* Its length is the datagram's. */
    assert_bench_text(
        &b, "10.1.1.2 > 10.1.1.1 UDP 1 > 2 len 0 fragment at 0, 42 B");

    make_ipv4(&b, IP_PROTO_UDP, 1480, false, "0001000200080000");
    assert_true(look(&b)->is_fragment);
    assert_int_equal(b.view.fragment_offset, 1480);
    assert_false(b.view.has_ports);
    assert_int_equal(b.view.l4_offset, 34);
    assert_int_equal(b.view.l4_size, 8);
    assert_bench_text(&b,
                      "10.1.1.2 > 10.1.1.1 UDP len 8 fragment at 1480, 42 B");
    make_ipv4(&b, IP_PROTO_TCP, 8, false, "00010002");
    assert_bench_text(&b, "10.1.1.2 > 10.1.1.1 TCP fragment at 8, 38 B");
    make_ipv4(&b, IP_PROTO_ICMP, 8, false, "00010002");
    assert_bench_text(&b, "10.1.1.2 > 10.1.1.1 ICMP fragment at 8, 38 B");

    /* A tunnel is not looked into before it is whole. */
    make_ipv4(&b, IP_PROTO_GRE, 0, true, "2000655800138900");
    assert_int_equal(look(&b)->tunnel, FRAME_TUNNEL_NONE);
    assert_bench_text(&b, "10.1.1.2 > 10.1.1.1 GRE fragment at 0, 42 B");
    make_ipv4(&b, IP_PROTO_UDP, 0, true, "000112b5001800000800000000138900");
    assert_int_equal(look(&b)->tunnel, FRAME_TUNNEL_NONE);

    make_ipv6(&b, IPV6_NEXT_FRAGMENT, "3a0000080000000712345678");
    assert_true(look(&b)->is_fragment);
    assert_int_equal(b.view.protocol, IP_PROTO_ICMPV6);
    assert_false(b.view.has_icmp);
    assert_bench_text(&b,
                      "2001:db8::2 > 2001:db8::1 ICMPv6 fragment at 8, 66 B");
}

static void
frame_of_ipv6_is_looked_at_behind_its_extensions(void **state)
{
    struct bench b;

    (void) state;
    make_ipv6(&b, IPV6_NEXT_DESTINATION,
              "1100010400000000"
              "0001000200080000");
    assert_int_equal(look(&b)->protocol, IP_PROTO_UDP);
    assert_int_equal(b.view.l4_offset, 14 + 40 + 8);
    assert_int_equal(b.view.l4_size, 8);
    assert_int_equal(b.view.dport, 2);
    assert_int_equal(b.view.ttl, 255);
    assert_int_equal(b.view.dscp, 46);
    assert_int_equal(b.view.ecn, 1);

    make_ipv6(&b, IPV6_NEXT_DESTINATION, "1101010400000000");
    assert_true(look(&b)->is_malformed);
    assert_bench_text(
        &b, "2001:db8::2 > 2001:db8::1 protocol 60 len 0 (malformed), 62 B");
}

static void
frames_with_a_bad_header_are_malformed_and_keep_what_came_before(void **state)
{
    static const struct {
        uint8_t protocol;
        const char *hex, *text;
    } rows[] = {
        { IP_PROTO_TCP, "00010002", "TCP (malformed), 38 B" },
        { IP_PROTO_UDP, "0001000200070000", "UDP len 8 (malformed), 42 B" },
        { IP_PROTO_ICMP, "08000000000000", "ICMP (malformed), 41 B" },
        { IP_PROTO_GRE, "20006558",
          "GRE (header cut short) (malformed), 38 B" },
    };

    (void) state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[128] = "10.1.1.2 > 10.1.1.1 ";
        struct bench b;

        make_ipv4(&b, rows[i].protocol, 0, false, rows[i].hex);
        assert_true(look(&b)->is_malformed);
        assert_int_equal(b.view.src.family, IP_V4);
        assert_int_equal(b.view.protocol, rows[i].protocol);
        assert_bench_text(&b, strcat(text, rows[i].text));
    }
}

static void
icmp_of_the_other_family_is_just_a_protocol(void **state)
{
    struct bench b;

    (void) state;
    make_ipv4(&b, IP_PROTO_ICMPV6, 0, false, "8000000000010002");
    assert_false(look(&b)->has_icmp);
    assert_bench_text(&b, "10.1.1.2 > 10.1.1.1 ICMPv6, 42 B");
    make_ipv6(&b, IP_PROTO_ICMP, "0800000000010002");
    assert_false(look(&b)->has_icmp);
    assert_bench_text(&b, "2001:db8::2 > 2001:db8::1 ICMP, 62 B");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frame_of_tcp_shows_all_its_fields),
        cmocka_unit_test(frame_of_arp_shows_who_asks_for_whom),
        cmocka_unit_test(frame_of_nvgre_shows_where_the_tenants_frame_is),
        cmocka_unit_test(frame_pad_belongs_to_nobody),
        cmocka_unit_test(
            frame_on_the_vxlan_port_without_its_flag_is_plain_udp),
        cmocka_unit_test(
            frame_of_zeros_nobody_holds_is_as_good_as_a_whole_one),
        cmocka_unit_test(frame_stored_beyond_its_size_is_not_read_there),
        cmocka_unit_test(frames_cut_anywhere_are_malformed_from_there_on),
        cmocka_unit_test(frame_whose_tag_is_cut_is_no_frame),
        cmocka_unit_test(frame_of_two_tags_is_looked_at_behind_the_first_only),
        cmocka_unit_test(
            frame_that_is_a_fragment_shows_ports_in_the_first_only),
        cmocka_unit_test(frame_of_ipv6_is_looked_at_behind_its_extensions),
        cmocka_unit_test(
            frames_with_a_bad_header_are_malformed_and_keep_what_came_before),
        cmocka_unit_test(icmp_of_the_other_family_is_just_a_protocol),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

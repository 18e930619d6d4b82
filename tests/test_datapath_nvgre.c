/* NVGRE beyond the golden frames: each refusal, tags, pads, FlowIDs, and what
 * Open vSwitch and Linux put on a wire. */

#include <glib.h>
#include <string.h>

#include "models/wire/checksum.h"
#include "models/wire/ip_tos.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"
#include "models/wire/udp.h"
#include "tests/cmocka_all.h"
#include "tests/hnv_bench.h"
#include "tests/wire_vectors.h"

#define OUTER_IP  ETH_HLEN /* Offsets in golden frame 07. */
#define OUTER_GRE (ETH_HLEN + IPV4_HLEN)
#define INNER     (OUTER_GRE + NVGRE_HLEN)

struct bench {
    struct policy_record src, dst;
    struct datapath dp;
    struct datapath_frame frame;
    uint8_t data[512]; /* A provider frame to be damaged. */
    size_t size;
};

static int
setup(void **state)
{
    const struct test_frame *golden = golden_frame("07-");
    struct bench *b = g_new0(struct bench, 1);

    b->src = hnv_record(BLUE_WEB, POLICY_RULE_ENCAP, IP_V4, IP_V4);
    b->dst = hnv_record(BLUE_SQL, POLICY_RULE_ENCAP, IP_V4, IP_V4);
    b->dp = hnv_datapath(2);
    b->frame = (struct datapath_frame){ .src = &b->src, .dst = &b->dst };
    memcpy(b->data, golden->data, golden->size);
    b->size = golden->size;
    *state = b;
    return 0;
}

static int
teardown(void **state)
{
    g_free(*state);
    return 0;
}

/* Marks the IPv4 packet at 'data'. */
static void
ip_mark(uint8_t *data, uint8_t dscp, enum ip_ecn ecn)
{
    struct ipv4_hdr ip;

    assert_true(ipv4_decode(&ip, data, SIZE_MAX, SIZE_MAX));
    ip.dscp = dscp;
    ip.ecn = (uint8_t) ecn;
    ipv4_encode(&ip, data);
}

static const struct fate *
ingress(struct bench *b)
{
    struct packet *pkt = hnv_packet(b->data, b->size, b->size);
    const struct fate *fate = datapath_nvgre.ingress(&b->dp, &b->frame, pkt);

    g_free(pkt);
    return fate;
}

/* Makes the outer IPv4 header's checksum right again. */
static void
fix_checksum(struct bench *b)
{
    uint8_t *data = b->data + OUTER_IP;

    put_be16(data + IPV4_OFS_CHECKSUM, 0);
    put_be16(data + IPV4_OFS_CHECKSUM, checksum_of(data, IPV4_HLEN));
}

/* Encapsulates the frame at 'data'; the caller frees it. */
static struct packet *
egress(struct bench *b, const uint8_t *data, size_t size)
{
    struct packet *pkt = hnv_packet(data, size, size);

    assert_null(datapath_nvgre.egress(&b->dp, &b->frame, pkt));
    return pkt;
}

static void
each_wrong_bit_is_refused_by_its_own_name(void **state)
{
    static const struct {
        size_t offset;
        uint8_t value;
        enum datapath_drop why;
    } rows[] = {
        { 12, 0x81, DATAPATH_DROP_NVGRE_MALFORMED }, /* Not IP at all. */
        { OUTER_IP, 0x44, DATAPATH_DROP_NVGRE_MALFORMED },
        { OUTER_IP, 0x65, DATAPATH_DROP_NVGRE_MALFORMED },
        { OUTER_IP + 6, 0x20, DATAPATH_DROP_NVGRE_FRAGMENT },
        { OUTER_IP + 7, 0x01, DATAPATH_DROP_NVGRE_FRAGMENT },
        { OUTER_IP + 9, IP_PROTO_UDP, DATAPATH_DROP_NVGRE_MALFORMED },
        { OUTER_GRE, 0xa0, DATAPATH_DROP_NVGRE_CHECKSUM },
        { OUTER_GRE, 0x30, DATAPATH_DROP_NVGRE_SEQUENCE },
        { OUTER_GRE, 0x00, DATAPATH_DROP_NVGRE_NO_KEY },
        { OUTER_GRE, 0x60, DATAPATH_DROP_NVGRE_PROTOCOL },     /* Routing. */
        { OUTER_GRE + 1, 0x01, DATAPATH_DROP_NVGRE_PROTOCOL }, /* PPTP. */
        { OUTER_GRE + 2, 0x08, DATAPATH_DROP_NVGRE_PROTOCOL },
        { OUTER_GRE + 5, 0x0f, DATAPATH_DROP_NVGRE_RESERVED_VSID },
        { INNER + 12, 0x81, DATAPATH_DROP_NVGRE_INNER_TAG },
    };
    struct bench *b = *state;

    assert_null(ingress(b));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint8_t before = b->data[rows[i].offset];

        b->data[rows[i].offset] = rows[i].value;
        fix_checksum(b);
        hnv_assert_drop(ingress(b), rows[i].why);
        b->data[rows[i].offset] = before;
    }
    fix_checksum(b);
    assert_null(ingress(b));
}

static void
both_ends_of_the_reserved_vsids_are_refused(void **state)
{
    static const struct {
        uint32_t vsid;
        bool is_reserved;
    } rows[] = {
        { 0, true },     { 0xfff, true },     { 0x1000, false },
        { 5001, false }, { 0xfffffe, false }, { 0xffffff, true },
    };
    struct bench *b = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        put_be24(b->data + OUTER_GRE + 4, rows[i].vsid);
        if (rows[i].is_reserved) {
            hnv_assert_drop(ingress(b), DATAPATH_DROP_NVGRE_RESERVED_VSID);
        } else {
            assert_null(ingress(b));
            assert_int_equal(b->frame.vsid, rows[i].vsid);
        }
    }
}

static void
a_wrong_outer_checksum_is_refused(void **state)
{
    struct bench *b = *state;

    b->data[OUTER_IP + IPV4_OFS_CHECKSUM] ^= 1;
    hnv_assert_drop(ingress(b), DATAPATH_DROP_NVGRE_MALFORMED);
}

static void
an_inner_frame_shorter_than_its_header_is_refused(void **state)
{
    struct bench *b = *state;

    put_be16(b->data + OUTER_IP + 2, IPV4_HLEN + NVGRE_HLEN + ETH_HLEN - 1);
    fix_checksum(b);
    hnv_assert_drop(ingress(b), DATAPATH_DROP_NVGRE_MALFORMED);
    put_be16(b->data + OUTER_IP + 2, IPV4_HLEN + NVGRE_HLEN + ETH_HLEN);
    fix_checksum(b);
    assert_null(ingress(b));
}

static void
the_pad_of_the_link_does_not_get_into_the_inner_frame(void **state)
{
    struct bench *b = *state;
    struct packet *pkt = egress(b, b->data + INNER, ETH_HLEN + 2);

    assert_true(pkt->size < 60);
    packet_pad(pkt, 60);
    assert_null(datapath_nvgre.ingress(&b->dp, &b->frame, pkt));
    hnv_assert_packet(pkt, b->data + INNER, ETH_HLEN + 2);
    g_free(pkt);
}

static void
inner_tags_are_stripped_on_the_way_out(void **state)
{
    const struct test_frame *tagged = golden_frame("90-");
    struct bench *b = *state;
    uint8_t twice[128];
    size_t size = tagged->size - INNER;
    struct packet *pkt = egress(b, tagged->data + INNER, size);

    assert_int_equal(pkt->size, b->size);
    assert_memory_equal(packet_data(pkt) + OUTER_GRE, b->data + OUTER_GRE,
                        b->size - OUTER_GRE);
    g_free(pkt);

    memcpy(twice, tagged->data + INNER, 12);
    put_be32(twice + 12, 0x88a80005);
    memcpy(twice + 16, tagged->data + INNER + 12, size - 12);
    pkt = egress(b, twice, size + 4);
    assert_int_equal(pkt->size, b->size);
    assert_memory_equal(packet_data(pkt) + OUTER_GRE, b->data + OUTER_GRE,
                        b->size - OUTER_GRE);
    g_free(pkt);
}

static void
egress_refuses_what_it_cannot_carry(void **state)
{
    struct bench *b = *state;
    struct packet *pkt = hnv_packet(b->data, ETH_HLEN - 1, ETH_HLEN - 1);

    hnv_assert_drop(datapath_nvgre.egress(&b->dp, &b->frame, pkt),
                    DATAPATH_DROP_NVGRE_MALFORMED);
    g_free(pkt);

    pkt = hnv_packet(b->data + INNER, 40, 65508); /* 65507 + 28 = 65535. */
    hnv_assert_drop(datapath_nvgre.egress(&b->dp, &b->frame, pkt),
                    DATAPATH_DROP_NVGRE_MALFORMED);
    packet_trim(pkt, 65507);
    assert_null(datapath_nvgre.egress(&b->dp, &b->frame, pkt));
    g_free(pkt);

    pkt = hnv_packet(b->data + INNER, 14, 14);
    put_be16(packet_data(pkt) + 12, ETH_TYPE_VLAN); /* And no tag. */
    hnv_assert_drop(datapath_nvgre.egress(&b->dp, &b->frame, pkt),
                    DATAPATH_DROP_NVGRE_MALFORMED);

    b->src = hnv_record(BLUE_WEB, POLICY_RULE_ENCAP, IP_V4, IP_V6);
    hnv_assert_drop(datapath_nvgre.egress(&b->dp, &b->frame, pkt),
                    DATAPATH_DROP_NVGRE_FAMILY);
    b->src.pa = b->dst.pa = (struct ip_addr){ 0 };
    hnv_assert_drop(datapath_nvgre.egress(&b->dp, &b->frame, pkt),
                    DATAPATH_DROP_NVGRE_FAMILY);
    g_free(pkt);
}

static void
outer_header_is_as_configured_and_ids_count(void **state)
{
    struct bench *b = *state;

    b->dp.config.dont_fragment = false;
    b->dp.config.ttl = 7;
    b->dp.next_ip_id = 0xffff;
    for (int i = 0; i < 2; i++) {
        struct packet *pkt = egress(b, b->data + INNER, b->size - INNER);
        struct ipv4_hdr ip;

        assert_true(ipv4_decode(&ip, packet_data(pkt) + OUTER_IP,
                                pkt->stored - OUTER_IP, pkt->size - OUTER_IP));
        assert_false(ip.dont_fragment);
        assert_int_equal(ip.ttl, 7);
        assert_int_equal(ip.id, i ? 0 : 0xffff);
        assert_int_equal(ip.dscp, 0);
        assert_true(
            ipv4_checksum_is_right(packet_data(pkt) + OUTER_IP, IPV4_HLEN));
        g_free(pkt);
    }
}

/* Bytes written by hand: the inner packet is AF41 and ECT(0), 34 << 2 | 2. */
static void
the_outer_header_is_marked_as_the_inner(void **state)
{
    static const uint8_t v4[] = { 0x45, 0x8a }, v6[] = { 0x68, 0xa0 };
    struct bench *b = *state;
    struct packet *pkt;

    ip_mark(b->data + INNER + ETH_HLEN, 34, IP_ECN_ECT0);
    pkt = egress(b, b->data + INNER, b->size - INNER);
    assert_memory_equal(packet_data(pkt) + OUTER_IP, v4, sizeof v4);
    assert_true(
        ipv4_checksum_is_right(packet_data(pkt) + OUTER_IP, IPV4_HLEN));
    assert_memory_equal(packet_data(pkt) + INNER, b->data + INNER,
                        b->size - INNER);
    g_free(pkt);

    b->src = hnv_record(BLUE_WEB, POLICY_RULE_ENCAP, IP_V4, IP_V6);
    b->dst = hnv_record(BLUE_SQL, POLICY_RULE_ENCAP, IP_V4, IP_V6);
    pkt = egress(b, b->data + INNER, b->size - INNER);
    assert_memory_equal(packet_data(pkt) + OUTER_IP, v6, sizeof v6);
    g_free(pkt);
}

/* All pairs of fields: tests/test_wire_tos.c. */
static void
congestion_that_the_outer_header_met_is_told_to_the_inner(void **state)
{
    struct bench *b = *state;
    struct packet *pkt;
    struct ipv4_hdr ip;

    ip_mark(b->data + OUTER_IP, 12, IP_ECN_CE);
    hnv_assert_drop(ingress(b), DATAPATH_DROP_NVGRE_ECN);

    ip_mark(b->data + INNER + ETH_HLEN, 34, IP_ECN_ECT0);
    pkt = hnv_packet(b->data, b->size, b->size);
    assert_null(datapath_nvgre.ingress(&b->dp, &b->frame, pkt));
    assert_true(ipv4_decode(&ip, packet_data(pkt) + ETH_HLEN,
                            pkt->stored - ETH_HLEN, pkt->size - ETH_HLEN));
    assert_int_equal(ip.ecn, IP_ECN_CE);
    assert_int_equal(ip.dscp, 34);
    assert_true(
        ipv4_checksum_is_right(packet_data(pkt) + ETH_HLEN, IPV4_HLEN));
    hnv_assert_checksums(packet_data(pkt), pkt->size);
    g_free(pkt);

    ip_mark(b->data + OUTER_IP, 12, IP_ECN_ECT0);
    pkt = hnv_packet(b->data, b->size, b->size);
    assert_null(datapath_nvgre.ingress(&b->dp, &b->frame, pkt));
    hnv_assert_packet(pkt, b->data + INNER, b->size - INNER);
    g_free(pkt);
}

static void
ipv6_extension_headers_in_front_of_gre_are_skipped(void **state)
{
    static const uint8_t options[] = { IP_PROTO_GRE, 0, 4, 1, 4, 1, 0, 0 };
    const struct test_frame *golden = golden_frame("14-");
    struct bench *b = *state;

    memcpy(b->data, golden->data, 54);
    memcpy(b->data + 54, options, 8);
    memcpy(b->data + 62, golden->data + 54, golden->size - 54);
    b->size = golden->size + 8;
    put_be16(b->data + 18, (uint16_t) (get_be16(golden->data + 18) + 8));
    b->data[20] = IPV6_NEXT_DESTINATION;
    assert_null(ingress(b));
    assert_int_equal(b->frame.vsid, 5001);

    b->data[20] = IPV6_NEXT_FRAGMENT; /* An atomic one is one too. */
    hnv_assert_drop(ingress(b), DATAPATH_DROP_NVGRE_FRAGMENT);
    b->data[20] = IPV6_NEXT_ROUTING;
    b->data[55] = 200; /* Runs out of the packet. */
    hnv_assert_drop(ingress(b), DATAPATH_DROP_NVGRE_MALFORMED);
}

/* FlowIDs. */

/* Returns the FlowID of a UDP packet from port 'sport', of which the fragment
 * fields are 'fragment'. */
static uint8_t
flow_id(struct bench *b, uint16_t sport, uint16_t fragment)
{
    const struct test_frame *golden = golden_frame("22-");
    struct packet *pkt = hnv_packet(golden->data, golden->size, golden->size);
    uint8_t id;

    put_be16(packet_data(pkt) + OUTER_IP + 6, fragment);
    put_be16(packet_data(pkt) + OUTER_GRE + UDP_OFS_SPORT, sport);
    assert_null(datapath_nvgre.egress(&b->dp, &b->frame, pkt));
    id = packet_data(pkt)[OUTER_GRE + 7];
    assert_null(datapath_nvgre.ingress(&b->dp, &b->frame, pkt));
    assert_int_equal(b->frame.flow_id, id);
    g_free(pkt);
    return id;
}

static void
flow_id_is_zero_unless_asked_for(void **state)
{
    struct bench *b = *state;

    for (uint16_t port = 1; port < 100; port++) {
        assert_int_equal(flow_id(b, port, 0), 0);
    }
}

static void
flow_ids_spread_flows_and_keep_a_flow_together(void **state)
{
    struct bench *b = *state;
    bool seen[256] = { false };
    unsigned int n = 0;

    b->dp.config.flow_id = FLOW_ID_INNER_5TUPLE;
    for (uint16_t port = 1; port <= 4096; port++) {
        uint8_t id = flow_id(b, port, 0);

        assert_int_equal(flow_id(b, port, IPV4_DF), id);
        n += !seen[id];
        seen[id] = true;
    }
    assert_int_equal(n, 255);
    assert_false(seen[0]);
}

static void
all_fragments_of_a_packet_have_one_flow_id(void **state)
{
    struct bench *b = *state;
    uint8_t id;

    b->dp.config.flow_id = FLOW_ID_INNER_5TUPLE;
    id = flow_id(b, 1, IPV4_MF);
    assert_int_not_equal(id, 0);
    for (uint16_t port = 2; port < 100; port++) {
        assert_int_equal(flow_id(b, port, IPV4_MF), id);
        assert_int_equal(flow_id(b, port, port), id);
    }
}

static void
what_is_no_ip_has_no_flow_id(void **state)
{
    const struct test_frame *golden = golden_frame("12-");
    struct bench *b = *state;
    struct packet *pkt;

    b->dp.config.flow_id = FLOW_ID_INNER_5TUPLE;
    pkt = egress(b, golden->data + INNER, golden->size - INNER);
    assert_int_equal(packet_data(pkt)[OUTER_GRE + 7], 0);
    g_free(pkt);
}

/* Frames that other implementations wrote. */

struct expectation {
    struct bench *b;
    bool accepted;
    uint32_t vsid;
    uint8_t flow_id;
    enum datapath_drop why;
    int n_gre;
};

/* Judges one captured frame; what is not GRE (neighbor discovery of the
 * underlay) is malformed to us. */
static void
judge(const uint8_t *data, size_t size, void *expectation_)
{
    struct expectation *e = expectation_;
    struct packet *pkt = hnv_packet(data, size, size);
    const struct fate *fate =
        datapath_nvgre.ingress(&e->b->dp, &e->b->frame, pkt);
    struct frame_view view;

    frame_parse(&view, data, size, size);
    if (view.protocol != IP_PROTO_GRE) {
        hnv_assert_drop(fate, DATAPATH_DROP_NVGRE_MALFORMED);
    } else if (e->accepted) {
        assert_null(fate);
        assert_int_equal(e->b->frame.vsid, e->vsid);
        assert_int_equal(e->b->frame.flow_id, e->flow_id);
        assert_true(ip_addr_equal(&e->b->frame.outer_src, &view.src));
        assert_true(ip_addr_equal(&e->b->frame.outer_dst, &view.dst));
        assert_true(
            frame_parse(&view, packet_data(pkt), pkt->stored, pkt->size));
        e->n_gre++;
    } else {
        hnv_assert_drop(fate, e->why);
        e->n_gre++;
    }
    g_free(pkt);
}

static void
frames_of_open_vswitch_and_linux_are_judged_rightly(void **state)
{
    static const struct {
        const char *name;
        struct expectation e;
    } rows[] = {
        { "nvgre_key_00123456.pcap",
          { .accepted = true, .vsid = 0x001234, .flow_id = 0x56 } },
        { "nvgre_key_abcdef42.pcap",
          { .accepted = true, .vsid = 0xabcdef, .flow_id = 0x42 } },
        { "gre_v6_underlay.pcap",
          { .accepted = true, .vsid = 0x001234, .flow_id = 0x56 } },
        { "gre_csum.pcap", { .why = DATAPATH_DROP_NVGRE_CHECKSUM } },
        { "gre_seq.pcap", { .why = DATAPATH_DROP_NVGRE_SEQUENCE } },
        { "gre_nokey.pcap", { .why = DATAPATH_DROP_NVGRE_NO_KEY } },
        { "gre_inner_vlan10.pcap", { .why = DATAPATH_DROP_NVGRE_INNER_TAG } },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct expectation e = rows[i].e;

        e.b = *state;
        assert_true(each_captured(rows[i].name, judge, &e) >= e.n_gre);
        assert_true(e.n_gre >= 3);
    }
}

int
main(void)
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(each_wrong_bit_is_refused_by_its_own_name),
        TEST(both_ends_of_the_reserved_vsids_are_refused),
        TEST(a_wrong_outer_checksum_is_refused),
        TEST(an_inner_frame_shorter_than_its_header_is_refused),
        TEST(the_pad_of_the_link_does_not_get_into_the_inner_frame),
        TEST(inner_tags_are_stripped_on_the_way_out),
        TEST(egress_refuses_what_it_cannot_carry),
        TEST(outer_header_is_as_configured_and_ids_count),
        TEST(the_outer_header_is_marked_as_the_inner),
        TEST(congestion_that_the_outer_header_met_is_told_to_the_inner),
        TEST(ipv6_extension_headers_in_front_of_gre_are_skipped),
        TEST(flow_id_is_zero_unless_asked_for),
        TEST(flow_ids_spread_flows_and_keep_a_flow_together),
        TEST(all_fragments_of_a_packet_have_one_flow_id),
        TEST(what_is_no_ip_has_no_flow_id),
        TEST(frames_of_open_vswitch_and_linux_are_judged_rightly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

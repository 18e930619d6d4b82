/* GRE, NVGRE and VXLAN, also as Open vSwitch and Linux write them. */

#include <string.h>

#include "models/wire/bytes.h"
#include "models/wire/eth.h"
#include "models/wire/frame.h"
#include "models/wire/gre.h"
#include "models/wire/nvgre.h"
#include "models/wire/vxlan.h"
#include "tests/cmocka_all.h"
#include "tests/wire_vectors.h"

#define GRE_OFS   (14 + 20) /* In the golden frames over IPv4. */
#define VXLAN_OFS (14 + 20 + 8)

static bool
decode_gre(void *hdr, const uint8_t *data, size_t size)
{
    return gre_decode(hdr, data, size);
}

static bool
decode_nvgre(void *hdr, const uint8_t *data, size_t size)
{
    return nvgre_decode(hdr, data, size) == NVGRE_OK;
}

static bool
decode_vxlan(void *hdr, const uint8_t *data, size_t size)
{
    return vxlan_decode(hdr, data, size);
}

static void
gre_of_every_set_of_fields_is_read_and_written(void **state)
{
    (void) state;
    for (unsigned i = 0; i < 8; i++) {
        struct gre_hdr hdr = { .has_checksum = i & 1,
                               .has_key = i >> 1 & 1,
                               .has_sequence = i >> 2 & 1,
                               .protocol = 0x6558 };
        uint8_t data[GRE_HLEN_MAX], again[GRE_HLEN_MAX];
        struct gre_hdr back;
        size_t size;

        hdr.checksum = hdr.has_checksum ? 0xbeef : 0;
        hdr.key = hdr.has_key ? 0x13890042 : 0;
        hdr.sequence = hdr.has_sequence ? UINT32_MAX : 0;
        size = gre_encode(&hdr, data);
        assert_int_equal(size, gre_header_length(&hdr));
        assert_int_equal(size, 4 + 4 * ((i & 1) + (i >> 1 & 1) + (i >> 2)));
        assert_only_whole_decodes(decode_gre, sizeof hdr, data, size);
        assert_true(gre_decode(&back, data, size));
        assert_int_equal(back.has_checksum, hdr.has_checksum);
        assert_int_equal(back.has_key, hdr.has_key);
        assert_int_equal(back.has_sequence, hdr.has_sequence);
        assert_int_equal(back.protocol, 0x6558);
        assert_int_equal(back.checksum, hdr.checksum);
        assert_int_equal(back.key, hdr.key);
        assert_int_equal(back.sequence, hdr.sequence);
        assert_int_equal(gre_encode(&back, again), size);
        assert_memory_equal(again, data, size);
    }
}

static void
gre_fields_lie_where_the_rfcs_draw_them(void **state)
{
    static const uint8_t bytes[] = { 0xb0, 0x00, 0x65, 0x58, 0xbe, 0xef,
                                     0x00, 0x00, 0x01, 0x02, 0x03, 0x04,
                                     0x05, 0x06, 0x07, 0x08 };
    struct gre_hdr hdr;

    (void) state;
    assert_true(gre_decode(&hdr, bytes, sizeof bytes));
    assert_int_equal(hdr.checksum, 0xbeef);
    assert_int_equal(hdr.key, 0x01020304);
    assert_int_equal(hdr.sequence, 0x05060708);
}

static void
gre_ignores_the_bits_that_rfc_2784_ignores_and_no_others(void **state)
{
    (void) state;
    for (unsigned bit = 0; bit < 16; bit++) {
        uint8_t data[8] = { 0 };
        struct gre_hdr hdr;
        bool is_field = bit == 0 || bit == 2 || bit == 3; /* C, K, S. */
        bool is_ignored = bit >= 6 && bit <= 12;

        put_be16(data, (uint16_t) (0x8000 >> bit));
        if (is_field || is_ignored) {
            assert_true(gre_decode(&hdr, data, sizeof data));
            assert_int_equal(gre_header_length(&hdr), is_field ? 8 : 4);
        } else {
            assert_refused(decode_gre, sizeof hdr, data, sizeof data);
        }
    }
}

static void
nvgre_header_is_read_and_written(void **state)
{
    static const struct {
        const char *name;
        uint32_t vsid;
        uint8_t flow_id;
    } rows[] = {
        { "07", 5001, 0 },
        { "08", 6001, 0 },
        { "09", 5001, 0xa7 },
        { "11", NVGRE_VSID_MAX, 255 },
    };

    (void) state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const uint8_t *bytes = golden_frame(rows[i].name)->data + GRE_OFS;
        uint8_t data[NVGRE_HLEN];
        struct nvgre_hdr hdr;

        assert_only_whole_decodes(decode_nvgre, sizeof hdr, bytes, NVGRE_HLEN);
        assert_int_equal(nvgre_decode(&hdr, bytes, NVGRE_HLEN), NVGRE_OK);
        assert_int_equal(hdr.vsid, rows[i].vsid);
        assert_int_equal(hdr.flow_id, rows[i].flow_id);
        nvgre_encode(&hdr, data);
        assert_memory_equal(data, bytes, NVGRE_HLEN);
    }
}

static enum nvgre_result
result_of(uint32_t first, uint32_t key)
{
    struct nvgre_hdr hdr = { 0, 0 };
    uint8_t data[NVGRE_HLEN];
    enum nvgre_result result;

    put_be32(data, first);
    put_be32(data + 4, key);
    result = nvgre_decode(&hdr, data, sizeof data);
    assert_true(result == NVGRE_OK || (!hdr.vsid && !hdr.flow_id));
    return result;
}

static void
nvgre_says_why_it_refuses(void **state)
{
    (void) state;
    assert_int_equal(result_of(0x20006558, 0x138900), NVGRE_OK);
    assert_int_equal(result_of(0x20016558, 0x138900), NVGRE_BAD_VERSION);
    assert_int_equal(result_of(0x20076558, 0x138900), NVGRE_BAD_VERSION);
    assert_int_equal(result_of(0x60006558, 0x138900), NVGRE_BAD_FLAGS);
    assert_int_equal(result_of(0x28006558, 0x138900), NVGRE_BAD_FLAGS);
    assert_int_equal(result_of(0x24006558, 0x138900), NVGRE_BAD_FLAGS);
    assert_int_equal(result_of(0xa0006558, 0x138900), NVGRE_HAS_CHECKSUM);
    assert_int_equal(result_of(0x30006558, 0x138900), NVGRE_HAS_SEQUENCE);
    assert_int_equal(result_of(0x00006558, 0x138900), NVGRE_NO_KEY);
    assert_int_equal(result_of(0x20000800, 0x138900), NVGRE_WRONG_PROTOCOL);
    assert_int_equal(result_of(0x20006558, 0), NVGRE_RESERVED_VSID);
    assert_int_equal(result_of(0x20006558, 0x000fffff), NVGRE_RESERVED_VSID);
    assert_int_equal(result_of(0x20006558, 0x00100000), NVGRE_OK);
    assert_int_equal(result_of(0x20006558, 0xfffffeff), NVGRE_OK);
    assert_int_equal(result_of(0x20006558, 0xffffff00), NVGRE_RESERVED_VSID);
    assert_int_equal(result_of(0x23f86558, 0x138900),
                     NVGRE_OK); /* Reserved. */
    assert_string_equal(nvgre_result_text(NVGRE_NO_KEY), "no key");
}

static void
nvgre_refuses_the_bad_golden_frames_each_for_its_reason(void **state)
{
    static const struct {
        const char *name;
        enum nvgre_result result;
    } rows[] = {
        { "90", NVGRE_OK }, /* Its fault is the frame inside. */
        { "91", NVGRE_RESERVED_VSID },
        { "92", NVGRE_NO_KEY },
        { "93", NVGRE_HAS_CHECKSUM },
    };

    (void) state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct test_frame *frame = golden_frame(rows[i].name);
        struct frame_view view, inner;

        assert_true(frame_parse(&view, frame->data, frame->size, frame->size));
        assert_int_equal(view.nvgre, rows[i].result);
        assert_int_equal(view.tunnel != FRAME_TUNNEL_NONE, i == 0);
        if (i == 0) {
            assert_true(frame_parse(&inner, frame->data + view.inner_offset,
                                    view.inner_size, view.inner_size));
            assert_true(inner.is_tagged);
            assert_int_equal(inner.vlan.vid, 10);
        }
    }
}

static void
vxlan_header_is_read_and_written(void **state)
{
    const uint8_t *bytes = golden_frame("26")->data + VXLAN_OFS;
    uint8_t data[VXLAN_HLEN];
    struct vxlan_hdr hdr;

    (void) state;
    assert_only_whole_decodes(decode_vxlan, sizeof hdr, bytes, VXLAN_HLEN);
    assert_true(vxlan_decode(&hdr, bytes, VXLAN_HLEN));
    assert_int_equal(hdr.vni, 5001);
    vxlan_encode(&hdr, data);
    assert_memory_equal(data, bytes, VXLAN_HLEN);
    hdr.vni = VXLAN_VNI_MAX;
    vxlan_encode(&hdr, data);
    assert_true(vxlan_decode(&hdr, data, VXLAN_HLEN));
    assert_int_equal(hdr.vni, VXLAN_VNI_MAX);
}

static void
vxlan_ignores_reserved_bits_but_wants_its_flag(void **state)
{
    uint8_t data[VXLAN_HLEN];
    struct vxlan_hdr hdr;

    (void) state;
    memset(data, 0xff, sizeof data);
    assert_true(vxlan_decode(&hdr, data, sizeof data));
    data[0] = (uint8_t) ~0x08;
    assert_refused(decode_vxlan, sizeof hdr, data, sizeof data);
}

/* What a capture must show. */
struct expected {
    enum frame_tunnel tunnel;
    enum nvgre_result nvgre;
    uint32_t vsid;
    uint8_t flow_id;
    bool inner_is_tagged;
    int n_seen; /* Frames with a tunnel, or with GRE that is none. */
};

static void
see_tunnel(const uint8_t *data, size_t size, void *aux)
{
    struct expected *expected = aux;
    struct frame_view view, inner;

    assert_true(frame_parse(&view, data, size, size));
    assert_false(view.is_malformed);
    if (view.protocol == IP_PROTO_ICMPV6) {
        return; /* Housekeeping of the underlay. */
    }
    expected->n_seen++;
    assert_int_equal(view.tunnel, expected->tunnel);
    assert_int_equal(view.nvgre, expected->nvgre);
    assert_int_equal(view.vsid, expected->vsid);
    assert_int_equal(view.flow_id, expected->flow_id);
    if (view.tunnel == FRAME_TUNNEL_NONE) {
        return;
    }
    assert_int_equal(view.inner_offset + view.inner_size, size);
    assert_true(frame_parse(&inner, data + view.inner_offset, view.inner_size,
                            view.inner_size));
    assert_false(inner.is_malformed);
    assert_int_equal(inner.is_tagged, expected->inner_is_tagged);
    assert_true(inner.arp_op || inner.has_icmp);
}

static const struct {
    const char *name;
    int n_frames;
    struct expected expected;
} captures[] = {
    { "nvgre_key_00123456.pcap",
      10,
      { FRAME_TUNNEL_NVGRE, NVGRE_OK, 0x001234, 0x56, false, 10 } },
    { "nvgre_key_abcdef42.pcap",
      10,
      { FRAME_TUNNEL_NVGRE, NVGRE_OK, 0xabcdef, 0x42, false, 10 } },
    { "gre_inner_vlan10.pcap",
      10,
      { FRAME_TUNNEL_NVGRE, NVGRE_OK, 0x001234, 0x56, true, 10 } },
    { "gre_v6_underlay.pcap",
      18,
      { FRAME_TUNNEL_NVGRE, NVGRE_OK, 0x001234, 0x56, false, 10 } },
    { "gre_nokey.pcap",
      10,
      { FRAME_TUNNEL_NONE, NVGRE_NO_KEY, 0, 0, false, 10 } },
    { "gre_csum.pcap",
      10,
      { FRAME_TUNNEL_NONE, NVGRE_HAS_CHECKSUM, 0, 0, false, 10 } },
    { "gre_seq.pcap",
      10,
      { FRAME_TUNNEL_NONE, NVGRE_HAS_SEQUENCE, 0, 0, false, 10 } },
    { "erspan2.pcap",
      10,
      { FRAME_TUNNEL_NONE, NVGRE_HAS_SEQUENCE, 0, 0, false, 10 } },
    { "vxlan_vni_123456.pcap",
      10,
      { FRAME_TUNNEL_VXLAN, NVGRE_OK, 0x123456, 0, false, 10 } },
    { "vxlan_csum.pcap",
      10,
      { FRAME_TUNNEL_VXLAN, NVGRE_OK, 0x123456, 0, false, 10 } },
    { "vxlan_inner_vlan10.pcap",
      10,
      { FRAME_TUNNEL_VXLAN, NVGRE_OK, 5000, 0, true, 10 } },
    { "vxlan_ovs_vs_kernel.pcap",
      13,
      { FRAME_TUNNEL_VXLAN, NVGRE_OK, 0x123456, 0, false, 12 } },
    { "vxlan_v6_underlay.pcap",
      16,
      { FRAME_TUNNEL_VXLAN, NVGRE_OK, 0x123456, 0, false, 10 } },
    { "geneve_vni_123456.pcap",
      10,
      { FRAME_TUNNEL_NONE, NVGRE_OK, 0, 0, false, 10 } },
    { "vxlan_gpe.pcap", 10, { FRAME_TUNNEL_NONE, NVGRE_OK, 0, 0, false, 10 } },
};

static void
tunnels_of_open_vswitch_and_linux_are_understood(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof captures / sizeof captures[0]; i++) {
        struct expected expected = captures[i].expected;

        expected.n_seen = 0;
        assert_int_equal(
            each_captured(captures[i].name, see_tunnel, &expected),
            captures[i].n_frames);
        assert_int_equal(expected.n_seen, captures[i].expected.n_seen);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gre_of_every_set_of_fields_is_read_and_written),
        cmocka_unit_test(gre_fields_lie_where_the_rfcs_draw_them),
        cmocka_unit_test(
            gre_ignores_the_bits_that_rfc_2784_ignores_and_no_others),
        cmocka_unit_test(nvgre_header_is_read_and_written),
        cmocka_unit_test(nvgre_says_why_it_refuses),
        cmocka_unit_test(
            nvgre_refuses_the_bad_golden_frames_each_for_its_reason),
        cmocka_unit_test(vxlan_header_is_read_and_written),
        cmocka_unit_test(vxlan_ignores_reserved_bits_but_wants_its_flag),
        cmocka_unit_test(tunnels_of_open_vswitch_and_linux_are_understood),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

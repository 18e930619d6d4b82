/* Ethernet, VLAN tags and ARP. */

#include <string.h>

#include "models/wire/arp.h"
#include "models/wire/eth.h"
#include "models/wire/vlan.h"
#include "tests/cmocka_all.h"
#include "tests/wire_vectors.h"

static bool
decode_eth(void *hdr, const uint8_t *data, size_t size)
{
    return eth_decode(hdr, data, size);
}

static bool
decode_vlan(void *tag, const uint8_t *data, size_t size)
{
    return vlan_decode(tag, data, size);
}

static bool
decode_arp(void *hdr, const uint8_t *data, size_t size)
{
    return arp_decode(hdr, data, size);
}

static void
eth_header_is_read_and_written(void **state)
{
    const struct test_frame *frame = golden_frame("01");
    uint8_t data[ETH_HLEN];
    struct eth_hdr hdr = { .type = 0 };

    (void) state;
    assert_only_whole_decodes(decode_eth, sizeof hdr, frame->data, ETH_HLEN);
    assert_true(eth_decode(&hdr, frame->data, frame->size));
    assert_true(eth_addr_to_u64(hdr.dst) == UINT64_C(0x00155d010a01));
    assert_true(eth_addr_to_u64(hdr.src) == UINT64_C(0x00155d011401));
    assert_int_equal(hdr.type, ETH_TYPE_IPV4);
    eth_encode(&hdr, data);
    assert_memory_equal(data, frame->data, ETH_HLEN);
}

static void
eth_l3_bytes_do_not_count_header_and_tag(void **state)
{
    const struct test_frame *plain = golden_frame("07");
    const struct test_frame *tagged = golden_frame("10");

    (void) state;
    assert_int_equal(eth_l3_bytes(plain->data, plain->size), 86);
    assert_int_equal(eth_l3_bytes(tagged->data, tagged->size), 86);
    assert_int_equal(eth_l3_bytes(plain->data, ETH_HLEN), 0);
    assert_int_equal(eth_l3_bytes(plain->data, ETH_HLEN + 1), 1);
    assert_int_equal(eth_l3_bytes(plain->data, ETH_HLEN - 1), 0);
    assert_int_equal(eth_l3_bytes(tagged->data, ETH_HLEN + 4), 0);
    assert_int_equal(eth_l3_bytes(tagged->data, ETH_HLEN + 5), 1);
}

static void
vlan_tag_is_read_and_written(void **state)
{
    const struct test_frame *frame = golden_frame("10");
    uint8_t data[VLAN_HLEN];
    struct vlan_tag tag = { 0 };

    (void) state;
    assert_only_whole_decodes(decode_vlan, sizeof tag, frame->data + VLAN_OFS,
                              VLAN_HLEN);
    assert_true(vlan_decode(&tag, frame->data + VLAN_OFS, VLAN_HLEN));
    assert_int_equal(tag.tpid, ETH_TYPE_VLAN);
    assert_int_equal(tag.vid, 201);
    assert_int_equal(tag.pcp, 0);
    assert_false(tag.dei);
    vlan_encode(&tag, data);
    assert_memory_equal(data, frame->data + VLAN_OFS, VLAN_HLEN);
}

static void
vlan_tag_of_every_value_comes_back(void **state)
{
    (void) state;
    for (unsigned tci = 0; tci <= UINT16_MAX; tci++) {
        uint8_t data[VLAN_HLEN] = { 0x88, 0xa8 }, copy[VLAN_HLEN];
        struct vlan_tag tag;

        put_be16(data + 2, (uint16_t) tci);
        assert_true(vlan_decode(&tag, data, sizeof data));
        assert_int_equal(tag.vid, tci & 0xfff);
        assert_int_equal(tag.pcp, tci >> 13);
        assert_int_equal(tag.dei, tci >> 12 & 1);
        vlan_encode(&tag, copy);
        assert_memory_equal(copy, data, VLAN_HLEN);
    }
}

static void
vlan_refuses_what_is_no_tag(void **state)
{
    (void) state;
    assert_refused(decode_vlan, sizeof(struct vlan_tag),
                   golden_frame("01")->data + VLAN_OFS, VLAN_HLEN);
}

static void
arp_request_is_read_and_written(void **state)
{
    const uint8_t *bytes = golden_frame("12")->data + 14 + 20 + 8 + ETH_HLEN;
    struct arp_hdr hdr = { 0 };
    uint8_t data[ARP_HLEN];

    (void) state;
    assert_only_whole_decodes(decode_arp, sizeof hdr, bytes, ARP_HLEN);
    assert_true(arp_decode(&hdr, bytes, ARP_HLEN));
    assert_int_equal(hdr.op, ARP_REQUEST);
    assert_true(eth_addr_to_u64(hdr.sha) == UINT64_C(0x00155d011401));
    assert_true(eth_addr_is_zero(hdr.tha));
    assert_int_equal(hdr.spa.family, IP_V4);
    assert_int_equal(ip_addr_to_v4(&hdr.spa), 0x0a010102);
    assert_int_equal(ip_addr_to_v4(&hdr.tpa), 0x0a010101);
    arp_encode(&hdr, data);
    assert_memory_equal(data, bytes, ARP_HLEN);
}

static void
arp_of_another_kind_is_refused(void **state)
{
    static const size_t places[] = { 0, 1, 2, 3, 4, 5 };
    const uint8_t *bytes = golden_frame("12")->data + 14 + 20 + 8 + ETH_HLEN;
    uint8_t data[ARP_HLEN];

    (void) state;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        memcpy(data, bytes, sizeof data);
        data[places[i]] ^= 1;
        assert_refused(decode_arp, sizeof(struct arp_hdr), data, sizeof data);
    }
}

static void
arp_of_any_values_comes_back(void **state)
{
    struct arp_hdr hdr = { .op = 0xfedc,
                           .sha = eth_addr_from_u64(UINT64_C(0xf1e2d3c4b5a6)),
                           .tha = ETH_ADDR_BROADCAST,
                           .spa = ip_addr_from_v4(0xffffffff),
                           .tpa = ip_addr_from_v4(0x01020304) };
    uint8_t data[ARP_HLEN];
    struct arp_hdr back;

    (void) state;
    arp_encode(&hdr, data);
    assert_true(arp_decode(&back, data, sizeof data));
    assert_int_equal(back.op, hdr.op);
    assert_true(eth_addr_equal(back.sha, hdr.sha));
    assert_true(eth_addr_equal(back.tha, hdr.tha));
    assert_true(ip_addr_equal(&back.spa, &hdr.spa));
    assert_true(ip_addr_equal(&back.tpa, &hdr.tpa));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eth_header_is_read_and_written),
        cmocka_unit_test(eth_l3_bytes_do_not_count_header_and_tag),
        cmocka_unit_test(vlan_tag_is_read_and_written),
        cmocka_unit_test(vlan_tag_of_every_value_comes_back),
        cmocka_unit_test(vlan_refuses_what_is_no_tag),
        cmocka_unit_test(arp_request_is_read_and_written),
        cmocka_unit_test(arp_of_another_kind_is_refused),
        cmocka_unit_test(arp_of_any_values_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

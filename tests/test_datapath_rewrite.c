/* Rewriting beyond the golden frames: fragments, ICMP errors, checksums' corner
 * cases, extension headers, and each refusal. */

#include <glib.h>
#include <string.h>

#include "models/wire/checksum.h"
#include "models/wire/icmp.h"
#include "models/wire/icmp6.h"
#include "models/wire/tcp.h"
#include "models/wire/udp.h"
#include "tests/cmocka_all.h"
#include "tests/hnv_bench.h"
#include "tests/wire_vectors.h"

/* Blue's web sends to sql; 'back' is the other direction. */
struct bench {
    struct policy_record web, sql;
    struct datapath dp;
    struct datapath_frame there, back;
    uint8_t data[512]; /* The customer's frame. */
    size_t size;
    struct packet *pkt; /* Made of it. */
};

static void
use_family(struct bench *b, uint8_t family)
{
    b->web = hnv_record(BLUE_WEB, POLICY_RULE_NAT, family, family);
    b->sql = hnv_record(BLUE_SQL, POLICY_RULE_NAT, family, family);
}

static int
setup(void **state)
{
    struct bench *b = g_new0(struct bench, 1);

    use_family(b, IP_V4);
    b->dp = hnv_datapath(2);
    b->there = (struct datapath_frame){ .src = &b->web, .dst = &b->sql };
    b->back = (struct datapath_frame){ .src = &b->sql, .dst = &b->web };
    *state = b;
    return 0;
}

static int
teardown(void **state)
{
    struct bench *b = *state;

    g_free(b->pkt);
    g_free(b);
    return 0;
}

static const struct fate *
egress(struct bench *b, struct datapath_frame *frame)
{
    g_free(b->pkt);
    b->pkt = hnv_packet(b->data, b->size, b->size);
    return datapath_rewrite.egress(&b->dp, frame, b->pkt);
}

/* Takes 'b->pkt' to the customer's form again: it must be what it was. */
static void
assert_way_back(struct bench *b, struct datapath_frame *frame)
{
    assert_null(datapath_rewrite.ingress(&b->dp, frame, b->pkt));
    hnv_assert_packet(b->pkt, b->data, b->size);
}

static uint8_t *
packet_ip(struct bench *b)
{
    return packet_data(b->pkt) + ETH_HLEN;
}

/* Makes 'b->data' a UDP datagram with the right checksum. */
static void
make_udp(struct bench *b, uint16_t fragment, size_t payload)
{
    uint8_t l4[128] = { 0x9c, 0x41, 0x9c, 0x42 };

    for (size_t i = 0; i < payload; i++) {
        l4[UDP_HLEN + i] = (uint8_t) (i * 7 + 1);
    }
    put_be16(l4 + UDP_OFS_LENGTH, (uint16_t) (UDP_HLEN + payload));
    b->size = hnv_frame(b->data, &b->web, &b->sql, IP_PROTO_UDP, fragment, l4,
                        UDP_HLEN + payload);
    if (!fragment) {
        hnv_set_checksum(b->data, b->size);
    }
}

/* Makes 'b->data' an ICMP error of sql about the first 'quoted' bytes of the IP
 * packet that 'b->data' is now. */
static void
make_error(struct bench *b, uint8_t type, size_t quoted)
{
    uint8_t l4[300] = { type };

    assert_true(ETH_HLEN + quoted <= b->size);
    memcpy(l4 + ICMP_HLEN, b->data + ETH_HLEN, quoted);
    b->size =
        hnv_frame(b->data, &b->sql, &b->web,
                  b->sql.ca.family == IP_V4 ? IP_PROTO_ICMP : IP_PROTO_ICMPV6,
                  0, l4, ICMP_HLEN + quoted);
    hnv_set_checksum(b->data, b->size);
}

/* Fragments. */

static void
a_first_fragment_gets_a_new_transport_checksum(void **state)
{
    struct bench *b = *state;
    uint16_t check;

    make_udp(b, 0, 32);
    assert_null(egress(b, &b->there));
    check = get_be16(packet_ip(b) + IPV4_HLEN + UDP_OFS_CHECKSUM);
    put_be16(b->data + ETH_HLEN + 6, IPV4_MF);
    assert_null(egress(b, &b->there));
    assert_int_equal(get_be16(packet_ip(b) + IPV4_HLEN + UDP_OFS_CHECKSUM),
                     check);
    assert_way_back(b, &b->there);
}

static void
the_data_of_later_fragments_is_left_alone(void **state)
{
    struct bench *b = *state;

    for (uint8_t family = IP_V4; family <= IP_V6; family += 2) {
        size_t hlen =
            ETH_HLEN
            + (family == IP_V4 ? IPV4_HLEN : IPV6_HLEN + IPV6_FRAGMENT_HLEN);

        use_family(b, family);
        make_udp(b, 3, 32);
        put_be16(b->data + hlen + UDP_OFS_CHECKSUM, 0x1234); /* Data, here. */
        assert_null(egress(b, &b->there));
        assert_memory_equal(packet_data(b->pkt) + hlen, b->data + hlen,
                            b->size - hlen);
        assert_memory_not_equal(packet_data(b->pkt) + ETH_HLEN,
                                b->data + ETH_HLEN, hlen - ETH_HLEN);
        if (family == IP_V4) {
            assert_true(ipv4_checksum_is_right(packet_ip(b), IPV4_HLEN));
        }
        assert_way_back(b, &b->there);
    }
}

static void
an_ipv6_first_fragment_gets_a_new_transport_checksum(void **state)
{
    struct bench *b = *state;
    size_t ofs = IPV6_HLEN + IPV6_FRAGMENT_HLEN + UDP_OFS_CHECKSUM;

    use_family(b, IP_V6);
    make_udp(b, 1, 32); /* Offset 0. */
    put_be16(b->data + ETH_HLEN + ofs, 0x1234);
    assert_null(egress(b, &b->there));
    assert_int_equal(get_be16(packet_ip(b) + ofs),
                     checksum_update_addr(
                         checksum_update_addr(0x1234, &b->web.ca, &b->web.pa),
                         &b->sql.ca, &b->sql.pa));
    assert_way_back(b, &b->there);
}

/* RFC 3128: what is too short to have its checksum in the first fragment. */
static void
a_first_fragment_without_its_checksum_is_refused(void **state)
{
    struct bench *b = *state;
    const uint8_t l4[TCP_HLEN] = { 0 };

    b->size = hnv_frame(b->data, &b->web, &b->sql, IP_PROTO_TCP, IPV4_MF, l4,
                        TCP_OFS_CHECKSUM);
    hnv_assert_drop(egress(b, &b->there), DATAPATH_DROP_REWRITE_MALFORMED);
    hnv_assert_packet(b->pkt, b->data, b->size);
    b->size = hnv_frame(b->data, &b->web, &b->sql, IP_PROTO_TCP, IPV4_MF, l4,
                        TCP_OFS_CHECKSUM + 2);
    assert_null(egress(b, &b->there));
}

/* ICMP errors. */

static void
the_packet_in_an_icmp_error_is_the_one_that_was_on_the_wire(void **state)
{
    const struct test_frame *sent = golden_frame("01-");
    const struct test_frame *wire = golden_frame("03-");
    struct bench *b = *state;

    /* TCP with and without its checksum in the quote. */
    for (size_t quoted = 28; quoted <= 44; quoted += 16) {
        memcpy(b->data, sent->data, sent->size);
        b->size = sent->size;
        make_error(b, ICMP_UNREACHABLE, quoted);
        assert_null(egress(b, &b->back));
        assert_memory_equal(packet_ip(b) + IPV4_HLEN + ICMP_HLEN,
                            wire->data + ETH_HLEN, quoted);
        hnv_assert_checksums(packet_data(b->pkt), b->pkt->size);
        assert_way_back(b, &b->back);
    }
}

static void
an_icmp_error_about_udp_keeps_all_checksums_right(void **state)
{
    struct bench *b = *state;
    uint8_t wire[64];

    make_udp(b, 0, 20);
    assert_null(egress(b, &b->there));
    memcpy(wire, packet_ip(b), 48);
    make_error(b, ICMP_TIME_EXCEEDED, 28);
    assert_null(egress(b, &b->back));
    assert_memory_equal(packet_ip(b) + IPV4_HLEN + ICMP_HLEN, wire, 28);
    hnv_assert_checksums(packet_data(b->pkt), b->pkt->size);
    assert_way_back(b, &b->back);
}

static void
an_icmpv6_error_is_rewritten_like_an_icmp_one(void **state)
{
    struct bench *b = *state;
    uint8_t wire[80];

    use_family(b, IP_V6);
    make_udp(b, 0, 20);
    assert_null(egress(b, &b->there));
    memcpy(wire, packet_ip(b), 68);
    make_error(b, ICMP6_TOO_BIG, 68);
    assert_null(egress(b, &b->back));
    assert_memory_equal(packet_ip(b) + IPV6_HLEN + ICMP6_HLEN, wire, 68);
    hnv_assert_checksums(packet_data(b->pkt), b->pkt->size);
    assert_way_back(b, &b->back);
}

static void
an_error_about_an_address_without_a_record_keeps_it(void **state)
{
    struct policy_record other = hnv_record(BLUE_SQL, POLICY_RULE_NAT, 4, 4);
    const uint8_t l4[8] = { 0 };
    struct bench *b = *state;
    struct ipv4_hdr quote;

    other.ca = ip_of("10.7.7.7");
    b->size = hnv_frame(b->data, &b->web, &other, 253, 0, l4, sizeof l4);
    make_error(b, ICMP_UNREACHABLE, 28);
    assert_null(egress(b, &b->back));
    assert_true(ipv4_decode(&quote, packet_ip(b) + IPV4_HLEN + ICMP_HLEN, 28,
                            SIZE_MAX));
    assert_true(ip_addr_equal(&quote.src, &b->web.pa));
    assert_true(ip_addr_equal(&quote.dst, &other.ca));
    hnv_assert_checksums(packet_data(b->pkt), b->pkt->size);
    assert_way_back(b, &b->back);
}

static void
an_icmp_error_that_quotes_no_packet_is_refused(void **state)
{
    const struct test_frame *sent = golden_frame("01-");
    struct bench *b = *state;

    memcpy(b->data, sent->data, sent->size);
    b->size = sent->size;
    make_error(b, ICMP_UNREACHABLE, IPV4_HLEN - 1);
    hnv_assert_drop(egress(b, &b->back), DATAPATH_DROP_REWRITE_MALFORMED);
    hnv_assert_packet(b->pkt, b->data, b->size);
}

static void
an_ipv6_quote_that_ends_in_extension_headers_is_rewritten(void **state)
{
    struct bench *b = *state;

    use_family(b, IP_V6);
    make_udp(b, 1, 20);
    make_error(b, ICMP6_UNREACHABLE, IPV6_HLEN + 4);
    assert_null(egress(b, &b->back));
    assert_memory_equal(packet_ip(b) + 80 - 32 + IPV6_OFS_SRC,
                        b->web.pa.octets, IP_V6_OCTETS);
    hnv_assert_checksums(packet_data(b->pkt), b->pkt->size);
    assert_way_back(b, &b->back);
}

/* Checksums. */

static void
a_udp_checksum_that_comes_out_as_0_is_sent_as_ffff(void **state)
{
    struct bench *b = *state;
    uint8_t *field = b->data + ETH_HLEN + IPV4_HLEN + UDP_OFS_CHECKSUM;

    make_udp(b, 0, 20);
    /* The one from which both address changes lead to 0. */
    put_be16(field, checksum_update_addr(
                        checksum_update_addr(0, &b->web.pa, &b->web.ca),
                        &b->sql.pa, &b->sql.ca));
    assert_null(egress(b, &b->there));
    assert_int_equal(get_be16(packet_ip(b) + IPV4_HLEN + UDP_OFS_CHECKSUM),
                     0xffff);
    assert_way_back(b, &b->there);
}

static void
a_udp_checksum_of_0_stays_0(void **state)
{
    struct bench *b = *state;

    for (uint8_t family = IP_V4; family <= IP_V6; family += 2) {
        size_t ofs = (family == IP_V4 ? IPV4_HLEN : IPV6_HLEN);

        use_family(b, family);
        make_udp(b, 0, 20);
        put_be16(b->data + ETH_HLEN + ofs + UDP_OFS_CHECKSUM, 0);
        assert_null(egress(b, &b->there));
        assert_int_equal(get_be16(packet_ip(b) + ofs + UDP_OFS_CHECKSUM), 0);
        assert_way_back(b, &b->there);
    }
}

static void
the_payload_is_not_read(void **state)
{
    struct bench *b = *state;

    make_udp(b, 0, 100);
    g_free(b->pkt);
    b->pkt = hnv_packet(b->data, ETH_HLEN + IPV4_HLEN + UDP_HLEN, b->size);
    assert_null(datapath_rewrite.egress(&b->dp, &b->there, b->pkt));
    assert_int_equal(b->pkt->stored, ETH_HLEN + IPV4_HLEN + UDP_HLEN);
    assert_int_equal(b->pkt->size, b->size);
    assert_null(datapath_rewrite.ingress(&b->dp, &b->there, b->pkt));
    assert_memory_equal(packet_data(b->pkt), b->data, b->pkt->stored);
}

/* The rest. */

static void
ttl_id_df_tos_and_options_stay(void **state)
{
    struct bench *b = *state;
    uint8_t *l3 = b->data + ETH_HLEN;
    const uint8_t changed[] = { 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 };

    make_udp(b, 0, 20);
    memmove(l3 + IPV4_HLEN + 4, l3 + IPV4_HLEN, UDP_HLEN + 20);
    b->size += 4;
    put_be32(l3 + IPV4_HLEN, 0x01010100); /* NOP, NOP, NOP, end. */
    l3[0] = 0x46;
    l3[1] = 0xb9;
    put_be16(l3 + 2, (uint16_t) (b->size - ETH_HLEN));
    put_be16(l3 + 6, IPV4_DF);
    l3[IPV4_OFS_TTL] = 1;
    put_be16(l3 + IPV4_OFS_CHECKSUM, 0);
    put_be16(l3 + IPV4_OFS_CHECKSUM, checksum_of(l3, 24));
    assert_null(egress(b, &b->there));
    hnv_assert_checksums(packet_data(b->pkt), b->pkt->size);
    for (size_t i = 0; i < sizeof changed; i++) {
        packet_ip(b)[changed[i]] = l3[changed[i]];
    }
    assert_memory_equal(packet_ip(b), l3, 24);
}

static void
protocols_that_we_do_not_know_get_new_addresses_only(void **state)
{
    const uint8_t l4[1] = { 0x55 };
    struct bench *b = *state;

    for (size_t size = 0; size <= sizeof l4; size++) {
        b->size = hnv_frame(b->data, &b->web, &b->sql, 253, 0, l4, size);
        assert_null(egress(b, &b->there));
        assert_true(ipv4_checksum_is_right(packet_ip(b), IPV4_HLEN));
        assert_way_back(b, &b->there);
    }
}

static void
macs_are_the_nics_or_the_vms(void **state)
{
    struct bench *b = *state;
    struct eth_hdr eth;

    make_udp(b, 0, 20);
    for (int use_vm_mac = 0; use_vm_mac < 2; use_vm_mac++) {
        b->web.use_vm_mac = use_vm_mac;
        assert_null(egress(b, &b->there));
        assert_true(eth_decode(&eth, packet_data(b->pkt), ETH_HLEN));
        assert_true(eth_addr_is_zero(eth.dst));
        assert_true(
            eth_addr_equal(eth.src, use_vm_mac ? b->web.mac : b->dp.nic_mac));
        assert_way_back(b, &b->there);
    }
}

static void
what_cannot_be_rewritten_is_refused_by_name(void **state)
{
    const struct test_frame *arp = golden_frame("12-");
    struct bench *b = *state;

    b->size = arp->size - 42;
    memcpy(b->data, arp->data + 42, b->size);
    hnv_assert_drop(egress(b, &b->there), DATAPATH_DROP_REWRITE_NOT_IP);
    hnv_assert_drop(datapath_rewrite.ingress(&b->dp, &b->there, b->pkt),
                    DATAPATH_DROP_REWRITE_NOT_IP);
    make_udp(b, 0, 20);
    b->data[0] |= 1;
    hnv_assert_drop(egress(b, &b->there), DATAPATH_DROP_REWRITE_GROUP);
    b->data[0] &= 0xfe;
    b->there.dst = NULL;
    hnv_assert_drop(egress(b, &b->there), DATAPATH_DROP_REWRITE_GROUP);
    b->there.dst = &b->sql;
    b->sql.pa = ip_of("2001:db8::1");
    hnv_assert_drop(egress(b, &b->there), DATAPATH_DROP_REWRITE_FAMILY);
    b->web.ca = ip_of("2001:db8::2");
    hnv_assert_drop(datapath_rewrite.ingress(&b->dp, &b->there, b->pkt),
                    DATAPATH_DROP_REWRITE_FAMILY);
    use_family(b, IP_V4);
    b->data[ETH_HLEN] = 0x65;
    hnv_assert_drop(egress(b, &b->there), DATAPATH_DROP_REWRITE_MALFORMED);
    b->size = ETH_HLEN - 1;
    hnv_assert_drop(egress(b, &b->there), DATAPATH_DROP_REWRITE_MALFORMED);
    hnv_assert_drop(datapath_rewrite.ingress(&b->dp, &b->there, b->pkt),
                    DATAPATH_DROP_REWRITE_MALFORMED);
}

int
main(void)
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_first_fragment_gets_a_new_transport_checksum),
        TEST(the_data_of_later_fragments_is_left_alone),
        TEST(an_ipv6_first_fragment_gets_a_new_transport_checksum),
        TEST(a_first_fragment_without_its_checksum_is_refused),
        TEST(the_packet_in_an_icmp_error_is_the_one_that_was_on_the_wire),
        TEST(an_icmp_error_about_udp_keeps_all_checksums_right),
        TEST(an_icmpv6_error_is_rewritten_like_an_icmp_one),
        TEST(an_error_about_an_address_without_a_record_keeps_it),
        TEST(an_icmp_error_that_quotes_no_packet_is_refused),
        TEST(an_ipv6_quote_that_ends_in_extension_headers_is_rewritten),
        TEST(a_udp_checksum_that_comes_out_as_0_is_sent_as_ffff),
        TEST(a_udp_checksum_of_0_stays_0),
        TEST(the_payload_is_not_read),
        TEST(ttl_id_df_tos_and_options_stay),
        TEST(protocols_that_we_do_not_know_get_new_addresses_only),
        TEST(macs_are_the_nics_or_the_vms),
        TEST(what_cannot_be_rewritten_is_refused_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

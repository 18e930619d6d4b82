#include "models/guest/stack.h"

#include <string.h>

#include "models/guest/udp.h"
#include "models/wire/checksum.h"
#include "tests/cmocka_all.h"
#include "tests/guest_frames.h"

/* A pair whose guest 0 knows the stranger. */
struct bench {
    struct guest_pair *pair;
    struct udp_socket *socket;
};

static const struct udp_app app = { NULL, NULL };

static int
setup(void **state)
{
    static struct bench b;
    const struct arp_hdr hdr = frame_arp_request();
    struct frame frame = frame_arp(frame_guest_mac(0), &hdr);

    b.pair = guest_pair_new(1);
    b.socket = udp_open(b.pair->guests[0], 500, &app, &b);
    frame_inject(b.pair, &frame);
    *state = &b;
    return 0;
}

static int
teardown(void **state)
{
    struct bench *b = *state;

    udp_close(b->socket);
    guest_pair_free(b->pair);
    return 0;
}

static uint64_t
fate(const struct bench *b, enum guest_fate which)
{
    return guest_pair_fate(b->pair, which);
}

/* Frames that guest 0 has sent, after the ARP reply of setup(). */
static unsigned int
n_sent(const struct bench *b)
{
    return b->pair->log->len - 1;
}

static const struct pair_frame *
nth_icmp(const struct bench *b, unsigned int n)
{
    return guest_pair_frame(b->pair, 0, IP_PROTO_ICMP, n);
}

static void
inject_udp_to(struct bench *b, struct eth_addr mac, uint32_t dst,
              uint16_t dport)
{
    struct frame frame = frame_udp(dport, 4);
    struct ipv4_hdr ip = frame_ipv4_hdr(IP_PROTO_UDP);
    uint8_t datagram[12];

    memcpy(datagram, frame.bytes + ETH_HLEN + IPV4_HLEN, sizeof datagram);
    put_be16(datagram + 6, 0); /* Without a checksum. */
    ip.dst = ip_addr_from_v4(dst);
    frame = frame_ipv4(mac, &ip, datagram, sizeof datagram);
    frame_inject(b->pair, &frame);
}

static void
guest_takes_frames_for_its_mac_broadcast_and_all_hosts_only(void **state)
{
    struct bench *b = *state;
    struct eth_addr all_hosts = eth_addr_from_u64(UINT64_C(0x01005e000001));
    struct eth_addr other_group = eth_addr_from_u64(UINT64_C(0x01005e000005));

    inject_udp_to(b, frame_guest_mac(0), GUEST_IP(0), 500);
    inject_udp_to(b, ETH_ADDR_BROADCAST, 0xffffffff, 500);
    inject_udp_to(b, ETH_ADDR_BROADCAST, 0x0a0101ff, 500);
    inject_udp_to(b, all_hosts, 0xe0000001, 500);
    assert_int_equal(fate(b, GUEST_FATE_DELIVERED), 4);
    inject_udp_to(b, frame_guest_mac(1), GUEST_IP(0), 500);
    inject_udp_to(b, other_group, 0xe0000005, 500);
    inject_udp_to(b, frame_guest_mac(0), GUEST_IP(1), 500);
    inject_udp_to(b, ETH_ADDR_BROADCAST, GUEST_IP(0), 500);
    assert_int_equal(fate(b, GUEST_FATE_NOT_MINE), 4);
    assert_int_equal(fate(b, GUEST_FATE_DELIVERED), 4);
}

static void
guest_drops_what_is_no_ip_and_no_arp(void **state)
{
    struct bench *b = *state;
    struct frame frame = frame_udp(500, 4);

    put_be16(frame.bytes + 12, ETH_TYPE_IPV6);
    frame_inject(b->pair, &frame);
    put_be16(frame.bytes + 12, ETH_TYPE_VLAN);
    frame_inject(b->pair, &frame);
    assert_int_equal(fate(b, GUEST_FATE_PROTOCOL), 2);
    guest_pair_inject(b->pair, 0, frame.bytes, 13, 13);
    assert_int_equal(fate(b, GUEST_FATE_MALFORMED), 1);
}

static void
ipv4_cut_short_anywhere_is_malformed(void **state)
{
    struct bench *b = *state;
    struct frame frame = frame_udp(500, 4);

    for (size_t size = 0; size < frame.size; size++) {
        guest_pair_inject(b->pair, 0, frame.bytes, size, size);
    }
    assert_int_equal(fate(b, GUEST_FATE_MALFORMED)
                         + fate(b, GUEST_FATE_NOT_MINE),
                     frame.size);
    assert_int_equal(fate(b, GUEST_FATE_DELIVERED), 0);
}

static void
ipv4_with_a_wrong_header_checksum_is_dropped(void **state)
{
    struct bench *b = *state;
    struct frame frame = frame_udp(500, 4);

    frame.bytes[ETH_HLEN + IPV4_OFS_TTL]--;
    frame_inject(b->pair, &frame);
    assert_int_equal(fate(b, GUEST_FATE_CHECKSUM), 1);
}

static void
ipv4_padding_is_not_taken_for_payload(void **state)
{
    struct bench *b = *state;
    static const uint8_t data[5] = "hello";
    struct frame frame = frame_icmp(ICMP_ECHO_REQUEST, 0, 0x10002, data, 5);
    const struct pair_frame *reply;

    memset(frame.bytes + frame.size, 0xee, 60 - frame.size);
    guest_pair_inject(b->pair, 0, frame.bytes, 60, 60);
    reply = nth_icmp(b, 0);
    assert_non_null(reply);
    assert_int_equal(reply->size, frame.size);
}

static void
ipv4_options_are_skipped(void **state)
{
    struct bench *b = *state;
    struct frame frame = frame_udp(500, 4);
    uint8_t *ip = frame.bytes + ETH_HLEN;

    memmove(ip + 24, ip + 20, 12);
    memset(ip + 20, 1, 4); /* No operation. */
    ip[0] = 0x46;
    put_be16(ip + 2, 24 + 12);
    put_be16(ip + IPV4_OFS_CHECKSUM, 0);
    put_be16(ip + IPV4_OFS_CHECKSUM, checksum_of(ip, 24));
    frame.size += 4;
    frame_inject(b->pair, &frame);
    assert_int_equal(fate(b, GUEST_FATE_DELIVERED), 1);
}

static void
ipv4_fragments_are_dropped_by_name(void **state)
{
    struct bench *b = *state;
    struct ipv4_hdr ip = frame_ipv4_hdr(IP_PROTO_UDP);
    static const uint8_t data[16];
    struct frame frame;

    ip.more_fragments = true;
    frame = frame_ipv4(frame_guest_mac(0), &ip, data, sizeof data);
    frame_inject(b->pair, &frame);
    ip.more_fragments = false;
    ip.fragment_offset = 16;
    frame = frame_ipv4(frame_guest_mac(0), &ip, data, sizeof data);
    frame_inject(b->pair, &frame);
    assert_int_equal(fate(b, GUEST_FATE_FRAGMENT), 2);
    assert_int_equal(n_sent(b), 0);
}

static void
ipv4_from_a_group_is_malformed(void **state)
{
    struct bench *b = *state;
    static const uint32_t bad[] = { 0xffffffff, 0x0a0101ff, 0xe0000001 };
    static const uint8_t data[16];

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct ipv4_hdr ip = frame_ipv4_hdr(99);
        struct frame frame;

        ip.src = ip_addr_from_v4(bad[i]);
        frame = frame_ipv4(frame_guest_mac(0), &ip, data, sizeof data);
        frame_inject(b->pair, &frame);
    }
    assert_int_equal(fate(b, GUEST_FATE_MALFORMED), 3);
    assert_int_equal(n_sent(b), 0);
}

static void
ipv4_is_sent_with_ttl_128_unfragmented_and_numbered(void **state)
{
    struct bench *b = *state;

    for (uint16_t i = 0; i < 3; i++) {
        const struct pair_frame *f;
        struct ipv4_hdr ip;

        udp_send(b->socket, ip_addr_from_v4(STRANGER), 9,
                 (struct guest_flow_tag){ 5, 1, 0 }, NULL, 0, 1472);
        guest_flush(b->pair->guests[0]);
        f = guest_pair_frame(b->pair, 0, IP_PROTO_UDP, i);
        assert_true(ipv4_decode(&ip, f->bytes + ETH_HLEN, f->stored - ETH_HLEN,
                                f->size - ETH_HLEN));
        assert_true(ipv4_checksum_is_right(f->bytes + ETH_HLEN, IPV4_HLEN));
        assert_int_equal(ip.ttl, 128);
        assert_true(ip.dont_fragment && !ip.more_fragments);
        assert_int_equal(ip.id, i + 1);
        assert_int_equal(ip.total_length, 1500);
        assert_int_equal(ip_addr_to_v4(&ip.src), GUEST_IP(0));
        assert_int_equal(f->tag.flow, 5);
        assert_int_equal(f->tag.reply, 1);
        assert_int_equal(f->tag.tenant, 1);
    }
}

static void
ipv4_larger_than_the_mtu_is_never_sent(void **state)
{
    struct bench *b = *state;

    udp_send(b->socket, ip_addr_from_v4(STRANGER), 9,
             (struct guest_flow_tag){ 0 }, NULL, 0, 1473);
    udp_send(b->socket, ip_addr_from_v4(STRANGER), 9,
             (struct guest_flow_tag){ 0 }, NULL, 0, UDP_PAYLOAD_MAX);
    guest_flush(b->pair->guests[0]);
    assert_int_equal(n_sent(b), 0);
    assert_int_equal(fate(b, GUEST_FATE_TOO_BIG), 2);
}

static void
ipv4_goes_on_link_to_the_gateway_or_nowhere(void **state)
{
    struct bench *b = *state;
    struct guest_config lonely = {
        .name = "lonely",
        .mac = frame_guest_mac(2),
        .address = { ip_addr_from_v4(GUEST_IP(2)), 24 },
        .mtu = PAIR_MTU,
    };
    struct guest *guest = guest_pair_add(b->pair, &lonely);
    struct udp_socket *socket = udp_open(guest, 0, &app, b);
    struct arp_hdr hdr;

    udp_send(b->socket, ip_addr_from_v4(0x0a010201), 9,
             (struct guest_flow_tag){ 0 }, NULL, 0, 1);
    guest_flush(b->pair->guests[0]);
    assert_true(arp_decode(
        &hdr, guest_pair_frame(b->pair, 0, 0, 1)->bytes + ETH_HLEN, ARP_HLEN));
    assert_int_equal(ip_addr_to_v4(&hdr.tpa), 0x0a0101fe);

    udp_send(socket, ip_addr_from_v4(0x0a010201), 9,
             (struct guest_flow_tag){ 0 }, NULL, 0, 1);
    assert_int_equal(fate(b, GUEST_FATE_NO_ROUTE), 1);
    udp_send(socket, ip_addr_from_v4(GUEST_IP(2)), 9,
             (struct guest_flow_tag){ 0 }, NULL, 0, 1);
    assert_int_equal(fate(b, GUEST_FATE_LOOPBACK), 1);
    udp_close(socket);
}

static void
ipv4_broadcast_and_multicast_need_no_arp(void **state)
{
    struct bench *b = *state;
    static const uint32_t dsts[] = { 0xffffffff, 0x0a0101ff, 0xe0010203 };
    static const uint64_t macs[] = { UINT64_C(0xffffffffffff),
                                     UINT64_C(0xffffffffffff),
                                     UINT64_C(0x01005e010203) };

    for (unsigned int i = 0; i < 3; i++) {
        udp_send(b->socket, ip_addr_from_v4(dsts[i]), 9,
                 (struct guest_flow_tag){ 0 }, NULL, 0, 1);
        guest_flush(b->pair->guests[0]);
        assert_memory_equal(
            guest_pair_frame(b->pair, 0, IP_PROTO_UDP, i)->bytes,
            eth_addr_from_u64(macs[i]).octets, ETH_ALEN);
    }
}

static void
icmp_echo_is_answered_with_the_same_data(void **state)
{
    struct bench *b = *state;
    static const uint8_t data[] = "what you send is what you get";
    struct frame frame =
        frame_icmp(ICMP_ECHO_REQUEST, 0, 0x12345678, data, sizeof data);
    const struct pair_frame *reply;
    const uint8_t *icmp;

    frame_inject(b->pair, &frame);
    reply = nth_icmp(b, 0);
    icmp = reply->bytes + ETH_HLEN + IPV4_HLEN;
    assert_int_equal(icmp[0], ICMP_ECHO_REPLY);
    assert_int_equal(icmp[1], 0);
    assert_int_equal(get_be32(icmp + 4), 0x12345678);
    assert_memory_equal(icmp + ICMP_HLEN, data, sizeof data);
    assert_true(icmp_checksum_is_right(icmp, ICMP_HLEN + sizeof data));
    assert_int_equal(reply->size, frame.size);
    assert_int_equal(fate(b, GUEST_FATE_DELIVERED), 1);
}

static void
icmp_echo_of_zeros_that_are_not_stored_is_answered_in_full(void **state)
{
    struct bench *b = *state;
    static const uint8_t zeros[1000];
    struct frame frame =
        frame_icmp(ICMP_ECHO_REQUEST, 0, 1, zeros, sizeof zeros);

    guest_pair_inject(b->pair, 0, frame.bytes, 42, frame.size);
    assert_int_equal(nth_icmp(b, 0)->size, frame.size);
    assert_int_equal(nth_icmp(b, 0)->stored, 42);
    assert_true(icmp_checksum_is_right(
        nth_icmp(b, 0)->bytes + ETH_HLEN + IPV4_HLEN, ICMP_HLEN));
}

static void
icmp_with_a_wrong_checksum_is_dropped(void **state)
{
    struct bench *b = *state;
    struct frame frame = frame_icmp(ICMP_ECHO_REQUEST, 0, 1, NULL, 0);

    frame.bytes[ETH_HLEN + IPV4_HLEN + 7] ^= 1;
    frame_inject(b->pair, &frame);
    assert_int_equal(fate(b, GUEST_FATE_CHECKSUM), 1);
    assert_int_equal(n_sent(b), 0);
}

static void
icmp_reply_that_nobody_waits_for_is_dropped(void **state)
{
    struct bench *b = *state;
    struct frame frame = frame_icmp(ICMP_ECHO_REPLY, 0, 1, NULL, 0);

    frame_inject(b->pair, &frame);
    assert_int_equal(fate(b, GUEST_FATE_NO_SOCKET), 1);
}

static void
icmp_tells_of_an_unknown_protocol_and_quotes_the_packet(void **state)
{
    struct bench *b = *state;
    struct ipv4_hdr ip = frame_ipv4_hdr(99);
    static const uint8_t data[32] = "0123456789";
    struct frame frame =
        frame_ipv4(frame_guest_mac(0), &ip, data, sizeof data);
    const uint8_t *icmp;

    frame_inject(b->pair, &frame);
    assert_int_equal(fate(b, GUEST_FATE_PROTOCOL), 1);
    assert_non_null(nth_icmp(b, 0));
    icmp = nth_icmp(b, 0)->bytes + ETH_HLEN + IPV4_HLEN;
    assert_int_equal(icmp[0], ICMP_UNREACHABLE);
    assert_int_equal(icmp[1], ICMP_UNREACHABLE_PROTOCOL);
    assert_true(icmp_checksum_is_right(icmp, ICMP_HLEN + IPV4_HLEN + 8));
    assert_memory_equal(icmp + ICMP_HLEN, frame.bytes + ETH_HLEN,
                        IPV4_HLEN + 8);
}

/* RFC 1122 section 3.2.2, what an error must never be sent about. */
static void
icmp_errors_are_not_sent_about_broadcasts_nor_from_nobody(void **state)
{
    struct bench *b = *state;
    struct ipv4_hdr ip = frame_ipv4_hdr(99);
    static const uint8_t data[32];
    struct frame frame;

    inject_udp_to(b, ETH_ADDR_BROADCAST, 0xffffffff, 501);
    inject_udp_to(b, ETH_ADDR_BROADCAST, 0x0a0101ff, 501);
    inject_udp_to(b, frame_guest_mac(0), 0x0a0101ff, 501);
    ip.src = ip_addr_from_v4(0);
    frame = frame_ipv4(frame_guest_mac(0), &ip, data, sizeof data);
    frame_inject(b->pair, &frame);
    assert_int_equal(fate(b, GUEST_FATE_NO_SOCKET), 3);
    assert_int_equal(fate(b, GUEST_FATE_NO_ROUTE), 0);
    assert_int_equal(n_sent(b), 0);
}

/* A datagram that guest 0 has sent to the stranger, as an error quotes it. */
static struct frame
frame_error(uint8_t code, uint32_t rest, uint32_t src, uint16_t length)
{
    struct ipv4_hdr ip = frame_ipv4_hdr(IP_PROTO_UDP);
    uint8_t quoted[IPV4_HLEN + 8] = { 0 };

    ip.src = ip_addr_from_v4(src);
    ip.dst = ip_addr_from_v4(STRANGER);
    ip.total_length = length;
    ipv4_encode(&ip, quoted);
    put_be16(quoted + IPV4_HLEN, 500);
    return frame_icmp(ICMP_UNREACHABLE, code, rest, quoted, sizeof quoted);
}

static uint16_t
mtu_to(const struct bench *b, uint32_t dst)
{
    return guest_mtu(b->pair->guests[0], ip_addr_from_v4(dst));
}

static void
icmp_frag_needed_lowers_the_mtu_of_that_path_for_ten_minutes(void **state)
{
    struct bench *b = *state;
    struct frame frame =
        frame_error(ICMP_UNREACHABLE_FRAG_NEEDED, 1400, GUEST_IP(0), 1500);

    frame_inject(b->pair, &frame);
    assert_int_equal(fate(b, GUEST_FATE_ICMP), 1);
    assert_int_equal(mtu_to(b, STRANGER), 1400);
    assert_int_equal(mtu_to(b, STRANGER + 1), 1500);
    udp_send(b->socket, ip_addr_from_v4(STRANGER), 9,
             (struct guest_flow_tag){ 0 }, NULL, 0, 1373);
    assert_int_equal(fate(b, GUEST_FATE_TOO_BIG), 1);
    guest_pair_run(b->pair, 600 * SIM_S);
    assert_int_equal(mtu_to(b, STRANGER), 1500);
}

static void
icmp_frag_needed_never_raises_the_mtu_and_knows_a_least(void **state)
{
    struct bench *b = *state;
    struct frame frame =
        frame_error(ICMP_UNREACHABLE_FRAG_NEEDED, 9000, GUEST_IP(0), 9001);

    frame_inject(b->pair, &frame);
    assert_int_equal(mtu_to(b, STRANGER), 1500);
    frame = frame_error(ICMP_UNREACHABLE_FRAG_NEEDED, 0, GUEST_IP(0), 1500);
    frame_inject(b->pair, &frame);
    assert_int_equal(mtu_to(b, STRANGER), 576);
    frame = frame_error(ICMP_UNREACHABLE_FRAG_NEEDED, 1, GUEST_IP(0), 1500);
    frame_inject(b->pair, &frame);
    assert_int_equal(mtu_to(b, STRANGER), 68);
    frame = frame_error(ICMP_UNREACHABLE_FRAG_NEEDED, 1000, GUEST_IP(0), 1500);
    frame_inject(b->pair, &frame);
    assert_int_equal(mtu_to(b, STRANGER), 68);
}

static void
icmp_frag_needed_about_what_was_not_sent_is_not_believed(void **state)
{
    struct bench *b = *state;
    struct frame frame =
        frame_error(ICMP_UNREACHABLE_FRAG_NEEDED, 1400, GUEST_IP(1), 1500);

    frame_inject(b->pair, &frame);
    frame = frame_error(ICMP_UNREACHABLE_FRAG_NEEDED, 1400, GUEST_IP(0), 1400);
    frame_inject(b->pair, &frame);
    assert_int_equal(mtu_to(b, STRANGER), 1500);
}

static void
icmp_cut_short_anywhere_does_no_harm(void **state)
{
    struct bench *b = *state;
    struct frame whole =
        frame_error(ICMP_UNREACHABLE_FRAG_NEEDED, 1400, GUEST_IP(0), 1500);
    const uint8_t *icmp = whole.bytes + ETH_HLEN + IPV4_HLEN;

    for (size_t size = ICMP_HLEN; size < ICMP_HLEN + IPV4_HLEN; size++) {
        struct frame frame =
            frame_icmp(ICMP_UNREACHABLE, ICMP_UNREACHABLE_FRAG_NEEDED, 1400,
                       icmp + ICMP_HLEN, size - ICMP_HLEN);

        frame_inject(b->pair, &frame);
    }
    assert_int_equal(mtu_to(b, STRANGER), 1500);
}

/* Who listens at a NIC. */
struct watcher {
    struct tap tap;
    unsigned int n[2];
};

static void
see(struct tap *tap, const struct tap_point *point, enum tap_direction way,
    const struct packet *pkt)
{
    (void) pkt;
    assert_string_equal(point->name, "a:eth0");
    ((struct watcher *) (void *) tap)->n[way]++;
}

static void
guest_tap_shows_frames_both_ways(void **state)
{
    struct bench *b = *state;
    static struct watcher watcher;
    struct frame frame = frame_icmp(ICMP_ECHO_REQUEST, 0, 1, NULL, 0);

    watcher = (struct watcher){ .tap = { .frame = see } };
    tap_add(guest_tap(b->pair->guests[0]), &watcher.tap);
    frame_inject(b->pair, &frame);
    frame_inject(b->pair, &frame);
    inject_udp_to(b, frame_guest_mac(1), GUEST_IP(0), 500);
    assert_int_equal(watcher.n[TAP_IN], 3);
    assert_int_equal(watcher.n[TAP_OUT], 2);
}

int
main(void)
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(guest_takes_frames_for_its_mac_broadcast_and_all_hosts_only),
        TEST(guest_drops_what_is_no_ip_and_no_arp),
        TEST(ipv4_cut_short_anywhere_is_malformed),
        TEST(ipv4_with_a_wrong_header_checksum_is_dropped),
        TEST(ipv4_padding_is_not_taken_for_payload),
        TEST(ipv4_options_are_skipped),
        TEST(ipv4_fragments_are_dropped_by_name),
        TEST(ipv4_from_a_group_is_malformed),
        TEST(ipv4_is_sent_with_ttl_128_unfragmented_and_numbered),
        TEST(ipv4_larger_than_the_mtu_is_never_sent),
        TEST(ipv4_goes_on_link_to_the_gateway_or_nowhere),
        TEST(ipv4_broadcast_and_multicast_need_no_arp),
        TEST(icmp_echo_is_answered_with_the_same_data),
        TEST(icmp_echo_of_zeros_that_are_not_stored_is_answered_in_full),
        TEST(icmp_with_a_wrong_checksum_is_dropped),
        TEST(icmp_reply_that_nobody_waits_for_is_dropped),
        TEST(icmp_tells_of_an_unknown_protocol_and_quotes_the_packet),
        TEST(icmp_errors_are_not_sent_about_broadcasts_nor_from_nobody),
        TEST(icmp_frag_needed_lowers_the_mtu_of_that_path_for_ten_minutes),
        TEST(icmp_frag_needed_never_raises_the_mtu_and_knows_a_least),
        TEST(icmp_frag_needed_about_what_was_not_sent_is_not_believed),
        TEST(icmp_cut_short_anywhere_does_no_harm),
        TEST(guest_tap_shows_frames_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Random packets through every datapath and back.  What comes back is what was
 * sent; on the way a right checksum is right, and a wrong one is wrong by as
 * much as it was. */

#include <glib.h>
#include <string.h>

#include "models/wire/icmp.h"
#include "models/wire/tcp.h"
#include "models/wire/udp.h"
#include "tests/cmocka_all.h"
#include "tests/hnv_bench.h"
#include "tests/wire_vectors.h"

#define N_PACKETS   100000
#define PAYLOAD_MAX 200
#define DATA_MAX    512

struct bench {
    struct policy_record src, dst;
    struct datapath dp;
    struct datapath_frame frame;
    uint8_t data[DATA_MAX];
    size_t size;
    size_t held;  /* The first of them; the others are zeros. */
    bool is_part; /* A fragment that is not the first. */
};

static size_t
below(size_t bound)
{
    return (size_t) (test_random() % bound);
}

static bool
chance(unsigned int percent)
{
    return below(100) < percent;
}

static void
fill(uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        data[i] = (uint8_t) test_random();
    }
}

/* Writes a header of 'protocol' and the bytes it carries at 'l4', and returns
 * their number; '*header' is set to those that must be held. */
static size_t
make_l4(struct bench *b, uint8_t protocol, uint8_t *l4, size_t *header)
{
    uint8_t quoted[DATA_MAX];
    size_t size;

    *header = protocol == IP_PROTO_TCP ? TCP_HLEN : 8;
    size = *header + below(PAYLOAD_MAX);
    fill(l4, *header);
    memset(l4 + *header, 0, size - *header);
    fill(l4 + *header, below(size - *header + 1));
    if (protocol == IP_PROTO_UDP) {
        put_be16(l4 + UDP_OFS_LENGTH, (uint16_t) size);
    } else if (protocol == IP_PROTO_ICMP && icmp_is_error(l4[0])) {
        l4[0] = ICMP_ECHO_REQUEST;
    } else if (protocol == IP_PROTO_ICMPV6) {
        l4[0] |= 0x80;
    }
    if (protocol != IP_PROTO_TCP && protocol != IP_PROTO_UDP && chance(30)) {
        size_t n =
            hnv_frame(quoted, &b->dst, &b->src,
                      chance(50) ? IP_PROTO_TCP : IP_PROTO_UDP, 0, l4, size);

        l4[0] = protocol == IP_PROTO_ICMP ? ICMP_UNREACHABLE : 1;
        *header = size = 8 + n - ETH_HLEN;
        memcpy(l4 + 8, quoted + ETH_HLEN, size - 8);
    }
    return size;
}

/* Makes a random packet; its checksums are right with some luck. */
static void
make_packet(struct bench *b, uint8_t family, enum policy_rule rule)
{
    const uint8_t protocols[] = { IP_PROTO_TCP, IP_PROTO_UDP,
                                  family == IP_V4 ? IP_PROTO_ICMP
                                                  : IP_PROTO_ICMPV6 };
    uint8_t protocol = protocols[below(3)];
    uint16_t fragment = 0;
    uint8_t l4[DATA_MAX];
    size_t size, header;

    b->src = hnv_record(BLUE_WEB, rule, family, family);
    b->dst = hnv_record(BLUE_SQL, rule, family, family);
    size = make_l4(b, protocol, l4, &header);
    if (chance(20)) {
        fragment = (uint16_t) (family == IP_V4 ? IPV4_MF : 1);
        fragment = (uint16_t) (fragment + (chance(50) ? below(1000) : 0));
    }
    b->is_part = fragment & IPV4_FRAG_MASK & (family == IP_V4 ? ~0 : ~1);
    b->size =
        hnv_frame(b->data, &b->src, &b->dst, protocol, fragment, l4, size);
    b->held = b->size - size + header;
    for (size_t i = b->held; i < b->size; i++) {
        b->held = b->data[i] ? i + 1 : b->held;
    }
}

/* By how much the checksum at 'field' is wrong, in ones' complement. */
static unsigned int
wrong_by(const struct frame_view *view, uint8_t *data, size_t size)
{
    unsigned int is = get_be16(hnv_checksum_field(view, data));

    return (is + 0xffffu - hnv_right_checksum(view, data, size)) % 0xffffu;
}

/* Sets the checksum: right, off by something, or none. */
static void
set_checksum(struct bench *b)
{
    struct frame_view view;
    uint8_t *field;
    uint16_t check;

    if (b->is_part || !frame_parse(&view, b->data, b->size, b->size)) {
        return;
    }
    field = hnv_checksum_field(&view, b->data);
    check = hnv_right_checksum(&view, b->data, b->size);
    if (chance(20)) {
        check = (uint16_t) test_random();
    } else if (view.protocol == IP_PROTO_UDP && chance(10)) {
        check = 0;
    }
    if (view.protocol != IP_PROTO_UDP && check == 0xffff) {
        check = 0; /* The other zero, which no sender writes. */
    }
    put_be16(field, check);
}

/* Fails unless the provider frame's checksum is as wrong as the customer's. */
static void
assert_as_wrong(struct bench *b, const struct packet *pkt)
{
    struct frame_view customer, provider;
    uint8_t wire[DATA_MAX] = { 0 };
    uint8_t *field;

    memcpy(wire, packet_data(pkt), pkt->stored);
    if (b->src.ca.family == IP_V4) {
        assert_true(ipv4_checksum_is_right(wire + ETH_HLEN, IPV4_HLEN));
    }
    frame_parse(&customer, b->data, b->size, b->size);
    frame_parse(&provider, wire, pkt->size, pkt->size);
    assert_true(ip_addr_equal(&provider.src, &b->src.pa));
    assert_true(ip_addr_equal(&provider.dst, &b->dst.pa));
    field = hnv_checksum_field(&customer, b->data);
    if (b->is_part || !field) {
        return;
    }
    if (customer.protocol == IP_PROTO_UDP && !get_be16(field)) {
        assert_int_equal(get_be16(hnv_checksum_field(&provider, wire)), 0);
    } else {
        assert_int_equal(wrong_by(&provider, wire, pkt->size),
                         wrong_by(&customer, b->data, b->size));
    }
}

static void
there_and_back(struct bench *b, const struct datapath_ops *ops)
{
    struct packet *pkt = hnv_packet(b->data, b->held, b->size);

    assert_null(ops->egress(&b->dp, &b->frame, pkt));
    if (ops == &datapath_rewrite) {
        assert_as_wrong(b, pkt);
    }
    if (ops == &datapath_rewrite || ops == &datapath_nvgre) {
        packet_pad(pkt, 60);
    }
    assert_null(ops->ingress(&b->dp, &b->frame, pkt));
    hnv_assert_packet(pkt, b->data, b->size);
    g_free(pkt);
}

static void
random_packets_come_back_as_they_were(void **state)
{
    struct bench *b = g_new0(struct bench, 1);

    (void) state;
    b->dp = hnv_datapath(2);
    b->dp.config.flow_id = FLOW_ID_INNER_5TUPLE;
    b->frame = (struct datapath_frame){ .src = &b->src, .dst = &b->dst };
    for (size_t i = 0; i < N_PACKETS; i++) {
        const struct datapath_ops *ops =
            i % 4 ? &datapath_rewrite : datapath_kinds[i / 4 % 4];

        make_packet(b, chance(50) ? IP_V4 : IP_V6, ops->rule);
        set_checksum(b);
        there_and_back(b, ops);
    }
    g_free(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_packets_come_back_as_they_were),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

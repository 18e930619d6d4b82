#include "tests/hnv_bench.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "models/wire/checksum.h"
#include "models/wire/icmp.h"
#include "models/wire/icmp6.h"
#include "models/wire/tcp.h"
#include "models/wire/udp.h"
#include "tests/cmocka_all.h"
#include "tests/wire_vectors.h"

struct ip_addr
ip_of(const char *text)
{
    struct ip_addr addr;

    assert_true(ip_addr_parse(text, &addr));
    return addr;
}

struct eth_addr
mac_of(const char *text)
{
    struct eth_addr addr;

    assert_true(eth_addr_parse(text, &addr));
    return addr;
}

struct policy_record
hnv_record(enum hnv_vm vm, enum policy_rule rule, uint8_t ca_family,
           uint8_t pa_family)
{
    static const struct {
        const char *name, *mac, *ca4, *ca6, *nat4, *nat6, *host4, *host6;
        uint32_t vsid;
        uint16_t vlan;
    } rows[N_HNV_VMS] = {
        [BLUE_SQL] = { "blue/sql", "00155d010a01", "10.1.1.1",
                       "2001:db8:b1::1", "192.168.1.10", "2001:db8:a::10",
                       "192.168.1.10", "2001:db8:a::10", 5001, 101 },
        [BLUE_WEB] = { "blue/web", "00155d011401", "10.1.1.2",
                       "2001:db8:b1::2", "192.168.1.12", "2001:db8:a::12",
                       "192.168.1.12", "2001:db8:a::12", 5001, 101 },
        [RED_SQL] = { "red/sql", "00155d010a02", "10.1.1.1", "2001:db8:b1::1",
                      "192.168.1.11", "2001:db8:a::11", "192.168.1.10",
                      "2001:db8:a::10", 6001, 201 },
        [RED_WEB] = { "red/web", "00155d011402", "10.1.1.2", "2001:db8:b1::2",
                      "192.168.1.13", "2001:db8:a::13", "192.168.1.12",
                      "2001:db8:a::12", 6001, 201 },
    };
    bool nat = rule == POLICY_RULE_NAT;

    return (struct policy_record){
        .ca = ip_of(ca_family == IP_V4 ? rows[vm].ca4 : rows[vm].ca6),
        .pa = ip_of(pa_family == IP_V4 ? nat ? rows[vm].nat4 : rows[vm].host4
                    : nat              ? rows[vm].nat6
                                       : rows[vm].host6),
        .mac = mac_of(rows[vm].mac),
        .vlan = rows[vm].vlan,
        .vsid = rows[vm].vsid,
        .rule = rule,
        .vm = rows[vm].name,
    };
}

struct datapath
hnv_datapath(int host)
{
    return (struct datapath){
        .config = { .dont_fragment = true, .ttl = 128 },
        .nic_mac = mac_of(host == 1 ? "02000000000a" : "02000000000b"),
        .next_ip_id = 1,
    };
}

struct packet *
hnv_packet(const uint8_t *data, size_t stored, size_t size)
{
    size_t capacity = PACKET_HEADROOM + stored;
    struct packet *pkt = g_malloc0(sizeof *pkt + capacity);

    pkt->size = (uint32_t) size;
    pkt->stored = (uint16_t) stored;
    pkt->head = PACKET_HEADROOM;
    pkt->capacity = (uint16_t) capacity;
    if (stored) {
        memcpy(packet_data(pkt), data, stored);
    }
    return pkt;
}

static size_t
put_ipv4(uint8_t *data, const struct policy_record *src,
         const struct policy_record *dst, uint8_t protocol, uint16_t fragment,
         size_t size)
{
    struct ipv4_hdr hdr = {
        .ttl = 128,
        .protocol = protocol,
        .total_length = (uint16_t) (IPV4_HLEN + size),
        .id = 0x1234,
        .dont_fragment = fragment & IPV4_DF,
        .more_fragments = fragment & IPV4_MF,
        .fragment_offset = (uint16_t) ((fragment & IPV4_FRAG_MASK) * 8),
        .src = src->ca,
        .dst = dst->ca,
    };

    ipv4_encode(&hdr, data);
    return IPV4_HLEN;
}

static size_t
put_ipv6(uint8_t *data, const struct policy_record *src,
         const struct policy_record *dst, uint8_t protocol, uint16_t fragment,
         size_t size)
{
    struct ipv6_fragment_hdr part = {
        .next_header = protocol,
        .offset = (uint16_t) (8 * (fragment - 1)),
        .id = 0x12345678,
    };
    size_t extra = fragment ? IPV6_FRAGMENT_HLEN : 0;
    struct ipv6_hdr hdr = {
        .next_header = fragment ? IPV6_NEXT_FRAGMENT : protocol,
        .hop_limit = 128,
        .payload_length = (uint16_t) (extra + size),
        .src = src->ca,
        .dst = dst->ca,
    };

    ipv6_encode(&hdr, data);
    if (fragment) {
        ipv6_fragment_encode(&part, data + IPV6_HLEN);
    }
    return IPV6_HLEN + extra;
}

size_t
hnv_frame(uint8_t *data, const struct policy_record *src,
          const struct policy_record *dst, uint8_t protocol, uint16_t fragment,
          const uint8_t *l4, size_t size)
{
    bool is_v4 = src->ca.family == IP_V4;
    struct eth_hdr eth = {
        .dst = dst->mac,
        .src = src->mac,
        .type = is_v4 ? ETH_TYPE_IPV4 : ETH_TYPE_IPV6,
    };
    size_t hlen = ETH_HLEN;

    eth_encode(&eth, data);
    hlen += (is_v4 ? put_ipv4 : put_ipv6)(data + ETH_HLEN, src, dst, protocol,
                                          fragment, size);
    memcpy(data + hlen, l4, size);
    return hlen + size;
}

uint8_t *
hnv_checksum_field(const struct frame_view *view, uint8_t *data)
{
    static const uint8_t offsets[UINT8_MAX + 1] = {
        [IP_PROTO_TCP] = TCP_OFS_CHECKSUM,
        [IP_PROTO_UDP] = UDP_OFS_CHECKSUM,
        [IP_PROTO_ICMP] = ICMP_OFS_CHECKSUM,
        [IP_PROTO_ICMPV6] = ICMP6_OFS_CHECKSUM,
    };

    return view->l4_offset && offsets[view->protocol]
               ? data + view->l4_offset + offsets[view->protocol]
               : NULL;
}

uint16_t
hnv_right_checksum(const struct frame_view *view, const uint8_t *data,
                   size_t size)
{
    uint8_t *copy = heap_copy(data, size);
    struct checksum sum = { 0, false };

    put_be16(hnv_checksum_field(view, copy), 0);
    if (view->protocol != IP_PROTO_ICMP) {
        checksum_add_pseudo(&sum, &view->src, &view->dst, view->protocol,
                            view->l4_size);
    }
    checksum_add(&sum, copy + view->l4_offset, view->l4_size);
    free(copy);
    return view->protocol == IP_PROTO_UDP
               ? checksum_udp_on_wire(checksum_finish(&sum))
               : checksum_finish(&sum);
}

void
hnv_set_checksum(uint8_t *data, size_t size)
{
    struct frame_view view;

    assert_true(frame_parse(&view, data, size, size));
    put_be16(hnv_checksum_field(&view, data),
             hnv_right_checksum(&view, data, size));
}

void
hnv_assert_checksums(const uint8_t *data, size_t size)
{
    uint8_t *copy = heap_copy(data, size);
    struct frame_view view;

    assert_true(frame_parse(&view, data, size, size));
    if (view.src.family == IP_V4) {
        assert_true(ipv4_checksum_is_right(data + view.l3_offset,
                                           4u * (data[view.l3_offset] & 15)));
    }
    assert_int_equal(get_be16(hnv_checksum_field(&view, copy)),
                     hnv_right_checksum(&view, data, size));
    free(copy);
}

void
hnv_assert_packet(const struct packet *pkt, const uint8_t *data, size_t size)
{
    assert_int_equal(pkt->size, size);
    assert_memory_equal(packet_data(pkt), data, pkt->stored);
    for (size_t i = pkt->stored; i < size; i++) {
        assert_int_equal(data[i], 0);
    }
}

void
hnv_assert_drop(const struct fate *fate, enum datapath_drop why)
{
    assert_string_equal(fate ? fate->name : "accepted",
                        datapath_drops[why].name);
}

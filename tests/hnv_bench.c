#include "tests/hnv_bench.h"

#include <glib.h>
#include <string.h>

#include "tests/cmocka_all.h"

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

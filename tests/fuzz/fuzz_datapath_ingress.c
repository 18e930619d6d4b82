/* Any bytes as a frame that arrives at a host, and as one that a VM sends,
 * through every datapath.
 *
 * Input: options 1 byte, number of zeros behind the bytes held 2 bytes, the
 * bytes held.  Checked: no crash, a refusal has its name and leaves an arriving
 * frame alone, and what egress makes, ingress takes. */

#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "models/hnv/datapath.h"

#define OPTION_CA_V6   0x01
#define OPTION_PA_V6   0x02
#define OPTION_VM_MAC  0x04
#define OPTION_FLOW_ID 0x08
#define HELD_MAX       9000

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct policy_record
make_record(uint8_t options, uint8_t n)
{
    struct policy_record record = {
        .ca = ip_addr_from_v4(0x0a010100u + n),
        .pa = ip_addr_from_v4(0xc0a80100u + n),
        .mac = { { 0, 0x15, 0x5d, 1, 1, n } },
        .vlan = 101,
        .vsid = 5001,
        .use_vm_mac = options & OPTION_VM_MAC,
    };
    uint8_t octets[IP_V6_OCTETS] = { 0x20, 0x01, 0x0d, 0xb8, 1 };

    octets[15] = n;
    if (options & OPTION_CA_V6) {
        record.ca = ip_addr_from_octets(IP_V6, octets);
    }
    if (options & OPTION_PA_V6) {
        octets[4] = 2;
        record.pa = ip_addr_from_octets(IP_V6, octets);
    }
    return record;
}

/* A packet in a block that ends with the last byte held. */
static struct packet *
make_packet(const uint8_t *data, size_t held, size_t zeros)
{
    size_t capacity = PACKET_HEADROOM + held;
    struct packet *pkt = g_malloc(sizeof *pkt + capacity);

    memset(pkt, 0, sizeof *pkt);
    pkt->capacity = (uint16_t) capacity;
    pkt->head = PACKET_HEADROOM;
    pkt->stored = (uint16_t) held;
    pkt->size = (uint32_t) (held + zeros);
    memcpy(packet_data(pkt), data, held);
    return pkt;
}

static void
check_fate(const struct fate *fate)
{
    g_assert_true(!fate
                  || (fate >= datapath_drops
                      && fate < datapath_drops + DATAPATH_N_DROPS
                      && fate->kind == FATE_DROPPED));
}

static void
check_ingress(const struct datapath_ops *ops, struct datapath dp,
              struct datapath_frame frame, const struct packet *pkt)
{
    struct packet *copy =
        make_packet(packet_data(pkt), pkt->stored, pkt->size - pkt->stored);
    const struct fate *fate = ops->ingress(&dp, &frame, copy);

    check_fate(fate);
    g_assert_cmpuint(copy->size, <=, pkt->size);
    g_assert_cmpuint(copy->stored, <=, copy->size);
    if (fate) {
        g_assert_cmpuint(copy->stored, ==, pkt->stored);
        g_assert_true(
            !memcmp(packet_data(copy), packet_data(pkt), pkt->stored));
    }
    g_free(copy);
}

static void
check_egress(const struct datapath_ops *ops, struct datapath dp,
             struct datapath_frame frame, const struct packet *pkt)
{
    struct packet *copy =
        make_packet(packet_data(pkt), pkt->stored, pkt->size - pkt->stored);
    const struct fate *fate = ops->egress(&dp, &frame, copy);

    check_fate(fate);
    if (!fate) {
        g_assert_cmpuint(copy->size, <=,
                         pkt->size + ops->overhead(frame.dst->pa.family));
        g_assert_null(ops->ingress(&dp, &frame, copy));
        g_assert_cmpuint(copy->size, <=, pkt->size);
    }
    g_free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    struct policy_record src, dst;
    struct datapath dp = {
        .config = { .dont_fragment = true, .ttl = 128 },
        .nic_mac = { { 2, 0, 0, 0, 0, 0x0b } },
    };
    struct packet *pkt;

    if (size < 3 || size > HELD_MAX) {
        return 0;
    }
    src = make_record(input[0], 2);
    dst = make_record(input[0], 1);
    if (input[0] & OPTION_FLOW_ID) {
        dp.config.flow_id = FLOW_ID_INNER_5TUPLE;
    }
    pkt = make_packet(input + 3, size - 3, get_be16(input + 1));
    for (size_t k = 0; datapath_kinds[k]; k++) {
        struct datapath_frame frame = { .src = &src, .dst = &dst };

        check_ingress(datapath_kinds[k], dp, frame, pkt);
        check_egress(datapath_kinds[k], dp, frame, pkt);
    }
    g_free(pkt);
    return 0;
}

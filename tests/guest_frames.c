#include "tests/guest_frames.h"

#include <string.h>

#include "models/wire/checksum.h"
#include "models/wire/udp.h"

struct eth_addr
frame_stranger_mac(void)
{
    return eth_addr_from_u64(UINT64_C(0x020000000099));
}

struct eth_addr
frame_guest_mac(unsigned int n)
{
    return eth_addr_from_u64(UINT64_C(0x00155d010101) + n);
}

struct arp_hdr
frame_arp_request(void)
{
    return (struct arp_hdr){
        .op = ARP_REQUEST,
        .sha = frame_stranger_mac(),
        .spa = ip_addr_from_v4(STRANGER),
        .tpa = ip_addr_from_v4(GUEST_IP(0)),
    };
}

struct ipv4_hdr
frame_ipv4_hdr(uint8_t protocol)
{
    return (struct ipv4_hdr){
        .ttl = 64,
        .protocol = protocol,
        .src = ip_addr_from_v4(STRANGER),
        .dst = ip_addr_from_v4(GUEST_IP(0)),
    };
}

static struct frame
frame_of(struct eth_addr dst, uint16_t type)
{
    const struct eth_hdr eth = { .dst = dst,
                                 .src = frame_stranger_mac(),
                                 .type = type };
    struct frame frame = { .size = ETH_HLEN };

    eth_encode(&eth, frame.bytes);
    return frame;
}

struct frame
frame_arp(struct eth_addr dst, const struct arp_hdr *hdr)
{
    struct frame frame = frame_of(dst, ETH_TYPE_ARP);

    arp_encode(hdr, frame.bytes + ETH_HLEN);
    frame.size += ARP_HLEN;
    return frame;
}

struct frame
frame_ipv4(struct eth_addr dst, const struct ipv4_hdr *hdr,
           const uint8_t *payload, size_t size)
{
    struct frame frame = frame_of(dst, ETH_TYPE_IPV4);
    struct ipv4_hdr ip = *hdr;

    ip.total_length = (uint16_t) (IPV4_HLEN + size);
    ipv4_encode(&ip, frame.bytes + ETH_HLEN);
    if (size) {
        memcpy(frame.bytes + ETH_HLEN + IPV4_HLEN, payload, size);
    }
    frame.size += IPV4_HLEN + size;
    return frame;
}

struct frame
frame_icmp(uint8_t type, uint8_t code, uint32_t rest, const uint8_t *data,
           size_t size)
{
    const struct ipv4_hdr ip = frame_ipv4_hdr(IP_PROTO_ICMP);
    const struct icmp_hdr icmp = { .type = type, .code = code, .rest = rest };
    uint8_t message[FRAME_MAX];

    icmp_encode(&icmp, message);
    if (size) {
        memcpy(message + ICMP_HLEN, data, size);
    }
    icmp_set_checksum(message, ICMP_HLEN + size);
    return frame_ipv4(frame_guest_mac(0), &ip, message, ICMP_HLEN + size);
}

/* A datagram from port 1000, with 'size' zeros. */
struct frame
frame_udp(uint16_t dport, size_t size)
{
    const struct ipv4_hdr ip = frame_ipv4_hdr(IP_PROTO_UDP);
    uint8_t datagram[FRAME_MAX] = { 0 };
    struct udp_hdr udp = { 1000, dport, (uint16_t) (UDP_HLEN + size), 0 };

    udp_encode(&udp, datagram);
    udp.checksum = checksum_of_segment(&ip.src, &ip.dst, IP_PROTO_UDP,
                                       datagram, udp.length, udp.length);
    udp_encode(&udp, datagram);
    return frame_ipv4(frame_guest_mac(0), &ip, datagram, udp.length);
}

/* Gives 'frame' to guest 0. */
void
frame_inject(struct guest_pair *pair, const struct frame *frame)
{
    guest_pair_inject(pair, 0, frame->bytes, frame->size, frame->size);
}

/* A look at a whole frame: the fields that a switch, a policy or an observer
 * asks for, found in one pass.
 *
 * frame_parse() reads Ethernet, an 802.1Q tag, ARP or IPv4 or IPv6, TCP, UDP,
 * ICMP, and NVGRE and VXLAN up to the tenant's frame, which the caller may parse
 * in its turn, and sees whether a BPDU is whole.  It goes as far as it can.  A layer that is not there leaves its
 * fields zero; a layer that the one before it announces but that is cut short
 * or malformed ends the look too and sets 'is_malformed', with the fields of the
 * layers before it in place.  Checksums are not looked at.
 *
 * Stored and size
 * ===============
 *
 * The frame is 'size' bytes long and the first 'stored' of them may be read; the
 * others are zeros that nobody holds (or were cut off by a capture).  Lengths
 * are checked against 'size', headers must lie below 'stored'. */

#ifndef MODELS_WIRE_FRAME_H
#define MODELS_WIRE_FRAME_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"
#include "models/wire/nvgre.h"
#include "models/wire/vlan.h"

enum frame_tunnel {
    FRAME_TUNNEL_NONE,
    FRAME_TUNNEL_NVGRE,
    FRAME_TUNNEL_VXLAN
};

struct frame_view {
    /* Ethernet. */
    struct eth_addr eth_dst, eth_src;
    uint16_t type; /* Ethertype, of what is tagged if it is tagged. */
    bool is_tagged;
    bool is_malformed;
    struct vlan_tag vlan; /* If 'is_tagged'. */
    uint32_t l3_offset;   /* Of ARP, IP or whatever 'type' says. */
    bool has_bpdu;        /* Of a spanning tree, in 802.3 and LLC. */

    /* IP, by src.family; or ARP, if 'arp_op': sender's and target's address. */
    struct ip_addr src, dst;
    uint16_t arp_op;
    struct eth_addr arp_sha, arp_tha;
    uint32_t l3_size; /* Bytes of the IP packet or ARP, unpadded. */
    uint8_t protocol; /* IP_PROTO_*, behind extension headers. */
    uint8_t ttl;
    uint8_t dscp, ecn;
    bool is_fragment;         /* True of the first one too. */
    uint16_t fragment_offset; /* Bytes. */

    /* What IP carries. */
    uint32_t l4_offset; /* Of a fragment's bytes too.  0: no IP. */
    uint32_t l4_size;   /* Bytes, unpadded. */
    bool has_ports;     /* TCP or UDP, first fragment or whole. */
    bool has_icmp;      /* ICMP or ICMPv6. */
    uint16_t sport, dport;
    uint8_t tcp_flags;
    uint8_t icmp_type, icmp_code;

    /* A tenant's frame in it. */
    enum frame_tunnel tunnel;
    enum nvgre_result nvgre; /* If GRE, and whole: is it NVGRE? */
    uint8_t flow_id;         /* Of NVGRE. */
    uint32_t vsid;           /* Or VNI. */
    uint32_t inner_offset;
    uint32_t inner_size; /* Bytes. */
};

bool frame_parse(struct frame_view *, const uint8_t *data, size_t stored,
                 size_t size);

#endif /* models/wire/frame.h */

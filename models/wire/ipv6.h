/* IPv6 header, RFC 8200 section 3, and its extension headers, section 4.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |Ver = 6|   DSCP    |ECN|             Flow label                |
 *     |        Payload length         |  Next header  |   Hop limit   |
 *     |                     Source address, 16                        |
 *     |                   Destination address, 16                     |
 *
 * 'stored' and 'size' are as in ipv4.h.  Jumbograms are not for us: a payload
 * length of 0 is an empty packet.
 *
 * ipv6_find_upper() walks the extension headers to the upper protocol:
 * hop-by-hop, routing, fragment, authentication and destination options, at
 * most IPV6_EXTENSIONS_MAX of them.  It stops at a fragment that is not the
 * first, whose bytes are the middle of something.  What it does not know (ESP,
 * "no next header") is an upper protocol to it. */

#ifndef MODELS_WIRE_IPV6_H
#define MODELS_WIRE_IPV6_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/ip_addr.h"

#define IPV6_HLEN           40
#define IPV6_OFS_HOP_LIMIT  7
#define IPV6_OFS_SRC        8
#define IPV6_OFS_DST        24
#define IPV6_EXTENSIONS_MAX 8
#define IPV6_FRAGMENT_HLEN  8

/* Next header values of extension headers, IANA. */
#define IPV6_NEXT_HOP_BY_HOP  0
#define IPV6_NEXT_ROUTING     43
#define IPV6_NEXT_FRAGMENT    44
#define IPV6_NEXT_AUTH        51
#define IPV6_NEXT_NONE        59
#define IPV6_NEXT_DESTINATION 60

struct ipv6_hdr {
    uint8_t dscp;        /* 0 to 63. */
    uint8_t ecn;         /* 0 to 3. */
    uint8_t next_header; /* IP_PROTO_* or an extension header. */
    uint8_t hop_limit;
    uint16_t payload_length; /* Bytes behind these 40. */
    uint32_t flow_label;     /* 20 bits. */
    struct ip_addr src, dst;
};

/* Where the extension headers end. */
struct ipv6_upper {
    uint8_t protocol; /* IP_PROTO_*. */
    bool is_fragment; /* True of the first one too. */
    bool more_fragments;
    uint16_t fragment_offset; /* Bytes. */
    uint32_t fragment_id;
    uint32_t offset; /* Of the upper header, from the IPv6 header. */
};

/* The fragment header, RFC 8200 section 4.5. */
struct ipv6_fragment_hdr {
    uint8_t next_header;
    bool more_fragments;
    uint16_t offset; /* Bytes, a multiple of 8. */
    uint32_t id;
};

bool ipv6_decode(struct ipv6_hdr *, const uint8_t *data, size_t stored,
                 size_t size);
void ipv6_encode(const struct ipv6_hdr *, uint8_t data[IPV6_HLEN]);
bool ipv6_find_upper(struct ipv6_upper *, const struct ipv6_hdr *,
                     const uint8_t *data, size_t stored);

bool ipv6_fragment_decode(struct ipv6_fragment_hdr *, const uint8_t *data,
                          size_t size);
void ipv6_fragment_encode(const struct ipv6_fragment_hdr *,
                          uint8_t data[IPV6_FRAGMENT_HLEN]);

#endif /* models/wire/ipv6.h */

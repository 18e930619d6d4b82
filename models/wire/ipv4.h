/* IPv4 header, RFC 791 section 3.1; DSCP and ECN of RFC 2474 and 3168.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |Ver = 4|  IHL  |   DSCP    |ECN|          Total length         |
 *     |        Identification         |0|D|M|     Fragment offset     |
 *     |      TTL      |   Protocol    |        Header checksum        |
 *     |                        Source address                         |
 *     |                     Destination address                       |
 *     |                  Options, 0 to 40 bytes                       |
 *
 * Stored and size
 * ===============
 *
 * The tail of a packet may be a run of zeros that is counted and not held in
 * memory.  So a decoder that has a length field to check is told two numbers:
 * 'stored', how many bytes it may read, and 'size', how many bytes there are.
 * It reads below 'stored' and checks the length against 'size'.  Where a packet
 * is wholly in memory the two are the same number.  Of a packet quoted in an
 * ICMP error only the start is there: its 'size' is SIZE_MAX, "unknown".
 *
 * Decoding does not verify the checksum; ipv4_checksum_is_right() does.
 * Options are skipped in reading, and encode writes none. */

#ifndef MODELS_WIRE_IPV4_H
#define MODELS_WIRE_IPV4_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/bytes.h"
#include "models/wire/checksum.h"
#include "models/wire/ip_addr.h"

#define IPV4_HLEN         20 /* Without options. */
#define IPV4_HLEN_MAX     60
#define IPV4_OFS_TTL      8
#define IPV4_OFS_CHECKSUM 10
#define IPV4_OFS_SRC      12
#define IPV4_OFS_DST      16

#define IPV4_DF        0x4000 /* In the 16 bits of the fragment fields. */
#define IPV4_MF        0x2000
#define IPV4_FRAG_MASK 0x1fff /* In units of 8 bytes. */

struct ipv4_hdr {
    uint8_t header_length; /* Bytes, 20 to 60; encode writes 20 always. */
    uint8_t dscp;          /* 0 to 63. */
    uint8_t ecn;           /* 0 to 3. */
    uint8_t ttl;
    uint8_t protocol; /* IP_PROTO_*. */
    bool dont_fragment;
    bool more_fragments;
    uint16_t total_length; /* Bytes, with the header. */
    uint16_t id;
    uint16_t fragment_offset; /* Bytes, a multiple of 8. */
    uint16_t checksum;        /* As read; encode computes it. */
    struct ip_addr src, dst;
};

bool ipv4_decode(struct ipv4_hdr *, const uint8_t *data, size_t stored,
                 size_t size);
void ipv4_encode(const struct ipv4_hdr *, uint8_t data[IPV4_HLEN]);
bool ipv4_checksum_is_right(const uint8_t *data, size_t header_length);

/* What varies in the header of an ordinary packet: one without options that is
 * no fragment.  Hosts send no others, so these two functions, of numbers, are
 * for the hot path. */
struct ipv4_plain {
    uint32_t src, dst;     /* In host order. */
    uint16_t total_length; /* Bytes, with the header. */
    uint16_t id;
    uint8_t tos; /* DSCP << 2 | ECN. */
    uint8_t ttl;
    uint8_t protocol;
};

/* Writes the header, with DF, and its right checksum, at 'data'. */
static inline void
ipv4_put_plain(const struct ipv4_plain *ip, uint8_t data[IPV4_HLEN])
{
    put_be32(data, 0x45000000u | (uint32_t) ip->tos << 16 | ip->total_length);
    put_be32(data + 4, (uint32_t) ip->id << 16 | IPV4_DF);
    put_be32(data + 8,
             (uint32_t) ip->ttl << 24 | (uint32_t) ip->protocol << 16);
    put_be32(data + IPV4_OFS_SRC, ip->src);
    put_be32(data + IPV4_OFS_DST, ip->dst);
    put_be16(data + IPV4_OFS_CHECKSUM,
             checksum_fold(checksum_sum(data, IPV4_HLEN)));
}

/* Reads the header at 'data'; 'stored' and 'size' are as above.  Returns false,
 * with '*ip' of no use, if it is not whole, ordinary and right, its checksum
 * included: ipv4_decode() and its like say why. */
static inline bool
ipv4_get_plain(struct ipv4_plain *ip, const uint8_t *data, size_t stored,
               size_t size)
{
    if (stored < IPV4_HLEN || data[0] != 0x45
        || checksum_fold(checksum_sum(data, IPV4_HLEN))) {
        return false;
    }
    ip->total_length = get_be16(data + 2);
    ip->id = get_be16(data + 4);
    ip->tos = data[1];
    ip->ttl = data[IPV4_OFS_TTL];
    ip->protocol = data[9];
    ip->src = get_be32(data + IPV4_OFS_SRC);
    ip->dst = get_be32(data + IPV4_OFS_DST);
    return ip->total_length >= IPV4_HLEN && ip->total_length <= size
           && !(get_be16(data + 6) & (IPV4_MF | IPV4_FRAG_MASK));
}

/* True if the packet is not whole: the first fragment too. */
static inline bool
ipv4_is_fragment(const struct ipv4_hdr *hdr)
{
    return hdr->more_fragments || hdr->fragment_offset != 0;
}

/* Bytes behind the header. */
static inline uint16_t
ipv4_payload_length(const struct ipv4_hdr *hdr)
{
    return (uint16_t) (hdr->total_length - hdr->header_length);
}

#endif /* models/wire/ipv4.h */

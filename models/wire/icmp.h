/* ICMP for IPv4, RFC 792.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |     Type      |     Code      |          Checksum             |
 *     |            Rest: by type (id and sequence; MTU; ...)          |
 *     |            Data, or the packet an error is about              |
 *
 * The checksum covers the header and all that follows, and no pseudo-header.
 * icmp_encode() writes the one it is given: fill the message in with checksum 0,
 * then call icmp_set_checksum().
 *
 * Errors: icmp_may_report() says whether one may be sent about a packet, and
 * icmp_error_encode() writes the whole message. */

#ifndef MODELS_WIRE_ICMP_H
#define MODELS_WIRE_ICMP_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/ipv4.h"

#define ICMP_HLEN         8
#define ICMP_OFS_CHECKSUM 2
#define ICMP_QUOTE_DATA   8 /* Bytes quoted behind the IP header, RFC 792. */
#define ICMP_ERROR_MAX    (ICMP_HLEN + IPV4_HLEN_MAX + ICMP_QUOTE_DATA)

#define ICMP_ECHO_REPLY    0
#define ICMP_UNREACHABLE   3
#define ICMP_SOURCE_QUENCH 4
#define ICMP_REDIRECT      5
#define ICMP_ECHO_REQUEST  8
#define ICMP_TIME_EXCEEDED 11
#define ICMP_PARAMETER     12

/* Codes of ICMP_UNREACHABLE. */
#define ICMP_UNREACHABLE_NET         0
#define ICMP_UNREACHABLE_HOST        1
#define ICMP_UNREACHABLE_PROTOCOL    2
#define ICMP_UNREACHABLE_PORT        3
#define ICMP_UNREACHABLE_FRAG_NEEDED 4 /* 'rest' is the MTU, RFC 1191. */
#define ICMP_UNREACHABLE_PROHIBITED  13

struct icmp_hdr {
    uint8_t type;
    uint8_t code;
    uint16_t checksum;
    uint32_t rest;
};

bool icmp_decode(struct icmp_hdr *, const uint8_t *data, size_t size);
void icmp_encode(const struct icmp_hdr *, uint8_t data[ICMP_HLEN]);
void icmp_set_checksum(uint8_t *data, size_t stored);
bool icmp_checksum_is_right(const uint8_t *data, size_t stored);

/* Errors. */
bool icmp_is_error(uint8_t type);
bool icmp_may_report(const struct ipv4_hdr *, const uint8_t *payload,
                     size_t stored);
size_t icmp_error_encode(uint8_t data[ICMP_ERROR_MAX], const struct icmp_hdr *,
                         const uint8_t *packet, size_t stored, size_t size);

/* Echo: 'rest' is identifier and sequence number.  ICMPv6's is the same. */
static inline uint32_t
icmp_echo_rest(uint16_t id, uint16_t seq)
{
    return (uint32_t) id << 16 | seq;
}

static inline uint16_t
icmp_echo_id(uint32_t rest)
{
    return (uint16_t) (rest >> 16);
}

static inline uint16_t
icmp_echo_seq(uint32_t rest)
{
    return (uint16_t) rest;
}

#endif /* models/wire/icmp.h */

/* ICMPv6, RFC 4443.  Neighbor discovery is in nd.h.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |     Type      |     Code      |          Checksum             |
 *     |            Rest: by type (id and sequence; MTU; ...)          |
 *     |            Data, or the packet an error is about              |
 *
 * Other than ICMP's, the checksum covers a pseudo-header too, so it needs the
 * addresses.  icmp6_encode() writes the one it is given: fill the message in
 * with checksum 0, then call icmp6_set_checksum().
 *
 * Types below ICMP6_INFORMATIONAL are errors.  Echo's 'rest' is read with
 * icmp_echo_id() and icmp_echo_seq(). */

#ifndef MODELS_WIRE_ICMP6_H
#define MODELS_WIRE_ICMP6_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/ipv6.h"

#define ICMP6_HLEN         8
#define ICMP6_OFS_CHECKSUM 2
#define ICMP6_MIN_MTU      1280 /* RFC 8200 section 5. */
#define ICMP6_ERROR_MAX    (ICMP6_MIN_MTU - IPV6_HLEN)

#define ICMP6_UNREACHABLE   1
#define ICMP6_TOO_BIG       2 /* 'rest' is the MTU. */
#define ICMP6_TIME_EXCEEDED 3
#define ICMP6_PARAMETER     4
#define ICMP6_INFORMATIONAL 128
#define ICMP6_ECHO_REQUEST  128
#define ICMP6_ECHO_REPLY    129

/* Codes of ICMP6_UNREACHABLE. */
#define ICMP6_UNREACHABLE_ROUTE      0
#define ICMP6_UNREACHABLE_PROHIBITED 1
#define ICMP6_UNREACHABLE_ADDRESS    3
#define ICMP6_UNREACHABLE_PORT       4

struct icmp6_hdr {
    uint8_t type;
    uint8_t code;
    uint16_t checksum;
    uint32_t rest;
};

bool icmp6_decode(struct icmp6_hdr *, const uint8_t *data, size_t size);
void icmp6_encode(const struct icmp6_hdr *, uint8_t data[ICMP6_HLEN]);
void icmp6_set_checksum(uint8_t *data, size_t stored, size_t size,
                        const struct ip_addr *src, const struct ip_addr *dst);
bool icmp6_checksum_is_right(const uint8_t *data, size_t stored, size_t size,
                             const struct ip_addr *src,
                             const struct ip_addr *dst);

/* Errors. */
bool icmp6_may_report(const struct ipv6_hdr *, const uint8_t *packet,
                      size_t stored, uint8_t type, uint8_t code);
size_t icmp6_error_encode(uint8_t data[ICMP6_ERROR_MAX],
                          const struct icmp6_hdr *, const struct ip_addr *src,
                          const struct ip_addr *dst, const uint8_t *packet,
                          size_t stored, size_t size);

#endif /* models/wire/icmp6.h */

/* The Internet checksum: RFC 1071, and its update, RFC 1624.
 *
 * A struct checksum is a running sum over any number of pieces, of any length
 * and at any alignment; a piece behind an odd number of bytes falls on the other
 * halves of the 16-bit words, and is turned by itself.  A run of zeros is added
 * by its length.
 *
 *     struct checksum sum = { 0, false };
 *     checksum_add_pseudo(&sum, &src, &dst, IP_PROTO_UDP, length);
 *     checksum_add(&sum, segment, stored);      (its checksum field: 0)
 *     put_be16(segment + UDP_OFS_CHECKSUM,
 *              checksum_udp_on_wire(checksum_finish(&sum)));
 *
 * The update functions take the checksum as it is in the packet and give what
 * it becomes when a field it covers changes; they are equation 3 of RFC 1624,
 * HC' = ~(~HC + ~m + m'), and agree with computing anew wherever the data
 * covered is not all zeros, which no IP header and no pseudo-header is. */

#ifndef MODELS_WIRE_CHECKSUM_H
#define MODELS_WIRE_CHECKSUM_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "models/wire/bytes.h"
#include "models/wire/ip_addr.h"

struct checksum {
    uint64_t sum; /* Ones' complement, of words in the machine's order. */
    bool odd;     /* An odd number of bytes has been added. */
};

void checksum_add(struct checksum *, const uint8_t *data, size_t size);
void checksum_add_zeros(struct checksum *, size_t size);
void checksum_add_pseudo(struct checksum *, const struct ip_addr *src,
                         const struct ip_addr *dst, uint8_t protocol,
                         uint32_t length);
uint16_t checksum_finish(const struct checksum *);

/* The parts of it, for who adds up few bytes in the hot path: sums are 32-bit
 * words in the machine's order, carries not folded in yet (RFC 1071 section 2).
 * Many of them may be added up. */

/* The sum of 'size' bytes, less than 2^31; a last byte alone is followed by a
 * zero. */
static inline uint64_t
checksum_sum(const uint8_t *data, size_t size)
{
    uint64_t sum = 0, word;
    uint32_t half;
    uint16_t quarter;

    for (; size >= sizeof word; size -= sizeof word, data += sizeof word) {
        memcpy(&word, data, sizeof word);
        sum += (word & UINT32_MAX) + (word >> 32);
    }
    if (size & sizeof half) {
        memcpy(&half, data, sizeof half);
        sum += half;
        data += sizeof half;
    }
    if (size & sizeof quarter) {
        memcpy(&quarter, data, sizeof quarter);
        sum += quarter;
        data += sizeof quarter;
    }
    if (size & 1) {
        quarter = 0;
        memcpy(&quarter, data, 1);
        sum += quarter;
    }
    return sum;
}

/* The sum of a 16-bit word of this value. */
static inline uint64_t
checksum_sum16(uint16_t value)
{
    uint8_t octets[2];

    put_be16(octets, value);
    return checksum_sum(octets, sizeof octets);
}

/* Returns the checksum of what sums up to 'sum'. */
static inline uint16_t
checksum_fold(uint64_t sum)
{
    uint16_t folded;
    uint8_t octets[2];

    sum = (sum & UINT32_MAX) + (sum >> 32);
    sum = (sum & UINT16_MAX) + (sum >> 16 & UINT16_MAX) + (sum >> 32);
    sum = (sum & UINT16_MAX) + (sum >> 16);
    folded = (uint16_t) ~(sum + (sum >> 16));
    memcpy(octets, &folded, sizeof octets);
    return get_be16(octets);
}

/* In one go. */
uint16_t checksum_of(const uint8_t *data, size_t size);
uint16_t checksum_of_segment(const struct ip_addr *src,
                             const struct ip_addr *dst, uint8_t protocol,
                             const uint8_t *data, size_t stored, size_t size);

uint16_t checksum_update_addr(uint16_t check, const struct ip_addr *from,
                              const struct ip_addr *to);

/* Returns the checksum that is 'check' before a 16-bit word it covers, at an
 * even offset, changes from 'from' to 'to'. */
static inline uint16_t
checksum_update16(uint16_t check, uint16_t from, uint16_t to)
{
    uint32_t sum = (uint32_t) (uint16_t) ~check + (uint16_t) ~from + to;

    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t) ~sum;
}

/* The same for 32 bits at an even offset. */
static inline uint16_t
checksum_update32(uint16_t check, uint32_t from, uint32_t to)
{
    check = checksum_update16(check, (uint16_t) (from >> 16),
                              (uint16_t) (to >> 16));
    return checksum_update16(check, (uint16_t) from, (uint16_t) to);
}

/* A UDP checksum that comes out as 0 is sent as 0xffff, for 0 means "none": RFC
 * 768.  Nobody else's is.  (And a UDP checksum of 0 read from a packet must not
 * be updated at all.) */
static inline uint16_t
checksum_udp_on_wire(uint16_t check)
{
    return check ? check : 0xffff;
}

#endif /* models/wire/checksum.h */

#include "models/wire/checksum.h"

#include <string.h>

#include "models/wire/bytes.h"

/* Sums are kept in the machine's byte order and turned once, at the end: RFC
 * 1071 section 2(B).  They are ones' complement, so a carry out of the top comes
 * in at the bottom. */

static uint64_t
add_with_carry(uint64_t a, uint64_t b)
{
    uint64_t sum = a + b;

    return sum + (sum < b);
}

/* Adds the 'size' bytes at 'data', less than 2^31, behind what has been added
 * before. */
void
checksum_add(struct checksum *sum, const uint8_t *data, size_t size)
{
    uint64_t piece = size ? checksum_sum(data, size) : 0;

    if (sum->odd) {
        piece = piece << 8 | piece >> 56; /* Each byte to the other half. */
    }
    sum->sum = add_with_carry(sum->sum, piece);
    sum->odd ^= size & 1;
}

/* Adds 'size' bytes of zero. */
void
checksum_add_zeros(struct checksum *sum, size_t size)
{
    sum->odd ^= size & 1;
}

/* Adds up the pseudo-header of TCP, UDP and ICMPv6: RFC 9293 section 3.1 for
 * IPv4, RFC 8200 section 8.1 for IPv6.  'length' is that of the upper header and
 * its data.  (The two differ in where zeros are, which no sum sees.) */
static uint64_t
sum_pseudo(const struct ip_addr *src, const struct ip_addr *dst,
           uint8_t protocol, uint32_t length)
{
    uint8_t rest[8] = { 0 };
    uint64_t sum;
    uint32_t from, to;

    put_be32(rest, length);
    rest[7] = protocol;
    memcpy(&sum, rest, sizeof sum);
    if (src->family == IP_V4 && dst->family == IP_V4) {
        memcpy(&from, src->octets, sizeof from);
        memcpy(&to, dst->octets, sizeof to);
        return add_with_carry(sum, (uint64_t) from + to);
    }
    sum = add_with_carry(
        sum, checksum_sum(src->octets, ip_addr_octets(src->family)));
    return add_with_carry(
        sum, checksum_sum(dst->octets, ip_addr_octets(dst->family)));
}

/* Adds a pseudo-header behind an even number of bytes. */
void
checksum_add_pseudo(struct checksum *sum, const struct ip_addr *src,
                    const struct ip_addr *dst, uint8_t protocol,
                    uint32_t length)
{
    sum->sum =
        add_with_carry(sum->sum, sum_pseudo(src, dst, protocol, length));
}

/* Returns the checksum of what has been added: what goes into the packet, or 0
 * if the packet's right one was added too. */
uint16_t
checksum_finish(const struct checksum *sum)
{
    return checksum_fold(sum->sum);
}

/* Returns the checksum of the 'size' bytes at 'data'. */
uint16_t
checksum_of(const uint8_t *data, size_t size)
{
    return checksum_fold(checksum_sum(data, size));
}

/* Returns the checksum of the TCP, UDP or ICMPv6 segment of 'size' bytes, of
 * which the first 'stored' are at 'data' and the others are zeros, with its
 * pseudo-header. */
uint16_t
checksum_of_segment(const struct ip_addr *src, const struct ip_addr *dst,
                    uint8_t protocol, const uint8_t *data, size_t stored,
                    size_t size)
{
    uint64_t sum = sum_pseudo(src, dst, protocol, (uint32_t) size);

    stored = stored < size ? stored : size;
    return checksum_fold(add_with_carry(sum, checksum_sum(data, stored)));
}

/* Returns the checksum that is 'check' before an address it covers, in an IPv4
 * header or a pseudo-header, changes from 'from' to 'to'.  Their families may
 * differ: the rest of the two pseudo-headers sums up to the same. */
uint16_t
checksum_update_addr(uint16_t check, const struct ip_addr *from,
                     const struct ip_addr *to)
{
    uint32_t sum = (uint16_t) ~check;

    for (size_t i = 0; i < ip_addr_octets(from->family); i += 2) {
        sum += (uint16_t) ~get_be16(from->octets + i);
    }
    for (size_t i = 0; i < ip_addr_octets(to->family); i += 2) {
        sum += get_be16(to->octets + i);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t) ~sum;
}

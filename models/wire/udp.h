/* UDP header, RFC 768.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |          Source port          |       Destination port        |
 *     |            Length             |           Checksum            |
 *
 * 'stored' and 'size' are as in ipv4.h, for the datagram.  A checksum of 0 means
 * that there is none; it is written as given (see checksum.h). */

#ifndef MODELS_WIRE_UDP_H
#define MODELS_WIRE_UDP_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/bytes.h"

#define UDP_HLEN         8
#define UDP_OFS_SPORT    0
#define UDP_OFS_DPORT    2
#define UDP_OFS_LENGTH   4
#define UDP_OFS_CHECKSUM 6

struct udp_hdr {
    uint16_t sport, dport;
    uint16_t length; /* Bytes, with the header. */
    uint16_t checksum;
};

/* Reads the header at 'data' into '*hdr'.  Returns false, with '*hdr'
 * untouched, if it is cut short or its length is less than the header's or more
 * than 'size', the bytes that IP carries. */
static inline bool
udp_decode(struct udp_hdr *hdr, const uint8_t *data, size_t stored,
           size_t size)
{
    uint16_t length;

    if (stored < UDP_HLEN || size < UDP_HLEN) {
        return false;
    }
    length = get_be16(data + UDP_OFS_LENGTH);
    if (length < UDP_HLEN || length > size) {
        return false;
    }
    hdr->sport = get_be16(data + UDP_OFS_SPORT);
    hdr->dport = get_be16(data + UDP_OFS_DPORT);
    hdr->length = length;
    hdr->checksum = get_be16(data + UDP_OFS_CHECKSUM);
    return true;
}

static inline void
udp_encode(const struct udp_hdr *hdr, uint8_t data[UDP_HLEN])
{
    put_be16(data + UDP_OFS_SPORT, hdr->sport);
    put_be16(data + UDP_OFS_DPORT, hdr->dport);
    put_be16(data + UDP_OFS_LENGTH, hdr->length);
    put_be16(data + UDP_OFS_CHECKSUM, hdr->checksum);
}

#endif /* models/wire/udp.h */

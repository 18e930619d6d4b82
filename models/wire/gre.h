/* GRE header, RFC 2784 section 2; key and sequence number of RFC 2890.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |C| |K|S|      Reserved0  | Ver |         Protocol type         |
 *     |      Checksum (if C)          |       Reserved1 (if C)        |
 *     |                         Key (if K)                            |
 *     |                  Sequence number (if S)                       |
 *
 * Of the bits without a name, 1, 4 and 5 are those of RFC 1701, and a receiver
 * which does not speak it must discard a packet that has one set (RFC 2784
 * section 2.3); 6 to 12 and Reserved1 are ignored.  Version 1 is PPTP.
 *
 * The checksum covers header and payload; it is read and written as it is. */

#ifndef MODELS_WIRE_GRE_H
#define MODELS_WIRE_GRE_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GRE_HLEN_MIN 4
#define GRE_HLEN_MAX 16

/* In the first 16 bits. */
#define GRE_C            0x8000
#define GRE_K            0x2000
#define GRE_S            0x1000
#define GRE_RFC1701_BITS 0x4c00 /* Must be zero. */
#define GRE_VERSION_MASK 0x0007

struct gre_hdr {
    bool has_checksum;
    bool has_key;
    bool has_sequence;
    uint16_t protocol; /* Ethertype. */
    uint16_t checksum;
    uint32_t key;
    uint32_t sequence;
};

bool gre_decode(struct gre_hdr *, const uint8_t *data, size_t size);
size_t gre_encode(const struct gre_hdr *, uint8_t data[GRE_HLEN_MAX]);

/* Bytes of the header that 'hdr' describes: 4, 8, 12 or 16. */
static inline size_t
gre_header_length(const struct gre_hdr *hdr)
{
    return GRE_HLEN_MIN + 4u * hdr->has_checksum + 4u * hdr->has_key
           + 4u * hdr->has_sequence;
}

#endif /* models/wire/gre.h */

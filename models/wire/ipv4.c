#include "models/wire/ipv4.h"

#include "models/wire/checksum.h"

/* Reads the header at 'data' into '*hdr'.  The packet and its pad are 'size'
 * bytes, of which 'stored' may be read; SIZE_MAX for a quoted packet.  Returns
 * false, with '*hdr' untouched, if the header is cut short or malformed or the
 * total length is less than the header's or more than 'size' (RFC 1122 section
 * 3.2.1, RFC 1812 section 5.2.2). */
bool
ipv4_decode(struct ipv4_hdr *hdr, const uint8_t *data, size_t stored,
            size_t size)
{
    size_t hlen;
    uint16_t total, fragment;

    if (stored < IPV4_HLEN || size < IPV4_HLEN || data[0] >> 4 != 4) {
        return false;
    }
    hlen = 4u * (data[0] & 0xf);
    total = get_be16(data + 2);
    if (hlen < IPV4_HLEN || hlen > stored || hlen > total || total > size) {
        return false;
    }
    fragment = get_be16(data + 6);
    hdr->header_length = (uint8_t) hlen;
    hdr->dscp = data[1] >> 2;
    hdr->ecn = data[1] & 3;
    hdr->ttl = data[IPV4_OFS_TTL];
    hdr->protocol = data[9];
    hdr->dont_fragment = fragment & IPV4_DF;
    hdr->more_fragments = fragment & IPV4_MF;
    hdr->total_length = total;
    hdr->id = get_be16(data + 4);
    hdr->fragment_offset = (uint16_t) ((fragment & IPV4_FRAG_MASK) * 8);
    hdr->checksum = get_be16(data + IPV4_OFS_CHECKSUM);
    ip_addr_read(&hdr->src, IP_V4, data + IPV4_OFS_SRC);
    ip_addr_read(&hdr->dst, IP_V4, data + IPV4_OFS_DST);
    return true;
}

/* Writes the header without options, and its right checksum, at 'data'.
 * 'hdr->header_length' and 'hdr->checksum' are not looked at. */
void
ipv4_encode(const struct ipv4_hdr *hdr, uint8_t data[IPV4_HLEN])
{
    data[0] = 4 << 4 | IPV4_HLEN / 4;
    data[1] = (uint8_t) (hdr->dscp << 2 | (hdr->ecn & 3));
    put_be16(data + 2, hdr->total_length);
    put_be16(data + 4, hdr->id);
    put_be16(data + 6, (uint16_t) ((hdr->dont_fragment ? IPV4_DF : 0)
                                   | (hdr->more_fragments ? IPV4_MF : 0)
                                   | hdr->fragment_offset / 8));
    data[IPV4_OFS_TTL] = hdr->ttl;
    data[9] = hdr->protocol;
    put_be16(data + IPV4_OFS_CHECKSUM, 0);
    memcpy(data + IPV4_OFS_SRC, hdr->src.octets, IP_V4_OCTETS);
    memcpy(data + IPV4_OFS_DST, hdr->dst.octets, IP_V4_OCTETS);
    put_be16(data + IPV4_OFS_CHECKSUM, checksum_of(data, IPV4_HLEN));
}

/* Verifies the checksum of the header at 'data', of 'header_length' bytes with
 * its options. */
bool
ipv4_checksum_is_right(const uint8_t *data, size_t header_length)
{
    return checksum_of(data, header_length) == 0;
}

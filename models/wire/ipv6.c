#include "models/wire/ipv6.h"

#include "models/wire/bytes.h"

/* Reads the header at 'data' into '*hdr'.  The packet and its pad are 'size'
 * bytes, of which 'stored' may be read; SIZE_MAX for a quoted packet.  Returns
 * false, with '*hdr' untouched, if the header is cut short or of another version
 * or the payload is longer than what is there. */
bool
ipv6_decode(struct ipv6_hdr *hdr, const uint8_t *data, size_t stored,
            size_t size)
{
    uint32_t first;
    uint16_t length;

    if (stored < IPV6_HLEN || size < IPV6_HLEN || data[0] >> 4 != 6) {
        return false;
    }
    length = get_be16(data + 4);
    if (length > size - IPV6_HLEN) {
        return false;
    }
    first = get_be32(data);
    hdr->dscp = first >> 22 & 0x3f;
    hdr->ecn = first >> 20 & 3;
    hdr->next_header = data[6];
    hdr->hop_limit = data[IPV6_OFS_HOP_LIMIT];
    hdr->payload_length = length;
    hdr->flow_label = first & 0xfffff;
    ip_addr_read(&hdr->src, IP_V6, data + IPV6_OFS_SRC);
    ip_addr_read(&hdr->dst, IP_V6, data + IPV6_OFS_DST);
    return true;
}

void
ipv6_encode(const struct ipv6_hdr *hdr, uint8_t data[IPV6_HLEN])
{
    put_be32(data, UINT32_C(6) << 28 | (hdr->dscp & 0x3fu) << 22
                       | (hdr->ecn & 3u) << 20 | (hdr->flow_label & 0xfffff));
    put_be16(data + 4, hdr->payload_length);
    data[6] = hdr->next_header;
    data[IPV6_OFS_HOP_LIMIT] = hdr->hop_limit;
    memcpy(data + IPV6_OFS_SRC, hdr->src.octets, IP_V6_OCTETS);
    memcpy(data + IPV6_OFS_DST, hdr->dst.octets, IP_V6_OCTETS);
}

/* Reads the fragment header at 'data', of which 'size' bytes may be read, into
 * '*hdr'.  Returns false, with '*hdr' untouched, if it is cut short. */
bool
ipv6_fragment_decode(struct ipv6_fragment_hdr *hdr, const uint8_t *data,
                     size_t size)
{
    if (size < IPV6_FRAGMENT_HLEN) {
        return false;
    }
    hdr->next_header = data[0];
    hdr->offset = get_be16(data + 2) & 0xfff8;
    hdr->more_fragments = data[3] & 1;
    hdr->id = get_be32(data + 4);
    return true;
}

void
ipv6_fragment_encode(const struct ipv6_fragment_hdr *hdr,
                     uint8_t data[IPV6_FRAGMENT_HLEN])
{
    data[0] = hdr->next_header;
    data[1] = 0;
    put_be16(data + 2, (uint16_t) ((hdr->offset & 0xfff8)
                                   | (hdr->more_fragments ? 1 : 0)));
    put_be32(data + 4, hdr->id);
}

static bool
is_extension(uint8_t next_header)
{
    return next_header == IPV6_NEXT_HOP_BY_HOP
           || next_header == IPV6_NEXT_ROUTING
           || next_header == IPV6_NEXT_FRAGMENT
           || next_header == IPV6_NEXT_AUTH
           || next_header == IPV6_NEXT_DESTINATION;
}

/* Steps over the extension header of kind 'upper->protocol' at 'data', of which
 * 'size' bytes may be read, by what RFC 8200 section 4 and, for authentication,
 * RFC 4302 section 2.2 say of its length.  Returns false if it does not fit. */
static bool
step_over(struct ipv6_upper *upper, const uint8_t *data, size_t size)
{
    struct ipv6_fragment_hdr fragment;
    size_t length = IPV6_FRAGMENT_HLEN;

    if (size < IPV6_FRAGMENT_HLEN) { /* All are as long, at least. */
        return false;
    }
    if (upper->protocol == IPV6_NEXT_FRAGMENT) {
        ipv6_fragment_decode(&fragment, data, size);
        upper->is_fragment = true;
        upper->more_fragments = fragment.more_fragments;
        upper->fragment_offset = fragment.offset;
        upper->fragment_id = fragment.id;
    } else if (upper->protocol == IPV6_NEXT_AUTH) {
        length = 4u * data[1] + 8;
    } else {
        length = 8u * data[1] + 8;
    }
    if (length > size) {
        return false;
    }
    upper->protocol = data[0];
    upper->offset += (uint32_t) length;
    return true;
}

/* Finds what the extension headers of the packet at 'data' lead to.  '*hdr' is
 * its decoded header; 'stored' bytes from 'data' may be read, and the walk stays
 * inside the payload length too.  Returns false, with '*upper' untouched, if an
 * extension header is cut short, if there are too many, or if hop-by-hop options
 * are not the first. */
bool
ipv6_find_upper(struct ipv6_upper *upper, const struct ipv6_hdr *hdr,
                const uint8_t *data, size_t stored)
{
    struct ipv6_upper at = { .protocol = hdr->next_header,
                             .offset = IPV6_HLEN };
    size_t end = IPV6_HLEN + (size_t) hdr->payload_length;

    if (end > stored) {
        end = stored;
    }
    for (int n = 0; is_extension(at.protocol) && !at.fragment_offset; n++) {
        if (n == IPV6_EXTENSIONS_MAX
            || (at.protocol == IPV6_NEXT_HOP_BY_HOP && n > 0)
            || !step_over(&at, data + at.offset, end - at.offset)) {
            return false;
        }
    }
    *upper = at;
    return true;
}

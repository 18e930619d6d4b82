#include "models/wire/gre.h"

#include <string.h>

#include "models/wire/bytes.h"

/* Reads the header at 'data', of which 'size' bytes may be read, into '*hdr'.
 * Returns false, with '*hdr' untouched, if it is cut short, of another version,
 * or has a flag of RFC 1701 set. */
bool
gre_decode(struct gre_hdr *hdr, const uint8_t *data, size_t size)
{
    struct gre_hdr result = { 0 };
    uint16_t flags;

    if (size < GRE_HLEN_MIN) {
        return false;
    }
    flags = get_be16(data);
    if (flags & (GRE_RFC1701_BITS | GRE_VERSION_MASK)) {
        return false;
    }
    result.has_checksum = flags & GRE_C;
    result.has_key = flags & GRE_K;
    result.has_sequence = flags & GRE_S;
    result.protocol = get_be16(data + 2);
    if (size < gre_header_length(&result)) {
        return false;
    }
    data += GRE_HLEN_MIN;
    if (result.has_checksum) {
        result.checksum = get_be16(data);
        data += 4;
    }
    if (result.has_key) {
        result.key = get_be32(data);
        data += 4;
    }
    if (result.has_sequence) {
        result.sequence = get_be32(data);
    }
    *hdr = result;
    return true;
}

/* Writes the header at 'data' and returns its bytes. */
size_t
gre_encode(const struct gre_hdr *hdr, uint8_t data[GRE_HLEN_MAX])
{
    uint8_t *p = data + GRE_HLEN_MIN;

    put_be16(data, (uint16_t) ((hdr->has_checksum ? GRE_C : 0)
                               | (hdr->has_key ? GRE_K : 0)
                               | (hdr->has_sequence ? GRE_S : 0)));
    put_be16(data + 2, hdr->protocol);
    if (hdr->has_checksum) {
        put_be16(p, hdr->checksum);
        put_be16(p + 2, 0);
        p += 4;
    }
    if (hdr->has_key) {
        put_be32(p, hdr->key);
        p += 4;
    }
    if (hdr->has_sequence) {
        put_be32(p, hdr->sequence);
        p += 4;
    }
    return (size_t) (p - data);
}

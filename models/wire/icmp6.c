#include "models/wire/icmp6.h"

#include "models/wire/checksum.h"

#define ICMP6_REDIRECT             137
#define ICMP6_PARAMETER_BAD_OPTION 2 /* Code of ICMP6_PARAMETER. */

/* Reads the header at 'data', of which 'size' bytes may be read, into '*hdr'.
 * Returns false, with '*hdr' untouched, if it is cut short. */
bool
icmp6_decode(struct icmp6_hdr *hdr, const uint8_t *data, size_t size)
{
    if (size < ICMP6_HLEN) {
        return false;
    }
    hdr->type = data[0];
    hdr->code = data[1];
    hdr->checksum = get_be16(data + ICMP6_OFS_CHECKSUM);
    hdr->rest = get_be32(data + 4);
    return true;
}

void
icmp6_encode(const struct icmp6_hdr *hdr, uint8_t data[ICMP6_HLEN])
{
    data[0] = hdr->type;
    data[1] = hdr->code;
    put_be16(data + ICMP6_OFS_CHECKSUM, hdr->checksum);
    put_be32(data + 4, hdr->rest);
}

/* Writes the right checksum into the message of 'size' bytes from 'src' to
 * 'dst', whose first 'stored' bytes (ICMP6_HLEN at least) are at 'data' and
 * whose others are zeros. */
void
icmp6_set_checksum(uint8_t *data, size_t stored, size_t size,
                   const struct ip_addr *src, const struct ip_addr *dst)
{
    put_be16(data + ICMP6_OFS_CHECKSUM, 0);
    put_be16(
        data + ICMP6_OFS_CHECKSUM,
        checksum_of_segment(src, dst, IP_PROTO_ICMPV6, data, stored, size));
}

bool
icmp6_checksum_is_right(const uint8_t *data, size_t stored, size_t size,
                        const struct ip_addr *src, const struct ip_addr *dst)
{
    return checksum_of_segment(src, dst, IP_PROTO_ICMPV6, data, stored, size)
           == 0;
}

/* Says whether the error of 'type' and 'code' may be sent about the packet at
 * 'packet', of which 'stored' bytes may be read and whose decoded header is
 * '*hdr': RFC 4443 section 2.4 (e).  None about a packet that came as a
 * link-layer multicast is the caller's rule, with the same exceptions. */
bool
icmp6_may_report(const struct ipv6_hdr *hdr, const uint8_t *packet,
                 size_t stored, uint8_t type, uint8_t code)
{
    bool to_groups =
        type == ICMP6_TOO_BIG
        || (type == ICMP6_PARAMETER && code == ICMP6_PARAMETER_BAD_OPTION);
    struct ipv6_upper upper;
    uint8_t upper_type;

    if (ip_addr_is_unspecified(&hdr->src) || ip_addr_is_multicast(&hdr->src)
        || (ip_addr_is_multicast(&hdr->dst) && !to_groups)
        || !ipv6_find_upper(&upper, hdr, packet, stored)) {
        return false;
    }
    if (upper.protocol != IP_PROTO_ICMPV6 || upper.fragment_offset) {
        return true;
    }
    if (upper.offset >= stored) {
        return false;
    }
    upper_type = packet[upper.offset];
    return upper_type >= ICMP6_INFORMATIONAL && upper_type != ICMP6_REDIRECT;
}

/* Writes at 'data' the error '*hdr' from 'src' to 'dst', with its checksum,
 * about the packet of 'size' bytes whose first 'stored' are at 'packet'; it
 * quotes as much as fits into a packet of the least MTU (RFC 4443 section 2.4
 * (c)).  Returns the message's bytes. */
size_t
icmp6_error_encode(uint8_t data[ICMP6_ERROR_MAX], const struct icmp6_hdr *hdr,
                   const struct ip_addr *src, const struct ip_addr *dst,
                   const uint8_t *packet, size_t stored, size_t size)
{
    size_t quote = ICMP6_ERROR_MAX - ICMP6_HLEN;

    if (quote > size) {
        quote = size;
    }
    icmp6_encode(hdr, data);
    memset(data + ICMP6_HLEN, 0, quote);
    memcpy(data + ICMP6_HLEN, packet, stored < quote ? stored : quote);
    icmp6_set_checksum(data, ICMP6_HLEN + quote, ICMP6_HLEN + quote, src, dst);
    return ICMP6_HLEN + quote;
}

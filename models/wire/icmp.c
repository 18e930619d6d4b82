#include "models/wire/icmp.h"

#include "models/wire/checksum.h"

/* Reads the header at 'data', of which 'size' bytes may be read, into '*hdr'.
 * Returns false, with '*hdr' untouched, if it is cut short. */
bool
icmp_decode(struct icmp_hdr *hdr, const uint8_t *data, size_t size)
{
    if (size < ICMP_HLEN) {
        return false;
    }
    hdr->type = data[0];
    hdr->code = data[1];
    hdr->checksum = get_be16(data + ICMP_OFS_CHECKSUM);
    hdr->rest = get_be32(data + 4);
    return true;
}

void
icmp_encode(const struct icmp_hdr *hdr, uint8_t data[ICMP_HLEN])
{
    data[0] = hdr->type;
    data[1] = hdr->code;
    put_be16(data + ICMP_OFS_CHECKSUM, hdr->checksum);
    put_be32(data + 4, hdr->rest);
}

/* Writes the right checksum into the message at 'data', whose first 'stored'
 * bytes (ICMP_HLEN at least) are there and whose others are zeros. */
void
icmp_set_checksum(uint8_t *data, size_t stored)
{
    put_be16(data + ICMP_OFS_CHECKSUM, 0);
    put_be16(data + ICMP_OFS_CHECKSUM, checksum_of(data, stored));
}

bool
icmp_checksum_is_right(const uint8_t *data, size_t stored)
{
    return checksum_of(data, stored) == 0;
}

/* True of the types that report on another packet: RFC 1122 section 3.2.2. */
bool
icmp_is_error(uint8_t type)
{
    return type == ICMP_UNREACHABLE || type == ICMP_SOURCE_QUENCH
           || type == ICMP_REDIRECT || type == ICMP_TIME_EXCEEDED
           || type == ICMP_PARAMETER;
}

/* True if 'addr' is not that of a single host: RFC 1122 section 3.2.2 (e). */
static bool
is_no_host(const struct ip_addr *addr)
{
    return ip_addr_is_unspecified(addr) || ip_addr_is_loopback(addr)
           || addr->octets[0] >= 224; /* Classes D and E, broadcast. */
}

/* Says whether an ICMP error may be sent about the packet with header '*hdr', of
 * whose payload 'stored' bytes are at 'payload': RFC 1122 section 3.2.2.  Two of
 * its rules are the caller's, who alone can know: none about a packet that came
 * as a link-layer broadcast, nor about one to a subnet's broadcast address. */
bool
icmp_may_report(const struct ipv4_hdr *hdr, const uint8_t *payload,
                size_t stored)
{
    if (hdr->fragment_offset != 0 || ip_addr_is_multicast(&hdr->dst)
        || ip_addr_is_broadcast(&hdr->dst) || is_no_host(&hdr->src)) {
        return false;
    }
    return hdr->protocol != IP_PROTO_ICMP
           || (stored > 0 && !icmp_is_error(payload[0]));
}

/* Writes at 'data' the error '*hdr', with its checksum, about the IPv4 packet of
 * 'size' bytes whose first 'stored', one at least, are at 'packet'; it quotes
 * its header and ICMP_QUOTE_DATA bytes more.  Returns the message's bytes. */
size_t
icmp_error_encode(uint8_t data[ICMP_ERROR_MAX], const struct icmp_hdr *hdr,
                  const uint8_t *packet, size_t stored, size_t size)
{
    size_t quote = 4u * (packet[0] & 0xf) + ICMP_QUOTE_DATA;

    if (quote > size) {
        quote = size;
    }
    icmp_encode(hdr, data);
    memset(data + ICMP_HLEN, 0, quote);
    memcpy(data + ICMP_HLEN, packet, stored < quote ? stored : quote);
    icmp_set_checksum(data, ICMP_HLEN + quote);
    return ICMP_HLEN + quote;
}

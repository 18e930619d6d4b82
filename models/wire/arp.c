#include "models/wire/arp.h"

#include "models/wire/bytes.h"

#define ARP_HTYPE_ETHERNET 1

/* Reads the packet at 'data', of which 'size' bytes may be read, into '*hdr'.
 * Returns false, with '*hdr' untouched, if it is cut short or not of IPv4 over
 * Ethernet. */
bool
arp_decode(struct arp_hdr *hdr, const uint8_t *data, size_t size)
{
    if (size < ARP_HLEN || get_be16(data) != ARP_HTYPE_ETHERNET
        || get_be16(data + 2) != ETH_TYPE_IPV4 || data[4] != ETH_ALEN
        || data[5] != IP_V4_OCTETS) {
        return false;
    }
    hdr->op = get_be16(data + 6);
    memcpy(hdr->sha.octets, data + 8, ETH_ALEN);
    ip_addr_read(&hdr->spa, IP_V4, data + 14);
    memcpy(hdr->tha.octets, data + 18, ETH_ALEN);
    ip_addr_read(&hdr->tpa, IP_V4, data + 24);
    return true;
}

/* 'hdr->spa' and 'hdr->tpa' must be IPv4. */
void
arp_encode(const struct arp_hdr *hdr, uint8_t data[ARP_HLEN])
{
    put_be16(data, ARP_HTYPE_ETHERNET);
    put_be16(data + 2, ETH_TYPE_IPV4);
    data[4] = ETH_ALEN;
    data[5] = IP_V4_OCTETS;
    put_be16(data + 6, hdr->op);
    memcpy(data + 8, hdr->sha.octets, ETH_ALEN);
    memcpy(data + 14, hdr->spa.octets, IP_V4_OCTETS);
    memcpy(data + 18, hdr->tha.octets, ETH_ALEN);
    memcpy(data + 24, hdr->tpa.octets, IP_V4_OCTETS);
}

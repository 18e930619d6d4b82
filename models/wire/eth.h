/* Ethernet II header, without preamble and FCS (IEEE 802.3 section 3).
 *
 *     |  destination, 6  |  source, 6  |  type, 2  |  payload ...
 *
 * A frame's bytes start at its destination address; an 802.1Q tag, if any, lies
 * between source and type (vlan.h).  eth_decode() does not look into it: 'type'
 * is then ETH_TYPE_VLAN.
 *
 * Addresses are written as Windows does, "00-15-5D-01-0A-01", or as everybody
 * else; text is taken with '-', with ':', or as 12 bare digits. */

#ifndef MODELS_WIRE_ETH_H
#define MODELS_WIRE_ETH_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "models/wire/bytes.h"

#define ETH_ALEN        6
#define ETH_HLEN        14
#define ETH_OFS_TYPE    12
#define ETH_ADDR_STRLEN 18 /* "00:15:5d:01:0a:01" and its null. */

/* Ethertypes, IANA and IEEE. */
#define ETH_TYPE_IPV4 0x0800
#define ETH_TYPE_ARP  0x0806
#define ETH_TYPE_TEB  0x6558 /* Transparent Ethernet bridging: NVGRE. */
#define ETH_TYPE_VLAN 0x8100
#define ETH_TYPE_IPV6 0x86dd
#define ETH_TYPE_QINQ 0x88a8
#define ETH_TYPE_MIN  0x0600 /* What is less is a length, IEEE 802.3. */

struct eth_addr {
    uint8_t octets[ETH_ALEN];
};

struct eth_hdr {
    struct eth_addr dst, src;
    uint16_t type; /* Ethertype. */
};

#define ETH_ADDR_BROADCAST                                                    \
    ((struct eth_addr){ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } })

/* Text. */
void eth_addr_format(struct eth_addr, char buf[ETH_ADDR_STRLEN]);
bool eth_addr_parse(const char *text, struct eth_addr *);

/* Reads the header at 'data', of which 'size' bytes may be read, into '*hdr'.
 * Returns false, with '*hdr' untouched, if it is cut short. */
static inline bool
eth_decode(struct eth_hdr *hdr, const uint8_t *data, size_t size)
{
    if (size < ETH_HLEN) {
        return false;
    }
    memcpy(hdr->dst.octets, data, ETH_ALEN);
    memcpy(hdr->src.octets, data + ETH_ALEN, ETH_ALEN);
    hdr->type = get_be16(data + 2 * ETH_ALEN);
    return true;
}

static inline void
eth_encode(const struct eth_hdr *hdr, uint8_t data[ETH_HLEN])
{
    memcpy(data, hdr->dst.octets, ETH_ALEN);
    memcpy(data + ETH_ALEN, hdr->src.octets, ETH_ALEN);
    put_be16(data + 2 * ETH_ALEN, hdr->type);
}

/* Returns the bytes of the L3 packet (and its pad) in the frame of 'size' bytes
 * at 'data': what follows the header and, if there is one, its 802.1Q tag.
 * 0 if the frame is shorter than these.  Reads the first ETH_HLEN bytes. */
static inline size_t
eth_l3_bytes(const uint8_t *data, size_t size)
{
    size_t hlen = ETH_HLEN;

    if (size >= ETH_HLEN && get_be16(data + 2 * ETH_ALEN) == ETH_TYPE_VLAN) {
        hlen += 4;
    }
    return size > hlen ? size - hlen : 0;
}

static inline bool
eth_addr_equal(struct eth_addr a, struct eth_addr b)
{
    return !memcmp(a.octets, b.octets, ETH_ALEN);
}

/* True of broadcast too. */
static inline bool
eth_addr_is_group(struct eth_addr addr)
{
    return addr.octets[0] & 1;
}

/* Returns 'addr' as a number of 48 bits, to hash and compare. */
static inline uint64_t
eth_addr_to_u64(struct eth_addr addr)
{
    return (uint64_t) get_be16(addr.octets) << 32 | get_be32(addr.octets + 2);
}

/* The reverse; the upper 16 bits of 'u' are not looked at. */
static inline struct eth_addr
eth_addr_from_u64(uint64_t u)
{
    struct eth_addr addr;

    put_be16(addr.octets, (uint16_t) (u >> 32));
    put_be32(addr.octets + 2, (uint32_t) u);
    return addr;
}

static inline bool
eth_addr_is_broadcast(struct eth_addr addr)
{
    return eth_addr_to_u64(addr) == UINT64_C(0xffffffffffff);
}

static inline bool
eth_addr_is_zero(struct eth_addr addr)
{
    return eth_addr_to_u64(addr) == 0;
}

#endif /* models/wire/eth.h */

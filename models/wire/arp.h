/* ARP for IPv4 over Ethernet, RFC 826.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |    hardware type = 1          |   protocol type = 0x0800      |
 *     |  hlen = 6     |  plen = 4     |          operation            |
 *     |  sender hardware (6), sender protocol (4)                     |
 *     |  target hardware (6), target protocol (4)                     |
 *
 * What follows the 28 bytes is pad.  Any operation decodes; other hardware or
 * protocol types do not. */

#ifndef MODELS_WIRE_ARP_H
#define MODELS_WIRE_ARP_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"

#define ARP_HLEN    28
#define ARP_REQUEST 1
#define ARP_REPLY   2

struct arp_hdr {
    uint16_t op;              /* ARP_REQUEST, ARP_REPLY or another. */
    struct eth_addr sha, tha; /* Sender's and target's MAC. */
    struct ip_addr spa, tpa;  /* Theirs in IPv4. */
};

bool arp_decode(struct arp_hdr *, const uint8_t *data, size_t size);
void arp_encode(const struct arp_hdr *, uint8_t data[ARP_HLEN]);

#endif /* models/wire/arp.h */

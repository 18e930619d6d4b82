/* The Ethernet address of an IP multicast group: 01:00:5e and the group's low 23
 * bits for IPv4 (RFC 1112 section 6.4), 33:33 and its low 32 bits for IPv6 (RFC
 * 2464 section 7).  Many groups share one address. */

#ifndef MODELS_WIRE_ETH_GROUP_H
#define MODELS_WIRE_ETH_GROUP_H 1

#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"

/* 'group' must be a multicast address. */
static inline struct eth_addr
eth_group_addr(const struct ip_addr *group)
{
    if (group->family == IP_V4) {
        return eth_addr_from_u64(UINT64_C(0x01005e000000)
                                 | (ip_addr_to_v4(group) & 0x7fffff));
    }
    return eth_addr_from_u64(UINT64_C(0x333300000000)
                             | get_be32(group->octets + 12));
}

#endif /* models/wire/eth_group.h */

#include "models/wire/ip_tos.h"

#include "models/wire/bytes.h"
#include "models/wire/checksum.h"
#include "models/wire/eth.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"

uint8_t
ip_tos_get(uint16_t ethertype, const uint8_t *l3, size_t stored)
{
    if (ethertype == ETH_TYPE_IPV4 && stored >= IPV4_HLEN) {
        return l3[1];
    }
    if (ethertype == ETH_TYPE_IPV6 && stored >= IPV6_HLEN) {
        return (uint8_t) (get_be16(l3) >> 4);
    }
    return 0;
}

void
ip_ecn_set(uint16_t ethertype, uint8_t *l3, size_t stored, enum ip_ecn ecn)
{
    uint16_t old, new;

    if (ethertype == ETH_TYPE_IPV4 && stored >= IPV4_HLEN) {
        old = get_be16(l3);
        new = (uint16_t) ((old & ~IP_ECN_MASK) | ecn);
        put_be16(l3, new);
        put_be16(
            l3 + IPV4_OFS_CHECKSUM,
            checksum_update16(get_be16(l3 + IPV4_OFS_CHECKSUM), old, new));
    } else if (ethertype == ETH_TYPE_IPV6 && stored >= IPV6_HLEN) {
        l3[1] = (uint8_t) ((l3[1] & ~(IP_ECN_MASK << 4)) | ecn << 4);
    }
}

bool
ip_ecn_decapsulate(enum ip_ecn inner, enum ip_ecn outer, enum ip_ecn *result)
{
    if (inner == IP_ECN_NONE && outer == IP_ECN_CE) {
        return false;
    }
    *result = inner;
    if (outer == IP_ECN_CE || (outer == IP_ECN_ECT1 && inner == IP_ECN_ECT0)) {
        *result = outer;
    }
    return true;
}

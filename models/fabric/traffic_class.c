#include "models/fabric/traffic_class.h"

#include <glib.h>

#include "models/wire/bytes.h"
#include "models/wire/checksum.h"
#include "models/wire/eth.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"
#include "models/wire/vlan.h"

#define ECN_CE 3 /* RFC 3168 section 5; 1 and 2 are ECT. */

/* IEEE 802.1Q-2014 table 8-5: the class of each priority, by the number of
 * classes.  Priority 1, background, is below 0, best effort. */
static const uint8_t classes_of_pcp[TRAFFIC_CLASSES_MAX][8] = {
    { 0, 0, 0, 0, 0, 0, 0, 0 }, { 0, 0, 0, 0, 1, 1, 1, 1 },
    { 0, 0, 0, 0, 1, 1, 2, 2 }, { 0, 0, 1, 1, 2, 2, 3, 3 },
    { 0, 0, 1, 1, 2, 2, 3, 4 }, { 1, 0, 2, 2, 3, 3, 4, 5 },
    { 1, 0, 2, 3, 4, 4, 5, 6 }, { 1, 0, 2, 3, 4, 5, 6, 7 },
};

static bool
is_tagged(const struct packet *pkt)
{
    return pkt->stored >= ETH_HLEN + VLAN_HLEN
           && get_be16(packet_data(pkt) + VLAN_OFS) == ETH_TYPE_VLAN;
}

/* Returns the class, 0 to 'n_classes - 1', of the priority in the tag of
 * 'pkt'; what has no tag has priority 0. */
uint32_t
traffic_class_by_pcp(const struct packet *pkt, uint32_t n_classes)
{
    uint8_t pcp = 0;

    g_assert(n_classes > 0 && n_classes <= TRAFFIC_CLASSES_MAX);
    if (is_tagged(pkt)) {
        pcp = packet_data(pkt)[VLAN_OFS + 2] >> 5;
    }
    return classes_of_pcp[n_classes - 1][pcp];
}

/* Finds the IP header of 'pkt'.  Returns its type and sets '*ip', or 0. */
static uint16_t
find_ip(const struct packet *pkt, uint8_t **ip)
{
    size_t ofs = ETH_HLEN + (is_tagged(pkt) ? VLAN_HLEN : 0);
    uint16_t type;

    if (pkt->stored < ofs) {
        return 0;
    }
    *ip = packet_data(pkt) + ofs;
    type = get_be16(*ip - 2);
    switch (type) {
    case ETH_TYPE_IPV4: return pkt->stored < ofs + IPV4_HLEN ? 0 : type;
    case ETH_TYPE_IPV6: return pkt->stored < ofs + IPV6_HLEN ? 0 : type;
    }
    return 0;
}

/* Returns the 6 bits of DSCP and 2 of ECN of 'pkt', 0 if it has none. */
static uint8_t
traffic_octet(const struct packet *pkt)
{
    uint8_t *ip;

    switch (find_ip(pkt, &ip)) {
    case ETH_TYPE_IPV4: return ip[1];
    case ETH_TYPE_IPV6: return (uint8_t) (get_be16(ip) >> 4);
    }
    return 0;
}

/* Returns the class of the upper 3 bits of the DSCP of 'pkt', which are the
 * precedence of class selectors (RFC 2474 section 4.2.2), spread evenly over
 * 'n_classes'. */
uint32_t
traffic_class_by_dscp(const struct packet *pkt, uint32_t n_classes)
{
    return (uint32_t) (traffic_octet(pkt) >> 5) * n_classes / 8;
}

/* Says whether the ends of the transport of 'pkt' understand ECN and it has met
 * no congestion so far: ECT(0) or ECT(1). */
bool
packet_is_ect(const struct packet *pkt)
{
    uint8_t ecn = traffic_octet(pkt) & 3;

    return ecn == 1 || ecn == 2;
}

/* Says in 'pkt', which is ECT, that it met congestion (CE, RFC 3168 section
 * 5). */
void
packet_mark_ce(struct packet *pkt)
{
    uint8_t *ip;
    uint16_t from;

    switch (find_ip(pkt, &ip)) {
    case ETH_TYPE_IPV4:
        from = get_be16(ip);
        put_be16(ip, from | ECN_CE);
        put_be16(ip + IPV4_OFS_CHECKSUM,
                 checksum_update16(get_be16(ip + IPV4_OFS_CHECKSUM), from,
                                   from | ECN_CE));
        break;
    case ETH_TYPE_IPV6: ip[1] |= ECN_CE << 4; break;
    }
}

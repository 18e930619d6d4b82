/* Neighbor discovery, RFC 4861 section 4: messages of ICMPv6.
 *
 *     type, code, checksum | by type                        | options
 *
 *     133 router solicit   | reserved 4                     | source
 *     134 router advert    | hop limit, flags, lifetime 2,
 *                            reachable 4, retrans 4         | source, MTU,
 *                                                             prefix
 *     135 neighbor solicit | reserved 4, target 16          | source
 *     136 neighbor advert  | R S O and reserved 4, target   | target
 *
 * An option is its type, its length in units of 8 bytes, and the rest; unknown
 * ones are skipped, a length of 0 or one that runs out of the message makes the
 * message malformed (section 6.1.1).  Of several options of a kind the first is
 * kept.
 *
 * A receiver must also see that the hop limit is 255 and the checksum is right
 * (section 7.1); that is not known here.  nd_encode() leaves the checksum 0:
 * icmp6_set_checksum() fills it in. */

#ifndef MODELS_WIRE_ND_H
#define MODELS_WIRE_ND_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"

#define ND_ROUTER_SOLICIT   133
#define ND_ROUTER_ADVERT    134
#define ND_NEIGHBOR_SOLICIT 135
#define ND_NEIGHBOR_ADVERT  136

#define ND_HOP_LIMIT 255
#define ND_SIZE_MAX  80 /* Of what nd_encode() writes. */

struct nd_msg {
    uint8_t type;          /* ND_*. */
    struct ip_addr target; /* Of the neighbor messages. */
    bool is_router;        /* Flags of a neighbor advert. */
    bool is_solicited;
    bool is_override;

    /* Router advert. */
    uint8_t hop_limit; /* 0: unspecified. */
    bool is_managed;   /* Addresses by DHCPv6. */
    bool is_other;     /* Other configuration by DHCPv6. */
    uint16_t lifetime_s;
    uint32_t reachable_ms;
    uint32_t retrans_ms;

    /* Options. */
    bool has_source_mac;
    bool has_target_mac;
    bool prefix_is_on_link;
    bool prefix_is_autonomous;
    struct eth_addr source_mac;
    struct eth_addr target_mac;
    uint32_t mtu;            /* Bytes, 0: no option. */
    struct ip_prefix prefix; /* Family IP_NONE: no option. */
    uint32_t prefix_valid_s; /* UINT32_MAX: for ever. */
    uint32_t prefix_preferred_s;
};

bool nd_decode(struct nd_msg *, const uint8_t *data, size_t size);
size_t nd_encode(const struct nd_msg *, uint8_t data[ND_SIZE_MAX]);

struct ip_addr nd_solicited_node(const struct ip_addr *target);

#endif /* models/wire/nd.h */

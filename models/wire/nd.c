#include "models/wire/nd.h"

#define ND_HLEN          8 /* Type to the end of the first two words. */
#define ND_ROUTER_HLEN   16
#define ND_NEIGHBOR_HLEN 24

/* Options, RFC 4861 section 4.6: their types, and their bytes. */
#define ND_OPT_SOURCE  1
#define ND_OPT_TARGET  2
#define ND_OPT_PREFIX  3
#define ND_OPT_MTU     5
#define ND_MAC_SIZE    8
#define ND_PREFIX_SIZE 32
#define ND_MTU_SIZE    8

/* Flags of the messages' fifth or sixth byte, and of the prefix option. */
#define ND_ROUTER     0x80
#define ND_SOLICITED  0x40
#define ND_OVERRIDE   0x20
#define ND_MANAGED    0x80
#define ND_OTHER      0x40
#define ND_ON_LINK    0x80
#define ND_AUTONOMOUS 0x40

static bool
mac_decode(struct eth_addr *mac, bool *has_mac, const uint8_t *data,
           size_t size)
{
    if (size != ND_MAC_SIZE) {
        return false;
    }
    if (!*has_mac) {
        *has_mac = true;
        memcpy(mac->octets, data + 2, ETH_ALEN);
    }
    return true;
}

static bool
mtu_decode(struct nd_msg *msg, const uint8_t *data, size_t size)
{
    if (size != ND_MTU_SIZE) {
        return false;
    }
    if (!msg->mtu) {
        msg->mtu = get_be32(data + 4);
    }
    return true;
}

static bool
prefix_decode(struct nd_msg *msg, const uint8_t *data, size_t size)
{
    struct ip_prefix prefix;

    if (size != ND_PREFIX_SIZE || data[2] > 8 * IP_V6_OCTETS) {
        return false;
    }
    if (msg->prefix.addr.family == IP_NONE) {
        prefix.addr = ip_addr_from_octets(IP_V6, data + 16);
        prefix.length = data[2];
        msg->prefix = ip_prefix_network(&prefix);
        msg->prefix_is_on_link = data[3] & ND_ON_LINK;
        msg->prefix_is_autonomous = data[3] & ND_AUTONOMOUS;
        msg->prefix_valid_s = get_be32(data + 4);
        msg->prefix_preferred_s = get_be32(data + 8);
    }
    return true;
}

/* Reads the option at 'data', which is 'size' bytes long. */
static bool
option_decode(struct nd_msg *msg, const uint8_t *data, size_t size)
{
    switch (data[0]) {
    case ND_OPT_SOURCE:
        return mac_decode(&msg->source_mac, &msg->has_source_mac, data, size);
    case ND_OPT_TARGET:
        return mac_decode(&msg->target_mac, &msg->has_target_mac, data, size);
    case ND_OPT_PREFIX: return prefix_decode(msg, data, size);
    case ND_OPT_MTU: return mtu_decode(msg, data, size);
    default: return true;
    }
}

static bool
options_decode(struct nd_msg *msg, const uint8_t *data, size_t size)
{
    while (size > 0) {
        size_t length = size < 2 ? 0 : 8u * data[1];

        if (length == 0 || length > size
            || !option_decode(msg, data, length)) {
            return false;
        }
        data += length;
        size -= length;
    }
    return true;
}

/* Bytes before the options of messages of 'type', 0 if it is none of ours. */
static size_t
header_length(uint8_t type)
{
    switch (type) {
    case ND_ROUTER_SOLICIT: return ND_HLEN;
    case ND_ROUTER_ADVERT: return ND_ROUTER_HLEN;
    case ND_NEIGHBOR_SOLICIT:
    case ND_NEIGHBOR_ADVERT: return ND_NEIGHBOR_HLEN;
    default: return 0;
    }
}

/* Reads the ICMPv6 message at 'data', all 'size' bytes of it, into '*msg'.
 * Returns false, with '*msg' untouched, if it is none of the four, cut short or
 * malformed, has a code other than 0 or a group as its target: what RFC 4861
 * sections 6.1 and 7.1 make a receiver discard, as far as the message itself
 * shows it. */
bool
nd_decode(struct nd_msg *msg, const uint8_t *data, size_t size)
{
    struct nd_msg result = { 0 };
    size_t hlen = size > 0 ? header_length(data[0]) : 0;

    if (hlen == 0 || size < hlen || data[1] != 0) {
        return false;
    }
    result.type = data[0];
    if (hlen == ND_NEIGHBOR_HLEN) {
        result.target = ip_addr_from_octets(IP_V6, data + ND_HLEN);
        if (ip_addr_is_multicast(&result.target)) {
            return false;
        }
    }
    if (result.type == ND_NEIGHBOR_ADVERT) {
        result.is_router = data[4] & ND_ROUTER;
        result.is_solicited = data[4] & ND_SOLICITED;
        result.is_override = data[4] & ND_OVERRIDE;
    } else if (result.type == ND_ROUTER_ADVERT) {
        result.hop_limit = data[4];
        result.is_managed = data[5] & ND_MANAGED;
        result.is_other = data[5] & ND_OTHER;
        result.lifetime_s = get_be16(data + 6);
        result.reachable_ms = get_be32(data + 8);
        result.retrans_ms = get_be32(data + 12);
    }
    if (!options_decode(&result, data + hlen, size - hlen)) {
        return false;
    }
    *msg = result;
    return true;
}

static uint8_t *
mac_encode(uint8_t type, struct eth_addr mac, uint8_t *data)
{
    data[0] = type;
    data[1] = ND_MAC_SIZE / 8;
    memcpy(data + 2, mac.octets, ETH_ALEN);
    return data + ND_MAC_SIZE;
}

static uint8_t *
prefix_encode(const struct nd_msg *msg, uint8_t *data)
{
    memset(data, 0, ND_PREFIX_SIZE);
    data[0] = ND_OPT_PREFIX;
    data[1] = ND_PREFIX_SIZE / 8;
    data[2] = msg->prefix.length;
    data[3] = (uint8_t) ((msg->prefix_is_on_link ? ND_ON_LINK : 0)
                         | (msg->prefix_is_autonomous ? ND_AUTONOMOUS : 0));
    put_be32(data + 4, msg->prefix_valid_s);
    put_be32(data + 8, msg->prefix_preferred_s);
    memcpy(data + 16, msg->prefix.addr.octets, IP_V6_OCTETS);
    return data + ND_PREFIX_SIZE;
}

/* Writes the options of 'msg' at 'data' and returns where they end. */
static uint8_t *
options_encode(const struct nd_msg *msg, uint8_t *data)
{
    if (msg->has_source_mac) {
        data = mac_encode(ND_OPT_SOURCE, msg->source_mac, data);
    }
    if (msg->has_target_mac) {
        data = mac_encode(ND_OPT_TARGET, msg->target_mac, data);
    }
    if (msg->mtu) {
        memset(data, 0, ND_MTU_SIZE);
        data[0] = ND_OPT_MTU;
        data[1] = ND_MTU_SIZE / 8;
        put_be32(data + 4, msg->mtu);
        data += ND_MTU_SIZE;
    }
    if (msg->prefix.addr.family != IP_NONE) {
        data = prefix_encode(msg, data);
    }
    return data;
}

/* Writes the message at 'data', its checksum 0, and returns its bytes.
 * 'msg->type' must be one of the four. */
size_t
nd_encode(const struct nd_msg *msg, uint8_t data[ND_SIZE_MAX])
{
    size_t hlen = header_length(msg->type);

    memset(data, 0, hlen);
    data[0] = msg->type;
    if (hlen == ND_NEIGHBOR_HLEN) {
        memcpy(data + ND_HLEN, msg->target.octets, IP_V6_OCTETS);
    }
    if (msg->type == ND_NEIGHBOR_ADVERT) {
        data[4] = (uint8_t) ((msg->is_router ? ND_ROUTER : 0)
                             | (msg->is_solicited ? ND_SOLICITED : 0)
                             | (msg->is_override ? ND_OVERRIDE : 0));
    } else if (msg->type == ND_ROUTER_ADVERT) {
        data[4] = msg->hop_limit;
        data[5] = (uint8_t) ((msg->is_managed ? ND_MANAGED : 0)
                             | (msg->is_other ? ND_OTHER : 0));
        put_be16(data + 6, msg->lifetime_s);
        put_be32(data + 8, msg->reachable_ms);
        put_be32(data + 12, msg->retrans_ms);
    }
    return (size_t) (options_encode(msg, data + hlen) - data);
}

/* Returns the group at which who has 'target' is asked for it: RFC 4291 section
 * 2.7.1, ff02::1:ff00:0/104. */
struct ip_addr
nd_solicited_node(const struct ip_addr *target)
{
    struct ip_addr group = { .family = IP_V6, .octets = { 0xff, 0x02 } };

    group.octets[11] = 1;
    group.octets[12] = 0xff;
    memcpy(group.octets + 13, target->octets + 13, 3);
    return group;
}

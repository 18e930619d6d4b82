#include "models/fabric/ecmp.h"

#include "models/wire/eth.h"
#include "models/wire/gre.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"
#include "models/wire/udp.h"
#include "models/wire/vlan.h"
#include "models/wire/vxlan.h"

#define IP_PROTO_IPIP 4 /* IANA. */
#define IP_PROTO_IPV6 41

/* What a packet can be known by. */
struct flow_key {
    uint64_t addresses;
    uint64_t rest; /* Ports and protocol. */
    bool is_fragment;
    uint8_t protocol;
    const uint8_t *payload; /* Behind the IP header and its extensions. */
    size_t stored;          /* Bytes of it that may be read. */
};

const char *
ecmp_hash_name(enum ecmp_hash kind)
{
    static const char *const names[] = {
#define X(ID, NAME) [ECMP_##ID] = NAME,
        ECMP_HASHES(X)
#undef X
    };

    return names[kind];
}

/* Returns what the hashes of a router begin with whose seed is 'seed': seeds
 * that differ in one bit give words that differ in half of theirs
 * (SplitMix64's finalizer). */
uint64_t
ecmp_seed(uint64_t seed)
{
    seed += UINT64_C(0x9e3779b97f4a7c15);
    seed = (seed ^ seed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    seed = (seed ^ seed >> 27) * UINT64_C(0x94d049bb133111eb);
    return seed ^ seed >> 31;
}

static void
read_ports(struct flow_key *key)
{
    bool has_ports =
        !key->is_fragment && key->stored >= 4
        && (key->protocol == IP_PROTO_TCP || key->protocol == IP_PROTO_UDP);

    key->rest = key->is_fragment ? 0 : key->protocol;
    if (has_ports) {
        key->rest |= (uint64_t) get_be32(key->payload) << 8;
    }
}

static bool
read_v4(struct flow_key *key, const uint8_t *ip, size_t stored)
{
    struct ipv4_hdr hdr;

    if (!ipv4_decode(&hdr, ip, stored, SIZE_MAX)) {
        return false;
    }
    key->addresses = get_be64(ip + IPV4_OFS_SRC);
    key->is_fragment = ipv4_is_fragment(&hdr);
    key->protocol = hdr.protocol;
    key->payload = ip + hdr.header_length;
    key->stored = stored - hdr.header_length;
    return true;
}

static bool
read_v6(struct flow_key *key, const uint8_t *ip, size_t stored)
{
    struct ipv6_upper upper;
    struct ipv6_hdr hdr;

    if (!ipv6_decode(&hdr, ip, stored, SIZE_MAX)) {
        return false;
    }
    key->addresses = ip_addr_hash(&hdr.src) + 3 * ip_addr_hash(&hdr.dst);
    if (!ipv6_find_upper(&upper, &hdr, ip, stored)) {
        upper = (struct ipv6_upper){ .protocol = hdr.next_header,
                                     .offset = (uint32_t) stored };
    }
    key->is_fragment = upper.is_fragment;
    key->protocol = upper.protocol;
    key->payload = ip + upper.offset;
    key->stored = stored > upper.offset ? stored - upper.offset : 0;
    return true;
}

/* Reads the IP packet of either family at 'ip'. */
static bool
read_key(struct flow_key *key, const uint8_t *ip, size_t stored)
{
    bool is_read = stored > 0
                   && (ip[0] >> 4 == 6 ? read_v6(key, ip, stored)
                                       : read_v4(key, ip, stored));

    if (is_read) {
        read_ports(key);
    }
    return is_read;
}

/* Reads the IP packet in the frame at 'data'. */
static bool
read_frame(struct flow_key *key, const uint8_t *data, size_t stored)
{
    size_t hlen = ETH_HLEN;
    uint16_t type;

    if (stored < ETH_HLEN + VLAN_HLEN) {
        return false;
    }
    type = get_be16(data + 2 * ETH_ALEN);
    if (type == ETH_TYPE_VLAN) {
        hlen += VLAN_HLEN;
        type = get_be16(data + VLAN_OFS + VLAN_HLEN);
    }
    return (type == ETH_TYPE_IPV4 || type == ETH_TYPE_IPV6)
           && read_key(key, data + hlen, stored - hlen);
}

static bool
read_in_gre(struct flow_key *key, const uint8_t *data, size_t stored)
{
    struct gre_hdr gre;
    size_t hlen;

    if (!gre_decode(&gre, data, stored)) {
        return false;
    }
    hlen = gre_header_length(&gre);
    if (gre.protocol == ETH_TYPE_TEB) {
        return read_frame(key, data + hlen, stored - hlen);
    }
    return (gre.protocol == ETH_TYPE_IPV4 || gre.protocol == ETH_TYPE_IPV6)
           && read_key(key, data + hlen, stored - hlen);
}

static bool
read_in_vxlan(struct flow_key *key, const uint8_t *udp, size_t stored)
{
    struct vxlan_hdr vxlan;

    return stored >= UDP_HLEN && get_be16(udp + UDP_OFS_DPORT) == VXLAN_PORT
           && vxlan_decode(&vxlan, udp + UDP_HLEN, stored - UDP_HLEN)
           && read_frame(key, udp + UDP_HLEN + VXLAN_HLEN,
                         stored - UDP_HLEN - VXLAN_HLEN);
}

/* Reads the packet that 'outer' carries into '*inner'.  Returns false if it is
 * no tunnel, or not one of IP. */
static bool
read_inner(struct flow_key *inner, const struct flow_key *outer)
{
    switch (outer->protocol) {
    case IP_PROTO_GRE:
        return read_in_gre(inner, outer->payload, outer->stored);
    case IP_PROTO_UDP:
        return read_in_vxlan(inner, outer->payload, outer->stored);
    case IP_PROTO_IPIP:
    case IP_PROTO_IPV6: return read_key(inner, outer->payload, outer->stored);
    default: return false;
    }
}

static void
add_gre_key(struct flow_key *key)
{
    struct gre_hdr gre;

    if (key->protocol == IP_PROTO_GRE
        && gre_decode(&gre, key->payload, key->stored) && gre.has_key) {
        key->rest |= (uint64_t) gre.key << 8;
    }
}

/* Returns the hash of the IP packet of either family at 'ip', of which 'stored'
 * bytes may be read; 0 if they are none. */
uint32_t
ecmp_hash_special(enum ecmp_hash kind, uint64_t seed, const uint8_t *ip,
                  size_t stored)
{
    struct flow_key key, inner;

    if (!read_key(&key, ip, stored)) {
        return 0;
    }
    switch (kind) {
    case ECMP_OUTER_5TUPLE: break;
    case ECMP_OUTER_2TUPLE: key.rest = 0; break;
    case ECMP_GRE_KEY:
        if (!key.is_fragment) {
            add_gre_key(&key);
        }
        break;
    case ECMP_INNER:
        if (!key.is_fragment && read_inner(&inner, &key)) {
            key = inner;
        }
        break;
    }
    return ecmp_mix(seed, key.addresses, key.rest);
}

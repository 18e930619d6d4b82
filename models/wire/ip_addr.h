/* IP addresses and prefixes of both families.
 *
 * Customer and provider addresses may each be IPv4 or IPv6, in any mixture, so
 * whatever holds one holds a struct ip_addr.  An IPv4 address lies in the first
 * four octets and the other twelve are zero: two addresses are equal if and
 * only if all their bytes are, and the functions here keep it so.  An IPv4
 * address and its IPv4-mapped IPv6 address are different addresses.
 *
 * The zeroed structure is "no address", family IP_NONE.
 *
 * A prefix keeps the bits behind its length: "10.1.1.2/24" is both an
 * interface's address and its network, and ip_prefix_network() clears them.
 * Text is that of inet_pton(3) and inet_ntop(3), so IPv6 comes out as
 * RFC 5952 wants it. */

#ifndef MODELS_WIRE_IP_ADDR_H
#define MODELS_WIRE_IP_ADDR_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "models/wire/bytes.h"

#define IP_NONE 0
#define IP_V4   4
#define IP_V6   6

#define IP_V4_OCTETS 4
#define IP_V6_OCTETS 16

#define IP_ADDR_STRLEN   46 /* Longest text and its null. */
#define IP_PREFIX_STRLEN 50

/* IP protocol numbers, IANA. */
#define IP_PROTO_ICMP   1
#define IP_PROTO_TCP    6
#define IP_PROTO_UDP    17
#define IP_PROTO_GRE    47
#define IP_PROTO_ICMPV6 58

struct ip_addr {
    uint8_t family; /* IP_NONE, IP_V4 or IP_V6. */
    uint8_t octets[IP_V6_OCTETS];
};

struct ip_prefix {
    struct ip_addr addr;
    uint8_t length; /* In bits, 0 to 32 or 128. */
};

/* Text. */
void ip_addr_format(const struct ip_addr *, char buf[IP_ADDR_STRLEN]);
bool ip_addr_parse(const char *text, struct ip_addr *);
void ip_prefix_format(const struct ip_prefix *, char buf[IP_PREFIX_STRLEN]);
bool ip_prefix_parse(const char *text, struct ip_prefix *);

/* Kinds of addresses; the order is by family, then as numbers. */
int ip_addr_compare(const struct ip_addr *, const struct ip_addr *);
bool ip_addr_is_multicast(const struct ip_addr *);
bool ip_addr_is_broadcast(const struct ip_addr *);
bool ip_addr_is_loopback(const struct ip_addr *);
bool ip_addr_is_link_local(const struct ip_addr *);

/* Prefixes. */
bool ip_prefix_contains(const struct ip_prefix *, const struct ip_addr *);
struct ip_prefix ip_prefix_network(const struct ip_prefix *);
struct ip_addr ip_prefix_netmask(const struct ip_prefix *);
struct ip_addr ip_prefix_broadcast(const struct ip_prefix *);
uint64_t ip_prefix_n_hosts(const struct ip_prefix *);
bool ip_prefix_host(const struct ip_prefix *, uint64_t n, struct ip_addr *);

/* Bytes of an address of 'family' on the wire: 4, 16, or 0 for none. */
static inline size_t
ip_addr_octets(uint8_t family)
{
    return family == IP_V4 ? IP_V4_OCTETS : family == IP_V6 ? IP_V6_OCTETS : 0;
}

/* Stores into '*addr' the address of which ip_addr_octets('family') octets, in
 * network order, are at 'octets'.  In place: a value put together in pieces and
 * then copied whole stalls the CPU. */
static inline void
ip_addr_read(struct ip_addr *addr, uint8_t family, const uint8_t *octets)
{
    memset(addr, 0, sizeof *addr);
    addr->family = family;
    memcpy(addr->octets, octets, ip_addr_octets(family));
}

/* The same, as a value. */
static inline struct ip_addr
ip_addr_from_octets(uint8_t family, const uint8_t *octets)
{
    struct ip_addr addr;

    ip_addr_read(&addr, family, octets);
    return addr;
}

/* 'v4' in host order: 0x0a000001 is 10.0.0.1. */
static inline struct ip_addr
ip_addr_from_v4(uint32_t v4)
{
    struct ip_addr addr = { .family = IP_V4 };

    put_be32(addr.octets, v4);
    return addr;
}

/* The reverse; of use for IPv4 only. */
static inline uint32_t
ip_addr_to_v4(const struct ip_addr *addr)
{
    return get_be32(addr->octets);
}

static inline bool
ip_addr_equal(const struct ip_addr *a, const struct ip_addr *b)
{
    return !memcmp(a, b, sizeof *a);
}

/* True of "no address" as well as of 0.0.0.0 and ::. */
static inline bool
ip_addr_is_unspecified(const struct ip_addr *addr)
{
    static const uint8_t zeros[IP_V6_OCTETS];

    return !memcmp(addr->octets, zeros, sizeof zeros);
}

/* Returns 64 well-mixed bits (the finalizer of SplitMix64, twice), the same on
 * every machine.  For hash tables; never for anything whose order shows. */
static inline uint64_t
ip_addr_hash(const struct ip_addr *addr)
{
    uint64_t h = get_be64(addr->octets) ^ addr->family;

    for (int i = 0; i < 2; i++) {
        h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
        h ^= h >> 31;
        h += i ? 0 : get_be64(addr->octets + 8);
    }
    return h;
}

#endif /* models/wire/ip_addr.h */

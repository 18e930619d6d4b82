/* Equal-cost multipath: a hash over a packet's headers, by which a router keeps
 * a flow on one of several next hops (RFC 2992).
 *
 *     outer-5tuple   addresses and protocol of the IP header; the ports too, if
 *                    it carries TCP or UDP
 *     outer-2tuple   addresses only
 *     gre-key        outer-5tuple and the key, if it carries GRE with a key
 *                    (NVGRE: virtual subnet and FlowID, RFC 7637 section 3.2)
 *     inner          5-tuple of the packet that is inside NVGRE, VXLAN, GRE or
 *                    IP in IP; outer-5tuple of what is none of these
 *
 * Only a packet's first fragment has ports, so a fragment is hashed by its
 * addresses whatever is asked for, that all take one way.
 *
 * The hash begins with the router's own seed: routers with one seed decide
 * alike, and a flow that took hop 1 at the first takes hop 1 at the next, which
 * leaves paths unused (polarization). */

#ifndef MODELS_FABRIC_ECMP_H
#define MODELS_FABRIC_ECMP_H 1

#include <stddef.h>
#include <stdint.h>

#include "models/wire/ip_addr.h"

/* X(id, name in a scenario). */
#define ECMP_HASHES(X)                                                        \
    X(OUTER_5TUPLE, "outer-5tuple")                                           \
    X(OUTER_2TUPLE, "outer-2tuple")                                           \
    X(GRE_KEY, "gre-key")                                                     \
    X(INNER, "inner")
enum ecmp_hash {
#define X(ID, NAME) ECMP_##ID,
    ECMP_HASHES(X)
#undef X
};

const char *ecmp_hash_name(enum ecmp_hash);
uint64_t ecmp_seed(uint64_t seed);
uint32_t ecmp_hash_special(enum ecmp_hash, uint64_t seed, const uint8_t *ip,
                           size_t stored);

/* Mixes what a flow is known by into 32 bits, each of which depends on all:
 * the finalizer of MurmurHash3 (Appleby), over two words. */
static inline uint32_t
ecmp_mix(uint64_t seed, uint64_t a, uint64_t b)
{
    uint64_t hash = (a ^ seed) * UINT64_C(0xff51afd7ed558ccd);

    hash = (hash ^ hash >> 33 ^ b) * UINT64_C(0xc4ceb9fe1a85ec53);
    hash = (hash ^ hash >> 33) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t) (hash >> 32);
}

/* Returns the hash of the IPv4 packet at 'ip', of which 'stored' bytes, its
 * header at least, may be read.  'seed' is from ecmp_seed(). */
static inline uint32_t
ecmp_hash_v4(enum ecmp_hash kind, uint64_t seed, const uint8_t *ip,
             size_t stored)
{
    bool is_plain = ip[0] == 0x45 && stored >= 24
                    && !(get_be16(ip + 6) & 0x3fff)
                    && (ip[9] == IP_PROTO_UDP || ip[9] == IP_PROTO_TCP);

    if (kind == ECMP_OUTER_5TUPLE && is_plain) {
        return ecmp_mix(seed, get_be64(ip + 12),
                        (uint64_t) get_be32(ip + 20) << 8 | ip[9]);
    }
    return ecmp_hash_special(kind, seed, ip, stored);
}

/* Returns which of 'n' equal hops a hash chooses. */
static inline uint32_t
ecmp_choose(uint32_t hash, uint32_t n)
{
    return (uint32_t) ((uint64_t) hash * n >> 32);
}

#endif /* models/fabric/ecmp.h */

/* Hash functions of a MAC table with buckets: which bucket an address has.
 *
 *     multiplicative   the upper bits of (VLAN, MAC) times 2^64 / phi (Knuth,
 *                      The Art of Computer Programming 3, section 6.4)
 *     crc32            CRC-32 of IEEE 802.3 over the VLAN in 2 bytes and the MAC
 *                      in 6; its remainder by the number of buckets
 *     xor-fold         (VLAN, MAC) cut from its lower end into pieces as wide as
 *                      a bucket's number, their exclusive or; its remainder
 *
 * If the number of buckets is a power of two, a remainder is the lower bits.
 * Real switches have such functions; which addresses collide depends on them,
 * and with consecutive addresses they are far from random. */

#ifndef MODELS_FABRIC_MAC_HASH_H
#define MODELS_FABRIC_MAC_HASH_H 1

#include <stdint.h>

/* In the order of the words of a scenario. */
enum mac_hash {
    MAC_HASH_MULTIPLICATIVE,
    MAC_HASH_CRC32,
    MAC_HASH_XOR_FOLD,
};

uint32_t mac_hash_bucket(enum mac_hash, uint64_t key, uint32_t n_buckets);

#endif /* models/fabric/mac_hash.h */

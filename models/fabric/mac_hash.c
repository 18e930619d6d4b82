#include "models/fabric/mac_hash.h"

#define PHI_64     UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / phi, odd. */
#define CRC32_POLY UINT32_C(0xedb88320)         /* IEEE 802.3, reflected. */

/* CRCs of the 16 half bytes: a table that stays in two cache lines. */
static const uint32_t crc32_nibbles[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
    0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
    0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

static uint32_t
crc32(uint64_t key)
{
    uint32_t crc = UINT32_MAX;

    for (int shift = 56; shift >= 0; shift -= 8) {
        crc ^= (uint8_t) (key >> shift);
        crc = crc >> 4 ^ crc32_nibbles[crc & 15];
        crc = crc >> 4 ^ crc32_nibbles[crc & 15];
    }
    return ~crc;
}

static uint32_t
xor_fold(uint64_t key, uint32_t n_buckets)
{
    uint32_t fold = 0;
    int bits = 1;

    while (bits < 32 && UINT64_C(1) << bits < n_buckets) {
        bits++;
    }
    for (; key; key >>= bits) {
        fold ^= (uint32_t) (key & ((UINT64_C(1) << bits) - 1));
    }
    return fold;
}

/* Returns the bucket, of 'n_buckets', of the address of 'key', as of
 * mac_table_key(). */
uint32_t
mac_hash_bucket(enum mac_hash hash, uint64_t key, uint32_t n_buckets)
{
    switch (hash) {
    case MAC_HASH_MULTIPLICATIVE:
        return (uint32_t) ((key * PHI_64 >> 32) * n_buckets >> 32);
    case MAC_HASH_CRC32: return crc32(key) % n_buckets;
    case MAC_HASH_XOR_FOLD: return xor_fold(key, n_buckets) % n_buckets;
    }
    return 0;
}

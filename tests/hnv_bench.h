/* What tests of the datapaths share: the records of the golden frames'
 * conventions (HNV.md section 8) and packets for which a sanitizer sees a read
 * behind the bytes that are held. */

#ifndef TESTS_HNV_BENCH_H
#define TESTS_HNV_BENCH_H 1

#include "models/hnv/datapath.h"

/* Records by rule: rewriting has a provider address for each VM, NVGRE one for
 * each host.  SQL is on Host1, WEB on Host2. */
enum hnv_vm { BLUE_SQL, BLUE_WEB, RED_SQL, RED_WEB, N_HNV_VMS };

/* Addresses: of the customers and the provider, IPv4 or IPv6. */
struct policy_record hnv_record(enum hnv_vm, enum policy_rule,
                                uint8_t ca_family, uint8_t pa_family);

/* The datapath of Host1 or Host2. */
struct datapath hnv_datapath(int host);

struct ip_addr ip_of(const char *text);
struct eth_addr mac_of(const char *text);

/* A packet in a block of its own that ends with the last byte held.  The first
 * 'stored' of its 'size' bytes are those at 'data'. */
struct packet *hnv_packet(const uint8_t *data, size_t stored, size_t size);

/* Writes a frame from the VM of 'src' to that of 'dst', whose IP packet of
 * 'protocol' carries the 'size' bytes at 'l4', and returns its bytes.  'data'
 * has room for 60 more.  'fragment' is IPv4's fragment fields, or not 0 for an
 * IPv6 fragment header with offset 8 times 'fragment' - 1. */
size_t hnv_frame(uint8_t *data, const struct policy_record *src,
                 const struct policy_record *dst, uint8_t protocol,
                 uint16_t fragment, const uint8_t *l4, size_t size);

/* Returns the checksum field of what the IP packet in the frame at 'data'
 * carries, or null. */
uint8_t *hnv_checksum_field(const struct frame_view *, uint8_t *data);

/* Returns what that field would have to be. */
uint16_t hnv_right_checksum(const struct frame_view *, const uint8_t *data,
                            size_t size);

/* Makes it so. */
void hnv_set_checksum(uint8_t *data, size_t size);

/* Fails unless all checksums are right. */
void hnv_assert_checksums(const uint8_t *data, size_t size);

void hnv_assert_packet(const struct packet *, const uint8_t *data,
                       size_t size);
void hnv_assert_drop(const struct fate *, enum datapath_drop);

#endif /* tests/hnv_bench.h */

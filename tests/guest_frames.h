/* Frames made by hand, to be given to a guest (guest_pair_inject()).
 *
 * Guest n of a pair is 10.1.1.n+1 at 00:15:5d:01:01:n+1; a stranger on its link
 * is 10.1.1.99 at 02:00:00:00:00:99. */

#ifndef TESTS_GUEST_FRAMES_H
#define TESTS_GUEST_FRAMES_H 1

#include "models/wire/arp.h"
#include "models/wire/eth.h"
#include "models/wire/icmp.h"
#include "models/wire/ipv4.h"
#include "tests/guest_pair.h"

#define FRAME_MAX   2048
#define STRANGER    0x0a010163
#define NOBODY      0x0a0101c8 /* 10.1.1.200: does not answer. */
#define GUEST_IP(n) (0x0a010101 + (uint32_t) (n))

struct frame {
    uint8_t bytes[FRAME_MAX];
    size_t size;
};

struct eth_addr frame_stranger_mac(void);
struct eth_addr frame_guest_mac(unsigned int n);

/* From the stranger to guest 0: the caller changes what it likes. */
struct arp_hdr frame_arp_request(void);
struct ipv4_hdr frame_ipv4_hdr(uint8_t protocol);

struct frame frame_arp(struct eth_addr dst, const struct arp_hdr *);
struct frame frame_ipv4(struct eth_addr dst, const struct ipv4_hdr *,
                        const uint8_t *payload, size_t size);
struct frame frame_icmp(uint8_t type, uint8_t code, uint32_t rest,
                        const uint8_t *data, size_t size);
struct frame frame_udp(uint16_t dport, size_t size);

void frame_inject(struct guest_pair *, const struct frame *);

#endif /* tests/guest_frames.h */

/* Glance: what the host asks of a frame, and no more.
 *
 * frame_parse() (models/wire/frame.h) tells all that can be seen in a frame;
 * this reads the Ethernet header and the addresses of ARP or IP behind it, once
 * for every frame that passes.  Lengths are checked here and nowhere else in
 * the room. */

#ifndef MODELS_HOST_GLANCE_H
#define MODELS_HOST_GLANCE_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"
#include "sim/packet.h"

struct glance {
    struct eth_hdr eth;
    struct ip_addr src, dst; /* Of IP or ARP; family 0: neither. */
    struct eth_addr arp_sha; /* Sender's MAC, of ARP. */
    uint16_t arp_op;         /* 0: not ARP. */
    uint8_t protocol;        /* IP's, 0 if not IP. */
    bool is_malformed;       /* ARP or IP headers cut short or wrong. */
    uint32_t size;           /* Bytes of the frame without its pad. */
};

bool glance_at(struct glance *, const struct packet *);

/* True of an ARP message in which the sender asks for its own address: it tells
 * everybody its MAC and wants no answer (RFC 5227 section 3). */
static inline bool
glance_is_announcement(const struct glance *g)
{
    return ip_addr_equal(&g->src, &g->dst);
}

#endif /* models/host/glance.h */

/* UDP: sockets of a guest (RFC 768, RFC 1122 section 4.1).
 *
 * Checksums are always sent and, where there is one, verified.  The payload is
 * what the sender gives and then zeros, which packets do not store.
 *
 * A socket belongs to who opened it, and is closed before its guest is freed.
 * Sockets may be used from any callback: datagrams wait in the guest's queue.
 * Who sends from an event of its own calls guest_flush() when done. */

#ifndef MODELS_GUEST_UDP_H
#define MODELS_GUEST_UDP_H 1

#include "models/guest/stack.h"

/* What IPv4 can carry. */
#define UDP_PAYLOAD_MAX (65535 - 20 - 8)

struct udp_socket;

/* A datagram that arrived; gone when the callback returns. */
struct udp_datagram {
    const struct packet *pkt;
    struct ip_addr src;
    uint16_t sport;
    const uint8_t *data; /* Payload: 'stored' bytes, then zeros. */
    size_t stored, size;
};

/* What a socket's owner is told; null members are not called. */
struct udp_app {
    void (*received)(struct udp_socket *, void *user,
                     const struct udp_datagram *);
    void (*failed)(struct udp_socket *, void *user, const struct icmp_hdr *);
};

struct udp_socket *udp_open(struct guest *, uint16_t port,
                            const struct udp_app *, void *user);
void udp_close(struct udp_socket *);
void udp_send(struct udp_socket *, struct ip_addr dst, uint16_t dport,
              struct guest_flow_tag, const uint8_t *data, size_t stored,
              size_t size);
uint16_t udp_port(const struct udp_socket *);

#endif /* models/guest/udp.h */

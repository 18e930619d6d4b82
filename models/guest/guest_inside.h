/* The guest's own files among themselves.
 *
 *     guest.c       Ethernet, the queue of what it sends, its life
 *     guest_arp.c   next hops' MACs
 *     guest_ipv4.c  IPv4 in and out, routing, the path MTU
 *     guest_icmp.c  echo and errors
 *
 * Down: guest_send_ip() -> guest_arp_send() -> guest_transmit().  Up:
 * guest_input() -> guest_ipv4_input() -> guest_icmp_input() or a transport.
 * Transports and workloads do not include this header. */

#ifndef MODELS_GUEST_GUEST_INSIDE_H
#define MODELS_GUEST_GUEST_INSIDE_H 1

#include <glib.h>

#include "models/guest/stack.h"
#include "models/wire/eth.h"

struct flow_port;
struct guest_arp;
struct guest_echo;
struct guest_paths;

/* Small, for there are many that never speak: what hangs from the pointers is
 * made when it is first needed. */
struct guest {
    struct node *node;
    guest_output_fn *output;
    void *owner;
    const char *name;
    struct packet_queue sending; /* Waits for guest_flush(). */
    struct tap_point tap;
    char *tap_name;
    struct guest_arp *arp;
    struct guest_paths *paths; /* MTUs that ICMP has lowered. */
    struct guest_echo *echo;   /* Who pings. */
    struct tcp_stack *tcp;
    struct udp_stack *udp;
    struct flow_port *flow_ports; /* Where workloads listen. */
    GPtrArray *late;              /* Events that were due while paused. */
    uint32_t address, netmask;    /* IPv4, in host order. */
    uint32_t gateway;             /* 0: it has none. */
    uint32_t tenant;
    uint16_t mtu;
    uint16_t ip_id; /* Of the last packet sent. */
    bool is_paused, is_active;
    struct eth_addr mac;
};

/* Life inside another object; guest_new() and guest_free() are on the heap. */
void guest_init(struct guest *, struct node *, const struct guest_config *,
                guest_output_fn *, void *owner);
void guest_clear(struct guest *);

/* Fetching into the cache what comes next, in steps: see sim/event.h. */
void guest_prefetch_input(const struct guest *, unsigned int step);
void guest_arp_prefetch(struct guest_arp *, uint32_t next_hop,
                        unsigned int step);

/* Ethernet. */
void guest_transmit(struct guest *, struct packet *, struct eth_addr dst,
                    uint16_t type);

/* ARP. */
void guest_arp_send(struct guest *, struct packet *, uint32_t next_hop);
void guest_arp_input(struct guest *, struct packet *frame);
uint64_t guest_arp_held(const struct guest *);
void guest_arp_free(struct guest_arp *);

/* IPv4. */
void guest_ipv4_input(struct guest *, struct packet *frame);
void guest_path_lower(struct guest *, const struct ip_addr *dst, uint32_t mtu);

/* ICMP. */
void guest_icmp_input(struct guest *, const struct guest_ip_packet *);
void guest_icmp_report(struct guest *, const struct icmp_hdr *,
                       const uint8_t *quoted, size_t size);
void guest_echo_free(struct guest_echo *);

/* Returns the broadcast address of the guest's subnet.  One of two addresses or
 * fewer has none (RFC 3021): 255.255.255.255 then. */
static inline uint32_t
guest_subnet_broadcast(const struct guest *guest)
{
    return ~guest->netmask > 1 ? guest->address | ~guest->netmask : 0xffffffff;
}

#endif /* models/guest/guest_inside.h */

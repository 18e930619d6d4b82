/* What the layers of a guest offer each other.
 *
 * Down: a transport fills a packet with its own header and payload, checksum
 * and all, and gives it to guest_send_ip(), which puts IPv4 and Ethernet in
 * front, resolves the next hop and queues it.  Up: guest_input() takes Ethernet
 * and IPv4 apart and calls the transport's input with the packet still whole;
 * a transport's input ends the packet (guest_end_packet()).
 *
 * Only files of this room include this header. */

#ifndef MODELS_GUEST_STACK_H
#define MODELS_GUEST_STACK_H 1

#include "models/guest/guest.h"
#include "models/wire/icmp.h"
#include "models/wire/ipv4.h"

struct tcp_stack;
struct udp_stack;

/* An IPv4 packet on its way up. */
struct guest_ip_packet {
    struct packet *pkt;      /* From the Ethernet header on, unpadded. */
    const uint8_t *l4;       /* First byte behind the IPv4 header. */
    size_t l4_stored;        /* Bytes there that may be read. */
    size_t l4_size;          /* Bytes there, unstored zeros included. */
    struct ip_addr src, dst; /* Of the packet. */
    uint8_t tos;             /* DSCP << 2 | ECN. */
    uint8_t protocol;
};

/* Which flow a packet belongs to, and how that is marked. */
struct guest_flow_tag {
    uint32_t flow; /* Index of the flow, 0 if none. */
    bool reply;    /* From the flow's second end to its first. */
    uint8_t tos;   /* DSCP << 2 | ECN of its IP packets. */
};

/* The tag of an answer to 'pkt', not marked. */
static inline struct guest_flow_tag
guest_answer_tag(const struct packet *pkt)
{
    return (struct guest_flow_tag){ pkt->tag.flow, !pkt->tag.reply, 0 };
}

struct packet *guest_new_packet(struct guest *, struct guest_flow_tag,
                                size_t stored, size_t size);
void guest_send_ip(struct guest *, struct packet *, const struct ip_addr *dst,
                   uint8_t protocol, uint8_t tos);
void guest_end_packet(struct guest *, struct packet *, enum guest_fate);

/* Path MTU towards 'dst': the NIC's MTU unless ICMP has lowered it. */
uint16_t guest_mtu(const struct guest *, struct ip_addr dst);

/* Sends an ICMP error about the received 'in', as RFC 1122 section 3.2.2
 * allows; does not end the packet. */
void guest_send_icmp_error(struct guest *, const struct guest_ip_packet *in,
                           uint8_t type, uint8_t code);

/* Every event of a guest asks this first, does nothing if it is false, and ends
 * with guest_flush(). */
bool guest_begin(struct guest *, struct event *);

/* Fetches into the cache what sending to 'dst' will touch, in steps from 1 on,
 * some events apart. */
void guest_prefetch_output(const struct guest *, uint32_t dst,
                           unsigned int step);

/* The transports' state, made when first asked for. */
struct tcp_stack *guest_tcp(struct guest *);
struct udp_stack *guest_udp(struct guest *);

/* Transports: input takes the packet and ends it. */
void tcp_input(struct guest *, const struct guest_ip_packet *);
void udp_input(struct guest *, const struct guest_ip_packet *);
void udp_prefetch(const struct udp_stack *, unsigned int step);

/* An ICMP error quotes a segment that the guest sent: from the IPv4 header
 * on, 'size' bytes. */
void tcp_icmp_error(struct guest *, const struct icmp_hdr *,
                    const uint8_t *quoted, size_t size);
void udp_icmp_error(struct guest *, const struct icmp_hdr *,
                    const uint8_t *quoted, size_t size);

struct tcp_stack *tcp_stack_new(struct guest *);
void tcp_stack_free(struct tcp_stack *);
struct udp_stack *udp_stack_new(struct guest *);
void udp_stack_free(struct udp_stack *);

#endif /* models/guest/stack.h */

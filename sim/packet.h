/* Packet: real bytes, and what is known about them beside the bytes.
 *
 *     buf            data         data + stored                 data + size
 *      |   headroom   |  bytes held   |  zeros, counted but not held  |
 *
 * Headers are pushed into the headroom on the way down a stack and pulled off
 * on the way up.  A tail of zeros (the payload that workloads send, padding)
 * is not stored: it adds nothing to an internet checksum, and captures write
 * it out.
 *
 * A packet has one owner and is in one place.  Outside this module, a function
 * given a 'struct packet *' takes it, and must send, queue, return or end it;
 * one given a 'const struct packet *' only looks.  Who needs a second packet
 * clones it.  There are no reference counts.
 *
 * Packets come from their run's pool and go back to it.  Every packet ends by
 * node_end_packet() (sim/node.h), which names its fate; packet_free() is for
 * that function and for teardown. */

#ifndef SIM_PACKET_H
#define SIM_PACKET_H 1

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/clock.h"

struct packet_pool;
struct sim;

/* Room for every header a host can push in front of a customer's frame: outer
 * Ethernet 14, 802.1Q 4, IPv6 40, UDP 8, VXLAN or GRE 8; or 20 by which IPv6
 * outgrows IPv4.  And 38, so that a packet's own headers begin a cache line.
 * With them (Ethernet to TCP with options at most 14 + 40 + 60) this fits the
 * small class. */
#define PACKET_HEADROOM   134
#define PACKET_SMALL      320  /* Bytes of a usual packet, all told. */
#define PACKET_STORED_MAX 9600 /* Bytes a large packet can hold. */
#define PACKET_LARGE      9856 /* Its bytes, all told. */

/* What is known of a packet beside its bytes.  Flows and tenants are indices
 * whose names live elsewhere; 0 is none.  Nothing here may decide where a
 * packet goes. */
struct packet_tag {
    uint64_t packet;  /* Number of the packet, unique but for clones. */
    uint32_t flow;    /* Workload that made it. */
    uint32_t tenant;  /* Tenant whose VM made it. */
    uint32_t vsid;    /* Virtual subnet it was last seen in, 0 if none. */
    bool reply;       /* It travels from the flow's second end to the first. */
    const char *step; /* What was last done to it ("encap"), or null. */
};

struct packet {
    struct packet *next;   /* In the one queue that holds it. */
    sim_time due;          /* When it arrives, while on a link. */
    struct packet_tag tag; /* What is known beside the bytes. */
    uint32_t size;         /* Bytes on the wire. */
    uint16_t stored;       /* The first of them, which are held. */
    uint16_t head;         /* Offset of the first one in 'buf'. */
    uint16_t capacity;     /* Bytes of 'buf'. */
    uint8_t buf[];
};

struct packet_pool *packet_pool_new(void);
void packet_pool_free(struct packet_pool *);
uint64_t packet_pool_alive(const struct packet_pool *);

struct packet *packet_alloc(struct packet_pool *, size_t stored, size_t size);
struct packet *packet_copy(struct packet_pool *, const struct packet *);
void packet_free(struct packet_pool *, struct packet *);
void packet_encode(const struct packet *, GByteArray *);
struct packet *packet_decode(struct packet_pool *, const uint8_t *data,
                             size_t *at);

void packet_store(struct packet *, size_t n);

/* Fetches what is known of 'pkt', and its headers, most likely. */
static inline void
packet_prefetch(const struct packet *pkt)
{
    __builtin_prefetch(pkt, 1);
    __builtin_prefetch(pkt->buf + PACKET_HEADROOM, 1);
}

/* Returns the first byte of 'pkt'; 'pkt->stored' of them may be read. */
static inline uint8_t *
packet_data(const struct packet *pkt)
{
    return (uint8_t *) pkt->buf + pkt->head;
}

/* Cuts 'pkt' to its first 'size' bytes, if it is longer. */
static inline void
packet_trim(struct packet *pkt, size_t size)
{
    if (pkt->size > size) {
        pkt->size = (uint32_t) size;
        if (pkt->stored > size) {
            pkt->stored = (uint16_t) size;
        }
    }
}

/* Adds zeros to 'pkt' until it has 'size' bytes, if it is shorter. */
static inline void
packet_pad(struct packet *pkt, size_t size)
{
    if (pkt->size < size) {
        pkt->size = (uint32_t) size;
    }
}

/* Puts 'n' bytes in front of 'pkt' and returns them for the caller to fill.
 * There must be headroom: a bug otherwise. */
static inline uint8_t *
packet_push(struct packet *pkt, size_t n)
{
    g_assert(n <= pkt->head);
    pkt->head = (uint16_t) (pkt->head - n);
    pkt->stored = (uint16_t) (pkt->stored + n);
    pkt->size += (uint32_t) n;
    return packet_data(pkt);
}

/* Takes the first 'n' bytes off 'pkt', which must be stored, and returns
 * them; they stay readable until the next push. */
static inline uint8_t *
packet_pull(struct packet *pkt, size_t n)
{
    uint8_t *data = packet_data(pkt);

    g_assert(n <= pkt->stored);
    pkt->head = (uint16_t) (pkt->head + n);
    pkt->stored = (uint16_t) (pkt->stored - n);
    pkt->size -= (uint32_t) n;
    return data;
}

/* A FIFO of packets.  All zeros is an empty queue. */
struct packet_queue {
    struct packet *first, *last;
    size_t n_packets;
};

void packet_queue_push(struct packet_queue *, struct packet *);
struct packet *packet_queue_pop(struct packet_queue *); /* Null if empty. */

#endif /* sim/packet.h */

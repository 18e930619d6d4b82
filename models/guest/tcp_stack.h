/* TCP of one guest: its connections, its listeners, and its constants.
 *
 * Connections are found by local port and remote end in a hash table of their
 * own, which chains them through their 'next'.  Only its look-up is on a
 * packet's way; nothing that shows iterates it.
 *
 * Local ports go round from TCP_PORT_FIRST up, past those that are in use, in
 * TIME-WAIT too.  Initial sequence numbers are those of RFC 9293 section
 * 3.4.1: a clock of 4 us and a hash of the connection's ends, keyed by the
 * random stream "GUEST/isn".
 *
 * Only TCP's files include this header. */

#ifndef MODELS_GUEST_TCP_STACK_H
#define MODELS_GUEST_TCP_STACK_H 1

#include "models/guest/tcp.h"
#include "sim/random.h"

#define TCP_BACKLOG     128 /* Half-open connections of a listener. */
#define TCP_MSS_DEFAULT 536 /* RFC 9293 section 3.7.1. */
#define TCP_MSS_MIN     88  /* Less is a peer's mischief: Linux's. */
#define TCP_HEADERS     (IPV4_HLEN + TCP_HLEN)
#define TCP_PORT_FIRST  49152         /* RFC 6335 section 6: dynamic ports. */
#define TCP_DUP_ACKS    3             /* RFC 5681 section 3.2. */
#define TCP_DELAYED_ACK (40 * SIM_MS) /* RFC 1122: at most 500 ms. */
#define TCP_2MSL        (60 * SIM_S)
#define TCP_OFS_SEQ     4  /* In the header. */
#define TCP_CHALLENGES  10 /* A second, RFC 5961 section 7. */

/* RFC 6298 wants at least 1 s; hosts use 200 ms, and so do we: in a data
 * centre 1 s would hide everything else. */
#define TCP_RTO_MIN       (200 * SIM_MS)
#define TCP_RTO_MAX       (60 * SIM_S)
#define TCP_RTO_START     (1 * SIM_S)
#define TCP_RTO_AFTER_SYN (3 * SIM_S) /* RFC 6298 section 5.7. */
#define TCP_R2            15          /* Retransmissions in a row. */
#define TCP_R2_SYN        6

struct tcp_listener {
    struct tcp_listener *next;
    struct tcp_stack *stack;
    uint16_t port;
    uint32_t n_half_open;
    struct tcp_config config;
    tcp_accept_fn *accept;
    void *user;
};

struct tcp_stack {
    struct guest *guest;
    struct ip_addr address;    /* The guest's. */
    struct tcp_conn **buckets; /* By local port and remote end. */
    uint32_t n_buckets;        /* A power of two. */
    uint32_t n_conns;
    struct tcp_listener *listeners;
    struct random_stream isn;
    uint16_t next_port;
};

struct tcp_conn *tcp_lookup(const struct tcp_stack *, uint16_t lport,
                            const struct ip_addr *remote, uint16_t rport);
struct tcp_listener *tcp_lookup_listener(const struct tcp_stack *,
                                         uint16_t port);
void tcp_table_add(struct tcp_stack *, struct tcp_conn *);
void tcp_table_remove(struct tcp_stack *, struct tcp_conn *);
uint16_t tcp_choose_port(struct tcp_stack *, const struct ip_addr *remote,
                         uint16_t rport);
uint32_t tcp_choose_isn(const struct tcp_conn *);

#endif /* models/guest/tcp_stack.h */

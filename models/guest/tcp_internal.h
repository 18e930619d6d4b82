/* What TCP's files offer each other.
 *
 *     tcp.c           what applications call
 *     tcp_conn.c      life of a connection, what applications are told
 *     tcp_table.c     which connection or listener a segment is for; ports
 *     tcp_input.c     RFC 9293 section 3.10.7: segments that arrive
 *     tcp_handshake.c the same in LISTEN, SYN-SENT and SYN-RECEIVED
 *     tcp_ack.c       acknowledgments, windows, round trips
 *     tcp_recovery.c  RFC 6582 and 6298 section 5: loss
 *     tcp_receive.c   text and FIN, the window offered
 *     tcp_output.c    when to send what
 *     tcp_segment.c   segments' bytes
 *     tcp_timer.c     the timers
 *     tcp_icmp.c      ICMP errors
 *
 * Whoever enters a connection (a segment, a timer, the application) calls
 * tcp_enter() first and tcp_leave() last.  What is to be sent is sent by the
 * outermost tcp_leave(), so an answer that the application writes while it is
 * told of data carries their acknowledgment.
 *
 * Only TCP's files include this header. */

#ifndef MODELS_GUEST_TCP_INTERNAL_H
#define MODELS_GUEST_TCP_INTERNAL_H 1

#include "models/guest/tcp_conn.h"
#include "models/guest/tcp_stack.h"
#include "models/wire/tcp.h"

/* A segment that arrived.  Trimming changes it; seq to len fit together. */
struct tcp_segment {
    const struct guest_ip_packet *in;
    uint32_t seq, ack;
    uint32_t len;    /* Payload. */
    uint32_t window; /* Bytes. */
    uint16_t sport, dport;
    uint8_t header_length; /* Bytes, options included. */
    uint8_t flags;
};

/* Numbers that 'seg' takes: RFC 9293's SEG.LEN. */
static inline uint32_t
tcp_segment_space(const struct tcp_segment *seg)
{
    return seg->len + !!(seg->flags & TCP_SYN) + !!(seg->flags & TCP_FIN);
}

static inline struct node *
tcp_node(const struct tcp_conn *conn)
{
    return guest_node(conn->stack->guest);
}

static inline sim_time
tcp_now(const struct tcp_conn *conn)
{
    return sim_now(tcp_node(conn)->sim);
}

/* tcp_conn.c */
struct tcp_conn *tcp_conn_new(struct tcp_stack *, struct ip_addr remote,
                              uint16_t lport, uint16_t rport,
                              const struct tcp_config *,
                              struct guest_flow_tag);
void tcp_conn_free(struct tcp_conn *);
void tcp_enter(struct tcp_conn *);
void tcp_leave(struct tcp_conn *);
void tcp_establish(struct tcp_conn *);
void tcp_time_wait(struct tcp_conn *);
void tcp_end(struct tcp_conn *, enum tcp_end);

/* Segments that arrive.  A fate is what becomes of the segment. */
const struct fate *tcp_challenge(struct tcp_conn *);
const struct fate *tcp_listen_input(struct tcp_listener *,
                                    const struct tcp_segment *);
const struct fate *tcp_syn_sent_input(struct tcp_conn *,
                                      const struct tcp_segment *);
const struct fate *tcp_syn_received_syn(struct tcp_conn *,
                                        struct tcp_segment *);
const struct fate *tcp_syn_received_ack(struct tcp_conn *,
                                        const struct tcp_segment *);
const struct fate *tcp_ack_input(struct tcp_conn *,
                                 const struct tcp_segment *);
const struct fate *tcp_receive(struct tcp_conn *, struct tcp_segment *);

/* Text received and the window offered. */
void tcp_read_held(struct tcp_conn *);
uint16_t tcp_offer_window(struct tcp_conn *, bool in_syn);

/* Round trips and loss. */
void tcp_rtt_sample(struct tcp_conn *, uint32_t ack);
void tcp_recovery_init(struct tcp_conn *);
void tcp_recovery_new_ack(struct tcp_conn *, uint32_t bytes, uint32_t flight);
void tcp_recovery_dup_ack(struct tcp_conn *);
void tcp_recovery_timeout(struct tcp_conn *);
void tcp_recovery_restart(struct tcp_conn *);

/* Sending. */
void tcp_output(struct tcp_conn *);
void tcp_retransmit_first(struct tcp_conn *);
void tcp_probe(struct tcp_conn *);
void tcp_send(struct tcp_conn *, uint32_t seq, uint32_t len, uint8_t flags);
void tcp_send_syn(struct tcp_conn *);
void tcp_send_ack(struct tcp_conn *);
void tcp_send_reset(struct tcp_conn *);
void tcp_refuse(struct tcp_stack *, const struct tcp_segment *);

/* Timers. */
void tcp_timers_init(struct tcp_conn *);
void tcp_timer_set(struct tcp_conn *, enum tcp_timer, sim_time delay);
void tcp_timer_clear(struct tcp_conn *, enum tcp_timer);
bool tcp_timer_is_set(const struct tcp_conn *, enum tcp_timer);
void tcp_timers_clear(struct tcp_conn *);

#endif /* models/guest/tcp_internal.h */

/* A TCP connection, as TCP's own files see it.
 *
 * Sequence numbers are RFC 9293's, modulo 2^32, compared by seq_lt() and its
 * like.  The data to send are counts: 'queued' bytes lie between snd_una and
 * the end of what was written, so the byte at sequence number s is there if
 * s - snd_una < queued, and a segment is rebuilt from its numbers alone.
 *
 *     snd_una          snd_nxt           snd_max        snd_una + queued
 *        |  sent, not     |  sent before    |   not yet      |
 *        |  acknowledged  |  a timeout      |   sent         |
 *
 * All four timers share one event: a deadline that moves later, or away, leaves
 * the event where it is, and when it fires too early it goes to the next
 * deadline. */

#ifndef MODELS_GUEST_TCP_CONN_H
#define MODELS_GUEST_TCP_CONN_H 1

#include "models/guest/tcp.h"
#include "models/guest/tcp_reassembly.h"
#include "sim/event.h"

enum tcp_state {
    TCP_CLOSED,
    TCP_SYN_SENT,
    TCP_SYN_RECEIVED,
    TCP_ESTABLISHED,
    TCP_FIN_WAIT_1,
    TCP_FIN_WAIT_2,
    TCP_CLOSE_WAIT,
    TCP_CLOSING,
    TCP_LAST_ACK,
    TCP_TIME_WAIT,
};

enum tcp_timer {
    TCP_TIMER_RETRANSMIT,
    TCP_TIMER_PERSIST, /* Probes a closed window. */
    TCP_TIMER_DELAYED_ACK,
    TCP_TIMER_TIME_WAIT,
    TCP_N_TIMERS
};

struct tcp_conn {
    struct tcp_conn *next; /* In its bucket. */
    struct tcp_stack *stack;
    struct ip_addr remote;
    uint16_t lport, rport;
    enum tcp_state state;
    uint32_t busy; /* Calls that use it: it is not freed until 0. */

    /* Timers. */
    struct event timer;
    sim_time deadline[TCP_N_TIMERS]; /* SIM_NEVER: not set. */

    /* Sending. */
    uint32_t iss;
    uint32_t snd_una, snd_nxt, snd_max;
    uint32_t snd_wnd;            /* Window the peer offers, from snd_una. */
    uint32_t snd_wl1, snd_wl2;   /* Seq and ack of the last window update. */
    uint32_t max_snd_wnd;        /* Largest window it ever offered. */
    uint64_t queued;             /* Bytes from snd_una to the last written. */
    uint16_t mss;                /* Payload of a full segment to the peer. */
    uint8_t snd_scale;           /* The peer's shift. */
    bool close_wanted, fin_sent; /* FIN's number is snd_una + queued. */
    sim_time last_sent;          /* When data was last sent, -1: never. */

    /* Receiving. */
    uint32_t irs;
    uint32_t rcv_nxt;
    uint32_t rcv_adv;    /* End of the window offered to the peer. */
    uint32_t rcv_acked;  /* Last acknowledgment number sent. */
    uint32_t rcv_unread; /* In order, kept as the application holds. */
    uint16_t rcv_mss;    /* Largest payload of a segment received. */
    uint8_t rcv_scale;
    bool scale_ok; /* Both scale their windows. */
    bool held;     /* The application does not read. */
    bool ack_now, ack_delayed;
    bool fin_seen;        /* FIN received, perhaps out of order: */
    uint32_t fin_seq;     /* its number. */
    bool fin_taken;       /* All before it has arrived too. */
    bool eof_told;        /* The application has been told. */
    struct tcp_gaps gaps; /* Data out of order. */

    /* Round trips (RFC 6298). */
    bool rtt_running; /* A segment is being timed: */
    uint32_t rtt_seq; /* an ACK of this number ends it. */
    sim_time rtt_start;
    uint32_t n_backoffs; /* Timeouts in a row. */
    uint32_t n_probes;   /* Probes in a row. */

    /* Congestion and loss recovery (RFC 5681, 6582). */
    const struct tcp_congestion *congestion;
    struct tcp_control control;
    uint32_t recover;       /* snd_max when recovery or timeout began. */
    uint32_t prev_snd_una;  /* snd_una before the last new ACK. */
    uint32_t n_dup_acks;    /* In a row. */
    bool in_recovery;       /* Fast recovery. */
    bool partial_ack_seen;  /* In this recovery. */
    bool timeout_recovery;  /* snd_una < recover, set by a timeout. */
    sim_time challenge_end; /* Of the second in which challenges count. */
    uint32_t n_challenges;  /* In it. */

    /* The application's. */
    const struct tcp_app *app;
    void *user;
    bool app_told_closed;
    struct tcp_config config;
    struct guest_flow_tag tag;
    struct tcp_listener *listener; /* While half-open there. */
    struct tcp_stats stats;
};

static inline bool
seq_lt(uint32_t a, uint32_t b)
{
    return (int32_t) (a - b) < 0;
}

static inline bool
seq_le(uint32_t a, uint32_t b)
{
    return (int32_t) (a - b) <= 0;
}

static inline uint32_t
seq_max(uint32_t a, uint32_t b)
{
    return seq_lt(a, b) ? b : a;
}

#endif /* models/guest/tcp_conn.h */

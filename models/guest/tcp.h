/* TCP: connections of a guest (RFC 9293, 5681, 6298, 6582, 7323 window
 * scaling, 5961).
 *
 * Applications write counts of bytes: the data are zeros, which the packets do
 * not store.  All else is real: handshake, options, sequence numbers,
 * checksums, windows, retransmission, congestion control, orderly and abortive
 * close, TIME-WAIT.
 *
 * Ownership: a connection belongs to its guest's TCP and lives until its
 * application has been told 'closed' (which it is exactly once) and TIME-WAIT
 * is over; the application forgets its pointer then.  Applications may call
 * any function here from any callback: segments wait in the guest's queue, so
 * nothing recurses.  Who calls from an event of its own calls guest_flush()
 * when done. */

#ifndef MODELS_GUEST_TCP_H
#define MODELS_GUEST_TCP_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/guest/stack.h"
#include "models/guest/tcp_congestion.h"
#include "sim/clock.h"

struct tcp_conn;
struct tcp_listener;

enum tcp_end {
    TCP_END_CLOSED,  /* Both sides finished. */
    TCP_END_RESET,   /* The peer reset it. */
    TCP_END_REFUSED, /* The peer reset it in answer to SYN. */
    TCP_END_TIMEOUT, /* Retransmitted too often. */
    TCP_END_ABORTED, /* The application aborted it. */
};

/* What an application is told; null members are not called. */
struct tcp_app {
    void (*established)(struct tcp_conn *, void *user);
    void (*received)(struct tcp_conn *, void *user, uint32_t bytes);
    void (*acked)(struct tcp_conn *, void *user, uint32_t bytes);
    void (*peer_closed)(struct tcp_conn *, void *user); /* FIN received. */
    void (*closed)(struct tcp_conn *, void *user, enum tcp_end);
};

struct tcp_config {
    const char *congestion;  /* "newreno", a row of tcp_congestions[]. */
    uint32_t receive_buffer; /* Bytes, 1 to TCP_WINDOW_MAX. */
    uint32_t send_buffer;    /* Bytes written and not yet acknowledged that
                              * tcp_write() takes; 0: no bound. */
    uint16_t initial_window; /* Segments, at least 1; RFC 6928: 10. */
    bool delayed_ack;
    bool nagle;
};
extern const struct tcp_config tcp_config_default;

struct tcp_stats {
    uint64_t bytes_sent; /* Payload, retransmissions left out. */
    uint64_t bytes_acked;
    uint64_t bytes_received; /* In order, handed to the application. */
    uint64_t segments_sent, segments_received;
    uint64_t retransmits;      /* Segments sent again, SYN and FIN too. */
    uint64_t timeouts;         /* Retransmission timer fired. */
    uint64_t fast_retransmits; /* Fast recovery entered. */
    uint64_t probes;           /* Of a closed window. */
    sim_time srtt, rttvar, rto;
    uint32_t cwnd, ssthresh; /* Bytes. */
};

/* How segments end in TCP, beside guest_fates[]. */
#define TCP_FATES(X)                                                          \
    X(UNACCEPTABLE, CONSUMED, "tcp-unacceptable",                             \
      "outside its connection's window or state: a duplicate, a probe of a "  \
      "closed window, or forged")                                             \
    X(BACKLOG_FULL, DROPPED, "tcp-backlog-full",                              \
      "the listener has too many half-open connections")                      \
    X(REASSEMBLY_FULL, DROPPED, "tcp-reassembly-full",                        \
      "out of order, with too many gaps to remember")
enum tcp_fate {
#define X(ID, KIND, NAME, HELP) TCP_FATE_##ID,
    TCP_FATES(X)
#undef X
        TCP_N_FATES
};
extern const struct fate tcp_fates[TCP_N_FATES];

/* Opening.  tcp_connect() chooses a local port if 'lport' is 0. */
struct tcp_conn *tcp_connect(struct guest *, struct ip_addr remote,
                             uint16_t rport, uint16_t lport,
                             const struct tcp_config *, const struct tcp_app *,
                             void *user, struct guest_flow_tag tag);

/* Called for each connection that arrives, before it is established; gives it
 * an application by tcp_set_app(). */
typedef void tcp_accept_fn(struct tcp_conn *, void *user);

struct tcp_listener *tcp_listen(struct guest *, uint16_t port,
                                const struct tcp_config *, tcp_accept_fn *,
                                void *user);
void tcp_listener_free(struct tcp_listener *);
void tcp_set_app(struct tcp_conn *, const struct tcp_app *, void *user);
void tcp_set_tos(struct tcp_conn *, uint8_t tos);

uint64_t tcp_write(struct tcp_conn *, uint64_t bytes);
void tcp_hold(struct tcp_conn *, bool hold);
void tcp_close(struct tcp_conn *);
void tcp_abort(struct tcp_conn *);
const struct tcp_stats *tcp_stats(const struct tcp_conn *);
uint32_t tcp_flow(const struct tcp_conn *); /* Of its tag. */

#endif /* models/guest/tcp.h */

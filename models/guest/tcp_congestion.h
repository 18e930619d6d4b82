/* Congestion control: how much a TCP sender may have in the network.
 *
 * A kind of congestion control is one file and one row of tcp_congestions[]:
 * functions over a struct tcp_control, which knows neither connections nor
 * segments, so that each kind can be tested by itself.
 *
 * The connection notices what happens (new data acknowledged, three duplicate
 * ACKs, a timeout), fills in what the control may read and calls the function
 * for it.  The control decides 'ssthresh', and 'cwnd' outside of recovery.
 * What the loss recovery does with 'cwnd' (inflation by duplicate ACKs, one
 * segment after a timeout, RFC 5681 and 6582) is the connection's: it is the
 * same for all kinds. */

#ifndef MODELS_GUEST_TCP_CONGESTION_H
#define MODELS_GUEST_TCP_CONGESTION_H 1

#include <stdbool.h>
#include <stdint.h>

#include "sim/clock.h"

#define TCP_WINDOW_MAX      (UINT32_C(65535) << 14) /* RFC 7323 section 2.3. */
#define TCP_CONTROL_PRIVATE 8

struct tcp_control {
    /* Decided here. */
    uint32_t cwnd;     /* Congestion window, bytes. */
    uint32_t ssthresh; /* Slow start threshold, bytes. */
    /* Set by the connection before each call. */
    uint32_t mss;    /* Payload of a full segment, bytes. */
    uint32_t flight; /* Bytes sent and not acknowledged. */
    sim_time now;
    sim_time srtt; /* Smoothed round-trip time, 0 if none is known. */
    /* What the kind wants to remember.  All zeros at init(). */
    uint64_t memory[TCP_CONTROL_PRIVATE];
};

/* An ACK of new data. */
struct tcp_acked {
    uint32_t bytes;     /* Newly acknowledged, SYN and FIN left out. */
    bool after_timeout; /* Of data sent before the last timeout. */
    bool window_used;   /* At least half of 'cwnd' was in the network: an
                         * unused window says nothing (RFC 7661 sec. 4.3). */
};

struct tcp_congestion {
    const char *name; /* As in a scenario's 'cc'. */
    const char *help;

    /* A connection is established; 'cwnd' is the initial window. */
    void (*init)(struct tcp_control *);

    /* New data was acknowledged outside of fast recovery. */
    void (*on_ack)(struct tcp_control *, const struct tcp_acked *);

    /* Fast recovery begins: choose 'ssthresh'. */
    void (*on_loss)(struct tcp_control *);

    /* A segment's retransmission timer has run out for the first time: choose
     * 'ssthresh'. */
    void (*on_timeout)(struct tcp_control *);

    /* Fast recovery has ended; 'cwnd' is what RFC 6582 makes of it. */
    void (*on_recovered)(struct tcp_control *);
};

extern const struct tcp_congestion tcp_newreno;

/* Null pointer ends it. */
extern const struct tcp_congestion *const tcp_congestions[];
const struct tcp_congestion *tcp_congestion_by_name(const char *);

#endif /* models/guest/tcp_congestion.h */

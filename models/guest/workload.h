/* Workloads: what makes traffic.
 *
 * A workload of a scenario ("tcp_rr: [blue/web, blue/sql]") becomes one flow
 * with two ends, a client in one guest and a server in another.  The ends share
 * nothing but the flow's configuration, which does not change: each counts for
 * itself, and who wants a total adds the two up after the run.
 *
 * A kind of workload is one file and one row of workload_kinds[]. */

#ifndef MODELS_GUEST_WORKLOAD_H
#define MODELS_GUEST_WORKLOAD_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/guest/distribution.h"
#include "models/guest/guest.h"
#include "models/guest/tcp.h"
#include "sim/clock.h"
#include "sim/histogram.h"

struct udp_datagram;
struct workload_kind;

/* A flow as the scenario describes it. */
struct flow_config {
    const struct workload_kind *kind;
    const char *id;            /* "blue-q"; the caller's. */
    uint32_t index;            /* From 1; tags its packets. */
    struct ip_addr to;         /* Address of the second end. */
    uint8_t tos;               /* DSCP << 2 | ECN of what both ends send. */
    uint16_t port;             /* L4 port of the second end, 0: default. */
    struct distribution start; /* When it starts (ps). */
    sim_time stop;             /* When it stops, SIM_NEVER: not by time. */
    uint64_t count;            /* Pings, datagrams, transactions; 0: no
                                 * bound. */
    struct distribution gap;   /* Between two sends or transactions (ps). */
    struct distribution size;  /* Payload of a ping or datagram (bytes). */
    struct distribution request, response; /* tcp_rr (bytes). */
    struct distribution bytes; /* tcp: how much, has_bytes says whether. */
    bool has_bytes;
    uint64_t rate_bps; /* tcp, udp: payload rate; 0: no bound (tcp)
                                 * or by 'gap' (udp). */
    struct tcp_config tcp;
};

/* What one end has seen.  Each thing is counted by one end only (in brackets:
 * by whom), so the sum of both is the flow's. */
struct flow_stats {
    uint64_t sent;            /* Pings, datagrams, requests; for tcp: 1 [1]. */
    uint64_t received;        /* The same, arrived at the second end [2]; a
                               * ping is known to by its reply [1]. */
    uint64_t completed;       /* Answered (ping, tcp_rr) [1], delivered whole
                               * (tcp), received (udp) [2]. */
    uint64_t sent_bytes;      /* Payload that left this end. */
    uint64_t delivered_bytes; /* Payload that reached this end. */
    uint64_t retransmits;     /* TCP segments of this end. */
    uint64_t resets;          /* Connections that ended by other than close,
                               * or could not be opened [1]. */
    uint64_t errors;          /* ICMP errors about its packets, and hosts that
                               * ARP did not find [1]. */
    sim_time first, last;     /* First send, last delivery; -1: none. */
    struct histogram latency; /* ps: ping RTT, request to response, connect to
                               * close of tcp [1]; datagram one way [2]. */
};

struct flow_end; /* One end, in one guest. */

struct workload_kind {
    const char *name; /* The verb: "tcp_rr". */
    const char *help;
    const char *unit_of_count; /* "transactions". */
    uint16_t default_port;     /* Of the second end, 0: has no ports. */

    /* The first end: starts when it is time, and does what its timer was set
     * for. */
    void (*start)(struct flow_end *);
    void (*fire)(struct flow_end *);

    /* The second end: takes what arrived for the flow's port.  One of the two,
     * or none if nobody need listen. */
    void (*accept)(struct flow_end *, struct tcp_conn *);
    void (*receive)(struct flow_end *, const struct udp_datagram *);

    void (*clear)(struct flow_end *); /* Frees end->state; may be null. */
};

/* Null pointer ends it. */
extern const struct workload_kind *const workload_kinds[];
const struct workload_kind *workload_kind_by_name(const char *);

/* Makes an end of 'config', which must outlive it, in 'guest'.  The end
 * belongs to the caller, who frees it before the guest. */
struct flow_end *flow_client_new(struct guest *, const struct flow_config *);
struct flow_end *flow_server_new(struct guest *, const struct flow_config *);
void flow_end_free(struct flow_end *);
const struct flow_stats *flow_end_stats(struct flow_end *);

#endif /* models/guest/workload.h */

/* What the kinds of workload have in common.
 *
 * An end has one timer.  Its kind is called at the flow's start and whenever
 * the timer fires, and what it sends is flushed afterwards.  A connection of
 * an end is a struct flow_conn, which TCP is given as the user.
 *
 * Only workloads include this header. */

#ifndef MODELS_GUEST_WORKLOAD_INSIDE_H
#define MODELS_GUEST_WORKLOAD_INSIDE_H 1

#include "models/guest/stack.h"
#include "models/guest/workload.h"
#include "sim/event.h"
#include "sim/sim.h"

struct flow_conn;

struct flow_end {
    struct guest *guest;
    struct sim *sim; /* The guest's. */
    const struct flow_config *config;
    const struct workload_kind *kind; /* The config's. */
    bool is_client;
    bool has_started;
    struct event timer; /* Of a client. */
    void *state;        /* The kind's. */
    struct flow_stats stats;
    struct flow_conn *conns; /* Open connections. */
    struct tcp_stats closed; /* Sums over the others: what is used. */
};

/* A connection. */
struct flow_conn {
    struct flow_conn *next;
    struct flow_end *end;
    struct tcp_conn *conn;
    uint64_t to_write;       /* Bytes that TCP has not taken yet. */
    uint64_t to_receive;     /* tcp_rr: what is missing of a message. */
    uint64_t unacknowledged; /* tcp: bytes written. */
    sim_time since;          /* tcp: connect; tcp_rr: request written. */
    struct random_stream requests, responses;
};

extern const struct workload_kind workload_ping, workload_udp, workload_tcp,
    workload_tcp_rr;

/* Ends. */
void flow_stream(const struct flow_end *, struct random_stream *,
                 const char *use);
sim_time flow_time_of_bytes(uint64_t bytes, uint64_t rate_bps,
                            uint64_t *remainder);

static inline sim_time
flow_now(const struct flow_end *end)
{
    return sim_now(end->sim);
}

/* Returns the tag of the packets that 'end', a client, sends.  What servers
 * send is tagged as the reply to what they got. */
static inline struct guest_flow_tag
flow_tag(const struct flow_end *end)
{
    return (struct guest_flow_tag){ end->config->index, false,
                                    end->config->tos };
}

/* Returns the port that the second end listens on. */
static inline uint16_t
flow_dport(const struct flow_config *config)
{
    return config->port ? config->port : config->kind->default_port;
}

/* Sets the timer of 'end', a client. */
static inline void
flow_schedule(struct flow_end *end, sim_time when)
{
    event_schedule_at(end->sim, &end->timer, when);
}

static inline bool
flow_has_stopped(const struct flow_end *end)
{
    return flow_now(end) >= end->config->stop;
}

/* Has 'end' sent all that the flow's count and stop allow? */
static inline bool
flow_is_done(const struct flow_end *end)
{
    return (end->config->count && end->stats.sent >= end->config->count)
           || flow_has_stopped(end);
}

/* Counts one ping, datagram, request or connection, and its payload. */
static inline void
flow_count_sent(struct flow_end *end, uint64_t bytes)
{
    end->stats.sent++;
    end->stats.sent_bytes += bytes;
    if (end->stats.first < 0) {
        end->stats.first = flow_now(end);
    }
}

/* Counts payload that arrived. */
static inline void
flow_count_delivered(struct flow_end *end, uint64_t bytes)
{
    end->stats.delivered_bytes += bytes;
    end->stats.last = flow_now(end);
}

/* Connections. */
struct flow_conn *flow_conn_open(struct flow_end *, const struct tcp_app *);
struct flow_conn *flow_conn_accept(struct flow_end *, struct tcp_conn *,
                                   const struct tcp_app *);
void flow_conn_free(struct flow_conn *);
void flow_conn_write(struct flow_conn *, uint64_t bytes);

/* Of use in a struct tcp_app: go on writing; close when the peer does; count
 * the end and forget the connection. */
void flow_conn_acked(struct tcp_conn *, void *flow_conn, uint32_t bytes);
void flow_conn_peer_closed(struct tcp_conn *, void *flow_conn);
void flow_conn_closed(struct tcp_conn *, void *flow_conn, enum tcp_end);

#endif /* models/guest/workload_inside.h */

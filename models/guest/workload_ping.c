/* ping: echo requests, and how long their answers take.
 *
 * The time of each request is kept by its sequence number, as ping(8) does, in
 * a ring that grows with the number of requests on their way.  A request that
 * is not answered within PING_TIMEOUT is lost, however late the answer. */

#include <glib.h>

#include "models/guest/echo.h"
#include "models/guest/udp.h"
#include "models/guest/workload_inside.h"

#define PING_TIMEOUT (4 * SIM_S) /* Of Windows' ping. */
#define RING_MIN     16
#define RING_MAX     65536 /* There are no more sequence numbers. */
#define NOT_WAITING  (-1)

struct pinger {
    struct echo_client client; /* First. */
    struct flow_end *end;
    struct random_stream gaps, sizes;
    sim_time *sent_at; /* By sequence number modulo 'n_ring'. */
    uint32_t n_ring;   /* A power of two. */
    uint16_t next_seq;
};

static sim_time *
place_of(struct pinger *pinger, uint16_t seq)
{
    return &pinger->sent_at[seq & (pinger->n_ring - 1)];
}

/* Doubles the ring, which holds the 'n_ring' requests before 'next_seq'. */
static void
grow(struct pinger *pinger)
{
    uint32_t n_old = pinger->n_ring;
    sim_time *old = pinger->sent_at;

    pinger->n_ring = 2 * n_old;
    pinger->sent_at = g_new(sim_time, pinger->n_ring);
    for (uint32_t i = 0; i < pinger->n_ring; i++) {
        pinger->sent_at[i] = NOT_WAITING;
    }
    for (uint32_t i = 1; i <= n_old; i++) {
        uint16_t seq = (uint16_t) (pinger->next_seq - i);

        *place_of(pinger, seq) = old[seq & (n_old - 1)];
    }
    g_free(old);
}

static bool
is_waiting(const struct pinger *pinger, sim_time sent_at)
{
    return sent_at != NOT_WAITING
           && flow_now(pinger->end) - sent_at < PING_TIMEOUT;
}

static void
send_one(struct pinger *pinger)
{
    struct flow_end *end = pinger->end;
    int64_t size = distribution_draw(&end->config->size, &pinger->sizes);
    uint16_t seq = pinger->next_seq;

    size = MIN(size, UDP_PAYLOAD_MAX); /* ICMP's header is as long. */
    if (is_waiting(pinger, *place_of(pinger, seq))
        && pinger->n_ring < RING_MAX) {
        grow(pinger);
    }
    *place_of(pinger, seq) = flow_now(end);
    pinger->next_seq++;
    flow_count_sent(end, (uint64_t) size);
    echo_send(&pinger->client, end->config->to, seq, (size_t) size);
}

static void
ping_fire(struct flow_end *end)
{
    struct pinger *pinger = end->state;

    if (flow_is_done(end)) {
        return;
    }
    send_one(pinger);
    if (!flow_is_done(end)) {
        flow_schedule(
            end, flow_now(end)
                     + distribution_draw(&end->config->gap, &pinger->gaps));
    }
}

static void
replied(struct echo_client *client, uint16_t seq, size_t bytes)
{
    struct pinger *pinger = (struct pinger *) (void *) client;
    struct flow_end *end = pinger->end;
    sim_time *sent_at = place_of(pinger, seq);

    /* How far back a sequence number lies says whether its place is its own. */
    if ((uint16_t) (pinger->next_seq - 1 - seq) < pinger->n_ring
        && is_waiting(pinger, *sent_at)) {
        histogram_add(&end->stats.latency, flow_now(end) - *sent_at);
        *sent_at = NOT_WAITING;
        end->stats.received++;
        end->stats.completed++;
        flow_count_delivered(end, bytes);
    }
}

static void
failed(struct echo_client *client, const struct icmp_hdr *error)
{
    struct pinger *pinger = (struct pinger *) (void *) client;

    (void) error;
    pinger->end->stats.errors++;
}

static void
ping_start(struct flow_end *end)
{
    struct pinger *pinger = end->state = g_new0(struct pinger, 1);

    pinger->client = (struct echo_client){
        .guest = end->guest,
        .tag = flow_tag(end),
        .replied = replied,
        .failed = failed,
    };
    echo_open(&pinger->client);
    pinger->end = end;
    pinger->next_seq = 1;
    pinger->n_ring = RING_MIN;
    pinger->sent_at = g_new(sim_time, RING_MIN);
    for (uint32_t i = 0; i < RING_MIN; i++) {
        pinger->sent_at[i] = NOT_WAITING;
    }
    flow_stream(end, &pinger->gaps, "gap");
    flow_stream(end, &pinger->sizes, "size");
    ping_fire(end);
}

static void
ping_clear(struct flow_end *end)
{
    struct pinger *pinger = end->state;

    if (pinger) {
        echo_close(&pinger->client);
        g_free(pinger->sent_at);
        g_free(pinger);
    }
}

const struct workload_kind workload_ping = {
    .name = "ping",
    .help = "ICMP echo requests, one every 'every'",
    .unit_of_count = "pings",
    .start = ping_start,
    .fire = ping_fire,
    .clear = ping_clear,
};

/* Measures the engine, and prints each measure as one line of JSON.
 *
 *     bench_engine hold PENDING near|mixed
 *     bench_engine line MS
 *
 * hold: the hold model.  PENDING events; each that fires is scheduled again a
 * random time ahead: 0 to 2 us (near), or 1 ns to 1 s, all scales alike (mixed).
 *
 * line: MS milliseconds of frames of 1,500-byte IP packets of UDP over 16
 * learning switches in a row, 10 Gb/s and 1 us a link.  The node at either end
 * plays 16 stations that send 5 Gb/s together to those at the other.  All that a
 * run accounts for is on: fates, sums, fingerprint, the ports' counters, and
 * learning from every frame.
 *
 * Time is the user CPU time of the event loop. */

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "models/fabric/l2_switch.h"
#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"
#include "models/wire/ipv4.h"
#include "models/wire/udp.h"
#include "sim/port.h"

#define SWITCHES  16
#define STATIONS  16 /* At each end. */
#define FRAME     1514
#define HEADERS   (ETH_HLEN + IPV4_HLEN + UDP_HLEN)
#define LINK_RATE UINT64_C(10000000000)
#define LOAD_RATE UINT64_C(5000000000)

static double
user_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double) usage.ru_utime.tv_sec
           + (double) usage.ru_utime.tv_usec / 1e6;
}

/* Runs 'sim' until 'end'.  Returns the user CPU time that it took. */
static double
run(struct sim *sim, sim_time end, uint64_t max_events)
{
    double begin = user_seconds();

    sim_run(sim, end, max_events);
    return user_seconds() - begin;
}

/* The hold model. */

struct holder {
    struct event event;
    struct sim *sim;
    bool is_mixed;
};

static struct random_stream hold_random;

static sim_time
hold_delay(bool is_mixed)
{
    sim_time scale = 2 * SIM_US;

    if (is_mixed) {
        scale = SIM_NS;
        for (uint64_t i = random_below(&hold_random, 10); i > 0; i--) {
            scale *= 10;
        }
    }
    return (sim_time) (random_unit(&hold_random) * (double) scale);
}

static void
hold_again(struct event *event)
{
    struct holder *holder = (struct holder *) (void *) event;

    event_schedule_after(holder->sim, event, hold_delay(holder->is_mixed));
}

static void
bench_hold(uint32_t n, bool is_mixed)
{
    const uint64_t warm_up = MAX(2 * (uint64_t) n, 300000);
    const uint64_t measured = 2000000;
    struct sim *sim = sim_new(1);
    struct holder *holders = g_new0(struct holder, n);
    double seconds;

    random_stream_init(&hold_random, 1, "hold");
    for (uint32_t i = 0; i < n; i++) {
        holders[i].sim = sim;
        holders[i].is_mixed = is_mixed;
        event_init(&holders[i].event, hold_again, i);
        event_schedule_at(sim, &holders[i].event, hold_delay(is_mixed));
    }
    run(sim, SIM_NEVER, warm_up);
    seconds = run(sim, SIM_NEVER, measured);
    printf("{\"bench\": \"hold\", \"pending\": %" PRIu32
           ", \"scale\": \"%s\", \"events\": %" PRIu64
           ", \"user_s\": %.6f, \"per_s\": %.0f}\n",
           n, is_mixed ? "mixed" : "near", measured, seconds,
           (double) measured / seconds);
    sim_free(sim);
    g_free(holders);
}

/* The line of switches. */

static const struct fate delivered = { FATE_DELIVERED, "delivered", "" };

struct end {
    struct node node;
    struct event timer;
    sim_time gap; /* Between two frames sent. */
    uint32_t n_sent;
    uint8_t headers[STATIONS][HEADERS];
};

static void
end_send(struct event *timer)
{
    struct end *end =
        (struct end *) (void *) ((char *) timer - offsetof(struct end, timer));
    struct packet *pkt = node_new_packet(&end->node, HEADERS, FRAME);

    memcpy(packet_data(pkt), end->headers[end->n_sent++ % STATIONS], HEADERS);
    port_send(&end->node.ports[0], pkt);
    event_schedule_after(end->node.sim, timer, end->gap);
}

static void
end_receive(struct node *node, struct port *in, struct packet *pkt)
{
    (void) in;
    node_end_packet(node, pkt, &delivered);
}

static void
end_destroy(struct node *node)
{
    node_clear(node);
    g_free(node);
}

static const struct node_ops end_ops = {
    .kind = "end",
    .receive = end_receive,
    .destroy = end_destroy,
};

/* The headers of a frame from station 'i' of 'side' to its like. */
static void
make_headers(uint8_t data[HEADERS], uint8_t side, uint8_t i)
{
    struct eth_hdr eth = {
        .dst = { { 2, 0, 0, 0, !side, i } },
        .src = { { 2, 0, 0, 0, side, i } },
        .type = ETH_TYPE_IPV4,
    };
    struct ipv4_hdr ip = {
        .ttl = 64,
        .protocol = IP_PROTO_UDP,
        .total_length = FRAME - ETH_HLEN,
        .src = ip_addr_from_v4(10u << 24 | (uint32_t) side << 8 | i),
        .dst = ip_addr_from_v4(10u << 24 | (uint32_t) !side << 8 | i),
    };
    struct udp_hdr udp = { 5000, 5000, FRAME - ETH_HLEN - IPV4_HLEN, 0 };

    eth_encode(&eth, data);
    ipv4_encode(&ip, data + ETH_HLEN);
    udp_encode(&udp, data + ETH_HLEN + IPV4_HLEN);
}

static struct port *
add_end(struct sim *sim, uint8_t side)
{
    struct end *end = g_new0(struct end, 1);

    node_init(&end->node, &end_ops, sim, side ? "right" : "left", 1);
    for (uint8_t i = 0; i < STATIONS; i++) {
        make_headers(end->headers[i], side, i);
    }
    end->gap = sim_transmission_time(FRAME - ETH_HLEN, LOAD_RATE);
    event_init(&end->timer, end_send, node_next_rank(&end->node));
    event_schedule_at(sim, &end->timer, side * end->gap / 2);
    return &end->node.ports[0];
}

static struct sim *
make_line(void)
{
    const struct l2_switch_config config = {
        .name = "switch",
        .n_ports = 2,
        .macs = { .max_entries = 8192, .aging = 300 * SIM_S },
    };
    const struct link_config link = {
        .rate_bps = LINK_RATE,
        .delay = SIM_US,
        .buffer_bytes = 150000,
    };
    struct sim *sim = sim_new(1);
    struct port *last = add_end(sim, 0);

    for (int i = 0; i < SWITCHES; i++) {
        struct node *node = l2_switch_new(sim, &config);

        port_connect(last, &node->ports[0], &link);
        last = &node->ports[1];
    }
    port_connect(last, add_end(sim, 1), &link);
    return sim;
}

static int
bench_line(sim_time duration)
{
    struct sim *sim = make_line();
    double seconds = run(sim, duration, UINT64_MAX);
    struct packet_sums sums;

    sim_packet_sums(sim, &sums);
    printf("{\"bench\": \"line\", \"switches\": %d, \"packets\": %" PRIu64
           ", \"delivered\": %" PRIu64 ", \"packet_hops\": %" PRIu64
           ", \"events\": %" PRIu64 ", \"fingerprint\": \"%016" PRIx64
           "\", \"user_s\": %.6f, \"per_s\": %.0f}\n",
           SWITCHES, sums.created, sums.delivered, sim->n_packet_hops,
           sim->n_events, sim_fingerprint(sim), seconds,
           (double) sim->n_packet_hops / seconds);
    if (!packet_sums_add_up(&sums) || sums.dropped) {
        fprintf(stderr, "bench_engine: packets were lost\n");
        return 1;
    }
    sim_free(sim);
    return 0;
}

int
main(int argc, char **argv)
{
    if (argc == 4 && !strcmp(argv[1], "hold")) {
        bench_hold((uint32_t) strtoul(argv[2], NULL, 10),
                   !strcmp(argv[3], "mixed"));
        return 0;
    }
    if (argc == 3 && !strcmp(argv[1], "line")) {
        return bench_line(strtoll(argv[2], NULL, 10) * SIM_MS);
    }
    fprintf(stderr, "usage: bench_engine hold PENDING near|mixed\n"
                    "       bench_engine line MS\n");
    return 2;
}

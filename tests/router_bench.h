/* A router with a station at each of its ports, for tests.
 *
 * Port n has the network 10.0.n.0/24 and 2001:db8:n::/64, the router being 1 in
 * each; ports 4 and 5 are one interface, of network 4.  Station n is number 10
 * of its network (station 5: number 11 of network 4), keeps what arrives, and
 * answers nothing by itself.  When a test is over, every packet must be accounted
 * for. */

#ifndef TESTS_ROUTER_BENCH_H
#define TESTS_ROUTER_BENCH_H 1

#include "models/fabric/router.h"
#include "models/wire/arp.h"
#include "models/wire/ipv4.h"
#include "models/wire/ipv6.h"
#include "tests/plain_node.h"

#define N_STATIONS 6

struct router_bench {
    struct sim *sim;
    struct node *router;
    struct plain_node *stations[N_STATIONS];
    struct router_config config;
    struct note_listener notes;
    GString *heard; /* What the router said, a line each. */
};

/* A packet to be sent; what is zero has a usual value. */
struct packet_spec {
    int from;        /* The station that sends. */
    const char *src; /* Null: the station's own. */
    const char *dst;
    uint64_t dst_mac; /* 0: the router's. */
    uint8_t protocol; /* 0: UDP. */
    uint8_t ttl;      /* 0: 64. */
    uint16_t sport, dport;
    bool dont_fragment, more_fragments;
    uint16_t fragment_offset;
    size_t payload;      /* Bytes behind UDP's header, zeros not held. */
    const uint8_t *body; /* Instead of UDP's header; 'payload' of them. */
};

int router_bench_setup(void **state);
int router_bench_teardown(void **state);
struct router_bench *router_bench_new(const struct router_config *);
void router_bench_free(struct router_bench *);

uint64_t router_mac(uint32_t interface);
uint64_t station_mac(int n);
struct ip_addr addr_of(const char *text);

/* Makes a frame; sends one, or what 'spec' says; lets time pass. */
struct packet *make_packet(struct router_bench *, const struct packet_spec *);
void send_packet(struct router_bench *, const struct packet_spec *);
void send_bytes(struct router_bench *, int from, const uint8_t *, size_t);
void run_for(struct router_bench *, sim_time);

/* Sends an ARP message; null addresses are the station's own and the
 * router's. */
void send_arp(struct router_bench *, int from, uint16_t op, const char *spa,
              const char *tpa);

/* Lets the router know where all stations are, IPv4 and IPv6, and forgets what
 * that made them keep. */
void introduce_stations(struct router_bench *);

/* Takes the oldest frame that a station has kept, null if it has none.  The
 * caller ends it with done(). */
struct packet *take(struct router_bench *, int station);
void done(struct router_bench *, int station, struct packet *);
size_t n_kept(const struct router_bench *, int station);
void forget_frames(struct router_bench *);

uint64_t n_ended(const struct router_bench *, enum router_fate);
uint64_t metric_of(const struct node *, const char *name);

#endif /* tests/router_bench.h */

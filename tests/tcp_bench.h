/* What the tests of TCP share: an application that keeps what it is told, a
 * pair of guests joined by TCP, and a script that plays the peer of one guest
 * by segments made by hand.
 *
 * In a script the tested guest is the pair's first, 10.1.1.1, and the peer is
 * 10.1.1.9, a machine that is not there.  Its sequence numbers and the guest's
 * are relative to each side's initial one, so the first byte of data is 1. */

#ifndef TESTS_TCP_BENCH_H
#define TESTS_TCP_BENCH_H 1

#include "tests/guest_pair.h"
#include "models/guest/tcp.h"
#include "models/wire/icmp.h"
#include "models/wire/tcp.h"

#define BENCH_PORT      80    /* Of those who listen. */
#define BENCH_PEER_PORT 5000  /* Of the script's peer. */
#define BENCH_PEER_ISS  7000u /* Its initial sequence number. */
#define BENCH_MSS       1460

struct bench_app {
    struct tcp_conn *conn; /* Null before it opens and after it closed. */
    unsigned int n_opened, n_established, n_peer_closed, n_closed;
    enum tcp_end end;
    uint64_t received, acked;
    uint64_t to_answer; /* Written when data arrive, once. */
    bool close_at_eof;  /* Closes when the peer has. */
    sim_time closed_at;
    struct tcp_stats stats; /* At the end. */
    struct sim *sim;
};

extern const struct tcp_app bench_tcp_app;
bool bench_is_tcp(const struct packet *);
bool bench_is_tcp_data(const struct packet *);
void bench_accept(struct tcp_conn *, void *app);

/* Two guests and a connection from the first to the second. */
struct bench {
    struct guest_pair *pair;
    struct tcp_config config[2];
    struct bench_app app[2];
};

int bench_setup(void **state);
int bench_teardown(void **state);
struct bench *bench_new(uint64_t seed);
void bench_free(struct bench *);
void bench_open(struct bench *);
void bench_write(struct bench *, int end, uint64_t bytes);
void bench_close(struct bench *, int end);
void bench_run(struct bench *, sim_time more);
void bench_expect_closed(const struct bench *);

/* A segment, as it was seen or is to be sent. */
struct seg {
    uint8_t flags;
    uint32_t seq, ack; /* Relative. */
    uint32_t len;
    uint16_t window;
    struct tcp_options options;
    sim_time when;
};

struct script {
    struct guest_pair *pair;
    struct bench_app app;
    struct tcp_config config;
    uint16_t guest_port; /* Learned from its first segment. */
    uint32_t guest_iss;
    bool knows_iss;
    uint32_t peer_iss;
    uint16_t peer_port;
    uint16_t window;        /* Of script_data(), as in the header. */
    bool malformed_options; /* Of what is sent. */
    guint n_read;           /* Frames of the log that have been looked at. */
};

int script_setup(void **state);
int script_teardown(void **state);
void script_run(struct script *, sim_time more);
void script_send(struct script *, const struct seg *);
bool script_next(struct script *, struct seg *);
void script_expect(struct script *, uint8_t flags, uint32_t seq, uint32_t ack,
                   uint32_t len);
void script_expect_nothing(struct script *);
void script_skip(struct script *);
void script_icmp(struct script *, uint8_t code, uint32_t mtu, uint32_t seq);

/* Opening with an MSS of 1460 and the window 'window' << 7. */
void script_connect(struct script *);
void script_accept(struct script *, uint16_t window);
void script_open(struct script *, uint16_t window);
void script_ack(struct script *, uint32_t ack, uint16_t window);
void script_data(struct script *, uint32_t seq, uint32_t len);

#endif /* tests/tcp_bench.h */

/* A run to watch, a folder to write into, and tshark to judge: what the tests
 * of traces/ share.
 *
 * Two nodes, hv1 and hv2, are joined at their ports eth0 by 10 Gb/s and 1 us.
 * What comes in at a node ends there, by the fate that the node is set to. */

#ifndef TESTS_TRACES_BENCH_H
#define TESTS_TRACES_BENCH_H 1

#include <glib.h>
#include <stdbool.h>

#include "sim/node.h"
#include "sim/port.h"
#include "sim/sim.h"
#include "traces/outdir.h"
#include "traces/tag_names.h"

#define BENCH_HEADERS 42 /* Ethernet, IPv4 and UDP: what a frame stores. */

struct bench_node {
    struct node node;        /* First: the node is the struct. */
    const struct fate *fate; /* Of what comes in. */
    struct tap_point *nic;   /* Where it passes before, may be null. */
    const char *note;        /* What the node says of it, may be null. */
    struct bench *bench;
};

/* A frame that is sent during the run. */
struct bench_frame {
    struct event event; /* First: the event is the struct. */
    struct bench_node *from;
    uint32_t size;
    struct packet_tag tag; /* But the number. */
    struct bench_frame *next;
};

struct bench {
    char *root; /* A folder of the test's own. */
    char *path; /* Of the run directory in it. */
    struct outdir *dir;
    struct sim *sim;
    struct bench_node *hv1, *hv2;
    struct tap_point web; /* The NIC of a VM at hv2, "blue/web:eth0". */
    struct bench_frame *frames;
};

extern const struct fate bench_delivered, bench_consumed, bench_dropped;
extern const struct tag_names bench_names; /* 1 is blue-q, and blue. */

int bench_setup(void **state);
int bench_teardown(void **state);

/* The run. */
void bench_send(struct bench *, struct bench_node *from, sim_time when,
                uint32_t size, struct packet_tag tag);
void bench_run(struct bench *, sim_time end);
struct packet *bench_packet(struct bench_node *, uint32_t size);
struct tap_point *bench_tap(struct bench_node *);

/* Files. */
char *bench_path(const struct bench *, const char *name);
char *bench_read(const struct bench *, const char *name, gsize *size);
bool bench_exists(const struct bench *, const char *name);
void bench_make(const struct bench *, const char *name, const char *text);
void assert_file(const struct bench *, const char *name, const char *text);
void bench_commit(struct bench *);

/* Judging. */
bool has_tshark(void);
char *tshark(const struct bench *, const char *file, const char *arguments);
void assert_tshark(const struct bench *, const char *file,
                   const char *arguments, const char *expected);
void assert_error(GError *error, const char *part); /* Frees it. */

#endif /* tests/traces_bench.h */

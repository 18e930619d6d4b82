/* What tests of the host share: Host1 with both SQL VMs and Host2 with both WEB
 * VMs (SOURCE.md's example), joined by a link, or Host1 alone with a bare wire
 * that tests put frames on and read frames from.
 *
 *     struct host_bench *b = host_bench_new(
 *         &(struct host_bench_config){ .rule = POLICY_RULE_NAT });
 *     host_bench_send(b, BLUE_WEB, frame, size);
 *     host_bench_run(b, 1 * SIM_MS);
 *     ... host_bench_frame(b, AT_HOST2, TAP_OUT, ETH_TYPE_IPV4, 0) ...
 *     host_bench_free(b);
 *
 * Every frame at a VM's or host's NIC, every note and every fate is kept.
 * host_bench_free() asserts that every packet is accounted for. */

#ifndef TESTS_HOST_BENCH_H
#define TESTS_HOST_BENCH_H 1

#include <glib.h>

#include "models/host/host_inside.h"
#include "sim/port.h"
#include "tests/hnv_bench.h"

#define HOST_BENCH_FRAME_MAX 2048
#define HOST_BENCH_TEXT_MAX  128

/* Where frames are seen: the VMs' NICs, by enum hnv_vm, and the hosts'. */
enum host_bench_place { AT_HOST1 = N_HNV_VMS, AT_HOST2, N_PLACES };

struct host_bench_config {
    enum policy_rule rule;
    bool is_alone;       /* Host1 only, and the wire. */
    bool is_one_host;    /* All four VMs on Host1. */
    bool use_vm_mac;     /* See struct policy_record. */
    bool has_no_pa;      /* The hosts have no address of their own. */
    bool has_flow_ids;   /* FlowIDs from the inner flow, instead of 0. */
    uint32_t mtu;        /* Of the link, 0: no bound. */
    const char *gateway; /* Of the hosts, null: none. */
};

struct seen_frame {
    sim_time when;
    enum tap_direction direction;
    struct packet_tag tag;
    uint16_t type; /* Ethertype, of the frame's own header. */
    size_t size;
    uint8_t data[HOST_BENCH_FRAME_MAX];
};

struct host_bench {
    struct sim *sim;
    struct host_bench_config config;
    struct node *hosts[2]; /* Host1, Host2 or null. */
    struct node *wire;     /* If Host1 is alone. */
    struct host_vm *vms[N_HNV_VMS];
    struct bench_tap *taps[N_PLACES];
    struct note_listener notes;
    GString *said; /* "table: text\n" for each note. */
};

struct host_bench *host_bench_new(const struct host_bench_config *);
void host_bench_free(struct host_bench *);

/* Makes frames: from a VM, and on the wire towards Host1. */
void host_bench_send(struct host_bench *, enum hnv_vm, const uint8_t *data,
                     size_t size);
void host_bench_send_golden(struct host_bench *, enum hnv_vm,
                            const char *name);
void host_bench_inject(struct host_bench *, const uint8_t *data, size_t size);
void host_bench_inject_golden(struct host_bench *, const char *name);
void host_bench_run(struct host_bench *, sim_time duration);

/* Makes an ARP message in 'data'; broadcast unless 'dst' is given. */
size_t host_bench_arp(uint8_t data[42], uint16_t op, const char *sha,
                      const char *spa, const char *tpa, const char *dst);

/* Frames seen, of one ethertype or, 0, of all. */
unsigned int host_bench_n_frames(const struct host_bench *, unsigned int place,
                                 enum tap_direction, uint16_t type);
const struct seen_frame *host_bench_frame(const struct host_bench *,
                                          unsigned int place,
                                          enum tap_direction, uint16_t type,
                                          unsigned int index);

/* Fails unless the frame is the golden one, and zeros. */
void assert_golden(const struct seen_frame *, const char *name);

uint64_t host_bench_fate(const struct host_bench *, unsigned int host,
                         enum host_fate);
uint64_t host_bench_metric(const struct host_bench *, unsigned int host,
                           const char *name);
void assert_said(const struct host_bench *, const char *line);

/* Tells one host's policy something else. */
void host_bench_set_pa(struct host_bench *, unsigned int host, enum hnv_vm,
                       const char *pa);

#endif /* tests/host_bench.h */

/* A switch with a station at each of its ports, for tests.
 *
 * Station n has the MAC 02-00-00-00-00-0n and keeps what arrives.  When a test
 * is over, every frame must be accounted for. */

#ifndef TESTS_SWITCH_BENCH_H
#define TESTS_SWITCH_BENCH_H 1

#include "models/fabric/l2_switch.h"
#include "models/wire/vlan.h"
#include "tests/plain_node.h"

#define N_ENDS   4
#define UNTAGGED (-1)
#define AGING    (300 * SIM_S)
#define PAYLOAD  80 /* Bytes of a frame, without its tag. */

struct switch_bench {
    struct sim *sim;
    struct node *sw; /* It has one port more, without a link. */
    struct plain_node *ends[N_ENDS];
    struct note_listener notes;
    GString *heard; /* What the switch said, a line each. */
};

int switch_bench_setup(void **state);
/* The same, with what 'config' says of limits and the spanning tree. */
int switch_bench_setup_as(void **state, struct l2_switch_config config);
int switch_bench_teardown(void **state);

uint64_t station_mac(int n);

/* Sends a frame of 'size' bytes, without the tag, between MACs of 48 bits from
 * end 'end', with the tag control information 'tci' or UNTAGGED, and lets it
 * arrive. */
void send_raw(struct switch_bench *, int end, uint64_t src, uint64_t dst,
              int tci, size_t size);

/* The same between stations. */
void send_frame(struct switch_bench *, int src, int dst, int tci);

/* Fails unless the stations have kept so many frames. */
void assert_received(struct switch_bench *, unsigned int n0, unsigned int n1,
                     unsigned int n2, unsigned int n3);

/* Takes the first frame that 'end' has: it must have the tag control
 * information 'tci' or be UNTAGGED, and be as long as it was sent. */
void assert_takes(struct switch_bench *, int end, int tci);

/* Fails unless the switch has dropped 'n' frames, all for one reason. */
void assert_dropped(struct switch_bench *, enum l2_switch_drop why,
                    uint64_t n);

#endif /* tests/switch_bench.h */

/* What a receiver keeps of data that arrive out of order: not the data, which
 * are zeros, but which sequence numbers it has.
 *
 * The runs are in order, apart from each other, and end within 2^31 of the
 * first.  Their number is bounded: data that would need one more are refused,
 * as if they had been lost. */

#ifndef MODELS_GUEST_TCP_REASSEMBLY_H
#define MODELS_GUEST_TCP_REASSEMBLY_H 1

#include <stdbool.h>
#include <stdint.h>

#define TCP_RUNS_MAX 256

/* Sequence numbers [start, end). */
struct tcp_run {
    uint32_t start, end;
};

/* All zeros: none. */
struct tcp_gaps {
    struct tcp_run *runs;
    uint32_t n, allocated;
};

void tcp_gaps_clear(struct tcp_gaps *);
bool tcp_gaps_add(struct tcp_gaps *, uint32_t start, uint32_t end);
uint32_t tcp_gaps_take(struct tcp_gaps *, uint32_t next);

#endif /* models/guest/tcp_reassembly.h */

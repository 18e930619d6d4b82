/* Frames for the tests of models/wire, made field by field, and what they are as
 * text. */

#ifndef TESTS_WIRE_BENCH_H
#define TESTS_WIRE_BENCH_H 1

#include "models/wire/frame.h"
#include "tests/wire_vectors.h"

/* A frame being made: IPv4 or IPv6 and what it carries. */
struct bench {
    uint8_t data[FRAME_MAX];
    size_t size;
    struct frame_view view;
};

/* Reads an address; fails the test if 'text' is none. */
struct ip_addr addr(const char *text);

/* Each starts the frame anew; 'hex' is what the packet carries. */
void make_eth(struct bench *, uint16_t type);
void make_ipv4(struct bench *, uint8_t protocol, uint16_t fragment_offset,
               bool more_fragments, const char *hex);
void make_ipv6(struct bench *, uint8_t next_header, const char *hex);

void assert_text(const uint8_t *data, size_t stored, size_t size,
                 const char *expected);
void assert_bench_text(const struct bench *, const char *expected);

#endif /* tests/wire_bench.h */

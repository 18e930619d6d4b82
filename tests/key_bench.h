/* A table with a key of every type, and a text's root read by it. */

#ifndef TESTS_KEY_BENCH_H
#define TESTS_KEY_BENCH_H 1

#include "scenarios/key_reader.h"
#include "tests/scenario_text.h"

extern const struct key_table key_bench_table, key_bench_inner_table;

struct key_bench {
    struct scenario_text t;
    struct key_reader r; /* Of the root, called things.x. */
    bool ok;             /* What key_reader_init() returned. */
};

void key_bench_init(struct key_bench *, const char *text);
void key_bench_clear(struct key_bench *);

/* Asserts that 'text' is refused with exactly 'report'. */
void assert_key_report(const char *text, const char *report);

#endif /* tests/key_bench.h */

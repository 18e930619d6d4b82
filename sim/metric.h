/* Metrics and tables: what a kind of node can be asked for.
 *
 * Each kind of node lists its metrics in one table: name, unit, kind, help and
 * a function that reads the value now.  Whoever samples a run, prints its
 * manual or judges an expectation walks these tables; nothing lists the
 * metrics a second time.  Finite tables (MAC addresses, policy records)
 * describe themselves likewise. */

#ifndef SIM_METRIC_H
#define SIM_METRIC_H 1

#include <stdint.h>

struct node;

enum metric_kind {
    METRIC_GAUGE,   /* A level: may rise and fall. */
    METRIC_COUNTER, /* A count since the run began: never falls. */
    METRIC_PEAK,    /* The highest value since the run began. */
};

struct metric {
    const char *name; /* "switch.mac.used"; null ends a list. */
    const char *unit; /* "entries", "frames", "bytes". */
    enum metric_kind kind;
    const char *help; /* One sentence for people. */
    uint64_t (*read)(const struct node *);
};

/* How full a finite table is, and was. */
struct table_usage {
    const char *name;  /* "mac", "policy". */
    uint64_t capacity; /* Entries it can hold, 0 if it has no bound. */
    uint64_t used;     /* Entries it holds. */
    uint64_t peak;     /* The most it has held. */
    uint64_t evicted;  /* Entries pushed out by others. */
    uint64_t rejected; /* Entries that found no room. */
};

#endif /* sim/metric.h */

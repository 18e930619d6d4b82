/* Parts of a described scenario that move or watch: workloads, captures,
 * expectations.  scenario.h owns them; every object keeps the place it was read
 * from, and its texts live in the scenario's scope. */

#ifndef SCENARIOS_DESCRIBED_RUN_H
#define SCENARIOS_DESCRIBED_RUN_H 1

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "models/guest/workload.h"
#include "scenarios/described_net.h"
#include "scenarios/source.h"
#include "scenarios/value.h"
#include "sim/clock.h"

struct scenario_flow {
    struct loc loc, id_loc, size_loc;
    struct flow_config config;
    struct scenario_end from, to;
    size_t place;    /* Among the scenario's flows. */
    size_t workload; /* Which of the section's entries made it. */
    bool is_probe;   /* Made for an expectation. */
};

/* Frames of a capture file, sent out of a port. */
struct scenario_replay {
    struct loc loc, file_loc, frames_loc;
    const char *id, *file;
    uint32_t index; /* Of its flow. */
    struct scenario_port *port;
    sim_time start, gap; /* gap -1: as in the file. */
    GArray *frames;      /* uint32_t, from 1; empty: all. */
};

/* A place where frames pass: a port or a VM's NIC. */
struct scenario_place {
    const struct scenario_port *port; /* One of the two. */
    const struct scenario_vm *vm;
    const char *name;
};

struct scenario_capture {
    struct loc loc, filter_loc, merge_loc;
    GArray *places;             /* struct scenario_place */
    const char *filter, *merge; /* Or null. */
    uint32_t snaplen;           /* 0: whole frames. */
    uint64_t limit_bytes;       /* 0: none. */
    bool is_pcap;               /* Else pcapng. */
    sim_time from, to;
};

enum expect_kind {
    EXPECT_METRIC,
    EXPECT_ISOLATED,
    EXPECT_REACHABLE,
    EXPECT_UNREACHABLE,
    EXPECT_PRESENT,
    EXPECT_ABSENT,
    EXPECT_WALK,
    EXPECT_FINGERPRINT,
};

struct scenario_step {
    struct loc loc;
    struct scenario_place place;
    const char *at;          /* Its name. */
    struct ip_addr src, dst; /* Family 0: any. */
};

struct scenario_expect {
    struct loc loc, verb_loc, filter_loc;
    struct loc equals_loc, min_loc, max_loc, window_loc;
    const char *id;
    enum expect_kind kind;
    bool is_off; /* Its 'when' is false. */
    /* metric */
    const char *metric;
    bool has_equals, has_min, has_max;
    struct value equals, min, max;
    bool has_window; /* Counted from 'from' up to 'to' only. */
    sim_time from, to;
    /* isolated */
    GPtrArray *tenants; /* "struct scenario_tenant"s. */
    /* reachable, unreachable */
    GPtrArray *probes; /* "struct scenario_flow"s. */
    /* present, absent */
    const char *filter;
    GArray *places;
    /* walk */
    const struct scenario_flow *flow;
    bool reply;
    uint64_t packet; /* From 1. */
    GArray *steps;   /* struct scenario_step */
    /* fingerprint */
    const char *fingerprint;
};

/* A metric that metrics.csv holds. */
struct scenario_metric {
    struct loc loc;
    const char *name;
};

#endif /* scenarios/described_run.h */

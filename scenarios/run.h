/* Running a scenario: from a description without errors to a run directory and
 * a verdict.
 *
 * A run ends when its time is over, or early: by a limit, by a signal (the
 * caller's flag), or because nothing can be written any more.  One that ends
 * early by a limit or a signal keeps what it has, marked as partial. */

#ifndef SCENARIOS_RUN_H
#define SCENARIOS_RUN_H 1

#include <glib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "scenarios/judge.h"
#include "scenarios/network.h"
#include "scenarios/scenario.h"

enum run_end {
    RUN_END_COMPLETE,
    RUN_END_SIGNAL,
    RUN_END_WALL,
    RUN_END_MEMORY,
    RUN_END_EVENTS,
    RUN_END_WRITE_ERROR,
};

/* How far a run is, for whoever shows it. */
struct run_progress {
    sim_time now, until;
    uint64_t packet_hops;
    double wall_s; /* Since the run began. */
    uint64_t rss_bytes;
};
typedef void run_progress_fn(void *aux, const struct run_progress *);

struct run_options {
    const char *out;          /* --out, or null: out/NAME/TIME-sSEED. */
    bool force;               /* --force */
    const char *command_line; /* For the manifest. */
    uint32_t partitions;      /* --partitions */
    uint64_t memory_bytes;    /* --limit-memory, 0: the scenario's. */
    const volatile sig_atomic_t *stop; /* Set by a signal; or null. */
    run_progress_fn *progress;         /* Or null. */
    void *progress_aux;
};

/* What came of it.  run_outcome_clear() frees. */
struct run_outcome {
    enum run_end end;
    char *path; /* Of the run directory. */
    uint64_t fingerprint, events, packet_hops;
    sim_time stopped_at;
    double setup_s; /* CPU time of the process until the run began. */
    double cpu_s;   /* CPU time of the run. */
    double wall_s;
    uint64_t peak_rss_bytes;
    struct packet_sums sums;
    bool sums_add_up;
    GArray *fates;    /* struct fate_count, one for each name, by name */
    GArray *verdicts; /* struct verdict */
    unsigned int n_passed, n_failed;
    GPtrArray *files; /* Names of captures, in the run directory. */
    GPtrArray *notes; /* Lines for people: a capture that was full, ... */
};

bool run_scenario(const struct scenario *, const struct run_options *,
                  struct run_outcome *, GError **);
void run_outcome_clear(struct run_outcome *);
int run_exit_code(const struct run_outcome *);
const char *run_end_text(enum run_end);

#endif /* scenarios/run.h */

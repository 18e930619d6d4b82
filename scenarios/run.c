#include "scenarios/run.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "models/fabric/l2_switch.h"
#include "scenarios/link_metrics.h"
#include "scenarios/outputs.h"
#include "scenarios/results.h"
#include "traces/number_text.h"

#define BATCH_EVENTS 65536 /* Between looks at limits. */
#define PROGRESS_S   0.25  /* Between two reports. */

/* A run while it goes on. */
struct run {
    const struct scenario *scenario;
    const struct run_options *options;
    struct outdir *dir;
    struct network *net;
    struct judge *judge;
    struct outputs *outputs;
    int64_t began_us, last_report_us;
    bool is_warm; /* The warm-up is over. */
};

static double
cpu_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double) usage.ru_utime.tv_sec
           + (double) usage.ru_utime.tv_usec / 1e6;
}

static uint64_t
peak_rss_bytes(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t) usage.ru_maxrss * 1024;
}

static uint64_t
memory_limit(const struct run *run)
{
    uint64_t given = run->options->memory_bytes;
    uint64_t own = run->scenario->limits.memory_bytes;

    return given && own ? MIN(given, own) : MAX(given, own);
}

static double
wall_seconds(const struct run *run)
{
    return (double) (g_get_monotonic_time() - run->began_us) / 1e6;
}

static uint64_t
n_events(const struct run *run)
{
    return partitions_n_events(run->net->sim->run);
}

/* Says whether, and why, the run must stop here. */
static bool
must_stop(const struct run *run, enum run_end *end)
{
    const struct scenario_limits *limits = &run->scenario->limits;

    if (run->options->stop && *run->options->stop) {
        *end = RUN_END_SIGNAL;
    } else if (limits->wall_s > 0 && wall_seconds(run) >= limits->wall_s) {
        *end = RUN_END_WALL;
    } else if (memory_limit(run) && peak_rss_bytes() > memory_limit(run)) {
        *end = RUN_END_MEMORY;
    } else if (limits->events && n_events(run) >= limits->events) {
        *end = RUN_END_EVENTS;
    } else if (!outdir_check(run->dir, NULL)) {
        *end = RUN_END_WRITE_ERROR;
    } else {
        return false;
    }
    return true;
}

static void
report_progress(struct run *run)
{
    const struct sim *sim = run->net->sim;
    int64_t now = g_get_monotonic_time();

    if (run->options->progress
        && (double) (now - run->last_report_us) / 1e6 >= PROGRESS_S) {
        struct run_progress progress = {
            .now = sim_now(sim),
            .until = run->scenario->until,
            .packet_hops = partitions_n_packet_hops(sim->run),
            .wall_s = wall_seconds(run),
            .rss_bytes = peak_rss_bytes(),
        };

        run->last_report_us = now;
        run->options->progress(run->options->progress_aux, &progress);
    }
}

/* Runs up to 'end', or stops early and says why. */
static bool
run_until(struct run *run, sim_time end, enum run_end *why)
{
    uint64_t limit = run->scenario->limits.events;
    uint64_t batch;

    do {
        batch = BATCH_EVENTS;
        if (limit) {
            batch = MIN(batch, limit - n_events(run));
        }
        report_progress(run);
        if (must_stop(run, why)) {
            return false;
        }
    } while (!sim_run(run->net->sim, end, batch));
    return true;
}

/* The next moment at which something looks at the run. */
static sim_time
next_look(const struct run *run)
{
    sim_time next = run->scenario->until;

    if (!run->is_warm && run->scenario->warmup) {
        next = MIN(next, run->scenario->warmup);
    }
    return MIN(next, outputs_next_sample(run->outputs));
}

static enum run_end
play(struct run *run)
{
    const struct sim *sim = run->net->sim;
    enum run_end end = RUN_END_COMPLETE;

    if (!run->scenario->warmup) {
        judge_warmup(run->judge);
        run->is_warm = true;
    }
    while (run_until(run, next_look(run), &end)) {
        if (!run->is_warm && sim_now(sim) >= run->scenario->warmup) {
            judge_warmup(run->judge);
            run->is_warm = true;
        }
        if (sim_now(sim) >= outputs_next_sample(run->outputs)) {
            outputs_sample(run->outputs);
            judge_sample(run->judge);
            link_metrics_sample(run->net->links);
        }
        if (sim_now(sim) >= run->scenario->until) {
            break;
        }
    }
    return end;
}

static void
copy_verdicts(struct run *run, struct run_outcome *outcome)
{
    const GArray *verdicts = judge_verdicts(run->judge);

    for (unsigned int i = 0; i < verdicts->len; i++) {
        struct verdict v = g_array_index(verdicts, struct verdict, i);

        v.measured = g_strdup(v.measured);
        v.wanted = g_strdup(v.wanted);
        v.where = g_strdup(v.where);
        g_array_append_val(outcome->verdicts, v);
        outcome->n_passed += v.passed;
        outcome->n_failed += !v.passed;
    }
}

static void
clear_verdict(void *data)
{
    struct verdict *verdict = data;

    g_free(verdict->measured);
    g_free(verdict->wanted);
    g_free(verdict->where);
}

static void
outcome_init(struct run_outcome *outcome)
{
    *outcome = (struct run_outcome){
        .verdicts = g_array_new(FALSE, TRUE, sizeof(struct verdict)),
        .fates = g_array_new(FALSE, FALSE, sizeof(struct fate_count)),
        .files = g_ptr_array_new_with_free_func(g_free),
        .notes = g_ptr_array_new_with_free_func(g_free),
    };
    g_array_set_clear_func(outcome->verdicts, clear_verdict);
}

void
run_outcome_clear(struct run_outcome *outcome)
{
    g_array_unref(outcome->verdicts);
    g_array_unref(outcome->fates);
    g_ptr_array_unref(outcome->files);
    g_ptr_array_unref(outcome->notes);
    g_free(outcome->path);
}

static bool
open_directory(struct run *run, GError **error)
{
    const struct scenario *s = run->scenario;

    run->dir = run->options->out
                   ? outdir_open(run->options->out, run->options->force, error)
                   : outdir_open_stamped("out", s->name,
                                         g_get_real_time() / G_USEC_PER_SEC,
                                         s->seed, error);
    return run->dir != NULL;
}

static bool
prepare(struct run *run, GError **error)
{
    if (!open_directory(run, error)) {
        return false;
    }
    run->net = network_build(run->scenario, run->options->partitions, error);
    if (!run->net) {
        return false;
    }
    run->judge = judge_new(run->net);
    run->outputs = outputs_new(run->dir, run->net, error);
    return run->outputs != NULL;
}

static int
compare_fates(const void *a, const void *b)
{
    const struct fate_count *x = a, *y = b;

    return strcmp(x->fate->name, y->fate->name);
}

/* Adds up how packets ended over all nodes. */
static void
count_fates(const struct sim *sim, GArray *fates)
{
    unsigned int n = 0;

    for (uint32_t i = 0; i < sim_n_nodes(sim); i++) {
        const struct node *node = sim_node(sim, i);

        g_array_append_vals(fates, node->fates, node->n_fates);
    }
    g_array_sort(fates, compare_fates);
    for (unsigned int i = 0; i < fates->len; i++) {
        struct fate_count *all = (struct fate_count *) (void *) fates->data;

        if (n && !compare_fates(&all[n - 1], &all[i])) {
            all[n - 1].n += all[i].n;
        } else {
            all[n++] = all[i];
        }
    }
    g_array_set_size(fates, n);
}

/* Names a broadcast storm, which is why a run comes to no end. */
static void
note_storms(const struct network *net, GPtrArray *notes)
{
    const struct node *first = NULL;
    sim_time began = SIM_NEVER;
    unsigned int n = 0;

    for (unsigned int i = 0; i < net->scenario->nodes->len; i++) {
        const struct node *node = net->nodes[i];
        sim_time when =
            node_is_l2_switch(node) ? l2_switch_storm(node) : SIM_NEVER;

        n += when < SIM_NEVER;
        if (when < began) {
            began = when;
            first = node;
        }
    }
    if (first) {
        char time[NUMBER_TEXT_MAX];

        g_ptr_array_add(
            notes,
            g_strdup_printf("a broadcast storm: from %s s on frames "
                            "circle in a loop of switches that nothing "
                            "cuts, seen by %s first and by %u in all",
                            seconds_format(time, began), first->name, n));
    }
}

static void
measure(struct run *run, struct run_outcome *outcome)
{
    const struct sim *sim = run->net->sim;

    outcome->fingerprint = sim_fingerprint(sim);
    outcome->events = n_events(run);
    outcome->packet_hops = partitions_n_packet_hops(sim->run);
    outcome->stopped_at = sim_now(sim);
    sim_packet_sums(sim, &outcome->sums);
    count_fates(sim, outcome->fates);
    outcome->sums_add_up = packet_sums_add_up(&outcome->sums);
    outcome->peak_rss_bytes = peak_rss_bytes();
    copy_verdicts(run, outcome);
    note_storms(run->net, outcome->notes);
}

/* Writes what is left to write and gives all files their names. */
static bool
finish(struct run *run, struct run_outcome *outcome, GError **error)
{
    outputs_close(run->outputs, outcome->files, outcome->notes);
    results_write(run->dir, run->net, run->options, outcome);
    if (!outdir_commit(run->dir, error)) {
        return false;
    }
    outcome->path = g_strdup(outdir_path(run->dir));
    return run->options->out || outdir_link_latest(run->dir, error);
}

static void
clean_up(struct run *run)
{
    if (run->outputs) {
        outputs_free(run->outputs);
    }
    if (run->judge) {
        judge_free(run->judge);
    }
    network_free(run->net);
    if (run->dir) {
        outdir_free(run->dir);
    }
}

/* Runs 's', which has no errors.  Returns false, with nothing under a final
 * name, if something could not be read or written; else '*outcome' says how it
 * went.  '*outcome' is to be cleared in either case. */
bool
run_scenario(const struct scenario *s, const struct run_options *options,
             struct run_outcome *outcome, GError **error)
{
    struct run run = {
        .scenario = s,
        .options = options,
        .began_us = g_get_monotonic_time(),
    };
    double cpu;
    bool ok;

    outcome_init(outcome);
    ok = prepare(&run, error);
    if (ok) {
        cpu = cpu_seconds();
        outcome->setup_s = cpu; /* All that came before: reading, checks. */
        outcome->end = play(&run);
        outcome->cpu_s = cpu_seconds() - cpu;
        outcome->wall_s = wall_seconds(&run);
        measure(&run, outcome);
        ok = finish(&run, outcome, error);
    }
    clean_up(&run);
    return ok;
}

/* Returns the exit code that 'outcome' deserves (SCENARIO.md section 3). */
int
run_exit_code(const struct run_outcome *outcome)
{
    if (!outcome->sums_add_up) {
        return 70;
    } else if (outcome->end != RUN_END_COMPLETE) {
        return outcome->end == RUN_END_WRITE_ERROR ? 3 : 4;
    }
    return outcome->n_failed ? 1 : 0;
}

const char *
run_end_text(enum run_end end)
{
    switch (end) {
    case RUN_END_COMPLETE: return "complete";
    case RUN_END_SIGNAL: return "stopped by a signal";
    case RUN_END_WALL: return "stopped by run.limit.wall";
    case RUN_END_MEMORY: return "stopped by the memory limit";
    case RUN_END_EVENTS: return "stopped by run.limit.events";
    case RUN_END_WRITE_ERROR: return "stopped by a write error";
    }
    return "";
}

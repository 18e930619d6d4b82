/* paca run */

#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "scenarios/partition.h"
#include "scenarios/run.h"
#include "scenarios/units.h"
#include "traces/json_file.h"
#include "traces/number_text.h"

#define SPARSE_LINES_S 10 /* Between two lines that are no terminal's. */

static char *out, *limit_memory;
static gboolean force, dry_run;
static int partitions = 1;
static volatile sig_atomic_t stop;

static const GOptionEntry entries[] = {
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out,
      "the run directory; else out/NAME/TIME-sSEED", "DIR" },
    { "force", 0, 0, G_OPTION_ARG_NONE, &force,
      "replace an earlier run in DIR", NULL },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "check only", NULL },
    { "limit-memory", 0, 0, G_OPTION_ARG_STRING, &limit_memory,
      "stop when more memory is used", "SIZE" },
    { "partitions", 0, 0, G_OPTION_ARG_INT, &partitions,
      "split the run; its results stay the same", "N" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static void
on_signal(int number)
{
    (void) number;
    stop = 1;
}

static void
catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal };

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

/* Shows how far the run is: on a terminal one line that changes, elsewhere a
 * line now and then. */
static void
show_progress(void *aux, const struct run_progress *p)
{
    double *last_s = aux;
    double part = (double) p->now / (double) p->until;
    double left = part > 0 ? p->wall_s / part - p->wall_s : 0;
    bool is_terminal = isatty(STDERR_FILENO);
    char now[NUMBER_TEXT_MAX], until[NUMBER_TEXT_MAX];

    if (!is_terminal && p->wall_s - *last_s < SPARSE_LINES_S) {
        return;
    }
    *last_s = p->wall_s;
    fprintf(
        stderr,
        "%s%s of %s s, %.2f M packet-hops/s, %" PRIu64 " MB, %.0f s left%s",
        is_terminal ? "\r" : "", seconds_format(now, p->now / SIM_MS * SIM_MS),
        seconds_format(until, p->until),
        p->wall_s > 0 ? (double) p->packet_hops / p->wall_s / 1e6 : 0,
        p->rss_bytes / 1000000, left, is_terminal ? "\033[K" : "\n");
}

static char *
join_arguments(int argc, char **argv)
{
    GString *text = g_string_new("paca");

    for (int i = 0; i < argc; i++) {
        char *quoted = strpbrk(argv[i], " \t\n'\"\\$`*?[]{}()<>|&;#~")
                           ? g_shell_quote(argv[i])
                           : g_strdup(argv[i]);

        g_string_append_printf(text, " %s", quoted);
        g_free(quoted);
    }
    return g_string_free(text, FALSE);
}

static void
print_verdicts(const struct run_outcome *outcome)
{
    bool color = command_wants_color(STDOUT_FILENO);

    for (unsigned int i = 0; i < outcome->verdicts->len; i++) {
        const struct verdict *v =
            &g_array_index(outcome->verdicts, struct verdict, i);
        const char *paint = !color ? "" : v->passed ? "\033[32m" : "\033[31m";

        if (v->passed && common.quiet) {
            continue;
        }
        printf("%s%s%s  %-20s %s (wanted: %s)\n", paint,
               v->passed ? "passed" : "FAILED", color ? "\033[0m" : "",
               v->expect->id, v->measured, v->wanted);
        if (v->where && !v->passed) {
            printf("        at line %u: %s\n", v->expect->loc.line, v->where);
        }
    }
}

/* How packets ended, by name. */
static void
print_fates(const struct run_outcome *outcome)
{
    static const char *const kinds[] = { "delivered", "consumed", "dropped" };

    for (unsigned int i = 0; i < outcome->fates->len; i++) {
        const struct fate_count *count =
            &g_array_index(outcome->fates, struct fate_count, i);

        printf("  %-9s %-24s %" PRIu64 "\n", kinds[count->fate->kind],
               count->fate->name, count->n);
    }
}

static void
print_outcome(const struct run_outcome *outcome)
{
    char time[NUMBER_TEXT_MAX];

    print_verdicts(outcome);
    if (outcome->end != RUN_END_COMPLETE) {
        printf("%s at %s s of simulated time: the results are partial\n",
               run_end_text(outcome->end),
               seconds_format(time, outcome->stopped_at));
    }
    for (unsigned int i = 0; i < outcome->notes->len; i++) {
        printf("note: %s\n", (char *) g_ptr_array_index(outcome->notes, i));
    }
    printf("%u passed, %u failed", outcome->n_passed, outcome->n_failed);
    if (!outcome->verdicts->len) {
        printf(" (the scenario expects nothing)");
    }
    printf("; %" PRIu64 " packets: %" PRIu64 " delivered, %" PRIu64
           " consumed, %" PRIu64 " dropped, %" PRIu64 " in flight\n",
           outcome->sums.created, outcome->sums.delivered,
           outcome->sums.consumed, outcome->sums.dropped,
           outcome->sums.in_flight);
    if (common.verbose) {
        print_fates(outcome);
    }
    printf("fingerprint %016" PRIx64 "; %" PRIu64
           " packet-hops in %.2f s of CPU\n",
           outcome->fingerprint, outcome->packet_hops, outcome->cpu_s);
    printf("run directory: %s\n", outcome->path);
    for (unsigned int i = 0; i < outcome->files->len && !common.quiet; i++) {
        printf("  capture: %s/%s\n", outcome->path,
               (char *) g_ptr_array_index(outcome->files, i));
    }
}

static void
print_json(const struct run_outcome *outcome)
{
    JsonObject *object = json_object_new();
    JsonNode *node;
    char fingerprint[17], *text;

    g_snprintf(fingerprint, sizeof fingerprint, "%016" PRIx64,
               outcome->fingerprint);
    json_object_set_boolean_member(object, "passed",
                                   run_exit_code(outcome) == 0);
    json_object_set_int_member(object, "exit_code", run_exit_code(outcome));
    json_object_set_string_member(object, "run_directory", outcome->path);
    json_object_set_string_member(object, "fingerprint", fingerprint);
    json_object_set_int_member(object, "n_passed", outcome->n_passed);
    json_object_set_int_member(object, "n_failed", outcome->n_failed);
    node = json_node_init_object(json_node_alloc(), object);
    json_object_unref(object);
    text = json_text(node, true);
    puts(text);
    g_free(text);
    json_node_unref(node);
}

static void
report_bug(const struct run_outcome *outcome)
{
    const struct packet_sums *sums = &outcome->sums;

    fprintf(stderr,
            "paca: internal error: the packets of this run do not add up:\n"
            "  created %" PRIu64 ", delivered %" PRIu64 ", consumed %" PRIu64
            ", dropped %" PRIu64 ", in flight %" PRIu64 ", alive %" PRIu64 "\n"
            "Please report this, with %s/scenario.yaml and manifest.json.\n",
            sums->created, sums->delivered, sums->consumed, sums->dropped,
            sums->in_flight, sums->alive, outcome->path);
}

/* Reads --limit-memory. */
static bool
read_memory(const struct command *command, uint64_t *bytes)
{
    struct quantity q;
    struct fault fault = { 0 };
    int64_t n;

    if (limit_memory
        && (!quantity_parse(limit_memory, DIM_BYTES, &q, &fault)
            || q.dim != DIM_BYTES || !quantity_to_int(q, &n) || n <= 0)) {
        command_usage_error(command, "--limit-memory is a size, such as 4GiB");
        fault_clear(&fault);
        return false;
    }
    *bytes = limit_memory ? (uint64_t) n : 0;
    return true;
}

static int
run(const struct scenario *s, struct run_options *options)
{
    struct run_outcome outcome;
    GError *error = NULL;
    double last_line_s = 0;
    int code;

    catch_signals();
    options->stop = &stop;
    if (!common.quiet) {
        options->progress = show_progress;
        options->progress_aux = &last_line_s;
    }
    if (run_scenario(s, options, &outcome, &error)) {
        if (options->progress && isatty(STDERR_FILENO)) {
            fputs("\r\033[K", stderr);
        }
        if (common.json) {
            print_json(&outcome);
        } else {
            print_outcome(&outcome);
        }
        if (!outcome.sums_add_up) {
            report_bug(&outcome);
        }
        code = run_exit_code(&outcome);
    } else {
        fprintf(stderr, "paca: %s\n", error->message);
        g_error_free(error);
        code = EXIT_IO;
    }
    run_outcome_clear(&outcome);
    return code;
}

int
command_run(const struct command *command, int argc, char **argv)
{
    struct run_options options = { 0 };
    struct scenario *s;
    char *line = join_arguments(argc, argv);
    int code = EXIT_USAGE;

    if (!command_parse(command, &argc, &argv, entries, true)
        || !read_memory(command, &options.memory_bytes)) {
        g_free(line);
        return EXIT_USAGE;
    }
    if (argc != 2) {
        g_free(line);
        return command_usage_error(command, "give one scenario");
    }
    if (partitions < 1 || partitions > PARTITIONS_MAX) {
        g_free(line);
        return command_usage_error(command, "--partitions is 1 to %d",
                                   PARTITIONS_MAX);
    }
    options.out = out;
    options.partitions = (uint32_t) partitions;
    options.force = force;
    options.command_line = line;
    s = command_read_scenario(argv[1], &code);
    if (s) {
        if (command_print_diagnostics(s)) {
            code = dry_run ? EXIT_PASSED : run(s, &options);
        }
        scenario_free(s);
    }
    g_free(line);
    return code;
}

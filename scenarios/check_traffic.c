/* Checks of workloads, captures and expectations. */

#include "scenarios/read.h"

#include <string.h>

#include "traces/capture_reader.h"
#include "traces/frame_filter.h"
#include "traces/outdir.h"

#define IP_AND_UDP_BYTES 28 /* IPv4 20, UDP 8; ICMP has 8 as well. */

static void
check_filter(struct scenario *s, const char *filter, struct loc loc)
{
    GError *error = NULL;
    struct frame_filter *compiled = frame_filter_new(filter, &error);

    if (!compiled) {
        diag_report(s->diag, E081, loc, "the filter cannot be used: %s",
                    error->message);
        g_error_free(error);
    }
    frame_filter_free(compiled);
}

static void
check_capture(struct scenario *s, const struct scenario_capture *capture,
              GHashTable *files)
{
    if (capture->filter) {
        check_filter(s, capture->filter, capture->filter_loc);
    }
    if (capture->merge && !g_hash_table_add(files, g_strdup(capture->merge))) {
        diag_report(s->diag, E086, capture->merge_loc,
                    "two captures write to %s", capture->merge);
    }
    for (unsigned int i = 0; !capture->merge && i < capture->places->len;
         i++) {
        const char *name =
            g_array_index(capture->places, struct scenario_place, i).name;
        char *place = outdir_name_of_place(name);
        char *file = g_strdup_printf("%s.%s", place,
                                     capture->is_pcap ? "pcap" : "pcapng");

        if (g_hash_table_contains(files, file)) {
            diag_report(s->diag, E086, capture->loc,
                        "two captures write to %s", file);
            diag_help(s->diag, "give one of them a file of its own by merge");
        }
        g_hash_table_add(files, file);
        g_free(place);
    }
}

static void
report_late(struct scenario *s, struct loc loc, const char *id)
{
    char *until = quantity_format(quantity_int(s->until, DIM_TIME));

    diag_report(s->diag, W104, loc, "%s starts when the run has ended", id);
    diag_help(s->diag, "the run ends at %s", until);
    g_free(until);
}

static void
check_flow(struct scenario *s, const struct scenario_flow *flow)
{
    const struct flow_config *config = &flow->config;
    const struct scenario_vm *from = flow->from, *to = flow->to;
    double largest = MAX(config->size.a, config->size.b);
    bool is_datagrams = !strcmp(config->kind->name, "udp")
                        || !strcmp(config->kind->name, "ping");

    if (flow->is_probe) {
        return;
    }
    if (from->subnet != to->subnet) {
        diag_report(s->diag, E071, flow->loc,
                    "%s and %s are in different virtual subnets, and nothing "
                    "routes between them",
                    from->path, to->path);
    } else if (from->use != to->use) {
        diag_report(s->diag, E071, flow->loc,
                    "%s travels by %s and %s by %s: they cannot talk",
                    from->path, from->use->kind, to->path, to->use->kind);
    }
    if (is_datagrams
        && (config->size.kind == DISTRIBUTION_CONSTANT
            || config->size.kind == DISTRIBUTION_UNIFORM)
        && largest + IP_AND_UDP_BYTES > from->mtu) {
        diag_report(s->diag, E077, flow->size_loc,
                    "%.0f B and %d B of headers do not fit the MTU of %s, "
                    "%u B",
                    largest, IP_AND_UDP_BYTES, from->path, from->mtu);
        diag_help(s->diag,
                  "send at most %dB; fragmentation is not supported yet",
                  from->mtu - IP_AND_UDP_BYTES);
    }
    if (config->start.kind == DISTRIBUTION_CONSTANT
        && config->start.a >= (double) s->until) {
        report_late(s, flow->loc, config->id);
    }
}

static void
check_replay(struct scenario *s, const struct scenario_replay *replay)
{
    char *path = g_path_is_absolute(replay->file)
                     ? g_strdup(replay->file)
                     : g_build_filename(s->folder, replay->file, NULL);
    GError *error = NULL;
    struct frame_list *list = frame_list_read(path, &error);

    if (!list) {
        /* The file is named as the scenario does. */
        bool has_path = g_str_has_prefix(error->message, path);

        diag_report(s->diag, E075, replay->file_loc, "%s%s",
                    has_path ? replay->file : "",
                    error->message + (has_path ? strlen(path) : 0));
        if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
            diag_help(s->diag, "it is looked for in the scenario's folder");
        }
        g_error_free(error);
    } else {
        for (unsigned int i = 0; i < replay->frames->len; i++) {
            uint32_t number = g_array_index(replay->frames, uint32_t, i);

            if (number > list->n) {
                diag_report(s->diag, E075, replay->frames_loc,
                            "%s has no frame %u: it has %zu", replay->file,
                            number, list->n);
            }
        }
        frame_list_free(list);
    }
    if (replay->start >= s->until) {
        report_late(s, replay->loc, replay->id);
    }
    g_free(path);
}

static void
check_expect(struct scenario *s, const struct scenario_expect *expect)
{
    switch (expect->kind) {
    case EXPECT_METRIC: check_expected_metric(s, expect); break;
    case EXPECT_PRESENT:
    case EXPECT_ABSENT:
        check_filter(s, expect->filter, expect->filter_loc);
        break;
    case EXPECT_REACHABLE:
    case EXPECT_UNREACHABLE:
        for (unsigned int i = 0; i < MIN(expect->probes->len, 1); i++) {
            const struct scenario_flow *probe =
                g_ptr_array_index(expect->probes, i);
            const struct flow_config *config = &probe->config;

            if (config->start.a + (double) config->count * config->gap.a
                > (double) s->until) {
                diag_report(s->diag, E087, expect->verb_loc,
                            "the probe takes 300ms from its start, and the "
                            "run ends before that");
                diag_help(s->diag, "start it earlier, or raise run.until");
            }
        }
        break;
    case EXPECT_ISOLATED:
    case EXPECT_WALK:
    case EXPECT_FINGERPRINT: break;
    }
}

/* Checks what makes traffic and what looks at it. */
void
check_traffic(struct scenario *s)
{
    GHashTable *files =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (unsigned int i = 0; i < s->flows->len; i++) {
        check_flow(s, g_ptr_array_index(s->flows, i));
    }
    for (unsigned int i = 0; i < s->replays->len; i++) {
        check_replay(s, g_ptr_array_index(s->replays, i));
    }
    for (unsigned int i = 0; i < s->captures->len; i++) {
        check_capture(s, g_ptr_array_index(s->captures, i), files);
    }
    check_collected(s);
    for (unsigned int i = 0; i < s->expects->len; i++) {
        check_expect(s, g_ptr_array_index(s->expects, i));
    }
    g_hash_table_unref(files);
}

/* Says whether an expectation looks at 'flow'. */
static bool
is_expected(const struct scenario *s, const struct scenario_flow *flow)
{
    size_t size = strlen(flow->config.id);

    for (unsigned int i = 0; i < s->expects->len; i++) {
        const struct scenario_expect *expect =
            g_ptr_array_index(s->expects, i);

        if (expect->flow == flow
            || (expect->metric
                && !strncmp(expect->metric, flow->config.id, size)
                && expect->metric[size] == '.')) {
            return true;
        }
    }
    return false;
}

/* Notes VMs that are not in 'busy'; those of one entry together. */
static void
note_idle_vms(struct scenario *s, GHashTable *busy)
{
    const struct scenario_vm *first = NULL;
    unsigned int n = 0;

    for (unsigned int i = 0; i <= s->vms->len && !s->replays->len; i++) {
        const struct scenario_vm *vm =
            i < s->vms->len ? g_ptr_array_index(s->vms, i) : NULL;

        if (first && (!vm || vm->locs != first->locs)) {
            if (n > 1) {
                diag_report(s->diag, N203, loc_point(first->locs->name),
                            "%s and %u more have no traffic", first->path,
                            n - 1);
            } else {
                diag_report(s->diag, N203, loc_point(first->locs->name),
                            "%s has no traffic", first->path);
            }
            first = NULL;
            n = 0;
        }
        if (vm && !g_hash_table_contains(busy, vm)) {
            first = first ? first : vm;
            n++;
        }
    }
}

/* Notes what may be an oversight: parameters that nothing uses, workloads
 * that no expectation looks at, VMs without traffic. */
void
check_notes(struct scenario *s)
{
    GHashTable *busy = g_hash_table_new(NULL, NULL);

    scope_note_unused(s->scope);
    for (unsigned int i = 0; i < s->flows->len; i++) {
        const struct scenario_flow *flow = g_ptr_array_index(s->flows, i);

        g_hash_table_add(busy, flow->from);
        g_hash_table_add(busy, flow->to);
        if (!flow->is_probe && !is_expected(s, flow)) {
            diag_report(s->diag, N202, loc_point(flow->loc),
                        "no expectation looks at %s", flow->config.id);
        }
    }
    note_idle_vms(s, busy);
    g_hash_table_unref(busy);
}

/* Checks of workloads, captures and expectations. */

#include "scenarios/read.h"

#include <string.h>

#include "scenarios/metric_name.h"
#include "traces/capture_reader.h"
#include "traces/frame_filter.h"

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
    if (capture->merge && !g_hash_table_add(files, (char *) capture->merge)) {
        diag_report(s->diag, E086, capture->merge_loc,
                    "two captures write to %s", capture->merge);
    }
    for (unsigned int i = 0; !capture->merge && i < capture->places->len;
         i++) {
        const char *name =
            g_array_index(capture->places, struct scenario_place, i).name;

        if (!g_hash_table_add(files, (char *) name)) {
            diag_report(s->diag, E086, capture->loc,
                        "two captures keep the frames of %s", name);
            diag_help(s->diag, "give one of them a file of its own by merge");
        }
    }
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
        diag_report(s->diag, E077, flow->loc,
                    "%.0f B and %d B of headers do not fit the MTU of %s, "
                    "%u B; fragmentation is not supported yet",
                    largest, IP_AND_UDP_BYTES, from->path, from->mtu);
    }
    if (config->start.kind == DISTRIBUTION_CONSTANT
        && config->start.a >= (double) s->until) {
        diag_report(s->diag, W104, flow->loc,
                    "%s starts when the run has ended", config->id);
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
        diag_report(s->diag, E075, replay->file_loc, "%s", error->message);
        g_error_free(error);
    } else {
        for (unsigned int i = 0; i < replay->frames->len; i++) {
            uint32_t number = g_array_index(replay->frames, uint32_t, i);

            if (number > list->n) {
                diag_report(s->diag, E075, replay->loc,
                            "%s has no frame %u: it has %zu", replay->file,
                            number, list->n);
            }
        }
        frame_list_free(list);
    }
    g_free(path);
}

static void
check_expect(struct scenario *s, const struct scenario_expect *expect)
{
    char *why = NULL;

    switch (expect->kind) {
    case EXPECT_METRIC:
        if (!metric_name_is_known(s, expect->metric, &why)) {
            diag_report(s->diag, E080, expect->verb_loc, "%s", why);
            diag_help(s->diag, "'paca kinds metrics' lists them");
            g_free(why);
        }
        break;
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
            }
        }
        break;
    case EXPECT_ISOLATED:
    case EXPECT_WALK:
    case EXPECT_FINGERPRINT: break;
    }
}

static void
check_collected(struct scenario *s)
{
    for (unsigned int i = 0; i < s->collect->len; i++) {
        char *why = NULL;

        if (!metric_name_is_known(s, g_ptr_array_index(s->collect, i), &why)) {
            diag_report(s->diag, E080, source_loc_whole(s->source),
                        "metrics.collect: %s", why);
            diag_help(s->diag, "'paca kinds metrics' lists them");
            g_free(why);
        }
    }
}

/* Checks what makes traffic and what looks at it. */
void
check_traffic(struct scenario *s)
{
    GHashTable *files = g_hash_table_new(g_str_hash, g_str_equal);

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

        if (first && (!vm || !loc_equal(vm->loc, first->loc))) {
            if (n > 1) {
                diag_report(s->diag, N203, loc_point(first->loc),
                            "%s and %u more have no traffic", first->path,
                            n - 1);
            } else {
                diag_report(s->diag, N203, loc_point(first->loc),
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

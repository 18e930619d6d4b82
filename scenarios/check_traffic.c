/* Checks of workloads, captures and expectations. */

#include "scenarios/read.h"

#include <string.h>

#include "scenarios/end.h"
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

/* Checks that two VMs can talk. */
static void
check_vms(struct scenario *s, const struct scenario_flow *flow)
{
    const struct scenario_vm *from = flow->from.vm, *to = flow->to.vm;

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
}

/* Checks that a server's IP has a way to another's address. */
static void
check_servers(struct scenario *s, const struct scenario_flow *flow)
{
    const struct scenario_node *ends[] = { flow->from.server,
                                           flow->to.server };

    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        const struct scenario_node *own = ends[i], *other = ends[1 - i];

        if (!own->gateway.family
            && !ip_prefix_contains(&own->pa, &other->pa.addr)) {
            char address[IP_ADDR_STRLEN];

            ip_addr_format(&other->pa.addr, address);
            diag_report(s->diag, E071, flow->loc,
                        "%s has no gateway, and %s of %s is not in its subnet",
                        own->name, address, other->name);
            return;
        }
    }
}

static void
check_ends(struct scenario *s, const struct scenario_flow *flow)
{
    if (flow->from.vm && flow->to.vm) {
        check_vms(s, flow);
    } else if (flow->from.server && flow->to.server) {
        check_servers(s, flow);
    } else {
        const struct scenario_vm *vm =
            flow->from.vm ? flow->from.vm : flow->to.vm;
        const struct scenario_node *server =
            flow->from.vm ? flow->to.server : flow->from.server;

        if (vm->use != &datapath_flat) {
            diag_report(s->diag, E071, flow->loc,
                        "%s travels by %s, and %s is a bare server: they "
                        "cannot talk",
                        vm->path, vm->use->kind, server->name);
        }
    }
}

static unsigned int
n_reported(const struct scenario *s)
{
    return diag_count(s->diag, DIAG_ERROR) + diag_count(s->diag, DIAG_WARNING);
}

/* Returns false if something was reported. */
static bool
check_flow(struct scenario *s, const struct scenario_flow *flow)
{
    const struct flow_config *config = &flow->config;
    uint16_t mtu = end_mtu(&flow->from);
    double largest = MAX(config->size.a, config->size.b);
    bool is_datagrams = !strcmp(config->kind->name, "udp")
                        || !strcmp(config->kind->name, "ping");
    unsigned int before = n_reported(s);

    check_ends(s, flow);
    if (is_datagrams
        && (config->size.kind == DISTRIBUTION_CONSTANT
            || config->size.kind == DISTRIBUTION_UNIFORM)
        && largest + IP_AND_UDP_BYTES > mtu) {
        diag_report(s->diag, E077, flow->size_loc,
                    "%.0f B and %d B of headers do not fit the MTU of %s, "
                    "%u B",
                    largest, IP_AND_UDP_BYTES, end_path(&flow->from), mtu);
        diag_help(s->diag,
                  "send at most %dB; fragmentation is not supported yet",
                  mtu - IP_AND_UDP_BYTES);
    }
    if (config->start.kind == DISTRIBUTION_CONSTANT
        && config->start.a >= (double) s->until) {
        report_late(s, flow->loc, config->id);
    }
    return n_reported(s) == before;
}

/* The flows of one workload differ in their ends only: once one of them was
 * reported, the others are not. */
static void
check_flows(struct scenario *s)
{
    size_t reported = SIZE_MAX;

    for (unsigned int i = 0; i < s->flows->len; i++) {
        const struct scenario_flow *flow = g_ptr_array_index(s->flows, i);

        if (!flow->is_probe && flow->workload != reported
            && !check_flow(s, flow)) {
            reported = flow->workload;
        }
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

    check_flows(s);
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

/* Says whether an expectation looks at 'flow', or at all flows. */
static bool
is_expected(const struct scenario *s, const struct scenario_flow *flow)
{
    size_t size = strlen(flow->config.id);

    for (unsigned int i = 0; i < s->expects->len; i++) {
        const struct scenario_expect *expect =
            g_ptr_array_index(s->expects, i);

        if (expect->flow == flow
            || (expect->metric
                && (g_str_has_prefix(expect->metric, "flow.")
                    || (!strncmp(expect->metric, flow->config.id, size)
                        && expect->metric[size] == '.')))) {
            return true;
        }
    }
    return false;
}

/* Notes workloads of which no expectation looks at any flow. */
static void
note_unexpected(struct scenario *s)
{
    for (unsigned int i = 0, n; i < s->flows->len; i += n) {
        const struct scenario_flow *first = g_ptr_array_index(s->flows, i);
        const struct scenario_flow *flow = first;
        bool is_looked_at = false;

        for (n = 0; flow && flow->workload == first->workload
                    && flow->is_probe == first->is_probe;
             n++) {
            is_looked_at = is_looked_at || is_expected(s, flow);
            flow = i + n + 1 < s->flows->len
                       ? g_ptr_array_index(s->flows, i + n + 1)
                       : NULL;
        }
        if (first->is_probe || is_looked_at) {
            continue;
        }
        if (n > 1) {
            diag_report(s->diag, N202, loc_point(first->loc),
                        "no expectation looks at %s and %u more",
                        first->config.id, n - 1);
        } else {
            diag_report(s->diag, N202, loc_point(first->loc),
                        "no expectation looks at %s", first->config.id);
        }
    }
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

        g_hash_table_add(busy, flow->from.vm);
        g_hash_table_add(busy, flow->to.vm);
    }
    note_unexpected(s);
    note_idle_vms(s, busy);
    g_hash_table_unref(busy);
}

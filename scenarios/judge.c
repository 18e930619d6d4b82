#include "scenarios/judge.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "scenarios/end.h"
#include "scenarios/judge_private.h"
#include "scenarios/query.h"
#include "traces/frame_counter.h"
#include "traces/leak.h"
#include "traces/number_text.h"
#include "traces/walk.h"

/* Room for the walk of the wanted packet and the handshakes before it. */
#define WALK_PACKETS_BEFORE 64

/* What watches for one expectation. */
struct watch {
    const struct scenario_expect *expect;
    struct query *query;
    struct frame_counter **counters; /* One for each place. */
    struct walk *walk;
    struct probe_watch *probes; /* One for each probe. */
};

struct judge {
    const struct network *net;
    GArray *watches;  /* struct watch */
    GArray *verdicts; /* struct verdict, once made */
    struct leak_watch *leaks;
};

/* Watches who gets the frames of 'probe': only those count as proof. */
static void
probe_frame(struct tap *tap, const struct tap_point *point,
            enum tap_direction direction, const struct packet *pkt)
{
    struct probe_watch *watch = (struct probe_watch *) (void *) tap;

    (void) point;
    watch->n_seen +=
        direction == TAP_IN && pkt->tag.flow == watch->flow && !pkt->tag.reply;
}

static struct tap_point **
taps_of(const struct network *net, const GArray *places)
{
    struct tap_point **taps = g_new(struct tap_point *, places->len + 1);

    for (unsigned int i = 0; i < places->len; i++) {
        taps[i] =
            network_tap(net, &g_array_index(places, struct scenario_place, i));
    }
    return taps;
}

static void
watch_frames(const struct network *net, struct watch *watch)
{
    const GArray *places = watch->expect->places;
    struct frame_counter_config config = { .filter = watch->expect->filter };
    struct tap_point **taps = taps_of(net, places);

    watch->counters = g_new0(struct frame_counter *, places->len);
    for (unsigned int i = 0; i < places->len; i++) {
        watch->counters[i] = frame_counter_new(&config, &taps[i], 1, NULL);
        g_assert(watch->counters[i]); /* The filter was compiled before. */
    }
    g_free(taps);
}

static void
watch_walk(const struct network *net, struct watch *watch)
{
    const struct scenario_expect *expect = watch->expect;
    struct walk_config config = {
        .flow = expect->flow->config.index,
        .max_packets = 2 * (size_t) expect->packet + WALK_PACKETS_BEFORE,
    };
    GArray *places = g_array_new(FALSE, FALSE, sizeof(struct scenario_place));
    const struct scenario_end *ends[] = { &expect->flow->from,
                                          &expect->flow->to };
    struct tap_point **taps;

    /* At the ends it shows which packets are ARP, and so are not counted. */
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        struct scenario_place end = end_nic(net->scenario, ends[i]);

        g_array_append_val(places, end);
    }
    for (unsigned int i = 0; i < expect->steps->len; i++) {
        const struct scenario_step *step =
            &g_array_index(expect->steps, struct scenario_step, i);

        g_array_append_val(places, step->place);
    }
    judge_unique_places(places);
    taps = taps_of(net, places);
    watch->walk = walk_new(net->sim, &config, taps, places->len);
    g_free(taps);
    g_array_unref(places);
}

static void
watch_probes(const struct network *net, struct watch *watch)
{
    const GPtrArray *probes = watch->expect->probes;

    watch->probes = g_new0(struct probe_watch, probes->len);
    for (unsigned int i = 0; i < probes->len; i++) {
        const struct scenario_flow *flow = g_ptr_array_index(probes, i);

        watch->probes[i].tap.frame = probe_frame;
        watch->probes[i].flow = flow->config.index;
        tap_add(end_tap(net, &flow->to), &watch->probes[i].tap);
    }
}

static struct leak_watch *
watch_leaks(const struct network *net)
{
    const GPtrArray *vms = net->scenario->vms;
    struct leak_place *places = g_new(struct leak_place, vms->len + 1);
    struct leak_watch *leaks;

    for (unsigned int i = 0; i < vms->len; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(vms, i);

        places[i] = (struct leak_place){ guest_tap(net->guests[i]),
                                         vm->tenant->index };
    }
    leaks = leak_watch_new(places, vms->len, net->scenario->tenants->len);
    g_free(places);
    return leaks;
}

static void
watch_expect(struct judge *judge, const struct scenario_expect *expect)
{
    struct watch watch = { .expect = expect };

    switch (expect->kind) {
    case EXPECT_METRIC:
        watch.query = query_new(judge->net, expect->metric);
        if (expect->has_window) {
            query_watch_window(watch.query, expect->from, expect->to);
        }
        break;
    case EXPECT_ISOLATED:
        if (!judge->leaks) {
            judge->leaks = watch_leaks(judge->net);
        }
        break;
    case EXPECT_REACHABLE:
    case EXPECT_UNREACHABLE: watch_probes(judge->net, &watch); break;
    case EXPECT_PRESENT:
    case EXPECT_ABSENT: watch_frames(judge->net, &watch); break;
    case EXPECT_WALK: watch_walk(judge->net, &watch); break;
    case EXPECT_FINGERPRINT: break;
    }
    g_array_append_val(judge->watches, watch);
}

static void
clear_verdict(void *data)
{
    struct verdict *verdict = data;

    g_free(verdict->measured);
    g_free(verdict->wanted);
    g_free(verdict->where);
}

/* Watches 'net', which must outlive the result, for its scenario's
 * expectations. */
struct judge *
judge_new(const struct network *net)
{
    struct judge *judge = g_new0(struct judge, 1);
    const GPtrArray *expects = net->scenario->expects;

    judge->net = net;
    judge->watches = g_array_new(FALSE, FALSE, sizeof(struct watch));
    judge->verdicts = g_array_new(FALSE, TRUE, sizeof(struct verdict));
    g_array_set_clear_func(judge->verdicts, clear_verdict);
    for (unsigned int i = 0; i < expects->len; i++) {
        const struct scenario_expect *expect = g_ptr_array_index(expects, i);

        if (!expect->is_off) {
            watch_expect(judge, expect);
        }
    }
    return judge;
}

void
judge_free(struct judge *judge)
{
    for (unsigned int i = 0; i < judge->watches->len; i++) {
        struct watch *watch = &g_array_index(judge->watches, struct watch, i);

        for (unsigned int j = 0;
             watch->counters && j < watch->expect->places->len; j++) {
            frame_counter_free(watch->counters[j]);
        }
        g_free(watch->counters);
        g_free(watch->probes);
        if (watch->query) {
            query_free(watch->query);
        }
        walk_free(watch->walk);
    }
    leak_watch_free(judge->leaks);
    g_array_unref(judge->watches);
    g_array_unref(judge->verdicts);
    g_free(judge);
}

/* To be called when the warm-up ends. */
void
judge_warmup(struct judge *judge)
{
    for (unsigned int i = 0; i < judge->watches->len; i++) {
        struct query *query =
            g_array_index(judge->watches, struct watch, i).query;

        if (query) {
            query_warmup(query);
        }
    }
}

/* To be called at every sample. */
void
judge_sample(struct judge *judge)
{
    for (unsigned int i = 0; i < judge->watches->len; i++) {
        struct query *query =
            g_array_index(judge->watches, struct watch, i).query;

        if (query) {
            query_sample(query);
        }
    }
}

/* Adds up what leaked to or from the tenants in 'is_asked', by index, and says
 * where it did first. */
static uint64_t
count_leaks(const struct judge *judge, const bool *is_asked, char **where)
{
    struct leak_pair *pairs;
    size_t n = leak_watch_pairs(judge->leaks, &pairs);
    uint64_t leaked = 0;

    for (size_t i = 0; i < n; i++) {
        uint32_t from = pairs[i].from, to = pairs[i].to;

        if (is_asked[from] || is_asked[to]) {
            leaked += leak_watch_count(judge->leaks, from, to);
            if (!*where) {
                *where = judge_sighting_text(
                    leak_watch_first(judge->leaks, from, to));
            }
        }
    }
    g_free(pairs);
    return leaked;
}

static void
judge_isolated(const struct judge *judge, const struct scenario_expect *expect,
               struct verdict *verdict)
{
    const GPtrArray *tenants = expect->tenants;
    bool *is_asked = g_new0(bool, judge->net->scenario->tenants->len + 1);
    uint64_t watched = 0, leaked;

    for (unsigned int i = 0; i < tenants->len; i++) {
        const struct scenario_tenant *a = g_ptr_array_index(tenants, i);

        watched += leak_watch_count(judge->leaks, a->index, a->index);
        is_asked[a->index] = true;
    }
    leaked = count_leaks(judge, is_asked, &verdict->where);
    verdict->passed = watched > 0 && leaked == 0;
    verdict->wanted = g_strdup("no frame of another tenant in a VM");
    verdict->measured =
        leaked    ? g_strdup_printf("%" PRIu64 " frames leaked", leaked)
        : watched ? g_strdup_printf("none, among %" PRIu64 " frames", watched)
                  : g_strdup("no data: these tenants' VMs got no frame");
    g_free(is_asked);
}

static void
judge_frames(const struct watch *watch, struct verdict *verdict)
{
    bool wants = watch->expect->kind == EXPECT_PRESENT;
    uint64_t seen = 0, matched = 0;

    verdict->passed = true;
    for (unsigned int i = 0; i < watch->expect->places->len; i++) {
        const struct frame_counter *counter = watch->counters[i];
        const struct frame_sighting *first = frame_counter_first(counter);

        seen += frame_counter_seen(counter);
        matched += frame_counter_matched(counter);
        if (wants != (frame_counter_matched(counter) > 0)) {
            verdict->passed = false;
            if (!verdict->where) {
                verdict->where =
                    first ? judge_sighting_text(first)
                          : g_strdup(g_array_index(watch->expect->places,
                                                   struct scenario_place, i)
                                         .name);
            }
        }
    }
    verdict->passed = verdict->passed && seen > 0;
    verdict->wanted = g_strdup(wants ? "a matching frame at each place"
                                     : "no matching frame");
    verdict->measured =
        seen ? g_strdup_printf("%" PRIu64 " of %" PRIu64 " frames match",
                               matched, seen)
             : g_strdup("no data: no frame passed there");
}

static void
judge_probes(const struct judge *judge, const struct watch *watch,
             struct verdict *verdict)
{
    bool wants = watch->expect->kind == EXPECT_REACHABLE;
    const GPtrArray *probes = watch->expect->probes;
    unsigned int n_right = 0;

    for (unsigned int i = 0; i < probes->len; i++) {
        const struct scenario_flow *flow = g_ptr_array_index(probes, i);
        const struct flow_stats *stats =
            flow_end_stats(judge->net->clients[flow->place]);
        uint64_t seen = watch->probes[i].n_seen;
        bool right = wants ? seen > 0 && stats->completed > 0
                           : stats->sent > 0 && seen == 0;

        n_right += right;
        if (!right && !verdict->where) {
            verdict->where =
                g_strdup_printf("%s to %s: %" PRIu64 " pings sent, %" PRIu64
                                " got there, %" PRIu64 " answered",
                                end_path(&flow->from), end_path(&flow->to),
                                stats->sent, seen, stats->completed);
        }
    }
    verdict->passed = n_right == probes->len;
    verdict->wanted = g_strdup(wants ? "pings answered by the VM itself"
                                     : "no ping gets there");
    verdict->measured =
        g_strdup_printf("%u of %u pairs", n_right, probes->len);
}

static void
judge_one(struct judge *judge, const struct watch *watch,
          struct verdict *verdict)
{
    const struct scenario_expect *expect = watch->expect;

    switch (expect->kind) {
    case EXPECT_METRIC: judge_metric(expect, watch->query, verdict); break;
    case EXPECT_ISOLATED: judge_isolated(judge, expect, verdict); break;
    case EXPECT_REACHABLE:
    case EXPECT_UNREACHABLE: judge_probes(judge, watch, verdict); break;
    case EXPECT_PRESENT:
    case EXPECT_ABSENT: judge_frames(watch, verdict); break;
    case EXPECT_WALK: judge_walk(expect, watch->walk, verdict); break;
    case EXPECT_FINGERPRINT:
        verdict->measured =
            g_strdup_printf("%016" PRIx64, sim_fingerprint(judge->net->sim));
        verdict->wanted = g_strdup(expect->fingerprint);
        verdict->passed = !strcmp(verdict->measured, verdict->wanted);
        break;
    }
}

const GArray *
judge_verdicts(struct judge *judge)
{
    if (!judge->verdicts->len) {
        judge_sample(judge);
        for (unsigned int i = 0; i < judge->watches->len; i++) {
            const struct watch *watch =
                &g_array_index(judge->watches, struct watch, i);
            struct verdict verdict = { .expect = watch->expect };

            judge_one(judge, watch, &verdict);
            g_array_append_val(judge->verdicts, verdict);
        }
    }
    return judge->verdicts;
}

#include "scenarios/outputs.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "scenarios/metric_name.h"
#include "scenarios/series.h"
#include "scenarios/timeline.h"
#include "traces/capture.h"
#include "traces/drops.h"
#include "traces/events_log.h"
#include "traces/number_text.h"
#include "traces/sampler.h"

struct outputs {
    struct outdir *dir;
    const struct network *net;
    struct tag_names names;
    GPtrArray *captures; /* struct capture */
    struct sampler *sampler;
    GPtrArray *series;   /* "struct series"es that are sampled. */
    bool samples_at_end; /* There is no period: only the end. */
    struct drops *drops;
    struct events_log *events;
};

static const char *
flow_name(void *aux, uint32_t flow)
{
    return scenario_flow_name(aux, flow);
}

static const char *
tenant_name(void *aux, uint32_t tenant)
{
    return scenario_tenant_name(aux, tenant);
}

/* The title of the node, or of the VM's tenant; who has none is called by
 * name. */
static const char *
description_of(const struct scenario_place *place)
{
    const char *title =
        place->port ? place->port->node->title : place->vm->tenant->title;

    if (title && *title) {
        return title;
    }
    return place->port ? place->port->node->name : place->vm->tenant->name;
}

static bool
add_capture(struct outputs *outputs, const struct scenario_capture *capture,
            const char *name, const struct scenario_place *places, size_t n,
            GError **error)
{
    struct capture_config config = {
        .format = capture->is_pcap ? CAPTURE_PCAP : CAPTURE_PCAPNG,
        .filter = capture->filter,
        .snaplen = capture->snaplen,
        .limit_bytes = capture->limit_bytes,
        .from = capture->from,
        .to = capture->to == SIM_NEVER ? 0 : capture->to,
    };
    struct capture_place *taps = g_new(struct capture_place, n);
    struct capture *made;

    for (size_t i = 0; i < n; i++) {
        taps[i] = (struct capture_place){
            network_tap(outputs->net, &places[i]),
            description_of(&places[i]),
        };
    }
    made = capture_new(outputs->net->sim, outputs->dir, name, &config, taps, n,
                       &outputs->names, error);
    g_free(taps);
    if (made) {
        g_ptr_array_add(outputs->captures, made);
    }
    return made != NULL;
}

static bool
add_captures(struct outputs *outputs, const struct scenario_capture *capture,
             GError **error)
{
    const struct scenario_place *places =
        (const struct scenario_place *) (void *) capture->places->data;
    const char *suffix = capture->is_pcap ? "pcap" : "pcapng";
    bool ok = true;

    if (capture->merge) {
        char *name = g_strdup_printf("pcap/%s", capture->merge);

        ok = add_capture(outputs, capture, name, places, capture->places->len,
                         error);
        g_free(name);
        return ok;
    }
    for (unsigned int i = 0; i < capture->places->len && ok; i++) {
        char *place = outdir_name_of_place(places[i].name);
        char *name = g_strdup_printf("pcap/%s.%s", place, suffix);

        ok = add_capture(outputs, capture, name, &places[i], 1, error);
        g_free(name);
        g_free(place);
    }
    return ok;
}

static double
read_series(void *aux)
{
    const struct series *series = aux;

    return series->read(series);
}

/* Adds the series that 'name', a key of metrics.collect, stands for. */
static void
add_samples(struct outputs *outputs, const char *name)
{
    struct metric_name parsed;
    struct fault fault = { 0 };
    struct series_walk walk;
    struct series found;

    if (!metric_name_parse(outputs->net->scenario, name, &parsed, &fault)) {
        g_error("%s", fault.message); /* It was checked. */
    }
    for (series_walk_init(&walk, outputs->net, parsed.metric,
                          parsed.is_kind ? NULL : parsed.object);
         series_next(&walk, &found);) {
        struct series *s = g_memdup2(&found, sizeof found);
        struct sample_source source = { .metric = s->metric,
                                        .entity = s->entity,
                                        .unit = s->unit,
                                        .read = read_series,
                                        .aux = s };

        g_ptr_array_add(outputs->series, s);
        sampler_add(outputs->sampler, &source);
    }
    metric_name_clear(&parsed);
}

static void
start_sampler(struct outputs *outputs)
{
    const struct scenario *s = outputs->net->scenario;
    sim_time every = s->sample_every;

    outputs->samples_at_end = !every;
    outputs->sampler = sampler_new(outputs->dir, every ? every : s->until,
                                   every ? every : s->until);
    for (unsigned int i = 0; i < s->collect->len; i++) {
        add_samples(outputs,
                    g_array_index(s->collect, struct scenario_metric, i).name);
    }
}

/* Starts the outputs that the scenario of 'net' asks for in 'dir';
 * both must outlive the result. */
struct outputs *
outputs_new(struct outdir *dir, const struct network *net, GError **error)
{
    struct outputs *outputs = g_new0(struct outputs, 1);
    const struct scenario *s = net->scenario;
    bool ok = true;

    outputs->dir = dir;
    outputs->net = net;
    outputs->names = (struct tag_names){ flow_name, tenant_name, (void *) s };
    outputs->captures = g_ptr_array_new();
    outputs->series = g_ptr_array_new_with_free_func(g_free);
    for (unsigned int i = 0; i < s->captures->len && ok; i++) {
        ok = add_captures(outputs, g_ptr_array_index(s->captures, i), error);
    }
    if (!ok) {
        outputs_free(outputs);
        return NULL;
    }
    start_sampler(outputs);
    outputs->drops = drops_new(net->sim, dir, DROPS_MAX, &outputs->names);
    outputs->events = events_log_new(net->sim, dir);
    timeline_write(net->timeline, outputs->events);
    return outputs;
}

void
outputs_free(struct outputs *outputs)
{
    for (unsigned int i = 0; i < outputs->captures->len; i++) {
        capture_free(g_ptr_array_index(outputs->captures, i));
    }
    g_ptr_array_unref(outputs->captures);
    if (outputs->sampler) {
        sampler_free(outputs->sampler);
        drops_free(outputs->drops);
        events_log_free(outputs->events);
    }
    g_ptr_array_unref(outputs->series);
    g_free(outputs);
}

sim_time
outputs_next_sample(const struct outputs *outputs)
{
    return outputs->net->scenario->collect->len || !outputs->samples_at_end
               ? sampler_next(outputs->sampler)
               : SIM_NEVER;
}

void
outputs_sample(struct outputs *outputs)
{
    sampler_sample(outputs->sampler, sim_now(outputs->net->sim));
}

/* Ends the outputs; adds the names of the captures to 'files', and to 'notes'
 * what people should know. */
void
outputs_close(struct outputs *outputs, GPtrArray *files, GPtrArray *notes)
{
    uint64_t left_out = drops_left_out(outputs->drops);

    for (unsigned int i = 0; i < outputs->captures->len; i++) {
        struct capture *capture = g_ptr_array_index(outputs->captures, i);
        const struct capture_stats *stats = capture_stats(capture);
        char when[NUMBER_TEXT_MAX];

        capture_close(capture);
        g_ptr_array_add(files, g_strdup(capture_file_name(capture)));
        if (stats->left_out) {
            g_ptr_array_add(
                notes, g_strdup_printf(
                           "%s was full at %s: %" PRIu64 " frames left out",
                           capture_file_name(capture),
                           milliseconds_format(when, stats->full_at),
                           stats->left_out));
        }
    }
    if (left_out) {
        g_ptr_array_add(notes,
                        g_strdup_printf("drops.csv holds the first %u drops; "
                                        "%" PRIu64 " more are only counted",
                                        DROPS_MAX, left_out));
    }
}

#include "scenarios/results.h"

#include <inttypes.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "scenarios/end.h"
#include "scenarios/resolved.h"
#include "scenarios/series.h"
#include "scenarios/totals.h"
#include "traces/csv_file.h"
#include "traces/json_file.h"
#include "traces/outfile.h"

#define SERIES_MAX 100000 /* More are left out of result.json. */

/* ---- result.json ---- */

static JsonArray *
expectations_json(const struct run_outcome *outcome)
{
    JsonArray *list = json_array_new();

    for (unsigned int i = 0; i < outcome->verdicts->len; i++) {
        const struct verdict *v =
            &g_array_index(outcome->verdicts, struct verdict, i);
        JsonObject *object = json_object_new();

        json_object_set_string_member(object, "id", v->expect->id);
        json_object_set_int_member(object, "line", v->expect->loc.line);
        json_object_set_boolean_member(object, "passed", v->passed);
        json_object_set_string_member(object, "measured", v->measured);
        json_object_set_string_member(object, "wanted", v->wanted);
        if (v->where) {
            json_object_set_string_member(object, "where", v->where);
        } else {
            json_object_set_null_member(object, "where");
        }
        json_array_add_object_element(list, object);
    }
    return list;
}

/* Series come in the scenario's order, so the names of one metric may come
 * more than once, apart: they are gathered. */
static JsonObject *
metrics_json(const struct network *net)
{
    JsonObject *metrics = json_object_new();
    bool is_large = series_count(net) > SERIES_MAX;
    struct series_walk walk;
    struct series s;

    for (series_walk_init(&walk, net, NULL, NULL);
         !is_large && series_next(&walk, &s);) {
        double value = s.read(&s);

        if (!json_object_has_member(metrics, s.metric)) {
            json_object_set_object_member(metrics, s.metric,
                                          json_object_new());
        }
        if (!isnan(value)) {
            json_object_set_double_member(
                json_object_get_object_member(metrics, s.metric), s.entity,
                value);
        }
    }
    return metrics;
}

static JsonObject *
drops_json(const GArray *fates)
{
    JsonObject *object = json_object_new();

    for (unsigned int i = 0; i < fates->len; i++) {
        const struct fate_count *count =
            &g_array_index(fates, struct fate_count, i);

        if (count->fate->kind == FATE_DROPPED) {
            json_object_set_int_member(object, count->fate->name,
                                       (int64_t) count->n);
        }
    }
    return object;
}

static JsonObject *
packets_json(const struct run_outcome *outcome)
{
    const struct packet_sums *sums = &outcome->sums;
    JsonObject *object = json_object_new();

    json_object_set_int_member(object, "created", (int64_t) sums->created);
    json_object_set_int_member(object, "delivered", (int64_t) sums->delivered);
    json_object_set_int_member(object, "consumed", (int64_t) sums->consumed);
    json_object_set_object_member(object, "dropped",
                                  drops_json(outcome->fates));
    json_object_set_int_member(object, "in_flight", (int64_t) sums->in_flight);
    return object;
}

static void
write_object(struct outdir *dir, const char *name, JsonObject *object)
{
    JsonNode *node = json_node_init_object(json_node_alloc(), object);

    json_object_unref(object);
    json_file_write(dir, name, node);
    json_node_unref(node);
}

static void
write_result(struct outdir *dir, const struct network *net,
             const struct run_outcome *outcome)
{
    JsonObject *object = json_object_new();

    json_object_set_boolean_member(object, "passed",
                                   run_exit_code(outcome) == 0);
    json_object_set_boolean_member(object, "partial",
                                   outcome->end != RUN_END_COMPLETE);
    json_object_set_array_member(object, "expectations",
                                 expectations_json(outcome));
    json_object_set_object_member(object, "metrics", metrics_json(net));
    json_object_set_object_member(object, "packets", packets_json(outcome));
    write_object(dir, "result.json", object);
}

/* ---- manifest.json ---- */

static JsonObject *
params_json(const struct scenario *s)
{
    JsonObject *object = json_object_new();
    struct scope_param param;

    for (size_t i = 0; i < scope_n_params(s->scope); i++) {
        if (scope_param(s->scope, i, &param)) {
            char *text = value_format(param.value);

            json_object_set_string_member(object, param.name, text);
            g_free(text);
        }
    }
    return object;
}

/* What --set said, "key=value": the lines of the command line's source without
 * the option. */
static JsonArray *
settings_json(const struct scenario *s)
{
    JsonArray *list = json_array_new();
    char **lines = g_strsplit(s->settings->text, "\n", 0);

    for (size_t i = 0; lines[i]; i++) {
        const char *setting = strchr(lines[i], ' ');

        if (setting) {
            json_array_add_string_element(list, setting + 1);
        }
    }
    g_strfreev(lines);
    return list;
}

static void
add_hash(JsonObject *object, const char *name, const void *data, size_t size)
{
    char *hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, data, size);

    json_object_set_string_member(object, name, hash);
    g_free(hash);
}

static JsonObject *
inputs_json(const struct scenario *s)
{
    JsonObject *object = json_object_new();

    add_hash(object, "scenario.yaml", s->source->text, s->source->size);
    for (unsigned int i = 0; i < s->replays->len; i++) {
        const struct scenario_replay *replay =
            g_ptr_array_index(s->replays, i);
        char *path = g_path_is_absolute(replay->file)
                         ? g_strdup(replay->file)
                         : g_build_filename(s->folder, replay->file, NULL);
        char *data;
        size_t size;

        if (g_file_get_contents(path, &data, &size, NULL)) {
            add_hash(object, replay->file, data, size);
            g_free(data);
        }
        g_free(path);
    }
    return object;
}

static void
write_manifest(struct outdir *dir, const struct scenario *s,
               const struct run_options *options,
               const struct run_outcome *outcome)
{
    JsonObject *object = json_object_new();
    char fingerprint[17];

    g_snprintf(fingerprint, sizeof fingerprint, "%016" PRIx64,
               outcome->fingerprint);
    json_object_set_string_member(object, "version", PACKAGE_VERSION);
    json_object_set_string_member(object, "command_line",
                                  options->command_line);
    json_object_set_string_member(object, "file", s->source->name);
    json_object_set_string_member(object, "folder", s->folder);
    json_object_set_int_member(object, "seed", (int64_t) s->seed);
    json_object_set_object_member(object, "parameters", params_json(s));
    json_object_set_array_member(object, "settings", settings_json(s));
    json_object_set_object_member(object, "input_sha256", inputs_json(s));
    json_object_set_int_member(object, "exit_code", run_exit_code(outcome));
    json_object_set_boolean_member(object, "partial",
                                   outcome->end != RUN_END_COMPLETE);
    json_object_set_string_member(object, "end", run_end_text(outcome->end));
    json_object_set_int_member(object, "stopped_at_ps", outcome->stopped_at);
    json_object_set_string_member(object, "fingerprint", fingerprint);
    json_object_set_int_member(object, "events", (int64_t) outcome->events);
    json_object_set_int_member(object, "packet_hops",
                               (int64_t) outcome->packet_hops);
    json_object_set_double_member(object, "cpu_s", outcome->cpu_s);
    json_object_set_double_member(object, "wall_s", outcome->wall_s);
    json_object_set_double_member(object, "setup_s", outcome->setup_s);
    json_object_set_int_member(object, "peak_rss_bytes",
                               (int64_t) outcome->peak_rss_bytes);
    write_object(dir, "manifest.json", object);
}

/* ---- junit.xml ---- */

static void
write_junit(struct outdir *dir, const struct scenario *s,
            const struct run_outcome *outcome)
{
    GString *xml =
        g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    char *text = g_markup_printf_escaped(
        "<testsuite name=\"%s\" tests=\"%u\" failures=\"%u\">\n", s->name,
        outcome->verdicts->len, outcome->n_failed);

    g_string_append(xml, text);
    g_free(text);
    for (unsigned int i = 0; i < outcome->verdicts->len; i++) {
        const struct verdict *v =
            &g_array_index(outcome->verdicts, struct verdict, i);

        text = v->passed
                   ? g_markup_printf_escaped(
                       "  <testcase classname=\"%s\" name=\"%s\"/>\n", s->name,
                       v->expect->id)
                   : g_markup_printf_escaped(
                       "  <testcase classname=\"%s\" name=\"%s\">\n"
                       "    <failure message=\"wanted %s, measured %s\">%s"
                       "</failure>\n"
                       "  </testcase>\n",
                       s->name, v->expect->id, v->wanted, v->measured,
                       v->where ? v->where : "");
        g_string_append(xml, text);
        g_free(text);
    }
    g_string_append(xml, "</testsuite>\n");
    outdir_write(dir, "junit.xml", xml->str, xml->len);
    g_string_free(xml, TRUE);
}

/* ---- tables ---- */

static void
write_flow(struct csv_file *csv, const struct network *net,
           const struct scenario_flow *flow)
{
    struct flow_totals t;

    flow_totals_get(net, flow, &t);
    csv_text(csv, flow->config.id);
    csv_text(csv, end_path(&flow->from));
    csv_text(csv, end_path(&flow->to));
    csv_text(csv, flow->config.kind->name);
    csv_u64(csv, t.sent_bytes);
    csv_u64(csv, t.delivered_bytes);
    if (t.start >= 0) {
        csv_time(csv, t.start);
    } else {
        csv_empty(csv);
    }
    if (t.end >= 0) {
        csv_time(csv, t.end);
    } else {
        csv_empty(csv);
    }
    csv_number(csv, t.goodput_bps);
    csv_u64(csv, t.lost);
    csv_u64(csv, t.retransmits);
    for (int i = 0; i < 2; i++) {
        if (t.latency->n) {
            csv_time(csv, histogram_quantile(t.latency, i ? 0.99 : 0.5));
        } else {
            csv_empty(csv);
        }
    }
    csv_end_row(csv);
}

static void
write_flows(struct outdir *dir, const struct network *net)
{
    struct csv_file *csv =
        csv_new(dir, "flows.csv",
                "flow,from,to,proto,sent_bytes,delivered_bytes,start_s,"
                "end_s,goodput_bps,lost,retransmits,rtt_p50_s,rtt_p99_s");

    for (unsigned int i = 0; i < net->scenario->flows->len; i++) {
        write_flow(csv, net, g_ptr_array_index(net->scenario->flows, i));
    }
    csv_free(csv);
}

static void
write_tables(struct outdir *dir, const struct sim *sim)
{
    struct csv_file *csv = csv_new(
        dir, "tables.csv", "node,table,capacity,used,peak,evicted,rejected");
    struct table_usage u;

    for (uint32_t i = 0; i < sim_n_nodes(sim); i++) {
        const struct node *node = sim_node(sim, i);

        for (unsigned int j = 0;
             node->ops->table && node->ops->table(node, j, &u); j++) {
            csv_text(csv, node->name);
            csv_text(csv, u.name);
            if (u.capacity) {
                csv_u64(csv, u.capacity);
            } else {
                csv_empty(csv);
            }
            csv_u64(csv, u.used);
            csv_u64(csv, u.peak);
            csv_u64(csv, u.evicted);
            csv_u64(csv, u.rejected);
            csv_end_row(csv);
        }
    }
    csv_free(csv);
}

/* Writes all files of the run directory that the end of a run makes. */
void
results_write(struct outdir *dir, const struct network *net,
              const struct run_options *options,
              const struct run_outcome *outcome)
{
    const struct scenario *s = net->scenario;
    GString *resolved = resolved_yaml(s);

    outdir_write(dir, "scenario.yaml", s->source->text, s->source->size);
    if (resolved) {
        outdir_write(dir, "scenario.resolved.yaml", resolved->str,
                     resolved->len);
        g_string_free(resolved, TRUE);
    }
    write_flows(dir, net);
    write_tables(dir, net->sim);
    write_junit(dir, s, outcome);
    write_result(dir, net, outcome);
    write_manifest(dir, s, options, outcome);
}

#include "scenarios/query.h"

#include <math.h>
#include <string.h>

#include "models/wire/eth.h"
#include "scenarios/metric_name.h"
#include "scenarios/series.h"
#include "sim/agenda.h"

/* A part of the run, and the values at both ends of it. */
struct window {
    struct agenda_item begin, end;
    bool is_given;
    sim_time from, to;
    GArray *at_begin, *at_end; /* double; null: not yet. */
};

struct query {
    const struct network *net;
    struct metric_name name;
    /* What was seen of all its series together during the run. */
    double at_warmup;   /* Their sum when the warm-up ended. */
    double max, sum;    /* Over all samples of all. */
    uint64_t n_samples; /* That had a value. */
    struct window window;
};

/* Makes the query for 'name', which must be a known metric of 'net'; that must
 * outlive it. */
struct query *
query_new(const struct network *net, const char *name)
{
    struct query *query = g_new0(struct query, 1);
    struct fault fault = { 0 };

    query->net = net;
    query->max = -INFINITY;
    if (!metric_name_parse(net->scenario, name, &query->name, &fault)) {
        g_error("%s", fault.message); /* It was checked. */
    }
    return query;
}

/* Frees 'query', before the network it asks. */
void
query_free(struct query *query)
{
    struct window *window = &query->window;

    agenda_remove(sim_agenda(query->net->sim), &window->begin);
    agenda_remove(sim_agenda(query->net->sim), &window->end);
    g_clear_pointer(&window->at_begin, g_array_unref);
    g_clear_pointer(&window->at_end, g_array_unref);
    metric_name_clear(&query->name);
    g_free(query);
}

static void
start(struct series_walk *walk, const struct query *query)
{
    series_walk_init(walk, query->net, query->name.metric,
                     query->name.is_kind ? NULL : query->name.object);
}

/* Stores the first of the query's series, by which the others are. */
static bool
first_series(const struct query *query, struct series *series)
{
    struct series_walk walk;

    start(&walk, query);
    return series_next(&walk, series);
}

/* To be called when the warm-up ends. */
void
query_warmup(struct query *query)
{
    struct series_walk walk;
    struct series s;

    query->at_warmup = 0;
    for (start(&walk, query); series_next(&walk, &s);) {
        double value = s.read(&s);

        query->at_warmup += isnan(value) ? 0 : value;
    }
}

/* To be called at every sample, and at the end. */
void
query_sample(struct query *query)
{
    struct series_walk walk;
    struct series s;

    for (start(&walk, query); series_next(&walk, &s);) {
        double value = s.read(&s);

        if (!isnan(value)) {
            query->max = MAX(query->max, value);
            query->sum += value;
            query->n_samples++;
        }
    }
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

/* The quantile 'q' of 'values', which it sorts; NaN if there is none. */
static double
quantile_of(GArray *values, double q)
{
    g_array_sort(values, compare_doubles);
    return values->len ? g_array_index(
               values, double,
               MIN((unsigned int) (q * values->len), values->len - 1))
                       : NAN;
}

/* The values that the things have now, in their order. */
static GArray *
values_now(const struct query *query)
{
    GArray *values = g_array_new(FALSE, FALSE, sizeof(double));
    struct series_walk walk;
    struct series s;

    for (start(&walk, query); series_next(&walk, &s);) {
        double value = s.read(&s);

        if (!isnan(value)) {
            g_array_append_val(values, value);
        }
    }
    return values;
}

/* The quantile 'q' of the values that the things have now. */
static double
quantile_of_things(const struct query *query, double q)
{
    GArray *values = values_now(query);
    double result = quantile_of(values, q);

    g_array_unref(values);
    return result;
}

static double
quantile(const struct query *query, double q)
{
    struct histogram all = { 0 };
    double result = NAN;
    struct series_walk walk;
    struct series s;

    if (!first_series(query, &s) || !s.histogram) {
        return quantile_of_things(query, q);
    }
    for (start(&walk, query); series_next(&walk, &s);) {
        histogram_merge(&all, s.histogram);
    }
    if (all.n) {
        result = (double) histogram_quantile(&all, q) / (double) SIM_S;
    }
    histogram_clear(&all);
    return result;
}

/* The mean over all latencies, or over things and, of levels, samples. */
static double
mean(const struct query *query)
{
    double sum = 0, n = 0;
    struct series_walk walk;
    struct series s;

    for (start(&walk, query); series_next(&walk, &s);) {
        if (s.histogram) {
            sum += s.histogram->sum / (double) SIM_S;
            n += (double) s.histogram->n;
        } else if (s.kind == METRIC_GAUGE && query->n_samples) {
            sum = query->sum;
            n = (double) query->n_samples;
        } else if (!isnan(s.read(&s))) {
            sum += s.read(&s);
            n++;
        }
    }
    return n > 0 ? sum / n : NAN;
}

static double
maximum(const struct query *query)
{
    double max = -INFINITY;
    struct series_walk walk;
    struct series s;

    for (start(&walk, query); series_next(&walk, &s);) {
        double value = s.histogram && s.histogram->n
                           ? (double) s.histogram->max / (double) SIM_S
                           : s.read(&s);

        if (s.kind == METRIC_GAUGE && !s.histogram) {
            value = isnan(value) ? query->max : MAX(value, query->max);
        }
        max = isnan(value) ? max : MAX(max, value);
    }
    return isinf(max) ? NAN : max;
}

/* The sum over the things, at the end; less what was there at the warm-up. */
static double
sum(const struct query *query, bool after_warmup)
{
    double total = after_warmup ? -query->at_warmup : 0;
    bool any = false;
    struct series_walk walk;
    struct series s;

    for (start(&walk, query); series_next(&walk, &s);) {
        double value = s.read(&s);

        if (!isnan(value)) {
            total += value;
            any = true;
        }
    }
    return any ? total : NAN;
}

static double
plain(const struct query *query)
{
    struct series first;

    if (!first_series(query, &first)) {
        return NAN;
    }
    if (!query->name.is_kind) {
        return first.read(&first);
    } else if (first.histogram) {
        return mean(query);
    }
    return first.kind == METRIC_PEAK ? maximum(query) : sum(query, false);
}

static double
number(const struct query *query)
{
    double seconds = (double) query->net->scenario->until / (double) SIM_S;

    switch (query->name.aggregate) {
    case AGGREGATE_NONE: return plain(query);
    case AGGREGATE_MAX: return maximum(query);
    case AGGREGATE_MEAN: return mean(query);
    case AGGREGATE_SUM: return sum(query, false);
    case AGGREGATE_P50: return quantile(query, 0.5);
    case AGGREGATE_P90: return quantile(query, 0.9);
    case AGGREGATE_P99: return quantile(query, 0.99);
    case AGGREGATE_P999: return quantile(query, 0.999);
    case AGGREGATE_RATE: return sum(query, false) / seconds;
    case AGGREGATE_AFTER_WARMUP: return sum(query, true);
    }
    return NAN;
}

/* What a VM is, as text; null if the object is no VM. */
static char *
vm_text(const struct query *query)
{
    const struct scenario_vm *vm = g_hash_table_lookup(
        query->net->scenario->vm_by_path, query->name.object);
    const char *what = query->name.quantity;
    char text[MAX(IP_ADDR_STRLEN, ETH_ADDR_STRLEN)];

    if (!vm) {
        return NULL;
    } else if (!strcmp(what, "host")) {
        return g_strdup(vm->host->name);
    } else if (!strcmp(what, "mac")) {
        eth_addr_format(vm->mac, text);
    } else {
        struct policy_record record =
            scenario_record(query->net->scenario, vm);

        ip_addr_format(!strcmp(what, "ca") ? &vm->ca : &record.pa, text);
    }
    return g_strdup(text);
}

static uint64_t
count_fate(const struct sim *sim, const char *name)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < sim_n_nodes(sim); i++) {
        const struct node *node = sim_node(sim, i);

        for (uint32_t j = 0; j < node->n_fates; j++) {
            if (!strcmp(node->fates[j].fate->name, name)) {
                n += node->fates[j].n;
            }
        }
    }
    return n;
}

/* packets.created, packets.policy-miss */
static uint64_t
packets(const struct query *query)
{
    const char *what = query->name.quantity;
    struct packet_sums sums;

    sim_packet_sums(query->net->sim, &sums);
    return !strcmp(what, "created")     ? sums.created
           : !strcmp(what, "delivered") ? sums.delivered
           : !strcmp(what, "consumed")  ? sums.consumed
           : !strcmp(what, "dropped")   ? sums.dropped
           : !strcmp(what, "in_flight") ? sums.in_flight
                                        : count_fate(query->net->sim, what);
}

static bool
is_of_packets(const struct query *query)
{
    return query->name.is_kind && !strcmp(query->name.object, "packets");
}

/* Windows. */

/* What counts has a value from the beginning, so there are always as many. */
static GArray *
counts_now(const struct query *query)
{
    GArray *values = values_now(query);
    double n = is_of_packets(query) ? (double) packets(query) : 0;

    if (is_of_packets(query)) {
        g_array_append_val(values, n);
    }
    return values;
}

static struct query *
query_of_window(struct window *window)
{
    return (struct query *) (void *) ((char *) window
                                      - offsetof(struct query, window));
}

static void
begin_window(struct agenda_item *item)
{
    struct window *window =
        (struct window *) (void *) ((char *) item
                                    - offsetof(struct window, begin));

    window->at_begin = counts_now(query_of_window(window));
}

static void
end_window(struct agenda_item *item)
{
    struct window *window =
        (struct window *) (void *) ((char *) item
                                    - offsetof(struct window, end));

    window->at_end = counts_now(query_of_window(window));
}

/* Makes 'query', whose metric must be one that metric_name_grows(), ask by how
 * much that grows from 'from' on and up to 'to' or, if that is the end of the
 * run or later, to the end.  To be called before the run. */
void
query_watch_window(struct query *query, sim_time from, sim_time to)
{
    struct agenda *agenda = sim_agenda(query->net->sim);
    struct window *window = &query->window;

    window->is_given = true;
    window->from = from;
    window->to = MIN(to, query->net->scenario->until);
    window->begin.act = begin_window;
    window->end.act = end_window;
    agenda_add(agenda, &window->begin, from);
    if (to < query->net->scenario->until) {
        agenda_add(agenda, &window->end, to);
    }
}

/* By how much each thing has grown; null if the run did not come so far. */
static GArray *
growth(const struct query *query)
{
    const struct window *window = &query->window;
    GArray *values;

    if (!window->at_begin) {
        return NULL;
    }
    values = window->at_end ? g_array_copy(window->at_end) : counts_now(query);
    for (unsigned int i = 0; i < values->len; i++) {
        g_array_index(values, double, i) -=
            g_array_index(window->at_begin, double, i);
    }
    return values;
}

static double
sum_of(const GArray *values)
{
    double total = values->len ? 0 : NAN;

    for (unsigned int i = 0; i < values->len; i++) {
        total += g_array_index(values, double, i);
    }
    return total;
}

static double
number_of_window(const struct query *query)
{
    const struct window *window = &query->window;
    double seconds = (double) (window->to - window->from) / (double) SIM_S;
    GArray *values = growth(query);
    double result = NAN;

    if (!values) {
        return NAN;
    }
    switch (query->name.aggregate) {
    case AGGREGATE_NONE:
    case AGGREGATE_SUM: result = sum_of(values); break;
    case AGGREGATE_MAX: result = quantile_of(values, 1); break;
    case AGGREGATE_MEAN: result = sum_of(values) / values->len; break;
    case AGGREGATE_P50: result = quantile_of(values, 0.5); break;
    case AGGREGATE_P90: result = quantile_of(values, 0.9); break;
    case AGGREGATE_P99: result = quantile_of(values, 0.99); break;
    case AGGREGATE_P999: result = quantile_of(values, 0.999); break;
    case AGGREGATE_RATE: result = sum_of(values) / seconds; break;
    case AGGREGATE_AFTER_WARMUP: break; /* It was refused. */
    }
    g_array_unref(values);
    return result;
}

/* Answers 'query' as things are now. */
void
query_answer(struct query *query, struct answer *answer)
{
    struct series first;

    *answer = (struct answer){ .unit = "" };
    answer->text = vm_text(query);
    answer->is_text = answer->text != NULL;
    if (answer->is_text) {
        answer->has_value = true;
    } else if (is_of_packets(query)) {
        answer->number = query->window.is_given ? number_of_window(query)
                                                : (double) packets(query);
        answer->unit = "packets";
        answer->has_value = !isnan(answer->number);
    } else {
        answer->number =
            query->window.is_given ? number_of_window(query) : number(query);
        answer->has_value = !isnan(answer->number);
        if (first_series(query, &first)) {
            answer->unit = first.unit;
        }
    }
}

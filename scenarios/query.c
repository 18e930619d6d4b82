#include "scenarios/query.h"

#include <math.h>
#include <string.h>

#include "models/wire/eth.h"
#include "scenarios/metric_name.h"
#include "scenarios/series.h"

/* One series, and what was seen of it during the run. */
struct watched {
    const struct series *series;
    double at_warmup, max, sum;
    uint64_t n_samples;
};

struct query {
    const struct network *net;
    struct metric_name name;
    GArray *watched; /* struct watched */
};

/* Makes the query for 'name', which must be a known metric, over 'series',
 * the series of 'net'; both must outlive it. */
struct query *
query_new(const struct network *net, const GArray *series, const char *name)
{
    struct query *query = g_new0(struct query, 1);
    struct fault fault = { 0 };

    query->net = net;
    query->watched = g_array_new(FALSE, FALSE, sizeof(struct watched));
    if (!metric_name_parse(net->scenario, name, &query->name, &fault)) {
        g_error("%s", fault.message); /* It was checked. */
    }
    for (unsigned int i = 0; i < series->len; i++) {
        const struct series *s = &g_array_index(series, struct series, i);
        struct watched watched = { .series = s, .max = -INFINITY };

        if (!strcmp(s->metric, query->name.metric)
            && (query->name.is_kind
                || !strcmp(s->entity, query->name.object))) {
            g_array_append_val(query->watched, watched);
        }
    }
    return query;
}

void
query_free(struct query *query)
{
    metric_name_clear(&query->name);
    g_array_unref(query->watched);
    g_free(query);
}

static struct watched *
get(const struct query *query, unsigned int i)
{
    return &g_array_index(query->watched, struct watched, i);
}

/* To be called when the warm-up ends. */
void
query_warmup(struct query *query)
{
    for (unsigned int i = 0; i < query->watched->len; i++) {
        struct watched *w = get(query, i);

        w->at_warmup = w->series->read(w->series);
    }
}

/* To be called at every sample, and at the end. */
void
query_sample(struct query *query)
{
    for (unsigned int i = 0; i < query->watched->len; i++) {
        struct watched *w = get(query, i);
        double value = w->series->read(w->series);

        if (!isnan(value)) {
            w->max = MAX(w->max, value);
            w->sum += value;
            w->n_samples++;
        }
    }
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

/* The quantile 'q' of the values that the things have now. */
static double
quantile_of_things(const struct query *query, double q)
{
    unsigned int n = query->watched->len;
    double *values = g_new(double, n);
    double result;
    unsigned int m = 0;

    for (unsigned int i = 0; i < n; i++) {
        double value = get(query, i)->series->read(get(query, i)->series);

        if (!isnan(value)) {
            values[m++] = value;
        }
    }
    qsort(values, m, sizeof *values, compare_doubles);
    result = m ? values[MIN((unsigned int) (q * m), m - 1)] : NAN;
    g_free(values);
    return result;
}

static double
quantile(const struct query *query, double q)
{
    struct histogram all = { 0 };
    double result = NAN;

    if (!query->watched->len || !get(query, 0)->series->histogram) {
        return quantile_of_things(query, q);
    }
    for (unsigned int i = 0; i < query->watched->len; i++) {
        histogram_merge(&all, get(query, i)->series->histogram);
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

    for (unsigned int i = 0; i < query->watched->len; i++) {
        const struct watched *w = get(query, i);
        const struct series *s = w->series;

        if (s->histogram) {
            sum += s->histogram->sum / (double) SIM_S;
            n += (double) s->histogram->n;
        } else if (s->kind == METRIC_GAUGE && w->n_samples) {
            sum += w->sum;
            n += (double) w->n_samples;
        } else if (!isnan(s->read(s))) {
            sum += s->read(s);
            n++;
        }
    }
    return n > 0 ? sum / n : NAN;
}

static double
maximum(const struct query *query)
{
    double max = -INFINITY;

    for (unsigned int i = 0; i < query->watched->len; i++) {
        const struct watched *w = get(query, i);
        const struct series *s = w->series;
        double value = s->histogram && s->histogram->n
                           ? (double) s->histogram->max / (double) SIM_S
                           : s->read(s);

        if (s->kind == METRIC_GAUGE && !s->histogram) {
            value = MAX(value, w->max);
        }
        max = isnan(value) ? max : MAX(max, value);
    }
    return isinf(max) ? NAN : max;
}

/* The sum over the things, at the end; less what was there at the warm-up. */
static double
sum(const struct query *query, bool after_warmup)
{
    double total = 0;
    bool any = false;

    for (unsigned int i = 0; i < query->watched->len; i++) {
        const struct watched *w = get(query, i);
        double value = w->series->read(w->series);

        if (!isnan(value)) {
            total += value - (after_warmup ? w->at_warmup : 0);
            any = true;
        }
    }
    return any ? total : NAN;
}

static double
plain(const struct query *query)
{
    const struct series *first;

    if (!query->watched->len) {
        return NAN;
    }
    first = get(query, 0)->series;
    if (!query->name.is_kind) {
        return first->read(first);
    } else if (first->histogram) {
        return mean(query);
    }
    return first->kind == METRIC_PEAK ? maximum(query) : sum(query, false);
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

    for (uint32_t i = 0; i < sim->n_nodes; i++) {
        for (uint32_t j = 0; j < sim->nodes[i]->n_fates; j++) {
            if (!strcmp(sim->nodes[i]->fates[j].fate->name, name)) {
                n += sim->nodes[i]->fates[j].n;
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

/* Answers 'query' as things are now. */
void
query_answer(struct query *query, struct answer *answer)
{
    *answer = (struct answer){ .unit = "" };
    answer->text = vm_text(query);
    answer->is_text = answer->text != NULL;
    if (answer->is_text) {
        answer->has_value = true;
    } else if (query->name.is_kind && !strcmp(query->name.object, "packets")) {
        answer->number = (double) packets(query);
        answer->unit = "packets";
        answer->has_value = true;
    } else {
        answer->number = number(query);
        answer->has_value = !isnan(answer->number);
        if (query->watched->len) {
            answer->unit = get(query, 0)->series->unit;
        }
    }
}

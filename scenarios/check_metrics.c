/* Checks of metrics: each exists, and is compared with values of its unit. */

#include "scenarios/read.h"

#include <string.h>

#include "scenarios/metric_name.h"

static void
report_fault(struct scenario *s, struct loc loc, struct fault *fault)
{
    diag_report(s->diag, fault->code, loc, "%s", fault->message);
    if (fault->help) {
        diag_help(s->diag, "%s", fault->help);
    }
    fault_clear(fault);
}

/* The dimension that a wanted value has if it has a unit; where '*may_be_bare',
 * it may be a plain number as well: bytes are counted. */
static enum dim
dim_of_unit(const char *unit, enum aggregate aggregate, bool *may_be_bare)
{
    bool is_rate = aggregate == AGGREGATE_RATE;

    *may_be_bare = true;
    if (!strcmp(unit, "bytes")) {
        return is_rate ? DIM_BYTE_RATE : DIM_BYTES;
    } else if (!strcmp(unit, "s") && !is_rate) {
        *may_be_bare = false;
        return DIM_TIME;
    } else if (!strcmp(unit, "bit/s") && !is_rate) {
        *may_be_bare = false;
        return DIM_RATE;
    }
    return is_rate ? DIM_PER_SECOND : DIM_NUMBER;
}

static void
check_text(struct scenario *s, const char *metric, const char *key,
           struct value value, struct loc loc)
{
    if (strcmp(key, "equals")) {
        diag_report(s->diag, E017, loc, "%s is a text, and has no %s", metric,
                    key);
        diag_help(s->diag, "compare it by equals");
    } else if (value.kind != VALUE_TEXT) {
        diag_report(s->diag, E017, loc, "%s is a text, not %s", metric,
                    value_kind_name(value));
    }
}

static void
check_number(struct scenario *s, const char *metric, enum dim dim,
             bool may_be_bare, struct value value, struct loc loc)
{
    bool is_number = value.kind == VALUE_QUANTITY;

    if (is_number
        && (value.quantity.dim == dim
            || (may_be_bare && value.quantity.dim == DIM_NUMBER))) {
        return;
    }
    diag_report(s->diag,
                is_number && value.quantity.dim == DIM_NUMBER ? E015 : E017,
                loc, "%s is %s, not %s", metric, dim_name(dim),
                value_kind_name(value));
    if (dim == DIM_NUMBER) {
        diag_help(s->diag, "write a number without a unit");
    } else {
        diag_help(s->diag, "write a value such as %s", dim_examples(dim));
    }
}

/* Checks that two bounds leave something between them. */
static void
check_bounds(struct scenario *s, const struct scenario_expect *expect)
{
    if (expect->has_min && expect->has_max
        && expect->min.kind == VALUE_QUANTITY
        && expect->max.kind == VALUE_QUANTITY
        && expect->min.quantity.dim == expect->max.quantity.dim
        && quantity_compare(expect->min.quantity, expect->max.quantity) > 0) {
        char *min = value_format(expect->min);
        char *max = value_format(expect->max);

        diag_report(s->diag, E083, expect->max_loc,
                    "nothing is at least %s and at most %s", min, max);
        g_free(min);
        g_free(max);
    }
}

static void
check_window(struct scenario *s, const struct scenario_expect *expect,
             const struct metric_name *name)
{
    if (!expect->has_window) {
        return;
    }
    if (!metric_name_grows(name)) {
        diag_report(s->diag, E084, expect->window_loc,
                    "%s cannot be asked of a part of the run", expect->metric);
        diag_help(s->diag,
                  "what is counted can, as flow.completed, flow.lost, "
                  "packets.dropped; 'paca kinds metrics' says which "
                  "are counters");
    }
    if (expect->from >= expect->to || expect->from >= s->until) {
        diag_report(s->diag, E076, expect->window_loc,
                    "nothing of the run lies between the two moments");
    }
}

/* Checks the metric of 'expect', and what it is compared with. */
void
check_expected_metric(struct scenario *s, const struct scenario_expect *expect)
{
    const struct {
        const char *key;
        bool is_given;
        const struct value *value;
        struct loc loc;
    } wanted[] = {
        { "equals", expect->has_equals, &expect->equals, expect->equals_loc },
        { "min", expect->has_min, &expect->min, expect->min_loc },
        { "max", expect->has_max, &expect->max, expect->max_loc },
    };
    struct metric_name name;
    struct fault fault = { 0 };
    bool is_text, may_be_bare;
    const char *unit;
    enum dim dim;

    if (!metric_name_parse(s, expect->metric, &name, &fault)) {
        report_fault(s, expect->verb_loc, &fault);
        return;
    }
    is_text = metric_name_is_text(&name, &unit);
    dim = dim_of_unit(unit, name.aggregate, &may_be_bare);
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        if (wanted[i].is_given && is_text) {
            check_text(s, expect->metric, wanted[i].key, *wanted[i].value,
                       wanted[i].loc);
        } else if (wanted[i].is_given) {
            check_number(s, expect->metric, dim, may_be_bare, *wanted[i].value,
                         wanted[i].loc);
        }
    }
    check_bounds(s, expect);
    check_window(s, expect, &name);
    metric_name_clear(&name);
}

/* Checks metrics.collect: what is sampled are series, as they are. */
void
check_collected(struct scenario *s)
{
    for (unsigned int i = 0; i < s->collect->len; i++) {
        const struct scenario_metric *metric =
            &g_array_index(s->collect, struct scenario_metric, i);
        struct metric_name name;
        struct fault fault = { 0 };
        const char *unit;

        if (!metric_name_parse(s, metric->name, &name, &fault)) {
            report_fault(s, metric->loc, &fault);
            continue;
        }
        if (metric_name_is_text(&name, &unit)
            || !strcmp(name.object, "packets")) {
            diag_report(s->diag, E080, metric->loc, "%s cannot be sampled",
                        metric->name);
            diag_help(s->diag, "it can be expected, and is in result.json");
        } else if (name.aggregate != AGGREGATE_NONE) {
            diag_report(s->diag, E080, metric->loc,
                        "'%s': samples are not aggregated", metric->name);
            diag_help(s->diag, "write it without its last word; "
                               "expectations may have one");
        }
        metric_name_clear(&name);
    }
}

#include "scenarios/read.h"

#include <string.h>

/* A distribution as it is written: a word and one or two values. */
static const struct form {
    const char *word;
    enum distribution_kind kind;
    const char *example;
} forms[] = {
    { "constant", DISTRIBUTION_CONSTANT, "constant 10ms" },
    { "uniform", DISTRIBUTION_UNIFORM, "uniform 0s..50ms" },
    { "exponential", DISTRIBUTION_EXPONENTIAL, "exponential 10ms" },
    { "lognormal", DISTRIBUTION_LOGNORMAL, "lognormal 256KiB 1.5" },
    { "pareto", DISTRIBUTION_PARETO, "pareto 10KiB 1.2" },
};

static void
refuse(struct key_reader *r, const char *key, const char *text)
{
    if (g_str_has_prefix(text, "poisson ")) {
        key_report(r, key, E091, "'%s' is not supported yet", text);
        return;
    }
    key_report(r, key, E073, "'%s' is no distribution", text);
    if (g_str_has_prefix(text, "spread ")) {
        diag_help(scope_diag(r->scope),
                  "only the starts of many flows can be spread");
        return;
    }
    diag_help(scope_diag(r->scope),
              "write a value, or 'constant 10ms', 'uniform 0s..50ms', "
              "'exponential 10ms', 'lognormal 256KiB 1.5', "
              "'pareto 10KiB 1.2'");
}

/* Reads one value, of dimension 'dim' unless that is DIM_NUMBER. */
static bool
read_one(struct key_reader *r, const char *key, const char *text, enum dim dim,
         double *value)
{
    struct quantity q;
    struct fault fault = { 0 };

    if (!quantity_parse(text, dim, &q, &fault)) {
        key_report(r, key, fault.code, "%s", fault.message);
        if (fault.help) {
            diag_help(scope_diag(r->scope), "%s", fault.help);
        }
        fault_clear(&fault);
        return false;
    }
    *value = quantity_to_double(q);
    if (q.dim != dim) {
        key_report(r, key, E017, "%s is %s, not %s", text, dim_name(q.dim),
                   dim_name(dim));
        return false;
    }
    return true;
}

/* Reads one value that is not negative. */
static bool
read_amount(struct key_reader *r, const char *key, const char *text,
            enum dim dim, double *value)
{
    if (!read_one(r, key, text, dim, value)) {
        return false;
    }
    if (*value < 0) {
        key_report(r, key, E018, "'%s' is negative", text);
        return false;
    }
    return true;
}

/* Reads the range in 'parts', a word and "0s..50ms". */
static bool
read_range(struct key_reader *r, const char *key, char *const *parts,
           enum dim dim, struct distribution *d)
{
    char **ends = g_strv_length((char **) parts) == 2
                      ? g_strsplit(parts[1], "..", 0)
                      : NULL;
    bool ok = ends && g_strv_length(ends) == 2
              && read_amount(r, key, ends[0], dim, &d->a)
              && read_amount(r, key, ends[1], dim, &d->b);

    if (ok && d->a > d->b) {
        key_report(r, key, E073, "the range ends before it begins");
        diag_help(scope_diag(r->scope), "write %s %s..%s", parts[0], ends[1],
                  ends[0]);
        ok = false;
    }
    g_strfreev(ends);
    return ok;
}

static bool
read_parts(struct key_reader *r, const char *key, char *const *parts,
           enum dim dim, struct distribution *d)
{
    const struct form *form = NULL;
    size_t n = g_strv_length((char **) parts);

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        if (n && !strcmp(parts[0], forms[i].word)) {
            form = &forms[i];
        }
    }
    if (!form) {
        return false;
    }
    d->kind = form->kind;
    switch (form->kind) {
    case DISTRIBUTION_CONSTANT:
    case DISTRIBUTION_EXPONENTIAL:
        return n == 2 && read_amount(r, key, parts[1], dim, &d->a);
    case DISTRIBUTION_UNIFORM: return read_range(r, key, parts, dim, d);
    case DISTRIBUTION_LOGNORMAL:
    case DISTRIBUTION_PARETO:
        return n == 3 && read_amount(r, key, parts[1], dim, &d->a)
               && read_one(r, key, parts[2], DIM_NUMBER, &d->b) && d->b > 0
               && d->a > 0;
    }
    return false;
}

/* Reads the distribution, of values of dimension 'dim', under 'key', which is
 * KEY_VALUE: a quantity, or a text such as "exponential 10ms". */
bool
read_distribution(struct key_reader *r, const char *key, enum dim dim,
                  struct distribution *d)
{
    struct value value;
    char **parts;
    bool failed_before = r->failed, ok;

    *d = (struct distribution){ .kind = DISTRIBUTION_CONSTANT };
    if (!key_is_ok(r, key)) {
        return false;
    }
    value = key_value(r, key);
    if (value.kind == VALUE_QUANTITY) {
        char *text = value_format(value);

        if (value.quantity.dim != dim) {
            key_report(r, key, value.quantity.dim == DIM_NUMBER ? E015 : E017,
                       "'%s' is %s and must be %s", key,
                       dim_name(value.quantity.dim), dim_name(dim));
            diag_help(scope_diag(r->scope), "for example %s",
                      dim_examples(dim));
            ok = false;
        } else if (quantity_to_double(value.quantity) < 0) {
            key_report(r, key, E018, "'%s' is negative", text);
            ok = false;
        } else {
            d->a = quantity_to_double(value.quantity);
            ok = true;
        }
        g_free(text);
        return ok;
    }
    if (value.kind != VALUE_TEXT) {
        refuse(r, key, "true");
        return false;
    }
    r->failed = false;
    parts = g_strsplit_set(value.text, " ", 0);
    ok = read_parts(r, key, parts, dim, d);
    g_strfreev(parts);
    if (!ok && !r->failed) {
        refuse(r, key, value.text);
    }
    r->failed = r->failed || failed_before;
    return ok;
}

/* If "spread 0s..1ms" is under 'key', reads the two ends into '*range' and
 * returns true, whether or not they are right.  It is for what is many: each of
 * n has one of n times, evenly spaced. */
bool
read_spread(struct key_reader *r, const char *key, enum dim dim,
            struct distribution *range)
{
    struct value value = key_value(r, key);
    char **parts;
    bool failed_before = r->failed;

    *range = (struct distribution){ .kind = DISTRIBUTION_UNIFORM };
    if (!key_is_ok(r, key) || value.kind != VALUE_TEXT
        || !g_str_has_prefix(value.text, "spread ")) {
        return false;
    }
    r->failed = false;
    parts = g_strsplit(value.text, " ", 0);
    if (!read_range(r, key, parts, dim, range) && !r->failed) {
        key_report(r, key, E073, "'%s' is no range of times", value.text);
        diag_help(scope_diag(r->scope), "write 'spread 0s..1ms'");
    }
    r->failed = r->failed || failed_before;
    g_strfreev(parts);
    return true;
}

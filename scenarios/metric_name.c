#include "scenarios/metric_name.h"

#include <string.h>

#include "scenarios/fates.h"
#include "scenarios/series.h"

static const struct {
    const char *word;
    enum aggregate aggregate;
} aggregates[] = {
    { "max", AGGREGATE_MAX },
    { "mean", AGGREGATE_MEAN },
    { "sum", AGGREGATE_SUM },
    { "p50", AGGREGATE_P50 },
    { "p90", AGGREGATE_P90 },
    { "p99", AGGREGATE_P99 },
    { "p999", AGGREGATE_P999 },
    { "rate", AGGREGATE_RATE },
    { "after_warmup", AGGREGATE_AFTER_WARMUP },
};

/* Kinds whose name starts a metric's. */
static const char *const kinds[] = { "switch", "host",    "wire", "port",
                                     "flow",   "packets", NULL };

/* What packets can be asked for beside the fates. */
static const char *const sum_words[] = { "created", "delivered", "consumed",
                                         "dropped", "in_flight", NULL };

static const char *const vm_words[] = { "ca", "pa", "mac", "host", NULL };

/* Takes ".max" off the end of 'text'. */
static enum aggregate
take_aggregate(char *text)
{
    char *dot = strrchr(text, '.');

    for (size_t i = 0; dot && i < G_N_ELEMENTS(aggregates); i++) {
        if (!strcmp(dot + 1, aggregates[i].word)) {
            *dot = '\0';
            return aggregates[i].aggregate;
        }
    }
    return AGGREGATE_NONE;
}

/* Says what kind the thing called 'object' is, or null if there is none. */
static const char *
kind_of_object(const struct scenario *s, const char *object)
{
    const struct scenario_node *node =
        g_hash_table_lookup(s->node_by_name, object);

    if (g_hash_table_contains(s->port_by_path, object)) {
        return "port";
    } else if (g_hash_table_contains(s->flow_by_id, object)) {
        return "flow";
    } else if (g_hash_table_contains(s->vm_by_path, object)) {
        return "vm";
    } else if (node) {
        return node->role == ROLE_SWITCH ? "switch" : "host";
    }
    return NULL;
}

/* Finds the metric that 'quantity' of a thing of 'kind' is; the caller
 * frees.  A host's NIC puts frames on the wire, so those metrics are its. */
static char *
full_name(const char *kind, const char *quantity)
{
    char *name = g_strconcat(kind, ".", quantity, NULL);

    if (!series_is_known(name) && !strcmp(kind, "host")
        && series_is_known(quantity)) {
        g_free(name);
        name = g_strdup(quantity);
    }
    return name;
}

static bool
is_known_quantity(const struct metric_name *name, const char *kind)
{
    if (!strcmp(kind, "packets")) {
        return g_strv_contains(sum_words, name->quantity)
               || fates_know(name->quantity);
    } else if (!strcmp(kind, "vm")) {
        return g_strv_contains(vm_words, name->quantity);
    }
    return series_is_known(name->metric);
}

/* Takes 'text' apart.  Returns false, with the reason in '*why' for the caller
 * to free and nothing in '*name', if there is no such metric in 's'. */
bool
metric_name_parse(const struct scenario *s, const char *text,
                  struct metric_name *name, char **why)
{
    const char *dot = strchr(text, '.');
    const char *kind;

    *name = (struct metric_name){ 0 };
    if (!dot || dot == text || !dot[1]) {
        *why =
            g_strdup_printf("'%s' is no metric: write object.quantity", text);
        return false;
    }
    name->object = g_strndup(text, (size_t) (dot - text));
    name->quantity = g_strdup(dot + 1);
    kind = kind_of_object(s, name->object);
    name->is_kind = !kind && g_strv_contains(kinds, name->object);
    if (name->is_kind) {
        kind = name->object;
    }
    if (!kind) {
        *why = g_strdup_printf("'%s': nothing is called '%s'", text,
                               name->object);
        metric_name_clear(name);
        return false;
    }
    if (strcmp(kind, "packets")) {
        name->aggregate = take_aggregate(name->quantity);
    }
    name->metric = full_name(kind, name->quantity);
    if (!is_known_quantity(name, kind)) {
        *why = g_strdup_printf("'%s': a %s has no metric '%s'", text, kind,
                               name->quantity);
        metric_name_clear(name);
        return false;
    }
    return true;
}

void
metric_name_clear(struct metric_name *name)
{
    g_free(name->object);
    g_free(name->quantity);
    g_free(name->metric);
    *name = (struct metric_name){ 0 };
}

/* Says whether 'text' names a metric of 's'; if not, '*why' says why, for the
 * caller to free. */
bool
metric_name_is_known(const struct scenario *s, const char *text, char **why)
{
    struct metric_name name;

    if (!metric_name_parse(s, text, &name, why)) {
        return false;
    }
    metric_name_clear(&name);
    return true;
}

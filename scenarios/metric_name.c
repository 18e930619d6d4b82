#include "scenarios/metric_name.h"

#include <string.h>

#include "scenarios/fates.h"
#include "scenarios/series.h"
#include "scenarios/suggest.h"

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
static const char *const kinds[] = { "switch",  "router", "host", "server",
                                     "wire",    "port",   "link", "flow",
                                     "packets", NULL };

/* What packets can be asked for beside the fates. */
static const char *const sum_words[] = { "created", "delivered", "consumed",
                                         "dropped", "in_flight", NULL };

/* Metrics of later versions. */
static const char *const later_metrics[] = { "host.cpu.busy",
                                             "host.cpu.cycles_per_packet",
                                             "nic.queues.used",
                                             "migrate.gap",
                                             "migrate.blackout",
                                             "policy.stale_packets",
                                             NULL };

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
    } else if (g_hash_table_lookup(s->flow_by_id, object)) {
        return "flow"; /* A replay has no ends that count. */
    } else if (g_hash_table_contains(s->vm_by_path, object)) {
        return "vm";
    } else if (node) {
        return scenario_role_name(node->role);
    }
    return NULL;
}

/* Returns the metric 'quantity' of 'kind', null if there is none; the caller
 * frees. */
static char *
known_name(const char *kind, const char *quantity)
{
    char *name = g_strconcat(kind, ".", quantity, NULL);

    if (!series_is_known(name)) {
        g_clear_pointer(&name, g_free);
    }
    return name;
}

/* Finds the metric that 'quantity' of a thing of 'kind' is; the caller frees.  A
 * host's NIC puts frames on the wire, so those metrics are its; those of links
 * are of the ports that send and of the nodes between links; and the switches of
 * a routed fabric are routers. */
static char *
full_name(const char *kind, const char *quantity)
{
    bool is_switch = !strcmp(kind, "switch");
    char *name = known_name(kind, quantity);

    if (!name && !strcmp(kind, "host") && series_is_known(quantity)) {
        name = g_strdup(quantity);
    }
    if (!name
        && (is_switch || !strcmp(kind, "router") || !strcmp(kind, "port"))) {
        name = known_name("link", quantity);
    }
    if (!name && is_switch) {
        name = known_name("router", quantity);
    }
    return name ? name : g_strconcat(kind, ".", quantity, NULL);
}

/* Says whether 'text' is, but for an aggregate, a metric that will be. */
static bool
is_later(const char *text)
{
    for (size_t i = 0; later_metrics[i]; i++) {
        size_t size = strlen(later_metrics[i]);

        if (!strncmp(text, later_metrics[i], size)
            && (!text[size] || text[size] == '.')) {
            return true;
        }
    }
    return false;
}

/* Returns the dot behind the object in 'text', or null.  The ports of parallel
 * links have a dot in their name: "leaf1:s2.2". */
static const char *
find_dot(const struct scenario *s, const char *text)
{
    const char *dot = strchr(text, '.');
    const char *next = dot ? strchr(dot + 1, '.') : NULL;
    char *name = next ? g_strndup(text, (size_t) (next - text)) : NULL;
    bool is_port = name && g_hash_table_contains(s->port_by_path, name);

    g_free(name);
    return is_port ? next : dot;
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

static void
add_words(GPtrArray *words, const char *const *more)
{
    for (size_t i = 0; more[i]; i++) {
        g_ptr_array_add(words, (char *) more[i]);
    }
}

/* Says what of a thing of 'kind' is most like 'quantity'. */
static void
help_quantity(const char *kind, const char *quantity, struct fault *fault)
{
    GPtrArray *words = g_ptr_array_new();
    GArray *manual = series_manual();
    const struct fate *fate;
    size_t size = strlen(kind);
    bool is_packets = !strcmp(kind, "packets");
    const char *nearest;

    for (unsigned int i = 0; i < manual->len; i++) {
        const char *metric =
            g_array_index(manual, struct series_info, i).metric;

        if (!strncmp(metric, kind, size) && metric[size] == '.') {
            g_ptr_array_add(words, (char *) metric + size + 1);
        }
    }
    for (size_t i = 0; is_packets && (fate = fates_get(i)) != NULL; i++) {
        g_ptr_array_add(words, (char *) fate->name);
    }
    if (is_packets || !strcmp(kind, "vm")) {
        add_words(words, is_packets ? sum_words : vm_words);
    }
    nearest = suggest_nearest(
        quantity, (const char *const *) (void *) words->pdata, words->len);
    if (nearest) {
        fault_help(fault, "did you mean '%s'? 'paca kinds %s' lists all",
                   nearest, is_packets ? "fates" : "metrics");
    } else {
        fault_help(fault, "'paca kinds %s' lists them",
                   is_packets ? "fates" : "metrics");
    }
    g_array_unref(manual);
    g_ptr_array_unref(words);
}

static void
refuse_quantity(const char *text, const struct metric_name *name,
                const char *kind, struct fault *fault)
{
    static const struct {
        const char *kind, *noun;
    } nouns[] = {
        { "switch", "a switch" }, { "router", "a router" },
        { "host", "a host" },     { "server", "a server" },
        { "wire", "the wire" },   { "port", "a port" },
        { "link", "a link" },     { "flow", "a workload" },
        { "vm", "a VM" },
    };
    const char *noun = kind;
    size_t size = strlen(text);

    if (!strcmp(kind, "packets")) {
        fault_set(fault, E080, 0, size,
                  "'%s': no packet ends as, and no sum is called, '%s'", text,
                  name->quantity);
    } else {
        for (size_t i = 0; i < G_N_ELEMENTS(nouns); i++) {
            noun = strcmp(nouns[i].kind, kind) ? noun : nouns[i].noun;
        }
        fault_set(fault, E080, 0, size, "'%s': %s has no metric '%s'", text,
                  noun, name->quantity);
    }
    help_quantity(kind, name->quantity, fault);
}

/* Says which of the scenario's names is most like 'object'. */
static void
help_object(const struct scenario *s, const char *object, struct fault *fault)
{
    GHashTable *const tables[] = { s->flow_by_id, s->node_by_name,
                                   s->port_by_path, s->vm_by_path };
    GPtrArray *words = g_ptr_array_new();
    const char *nearest;

    add_words(words, kinds);
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        GHashTableIter iter;
        void *key;

        g_hash_table_iter_init(&iter, tables[i]);
        while (g_hash_table_iter_next(&iter, &key, NULL)) {
            g_ptr_array_add(words, key);
        }
    }
    suggest_sort(words);
    nearest = suggest_nearest(
        object, (const char *const *) (void *) words->pdata, words->len);
    if (nearest) {
        fault_help(fault, "did you mean '%s'?", nearest);
    } else {
        fault_help(fault, "name a node, port, workload or VM, or a kind: "
                          "switch, router, host, server, wire, port, link, "
                          "flow, packets");
    }
    g_ptr_array_unref(words);
}

static void
refuse_object(const struct scenario *s, const char *text, const char *object,
              struct fault *fault)
{
    if (g_hash_table_contains(s->flow_by_id, object)) {
        fault_set(fault, E080, 0, strlen(text),
                  "'%s': %s is a replay, which has no metrics", text, object);
        fault_help(fault, "look at what becomes of its packets, for example "
                          "packets.dropped");
    } else {
        fault_set(fault, E080, 0, strlen(text), "'%s': nothing is called '%s'",
                  text, object);
        help_object(s, object, fault);
    }
}

/* Takes 'text' apart.  Returns false, with what is wrong in '*fault' and nothing
 * in '*name', if there is no such metric in 's'. */
bool
metric_name_parse(const struct scenario *s, const char *text,
                  struct metric_name *name, struct fault *fault)
{
    const char *dot = find_dot(s, text);
    const char *kind;

    *name = (struct metric_name){ 0 };
    if (is_later(text)) {
        fault_set(fault, E091, 0, strlen(text),
                  "the metric '%s' is not supported yet", text);
        return false;
    }
    if (!dot || dot == text || !dot[1]) {
        fault_set(fault, E080, 0, strlen(text), "'%s' is no metric", text);
        fault_help(fault, "write object.quantity, for example "
                          "switch.mac.used.max; 'paca kinds metrics' lists "
                          "all");
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
        refuse_object(s, text, name->object, fault);
        metric_name_clear(name);
        return false;
    }
    if (strcmp(kind, "packets")) {
        name->aggregate = take_aggregate(name->quantity);
    }
    name->metric = full_name(kind, name->quantity);
    if (!is_known_quantity(name, kind)
        || (!strcmp(kind, "vm") && name->aggregate != AGGREGATE_NONE)) {
        refuse_quantity(text, name, kind, fault);
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

/* Says whether the values of 'name' are texts, as those of a VM's address are;
 * else '*unit' is their unit, as in sim/metric.h: "s", "bytes", "1". */
bool
metric_name_is_text(const struct metric_name *name, const char **unit)
{
    GArray *manual = series_manual();

    *unit = "1";
    for (unsigned int i = 0; i < manual->len; i++) {
        const struct series_info *info =
            &g_array_index(manual, struct series_info, i);

        if (!strcmp(info->metric, name->metric)) {
            *unit = info->unit;
        }
    }
    g_array_unref(manual);
    return g_str_has_prefix(name->metric, "vm.");
}

/* Says whether the values of 'name' are counts of what has happened so far.
 * Of flow.lost, which may fall, the growth is what was sent meanwhile and has
 * not been answered. */
bool
metric_name_grows(const struct metric_name *name)
{
    GArray *manual = series_manual();
    bool grows = !strcmp(name->metric, "flow.lost");

    for (unsigned int i = 0; i < manual->len; i++) {
        const struct series_info *info =
            &g_array_index(manual, struct series_info, i);

        grows = grows
                || (!strcmp(info->metric, name->metric)
                    && info->kind == METRIC_COUNTER);
    }
    g_array_unref(manual);
    if (name->is_kind && !strcmp(name->object, "packets")) {
        return strcmp(name->quantity, "in_flight");
    }
    return grows && name->aggregate != AGGREGATE_AFTER_WARMUP;
}

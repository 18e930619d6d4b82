#include "scenarios/manual.h"

#include <string.h>

#include "models/guest/tcp.h"
#include "models/hnv/datapath.h"
#include "scenarios/fates.h"
#include "scenarios/read.h"
#include "scenarios/series.h"

/* Tables that no other table names: objects whose keys depend on a word in
 * them. */
static const struct key_table *const manual_tables[] = {
    &switch_table, &router_key_table, &host_table,    &server_table,
    &ecn_table,    &cable_table,      &bundle_table,  &tenant_table,
    &subnet_table, &vm_table,         &capture_table, &pairs_table,
    NULL
};

/* Appends "name text", the text wrapped behind column 'column'. */
static void
append_row(GString *out, const char *name, const char *text, size_t column)
{
    char **words = g_strsplit(text, " ", 0);
    size_t at;

    g_string_append_printf(out, "  %-*s", (int) column - 3, name);
    at = MAX(strlen(name) + 2, column - 1);
    for (size_t i = 0; words[i]; i++) {
        if (i && at + 1 + strlen(words[i]) > 79) {
            g_string_append_printf(out, "\n%*s", (int) column - 1, "");
            at = column - 1;
        }
        g_string_append_printf(out, " %s", words[i]);
        at += 1 + strlen(words[i]);
    }
    g_string_append_c(out, '\n');
    g_strfreev(words);
}

static void
append_words(GString *text, const struct key_spec *key)
{
    for (size_t i = 0; key->words && key->words[i]; i++) {
        g_string_append_printf(text, "%s%s", i ? ", " : "", key->words[i]);
    }
}

/* What may stand under 'key': its type, words, default. */
static char *
describe(const struct key_spec *key)
{
    GString *text = g_string_new(key->help ? key->help : "");

    g_string_append(text, " (");
    if (key->type == KEY_WORD) {
        append_words(text, key);
    } else {
        g_string_append(text, key_type_name(key->type));
        if (key->words) {
            g_string_append(text, " or ");
            append_words(text, key);
        }
    }
    if (key->shape == KEY_LIST || key->shape == KEY_ONE_OR_LIST) {
        g_string_append(text, ", a list");
    } else if (key->shape == KEY_NAMED) {
        g_string_append(text, ", by name");
    }
    if (key->fallback) {
        g_string_append_printf(text, "; default %s", key->fallback);
    }
    g_string_append(text, key->required ? "; required" : "");
    g_string_append(text, key->later ? "; not supported yet)" : ")");
    return g_string_free(text, FALSE);
}

static void
append_table(const struct key_table *table, GString *out)
{
    g_string_append_printf(out, "%s\n  %s\n\n", table->name, table->help);
    for (size_t i = 0; i < key_table_n(table); i++) {
        const struct key_spec *key = key_table_at(table, i);
        char *text = describe(key);

        append_row(out, key->name, text, 20);
        g_free(text);
    }
    g_string_append_c(out, '\n');
}

typedef bool visit_fn(const struct key_table *, void *aux);

/* Calls 'visit' for 'table' and those inside it, until it returns true. */
static bool
visit_tables(const struct key_table *table, visit_fn *visit, void *aux)
{
    if (visit(table, aux)) {
        return true;
    }
    for (const struct key_spec *key = table->keys; key->name; key++) {
        bool is_default_of_role =
            key->table == &switch_table || key->table == &host_table;

        if (key->table && !is_default_of_role
            && visit_tables(key->table, visit, aux)) {
            return true;
        }
    }
    return false;
}

static bool
visit_all(visit_fn *visit, void *aux)
{
    const struct key_table *const *others = manual_tables, *table;

    if (visit_tables(&scenario_table, visit, aux)) {
        return true;
    }
    for (size_t i = 0; others[i]; i++) {
        if (visit_tables(others[i], visit, aux)) {
            return true;
        }
    }
    for (size_t i = 0; (table = generator_table_at(i)) != NULL; i++) {
        if (visit(table, aux)) {
            return true;
        }
    }
    for (size_t i = 0; workload_tables[i].name; i++) {
        if (visit_tables(&workload_tables[i], visit, aux)) {
            return true;
        }
    }
    for (size_t i = 0; event_tables[i].name; i++) {
        if (visit_tables(&event_tables[i], visit, aux)) {
            return true;
        }
    }
    for (size_t i = 0; expect_tables[i].name; i++) {
        if (visit_tables(&expect_tables[i], visit, aux)) {
            return true;
        }
    }
    return false;
}

static bool
list_table(const struct key_table *table, void *out)
{
    append_row(out, table->name, table->help, 20);
    return false;
}

struct wanted {
    const char *name;
    GString *out;
    bool found;
};

/* Several tables may have one name: a section and what is in it. */
static bool
print_if_wanted(const struct key_table *table, void *aux)
{
    struct wanted *wanted = aux;

    if (!strcmp(table->name, wanted->name)) {
        append_table(table, wanted->out);
        wanted->found = true;
    }
    return false;
}

static const char *
kind_name(enum metric_kind kind)
{
    switch (kind) {
    case METRIC_GAUGE: return "level";
    case METRIC_COUNTER: return "counter";
    case METRIC_PEAK: return "peak";
    }
    return "";
}

static void
append_metrics(GString *out)
{
    GArray *manual = series_manual();

    g_string_append(out, "names of metrics\n"
                         "  object.quantity[.aggregate]; the object is a kind "
                         "or one thing\n\n");
    for (unsigned int i = 0; i < manual->len; i++) {
        const struct series_info *info =
            &g_array_index(manual, struct series_info, i);
        char *text = g_strdup_printf("%s (%s, %s)", info->help,
                                     kind_name(info->kind), info->unit);

        append_row(out, info->metric, text, 34);
        g_free(text);
    }
    g_array_unref(manual);
    append_row(out, "packets.FATE",
               "packets that ended so ('paca kinds "
               "fates'); also packets.created, delivered, consumed, dropped, "
               "in_flight",
               34);
    append_row(out, "TENANT/VM.ca", "address of a VM; also pa, mac, host", 34);
    g_string_append(out, "\naggregates: max mean sum p50 p90 p99 p999 rate "
                         "after_warmup\n");
}

static void
append_fates(GString *out)
{
    static const char *const kinds[] = { "delivered", "consumed", "dropped" };
    const struct fate *fate;

    g_string_append(out, "fates\n  How packets end.\n\n");
    for (size_t i = 0; (fate = fates_get(i)) != NULL; i++) {
        char *text = g_strdup_printf("%s: %s", kinds[fate->kind], fate->help);

        append_row(out, fate->name, text, 28);
        g_free(text);
    }
}

static void
append_datapaths(GString *out)
{
    g_string_append(out, "datapaths\n"
                         "  Ways to carry a VM's frames: datapath.use\n\n");
    for (size_t i = 0; datapath_kinds[i]; i++) {
        append_row(out, datapath_kinds[i]->kind, datapath_kinds[i]->help, 20);
    }
    g_string_append(out, "\ncongestion control: cc of tcp and tcp_rr\n\n");
    for (size_t i = 0; tcp_congestions[i]; i++) {
        append_row(out, tcp_congestions[i]->name, tcp_congestions[i]->help,
                   20);
    }
}

bool
manual_page(const char *name, GString *out)
{
    struct wanted wanted = { name, out, false };

    if (!name) {
        g_string_append(out, "Pages of the manual ('paca kinds NAME'):\n\n");
        visit_all(list_table, out);
        append_row(out, "fates", "How packets end.", 20);
        append_row(out, "datapaths", "Ways to carry frames.", 20);
        return true;
    }
    visit_all(print_if_wanted, &wanted);
    if (!strcmp(name, "metrics")) {
        append_metrics(out);
    } else if (!strcmp(name, "fates")) {
        append_fates(out);
    } else if (!strcmp(name, "datapaths")) {
        append_datapaths(out);
    } else {
        return wanted.found;
    }
    return true;
}

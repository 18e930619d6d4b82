#include "scenarios/diag.h"

#include <stdarg.h>
#include <string.h>

#include <json-glib/json-glib.h>

#define N_SEVERITIES 3
#define MESSAGE_MAX  400 /* Bytes. */
#define HELP_MAX     2000

struct diag {
    GPtrArray *kept;  /* Of struct diagnostic. */
    GHashTable *seen; /* The same, to find equal ones. */
    bool is_sorted;
    struct diagnostic *last; /* What diag_help() adds to, or null. */
    unsigned int counts[N_SEVERITIES];
    unsigned int n_kept[N_SEVERITIES];
};

static void
diagnostic_free(gpointer data)
{
    struct diagnostic *d = data;

    g_free(d->message);
    g_free(d->help);
    g_free(d);
}

static guint
diagnostic_hash(gconstpointer data)
{
    const struct diagnostic *d = data;

    return g_str_hash(d->message) ^ d->loc.line * 31 ^ d->loc.column * 1009
           ^ (guint) d->code;
}

static gboolean
diagnostic_equal(gconstpointer a_, gconstpointer b_)
{
    const struct diagnostic *a = a_, *b = b_;

    return a->code == b->code && loc_equal(a->loc, b->loc)
           && !strcmp(a->message, b->message);
}

struct diag *
diag_new(void)
{
    struct diag *diag = g_new0(struct diag, 1);

    diag->kept = g_ptr_array_new_with_free_func(diagnostic_free);
    diag->seen = g_hash_table_new(diagnostic_hash, diagnostic_equal);
    return diag;
}

void
diag_free(struct diag *diag)
{
    if (diag) {
        g_hash_table_destroy(diag->seen);
        g_ptr_array_free(diag->kept, TRUE);
        g_free(diag);
    }
}

/* Returns 'text' as one line that harms no terminal, of at most 'max' bytes:
 * it may have come from the file as it was.  Frees 'text'. */
static char *
tame(char *text, size_t max)
{
    size_t size = strlen(text);
    char *valid = g_utf8_make_valid(text, (gssize) MIN(size, max));
    GString *tamed = g_string_new(NULL);

    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (c == '\n' || c == '\t') {
            c = ' ';
        } else if (g_unichar_iscntrl(c)
                   || g_unichar_type(c) == G_UNICODE_FORMAT) {
            c = 0xfffd;
        }
        g_string_append_unichar(tamed, c);
    }
    if (size > max) {
        g_string_append(tamed, "...");
    }
    g_free(valid);
    g_free(text);
    return g_string_free(tamed, FALSE);
}

/* Reports 'format' at 'loc', once. */
void
diag_report(struct diag *diag, enum diag_code code, struct loc loc,
            const char *format, ...)
{
    enum diag_severity severity = diag_code_severity(code);
    struct diagnostic *d = g_new0(struct diagnostic, 1);
    va_list args;

    d->code = code;
    d->loc = loc;
    va_start(args, format);
    d->message = tame(g_strdup_vprintf(format, args), MESSAGE_MAX);
    va_end(args);

    diag->last = NULL;
    if (g_hash_table_contains(diag->seen, d)) {
        diagnostic_free(d);
        return;
    }
    diag->counts[severity]++;
    if (diag->n_kept[severity] >= DIAG_KEPT_MAX) {
        diagnostic_free(d);
        return;
    }
    diag->n_kept[severity]++;
    d->order = diag->kept->len;
    g_ptr_array_add(diag->kept, d);
    g_hash_table_add(diag->seen, d);
    diag->is_sorted = false;
    diag->last = d;
}

/* Gives what was reported last a line of help, or one more sentence of it. */
void
diag_help(struct diag *diag, const char *format, ...)
{
    va_list args;
    char *text, *old;

    if (!diag->last) {
        return;
    }
    va_start(args, format);
    text = tame(g_strdup_vprintf(format, args), HELP_MAX);
    va_end(args);
    old = diag->last->help;
    diag->last->help = old ? g_strconcat(old, " ", text, NULL) : text;
    if (old) {
        g_free(old);
        g_free(text);
    }
}

/* True if there is an error: nothing may run. */
bool
diag_failed(const struct diag *diag)
{
    return diag->counts[DIAG_ERROR] > 0;
}

/* Returns how many there are, kept or not. */
unsigned int
diag_count(const struct diag *diag, enum diag_severity severity)
{
    return diag->counts[severity];
}

size_t
diag_n_kept(const struct diag *diag)
{
    return diag->kept->len;
}

static const char *
loc_file(struct loc loc)
{
    return loc.source ? loc.source->name : "";
}

static int
compare_numbers(unsigned int a, unsigned int b)
{
    return (a > b) - (a < b);
}

static gint
compare(gconstpointer a_, gconstpointer b_)
{
    const struct diagnostic *a = *(const struct diagnostic *const *) a_;
    const struct diagnostic *b = *(const struct diagnostic *const *) b_;
    int order = compare_numbers(diag_code_severity(a->code),
                                diag_code_severity(b->code));

    order = order ? order : strcmp(loc_file(a->loc), loc_file(b->loc));
    order = order ? order : compare_numbers(a->loc.line, b->loc.line);
    order = order ? order : compare_numbers(a->loc.column, b->loc.column);
    order = order ? order : compare_numbers(a->code, b->code);
    return order ? order : (a->order > b->order) - (a->order < b->order);
}

/* Returns number 'index' of those kept, in the order of printing. */
const struct diagnostic *
diag_kept(struct diag *diag, size_t index)
{
    if (!diag->is_sorted) {
        g_ptr_array_sort(diag->kept, compare);
        diag->is_sorted = true;
    }
    return diag->kept->pdata[index];
}

static void
json_add(JsonBuilder *builder, const struct diagnostic *d)
{
    char *file = g_utf8_make_valid(loc_file(d->loc), -1);

    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "file");
    json_builder_add_string_value(builder, file);
    json_builder_set_member_name(builder, "line");
    json_builder_add_int_value(builder, d->loc.line);
    json_builder_set_member_name(builder, "column");
    json_builder_add_int_value(builder, d->loc.column);
    json_builder_set_member_name(builder, "length");
    json_builder_add_int_value(builder, d->loc.length);
    json_builder_set_member_name(builder, "severity");
    json_builder_add_string_value(
        builder, diag_severity_name(diag_code_severity(d->code)));
    json_builder_set_member_name(builder, "code");
    json_builder_add_string_value(builder, diag_code_info(d->code)->name);
    json_builder_set_member_name(builder, "message");
    json_builder_add_string_value(builder, d->message);
    json_builder_set_member_name(builder, "help");
    if (d->help) {
        json_builder_add_string_value(builder, d->help);
    } else {
        json_builder_add_null_value(builder);
    }
    json_builder_end_object(builder);
    g_free(file);
}

/* Returns all that is kept as a JSON array of objects {file, line, column,
 * length, severity, code, message, help}, sorted.  The caller frees it. */
char *
diag_to_json(struct diag *diag)
{
    JsonBuilder *builder = json_builder_new();
    JsonNode *root;
    char *text;

    json_builder_begin_array(builder);
    for (size_t i = 0; i < diag_n_kept(diag); i++) {
        json_add(builder, diag_kept(diag, i));
    }
    json_builder_end_array(builder);
    root = json_builder_get_root(builder);
    text = json_to_string(root, TRUE);
    json_node_free(root);
    g_object_unref(builder);
    return text;
}

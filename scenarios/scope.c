#include "scenarios/scope.h"

#include <stdarg.h>
#include <string.h>

#include "scenarios/scope_entry.h"
#include "scenarios/suggest.h"

#define SCOPE_BLOCK_BYTES ((size_t) 64 << 10)
#define SCOPE_ALIGN       ((size_t) 16) /* Of the strictest type we store. */

static void
entry_free(gpointer data)
{
    struct scope_entry *entry = data;

    if (entry->words) {
        g_ptr_array_free(entry->words, TRUE);
    }
    g_free(entry);
}

/* Returns a scope without names, which reports to 'diag'. */
struct scope *
scope_new(struct diag *diag)
{
    struct scope *scope = g_new0(struct scope, 1);

    scope->diag = diag;
    scope->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    scope->entries = g_ptr_array_new_with_free_func(entry_free);
    scope->busy = g_ptr_array_new();
    scope->overrides = g_hash_table_new(g_str_hash, g_str_equal);
    scope->texts = g_string_chunk_new(1024);
    scope->memory = g_ptr_array_new_with_free_func(g_free);
    return scope;
}

void
scope_free(struct scope *scope)
{
    if (scope) {
        g_hash_table_destroy(scope->by_name);
        g_hash_table_destroy(scope->overrides);
        g_ptr_array_free(scope->entries, TRUE);
        g_ptr_array_free(scope->busy, TRUE);
        g_ptr_array_free(scope->memory, TRUE);
        g_string_chunk_free(scope->texts);
        g_free(scope);
    }
}

struct diag *
scope_diag(struct scope *scope)
{
    return scope->diag;
}

/* Returns 'size' zeroed bytes that live as long as the scope.  There may be
 * millions of small ones, so they are taken from large blocks. */
void *
scope_alloc(struct scope *scope, size_t size)
{
    size = (size + SCOPE_ALIGN - 1) & ~(size_t) (SCOPE_ALIGN - 1);
    if (size > scope->block_left) {
        scope->block_left = MAX(size, SCOPE_BLOCK_BYTES);
        scope->block = g_malloc0(scope->block_left);
        g_ptr_array_add(scope->memory, scope->block);
    }
    scope->block_left -= size;
    scope->block += size;
    return scope->block - size;
}

/* Returns a copy of 'text' that lives as long as the scope.  Equal texts share
 * one. */
const char *
scope_strdup(struct scope *scope, const char *text)
{
    return g_string_chunk_insert_const(scope->texts, text);
}

/* Returns the texts, up to a null, one behind the other, as a text that lives
 * as long as the scope.  It is for those that have no equal, such as paths:
 * nothing is looked up. */
const char *
scope_concat(struct scope *scope, const char *first, ...)
{
    size_t size = 1;
    char *made, *end;
    va_list args;

    va_start(args, first);
    for (const char *p = first; p; p = va_arg(args, const char *)) {
        size += strlen(p);
    }
    va_end(args);
    made = end = scope_alloc(scope, size);
    va_start(args, first);
    for (const char *p = first; p; p = va_arg(args, const char *)) {
        end = g_stpcpy(end, p);
    }
    va_end(args);
    return made;
}

/* ---- Filling. ---- */

/* Gives parameter 'name' the value 'node' instead of its default, or entry
 * 'name' of let instead of its own, whether it is loaded already or will be.
 * Must come before anything is evaluated. */
void
scope_override(struct scope *scope, const char *name,
               const struct tree_node *node)
{
    struct scope_entry *entry = scope_find(scope, name);

    if (entry && entry->state == ENTRY_NEW) {
        entry->node = node;
        entry->is_overridden = entry->is_param;
    }
    g_hash_table_insert(scope->overrides, (gpointer) scope_strdup(scope, name),
                        (gpointer) node);
}

/* Adds a copy of 'entry' unless its name is bad or taken. */
void
scope_add(struct scope *scope, const struct scope_entry *entry)
{
    struct scope_entry *other = scope_find(scope, entry->name);

    if (!scope_name_is_valid(scope, entry->name, entry->loc)) {
        return;
    }
    if (other) {
        diag_report(scope->diag, E019, entry->loc,
                    "'%s' is a parameter already (line %u)", entry->name,
                    other->loc.line);
        return;
    }
    other = g_memdup2(entry, sizeof *entry);
    g_ptr_array_add(scope->entries, other);
    g_hash_table_insert(scope->by_name, (gpointer) other->name, other);
}

static bool
is_usable_map(struct scope *scope, const struct tree_node *map,
              const char *name)
{
    if (!map || map->broken) {
        return false;
    }
    if (map->kind == TREE_MAP) {
        return true;
    }
    diag_report(scope->diag, E020, map->loc,
                "'%s' takes a map, and this is %s", name, tree_kind_name(map));
    return false;
}

/* Takes the names that the maps 'params' and 'let' define; each may be null.
 * Nothing is evaluated. */
void
scope_load(struct scope *scope, const struct tree_node *params,
           const struct tree_node *let)
{
    if (is_usable_map(scope, params, "params")) {
        for (size_t i = 0; i < params->n; i++) {
            scope_add_param(scope, &params->entries[i]);
        }
    }
    if (is_usable_map(scope, let, "let")) {
        for (size_t i = 0; i < let->n; i++) {
            struct scope_entry entry = { .name = let->entries[i].key,
                                         .loc = let->entries[i].key_loc,
                                         .node = let->entries[i].value };
            const struct tree_node *override =
                g_hash_table_lookup(scope->overrides, entry.name);

            entry.node = override ? override : entry.node;
            scope_add(scope, &entry);
        }
    }
}

bool
scope_has_param(const struct scope *scope, const char *name)
{
    const struct scope_entry *entry =
        g_hash_table_lookup(scope->by_name, name);

    return entry && entry->is_param;
}

/* ---- Entries. ---- */

/* Returns the entry called 'name', or null. */
struct scope_entry *
scope_find(struct scope *scope, const char *name)
{
    return g_hash_table_lookup(scope->by_name, name);
}

const char *
scope_entry_name(const struct scope_entry *entry)
{
    return entry->name;
}

static void
report_circle(struct scope *scope, const struct scope_entry *entry)
{
    GString *way = g_string_new(NULL);
    bool is_in = false;

    for (guint i = 0; i < scope->busy->len; i++) {
        struct scope_entry *busy = scope->busy->pdata[i];

        is_in = is_in || busy == entry;
        if (is_in) {
            g_string_append_printf(way, "%s -> ", busy->name);
        }
    }
    diag_report(scope->diag, E014, entry->loc, "'%s' needs itself: %s%s",
                entry->name, way->str, entry->name);
    g_string_free(way, TRUE);
}

/* Evaluates 'entry' by itself: the index of a counted object that happens to be
 * read is none of its business. */
static bool
evaluate_entry(struct scope *scope, struct scope_entry *entry)
{
    struct scope_index outer = scope->index;
    bool ok;

    if (!scope_descend(scope, entry->loc)) {
        return false;
    }
    scope->index = (struct scope_index){ 0 };
    g_ptr_array_add(scope->busy, entry);
    ok = scope_evaluate(scope, entry->node, &entry->value)
         && (!entry->is_param
             || scope_check_param(scope, entry, &entry->value));
    g_ptr_array_set_size(scope->busy, (gint) scope->busy->len - 1);
    scope->index = outer;
    scope_ascend(scope);
    return ok;
}

/* Stores the value of 'entry', which counts as used from now on, in '*value'.
 * Returns false, and has reported, if it has none. */
bool
scope_entry_value(struct scope *scope, struct scope_entry *entry,
                  struct value *value)
{
    entry->is_used = true;
    if (entry->state == ENTRY_BUSY) {
        report_circle(scope, entry);
        return false;
    }
    if (entry->state == ENTRY_NEW) {
        entry->state = ENTRY_BUSY;
        entry->state =
            evaluate_entry(scope, entry) ? ENTRY_DONE : ENTRY_FAILED;
    }
    *value = entry->value;
    return entry->state == ENTRY_DONE;
}

/* Returns the texts among the values that 'entry' may have, '*n' of them. */
const char *const *
scope_entry_words(struct scope *scope, struct scope_entry *entry, size_t *n)
{
    if (!entry->words) {
        entry->words = g_ptr_array_new();
        for (size_t i = 0; entry->one_of && i < entry->one_of->n; i++) {
            const struct tree_node *node = entry->one_of->entries[i].value;
            struct value value;

            if (scope_evaluate(scope, node, &value)
                && value.kind == VALUE_TEXT) {
                g_ptr_array_add(entry->words, (gpointer) value.text);
            }
        }
    }
    *n = entry->words->len;
    return (const char *const *) entry->words->pdata;
}

/* Gives the last diagnostic a help with the names there are, and which one is
 * most like 'word'. */
void
scope_help_names(struct scope *scope, const char *word)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < scope->entries->len; i++) {
        struct scope_entry *entry = scope->entries->pdata[i];

        g_ptr_array_add(names, (gpointer) entry->name);
    }
    if (scope->index.is_set) {
        g_ptr_array_add(names, (gpointer) "i");
    }
    if (names->len == 0) {
        diag_help(scope->diag, "params and let would define names");
    } else {
        suggest_sort(names);
        suggest_help(scope->diag, word, (const char *const *) names->pdata,
                     names->len, "names here");
    }
    g_ptr_array_free(names, TRUE);
}

bool
scope_descend(struct scope *scope, struct loc loc)
{
    if (scope->depth >= EXPR_DEPTH_MAX) {
        diag_report(scope->diag, E009, loc,
                    "expressions are nested more than %d deep",
                    EXPR_DEPTH_MAX);
        return false;
    }
    scope->depth++;
    return true;
}

void
scope_ascend(struct scope *scope)
{
    scope->depth--;
}

/* ---- The index. ---- */

/* Makes 'i' the number 'i' until scope_leave() is given what this returns. */
struct scope_index
scope_enter(struct scope *scope, int64_t i)
{
    struct scope_index outer = scope->index;

    scope->index = (struct scope_index){ true, i };
    return outer;
}

void
scope_leave(struct scope *scope, struct scope_index outer)
{
    scope->index = outer;
}

bool
scope_get_index(const struct scope *scope, int64_t *i)
{
    *i = scope->index.i;
    return scope->index.is_set;
}

/* ---- After loading. ---- */

/* Evaluates every entry, so that what is wrong with one is reported even if
 * nothing uses it.  Returns whether all have values. */
bool
scope_check(struct scope *scope)
{
    bool ok = true;

    for (guint i = 0; i < scope->entries->len; i++) {
        struct scope_entry *entry = scope->entries->pdata[i];
        bool was_used = entry->is_used;
        struct value value;

        ok = scope_entry_value(scope, entry, &value) && ok;
        entry->is_used = was_used;
    }
    return ok;
}

static struct scope_entry *
find_param(const struct scope *scope, size_t index)
{
    for (guint i = 0; i < scope->entries->len; i++) {
        struct scope_entry *entry = scope->entries->pdata[i];

        if (entry->is_param && index-- == 0) {
            return entry;
        }
    }
    return NULL;
}

size_t
scope_n_params(const struct scope *scope)
{
    size_t n = 0;

    while (find_param(scope, n)) {
        n++;
    }
    return n;
}

/* Stores parameter 'index', in the order of the file, in '*param'.  Returns
 * false if there is none, or it has no value. */
bool
scope_param(struct scope *scope, size_t index, struct scope_param *param)
{
    struct scope_entry *entry = find_param(scope, index);
    bool ok, was_used;

    if (!entry) {
        return false;
    }
    was_used = entry->is_used;
    *param = (struct scope_param){ .name = entry->name,
                                   .about = entry->about,
                                   .is_overridden = entry->is_overridden };
    ok = scope_entry_value(scope, entry, &param->value);
    entry->is_used = was_used;
    return ok;
}

/* Notes every parameter that no expression has asked for so far. */
void
scope_note_unused(struct scope *scope)
{
    for (guint i = 0; i < scope->entries->len; i++) {
        struct scope_entry *entry = scope->entries->pdata[i];

        if (entry->is_param && !entry->is_used) {
            diag_report(scope->diag, N201, entry->loc,
                        "parameter '%s' is not used", entry->name);
            diag_help(scope->diag, "$(%s) would use it", entry->name);
        }
    }
}

#include "scenarios/key_reader.h"

#include <string.h>

#include "scenarios/key_slot.h"
#include "scenarios/suggest.h"

static struct diag *
diag_of(const struct key_reader *r)
{
    return scope_diag(r->scope);
}

/* "tenants.blue.vms.app", or what to call the root. */
static const char *
place_name(const struct key_reader *r)
{
    return r->where[0] ? r->where : "the scenario";
}

/* What messages call a value of 'r' under the key of 'spec'.  It is made when
 * there is a message: most values are right, and there are many.  The caller
 * frees it. */
char *
key_what(const struct key_reader *r, const struct key_spec *spec)
{
    return g_strdup_printf("'%s' in %s", spec->name, place_name(r));
}

/* ---- What is there and should not be. ---- */

static void
report_unknown(struct key_reader *r, const struct tree_entry *entry)
{
    GPtrArray *names = g_ptr_array_new();
    const struct key_spec *spec;

    for (size_t i = 0; (spec = key_table_at(r->table, i)); i++) {
        if (!spec->later) {
            g_ptr_array_add(names, (gpointer) spec->name);
        }
    }
    suggest_sort(names);
    diag_report(diag_of(r), E021, entry->key_loc, "unknown key '%s' in %s",
                entry->key, place_name(r));
    suggest_help(diag_of(r), entry->key, (const char *const *) names->pdata,
                 names->len, "keys here");
    g_ptr_array_free(names, TRUE);
    r->failed = true;
}

static void
check_keys(struct key_reader *r)
{
    for (size_t i = 0; i < r->node->n; i++) {
        const struct tree_entry *entry = &r->node->entries[i];
        const struct key_spec *spec = key_table_find(r->table, entry->key);

        if (!spec) {
            report_unknown(r, entry);
        } else if (spec->later) {
            diag_report(diag_of(r), E090, entry->key_loc,
                        "'%s' in %s is not supported yet", entry->key,
                        place_name(r));
            diag_help(diag_of(r), "it stands for: %s", spec->help);
            r->failed = true;
        }
    }
}

/* Says whether a key that does not exist was meant to be that of 'spec': then
 * it was reported, and is not missing too. */
static bool
is_misspelt(const struct key_reader *r, const struct key_spec *spec)
{
    for (size_t i = 0; i < r->node->n; i++) {
        const char *key = r->node->entries[i].key;

        if (!key_table_find(r->table, key)
            && suggest_nearest(key, &spec->name, 1)) {
            return true;
        }
    }
    return false;
}

static void
report_missing(struct key_reader *r, const struct key_spec *spec)
{
    const char *examples = key_type_examples(spec->type);

    diag_report(diag_of(r), E023, r->loc, "%s has no '%s'", place_name(r),
                spec->name);
    if (spec->type == KEY_WORD) {
        size_t n = 0;

        while (spec->words[n]) {
            n++;
        }
        char *list = suggest_list(spec->words, n);

        diag_help(diag_of(r), "%s; it is one of: %s", spec->help, list);
        g_free(list);
    } else {
        diag_help(diag_of(r), "%s%s%s", spec->help,
                  examples[0] ? "; for example " : "", examples);
    }
    r->failed = true;
}

/* ---- Values. ---- */

static struct key_value *
slot_alloc(struct key_slot *slot, size_t n)
{
    g_free(slot->values); /* Null, if this is not the slot's second time. */
    slot->values = g_new0(struct key_value, MAX(n, 1));
    slot->n = n;
    return slot->values;
}

static void
check_count(struct key_reader *r, struct key_slot *slot)
{
    const struct key_spec *spec = slot->spec;
    char *what;

    if (slot->n >= spec->n_min && (!spec->n_max || slot->n <= spec->n_max)) {
        return;
    }
    slot->is_ok = false;
    what = key_what(r, spec);
    diag_report(diag_of(r), E028, slot->entry->value->loc,
                "%s: a list of %zu is too %s", what, slot->n,
                slot->n < spec->n_min ? "short" : "long");
    g_free(what);
    if (spec->n_min == spec->n_max) {
        diag_help(diag_of(r), "it has %zu: %s", spec->n_min, spec->help);
    } else if (slot->n < spec->n_min) {
        diag_help(diag_of(r), "it has at least %zu: %s", spec->n_min,
                  spec->help);
    } else {
        diag_help(diag_of(r), "it has at most %zu: %s", spec->n_max,
                  spec->help);
    }
}

static bool
check_member_name(struct key_reader *r, const struct key_slot *slot,
                  const struct tree_entry *member)
{
    char *what;

    if (key_is_name(member->key)) {
        return true;
    }
    what = key_what(r, slot->spec);
    diag_report(diag_of(r), E026, member->key_loc, "%s: '%s' is not a name",
                what, member->key);
    g_free(what);
    diag_help(diag_of(r), "use letters, digits, '-' and '_', a letter or "
                          "digit first");
    return false;
}

static void
read_members(struct key_reader *r, struct key_slot *slot)
{
    const struct tree_node *node = slot->entry->value;
    struct key_value *values = slot_alloc(slot, node->n);

    for (size_t i = 0; i < node->n; i++) {
        const struct tree_entry *member = &node->entries[i];
        bool is_named = !member->key || check_member_name(r, slot, member);

        slot->is_ok =
            key_convert_value(r, slot->spec, member->value, &values[i])
            && is_named && slot->is_ok;
        values[i].is_ok = values[i].is_ok && is_named;
        values[i].name = member->key;
        values[i].name_loc = member->key_loc;
    }
    check_count(r, slot);
}

static void
report_shape(struct key_reader *r, const struct key_slot *slot)
{
    const struct tree_node *node = slot->entry->value;
    char *what;

    if (!node->broken) {
        what = key_what(r, slot->spec);
        diag_report(
            diag_of(r), E020, node->loc, "%s: expected %s, found %s", what,
            slot->spec->shape == KEY_NAMED ? "a map of names" : "a list",
            tree_kind_name(node));
        g_free(what);
    }
}

static void
read_given(struct key_reader *r, struct key_slot *slot)
{
    const struct tree_node *node = slot->entry->value;
    enum key_shape shape = slot->spec->shape;
    enum tree_kind kind = shape == KEY_NAMED ? TREE_MAP : TREE_LIST;

    slot->is_ok = true;
    if (shape == KEY_ONE
        || (shape == KEY_ONE_OR_LIST && node->kind != TREE_LIST)) {
        slot->is_ok =
            key_convert_value(r, slot->spec, node, slot_alloc(slot, 1));
        if (shape == KEY_ONE_OR_LIST) {
            check_count(r, slot);
        }
    } else if (node->kind == kind) {
        read_members(r, slot);
    } else {
        slot_alloc(slot, 0);
        slot->is_ok = false;
        report_shape(r, slot);
    }
    r->failed = r->failed || !slot->is_ok;
}

/* Says whether 'text' has the word 'i' in it: it may stand for the index of a
 * counted object. */
static bool
has_index(const char *text)
{
    bool is_word = false; /* The character before is part of a word. */

    for (; *text; text++) {
        if (*text == 'i' && !is_word && !g_ascii_isalnum(text[1])
            && text[1] != '_') {
            return true;
        }
        is_word = g_ascii_isalnum(*text) || *text == '_';
    }
    return false;
}

/* Says whether the value, or a member of it, may change with the index.  What
 * names in 'let' stand for does not. */
static bool
varies(const struct key_spec *spec, const struct tree_node *node)
{
    bool is_list = node->kind == TREE_LIST
                   || (node->kind == TREE_MAP && spec->shape == KEY_NAMED);

    if (spec->type == KEY_OBJECT || spec->type == KEY_NODE) {
        return false;
    }
    for (size_t i = 0; is_list && i < node->n; i++) {
        const struct tree_node *member = node->entries[i].value;

        if (member->kind == TREE_SCALAR && varies(spec, member)) {
            return true;
        }
    }
    return node->kind == TREE_SCALAR && has_index(node->text)
           && (spec->type == KEY_CONDITION || strstr(node->text, "$("));
}

static void
read_slot(struct key_reader *r, struct key_slot *slot)
{
    const struct key_spec *spec = slot->spec;

    slot->entry = tree_find(r->node, spec->name);
    if (spec->later) {
        slot->entry = NULL; /* Reported by check_keys(). */
    } else if (slot->entry) {
        slot->varies = varies(spec, slot->entry->value);
        r->varies = r->varies || slot->varies;
        read_given(r, slot);
        return;
    } else if (spec->required && r->node && !r->node->broken
               && !is_misspelt(r, spec)) {
        report_missing(r, spec);
    }
    if (spec->fallback) {
        slot->is_ok =
            key_convert_fallback(r->scope, spec, slot_alloc(slot, 1));
        g_assert(slot->is_ok);
    } else {
        slot_alloc(slot, 0);
    }
}

static bool
check_map(struct key_reader *r)
{
    if (r->node->broken) {
        r->failed = true;
        return false;
    }
    if (r->node->kind == TREE_MAP) {
        return true;
    }
    diag_report(diag_of(r), E020, r->node->loc, "%s: expected a map, found %s",
                place_name(r), tree_kind_name(r->node));
    r->failed = true;
    return false;
}

/* Reads 'node', null if there is none, at 'loc', into '*r'.  Takes 'where'. */
static bool
reader_init(struct key_reader *r, struct scope *scope,
            const struct tree_node *node, const struct key_table *table,
            struct loc loc, char *where)
{
    const struct key_spec *spec;
    size_t n = key_table_n(table);

    *r = (struct key_reader){ .scope = scope,
                              .node = node,
                              .table = table,
                              .where = where,
                              .loc = loc,
                              .slots = g_new0(struct key_slot, n + 1) };
    if (node && check_map(r)) {
        check_keys(r);
    } else {
        r->node = NULL;
    }
    for (size_t i = 0; (spec = key_table_at(table, i)); i++) {
        r->slots[i].spec = spec;
        read_slot(r, &r->slots[i]);
    }
    return r->node && !r->failed;
}

/* Reads 'node' by 'table' into '*r', and reports what is wrong with it, as of
 * the object whose path the rest of the arguments give.  Returns whether
 * nothing is.  The caller clears '*r' in any case. */
bool
key_reader_init(struct key_reader *r, struct scope *scope,
                const struct tree_node *node, const struct key_table *table,
                const char *where, ...)
{
    va_list args;
    char *path;

    va_start(args, where);
    path = g_strdup_vprintf(where, args);
    va_end(args);
    return reader_init(r, scope, node, table, node->loc, path);
}

/* Reads again what depends on the index, which has changed since '*r' was made
 * or this was called last.  Returns whether there is any such value. */
bool
key_reader_again(struct key_reader *r)
{
    for (struct key_slot *slot = r->slots; r->varies && slot->spec; slot++) {
        if (slot->varies) {
            read_given(r, slot);
        }
    }
    return r->varies;
}

void
key_reader_clear(struct key_reader *r)
{
    for (struct key_slot *slot = r->slots; slot->spec; slot++) {
        g_free(slot->values);
    }
    g_free(r->slots);
    g_free(r->where);
    *r = (struct key_reader){ 0 };
}

/* ---- Objects inside. ---- */

static char *
path_of(const struct key_reader *r, const char *key)
{
    return r->where[0] ? g_strdup_printf("%s.%s", r->where, key)
                       : g_strdup(key);
}

/* Makes '*inner' a reader of the object under 'key'.  If there is none, or it is
 * no map, returns false, and '*inner' gives the fallbacks of its table; the
 * same if something in it is wrong, which is reported. */
bool
key_object(const struct key_reader *r, const char *key,
           struct key_reader *inner)
{
    const struct key_slot *slot = key_slot_find(r, key);
    const struct tree_node *node =
        slot->is_ok && slot->n ? slot->values[0].node : NULL;

    return reader_init(inner, r->scope, node, slot->spec->table,
                       slot->entry ? slot->entry->key_loc : r->loc,
                       path_of(r, key));
}

/* The same for member 'index' of the list or map under 'key'. */
bool
key_object_at(const struct key_reader *r, const char *key, size_t index,
              struct key_reader *inner)
{
    const struct key_slot *slot = key_slot_find(r, key);
    const struct key_value *value = &slot->values[index];
    char *path = path_of(r, key), *member;

    g_assert(index < slot->n);
    member = value->name ? g_strdup_printf("%s.%s", path, value->name)
                         : g_strdup_printf("%s[%zu]", path, index);
    g_free(path);
    return reader_init(
        inner, r->scope, value->is_ok ? value->node : NULL, slot->spec->table,
        value->name ? value->name_loc : value->node->loc, member);
}

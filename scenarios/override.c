#include "scenarios/override.h"

#include <stdlib.h>
#include <string.h>

#include "scenarios/suggest.h"

#define OPTION "--set "

/* One --set, taken apart. */
struct setting {
    char *path;
    const char *value;
    struct loc path_loc, value_loc;
};

/* Where the map that holds the last key of a path is, and which key that is. */
struct target {
    struct tree_node *map;
    const char *key;
};

/* Returns a source, "command line", with a line for each of 'settings', which
 * are texts "key=value" up to a null. */
struct source *
override_source(const char *const *settings)
{
    GString *text = g_string_new(NULL);
    struct source *source;

    for (size_t i = 0; settings && settings[i]; i++) {
        char *line = g_strdup(settings[i]);

        /* A setting is one line, whatever it says. */
        g_strdelimit(line, "\n", ' ');
        g_string_append_printf(text, "%s" OPTION "%s", i ? "\n" : "", line);
        g_free(line);
    }
    source = source_new("command line", text->str, text->len);
    g_string_free(text, TRUE);
    return source;
}

static struct loc
loc_in(const struct source *source, const char *start, size_t size)
{
    struct loc loc = source_loc(source, (size_t) (start - source->text), size);

    loc.length = MAX(loc.length, 1);
    return loc;
}

/* ---- Where a path leads. ---- */

static struct tree_node *
find_member(struct tree_node *list, const char *id)
{
    for (size_t i = 0; i < list->n; i++) {
        const struct tree_node *node = tree_get(list->entries[i].value, "id");

        if (node && node->kind == TREE_SCALAR && !strcmp(node->text, id)) {
            return list->entries[i].value;
        }
    }
    if (id[0] && strspn(id, "0123456789") == strlen(id) && strlen(id) < 9) {
        size_t n = (size_t) strtoul(id, NULL, 10);

        return n < list->n ? list->entries[n].value : NULL;
    }
    return NULL;
}

static struct tree_node *
find_step(struct tree_node *node, const char *step)
{
    const struct tree_entry *entry;

    if (node->kind == TREE_LIST) {
        return find_member(node, step);
    }
    entry = tree_find(node, step);
    return entry ? entry->value : NULL;
}

/* Gives the last diagnostic the names of what is in 'node'. */
static void
help_members(struct diag *diag, const struct tree_node *node, const char *step)
{
    GPtrArray *names = g_ptr_array_new();

    for (size_t i = 0; i < node->n; i++) {
        const struct tree_node *id = tree_get(node->entries[i].value, "id");

        if (node->kind == TREE_MAP) {
            g_ptr_array_add(names, (gpointer) node->entries[i].key);
        } else if (id && id->kind == TREE_SCALAR) {
            g_ptr_array_add(names, (gpointer) id->text);
        }
    }
    if (names->len > 0) {
        suggest_sort(names);
        suggest_help(diag, step, (const char *const *) names->pdata,
                     names->len, "there is");
    }
    g_ptr_array_free(names, TRUE);
}

static bool
find_target(const struct setting *setting, struct tree *tree, char **steps,
            struct target *target, struct diag *diag)
{
    struct tree_node *root = tree_root(tree), *node = root;
    size_t n = g_strv_length(steps);

    for (size_t i = 0; i + 1 < n; i++) {
        struct tree_node *next = find_step(node, steps[i]);

        if (i == 0 && (!next || tree_is_empty(next))) {
            /* A section that is not there has its keys all the same. */
            next = tree_new_map(tree, setting->path_loc);
            tree_set(tree, root, steps[0], setting->path_loc, next);
        }
        if (!next || next->kind == TREE_SCALAR) {
            diag_report(diag, E029, setting->path_loc,
                        next ? "'%s' in '%s' has no keys"
                             : "there is no '%s' on the way of '%s'",
                        steps[i], setting->path);
            help_members(diag, node, steps[i]);
            return false;
        }
        node = next;
    }
    if (node->kind != TREE_MAP) {
        diag_report(diag, E029, setting->path_loc,
                    "'%s' is a member of a list: only its keys can be set",
                    setting->path);
        return false;
    }
    *target = (struct target){ node, steps[n - 1] };
    return true;
}

/* ---- Setting. ---- */

/* Reports a name that is neither a parameter nor a key of the scenario. */
static void
refuse_name(const struct setting *setting, struct tree_node *root,
            struct diag *diag)
{
    const struct tree_node *params = tree_get(root, "params");

    diag_report(diag, E029, setting->path_loc,
                "the scenario has no parameter '%s'", setting->path);
    if (params && params->kind == TREE_MAP && params->n > 0) {
        help_members(diag, params, setting->path);
    } else {
        diag_help(diag, "it has no parameters; a path with dots sets any key");
    }
}

static void
apply_path(const struct setting *setting, struct tree *tree,
           struct scope *scope)
{
    char **steps = g_strsplit(setting->path, ".", 0);
    size_t n = g_strv_length(steps);
    struct tree_node *root = tree_root(tree), *value;
    struct target target;
    bool is_param =
        n == 3 && !strcmp(steps[0], "params") && !strcmp(steps[2], "default");

    for (size_t i = 0; i < n; i++) {
        if (!steps[i][0]) {
            diag_report(scope_diag(scope), E029, setting->path_loc,
                        "'%s' has nothing between two dots", setting->path);
            g_strfreev(steps);
            return;
        }
    }
    if (n == 1 && !tree_get(root, setting->path)) {
        refuse_name(setting, root, scope_diag(scope));
    } else if (find_target(setting, tree, steps, &target, scope_diag(scope))) {
        value = tree_new_scalar(tree, setting->value, setting->value_loc);
        tree_set(tree, target.map, target.key, setting->path_loc, value);
        if (is_param || (n == 2 && !strcmp(steps[0], "let"))) {
            scope_override(scope, steps[1], value);
        }
    }
    g_strfreev(steps);
}

static void
apply_one(const struct setting *setting, struct tree *tree,
          struct scope *scope)
{
    const struct tree_node *params = tree_get(tree_root(tree), "params");

    if (tree_get(params, setting->path)) {
        scope_override(
            scope, setting->path,
            tree_new_scalar(tree, setting->value, setting->value_loc));
    } else {
        apply_path(setting, tree, scope);
    }
}

static void
apply_line(const struct source *source, unsigned int line, struct tree *tree,
           struct scope *scope)
{
    size_t size;
    const char *start = source_line(source, line, &size);
    const char *path = start + strlen(OPTION), *equals;
    struct setting setting;
    size_t path_size = size - strlen(OPTION);
    char *text;

    equals = memchr(path, '=', path_size);
    if (!g_utf8_validate(path, (gssize) path_size, NULL)) {
        diag_report(scope_diag(scope), E001, loc_in(source, path, path_size),
                    "what --set says is not UTF-8");
        return;
    }
    if (!equals || equals == path || equals + 1 == path + path_size) {
        diag_report(scope_diag(scope), E029, loc_in(source, path, path_size),
                    "--set takes key=value");
        diag_help(scope_diag(scope), "for example --set queries=100, or "
                                     "--set run.until=5s");
        return;
    }
    text = g_strndup(equals + 1, (size_t) (path + path_size - equals) - 1);
    setting.path = g_strndup(path, (size_t) (equals - path));
    setting.value = text;
    setting.path_loc = loc_in(source, path, (size_t) (equals - path));
    setting.value_loc = loc_in(source, equals + 1, strlen(text));
    apply_one(&setting, tree, scope);
    g_free(setting.path);
    g_free(text);
}

/* Lays every line of 'source', which is of override_source(), over 'tree' and
 * 'scope', before that is evaluated.  Later lines win.  What cannot be is
 * reported to the scope's diag. */
void
override_apply(const struct source *source, struct tree *tree,
               struct scope *scope)
{
    for (unsigned int line = 1; source->size && line <= source->n_lines;
         line++) {
        apply_line(source, line, tree, scope);
    }
}

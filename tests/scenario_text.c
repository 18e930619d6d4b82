#include "tests/scenario_text.h"

#include <string.h>

#include "scenarios/override.h"
#include "tests/cmocka_all.h"

void
scenario_text_init(struct scenario_text *t, const char *text,
                   const char *const *settings)
{
    const struct tree_node *root;

    *t = (struct scenario_text){ 0 };
    t->source = source_new("t.yaml", text, strlen(text));
    t->settings = override_source(settings);
    t->diag = diag_new();
    t->scope = scope_new(t->diag);
    t->tree = tree_read(t->source, t->diag);
    if (t->tree) {
        root = tree_root(t->tree);
        override_apply(t->settings, t->tree, t->scope);
        scope_load(t->scope, tree_get(root, "params"), tree_get(root, "let"));
        scope_check(t->scope);
    }
}

void
scenario_text_clear(struct scenario_text *t)
{
    g_free(t->report);
    scope_free(t->scope);
    tree_free(t->tree);
    diag_free(t->diag);
    source_free(t->settings);
    source_free(t->source);
}

const char *
scenario_text_report(struct scenario_text *t)
{
    GString *out = g_string_new(NULL);

    diag_print(t->diag, false, out);
    g_free(t->report);
    t->report = g_string_free(out, FALSE);
    return t->report;
}

const struct tree_node *
scenario_text_node(struct scenario_text *t, const char *key)
{
    const struct tree_node *node = tree_get(tree_root(t->tree), key);

    assert_non_null(node);
    return node;
}

void
assert_tree_report(const char *text, const char *report)
{
    struct scenario_text t;

    scenario_text_init(&t, text, NULL);
    assert_string_equal(scenario_text_report(&t), report);
    scenario_text_clear(&t);
}

void
scenario_text_dump(const struct tree_node *node, GString *out)
{
    static const char *const brackets[] = {
        [TREE_LIST] = "[]", [TREE_MAP] = "{}"
    };

    if (node->kind == TREE_SCALAR) {
        g_string_append_printf(out, node->plain ? "%s" : "\"%s\"", node->text);
        return;
    }
    g_string_append_c(out, brackets[node->kind][0]);
    for (size_t i = 0; i < node->n; i++) {
        const struct tree_entry *entry = &node->entries[i];

        g_string_append_printf(out, "%s%s%s", i ? ", " : "",
                               entry->key ? entry->key : "",
                               entry->key ? ": " : "");
        scenario_text_dump(entry->value, out);
    }
    g_string_append_c(out, brackets[node->kind][1]);
}

void
assert_loc(struct loc loc, unsigned int line, unsigned int column,
           unsigned int length)
{
    assert_int_equal(loc.line, line);
    assert_int_equal(loc.column, column);
    assert_int_equal(loc.length, length);
}

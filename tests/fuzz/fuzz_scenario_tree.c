/* A file's way to a tree, to parameters, and to the report about it. */

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/diag.h"
#include "scenarios/scope.h"
#include "scenarios/tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every place lies in the source, and every text is one. */
static void
walk(const struct tree_node *node, const struct source *source)
{
    g_assert(node->loc.line >= 1 && node->loc.line <= source->n_lines);
    g_assert(node->loc.column >= 1);
    g_assert(g_utf8_validate(node->text, -1, NULL));
    for (size_t i = 0; i < node->n; i++) {
        g_assert(!node->entries[i].key
                 || tree_find(node, node->entries[i].key)
                        == &node->entries[i]);
        walk(node->entries[i].value, source);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct source *source = source_new("f.yaml", (const char *) data, size);
    struct diag *diag = diag_new();
    struct scope *scope = scope_new(diag);
    struct tree *tree = tree_read(source, diag);
    GString *out = g_string_new(NULL);

    g_assert(tree || diag_failed(diag));
    if (tree) {
        const struct tree_node *root = tree_root(tree);

        walk(root, source);
        scope_load(scope, tree_get(root, "params"), tree_get(root, "let"));
        scope_check(scope);
        scope_note_unused(scope);
    }
    diag_print(diag, size % 2, out);
    g_assert(g_utf8_validate(out->str, -1, NULL));
    g_free(diag_to_json(diag));
    g_string_free(out, TRUE);
    scope_free(scope);
    tree_free(tree);
    diag_free(diag);
    source_free(source);
    return 0;
}

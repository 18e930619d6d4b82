/* Expressions: each line of the input is an entry of let (l0, l1, ...), which
 * may use the others, and a condition. */

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "scenarios/diag.h"
#include "scenarios/scope.h"
#include "scenarios/tree.h"

#define LINES_MAX 64

static const char preamble[] =
    "params:\n"
    "  datapath: {default: rewrite, one_of: [rewrite, nvgre, leaf-spine]}\n"
    "  n: {default: 20, min: 1}\n"
    "  t: {default: 30ms}\n"
    "  b: {default: true}\n"
    "let: {}\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
evaluate(struct scope *scope, const struct tree_node *node)
{
    struct scope_index outer = scope_enter(scope, 3);
    struct value value = { 0 };
    bool condition;

    if (scope_evaluate(scope, node, &value)) {
        g_free(value_format(value));
    }
    if (scope_evaluate_bare(scope, node, &value)) {
        g_free(value_format(value));
    }
    scope_leave(scope, outer);
    scope_condition(scope, node, &condition);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct source *source = source_new("f", preamble, strlen(preamble));
    struct diag *diag = diag_new();
    struct scope *scope = scope_new(diag);
    struct tree *tree = tree_read(source, diag);
    struct tree_node *let = tree_find(tree_root(tree), "let")->value;
    char *text = g_strndup((const char *) data, size);
    char **lines = g_strsplit(text, "\n", LINES_MAX);
    GString *out = g_string_new(NULL);

    for (unsigned int i = 0; lines[i]; i++) {
        char name[16];

        /* A tree has none but UTF-8. */
        char *line = g_utf8_make_valid(lines[i], -1);

        g_snprintf(name, sizeof name, "l%u", i);
        tree_set(tree, let, name, (struct loc){ source, 1, 1, 1 },
                 tree_new_scalar(tree, line, (struct loc){ source, 1, 1, 1 }));
        g_free(line);
    }
    scope_load(scope, tree_get(tree_root(tree), "params"), let);
    scope_check(scope);
    for (size_t i = 0; i < let->n; i++) {
        evaluate(scope, let->entries[i].value);
    }
    diag_print(diag, false, out);
    g_string_free(out, TRUE);
    g_strfreev(lines);
    g_free(text);
    scope_free(scope);
    tree_free(tree);
    diag_free(diag);
    source_free(source);
    return 0;
}

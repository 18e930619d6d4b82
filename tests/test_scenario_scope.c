#include <glib.h>
#include <string.h>

#include "tests/cmocka_all.h"
#include "tests/scenario_text.h"

static void
definitions_may_come_in_any_order(void **state)
{
    struct scenario_text t;
    struct value value;

    (void) state;
    scenario_text_init(&t,
                       "x: $(a)\nlet: {a: $(b * 2), b: $(c + 1), c: $(p)}\n"
                       "params: {p: {default: $(q)}, q: {default: 5}}\n",
                       NULL);
    assert_true(scope_evaluate(t.scope, scenario_text_node(&t, "x"), &value));
    assert_int_equal(value.quantity.num, 12);
    assert_string_equal(scenario_text_report(&t), "");
    scenario_text_clear(&t);
}

static void
definitions_in_a_circle_are_reported_once(void **state)
{
    (void) state;
    assert_tree_report(
        "let:\n  d: $(a)\n  a: $(b)\n  b: $(c + 1)\n  c: x $(a)\n  e: "
        "$(e)\n",
        "t.yaml:3:3: error[E014]: 'a' needs itself: a -> b -> c -> a\n"
        "  3 |   a: $(b)\n"
        "    |   ^\n"
        "t.yaml:6:3: error[E014]: 'e' needs itself: e -> e\n"
        "  6 |   e: $(e)\n"
        "    |   ^\n"
        "2 errors. Nothing was run.\n");
}

static void
errors_of_unused_definitions_are_reported_too(void **state)
{
    (void) state;
    assert_tree_report("let: {a: $(1 / 0), b: $(a), c: [1]}\n",
                       "t.yaml:1:14: error[E013]: this divides by zero\n"
                       "  1 | let: {a: $(1 / 0), b: $(a), c: [1]}\n"
                       "    |              ^\n"
                       "t.yaml:1:32: error[E020]: a single value was "
                       "expected, and this is a list\n"
                       "  1 | let: {a: $(1 / 0), b: $(a), c: [1]}\n"
                       "    |                                ^~~\n"
                       "2 errors. Nothing was run.\n");
}

static void
values_of_parameters_are_checked(void **state)
{
    (void) state;
    assert_tree_report(
        "params:\n"
        "  a: {default: x, one_of: [y, z]}\n"
        "  b: {default: 0, min: 1}\n"
        "  c: {default: 2s, max: 1500ms}\n"
        "  d: {default: 5ms, min: 1}\n",
        "t.yaml:2:16: error[E019]: parameter 'a' cannot be 'x'\n"
        "  2 |   a: {default: x, one_of: [y, z]}\n"
        "    |                ^\n"
        "  help: it is one of: y, z\n"
        "t.yaml:3:16: error[E019]: parameter 'b' is 0, and its min is 1\n"
        "  3 |   b: {default: 0, min: 1}\n"
        "    |                ^\n"
        "t.yaml:4:16: error[E019]: parameter 'c' is 2s, and its max is 1.5s\n"
        "  4 |   c: {default: 2s, max: 1500ms}\n"
        "    |                ^~\n"
        "t.yaml:5:26: error[E019]: 'min' of parameter 'd' is a number, and "
        "its value is a time\n"
        "  5 |   d: {default: 5ms, min: 1}\n"
        "    |                          ^\n"
        "4 errors. Nothing was run.\n");
}

static void
definitions_of_parameters_are_checked(void **state)
{
    (void) state;
    assert_tree_report(
        "params:\n"
        "  e: {min: 1, mix: 2}\n"
        "  f: 5\n"
        "  g-h: {default: 1}\n"
        "  min: {default: 1}\n"
        "  i: {default: 1}\n"
        "  j: {default: 1, one_of: 1}\n"
        "let: {j: 1}\n",
        "t.yaml:2:6: error[E023]: params.e has no 'default'\n"
        "  2 |   e: {min: 1, mix: 2}\n"
        "    |      ^~~~~~~~~~~~~~~~\n"
        "  help: its value, if nothing sets another\n"
        "t.yaml:2:15: error[E021]: unknown key 'mix' in params.e\n"
        "  2 |   e: {min: 1, mix: 2}\n"
        "    |               ^~~\n"
        "  help: did you mean 'max'? Keys here: about, default, max, min, "
        "one_of\n"
        "t.yaml:3:6: error[E020]: params.f: expected a map, found a single "
        "value\n"
        "  3 |   f: 5\n"
        "    |      ^\n"
        "t.yaml:4:3: error[E019]: an expression could not name 'g-h'\n"
        "  4 |   g-h: {default: 1}\n"
        "    |   ^~~\n"
        "  help: use letters, digits and '_', a letter first\n"
        "t.yaml:5:3: error[E019]: 'min' means something to expressions "
        "already\n"
        "  5 |   min: {default: 1}\n"
        "    |   ^~~\n"
        "t.yaml:6:3: error[E019]: 'i' means something to expressions "
        "already\n"
        "  6 |   i: {default: 1}\n"
        "    |   ^\n"
        "t.yaml:7:27: error[E020]: 'one_of' of params.j takes a list of "
        "values\n"
        "  7 |   j: {default: 1, one_of: 1}\n"
        "    |                           ^\n"
        "t.yaml:8:7: error[E019]: 'j' is a parameter already (line 7)\n"
        "  8 | let: {j: 1}\n"
        "    |       ^\n"
        "8 errors. Nothing was run.\n");
}

static void
unused_parameters_are_noted(void **state)
{
    struct scenario_text t;
    struct value value;

    (void) state;
    scenario_text_init(&t,
                       "params: {a: {default: 1}, b: {default: 2}, c: "
                       "{default: 3}}\nlet: {d: $(b)}\nx: $(a)\n",
                       NULL);
    assert_true(scope_evaluate(t.scope, scenario_text_node(&t, "x"), &value));
    scope_note_unused(t.scope);
    assert_string_equal(scenario_text_report(&t),
                        "t.yaml:1:44: note[N201]: parameter 'c' is not used\n"
                        "  help: $(c) would use it\n"
                        "1 note.\n");
    scenario_text_clear(&t);
}

static void
index_is_there_while_a_counted_object_is_read(void **state)
{
    struct scenario_text t;
    struct scope_index outer, inner;
    struct value value;
    const struct tree_node *x;

    (void) state;
    scenario_text_init(&t, "x: $(4096 + i)\nlet: {a: 1}\n", NULL);
    x = scenario_text_node(&t, "x");
    outer = scope_enter(t.scope, 3);
    assert_true(scope_evaluate(t.scope, x, &value));
    assert_int_equal(value.quantity.num, 4099);
    inner = scope_enter(t.scope, 8);
    assert_true(scope_evaluate(t.scope, x, &value));
    assert_int_equal(value.quantity.num, 4104);
    scope_leave(t.scope, inner);
    assert_true(scope_evaluate(t.scope, x, &value));
    assert_int_equal(value.quantity.num, 4099);
    scope_leave(t.scope, outer);
    assert_false(scope_evaluate(t.scope, x, &value));
    scenario_text_clear(&t);
}

static void
index_is_not_seen_by_definitions(void **state)
{
    (void) state;
    assert_tree_report("let: {a: $(i)}\n",
                       "t.yaml:1:12: error[E011]: nothing is called 'i'\n"
                       "  1 | let: {a: $(i)}\n"
                       "    |            ^\n"
                       "  help: 'i' is the index of an object that has a "
                       "count; there is none here\n"
                       "1 error. Nothing was run.\n");
}

static void
index_is_not_seen_by_definitions_first_used_under_it(void **state)
{
    struct diag *diag = diag_new();
    struct scope *scope = scope_new(diag);
    static const char text[] = "let: {a: $(i)}\nx: $(a)\n";
    struct source *source = source_new("t.yaml", text, strlen(text));
    struct tree *tree = tree_read(source, diag);
    struct value value;

    (void) state;
    scope_load(scope, NULL, tree_get(tree_root(tree), "let"));
    scope_enter(scope, 1);
    assert_false(
        scope_evaluate(scope, tree_get(tree_root(tree), "x"), &value));
    assert_int_equal(diag_n_kept(diag), 1);
    assert_int_equal(diag_kept(diag, 0)->code, E011);
    scope_free(scope);
    tree_free(tree);
    diag_free(diag);
    source_free(source);
}

static void
limits_of_parameters_are_inclusive(void **state)
{
    (void) state;
    assert_tree_report("params:\n  a: {default: 1, min: 1, max: 1}\n", "");
}

static void
definitions_are_at_most_64_deep(void **state)
{
    GString *text = g_string_new("let:\n");
    struct scenario_text t;

    (void) state;
    for (int i = 0; i < 10000; i++) {
        g_string_append_printf(text, "  a%d: $(a%d)\n", i, i + 1);
    }
    g_string_append(text, "  a10000: 1\n");
    scenario_text_init(&t, text->str, NULL);
    assert_true(diag_failed(t.diag));
    assert_int_equal(diag_kept(t.diag, 0)->code, E009);
    scenario_text_clear(&t);
    g_string_free(text, TRUE);
}

static void
texts_do_not_grow_without_bound(void **state)
{
    GString *text = g_string_new("let:\n  a0: xxxxxxxxxx\n");
    struct scenario_text t;

    (void) state;
    for (int i = 0; i < 40; i++) {
        g_string_append_printf(text, "  a%d: $(a%d)$(a%d)\n", i + 1, i, i);
    }
    scenario_text_init(&t, text->str, NULL);
    assert_int_equal(diag_n_kept(t.diag), 1);
    assert_int_equal(diag_kept(t.diag, 0)->code, E009);
    /* a13 is the first of more than 64 KiB: 10 * 2^13. */
    assert_int_equal(diag_kept(t.diag, 0)->loc.line, 15);
    scenario_text_clear(&t);
    g_string_free(text, TRUE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(definitions_may_come_in_any_order),
        cmocka_unit_test(definitions_in_a_circle_are_reported_once),
        cmocka_unit_test(errors_of_unused_definitions_are_reported_too),
        cmocka_unit_test(values_of_parameters_are_checked),
        cmocka_unit_test(definitions_of_parameters_are_checked),
        cmocka_unit_test(unused_parameters_are_noted),
        cmocka_unit_test(index_is_there_while_a_counted_object_is_read),
        cmocka_unit_test(index_is_not_seen_by_definitions),
        cmocka_unit_test(index_is_not_seen_by_definitions_first_used_under_it),
        cmocka_unit_test(limits_of_parameters_are_inclusive),
        cmocka_unit_test(definitions_are_at_most_64_deep),
        cmocka_unit_test(texts_do_not_grow_without_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

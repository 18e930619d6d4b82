#include <glib.h>
#include <string.h>

#include "scenarios/expr.h"
#include "tests/cmocka_all.h"
#include "tests/scenario_text.h"

static const char preamble[] =
    "params:\n"
    "  datapath: {default: rewrite, one_of: [rewrite, nvgre, leaf-spine]}\n"
    "  queries: {default: 20, min: 1, max: 100}\n"
    "  wait: {default: 30ms}\n"
    "  fast: {default: true}\n"
    "  who: {default: blue}\n"
    "let:\n"
    "  twice: $(queries * 2)\n"
    "  long: $(wait + 1s)\n"
    "  title: \"$(who) has $(twice)\"\n";

/* Evaluates 'text', with the names of the preamble, as the value of a key. */
static char *
evaluate(const char *text, bool *ok)
{
    char *scenario = g_strdup_printf("%sx: %s\n", preamble, text);
    struct scenario_text t;
    struct value value;
    char *result;

    scenario_text_init(&t, scenario, NULL);
    *ok = scope_evaluate(t.scope, scenario_text_node(&t, "x"), &value);
    assert_int_equal(*ok, !diag_failed(t.diag));
    result =
        *ok ? value_format(value) : g_strdup(diag_kept(t.diag, 0)->message);
    scenario_text_clear(&t);
    g_free(scenario);
    return result;
}

static void
assert_value(const char *text, const char *wanted)
{
    bool ok;
    char *got = evaluate(text, &ok);

    assert_string_equal(got, wanted);
    assert_true(ok);
    g_free(got);
}

/* Asserts that 'text' has an error of 'code' in column 'column' of its own. */
static void
assert_error(const char *text, enum diag_code code, unsigned int column,
             const char *message)
{
    char *scenario = g_strdup_printf("%sx: %s\n", preamble, text);
    struct scenario_text t;
    struct value value;

    scenario_text_init(&t, scenario, NULL);
    assert_false(scope_evaluate(t.scope, scenario_text_node(&t, "x"), &value));
    assert_int_equal(diag_n_kept(t.diag), 1);
    assert_string_equal(diag_kept(t.diag, 0)->message, message);
    assert_string_equal(diag_code_info(diag_kept(t.diag, 0)->code)->name,
                        diag_code_info(code)->name);
    assert_int_equal(diag_kept(t.diag, 0)->loc.column, column + 3);
    scenario_text_clear(&t);
    g_free(scenario);
}

/* ---- Values. ---- */

static void
scalars_without_expressions_are_what_they_look_like(void **state)
{
    (void) state;
    assert_value("20", "20");
    assert_value("1.5ms", "1.5ms");
    assert_value("1500us", "1.5ms");
    assert_value("\"1500us\"", "1500us");
    assert_value("blue/web", "blue/web");
    assert_value("costs $5 or ${x}", "costs $5 or ${x}");
}

static void
expressions_calculate_with_units(void **state)
{
    (void) state;
    assert_value("$(1 + 2 * 3)", "7");
    assert_value("$((1 + 2) * 3)", "9");
    assert_value("$(10 - 3 - 2)", "5");
    assert_value("$(2 * 3 % 4)", "2");
    assert_value("$(-3 + 5)", "2");
    assert_value("$(- - 3)", "3");
    assert_value("$(-wait)", "-30ms");
    assert_value("$(10 / 4)", "2.5");
    assert_value("$(10ms / 4)", "2.5ms");
    assert_value("$(wait * 2 + 1s)", "1.06s");
    assert_value("$(5% * 10Gbps)", "500Mbps");
    assert_value("$(7%3)", "1");
    assert_value("$(queries%3)", "2");
    assert_value("$(10Gbps * 1ms / 1kB)", "1250");
    assert_value("$( 1KiB+24B )", "1048B");
}

static void
functions_take_quantities(void **state)
{
    (void) state;
    assert_value("$(min(3, 1, 2))", "1");
    assert_value("$(max(3, 1, 2))", "3");
    assert_value("$(min(5ms, wait))", "5ms");
    assert_value("$(max(7))", "7");
    assert_value("$(floor(7 / 2))", "3");
    assert_value("$(ceil(7 / 2))", "4");
    assert_value("$(floor(-7 / 2))", "-4");
    assert_value("$(max(1, min(2, 3)) * 2)", "4");
}

static void
names_come_from_params_and_let(void **state)
{
    (void) state;
    assert_value("$(queries)", "20");
    assert_value("$(twice + 1)", "41");
    assert_value("$(long)", "1.03s");
    assert_value("$(datapath)", "rewrite");
    assert_value("$(fast)", "true");
    assert_value("$(title)", "blue has 40");
}

static void
expressions_stand_inside_texts(void **state)
{
    (void) state;
    assert_value("vm $(queries) of $(who)", "vm 20 of blue");
    assert_value("\"a $(wait), $(5%) $(1/3)\"",
                 "a 30ms, 5% 0.333333333333333");
    assert_value("$$(queries) is $(queries)", "$(queries) is 20");
    assert_value("$(queries)Gbps", "20Gbps");
    assert_value("$$(x)", "$(x)");
}

/* ---- Conditions. ---- */

static void
assert_condition(const char *text, bool wanted)
{
    char *scenario = g_strdup_printf("%sx: %s\n", preamble, text);
    struct scenario_text t;
    bool result;

    scenario_text_init(&t, scenario, NULL);
    if (!scope_condition(t.scope, scenario_text_node(&t, "x"), &result)) {
        fail_msg("%s: %s", text, scenario_text_report(&t));
    }
    assert_int_equal(result, wanted);
    scenario_text_clear(&t);
    g_free(scenario);
}

static void
conditions_need_no_dollar(void **state)
{
    (void) state;
    assert_condition("datapath == rewrite", true);
    assert_condition("datapath == nvgre", false);
    assert_condition("datapath != nvgre and queries > 8", true);
    assert_condition("$(datapath == rewrite)", true);
}

static void
comparisons_are_exact_and_of_one_kind(void **state)
{
    (void) state;
    assert_condition("0.1 + 0.2 == 0.3", true);
    assert_condition("1 / 3 * 3 == 1", true);
    assert_condition("1000us == 1ms", true);
    assert_condition("wait < 31ms", true);
    assert_condition("wait <= 30ms", true);
    assert_condition("wait > 30ms", false);
    assert_condition("wait >= 30ms", true);
    assert_condition("1KiB != 1kB", true);
    assert_condition("fast == true", true);
    assert_condition("who == \"blue\"", true);
    assert_condition("who != 'red'", true);
}

static void
words_need_no_quotes_next_to_a_text(void **state)
{
    (void) state;
    assert_condition("who == blue", true);
    assert_condition("blue == who", true);
    assert_condition("who != red", true);
    assert_condition("datapath == leaf-spine", false);
    assert_condition("datapath != leaf-spine and fast", true);
    assert_condition("datapath == \"leaf-spine\"", false);
}

static void
logic_has_the_usual_precedence(void **state)
{
    (void) state;
    assert_condition("true or false and false", true);
    assert_condition("(true or false) and false", false);
    assert_condition("not false and false", false);
    assert_condition("not (false and false)", true);
    assert_condition("not not fast", true);
    assert_condition("not queries == 20", false);
    assert_condition("false or false or true", true);
}

static void
logic_does_not_calculate_what_it_need_not(void **state)
{
    (void) state;
    assert_condition("true or 1 / 0 > 2", true);
    assert_condition("false and 1 / 0 > 2", false);
    assert_condition("false and min(1 / 0, 2) > 2 or true", true);
    assert_condition("true or -(1 / 0) < who", true);
    assert_condition("false and not 3", false);
}

/* ---- Errors. ---- */

static void
syntax_errors_are_located(void **state)
{
    (void) state;
    assert_error("$(1 +)", E010, 6,
                 "the expression ends where a value should be");
    assert_error("$()", E010, 3,
                 "the expression ends where a value should be");
    assert_error("$(1 2)", E010, 5, "'2' stands where an operator should be");
    assert_error("$((1 + 2)", E010, 1, "'$(' is never closed");
    assert_error("$(1 && 2)", E010, 5, "'&' means nothing in an expression");
    assert_error("$(queries = 2)", E010, 11,
                 "'=' means nothing in an expression");
    assert_error("$(1 < 2 < 3)", E010, 9, "comparisons do not stand in a row");
    assert_error("$(min 3)", E010, 7, "'3' stands where '(' should be");
    assert_error("\"$(min(3; 4))\"", E010, 9,
                 "';' means nothing in an expression");
    assert_error("\"$(min(3 4))\"", E010, 10,
                 "'4' stands where ',' or ')' should be");
    assert_error("$(floor(3) 4)", E010, 12,
                 "'4' stands where an operator should be");
    assert_error("$((1 2))", E010, 6, "'2' stands where ')' should be");
    assert_error("\"$('abc)\"", E010, 2, "'$(' is never closed");
    assert_error("$(\u00e9)", E010, 3,
                 "'\u00e9' means nothing in an expression");
    assert_error("$(10Gbs)", E016, 5, "'10Gbs' has no known unit");
}

static void
names_that_are_unknown_are_located(void **state)
{
    (void) state;
    assert_error("$(quieries + 1)", E011, 3, "nothing is called 'quieries'");
    assert_error("$(1 + foo)", E011, 7, "nothing is called 'foo'");
    assert_error("$(-foo)", E011, 4, "nothing is called 'foo'");
    assert_error("$(min(foo))", E011, 7, "nothing is called 'foo'");
    assert_error("$(foo)", E011, 3, "nothing is called 'foo'");
    assert_error("$((foo) == who)", E011, 4, "nothing is called 'foo'");
    assert_error("$(foo == bar)", E011, 3, "nothing is called 'foo'");
    assert_error("$(queries == foo)", E011, 14, "nothing is called 'foo'");
    assert_error("$(who < foo)", E011, 9, "nothing is called 'foo'");
    assert_error("$(not foo)", E011, 7, "nothing is called 'foo'");
    assert_error("$(foo and true)", E011, 3, "nothing is called 'foo'");
    assert_error("$(true or foo)", E011, 11, "nothing is called 'foo'");
    assert_error("$(i)", E011, 3, "nothing is called 'i'");
}

static void
words_that_a_parameter_never_is_are_errors(void **state)
{
    (void) state;
    assert_error("$(datapath == nvgr)", E011, 15, "datapath is never 'nvgr'");
    assert_error("$(datapath == leaf-spin)", E011, 15,
                 "datapath is never 'leaf-spin'");
    assert_error("$(nvgr == datapath)", E011, 3, "datapath is never 'nvgr'");
    assert_error("$(datapath == foo and true)", E011, 15,
                 "datapath is never 'foo'");
}

static void
units_that_do_not_go_together_are_located(void **state)
{
    (void) state;
    assert_error("$(10ms + 5)", E012, 8,
                 "'+' does not go between a time and a number");
    assert_error("$(10ms * 5ms)", E012, 8,
                 "'*' does not go between a time and a time");
    assert_error("$(who + 1)", E012, 7,
                 "'+' does not go between text and a number");
    assert_error("$(-who)", E012, 3,
                 "'-' does not go between a number and text");
    assert_error("$(1 < 2ms)", E012, 5,
                 "'<' does not go between a number and a time");
    assert_error("$(who < 'x')", E012, 7,
                 "'<' does not go between text and text");
    assert_error("$(fast == 1)", E012, 8,
                 "'==' does not go between true or false and a number");
    assert_error("\"$(min(1, 2ms))\"", E012, 4,
                 "min() cannot compare a number and a time");
    assert_error("$(ceil(who))", E012, 3, "ceil() takes quantities, not text");
    assert_error("$(1 and true)", E012, 5,
                 "'and' takes true and false, not a number");
    assert_error("$(not 1)", E012, 3,
                 "'not' takes true and false, not a number");
}

static void
calculations_without_result_are_located(void **state)
{
    (void) state;
    assert_error("$(1 / 0)", E013, 5, "this divides by zero");
    assert_error("$(7 % (2 - 2))", E013, 5, "this divides by zero");
    assert_error("$(9223372036854775807 + 1)", E013, 23,
                 "the result of '+' does not fit into 64 bits");
    assert_error("$(2000h * 2000)", E013, 9,
                 "the result of '*' does not fit into 64 bits");
}

static void
a_condition_is_true_or_false(void **state)
{
    struct scenario_text t;
    bool result;

    (void) state;
    scenario_text_init(&t, "x: 1 + 2\n", NULL);
    assert_false(
        scope_condition(t.scope, scenario_text_node(&t, "x"), &result));
    assert_string_equal(scenario_text_report(&t),
                        "t.yaml:1:4: error[E017]: this is a number, not true "
                        "or false\n"
                        "  1 | x: 1 + 2\n"
                        "    |    ^~~~~\n"
                        "  help: a condition compares: datapath == nvgre, vms "
                        "> 8\n"
                        "1 error. Nothing was run.\n");
    scenario_text_clear(&t);
}

/* ---- Limits. ---- */

static void
expressions_are_at_most_64_deep(void **state)
{
    static const char *const nests[][2] = {
        { "(", ")" }, { "-", "" }, { "not ", "" }, { "min(", ")" }
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(nests); i++) {
        GString *text = g_string_new("x: \"$(");
        struct scenario_text t;
        struct value value;

        for (int n = 0; n < 500; n++) {
            g_string_append(text, nests[i][0]);
        }
        g_string_append(text, "1");
        for (int n = 0; n < 500; n++) {
            g_string_append(text, nests[i][1]);
        }
        g_string_append(text, ")\"\n");
        scenario_text_init(&t, text->str, NULL);
        assert_false(
            scope_evaluate(t.scope, scenario_text_node(&t, "x"), &value));
        assert_int_equal(diag_n_kept(t.diag), 1);
        assert_int_equal(diag_kept(t.diag, 0)->code, E009);
        scenario_text_clear(&t);
        g_string_free(text, TRUE);
    }
}

static void
expressions_are_of_limited_size(void **state)
{
    GString *text = g_string_new("x: $(1");
    struct scenario_text t;
    struct value value;

    (void) state;
    for (int i = 0; i < EXPR_SIZE_MAX; i++) {
        g_string_append(text, " ");
    }
    g_string_append(text, "+ 1)\n");
    scenario_text_init(&t, text->str, NULL);
    assert_false(scope_evaluate(t.scope, scenario_text_node(&t, "x"), &value));
    assert_int_equal(diag_kept(t.diag, 0)->code, E009);
    scenario_text_clear(&t);
    g_string_free(text, TRUE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalars_without_expressions_are_what_they_look_like),
        cmocka_unit_test(expressions_calculate_with_units),
        cmocka_unit_test(functions_take_quantities),
        cmocka_unit_test(names_come_from_params_and_let),
        cmocka_unit_test(expressions_stand_inside_texts),
        cmocka_unit_test(conditions_need_no_dollar),
        cmocka_unit_test(comparisons_are_exact_and_of_one_kind),
        cmocka_unit_test(words_need_no_quotes_next_to_a_text),
        cmocka_unit_test(logic_has_the_usual_precedence),
        cmocka_unit_test(logic_does_not_calculate_what_it_need_not),
        cmocka_unit_test(syntax_errors_are_located),
        cmocka_unit_test(names_that_are_unknown_are_located),
        cmocka_unit_test(words_that_a_parameter_never_is_are_errors),
        cmocka_unit_test(units_that_do_not_go_together_are_located),
        cmocka_unit_test(calculations_without_result_are_located),
        cmocka_unit_test(a_condition_is_true_or_false),
        cmocka_unit_test(expressions_are_at_most_64_deep),
        cmocka_unit_test(expressions_are_of_limited_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

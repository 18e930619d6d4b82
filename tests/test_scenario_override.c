#include <glib.h>
#include <string.h>

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

static void
set_changes_and_adds_keys_of_the_tree(void **state)
{
    static const char *const settings[] = { "a.b=2",   "a.new=3", "l.x.v=4",
                                            "l.1.v=5", "name=n",  "run.seed=7",
                                            NULL };
    GString *out = g_string_new(NULL);
    struct scenario_text t;

    (void) state;
    scenario_text_init(
        &t, "a: {b: 1}\nl: [{id: x, v: 1}, {v: 2}]\nname: m\nrun:\n",
        settings);
    assert_string_equal(scenario_text_report(&t), "");
    scenario_text_dump(tree_root(t.tree), out);
    assert_string_equal(out->str, "{a: {b: 2, new: 3}, l: [{id: x, v: 4}, "
                                  "{v: 5}], name: n, run: {seed: 7}}");
    assert_string_equal(
        tree_get(scenario_text_node(&t, "a"), "b")->loc.source->name,
        "command line");
    assert_loc(tree_get(scenario_text_node(&t, "a"), "b")->loc, 1, 11, 1);
    assert_loc(tree_find(scenario_text_node(&t, "a"), "new")->key_loc, 2, 7,
               5);
    g_string_free(out, TRUE);
    scenario_text_clear(&t);
}

static void
set_refuses_paths_that_lead_nowhere(void **state)
{
    static const char *const settings[] = { "a.c.d=1", "l.y.v=1", "l.0=1",
                                            "nome=x",  "novalue", "a..b=1",
                                            "=1",      NULL };
    struct scenario_text t;

    (void) state;
    scenario_text_init(&t, "a: {b: {e: 1}}\nl: [{id: x, v: 1}]\n", settings);
    assert_string_equal(
        scenario_text_report(&t),
        "command line:1:7: error[E029]: there is no 'c' on the way of "
        "'a.c.d'\n"
        "  1 | --set a.c.d=1\n"
        "    |       ^~~~~\n"
        "  help: there is: b\n"
        "command line:2:7: error[E029]: there is no 'y' on the way of "
        "'l.y.v'\n"
        "  2 | --set l.y.v=1\n"
        "    |       ^~~~~\n"
        "  help: there is: x\n"
        "command line:3:7: error[E029]: 'l.0' is a member of a list: only "
        "its keys can be set\n"
        "  3 | --set l.0=1\n"
        "    |       ^~~\n"
        "command line:4:7: error[E029]: the scenario has no parameter "
        "'nome'\n"
        "  4 | --set nome=x\n"
        "    |       ^~~~\n"
        "  help: it has no parameters; a path with dots sets any key\n"
        "command line:5:7: error[E029]: --set takes key=value\n"
        "  5 | --set novalue\n"
        "    |       ^~~~~~~\n"
        "  help: for example --set queries=100, or --set run.until=5s\n"
        "command line:6:7: error[E029]: 'a..b' has nothing between two dots\n"
        "  6 | --set a..b=1\n"
        "    |       ^~~~\n"
        "command line:7:7: error[E029]: --set takes key=value\n"
        "  7 | --set =1\n"
        "    |       ^~\n"
        "  help: for example --set queries=100, or --set run.until=5s\n"
        "7 errors. Nothing was run.\n");
    scenario_text_clear(&t);
}

static void
assert_set(const char *setting, const char *name, const char *value)
{
    const char *const settings[] = { setting, NULL };
    struct scenario_text t;
    struct scope_param param;
    char *text;

    scenario_text_init(&t, preamble, settings);
    assert_string_equal(scenario_text_report(&t), "");
    for (size_t i = 0; i < scope_n_params(t.scope); i++) {
        assert_true(scope_param(t.scope, i, &param));
        assert_int_equal(param.is_overridden, !strcmp(param.name, name));
        if (param.is_overridden) {
            text = value_format(param.value);
            assert_string_equal(text, value);
            g_free(text);
        }
    }
    scenario_text_clear(&t);
}

static void
set_overrides_a_default(void **state)
{
    (void) state;
    assert_set("queries=7", "queries", "7");
    assert_set("params.queries.default=7", "queries", "7");
    assert_set("wait=1500us", "wait", "1.5ms");
    assert_set("wait=$(queries * 1ms)", "wait", "20ms");
    assert_set("datapath=nvgre", "datapath", "nvgre");
    assert_set("fast=false", "fast", "false");
    assert_set("who=007", "who", "007");
    assert_set("let.twice=7", "", "");
}

static void
set_keeps_to_the_parameter(void **state)
{
    static const char *const settings[] = {
        "datapath=nvgrx", "queries=1000", "wait=5", "fast=1",
        "quieries=3",     "queries=$(",   NULL
    };
    static const char *const again[] = { "queries=1000", "wait=5mss", NULL };
    struct scenario_text t;

    (void) state;
    scenario_text_init(&t, preamble, settings);
    assert_string_equal(
        scenario_text_report(&t),
        "command line:1:16: error[E019]: parameter 'datapath' cannot be "
        "'nvgrx'\n"
        "  1 | --set datapath=nvgrx\n"
        "    |                ^~~~~\n"
        "  help: did you mean 'nvgre'? It is one of: rewrite, nvgre, "
        "leaf-spine\n"
        "command line:3:12: error[E015]: parameter 'wait': '5' has no unit\n"
        "  3 | --set wait=5\n"
        "    |            ^\n"
        "  help: write 5us, 5ms or 5s\n"
        "command line:4:12: error[E019]: parameter 'fast' takes true or "
        "false, and this is a number\n"
        "  4 | --set fast=1\n"
        "    |            ^\n"
        "command line:5:7: error[E029]: the scenario has no parameter "
        "'quieries'\n"
        "  5 | --set quieries=3\n"
        "    |       ^~~~~~~~\n"
        "  help: did you mean 'queries'? There is: datapath, fast, queries, "
        "wait, who\n"
        "command line:6:15: error[E010]: '$(' is never closed\n"
        "  6 | --set queries=$(\n"
        "    |               ^~\n"
        "  help: is a ')' missing? Inside { } and [ ] an expression with ',' "
        "wants quotes, and '$$(' stands for '$(' itself\n"
        "5 errors. Nothing was run.\n");
    scenario_text_clear(&t);
    scenario_text_init(&t, preamble, again);
    assert_string_equal(
        scenario_text_report(&t),
        "command line:1:15: error[E019]: parameter 'queries' is 1000, and "
        "its max is 100\n"
        "  1 | --set queries=1000\n"
        "    |               ^~~~\n"
        "command line:2:12: error[E016]: parameter 'wait': '5mss' has no "
        "known unit\n"
        "  2 | --set wait=5mss\n"
        "    |            ^~~~\n"
        "  help: did you mean '5ms'? Units here: h, min, s, ms, us, ns, ps\n"
        "2 errors. Nothing was run.\n");
    scenario_text_clear(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_changes_and_adds_keys_of_the_tree),
        cmocka_unit_test(set_refuses_paths_that_lead_nowhere),
        cmocka_unit_test(set_overrides_a_default),
        cmocka_unit_test(set_keeps_to_the_parameter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

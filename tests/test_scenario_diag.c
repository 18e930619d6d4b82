#include <glib.h>
#include <json-glib/json-glib.h>
#include <string.h>

#include "scenarios/diag.h"
#include "tests/cmocka_all.h"

/* A text called "m.yaml", and what is reported about it. */
struct bench {
    struct source *source;
    struct diag *diag;
};

static void
bench_init(struct bench *b, const char *text)
{
    b->source = source_new("m.yaml", text, strlen(text));
    b->diag = diag_new();
}

static void
bench_clear(struct bench *b)
{
    diag_free(b->diag);
    source_free(b->source);
}

/* The place of 'part' in the text. */
static struct loc
loc_of(const struct bench *b, const char *part)
{
    const char *at = strstr(b->source->text, part);

    assert_non_null(at);
    return source_loc(b->source, (size_t) (at - b->source->text),
                      strlen(part));
}

static void
assert_printed(const struct bench *b, const char *text)
{
    GString *out = g_string_new(NULL);

    diag_print(b->diag, false, out);
    assert_string_equal(out->str, text);
    g_string_free(out, TRUE);
}

/* A text whose lines 31 and 44 are those of SCENARIO.md section 5. */
static void
bench_init_migrate(struct bench *b)
{
    GString *text = g_string_new(NULL);

    for (int line = 1; line <= 44; line++) {
        g_string_append(
            text, line == 31 ? "      app: {vsubnet: lan, ca: 10.1.1.10}\n"
                  : line == 44
                      ? "      db: {subnet: lan, ca: 10.1.1.9, host: hv2}\n"
                      : "  - {ends: [hv1:eth0, leafA:p1]}\n");
    }
    bench_init(b, text->str);
    g_string_free(text, TRUE);
}

static void
diagnostics_look_as_promised(void **state)
{
    struct bench b;

    (void) state;
    bench_init_migrate(&b);
    diag_report(b.diag, N210, (struct loc){ b.source, 25, 7, 3 },
                "blue/sql uses 10.1.1.1");
    diag_report(b.diag, W103, (struct loc){ b.source, 9, 3, 0 },
                "leafA, leafB and core form a loop");
    diag_report(b.diag, E052, loc_of(&b, "10.1.1.9"),
                "two VMs of tenant blue have CA %s", "10.1.1.9");
    diag_help(b.diag, "blue/app has it too (line %d)", 31);
    diag_report(b.diag, E021, loc_of(&b, "vsubnet"),
                "unknown key 'vsubnet' in tenants.blue.vms.app");
    diag_help(b.diag, "did you mean 'subnet'?");
    diag_help(b.diag, "Keys here: ca, count, host, mac, pa, subnet");
    diag_report(b.diag, E060, loc_point((struct loc){ b.source, 12, 41, 4 }),
                "NVGRE does not fit");
    diag_help(b.diag, "set this mtu to 1600");
    assert_printed(
        &b,
        "m.yaml:12:41: error[E060]: NVGRE does not fit\n"
        "  help: set this mtu to 1600\n"
        "m.yaml:31:13: error[E021]: unknown key 'vsubnet' in "
        "tenants.blue.vms.app\n"
        "  31 |       app: {vsubnet: lan, ca: 10.1.1.10}\n"
        "     |             ^~~~~~~\n"
        "  help: did you mean 'subnet'? Keys here: ca, count, host, mac, pa, "
        "subnet\n"
        "m.yaml:44:29: error[E052]: two VMs of tenant blue have CA 10.1.1.9\n"
        "  44 |       db: {subnet: lan, ca: 10.1.1.9, host: hv2}\n"
        "     |                             ^~~~~~~~\n"
        "  help: blue/app has it too (line 31)\n"
        "m.yaml:9:3: warning[W103]: leafA, leafB and core form a loop\n"
        "m.yaml:25:7: note[N210]: blue/sql uses 10.1.1.1\n"
        "3 errors, 1 warning, 1 note. Nothing was run.\n");
    bench_clear(&b);
}

static void
diagnostics_without_errors_let_the_run_go_on(void **state)
{
    struct bench b;

    (void) state;
    bench_init(&b, "a: 1\n");
    assert_printed(&b, "");
    diag_report(b.diag, N201, loc_of(&b, "a"), "one");
    diag_report(b.diag, N201, loc_of(&b, "1"), "two");
    assert_false(diag_failed(b.diag));
    assert_printed(&b, "m.yaml:1:1: note[N201]: one\n"
                       "m.yaml:1:4: note[N201]: two\n"
                       "2 notes.\n");
    diag_report(b.diag, E021, source_loc_whole(b.source), "all of it");
    assert_true(diag_failed(b.diag));
    assert_printed(&b, "m.yaml: error[E021]: all of it\n"
                       "m.yaml:1:1: note[N201]: one\n"
                       "m.yaml:1:4: note[N201]: two\n"
                       "1 error, 2 notes. Nothing was run.\n");
    bench_clear(&b);
}

static void
diagnostics_may_have_no_place(void **state)
{
    struct bench b;

    (void) state;
    bench_init(&b, "");
    diag_report(b.diag, W103, (struct loc){ 0 }, "somewhere");
    assert_printed(&b, "warning[W103]: somewhere\n1 warning.\n");
    bench_clear(&b);
}

static void
equal_diagnostics_are_kept_once(void **state)
{
    struct bench b;

    (void) state;
    bench_init(&b, "a: 1\n");
    for (int i = 0; i < 3; i++) {
        diag_report(b.diag, E021, loc_of(&b, "a"), "same");
        diag_help(b.diag, "help");
    }
    diag_report(b.diag, E021, loc_of(&b, "1"), "same");
    diag_report(b.diag, E021, loc_of(&b, "a"), "other");
    diag_report(b.diag, E022, loc_of(&b, "a"), "same");
    assert_int_equal(diag_count(b.diag, DIAG_ERROR), 4);
    assert_int_equal(diag_n_kept(b.diag), 4);
    assert_string_equal(diag_kept(b.diag, 0)->message, "same");
    assert_string_equal(diag_kept(b.diag, 0)->help, "help");
    bench_clear(&b);
}

static void
caret_stands_below_its_character(void **state)
{
    struct bench b;

    (void) state;
    bench_init(&b, "\tk:\tx\n"
                   "\u00e9\u00e9: wrong\n"
                   "\u4e2d\u6587: \u4e2d\u6587 x\n"
                   "e\u0301: wrong\r\n");
    diag_report(b.diag, E021, loc_of(&b, "x"), "tab");
    diag_report(b.diag, E021, (struct loc){ b.source, 2, 5, 5 }, "accent");
    diag_report(b.diag, E021, (struct loc){ b.source, 3, 5, 2 }, "wide");
    diag_report(b.diag, E021, (struct loc){ b.source, 4, 5, 5 }, "combining");
    assert_printed(&b, "m.yaml:1:5: error[E021]: tab\n"
                       "  1 | \tk:\tx\n"
                       "    | \t  \t^\n"
                       "m.yaml:2:5: error[E021]: accent\n"
                       "  2 | \u00e9\u00e9: wrong\n"
                       "    |     ^~~~~\n"
                       "m.yaml:3:5: error[E021]: wide\n"
                       "  3 | \u4e2d\u6587: \u4e2d\u6587 x\n"
                       "    |       ^~~~\n"
                       "m.yaml:4:5: error[E021]: combining\n"
                       "  4 | e\u0301: wrong\n"
                       "    |    ^~~~~\n"
                       "4 errors. Nothing was run.\n");
    bench_clear(&b);
}

static void
caret_of_what_is_behind_the_line_stands_behind_it(void **state)
{
    struct bench b;

    (void) state;
    bench_init(&b, "ab\ncd");
    diag_report(b.diag, E021, source_loc(b.source, 5, 1), "end");
    diag_report(b.diag, E021, (struct loc){ b.source, 1, 2, 100 }, "long");
    diag_report(b.diag, E021, (struct loc){ b.source, 9, 9, 9 }, "no line");
    assert_printed(&b, "m.yaml:1:2: error[E021]: long\n"
                       "  1 | ab\n"
                       "    |  ^\n"
                       "m.yaml:2:3: error[E021]: end\n"
                       "m.yaml:9:9: error[E021]: no line\n"
                       "3 errors. Nothing was run.\n");
    bench_clear(&b);
}

static void
long_lines_are_shown_in_part(void **state)
{
    struct bench b;
    GString *text = g_string_new(NULL), *out = g_string_new(NULL);
    char **lines;
    size_t caret;

    (void) state;
    for (int i = 0; i < 5000; i++) {
        g_string_append_printf(text, "k%d: x, ", i);
    }
    bench_init(&b, text->str);
    diag_report(b.diag, E021, loc_of(&b, "k3333"), "here");
    diag_print(b.diag, false, out);
    lines = g_strsplit(out->str, "\n", 0);
    assert_true(strlen(lines[1]) < 200);
    caret = (size_t) (strchr(lines[2], '^') - lines[2]);
    assert_memory_equal(lines[1] + caret, "k3333", 5);
    assert_string_equal(lines[2] + caret, "^~~~~");
    g_strfreev(lines);
    g_string_free(out, TRUE);
    g_string_free(text, TRUE);
    bench_clear(&b);
}

static void
texts_from_the_file_harm_no_terminal(void **state)
{
    struct bench b;
    char *huge = g_strnfill(100000, 'x');

    (void) state;
    bench_init(&b, "a: \x1b[31m\n");
    diag_report(b.diag, E021, (struct loc){ b.source, 1, 1, 1 },
                "'\x1b[2J' and\nline \xff");
    assert_printed(&b, "m.yaml:1:1: error[E021]: '\xef\xbf\xbd[2J' and line "
                       "\xef\xbf\xbd\n"
                       "  1 | a: \xef\xbf\xbd[31m\n"
                       "    | ^\n"
                       "1 error. Nothing was run.\n");
    diag_report(b.diag, E021, (struct loc){ b.source, 1, 2, 0 }, "%s", huge);
    assert_true(strlen(diag_kept(b.diag, 1)->message) < 1000);
    g_free(huge);
    bench_clear(&b);
}

static void
many_diagnostics_are_counted_but_not_all_shown(void **state)
{
    struct bench b;
    GString *out = g_string_new(NULL);
    size_t n_lines = 0;

    (void) state;
    bench_init(&b, "a: 1\n");
    for (unsigned int i = 0; i < 5000; i++) {
        struct loc loc = loc_point(loc_of(&b, "a"));

        loc.column += i;
        diag_report(b.diag, N201, loc, "note %u", i);
    }
    diag_report(b.diag, E021, loc_point(loc_of(&b, "a")), "the error");
    assert_int_equal(diag_count(b.diag, DIAG_NOTE), 5000);
    assert_int_equal(diag_n_kept(b.diag), DIAG_KEPT_MAX + 1);
    diag_print(b.diag, false, out);
    assert_true(
        g_str_has_prefix(out->str, "m.yaml:1:1: error[E021]: the error\n"));
    assert_true(g_str_has_suffix(out->str,
                                 "and 4901 more, not shown\n"
                                 "1 error, 5000 notes. Nothing was run.\n"));
    for (const char *p = out->str; *p; p++) {
        n_lines += *p == '\n';
    }
    assert_int_equal(n_lines, DIAG_SHOWN_MAX + 2);
    g_string_free(out, TRUE);
    bench_clear(&b);
}

static void
of_many_alike_at_one_place_the_first_three_are_shown(void **state)
{
    struct bench b;
    GString *out = g_string_new(NULL);

    (void) state;
    bench_init(&b, "a: 1\n");
    for (int i = 12; i > 0; i--) {
        diag_report(b.diag, W103, loc_of(&b, "a"), "loop %d", i);
    }
    diag_report(b.diag, W103, loc_of(&b, "1"), "elsewhere");
    diag_print(b.diag, false, out);
    assert_string_equal(out->str, "m.yaml:1:1: warning[W103]: loop 12\n"
                                  "m.yaml:1:1: warning[W103]: loop 11\n"
                                  "m.yaml:1:1: warning[W103]: loop 10\n"
                                  "m.yaml:1:4: warning[W103]: elsewhere\n"
                                  "and 9 more like these, not shown\n"
                                  "13 warnings.\n");
    g_string_free(out, TRUE);
    bench_clear(&b);
}

static void
colour_changes_nothing_but_colour(void **state)
{
    struct bench b;
    GString *plain = g_string_new(NULL), *coloured = g_string_new(NULL);
    GString *stripped = g_string_new(NULL);

    (void) state;
    bench_init(&b, "a: 1\n");
    diag_report(b.diag, E021, loc_of(&b, "1"), "message");
    diag_help(b.diag, "help");
    diag_print(b.diag, false, plain);
    diag_print(b.diag, true, coloured);
    for (const char *p = coloured->str; *p; p++) {
        if (*p == '\033') {
            p = strchr(p, 'm');
        } else {
            g_string_append_c(stripped, *p);
        }
    }
    assert_true(coloured->len > plain->len);
    assert_string_equal(stripped->str, plain->str);
    g_string_free(plain, TRUE);
    g_string_free(coloured, TRUE);
    g_string_free(stripped, TRUE);
    bench_clear(&b);
}

static void
json_has_all_of_a_diagnostic(void **state)
{
    struct bench b;
    JsonParser *parser = json_parser_new();
    JsonArray *array;
    JsonObject *object;
    char *text;

    (void) state;
    bench_init(&b, "a: wrong\n");
    diag_report(b.diag, W103, loc_of(&b, "a"), "first \"quoted\" \u00e9");
    diag_report(b.diag, E021, loc_of(&b, "wrong"), "second");
    diag_help(b.diag, "try");
    text = diag_to_json(b.diag);
    assert_true(json_parser_load_from_data(parser, text, -1, NULL));
    array = json_node_get_array(json_parser_get_root(parser));
    assert_int_equal(json_array_get_length(array), 2);
    object = json_array_get_object_element(array, 0);
    assert_string_equal(json_object_get_string_member(object, "file"),
                        "m.yaml");
    assert_int_equal(json_object_get_int_member(object, "line"), 1);
    assert_int_equal(json_object_get_int_member(object, "column"), 4);
    assert_int_equal(json_object_get_int_member(object, "length"), 5);
    assert_string_equal(json_object_get_string_member(object, "severity"),
                        "error");
    assert_string_equal(json_object_get_string_member(object, "code"), "E021");
    assert_string_equal(json_object_get_string_member(object, "message"),
                        "second");
    assert_string_equal(json_object_get_string_member(object, "help"), "try");
    object = json_array_get_object_element(array, 1);
    assert_string_equal(json_object_get_string_member(object, "severity"),
                        "warning");
    assert_true(json_object_get_null_member(object, "help"));
    g_free(text);
    g_object_unref(parser);
    bench_clear(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diagnostics_look_as_promised),
        cmocka_unit_test(diagnostics_without_errors_let_the_run_go_on),
        cmocka_unit_test(diagnostics_may_have_no_place),
        cmocka_unit_test(equal_diagnostics_are_kept_once),
        cmocka_unit_test(caret_stands_below_its_character),
        cmocka_unit_test(caret_of_what_is_behind_the_line_stands_behind_it),
        cmocka_unit_test(long_lines_are_shown_in_part),
        cmocka_unit_test(texts_from_the_file_harm_no_terminal),
        cmocka_unit_test(many_diagnostics_are_counted_but_not_all_shown),
        cmocka_unit_test(of_many_alike_at_one_place_the_first_three_are_shown),
        cmocka_unit_test(colour_changes_nothing_but_colour),
        cmocka_unit_test(json_has_all_of_a_diagnostic),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

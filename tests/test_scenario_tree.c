#include <glib.h>
#include <string.h>

#include "tests/cmocka_all.h"
#include "tests/scenario_text.h"

/* ---- The shape of a tree. ---- */

static void
assert_tree(const char *text, const char *tree)
{
    GString *out = g_string_new(NULL);
    struct scenario_text t;

    scenario_text_init(&t, text, NULL);
    assert_string_equal(scenario_text_report(&t), "");
    scenario_text_dump(tree_root(t.tree), out);
    assert_string_equal(out->str, tree);
    g_string_free(out, TRUE);
    scenario_text_clear(&t);
}

static void
tree_reads_block_and_flow_style(void **state)
{
    (void) state;
    assert_tree("a: 1\nb:\n  - x\n  - {c: d, e: [f, \"g\"]}\n",
                "{a: 1, b: [x, {c: d, e: [f, \"g\"]}]}");
    assert_tree("{}\n", "{}");
    assert_tree("---\na:\n- 1\n- 2\nb: 3\n...\n", "{a: [1, 2], b: 3}");
    assert_tree("a: [x: 1, y]\n", "{a: [{x: 1}, y]}");
}

static void
tree_keeps_words_as_they_are(void **state)
{
    (void) state;
    assert_tree("a: no\nb: 1:20\nc: ~\nd: 'it''s'\ne: 0x10\nf: yes\n",
                "{a: no, b: 1:20, c: ~, d: \"it's\", e: 0x10, f: yes}");
    assert_tree("a: |\n  two\n  lines\nb: \"x\\ty\"\n",
                "{a: \"two\nlines\n\", b: \"x\ty\"}");
    assert_tree("a: blue/*\nb: $(x)   # comment\nc: a#b\n",
                "{a: blue/*, b: $(x), c: a#b}");
}

static void
tree_reads_crlf_and_a_byte_order_mark(void **state)
{
    (void) state;
    assert_tree("\xef\xbb\xbf"
                "a: 1\r\nb: 2\r\n",
                "{a: 1, b: 2}");
}

static void
tree_takes_an_absent_value_for_nothing(void **state)
{
    struct scenario_text t;

    (void) state;
    scenario_text_init(&t, "a:\nb: ''\n", NULL);
    assert_true(tree_is_empty(scenario_text_node(&t, "a")));
    assert_false(tree_is_empty(scenario_text_node(&t, "b")));
    assert_string_equal(tree_kind_name(scenario_text_node(&t, "a")),
                        "nothing");
    scenario_text_clear(&t);
}

static void
tree_finds_keys_of_maps_only(void **state)
{
    struct scenario_text t;
    const struct tree_node *root;

    (void) state;
    scenario_text_init(&t, "a: {b: 1}\nc: [b]\n", NULL);
    root = tree_root(t.tree);
    assert_string_equal(tree_get(tree_get(root, "a"), "b")->text, "1");
    assert_null(tree_get(tree_get(root, "c"), "b"));
    assert_null(tree_get(tree_get(root, "none"), "b"));
    assert_int_equal(tree_find(root, "c")->key_loc.line, 2);
    scenario_text_clear(&t);
}

/* ---- Places. ---- */

static void
tree_places_are_in_characters(void **state)
{
    struct scenario_text t;

    (void) state;
    scenario_text_init(&t,
                       "\xef\xbb\xbf"
                       "\u00e4\u00f6: {b: caf\u00e9, c: \"x y\"}\nd:\n"
                       "  ef: 1\n  g: 2\nh: [1,\n  2]\ni: |\n  t\n",
                       NULL);
    assert_loc(tree_find(tree_root(t.tree), "\u00e4\u00f6")->key_loc, 1, 1, 2);
    assert_loc(scenario_text_node(&t, "\u00e4\u00f6")->loc, 1, 5, 19);
    assert_loc(tree_get(scenario_text_node(&t, "\u00e4\u00f6"), "b")->loc, 1,
               9, 4);
    assert_loc(tree_get(scenario_text_node(&t, "\u00e4\u00f6"), "c")->loc, 1,
               18, 5);
    assert_loc(scenario_text_node(&t, "d")->loc, 3, 3, 2);
    assert_loc(scenario_text_node(&t, "h")->loc, 5, 4, 3);
    assert_loc(scenario_text_node(&t, "i")->loc, 7, 4, 1);
    scenario_text_clear(&t);
}

static void
tree_places_parts_of_texts_that_are_written_as_they_are(void **state)
{
    struct scenario_text t;

    (void) state;
    scenario_text_init(&t, "a: hello\nb: \"\u00e9 hello\"\nc: \"\\thello\"\n",
                       NULL);
    assert_loc(tree_text_loc(scenario_text_node(&t, "a"), 1, 3), 1, 5, 3);
    assert_loc(tree_text_loc(scenario_text_node(&t, "b"), 3, 5), 2, 7, 5);
    assert_loc(tree_text_loc(scenario_text_node(&t, "c"), 1, 2), 3, 4, 9);
    scenario_text_clear(&t);
}

/* ---- What is refused. ---- */

static void
tree_refuses_anchors_aliases_tags_and_merge_keys_in_one_go(void **state)
{
    (void) state;
    assert_tree_report(
        "a: &x {b: 1}\nc: *x\nd: !!int 5\n<<: {e: 1}\n",
        "t.yaml:1:4: error[E005]: anchor '&x' is not read by paca\n"
        "  1 | a: &x {b: 1}\n"
        "    |    ^~~~\n"
        "  help: use count, params and let for what repeats; a text that "
        "starts with '&' wants quotes\n"
        "t.yaml:2:4: error[E005]: alias '*x' is not read by paca\n"
        "  2 | c: *x\n"
        "    |    ^~\n"
        "  help: a text that starts with '*' wants quotes\n"
        "t.yaml:3:4: error[E006]: tag 'tag:yaml.org,2002:int' is not read by "
        "paca\n"
        "  3 | d: !!int 5\n"
        "    |    ^~~~~~~\n"
        "  help: remove it: the key says what type its value is; a text that "
        "starts with '!' wants quotes\n"
        "t.yaml:4:1: error[E005]: merge key '<<' is not read by paca\n"
        "  4 | <<: {e: 1}\n"
        "    | ^~\n"
        "  help: write the keys out, or use count, params and let\n"
        "4 errors. Nothing was run.\n");
}

static void
tree_refuses_a_key_that_is_there_twice(void **state)
{
    (void) state;
    assert_tree_report("a: 1\nb: {c: 1, c: 2}\na: 3\n",
                       "t.yaml:2:11: error[E022]: key 'c' is here twice\n"
                       "  2 | b: {c: 1, c: 2}\n"
                       "    |           ^\n"
                       "  help: the first is in line 2\n"
                       "t.yaml:3:1: error[E022]: key 'a' is here twice\n"
                       "  3 | a: 3\n"
                       "    | ^\n"
                       "  help: the first is in line 1\n"
                       "2 errors. Nothing was run.\n");
}

static void
tree_refuses_every_tab_that_indents(void **state)
{
    (void) state;
    assert_tree_report("run:\n\tseed: 1\n  \tuntil: 2s\n# x\n\t# comment\n",
                       "t.yaml:2:1: error[E003]: a tab cannot indent a line\n"
                       "  2 | \tseed: 1\n"
                       "    | ^\n"
                       "  help: indent with spaces\n"
                       "t.yaml:3:3: error[E003]: a tab cannot indent a line\n"
                       "  3 |   \tuntil: 2s\n"
                       "    |   ^\n"
                       "  help: indent with spaces\n"
                       "2 errors. Nothing was run.\n");
    /* libyaml itself would take this one. */
    assert_tree_report("a: {\n\tb: 1}\n",
                       "t.yaml:2:1: error[E003]: a tab cannot indent a line\n"
                       "  2 | \tb: 1}\n"
                       "    | ^\n"
                       "  help: indent with spaces\n"
                       "1 error. Nothing was run.\n");
}

static void
tree_lets_tabs_be_where_they_do_no_harm(void **state)
{
    (void) state;
    assert_tree("a:\t1\t# x\nb: |\n  x\n  \ty\nc: {d: 1,\te: 2}\n",
                "{a: 1, b: \"x\n\ty\n\", c: {d: 1, e: 2}}");
}

static void
tree_refuses_what_is_not_one_document(void **state)
{
    (void) state;
    assert_tree_report("a: 1\n---\nb: 2\n",
                       "t.yaml:2:1: error[E007]: a second document starts "
                       "here\n"
                       "  2 | ---\n"
                       "    | ^~~\n"
                       "  help: a scenario is one document: remove '---' and "
                       "what follows it, or make it a file of its own\n"
                       "1 error. Nothing was run.\n");
    assert_tree_report("# nothing\n",
                       "t.yaml: error[E007]: there is nothing in this file\n"
                       "  help: 'paca list' names scenarios to start from\n"
                       "1 error. Nothing was run.\n");
    assert_tree_report("a: 1\n...\nb\n",
                       "t.yaml:3:1: error[E007]: the document ended before "
                       "this\n"
                       "  3 | b\n"
                       "    | ^\n"
                       "  help: a scenario is one document\n"
                       "1 error. Nothing was run.\n");
}

static void
tree_refuses_parts_of_yaml_it_does_not_read(void **state)
{
    (void) state;
    assert_tree_report("%YAML 1.2\n---\na: >\n  x\n? [b]\n: 1\n\"\": 1\n",
                       "t.yaml:1:1: error[E008]: '%' directives are not read "
                       "by paca\n"
                       "  1 | %YAML 1.2\n"
                       "    | ^~~~~~~~~\n"
                       "  help: remove the line\n"
                       "t.yaml:3:4: error[E008]: '>' text is not read by "
                       "paca\n"
                       "  3 | a: >\n"
                       "    |    ^\n"
                       "  help: use '|', or one line\n"
                       "t.yaml:5:3: error[E008]: a key must be a word, not a "
                       "list\n"
                       "  5 | ? [b]\n"
                       "    |   ^\n"
                       "t.yaml:7:1: error[E008]: a key must be a word\n"
                       "  7 | \"\": 1\n"
                       "    | ^~\n"
                       "4 errors. Nothing was run.\n");
}

static void
tree_refuses_a_root_that_is_no_map(void **state)
{
    (void) state;
    assert_tree_report("format:1\n",
                       "t.yaml:1:1: error[E020]: a scenario is a map, and "
                       "this is a single value\n"
                       "  1 | format:1\n"
                       "    | ^~~~~~~~\n"
                       "  help: start with 'format: 1'; there is a blank "
                       "behind the ':' of a key\n"
                       "1 error. Nothing was run.\n");
}

static void
tree_says_where_the_text_is_not_utf8(void **state)
{
    (void) state;
    assert_tree_report("a: \u00e9\nb: caf\xe9 x\n",
                       "t.yaml:2:7: error[E001]: the file is not UTF-8: byte "
                       "0xe9 does not fit here\n"
                       "  2 | b: caf\xef\xbf\xbd x\n"
                       "    |       ^\n"
                       "  help: iconv -f latin1 -t utf-8 converts Latin-1, "
                       "for example\n"
                       "1 error. Nothing was run.\n");
}

static void
tree_refuses_characters_that_no_editor_shows(void **state)
{
    (void) state;
    assert_tree_report("a: x\x1by\nb: x\xc2\x85y\n",
                       "t.yaml:1:5: error[E002]: character U+001B may not be "
                       "in a scenario\n"
                       "  1 | a: x\xef\xbf\xbdy\n"
                       "    |     ^\n"
                       "t.yaml:2:5: error[E002]: character U+0085 may not be "
                       "in a scenario\n"
                       "  2 | b: x\xef\xbf\xbdy\n"
                       "    |     ^\n"
                       "2 errors. Nothing was run.\n");
    assert_tree_report("a: x\u2028y\n",
                       "t.yaml:1:5: error[E002]: character U+2028 may not be "
                       "in a scenario\n"
                       "  1 | a: x\u2028y\n"
                       "    |     ^\n"
                       "1 error. Nothing was run.\n");
    assert_tree_report("a: \"x\\0y\"\nb: \"\\e[1m\"\nc: \"\\n ok\"\n",
                       "t.yaml:1:4: error[E002]: a text may not have control "
                       "characters, escaped or not\n"
                       "  1 | a: \"x\\0y\"\n"
                       "    |    ^~~~~~\n"
                       "t.yaml:2:4: error[E002]: a text may not have control "
                       "characters, escaped or not\n"
                       "  2 | b: \"\\e[1m\"\n"
                       "    |    ^~~~~~~\n"
                       "2 errors. Nothing was run.\n");
}

static void
tree_sees_a_null_character(void **state)
{
    struct source *source = source_new("t.yaml", "a: 1\nb\0c\n", 9);
    struct diag *diag = diag_new();

    (void) state;
    assert_null(tree_read(source, diag));
    assert_int_equal(diag_n_kept(diag), 1);
    assert_int_equal(diag_kept(diag, 0)->code, E002);
    assert_loc(diag_kept(diag, 0)->loc, 2, 2, 1);
    diag_free(diag);
    source_free(source);
}

/* ---- Syntax errors. ---- */

/* Asserts that 'text' has one error, with this message at this place. */
static void
assert_syntax_error(const char *text, unsigned int line, unsigned int column,
                    enum diag_code code, const char *message)
{
    struct scenario_text t;

    scenario_text_init(&t, text, NULL);
    assert_null(t.tree);
    assert_int_equal(diag_n_kept(t.diag), 1);
    assert_string_equal(diag_kept(t.diag, 0)->message, message);
    assert_int_equal(diag_kept(t.diag, 0)->code, code);
    assert_int_equal(diag_kept(t.diag, 0)->loc.line, line);
    assert_int_equal(diag_kept(t.diag, 0)->loc.column, column);
    scenario_text_clear(&t);
}

static void
tree_explains_syntax_errors(void **state)
{
    (void) state;
    assert_syntax_error("a: [1, 2\nb: 3\n", 2, 2, E004,
                        "expected ',' or ']' here");
    assert_syntax_error("f: {a: x, b: tcp[13] & 2}\n", 1, 17, E004,
                        "expected ',' or '}' here");
    assert_syntax_error("a: 1\nb: \"abc\n", 2, 4, E004,
                        "this quote is never closed");
    assert_syntax_error("a: 1\n b: 2\n", 2, 3, E004, "a ':' cannot be here");
    assert_syntax_error("a:\n  b: 1\n c: 2\n", 3, 2, E004,
                        "expected a key here");
    assert_syntax_error("a: 1\nb\nc: 2\n", 2, 1, E004,
                        "there is no ':' behind this");
    assert_syntax_error("a: -\n", 1, 4, E004, "a list cannot start here");
    assert_syntax_error("a: @x\n", 1, 4, E004,
                        "a text cannot start with this character");
    assert_syntax_error("a: \"\\q\"\n", 1, 5, E004, "this escape is unknown");
    assert_syntax_error("a:\n  - 1\n  b: 2\n", 3, 3, E004,
                        "expected '- ' here");
    assert_syntax_error("a: *\n", 1, 4, E005,
                        "'*' starts an alias, which paca does not read");
    assert_syntax_error("a: & b\n", 1, 4, E005,
                        "'&' starts an anchor, which paca does not read");
    assert_syntax_error("a: !x!y z\n", 1, 4, E006,
                        "'!' starts a tag, which paca does not read");
    assert_syntax_error("%FOO\n---\na: 1\n", 1, 1, E008,
                        "'%' starts a directive, which paca does not read");
}

static void
tree_reports_a_syntax_error_with_what_came_before(void **state)
{
    (void) state;
    assert_tree_report("a: 1\na: 2\nb: [1\n",
                       "t.yaml:2:1: error[E022]: key 'a' is here twice\n"
                       "  2 | a: 2\n"
                       "    | ^\n"
                       "  help: the first is in line 1\n"
                       "t.yaml:3:6: error[E004]: expected ',' or ']' here\n"
                       "  3 | b: [1\n"
                       "    |      ^\n"
                       "  help: the list starts in line 3; is it closed, and "
                       "is there a text that wants quotes?\n"
                       "2 errors. Nothing was run.\n");
}

/* ---- Limits. ---- */

static void
tree_is_at_most_64_deep(void **state)
{
    GString *text = g_string_new("a: ");
    struct scenario_text t;

    (void) state;
    for (int i = 0; i < 63; i++) {
        g_string_append_c(text, '[');
    }
    for (int i = 0; i < 63; i++) {
        g_string_append_c(text, ']');
    }
    scenario_text_init(&t, text->str, NULL);
    assert_string_equal(scenario_text_report(&t), "");
    scenario_text_clear(&t);

    g_string_insert(text, 3, "[");
    assert_syntax_error(text->str, 1, 67, E009,
                        "maps and lists are nested more than 64 deep");

    /* However deep, it is refused at once. */
    for (int i = 0; i < 200000; i++) {
        g_string_insert_c(text, 3, '[');
    }
    assert_syntax_error(text->str, 1, 67, E009,
                        "maps and lists are nested more than 64 deep");
    g_string_free(text, TRUE);
}

static void
tree_of_one_long_line_is_read_in_linear_time(void **state)
{
    GString *text = g_string_new("a: [");
    gint64 start = g_get_monotonic_time();
    struct scenario_text t;

    (void) state;
    for (int i = 0; i < 200000; i++) {
        g_string_append(text, "{b: c}, ");
    }
    g_string_append(text, "]\n");
    scenario_text_init(&t, text->str, NULL);
    assert_string_equal(scenario_text_report(&t), "");
    assert_int_equal(scenario_text_node(&t, "a")->n, 200000);
    scenario_text_clear(&t);
    g_string_free(text, TRUE);
    assert_true(g_get_monotonic_time() - start < 60 * G_USEC_PER_SEC);
}

static void
tree_has_a_limited_number_of_nodes(void **state)
{
    GString *text = g_string_new("a: [");

    (void) state;
    for (int i = 0; i < TREE_NODES_MAX; i++) {
        g_string_append(text, "1,");
    }
    g_string_append(text, "]\n");
    assert_syntax_error(text->str, 1, 5 + 2 * (TREE_NODES_MAX - 2), E009,
                        "there are more than 2000000 values");
    g_string_free(text, TRUE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree_reads_block_and_flow_style),
        cmocka_unit_test(tree_keeps_words_as_they_are),
        cmocka_unit_test(tree_reads_crlf_and_a_byte_order_mark),
        cmocka_unit_test(tree_takes_an_absent_value_for_nothing),
        cmocka_unit_test(tree_finds_keys_of_maps_only),
        cmocka_unit_test(tree_places_are_in_characters),
        cmocka_unit_test(
            tree_places_parts_of_texts_that_are_written_as_they_are),
        cmocka_unit_test(
            tree_refuses_anchors_aliases_tags_and_merge_keys_in_one_go),
        cmocka_unit_test(tree_refuses_a_key_that_is_there_twice),
        cmocka_unit_test(tree_refuses_every_tab_that_indents),
        cmocka_unit_test(tree_lets_tabs_be_where_they_do_no_harm),
        cmocka_unit_test(tree_refuses_what_is_not_one_document),
        cmocka_unit_test(tree_refuses_parts_of_yaml_it_does_not_read),
        cmocka_unit_test(tree_refuses_a_root_that_is_no_map),
        cmocka_unit_test(tree_says_where_the_text_is_not_utf8),
        cmocka_unit_test(tree_refuses_characters_that_no_editor_shows),
        cmocka_unit_test(tree_sees_a_null_character),
        cmocka_unit_test(tree_explains_syntax_errors),
        cmocka_unit_test(tree_reports_a_syntax_error_with_what_came_before),
        cmocka_unit_test(tree_is_at_most_64_deep),
        cmocka_unit_test(tree_of_one_long_line_is_read_in_linear_time),
        cmocka_unit_test(tree_has_a_limited_number_of_nodes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <glib.h>
#include <string.h>

#include "tests/cmocka_all.h"
#include "tests/key_bench.h"

/* Rows of the table, with the one of its base that is not hidden. */
#define N_KEYS 30

/* ---- Values. ---- */

static void
reader_hands_out_typed_values(void **state)
{
    struct key_bench b;
    char text[IP_PREFIX_STRLEN];
    struct ip_prefix prefix;
    struct ip_addr addr;

    (void) state;
    key_bench_init(&b, "text: no\nbool: true\nint: 5\nany: -5\nnumber: 1.5\n"
                       "time: 1.5ms\nbytes: 4KiB\nrate: 10Gbps\n"
                       "byte_rate: 40MB/s\nloss: 0.5%\nper_second: 0.5/s\n"
                       "flow_id: inner-5tuple\nca: 10.1.1.2\n"
                       "cidr: fd00:0:0:a::/64\npa: 192.168.1.1/24\n"
                       "mac: 00-15-5D-01-0A-01\nname: 007\nid: blue-q\n"
                       "value: 200B\nwhen: 1 < 2\n");
    assert_string_equal(scenario_text_report(&b.t), "");
    assert_true(b.ok);
    assert_string_equal(key_text(&b.r, "text"), "no");
    assert_true(key_bool(&b.r, "bool"));
    assert_int_equal(key_int(&b.r, "int"), 5);
    assert_int_equal(key_int(&b.r, "any"), -5);
    assert_true(key_number(&b.r, "number") == 1.5);
    assert_int_equal(key_time(&b.r, "time"), 1500000000);
    assert_int_equal(key_bytes(&b.r, "bytes"), 4096);
    assert_int_equal(key_rate(&b.r, "rate"), UINT64_C(10000000000));
    assert_int_equal(key_byte_rate(&b.r, "byte_rate"), 40000000);
    assert_true(key_fraction(&b.r, "loss") == 0.005);
    assert_true(key_per_second(&b.r, "per_second") == 0.5);
    assert_string_equal(key_word(&b.r, "flow_id"), "inner-5tuple");
    assert_int_equal(key_word_index(&b.r, "flow_id"), 2);
    addr = key_ip(&b.r, "ca");
    ip_addr_format(&addr, text);
    assert_string_equal(text, "10.1.1.2");
    assert_null(key_word(&b.r, "ca"));
    prefix = key_prefix(&b.r, "cidr");
    ip_prefix_format(&prefix, text);
    assert_string_equal(text, "fd00:0:0:a::/64");
    prefix = key_prefix(&b.r, "pa");
    ip_prefix_format(&prefix, text);
    assert_string_equal(text, "192.168.1.1/24");
    assert_int_equal(eth_addr_to_u64(key_mac(&b.r, "mac")),
                     UINT64_C(0x00155d010a01));
    assert_string_equal(key_text(&b.r, "name"), "007");
    assert_string_equal(key_text(&b.r, "id"), "blue-q");
    assert_int_equal(key_value(&b.r, "value").quantity.num, 200);
    assert_true(key_condition(&b.r, "when"));
    key_bench_clear(&b);
}

static void
reader_gives_the_fallback_of_what_is_absent(void **state)
{
    struct key_bench b;

    (void) state;
    key_bench_init(&b, "text: x\n");
    assert_true(b.ok);
    assert_int_equal(key_int(&b.r, "int"), 42);
    assert_int_equal(key_time(&b.r, "time"), 1000000);
    assert_false(key_is_given(&b.r, "int"));
    assert_true(key_is_ok(&b.r, "int"));
    assert_false(key_is_ok(&b.r, "bytes"));
    assert_int_equal(key_bytes(&b.r, "bytes"), 0);
    assert_string_equal(key_text(&b.r, "name"), "");
    assert_null(key_word(&b.r, "flow_id"));
    assert_int_equal(key_ip(&b.r, "ca").family, IP_NONE);
    assert_null(key_node(&b.r, "node"));
    assert_int_equal(key_count(&b.r, "ends"), 0);
    assert_int_equal(key_loc(&b.r, "bytes").line, 1);
    key_bench_clear(&b);
}

static void
reader_evaluates_expressions(void **state)
{
    struct key_bench b;

    (void) state;
    scenario_text_init(&b.t,
                       "let: {n: 3, lan: 1, f: zero}\nx:\n"
                       "  int: $(n * 2)\n  time: $(n * 1ms / 7)\n"
                       "  rate: $(n)Gbps\n  ca: 10.1.$(lan).2\n"
                       "  flow_id: $(f)\n  name: vm$(n)\n"
                       "  text: $(n)\n  when: n == 3\n",
                       NULL);
    b.ok = key_reader_init(&b.r, b.t.scope, scenario_text_node(&b.t, "x"),
                           &key_bench_table, "x");
    assert_string_equal(scenario_text_report(&b.t), "");
    assert_int_equal(key_int(&b.r, "int"), 6);
    assert_int_equal(key_time(&b.r, "time"), 428571429);
    assert_int_equal(key_rate(&b.r, "rate"), UINT64_C(3000000000));
    assert_int_equal(key_ip(&b.r, "ca").octets[2], 1);
    assert_int_equal(key_word_index(&b.r, "flow_id"), 1);
    assert_string_equal(key_text(&b.r, "name"), "vm3");
    assert_string_equal(key_text(&b.r, "text"), "3");
    assert_true(key_condition(&b.r, "when"));
    key_bench_clear(&b);
}

static void
reader_takes_a_word_in_place_of_a_value(void **state)
{
    struct key_bench b;

    (void) state;
    key_bench_init(&b, "ca: auto\n");
    assert_true(b.ok);
    assert_string_equal(key_word(&b.r, "ca"), "auto");
    assert_int_equal(key_ip(&b.r, "ca").family, IP_NONE);
    key_bench_clear(&b);
}

static void
own_rows_hide_those_of_the_base(void **state)
{
    (void) state;
    assert_ptr_equal(key_table_find(&key_bench_table, "int"),
                     &key_bench_table.keys[2]);
    assert_ptr_equal(key_table_find(&key_bench_table, "id"),
                     &key_bench_table.base->keys[0]);
    assert_null(key_table_find(&key_bench_table, "none"));
    assert_int_equal(key_table_n(&key_bench_table), N_KEYS);
    assert_ptr_equal(key_table_at(&key_bench_table, N_KEYS - 1),
                     &key_bench_table.base->keys[0]);
    assert_null(key_table_at(&key_bench_table, N_KEYS));
}

/* ---- Keys. ---- */

static void
unknown_missing_and_later_keys_are_reported_in_one_go(void **state)
{
    struct scenario_text t;
    struct key_reader r;

    (void) state;
    scenario_text_init(&t, "x: {sed: 1, zzzzzz: 2}\n", NULL);
    assert_false(key_reader_init(&r, t.scope, scenario_text_node(&t, "x"),
                                 &key_bench_inner_table, "tenants.%s.vms.%s",
                                 "blue", "app"));
    assert_string_equal(
        scenario_text_report(&t),
        "t.yaml:1:4: error[E023]: tenants.blue.vms.app has no 'must'\n"
        "  1 | x: {sed: 1, zzzzzz: 2}\n"
        "    |    ^~~~~~~~~~~~~~~~~~~\n"
        "  help: a must; for example 4\n"
        "t.yaml:1:5: error[E021]: unknown key 'sed' in tenants.blue.vms.app\n"
        "  1 | x: {sed: 1, zzzzzz: 2}\n"
        "    |     ^~~\n"
        "  help: did you mean 'seed'? Keys here: must, seed\n"
        "t.yaml:1:13: error[E021]: unknown key 'zzzzzz' in "
        "tenants.blue.vms.app\n"
        "  1 | x: {sed: 1, zzzzzz: 2}\n"
        "    |             ^~~~~~\n"
        "  help: keys here: must, seed\n"
        "3 errors. Nothing was run.\n");
    key_reader_clear(&r);
    scenario_text_clear(&t);
    assert_key_report("parallel: 2\n",
                      "t.yaml:1:1: error[E090]: 'parallel' in things.x is not "
                      "supported yet\n"
                      "  1 | parallel: 2\n"
                      "    | ^~~~~~~~\n"
                      "  help: it stands for: many\n"
                      "1 error. Nothing was run.\n");
}

static void
later_keys_have_no_value(void **state)
{
    struct key_bench b;

    (void) state;
    key_bench_init(&b, "parallel: 2\n");
    assert_false(key_is_given(&b.r, "parallel"));
    assert_false(key_is_ok(&b.r, "parallel"));
    assert_int_equal(key_int(&b.r, "parallel"), 0);
    key_bench_clear(&b);
}

static void
root_is_called_the_scenario(void **state)
{
    struct scenario_text t;
    struct key_reader r;

    (void) state;
    scenario_text_init(&t, "sed: 1\n", NULL);
    key_reader_init(&r, t.scope, tree_root(t.tree), &key_bench_inner_table,
                    "%s", "");
    assert_string_equal(diag_kept(t.diag, 0)->message,
                        "unknown key 'sed' in the scenario");
    assert_string_equal(diag_kept(t.diag, 1)->message,
                        "the scenario has no 'must'");
    key_reader_clear(&r);
    scenario_text_clear(&t);
}

/* ---- Shapes. ---- */

static void
lists_hand_out_their_members(void **state)
{
    struct key_bench b;

    (void) state;
    key_bench_init(&b, "ends: [hv1:eth0, sw1:p1]\nat: \"*\"\n");
    assert_true(b.ok);
    assert_int_equal(key_count(&b.r, "ends"), 2);
    assert_string_equal(key_text_at(&b.r, "ends", 1), "sw1:p1");
    assert_int_equal(key_at(&b.r, "ends", 1)->node->loc.column, 18);
    assert_int_equal(key_count(&b.r, "at"), 1);
    assert_string_equal(key_text_at(&b.r, "at", 0), "*");
    key_bench_clear(&b);
    key_bench_init(&b, "at: [a, b, c]\n");
    assert_int_equal(key_count(&b.r, "at"), 3);
    key_bench_clear(&b);
}

static void
objects_inside_are_read_with_their_path(void **state)
{
    struct key_bench b;
    struct key_reader inner;

    (void) state;
    key_bench_init(&b, "inner: {seed: 1, must: 2}\n"
                       "items: [{must: 3}, {mist: 4}]\n"
                       "things: {a: {must: 5}, b: {}}\n");
    assert_true(b.ok);
    assert_true(key_object(&b.r, "inner", &inner));
    assert_int_equal(key_int(&inner, "seed"), 1);
    assert_string_equal(inner.where, "things.x.inner");
    key_reader_clear(&inner);
    assert_true(key_object_at(&b.r, "items", 0, &inner));
    assert_int_equal(key_int(&inner, "must"), 3);
    assert_int_equal(key_int(&inner, "seed"), 7);
    key_reader_clear(&inner);
    assert_false(key_object_at(&b.r, "items", 1, &inner));
    assert_string_equal(inner.where, "things.x.items[1]");
    key_reader_clear(&inner);
    assert_string_equal(key_at(&b.r, "things", 0)->name, "a");
    assert_true(key_object_at(&b.r, "things", 0, &inner));
    assert_int_equal(inner.loc.column, 10);
    key_reader_clear(&inner);
    assert_false(key_object_at(&b.r, "things", 1, &inner));
    key_reader_clear(&inner);
    assert_string_equal(
        scenario_text_report(&b.t),
        "t.yaml:2:21: error[E021]: unknown key 'mist' in "
        "things.x.items[1]\n"
        "  2 | items: [{must: 3}, {mist: 4}]\n"
        "    |                     ^~~~\n"
        "  help: did you mean 'must'? Keys here: must, seed\n"
        "t.yaml:3:24: error[E023]: things.x.things.b has no 'must'\n"
        "  3 | things: {a: {must: 5}, b: {}}\n"
        "    |                        ^\n"
        "  help: a must; for example 4\n"
        "2 errors. Nothing was run.\n");
    key_bench_clear(&b);
}

static void
object_that_is_absent_gives_fallbacks_and_no_errors(void **state)
{
    struct key_bench b;
    struct key_reader inner;

    (void) state;
    key_bench_init(&b, "int: 1\n");
    assert_false(key_object(&b.r, "inner", &inner));
    assert_int_equal(key_int(&inner, "seed"), 7);
    assert_int_equal(key_int(&inner, "must"), 0);
    assert_false(inner.failed);
    assert_string_equal(scenario_text_report(&b.t), "");
    key_reader_clear(&inner);
    key_bench_clear(&b);
}

static void
names_that_the_user_gives_are_checked(void **state)
{
    (void) state;
    assert_key_report(
        "things: {a b: {must: 1}}\n",
        "t.yaml:1:10: error[E026]: 'things' in things.x: 'a b' is "
        "not a name\n"
        "  1 | things: {a b: {must: 1}}\n"
        "    |          ^~~\n"
        "  help: use letters, digits, '-' and '_', a letter or "
        "digit first\n"
        "1 error. Nothing was run.\n");
}

static void
map_that_is_none_is_refused(void **state)
{
    struct scenario_text t;
    struct key_reader r;

    (void) state;
    scenario_text_init(&t, "x: [1]\n", NULL);
    assert_false(key_reader_init(&r, t.scope, scenario_text_node(&t, "x"),
                                 &key_bench_inner_table, "x"));
    assert_int_equal(key_int(&r, "seed"), 7);
    assert_int_equal(diag_n_kept(t.diag), 1);
    assert_string_equal(diag_kept(t.diag, 0)->message,
                        "x: expected a map, found a list");
    key_reader_clear(&r);
    scenario_text_clear(&t);
}

/* ---- Verbs. ---- */

static void
an_item_has_exactly_one_verb(void **state)
{
    static const char *const verbs[] = { "ping", "udp", "tcp_rr", NULL };
    struct scenario_text t;

    (void) state;
    scenario_text_init(&t,
                       "a: {id: x, ping: [b, c]}\nb: {ping: 1, udp: 2}\n"
                       "c: {id: x, tpc_rr: 1}\nd: {id: x}\n",
                       NULL);
    assert_string_equal(
        key_verb(t.scope, scenario_text_node(&t, "a"), verbs, "workloads[0]"),
        "ping");
    assert_null(
        key_verb(t.scope, scenario_text_node(&t, "b"), verbs, "workloads[1]"));
    assert_null(
        key_verb(t.scope, scenario_text_node(&t, "c"), verbs, "workloads[2]"));
    assert_null(
        key_verb(t.scope, scenario_text_node(&t, "d"), verbs, "workloads[3]"));
    assert_string_equal(
        scenario_text_report(&t),
        "t.yaml:2:14: error[E027]: workloads[1] has two verbs, 'ping' and "
        "'udp'\n"
        "  2 | b: {ping: 1, udp: 2}\n"
        "    |              ^~~\n"
        "  help: make two items of it\n"
        "t.yaml:3:4: error[E027]: workloads[2] has no verb\n"
        "  3 | c: {id: x, tpc_rr: 1}\n"
        "    |    ^~~~~~~~~~~~~~~~~~\n"
        "  help: did you mean 'tcp_rr'? It is one of: ping, udp, tcp_rr\n"
        "t.yaml:4:4: error[E027]: workloads[3] has no verb\n"
        "  4 | d: {id: x}\n"
        "    |    ^~~~~~~\n"
        "  help: it is one of: ping, udp, tcp_rr\n"
        "3 errors. Nothing was run.\n");
    scenario_text_clear(&t);
}

static void
reports_of_the_caller_are_located(void **state)
{
    struct key_bench b;

    (void) state;
    key_bench_init(&b, "int: 5\n");
    key_report(&b.r, "int", N210, "a note about %d", 5);
    assert_false(b.r.failed);
    key_report(&b.r, "int", E052, "an error about %d", 5);
    assert_true(b.r.failed);
    assert_string_equal(scenario_text_report(&b.t),
                        "t.yaml:1:6: error[E052]: an error about 5\n"
                        "  1 | int: 5\n"
                        "    |      ^\n"
                        "t.yaml:1:6: note[N210]: a note about 5\n"
                        "1 error, 1 note. Nothing was run.\n");
    key_bench_clear(&b);
}

/* ---- Counted objects. ---- */

static void
only_what_the_index_is_in_is_read_again(void **state)
{
    struct key_bench b = { 0 };
    struct scope_index was;
    const char *name;

    (void) state;
    scenario_text_init(&b.t,
                       "text: node$(i)\n"
                       "int: $(i * 2)\n"
                       "when: i < 3\n"
                       "at: [h$(i), sw]\n"
                       "name: $(4 + 4)\n"
                       "time: 5us\n",
                       NULL);
    was = scope_enter(b.t.scope, 1);
    assert_true(key_reader_init(&b.r, b.t.scope, tree_root(b.t.tree),
                                &key_bench_table, "%s", "things.x"));
    name = key_text(&b.r, "name");
    scope_leave(b.t.scope, was);
    was = scope_enter(b.t.scope, 3);
    assert_true(key_reader_again(&b.r));
    scope_leave(b.t.scope, was);
    assert_string_equal(key_text(&b.r, "text"), "node3");
    assert_int_equal(key_int(&b.r, "int"), 6);
    assert_false(key_condition(&b.r, "when"));
    assert_string_equal(key_text_at(&b.r, "at", 0), "h3");
    assert_string_equal(key_text_at(&b.r, "at", 1), "sw");
    assert_ptr_equal(key_text(&b.r, "name"), name);
    assert_int_equal(key_time(&b.r, "time"), 5000000);
    key_bench_clear(&b);
}

static void
a_map_without_the_index_is_not_read_again(void **state)
{
    struct key_bench b;

    (void) state;
    key_bench_init(&b, "text: i\n" /* No expression. */
                       "int: $(min(1, 2))\n"
                       "glob: index$(1)_i*\n"
                       "inner: {must: $(i)}\n"); /* The inner reader's. */
    assert_false(key_reader_again(&b.r));
    key_bench_clear(&b);
}

/* ---- Tables. ---- */

static void
tables_are_sound_or_say_why_not(void **state)
{
    static const struct key_spec wrong[][2] = {
        { { .name = "a", .type = KEY_TIME, .fallback = "5", .help = "" } },
        { { .name = "a", .type = KEY_TEXT } },
        { { .name = "a", .type = KEY_WORD, .help = "" } },
        { { .name = "a", .type = KEY_OBJECT, .help = "" } },
        { { .name = "a",
            .type = KEY_INT,
            .required = true,
            .fallback = "1",
            .help = "" } },
    };
    char *why;

    (void) state;
    assert_true(key_table_is_sound(&key_bench_table, &why));
    assert_true(key_table_is_sound(&param_table, &why));
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        struct key_table bad = { .name = "bad", .help = "", .keys = wrong[i] };

        assert_false(key_table_is_sound(&bad, &why));
        assert_true(g_str_has_prefix(why, "bad.a "));
        g_free(why);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_hands_out_typed_values),
        cmocka_unit_test(reader_gives_the_fallback_of_what_is_absent),
        cmocka_unit_test(reader_evaluates_expressions),
        cmocka_unit_test(reader_takes_a_word_in_place_of_a_value),
        cmocka_unit_test(own_rows_hide_those_of_the_base),
        cmocka_unit_test(
            unknown_missing_and_later_keys_are_reported_in_one_go),
        cmocka_unit_test(later_keys_have_no_value),
        cmocka_unit_test(root_is_called_the_scenario),
        cmocka_unit_test(lists_hand_out_their_members),
        cmocka_unit_test(objects_inside_are_read_with_their_path),
        cmocka_unit_test(object_that_is_absent_gives_fallbacks_and_no_errors),
        cmocka_unit_test(names_that_the_user_gives_are_checked),
        cmocka_unit_test(map_that_is_none_is_refused),
        cmocka_unit_test(an_item_has_exactly_one_verb),
        cmocka_unit_test(reports_of_the_caller_are_located),
        cmocka_unit_test(only_what_the_index_is_in_is_read_again),
        cmocka_unit_test(a_map_without_the_index_is_not_read_again),
        cmocka_unit_test(tables_are_sound_or_say_why_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

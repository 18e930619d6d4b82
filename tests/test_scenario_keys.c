#include <glib.h>
#include <string.h>

#include "scenarios/key_reader.h"
#include "scenarios/key_slot.h"
#include "tests/cmocka_all.h"
#include "tests/scenario_text.h"

static const char *const flow_words[] = { "none", "zero", "inner-5tuple",
                                          NULL };
static const char *const later_flow_words[] = { "outer", NULL };
static const char *const auto_words[] = { "auto", NULL };

static const struct key_spec inner_keys[] = {
    { .name = "seed", .type = KEY_INT, .fallback = "7", .help = "a seed" },
    { .name = "must", .type = KEY_INT, .required = true, .help = "a must" },
    { .name = NULL },
};
static const struct key_table inner_table = { .name = "inner",
                                              .help = "Inner.",
                                              .keys = inner_keys };

static const struct key_spec base_keys[] = {
    { .name = "id", .type = KEY_NAME, .help = "its name" },
    { .name = "int", .type = KEY_TEXT, .help = "hidden by the other" },
    { .name = NULL },
};
static const struct key_table base_table = { .name = "base",
                                             .help = "Base.",
                                             .keys = base_keys };

static const struct key_spec keys[] = {
    { .name = "text", .type = KEY_TEXT, .help = "text" },
    { .name = "bool", .type = KEY_BOOL, .help = "bool" },
    { .name = "int",
      .type = KEY_INT,
      .min = 1,
      .max = 100,
      .fallback = "42",
      .help = "int" },
    { .name = "any", .type = KEY_INT, .min = -5, .help = "any" },
    { .name = "number", .type = KEY_NUMBER, .help = "number" },
    { .name = "time", .type = KEY_TIME, .fallback = "1us", .help = "time" },
    { .name = "bytes", .type = KEY_BYTES, .help = "bytes" },
    { .name = "rate", .type = KEY_RATE, .min = 1000, .help = "rate" },
    { .name = "byte_rate", .type = KEY_BYTE_RATE, .help = "byte rate" },
    { .name = "loss", .type = KEY_PERCENT, .help = "loss" },
    { .name = "per_second", .type = KEY_PER_SECOND, .help = "frequency" },
    { .name = "flow_id",
      .type = KEY_WORD,
      .words = flow_words,
      .later_words = later_flow_words,
      .help = "flow id" },
    { .name = "ca", .type = KEY_IP, .words = auto_words, .help = "ca" },
    { .name = "cidr", .type = KEY_PREFIX, .help = "subnet" },
    { .name = "pa", .type = KEY_IP_PREFIX, .help = "pa" },
    { .name = "mac", .type = KEY_MAC, .help = "mac" },
    { .name = "name", .type = KEY_NAME, .help = "name" },
    { .name = "ref", .type = KEY_REF, .help = "ref" },
    { .name = "glob", .type = KEY_GLOB, .help = "glob" },
    { .name = "file", .type = KEY_FILE, .help = "file" },
    { .name = "value", .type = KEY_VALUE, .help = "value" },
    { .name = "when", .type = KEY_CONDITION, .help = "condition" },
    { .name = "ends",
      .type = KEY_REF,
      .shape = KEY_LIST,
      .n_min = 2,
      .n_max = 2,
      .help = "two ends" },
    { .name = "at",
      .type = KEY_GLOB,
      .shape = KEY_ONE_OR_LIST,
      .n_min = 1,
      .help = "places" },
    { .name = "inner", .type = KEY_OBJECT, .table = &inner_table, .help = "" },
    { .name = "items",
      .type = KEY_OBJECT,
      .shape = KEY_LIST,
      .table = &inner_table,
      .help = "items" },
    { .name = "things",
      .type = KEY_OBJECT,
      .shape = KEY_NAMED,
      .table = &inner_table,
      .help = "things" },
    { .name = "node", .type = KEY_NODE, .help = "node" },
    { .name = "parallel", .type = KEY_INT, .later = true, .help = "many" },
    { .name = NULL },
};
static const struct key_table table = {
    .name = "thing", .help = "A thing.", .keys = keys, .base = &base_table
};

/* A scenario's root, read by 'table'. */
struct bench {
    struct scenario_text t;
    struct key_reader r;
    bool ok;
};

static void
bench_init(struct bench *b, const char *text)
{
    scenario_text_init(&b->t, text, NULL);
    assert_non_null(b->t.tree);
    b->ok = key_reader_init(&b->r, b->t.scope, tree_root(b->t.tree), &table,
                            "%s", "things.x");
}

static void
bench_clear(struct bench *b)
{
    key_reader_clear(&b->r);
    scenario_text_clear(&b->t);
}

static void
assert_report(const char *text, const char *report)
{
    struct bench b;

    bench_init(&b, text);
    assert_string_equal(scenario_text_report(&b.t), report);
    assert_false(b.ok);
    assert_true(b.r.failed);
    bench_clear(&b);
}

/* Asserts that the value 'text' of 'key' is refused with one error. */
static void
assert_refused(const char *key, const char *text, enum diag_code code,
               const char *message, const char *help)
{
    char *scenario = g_strdup_printf("%s: %s\n", key, text);
    char *full = g_strdup_printf("'%s' in things.x: %s", key, message);
    const struct diagnostic *d;
    struct bench b;

    bench_init(&b, scenario);
    assert_int_equal(diag_n_kept(b.t.diag), 1);
    d = diag_kept(b.t.diag, 0);
    assert_string_equal(d->message, full);
    assert_string_equal(diag_code_info(d->code)->name,
                        diag_code_info(code)->name);
    if (help) {
        assert_string_equal(d->help, help);
    } else {
        assert_null(d->help);
    }
    assert_false(key_is_ok(&b.r, key));
    assert_true(key_is_given(&b.r, key));
    bench_clear(&b);
    g_free(full);
    g_free(scenario);
}

/* ---- Values. ---- */

static void
reader_hands_out_typed_values(void **state)
{
    struct bench b;
    char text[IP_PREFIX_STRLEN];
    struct ip_prefix prefix;
    struct ip_addr addr;

    (void) state;
    bench_init(&b, "text: no\nbool: true\nint: 5\nany: -5\nnumber: 1.5\n"
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
    bench_clear(&b);
}

static void
reader_gives_the_fallback_of_what_is_absent(void **state)
{
    struct bench b;

    (void) state;
    bench_init(&b, "text: x\n");
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
    bench_clear(&b);
}

static void
reader_evaluates_expressions(void **state)
{
    struct bench b;

    (void) state;
    scenario_text_init(&b.t,
                       "let: {n: 3, lan: 1, f: zero}\nx:\n"
                       "  int: $(n * 2)\n  time: $(n * 1ms / 7)\n"
                       "  rate: $(n)Gbps\n  ca: 10.1.$(lan).2\n"
                       "  flow_id: $(f)\n  name: vm$(n)\n"
                       "  text: $(n)\n  when: n == 3\n",
                       NULL);
    b.ok = key_reader_init(&b.r, b.t.scope, scenario_text_node(&b.t, "x"),
                           &table, "x");
    assert_string_equal(scenario_text_report(&b.t), "");
    assert_int_equal(key_int(&b.r, "int"), 6);
    assert_int_equal(key_time(&b.r, "time"), 428571429);
    assert_int_equal(key_rate(&b.r, "rate"), UINT64_C(3000000000));
    assert_int_equal(key_ip(&b.r, "ca").octets[2], 1);
    assert_int_equal(key_word_index(&b.r, "flow_id"), 1);
    assert_string_equal(key_text(&b.r, "name"), "vm3");
    assert_string_equal(key_text(&b.r, "text"), "3");
    assert_true(key_condition(&b.r, "when"));
    bench_clear(&b);
}

static void
reader_takes_a_word_in_place_of_a_value(void **state)
{
    struct bench b;

    (void) state;
    bench_init(&b, "ca: auto\n");
    assert_true(b.ok);
    assert_string_equal(key_word(&b.r, "ca"), "auto");
    assert_int_equal(key_ip(&b.r, "ca").family, IP_NONE);
    bench_clear(&b);
}

static void
own_rows_hide_those_of_the_base(void **state)
{
    (void) state;
    assert_ptr_equal(key_table_find(&table, "int"), &keys[2]);
    assert_ptr_equal(key_table_find(&table, "id"), &base_keys[0]);
    assert_null(key_table_find(&table, "none"));
    assert_int_equal(key_table_n(&table), G_N_ELEMENTS(keys));
    assert_ptr_equal(key_table_at(&table, G_N_ELEMENTS(keys) - 1),
                     &base_keys[0]);
    assert_null(key_table_at(&table, G_N_ELEMENTS(keys)));
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
                                 &inner_table, "tenants.%s.vms.%s", "blue",
                                 "app"));
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
    assert_report("parallel: 2\n",
                  "t.yaml:1:1: error[E090]: 'parallel' in things.x is not "
                  "supported yet\n"
                  "  1 | parallel: 2\n"
                  "    | ^~~~~~~~\n"
                  "  help: it stands for: many\n"
                  "1 error. Nothing was run.\n");
}

static void
root_is_called_the_scenario(void **state)
{
    struct scenario_text t;
    struct key_reader r;

    (void) state;
    scenario_text_init(&t, "sed: 1\n", NULL);
    key_reader_init(&r, t.scope, tree_root(t.tree), &inner_table, "%s", "");
    assert_string_equal(diag_kept(t.diag, 0)->message,
                        "unknown key 'sed' in the scenario");
    assert_string_equal(diag_kept(t.diag, 1)->message,
                        "the scenario has no 'must'");
    key_reader_clear(&r);
    scenario_text_clear(&t);
}

/* ---- Wrong values. ---- */

static void
wrong_kinds_are_refused(void **state)
{
    (void) state;
    assert_refused("rate", "[1]", E020, "expected a bit rate, found a list",
                   NULL);
    assert_refused("rate", "{a: 1}", E020, "expected a bit rate, found a map",
                   NULL);
    assert_refused("rate", "", E020, "expected a bit rate, found nothing",
                   NULL);
    assert_refused("ends", "a", E020, "expected a list, found a single value",
                   NULL);
    assert_refused("things", "[]", E020,
                   "expected a map of names, found a list", NULL);
    assert_refused("inner", "5", E020, "expected a map, found a single value",
                   NULL);
    assert_refused("items", "[5]", E020,
                   "expected a map, found a single value", NULL);
}

static void
wrong_quantities_are_refused(void **state)
{
    (void) state;
    assert_refused("time", "5", E015, "'5' has no unit",
                   "write 5us, 5ms or 5s");
    assert_refused("rate", "10Gbs", E016, "'10Gbs' has no known unit",
                   "did you mean '10Gbps'? Units here: Tbps, Gbps, Mbps, "
                   "kbps, bps");
    assert_refused("rate", "fast", E017, "'fast' is not a bit rate",
                   "a bit rate is written as in 10Gbps, 200Mbps");
    assert_refused("time", "5KiB", E017, "'5KiB' is bytes, not a time",
                   "a time is written as in 10us, 1.5ms, 2s");
    assert_refused("int", "5ms", E017, "'5ms' is a time, not a number",
                   "a number is written as in 4, 0.5");
    assert_refused("int", "true", E017, "'true' is not a whole number",
                   "for example 4");
    assert_refused("int", "2.5", E018, "'2.5' is no whole number",
                   "floor(...) and ceil(...) make whole numbers");
    assert_refused("bytes", "$(1KiB / 3)", E018,
                   "'341.333333333333B' is no whole number of bytes",
                   "floor(...) and ceil(...) make whole numbers");
    assert_refused("int", "99999999999999999999", E018,
                   "'99999999999999999999' has too many digits", NULL);
}

static void
values_out_of_range_are_refused(void **state)
{
    (void) state;
    assert_refused("int", "0", E018, "'0' is out of range",
                   "it is from 1 to 100");
    assert_refused("int", "101", E018, "'101' is out of range",
                   "it is from 1 to 100");
    assert_refused("any", "-6", E018, "'-6' is out of range",
                   "it is at least -5");
    assert_refused("time", "-1us", E018, "'-1us' is negative",
                   "it is at least 0s");
    assert_refused("time", "$(1us - 1ms)", E018, "'-999us' is negative",
                   "it is at least 0s");
    assert_refused("rate", "0Gbps", E018, "'0Gbps' is out of range",
                   "it is at least 1kbps");
    assert_refused("loss", "101%", E018, "'101%' is out of range",
                   "it is from 0% to 100%");
}

static void
booleans_are_true_and_false_only(void **state)
{
    static const char *const texts[] = { "yes",  "no", "on",
                                         "True", "1",  "\"true\"" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        char *message;

        message = g_strdup_printf("'%s' is not true or false",
                                  texts[i][0] == '"' ? "true" : texts[i]);
        assert_refused("bool", texts[i], E017, message,
                       "for example true, false");
        g_free(message);
    }
}

static void
wrong_words_are_refused(void **state)
{
    (void) state;
    assert_refused("flow_id", "nonne", E024, "'nonne' is not one of its words",
                   "did you mean 'none'? It is one of: none, zero, "
                   "inner-5tuple");
    assert_refused("flow_id", "5", E024, "'5' is not one of its words",
                   "it is one of: none, zero, inner-5tuple");
    assert_refused("flow_id", "outer", E091, "'outer' is not supported yet",
                   "it is one of: none, zero, inner-5tuple");
}

static void
wrong_addresses_are_refused(void **state)
{
    (void) state;
    assert_refused("ca", "10.1.1.256", E025,
                   "'10.1.1.256' is not an IP address",
                   "for example 10.1.1.2, fd00::2");
    assert_refused("ca", "10.1.1.1/24", E025,
                   "'10.1.1.1/24' has a length, which does not belong here",
                   "write 10.1.1.1");
    assert_refused("cidr", "10.1.1.1/24", E025,
                   "'10.1.1.1/24' has bits behind its length",
                   "the subnet is 10.1.1.0/24");
    assert_refused("cidr", "10.1.1.0/33", E025,
                   "'10.1.1.0/33' is not a subnet",
                   "for example 10.1.1.0/24, fd00:0:0:a::/64");
    assert_refused("pa", "10.1.1.1", E025,
                   "'10.1.1.1' lacks the length of its subnet",
                   "for example 10.1.1.1/24");
    assert_refused("pa", "fd00::1", E025,
                   "'fd00::1' lacks the length of its subnet",
                   "for example fd00::1/64");
    assert_refused("mac", "00-15", E025, "'00-15' is not a MAC address",
                   "for example 00-15-5D-01-0A-01");
}

static void
names_and_paths_have_their_forms(void **state)
{
    (void) state;
    assert_true(key_is_name("hv1"));
    assert_true(key_is_name("web-2_b"));
    assert_true(key_is_name("7"));
    assert_false(key_is_name(""));
    assert_false(key_is_name("-a"));
    assert_false(key_is_name("a--b"));
    assert_false(key_is_name("a.b"));
    assert_false(key_is_name("a/b"));
    assert_false(key_is_name("a b"));
    assert_false(key_is_name("caf\u00e9"));
    assert_true(key_is_ref("hv1"));
    assert_true(key_is_ref("hv1:eth0"));
    assert_true(key_is_ref("blue/web"));
    assert_true(key_is_ref("blue/web:eth0"));
    assert_true(key_is_ref("leafB:up--core:b"));
    assert_false(key_is_ref("hv1:"));
    assert_false(key_is_ref("/web"));
    assert_false(key_is_ref("a/b/c"));
    assert_false(key_is_ref("a:b:c"));
    assert_false(key_is_ref("a--b--c"));
    assert_false(key_is_ref("a--"));
    assert_false(key_is_ref("hv*"));
    assert_true(key_is_glob("hv[1-4]"));
    assert_true(key_is_glob("blue/*"));
    assert_true(key_is_glob("*:eth?"));
    assert_true(key_is_glob("all-hosts"));
    assert_false(key_is_glob("a b"));
    assert_false(key_is_glob(""));
    assert_refused("name", "a.b", E026, "'a.b' is not a name",
                   "for example blue, hv1, web-2 (letters, digits, '-' and "
                   "'_', a letter or digit first)");
    assert_refused("ref", "a b", E026, "'a b' is not the path of an object",
                   "for example hv1, hv1:eth0, blue/web (letters, digits, '-' "
                   "and '_', a letter or digit first)");
}

static void
broken_values_are_reported_once(void **state)
{
    (void) state;
    assert_report("int: $(foo)\n",
                  "t.yaml:1:8: error[E011]: nothing is called 'foo'\n"
                  "  1 | int: $(foo)\n"
                  "    |        ^~~\n"
                  "  help: params and let would define names\n"
                  "1 error. Nothing was run.\n");
    assert_report("rate: *x\n",
                  "t.yaml:1:7: error[E005]: alias '*x' is not read by paca\n"
                  "  1 | rate: *x\n"
                  "    |       ^~\n"
                  "  help: a text that starts with '*' wants quotes\n"
                  "1 error. Nothing was run.\n");
}

/* ---- Shapes. ---- */

static void
lists_hand_out_their_members(void **state)
{
    struct bench b;

    (void) state;
    bench_init(&b, "ends: [hv1:eth0, sw1:p1]\nat: \"*\"\n");
    assert_true(b.ok);
    assert_int_equal(key_count(&b.r, "ends"), 2);
    assert_string_equal(key_text_at(&b.r, "ends", 1), "sw1:p1");
    assert_int_equal(key_at(&b.r, "ends", 1)->node->loc.column, 18);
    assert_int_equal(key_count(&b.r, "at"), 1);
    assert_string_equal(key_text_at(&b.r, "at", 0), "*");
    bench_clear(&b);
    bench_init(&b, "at: [a, b, c]\n");
    assert_int_equal(key_count(&b.r, "at"), 3);
    bench_clear(&b);
}

static void
lists_of_wrong_size_are_refused(void **state)
{
    (void) state;
    assert_refused("ends", "[a]", E028, "1 members are too few",
                   "it has 2: two ends");
    assert_refused("ends", "[a, b, c]", E028, "3 members are too many",
                   "it has 2: two ends");
    assert_refused("at", "[]", E028, "0 members are too few",
                   "it has at least 1: places");
}

static void
objects_inside_are_read_with_their_path(void **state)
{
    struct bench b;
    struct key_reader inner;

    (void) state;
    bench_init(&b, "inner: {seed: 1, must: 2}\n"
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
        "t.yaml:2:20: error[E023]: things.x.items[1] has no 'must'\n"
        "  2 | items: [{must: 3}, {mist: 4}]\n"
        "    |                    ^~~~~~~~~\n"
        "  help: a must; for example 4\n"
        "t.yaml:2:21: error[E021]: unknown key 'mist' in "
        "things.x.items[1]\n"
        "  2 | items: [{must: 3}, {mist: 4}]\n"
        "    |                     ^~~~\n"
        "  help: did you mean 'must'? Keys here: must, seed\n"
        "t.yaml:3:24: error[E023]: things.x.things.b has no 'must'\n"
        "  3 | things: {a: {must: 5}, b: {}}\n"
        "    |                        ^\n"
        "  help: a must; for example 4\n"
        "3 errors. Nothing was run.\n");
    bench_clear(&b);
}

static void
object_that_is_absent_gives_fallbacks_and_no_errors(void **state)
{
    struct bench b;
    struct key_reader inner;

    (void) state;
    bench_init(&b, "int: 1\n");
    assert_false(key_object(&b.r, "inner", &inner));
    assert_int_equal(key_int(&inner, "seed"), 7);
    assert_int_equal(key_int(&inner, "must"), 0);
    assert_false(inner.failed);
    assert_string_equal(scenario_text_report(&b.t), "");
    key_reader_clear(&inner);
    bench_clear(&b);
}

static void
names_that_the_user_gives_are_checked(void **state)
{
    (void) state;
    assert_report("things: {a b: {must: 1}}\n",
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
                                 &inner_table, "x"));
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
    struct bench b;

    (void) state;
    bench_init(&b, "int: 5\n");
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
    bench_clear(&b);
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
    assert_true(key_table_is_sound(&table, &why));
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
        cmocka_unit_test(root_is_called_the_scenario),
        cmocka_unit_test(wrong_kinds_are_refused),
        cmocka_unit_test(wrong_quantities_are_refused),
        cmocka_unit_test(values_out_of_range_are_refused),
        cmocka_unit_test(booleans_are_true_and_false_only),
        cmocka_unit_test(wrong_words_are_refused),
        cmocka_unit_test(wrong_addresses_are_refused),
        cmocka_unit_test(names_and_paths_have_their_forms),
        cmocka_unit_test(broken_values_are_reported_once),
        cmocka_unit_test(lists_hand_out_their_members),
        cmocka_unit_test(lists_of_wrong_size_are_refused),
        cmocka_unit_test(objects_inside_are_read_with_their_path),
        cmocka_unit_test(object_that_is_absent_gives_fallbacks_and_no_errors),
        cmocka_unit_test(names_that_the_user_gives_are_checked),
        cmocka_unit_test(map_that_is_none_is_refused),
        cmocka_unit_test(an_item_has_exactly_one_verb),
        cmocka_unit_test(reports_of_the_caller_are_located),
        cmocka_unit_test(tables_are_sound_or_say_why_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

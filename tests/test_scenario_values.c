#include <glib.h>
#include <string.h>

#include "scenarios/key_slot.h"
#include "tests/cmocka_all.h"
#include "tests/key_bench.h"

/* Asserts that the value 'text' of 'key' is refused with one error. */
static void
assert_refused(const char *key, const char *text, enum diag_code code,
               const char *message, const char *help)
{
    char *scenario = g_strdup_printf("%s: %s\n", key, text);
    char *full = g_strdup_printf("'%s' in things.x: %s", key, message);
    const struct diagnostic *d;
    struct key_bench b;

    key_bench_init(&b, scenario);
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
    key_bench_clear(&b);
    g_free(full);
    g_free(scenario);
}

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
ranges_are_inclusive(void **state)
{
    static const char *const texts[] = { "int: 1\n",     "int: 100\n",
                                         "any: -5\n",    "rate: 1kbps\n",
                                         "loss: 100%\n", "time: 0s\n" };
    struct key_bench b;

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        key_bench_init(&b, texts[i]);
        assert_string_equal(scenario_text_report(&b.t), "");
        key_bench_clear(&b);
    }
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
lists_of_wrong_size_are_refused(void **state)
{
    (void) state;
    assert_refused("ends", "[a]", E028, "a list of 1 is too short",
                   "it has 2: two ends");
    assert_refused("ends", "[a, b, c]", E028, "a list of 3 is too long",
                   "it has 2: two ends");
    assert_refused("at", "[]", E028, "a list of 0 is too short",
                   "it has at least 1: places");
}

static void
broken_values_are_reported_once(void **state)
{
    (void) state;
    assert_key_report("int: $(foo)\n",
                      "t.yaml:1:8: error[E011]: nothing is called 'foo'\n"
                      "  1 | int: $(foo)\n"
                      "    |        ^~~\n"
                      "  help: params and let would define names\n"
                      "1 error. Nothing was run.\n");
    assert_key_report(
        "rate: *x\n",
        "t.yaml:1:7: error[E005]: alias '*x' is not read by paca\n"
        "  1 | rate: *x\n"
        "    |       ^~\n"
        "  help: a text that starts with '*' wants quotes\n"
        "1 error. Nothing was run.\n");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_kinds_are_refused),
        cmocka_unit_test(wrong_quantities_are_refused),
        cmocka_unit_test(values_out_of_range_are_refused),
        cmocka_unit_test(ranges_are_inclusive),
        cmocka_unit_test(booleans_are_true_and_false_only),
        cmocka_unit_test(wrong_words_are_refused),
        cmocka_unit_test(wrong_addresses_are_refused),
        cmocka_unit_test(names_and_paths_have_their_forms),
        cmocka_unit_test(lists_of_wrong_size_are_refused),
        cmocka_unit_test(broken_values_are_reported_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <glib.h>
#include <string.h>

#include "scenarios/suggest.h"
#include "scenarios/units.h"
#include "scenarios/value.h"
#include "tests/cmocka_all.h"

/* ---- Reading. ---- */

static void
assert_reads(const char *text, enum dim dim, int64_t num, int64_t den)
{
    struct quantity q;
    struct fault fault;

    assert_true(quantity_parse(text, dim, &q, &fault));
    assert_int_equal(q.dim, dim);
    assert_int_equal(q.num, num);
    assert_int_equal(q.den, den);
}

static void
units_are_read_exactly(void **state)
{
    (void) state;
    assert_reads("1ps", DIM_TIME, 1, 1);
    assert_reads("1.5ms", DIM_TIME, 1500000000, 1);
    assert_reads("0.1us", DIM_TIME, 100000, 1);
    assert_reads("0.3s", DIM_TIME, INT64_C(300000000000), 1);
    assert_reads("2min", DIM_TIME, INT64_C(120000000000000), 1);
    assert_reads("1h", DIM_TIME, INT64_C(3600000000000000), 1);
    assert_reads("2562h", DIM_TIME, INT64_C(9223200000000000000), 1);
    assert_reads("1500B", DIM_BYTES, 1500, 1);
    assert_reads("64KiB", DIM_BYTES, 65536, 1);
    assert_reads("1kB", DIM_BYTES, 1000, 1);
    assert_reads("1KB", DIM_BYTES, 1000, 1);
    assert_reads("1.5MB", DIM_BYTES, 1500000, 1);
    assert_reads("2GiB", DIM_BYTES, INT64_C(2147483648), 1);
    assert_reads("1TiB", DIM_BYTES, INT64_C(1099511627776), 1);
    assert_reads("10Gbps", DIM_RATE, INT64_C(10000000000), 1);
    assert_reads("2.5Gbps", DIM_RATE, INT64_C(2500000000), 1);
    assert_reads("1bps", DIM_RATE, 1, 1);
    assert_reads("40MB/s", DIM_BYTE_RATE, 40000000, 1);
    assert_reads("1MiB/s", DIM_BYTE_RATE, 1048576, 1);
    assert_reads("5%", DIM_PERCENT, 5, 1);
    assert_reads("0.1%", DIM_PERCENT, 1, 10);
    assert_reads("200/s", DIM_PER_SECOND, 200, 1);
    assert_reads("0.5/s", DIM_PER_SECOND, 1, 2);
    assert_reads("1.50", DIM_NUMBER, 3, 2);
    assert_reads("-7", DIM_NUMBER, -7, 1);
    assert_reads("1.000000000000000000000000000000", DIM_NUMBER, 1, 1);
    assert_reads("9223372036854775807", DIM_NUMBER, INT64_MAX, 1);
}

static void
assert_refuses(const char *text, enum dim dim, enum diag_code code,
               const char *message, const char *help)
{
    struct quantity q;
    struct fault fault;

    assert_false(quantity_parse(text, dim, &q, &fault));
    assert_string_equal(fault.message, message);
    assert_int_equal(fault.code, code);
    if (help) {
        assert_string_equal(fault.help, help);
    } else {
        assert_null(fault.help);
    }
    fault_clear(&fault);
}

static void
units_that_are_missing_are_offered(void **state)
{
    (void) state;
    assert_refuses("5", DIM_TIME, E015, "'5' has no unit",
                   "write 5us, 5ms or 5s");
    assert_refuses("10", DIM_RATE, E015, "'10' has no unit",
                   "write 10kbps, 10Mbps or 10Gbps");
    assert_refuses("64", DIM_BYTES, E015, "'64' has no unit",
                   "write 64B, 64KiB or 64MiB");
    assert_refuses("5", DIM_PERCENT, E015, "'5' has no unit", "write 5%");
    assert_refuses("5", DIM_PER_SECOND, E015, "'5' has no unit", "write 5/s");
    assert_refuses("10 Gbps", DIM_RATE, E015, "'10 Gbps' has a space inside",
                   "write '10Gbps'");
}

static void
units_that_are_unknown_get_a_suggestion(void **state)
{
    static const char rates[] = "Tbps, Gbps, Mbps, kbps, bps";
    static const struct {
        const char *wrong, *right;
    } cases[] = {
        { "10Gbs", "10Gbps" },  { "10gbps", "10Gbps" },
        { "10Gb/s", "10Gbps" }, { "1.5Kbps", "1.5kbps" },
        { "10Mpbs", "10Mbps" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *message =
            g_strdup_printf("'%s' has no known unit", cases[i].wrong);
        char *help = g_strdup_printf("did you mean '%s'? Units here: %s",
                                     cases[i].right, rates);

        assert_refuses(cases[i].wrong, DIM_RATE, E016, message, help);
        g_free(message);
        g_free(help);
    }
    assert_refuses("5parsec", DIM_TIME, E016, "'5parsec' has no known unit",
                   "units here: h, min, s, ms, us, ns, ps");
    assert_refuses("5\u00b5s", DIM_TIME, E016, "'5\u00b5s' has no known unit",
                   "did you mean '5us'? Units here: h, min, s, ms, us, ns, "
                   "ps");
}

static void
units_of_another_kind_are_refused(void **state)
{
    (void) state;
    assert_refuses("5KiB", DIM_TIME, E017, "'5KiB' is bytes, not a time",
                   "a time is written as in 10us, 1.5ms, 2s");
    assert_refuses("5ms", DIM_NUMBER, E017, "'5ms' is a time, not a number",
                   "a number is written as in 4, 0.5");
    assert_refuses("10MB", DIM_BYTE_RATE, E017,
                   "'10MB' is bytes, not bytes per second",
                   "bytes per second is written as in 40MB/s, 1MiB/s");
}

static void
numbers_that_are_none_are_refused(void **state)
{
    static const char *const texts[] = { "",     "x",    "-",    "+5s", "--5s",
                                         ".5s",  "5s5",  "5s s", " 5s", "5.s",
                                         "1e3s", "0x5s", "5..3", "inf" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct quantity q;
        struct fault fault;

        assert_false(quantity_parse(texts[i], DIM_TIME, &q, &fault));
        assert_non_null(fault.message);
        fault_clear(&fault);
    }
}

static void
numbers_that_do_not_fit_are_refused(void **state)
{
    (void) state;
    assert_refuses("9223372036854775808", DIM_NUMBER, E018,
                   "'9223372036854775808' has too many digits", NULL);
    assert_refuses("107days", DIM_TIME, E016, "'107days' has no known unit",
                   "units here: h, min, s, ms, us, ns, ps");
    assert_refuses("2563h", DIM_TIME, E018, "'2563h' has too many digits",
                   NULL);
    assert_refuses("0.00000000000000000001", DIM_NUMBER, E018,
                   "'0.00000000000000000001' has too many digits", NULL);
    assert_refuses("0.5ps", DIM_TIME, E018,
                   "'0.5ps' is no whole number of picoseconds", NULL);
    assert_refuses("1.0001KiB", DIM_BYTES, E018,
                   "'1.0001KiB' is no whole number of bytes", NULL);
}

static void
percent_and_frequency_end_before_an_operand(void **state)
{
    struct quantity q;
    struct fault fault;

    (void) state;
    assert_int_equal(quantity_scan("7%3", &q, &fault), 1);
    assert_int_equal(quantity_scan("7%(3)", &q, &fault), 1);
    assert_int_equal(quantity_scan("7% 3", &q, &fault), 2);
    assert_int_equal(q.dim, DIM_PERCENT);
    assert_int_equal(quantity_scan("8/s", &q, &fault), 3);
    assert_int_equal(q.dim, DIM_PER_SECOND);
    assert_int_equal(quantity_scan("8/size", &q, &fault), 1);
    assert_int_equal(quantity_scan("8MB/size", &q, &fault), 3);
    assert_int_equal(q.dim, DIM_BYTES);
}

/* ---- Writing. ---- */

static void
assert_writes(struct quantity q, const char *text)
{
    char *got = quantity_format(q);

    assert_string_equal(got, text);
    g_free(got);
}

static void
quantities_are_written_in_the_unit_that_suits(void **state)
{
    (void) state;
    assert_writes(quantity_int(0, DIM_TIME), "0s");
    assert_writes(quantity_int(1500000000, DIM_TIME), "1.5ms");
    assert_writes(quantity_int(INT64_C(300000000000000), DIM_TIME), "300s");
    assert_writes(quantity_int(1234567, DIM_TIME), "1234.567ns");
    assert_writes(quantity_int(-5000000, DIM_TIME), "-5us");
    assert_writes(quantity_int(999, DIM_TIME), "999ps");
    assert_writes(quantity_int(4096, DIM_BYTES), "4KiB");
    assert_writes(quantity_int(1500, DIM_BYTES), "1500B");
    assert_writes(quantity_int(2000000, DIM_BYTES), "2MB");
    assert_writes(quantity_int(0, DIM_BYTES), "0B");
    assert_writes(quantity_int(INT64_C(2500000000), DIM_RATE), "2.5Gbps");
    assert_writes(quantity_int(123, DIM_RATE), "123bps");
    assert_writes(quantity_int(40000000, DIM_BYTE_RATE), "40MB/s");
    assert_writes((struct quantity){ DIM_PERCENT, 1, 8 }, "0.125%");
    assert_writes(quantity_int(200, DIM_PER_SECOND), "200/s");
    assert_writes(quantity_int(-42, DIM_NUMBER), "-42");
    assert_writes((struct quantity){ DIM_NUMBER, -1, 4 }, "-0.25");
    assert_writes((struct quantity){ DIM_NUMBER, 1, 3 }, "0.333333333333333");
    assert_writes((struct quantity){ DIM_TIME, 2000001, 2 }, "1000.001ns");
}

static void
quantities_read_back_as_they_were_written(void **state)
{
    GRand *rand = g_rand_new_with_seed(7);

    (void) state;
    for (int i = 0; i < 20000; i++) {
        enum dim dim = (enum dim) g_rand_int_range(rand, 0, N_DIMS);
        int64_t n = (int64_t) g_rand_int(rand) << 31 | g_rand_int(rand) >> 1;
        struct quantity q, back;
        struct fault fault;
        char *text;

        n >>= g_rand_int_range(rand, 0, 62);
        for (int zeros = g_rand_int_range(rand, 0, 10);
             zeros > 0 && n < INT64_MAX / 10; zeros--) {
            n *= 10;
        }
        q = quantity_int(i % 2 ? n : -n, dim);
        text = quantity_format(q);
        assert_true(quantity_parse(text, dim, &back, &fault));
        assert_int_equal(back.num, q.num);
        assert_int_equal(back.den, q.den);
        g_free(text);
    }
    g_rand_free(rand);
}

/* ---- Arithmetic. ---- */

static struct quantity
quantity_of(const char *text)
{
    size_t sign = text[0] == '-';
    struct quantity q;
    struct fault fault;

    assert_int_equal(quantity_scan(text + sign, &q, &fault),
                     strlen(text + sign));
    q.num = sign ? -q.num : q.num;
    return q;
}

static void
assert_calculates(const char *a, char op, const char *b, const char *result)
{
    struct quantity q;
    char *text;
    bool ok =
        op == '+'   ? quantity_add(quantity_of(a), quantity_of(b), &q)
        : op == '-' ? quantity_subtract(quantity_of(a), quantity_of(b), &q)
        : op == '*' ? quantity_multiply(quantity_of(a), quantity_of(b), &q)
        : op == '/' ? quantity_divide(quantity_of(a), quantity_of(b), &q)
                    : quantity_modulo(quantity_of(a), quantity_of(b), &q);

    assert_int_equal(ok, result != NULL);
    if (ok) {
        text = quantity_format(q);
        assert_string_equal(text, result);
        g_free(text);
    }
}

static void
arithmetic_is_exact(void **state)
{
    (void) state;
    assert_calculates("0.1", '+', "0.2", "0.3");
    assert_calculates("1.5ms", '-', "0.5ms", "1ms");
    assert_calculates("10", '/', "4", "2.5");
    assert_calculates("12", '/', "4", "3");
    assert_calculates("7", '%', "3", "1");
    assert_calculates("-7", '%', "3", "2");
    assert_calculates("7.5", '%', "2", "1.5");
    assert_calculates("10ms", '%', "3ms", "1ms");
    assert_calculates("9223372036854775807", '*', "1", "9223372036854775807");
}

static void
arithmetic_keeps_units(void **state)
{
    (void) state;
    assert_calculates("3", '*', "5ms", "15ms");
    assert_calculates("5%", '*', "10Gbps", "500Mbps");
    assert_calculates("50%", '*', "50%", "25%");
    assert_calculates("5%", '*', "20", "1");
    assert_calculates("10Gbps", '*', "2ms", "2500kB");
    assert_calculates("2ms", '*', "10Gbps", "2500kB");
    assert_calculates("40MB/s", '*', "2s", "80MB");
    assert_calculates("200/s", '*', "3s", "600");
    assert_calculates("200/s", '*', "1kB", "200kB/s");
    assert_calculates("10ms", '/', "2", "5ms");
    assert_calculates("10ms", '/', "4ms", "2.5");
    assert_calculates("10", '/', "5%", "200");
    assert_calculates("2500kB", '/', "10Gbps", "2ms");
    assert_calculates("64TiB", '/', "1Gbps", "562949953421.312us");
    assert_calculates("80MB", '/', "40MB/s", "2s");
    assert_calculates("80MB", '/', "2s", "40MB/s");
    assert_calculates("5", '/', "10ms", "500/s");
    assert_calculates("5", '/', "500/s", "10ms");
    assert_calculates("1MB/s", '/', "1kB", "1000/s");
    assert_calculates("1MB/s", '/', "1000/s", "1kB");
}

static void
arithmetic_that_does_not_fit_fails(void **state)
{
    (void) state;
    assert_calculates("9223372036854775807", '+', "1", NULL);
    assert_calculates("-9223372036854775807", '-', "1", NULL);
    assert_calculates("4611686018427387904", '*', "2", NULL);
    assert_calculates("1", '/', "0", NULL);
    assert_calculates("1", '%', "0", NULL);
}

static void
dimensions_that_do_not_go_together_say_so(void **state)
{
    enum dim ignored;

    (void) state;
    assert_false(dims_multiply(DIM_TIME, DIM_TIME, &ignored));
    assert_false(dims_multiply(DIM_BYTES, DIM_BYTES, &ignored));
    assert_false(dims_multiply(DIM_RATE, DIM_BYTES, &ignored));
    assert_false(dims_divide(DIM_NUMBER, DIM_BYTES, &ignored));
    assert_false(dims_divide(DIM_TIME, DIM_BYTES, &ignored));
    assert_false(dims_divide(DIM_RATE, DIM_TIME, &ignored));
}

static void
quantities_round_to_the_nearest_whole(void **state)
{
    static const struct {
        int64_t num, den, whole, floor, ceil;
    } cases[] = {
        { 5, 2, 3, 2, 3 },     { -5, 2, -3, -3, -2 }, { 1, 3, 0, 0, 1 },
        { 2, 3, 1, 0, 1 },     { 4, 1, 4, 4, 4 },     { -1, 3, 0, -1, 0 },
        { -4, 1, -4, -4, -4 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct quantity q = { DIM_TIME, cases[i].num, cases[i].den };
        int64_t whole;

        assert_int_equal(quantity_to_int(q, &whole), cases[i].den == 1);
        assert_int_equal(whole, cases[i].whole);
        assert_int_equal(quantity_floor(q).num, cases[i].floor);
        assert_int_equal(quantity_ceil(q).num, cases[i].ceil);
    }
}

static void
quantities_compare_exactly(void **state)
{
    struct quantity third = { DIM_NUMBER, 1, 3 };
    struct quantity almost = { DIM_NUMBER, INT64_C(333333333333333333),
                               INT64_C(1000000000000000000) };

    (void) state;
    assert_true(quantity_compare(third, almost) > 0);
    assert_true(quantity_compare(almost, third) < 0);
    assert_int_equal(quantity_compare(third, third), 0);
}

/* ---- Values. ---- */

static void
plain_scalars_have_the_type_they_look_like(void **state)
{
    static const struct {
        const char *text;
        enum value_kind kind;
    } cases[] = {
        { "true", VALUE_BOOL },       { "false", VALUE_BOOL },
        { "True", VALUE_TEXT },       { "yes", VALUE_TEXT },
        { "no", VALUE_TEXT },         { "20", VALUE_QUANTITY },
        { "-3", VALUE_QUANTITY },     { "5%", VALUE_QUANTITY },
        { "10.1.1.1", VALUE_TEXT },   { "1:20", VALUE_TEXT },
        { "10Gbs", VALUE_TEXT },      { "", VALUE_TEXT },
        { "10.0.0.0/8", VALUE_TEXT }, { "rewrite", VALUE_TEXT },
        { "0x10", VALUE_TEXT },       { "1e3", VALUE_TEXT },
        { "-", VALUE_TEXT },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(value_of_plain(cases[i].text).kind, cases[i].kind);
    }
}

/* ---- Suggestions. ---- */

static void
distance_counts_edits_and_swaps(void **state)
{
    (void) state;
    assert_int_equal(suggest_distance("", ""), 0);
    assert_int_equal(suggest_distance("abc", ""), 3);
    assert_int_equal(suggest_distance("vsubnet", "subnet"), 1);
    assert_int_equal(suggest_distance("kitten", "sitting"), 3);
    assert_int_equal(suggest_distance("rate", "arte"), 1);
    assert_int_equal(suggest_distance("ca", "abc"), 3);
}

static void
nearest_word_must_be_near(void **state)
{
    static const char *const words[] = { "subnet", "host", "mac", "pa", "ca" };
    const size_t n = G_N_ELEMENTS(words);
    char *longest = g_strnfill(SUGGEST_WORD_MAX + 1, 'a');

    (void) state;
    assert_string_equal(suggest_nearest("vsubnet", words, n), "subnet");
    assert_string_equal(suggest_nearest("HOST", words, n), "host");
    assert_string_equal(suggest_nearest("mca", words, n), "mac");
    assert_string_equal(suggest_nearest("hsot", words, n), "host");
    assert_string_equal(suggest_nearest("p", words, n), "pa");
    assert_null(suggest_nearest("x", words, n));
    assert_null(suggest_nearest("gateway", words, n));
    assert_null(suggest_nearest("", words, n));
    assert_null(suggest_nearest(longest, words, n));
    assert_null(suggest_nearest("host", words, 0));
    g_free(longest);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_are_read_exactly),
        cmocka_unit_test(units_that_are_missing_are_offered),
        cmocka_unit_test(units_that_are_unknown_get_a_suggestion),
        cmocka_unit_test(units_of_another_kind_are_refused),
        cmocka_unit_test(numbers_that_are_none_are_refused),
        cmocka_unit_test(numbers_that_do_not_fit_are_refused),
        cmocka_unit_test(percent_and_frequency_end_before_an_operand),
        cmocka_unit_test(quantities_are_written_in_the_unit_that_suits),
        cmocka_unit_test(quantities_read_back_as_they_were_written),
        cmocka_unit_test(arithmetic_is_exact),
        cmocka_unit_test(arithmetic_keeps_units),
        cmocka_unit_test(arithmetic_that_does_not_fit_fails),
        cmocka_unit_test(dimensions_that_do_not_go_together_say_so),
        cmocka_unit_test(quantities_round_to_the_nearest_whole),
        cmocka_unit_test(quantities_compare_exactly),
        cmocka_unit_test(plain_scalars_have_the_type_they_look_like),
        cmocka_unit_test(distance_counts_edits_and_swaps),
        cmocka_unit_test(nearest_word_must_be_near),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

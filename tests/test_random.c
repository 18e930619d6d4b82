/* Random streams. */

#include "sim/random.h"

#include <glib.h>
#include <math.h>

#include "tests/cmocka_all.h"

static struct random_stream
stream(uint64_t seed, const char *name)
{
    struct random_stream s;

    random_stream_init(&s, seed, name);
    return s;
}

static void
stream_depends_on_seed_and_name(void **state)
{
    struct random_stream streams[] = {
        stream(1, "a"),  stream(2, "a"),          stream(1, "b"),
        stream(1, ""),   stream(1, "aa"),         stream(1, "ab"),
        stream(1, "ba"), stream(UINT64_MAX, "a"),
    };
    struct random_stream again = stream(1, "a");
    uint64_t first[G_N_ELEMENTS(streams)];

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(streams); i++) {
        first[i] = random_u64(&streams[i]);
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(first[i], first[j]);
        }
    }
    assert_int_equal(random_u64(&again), first[0]);
}

/* What a user draws does not depend on what others draw between. */
static void
streams_do_not_disturb_each_other(void **state)
{
    struct random_stream alone = stream(1, "a");
    struct random_stream a = stream(1, "a"), b = stream(1, "b");

    (void) state;
    for (int i = 0; i < 1000; i++) {
        for (int j = 0; j < i % 3; j++) {
            random_u64(&b);
        }
        assert_int_equal(random_u64(&a), random_u64(&alone));
    }
}

/* Two streams are like two independent ones: their bits agree in half of the
 * cases.  64,000 bits, within 4 standard deviations (126). */
static void
streams_of_like_names_are_independent(void **state)
{
    struct random_stream a = stream(1, "host1/ping");
    struct random_stream b = stream(1, "host2/ping");
    int n_equal = 0;

    (void) state;
    for (int i = 0; i < 1000; i++) {
        n_equal += __builtin_popcountll(~(random_u64(&a) ^ random_u64(&b)));
    }
    assert_in_range(n_equal, 32000 - 4 * 126, 32000 + 4 * 126);
}

/* Fails unless the chi-square of 'n' draws below 'bound' is within 4 standard
 * deviations of what it should be: it has bound - 1 degrees of freedom, mean
 * bound - 1 and variance 2 (bound - 1). */
static void
assert_uniform(uint32_t bound, uint32_t n)
{
    struct random_stream s = stream(1, "uniform");
    uint32_t *counts = g_new0(uint32_t, bound);
    double expected = (double) n / bound, chi2 = 0;
    double mean = bound - 1.0, deviation = sqrt(2 * mean);

    for (uint32_t i = 0; i < n; i++) {
        uint64_t x = random_below(&s, bound);

        assert_true(x < bound);
        counts[x]++;
    }
    for (uint32_t i = 0; i < bound; i++) {
        double off = counts[i] - expected;

        chi2 += off * off / expected;
    }
    assert_true(fabs(chi2 - mean) < 4 * deviation);
    g_free(counts);
}

static void
numbers_below_a_bound_are_uniform(void **state)
{
    (void) state;
    assert_uniform(2, 100000);
    assert_uniform(6, 100000);
    assert_uniform(64, 100000);
    assert_uniform(1000, 1000000);
}

/* 3/4 of 2^64: a plain remainder would give the lower third of the numbers
 * twice as often as the rest, 1/2 of the draws instead of 1/3. */
static void
large_bounds_are_not_biased(void **state)
{
    const uint64_t third = UINT64_C(1) << 62;
    struct random_stream s = stream(1, "large");
    int n_low = 0;

    (void) state;
    for (int i = 0; i < 30000; i++) {
        uint64_t x = random_below(&s, 3 * third);

        assert_true(x < 3 * third);
        n_low += x < third;
    }
    assert_in_range(n_low, 10000 - 4 * 82, 10000 + 4 * 82);
}

static void
smallest_and_largest_bounds_work(void **state)
{
    struct random_stream s = stream(1, "bounds");

    (void) state;
    for (int i = 0; i < 100; i++) {
        assert_int_equal(random_below(&s, 1), 0);
        assert_true(random_below(&s, UINT64_MAX) < UINT64_MAX);
    }
}

/* Mean 1/2 and variance 1/12. */
static void
units_are_uniform_in_0_to_1(void **state)
{
    struct random_stream s = stream(1, "unit");
    const int n = 100000;
    double sum = 0, squares = 0;

    (void) state;
    for (int i = 0; i < n; i++) {
        double x = random_unit(&s);

        assert_true(x >= 0 && x < 1);
        sum += x;
        squares += (x - 0.5) * (x - 0.5);
    }
    assert_true(fabs(sum / n - 0.5) < 4 * sqrt(1.0 / 12 / n));
    assert_true(fabs(squares / n - 1.0 / 12) < 0.002);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_depends_on_seed_and_name),
        cmocka_unit_test(streams_do_not_disturb_each_other),
        cmocka_unit_test(streams_of_like_names_are_independent),
        cmocka_unit_test(numbers_below_a_bound_are_uniform),
        cmocka_unit_test(large_bounds_are_not_biased),
        cmocka_unit_test(smallest_and_largest_bounds_work),
        cmocka_unit_test(units_are_uniform_in_0_to_1),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

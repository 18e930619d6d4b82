#include "models/guest/distribution.h"

#include "tests/cmocka_all.h"

#define N 20000

static struct random_stream
stream_of(uint64_t seed)
{
    struct random_stream stream;

    random_stream_init(&stream, seed, "test/gap");
    return stream;
}

static double
mean_of(struct distribution d)
{
    struct random_stream stream = stream_of(1);
    double sum = 0;

    for (int i = 0; i < N; i++) {
        sum += (double) distribution_draw(&d, &stream);
    }
    return sum / N;
}

/* The part of the numbers below 'bound'. */
static double
part_below(struct distribution d, int64_t bound)
{
    struct random_stream stream = stream_of(1);
    int n = 0;

    for (int i = 0; i < N; i++) {
        n += distribution_draw(&d, &stream) < bound;
    }
    return (double) n / N;
}

static void
assert_near(double value, double expected)
{
    if (value < expected * 0.97 || value > expected * 1.03) {
        fail_msg("%g is not near %g", value, expected);
    }
}

static void
distribution_constant_is_its_number_and_draws_nothing(void **state)
{
    struct random_stream stream = stream_of(1);
    struct distribution d = { DISTRIBUTION_CONSTANT, 1234.4, 0 };

    (void) state;
    assert_int_equal(distribution_draw(&d, &stream), 1234);
    d.a = 1234.5;
    assert_int_equal(distribution_draw(&d, &stream), 1235);
    assert_int_equal(stream.n, 0);
}

static void
distribution_uniform_stays_in_its_range_and_fills_it(void **state)
{
    struct random_stream stream = stream_of(1);
    struct distribution d = { DISTRIBUTION_UNIFORM, 1000, 3000 };

    (void) state;
    for (int i = 0; i < N; i++) {
        int64_t x = distribution_draw(&d, &stream);

        assert_in_range(x, 1000, 3000);
    }
    assert_near(mean_of(d), 2000);
    assert_near(part_below(d, 1500), 0.25);
}

static void
distribution_exponential_has_its_mean_and_median(void **state)
{
    struct distribution d = { DISTRIBUTION_EXPONENTIAL, 1e9, 0 };

    (void) state;
    assert_near(mean_of(d), 1e9);
    assert_near(part_below(d, 693147181), 0.5);
}

static void
distribution_lognormal_has_its_median_and_sigma(void **state)
{
    struct distribution d = { DISTRIBUTION_LOGNORMAL, 1e6, 0.5 };

    (void) state;
    assert_near(part_below(d, 1000000), 0.5);
    assert_near(part_below(d, 1648721), 0.8413); /* One sigma: e^0.5. */
}

static void
distribution_pareto_has_its_minimum_and_shape(void **state)
{
    struct distribution d = { DISTRIBUTION_PARETO, 1000, 2.5 };

    (void) state;
    assert_true(part_below(d, 1000) == 0);
    assert_near(mean_of(d), 2.5 * 1000 / 1.5);
}

static void
distribution_never_leaves_zero_to_2_to_the_62(void **state)
{
    struct random_stream stream = stream_of(1);
    struct distribution negative = { DISTRIBUTION_CONSTANT, -5, 0 };
    struct distribution huge = { DISTRIBUTION_CONSTANT, 1e30, 0 };
    struct distribution wild = { DISTRIBUTION_LOGNORMAL, 1, 1e9 };

    (void) state;
    assert_int_equal(distribution_draw(&negative, &stream), 0);
    assert_int_equal(distribution_draw(&huge, &stream), INT64_C(1) << 62);
    for (int i = 0; i < 100; i++) {
        int64_t x = distribution_draw(&wild, &stream);

        assert_true(x >= 0 && x <= INT64_C(1) << 62);
    }
}

static void
distribution_draws_the_same_from_the_same_stream_only(void **state)
{
    struct random_stream a = stream_of(1), b = stream_of(1), c = stream_of(2);
    struct distribution d = { DISTRIBUTION_EXPONENTIAL, 1e9, 0 };
    int n_equal = 0;

    (void) state;
    for (int i = 0; i < 100; i++) {
        int64_t x = distribution_draw(&d, &a);

        assert_int_equal(x, distribution_draw(&d, &b));
        n_equal += x == distribution_draw(&d, &c);
    }
    assert_int_equal(n_equal, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            distribution_constant_is_its_number_and_draws_nothing),
        cmocka_unit_test(distribution_uniform_stays_in_its_range_and_fills_it),
        cmocka_unit_test(distribution_exponential_has_its_mean_and_median),
        cmocka_unit_test(distribution_lognormal_has_its_median_and_sigma),
        cmocka_unit_test(distribution_pareto_has_its_minimum_and_shape),
        cmocka_unit_test(distribution_never_leaves_zero_to_2_to_the_62),
        cmocka_unit_test(
            distribution_draws_the_same_from_the_same_stream_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

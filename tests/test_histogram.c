#include "sim/histogram.h"

#include "tests/cmocka_all.h"

static int
setup(void **state)
{
    static struct histogram h;

    *state = &h;
    return 0;
}

static int
teardown(void **state)
{
    histogram_clear(*state);
    return 0;
}

static void
histogram_of_nothing_is_zero_everywhere(void **state)
{
    struct histogram *h = *state;

    assert_int_equal(histogram_quantile(h, 0), 0);
    assert_int_equal(histogram_quantile(h, 0.5), 0);
    assert_int_equal(histogram_quantile(h, 1), 0);
    assert_true(histogram_mean(h) == 0);
}

static void
histogram_keeps_count_sum_minimum_and_maximum_exactly(void **state)
{
    struct histogram *h = *state;

    histogram_add(h, 1000003);
    histogram_add(h, 17);
    histogram_add(h, 123456789012345);
    assert_int_equal(h->n, 3);
    assert_int_equal(h->min, 17);
    assert_int_equal(h->max, 123456789012345);
    assert_true(h->sum == 123456790012365.0);
    assert_int_equal(histogram_quantile(h, 0), 17);
    assert_int_equal(histogram_quantile(h, 1), 123456789012345);
    assert_true(histogram_mean(h) == 123456790012365.0 / 3);
}

static void
histogram_of_small_numbers_has_exact_quantiles(void **state)
{
    struct histogram *h = *state;

    for (int i = 1; i <= 100; i++) {
        histogram_add(h, i);
    }
    assert_int_equal(histogram_quantile(h, 0.5), 50);
    assert_int_equal(histogram_quantile(h, 0.99), 99);
    assert_int_equal(histogram_quantile(h, 0.001), 1);
}

/* Every power of two and its neighbors, and some in between. */
static void
histogram_quantile_is_near_what_was_added_whatever_its_size(void **state)
{
    struct histogram *h = *state;

    for (int bit = 0; bit <= 62; bit++) {
        int64_t base = INT64_C(1) << bit;

        for (int64_t value = base - 1; value <= base + base / 2;
             value += 1 + base / 7) {
            double error;

            histogram_clear(h);
            histogram_add(h, 0);
            histogram_add(h, value);
            histogram_add(h, INT64_MAX);
            error = (double) histogram_quantile(h, 0.5) - (double) value;
            assert_true(error <= 0.008 * (double) value);
            assert_true(error >= -0.008 * (double) value);
        }
    }
}

static void
histogram_of_one_range_stays_small(void **state)
{
    struct histogram *h = *state;

    for (int64_t i = 0; i < 1000; i++) {
        histogram_add(h, 100000000 + i * 1000);
    }
    assert_true(h->n_buckets <= 256);
}

static void
histogram_keeps_large_values_when_small_ones_follow(void **state)
{
    struct histogram *h = *state;

    for (int64_t value = 1000000; value > 1; value /= 10) {
        histogram_add(h, value);
        histogram_add(h, value);
    }
    assert_int_equal(histogram_quantile(h, 0.1), 10);
    assert_in_range(histogram_quantile(h, 0.45), 992, 1008);
    assert_in_range(histogram_quantile(h, 0.8), 99200, 100800);
}

static void
histogram_merged_is_that_of_all_values(void **state)
{
    struct histogram *h = *state;
    struct histogram other = { 0 }, all = { 0 };

    for (int64_t i = 1; i < 3000; i++) {
        histogram_add(i % 3 ? h : &other, i * i);
        histogram_add(&all, i * i);
    }
    histogram_merge(h, &other);
    assert_int_equal(h->n, all.n);
    assert_int_equal(h->min, all.min);
    assert_int_equal(h->max, all.max);
    assert_true(h->sum == all.sum);
    for (int i = 0; i <= 20; i++) {
        assert_int_equal(histogram_quantile(h, i / 20.0),
                         histogram_quantile(&all, i / 20.0));
    }
    histogram_clear(&other);
    histogram_merge(h, &other);
    assert_int_equal(h->n, all.n);
    histogram_clear(&all);
}

int
main(void)
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(histogram_of_nothing_is_zero_everywhere),
        TEST(histogram_keeps_count_sum_minimum_and_maximum_exactly),
        TEST(histogram_of_small_numbers_has_exact_quantiles),
        TEST(histogram_quantile_is_near_what_was_added_whatever_its_size),
        TEST(histogram_of_one_range_stays_small),
        TEST(histogram_keeps_large_values_when_small_ones_follow),
        TEST(histogram_merged_is_that_of_all_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

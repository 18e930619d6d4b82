#include <string.h>

#include "tests/cmocka_all.h"
#include "tests/tcp_bench.h"
#include "models/guest/tcp_reassembly.h"
#include "sim/random.h"

static void
one_segment_is_acknowledged_after_40_ms(void **state)
{
    struct script *s = *state;
    struct seg seg;
    sim_time begin;

    script_open(s, 1000);
    for (uint32_t i = 0; i < 3; i++) { /* The timer lies in wait: do twice. */
        begin = sim_now(s->pair->sim);
        script_data(s, 1 + i * BENCH_MSS, BENCH_MSS);
        script_expect_nothing(s);
        script_run(s, 100 * SIM_MS);
        assert_true(script_next(s, &seg));
        assert_int_equal(seg.when - begin, 40 * SIM_MS);
        assert_int_equal(seg.ack, 1 + (i + 1) * BENCH_MSS);
        script_expect_nothing(s);
    }
}

static void
every_second_segment_is_acknowledged_at_once(void **state)
{
    struct script *s = *state;

    script_open(s, 1000);
    for (uint32_t i = 0; i < 10; i += 2) {
        script_data(s, 1 + i * BENCH_MSS, BENCH_MSS);
        script_expect_nothing(s);
        script_data(s, 1 + (i + 1) * BENCH_MSS, BENCH_MSS);
        script_expect(s, TCP_ACK, 1, 1 + (i + 2) * BENCH_MSS, 0);
    }
    script_run(s, SIM_S);
    script_expect_nothing(s);
}

static void
without_delay_every_segment_is_acknowledged_at_once(void **state)
{
    struct script *s = *state;

    s->config.delayed_ack = false;
    script_open(s, 1000);
    script_data(s, 1, 10);
    script_expect(s, TCP_ACK, 1, 11, 0);
}

static void
gap_and_its_filling_are_acknowledged_at_once(void **state)
{
    struct script *s = *state;

    script_open(s, 1000);
    script_data(s, 201, 100);
    script_expect(s, TCP_ACK, 1, 1, 0);
    script_data(s, 401, 100);
    script_expect(s, TCP_ACK, 1, 1, 0);
    assert_int_equal(s->app.received, 0);
    script_data(s, 1, 100);
    script_expect(s, TCP_ACK, 1, 101, 0);
    script_data(s, 101, 100);
    script_expect(s, TCP_ACK, 1, 301, 0);
    assert_int_equal(s->app.received, 300);
    script_data(s, 201, 200); /* Half of it again. */
    script_expect(s, TCP_ACK, 1, 501, 0);
    assert_int_equal(s->app.received, 500);
    script_data(s, 401, 100); /* All of it again. */
    script_expect(s, TCP_ACK, 1, 501, 0);
    script_data(s, 501, 100); /* In order at last: delayed. */
    script_expect_nothing(s);
}

static void
answer_carries_the_acknowledgment(void **state)
{
    struct script *s = *state;

    script_open(s, 1000);
    s->app.to_answer = 300;
    script_data(s, 1, 100);
    script_expect(s, TCP_ACK | TCP_PSH, 1, 101, 300);
    script_expect_nothing(s);
    script_ack(s, 301, 1000);
    script_run(s, SIM_S);
}

static void
data_that_overlap_count_once(void **state)
{
    struct script *s = *state;

    script_open(s, 1000);
    script_data(s, 1, 100);
    script_data(s, 51, 100);
    assert_int_equal(s->app.received, 150);
    script_expect(s, TCP_ACK, 1, 151, 0);
}

static void
unordered_data_are_bounded(void **state)
{
    struct script *s = *state;

    script_open(s, 1000);
    for (uint32_t i = 0; i < 300; i++) {
        script_data(s, 101 + i * 200, 100);
    }
    assert_int_equal(guest_pair_fate_named(s->pair, "tcp-reassembly-full"),
                     300 - TCP_RUNS_MAX);
    script_data(s, 1, 100);
    assert_int_equal(s->app.received, 200);
}

/* What has arrived out of order, against a map of it. */
static void
gaps_are_what_a_map_says(void **state)
{
    struct random_stream random;
    const uint32_t base = UINT32_MAX - 500; /* It wraps around. */

    (void) state;
    random_stream_init(&random, 1, "gaps");
    for (int round = 0; round < 300; round++) {
        struct tcp_gaps gaps = { 0 };
        uint8_t map[1100] = { 0 };
        uint32_t next = 0;

        while (next < 1000) {
            uint32_t start = next + (uint32_t) random_below(&random, 60);
            uint32_t len = 1 + (uint32_t) random_below(&random, 30);

            memset(map + start, 1, len);
            if (start == next) {
                next += len;
            } else {
                assert_true(
                    tcp_gaps_add(&gaps, base + start, base + start + len));
            }
            next = tcp_gaps_take(&gaps, base + next) - base;
            for (uint32_t i = 0; i < next; i++) {
                assert_int_equal(map[i], 1);
            }
            assert_int_equal(map[next], 0);
            for (uint32_t i = 0; i < gaps.n; i++) {
                assert_int_equal(map[gaps.runs[i].start - base - 1], 0);
                assert_int_equal(map[gaps.runs[i].end - base], 0);
            }
        }
        tcp_gaps_clear(&gaps);
    }
}

static void
delayed_ack_is_not_delayed_by_other_timers(void **state)
{
    struct script *s = *state;
    struct seg seg;
    sim_time begin;

    script_open(s, 1000);
    tcp_write(s->app.conn, 2 * BENCH_MSS);
    guest_flush(s->pair->guests[0]);
    script_skip(s);
    begin = sim_now(s->pair->sim);
    script_data(s, 1, 100);
    script_run(s, 10 * SIM_MS);
    script_send(s, &(struct seg){ .flags = TCP_ACK,
                                  .seq = 101,
                                  .ack = 1 + BENCH_MSS,
                                  .window = 1000 });
    script_run(s, 100 * SIM_MS);
    assert_true(script_next(s, &seg));
    assert_int_equal(seg.when - begin, 40 * SIM_MS);
}

/* Timers wait in one event that is seldom moved. */
static void
timers_cost_hardly_an_event(void **state)
{
    struct bench *b = *state;
    uint64_t n_frames;

    b->pair->rate_bps = 1000000000;
    bench_open(b);
    bench_write(b, 0, 10000000);
    bench_run(b, 100 * SIM_MS);
    assert_int_equal(b->app[1].received, 10000000);
    n_frames = tcp_stats(b->app[0].conn)->segments_sent
               + tcp_stats(b->app[1].conn)->segments_sent;
    assert_true(n_frames > 10000);
    assert_true(b->pair->sim->n_events < n_frames + 20);
}

int
main(void)
{
#define SCRIPT(TEST)                                                          \
    cmocka_unit_test_setup_teardown(TEST, script_setup, script_teardown)
#define PAIR(TEST)                                                            \
    cmocka_unit_test_setup_teardown(TEST, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        SCRIPT(one_segment_is_acknowledged_after_40_ms),
        SCRIPT(every_second_segment_is_acknowledged_at_once),
        SCRIPT(without_delay_every_segment_is_acknowledged_at_once),
        SCRIPT(gap_and_its_filling_are_acknowledged_at_once),
        SCRIPT(answer_carries_the_acknowledgment),
        SCRIPT(data_that_overlap_count_once),
        SCRIPT(unordered_data_are_bounded),
        cmocka_unit_test(gaps_are_what_a_map_says),
        SCRIPT(delayed_ack_is_not_delayed_by_other_timers),
        PAIR(timers_cost_hardly_an_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

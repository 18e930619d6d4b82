#include "tests/cmocka_all.h"
#include "tests/tcp_bench.h"

#define SEG(N)                                                                \
    (1 + (uint32_t) (N) *BENCH_MSS) /* Number of segment N, from 0. */

static const struct tcp_stats *
stats(const struct script *s)
{
    return tcp_stats(s->app.conn);
}

static void
write_segments(struct script *s, uint32_t n)
{
    assert_int_equal(tcp_write(s->app.conn, n * BENCH_MSS), n * BENCH_MSS);
    guest_flush(s->pair->guests[0]);
}

/* Expects the full segments 'first' to 'last', and no more. */
static void
expect_segments(struct script *s, uint32_t first, uint32_t last)
{
    for (uint32_t i = first; i <= last; i++) {
        struct seg seg;

        assert_true(script_next(s, &seg));
        assert_int_equal(seg.flags & ~TCP_PSH, TCP_ACK);
        assert_int_equal(seg.seq, SEG(i));
        assert_int_equal(seg.len, BENCH_MSS);
    }
    script_expect_nothing(s);
}

static void
ack_segments(struct script *s, uint32_t n)
{
    script_ack(s, SEG(n), 60000);
}

/* RFC 6298 section 2, by hand: R = 410 ms, then R' = 300 ms. */
static void
timeout_follows_round_trips(void **state)
{
    struct script *s = *state;

    script_connect(s);
    script_run(s, 400 * SIM_MS);
    script_accept(s, 60000);
    assert_int_equal(stats(s)->srtt, 410 * SIM_MS);
    assert_int_equal(stats(s)->rttvar, 205 * SIM_MS);
    assert_int_equal(stats(s)->rto, 1230 * SIM_MS);
    write_segments(s, 1);
    script_run(s, 300 * SIM_MS);
    ack_segments(s, 1);
    assert_int_equal(stats(s)->rttvar, 181250 * SIM_US);
    assert_int_equal(stats(s)->srtt, 396250 * SIM_US);
    assert_int_equal(stats(s)->rto, 1121250 * SIM_US);
}

static void
timeout_is_at_least_200_ms(void **state)
{
    struct script *s = *state;

    script_open(s, 60000);
    assert_int_equal(stats(s)->srtt, 10 * SIM_MS);
    assert_int_equal(stats(s)->rto, 200 * SIM_MS);
}

static void
lost_segment_is_sent_again_at_rto_and_twice_as_long(void **state)
{
    struct script *s = *state;
    static const int after[] = { 0, 200, 600, 1400, 3000 };
    struct seg seg;
    sim_time begin;

    script_open(s, 60000);
    begin = sim_now(s->pair->sim);
    assert_int_equal(tcp_write(s->app.conn, 100), 100);
    guest_flush(s->pair->guests[0]);
    script_run(s, 3100 * SIM_MS);
    for (int i = 0; i < 5; i++) {
        assert_true(script_next(s, &seg));
        assert_int_equal(seg.when - begin, after[i] * SIM_MS);
        assert_int_equal(seg.seq, 1);
        assert_int_equal(seg.len, 100);
        assert_int_equal(seg.flags, TCP_ACK | TCP_PSH);
    }
    script_expect_nothing(s);
    assert_int_equal(stats(s)->timeouts, 4);
    assert_int_equal(stats(s)->retransmits, 4);
    assert_int_equal(stats(s)->bytes_sent, 100);
    /* Karn: which of the five is acknowledged is not known, so the timeout
     * stays; the next segment's round trip brings it back. */
    script_ack(s, 101, 60000);
    assert_int_equal(stats(s)->rto, 3200 * SIM_MS);
    assert_int_equal(stats(s)->srtt, 10 * SIM_MS);
    write_segments(s, 1);
    script_run(s, 10 * SIM_MS);
    script_ack(s, 101 + BENCH_MSS, 60000);
    assert_int_equal(stats(s)->rto, 200 * SIM_MS);
}

static void
new_ack_restarts_the_timer(void **state)
{
    struct script *s = *state;

    script_open(s, 60000);
    write_segments(s, 3);
    script_skip(s);
    script_run(s, 150 * SIM_MS);
    ack_segments(s, 1);
    script_run(s, 150 * SIM_MS);
    ack_segments(s, 1); /* Not new. */
    script_expect_nothing(s);
    /* 150 ms of round trip: srtt 27.5, rttvar 38.75, RTO 200 ms from then. */
    script_run(s, 51 * SIM_MS);
    script_expect(s, TCP_ACK, SEG(1), 1, BENCH_MSS);
    assert_int_equal(stats(s)->timeouts, 1);
}

static void
slow_start_counts_bytes(void **state)
{
    struct script *s = *state;

    script_open(s, 60000);
    assert_int_equal(stats(s)->cwnd, 10 * BENCH_MSS);
    write_segments(s, 100);
    expect_segments(s, 0, 9);
    ack_segments(s, 2); /* 2 more, and 2 that left. */
    assert_int_equal(stats(s)->cwnd, 12 * BENCH_MSS);
    expect_segments(s, 10, 13);
    ack_segments(s, 3);
    assert_int_equal(stats(s)->cwnd, 13 * BENCH_MSS);
    expect_segments(s, 14, 15);
    ack_segments(s, 8); /* 5 at once count as 2: RFC 3465. */
    assert_int_equal(stats(s)->cwnd, 15 * BENCH_MSS);
    expect_segments(s, 16, 22);
}

static void
window_that_is_not_used_does_not_grow(void **state)
{
    struct script *s = *state;

    script_open(s, 60000);
    for (uint32_t i = 1; i <= 20; i++) {
        write_segments(s, 4); /* Less than half of 10. */
        script_skip(s);
        script_run(s, SIM_MS);
        ack_segments(s, 4 * i);
    }
    assert_int_equal(stats(s)->cwnd, 10 * BENCH_MSS);
}

/* RFC 6582 by hand, segments 0 and 3 of 10 being lost. */
static void
newreno_recovers_two_losses_of_a_window(void **state)
{
    struct script *s = *state;

    script_open(s, 60000);
    write_segments(s, 100);
    expect_segments(s, 0, 9);
    ack_segments(s, 0); /* Limited transmit, twice. */
    expect_segments(s, 10, 10);
    ack_segments(s, 0);
    expect_segments(s, 11, 11);
    ack_segments(s, 0); /* Flight 10: ssthresh 5, cwnd 5 + 3. */
    expect_segments(s, 0, 0);
    assert_int_equal(stats(s)->ssthresh, 5 * BENCH_MSS);
    assert_int_equal(stats(s)->cwnd, 8 * BENCH_MSS);
    for (uint32_t i = 9; i <= 12; i++) { /* For 5, 6, 7, 8. */
        ack_segments(s, 0);
        assert_int_equal(stats(s)->cwnd, i * BENCH_MSS);
        script_expect_nothing(s);
    }
    ack_segments(s, 0); /* For 9: cwnd 13, and 12 are out. */
    expect_segments(s, 12, 12);
    ack_segments(s, 0); /* For 10. */
    expect_segments(s, 13, 13);
    ack_segments(s, 0); /* For 11. */
    expect_segments(s, 14, 14);
    assert_int_equal(stats(s)->cwnd, 15 * BENCH_MSS);
    ack_segments(s, 3); /* Partial: 15 - 3 + 1. */
    assert_int_equal(stats(s)->cwnd, 13 * BENCH_MSS);
    script_expect(s, TCP_ACK, SEG(3), 1, BENCH_MSS);
    expect_segments(s, 15, 15);
    ack_segments(s, 12); /* Full: min(5, 4 out + 1). */
    assert_int_equal(stats(s)->cwnd, 5 * BENCH_MSS);
    expect_segments(s, 16, 16);
    assert_int_equal(stats(s)->fast_retransmits, 1);
    assert_int_equal(stats(s)->retransmits, 2);
    assert_int_equal(stats(s)->timeouts, 0);
    /* Congestion avoidance: one segment for a window's worth. */
    ack_segments(s, 13);
    ack_segments(s, 16);
    assert_int_equal(stats(s)->cwnd, 5 * BENCH_MSS);
    ack_segments(s, 17);
    assert_int_equal(stats(s)->cwnd, 6 * BENCH_MSS);
}

static void
two_duplicate_acks_are_not_a_loss(void **state)
{
    struct script *s = *state;

    script_open(s, 60000);
    write_segments(s, 20);
    script_skip(s);
    ack_segments(s, 0);
    ack_segments(s, 0);
    expect_segments(s, 10, 11);
    script_ack(s, SEG(0), 59000); /* A window update is no duplicate. */
    script_ack(s, SEG(0), 58000);
    script_data(s, 1, 10); /* Nor are data. */
    script_data(s, 11, 10);
    script_data(s, 21, 10);
    assert_int_equal(stats(s)->fast_retransmits, 0);
}

static void
timeout_starts_anew_with_one_segment(void **state)
{
    struct script *s = *state;

    script_open(s, 60000);
    write_segments(s, 20);
    expect_segments(s, 0, 9);
    script_run(s, 200 * SIM_MS);
    expect_segments(s, 0, 0);
    assert_int_equal(stats(s)->ssthresh, 5 * BENCH_MSS);
    assert_int_equal(stats(s)->cwnd, BENCH_MSS);
    script_run(s, 400 * SIM_MS);
    expect_segments(s, 0, 0);
    assert_int_equal(stats(s)->ssthresh, 5 * BENCH_MSS); /* Not again. */
    ack_segments(s, 1);
    assert_int_equal(stats(s)->cwnd, 2 * BENCH_MSS);
    expect_segments(s, 1, 2);
    ack_segments(s, 3); /* L is 1 here. */
    assert_int_equal(stats(s)->cwnd, 3 * BENCH_MSS);
    expect_segments(s, 3, 5);
    ack_segments(s, 10); /* The receiver had 6 to 9. */
    assert_int_equal(stats(s)->cwnd, 4 * BENCH_MSS);
    expect_segments(s, 10, 13);
    ack_segments(s, 12); /* Past the timeout: 2 again. */
    assert_int_equal(stats(s)->cwnd, 6 * BENCH_MSS);
}

static void
duplicates_after_a_timeout_are_not_a_loss(void **state)
{
    struct script *s = *state;

    script_open(s, 60000);
    write_segments(s, 20);
    script_run(s, 200 * SIM_MS);
    script_skip(s);
    ack_segments(s, 9); /* All but the last had arrived. */
    script_skip(s);
    for (int i = 0; i < 4; i++) {
        ack_segments(s, 9);
    }
    assert_int_equal(stats(s)->fast_retransmits, 0);
}

static void
window_starts_anew_after_a_pause(void **state)
{
    struct script *s = *state;

    script_open(s, 60000);
    write_segments(s, 10);
    script_skip(s);
    for (uint32_t i = 2; i <= 10; i += 2) {
        ack_segments(s, i);
    }
    assert_true(stats(s)->cwnd > 12 * BENCH_MSS);
    script_run(s, 150 * SIM_MS); /* Less than an RTO. */
    write_segments(s, 1);
    assert_true(stats(s)->cwnd > 12 * BENCH_MSS);
    ack_segments(s, 11);
    script_run(s, 201 * SIM_MS);
    script_skip(s);
    write_segments(s, 20);
    assert_int_equal(stats(s)->cwnd, 10 * BENCH_MSS);
    expect_segments(s, 11, 20);
}

static void
smaller_path_mtu_cuts_the_segments_anew(void **state)
{
    struct script *s = *state;

    script_open(s, 60000);
    write_segments(s, 2);
    expect_segments(s, 0, 1);
    script_icmp(s, ICMP_UNREACHABLE_FRAG_NEEDED, 1000, 1);
    script_expect(s, TCP_ACK, 1, 1, 960);
    script_expect(s, TCP_ACK, 961, 1, 960);
    script_expect(s, TCP_ACK, 1921, 1, 960);
    script_expect(s, TCP_ACK | TCP_PSH, 2881, 1, 40);
    script_icmp(s, ICMP_UNREACHABLE_FRAG_NEEDED, 1000, 1); /* The second's. */
    script_expect_nothing(s);
    assert_int_equal(stats(s)->cwnd, 10 * BENCH_MSS);
    script_ack(s, 2921, 60000);
    assert_int_equal(s->app.acked, 2920);
}

static void
unreachable_does_not_end_what_is_established(void **state)
{
    struct script *s = *state;

    script_open(s, 60000);
    write_segments(s, 1);
    script_icmp(s, ICMP_UNREACHABLE_PORT, 0, 1);
    script_icmp(s, ICMP_UNREACHABLE_HOST, 0, 1);
    assert_int_equal(s->app.n_closed, 0);
}

static void
newreno_alone_follows_rfc_5681(void **state)
{
    struct tcp_control c = { .cwnd = 8000, .mss = 1000 };
    struct tcp_acked acked = { .bytes = 3000, .window_used = true };

    (void) state;
    assert_ptr_equal(tcp_congestion_by_name("newreno"), &tcp_newreno);
    assert_null(tcp_congestion_by_name("none"));
    tcp_newreno.init(&c);
    assert_int_equal(c.ssthresh, TCP_WINDOW_MAX);
    tcp_newreno.on_ack(&c, &acked);
    assert_int_equal(c.cwnd, 10000);
    c.flight = 9000;
    tcp_newreno.on_loss(&c);
    assert_int_equal(c.ssthresh, 4500);
    c.cwnd = 4500;
    tcp_newreno.on_recovered(&c);
    tcp_newreno.on_ack(&c, &acked);
    assert_int_equal(c.cwnd, 4500);
    tcp_newreno.on_ack(&c, &acked);
    assert_int_equal(c.cwnd, 5500);
    c.flight = 1500;
    tcp_newreno.on_timeout(&c);
    assert_int_equal(c.ssthresh, 2000);
    acked.window_used = false;
    tcp_newreno.on_ack(&c, &acked);
    assert_int_equal(c.cwnd, 5500);
}

static void
duplicates_before_and_after_new_data_do_not_add_up(void **state)
{
    struct script *s = *state;

    script_open(s, 60000);
    write_segments(s, 20);
    ack_segments(s, 0);
    ack_segments(s, 0);
    ack_segments(s, 1);
    ack_segments(s, 1);
    ack_segments(s, 1);
    assert_int_equal(stats(s)->fast_retransmits, 0);
    ack_segments(s, 1);
    assert_int_equal(stats(s)->fast_retransmits, 1);
}

static void
recovery_ends_with_one_segment_more_than_is_out(void **state)
{
    struct script *s = *state;

    script_open(s, 60000);
    write_segments(s, 10);
    for (int i = 0; i < 9; i++) {
        ack_segments(s, 0);
    }
    ack_segments(s, 10);
    assert_int_equal(stats(s)->cwnd, 2 * BENCH_MSS);
}

static void
first_partial_ack_alone_restarts_the_timer(void **state)
{
    struct script *s = *state;

    script_open(s, 60000);
    write_segments(s, 10);
    for (int i = 0; i < 3; i++) {
        ack_segments(s, 0);
    }
    script_run(s, 100 * SIM_MS);
    ack_segments(s, 2);
    script_run(s, 100 * SIM_MS);
    ack_segments(s, 4);
    script_run(s, 99 * SIM_MS);
    assert_int_equal(stats(s)->timeouts, 0);
    script_run(s, 2 * SIM_MS); /* 300 ms: an RTO after the first. */
    assert_int_equal(stats(s)->timeouts, 1);
}

static void
bare_acks_carry_the_highest_number_sent(void **state)
{
    struct script *s = *state;

    script_open(s, 60000);
    write_segments(s, 10);
    script_run(s, 200 * SIM_MS); /* snd_nxt goes back. */
    script_skip(s);
    script_data(s, 101, 10);
    script_expect(s, TCP_ACK, SEG(10), 1, 0);
}

int
main(void)
{
#define SCRIPT(TEST)                                                          \
    cmocka_unit_test_setup_teardown(TEST, script_setup, script_teardown)
    const struct CMUnitTest tests[] = {
        SCRIPT(timeout_follows_round_trips),
        SCRIPT(timeout_is_at_least_200_ms),
        SCRIPT(lost_segment_is_sent_again_at_rto_and_twice_as_long),
        SCRIPT(new_ack_restarts_the_timer),
        SCRIPT(slow_start_counts_bytes),
        SCRIPT(window_that_is_not_used_does_not_grow),
        SCRIPT(newreno_recovers_two_losses_of_a_window),
        SCRIPT(two_duplicate_acks_are_not_a_loss),
        SCRIPT(timeout_starts_anew_with_one_segment),
        SCRIPT(duplicates_after_a_timeout_are_not_a_loss),
        SCRIPT(window_starts_anew_after_a_pause),
        SCRIPT(smaller_path_mtu_cuts_the_segments_anew),
        SCRIPT(unreachable_does_not_end_what_is_established),
        cmocka_unit_test(newreno_alone_follows_rfc_5681),
        SCRIPT(duplicates_before_and_after_new_data_do_not_add_up),
        SCRIPT(recovery_ends_with_one_segment_more_than_is_out),
        SCRIPT(first_partial_ack_alone_restarts_the_timer),
        SCRIPT(bare_acks_carry_the_highest_number_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

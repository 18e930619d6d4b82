#include "tests/cmocka_all.h"
#include "tests/tcp_bench.h"
#include "models/guest/tcp_conn.h"

static void
write_bytes(struct script *s, uint64_t bytes)
{
    assert_int_equal(tcp_write(s->app.conn, bytes), bytes);
    guest_flush(s->pair->guests[0]);
}

static void
hold(struct script *s, bool hold_it)
{
    tcp_hold(s->app.conn, hold_it);
    guest_flush(s->pair->guests[0]);
}

/* Sending. */

static void
nagle_holds_small_segments_while_data_are_out(void **state)
{
    struct script *s = *state;

    script_open(s, 1000);
    write_bytes(s, 100);
    script_expect(s, TCP_ACK | TCP_PSH, 1, 1, 100);
    write_bytes(s, 100);
    write_bytes(s, 50);
    script_expect_nothing(s);
    script_ack(s, 101, 1000);
    script_expect(s, TCP_ACK | TCP_PSH, 101, 1, 150);
    write_bytes(s, 1500); /* A full one goes. */
    script_expect(s, TCP_ACK, 251, 1, 1460);
    script_expect_nothing(s);
    tcp_close(s->app.conn); /* FIN pushes. */
    guest_flush(s->pair->guests[0]);
    script_expect(s, TCP_ACK | TCP_PSH | TCP_FIN, 1711, 1, 40);
}

static void
without_nagle_small_segments_go(void **state)
{
    struct script *s = *state;

    s->config.nagle = false;
    script_open(s, 1000);
    write_bytes(s, 100);
    write_bytes(s, 100);
    script_expect(s, TCP_ACK | TCP_PSH, 1, 1, 100);
    script_expect(s, TCP_ACK | TCP_PSH, 101, 1, 100);
}

static void
push_is_on_the_last_segment_written(void **state)
{
    struct script *s = *state;

    script_open(s, 1000);
    write_bytes(s, 3000);
    script_expect(s, TCP_ACK, 1, 1, 1460);
    script_expect(s, TCP_ACK, 1461, 1, 1460);
    script_expect_nothing(s);
    script_ack(s, 2921, 1000);
    script_expect(s, TCP_ACK | TCP_PSH, 2921, 1, 80);
}

static void
send_buffer_bounds_what_is_written(void **state)
{
    struct script *s = *state;

    s->config.send_buffer = 5000;
    script_open(s, 1000);
    assert_int_equal(tcp_write(s->app.conn, 4000), 4000);
    assert_int_equal(tcp_write(s->app.conn, 4000), 1000);
    assert_int_equal(tcp_write(s->app.conn, 4000), 0);
    guest_flush(s->pair->guests[0]);
    script_ack(s, 1461, 1000);
    assert_int_equal(tcp_write(s->app.conn, 4000), 1460);
}

static void
window_of_the_peer_is_kept(void **state)
{
    struct script *s = *state;

    script_open(s, 30); /* << 7: 3840. */
    write_bytes(s, 100000);
    script_expect(s, TCP_ACK, 1, 1, 1460);
    script_expect(s, TCP_ACK, 1461, 1, 1460);
    script_expect_nothing(s);
}

/* RFC 9293: SND.WL1. */
static void
older_segment_does_not_change_the_window(void **state)
{
    struct script *s = *state;

    script_open(s, 30);
    write_bytes(s, 100000);
    s->window = 60;
    script_data(s, 501, 10); /* It has overtaken the next. */
    script_skip(s);
    s->window = 1;
    script_data(s, 1, 500);
    assert_int_equal(s->app.received, 510);
    assert_int_equal(s->app.conn->snd_wnd, 60 << 7);
}

/* Closed windows. */

static void
closed_window_is_probed_ever_more_seldom(void **state)
{
    struct script *s = *state;
    static const int after[] = { 200, 600, 1400, 3000, 6200 };
    struct seg seg;
    sim_time begin;

    script_open(s, 0);
    begin = sim_now(s->pair->sim);
    write_bytes(s, 1000);
    script_expect_nothing(s);
    for (size_t i = 0; i < 5; i++) {
        script_run(s, begin + after[i] * SIM_MS - sim_now(s->pair->sim));
        assert_true(script_next(s, &seg));
        assert_int_equal(seg.when - begin, after[i] * SIM_MS);
        assert_int_equal(seg.seq, 1);
        assert_int_equal(seg.len, 1);
        script_expect_nothing(s);
        script_ack(s, 1, 0);
    }
    assert_int_equal(tcp_stats(s->app.conn)->probes, 5);
    assert_int_equal(tcp_stats(s->app.conn)->fast_retransmits, 0);
    script_ack(s, 1, 1000); /* It opens: all goes, from the probe's byte. */
    script_expect(s, TCP_ACK | TCP_PSH, 1, 1, 1000);
    script_ack(s, 1001, 1000);
    assert_int_equal(s->app.acked, 1000);
    assert_int_equal(tcp_stats(s->app.conn)->bytes_sent, 1000);
}

static void
answered_probes_go_on_for_ever(void **state)
{
    struct script *s = *state;
    struct seg seg;

    script_open(s, 0);
    write_bytes(s, 1000);
    for (int i = 0; i < 40; i++) {
        script_run(s, 60 * SIM_S);
        assert_true(script_next(s, &seg));
        script_skip(s);
        script_ack(s, 1, 0);
    }
    assert_int_equal(s->app.n_closed, 0);
}

static void
unanswered_probes_are_given_up(void **state)
{
    struct script *s = *state;

    script_open(s, 0);
    write_bytes(s, 1000);
    script_run(s, 3600 * SIM_S);
    assert_int_equal(s->app.n_closed, 1);
    assert_int_equal(s->app.end, TCP_END_TIMEOUT);
}

static void
probe_that_is_taken_opens_the_rest(void **state)
{
    struct script *s = *state;

    script_open(s, 0);
    write_bytes(s, 1000);
    script_run(s, 200 * SIM_MS);
    script_expect(s, TCP_ACK, 1, 1, 1);
    script_ack(s, 2, 1000);
    script_expect(s, TCP_ACK | TCP_PSH, 2, 1, 999);
}

static void
small_window_is_used_after_a_while(void **state)
{
    struct script *s = *state;

    script_open(s, 100);
    write_bytes(s, 8 * BENCH_MSS);
    script_skip(s);
    script_ack(s, 1 + 8 * BENCH_MSS, 7); /* << 7: 896. */
    write_bytes(s, 3000);
    script_expect_nothing(s); /* Silly. */
    script_run(s, 201 * SIM_MS);
    script_expect(s, TCP_ACK, 1 + 8 * BENCH_MSS, 1, 896);
}

static void
held_data_close_the_window_and_reading_opens_it(void **state)
{
    struct script *s = *state;
    struct seg seg;

    s->config.receive_buffer = 4000;
    script_open(s, 1000);
    hold(s, true);
    script_data(s, 1, 1460);
    script_data(s, 1461, 1460);
    assert_true(script_next(s, &seg));
    assert_int_equal(seg.window, 1080);
    script_data(s, 2921, 1080);
    script_run(s, 40 * SIM_MS);
    assert_true(script_next(s, &seg));
    assert_int_equal(seg.ack, 4001);
    assert_int_equal(seg.window, 0);
    assert_int_equal(s->app.received, 0);
    script_data(s, 4001, 1); /* A probe. */
    assert_true(script_next(s, &seg));
    assert_int_equal(seg.ack, 4001);
    assert_int_equal(seg.window, 0);
    hold(s, false);
    assert_int_equal(s->app.received, 4000);
    assert_true(script_next(s, &seg));
    assert_int_equal(seg.ack, 4001);
    assert_int_equal(seg.window, 4000);
}

static void
end_of_held_data_is_told_after_them(void **state)
{
    struct script *s = *state;

    script_open(s, 1000);
    hold(s, true);
    script_send(s, &(struct seg){ .flags = TCP_ACK | TCP_FIN,
                                  .seq = 1,
                                  .ack = 1,
                                  .len = 100,
                                  .window = 1000 });
    script_expect(s, TCP_ACK, 1, 102, 0);
    assert_int_equal(s->app.n_peer_closed, 0);
    hold(s, false);
    assert_int_equal(s->app.received, 100);
    assert_int_equal(s->app.n_peer_closed, 1);
    script_expect(s, TCP_ACK | TCP_FIN, 1, 102, 0);
}

static void
probe_of_a_closed_window_still_acknowledges(void **state)
{
    struct script *s = *state;

    s->config.receive_buffer = 1000;
    script_open(s, 1000);
    hold(s, true);
    script_data(s, 1, 1000);
    write_bytes(s, 500);
    script_skip(s);
    script_send(s, &(struct seg){ .flags = TCP_ACK,
                                  .seq = 1001,
                                  .ack = 501,
                                  .len = 1,
                                  .window = 1000 });
    assert_int_equal(s->app.acked, 500);
}

static void
data_beyond_the_window_are_not_taken(void **state)
{
    struct script *s = *state;

    s->config.receive_buffer = 1000;
    script_open(s, 1000);
    script_data(s, 501, 800);
    script_expect(s, TCP_ACK, 1, 1, 0);
    script_data(s, 1, 500);
    script_expect(s, TCP_ACK, 1, 1001, 0);
    script_data(s, 3001, 100);
    script_expect(s, TCP_ACK, 1, 1001, 0);
    assert_int_equal(s->app.received, 1000);
}

static void
bare_ack_lies_in_a_closed_window(void **state)
{
    struct script *s = *state;

    script_open(s, 0);
    write_bytes(s, 1000);
    script_run(s, 201 * SIM_MS);
    script_expect(s, TCP_ACK, 1, 1, 1); /* Not taken, perhaps. */
    s->window = 0;
    script_data(s, 101, 10);
    script_expect(s, TCP_ACK, 1, 1, 0);
}

static void
window_smaller_than_a_segment_is_filled(void **state)
{
    struct script *s = *state;
    struct seg seg = { .flags = TCP_SYN | TCP_ACK, .ack = 1, .window = 700 };

    script_connect(s);
    seg.options.mss = BENCH_MSS;
    script_send(s, &seg);
    script_skip(s);
    write_bytes(s, 5000);
    script_expect(s, TCP_ACK, 1, 1, 700);
    script_ack(s, 701, 700);
    script_expect(s, TCP_ACK, 701, 1, 700);
}

static void
window_does_not_grow_in_small_steps(void **state)
{
    struct script *s = *state;
    struct seg seg;

    s->config.receive_buffer = 4000;
    script_open(s, 1000);
    script_data(s, 1, 100);
    script_run(s, SIM_S);
    assert_true(script_next(s, &seg));
    assert_int_equal(seg.window, 3900);
    script_data(s, 101, 1400);
    script_run(s, SIM_S);
    assert_true(script_next(s, &seg));
    assert_int_equal(seg.window, 4000);
}

/* By rounding, RFC 7323 section 2.4. */
static void
window_offered_is_hardly_taken_back(void **state)
{
    struct script *s = *state;
    struct seg seg;
    uint32_t edge = 1 + (1 << 20);

    s->config.receive_buffer = 1 << 20; /* Scale 5. */
    script_open(s, 1000);
    hold(s, true);
    for (uint32_t i = 0; i < 1000; i++) {
        script_data(s, 1 + 33 * i, 33);
        script_run(s, 40 * SIM_MS);
        assert_true(script_next(s, &seg));
        assert_in_range(seg.ack + ((uint32_t) seg.window << 5), edge - 31,
                        edge);
    }
    assert_int_equal(s->app.conn->rcv_adv - s->app.conn->irs, edge);
}

int
main(void)
{
#define SCRIPT(TEST)                                                          \
    cmocka_unit_test_setup_teardown(TEST, script_setup, script_teardown)
    const struct CMUnitTest tests[] = {
        SCRIPT(nagle_holds_small_segments_while_data_are_out),
        SCRIPT(without_nagle_small_segments_go),
        SCRIPT(push_is_on_the_last_segment_written),
        SCRIPT(send_buffer_bounds_what_is_written),
        SCRIPT(window_of_the_peer_is_kept),
        SCRIPT(closed_window_is_probed_ever_more_seldom),
        SCRIPT(answered_probes_go_on_for_ever),
        SCRIPT(unanswered_probes_are_given_up),
        SCRIPT(probe_that_is_taken_opens_the_rest),
        SCRIPT(small_window_is_used_after_a_while),
        SCRIPT(held_data_close_the_window_and_reading_opens_it),
        SCRIPT(end_of_held_data_is_told_after_them),
        SCRIPT(probe_of_a_closed_window_still_acknowledges),
        SCRIPT(data_beyond_the_window_are_not_taken),
        SCRIPT(older_segment_does_not_change_the_window),
        SCRIPT(bare_ack_lies_in_a_closed_window),
        SCRIPT(window_smaller_than_a_segment_is_filled),
        SCRIPT(window_does_not_grow_in_small_steps),
        SCRIPT(window_offered_is_hardly_taken_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

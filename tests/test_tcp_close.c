#include "tests/cmocka_all.h"
#include "tests/tcp_bench.h"

static void
close_is_orderly_and_then_waits(void **state)
{
    struct bench *b = *state;

    bench_open(b);
    bench_write(b, 0, 100);
    bench_close(b, 0);
    bench_run(b, SIM_S);
    bench_expect_closed(b);
    assert_int_equal(b->app[1].received, 100);
    /* The first end waits: its port is taken until 60 s are over. */
    assert_null(tcp_connect(b->pair->guests[0],
                            guest_address(b->pair->guests[1]), BENCH_PORT,
                            49152, &b->config[0], NULL, NULL,
                            (struct guest_flow_tag){ 1, false, 0 }));
    bench_run(b, 60 * SIM_S);
    assert_non_null(tcp_connect(b->pair->guests[0],
                                guest_address(b->pair->guests[1]), BENCH_PORT,
                                49152, &b->config[0], NULL, NULL,
                                (struct guest_flow_tag){ 1, false, 0 }));
}

static void
fin_goes_with_the_last_data(void **state)
{
    struct script *s = *state;

    script_open(s, 1000);
    tcp_write(s->app.conn, 2000);
    tcp_close(s->app.conn);
    assert_int_equal(tcp_write(s->app.conn, 1), 0);
    guest_flush(s->pair->guests[0]);
    script_expect(s, TCP_ACK, 1, 1, 1460);
    script_expect(s, TCP_ACK | TCP_PSH | TCP_FIN, 1461, 1, 540);
    script_expect_nothing(s);
}

static void
end_that_closed_still_receives(void **state)
{
    struct bench *b = *state;

    b->app[1].close_at_eof = false;
    bench_open(b);
    bench_run(b, SIM_S);
    bench_close(b, 0);
    bench_run(b, SIM_S);
    assert_int_equal(b->app[1].n_peer_closed, 1);
    bench_write(b, 1, 50000);
    bench_run(b, SIM_S);
    assert_int_equal(b->app[0].received, 50000);
    assert_int_equal(b->app[0].n_closed, 0);
    bench_close(b, 1);
    bench_run(b, SIM_S);
    bench_expect_closed(b);
}

static void
both_may_close_at_once(void **state)
{
    struct bench *b = *state;

    bench_open(b);
    bench_run(b, SIM_S);
    bench_close(b, 0);
    bench_close(b, 1);
    bench_run(b, SIM_S);
    bench_expect_closed(b);
    for (unsigned int i = 0; i < 2; i++) {
        /* Both wait. */
        assert_null(tcp_connect(
            b->pair->guests[i], guest_address(b->pair->guests[1 - i]),
            i ? 49152 : BENCH_PORT, i ? BENCH_PORT : 49152, &b->config[0],
            NULL, NULL, (struct guest_flow_tag){ 1, false, 0 }));
    }
}

static void
send_fin(struct script *s, uint32_t seq, uint32_t ack, uint32_t len)
{
    script_send(s, &(struct seg){
                       .flags = TCP_ACK | TCP_FIN,
                       .seq = seq,
                       .ack = ack,
                       .len = len,
                       .window = 1000,
                   });
}

static void
time_wait_acknowledges_fin_again_and_waits_anew(void **state)
{
    struct script *s = *state;

    script_open(s, 1000);
    tcp_close(s->app.conn);
    guest_flush(s->pair->guests[0]);
    script_expect(s, TCP_ACK | TCP_FIN, 1, 1, 0);
    send_fin(s, 1, 2, 0);
    script_expect(s, TCP_ACK, 2, 2, 0);
    assert_int_equal(s->app.n_closed, 1);
    script_run(s, 40 * SIM_S);
    send_fin(s, 1, 2, 0);
    script_expect(s, TCP_ACK, 2, 2, 0);
    script_run(s, 59 * SIM_S);
    send_fin(s, 1, 2, 0);
    script_expect(s, TCP_ACK, 2, 2, 0);
    script_run(s, 61 * SIM_S);
    send_fin(s, 1, 2, 0);
    script_expect(s, TCP_RST, 2, 0, 0);
    assert_int_equal(s->app.n_closed, 1);
}

static void
later_syn_reopens_what_waits(void **state)
{
    struct script *s = *state;
    struct seg seg = { .flags = TCP_SYN, .window = 1000 };

    tcp_listen(s->pair->guests[0], BENCH_PORT, &s->config, bench_accept,
               &s->app);
    script_send(s, &seg);
    script_expect(s, TCP_SYN | TCP_ACK, 0, 1, 0);
    script_ack(s, 1, 1000);
    tcp_close(s->app.conn);
    guest_flush(s->pair->guests[0]);
    script_expect(s, TCP_ACK | TCP_FIN, 1, 1, 0);
    send_fin(s, 1, 2, 0);
    script_expect(s, TCP_ACK, 2, 2, 0);
    seg.seq = 1; /* Not past the old connection: FIN was 1. */
    script_send(s, &seg);
    script_expect(s, TCP_ACK, 2, 2, 0);
    s->knows_iss = false;
    seg.seq = 3;
    script_send(s, &seg);
    script_expect(s, TCP_SYN | TCP_ACK, 0, 4, 0);
    assert_int_equal(s->app.n_opened, 2);
}

static void
lost_fin_is_sent_again(void **state)
{
    struct bench *b = *state;

    bench_open(b);
    bench_run(b, SIM_S);
    guest_pair_add_rule(
        b->pair, (struct pair_rule){
                     .from = 0, .first = 1, .last = 2, .action = PAIR_DROP });
    bench_close(b, 0);
    bench_run(b, 300 * SIM_MS);
    assert_int_equal(b->app[0].n_closed, 0);
    bench_run(b, SIM_S);
    bench_expect_closed(b);
    assert_int_equal(b->app[0].stats.retransmits, 2);
}

static void
fin_out_of_order_waits_for_the_data(void **state)
{
    struct script *s = *state;

    script_open(s, 1000);
    send_fin(s, 101, 1, 50);
    script_expect(s, TCP_ACK, 1, 1, 0);
    assert_int_equal(s->app.n_peer_closed, 0);
    script_data(s, 1, 100);
    assert_int_equal(s->app.received, 150);
    assert_int_equal(s->app.n_peer_closed, 1);
    script_expect(s, TCP_ACK | TCP_FIN, 1, 152, 0);
}

static void
reset_ends_only_with_the_number_that_is_due(void **state)
{
    struct script *s = *state;
    struct seg rst = { .flags = TCP_RST, .seq = 2 };

    script_open(s, 1000);
    script_send(s, &rst); /* In the window: RFC 5961 asks. */
    script_expect(s, TCP_ACK, 1, 1, 0);
    rst.seq = 0; /* Outside: nothing. */
    script_send(s, &rst);
    rst.seq = (5 << 20);
    script_send(s, &rst);
    script_expect_nothing(s);
    assert_int_equal(s->app.n_closed, 0);
    rst.seq = 1;
    script_send(s, &rst);
    script_expect_nothing(s);
    assert_int_equal(s->app.n_closed, 1);
    assert_int_equal(s->app.end, TCP_END_RESET);
}

static void
syn_on_a_connection_is_challenged(void **state)
{
    struct script *s = *state;

    script_open(s, 1000);
    script_send(s, &(struct seg){ .flags = TCP_SYN, .seq = 5 });
    script_expect(s, TCP_ACK, 1, 1, 0);
    assert_int_equal(s->app.n_closed, 0);
}

static void
challenges_are_ten_a_second(void **state)
{
    struct script *s = *state;
    struct seg seg;
    unsigned int n = 0;

    script_open(s, 1000);
    for (unsigned int i = 0; i < 30; i++) {
        script_send(s, &(struct seg){ .flags = TCP_SYN, .seq = i });
    }
    while (script_next(s, &seg)) {
        n++;
    }
    assert_int_equal(n, 10);
    script_run(s, SIM_S);
    script_send(s, &(struct seg){ .flags = TCP_SYN, .seq = 1 });
    script_expect(s, TCP_ACK, 1, 1, 0);
}

static void
ack_of_what_was_not_sent_is_challenged(void **state)
{
    struct script *s = *state;

    script_open(s, 1000);
    script_ack(s, 2, 1000);
    script_expect(s, TCP_ACK, 1, 1, 0);
    script_ack(s, 0xf0000000u, 1000); /* Very old. */
    script_expect(s, TCP_ACK, 1, 1, 0);
    assert_int_equal(s->app.acked, 0);
    assert_int_equal(guest_pair_fate_named(s->pair, "tcp-unacceptable"), 2);
}

static void
abort_resets_the_peer(void **state)
{
    struct bench *b = *state;

    bench_open(b);
    bench_run(b, SIM_S);
    bench_write(b, 0, 100);
    tcp_abort(b->app[0].conn);
    guest_flush(b->pair->guests[0]);
    assert_int_equal(b->app[0].end, TCP_END_ABORTED);
    bench_run(b, SIM_S);
    assert_int_equal(b->app[1].n_closed, 1);
    assert_int_equal(b->app[1].end, TCP_END_RESET);
}

static void
closing_before_the_handshake_ends_it_or_waits_for_the_data(void **state)
{
    struct bench *b = *state;

    bench_open(b);
    bench_write(b, 0, 3000);
    bench_close(b, 0);
    bench_run(b, SIM_S);
    bench_expect_closed(b);
    assert_int_equal(b->app[1].received, 3000);

    b->app[0].conn =
        tcp_connect(b->pair->guests[0], guest_address(b->pair->guests[1]),
                    BENCH_PORT, 0, &b->config[0], &bench_tcp_app, &b->app[0],
                    (struct guest_flow_tag){ 1, false, 0 });
    bench_close(b, 0);
    assert_int_equal(b->app[0].n_closed, 2);
}

/* Applications that leave from inside what they are told. */

static void
abort_when_received(struct tcp_conn *conn, void *user, uint32_t bytes)
{
    (void) user;
    (void) bytes;
    tcp_abort(conn);
}

static void
abort_when_opened(struct tcp_conn *conn, void *user)
{
    (void) user;
    tcp_abort(conn);
}

static void
abort_when_acked(struct tcp_conn *conn, void *user, uint32_t bytes)
{
    abort_when_received(conn, user, bytes);
}

static void
count_closed(struct tcp_conn *conn, void *user, enum tcp_end end)
{
    unsigned int *n = user;

    (void) end;
    ++*n;
    tcp_close(conn); /* Nothing any more. */
    tcp_abort(conn);
}

static void
applications_may_abort_from_every_call(void **state)
{
    static const struct tcp_app apps[] = {
        { .received = abort_when_received, .closed = count_closed },
        { .established = abort_when_opened, .closed = count_closed },
        { .acked = abort_when_acked, .closed = count_closed },
        { .peer_closed = abort_when_opened, .closed = count_closed },
    };
    struct script *s = *state;
    unsigned int n_closed = 0;

    for (unsigned int i = 0; i < 4; i++) {
        struct seg seg = {
            .flags = TCP_ACK, .seq = 1, .ack = 1, .len = 10, .window = 1000
        };

        s->knows_iss = false;
        script_connect(s);
        tcp_set_app(s->app.conn, &apps[i], &n_closed);
        script_send(s, &(struct seg){ .flags = TCP_SYN | TCP_ACK,
                                      .ack = 1,
                                      .window = 1000 });
        if (n_closed == i) {
            tcp_write(s->app.conn, 10);
            guest_flush(s->pair->guests[0]);
            seg.ack = i == 2 ? 11 : 1;
            seg.flags |= i == 3 ? TCP_FIN : 0;
            script_send(s, &seg);
        }
        assert_int_equal(n_closed, i + 1);
        script_skip(s);
    }
}

static struct tcp_listener *second_listener;

static void
abort_at_once(struct tcp_conn *conn, void *user)
{
    (void) user;
    tcp_listener_free(second_listener);
    tcp_abort(conn);
}

static void
accept_may_abort_and_stop_listening(void **state)
{
    struct script *s = *state;
    struct seg seg = { .flags = TCP_SYN, .window = 1000 };
    struct tcp_listener *first;

    first = tcp_listen(s->pair->guests[0], BENCH_PORT, &s->config,
                       bench_accept, &s->app);
    script_send(s, &seg);
    tcp_listener_free(first); /* One is half-open. */
    script_expect(s, TCP_SYN | TCP_ACK, 0, 1, 0);
    s->peer_port++;
    second_listener = tcp_listen(s->pair->guests[0], BENCH_PORT, &s->config,
                                 abort_at_once, NULL);
    script_send(s, &seg);
    script_skip(s);
    script_send(s, &seg);
    script_expect(s, TCP_RST | TCP_ACK, -s->guest_iss, 1, 0);
    s->peer_port--;
    script_ack(s, 1, 1000);
    assert_int_equal(s->app.n_established, 1);
}

static void
peer_that_never_answers_is_given_up_after_15_retransmissions(void **state)
{
    struct script *s = *state;
    struct seg seg;
    unsigned int n = 0;

    script_open(s, 1000);
    tcp_write(s->app.conn, 100);
    guest_flush(s->pair->guests[0]);
    script_run(s, 3600 * SIM_S);
    while (script_next(s, &seg)) {
        n++;
    }
    assert_int_equal(n, 16);
    assert_int_equal(s->app.end, TCP_END_TIMEOUT);
    assert_int_equal(s->app.n_closed, 1);
}

static void
fin_before_data_that_have_arrived_is_ignored(void **state)
{
    struct script *s = *state;

    script_open(s, 1000);
    script_data(s, 101, 100);
    send_fin(s, 41, 1, 10);
    script_data(s, 1, 100);
    assert_int_equal(s->app.received, 200);
    assert_int_equal(s->app.n_peer_closed, 0);
}

int
main(void)
{
#define SCRIPT(TEST)                                                          \
    cmocka_unit_test_setup_teardown(TEST, script_setup, script_teardown)
#define PAIR(TEST)                                                            \
    cmocka_unit_test_setup_teardown(TEST, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        PAIR(close_is_orderly_and_then_waits),
        SCRIPT(fin_goes_with_the_last_data),
        PAIR(end_that_closed_still_receives),
        PAIR(both_may_close_at_once),
        SCRIPT(time_wait_acknowledges_fin_again_and_waits_anew),
        SCRIPT(later_syn_reopens_what_waits),
        PAIR(lost_fin_is_sent_again),
        SCRIPT(fin_out_of_order_waits_for_the_data),
        SCRIPT(reset_ends_only_with_the_number_that_is_due),
        SCRIPT(syn_on_a_connection_is_challenged),
        SCRIPT(challenges_are_ten_a_second),
        SCRIPT(ack_of_what_was_not_sent_is_challenged),
        PAIR(abort_resets_the_peer),
        PAIR(closing_before_the_handshake_ends_it_or_waits_for_the_data),
        SCRIPT(applications_may_abort_from_every_call),
        SCRIPT(accept_may_abort_and_stop_listening),
        SCRIPT(peer_that_never_answers_is_given_up_after_15_retransmissions),
        SCRIPT(fin_before_data_that_have_arrived_is_ignored),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

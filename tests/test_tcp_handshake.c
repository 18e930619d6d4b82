#include <string.h>

#include "tests/cmocka_all.h"
#include "tests/tcp_bench.h"

static void
syn_has_mss_and_window_scale(void **state)
{
    struct script *s = *state;
    struct seg seg;

    /* 4 MiB need a shift of 7: 65535 << 6 is less. */
    s->app.conn = tcp_connect(s->pair->guests[0], ip_addr_from_v4(0x0a010109),
                              BENCH_PEER_PORT, 0, &s->config, &bench_tcp_app,
                              &s->app, (struct guest_flow_tag){ 3, false, 0 });
    guest_flush(s->pair->guests[0]);
    assert_true(script_next(s, &seg));
    assert_int_equal(seg.flags, TCP_SYN);
    assert_int_equal(seg.window, 65535);
    assert_int_equal(seg.options.mss, 1460);
    assert_true(seg.options.has_window_scale);
    assert_int_equal(seg.options.window_scale, 7);
    assert_int_equal(s->guest_port, 49152);
    assert_int_equal(tcp_flow(s->app.conn), 3);
}

static void
handshake_establishes_both_ends(void **state)
{
    struct bench *b = *state;
    static const uint8_t flags[] = { TCP_SYN, TCP_ACK };
    const uint8_t answer = TCP_SYN | TCP_ACK;

    bench_open(b);
    bench_run(b, SIM_S);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(b->app[i].n_established, 1);
    }
    assert_int_equal(guest_pair_count(b->pair, 0, IP_PROTO_TCP), 2);
    assert_int_equal(guest_pair_count(b->pair, 1, IP_PROTO_TCP), 1);
    for (unsigned int i = 0; i < 2; i++) {
        const struct pair_frame *f =
            guest_pair_frame(b->pair, 0, IP_PROTO_TCP, i);

        assert_int_equal(f->bytes[14 + 20 + 13], flags[i]);
        assert_int_equal(f->tag.flow, 1);
        assert_false(f->tag.reply);
    }
    assert_int_equal(
        guest_pair_frame(b->pair, 1, IP_PROTO_TCP, 0)->bytes[14 + 20 + 13],
        answer);
}

static void
accepted_connections_answer_in_the_flow_of_the_syn(void **state)
{
    struct bench *b = *state;
    const struct pair_frame *f;

    bench_open(b);
    bench_run(b, SIM_S);
    f = guest_pair_frame(b->pair, 1, IP_PROTO_TCP, 0);
    assert_int_equal(f->tag.flow, 1);
    assert_true(f->tag.reply);
    assert_int_equal(tcp_flow(b->app[1].conn), 1);
}

static void
listener_answers_without_scale_if_syn_has_none(void **state)
{
    struct script *s = *state;
    struct seg seg = { .flags = TCP_SYN, .window = 1000 };

    tcp_listen(s->pair->guests[0], BENCH_PORT, &s->config, bench_accept,
               &s->app);
    script_send(s, &seg);
    assert_true(script_next(s, &seg));
    assert_int_equal(seg.flags, TCP_SYN | TCP_ACK);
    assert_int_equal(seg.ack, 1);
    assert_false(seg.options.has_window_scale);
    assert_int_equal(seg.window, 65535);
    /* Then windows are not scaled either way, and MSS is 536. */
    script_ack(s, 1, 600);
    tcp_write(s->app.conn, 2000);
    guest_flush(s->pair->guests[0]);
    assert_true(script_next(s, &seg));
    assert_int_equal(seg.len, 536);
    assert_int_equal(seg.window, 65535);
    assert_true(tcp_listen(s->pair->guests[0], BENCH_PORT, &s->config,
                           bench_accept, &s->app)
                == NULL);
}

static void
windows_are_scaled_both_ways(void **state)
{
    struct script *s = *state;
    struct seg seg;

    s->config.nagle = false;
    script_open(s, 20); /* 20 << 7: 2560. */
    s->window = 20;
    script_data(s, 1, 1460);
    script_data(s, 1461, 1460);
    assert_true(script_next(s, &seg));
    assert_int_equal(seg.ack, 2921);
    assert_int_equal(seg.window, (4 << 20) >> 7);
    tcp_write(s->app.conn, 10000);
    guest_flush(s->pair->guests[0]);
    script_expect(s, TCP_ACK, 1, 2921, 1460);
    script_expect_nothing(s); /* 1100 would be a silly window's worth. */
}

static void
mss_is_the_least_of_both_ends_and_the_path(void **state)
{
    struct script *s = *state;
    struct seg seg = { .flags = TCP_SYN | TCP_ACK, .ack = 1, .window = 60000 };

    script_connect(s);
    seg.options.mss = 900;
    script_send(s, &seg);
    script_expect(s, TCP_ACK, 1, 1, 0);
    tcp_write(s->app.conn, 900);
    guest_flush(s->pair->guests[0]);
    script_expect(s, TCP_ACK | TCP_PSH, 1, 1, 900);
}

static void
syn_is_sent_again_after_1_2_4_seconds_then_given_up(void **state)
{
    struct script *s = *state;
    static const int at[] = { 1, 3, 7, 15, 31, 63 };
    struct seg seg;

    script_connect(s);
    script_run(s, 200 * SIM_S);
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        assert_true(script_next(s, &seg));
        assert_int_equal(seg.flags, TCP_SYN);
        assert_int_equal(seg.seq, 0);
        assert_int_equal(seg.when, at[i] * SIM_S);
    }
    script_expect_nothing(s);
    assert_int_equal(s->app.n_closed, 1);
    assert_int_equal(s->app.end, TCP_END_TIMEOUT);
    assert_int_equal(s->app.closed_at, 123 * SIM_S); /* 60 s is the most. */
    assert_int_equal(s->app.stats.retransmits, 6);
}

static void
rto_is_three_seconds_after_a_lost_syn(void **state)
{
    struct script *s = *state;

    script_connect(s);
    script_run(s, 1500 * SIM_MS);
    script_expect(s, TCP_SYN, 0, 0, 0);
    script_accept(s, 1000);
    assert_int_equal(tcp_stats(s->app.conn)->rto, 3 * SIM_S);
    assert_int_equal(tcp_stats(s->app.conn)->srtt, 0); /* Karn. */
    /* RFC 6928: one loss leaves the initial window as it is. */
    assert_int_equal(tcp_stats(s->app.conn)->cwnd, 10 * BENCH_MSS);
}

static void
initial_window_is_one_segment_after_two_lost_syns(void **state)
{
    struct script *s = *state;

    script_connect(s);
    script_run(s, 3500 * SIM_MS);
    script_expect(s, TCP_SYN, 0, 0, 0);
    script_expect(s, TCP_SYN, 0, 0, 0);
    script_accept(s, 1000);
    assert_int_equal(tcp_stats(s->app.conn)->cwnd, BENCH_MSS);
}

static void
refused_by_reset(void **state)
{
    struct bench *b = *state;

    b->app[0].conn =
        tcp_connect(b->pair->guests[0], guest_address(b->pair->guests[1]), 81,
                    0, &b->config[0], &bench_tcp_app, &b->app[0],
                    (struct guest_flow_tag){ 1, false, 0 });
    guest_flush(b->pair->guests[0]);
    bench_run(b, SIM_S);
    assert_int_equal(b->app[0].n_closed, 1);
    assert_int_equal(b->app[0].end, TCP_END_REFUSED);
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_NO_SOCKET), 1);
}

static void
reset_that_acknowledges_nothing_does_not_refuse(void **state)
{
    struct script *s = *state;
    struct seg rst = { .flags = TCP_RST };

    script_connect(s);
    script_send(s, &rst);
    rst = (struct seg){ .flags = TCP_RST | TCP_ACK, .ack = 2 };
    script_send(s, &rst);
    script_expect_nothing(s);
    assert_int_equal(s->app.n_closed, 0);
    rst.ack = 1;
    script_send(s, &rst);
    assert_int_equal(s->app.end, TCP_END_REFUSED);
}

static void
wrong_ack_in_syn_sent_is_reset(void **state)
{
    struct script *s = *state;
    struct seg seg = { .flags = TCP_SYN | TCP_ACK, .ack = 9, .window = 1 };

    script_connect(s);
    script_send(s, &seg);
    script_expect(s, TCP_RST, 9, 0, 0);
    script_accept(s, 1000);
    assert_int_equal(s->app.n_established, 1);
}

/* RFC 9293 figure 8. */
static void
both_may_open_at_once(void **state)
{
    struct script *s = *state;
    struct seg seg = { .flags = TCP_SYN, .window = 1000 };

    script_connect(s);
    script_send(s, &seg);
    script_expect(s, TCP_SYN | TCP_ACK, 0, 1, 0);
    seg.flags |= TCP_ACK;
    seg.ack = 1;
    script_send(s, &seg);
    assert_int_equal(s->app.n_established, 1);
    script_data(s, 1, 100);
    assert_int_equal(s->app.received, 100);
}

static void
two_guests_open_to_each_other_at_once(void **state)
{
    struct bench *b = *state;

    for (unsigned int i = 0; i < 2; i++) {
        b->app[i].conn = tcp_connect(
            b->pair->guests[i], guest_address(b->pair->guests[1 - i]), 700,
            700, &b->config[i], &bench_tcp_app, &b->app[i],
            (struct guest_flow_tag){ 1, i == 1, 0 });
        guest_flush(b->pair->guests[i]);
    }
    bench_run(b, 100 * SIM_MS);
    bench_write(b, 0, 5000);
    bench_write(b, 1, 7000);
    bench_run(b, 100 * SIM_MS);
    assert_int_equal(b->app[0].received, 7000);
    assert_int_equal(b->app[1].received, 5000);
    bench_close(b, 0);
    bench_run(b, 100 * SIM_MS);
    bench_expect_closed(b);
}

static void
lost_syn_ack_is_sent_again_for_a_syn_that_comes_again(void **state)
{
    struct script *s = *state;
    struct seg seg = { .flags = TCP_SYN, .window = 1000 };

    tcp_listen(s->pair->guests[0], BENCH_PORT, &s->config, bench_accept,
               &s->app);
    script_send(s, &seg);
    script_expect(s, TCP_SYN | TCP_ACK, 0, 1, 0);
    script_send(s, &seg);
    script_expect(s, TCP_SYN | TCP_ACK, 0, 1, 0);
    assert_int_equal(s->app.n_opened, 1);
    /* The peer's ACK is lost, its data come out of order. */
    script_data(s, 101, 100);
    assert_int_equal(s->app.n_established, 1);
    script_expect(s, TCP_ACK, 1, 1, 0);
    script_data(s, 1, 100);
    assert_int_equal(s->app.received, 200);
}

static void
unanswered_syn_ack_is_given_up(void **state)
{
    struct script *s = *state;
    struct seg seg = { .flags = TCP_SYN, .window = 1000 };

    tcp_listen(s->pair->guests[0], BENCH_PORT, &s->config, bench_accept,
               &s->app);
    script_send(s, &seg);
    script_run(s, 200 * SIM_S);
    assert_int_equal(s->app.n_closed, 1);
    assert_int_equal(s->app.end, TCP_END_TIMEOUT);
}

static void
backlog_is_bounded(void **state)
{
    struct script *s = *state;
    struct guest *guest = s->pair->guests[0];
    struct seg seg;
    unsigned int n = 0;

    tcp_listen(guest, BENCH_PORT, &s->config, bench_accept, &s->app);
    /* From 200 peers: other addresses would need ARP, so other ports. */
    for (uint16_t i = 0; i < 200; i++) {
        s->peer_port = (uint16_t) (6000 + i);
        script_send(s, &(struct seg){ .flags = TCP_SYN, .window = 1000 });
    }
    while (script_next(s, &seg)) {
        n++;
    }
    assert_int_equal(n, 128);
    assert_int_equal(guest_pair_fate_named(s->pair, "tcp-backlog-full"), 72);
    s->app.n_closed = 0;
    script_run(s, 200 * SIM_S); /* All time out; there is room again. */
    assert_int_equal(s->app.n_closed, 128);
    script_skip(s);
    s->peer_port = 7000;
    script_send(s, &(struct seg){ .flags = TCP_SYN, .window = 1000 });
    assert_true(script_next(s, &seg));
}

static void
syn_with_malformed_options_is_dropped(void **state)
{
    struct script *s = *state;
    struct seg seg = { .flags = TCP_SYN, .window = 1000 };

    tcp_listen(s->pair->guests[0], BENCH_PORT, &s->config, bench_accept,
               &s->app);
    s->malformed_options = true;
    script_send(s, &seg);
    script_expect_nothing(s);
    assert_int_equal(guest_pair_fate(s->pair, GUEST_FATE_MALFORMED), 1);
    assert_int_equal(s->app.n_opened, 0);
}

static void
segment_with_a_wrong_checksum_is_dropped(void **state)
{
    struct bench *b = *state;

    /* A byte of the SYN's window. */
    guest_pair_add_rule(b->pair, (struct pair_rule){ .from = 0,
                                                     .first = 1,
                                                     .last = 1,
                                                     .matches = bench_is_tcp,
                                                     .action = PAIR_CORRUPT,
                                                     .offset = 14 + 20 + 15 });
    bench_open(b);
    bench_run(b, 3 * SIM_S);
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_CHECKSUM), 1);
    assert_int_equal(b->app[0].n_established, 1); /* By the next SYN. */
}

static void
port_unreachable_refuses_in_syn_sent_only(void **state)
{
    struct script *s = *state;

    script_connect(s);
    script_icmp(s, ICMP_UNREACHABLE_HOST, 0, 0);
    assert_int_equal(s->app.n_closed, 0);
    script_icmp(s, ICMP_UNREACHABLE_PORT, 0, 77); /* Not outstanding. */
    assert_int_equal(s->app.n_closed, 0);
    script_icmp(s, ICMP_UNREACHABLE_PORT, 0, 0);
    assert_int_equal(s->app.n_closed, 1);
    assert_int_equal(s->app.end, TCP_END_REFUSED);
}

static void
sequence_numbers_depend_on_ends_and_time(void **state)
{
    struct script *s = *state;
    struct seg seg;
    uint32_t first;

    script_connect(s);
    first = s->guest_iss;
    tcp_abort(s->app.conn);
    s->knows_iss = false;
    script_run(s, 4 * SIM_MS);
    s->app.conn =
        tcp_connect(s->pair->guests[0], ip_addr_from_v4(0x0a010109),
                    BENCH_PEER_PORT, 49152, &s->config, &bench_tcp_app,
                    &s->app, (struct guest_flow_tag){ 3, false, 0 });
    guest_flush(s->pair->guests[0]);
    assert_true(script_next(s, &seg));
    assert_int_equal(s->guest_iss - first, 1000); /* 4 us each. */
}

static void
wrong_ack_in_syn_received_is_reset(void **state)
{
    struct script *s = *state;
    struct seg seg = { .flags = TCP_SYN, .window = 1000 };

    tcp_listen(s->pair->guests[0], BENCH_PORT, &s->config, bench_accept,
               &s->app);
    script_send(s, &seg);
    script_expect(s, TCP_SYN | TCP_ACK, 0, 1, 0);
    script_ack(s, 5, 1000);
    script_expect(s, TCP_RST, 5, 0, 0);
    assert_int_equal(s->app.n_established, 0);
}

static void
established_connections_leave_the_backlog(void **state)
{
    struct script *s = *state;

    tcp_listen(s->pair->guests[0], BENCH_PORT, &s->config, bench_accept,
               &s->app);
    for (uint16_t i = 0; i < 200; i++) {
        s->peer_port = (uint16_t) (6000 + i);
        s->knows_iss = false;
        script_send(s, &(struct seg){ .flags = TCP_SYN, .window = 1000 });
        script_expect(s, TCP_SYN | TCP_ACK, 0, 1, 0);
        script_ack(s, 1, 1000);
    }
    assert_int_equal(s->app.n_established, 200);
}

static void
local_ports_go_round_past_those_in_use(void **state)
{
    struct script *s = *state;
    struct guest *guest = s->pair->guests[0];
    struct tcp_conn *some = NULL;
    struct seg seg;

    tcp_listen(guest, 49152, &s->config, bench_accept, &s->app);
    for (uint32_t port = 49153; port <= UINT16_MAX; port++) {
        struct tcp_conn *conn =
            tcp_connect(guest, ip_addr_from_v4(0x0a010109), BENCH_PEER_PORT, 0,
                        &s->config, NULL, NULL, (struct guest_flow_tag){ 0 });

        assert_non_null(conn);
        some = port == 60000 ? conn : some;
        guest_flush(guest);
        s->knows_iss = false;
        assert_true(script_next(s, &seg));
        assert_int_equal(s->guest_port, port);
    }
    assert_null(tcp_connect(guest, ip_addr_from_v4(0x0a010109),
                            BENCH_PEER_PORT, 0, &s->config, NULL, NULL,
                            (struct guest_flow_tag){ 0 }));
    tcp_abort(some);
    s->knows_iss = false;
    script_connect(s);
    assert_int_equal(s->guest_port, 60000);
}

int
main(void)
{
#define SCRIPT(TEST)                                                          \
    cmocka_unit_test_setup_teardown(TEST, script_setup, script_teardown)
#define PAIR(TEST)                                                            \
    cmocka_unit_test_setup_teardown(TEST, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        SCRIPT(syn_has_mss_and_window_scale),
        PAIR(handshake_establishes_both_ends),
        PAIR(accepted_connections_answer_in_the_flow_of_the_syn),
        SCRIPT(listener_answers_without_scale_if_syn_has_none),
        SCRIPT(windows_are_scaled_both_ways),
        SCRIPT(mss_is_the_least_of_both_ends_and_the_path),
        SCRIPT(syn_is_sent_again_after_1_2_4_seconds_then_given_up),
        SCRIPT(rto_is_three_seconds_after_a_lost_syn),
        SCRIPT(initial_window_is_one_segment_after_two_lost_syns),
        PAIR(refused_by_reset),
        SCRIPT(reset_that_acknowledges_nothing_does_not_refuse),
        SCRIPT(wrong_ack_in_syn_sent_is_reset),
        SCRIPT(both_may_open_at_once),
        PAIR(two_guests_open_to_each_other_at_once),
        SCRIPT(lost_syn_ack_is_sent_again_for_a_syn_that_comes_again),
        SCRIPT(unanswered_syn_ack_is_given_up),
        SCRIPT(backlog_is_bounded),
        SCRIPT(syn_with_malformed_options_is_dropped),
        PAIR(segment_with_a_wrong_checksum_is_dropped),
        SCRIPT(port_unreachable_refuses_in_syn_sent_only),
        SCRIPT(sequence_numbers_depend_on_ends_and_time),
        SCRIPT(wrong_ack_in_syn_received_is_reset),
        SCRIPT(established_connections_leave_the_backlog),
        SCRIPT(local_ports_go_round_past_those_in_use),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

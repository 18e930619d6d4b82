#include "models/guest/workload.h"

#include "models/wire/ipv4.h"
#include "tests/cmocka_all.h"
#include "tests/flow_bench.h"

#define RTT (100 * SIM_US) /* Of the pair. */

static int
setup(void **state)
{
    struct flow_bench *b = flow_bench_new("tcp", 1);

    b->config.has_bytes = true;
    b->config.bytes = flow_constant(1000000);
    b->pair->rate_bps = 1000000000;
    *state = b;
    return 0;
}

static int
teardown(void **state)
{
    flow_bench_free(*state);
    return 0;
}

static void
tcp_flow_delivers_its_bytes_and_closes(void **state)
{
    struct flow_bench *b = *state;
    const struct flow_stats *sent, *served;

    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    sent = flow_sent(b);
    served = flow_served(b);
    assert_int_equal(sent->sent, 1);
    assert_int_equal(sent->sent_bytes, 1000000);
    assert_int_equal(sent->resets, 0);
    assert_int_equal(served->received, 1);
    assert_int_equal(served->completed, 1);
    assert_int_equal(served->delivered_bytes, 1000000);
    assert_int_equal(served->sent_bytes, 0);
    assert_int_equal(sent->first, 0);
    assert_true(served->last > 8 * SIM_MS && served->last < 20 * SIM_MS);
}

/* The last data and FIN take half a round trip, the answer the other half. */
static void
tcp_flow_completion_time_ends_when_both_have_closed(void **state)
{
    struct flow_bench *b = *state;
    sim_time fct;

    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_sent(b)->latency.n, 1);
    assert_int_equal(flow_served(b)->latency.n, 0);
    fct = flow_sent(b)->latency.max;
    assert_in_range(fct - flow_served(b)->last, RTT / 2,
                    RTT / 2 + 10 * SIM_US);
}

static void
tcp_flow_of_no_bytes_connects_and_closes(void **state)
{
    struct flow_bench *b = *state;

    b->config.bytes = flow_constant(0);
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_served(b)->completed, 1);
    assert_int_equal(flow_served(b)->delivered_bytes, 0);
    assert_int_equal(flow_sent(b)->latency.n, 1);
    assert_int_equal(flow_sent(b)->resets, 0);
}

static void
tcp_flow_through_a_small_send_buffer_delivers_all(void **state)
{
    struct flow_bench *b = *state;

    b->config.tcp.send_buffer = 5000;
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_served(b)->delivered_bytes, 1000000);
    assert_int_equal(flow_served(b)->completed, 1);
}

static void
tcp_flow_without_bytes_fills_the_line_until_stop(void **state)
{
    struct flow_bench *b = *state;
    const struct flow_stats *served;

    b->config.has_bytes = false;
    b->config.stop = SIM_S;
    b->config.tcp.receive_buffer = 65536;
    b->pair->rate_bps = 100000000;
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    served = flow_served(b);
    /* 1460 of 1538 bytes are payload. */
    assert_in_range(served->delivered_bytes, 11500000, 12000000);
    assert_int_equal(served->completed, 1);
    assert_int_equal(flow_sent(b)->sent_bytes, served->delivered_bytes);
    assert_in_range(served->last, SIM_S, SIM_S + 20 * SIM_MS);
}

static void
tcp_flow_keeps_its_rate(void **state)
{
    struct flow_bench *b = *state;
    const struct flow_stats *served;

    b->config.has_bytes = false;
    b->config.rate_bps = 8000000;
    b->config.stop = SIM_S;
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    served = flow_served(b);
    assert_in_range(served->delivered_bytes, 1000000 - 1460, 1000000 + 1460);
    assert_int_equal(served->completed, 1);
}

static void
tcp_flow_with_a_rate_and_bytes_takes_its_time(void **state)
{
    struct flow_bench *b = *state;

    b->config.rate_bps = 8000000; /* One second for all. */
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_served(b)->delivered_bytes, 1000000);
    assert_in_range(flow_served(b)->last, 995 * SIM_MS, 1005 * SIM_MS);
    assert_int_equal(flow_sent(b)->resets, 0);
}

static void
tcp_flow_refused_counts_a_reset(void **state)
{
    struct flow_bench *b = *state;

    b->client = flow_client_new(b->pair->guests[0], &b->config);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_sent(b)->sent, 1);
    assert_int_equal(flow_sent(b)->resets, 1);
    assert_int_equal(flow_sent(b)->latency.n, 0);
}

static void
tcp_flow_that_stops_before_it_is_connected_counts_a_reset(void **state)
{
    struct flow_bench *b = *state;

    b->config.stop = RTT;
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_sent(b)->resets, 1);
    assert_int_equal(flow_sent(b)->latency.n, 0);
    assert_int_equal(flow_served(b)->completed, 0);
}

static void
tcp_flow_that_starts_at_its_stop_never_connects(void **state)
{
    struct flow_bench *b = *state;

    b->config.start = flow_constant(SIM_S);
    b->config.stop = SIM_S;
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_sent(b)->sent, 0);
    assert_int_equal(b->pair->log->len, 0);
}

static bool
is_data(const struct packet *pkt)
{
    return pkt->size > 1000;
}

static void
tcp_flow_counts_retransmissions_and_loses_nothing(void **state)
{
    struct flow_bench *b = *state;

    guest_pair_add_rule(b->pair, (struct pair_rule){ .from = 0,
                                                     .first = 30,
                                                     .last = 31,
                                                     .matches = is_data,
                                                     .action = PAIR_DROP });
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_true(flow_sent(b)->retransmits >= 2);
    assert_int_equal(flow_sent(b)->sent_bytes, 1000000);
    assert_int_equal(flow_served(b)->delivered_bytes, 1000000);
}

static void
tcp_flow_is_seen_while_it_runs(void **state)
{
    struct flow_bench *b = *state;

    flow_bench_start(b);
    flow_bench_run(b, 2 * SIM_MS);
    assert_in_range(flow_sent(b)->sent_bytes, 1, 999999);
    assert_in_range(flow_served(b)->delivered_bytes, 1, 999999);
    assert_int_equal(flow_served(b)->completed, 0);
}

static void
tcp_flow_freed_while_it_runs_leaves_its_connection_alone(void **state)
{
    struct flow_bench *b = *state;

    flow_bench_start(b);
    flow_bench_run(b, 5 * SIM_MS);
    flow_end_free(b->client);
    flow_end_free(b->server);
    b->client = b->server = NULL;
    flow_bench_run(b, 10 * SIM_S);
}

static void
tcp_flows_to_one_port_are_told_apart_by_their_tags(void **state)
{
    struct flow_bench *b = *state;
    struct flow_config second = b->config, stray = b->config;
    struct flow_end *server, *clients[2];

    guest_pair_add_guest(b->pair, PAIR_MTU);
    second.index = 2;
    second.bytes = flow_constant(500000);
    stray.index = 3; /* Nobody listens for it. */
    flow_bench_start(b);
    server = flow_server_new(b->pair->guests[1], &second);
    clients[0] = flow_client_new(b->pair->guests[2], &second);
    clients[1] = flow_client_new(b->pair->guests[2], &stray);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_served(b)->delivered_bytes, 1000000);
    assert_int_equal(flow_end_stats(server)->delivered_bytes, 500000);
    assert_int_equal(flow_end_stats(clients[1])->resets, 1);
    flow_end_free(clients[0]);
    flow_end_free(clients[1]);
    flow_end_free(server);
}

int
main(void)
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(tcp_flow_delivers_its_bytes_and_closes),
        TEST(tcp_flow_completion_time_ends_when_both_have_closed),
        TEST(tcp_flow_of_no_bytes_connects_and_closes),
        TEST(tcp_flow_through_a_small_send_buffer_delivers_all),
        TEST(tcp_flow_without_bytes_fills_the_line_until_stop),
        TEST(tcp_flow_keeps_its_rate),
        TEST(tcp_flow_with_a_rate_and_bytes_takes_its_time),
        TEST(tcp_flow_refused_counts_a_reset),
        TEST(tcp_flow_that_stops_before_it_is_connected_counts_a_reset),
        TEST(tcp_flow_that_starts_at_its_stop_never_connects),
        TEST(tcp_flow_counts_retransmissions_and_loses_nothing),
        TEST(tcp_flow_is_seen_while_it_runs),
        TEST(tcp_flow_freed_while_it_runs_leaves_its_connection_alone),
        TEST(tcp_flows_to_one_port_are_told_apart_by_their_tags),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "models/guest/workload.h"

#include "models/wire/ipv4.h"
#include "tests/cmocka_all.h"
#include "tests/flow_bench.h"

#define RTT (100 * SIM_US) /* Of the pair. */

static int
setup(void **state)
{
    struct flow_bench *b = flow_bench_new("tcp_rr", 1);

    b->config.port = 1433;
    b->config.count = 100;
    b->config.tcp.nagle = false; /* The response's end waits for nothing. */
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
rr_does_its_count_of_transactions_and_closes(void **state)
{
    struct flow_bench *b = *state;
    const struct flow_stats *sent, *served;

    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    sent = flow_sent(b);
    served = flow_served(b);
    assert_int_equal(sent->sent, 100);
    assert_int_equal(sent->completed, 100);
    assert_int_equal(sent->sent_bytes, 100 * 200);
    assert_int_equal(sent->delivered_bytes, 100 * 4096);
    assert_int_equal(sent->resets, 0);
    assert_int_equal(served->received, 100);
    assert_int_equal(served->completed, 0);
    assert_int_equal(served->sent_bytes, 100 * 4096);
    assert_int_equal(served->delivered_bytes, 100 * 200);
    assert_int_equal(sent->retransmits + served->retransmits, 0);
}

static void
rr_latency_is_from_request_to_the_end_of_the_response(void **state)
{
    struct flow_bench *b = *state;

    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_sent(b)->latency.n, 100);
    assert_int_equal(flow_sent(b)->latency.min, RTT);
    assert_int_equal(flow_sent(b)->latency.max, RTT);
    assert_int_equal(flow_served(b)->latency.n, 0);
    /* ARP, handshake, transactions. */
    assert_int_equal(flow_sent(b)->first, 2 * RTT);
    assert_int_equal(flow_sent(b)->last, 102 * RTT);
}

static void
rr_waits_its_gap_after_each_response(void **state)
{
    struct flow_bench *b = *state;

    b->config.gap = flow_constant(SIM_MS);
    b->config.count = 10;
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_sent(b)->last, 12 * RTT + 9 * SIM_MS);
    assert_int_equal(flow_sent(b)->completed, 10);
    assert_int_equal(flow_sent(b)->resets, 0);
}

static void
rr_ends_agree_on_random_sizes(void **state)
{
    struct flow_bench *b = *state;

    b->config.request =
        (struct distribution){ DISTRIBUTION_EXPONENTIAL, 2000, 0 };
    b->config.response =
        (struct distribution){ DISTRIBUTION_LOGNORMAL, 5000, 1.5 };
    b->config.count = 300;
    flow_bench_start(b);
    flow_bench_run(b, 100 * SIM_S);
    assert_int_equal(flow_sent(b)->completed, 300);
    assert_int_equal(flow_served(b)->received, 300);
    assert_int_equal(flow_sent(b)->sent_bytes,
                     flow_served(b)->delivered_bytes);
    assert_int_equal(flow_served(b)->sent_bytes,
                     flow_sent(b)->delivered_bytes);
}

static void
rr_messages_have_a_byte_at_least(void **state)
{
    struct flow_bench *b = *state;

    b->config.request = b->config.response = flow_constant(0);
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_sent(b)->completed, 100);
    assert_int_equal(flow_sent(b)->delivered_bytes, 100);
}

static void
rr_messages_larger_than_the_send_buffer_arrive(void **state)
{
    struct flow_bench *b = *state;

    b->config.tcp.send_buffer = 3000;
    b->config.request = b->config.response = flow_constant(20000);
    b->config.count = 10;
    flow_bench_start(b);
    flow_bench_run(b, 100 * SIM_S);
    assert_int_equal(flow_sent(b)->completed, 10);
}

static void
rr_at_stop_finishes_the_transaction_and_closes(void **state)
{
    struct flow_bench *b = *state;
    uint64_t frames;

    b->config.count = 0;
    b->config.stop = 20 * RTT + RTT / 2;
    flow_bench_start(b);
    flow_bench_run(b, SIM_S);
    assert_int_equal(flow_sent(b)->sent, 19);
    assert_int_equal(flow_sent(b)->completed, 19);
    assert_int_equal(flow_sent(b)->last, 21 * RTT);
    assert_int_equal(flow_sent(b)->resets, 0);
    frames = b->pair->log->len;
    flow_bench_run(b, 100 * SIM_S);
    assert_int_equal(b->pair->log->len, frames); /* It is closed. */
}

static void
rr_at_stop_within_a_gap_closes_then(void **state)
{
    struct flow_bench *b = *state;
    const struct pair_frame *last;

    b->config.count = 0;
    b->config.gap = flow_constant(SIM_S);
    b->config.stop = SIM_S / 2;
    flow_bench_start(b);
    flow_bench_run(b, 100 * SIM_S);
    assert_int_equal(flow_sent(b)->completed, 1);
    last = g_ptr_array_index(b->pair->log, b->pair->log->len - 1);
    assert_in_range(last->when, SIM_S / 2, SIM_S / 2 + RTT);
}

static void
rr_completes_everything_over_a_lossy_line(void **state)
{
    struct flow_bench *b = *state;

    for (unsigned int i = 0; i < 5; i++) {
        guest_pair_add_rule(b->pair,
                            (struct pair_rule){ .from = i % 2,
                                                .first = 20 + 17 * i,
                                                .last = 21 + 17 * i,
                                                .action = PAIR_DROP });
    }
    flow_bench_start(b);
    flow_bench_run(b, 100 * SIM_S);
    assert_int_equal(flow_sent(b)->completed, 100);
    assert_int_equal(flow_served(b)->received, 100);
    assert_true(flow_sent(b)->retransmits + flow_served(b)->retransmits > 0);
}

static void
rr_refused_counts_a_reset(void **state)
{
    struct flow_bench *b = *state;

    b->client = flow_client_new(b->pair->guests[0], &b->config);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_sent(b)->sent, 0);
    assert_int_equal(flow_sent(b)->resets, 1);
}

static void
rr_to_nobody_gives_up(void **state)
{
    struct flow_bench *b = *state;

    b->config.to = ip_addr_from_v4(0x0a0101c8);
    b->client = flow_client_new(b->pair->guests[0], &b->config);
    flow_bench_run(b, 1000 * SIM_S);
    assert_int_equal(flow_sent(b)->resets, 1);
}

/* As a scenario's queries and a bulk transfer to one database. */
static void
rr_shares_its_port_with_a_flow_of_another_kind(void **state)
{
    struct flow_bench *b = *state;
    struct flow_config bulk = b->config;
    struct flow_end *client, *server;

    bulk.kind = workload_kind_by_name("tcp");
    bulk.index = 2;
    bulk.id = "bulk";
    bulk.has_bytes = true;
    bulk.bytes = flow_constant(100000);
    flow_bench_start(b);
    server = flow_server_new(b->pair->guests[1], &bulk);
    client = flow_client_new(b->pair->guests[0], &bulk);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_sent(b)->completed, 100);
    assert_int_equal(flow_end_stats(server)->delivered_bytes, 100000);
    flow_end_free(client);
    flow_end_free(server);
}

static void
rr_tags_requests_and_responses(void **state)
{
    struct flow_bench *b = *state;

    b->config.index = 77;
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    for (guint i = 0; i < b->pair->log->len; i++) {
        const struct pair_frame *f = g_ptr_array_index(b->pair->log, i);

        assert_int_equal(f->tag.flow, 77);
        assert_int_equal(f->tag.reply, f->from);
        assert_int_equal(f->tag.tenant, f->from + 1);
    }
}

/* Runs the same flow and returns the run's fingerprint. */
static uint64_t
fingerprint(uint64_t seed)
{
    struct flow_bench *b = flow_bench_new("tcp_rr", seed);
    uint64_t hash;

    b->config.count = 50;
    b->config.gap = (struct distribution){ DISTRIBUTION_EXPONENTIAL, 1e9, 0 };
    b->config.start = (struct distribution){ DISTRIBUTION_UNIFORM, 0, 1e10 };
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_sent(b)->completed, 50);
    hash = sim_fingerprint(b->pair->sim);
    flow_bench_free(b);
    return hash;
}

static void
rr_run_twice_is_the_same_and_another_seed_is_not(void **state)
{
    (void) state;
    assert_true(fingerprint(1) == fingerprint(1));
    assert_true(fingerprint(1) != fingerprint(2));
}

int
main(void)
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(rr_does_its_count_of_transactions_and_closes),
        TEST(rr_latency_is_from_request_to_the_end_of_the_response),
        TEST(rr_waits_its_gap_after_each_response),
        TEST(rr_ends_agree_on_random_sizes),
        TEST(rr_messages_have_a_byte_at_least),
        TEST(rr_messages_larger_than_the_send_buffer_arrive),
        TEST(rr_at_stop_finishes_the_transaction_and_closes),
        TEST(rr_at_stop_within_a_gap_closes_then),
        TEST(rr_completes_everything_over_a_lossy_line),
        TEST(rr_refused_counts_a_reset),
        TEST(rr_to_nobody_gives_up),
        TEST(rr_shares_its_port_with_a_flow_of_another_kind),
        TEST(rr_tags_requests_and_responses),
        cmocka_unit_test(rr_run_twice_is_the_same_and_another_seed_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

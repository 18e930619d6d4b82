#include "models/guest/workload.h"

#include "models/guest/udp.h"
#include "models/wire/ipv4.h"
#include "models/wire/udp.h"
#include "tests/cmocka_all.h"
#include "tests/flow_bench.h"

#define DELAY (50 * SIM_US) /* Of the pair. */

static int
setup(void **state)
{
    struct flow_bench *b = flow_bench_new("udp", 1);

    b->config.gap = flow_constant(SIM_MS);
    b->config.size = flow_constant(1000);
    b->config.count = 100;
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
udp_flow_counts_what_it_sent_and_what_arrived(void **state)
{
    struct flow_bench *b = *state;

    guest_pair_add_rule(b->pair, (struct pair_rule){ .from = 0,
                                                     .first = 11,
                                                     .last = 20,
                                                     .action = PAIR_DROP });
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_sent(b)->sent, 100);
    assert_int_equal(flow_sent(b)->sent_bytes, 100000);
    assert_int_equal(flow_sent(b)->completed, 0);
    assert_int_equal(flow_sent(b)->first, 0);
    assert_int_equal(flow_served(b)->sent, 0);
    assert_int_equal(flow_served(b)->received, 90);
    assert_int_equal(flow_served(b)->completed, 90);
    assert_int_equal(flow_served(b)->delivered_bytes, 90000);
    assert_int_equal(flow_served(b)->last, 99 * SIM_MS + DELAY);
}

static void
udp_flow_measures_the_delay_of_each_datagram(void **state)
{
    struct flow_bench *b = *state;

    guest_pair_add_rule(b->pair, (struct pair_rule){ .from = 0,
                                                     .first = 50,
                                                     .last = 50,
                                                     .action = PAIR_DELAY,
                                                     .extra = 7 * SIM_MS });
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_served(b)->latency.n, 100);
    assert_int_equal(flow_served(b)->latency.min, DELAY);
    assert_int_equal(flow_served(b)->latency.max, DELAY + 7 * SIM_MS);
}

static void
udp_flow_writes_sequence_number_and_time_into_the_payload(void **state)
{
    struct flow_bench *b = *state;

    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    for (unsigned int i = 0; i < 100; i++) {
        const struct pair_frame *f =
            guest_pair_frame(b->pair, 0, IP_PROTO_UDP, i);
        const uint8_t *payload = f->bytes + ETH_HLEN + IPV4_HLEN + UDP_HLEN;

        assert_int_equal(f->size, ETH_HLEN + IPV4_HLEN + UDP_HLEN + 1000);
        assert_int_equal(f->stored, ETH_HLEN + IPV4_HLEN + UDP_HLEN + 16);
        assert_int_equal(get_be64(payload), i);
        assert_int_equal(get_be64(payload + 8), i * SIM_MS);
    }
}

static void
udp_flow_of_small_datagrams_only_counts(void **state)
{
    struct flow_bench *b = *state;

    b->config.size = flow_constant(15);
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_served(b)->completed, 100);
    assert_int_equal(flow_served(b)->latency.n, 0);
}

/* 1000 bytes at 3 Mb/s are 2666.66... us: the third part must not get lost. */
static void
udp_flow_keeps_its_rate_to_the_picosecond(void **state)
{
    struct flow_bench *b = *state;

    b->config.rate_bps = 3000000;
    b->config.count = 3001;
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_frame_time(b, IP_PROTO_UDP, 1), INT64_C(2666666666));
    assert_int_equal(flow_frame_time(b, IP_PROTO_UDP, 2), INT64_C(5333333333));
    assert_int_equal(flow_frame_time(b, IP_PROTO_UDP, 3), 8 * SIM_MS);
    assert_int_equal(flow_frame_time(b, IP_PROTO_UDP, 3000), 8 * SIM_S);
}

static void
udp_flow_at_a_rate_waits_as_long_as_each_datagram_is(void **state)
{
    struct flow_bench *b = *state;
    uint64_t bytes = 0;

    b->config.rate_bps = 8000000; /* A byte per us. */
    b->config.size = (struct distribution){ DISTRIBUTION_UNIFORM, 20, 1400 };
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    for (unsigned int i = 0; i < 100; i++) {
        const struct pair_frame *f =
            guest_pair_frame(b->pair, 0, IP_PROTO_UDP, i);

        if (i) {
            assert_int_equal(f->when, bytes * (uint64_t) SIM_US);
        }
        bytes += f->size - ETH_HLEN - IPV4_HLEN - UDP_HLEN;
    }
    assert_int_equal(flow_served(b)->delivered_bytes, bytes);
}

static void
udp_flow_without_a_count_ends_at_stop(void **state)
{
    struct flow_bench *b = *state;

    b->config.count = 0;
    b->config.stop = 50 * SIM_MS;
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_sent(b)->sent, 50);
}

static void
udp_flow_to_a_closed_port_counts_errors(void **state)
{
    struct flow_bench *b = *state;

    b->client = flow_client_new(b->pair->guests[0], &b->config);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_sent(b)->errors, 100);
}

static void
udp_flow_larger_than_the_mtu_is_lost_by_name(void **state)
{
    struct flow_bench *b = *state;

    b->config.size = flow_constant(100000);
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_TOO_BIG), 100);
    assert_int_equal(flow_served(b)->received, 0);
}

/* Three flows to one port, and a fourth for which nobody listens there. */
static void
udp_flows_to_one_port_are_told_apart_by_their_tags(void **state)
{
    struct flow_bench *b = *state;
    struct flow_config others[3] = { b->config, b->config, b->config };
    struct flow_end *servers[2], *clients[3];

    others[0].index = 9;
    others[0].count = 40;
    others[1].index = 5;
    others[1].count = 20;
    others[2].index = 7;
    flow_bench_start(b);
    for (int i = 0; i < 3; i++) {
        if (i < 2) {
            servers[i] = flow_server_new(b->pair->guests[1], &others[i]);
        }
        clients[i] = flow_client_new(b->pair->guests[0], &others[i]);
    }
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_served(b)->received, 100);
    assert_int_equal(flow_end_stats(servers[0])->received, 40);
    assert_int_equal(flow_end_stats(servers[1])->received, 20);
    for (int i = 0; i < 3; i++) {
        flow_end_free(clients[i]);
    }
    flow_end_free(servers[0]);
    flow_end_free(servers[1]); /* The port stays open for the first. */
    assert_null(udp_open(b->pair->guests[1], 5001, NULL, NULL));
    flow_end_free(b->server);
    b->server = NULL;
    udp_close(udp_open(b->pair->guests[1], 5001, NULL, NULL));
}

static void
udp_flow_uses_the_port_it_is_given(void **state)
{
    struct flow_bench *b = *state;
    const struct pair_frame *f;

    b->config.port = 53;
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    f = guest_pair_frame(b->pair, 0, IP_PROTO_UDP, 0);
    assert_int_equal(get_be16(f->bytes + ETH_HLEN + IPV4_HLEN + 2), 53);
    assert_int_equal(f->tag.flow, 1);
    assert_false(f->tag.reply);
    assert_int_equal(flow_served(b)->received, 100);
}

static void
udp_flow_freed_while_it_runs_sends_no_more(void **state)
{
    struct flow_bench *b = *state;

    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_MS);
    flow_end_free(b->client);
    b->client = NULL;
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_served(b)->received, 11);
}

int
main(void)
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(udp_flow_counts_what_it_sent_and_what_arrived),
        TEST(udp_flow_measures_the_delay_of_each_datagram),
        TEST(udp_flow_writes_sequence_number_and_time_into_the_payload),
        TEST(udp_flow_of_small_datagrams_only_counts),
        TEST(udp_flow_keeps_its_rate_to_the_picosecond),
        TEST(udp_flow_at_a_rate_waits_as_long_as_each_datagram_is),
        TEST(udp_flow_without_a_count_ends_at_stop),
        TEST(udp_flow_to_a_closed_port_counts_errors),
        TEST(udp_flow_larger_than_the_mtu_is_lost_by_name),
        TEST(udp_flows_to_one_port_are_told_apart_by_their_tags),
        TEST(udp_flow_uses_the_port_it_is_given),
        TEST(udp_flow_freed_while_it_runs_sends_no_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

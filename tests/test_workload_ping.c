#include "models/guest/workload.h"

#include <string.h>

#include "models/wire/icmp.h"
#include "tests/cmocka_all.h"
#include "tests/flow_bench.h"

#define RTT (100 * SIM_US) /* Of the pair. */

static int
setup(void **state)
{
    struct flow_bench *b = flow_bench_new("ping", 1);

    b->config.gap = flow_constant(SIM_S);
    b->config.count = 4;
    *state = b;
    return 0;
}

static int
teardown(void **state)
{
    flow_bench_free(*state);
    return 0;
}

static const uint8_t *
nth_echo(const struct flow_bench *b, unsigned int n)
{
    return guest_pair_frame(b->pair, 0, IP_PROTO_ICMP, n)->bytes + ETH_HLEN
           + IPV4_HLEN;
}

static void
ping_sends_its_count_one_every_gap_and_times_the_answers(void **state)
{
    struct flow_bench *b = *state;
    const struct flow_stats *stats;

    flow_bench_start(b);
    flow_bench_run(b, 60 * SIM_S);
    stats = flow_sent(b);
    assert_int_equal(stats->sent, 4);
    assert_int_equal(stats->received, 4);
    assert_int_equal(stats->completed, 4);
    assert_int_equal(stats->sent_bytes, 4 * 32);
    assert_int_equal(stats->delivered_bytes, 4 * 32);
    assert_int_equal(stats->first, 0);
    assert_int_equal(stats->last, 3 * SIM_S + RTT);
    assert_int_equal(stats->latency.n, 4);
    assert_int_equal(stats->latency.min, RTT);
    assert_int_equal(stats->latency.max, 2 * RTT); /* The first: ARP. */
    for (unsigned int i = 1; i < 4; i++) {
        assert_int_equal(flow_frame_time(b, IP_PROTO_ICMP, i), i * SIM_S);
    }
    assert_int_equal(flow_served(b)->received, 0);
}

static void
ping_payload_is_the_alphabet_to_w_over_and_over(void **state)
{
    struct flow_bench *b = *state;

    flow_bench_start(b);
    flow_bench_run(b, 60 * SIM_S);
    for (unsigned int i = 0; i < 4; i++) {
        const uint8_t *icmp = nth_echo(b, i);

        assert_int_equal(icmp[0], ICMP_ECHO_REQUEST);
        assert_int_equal(icmp_echo_id(get_be32(icmp + 4)), 1);
        assert_int_equal(icmp_echo_seq(get_be32(icmp + 4)), i + 1);
        assert_memory_equal(icmp + ICMP_HLEN,
                            "abcdefghijklmnopqrstuvwabcdefghi", 32);
        assert_true(icmp_checksum_is_right(icmp, ICMP_HLEN + 32));
    }
    assert_int_equal(guest_pair_frame(b->pair, 0, IP_PROTO_ICMP, 0)->size,
                     ETH_HLEN + IPV4_HLEN + ICMP_HLEN + 32);
}

static void
ping_lost_is_sent_and_not_completed(void **state)
{
    struct flow_bench *b = *state;

    guest_pair_add_rule(
        b->pair, (struct pair_rule){
                     .from = 0, .first = 3, .last = 3, .action = PAIR_DROP });
    flow_bench_start(b);
    flow_bench_run(b, 60 * SIM_S);
    assert_int_equal(flow_sent(b)->sent, 4);
    assert_int_equal(flow_sent(b)->completed, 3);
}

static void
ping_answer_after_four_seconds_is_too_late(void **state)
{
    struct flow_bench *b = *state;

    guest_pair_add_rule(b->pair,
                        (struct pair_rule){ .from = 1,
                                            .first = 3,
                                            .last = 3,
                                            .action = PAIR_DELAY,
                                            .extra = 4 * SIM_S - 2 * RTT });
    guest_pair_add_rule(b->pair,
                        (struct pair_rule){ .from = 1,
                                            .first = 4,
                                            .last = 4,
                                            .action = PAIR_DELAY,
                                            .extra = 4 * SIM_S - RTT });
    flow_bench_start(b);
    flow_bench_run(b, 60 * SIM_S);
    assert_int_equal(flow_sent(b)->completed, 3);
    assert_int_equal(flow_sent(b)->latency.max, 4 * SIM_S - RTT);
}

static void
ping_answered_twice_counts_once(void **state)
{
    struct flow_bench *b = *state;

    guest_pair_add_rule(b->pair, (struct pair_rule){ .from = 1,
                                                     .first = 3,
                                                     .action = PAIR_DUPLICATE,
                                                     .extra = SIM_MS });
    flow_bench_start(b);
    flow_bench_run(b, 60 * SIM_S);
    assert_int_equal(flow_sent(b)->completed, 4);
    assert_int_equal(flow_sent(b)->latency.max, 2 * RTT);
}

/* The second answer to a ping comes while the ping that took its place is on
 * its way. */
static void
ping_answered_late_again_is_not_taken_for_another(void **state)
{
    struct flow_bench *b = *state;

    b->config.count = 40;
    b->config.gap = flow_constant(100 * SIM_MS);
    guest_pair_add_rule(
        b->pair, (struct pair_rule){ .from = 1,
                                     .first = 3,
                                     .action = PAIR_DUPLICATE,
                                     .extra = 1600 * SIM_MS - RTT / 4 });
    flow_bench_start(b);
    flow_bench_run(b, 60 * SIM_S);
    assert_int_equal(flow_sent(b)->completed, 40);
    assert_int_equal(flow_sent(b)->latency.min, RTT);
}

static void
ping_keeps_many_on_their_way_apart(void **state)
{
    struct flow_bench *b = *state;
    const struct flow_stats *stats;

    b->pair->delay = 100 * SIM_MS;
    b->config.gap = flow_constant(SIM_MS);
    b->config.count = 2000;
    b->config.start = flow_constant(SIM_S);
    guest_pair_add_rule(b->pair, (struct pair_rule){ .from = 0,
                                                     .first = 500,
                                                     .last = 899,
                                                     .action = PAIR_DROP });
    flow_bench_start(b);
    flow_bench_run(b, 60 * SIM_S);
    stats = flow_sent(b);
    assert_int_equal(stats->sent, 2000);
    /* Of those that waited for ARP, 200 ms long, 16 were kept. */
    assert_int_equal(
        stats->completed,
        2000 - 400 - guest_pair_fate(b->pair, GUEST_FATE_ARP_QUEUE_FULL));
    assert_int_equal(stats->latency.min, 200 * SIM_MS);
    assert_in_range(stats->latency.max, 200 * SIM_MS, 216 * SIM_MS);
}

static void
ping_runs_from_start_until_stop(void **state)
{
    struct flow_bench *b = *state;

    b->config.count = 0;
    b->config.gap = flow_constant(100 * SIM_MS);
    b->config.start = flow_constant(100 * SIM_MS);
    b->config.stop = SIM_S;
    flow_bench_start(b);
    flow_bench_run(b, 60 * SIM_S);
    assert_int_equal(flow_sent(b)->first, 100 * SIM_MS);
    assert_int_equal(flow_sent(b)->sent, 9); /* Not at the stop itself. */
}

static void
ping_that_starts_after_its_stop_never_sends(void **state)
{
    struct flow_bench *b = *state;

    b->config.start = flow_constant(SIM_S);
    b->config.stop = SIM_S;
    flow_bench_start(b);
    flow_bench_run(b, 60 * SIM_S);
    assert_int_equal(flow_sent(b)->sent, 0);
    assert_int_equal(flow_sent(b)->first, -1);
}

static void
ping_to_nobody_counts_errors(void **state)
{
    struct flow_bench *b = *state;

    b->config.to = ip_addr_from_v4(0x0a0101c8);
    flow_bench_start(b);
    flow_bench_run(b, 60 * SIM_S);
    assert_int_equal(flow_sent(b)->completed, 0);
    assert_int_equal(flow_sent(b)->errors, 4);
}

static void
ping_larger_than_the_mtu_is_sent_and_lost(void **state)
{
    struct flow_bench *b = *state;

    b->config.size = flow_constant(1473);
    flow_bench_start(b);
    flow_bench_run(b, 60 * SIM_S);
    assert_int_equal(flow_sent(b)->sent, 4);
    assert_int_equal(flow_sent(b)->completed, 0);
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_TOO_BIG), 4);
}

static void
pings_of_one_guest_are_told_apart(void **state)
{
    struct flow_bench *b = *state;
    struct flow_config other = b->config;
    struct flow_end *end;

    guest_pair_add_guest(b->pair, PAIR_MTU);
    other.id = "other";
    other.index = 2;
    other.to = guest_address(b->pair->guests[2]);
    other.count = 7;
    flow_bench_start(b);
    end = flow_client_new(b->pair->guests[0], &other);
    flow_bench_run(b, 60 * SIM_S);
    assert_int_equal(flow_sent(b)->completed, 4);
    assert_int_equal(flow_end_stats(end)->completed, 7);
    flow_end_free(end);
}

/* Runs a flow called 'id' with random gaps and returns when the tenth ping was
 * sent. */
static sim_time
tenth_ping(uint64_t seed, const char *id, bool is_size_random)
{
    struct flow_bench *b = flow_bench_new("ping", seed);
    sim_time when;

    b->config.id = id;
    b->config.gap = (struct distribution){ DISTRIBUTION_EXPONENTIAL, 1e11, 0 };
    if (is_size_random) {
        b->config.size =
            (struct distribution){ DISTRIBUTION_UNIFORM, 10, 1000 };
    }
    b->config.count = 10;
    flow_bench_start(b);
    flow_bench_run(b, 60 * SIM_S);
    when = flow_frame_time(b, IP_PROTO_ICMP, 9);
    flow_bench_free(b);
    return when;
}

static void
ping_gaps_depend_on_seed_and_flow_and_on_nothing_else(void **state)
{
    sim_time when = tenth_ping(1, "flow", false);

    (void) state;
    assert_true(when > 0);
    assert_int_equal(tenth_ping(1, "flow", false), when);
    assert_int_equal(tenth_ping(1, "flow", true), when);
    assert_int_not_equal(tenth_ping(2, "flow", false), when);
    assert_int_not_equal(tenth_ping(1, "other", false), when);
}

static void
workload_kinds_are_found_by_name(void **state)
{
    (void) state;
    for (int i = 0; workload_kinds[i]; i++) {
        assert_ptr_equal(workload_kind_by_name(workload_kinds[i]->name),
                         workload_kinds[i]);
    }
    assert_null(workload_kind_by_name("pong"));
}

int
main(void)
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(ping_sends_its_count_one_every_gap_and_times_the_answers),
        TEST(ping_payload_is_the_alphabet_to_w_over_and_over),
        TEST(ping_lost_is_sent_and_not_completed),
        TEST(ping_answer_after_four_seconds_is_too_late),
        TEST(ping_answered_twice_counts_once),
        TEST(ping_answered_late_again_is_not_taken_for_another),
        TEST(ping_keeps_many_on_their_way_apart),
        TEST(ping_runs_from_start_until_stop),
        TEST(ping_that_starts_after_its_stop_never_sends),
        TEST(ping_to_nobody_counts_errors),
        TEST(ping_larger_than_the_mtu_is_sent_and_lost),
        TEST(pings_of_one_guest_are_told_apart),
        cmocka_unit_test(
            ping_gaps_depend_on_seed_and_flow_and_on_nothing_else),
        cmocka_unit_test(workload_kinds_are_found_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "tests/cmocka_all.h"
#include "tests/tcp_bench.h"
#include "sim/random.h"

#define ISN_TICK (4 * SIM_US)

/* Sends 'bytes' from the first to the second end, closes, runs until 'limit'
 * after the beginning, and expects all to have arrived and all to be closed. */
static void
transfer(struct bench *b, uint64_t bytes, sim_time limit)
{
    sim_time begin = sim_now(b->pair->sim);

    bench_open(b);
    if (bytes) {
        bench_write(b, 0, bytes);
    }
    bench_run(b, 0);
    while (!b->app[0].n_closed || !b->app[1].n_closed) {
        assert_true(sim_now(b->pair->sim) - begin < limit);
        if (b->app[0].n_established && b->app[0].conn
            && b->app[0].acked == bytes && !b->app[1].n_peer_closed) {
            bench_close(b, 0);
        }
        bench_run(b, 10 * SIM_MS);
    }
    bench_expect_closed(b);
    assert_int_equal(b->app[1].received, bytes);
    assert_int_equal(b->app[0].acked, bytes);
    assert_int_equal(b->app[0].stats.bytes_sent, bytes);
    assert_int_equal(b->app[1].stats.bytes_received, bytes);
}

static void
data_of_every_size_arrive_once(void **state)
{
    static const uint64_t sizes[] = { 1, 1459, 1460, 1461, 4096, 10000000 };

    (void) state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct bench *b = bench_new(1);

        b->pair->rate_bps = UINT64_C(10000000000);
        transfer(b, sizes[i], SIM_S);
        assert_int_equal(b->app[0].stats.retransmits, 0);
        assert_int_equal(b->app[1].stats.retransmits, 0);
        bench_free(b);
    }
}

/* Loses the 'n'-th segment of 'from' while 30 kB travel from the first end to
 * the second.  The first RTO of a SYN (1 s) or the least RTO, and delayed ACKs,
 * explain all waiting; both ends may wait for one lost FIN with an ACK. */
static void
lose_one(unsigned int from, unsigned int n)
{
    struct bench *b = bench_new(1);

    b->pair->rate_bps = UINT64_C(10000000000);
    guest_pair_add_rule(b->pair, (struct pair_rule){ .from = from,
                                                     .first = n,
                                                     .last = n,
                                                     .matches = bench_is_tcp,
                                                     .action = PAIR_DROP });
    transfer(b, 30000, (n == 1 ? 1200 : 500) * SIM_MS);
    assert_true(b->app[0].stats.timeouts <= 1);
    assert_true(b->app[1].stats.timeouts <= 1);
    bench_free(b);
}

static void
any_one_lost_segment_is_made_good(void **state)
{
    (void) state;
    for (unsigned int n = 1; n <= 30; n++) {
        lose_one(0, n);
        lose_one(1, n);
    }
}

/* Rules that hit one in 'one_in' frames at random, the same for one seed. */
static uint64_t rule_seed;

static bool
is_hit(const struct packet *pkt, unsigned int one_in, const char *name)
{
    struct random_stream stream;

    random_stream_init(&stream, pkt->tag.packet << 8 | rule_seed, name);
    return bench_is_tcp(pkt) && random_below(&stream, one_in) == 0;
}

static bool
hits_1_percent(const struct packet *pkt)
{
    return is_hit(pkt, 100, "loss");
}

static bool
hits_5_percent(const struct packet *pkt)
{
    return is_hit(pkt, 20, "loss");
}

static bool
hits_10_percent(const struct packet *pkt)
{
    return is_hit(pkt, 10, "delay");
}

static bool
hits_20_percent(const struct packet *pkt)
{
    return is_hit(pkt, 5, "copy");
}

static void
add_rule_both_ways(struct bench *b, bool (*matches)(const struct packet *),
                   enum pair_action action, sim_time extra)
{
    for (unsigned int from = 0; from < 2; from++) {
        guest_pair_add_rule(b->pair, (struct pair_rule){ .from = from,
                                                         .first = 1,
                                                         .matches = matches,
                                                         .action = action,
                                                         .extra = extra });
    }
}

static void
one_percent_of_loss_is_made_good(void **state)
{
    uint64_t n_fast = 0, n_timeouts = 0;

    (void) state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct bench *b = bench_new(seed);

        rule_seed = seed;
        b->pair->rate_bps = 1000000000;
        add_rule_both_ways(b, hits_1_percent, PAIR_DROP, 0);
        transfer(b, 2000000, 20 * SIM_S);
        assert_true(b->app[0].stats.retransmits > 5);
        n_fast += b->app[0].stats.fast_retransmits;
        n_timeouts += b->app[0].stats.timeouts;
        bench_free(b);
    }
    assert_true(n_fast > 2 * n_timeouts);
}

static void
five_percent_of_loss_is_made_good(void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct bench *b = bench_new(seed);

        rule_seed = seed;
        b->pair->rate_bps = 1000000000;
        add_rule_both_ways(b, hits_5_percent, PAIR_DROP, 0);
        transfer(b, 300000, 120 * SIM_S);
        bench_free(b);
    }
}

static void
reordered_and_duplicated_segments_are_put_right(void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct bench *b = bench_new(seed);

        rule_seed = seed;
        b->pair->rate_bps = 1000000000;
        add_rule_both_ways(b, hits_10_percent, PAIR_DELAY, 90 * SIM_US);
        add_rule_both_ways(b, hits_20_percent, PAIR_DUPLICATE, 70 * SIM_US);
        transfer(b, 1000000, 10 * SIM_S);
        bench_free(b);
    }
}

static void
everything_at_once_is_put_right(void **state)
{
    (void) state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct bench *b = bench_new(seed);

        rule_seed = seed;
        b->pair->rate_bps = 100000000;
        b->pair->buffer_bytes = 30000;
        add_rule_both_ways(b, hits_1_percent, PAIR_DROP, 0);
        add_rule_both_ways(b, hits_10_percent, PAIR_DELAY, 900 * SIM_US);
        add_rule_both_ways(b, hits_20_percent, PAIR_DUPLICATE, 700 * SIM_US);
        transfer(b, 1000000, 60 * SIM_S);
        bench_free(b);
    }
}

static void
small_receive_buffers_only_slow_down(void **state)
{
    static const uint32_t buffers[] = { 1, 100, 1460, 3000, 65536 };

    (void) state;
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) {
        struct bench *b = bench_new(1);

        b->config[1].receive_buffer = buffers[i];
        transfer(b, MIN(100000, 50 * buffers[i]), 60 * SIM_S);
        bench_free(b);
    }
}

static void
both_directions_at_once(void **state)
{
    struct bench *b = *state;

    b->pair->rate_bps = 1000000000;
    add_rule_both_ways(b, hits_1_percent, PAIR_DROP, 0);
    bench_open(b);
    bench_run(b, 100 * SIM_MS);
    bench_write(b, 0, 1000000);
    bench_write(b, 1, 1000000);
    bench_run(b, 30 * SIM_S);
    assert_int_equal(b->app[0].received, 1000000);
    assert_int_equal(b->app[1].received, 1000000);
}

/* The initial sequence number grows by one in 4 us, so to begin just before
 * 2^32 is a matter of waiting. */
static void
numbers_wrap_around(void **state)
{
    (void) state;
    for (unsigned int from = 0; from < 2; from++) {
        struct bench *b = bench_new(1);
        const struct pair_frame *f;
        uint32_t seq;

        bench_open(b);
        bench_run(b, 10 * SIM_MS);
        f = guest_pair_frame(b->pair, from, IP_PROTO_TCP, 0);
        seq = get_be32(f->bytes + 14 + 20 + 4);
        seq -= (uint32_t) (f->when / ISN_TICK);
        bench_free(b);

        b = bench_new(1);
        b->pair->rate_bps = 1000000000;
        add_rule_both_ways(b, hits_1_percent, PAIR_DROP, 0);
        bench_run(b, (sim_time) (UINT32_MAX - seq - 100000) * ISN_TICK);
        bench_open(b);
        bench_write(b, 0, 500000);
        bench_run(b, SIM_S);
        bench_write(b, 1, 500000);
        bench_run(b, 20 * SIM_S);
        assert_int_equal(b->app[1].received, 500000);
        assert_int_equal(b->app[0].received, 500000);
        f = guest_pair_frame(b->pair, from, IP_PROTO_TCP, 0);
        assert_true(get_be32(f->bytes + 14 + 20 + 4) > UINT32_MAX - 200000);
        bench_free(b);
    }
}

static void
same_seed_gives_the_same_run(void **state)
{
    uint64_t fingerprint = 0;

    (void) state;
    for (int i = 0; i < 2; i++) {
        struct bench *b = bench_new(7);

        b->pair->rate_bps = 1000000000;
        add_rule_both_ways(b, hits_1_percent, PAIR_DROP, 0);
        transfer(b, 500000, 20 * SIM_S);
        if (i) {
            assert_int_equal(sim_fingerprint(b->pair->sim), fingerprint);
        }
        fingerprint = sim_fingerprint(b->pair->sim);
        bench_free(b);
    }
}

static void
gigabit_line_is_filled(void **state)
{
    struct bench *b = *state;

    b->pair->rate_bps = 1000000000;
    bench_open(b);
    bench_write(b, 0, 10000000);
    /* 10 MB are 6850 frames of 1538 bytes on the line: 84.3 ms; slow start
     * wastes no more than a few round trips. */
    bench_run(b, 86 * SIM_MS);
    assert_int_equal(b->app[1].received, 10000000);
}

int
main(void)
{
#define PAIR(TEST)                                                            \
    cmocka_unit_test_setup_teardown(TEST, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_of_every_size_arrive_once),
        cmocka_unit_test(any_one_lost_segment_is_made_good),
        cmocka_unit_test(one_percent_of_loss_is_made_good),
        cmocka_unit_test(five_percent_of_loss_is_made_good),
        cmocka_unit_test(reordered_and_duplicated_segments_are_put_right),
        cmocka_unit_test(everything_at_once_is_put_right),
        cmocka_unit_test(small_receive_buffers_only_slow_down),
        PAIR(both_directions_at_once),
        cmocka_unit_test(numbers_wrap_around),
        cmocka_unit_test(same_seed_gives_the_same_run),
        PAIR(gigabit_line_is_filled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

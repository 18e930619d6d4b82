/* DSCP and ECN of what both ends of a flow send, whatever its kind. */

#include "models/wire/ip_tos.h"
#include "models/wire/ipv4.h"
#include "tests/cmocka_all.h"
#include "tests/flow_bench.h"

#define TOS (46 << 2 | IP_ECN_ECT0)

/* Returns how many IPv4 packets guest 'from' has sent, all marked 'tos'. */
static unsigned int
assert_marked(const struct flow_bench *b, unsigned int from, uint8_t tos)
{
    unsigned int n = 0;

    for (guint i = 0; i < b->pair->log->len; i++) {
        const struct pair_frame *f = g_ptr_array_index(b->pair->log, i);

        if (f->from == from && get_be16(f->bytes + 12) == ETH_TYPE_IPV4) {
            assert_int_equal(f->bytes[ETH_HLEN + 1], tos);
            assert_true(
                ipv4_checksum_is_right(f->bytes + ETH_HLEN, IPV4_HLEN));
            n++;
        }
    }
    return n;
}

static struct flow_bench *
run(const char *kind, uint8_t tos)
{
    struct flow_bench *b = flow_bench_new(kind, 1);

    b->config.tos = tos;
    b->config.count = 5;
    b->config.gap = flow_constant(SIM_MS);
    b->config.has_bytes = true;
    b->config.bytes = flow_constant(100000);
    flow_bench_start(b);
    flow_bench_run(b, 10 * SIM_S);
    assert_int_equal(flow_sent(b)->completed + flow_served(b)->completed,
                     b->config.kind->accept && kind[3] == '\0' ? 1 : 5);
    return b;
}

static void
both_ends_of_every_kind_are_marked(void **state)
{
    static const char *const kinds[] = { "ping", "udp", "tcp", "tcp_rr" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        struct flow_bench *b = run(kinds[i], TOS);

        assert_true(assert_marked(b, 0, TOS) >= 5);
        assert_true(assert_marked(b, 1, TOS) >= (i == 1 ? 0 : 5));
        flow_bench_free(b);
    }
}

static void
nothing_is_marked_unless_asked_for(void **state)
{
    struct flow_bench *b = run("tcp_rr", 0);

    (void) state;
    assert_true(assert_marked(b, 0, 0) >= 5);
    assert_true(assert_marked(b, 1, 0) >= 5);
    flow_bench_free(b);
}

static bool
mark_congested(const struct packet *pkt)
{
    uint8_t *data = packet_data(pkt);

    ip_ecn_set(get_be16(data + ETH_OFS_TYPE), data + ETH_HLEN,
               pkt->stored - (size_t) ETH_HLEN, IP_ECN_CE);
    return false;
}

static void
the_answer_to_a_congested_ping_is_not_congested(void **state)
{
    struct flow_bench *b = flow_bench_new("ping", 1);

    (void) state;
    b->config.tos = TOS;
    b->config.count = 1;
    guest_pair_add_rule(b->pair, (struct pair_rule){ .from = 0,
                                                     .matches = mark_congested,
                                                     .action = PAIR_DROP });
    flow_bench_start(b);
    flow_bench_run(b, SIM_S);
    assert_int_equal(flow_sent(b)->completed, 1);
    assert_int_equal(assert_marked(b, 1, TOS), 1);
    flow_bench_free(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_of_every_kind_are_marked),
        cmocka_unit_test(nothing_is_marked_unless_asked_for),
        cmocka_unit_test(the_answer_to_a_congested_ping_is_not_congested),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

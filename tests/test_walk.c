#include <string.h>

#include "tests/cmocka_all.h"
#include "tests/traces_bench.h"
#include "traces/drops.h"
#include "traces/walk.h"

static const struct packet_tag request = { .flow = 1, .tenant = 1 };
static const struct packet_tag reply = { .flow = 1,
                                         .tenant = 1,
                                         .reply = true };

static struct walk *
start(struct bench *b, size_t max_packets, size_t max_steps)
{
    struct walk_config config = {
        .flow = 1,
        .wants_notes = true,
        .max_packets = max_packets,
        .max_steps = max_steps,
        .names = bench_names,
    };
    struct tap_point *taps[] = { bench_tap(b->hv1), bench_tap(b->hv2),
                                 &b->web };

    return walk_new(b->sim, &config, taps, G_N_ELEMENTS(taps));
}

static void
assert_text(const struct walk *walk, enum walk_direction direction,
            const char *expected)
{
    GString *text = g_string_new(NULL);

    walk_print(walk, direction, text);
    assert_string_equal(text->str, expected);
    g_string_free(text, TRUE);
}

static void
walk_tells_every_step_of_a_packet(void **state)
{
    struct bench *b = *state;
    struct walk *walk = start(b, 0, 0);

    b->hv2->nic = &b->web;
    b->hv2->note = "lookup (VSID 5001, CA 10.1.1.2) -> here";
    bench_send(b, b->hv1, 100 * SIM_MS, 500, reply);
    bench_send(b, b->hv1, 100 * SIM_MS, 500, (struct packet_tag){ 0 });
    bench_run(b, SIM_S);
    assert_text(
        walk, WALK_BOTH,
        "packet 1 of blue-q (number 1), reply, tenant blue\n"
        "   1   100.000000 ms  hv1:eth0       out     10.1.1.1 > 10.1.1.2 "
        "UDP 1433 > 49152 len 458, 500 B\n"
        "   2   100.001419 ms  hv2:eth0       in      10.1.1.1 > 10.1.1.2 "
        "UDP 1433 > 49152 len 458, 500 B\n"
        "   3   100.001419 ms  hv2            policy  lookup (VSID 5001, CA "
        "10.1.1.2) -> here\n"
        "   4   100.001419 ms  blue/web:eth0  in      10.1.1.1 > 10.1.1.2 "
        "UDP 1433 > 49152 len 458, 500 B\n"
        "   5   100.001419 ms  blue/web       delivered at blue/web\n");
    assert_false(walk_is_cut(walk));
    walk_free(walk);
}

static void
drop_names_the_place_the_reason_and_its_meaning(void **state)
{
    struct bench *b = *state;
    struct walk *walk = start(b, 0, 0);

    b->hv1->fate = &bench_dropped;
    bench_send(b, b->hv2, SIM_MS, 60, request);
    bench_run(b, SIM_S);
    assert_text(walk, WALK_REQUEST,
                "packet 1 of blue-q (number 2), request, tenant blue\n"
                "   1     1.000000 ms  hv2:eth0  out  10.1.1.2 > 10.1.1.1 UDP "
                "49152 > 1433 len 18, 60 B\n"
                "   2     1.001067 ms  hv1:eth0  in   10.1.1.2 > 10.1.1.1 UDP "
                "49152 > 1433 len 18, 60 B\n"
                "   3     1.001067 ms  hv1       dropped at hv1: "
                "policy-mismatch: the source does not match policy\n");
    walk_free(walk);
}

static void
packet_that_has_not_ended_is_on_its_way(void **state)
{
    struct bench *b = *state;
    struct walk *walk = start(b, 0, 0);

    bench_send(b, b->hv2, SIM_MS, 60, (struct packet_tag){ .flow = 1 });
    bench_run(b, SIM_MS);
    assert_text(walk, WALK_BOTH,
                "packet 1 of blue-q (number 2), request\n"
                "   1     1.000000 ms  hv2:eth0  out  10.1.1.2 > 10.1.1.1 UDP "
                "49152 > 1433 len 18, 60 B\n"
                "      still on its way\n");
    walk_free(walk);
}

static void
steps_can_be_asked_for_by_direction(void **state)
{
    struct bench *b = *state;
    struct walk *walk = start(b, 0, 0);
    const struct walk_packet *packet;
    const struct walk_step *step;
    char text[IP_ADDR_STRLEN];

    bench_send(b, b->hv2, SIM_MS, 60, request);
    bench_send(b, b->hv1, 2 * SIM_MS, 60, reply);
    bench_send(b, b->hv2, 3 * SIM_MS, 70, request);
    bench_run(b, SIM_S);
    assert_int_equal(walk_n_packets(walk, WALK_BOTH), 3);
    assert_int_equal(walk_n_packets(walk, WALK_REQUEST), 2);
    assert_int_equal(walk_n_packets(walk, WALK_REPLY), 1);
    assert_null(walk_packet(walk, WALK_REPLY, 1));
    assert_true(walk_packet(walk, WALK_REPLY, 0)->is_reply);
    packet = walk_packet(walk, WALK_REQUEST, 1);
    assert_int_equal(packet->number, 4);
    assert_ptr_equal(walk_find(walk, 4), packet);
    assert_null(walk_find(walk, 99));
    assert_int_equal(packet->n_steps, 3);
    assert_ptr_equal(packet->fate, &bench_delivered);
    assert_string_equal(packet->end, "hv1");
    step = walk_step(packet, 1);
    assert_int_equal(step->kind, WALK_FRAME);
    assert_int_equal(step->direction, TAP_IN);
    assert_int_equal(step->size, 70);
    assert_string_equal(step->place, "hv1:eth0");
    ip_addr_format(&step->src, text);
    assert_string_equal(text, "10.1.1.2");
    ip_addr_format(&step->dst, text);
    assert_string_equal(text, "10.1.1.1");
    assert_int_equal(walk_step(packet, 2)->kind, WALK_END);
    assert_null(walk_step(packet, 3));
    walk_free(walk);
}

static void
second_packet_is_called_so_when_printed_alone(void **state)
{
    struct bench *b = *state;
    struct walk *walk = start(b, 0, 0);
    GString *text = g_string_new(NULL);

    bench_send(b, b->hv2, SIM_MS, 60, request);
    bench_send(b, b->hv1, 2 * SIM_MS, 60, reply);
    bench_run(b, SIM_S);
    walk_print_packet(walk, walk_packet(walk, WALK_REPLY, 0), text);
    assert_true(g_str_has_prefix(text->str, "packet 2 of blue-q (number 1)"));
    g_string_free(text, TRUE);
    walk_free(walk);
}

/* Ends two copies of a packet, the first by 'a' and the second by 'b'. */
static void
end_copies(struct bench *b, const struct fate *first,
           const struct fate *second)
{
    struct packet *pkt = bench_packet(b->hv2, 60);
    struct packet *copy = node_clone_packet(&b->hv2->node, pkt);

    pkt->tag.flow = copy->tag.flow = 1;
    node_end_packet(&b->hv2->node, pkt, first);
    node_end_packet(&b->hv2->node, copy, second);
}

static void
delivery_of_one_copy_counts_more_than_drops_of_others(void **state)
{
    struct bench *b = *state;
    struct walk *walk = start(b, 0, 0);

    end_copies(b, &bench_dropped, &bench_delivered);
    end_copies(b, &bench_delivered, &bench_dropped);
    end_copies(b, &bench_consumed, &bench_dropped);
    end_copies(b, &bench_consumed, &bench_consumed);
    assert_int_equal(walk_n_packets(walk, WALK_BOTH), 4);
    assert_ptr_equal(walk_packet(walk, WALK_BOTH, 0)->fate, &bench_delivered);
    assert_ptr_equal(walk_packet(walk, WALK_BOTH, 1)->fate, &bench_delivered);
    assert_ptr_equal(walk_packet(walk, WALK_BOTH, 2)->fate, &bench_dropped);
    assert_ptr_equal(walk_packet(walk, WALK_BOTH, 3)->fate, &bench_consumed);
    assert_int_equal(walk_packet(walk, WALK_BOTH, 3)->n_steps, 2);
    walk_free(walk);
}

static void
packets_beyond_the_limit_are_not_kept_and_the_text_says_so(void **state)
{
    struct bench *b = *state;
    struct walk *walk = start(b, 1, 0);

    bench_send(b, b->hv2, SIM_MS, 60, (struct packet_tag){ .flow = 1 });
    bench_run(b, SIM_MS);
    assert_false(walk_is_cut(walk));
    bench_send(b, b->hv2, 2 * SIM_MS, 60, request);
    bench_run(b, SIM_S);
    assert_true(walk_is_cut(walk));
    assert_int_equal(walk_n_packets(walk, WALK_BOTH), 1);
    assert_text(walk, WALK_REPLY,
                "\nstopped at a limit, there was more: at most 1 packets and "
                "20000 steps are recorded\n");
    walk_free(walk);
}

static void
steps_beyond_the_limit_are_not_kept_and_the_end_is_known(void **state)
{
    struct bench *b = *state;
    struct walk *walk = start(b, 0, 2);
    const struct walk_packet *packet;

    b->hv1->note = "a note";
    bench_send(b, b->hv2, SIM_MS, 60, request);
    bench_run(b, SIM_S);
    packet = walk_packet(walk, WALK_BOTH, 0);
    assert_int_equal(packet->n_steps, 2);
    assert_true(walk_is_cut(walk));
    assert_ptr_equal(packet->fate, &bench_delivered);
    walk_free(walk);
}

static void
walk_without_notes_leaves_nodes_unheard(void **state)
{
    struct bench *b = *state;
    struct walk_config config = { .flow = 1 };
    struct walk *walk = walk_new(b->sim, &config, NULL, 0);

    b->hv1->note = "a note";
    assert_false(node_is_heard(&b->hv1->node));
    bench_send(b, b->hv2, SIM_MS, 60, request);
    bench_run(b, SIM_S);
    assert_int_equal(walk_packet(walk, WALK_BOTH, 0)->n_steps, 1);
    walk_free(walk);
}

static void
drops_are_listed_with_time_place_and_reason(void **state)
{
    struct bench *b = *state;
    struct drops *drops = drops_new(b->sim, b->dir, 2, &bench_names);

    bench_send(b, b->hv1, SIM_MS, 60, request); /* Delivered. */
    b->hv1->fate = &bench_dropped;
    bench_send(b, b->hv2, SIM_MS, 60, request);
    bench_send(b, b->hv2, 2 * SIM_MS, 60, (struct packet_tag){ .flow = 7 });
    bench_send(b, b->hv2, 3 * SIM_MS, 60, request);
    bench_run(b, SIM_S);
    assert_int_equal(drops_written(drops), 2);
    assert_int_equal(drops_left_out(drops), 1);
    drops_free(drops);
    bench_commit(b);
    assert_file(b, "drops.csv",
                "t_s,node,reason,tenant,flow,packet\n"
                "0.0010010672,hv1,policy-mismatch,blue,blue-q,2\n"
                "0.0020010672,hv1,policy-mismatch,,,4\n");
}

static void
names_that_nobody_knows_are_empty(void **state)
{
    struct bench *b = *state;
    struct drops *drops = drops_new(b->sim, b->dir, DROPS_MAX, NULL);

    b->hv1->fate = &bench_dropped;
    bench_send(b, b->hv2, SIM_MS, 60, request);
    bench_run(b, SIM_S);
    drops_free(drops);
    bench_commit(b);
    assert_file(b, "drops.csv",
                "t_s,node,reason,tenant,flow,packet\n"
                "0.0010010672,hv1,policy-mismatch,,,2\n");
}

#define TEST(NAME)                                                            \
    cmocka_unit_test_setup_teardown(NAME, bench_setup, bench_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(walk_tells_every_step_of_a_packet),
        TEST(drop_names_the_place_the_reason_and_its_meaning),
        TEST(packet_that_has_not_ended_is_on_its_way),
        TEST(steps_can_be_asked_for_by_direction),
        TEST(second_packet_is_called_so_when_printed_alone),
        TEST(delivery_of_one_copy_counts_more_than_drops_of_others),
        TEST(packets_beyond_the_limit_are_not_kept_and_the_text_says_so),
        TEST(steps_beyond_the_limit_are_not_kept_and_the_end_is_known),
        TEST(walk_without_notes_leaves_nodes_unheard),
        TEST(drops_are_listed_with_time_place_and_reason),
        TEST(names_that_nobody_knows_are_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

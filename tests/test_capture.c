#include <string.h>

#include "tests/cmocka_all.h"
#include "tests/traces_bench.h"
#include "traces/capture.h"
#include "traces/capture_reader.h"

static const struct packet_tag blue = {
    .flow = 1, .tenant = 1, .vsid = 5001, .step = "encap"
};

/* Captures at the 'n' places into 'name'. */
static struct capture *
start(struct bench *b, const char *name, const struct capture_config *config,
      const struct capture_place *places, size_t n)
{
    GError *error = NULL;
    struct capture *capture = capture_new(b->sim, b->dir, name, config, places,
                                          n, &bench_names, &error);

    if (!capture) {
        fail_msg("%s", error->message);
    }
    return capture;
}

static struct capture *
start_at(struct bench *b, struct bench_node *node, const char *name,
         const struct capture_config *config)
{
    struct capture_place place = { bench_tap(node), "Hyper-V Host" };

    return start(b, name, config, &place, 1);
}

static void
finish(struct bench *b, struct capture *capture)
{
    capture_close(capture);
    bench_commit(b);
    capture_free(capture);
}

#define FIELDS                                                                \
    "-T fields -e frame.time_epoch -e frame.interface_name -e frame.len "     \
    "-e frame.cap_len -e frame.comment "

static void
frame_is_told_with_all_that_is_known_of_it(void **state)
{
    struct bench *b = *state;
    struct capture_config config = { .format = CAPTURE_PCAPNG };
    struct capture *capture = start_at(b, b->hv1, "x.pcapng", &config);

    bench_send(b, b->hv2, 100 * SIM_MS, 500, blue);
    bench_send(b, b->hv2, 2 * SIM_S + 1999, 60, (struct packet_tag){ 0 });
    bench_run(b, 3 * SIM_S);
    assert_int_equal(capture_stats(capture)->packets, 2);
    assert_string_equal(capture_file_name(capture), "x.pcapng");
    finish(b, capture);
    if (!has_tshark()) {
        skip();
    }
    assert_tshark(b, "x.pcapng", FIELDS,
                  "0.100001419\thv1:eth0\t500\t500\tpacket=2 tenant=blue "
                  "flow=blue-q step=encap vsid=5001\n"
                  "2.000001069\thv1:eth0\t60\t60\tpacket=4\n");
    assert_tshark(
        b, "x.pcapng",
        "-T fields -e frame.interface_description "
        "-e frame.packet_flags_direction -e udp.dstport",
        "Hyper-V Host\t0x00000001\t1433\nHyper-V Host\t0x00000001\t1433\n");
}

static void
frame_that_leaves_is_marked_outbound(void **state)
{
    struct bench *b = *state;
    struct capture_config config = { .format = CAPTURE_PCAPNG };
    struct capture *capture = start_at(b, b->hv2, "x.pcapng", &config);

    bench_send(b, b->hv2, SIM_MS, 100, blue);
    bench_send(b, b->hv1, 2 * SIM_MS, 100, blue);
    bench_run(b, SIM_S);
    finish(b, capture);
    if (!has_tshark()) {
        skip();
    }
    assert_tshark(b, "x.pcapng", "-T fields -e frame.packet_flags_direction",
                  "0x00000002\n0x00000001\n");
}

static void
no_frame_is_damaged_and_zeros_are_written_out(void **state)
{
    struct bench *b = *state;
    struct capture_config config = { .format = CAPTURE_PCAPNG };
    struct capture *capture = start_at(b, b->hv1, "x.pcapng", &config);

    for (uint32_t size = 60; size < 200; size++) {
        bench_send(b, b->hv2, size * SIM_MS, size, blue);
    }
    bench_send(b, b->hv2, SIM_S, 9000, blue);
    bench_run(b, 2 * SIM_S);
    assert_int_equal(capture_stats(capture)->packets, 141);
    finish(b, capture);
    if (!has_tshark()) {
        skip();
    }
    assert_tshark(b, "x.pcapng",
                  "-o ip.check_checksum:TRUE -o udp.check_checksum:TRUE "
                  "-Y '_ws.malformed || _ws.expert.severity >= 6291456 || "
                  "udp.checksum.status != 1'",
                  "");
}

static void
snaplen_cuts_and_the_length_stays(void **state)
{
    struct bench *b = *state;
    struct capture_config config = { .format = CAPTURE_PCAPNG, .snaplen = 96 };
    struct capture *capture = start_at(b, b->hv1, "x.pcapng", &config);
    struct capture_config headers = { CAPTURE_PCAPNG, .snaplen = 34 };
    struct capture *second = start_at(b, b->hv1, "y.pcapng", &headers);

    bench_send(b, b->hv2, 0, 1000, blue);
    bench_send(b, b->hv2, SIM_MS, 60, blue);
    bench_run(b, SIM_S);
    capture_close(second);
    finish(b, capture);
    capture_free(second);
    if (!has_tshark()) {
        skip();
    }
    assert_tshark(b, "x.pcapng", "-T fields -e frame.len -e frame.cap_len",
                  "1000\t96\n60\t60\n");
    assert_tshark(b, "y.pcapng", "-T fields -e frame.len -e frame.cap_len",
                  "1000\t34\n60\t34\n");
}

static void
filter_chooses_and_is_told_in_the_file(void **state)
{
    struct bench *b = *state;
    struct capture_config config = {
        .format = CAPTURE_PCAPNG,
        .filter = "udp dst port 1433 and ether[90] = 0"
    };
    struct capture *capture = start_at(b, b->hv1, "x.pcapng", &config);

    bench_send(b, b->hv2, 0, 100, blue);          /* Matches. */
    bench_send(b, b->hv2, SIM_MS, 90, blue);      /* Has no byte 90. */
    bench_send(b, b->hv1, 2 * SIM_MS, 100, blue); /* The other way. */
    bench_run(b, SIM_S);
    assert_int_equal(capture_stats(capture)->packets, 1);
    finish(b, capture);
    if (!has_tshark()) {
        skip();
    }
    assert_tshark(b, "x.pcapng",
                  "-T fields -e frame.len -e frame.interface_name",
                  "100\thv1:eth0\n");
}

static void
filter_that_is_none_is_refused(void **state)
{
    struct bench *b = *state;
    struct capture_config config = { .format = CAPTURE_PCAPNG,
                                     .filter = "tcp prot 80" };
    struct capture_place place = { bench_tap(b->hv1), NULL };
    GError *error = NULL;

    assert_null(capture_new(b->sim, b->dir, "x.pcapng", &config, &place, 1,
                            NULL, &error));
    assert_error(error, "'prot' is no word of the filter language");
    assert_false(bench_exists(b, "x.pcapng.part"));
}

static void
times_bound_a_capture(void **state)
{
    struct bench *b = *state;
    struct capture_config config = { .format = CAPTURE_PCAPNG,
                                     .from = 2 * SIM_MS,
                                     .to = 4 * SIM_MS };
    struct capture *capture = start_at(b, b->hv2, "x.pcapng", &config);

    for (int i = 1; i <= 5; i++) {
        bench_send(b, b->hv2, i * SIM_MS, 100, blue);
    }
    bench_run(b, SIM_S);
    assert_int_equal(capture_stats(capture)->packets, 2);
    assert_int_equal(capture_stats(capture)->left_out, 0);
    finish(b, capture);
    if (!has_tshark()) {
        skip();
    }
    assert_tshark(b, "x.pcapng", "-T fields -e frame.time_epoch",
                  "0.002000000\n0.003000000\n");
}

static void
full_file_takes_no_more_packets_and_says_since_when(void **state)
{
    struct bench *b = *state;
    struct capture_config config = { .format = CAPTURE_PCAPNG,
                                     .limit_packets = 2 };
    struct capture *capture = start_at(b, b->hv2, "x.pcapng", &config);

    for (int i = 1; i <= 5; i++) {
        bench_send(b, b->hv2, i * SIM_MS, 100, blue);
    }
    bench_run(b, 2 * SIM_MS);
    assert_int_equal(capture_stats(capture)->full_at, SIM_NEVER);
    bench_run(b, SIM_S);
    assert_int_equal(capture_stats(capture)->packets, 2);
    assert_int_equal(capture_stats(capture)->left_out, 3);
    assert_int_equal(capture_stats(capture)->full_at, 3 * SIM_MS);
    finish(b, capture);
    if (!has_tshark()) {
        skip();
    }
    assert_tshark(b, "x.pcapng", "-T fields -e frame.time_epoch",
                  "0.001000000\n0.002000000\n");
}

#define N_LIMITS 40

/* Offers shorter and shorter frames, all of which are dropped, to files with
 * many limits, and checks that each keeps its own, uses it but for less than
 * 'slack' bytes, and has the first frames without a gap. */
static void
check_limits(struct bench *b, enum capture_format format, uint64_t slack)
{
    struct capture *captures[N_LIMITS];

    b->hv1->fate = &bench_dropped;
    for (uint64_t i = 0; i < N_LIMITS; i++) {
        struct capture_config config = { .format = format,
                                         .limit_bytes = 2000 + 7 * i };
        char *name = g_strdup_printf("x%u", (unsigned int) i);

        captures[i] = start_at(b, b->hv1, name, &config);
        g_free(name);
    }
    for (uint32_t i = 0; i < 50; i++) {
        bench_send(b, b->hv2, i * SIM_MS, 150 - i, blue);
    }
    bench_run(b, SIM_S);
    for (size_t i = 0; i < N_LIMITS; i++) {
        assert_true(capture_stats(captures[i])->left_out > 0);
        capture_close(captures[i]);
    }
    bench_commit(b);
    for (size_t i = 0; i < N_LIMITS; i++) {
        char *path = bench_path(b, capture_file_name(captures[i]));
        struct frame_list *list = frame_list_read(path, NULL);
        gsize size;

        assert_non_null(list);
        assert_int_equal(list->n, capture_stats(captures[i])->packets);
        for (size_t j = 0; j < list->n; j++) {
            assert_int_equal(list->frames[j].size, 150 - j);
        }
        g_free(bench_read(b, capture_file_name(captures[i]), &size));
        assert_in_range(size, 2000 + 7 * i - slack, 2000 + 7 * i);
        frame_list_free(list);
        g_free(path);
        capture_free(captures[i]);
    }
}

static void
limit_in_bytes_is_kept_and_nearly_used(void **state)
{
    check_limits(*state, CAPTURE_PCAPNG, 330);
}

static void
limit_in_bytes_of_classic_pcap_is_kept_and_nearly_used(void **state)
{
    check_limits(*state, CAPTURE_PCAP, 170);
}

static void
dropped_frame_is_marked_with_the_reason(void **state)
{
    struct bench *b = *state;
    struct capture_config config = { .format = CAPTURE_PCAPNG };
    struct capture *out = start_at(b, b->hv2, "out.pcapng", &config);
    struct capture *in = start_at(b, b->hv1, "in.pcapng", &config);

    b->hv1->fate = &bench_dropped;
    bench_send(b, b->hv2, SIM_MS, 100, (struct packet_tag){ .flow = 9 });
    bench_run(b, 2 * SIM_MS);
    b->hv1->fate = &bench_consumed;
    bench_send(b, b->hv2, 3 * SIM_MS, 100, (struct packet_tag){ 0 });
    bench_run(b, SIM_S);
    capture_close(out);
    finish(b, in);
    capture_free(out);
    if (!has_tshark()) {
        skip();
    }
    assert_tshark(b, "in.pcapng", "-T fields -e frame.comment",
                  "packet=2 drop=policy-mismatch\npacket=4\n");
    assert_tshark(b, "out.pcapng", "-T fields -e frame.comment",
                  "packet=2\npacket=4\n");
}

static void
frame_lost_by_the_link_is_marked_where_it_left(void **state)
{
    struct bench *b = *state;
    struct capture_config config = { .format = CAPTURE_PCAPNG };
    struct capture *capture = start_at(b, b->hv2, "x.pcapng", &config);

    port_set_loss(&b->hv2->node.ports[0], 1);
    bench_send(b, b->hv2, SIM_MS, 100, (struct packet_tag){ 0 });
    bench_run(b, SIM_S);
    finish(b, capture);
    if (!has_tshark()) {
        skip();
    }
    assert_tshark(b, "x.pcapng", "-T fields -e frame.comment",
                  "packet=2 drop=link-loss\n");
}

/* An event that shows a packet at 'web' and drops a clone of it. */
struct cloning {
    struct event event;
    struct bench *bench;
};

static void
clone_and_drop(struct event *event)
{
    struct bench *b = ((struct cloning *) event)->bench;
    struct packet *pkt = bench_packet(b->hv2, 100);
    struct packet *clone = node_clone_packet(&b->hv2->node, pkt);

    tap_frame(&b->web, TAP_OUT, pkt);
    node_end_packet(&b->hv2->node, clone, &bench_dropped);
    node_end_packet(&b->hv2->node, pkt, &bench_delivered);
}

static void
drop_of_a_clone_marks_no_other_copy(void **state)
{
    struct bench *b = *state;
    struct capture_config config = { .format = CAPTURE_PCAPNG };
    struct capture_place place = { &b->web, NULL };
    struct capture *capture = start(b, "x.pcapng", &config, &place, 1);
    struct cloning cloning = { .bench = b };

    event_init(&cloning.event, clone_and_drop, node_next_rank(&b->hv2->node));
    event_schedule_at(b->sim, &cloning.event, SIM_MS);
    bench_run(b, SIM_S);
    finish(b, capture);
    if (!has_tshark()) {
        skip();
    }
    assert_tshark(b, "x.pcapng", "-T fields -e frame.comment", "packet=2\n");
}

static void
drop_in_a_later_event_is_not_told(void **state)
{
    struct bench *b = *state;
    struct capture_config config = { .format = CAPTURE_PCAPNG };
    struct capture_place place = { &b->web, NULL };
    struct capture *capture = start(b, "x.pcapng", &config, &place, 1);
    struct packet *pkt = bench_packet(b->hv2, 100);

    tap_frame(&b->web, TAP_IN, pkt);
    bench_send(b, b->hv1, SIM_MS, 100, (struct packet_tag){ 0 });
    bench_run(b, SIM_S);
    node_end_packet(&b->hv2->node, pkt, &bench_dropped);
    finish(b, capture);
    if (!has_tshark()) {
        skip();
    }
    assert_tshark(b, "x.pcapng", "-T fields -e frame.comment", "packet=2\n");
}

static void
merged_file_names_each_interface(void **state)
{
    struct bench *b = *state;
    struct capture_config config = { .format = CAPTURE_PCAPNG };
    struct capture_place places[] = { { bench_tap(b->hv1), "Host 1" },
                                      { &b->web, NULL },
                                      { bench_tap(b->hv2), "Host 2" } };
    struct capture *capture = start(b, "all.pcapng", &config, places, 3);

    b->hv2->nic = &b->web;
    bench_send(b, b->hv1, SIM_MS, 100, blue);
    bench_run(b, SIM_S);
    finish(b, capture);
    if (!has_tshark()) {
        skip();
    }
    assert_tshark(b, "all.pcapng",
                  "-T fields -e frame.interface_id -e frame.interface_name "
                  "-e frame.packet_flags_direction -e frame.time_epoch",
                  "0\thv1:eth0\t0x00000002\t0.001000000\n"
                  "2\thv2:eth0\t0x00000001\t0.001001099\n"
                  "1\tblue/web:eth0\t0x00000001\t0.001001099\n");
}

static void
libpcap_reads_a_merged_file(void **state)
{
    struct bench *b = *state;
    struct capture_config config = { .format = CAPTURE_PCAPNG, .snaplen = 80 };
    struct capture_place places[] = { { bench_tap(b->hv1), "Host 1" },
                                      { bench_tap(b->hv2), "Host 2" } };
    struct capture *capture = start(b, "all.pcapng", &config, places, 2);
    struct frame_list *list;
    char *path = bench_path(b, "all.pcapng");

    bench_send(b, b->hv1, SIM_MS, 100, blue);
    bench_run(b, SIM_S);
    finish(b, capture);
    list = frame_list_read(path, NULL);
    assert_non_null(list);
    assert_int_equal(list->n, 2);
    assert_int_equal(list->frames[1].time_ns, 1001099);
    assert_int_equal(list->frames[1].size, 100);
    assert_int_equal(list->frames[1].stored, 80);
    frame_list_free(list);
    g_free(path);
}

static void
classic_pcap_has_nanoseconds(void **state)
{
    struct bench *b = *state;
    struct capture_config config = { .format = CAPTURE_PCAP, .snaplen = 80 };
    struct capture *capture = start_at(b, b->hv1, "x.pcap", &config);

    bench_send(b, b->hv2, 5 * SIM_S + 7 * SIM_NS, 500, blue);
    bench_send(b, b->hv2, 6 * SIM_S, 60, blue);
    bench_run(b, 10 * SIM_S);
    finish(b, capture);
    if (!has_tshark()) {
        skip();
    }
    assert_tshark(b, "x.pcap", FIELDS,
                  "5.000001426\t\t500\t80\t\n6.000001067\t\t60\t60\t\n");
}

static void
closed_capture_takes_nothing(void **state)
{
    struct bench *b = *state;
    struct capture_config config = { .format = CAPTURE_PCAPNG };
    struct capture *capture = start_at(b, b->hv2, "x.pcapng", &config);

    capture_close(capture);
    bench_send(b, b->hv2, SIM_MS, 100, blue);
    bench_run(b, SIM_S);
    assert_int_equal(capture_stats(capture)->packets, 0);
    capture_close(capture);
    finish(b, capture);
}

/* What a pcapng file of ours looks like, byte for byte: one frame of 61 bytes
 * of which 15 are kept. */
static void
bytes_are_those_of_the_specification(void **state)
{
    static const uint8_t expected[] = {
        /* Section: type, length, magic, version, length -1, "paca". */
        0x0a, 0x0d, 0x0d, 0x0a, 40, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0,
        0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 4, 0, 4, 0, 'p',
        'a', 'c', 'a', 0, 0, 0, 0, 40, 0, 0, 0,
        /* Interface: type, length, Ethernet, snaplen, name, tsresol, filter. */
        1, 0, 0, 0, 52, 0, 0, 0, 1, 0, 0, 0, 15, 0, 0, 0, 2, 0, 8, 0, 'h', 'v',
        '2', ':', 'e', 't', 'h', '0', 9, 0, 1, 0, 9, 0, 0, 0, 11, 0, 4, 0, 0,
        'u', 'd', 'p', 0, 0, 0, 0, 52, 0, 0, 0,
        /* Frame: type, length, interface, time, captured, length. */
        6, 0, 0, 0, 72, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0x39, 0x30, 0, 0, 15,
        0, 0, 0, 61, 0, 0, 0,
        /* Its bytes, padded. */
        2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0,
        /* Outbound; comment; the end. */
        2, 0, 4, 0, 2, 0, 0, 0, 1, 0, 8, 0, 'p', 'a', 'c', 'k', 'e', 't', '=',
        '2', 0, 0, 0, 0, 72, 0, 0, 0
    };
    struct bench *b = *state;
    struct capture_config config = { .format = CAPTURE_PCAPNG,
                                     .filter = "udp",
                                     .snaplen = 15 };
    struct capture_place place = { bench_tap(b->hv2), NULL };
    struct capture *capture = start(b, "x.pcapng", &config, &place, 1);
    gsize size;
    char *got;

    bench_send(b, b->hv2, ((INT64_C(1) << 32) + 12345) * SIM_NS, 61,
               (struct packet_tag){ 0 });
    bench_run(b, 10 * SIM_S);
    finish(b, capture);
    got = bench_read(b, "x.pcapng", &size);
    assert_int_equal(size, sizeof expected);
    assert_memory_equal(got, expected, size);
    g_free(got);
}

#define TEST(NAME)                                                            \
    cmocka_unit_test_setup_teardown(NAME, bench_setup, bench_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(frame_is_told_with_all_that_is_known_of_it),
        TEST(frame_that_leaves_is_marked_outbound),
        TEST(no_frame_is_damaged_and_zeros_are_written_out),
        TEST(snaplen_cuts_and_the_length_stays),
        TEST(filter_chooses_and_is_told_in_the_file),
        TEST(filter_that_is_none_is_refused),
        TEST(times_bound_a_capture),
        TEST(full_file_takes_no_more_packets_and_says_since_when),
        TEST(limit_in_bytes_is_kept_and_nearly_used),
        TEST(limit_in_bytes_of_classic_pcap_is_kept_and_nearly_used),
        TEST(dropped_frame_is_marked_with_the_reason),
        TEST(frame_lost_by_the_link_is_marked_where_it_left),
        TEST(drop_of_a_clone_marks_no_other_copy),
        TEST(drop_in_a_later_event_is_not_told),
        TEST(merged_file_names_each_interface),
        TEST(libpcap_reads_a_merged_file),
        TEST(classic_pcap_has_nanoseconds),
        TEST(closed_capture_takes_nothing),
        TEST(bytes_are_those_of_the_specification),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <string.h>

#include "tests/cmocka_all.h"
#include "tests/traces_bench.h"
#include "traces/frame_counter.h"
#include "traces/frame_filter.h"
#include "traces/leak.h"

/* Says whether a frame of 'size' bytes from hv2 passes 'text'. */
static bool
passes(struct bench *b, const char *text, uint32_t size)
{
    GError *error = NULL;
    struct frame_filter *filter = frame_filter_new(text, &error);
    struct packet *pkt = bench_packet(b->hv2, size);
    bool result;

    if (!filter) {
        fail_msg("'%s': %s", text, error->message);
    }
    result = frame_filter_matches(filter, pkt);
    node_end_packet(&b->hv2->node, pkt, &bench_consumed);
    frame_filter_free(filter);
    return result;
}

static void
filter_chooses_by_addresses_ports_and_protocols(void **state)
{
    struct bench *b = *state;

    assert_true(passes(b, "", 100));
    assert_true(passes(b, "udp port 1433", 100));
    assert_true(passes(b, "net 10.1.1.0/24", 100));
    assert_true(passes(b, "ether src 02:00:00:00:00:02", 100));
    assert_true(passes(b, "ether src 02-00-00-00-00-02", 100));
    assert_true(passes(b, "ip proto 17 and (src host 10.1.1.2)", 100));
    assert_false(passes(b, "tcp", 100));
    assert_false(passes(b, "arp or ip6 or vlan 101", 100));
    assert_false(passes(b, "ip proto 47", 100));
    assert_false(passes(b, "src host 10.1.1.1", 100));
}

static void
filter_sees_the_length_and_the_zeros_that_are_not_stored(void **state)
{
    struct bench *b = *state;

    assert_true(passes(b, "len = 1000", 1000));
    assert_true(passes(b, "greater 1000 and less 1000", 1000));
    assert_true(passes(b, "ether[999] = 0", 1000));
    assert_false(passes(b, "ether[999] != 0", 1000));
    assert_false(passes(b, "ether[1000] = 0", 1000)); /* There is none. */
}

static void
frame_before_leaves_nothing_behind(void **state)
{
    struct bench *b = *state;
    struct frame_filter *filter = frame_filter_new("ether[60] = 255", NULL);
    struct packet *full = node_new_packet(&b->hv2->node, 90, 100);
    struct packet *plain = bench_packet(b->hv2, 100);
    struct packet *larger = bench_packet(b->hv2, 200);

    memset(packet_data(full), 255, 90);
    assert_true(frame_filter_matches(filter, full));
    assert_false(frame_filter_matches(filter, plain));
    assert_true(frame_filter_matches(filter, full));
    assert_false(frame_filter_matches(filter, larger));
    node_end_packet(&b->hv2->node, full, &bench_consumed);
    node_end_packet(&b->hv2->node, plain, &bench_consumed);
    node_end_packet(&b->hv2->node, larger, &bench_consumed);
    frame_filter_free(filter);
}

static void
filter_with_every_kind_of_word_compiles(void **state)
{
    static const char *const texts[] = {
        "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
        "icmp[icmptype] = icmp-echo",
        "ip6 host fe80::1",
        "src net 192.168.0.0 mask 255.255.0.0",
        "ether proto 0x0806 or ether[12:2] = 0x0806",
        "portrange 1000-2000 and not broadcast",
        "vlan 101 and udp port 4789",
        "ip[2:2] - 20 = 5 and tcp[12:1] & 0xf0 != 0",
        "net fe80::/10 or net 10.1.1",
        "ip[2:2]-len<0",
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct frame_filter *filter = frame_filter_new(texts[i], NULL);

        if (!filter) {
            fail_msg("'%s' does not compile", texts[i]);
        }
        frame_filter_free(filter);
    }
}

static void
assert_refused(const char *text, const char *reason)
{
    GError *error = NULL;

    assert_null(frame_filter_new(text, &error));
    assert_true(g_error_matches(error, FRAME_FILTER_ERROR, 0));
    assert_error(error, reason);
}

static void
filter_that_is_none_is_refused_with_libpcaps_words(void **state)
{
    (void) state;
    assert_refused("tcp port", "syntax error");
    assert_refused("host 10.1.1.999", "10.1.1.999");
    assert_refused("port 70000", "70000");
    assert_refused("(tcp", "syntax error");
    assert_refused("ip broadcast", "netmask");
}

static void
filter_that_names_hosts_or_services_is_refused(void **state)
{
    (void) state;
    assert_refused("host www.example.com", "'www.example.com' is no word");
    assert_refused("tcp port http", "'http' is no word");
    assert_refused("net loopback", "'loopback' is no word");
    assert_refused("host de.ad", "'de.ad' is no word");
    assert_refused("tcpp", "'tcpp' is no word");
    assert_refused("host 1.2.3.4.5", "'1.2.3.4.5' is no word");
    assert_refused("host 10.", "'10.' is no word");
    assert_refused("host 10-20", "'10-20' is no word");
    assert_refused("host 0xa.example", "'0xa.example' is no word");
    assert_refused("host 0x", "'0x' is no word");
    assert_refused("host a:1", "'a:1' is no word");
    assert_refused("host 1:", "'1:' is no word");
    assert_refused("host \xc3\xa4", "'\xc3\xa4' is no word");
}

static void
filter_has_a_greatest_length(void **state)
{
    char *text = g_strnfill(FRAME_FILTER_TEXT_MAX + 1, ' ');
    struct frame_filter *filter;

    (void) state;
    assert_refused(text, "the filter has 4097 bytes, at most 4096");
    text[FRAME_FILTER_TEXT_MAX] = '\0';
    filter = frame_filter_new(text, NULL);
    assert_non_null(filter);
    frame_filter_free(filter);
    g_free(text);
}

static void
counter_counts_what_matches_and_remembers_the_first(void **state)
{
    struct bench *b = *state;
    struct tap_point *taps[] = { bench_tap(b->hv1), bench_tap(b->hv2) };
    struct frame_counter_config config = { .filter = "len > 100" };
    struct frame_counter *counter = frame_counter_new(&config, taps, 2, NULL);
    const struct frame_sighting *first;

    bench_send(b, b->hv2, SIM_MS, 80, (struct packet_tag){ 0 });
    bench_send(b, b->hv2, 2 * SIM_MS, 120,
               (struct packet_tag){ .flow = 1, .tenant = 2 });
    bench_send(b, b->hv2, 3 * SIM_MS, 140, (struct packet_tag){ 0 });
    bench_run(b, SIM_MS + SIM_US * 500);
    assert_null(frame_counter_first(counter));
    bench_run(b, SIM_S);
    assert_int_equal(frame_counter_seen(counter), 6);
    assert_int_equal(frame_counter_matched(counter), 4);
    first = frame_counter_first(counter);
    assert_int_equal(first->when, 2 * SIM_MS);
    assert_string_equal(first->place, "hv2:eth0");
    assert_int_equal(first->direction, TAP_OUT);
    assert_int_equal(first->packet, 4);
    assert_int_equal(first->flow, 1);
    assert_int_equal(first->tenant, 2);
    assert_non_null(strstr(first->summary, "10.1.1.2 > 10.1.1.1 UDP"));
    frame_counter_free(counter);
}

static void
counter_looks_only_in_its_time(void **state)
{
    struct bench *b = *state;
    struct tap_point *taps[] = { bench_tap(b->hv2) };
    struct frame_counter_config config = { NULL, 2 * SIM_MS, 4 * SIM_MS };
    struct frame_counter *counter = frame_counter_new(&config, taps, 1, NULL);

    for (int i = 1; i <= 5; i++) {
        bench_send(b, b->hv2, i * SIM_MS, 80, (struct packet_tag){ 0 });
    }
    bench_run(b, SIM_S);
    assert_int_equal(frame_counter_seen(counter), 2);
    assert_int_equal(frame_counter_matched(counter), 2);
    frame_counter_free(counter);
}

static void
counter_with_a_bad_filter_is_refused(void **state)
{
    struct frame_counter_config config = { .filter = "and" };
    GError *error = NULL;

    (void) state;
    assert_null(frame_counter_new(&config, NULL, 0, &error));
    assert_error(error, "syntax error");
}

static void
show(struct bench *b, enum tap_direction direction, uint32_t tenant)
{
    struct packet *pkt = bench_packet(b->hv2, 100);

    pkt->tag.tenant = tenant;
    tap_frame(&b->web, direction, pkt);
    node_end_packet(&b->hv2->node, pkt, &bench_delivered);
}

static void
frame_of_another_tenant_in_a_vm_is_a_leak(void **state)
{
    struct bench *b = *state;
    struct leak_place place = { &b->web, 1 };
    struct leak_watch *watch = leak_watch_new(&place, 1, 3);
    const struct frame_sighting *first;
    struct leak_pair *pairs;

    show(b, TAP_IN, 1);
    show(b, TAP_IN, 1);
    assert_int_equal(leak_watch_count(watch, 1, 1), 2);
    assert_int_equal(leak_watch_pairs(watch, &pairs), 0);
    g_free(pairs);
    assert_null(leak_watch_first(watch, 2, 1));
    show(b, TAP_IN, 2);
    show(b, TAP_IN, 2);
    assert_int_equal(leak_watch_count(watch, 1, 1), 2);
    assert_int_equal(leak_watch_count(watch, 2, 1), 2);
    assert_int_equal(leak_watch_count(watch, 1, 2), 0);
    assert_int_equal(leak_watch_count(watch, 3, 1), 0);
    first = leak_watch_first(watch, 2, 1);
    assert_non_null(first);
    assert_int_equal(first->packet, 6);
    assert_int_equal(first->tenant, 2);
    assert_string_equal(first->place, "blue/web:eth0");
    show(b, TAP_IN, 3);
    assert_int_equal(leak_watch_pairs(watch, &pairs), 2);
    assert_int_equal(pairs[0].from, 2);
    assert_int_equal(pairs[1].from, 3);
    assert_int_equal(pairs[1].to, 1);
    g_free(pairs);
    leak_watch_free(watch);
}

static void
frames_of_the_provider_and_frames_going_out_are_no_leak(void **state)
{
    struct bench *b = *state;
    struct leak_place place = { &b->web, 1 };
    struct leak_watch *watch = leak_watch_new(&place, 1, 2);

    show(b, TAP_IN, 0);
    show(b, TAP_OUT, 2);
    for (uint32_t from = 0; from <= 2; from++) {
        assert_int_equal(leak_watch_count(watch, from, 1), 0);
    }
    leak_watch_free(watch);
}

#define TEST(NAME)                                                            \
    cmocka_unit_test_setup_teardown(NAME, bench_setup, bench_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(filter_chooses_by_addresses_ports_and_protocols),
        TEST(filter_sees_the_length_and_the_zeros_that_are_not_stored),
        TEST(frame_before_leaves_nothing_behind),
        TEST(filter_with_every_kind_of_word_compiles),
        TEST(filter_that_is_none_is_refused_with_libpcaps_words),
        TEST(filter_that_names_hosts_or_services_is_refused),
        TEST(filter_has_a_greatest_length),
        TEST(counter_counts_what_matches_and_remembers_the_first),
        TEST(counter_looks_only_in_its_time),
        TEST(counter_with_a_bad_filter_is_refused),
        TEST(frame_of_another_tenant_in_a_vm_is_a_leak),
        TEST(frames_of_the_provider_and_frames_going_out_are_no_leak),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

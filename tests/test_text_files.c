#include <locale.h>
#include <math.h>

#include "tests/cmocka_all.h"
#include "tests/traces_bench.h"
#include "traces/csv_file.h"
#include "traces/events_log.h"
#include "traces/json_file.h"
#include "traces/number_text.h"
#include "traces/sampler.h"

static void
seconds_are_exact_to_the_picosecond(void **state)
{
    char buf[NUMBER_TEXT_MAX];

    (void) state;
    assert_string_equal(seconds_format(buf, 0), "0");
    assert_string_equal(seconds_format(buf, 1), "0.000000000001");
    assert_string_equal(seconds_format(buf, 100 * SIM_MS), "0.1");
    assert_string_equal(seconds_format(buf, 123456789012), "0.123456789012");
    assert_string_equal(seconds_format(buf, 10 * SIM_S), "10");
    assert_string_equal(seconds_format(buf, 12 * SIM_S + 1),
                        "12.000000000001");
    assert_string_equal(seconds_format(buf, -SIM_S / 2), "-0.5");
    assert_string_equal(seconds_format(buf, INT64_MAX),
                        "9223372.036854775807");
    assert_string_equal(seconds_format(buf, INT64_MIN),
                        "-9223372.036854775808");
}

static void
number_is_the_shortest_that_reads_back(void **state)
{
    static const struct {
        double number;
        const char *text;
    } rows[] = {
        { 0, "0" },
        { -0.0, "0" },
        { 3, "3" },
        { 0.1, "0.1" },
        { -2.5, "-2.5" },
        { 0.1 + 0.2, "0.30000000000000004" },
        { 1e20, "1e+20" },
        { 123456789012345, "123456789012345" },
        { 1.0 / 3, "0.3333333333333333" },
        { 9007199254740993e3, "9.007199254740993e+18" },
    };
    char buf[NUMBER_TEXT_MAX];

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_string_equal(number_format(buf, rows[i].number), rows[i].text);
        assert_true(g_ascii_strtod(buf, NULL) == rows[i].number);
    }
}

static void
milliseconds_are_rounded_down_to_the_nanosecond(void **state)
{
    char buf[NUMBER_TEXT_MAX];

    (void) state;
    assert_string_equal(milliseconds_format(buf, 0), "0.000000 ms");
    assert_string_equal(milliseconds_format(buf, 100 * SIM_MS + 3456999),
                        "100.003456 ms");
}

static void
csv_quotes_what_needs_it(void **state)
{
    struct bench *b = *state;
    struct csv_file *csv = csv_new(b->dir, "x.csv", "a,b,c,d");

    csv_text(csv, "plain text");
    csv_text(csv, "one, two");
    csv_text(csv, "say \"hi\"");
    csv_text(csv, "two\nlines");
    csv_end_row(csv);
    csv_text(csv, "");
    csv_text(csv, NULL);
    csv_empty(csv);
    csv_text(csv, "\"");
    csv_end_row(csv);
    csv_free(csv);
    bench_commit(b);
    assert_file(b, "x.csv",
                "a,b,c,d\n"
                "plain text,\"one, two\",\"say \"\"hi\"\"\",\"two\nlines\"\n"
                ",,,\"\"\"\"\n");
}

static void
csv_numbers_are_whole_and_no_number_is_empty(void **state)
{
    struct bench *b = *state;
    struct csv_file *csv = csv_new(b->dir, "x.csv", "a,b,c,d,e");

    csv_u64(csv, UINT64_MAX);
    csv_number(csv, 0.1);
    csv_number(csv, (double) NAN);
    csv_number(csv, (double) INFINITY);
    csv_time(csv, SIM_US);
    csv_end_row(csv);
    csv_free(csv);
    bench_commit(b);
    assert_file(b, "x.csv",
                "a,b,c,d,e\n18446744073709551615,0.1,,,0.000001\n");
}

static JsonNode *
make_json(void)
{
    JsonBuilder *builder = json_builder_new();
    JsonNode *node;

    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "passed");
    json_builder_add_boolean_value(builder, TRUE);
    json_builder_set_member_name(builder, "a");
    json_builder_begin_array(builder);
    json_builder_add_int_value(builder, -7);
    json_builder_add_double_value(builder, 0.1);
    json_builder_add_double_value(builder, (double) NAN);
    json_builder_add_null_value(builder);
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "none");
    json_builder_begin_object(builder);
    json_builder_end_object(builder);
    json_builder_set_member_name(builder, "empty");
    json_builder_begin_array(builder);
    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "q\"\\");
    json_builder_add_string_value(builder, "\t\n\x01\x7f \xea\xb0\x80 /");
    json_builder_end_object(builder);
    node = json_builder_get_root(builder);
    g_object_unref(builder);
    return node;
}

static void
json_keeps_the_order_and_short_numbers(void **state)
{
    struct bench *b = *state;
    JsonNode *node = make_json();
    char *text = json_text(node, false);

    assert_string_equal(text, "{\"passed\":true,\"a\":[-7,0.1,null,null],"
                              "\"none\":{},\"empty\":[],\"q\\\"\\\\\":"
                              "\"\\t\\n\\u0001\\u007f \xea\xb0\x80 /\"}");
    json_file_write(b->dir, "x.json", node);
    bench_commit(b);
    assert_file(b, "x.json",
                "{\n"
                "  \"passed\": true,\n"
                "  \"a\": [\n"
                "    -7,\n"
                "    0.1,\n"
                "    null,\n"
                "    null\n"
                "  ],\n"
                "  \"none\": {},\n"
                "  \"empty\": [],\n"
                "  \"q\\\"\\\\\": \"\\t\\n\\u0001\\u007f \xea\xb0\x80 /\"\n"
                "}\n");
    g_free(text);
    json_node_unref(node);
}

static void
json_library_reads_what_we_write(void **state)
{
    JsonNode *node = make_json();
    char *text = json_text(node, true);
    JsonParser *parser = json_parser_new();
    JsonObject *object;

    (void) state;
    assert_true(json_parser_load_from_data(parser, text, -1, NULL));
    object = json_node_get_object(json_parser_get_root(parser));
    assert_string_equal(json_object_get_string_member(object, "q\"\\"),
                        "\t\n\x01\x7f \xea\xb0\x80 /");
    g_object_unref(parser);
    g_free(text);
    json_node_unref(node);
}

static void
events_are_one_object_a_line_with_the_time_first(void **state)
{
    struct bench *b = *state;
    struct events_log *log = events_log_new(b->sim, b->dir);
    JsonObject *details = json_object_new();

    json_object_set_string_member(details, "vm", "blue/web");
    json_object_set_int_member(details, "records", 4);
    events_log_add(log, 100 * SIM_MS, "migrate", details);
    assert_true(sim_run(b->sim, 200 * SIM_MS, UINT64_MAX));
    node_event(&b->hv1->node, "stp-role", "port %s is root", "p1");
    events_log_add(log, INT64_MAX - 1, "end", NULL);
    events_log_free(log);
    bench_commit(b);
    assert_file(b, "events.jsonl",
                "{\"t_ps\":100000000000,\"event\":\"migrate\","
                "\"vm\":\"blue/web\",\"records\":4}\n"
                "{\"t_ps\":200000000000,\"event\":\"stp-role\","
                "\"node\":\"hv1\",\"text\":\"port p1 is root\"}\n"
                "{\"t_ps\":9223372036854775806,\"event\":\"end\"}\n");
}

static double
read_double(void *aux)
{
    return *(double *) aux;
}

static void
sampler_writes_every_source_every_time(void **state)
{
    struct bench *b = *state;
    struct sampler *sampler = sampler_new(b->dir, 0, 10 * SIM_MS);
    double used = 3;
    double latency = (double) NAN;

    sampler_add(sampler,
                &(struct sample_source){ "switch.mac.used", "sw1", "entries",
                                         read_double, &used });
    sampler_add(sampler,
                &(struct sample_source){ "flow.latency.p99", "blue-q", "s",
                                         read_double, &latency });
    sampler_sample(sampler, sampler_next(sampler));
    assert_int_equal(sampler_next(sampler), 10 * SIM_MS);
    latency = 0.0025;
    sampler_sample(sampler, sampler_next(sampler));
    assert_int_equal(sampler_next(sampler), 20 * SIM_MS);
    sampler_free(sampler);
    bench_commit(b);
    assert_file(b, "metrics.csv",
                "t_s,metric,entity,value,unit\n"
                "0,switch.mac.used,sw1,3,entries\n"
                "0.01,switch.mac.used,sw1,3,entries\n"
                "0.01,flow.latency.p99,blue-q,0.0025,s\n");
}

static void
sampler_passes_over_times_that_are_gone(void **state)
{
    struct bench *b = *state;
    struct sampler *sampler = sampler_new(b->dir, SIM_S, 10 * SIM_S);

    sampler_sample(sampler, 15 * SIM_MS);
    assert_int_equal(sampler_next(sampler), SIM_S);
    sampler_sample(sampler, 30 * SIM_S);
    assert_int_equal(sampler_next(sampler), 31 * SIM_S);
    sampler_free(sampler);
}

static void
sampler_has_no_sample_beyond_the_end_of_time(void **state)
{
    struct bench *b = *state;
    struct sampler *sampler = sampler_new(b->dir, 5, SIM_NEVER - 1);

    sampler_sample(sampler, 5);
    assert_int_equal(sampler_next(sampler), SIM_NEVER);
    sampler_sample(sampler, SIM_NEVER);
    assert_int_equal(sampler_next(sampler), SIM_NEVER);
    sampler_free(sampler);
}

#define TEST(NAME)                                                            \
    cmocka_unit_test_setup_teardown(NAME, bench_setup, bench_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(seconds_are_exact_to_the_picosecond),
        TEST(number_is_the_shortest_that_reads_back),
        TEST(milliseconds_are_rounded_down_to_the_nanosecond),
        TEST(csv_quotes_what_needs_it),
        TEST(csv_numbers_are_whole_and_no_number_is_empty),
        TEST(json_keeps_the_order_and_short_numbers),
        TEST(json_library_reads_what_we_write),
        TEST(events_are_one_object_a_line_with_the_time_first),
        TEST(sampler_writes_every_source_every_time),
        TEST(sampler_passes_over_times_that_are_gone),
        TEST(sampler_has_no_sample_beyond_the_end_of_time),
    };

    /* Numbers must not follow the user's locale; none may be installed. */
    setlocale(LC_ALL, "de_DE.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}

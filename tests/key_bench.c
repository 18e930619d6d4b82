#include "tests/key_bench.h"

#include "tests/cmocka_all.h"

static const char *const flow_words[] = { "none", "zero", "inner-5tuple",
                                          NULL };
static const char *const later_flow_words[] = { "outer", NULL };
static const char *const auto_words[] = { "auto", NULL };

static const struct key_spec inner_keys[] = {
    { .name = "seed", .type = KEY_INT, .fallback = "7", .help = "a seed" },
    { .name = "must", .type = KEY_INT, .required = true, .help = "a must" },
    { .name = NULL },
};
const struct key_table key_bench_inner_table = { .name = "inner",
                                                 .help = "Inner.",
                                                 .keys = inner_keys };

static const struct key_spec base_keys[] = {
    { .name = "id", .type = KEY_NAME, .help = "its name" },
    { .name = "int", .type = KEY_TEXT, .help = "hidden by the other" },
    { .name = NULL },
};
static const struct key_table base_table = { .name = "base",
                                             .help = "Base.",
                                             .keys = base_keys };

static const struct key_spec keys[] = {
    { .name = "text", .type = KEY_TEXT, .help = "text" },
    { .name = "bool", .type = KEY_BOOL, .help = "bool" },
    { .name = "int",
      .type = KEY_INT,
      .min = 1,
      .max = 100,
      .fallback = "42",
      .help = "int" },
    { .name = "any", .type = KEY_INT, .min = -5, .help = "any" },
    { .name = "number", .type = KEY_NUMBER, .help = "number" },
    { .name = "time", .type = KEY_TIME, .fallback = "1us", .help = "time" },
    { .name = "bytes", .type = KEY_BYTES, .help = "bytes" },
    { .name = "rate", .type = KEY_RATE, .min = 1000, .help = "rate" },
    { .name = "byte_rate", .type = KEY_BYTE_RATE, .help = "byte rate" },
    { .name = "loss", .type = KEY_PERCENT, .help = "loss" },
    { .name = "per_second", .type = KEY_PER_SECOND, .help = "frequency" },
    { .name = "flow_id",
      .type = KEY_WORD,
      .words = flow_words,
      .later_words = later_flow_words,
      .help = "flow id" },
    { .name = "ca", .type = KEY_IP, .words = auto_words, .help = "ca" },
    { .name = "cidr", .type = KEY_PREFIX, .help = "subnet" },
    { .name = "pa", .type = KEY_IP_PREFIX, .help = "pa" },
    { .name = "mac", .type = KEY_MAC, .help = "mac" },
    { .name = "name", .type = KEY_NAME, .help = "name" },
    { .name = "ref", .type = KEY_REF, .help = "ref" },
    { .name = "glob", .type = KEY_GLOB, .help = "glob" },
    { .name = "file", .type = KEY_FILE, .help = "file" },
    { .name = "value", .type = KEY_VALUE, .help = "value" },
    { .name = "when", .type = KEY_CONDITION, .help = "condition" },
    { .name = "ends",
      .type = KEY_REF,
      .shape = KEY_LIST,
      .n_min = 2,
      .n_max = 2,
      .help = "two ends" },
    { .name = "at",
      .type = KEY_GLOB,
      .shape = KEY_ONE_OR_LIST,
      .n_min = 1,
      .help = "places" },
    { .name = "inner",
      .type = KEY_OBJECT,
      .table = &key_bench_inner_table,
      .help = "" },
    { .name = "items",
      .type = KEY_OBJECT,
      .shape = KEY_LIST,
      .table = &key_bench_inner_table,
      .help = "items" },
    { .name = "things",
      .type = KEY_OBJECT,
      .shape = KEY_NAMED,
      .table = &key_bench_inner_table,
      .help = "things" },
    { .name = "node", .type = KEY_NODE, .help = "node" },
    { .name = "parallel", .type = KEY_INT, .later = true, .help = "many" },
    { .name = NULL },
};
const struct key_table key_bench_table = {
    .name = "thing", .help = "A thing.", .keys = keys, .base = &base_table
};

void
key_bench_init(struct key_bench *b, const char *text)
{
    scenario_text_init(&b->t, text, NULL);
    assert_non_null(b->t.tree);
    b->ok = key_reader_init(&b->r, b->t.scope, tree_root(b->t.tree),
                            &key_bench_table, "%s", "things.x");
}

void
key_bench_clear(struct key_bench *b)
{
    key_reader_clear(&b->r);
    scenario_text_clear(&b->t);
}

void
assert_key_report(const char *text, const char *report)
{
    struct key_bench b;

    key_bench_init(&b, text);
    assert_string_equal(scenario_text_report(&b.t), report);
    assert_false(b.ok);
    assert_true(b.r.failed);
    key_bench_clear(&b);
}

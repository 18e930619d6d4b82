#include "scenarios/read.h"

#include <stdlib.h>
#include <string.h>

#include "scenarios/end.h"

#define PROBES_MAX 10000 /* Pairs that one expectation may probe. */

/* What every expectation has. */
static const struct key_spec common_keys[] = {
    { "id", KEY_NAME, .help = "its name; number if absent" },
    { "when", KEY_CONDITION, .help = "it holds only if this does" },
    { "with", KEY_NODE, .later = true, .help = "measured by a workload" },
    { "since", KEY_NODE, .later = true, .help = "counted from a time" },
    { "severity", KEY_NODE, .later = true, .help = "error or warning" },
    { .name = NULL },
};
static const struct key_table common_table = {
    "expectation",
    "What every expectation has.",
    common_keys,
    NULL,
};

static const struct key_spec metric_keys[] = {
    { "metric", KEY_TEXT, .required = true, .help = "object.quantity" },
    { "equals", KEY_VALUE, .help = "exactly" },
    { "min", KEY_VALUE, .help = "at least" },
    { "max", KEY_VALUE, .help = "at most" },
    { "between", KEY_VALUE, .shape = KEY_LIST, .n_min = 2, .n_max = 2,
      .help = "at least and at most; beside equals, min or max: when" },
    { "since", KEY_TEXT,
      .help = "counted from this moment on: 5s, cut.done + 200ms" },
    { .name = NULL },
};
static const struct key_spec isolated_keys[] = {
    { "isolated", KEY_GLOB, .shape = KEY_ONE_OR_LIST, .n_min = 1,
      .required = true,
      .help = "tenants none of whose frames reach another's VM" },
    { .name = NULL },
};
static const struct key_spec reachable_keys[] = {
    { "reachable", KEY_GLOB, .shape = KEY_LIST, .n_min = 2, .n_max = 2,
      .required = true,
      .help = "a ping of the first VM is answered by the second itself" },
    { "start", KEY_TIME, .fallback = "0s", .help = "when it is tried" },
    { .name = NULL },
};
static const struct key_spec unreachable_keys[] = {
    { "unreachable", KEY_GLOB, .shape = KEY_LIST, .n_min = 2, .n_max = 2,
      .required = true, .help = "no ping of the first VM gets to the second" },
    { "start", KEY_TIME, .fallback = "0s", .help = "when it is tried" },
    { .name = NULL },
};
static const struct key_spec present_keys[] = {
    { "present", KEY_TEXT, .required = true,
      .help = "BPF: such a frame was seen" },
    { "at", KEY_GLOB, .shape = KEY_ONE_OR_LIST, .n_min = 1, .required = true,
      .help = "places: at each of them" },
    { .name = NULL },
};
static const struct key_spec absent_keys[] = {
    { "absent", KEY_TEXT, .required = true,
      .help = "BPF: no such frame was seen" },
    { "at", KEY_GLOB, .shape = KEY_ONE_OR_LIST, .n_min = 1, .required = true,
      .help = "places: at none of them" },
    { .name = NULL },
};

static const char *const direction_words[] = { "request", "reply", NULL };
static const struct key_spec walk_inner_keys[] = {
    { "flow", KEY_REF, .required = true, .help = "id of a workload" },
    { "direction", KEY_WORD, .words = direction_words, .fallback = "request",
      .help = "from the first end to the second, or back" },
    { "packet", KEY_INT, .min = 1, .fallback = "1",
      .help = "which packet of that direction" },
    { .name = NULL },
};
static const struct key_table walk_inner_table = {
    "walk",
    "A packet of a flow.",
    walk_inner_keys,
    NULL,
};
static const struct key_spec step_keys[] = {
    { "at", KEY_REF, .required = true, .help = "a port or a VM's NIC" },
    { "src", KEY_IP, .help = "source address of the outer IP header" },
    { "dst", KEY_IP, .help = "destination address" },
    { .name = NULL },
};
static const struct key_table step_table = {
    "step",
    "A place the packet passes, and how it looks there.",
    step_keys,
    NULL,
};
static const struct key_spec walk_keys[] = {
    { "walk", KEY_OBJECT, .table = &walk_inner_table, .required = true,
      .help = "whose way" },
    { "steps", KEY_OBJECT, .shape = KEY_LIST, .n_min = 1, .table = &step_table,
      .required = true, .help = "places in order; others may lie between" },
    { .name = NULL },
};
static const struct key_spec fingerprint_keys[] = {
    { "fingerprint", KEY_TEXT, .required = true,
      .help = "what the run prints: 16 hexadecimal digits" },
    { .name = NULL },
};

const struct key_table expect_tables[] = {
    { "metric", "A metric has a value.", metric_keys, &common_table },
    { "isolated", "No frame leaks to another tenant.", isolated_keys,
      &common_table },
    { "reachable", "A VM reaches another.", reachable_keys, &common_table },
    { "unreachable", "A VM does not reach another.", unreachable_keys,
      &common_table },
    { "present", "A frame was seen.", present_keys, &common_table },
    { "absent", "A frame was not seen.", absent_keys, &common_table },
    { "walk", "A packet went this way.", walk_keys, &common_table },
    { "fingerprint", "The run is exactly this one.", fingerprint_keys,
      &common_table },
    { NULL, NULL, NULL, NULL },
};

/* In the order of enum expect_kind, as the tables. */
static const char *const verbs[] = { "metric",      "isolated",    "reachable",
                                     "unreachable", "present",     "absent",
                                     "walk",        "fingerprint", NULL };

/* Reads the moments between which the metric is counted. */
static void
read_window(struct scenario *s, struct key_reader *r,
            struct scenario_expect *expect, bool is_between)
{
    sim_time *moments[] = { &expect->from, &expect->to };

    expect->has_window = true;
    expect->window_loc = key_loc(r, is_between ? "between" : "since");
    expect->to = SIM_NEVER;
    if (!is_between) {
        read_moment(s, key_text(r, "since"), expect->window_loc,
                    &expect->from);
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        const struct key_value *value = key_at(r, "between", i);
        char *text = value_format(value->value);

        read_moment(s, text, value->node->loc, moments[i]);
        g_free(text);
    }
}

static void
read_between(struct scenario *s, struct key_reader *r,
             struct scenario_expect *expect)
{
    bool is_window = expect->has_equals || expect->has_min || expect->has_max;

    if (is_window && key_is_given(r, "since")) {
        key_report(r, "between", E083,
                   "between and since both say when to count");
        diag_help(s->diag, "leave one of them out");
    } else if (is_window) {
        read_window(s, r, expect, true);
    } else if (key_at(r, "between", 0)->value.kind == VALUE_TEXT) {
        key_report(r, "between", E082,
                   "%s is compared with nothing between the two moments",
                   expect->metric);
        diag_help(s->diag, "add equals, min or max");
    } else {
        expect->has_min = expect->has_max = true;
        expect->min = key_at(r, "between", 0)->value;
        expect->max = key_at(r, "between", 1)->value;
        expect->min_loc = expect->max_loc = key_loc(r, "between");
    }
}

static void
read_metric(struct scenario *s, struct key_reader *r,
            struct scenario_expect *expect)
{
    expect->metric = key_text(r, "metric");
    expect->has_equals = key_is_given(r, "equals");
    expect->has_min = key_is_given(r, "min");
    expect->has_max = key_is_given(r, "max");
    expect->equals = key_value(r, "equals");
    expect->min = key_value(r, "min");
    expect->max = key_value(r, "max");
    expect->equals_loc = key_loc(r, "equals");
    expect->min_loc = key_loc(r, "min");
    expect->max_loc = key_loc(r, "max");
    if (key_is_given(r, "between") && key_is_ok(r, "between")
        && key_count(r, "between") == 2) {
        read_between(s, r, expect);
    }
    if (key_is_given(r, "since") && key_is_ok(r, "since")
        && !expect->has_window) {
        read_window(s, r, expect, false);
    }
    if (!expect->has_equals && !expect->has_min && !expect->has_max
        && !r->failed) {
        key_report(r, "metric", E082, "%s is compared with nothing",
                   expect->metric);
        diag_help(scope_diag(r->scope), "add equals, min, max or between");
    }
}

static void
read_isolated(struct scenario *s, struct key_reader *r,
              struct scenario_expect *expect)
{
    for (size_t i = 0; i < key_count(r, "isolated"); i++) {
        const struct key_value *value = key_at(r, "isolated", i);

        if (value->is_ok) {
            find_tenants(s, value->value.text, value->node->loc,
                         expect->tenants);
        }
    }
}

/* Was its subnet found, if it has to be in one? */
static bool
is_sound(const struct scenario_end *end)
{
    return !end->vm || end->vm->subnet;
}

static void
add_probes(struct scenario *s, struct key_reader *r,
           struct scenario_expect *expect, const char *verb,
           GArray *const ends[2])
{
    sim_time start = key_time(r, "start");

    if ((uint64_t) ends[0]->len * ends[1]->len > PROBES_MAX) {
        key_report(r, verb, E087, "%" G_GUINT64_FORMAT " pairs are too many",
                   (uint64_t) ends[0]->len * ends[1]->len);
        return;
    }
    for (unsigned int i = 0; i < ends[0]->len; i++) {
        for (unsigned int j = 0; j < ends[1]->len; j++) {
            const struct scenario_end *from =
                &g_array_index(ends[0], struct scenario_end, i);
            const struct scenario_end *to =
                &g_array_index(ends[1], struct scenario_end, j);

            if (!end_equal(from, to) && is_sound(from) && is_sound(to)) {
                g_ptr_array_add(expect->probes, add_probe(s, from, to, start,
                                                          expect->verb_loc));
            }
        }
    }
    if (!expect->probes->len) {
        key_report(r, verb, E087, "there is no pair to try");
    }
}

static void
read_reachable(struct scenario *s, struct key_reader *r,
               struct scenario_expect *expect, const char *verb)
{
    GArray *ends[2];
    bool ok = key_count(r, verb) == 2;

    ends[0] = g_array_new(FALSE, FALSE, sizeof(struct scenario_end));
    ends[1] = g_array_new(FALSE, FALSE, sizeof(struct scenario_end));
    for (size_t i = 0; i < 2 && ok; i++) {
        const struct key_value *value = key_at(r, verb, i);

        ok = value->is_ok
             && find_ends(s, value->value.text, value->node->loc, ends[i]);
    }
    if (ok && !expect->is_off) {
        add_probes(s, r, expect, verb, ends);
    }
    g_array_unref(ends[0]);
    g_array_unref(ends[1]);
}

static void
read_step(struct scenario *s, struct key_reader *r, size_t i,
          struct scenario_expect *expect)
{
    struct scenario_step step = { 0 };
    struct key_reader inner;

    if (key_object_at(r, "steps", i, &inner)) {
        GArray *place =
            g_array_new(FALSE, FALSE, sizeof(struct scenario_place));

        step.loc = inner.loc;
        if (key_is_ok(&inner, "at") && find_places(s, &inner, "at", place)) {
            step.place = g_array_index(place, struct scenario_place, 0);
            step.at = step.place.name;
        }
        g_array_unref(place);
        step.src = key_ip(&inner, "src");
        step.dst = key_ip(&inner, "dst");
        g_array_append_val(expect->steps, step);
    }
    key_reader_clear(&inner);
}

static void
read_walk(struct scenario *s, struct key_reader *r,
          struct scenario_expect *expect)
{
    struct key_reader inner;

    if (key_object(r, "walk", &inner) && key_is_ok(&inner, "flow")) {
        const char *id = key_text(&inner, "flow");

        expect->flow = g_hash_table_lookup(s->flow_by_id, id);
        if (!expect->flow && g_hash_table_contains(s->flow_by_id, id)) {
            diag_report(s->diag, E034, key_loc(&inner, "flow"),
                        "'%s' is a replay", id);
            diag_help(s->diag, "a walk is that of a workload between two VMs; "
                               "look for frames by present and absent");
        } else if (!expect->flow) {
            refuse_unknown(s, E034, key_loc(&inner, "flow"), "workload", id,
                           s->flow_by_id);
        }
        expect->reply = key_word_index(&inner, "direction") == 1;
        expect->packet = (uint64_t) key_int(&inner, "packet");
    }
    key_reader_clear(&inner);
    for (size_t i = 0; i < key_count(r, "steps"); i++) {
        read_step(s, r, i, expect);
    }
}

static void
read_fingerprint(struct key_reader *r, struct scenario_expect *expect)
{
    expect->fingerprint = key_text(r, "fingerprint");
    if (key_is_ok(r, "fingerprint")
        && (strlen(expect->fingerprint) != 16
            || strspn(expect->fingerprint, "0123456789abcdef") != 16)) {
        key_report(r, "fingerprint", E085,
                   "'%s' is no fingerprint: it has 16 digits 0-9 a-f",
                   expect->fingerprint);
    }
}

static void
read_filter(struct scenario *s, struct key_reader *r,
            struct scenario_expect *expect, const char *verb)
{
    expect->filter = key_text(r, verb);
    expect->filter_loc = key_loc(r, verb);
    find_places(s, r, "at", expect->places);
}

static void
read_by_kind(struct scenario *s, struct key_reader *r,
             struct scenario_expect *expect)
{
    switch (expect->kind) {
    case EXPECT_METRIC: read_metric(s, r, expect); break;
    case EXPECT_ISOLATED: read_isolated(s, r, expect); break;
    case EXPECT_REACHABLE: read_reachable(s, r, expect, "reachable"); break;
    case EXPECT_UNREACHABLE:
        read_reachable(s, r, expect, "unreachable");
        break;
    case EXPECT_PRESENT: read_filter(s, r, expect, "present"); break;
    case EXPECT_ABSENT: read_filter(s, r, expect, "absent"); break;
    case EXPECT_WALK: read_walk(s, r, expect); break;
    case EXPECT_FINGERPRINT: read_fingerprint(r, expect); break;
    }
}

static struct scenario_expect *
expect_new(enum expect_kind kind)
{
    struct scenario_expect *expect = g_new0(struct scenario_expect, 1);

    expect->kind = kind;
    expect->tenants = g_ptr_array_new();
    expect->probes = g_ptr_array_new();
    expect->places = g_array_new(FALSE, FALSE, sizeof(struct scenario_place));
    expect->steps = g_array_new(FALSE, FALSE, sizeof(struct scenario_step));
    return expect;
}

static void
read_expect(struct scenario *s, const struct tree_node *node, size_t i,
            GHashTable *ids)
{
    char *where = g_strdup_printf("expect[%zu]", i);
    const char *verb = NULL;
    struct scenario_expect *expect;
    struct key_reader r;
    unsigned int kind = 0;

    if (node->kind == TREE_MAP) {
        verb = key_verb(s->scope, node, verbs, where);
    } else if (!node->broken) {
        diag_report(s->diag, E020, node->loc, "%s is %s, not a map", where,
                    tree_kind_name(node));
    }
    while (verb && strcmp(verbs[kind], verb)) {
        kind++;
    }
    if (verb) {
        key_reader_init(&r, s->scope, node, &expect_tables[kind], "%s", where);
        expect = expect_new((enum expect_kind) kind);
        expect->loc = r.loc;
        expect->verb_loc = key_loc(&r, verb);
        expect->id = key_is_given(&r, "id") ? key_text(&r, "id")
                                            : scope_strdup(s->scope, where);
        expect->is_off = key_is_given(&r, "when") && key_is_ok(&r, "when")
                         && !key_condition(&r, "when");
        g_ptr_array_add(s->expects, expect);
        if (!g_hash_table_add(ids, (char *) expect->id)) {
            key_report(&r, "id", E036, "there are two expectations called %s",
                       expect->id);
        }
        read_by_kind(s, &r, expect);
        key_reader_clear(&r);
    }
    g_free(where);
}

/* Reads 'expect'. */
void
read_expects(struct scenario *s, const struct key_reader *root)
{
    GHashTable *ids = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; i < key_count(root, "expect"); i++) {
        read_expect(s, key_at(root, "expect", i)->node, i, ids);
    }
    g_hash_table_unref(ids);
}

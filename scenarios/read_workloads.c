#include "scenarios/read_workload.h"

#include <math.h>
#include <string.h>

#include "models/wire/ip_tos.h"

#define DEFAULT_PING_GAP (100 * SIM_MS)
#define PROBE_COUNT      3

/* What every workload has. */
static const struct key_spec common_keys[] = {
    { "id", KEY_NAME, .help = "its name; verb and number if absent" },
    { "start", KEY_VALUE, .fallback = "0s",
      .help = "when it starts; a time or a distribution; of many flows also "
              "'spread 0s..1ms': one after the other" },
    { "stop", KEY_TIME, .min = 1, .help = "when it stops" },
    { .name = NULL },
};
static const struct key_table common_table = {
    "workload",
    "What every workload has.",
    common_keys,
    NULL,
};

/* What those of two ends have. */
static const struct key_spec flow_keys[] = {
    { "dscp", KEY_INT, .max = 63, .fallback = "0",
      .help = "differentiated services codepoint of what both ends send" },
    { "ecn", KEY_BOOL, .fallback = "false",
      .help = "its packets say that they may be marked (ECT(0)) instead of "
              "dropped" },
    { .name = NULL },
};
static const struct key_table flow_table = {
    "flow",
    "What every workload but replay has.",
    flow_keys,
    &common_table,
};

#define ENDS(VERB)                                                            \
    {                                                                         \
        VERB, KEY_REF, .shape = KEY_LIST, .n_min = 2, .n_max = 2,             \
                       .required = true, .help = "from and to: VMs, servers"  \
    }
#define COUNT(HELP)                                                           \
    {                                                                         \
        "count", KEY_INT, .min = 1, .help = HELP                              \
    }
#define PORT                                                                  \
    {                                                                         \
        "port", KEY_INT, .min = 1, .max = 65535, .fallback = "5001",          \
                         .help = "L4 port of the second end"                  \
    }
#define CC                                                                    \
    {                                                                         \
        "cc", KEY_WORD, .words = cc_words, .later_words = later_ccs,          \
                        .fallback = "newreno", .help = "congestion control"   \
    }

static const char *const cc_words[] = { "newreno", NULL };
static const char *const later_ccs[] = { "cubic", "dctcp", "bbr", NULL };

static const struct key_spec ping_keys[] = {
    ENDS("ping"),
    COUNT("how many; 4 if neither this nor stop is given"),
    { "every", KEY_VALUE, .fallback = "1s", .help = "between two pings" },
    { "size", KEY_VALUE, .fallback = "32B", .help = "payload of a ping" },
    { .name = NULL },
};
static const struct key_spec udp_keys[] = {
    ENDS("udp"),
    PORT,
    COUNT("how many datagrams; no bound if absent"),
    { "size", KEY_VALUE, .fallback = "1000B", .help = "payload" },
    { "gap", KEY_VALUE, .help = "between two datagrams" },
    { "rate", KEY_RATE, .min = 1, .help = "of payload, instead of gap" },
    { .name = NULL },
};
static const struct key_spec tcp_keys[] = {
    ENDS("tcp"),
    PORT,
    { "bytes", KEY_VALUE, .help = "how much; until stop if absent" },
    { "rate", KEY_RATE, .min = 1, .help = "at most so much payload" },
    CC,
    { .name = NULL },
};
static const struct key_spec tcp_rr_keys[] = {
    ENDS("tcp_rr"),
    PORT,
    COUNT("how many transactions; no bound if absent"),
    { "request", KEY_VALUE, .fallback = "1B", .help = "bytes of a request" },
    { "response", KEY_VALUE, .fallback = "1B", .help = "of a response" },
    { "gap", KEY_VALUE, .fallback = "0s", .help = "between transactions" },
    CC,
    { .name = NULL },
};
static const struct key_spec replay_keys[] = {
    { "replay", KEY_FILE, .required = true,
      .help = "a capture, pcap or pcapng" },
    { "from", KEY_REF, .required = true,
      .help = "the port that sends the frames, as if its node had" },
    { "frames", KEY_INT, .shape = KEY_LIST, .min = 1, .max = UINT32_MAX,
      .help = "numbers of the frames, from 1; all if absent" },
    { "gap", KEY_TIME, .help = "between two frames; as captured if absent" },
    { .name = NULL },
};

const struct key_table workload_tables[] = {
    { "ping", "ICMP echo requests.", ping_keys, &flow_table },
    { "udp", "UDP datagrams, one way.", udp_keys, &flow_table },
    { "tcp", "Bytes over one TCP connection.", tcp_keys, &flow_table },
    { "tcp_rr", "Requests and responses over one TCP connection.", tcp_rr_keys,
      &flow_table },
    { "replay", "Frames of a capture.", replay_keys, &common_table },
    { NULL, NULL, NULL, NULL },
};

/* The same with a pattern in place of the two ends. */
#define PATTERN(VERB)                                                         \
    {                                                                         \
        { VERB, KEY_OBJECT, .required = true, .table = &pairs_table,          \
          .help = "who sends to whom" },                                      \
            { .name = NULL },                                                 \
    }
static const struct key_spec pattern_keys[][2] = {
    PATTERN("ping"),
    PATTERN("udp"),
    PATTERN("tcp"),
    PATTERN("tcp_rr"),
};

static const char *const verbs[] = { "ping",   "udp",       "tcp", "tcp_rr",
                                     "replay", "arp_storm", NULL };

/* Returns the index, from 1, for the packets of a new flow called 'id'. */
uint32_t
add_flow_index(struct scenario *s, const char *id)
{
    g_ptr_array_add(s->flow_names, (char *) id);
    return s->flow_names->len;
}

/* Makes 'id' the name of one workload only. */
bool
claim_flow_id(struct scenario *s, const char *id, struct loc loc)
{
    if (!g_hash_table_insert(s->flow_by_id, (char *) id, NULL)) {
        diag_report(s->diag, E036, loc, "there are two workloads called %s",
                    id);
        return false;
    }
    return true;
}

/* Makes the flow by which an expectation finds out whether 'to' can be
 * reached from 'from'. */
struct scenario_flow *
add_probe(struct scenario *s, const struct scenario_end *from,
          const struct scenario_end *to, sim_time start, struct loc loc)
{
    struct scenario_flow *flow = g_new0(struct scenario_flow, 1);
    char *id = g_strdup_printf("probe-%s-%s", end_path(from), end_path(to));

    for (char *c = id; *c; c++) {
        *c = *c == '/' ? '.' : *c;
    }
    flow->loc = flow->id_loc = loc;
    flow->from = *from;
    flow->to = *to;
    flow->is_probe = true;
    flow->place = s->flows->len;
    flow->config = (struct flow_config){
        .kind = workload_kind_by_name("ping"),
        .id = scope_strdup(s->scope, id),
        .to = end_address(to),
        .start = { DISTRIBUTION_CONSTANT, (double) start, 0 },
        .stop = SIM_NEVER,
        .count = PROBE_COUNT,
        .gap = { DISTRIBUTION_CONSTANT, (double) DEFAULT_PING_GAP, 0 },
        .size = { DISTRIBUTION_CONSTANT, 32, 0 },
        .tcp = tcp_config_default,
    };
    g_free(id);
    flow->config.index = add_flow_index(s, flow->config.id);
    g_ptr_array_add(s->flows, flow);
    return flow;
}

static const char *
read_id(struct scenario *s, struct key_reader *r, const char *verb, size_t i)
{
    char *made;
    const char *id;

    if (key_is_given(r, "id") && key_is_ok(r, "id")) {
        return key_text(r, "id");
    }
    made = g_strdup_printf("%s-%zu", verb, i + 1);
    id = scope_strdup(s->scope, made);
    g_free(made);
    return id;
}

static void
read_replay(struct scenario *s, struct key_reader *r, size_t i)
{
    struct scenario_replay *replay = g_new0(struct scenario_replay, 1);
    struct distribution start;

    replay->loc = r->loc;
    replay->file_loc = key_loc(r, "replay");
    replay->frames_loc = key_loc(r, "frames");
    replay->id = read_id(s, r, "replay", i);
    claim_flow_id(s, replay->id, key_loc(r, "id"));
    replay->index = add_flow_index(s, replay->id);
    replay->file = key_text(r, "replay");
    replay->frames = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_ptr_array_add(s->replays, replay);
    if (key_is_ok(r, "from")) {
        replay->port = find_port(s, key_text(r, "from"), key_loc(r, "from"));
    }
    read_distribution(r, "start", DIM_TIME, &start);
    replay->start = (sim_time) start.a;
    if (start.kind != DISTRIBUTION_CONSTANT) {
        key_report(r, "start", E073, "a replay starts at one time");
    }
    replay->gap = key_is_given(r, "gap") ? key_time(r, "gap") : -1;
    for (size_t j = 0; j < key_count(r, "frames"); j++) {
        int64_t number;

        if (key_at(r, "frames", j)->is_ok
            && quantity_to_int(key_at(r, "frames", j)->value.quantity,
                               &number)) {
            uint32_t frame = (uint32_t) number;

            g_array_append_val(replay->frames, frame);
        }
    }
}

/* Refuses a pace that would send without end in no time. */
static void
refuse_no_gap(struct scenario *s, struct key_reader *r, const char *key,
              const struct distribution *gap)
{
    if (!r->failed && gap->a <= 0 && gap->b <= 0) {
        key_report(r, key, E018, "'%s' must be more than 0s", key);
        diag_help(s->diag, "else all would be sent at one moment");
    }
}

static void
read_rate_or_gap(struct scenario *s, struct key_reader *r,
                 struct flow_config *config)
{
    config->rate_bps = key_rate(r, "rate");
    if (key_is_given(r, "gap") && key_is_given(r, "rate")) {
        key_report(r, "gap", E072, "gap and rate say the same in two ways");
        diag_help(s->diag, "leave one of them out");
    } else if (key_is_given(r, "gap")) {
        read_distribution(r, "gap", DIM_TIME, &config->gap);
        refuse_no_gap(s, r, "gap", &config->gap);
    } else if (!key_is_given(r, "rate")) {
        diag_report(s->diag, E023, r->loc, "%s has neither gap nor rate",
                    config->id);
        diag_help(s->diag, "how fast are its datagrams sent? For example "
                           "gap: 1ms, or rate: 10Mbps");
    }
}

/* Reads the keys that belong to the workload's own verb. */
static void
read_verb(struct scenario *s, struct key_reader *r, const char *verb,
          struct flow_config *config)
{
    if (!strcmp(verb, "ping")) {
        config->count = (uint64_t) key_int(r, "count");
        read_distribution(r, "every", DIM_TIME, &config->gap);
        refuse_no_gap(s, r, "every", &config->gap);
        read_distribution(r, "size", DIM_BYTES, &config->size);
        if (!config->count && config->stop == SIM_NEVER) {
            config->count = 4;
        }
    } else if (!strcmp(verb, "udp")) {
        config->count = (uint64_t) key_int(r, "count");
        config->port = (uint16_t) key_int(r, "port");
        read_distribution(r, "size", DIM_BYTES, &config->size);
        read_rate_or_gap(s, r, config);
    } else if (!strcmp(verb, "tcp")) {
        config->port = (uint16_t) key_int(r, "port");
        config->rate_bps = key_rate(r, "rate");
        config->has_bytes = key_is_given(r, "bytes");
        if (config->has_bytes) {
            read_distribution(r, "bytes", DIM_BYTES, &config->bytes);
        }
    } else {
        /* As programs of requests and responses do: Nagle's algorithm and
         * delayed ACKs would wait for each other. */
        config->tcp.nagle = false;
        config->count = (uint64_t) key_int(r, "count");
        config->port = (uint16_t) key_int(r, "port");
        read_distribution(r, "request", DIM_BYTES, &config->request);
        read_distribution(r, "response", DIM_BYTES, &config->response);
        read_distribution(r, "gap", DIM_TIME, &config->gap);
    }
}

/* Reads how packets are marked. */
static uint8_t
read_tos(struct scenario *s, struct key_reader *r, const char *verb)
{
    bool ecn = key_bool(r, "ecn");

    if (ecn && g_str_has_prefix(verb, "tcp")) {
        key_report(r, "ecn", E091, "TCP does not react to ECN yet");
        diag_help(s->diag, "leave it out: marks would change nothing");
    }
    return (uint8_t) (key_int(r, "dscp") << 2
                      | (ecn ? IP_ECN_ECT0 : IP_ECN_NONE));
}

/* Adds a flow like '*like' between two ends. */
static void
add_flow(struct scenario *s, const struct scenario_flow *like,
         const struct flow_pair *pair, const char *id)
{
    struct scenario_flow *flow = g_new(struct scenario_flow, 1);
    struct flow_config *config = &flow->config;

    *flow = *like;
    flow->from = pair->from;
    flow->to = pair->to;
    flow->place = s->flows->len;
    g_ptr_array_add(s->flows, flow);
    config->id = id;
    config->index = add_flow_index(s, id);
    if (end_is_known(&flow->to)) {
        config->to = end_address(&flow->to);
    }
    if (claim_flow_id(s, id, flow->id_loc)) {
        g_hash_table_insert(s->flow_by_id, (char *) id, flow);
    }
}

/* Adds the flow between the two ends that the verb names. */
static void
add_single(struct scenario *s, struct key_reader *r, const char *verb,
           const struct scenario_flow *like)
{
    struct flow_pair pair = { 0 };
    struct scenario_end *ends[] = { &pair.from, &pair.to };

    for (size_t i = 0; i < 2 && i < key_count(r, verb); i++) {
        const struct key_value *end = key_at(r, verb, i);

        if (end->is_ok) {
            find_end(s, end->value.text, end->node->loc, ends[i]);
        }
    }
    if (end_is_known(&pair.from) && end_equal(&pair.from, &pair.to)) {
        key_report(r, verb, E070, "%s talks to itself", end_path(&pair.from));
    }
    add_flow(s, like, &pair, like->config.id);
}

/* Adds the flows of a pattern, ID-1 and so on.  If they are spread, the start of
 * the first is where the range begins, and the last leaves room for one more
 * before its end. */
static void
add_many(struct scenario *s, struct key_reader *r, const char *verb,
         const struct scenario_flow *like, bool is_spread)
{
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(struct flow_pair));
    const struct distribution range = like->config.start;

    read_pairs(s, r, verb, like->config.id, pairs);
    for (unsigned int i = 0; i < pairs->len; i++) {
        char *id = g_strdup_printf("%s-%u", like->config.id, i + 1);
        struct scenario_flow flow = *like;

        if (is_spread) {
            flow.config.start = (struct distribution){
                .kind = DISTRIBUTION_CONSTANT,
                .a = floor(range.a + (range.b - range.a) * i / pairs->len),
            };
        }
        add_flow(s, &flow, &g_array_index(pairs, struct flow_pair, i),
                 scope_strdup(s->scope, id));
        g_free(id);
    }
    g_array_unref(pairs);
}

static void
read_flow(struct scenario *s, struct key_reader *r, const char *verb, size_t i)
{
    bool is_pattern = key_node(r, verb) && key_node(r, verb)->kind == TREE_MAP;
    bool is_datagrams = !strcmp(verb, "ping") || !strcmp(verb, "udp");
    struct scenario_flow flow = {
        .loc = r->loc,
        .id_loc = key_loc(r, "id"),
        .size_loc = is_datagrams ? key_loc(r, "size") : r->loc,
        .workload = i,
    };
    struct flow_config *config = &flow.config;
    bool is_spread =
        is_pattern && read_spread(r, "start", DIM_TIME, &config->start);

    config->kind = workload_kind_by_name(verb);
    config->tcp = tcp_config_default;
    config->tos = read_tos(s, r, verb);
    config->id = read_id(s, r, verb, i);
    if (!is_spread) {
        read_distribution(r, "start", DIM_TIME, &config->start);
    }
    config->stop = key_is_given(r, "stop") ? key_time(r, "stop") : SIM_NEVER;
    if (key_is_given(r, "stop") && key_is_ok(r, "start")
        && (double) config->stop <= config->start.a) {
        key_report(r, "stop", E076, "%s stops before it starts", config->id);
    }
    read_verb(s, r, verb, config);
    if (is_pattern) {
        add_many(s, r, verb, &flow, is_spread);
    } else {
        add_single(s, r, verb, &flow);
    }
}

/* Returns the table of keys of the workload at 'node'. */
static const struct key_table *
find_table(const char *verb, const struct tree_node *node,
           struct key_table *pattern)
{
    size_t i = 0;

    while (workload_tables[i].name && strcmp(workload_tables[i].name, verb)) {
        i++;
    }
    if (!workload_tables[i].name || i >= G_N_ELEMENTS(pattern_keys)
        || tree_get(node, verb)->kind != TREE_MAP) {
        return workload_tables[i].name ? &workload_tables[i] : NULL;
    }
    *pattern = (struct key_table){ verb, workload_tables[i].help,
                                   pattern_keys[i], &workload_tables[i] };
    return pattern;
}

static void
read_workload(struct scenario *s, const struct key_value *entry, size_t i)
{
    const struct tree_node *node = entry->node;
    const struct key_table *table = NULL;
    struct key_table pattern;
    struct key_reader r;
    const char *verb;
    char *where = g_strdup_printf("workloads[%zu]", i);

    verb =
        node->kind == TREE_MAP ? key_verb(s->scope, node, verbs, where) : NULL;
    if (node->kind != TREE_MAP && !node->broken) {
        diag_report(s->diag, E020, node->loc, "%s is %s, not a map", where,
                    tree_kind_name(node));
    }
    if (verb) {
        table = find_table(verb, node, &pattern);
    }
    if (verb && !table) {
        diag_report(s->diag, E090, tree_find(node, verb)->key_loc,
                    "the workload %s is not supported yet", verb);
        diag_help(s->diag, "workloads here: ping, udp, tcp, tcp_rr, replay");
    } else if (verb) {
        key_reader_init(&r, s->scope, node, table, "%s", where);
        if (!strcmp(verb, "replay")) {
            read_replay(s, &r, i);
        } else {
            read_flow(s, &r, verb, i);
        }
        key_reader_clear(&r);
    }
    g_free(where);
}

/* Reads 'workloads'. */
void
read_workloads(struct scenario *s, const struct key_reader *root)
{
    for (size_t i = 0; i < key_count(root, "workloads"); i++) {
        read_workload(s, key_at(root, "workloads", i), i);
    }
}

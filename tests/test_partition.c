/* Which partition each node of a scenario gets. */

#include <string.h>

#include "scenarios/partition.h"
#include "tests/cmocka_all.h"

struct bench {
    struct scenario *scenario;
    uint32_t n;          /* Partitions. */
    uint32_t *partition; /* By node. */
};

static void
split(struct bench *b, const char *topology, uint32_t n)
{
    static const struct scenario_options options;
    char *text = g_strdup_printf("format: 1\nname: t\nrun: {until: 1s}\n"
                                 "provider: {l2_loop: allow}\n"
                                 "datapath: {use: flat}\ntenants: {}\n"
                                 "topology:\n%s",
                                 topology);

    b->scenario =
        scenario_read(source_new("t.yaml", text, strlen(text)), ".", &options);
    if (scenario_failed(b->scenario)) {
        GString *problems = g_string_new(NULL);

        diag_print(b->scenario->diag, false, problems);
        fail_msg("%s", problems->str);
    }
    g_free(text);
    b->n = n;
    b->partition = partition_nodes(b->scenario, n);
}

static int
tear_down(void **state)
{
    struct bench *b = *state;

    g_free(b->partition);
    scenario_free(b->scenario);
    g_free(b);
    return 0;
}

static int
set_up(void **state)
{
    *state = g_new0(struct bench, 1);
    return 0;
}

static uint32_t
partition_of(const struct bench *b, const char *name)
{
    for (unsigned int i = 0; i < b->scenario->nodes->len; i++) {
        const struct scenario_node *node =
            g_ptr_array_index(b->scenario->nodes, i);

        if (!strcmp(node->name, name)) {
            assert_true(b->partition[i] < b->n);
            return b->partition[i];
        }
    }
    fail_msg("no node %s", name);
    return 0;
}

static void
assert_together(const struct bench *b, const char *a, const char *c)
{
    assert_int_equal(partition_of(b, a), partition_of(b, c));
}

/* Fills in the ports of each partition; says in how many there are any. */
static uint32_t
count_ports(const struct bench *b, uint64_t *ports)
{
    uint32_t used = 0;

    memset(ports, 0, b->n * sizeof *ports);
    for (unsigned int i = 0; i < b->scenario->nodes->len; i++) {
        const struct scenario_node *node =
            g_ptr_array_index(b->scenario->nodes, i);

        assert_true(b->partition[i] < b->n);
        ports[b->partition[i]] += node->ports->len;
    }
    for (uint32_t i = 0; i < b->n; i++) {
        used += ports[i] > 0;
    }
    return used;
}

#define FAT_TREE                                                              \
    "  generate: {kind: fat-tree, k: 8, host_link: {rate: 10Gbps},\n"         \
    "    fabric_link: {rate: 10Gbps}}\n"

static void
racks_stay_together(void **state)
{
    struct bench *b = *state;

    split(b, FAT_TREE, 7);
    for (unsigned int i = 0; i < 128; i++) {
        char host[8], edge[8];

        g_snprintf(host, sizeof host, "h%u", i + 1);
        g_snprintf(edge, sizeof edge, "edge%u", i / 4 + 1);
        assert_together(b, host, edge);
    }
}

static void
pods_stay_together(void **state)
{
    struct bench *b = *state;

    split(b, FAT_TREE, 4);
    for (unsigned int i = 0; i < 32; i++) {
        char edge[8], agg[8];

        g_snprintf(edge, sizeof edge, "edge%u", i + 1);
        g_snprintf(agg, sizeof agg, "agg%u", i / 4 * 4 + 1);
        assert_together(b, edge, agg);
    }
}

static void
partitions_have_as_many_ports_each(void **state)
{
    static const uint32_t counts[] = { 1, 2, 3, 4, 7, 8 };
    struct bench *b = *state;
    uint64_t ports[8];

    split(b, FAT_TREE, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        g_free(b->partition);
        b->n = counts[i];
        b->partition = partition_nodes(b->scenario, b->n);
        assert_int_equal(count_ports(b, ports), b->n);
        for (uint32_t j = 0; j < b->n; j++) {
            double share = 768.0 / b->n; /* Ports of all nodes. */

            assert_true((double) ports[j] < share * 1.2);
            assert_true((double) ports[j] > share * 0.75);
        }
    }
}

static void
partitions_without_racks_are_empty(void **state)
{
    struct bench *b = *state;
    uint64_t ports[9];

    split(b,
          "  generate: {kind: line, switches: 3, hosts_per_switch: 2,\n"
          "    host_link: {rate: 10Gbps}, fabric_link: {rate: 10Gbps}}\n",
          9);
    assert_int_equal(count_ports(b, ports), 3);
}

static void
link_without_delay_crosses_no_border(void **state)
{
    struct bench *b = *state;
    uint64_t ports[4];

    split(b,
          "  nodes:\n"
          "    sw1: {role: switch}\n"
          "    sw2: {role: switch}\n"
          "    sw3: {role: switch}\n"
          "    sw4: {role: switch}\n"
          "    h1: {role: host}\n"
          "    h2: {role: host}\n"
          "    h3: {role: host}\n"
          "    h4: {role: host}\n"
          "  links:\n"
          "    - {ends: [h1:e, sw1:h], rate: 10Gbps}\n"
          "    - {ends: [h2:e, sw2:h], rate: 10Gbps}\n"
          "    - {ends: [h3:e, sw3:h], rate: 10Gbps}\n"
          "    - {ends: [h4:e, sw4:h], rate: 10Gbps}\n"
          "    - {ends: [sw1:r, sw2:l], rate: 10Gbps}\n"
          "    - {ends: [sw2:r, sw3:l], rate: 10Gbps}\n"
          "    - {ends: [sw3:r, sw4:l], rate: 10Gbps}\n"
          "    - {ends: [sw1:f, sw4:f], rate: 10Gbps, delay: 0s}\n",
          4);
    assert_together(b, "h1", "h4");
    assert_together(b, "sw1", "sw4");
    assert_int_equal(count_ports(b, ports), 3);
}

static void
fabric_without_hosts_is_spread_too(void **state)
{
    struct bench *b = *state;
    uint64_t ports[2];

    split(b,
          "  nodes: {sw1: {role: switch}, sw2: {role: switch},\n"
          "    sw3: {role: switch}, sw4: {role: switch}}\n"
          "  links:\n"
          "    - {ends: [sw1:r, sw2:l], rate: 10Gbps}\n"
          "    - {ends: [sw3:r, sw4:l], rate: 10Gbps}\n",
          2);
    assert_int_equal(count_ports(b, ports), 2);
    assert_int_equal(ports[0], 2);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(racks_stay_together),
        TEST(pods_stay_together),
        TEST(partitions_have_as_many_ports_each),
        TEST(partitions_without_racks_are_empty),
        TEST(link_without_delay_crosses_no_border),
        TEST(fabric_without_hosts_is_spread_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

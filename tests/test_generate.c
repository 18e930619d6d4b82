/* Generated topologies: how many nodes and links, which names, who is joined
 * with whom. */

#include <glib.h>
#include <string.h>

#include "scenarios/scenario.h"
#include "tests/cmocka_all.h"

static struct scenario *scenario;

/* Reads a scenario whose topology is 'topology'; nothing may be wrong with
 * it. */
static void
read_topology_text(const char *topology)
{
    static const struct scenario_options options;
    char *text = g_strdup_printf("format: 1\n"
                                 "name: t\n"
                                 "topology:\n"
                                 "%s"
                                 "provider: {l2_loop: allow}\n"
                                 "datapath: {use: flat}\n"
                                 "tenants: {}\n",
                                 topology);

    scenario_free(scenario);
    scenario =
        scenario_read(source_new("t.yaml", text, strlen(text)), ".", &options);
    g_free(text);
    if (scenario_failed(scenario)) {
        GString *out = g_string_new(NULL);

        diag_print(scenario->diag, false, out);
        fail_msg("%s", out->str);
    }
}

/* The same of a generator's keys, without those of links. */
static void
generate(const char *keys)
{
    char *text =
        g_strdup_printf("  generate: {%s, host_link: {rate: 10Gbps}}\n", keys);

    read_topology_text(text);
    g_free(text);
}

static int
tear_down(void **state)
{
    (void) state;
    scenario_free(scenario);
    scenario = NULL;
    return 0;
}

static unsigned int
count_role(enum node_role role)
{
    unsigned int n = 0;

    for (unsigned int i = 0; i < scenario->nodes->len; i++) {
        const struct scenario_node *node =
            g_ptr_array_index(scenario->nodes, i);

        n += node->role == role;
    }
    return n;
}

static void
assert_counts(unsigned int n_switches, unsigned int n_hosts,
              unsigned int n_links)
{
    assert_int_equal(count_role(ROLE_SWITCH), n_switches);
    assert_int_equal(count_role(ROLE_HOST), n_hosts);
    assert_int_equal(scenario->links->len, n_links);
}

static const struct scenario_node *
node(const char *name)
{
    const struct scenario_node *found =
        g_hash_table_lookup(scenario->node_by_name, name);

    assert_non_null(found);
    return found;
}

static void
assert_degree(const char *name, unsigned int n_ports)
{
    assert_int_equal(node(name)->ports->len, n_ports);
}

/* Asserts that a link joins the ports at 'a' and 'b'. */
static void
assert_joined(const char *a, const char *b)
{
    const struct scenario_port *port =
        g_hash_table_lookup(scenario->port_by_path, a);

    assert_non_null(port);
    assert_string_equal(port->link->ends[port->link->ends[0] == port]->path,
                        b);
}

static void
line_has_a_link_between_neighbors(void **state)
{
    (void) state;
    generate("kind: line, switches: 4, hosts_per_switch: 2");
    assert_counts(4, 8, 3 + 8);
    assert_joined("sw1:sw2", "sw2:sw1");
    assert_joined("sw3:sw4", "sw4:sw3");
    assert_joined("sw1:h1", "h1:eth0");
    assert_joined("sw4:h8", "h8:eth0");
    assert_degree("sw1", 3);
    assert_degree("sw2", 4);
}

static void
line_of_one_switch_is_a_star(void **state)
{
    (void) state;
    generate("kind: line, switches: 1, hosts_per_switch: 3");
    assert_counts(1, 3, 3);
}

static void
ring_closes_the_line(void **state)
{
    (void) state;
    generate("kind: ring, switches: 5");
    assert_counts(5, 5, 5 + 5);
    assert_joined("sw5:sw1", "sw1:sw5");
    assert_degree("sw1", 3);
    assert_degree("sw3", 3);
}

static void
star_has_one_switch(void **state)
{
    (void) state;
    generate("kind: star, hosts: 4095");
    assert_counts(1, 4095, 4095);
    assert_joined("sw1:h4095", "h4095:eth0");
}

/* 1 + 3 + 9 switches, two hosts at each of the 9. */
static void
tree_is_numbered_level_by_level(void **state)
{
    (void) state;
    generate("kind: tree, depth: 3, fanout: 3, hosts_per_leaf: 2");
    assert_counts(13, 18, 12 + 18);
    assert_joined("sw1:sw2", "sw2:sw1");
    assert_joined("sw2:sw5", "sw5:sw2");
    assert_joined("sw4:sw13", "sw13:sw4");
    assert_joined("sw5:h1", "h1:eth0");
    assert_joined("sw13:h18", "h18:eth0");
    assert_degree("sw1", 3);
    assert_degree("sw2", 4);
    assert_degree("sw5", 3);
}

static void
leaf_spine_joins_each_leaf_with_each_spine(void **state)
{
    (void) state;
    generate("kind: leaf-spine, leaves: 3, spines: 2, hosts_per_leaf: 4");
    assert_counts(5, 12, 3 * 2 + 12);
    assert_joined("leaf1:h3", "h3:eth0");
    assert_joined("leaf2:h5", "h5:eth0");
    assert_joined("leaf1:s2", "spine2:l1");
    assert_joined("leaf3:s1", "spine1:l3");
    assert_degree("leaf1", 6);
    assert_degree("spine1", 3);
}

static void
fat_tree_of_4_has_16_hosts_20_switches_48_links(void **state)
{
    (void) state;
    generate("kind: fat-tree, k: 4");
    assert_counts(20, 16, 48);
    for (unsigned int i = 0; i < scenario->nodes->len; i++) {
        const struct scenario_node *n = g_ptr_array_index(scenario->nodes, i);

        assert_int_equal(n->ports->len, n->role == ROLE_SWITCH ? 4 : 1);
    }
    assert_joined("edge1:h1", "h1:eth0");
    assert_joined("edge8:h16", "h16:eth0");
    assert_joined("edge1:a2", "agg2:e1");
    assert_joined("edge4:a3", "agg3:e4");
    /* The first of each pod has cores 1 and 2, the second 3 and 4. */
    assert_joined("agg1:c1", "core1:a1");
    assert_joined("agg2:c3", "core3:a2");
    assert_joined("agg7:c2", "core2:a7");
    assert_joined("agg8:c4", "core4:a8");
}

/* k^3/4 hosts, 5k^2/4 switches, 3k^3/4 links. */
static void
fat_trees_have_the_sizes_of_their_closed_forms(void **state)
{
    (void) state;
    for (unsigned int k = 2; k <= 16; k += 2) {
        char *keys = g_strdup_printf("kind: fat-tree, k: %u", k);

        generate(keys);
        assert_counts(5 * k * k / 4, k * k * k / 4, 3 * k * k * k / 4);
        g_free(keys);
    }
}

/* Every core reaches every pod once. */
static void
fat_tree_core_has_one_link_to_each_pod(void **state)
{
    (void) state;
    generate("kind: fat-tree, k: 6");
    for (unsigned int core = 1; core <= 9; core++) {
        for (unsigned int pod = 0; pod < 6; pod++) {
            char *near = g_strdup_printf("core%u:a%u", core,
                                         pod * 3 + (core - 1) / 3 + 1);
            char *far = g_strdup_printf("agg%u:c%u",
                                        pod * 3 + (core - 1) / 3 + 1, core);

            assert_joined(near, far);
            g_free(far);
            g_free(near);
        }
    }
}

static void
dumbbell_has_a_side_at_each_switch(void **state)
{
    (void) state;
    generate("kind: dumbbell, hosts_per_side: 3");
    assert_counts(2, 6, 7);
    assert_joined("sw1:sw2", "sw2:sw1");
    assert_joined("sw1:h3", "h3:eth0");
    assert_joined("sw2:h4", "h4:eth0");
}

static void
parallel_links_count_and_are_numbered(void **state)
{
    (void) state;
    read_topology_text("  generate: {kind: leaf-spine, leaves: 2, spines: 2,\n"
                       "    hosts_per_leaf: 1, host_link: {rate: 1Gbps},\n"
                       "    fabric_link: {rate: 40Gbps, parallel: 3}}\n");
    assert_counts(4, 2, 4 * 3 + 2);
    assert_joined("leaf1:s2", "spine2:l1");
    assert_joined("leaf1:s2.2", "spine2:l1.2");
    assert_joined("leaf1:s2.3", "spine2:l1.3");
    assert_degree("leaf1", 7);
}

static void
links_are_as_the_scenario_says(void **state)
{
    const struct scenario_link *link;

    (void) state;
    read_topology_text("  generate: {kind: line, switches: 2,\n"
                       "    host_link: {rate: 1Gbps, delay: 2us, mtu: 1600},\n"
                       "    fabric_link: {rate: 40Gbps, mtu: 9000,\n"
                       "                  loss: 25%}}\n");
    link = g_ptr_array_index(scenario->links, 0);
    assert_int_equal(link->rate_bps, 1000000000);
    assert_int_equal(link->delay, 2 * SIM_US);
    assert_int_equal(link->mtu, 1600);
    link = g_ptr_array_index(scenario->links, 2);
    assert_int_equal(link->rate_bps, 40000000000);
    assert_int_equal(link->mtu, 9000);
    assert_true(link->loss == 0.25);
}

static void
fabric_links_are_by_default_as_host_links(void **state)
{
    const struct scenario_link *link;

    (void) state;
    generate("kind: dumbbell, hosts_per_side: 1");
    link = g_ptr_array_index(scenario->links, 2);
    assert_string_equal(link->ends[0]->path, "sw1:sw2");
    assert_int_equal(link->rate_bps, 10000000000);
}

static void
listed_nodes_and_links_join_a_generated_topology(void **state)
{
    (void) state;
    read_topology_text("  generate: {kind: star, hosts: 2,\n"
                       "             host_link: {rate: 10Gbps}}\n"
                       "  nodes: {fw: {role: switch}, hv1: {role: host}}\n"
                       "  links:\n"
                       "    - {ends: [sw1:x, fw:a], rate: 1Gbps}\n"
                       "    - {ends: [hv1:eth0, fw:b], rate: 1Gbps}\n");
    assert_counts(2, 3, 4);
    assert_joined("sw1:x", "fw:a");
}

static void
generated_switches_take_the_defaults(void **state)
{
    (void) state;
    read_topology_text("  generate: {kind: star, hosts: 2,\n"
                       "             host_link: {rate: 10Gbps}}\n"
                       "  defaults: {switch: {mac_table: 7}}\n");
    assert_int_equal(node("sw1")->sw->macs.max_entries, 7);
}

static void
a_hundred_thousand_hosts_are_drawn_in_time(void **state)
{
    int64_t start = g_get_monotonic_time();

    (void) state;
    generate("kind: leaf-spine, leaves: 1000, spines: 16, "
             "hosts_per_leaf: 100");
    assert_counts(1016, 100000, 116000);
    /* A tenth of a second where it was measured; quadratic would be hours. */
    assert_true(g_get_monotonic_time() - start < 20 * G_USEC_PER_SEC);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_has_a_link_between_neighbors),
        cmocka_unit_test(line_of_one_switch_is_a_star),
        cmocka_unit_test(ring_closes_the_line),
        cmocka_unit_test(star_has_one_switch),
        cmocka_unit_test(tree_is_numbered_level_by_level),
        cmocka_unit_test(leaf_spine_joins_each_leaf_with_each_spine),
        cmocka_unit_test(fat_tree_of_4_has_16_hosts_20_switches_48_links),
        cmocka_unit_test(fat_trees_have_the_sizes_of_their_closed_forms),
        cmocka_unit_test(fat_tree_core_has_one_link_to_each_pod),
        cmocka_unit_test(dumbbell_has_a_side_at_each_switch),
        cmocka_unit_test(parallel_links_count_and_are_numbered),
        cmocka_unit_test(links_are_as_the_scenario_says),
        cmocka_unit_test(fabric_links_are_by_default_as_host_links),
        cmocka_unit_test(listed_nodes_and_links_join_a_generated_topology),
        cmocka_unit_test(generated_switches_take_the_defaults),
        cmocka_unit_test(a_hundred_thousand_hosts_are_drawn_in_time),
    };

    return cmocka_run_group_tests(tests, NULL, tear_down);
}

/* Which ports of switches must carry a VLAN. */

#include <string.h>

#include "scenarios/vlans.h"
#include "tests/cmocka_all.h"

/* A tree: s1 is the root, s2 and s3 below it, s4 and s5 below s2.  One host at
 * each but the root; h6 is a second one at s5. */
static const char tree[] = "    - {ends: [s1:2, s2:1], rate: 1Gbps}\n"
                           "    - {ends: [s1:3, s3:1], rate: 1Gbps}\n"
                           "    - {ends: [s2:4, s4:2], rate: 1Gbps}\n"
                           "    - {ends: [s2:5, s5:2], rate: 1Gbps}\n";

/* A ring of s1 to s4 with s5 as a tail at s4. */
static const char ring[] = "    - {ends: [s1:2, s2:1], rate: 1Gbps}\n"
                           "    - {ends: [s2:3, s3:2], rate: 1Gbps}\n"
                           "    - {ends: [s3:4, s4:3], rate: 1Gbps}\n"
                           "    - {ends: [s4:1, s1:4], rate: 1Gbps}\n"
                           "    - {ends: [s4:5, s5:4], rate: 1Gbps}\n";

/* A chain s2, s1, s3 of links that are doubled. */
static const char parallel[] = "    - {ends: [s1:2, s2:1], rate: 1Gbps}\n"
                               "    - {ends: [s1:2b, s2:1b], rate: 1Gbps}\n"
                               "    - {ends: [s1:3, s3:1], rate: 1Gbps}\n"
                               "    - {ends: [s1:3b, s3:1b], rate: 1Gbps}\n";

static struct scenario *
read_net(const char *links)
{
    static const struct scenario_options options;
    GString *text = g_string_new("format: 1\n"
                                 "name: t\n"
                                 "provider: {l2_loop: allow}\n"
                                 "datapath: {use: vlan}\n"
                                 "topology:\n"
                                 "  nodes:\n");
    struct scenario *s;

    for (int i = 1; i <= 5; i++) {
        g_string_append_printf(text, "    s%d: {role: switch}\n", i);
    }
    for (int i = 2; i <= 6; i++) {
        g_string_append_printf(text, "    h%d: {role: host}\n", i);
    }
    g_string_append(text, "  links:\n");
    for (int i = 2; i <= 6; i++) {
        g_string_append_printf(
            text, "    - {ends: [s%d:h%d, h%d:eth0], rate: 1Gbps}\n",
            MIN(i, 5), i, i);
    }
    g_string_append(text, links);
    g_string_append(text, "tenants:\n"
                          "  t:\n"
                          "    subnets:\n"
                          "      a: {cidr: 10.1.1.0/24, vlan: 7}\n"
                          "      b: {cidr: 10.1.2.0/24, vlan: 8}\n"
                          "    vms:\n");
    for (int i = 2; i <= 6; i++) {
        g_string_append_printf(
            text, "      v%d: {subnet: a, ca: auto, host: h%d}\n", i, i);
    }
    g_string_append(text, "      flat: {subnet: a, host: h2, use: flat}\n"
                          "      other: {subnet: b, host: h2}\n");
    s = scenario_read(source_new("t.yaml", text->str, text->len), ".",
                      &options);
    g_string_free(text, TRUE);
    if (!s->vms->len) {
        GString *out = g_string_new(NULL);

        diag_print(s->diag, false, out);
        fail_msg("%s", out->str);
    }
    return s;
}

static const struct scenario_vm *
vm(const struct scenario *s, const char *path)
{
    const struct scenario_vm *found = g_hash_table_lookup(s->vm_by_path, path);

    assert_non_null(found);
    return found;
}

static void
assert_ports(struct vlans *vlans, uint16_t vlan, const char *wanted)
{
    GPtrArray *ports = g_ptr_array_new();
    GString *text = g_string_new(NULL);

    vlans_find_ports(vlans, vlan, ports);
    for (unsigned int i = 0; i < ports->len; i++) {
        const struct scenario_port *port = g_ptr_array_index(ports, i);

        g_string_append_printf(text, "%s%s", i ? " " : "", port->path);
    }
    assert_string_equal(text->str, wanted);
    g_string_free(text, TRUE);
    g_ptr_array_unref(ports);
}

/* Fails unless the ports of VLAN 7 are 'wanted' if the VMs at 'hosts', a digit
 * each, run. */
static void
assert_net(const char *links, const char *hosts, const char *wanted)
{
    struct scenario *s = read_net(links);
    struct vlans *vlans = vlans_new(s);
    char path[] = "t/v0";

    for (; *hosts; hosts++) {
        path[3] = *hosts;
        vlans_add_vm(vlans, vm(s, path));
    }
    assert_ports(vlans, 7, wanted);
    assert_ports(vlans, 7, wanted); /* Nothing is left behind. */
    assert_ports(vlans, 8, "");
    vlans_free(vlans);
    scenario_free(s);
}

static void
a_vlan_of_one_switch_stays_there(void **state)
{
    (void) state;
    assert_net(tree, "", "");
    assert_net(tree, "3", "s3:h3");
    assert_net(tree, "56", "s5:h5 s5:h6");
    assert_net(ring, "3", "s3:h3");
}

static void
a_tree_carries_it_between_its_members_only(void **state)
{
    (void) state;
    assert_net(tree, "45", "s2:4 s2:5 s4:h4 s4:2 s5:h5 s5:2");
    assert_net(tree, "34", "s1:2 s1:3 s2:1 s2:4 s3:h3 s3:1 s4:h4 s4:2");
    assert_net(tree, "24", "s2:h2 s2:4 s4:h4 s4:2");
}

static void
all_of_a_loop_carries_it_and_what_hangs_on_it_does_not(void **state)
{
    (void) state;
    assert_net(ring, "23",
               "s1:2 s1:4 s2:h2 s2:1 s2:3 s3:h3 s3:2 s3:4 s4:3 s4:1");
    assert_net(ring, "35",
               "s1:2 s1:4 s2:1 s2:3 s3:h3 s3:2 s3:4 s4:3 s4:1 s4:5 s5:h5 "
               "s5:4");
}

static void
parallel_links_are_one_way(void **state)
{
    (void) state;
    assert_net(parallel, "23",
               "s1:2 s1:2b s1:3 s1:3b s2:h2 s2:1 s2:1b s3:h3 s3:1 s3:1b");
    assert_net(parallel, "2", "s2:h2");
    /* s4 and s5 are islands. */
    assert_net(parallel, "24", "s2:h2 s4:h4");
}

static void
members_are_counted_by_port(void **state)
{
    struct scenario *s = read_net(tree);
    struct vlans *vlans = vlans_new(s);

    (void) state;
    assert_true(vlans_add_vm(vlans, vm(s, "t/v2")));
    assert_false(vlans_add_vm(vlans, vm(s, "t/v2")));
    assert_false(vlans_add_vm(vlans, vm(s, "t/flat")));
    assert_true(vlans_add_vm(vlans, vm(s, "t/other")));
    assert_ports(vlans, 7, "s2:h2");
    assert_ports(vlans, 8, "s2:h2");
    assert_false(vlans_remove_vm(vlans, vm(s, "t/v2")));
    assert_false(vlans_remove_vm(vlans, vm(s, "t/flat")));
    assert_ports(vlans, 7, "s2:h2");
    assert_true(vlans_remove_vm(vlans, vm(s, "t/v2")));
    assert_ports(vlans, 7, "");
    assert_ports(vlans, 8, "s2:h2");
    vlans_free(vlans);
    scenario_free(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vlan_of_one_switch_stays_there),
        cmocka_unit_test(a_tree_carries_it_between_its_members_only),
        cmocka_unit_test(
            all_of_a_loop_carries_it_and_what_hangs_on_it_does_not),
        cmocka_unit_test(parallel_links_are_one_way),
        cmocka_unit_test(members_are_counted_by_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

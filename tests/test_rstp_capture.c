/* RSTP as tshark sees it. */

#include <stdlib.h>
#include <string.h>

#include "tests/cmocka_all.h"
#include "tests/traces_bench.h"
#include "tests/tree_bench.h"
#include "traces/capture.h"

#define NOTE "0x400000" /* Of an expert; less is a comment, ours too. */

static struct capture *
capture_all(struct bench *b, struct tree_bench *tree)
{
    static const struct capture_config config = { .format = CAPTURE_PCAPNG };
    struct capture_place places[TREE_BRIDGES_MAX * 3] = { 0 };
    GError *error = NULL;
    struct capture *capture;
    size_t n = 0;

    for (unsigned int i = 0; i < tree->n_bridges; i++) {
        struct node *node = tree->bridges[i].node;

        for (uint32_t j = 0; j < node->n_ports; j++) {
            places[n++].tap = &node->ports[j].tap;
        }
    }
    capture = capture_new(tree->sim, b->dir, "x.pcapng", &config, places, n,
                          &bench_names, &error);
    assert_non_null(capture);
    return capture;
}

/* Beginning, hellos, failures and recoveries in a ring. */
static void
every_bpdu_is_decoded_without_complaint(void **state)
{
    struct bench *b = *state;
    struct tree_bench *tree = tree_bench_new(8);
    struct capture *capture;
    char *out;

    tree_ring(tree);
    tree_build(tree, true);
    capture = capture_all(b, tree);
    for (unsigned int i = 0; i < 4; i++) {
        tree_run(tree, sim_now(tree->sim) + 5 * SIM_S);
        tree_set_link(tree, i, false);
        tree_run(tree, sim_now(tree->sim) + 5 * SIM_S);
        tree_set_link(tree, i, true);
    }
    tree_run(tree, sim_now(tree->sim) + 5 * SIM_S);
    assert_true(capture_stats(capture)->packets > 500);
    capture_close(capture);
    bench_commit(b);
    if (has_tshark()) {
        assert_tshark(b, "x.pcapng",
                      "-Y '!stp || _ws.malformed || "
                      "_ws.expert.severity >= " NOTE "'",
                      "");
        assert_tshark(b, "x.pcapng",
                      "-Y 'stp.version != 2 || stp.type != 2 || "
                      "stp.hello != 2 || eth.len != 39 || "
                      "stp.version_1_length != 0'",
                      "");
        out =
            tshark(b, "x.pcapng",
                   "-Y 'stp.flags.agreement == 1 && stp.flags.port_role == 2 "
                   "&& stp.root.cost == 2000 && stp.msg_age == 1 "
                   "&& stp.root.hw == 02:00:00:00:00:01'");
        assert_true(strlen(out) > 0);
        g_free(out);
    }
    capture_free(capture);
    tree_bench_free(tree);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            every_bpdu_is_decoded_without_complaint, bench_setup,
            bench_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

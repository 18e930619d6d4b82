/* The spanning tree that is computed. */

#include "models/fabric/spanning_tree.h"

#include "sim/agenda.h"
#include "tests/cmocka_all.h"
#include "tests/tree_bench.h"

#define CONVERGENCE (50 * SIM_MS)
#define TOPOLOGIES  300

/* A change of a link, as the agenda makes it. */
struct change {
    struct agenda_item item;
    struct tree_bench *bench;
    unsigned int link;
    bool is_up;
};

static void
act(struct agenda_item *item)
{
    struct change *change = (struct change *) (void *) item;

    tree_set_link(change->bench, change->link, change->is_up);
}

static struct spanning_tree *
make_tree(struct tree_bench *b)
{
    struct spanning_tree *tree =
        spanning_tree_new(sim_agenda(b->sim), CONVERGENCE);

    for (unsigned int i = 0; i < b->n_bridges; i++) {
        spanning_tree_add(tree, b->bridges[i].node);
    }
    spanning_tree_compute(tree);
    return tree;
}

static void
random_topologies_get_the_tree_of_the_standard_and_never_loop(void **state)
{
    (void) state;
    for (int i = 0; i < TOPOLOGIES; i++) {
        struct tree_bench *b = tree_random(false);
        struct spanning_tree *tree = make_tree(b);
        struct change changes[4] = { 0 };

        assert_tree(b);
        for (int j = 0; j < 4; j++) {
            changes[j].item.act = act;
            changes[j].bench = b;
            changes[j].link = tree_below(b->n_links);
            changes[j].is_up = tree_below(3) == 0;
            agenda_add(sim_agenda(b->sim), &changes[j].item,
                       (1 + tree_below(100)) * SIM_MS);
        }
        for (int j = 0; j < 50; j++) {
            tree_broadcast(b, tree_below(b->n_bridges));
            tree_run(b, sim_now(b->sim) + 5 * SIM_MS);
        }
        assert_tree(b);
        spanning_tree_free(tree);
        tree_bench_free(b);
    }
}

/* A ring of four: b2 is closed towards b3. */
static struct tree_bench *
make_ring(void)
{
    struct tree_bench *b = tree_bench_new(4);

    tree_ring(b);
    tree_build(b, false);
    return b;
}

static void
a_change_is_known_when_the_convergence_time_has_passed(void **state)
{
    struct tree_bench *b = make_ring();
    struct spanning_tree *tree = make_tree(b);
    struct change down = { .item.act = act, .bench = b, .link = 0 };
    struct change up = { .item.act = act, .bench = b, .is_up = true };
    const struct port *closed = b->links[2].ends[1];

    (void) state;
    tree_watch(b);
    assert_false(
        l2_switch_forwards(closed->owner, closed->index)
        && l2_switch_forwards(closed->peer->owner, closed->peer->index));
    agenda_add(sim_agenda(b->sim), &down.item, SIM_MS);
    agenda_add(sim_agenda(b->sim), &up.item, 21 * SIM_MS);
    tree_run(b, SIM_MS + CONVERGENCE - 1);
    assert_int_equal(spanning_tree_n_changes(tree), 0);
    tree_run(b, SIM_S);
    assert_int_equal(spanning_tree_n_changes(tree), 0); /* It was back. */
    agenda_add(sim_agenda(b->sim), &down.item, SIM_S + SIM_MS);
    tree_run(b, SIM_S + SIM_MS + CONVERGENCE - 1);
    assert_int_equal(spanning_tree_n_changes(tree), 0);
    tree_run(b, SIM_S + SIM_MS + CONVERGENCE);
    assert_int_equal(spanning_tree_n_changes(tree), 1);
    assert_tree(b);
    spanning_tree_free(tree);
    tree_bench_free(b);
}

/* b1's way to b0 leads through b2 and b3 then. */
static void
stations_behind_a_moved_tree_are_forgotten_and_own_ones_are_not(void **state)
{
    struct tree_bench *b = make_ring();
    struct spanning_tree *tree = make_tree(b);
    struct change down = { .item.act = act, .bench = b, .link = 0 };
    struct mac_table *macs = l2_switch_macs(b->bridges[1].node);

    (void) state;
    for (unsigned int i = 0; i < 4; i++) {
        tree_broadcast(b, i);
    }
    agenda_add(sim_agenda(b->sim), &down.item, SIM_MS);
    tree_run(b, SIM_MS - 1);
    assert_int_equal(mac_table_stats(macs, sim_now(b->sim))->used, 4);
    tree_run(b, SIM_S);
    assert_int_equal(mac_table_stats(macs, sim_now(b->sim))->used, 1);
    tree_broadcast(b, 0);
    tree_run(b, 2 * SIM_S);
    assert_int_equal(b->bridges[1].station->node.ports[0].rx_frames, 4);
    spanning_tree_free(tree);
    tree_bench_free(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            random_topologies_get_the_tree_of_the_standard_and_never_loop),
        cmocka_unit_test(
            a_change_is_known_when_the_convergence_time_has_passed),
        cmocka_unit_test(
            stations_behind_a_moved_tree_are_forgotten_and_own_ones_are_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

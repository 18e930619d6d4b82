/* VLAN provisioning: jobs, their order and time, and what they cut off. */

#include "models/fabric/provisioning.h"

#include <glib.h>
#include <string.h>

#include "models/fabric/l2_switch.h"
#include "models/wire/vlan.h"
#include "sim/agenda.h"
#include "sim/port.h"
#include "tests/cmocka_all.h"
#include "tests/plain_node.h"

/* Two switches, joined by their ports 1; a station at port 0 of each. */
struct bench {
    struct sim *sim;
    struct node *switches[2];
    struct plain_node *ends[2];
    struct provisioning *p;
    struct node_event_listener events;
    GString *heard; /* "10 s1 reconfigure VLAN 7 on 0, up; ..." */
    /* What the agenda orders: ports of VLAN 7. */
    struct agenda_item order;
    struct provisioning_port wanted[4];
    size_t n_wanted;
};

static void
hear(struct node_event_listener *listener, const struct node *node,
     const char *event, const char *text)
{
    struct bench *b =
        (struct bench *) (void *) ((char *) listener
                                   - offsetof(struct bench, events));

    g_string_append_printf(b->heard, "%d %s %s: %s; ",
                           (int) (sim_now(node->sim) / SIM_S), node->name,
                           event, text);
}

static void
place_order(struct agenda_item *item)
{
    struct bench *b =
        (struct bench *) (void *) ((char *) item
                                   - offsetof(struct bench, order));

    provisioning_require(b->p, 7, b->wanted, b->n_wanted);
}

static struct bench *
bench_new(const struct provisioning_config *config)
{
    static const char *const names[2][3] = { { "s1", "s1:a", "s1:up" },
                                             { "s2", "s2:b", "s2:up" } };
    struct bench *b = g_new0(struct bench, 1);

    b->sim = sim_new(1);
    b->heard = g_string_new(NULL);
    for (int i = 0; i < 2; i++) {
        struct l2_switch_config sw = { .name = names[i][0],
                                       .n_ports = 2,
                                       .max_vlans = 2,
                                       .macs = { .max_entries = 8,
                                                 .aging = SIM_NEVER } };

        b->switches[i] = l2_switch_new(b->sim, &sw);
        for (uint32_t j = 0; j < 2; j++) {
            port_set_name(&b->switches[i]->ports[j], names[i][j + 1]);
            l2_switch_set_trunk(b->switches[i], j, 1);
        }
        b->ends[i] = plain_node_new(b->sim, i ? "b" : "a", 1, PLAIN_DELIVER);
        plain_connect(&b->ends[i]->node.ports[0], &b->switches[i]->ports[0],
                      (struct link_config){ 0 });
    }
    plain_connect(&b->switches[0]->ports[1], &b->switches[1]->ports[1],
                  (struct link_config){ 0 });
    b->p = provisioning_new(b->sim, config);
    b->events.event = hear;
    sim_listen_to_events(b->sim, &b->events);
    b->order.act = place_order;
    return b;
}

static void
bench_free(struct bench *b)
{
    struct packet_sums sums;

    sim_packet_sums(b->sim, &sums);
    assert_true(packet_sums_add_up(&sums));
    provisioning_free(b->p);
    g_string_free(b->heard, TRUE);
    sim_free(b->sim);
    g_free(b);
}

/* Wants VLAN 7 from 'when' on at the ports that 'ports' names by digits:
 * switch, port. */
static void
order(struct bench *b, sim_time when, const char *ports)
{
    b->n_wanted = 0;
    for (; *ports; ports += 2) {
        b->wanted[b->n_wanted++] = (struct provisioning_port){
            b->switches[ports[0] - '1'],
            (uint32_t) (ports[1] - '0'),
        };
    }
    agenda_add(sim_agenda(b->sim), &b->order, when);
}

static void
run(struct bench *b, sim_time end)
{
    assert_true(sim_run(b->sim, end, UINT64_MAX));
}

/* Says whether a frame of VLAN 7 gets from one station to the other now. */
static bool
passes(struct bench *b)
{
    unsigned int before = b->ends[1]->arrivals->len;
    struct node *node = &b->ends[0]->node;
    struct packet *pkt = node_new_packet(node, ETH_HLEN + VLAN_HLEN, 80);
    struct eth_hdr eth = { ETH_ADDR_BROADCAST,
                           eth_addr_from_u64(UINT64_C(0x020000000001)),
                           0x88b5 };
    uint8_t *data = packet_data(pkt);

    eth_encode(&eth, data);
    put_be16(data + VLAN_OFS, ETH_TYPE_VLAN);
    put_be16(data + VLAN_OFS + 2, 7);
    put_be16(data + VLAN_OFS + VLAN_HLEN, eth.type);
    port_send(&node->ports[0], pkt);
    run(b, sim_now(b->sim) + SIM_MS);
    return b->ends[1]->arrivals->len > before;
}

static void
an_order_is_worked_off_switch_by_switch(void **state)
{
    struct provisioning_config config = { .per_switch = 10 * SIM_S };
    struct bench *b = bench_new(&config);

    (void) state;
    order(b, 5 * SIM_S, "10112021");
    run(b, 24 * SIM_S);
    assert_int_equal(provisioning_n_jobs(b->p), 1);
    assert_false(passes(b));
    run(b, 26 * SIM_S);
    assert_true(passes(b));
    assert_int_equal(provisioning_n_jobs(b->p), 0);
    assert_string_equal(b->heard->str,
                        "5 s1 reconfigure: VLAN 7, added to a, up; "
                        "15 s1 reconfigured: VLAN 7, added to a, up; "
                        "15 s2 reconfigure: VLAN 7, added to b, up; "
                        "25 s2 reconfigured: VLAN 7, added to b, up; ");
    for (int i = 0; i < 2; i++) {
        const struct l2_switch_stats *stats = l2_switch_stats(b->switches[i]);

        assert_int_equal(stats->reconfigurations, 1);
        assert_int_equal(stats->reconfiguring, 10 * SIM_S);
    }
    bench_free(b);
}

static void
only_what_differs_is_work(void **state)
{
    struct provisioning_config config = { .per_switch = SIM_S };
    struct bench *b = bench_new(&config);
    struct provisioning_port there[] = { { b->switches[0], 0 },
                                         { b->switches[0], 1 } };

    (void) state;
    provisioning_assume(b->p, 7, there, 2);
    order(b, 0, "1110");
    run(b, SIM_S / 2);
    order(b, SIM_S, "112021");
    run(b, 10 * SIM_S);
    assert_string_equal(b->heard->str,
                        "1 s1 reconfigure: VLAN 7, removed from a; "
                        "2 s1 reconfigured: VLAN 7, removed from a; "
                        "2 s2 reconfigure: VLAN 7, added to b, up; "
                        "3 s2 reconfigured: VLAN 7, added to b, up; ");
    bench_free(b);
}

static void
orders_wait_for_those_before(void **state)
{
    struct provisioning_config config = { .per_switch = 10 * SIM_S };
    struct bench *b = bench_new(&config);

    (void) state;
    order(b, 0, "1020");
    run(b, SIM_S);
    order(b, 5 * SIM_S, "10"); /* Before s2 was begun with. */
    run(b, 6 * SIM_S);
    assert_int_equal(provisioning_n_jobs(b->p), 3);
    run(b, 60 * SIM_S);
    assert_string_equal(b->heard->str,
                        "0 s1 reconfigure: VLAN 7, added to a; "
                        "10 s1 reconfigured: VLAN 7, added to a; "
                        "10 s2 reconfigure: VLAN 7, added to b; "
                        "20 s2 reconfigured: VLAN 7, added to b; "
                        "20 s2 reconfigure: VLAN 7, removed from b; "
                        "30 s2 reconfigured: VLAN 7, removed from b; ");
    bench_free(b);
}

/* Runs an order and returns which of s1's ports were up at its half and which
 * afterwards: bit 0 is port 0. */
static void
assert_outage(enum provisioning_outage outage, int at_half)
{
    struct provisioning_config config = { .per_switch = 10 * SIM_S,
                                          .outage = outage };
    struct bench *b = bench_new(&config);
    const struct port *ports = b->switches[0]->ports;

    order(b, 0, "10");
    run(b, 5 * SIM_S);
    assert_int_equal(port_is_up(&ports[0]) | port_is_up(&ports[1]) << 1,
                     at_half);
    run(b, 11 * SIM_S);
    assert_true(port_is_up(&ports[0]) && port_is_up(&ports[1]));
    bench_free(b);
}

static void
what_is_cut_off_meanwhile_is_up_again_afterwards(void **state)
{
    (void) state;
    assert_outage(PROVISIONING_OUTAGE_NONE, 3);
    assert_outage(PROVISIONING_OUTAGE_PORT, 2);
    assert_outage(PROVISIONING_OUTAGE_SWITCH, 0);
}

static void
without_a_time_it_is_done_at_once(void **state)
{
    struct provisioning_config config = { .outage =
                                              PROVISIONING_OUTAGE_SWITCH };
    struct bench *b = bench_new(&config);

    (void) state;
    order(b, 0, "10112021");
    assert_true(passes(b));
    assert_int_equal(l2_switch_stats(b->switches[1])->reconfigurations, 1);
    assert_int_equal(l2_switch_stats(b->switches[1])->reconfiguring, 0);
    bench_free(b);
}

static void
jitter_makes_a_job_longer_by_up_to_so_much(void **state)
{
    struct provisioning_config config = { .per_switch = 10 * SIM_S,
                                          .jitter = 2 * SIM_S };
    sim_time shortest = SIM_NEVER, longest = 0;

    (void) state;
    for (int i = 0; i < 200; i++) {
        struct bench *b = bench_new(&config);
        sim_time took;

        b->sim->seed = (uint64_t) i;
        provisioning_free(b->p);
        b->p = provisioning_new(b->sim, &config);
        order(b, 0, "10");
        run(b, 20 * SIM_S);
        took = l2_switch_stats(b->switches[0])->reconfiguring;
        shortest = MIN(shortest, took);
        longest = MAX(longest, took);
        bench_free(b);
    }
    assert_in_range(shortest, 10 * SIM_S, 10 * SIM_S + SIM_S / 10);
    assert_in_range(longest, 12 * SIM_S - SIM_S / 10, 12 * SIM_S);
}

static void
a_switch_that_is_full_says_so(void **state)
{
    struct provisioning_config config = { .per_switch = SIM_S };
    struct bench *b = bench_new(&config);

    (void) state;
    assert_true(l2_switch_trunk_add(b->switches[0], 1, 5));
    assert_true(l2_switch_trunk_add(b->switches[0], 1, 6));
    order(b, 0, "10");
    run(b, 2 * SIM_S);
    assert_non_null(strstr(b->heard->str, "1 s1 vlan-limit: VLAN 7"));
    bench_free(b);
}

static void
what_is_not_done_when_the_run_ends_is_forgotten(void **state)
{
    struct provisioning_config config = { .per_switch = 10 * SIM_S };
    struct bench *b = bench_new(&config);

    (void) state;
    order(b, 0, "10112021");
    run(b, 5 * SIM_S);
    assert_int_equal(provisioning_n_jobs(b->p), 2);
    bench_free(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_is_worked_off_switch_by_switch),
        cmocka_unit_test(only_what_differs_is_work),
        cmocka_unit_test(orders_wait_for_those_before),
        cmocka_unit_test(what_is_cut_off_meanwhile_is_up_again_afterwards),
        cmocka_unit_test(without_a_time_it_is_done_at_once),
        cmocka_unit_test(jitter_makes_a_job_longer_by_up_to_so_much),
        cmocka_unit_test(a_switch_that_is_full_says_so),
        cmocka_unit_test(what_is_not_done_when_the_run_ends_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

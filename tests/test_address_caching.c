/* RFC 2889 section 5.7, and what else a switch's table does as seen from
 * outside: flooding, aging. */

#include "tests/address_caching.h"

#include <glib.h>

#include "tests/cmocka_all.h"
#include "tests/switch_bench.h"

static void
an_ideal_table_caches_as_many_addresses_as_it_has_entries(void **state)
{
    static const uint32_t sizes[] = { 1, 2, 100, 1024, 8192 };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        struct mac_table_config config = { .max_entries = sizes[i],
                                           .aging = AGING };
        uint32_t n_trials = 0;

        assert_int_equal(address_caching_capacity(&config, address_in_sequence,
                                                  10000, &n_trials),
                         sizes[i]);
        assert_in_range(n_trials, 10, 14);
        assert_int_equal(
            address_caching_capacity(&config, address_at_random, 10000, NULL),
            sizes[i]);
    }
}

/* The first of 2,048 buckets of 4 that overflows with random addresses does so
 * at about 1,120 of them. */
static void
a_table_with_buckets_caches_what_the_addresses_let_it(void **state)
{
    struct mac_table_config config = {
        .max_entries = 8192, .aging = AGING, .ways = 4, .hash = MAC_HASH_CRC32
    };

    (void) state;
    assert_int_equal(
        address_caching_capacity(&config, address_in_sequence, 10000, NULL),
        8192);
    assert_in_range(
        address_caching_capacity(&config, address_at_random, 10000, NULL), 700,
        1600);
}

static void
an_evicting_table_loses_one_to_the_station_that_tests(void **state)
{
    struct mac_table_config config = { .max_entries = 100,
                                       .aging = AGING,
                                       .evict = MAC_EVICT_LRU };

    (void) state;
    assert_int_equal(
        address_caching_capacity(&config, address_in_sequence, 200, NULL), 99);
}

static void
a_frame_to_nobody_known_is_flooded_to_all_other_ports(void **state)
{
    (void) state;
    for (uint32_t n_ports = 2; n_ports <= 64; n_ports++) {
        struct sim *sim = sim_new(1);
        struct l2_switch_config config = {
            .name = "sw",
            .n_ports = n_ports,
            .macs = { .max_entries = 10, .aging = AGING },
        };
        struct node *sw = l2_switch_new(sim, &config);
        struct plain_node *ends =
            plain_node_new(sim, "ends", n_ports, PLAIN_DELIVER);
        struct packet *pkt;

        for (uint32_t i = 0; i < n_ports; i++) {
            port_set_name(&sw->ports[i], "sw:p");
            plain_connect(&sw->ports[i], &ends->node.ports[i],
                          (struct link_config){ 0 });
        }
        pkt = node_new_packet(&ends->node, ETH_HLEN, 60);
        eth_encode(&(struct eth_hdr){ eth_addr_from_u64(station_mac(1)),
                                      eth_addr_from_u64(station_mac(0)),
                                      0x88b5 },
                   packet_data(pkt));
        port_send(&ends->node.ports[0], pkt);
        assert_true(sim_run(sim, SIM_S, UINT64_MAX));
        assert_int_equal(ends->arrivals->len, n_ports - 1);
        assert_int_equal(l2_switch_stats(sw)->flood_copies, n_ports - 1);
        sim_free(sim);
    }
}

/* Station 1 was heard when its frame arrived: it is known up to a microsecond
 * before its time is up, and not at that time. */
static void
aging_is_seen_to_the_microsecond(void **state)
{
    static const sim_time earlier[] = { SIM_US, 0 };
    struct switch_bench *b = *state;

    for (int i = 0; i < 2; i++) {
        sim_time heard, sent = sim_now(b->sim);
        struct port *end = &b->ends[0]->node.ports[0];
        sim_time on_line = (PAYLOAD + PORT_LINE_EXTRA) * 800;
        uint64_t flooded = l2_switch_stats(b->sw)->flooded;

        send_frame(b, 1, 0, UNTAGGED);
        flooded = l2_switch_stats(b->sw)->flooded;
        heard = sent + on_line + end->delay;
        assert_true(sim_run(b->sim,
                            heard + AGING - earlier[i] - on_line - end->delay,
                            UINT64_MAX));
        send_frame(b, 0, 1, UNTAGGED);
        assert_int_equal(l2_switch_stats(b->sw)->flooded - flooded, i);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            an_ideal_table_caches_as_many_addresses_as_it_has_entries),
        cmocka_unit_test(
            a_table_with_buckets_caches_what_the_addresses_let_it),
        cmocka_unit_test(
            an_evicting_table_loses_one_to_the_station_that_tests),
        cmocka_unit_test(
            a_frame_to_nobody_known_is_flooded_to_all_other_ports),
        cmocka_unit_test_setup_teardown(aging_is_seen_to_the_microsecond,
                                        switch_bench_setup,
                                        switch_bench_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

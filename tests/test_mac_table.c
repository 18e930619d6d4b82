#include "models/fabric/mac_table.h"

#include <glib.h>
#include <string.h>

#include "tests/cmocka_all.h"

#define AGING (300 * SIM_S)

static struct mac_table *
make(uint32_t max_entries, sim_time aging, enum mac_evict evict)
{
    struct mac_table_config config = {
        .max_entries = max_entries,
        .aging = aging,
        .evict = evict,
    };
    struct random_stream random;

    random_stream_init(&random, 1, "sw1/mac-evict");
    return mac_table_new(&config, &random);
}

/* Station 'n'. */
static struct eth_addr
mac(uint64_t n)
{
    return eth_addr_from_u64(UINT64_C(0x020000000000) + n);
}

static void
assert_stats(struct mac_table *table, sim_time now, uint32_t used,
             uint64_t learned, uint64_t expired, uint64_t evicted)
{
    const struct mac_table_stats *stats = mac_table_stats(table, now);

    assert_int_equal(stats->used, used);
    assert_int_equal(stats->learned, learned);
    assert_int_equal(stats->expired, expired);
    assert_int_equal(stats->evicted, evicted);
    assert_int_equal(stats->learned, used + expired + evicted);
}

static void
what_was_learned_is_found_and_nothing_else(void **state)
{
    struct mac_table *table = make(10, AGING, MAC_EVICT_NONE);

    (void) state;
    assert_int_equal(mac_table_learn(table, 1, mac(1), 7, 0), MAC_LEARNED);
    assert_int_equal(mac_table_lookup(table, 1, mac(1), 0), 7);
    assert_int_equal(mac_table_lookup(table, 1, mac(2), 0), MAC_TABLE_NO_PORT);
    assert_stats(table, 0, 1, 1, 0, 0);
    mac_table_free(table);
}

static void
each_vlan_learns_by_itself(void **state)
{
    struct mac_table *table = make(10, AGING, MAC_EVICT_NONE);

    (void) state;
    mac_table_learn(table, 101, mac(1), 1, 0);
    mac_table_learn(table, 4094, mac(1), 2, 0);
    assert_int_equal(mac_table_lookup(table, 101, mac(1), 0), 1);
    assert_int_equal(mac_table_lookup(table, 4094, mac(1), 0), 2);
    assert_int_equal(mac_table_lookup(table, 102, mac(1), 0),
                     MAC_TABLE_NO_PORT);
    mac_table_free(table);
}

static void
a_station_that_moves_is_found_at_its_new_port(void **state)
{
    struct mac_table *table = make(10, AGING, MAC_EVICT_NONE);

    (void) state;
    mac_table_learn(table, 1, mac(1), 1, 0);
    assert_int_equal(mac_table_learn(table, 1, mac(1), 1, 1), MAC_REFRESHED);
    assert_int_equal(mac_table_learn(table, 1, mac(1), 2, 2), MAC_MOVED);
    assert_int_equal(mac_table_lookup(table, 1, mac(1), 2), 2);
    assert_int_equal(mac_table_stats(table, 2)->moved, 1);
    assert_stats(table, 2, 1, 1, 0, 0);
    mac_table_free(table);
}

static void
group_addresses_are_not_learned(void **state)
{
    struct mac_table *table = make(1, AGING, MAC_EVICT_NONE);

    (void) state;
    assert_int_equal(mac_table_learn(table, 1, ETH_ADDR_BROADCAST, 1, 0),
                     MAC_NOT_LEARNED);
    assert_int_equal(
        mac_table_learn(table, 1, eth_addr_from_u64(0x01005e000001), 1, 0),
        MAC_NOT_LEARNED);
    assert_stats(table, 0, 0, 0, 0, 0);
    assert_int_equal(mac_table_stats(table, 0)->unlearned, 0);
    mac_table_free(table);
}

static void
an_entry_is_gone_at_the_very_end_of_its_time(void **state)
{
    struct mac_table *table = make(10, AGING, MAC_EVICT_NONE);

    (void) state;
    mac_table_learn(table, 1, mac(1), 1, 5);
    assert_int_equal(mac_table_lookup(table, 1, mac(1), 5 + AGING - 1), 1);
    assert_int_equal(mac_table_lookup(table, 1, mac(1), 5 + AGING),
                     MAC_TABLE_NO_PORT);
    assert_stats(table, 5 + AGING, 0, 1, 1, 0);
    mac_table_free(table);
}

static void
used_does_not_count_what_has_expired(void **state)
{
    struct mac_table *table = make(10, AGING, MAC_EVICT_NONE);

    (void) state;
    for (sim_time t = 0; t < 5; t++) {
        mac_table_learn(table, 1, mac((uint64_t) t), 1, t);
    }
    assert_stats(table, AGING - 1, 5, 5, 0, 0);
    for (sim_time t = 0; t < 5; t++) {
        assert_stats(table, AGING + t, (uint32_t) (4 - t), 5, (uint64_t) t + 1,
                     0);
    }
    assert_int_equal(mac_table_stats(table, AGING + 5)->peak, 5);
    mac_table_free(table);
}

static void
refreshing_starts_the_time_anew(void **state)
{
    struct mac_table *table = make(10, AGING, MAC_EVICT_NONE);

    (void) state;
    mac_table_learn(table, 1, mac(1), 1, 0);
    mac_table_learn(table, 1, mac(2), 1, 0);
    mac_table_learn(table, 1, mac(1), 1, 10);
    assert_int_equal(mac_table_lookup(table, 1, mac(2), AGING),
                     MAC_TABLE_NO_PORT);
    assert_int_equal(mac_table_lookup(table, 1, mac(1), AGING), 1);
    /* Looking up is not refreshing. */
    assert_int_equal(mac_table_lookup(table, 1, mac(1), AGING + 10),
                     MAC_TABLE_NO_PORT);
    mac_table_free(table);
}

static void
entries_may_be_told_not_to_age(void **state)
{
    struct mac_table *table = make(10, SIM_NEVER, MAC_EVICT_NONE);

    (void) state;
    mac_table_learn(table, 1, mac(1), 1, 0);
    assert_int_equal(mac_table_lookup(table, 1, mac(1), SIM_NEVER - 1), 1);
    mac_table_free(table);
}

static void
another_aging_time_is_that_of_the_entries_there_too(void **state)
{
    struct mac_table *table = make(10, 10 * SIM_S, MAC_EVICT_NONE);

    (void) state;
    mac_table_learn(table, 1, mac(1), 1, 0);
    mac_table_learn(table, 1, mac(2), 1, 3 * SIM_S);
    mac_table_set_aging(table, 5 * SIM_S, 6 * SIM_S);
    assert_stats(table, 6 * SIM_S, 1, 2, 1, 0);
    assert_int_equal(mac_table_lookup(table, 1, mac(2), 8 * SIM_S - 1), 1);
    /* What was gone by then does not come back. */
    mac_table_set_aging(table, 20 * SIM_S, 8 * SIM_S);
    assert_stats(table, 8 * SIM_S, 0, 2, 2, 0);
    mac_table_free(table);
}

static void
entries_that_did_not_age_begin_to_when_told(void **state)
{
    struct mac_table *table = make(2, SIM_NEVER, MAC_EVICT_LRU);

    (void) state;
    mac_table_learn(table, 1, mac(1), 1, 10);
    mac_table_learn(table, 1, mac(2), 1, 20);
    mac_table_set_aging(table, SIM_S, 5 * SIM_S);
    assert_stats(table, 6 * SIM_S - 1, 2, 2, 0, 0);
    mac_table_learn(table, 1, mac(2), 1, 6 * SIM_S - 1);
    assert_stats(table, 6 * SIM_S, 1, 2, 1, 0);
    mac_table_set_aging(table, SIM_NEVER, 6 * SIM_S);
    mac_table_learn(table, 1, mac(3), 1, 9 * SIM_S);
    mac_table_learn(table, 1, mac(4), 1, 9 * SIM_S + 1); /* Evicts 2. */
    assert_int_equal(mac_table_lookup(table, 1, mac(3), 10 * SIM_S), 1);
    assert_stats(table, 100 * SIM_S, 2, 4, 1, 1);
    mac_table_free(table);
}

static void
a_table_of_n_holds_exactly_n(void **state)
{
    static const uint32_t sizes[] = { 1, 2, 15, 16, 17, 1000, 4096 };

    (void) state;
    for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++) {
        struct mac_table *table = make(sizes[s], AGING, MAC_EVICT_NONE);

        for (uint32_t i = 0; i < sizes[s]; i++) {
            assert_int_equal(mac_table_learn(table, 1, mac(i), i, 0),
                             MAC_LEARNED);
        }
        for (uint32_t i = 0; i < 10; i++) {
            assert_int_equal(mac_table_learn(table, 1, mac(sizes[s]), 1, 0),
                             MAC_UNLEARNED);
        }
        for (uint32_t i = 0; i < sizes[s]; i++) {
            assert_int_equal(mac_table_lookup(table, 1, mac(i), 0), i);
        }
        assert_int_equal(mac_table_stats(table, 0)->unlearned, 10);
        assert_int_equal(mac_table_stats(table, 0)->peak, sizes[s]);
        assert_stats(table, 0, sizes[s], sizes[s], 0, 0);
        mac_table_free(table);
    }
}

static void
flushing_forgets_what_it_is_told_to_and_no_more(void **state)
{
    struct mac_table *table = make(10, AGING, MAC_EVICT_NONE);

    (void) state;
    for (uint32_t i = 0; i < 8; i++) { /* Ports 0 and 1, VLANs 1 and 2. */
        mac_table_learn(table, (uint16_t) (1 + i / 4), mac(i), i % 2, 0);
    }
    assert_int_equal(mac_table_flush(table, 1, 2, 0), 2);
    assert_int_equal(mac_table_lookup(table, 2, mac(7), 0), MAC_TABLE_NO_PORT);
    assert_int_equal(mac_table_lookup(table, 2, mac(6), 0), 0);
    assert_int_equal(mac_table_lookup(table, 1, mac(1), 0), 1);
    assert_int_equal(mac_table_flush(table, MAC_TABLE_ANY_PORT, 2, 0), 2);
    assert_int_equal(mac_table_flush(table, 1, MAC_TABLE_ANY_VLAN, 0), 2);
    assert_int_equal(mac_table_lookup(table, 1, mac(2), 0), 0);
    assert_int_equal(mac_table_stats(table, 0)->used, 2);
    assert_int_equal(
        mac_table_flush(table, MAC_TABLE_ANY_PORT, MAC_TABLE_ANY_VLAN, AGING),
        0); /* Their time was up. */
    assert_int_equal(mac_table_stats(table, AGING)->flushed, 6);
    assert_int_equal(mac_table_stats(table, AGING)->expired, 2);
    mac_table_free(table);
}

static void
room_that_aging_makes_is_used_before_anybody_is_evicted(void **state)
{
    for (int evict = MAC_EVICT_NONE; evict <= MAC_EVICT_RANDOM; evict++) {
        struct mac_table *table = make(2, AGING, (enum mac_evict) evict);

        (void) state;
        mac_table_learn(table, 1, mac(1), 1, 0);
        mac_table_learn(table, 1, mac(2), 1, 1);
        assert_int_equal(mac_table_learn(table, 1, mac(3), 1, AGING),
                         MAC_LEARNED);
        assert_int_equal(mac_table_lookup(table, 1, mac(2), AGING), 1);
        assert_stats(table, AGING, 2, 3, 1, 0);
        mac_table_free(table);
    }
}

/* Fills a table of three, refreshes the first and adds a fourth; returns who of
 * the first three is missing. */
static int
who_goes(enum mac_evict evict)
{
    struct mac_table *table = make(3, AGING, evict);
    int missing = -1;

    for (uint32_t i = 0; i < 3; i++) {
        mac_table_learn(table, 1, mac(i), 1, i);
    }
    mac_table_learn(table, 1, mac(0), 1, 3);
    assert_int_equal(mac_table_learn(table, 1, mac(3), 1, 4), MAC_LEARNED);
    assert_int_equal(mac_table_lookup(table, 1, mac(3), 4), 1);
    assert_stats(table, 4, 3, 4, 0, 1);
    for (int i = 0; i < 3; i++) {
        if (mac_table_lookup(table, 1, mac((uint64_t) i), 4)
            == MAC_TABLE_NO_PORT) {
            assert_int_equal(missing, -1);
            missing = i;
        }
    }
    mac_table_free(table);
    return missing;
}

static void
oldest_evicts_who_was_learned_first_even_if_refreshed(void **state)
{
    (void) state;
    assert_int_equal(who_goes(MAC_EVICT_OLDEST), 0);
}

static void
lru_evicts_who_was_not_refreshed_for_longest(void **state)
{
    (void) state;
    assert_int_equal(who_goes(MAC_EVICT_LRU), 1);
}

static void
random_evicts_everybody_alike(void **state)
{
    enum { SIZE = 8, ROUNDS = 8000 };
    struct mac_table *table = make(SIZE, AGING, MAC_EVICT_RANDOM);
    uint64_t lifetimes = 0;
    uint64_t short_lives = 0;

    (void) state;
    for (uint64_t i = 0; i < SIZE + ROUNDS; i++) {
        mac_table_learn(table, 1, mac(i), 1, 0);
        /* Is the one before last still there? */
        if (i > SIZE) {
            lifetimes++;
            short_lives +=
                mac_table_lookup(table, 1, mac(i - 1), 0) == MAC_TABLE_NO_PORT;
        }
    }
    /* One in SIZE, within five standard deviations of about 30. */
    assert_in_range(short_lives, lifetimes / SIZE - 150,
                    lifetimes / SIZE + 150);
    mac_table_free(table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_learned_is_found_and_nothing_else),
        cmocka_unit_test(each_vlan_learns_by_itself),
        cmocka_unit_test(a_station_that_moves_is_found_at_its_new_port),
        cmocka_unit_test(group_addresses_are_not_learned),
        cmocka_unit_test(an_entry_is_gone_at_the_very_end_of_its_time),
        cmocka_unit_test(used_does_not_count_what_has_expired),
        cmocka_unit_test(refreshing_starts_the_time_anew),
        cmocka_unit_test(entries_may_be_told_not_to_age),
        cmocka_unit_test(another_aging_time_is_that_of_the_entries_there_too),
        cmocka_unit_test(entries_that_did_not_age_begin_to_when_told),
        cmocka_unit_test(a_table_of_n_holds_exactly_n),
        cmocka_unit_test(flushing_forgets_what_it_is_told_to_and_no_more),
        cmocka_unit_test(
            room_that_aging_makes_is_used_before_anybody_is_evicted),
        cmocka_unit_test(
            oldest_evicts_who_was_learned_first_even_if_refreshed),
        cmocka_unit_test(lru_evicts_who_was_not_refreshed_for_longest),
        cmocka_unit_test(random_evicts_everybody_alike),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

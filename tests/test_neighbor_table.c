/* The neighbor table: entries, their order, and what makes room. */

#include "models/fabric/neighbor_table.h"

#include <glib.h>

#include "sim/random.h"
#include "tests/cmocka_all.h"

#define CAPACITY 16
#define MANY     60

static struct neighbor *
add(struct neighbor_table *table, uint32_t addr)
{
    struct neighbor_key key = neighbor_key_v4(0, addr);

    return neighbor_add(table, &key);
}

static struct neighbor *
find(const struct neighbor_table *table, uint32_t addr)
{
    struct neighbor_key key = neighbor_key_v4(0, addr);

    return neighbor_lookup(table, &key);
}

static int
setup(void **state)
{
    struct neighbor_table *table = g_new0(struct neighbor_table, 1);

    neighbor_table_init(table, CAPACITY);
    *state = table;
    return 0;
}

static int
teardown(void **state)
{
    neighbor_table_clear(*state);
    g_free(*state);
    return 0;
}

static void
an_address_is_another_one_on_another_interface_or_of_another_family(
    void **state)
{
    struct neighbor_table *table = *state;
    struct ip_addr v6 = { .family = IP_V6 };
    struct neighbor_key keys[3];

    put_be32(v6.octets + 12, 7);
    keys[0] = neighbor_key_v4(0, 7);
    keys[1] = neighbor_key_v4(1, 7);
    keys[2] = neighbor_key(0, &v6);
    for (int i = 0; i < 3; i++) {
        struct neighbor *entry;
        struct ip_addr addr;

        assert_null(neighbor_lookup(table, &keys[i]));
        entry = neighbor_add(table, &keys[i]);
        assert_ptr_equal(neighbor_lookup(table, &keys[i]), entry);
        addr = neighbor_addr(entry);
        assert_int_equal(addr.family, i == 2 ? IP_V6 : IP_V4);
        assert_int_equal(addr.octets[i == 2 ? 15 : 3], 7);
    }
    assert_int_equal(table->usage.used, 3);
}

static void
an_entry_without_a_mac_does_not_make_room(void **state)
{
    struct neighbor_table *table = *state;

    for (uint32_t i = 0; i < CAPACITY; i++) {
        assert_non_null(add(table, i));
    }
    assert_null(add(table, 100));
    assert_int_equal(table->usage.rejected, 1);
    neighbor_set_reachable(table, find(table, 3), 1, 5);
    assert_non_null(add(table, 100));
    assert_null(find(table, 3));
    assert_int_equal(table->usage.evicted, 1);
    assert_int_equal(table->usage.used, CAPACITY);
    assert_int_equal(table->usage.peak, CAPACITY);
}

static void
a_probed_entry_keeps_its_mac_and_makes_room(void **state)
{
    struct neighbor_table *table = *state;
    struct neighbor *entry;

    for (uint32_t i = 0; i < CAPACITY; i++) {
        add(table, i);
    }
    entry = find(table, 4);
    neighbor_set_reachable(table, entry, 0x0200000000ff, 1);
    neighbor_set_asked(table, entry, 10);
    assert_int_equal(entry->state, NEIGHBOR_PROBED);
    assert_int_equal(entry->mac, 0x0200000000ff);
    assert_non_null(add(table, 100));
    assert_null(find(table, 4));
}

/* The order of uses is that of a list to whose end every use moves an entry. */
static void
the_least_recently_used_entry_makes_room(void **state)
{
    struct neighbor_table *table = *state;
    uint32_t list[CAPACITY];
    struct random_stream random;

    random_stream_init(&random, 1, "neighbors");
    for (uint32_t i = 0; i < CAPACITY; i++) {
        neighbor_set_reachable(table, add(table, i), 1, i);
        list[i] = i;
    }
    for (uint32_t n = CAPACITY; n < 2000; n++) {
        uint32_t i = (uint32_t) random_below(&random, CAPACITY);
        uint32_t addr = list[i];

        if (random_below(&random, 3) == 0) { /* A new one. */
            i = 0;
            addr = n;
            neighbor_set_reachable(table, add(table, addr), 1, n);
            assert_null(find(table, list[0]));
        } else {
            assert_non_null(find(table, addr));
            find(table, addr)->used_at = n;
        }
        memmove(&list[i], &list[i + 1], (CAPACITY - 1 - i) * sizeof *list);
        list[CAPACITY - 1] = addr;
    }
    assert_int_equal(table->usage.used, CAPACITY);
    assert_true(table->usage.evicted > 100);
}

static void
entries_are_found_among_many(void **state)
{
    struct neighbor_table table;

    (void) state;
    neighbor_table_init(&table, 0);
    for (uint32_t i = 0; i < MANY; i++) {
        neighbor_set_reachable(&table, add(&table, i * 256), i, i);
    }
    for (uint32_t i = 0; i < MANY; i += 2) {
        neighbor_remove(&table, find(&table, i * 256));
    }
    for (uint32_t i = 0; i < MANY; i++) {
        struct neighbor *entry = find(&table, i * 256);

        assert_int_equal(entry != NULL, i % 2);
        assert_true(!entry || entry->mac == i);
    }
    assert_int_equal(table.usage.used, MANY / 2);
    assert_int_equal(table.n_heap, MANY / 2);
    neighbor_table_clear(&table);
}

static void
entries_are_kept_in_the_order_of_their_times(void **state)
{
    struct neighbor_table *table = *state;

    for (uint32_t i = 0; i < 4; i++) {
        add(table, i);
    }
    neighbor_set_asked(table, find(table, 0), 10);
    assert_int_equal(table->asked.oldest->key.low, 1);
    assert_int_equal(table->asked.newest->key.low, 0);
    neighbor_set_reachable(table, find(table, 1), 1, 5);
    neighbor_set_reachable(table, find(table, 2), 1, 6);
    neighbor_set_reachable(table, find(table, 1), 1, 7);
    assert_int_equal(table->reachable.oldest->key.low, 2);
    assert_int_equal(table->asked.oldest->key.low, 3);
}

int
main(void)
{
#define T(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(an_address_is_another_one_on_another_interface_or_of_another_family),
        T(an_entry_without_a_mac_does_not_make_room),
        T(a_probed_entry_keeps_its_mac_and_makes_room),
        T(the_least_recently_used_entry_makes_room),
        T(entries_are_found_among_many),
        T(entries_are_kept_in_the_order_of_their_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What MAC tables hold: closed forms.
 *
 * Of N random addresses in B buckets of d, those that find no room are the part
 * E[max(0, X - d)] / (a d), where X is Poisson with mean a d and a = N / (B d) is
 * the load (X is binomial, but with hundreds of buckets that is the same). */

#include <glib.h>
#include <math.h>

#include "models/fabric/mac_table.h"
#include "tests/cmocka_all.h"

#define ENTRIES 4096
#define SEEDS   30

static const uint32_t ways[] = { 1, 2, 4, 8, 16 };
static const double loads[] = { 0.25, 0.5, 0.75, 0.9, 1.0, 1.5, 2.0 };

/* To four places, worked out elsewhere. */
static const double known_losses[G_N_ELEMENTS(ways)][G_N_ELEMENTS(loads)] = {
    { .1152, .2131, .2965, .3406, .3679, .4821, .5677 },
    { .0327, .1036, .1873, .2379, .2707, .4163, .5275 },
    { .0044, .0376, .1065, .1586, .1954, .3722, .5074 },
    { .0002, .0084, .0523, .1007, .1396, .3472, .5010 },
    { .0000, .0008, .0205, .0600, .0992, .3364, .5000 },
};

static double
expected_loss(uint32_t d, double load)
{
    double mean = load * d;
    double p = exp(-mean); /* Of X = x. */
    double loss = 0;

    for (uint32_t x = 0; x < 200; x++) {
        loss += x > d ? (x - d) * p : 0;
        p *= mean / (x + 1);
    }
    return loss / mean;
}

static void
formula_gives_what_is_known(void **state)
{
    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(loads); j++) {
            assert_true(
                fabs(expected_loss(ways[i], loads[j]) - known_losses[i][j])
                <= 0.0001);
        }
    }
}

static struct mac_table *
make(uint32_t max_entries, uint32_t d, enum mac_hash hash,
     enum mac_evict evict)
{
    struct mac_table_config config = {
        .max_entries = max_entries,
        .aging = 300 * SIM_S,
        .evict = evict,
        .ways = d,
        .hash = hash,
    };
    struct random_stream random;

    random_stream_init(&random, 1, "evict");
    return mac_table_new(&config, &random);
}

/* A station's address in VLAN 1. */
static uint64_t
random_key(struct random_stream *random)
{
    return UINT64_C(1) << 48 | (random_u64(random) & UINT64_C(0xfeffffffffff));
}

/* Returns the part of 'n' random addresses that find no room. */
static double
measure_loss(uint32_t d, enum mac_hash hash, uint32_t n, uint64_t seed)
{
    struct mac_table *table = make(ENTRIES, d, hash, MAC_EVICT_NONE);
    struct random_stream random;
    double loss;

    random_stream_init(&random, seed, "addresses");
    for (uint32_t i = 0; i < n; i++) {
        mac_table_learn_key(table, random_key(&random), i % 48, 0);
    }
    loss = (double) mac_table_stats(table, 0)->unlearned / n;
    assert_int_equal(mac_table_stats(table, 0)->used,
                     n - mac_table_stats(table, 0)->unlearned);
    mac_table_free(table);
    return loss;
}

static void
assert_loss(uint32_t d, enum mac_hash hash, double load)
{
    uint32_t n = (uint32_t) (load * ENTRIES);
    double sum = 0, squares = 0, mean, error;

    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        double loss = measure_loss(d, hash, n, seed);

        sum += loss;
        squares += loss * loss;
    }
    mean = sum / SEEDS;
    error = sqrt((squares / SEEDS - mean * mean) / (SEEDS - 1));
    if (fabs(mean - expected_loss(d, load)) > 3 * error + 1e-5) {
        print_error("%u ways, hash %d, load %.2f: lost %.5f +- %.5f, not "
                    "%.5f\n",
                    d, hash, load, mean, error, expected_loss(d, load));
        fail();
    }
}

static void
assert_losses(enum mac_hash hash)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(loads); j++) {
            assert_loss(ways[i], hash, loads[j]);
        }
    }
}

static void
buckets_lose_the_part_that_poisson_says(void **state)
{
    (void) state;
    assert_losses(MAC_HASH_MULTIPLICATIVE);
    assert_losses(MAC_HASH_CRC32);
    assert_losses(MAC_HASH_XOR_FOLD);
}

/* Fibonacci hashing spreads equal steps evenly, a CRC and a fold of the low bits
 * even perfectly: why RFC 2889 results depend on the addresses. */
static void
consecutive_addresses_all_find_room(void **state)
{
    (void) state;
    for (int hash = MAC_HASH_MULTIPLICATIVE; hash <= MAC_HASH_XOR_FOLD;
         hash++) {
        struct mac_table *table =
            make(ENTRIES, 4, (enum mac_hash) hash, MAC_EVICT_NONE);
        uint32_t n =
            hash == MAC_HASH_MULTIPLICATIVE ? ENTRIES / 4 * 3 : ENTRIES;

        for (uint32_t i = 0; i < n; i++) {
            assert_int_equal(mac_table_learn_key(
                                 table, UINT64_C(0x1020000000000) + i, 1, 0),
                             MAC_LEARNED);
        }
        mac_table_free(table);
    }
}

/* CRCs are zlib's, of VLAN and MAC in 8 bytes. */
static void
hashes_are_what_they_are_called(void **state)
{
    (void) state;
    assert_int_equal(mac_hash_bucket(MAC_HASH_CRC32,
                                     UINT64_C(0x0001020000000001), 1u << 31),
                     0x799a4540);
    assert_int_equal(mac_hash_bucket(MAC_HASH_CRC32,
                                     UINT64_C(0x0ffe0200aabbccdd), 1u << 31),
                     0x317bf3f1);
    assert_int_equal(
        mac_hash_bucket(MAC_HASH_XOR_FOLD, UINT64_C(0x123456789abcdef), 256),
        0x01 ^ 0x23 ^ 0x45 ^ 0x67 ^ 0x89 ^ 0xab ^ 0xcd ^ 0xef);
    assert_int_equal(
        mac_hash_bucket(MAC_HASH_XOR_FOLD, UINT64_C(0x123456789abcdef), 200),
        (0x01 ^ 0x23 ^ 0x45 ^ 0x67 ^ 0x89 ^ 0xab ^ 0xcd ^ 0xef) % 200);
    assert_int_equal(mac_hash_bucket(MAC_HASH_MULTIPLICATIVE, 1, 1u << 16),
                     0x9e37);
    for (int hash = MAC_HASH_MULTIPLICATIVE; hash <= MAC_HASH_XOR_FOLD;
         hash++) {
        assert_int_equal(mac_hash_bucket((enum mac_hash) hash, 12345, 1), 0);
    }
}

static void
an_ideal_table_holds_all_it_should_in_16_bytes_an_entry(void **state)
{
    static const uint32_t sizes[] = { 8192, 65536, 1000000 };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        struct mac_table *table =
            make(sizes[i], 0, MAC_HASH_MULTIPLICATIVE, MAC_EVICT_LRU);
        struct random_stream random;

        random_stream_init(&random, 1, "addresses");
        for (uint32_t n = 0; n < 3 * sizes[i]; n++) {
            assert_int_equal(mac_table_learn_key(table, random_key(&random), 1,
                                                 (sim_time) n),
                             MAC_LEARNED);
        }
        assert_int_equal(mac_table_stats(table, 0)->used, sizes[i]);
        assert_int_equal(mac_table_stats(table, 0)->evicted, 2 * sizes[i]);
        /* And one slot in 16 that is left over, and 1/4 byte of bounds. */
        assert_in_range(mac_table_bytes(table), 16 * sizes[i],
                        sizes[i] * 17 + sizes[i] * 3 / 10 + 512);
        mac_table_free(table);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formula_gives_what_is_known),
        cmocka_unit_test(buckets_lose_the_part_that_poisson_says),
        cmocka_unit_test(consecutive_addresses_all_find_room),
        cmocka_unit_test(hashes_are_what_they_are_called),
        cmocka_unit_test(
            an_ideal_table_holds_all_it_should_in_16_bytes_an_entry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

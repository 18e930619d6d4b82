/* Random walks over a MAC table and over a list that does the same, slowly: of
 * all organisations, rules and sizes.  Where the rule leaves open who goes, the
 * list asks the table, and checks that it was one of those who may. */

#include <glib.h>

#include "models/fabric/mac_table.h"
#include "tests/cmocka_all.h"

#define MODEL_MAX 64
#define VLANS     3
#define STATIONS  40
#define PORTS     4

struct model_entry {
    uint16_t vlan;
    uint64_t mac;
    uint32_t port;
    sim_time seen;
    uint64_t born; /* Order in which that was. */
};

struct model {
    struct model_entry entries[MODEL_MAX];
    uint32_t n;
    uint64_t n_born;
    struct mac_table_config config;
    struct mac_table_stats stats;
    struct mac_table *table; /* What it is compared to. */
    sim_time now;
};

static uint64_t
key_of(uint16_t vlan, uint64_t mac)
{
    return (uint64_t) vlan << 48 | UINT64_C(0x020000000000) | mac;
}

/* Returns the number of the bucket in which an address must lie. */
static uint32_t
bucket_of(const struct model *m, uint16_t vlan, uint64_t mac)
{
    return m->config.ways
               ? mac_hash_bucket(m->config.hash, key_of(vlan, mac),
                                 m->config.max_entries / m->config.ways)
               : 0;
}

static void
model_remove(struct model *m, uint32_t i)
{
    m->entries[i] = m->entries[--m->n];
}

static void
model_expire(struct model *m)
{
    for (uint32_t i = 0; i < m->n;) {
        if (m->now - m->entries[i].seen >= m->config.aging) {
            model_remove(m, i);
            m->stats.expired++;
        } else {
            i++;
        }
    }
}

static struct model_entry *
model_find(struct model *m, uint16_t vlan, uint64_t mac)
{
    for (uint32_t i = 0; i < m->n; i++) {
        if (m->entries[i].vlan == vlan && m->entries[i].mac == mac) {
            return &m->entries[i];
        }
    }
    return NULL;
}

/* Who of 'm' may make room in 'bucket' for an entry of 'port'. */

static uint32_t
entries_of(const struct model *m, uint32_t port)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < m->n; i++) {
        n += m->entries[i].port == port;
    }
    return n;
}

static bool
is_in(const struct model *m, const struct model_entry *e, uint32_t bucket)
{
    return bucket_of(m, e->vlan, e->mac) == bucket;
}

/* Returns the most entries that a port with an entry in 'bucket' has. */
static uint32_t
riches(const struct model *m, uint32_t bucket)
{
    uint32_t most = 0;

    for (uint32_t i = 0; i < m->n; i++) {
        if (is_in(m, &m->entries[i], bucket)) {
            most = MAX(most, entries_of(m, m->entries[i].port));
        }
    }
    return most;
}

/* Says whether no other entry of the bucket of 'e', of its port or of any, goes
 * before it. */
static bool
is_least(const struct model *m, const struct model_entry *e, bool of_its_port)
{
    uint32_t bucket = bucket_of(m, e->vlan, e->mac);

    for (uint32_t i = 0; i < m->n; i++) {
        const struct model_entry *o = &m->entries[i];

        if (is_in(m, o, bucket) && (!of_its_port || o->port == e->port)
            && (m->config.evict == MAC_EVICT_OLDEST ? o->born < e->born
                                                    : o->seen < e->seen)) {
            return false;
        }
    }
    return true;
}

static bool
may_go(const struct model *m, const struct model_entry *e, uint32_t bucket,
       uint32_t port)
{
    uint32_t most = riches(m, bucket);

    if (!is_in(m, e, bucket)) {
        return false;
    }
    if (m->config.fairness && entries_of(m, port) < most) {
        return entries_of(m, e->port) == most
               && (!m->config.ways || is_least(m, e, true));
    }
    return m->config.evict == MAC_EVICT_RANDOM
           || (m->config.evict != MAC_EVICT_NONE && is_least(m, e, false));
}

/* Evicts whom the table has evicted: exactly one, and one who may go. */
static void
model_evict(struct model *m, uint32_t bucket, uint32_t port)
{
    uint32_t victim = UINT32_MAX;

    for (uint32_t i = 0; i < m->n; i++) {
        const struct model_entry *e = &m->entries[i];

        if (mac_table_lookup_key(m->table, key_of(e->vlan, e->mac), m->now)
            == MAC_TABLE_NO_PORT) {
            assert_int_equal(victim, UINT32_MAX);
            victim = i;
            assert_true(may_go(m, e, bucket, port));
        }
    }
    assert_int_not_equal(victim, UINT32_MAX);
    model_remove(m, victim);
    m->stats.evicted++;
}

/* Makes room for an address.  Returns false if there is none. */
static bool
model_make_room(struct model *m, uint16_t vlan, uint64_t mac, uint32_t port)
{
    uint32_t bucket = bucket_of(m, vlan, mac);
    uint32_t n = 0;

    for (uint32_t i = 0; i < m->n; i++) {
        n += is_in(m, &m->entries[i], bucket);
    }
    if (n < (m->config.ways ? m->config.ways : m->config.max_entries)) {
        return true;
    }
    if (m->config.evict == MAC_EVICT_NONE
        && (!m->config.fairness || entries_of(m, port) >= riches(m, bucket))) {
        return false;
    }
    model_evict(m, bucket, port);
    return true;
}

static enum mac_learned
model_learn(struct model *m, uint16_t vlan, uint64_t mac, uint32_t port)
{
    struct model_entry *e = model_find(m, vlan, mac);
    enum mac_learned result = MAC_REFRESHED;

    if (!e) {
        if (!model_make_room(m, vlan, mac, port)) {
            m->stats.unlearned++;
            return MAC_UNLEARNED;
        }
        e = &m->entries[m->n++];
        *e = (struct model_entry){ vlan, mac, port, m->now, m->n_born++ };
        m->stats.learned++;
        m->stats.peak = MAX(m->stats.peak, m->n);
        result = MAC_LEARNED;
    } else if (e->port != port) {
        e->port = port;
        m->stats.moved++;
        result = MAC_MOVED;
    }
    e->seen = m->now;
    return result;
}

static uint32_t
model_flush(struct model *m, uint32_t port, uint16_t vlan)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < m->n;) {
        if ((port == MAC_TABLE_ANY_PORT || m->entries[i].port == port)
            && (vlan == MAC_TABLE_ANY_VLAN || m->entries[i].vlan == vlan)) {
            model_remove(m, i);
            n++;
        } else {
            i++;
        }
    }
    m->stats.flushed += n;
    return n;
}

static void
assert_like_model(struct model *m)
{
    struct mac_table_stats stats = *mac_table_stats(m->table, m->now);

    m->stats.used = m->n;
    assert_memory_equal(&stats, &m->stats, sizeof stats);
    assert_int_equal(stats.learned, stats.used + stats.expired + stats.evicted
                                        + stats.flushed);
}

static void
flush(struct model *m, struct random_stream *random)
{
    uint32_t port = (uint32_t) random_below(random, PORTS + 1);
    uint16_t vlan = (uint16_t) random_below(random, VLANS + 1);

    port = port < PORTS ? port : MAC_TABLE_ANY_PORT;
    vlan = vlan ? vlan : MAC_TABLE_ANY_VLAN;
    assert_int_equal(mac_table_flush(m->table, port, vlan, m->now),
                     model_flush(m, port, vlan));
}

/* One step of a random walk over both. */
static void
step(struct model *m, struct random_stream *random)
{
    uint16_t vlan = (uint16_t) (1 + random_below(random, VLANS));
    uint64_t mac = random_below(random, STATIONS);
    uint32_t port = (uint32_t) random_below(random, 2 * PORTS) / 3;
    uint64_t what = random_below(random, 200);

    model_expire(m);
    if (what == 0) {
        flush(m, random);
    } else if (what < 120) {
        enum mac_learned learned =
            mac_table_learn_key(m->table, key_of(vlan, mac), port, m->now);

        assert_int_equal(model_learn(m, vlan, mac, port), learned);
    } else {
        struct model_entry *e = model_find(m, vlan, mac);

        assert_int_equal(
            mac_table_lookup_key(m->table, key_of(vlan, mac), m->now),
            e ? e->port : MAC_TABLE_NO_PORT);
    }
}

static void
walk(const struct mac_table_config *config, struct random_stream *random,
     uint64_t max_gap)
{
    struct model m = { .config = *config };

    m.table = mac_table_new(config, random);
    for (int i = 0; i < 1000; i++) {
        m.now += (sim_time) random_below(random, max_gap);
        step(&m, random);
        assert_like_model(&m);
    }
    mac_table_free(m.table);
}

/* Walks over tables of 'ways'. */
static void
walk_all(uint32_t ways, bool fairness)
{
    struct random_stream random;

    random_stream_init(&random, 2, "walk");
    for (int evict = MAC_EVICT_NONE; evict <= MAC_EVICT_RANDOM; evict++) {
        for (uint32_t round = 0; round < 30; round++) {
            uint32_t size = 1 + round * (MODEL_MAX - 1) / 29;
            struct mac_table_config config = {
                .max_entries = ways ? size / ways * ways : size,
                .aging = round % 4 ? 500 * (sim_time) (round % 4) : SIM_NEVER,
                .evict = (enum mac_evict) evict,
                .ways = ways,
                .hash = (enum mac_hash)(round % 3),
                .fairness = fairness,
                .n_ports = round % 2 ? PORTS : 0,
            };

            if (config.max_entries) {
                walk(&config, &random, round % 5 ? 20 : 2);
            }
        }
    }
}

static void
walks_over_an_ideal_table_end_like_those_over_a_list(void **state)
{
    (void) state;
    walk_all(0, false);
}

static void
walks_over_buckets_end_like_those_over_a_list(void **state)
{
    static const uint32_t ways[] = { 1, 2, 3, 4, 8, 16, 64 };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        walk_all(ways[i], false);
    }
}

static void
walks_over_fair_tables_end_like_those_over_a_list(void **state)
{
    static const uint32_t ways[] = { 0, 1, 4, 8 };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        walk_all(ways[i], true);
    }
}

/* Stamps keep 48 bits where there are 65,536 ports: 281 s. */
static void
stamps_may_overflow_their_bits(void **state)
{
    struct mac_table_config config = {
        .max_entries = 20,
        .aging = mac_table_aging_max(65536),
        .evict = MAC_EVICT_LRU,
        .n_ports = 65536,
    };
    struct random_stream random;

    (void) state;
    assert_int_equal(config.aging, (sim_time) 1 << 48);
    random_stream_init(&random, 3, "walk");
    for (int round = 0; round < 10; round++) {
        walk(&config, &random, UINT64_C(1) << (43 + round % 5));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_over_an_ideal_table_end_like_those_over_a_list),
        cmocka_unit_test(walks_over_buckets_end_like_those_over_a_list),
        cmocka_unit_test(walks_over_fair_tables_end_like_those_over_a_list),
        cmocka_unit_test(stamps_may_overflow_their_bits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

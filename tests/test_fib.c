/* The forwarding information base: longest prefixes, against a search of all
 * routes, and its bounds. */

#include <string.h>

#include "models/fabric/fib.h"
#include "sim/random.h"
#include "tests/cmocka_all.h"

#define ROUTES  400
#define LOOKUPS 4000

struct route {
    struct ip_prefix prefix;
    uint32_t word;
};

/* A table, and all that is in it. */
struct tables {
    struct fib fib;
    struct route routes[ROUTES];
    size_t n;
};

static struct ip_prefix
prefix_of(const char *text)
{
    struct ip_prefix prefix;

    assert_true(ip_prefix_parse(text, &prefix));
    return prefix;
}

/* The word of a route to group 'group', 'n' hops of which are usable. */
static uint32_t
word(uint32_t group, uint32_t n)
{
    return group << FIB_HOPS_SHIFT | n;
}

static uint32_t
lookup_text(const struct fib *fib, const char *text)
{
    struct ip_addr addr;

    assert_true(ip_addr_parse(text, &addr));
    return fib_lookup(fib, &addr);
}

/* The same, by looking at all routes. */
static uint32_t
search(const struct tables *t, const struct ip_addr *addr)
{
    const struct route *best = NULL;

    for (size_t i = 0; i < t->n; i++) {
        const struct route *route = &t->routes[i];

        if (route->word & FIB_HOPS_COUNT
            && ip_prefix_contains(&route->prefix, addr)
            && (!best || route->prefix.length > best->prefix.length)) {
            best = route;
        }
    }
    return best ? best->word : 0;
}

/* An address whose bits are mostly those of few others, so that prefixes lie in
 * each other. */
static struct ip_addr
random_addr(struct random_stream *random, uint8_t family)
{
    struct ip_addr addr = { .family = family };

    for (size_t i = 0; i < ip_addr_octets(family); i++) {
        addr.octets[i] =
            (uint8_t) (random_below(random, 4) == 0 ? random_below(random, 256)
                                                    : random_below(random, 2));
    }
    return addr;
}

static void
add_random(struct tables *t, struct random_stream *random, uint8_t family)
{
    struct route route = {
        .prefix = { random_addr(random, family),
                    (uint8_t) random_below(random,
                                           8 * ip_addr_octets(family) + 1) },
        .word = word(1 + (uint32_t) random_below(random, 1000),
                     (uint32_t) random_below(random, 3)),
    };
    bool is_new = fib_find(&t->fib, &route.prefix) == 0;

    assert_true(fib_add(&t->fib, &route.prefix, route.word));
    assert_int_equal(fib_find(&t->fib, &route.prefix), route.word);
    route.prefix = ip_prefix_network(&route.prefix);
    for (size_t i = 0; !is_new && i < t->n; i++) {
        if (t->routes[i].prefix.length == route.prefix.length
            && ip_addr_equal(&t->routes[i].prefix.addr, &route.prefix.addr)) {
            t->routes[i].word = route.word;
            return;
        }
    }
    t->routes[t->n++] = route;
}

static void
check_random(uint8_t family, uint64_t seed)
{
    struct random_stream random;
    struct tables t = { .n = 0 };

    random_stream_init(&random, seed, "fib");
    fib_init(&t.fib, 0, 0);
    for (int i = 0; i < ROUTES; i++) {
        add_random(&t, &random, family);
    }
    assert_int_equal(t.fib.prefixes.used + t.fib.hosts.used, t.n);
    for (int i = 0; i < LOOKUPS; i++) {
        struct ip_addr addr = random_addr(&random, family);

        assert_int_equal(fib_lookup(&t.fib, &addr), search(&t, &addr));
    }
    fib_clear(&t.fib);
}

static void
lookups_find_what_a_search_of_all_routes_finds(void **state)
{
    (void) state;
    for (uint64_t seed = 0; seed < 25; seed++) {
        check_random(IP_V4, seed);
        check_random(IP_V6, seed);
    }
}

/* Takes away the routes whose group is a multiple of three. */
static uint32_t
without_thirds(const void *aux, uint32_t hops)
{
    (void) aux;
    return (hops >> FIB_HOPS_SHIFT) % 3 ? hops : 0;
}

static void
routes_that_are_taken_away_leave_the_others(void **state)
{
    struct random_stream random;
    struct tables t = { .n = 0 };

    (void) state;
    random_stream_init(&random, 1, "fib");
    fib_init(&t.fib, 0, 0);
    for (int i = 0; i < ROUTES; i++) {
        add_random(&t, &random, i % 2 ? IP_V4 : IP_V6);
    }
    fib_update(&t.fib, without_thirds, NULL);
    for (size_t i = 0; i < t.n; i++) {
        if ((t.routes[i].word >> FIB_HOPS_SHIFT) % 3 == 0) {
            t.routes[i--] = t.routes[--t.n];
        }
    }
    assert_int_equal(t.fib.prefixes.used + t.fib.hosts.used, t.n);
    for (int i = 0; i < LOOKUPS; i++) {
        struct ip_addr addr = random_addr(&random, i % 2 ? IP_V4 : IP_V6);

        assert_int_equal(fib_lookup(&t.fib, &addr), search(&t, &addr));
    }
    fib_clear(&t.fib);
}

static void
a_route_without_usable_hops_gives_way_to_a_shorter_prefix(void **state)
{
    struct ip_prefix prefixes[] = { prefix_of("10.0.0.0/8"),
                                    prefix_of("10.1.0.0/16"),
                                    prefix_of("2001:db8::/32"),
                                    prefix_of("2001:db8:1::/48") };
    struct fib fib;

    (void) state;
    fib_init(&fib, 0, 0);
    for (uint32_t i = 0; i < 4; i++) {
        fib_add(&fib, &prefixes[i], word(1 + i, i % 2 ? 0 : 2));
    }
    assert_int_equal(lookup_text(&fib, "10.1.2.3"), word(1, 2));
    assert_int_equal(lookup_text(&fib, "2001:db8:1::1"), word(3, 2));
    assert_int_equal(lookup_text(&fib, "11.0.0.1"), 0);
    fib_clear(&fib);
}

static void
a_default_route_takes_what_no_other_does(void **state)
{
    struct ip_prefix v4 = prefix_of("0.0.0.0/0"), v6 = prefix_of("::/0");
    struct ip_prefix host = prefix_of("10.0.0.1/32");
    struct fib fib;

    (void) state;
    fib_init(&fib, 0, 0);
    fib_add(&fib, &v4, word(1, 1));
    fib_add(&fib, &v6, word(2, 1));
    fib_add(&fib, &host, word(3, 1));
    assert_int_equal(lookup_text(&fib, "192.0.2.1"), word(1, 1));
    assert_int_equal(lookup_text(&fib, "10.0.0.1"), word(3, 1));
    assert_int_equal(lookup_text(&fib, "2001:db8::1"), word(2, 1));
    fib_clear(&fib);
}

static void
a_full_table_refuses_and_counts(void **state)
{
    struct ip_prefix prefixes[] = { prefix_of("10.0.0.0/24"),
                                    prefix_of("2001:db8::/64"),
                                    prefix_of("10.0.1.0/24") };
    struct ip_prefix hosts[] = { prefix_of("10.0.9.1/32"),
                                 prefix_of("2001:db8::1/128") };
    struct fib fib;

    (void) state;
    fib_init(&fib, 2, 1);
    assert_true(fib_add(&fib, &prefixes[0], word(1, 1)));
    assert_true(fib_add(&fib, &prefixes[1], word(1, 1)));
    assert_false(fib_add(&fib, &prefixes[2], word(1, 1)));
    assert_true(fib_add(&fib, &prefixes[0], word(2, 1))); /* Is there. */
    assert_true(fib_add(&fib, &hosts[0], word(1, 1)));
    assert_false(fib_add(&fib, &hosts[1], word(3, 1)));
    assert_int_equal(lookup_text(&fib, "10.0.1.1"), 0);
    assert_int_equal(lookup_text(&fib, "2001:db8::1"), word(1, 1));
    assert_int_equal(fib.prefixes.used, 2);
    assert_int_equal(fib.prefixes.peak, 2);
    assert_int_equal(fib.prefixes.rejected, 1);
    assert_int_equal(fib.hosts.used, 1);
    assert_int_equal(fib.hosts.rejected, 1);
    fib_clear(&fib);
}

static void
a_computed_route_leaves_a_fixed_one_alone(void **state)
{
    struct ip_prefix prefix = prefix_of("10.0.0.0/24");
    struct fib fib;

    (void) state;
    fib_init(&fib, 0, 0);
    fib_add(&fib, &prefix, word(1, 1) | FIB_HOPS_COMPUTED);
    fib_add(&fib, &prefix, word(2, 1));
    fib_add(&fib, &prefix, word(3, 1) | FIB_HOPS_COMPUTED);
    assert_int_equal(lookup_text(&fib, "10.0.0.1"), word(2, 1));
    fib_clear(&fib);
}

static void
an_ipv4_route_takes_16_bytes(void **state)
{
    (void) state;
    assert_int_equal(sizeof(struct fib_v4_entry), 16);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lookups_find_what_a_search_of_all_routes_finds),
        cmocka_unit_test(routes_that_are_taken_away_leave_the_others),
        cmocka_unit_test(
            a_route_without_usable_hops_gives_way_to_a_shorter_prefix),
        cmocka_unit_test(a_default_route_takes_what_no_other_does),
        cmocka_unit_test(a_full_table_refuses_and_counts),
        cmocka_unit_test(a_computed_route_leaves_a_fixed_one_alone),
        cmocka_unit_test(an_ipv4_route_takes_16_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

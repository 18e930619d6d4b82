/* IP addresses and prefixes, MAC addresses. */

#include <stdlib.h>
#include <string.h>

#include "models/wire/eth.h"
#include "models/wire/eth_group.h"
#include "models/wire/ip_addr.h"
#include "tests/cmocka_all.h"
#include "tests/wire_bench.h"

static struct ip_prefix
prefix(const char *text)
{
    struct ip_prefix p;

    assert_true(ip_prefix_parse(text, &p));
    return p;
}

static void
assert_addr(struct ip_addr a, const char *text)
{
    char buf[IP_ADDR_STRLEN];

    ip_addr_format(&a, buf);
    assert_string_equal(buf, text);
}

static void
ip_addr_text_comes_back_as_it_went_in(void **state)
{
    static const char *const texts[] = {
        "0.0.0.0",
        "10.1.1.2",
        "255.255.255.255",
        "::",
        "2001:db8::1",
        "fe80::ff:fe00:101",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
    };

    (void) state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_addr(addr(texts[i]), texts[i]);
    }
    assert_addr((struct ip_addr){ 0 }, "none");
}

static void
ip_addr_refuses_what_is_no_address(void **state)
{
    static const char *const texts[] = {
        "",           "10.1.1", "10.1.1.2.3",   "10.1.1.256",
        "10.1.1.2 ",  "1:2:3",  "fe80::1%eth0", "::g",
        "10.1.1.2/8", "none",   "0x0a.1",       "010.1.1.2"
    };
    struct ip_addr a = addr("1.2.3.4");

    (void) state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_false(ip_addr_parse(texts[i], &a));
    }
    assert_addr(a, "1.2.3.4");
}

static void
ip_addr_of_v4_is_four_octets_and_zeros(void **state)
{
    struct ip_addr a = ip_addr_from_v4(0x0a010102), b = addr("10.1.1.2");
    uint8_t octets[16] = { 10, 1, 1, 2 };

    (void) state;
    assert_int_equal(a.family, IP_V4);
    assert_memory_equal(a.octets, octets, sizeof octets);
    assert_true(ip_addr_equal(&a, &b));
    assert_int_equal(ip_addr_to_v4(&b), 0x0a010102);
    octets[15] = 1; /* Not the address's. */
    b = ip_addr_from_octets(IP_V4, octets);
    assert_true(ip_addr_equal(&a, &b));
    assert_int_equal(ip_addr_octets(IP_V4), 4);
    assert_int_equal(ip_addr_octets(IP_V6), 16);
    assert_int_equal(ip_addr_octets(IP_NONE), 0);
}

static void
ip_addr_of_one_family_is_not_that_of_the_other(void **state)
{
    struct ip_addr v4 = addr("0.0.0.0"), v6 = addr("::"), none = { 0 };

    (void) state;
    assert_false(ip_addr_equal(&v4, &v6));
    assert_false(ip_addr_equal(&v4, &none));
    assert_true(ip_addr_is_unspecified(&v4));
    assert_true(ip_addr_is_unspecified(&v6));
    assert_true(ip_addr_is_unspecified(&none));
    v6 = addr("::1");
    assert_false(ip_addr_is_unspecified(&v6));
}

static int
compare(const void *a, const void *b)
{
    return ip_addr_compare(a, b);
}

static void
ip_addrs_sort_by_family_and_then_as_numbers(void **state)
{
    struct ip_addr a[] = { addr("::2"),
                           addr("10.0.0.200"),
                           addr("9.255.255.255"),
                           addr("10.0.0.9"),
                           { 0 },
                           addr("::1:0") };

    (void) state;
    qsort(a, 6, sizeof a[0], compare);
    assert_addr(a[0], "none");
    assert_addr(a[1], "9.255.255.255");
    assert_addr(a[2], "10.0.0.9");
    assert_addr(a[3], "10.0.0.200");
    assert_addr(a[4], "::2");
    assert_addr(a[5], "::0.1.0.0");
    assert_int_equal(ip_addr_compare(&a[1], &a[1]), 0);
}

static void
ip_addr_hash_spreads_neighbors_over_all_its_bits(void **state)
{
    unsigned low[256] = { 0 }, high[256] = { 0 };
    struct ip_addr a = addr("2001:db8::");

    (void) state;
    for (uint32_t i = 0; i < 65536; i++) {
        struct ip_addr v4 = ip_addr_from_v4(0x0a000000 + i);

        low[ip_addr_hash(&v4) & 0xff]++;
        put_be32(a.octets + (i & 1 ? 4 : 12), i);
        high[ip_addr_hash(&a) >> 56]++;
    }
    for (int i = 0; i < 256; i++) { /* 256 expected, 16 is a sigma. */
        assert_in_range(low[i], 256 - 96, 256 + 96);
        assert_in_range(high[i], 256 - 96, 256 + 96);
    }
}

static void
ip_addr_kinds_are_told_apart(void **state)
{
    struct {
        const char *text;
        bool is_multicast, is_broadcast, is_loopback, is_link_local;
    } rows[] = {
        { "10.1.1.2", false, false, false, false },
        { "223.255.255.255", false, false, false, false },
        { "224.0.0.0", true, false, false, false },
        { "239.255.255.255", true, false, false, false },
        { "240.0.0.0", false, false, false, false },
        { "255.255.255.255", false, true, false, false },
        { "127.0.0.1", false, false, true, false },
        { "169.254.1.1", false, false, false, true },
        { "169.255.1.1", false, false, false, false },
        { "2001:db8::1", false, false, false, false },
        { "ff02::1", true, false, false, false },
        { "fe80::1", false, false, false, true },
        { "febf::1", false, false, false, true },
        { "fec0::1", false, false, false, false },
        { "::1", false, false, true, false },
        { "::2", false, false, false, false },
        { "1::1", false, false, false, false },
        { "e000::", false, false, false, false },
        { "7f00::", false, false, false, false },
    };

    (void) state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ip_addr a = addr(rows[i].text);

        assert_int_equal(ip_addr_is_multicast(&a), rows[i].is_multicast);
        assert_int_equal(ip_addr_is_broadcast(&a), rows[i].is_broadcast);
        assert_int_equal(ip_addr_is_loopback(&a), rows[i].is_loopback);
        assert_int_equal(ip_addr_is_link_local(&a), rows[i].is_link_local);
    }
}

static void
ip_prefix_text_comes_back_as_it_went_in(void **state)
{
    static const char *const texts[] = { "0.0.0.0/0",     "10.1.1.2/24",
                                         "10.0.0.0/8",    "::/0",
                                         "2001:db8::/64", "2001:db8::1/128",
                                         "1.2.3.4/32" };
    char buf[IP_PREFIX_STRLEN];

    (void) state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct ip_prefix p = prefix(texts[i]);

        ip_prefix_format(&p, buf);
        assert_string_equal(buf, texts[i]);
    }
}

static void
ip_prefix_refuses_what_is_no_prefix(void **state)
{
    static const char *const texts[] = {
        "",
        "10.0.0.0",
        "10.0.0.0/",
        "10.0.0.0/33",
        "/8",
        "::/129",
        "1.2.3/8",
        "1.2.3.4/-1",
        "1.2.3.4/+1",
        "1.2.3.4/ 8",
        "1.2.3.4/8 ",
        "1.2.3.4/08",
        "1.2.3.4/8/8",
        "1.2.3.4/4294967304",
        "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa/8"
    };
    struct ip_prefix p = prefix("1.2.3.4/5");

    (void) state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_false(ip_prefix_parse(texts[i], &p));
    }
    assert_addr(p.addr, "1.2.3.4");
    assert_int_equal(p.length, 5);
}

static void
ip_prefix_contains_what_shares_its_bits(void **state)
{
    struct {
        const char *prefix, *addr;
        bool contains;
    } rows[] = {
        { "10.1.1.0/24", "10.1.1.0", true },
        { "10.1.1.0/24", "10.1.1.255", true },
        { "10.1.1.0/24", "10.1.2.0", false },
        { "10.1.1.7/24", "10.1.1.200", true },
        { "10.1.1.0/23", "10.1.0.1", true },
        { "10.1.1.128/25", "10.1.1.127", false },
        { "10.1.1.2/32", "10.1.1.2", true },
        { "10.1.1.2/32", "10.1.1.3", false },
        { "0.0.0.0/0", "255.1.2.3", true },
        { "0.0.0.0/0", "::", false },
        { "::/0", "1.2.3.4", false },
        { "::/0", "ffff::", true },
        { "2001:db8::/33", "2001:db8:7fff::1", true },
        { "2001:db8::/33", "2001:db8:8000::1", false },
        { "2001:db8::1/128", "2001:db8::1", true },
        { "2001:db8::1/128", "2001:db8::2", false },
    };
    struct ip_prefix p = { { 0 }, 0 };

    (void) state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ip_addr a = addr(rows[i].addr);

        p = prefix(rows[i].prefix);
        assert_int_equal(ip_prefix_contains(&p, &a), rows[i].contains);
    }
    p = (struct ip_prefix){ { 0 }, 0 };
    assert_false(ip_prefix_contains(&p, &p.addr));
}

static void
ip_prefix_gives_network_netmask_and_broadcast(void **state)
{
    struct {
        const char *prefix, *network, *netmask, *broadcast;
    } rows[] = {
        { "10.1.1.2/24", "10.1.1.0", "255.255.255.0", "10.1.1.255" },
        { "10.1.1.2/0", "0.0.0.0", "0.0.0.0", "255.255.255.255" },
        { "10.1.255.2/20", "10.1.240.0", "255.255.240.0", "10.1.255.255" },
        { "10.1.1.6/30", "10.1.1.4", "255.255.255.252", "10.1.1.7" },
        { "10.1.1.7/31", "10.1.1.6", "255.255.255.254", "none" },
        { "10.1.1.7/32", "10.1.1.7", "255.255.255.255", "none" },
        { "2001:db8::7/63", "2001:db8::", "ffff:ffff:ffff:fffe::", "none" },
    };

    (void) state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ip_prefix p = prefix(rows[i].prefix);

        assert_addr(ip_prefix_network(&p).addr, rows[i].network);
        assert_int_equal(ip_prefix_network(&p).length, p.length);
        assert_addr(ip_prefix_netmask(&p), rows[i].netmask);
        assert_addr(ip_prefix_broadcast(&p), rows[i].broadcast);
    }
}

static void
ip_prefix_counts_its_hosts_and_names_first_and_last(void **state)
{
    struct {
        const char *prefix;
        uint64_t n_hosts;
        const char *first, *last;
    } rows[] = {
        { "10.1.1.77/24", 254, "10.1.1.1", "10.1.1.254" },
        { "0.0.0.0/0", 4294967294, "0.0.0.1", "255.255.255.254" },
        { "10.1.1.4/30", 2, "10.1.1.5", "10.1.1.6" },
        { "10.1.1.4/31", 2, "10.1.1.4", "10.1.1.5" },
        { "10.1.1.4/32", 1, "10.1.1.4", "10.1.1.4" },
        { "2001:db8::/120", 255, "2001:db8::1", "2001:db8::ff" },
        { "2001:db8::/126", 3, "2001:db8::1", "2001:db8::3" },
        { "2001:db8::/127", 2, "2001:db8::", "2001:db8::1" },
        { "2001:db8::/128", 1, "2001:db8::", "2001:db8::" },
        { "2001:db8::/65", INT64_MAX, "2001:db8::1",
          "2001:db8::7fff:ffff:ffff:ffff" },
        { "2001:db8::/64", UINT64_MAX, "2001:db8::1",
          "2001:db8::ffff:ffff:ffff:ffff" },
        { "::/0", UINT64_MAX, "::1", "::ffff:ffff:ffff:ffff" },
    };
    struct ip_prefix none = { { 0 }, 0 };

    (void) state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ip_prefix p = prefix(rows[i].prefix);
        struct ip_addr host;

        assert_true(ip_prefix_n_hosts(&p) == rows[i].n_hosts);
        assert_true(ip_prefix_host(&p, 0, &host));
        assert_addr(host, rows[i].first);
        assert_true(ip_prefix_host(&p, rows[i].n_hosts - 1, &host));
        assert_addr(host, rows[i].last);
        assert_false(ip_prefix_host(&p, rows[i].n_hosts, &host));
        assert_addr(host, rows[i].last);
    }
    assert_int_equal(ip_prefix_n_hosts(&none), 0);
}

static void
eth_addr_is_read_as_windows_and_as_others_write_it(void **state)
{
    static const char *const texts[] = { "00:15:5d:01:0a:ff",
                                         "00-15-5D-01-0A-FF", "00155D010Aff" };
    static const char *const bad[] = { "",
                                       "00:15:5d:01:0a",
                                       "00:15:5d:01:0a:1",
                                       "00:15-5d:01:0a:01",
                                       "00-15-5d-01-0a:01",
                                       "00.15.5d.01.0a.01",
                                       "00155d010a0",
                                       "00155d010a0g",
                                       "g0155d010a01",
                                       "00:15:5d:01:0a:01:",
                                       "00155d010a01ff",
                                       "00155d@10a01",
                                       "0015`d010a01" };
    struct eth_addr mac;
    char buf[ETH_ADDR_STRLEN];

    (void) state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_true(eth_addr_parse(texts[i], &mac));
        assert_true(eth_addr_to_u64(mac) == UINT64_C(0x00155d010aff));
        eth_addr_format(mac, buf);
        assert_string_equal(buf, texts[0]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(eth_addr_parse(bad[i], &mac));
    }
    assert_true(eth_addr_to_u64(mac) == UINT64_C(0x00155d010aff));
}

static void
eth_addr_kinds_are_told_apart(void **state)
{
    struct eth_addr one = eth_addr_from_u64(UINT64_C(0xffff02000000000a));
    struct eth_addr group = eth_addr_from_u64(UINT64_C(0x01005e000001));
    struct eth_addr zero = eth_addr_from_u64(0);

    (void) state;
    assert_true(eth_addr_to_u64(one) == UINT64_C(0x02000000000a));
    assert_false(eth_addr_is_group(one));
    assert_true(eth_addr_is_group(group));
    assert_true(eth_addr_is_group(ETH_ADDR_BROADCAST));
    assert_false(eth_addr_is_broadcast(group));
    assert_true(eth_addr_is_broadcast(ETH_ADDR_BROADCAST));
    assert_true(eth_addr_is_zero(zero));
    assert_false(eth_addr_is_zero(one));
    assert_true(eth_addr_equal(one, one));
    assert_false(eth_addr_equal(one, group));
}

static void
eth_group_addr_is_that_of_the_rfcs(void **state)
{
    struct ip_addr v4 = addr("239.129.19.137"), v6 = addr("ff02::1:ff00:102");

    (void) state;
    assert_true(eth_addr_to_u64(eth_group_addr(&v4))
                == UINT64_C(0x01005e011389)); /* As golden frame 13. */
    assert_true(eth_addr_to_u64(eth_group_addr(&v6))
                == UINT64_C(0x3333ff000102));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ip_addr_text_comes_back_as_it_went_in),
        cmocka_unit_test(ip_addr_refuses_what_is_no_address),
        cmocka_unit_test(ip_addr_of_v4_is_four_octets_and_zeros),
        cmocka_unit_test(ip_addr_of_one_family_is_not_that_of_the_other),
        cmocka_unit_test(ip_addrs_sort_by_family_and_then_as_numbers),
        cmocka_unit_test(ip_addr_hash_spreads_neighbors_over_all_its_bits),
        cmocka_unit_test(ip_addr_kinds_are_told_apart),
        cmocka_unit_test(ip_prefix_text_comes_back_as_it_went_in),
        cmocka_unit_test(ip_prefix_refuses_what_is_no_prefix),
        cmocka_unit_test(ip_prefix_contains_what_shares_its_bits),
        cmocka_unit_test(ip_prefix_gives_network_netmask_and_broadcast),
        cmocka_unit_test(ip_prefix_counts_its_hosts_and_names_first_and_last),
        cmocka_unit_test(eth_addr_is_read_as_windows_and_as_others_write_it),
        cmocka_unit_test(eth_addr_kinds_are_told_apart),
        cmocka_unit_test(eth_group_addr_is_that_of_the_rfcs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

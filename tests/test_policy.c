#include "models/hnv/policy.h"

#include <glib.h>

#include "tests/cmocka_all.h"

/* Record number 'n' of a virtual subnet: its addresses and MAC end in 'n'. */
static struct policy_record
record(uint32_t vsid, uint32_t n)
{
    return (struct policy_record){
        .ca = ip_addr_from_v4(0x0a000000 + n),
        .pa = ip_addr_from_v4(0xc0a80000 + n),
        .mac = eth_addr_from_u64(UINT64_C(0x020000000000) + n),
        .vsid = vsid,
        .rule = POLICY_RULE_NAT,
    };
}

static struct policy_table *
table(uint32_t vsid, uint32_t n_records)
{
    struct policy_table *t = policy_table_new(vsid);

    for (uint32_t i = 0; i < n_records; i++) {
        struct policy_record r = record(vsid, i);

        policy_table_add(t, &r);
    }
    return t;
}

static bool delete (struct policy *policy, uint32_t vsid, uint32_t n)
{
    struct policy_record r = record(vsid, n);

    return policy_delete(policy, vsid, &r.ca);
}

/* Asserts that 'policy' has exactly the records from 'from' to below 'to' in
 * 'vsid', by all keys, of those below 'n'. */
static void
assert_has(const struct policy *policy, uint32_t vsid, uint32_t from,
           uint32_t to, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        struct policy_record r = record(vsid, i);
        const struct policy_record *by_ca = policy_lookup(policy, vsid, &r.ca);

        assert_int_equal(by_ca != NULL, i >= from && i < to);
        assert_ptr_equal(policy_lookup_mac(policy, vsid, r.mac), by_ca);
        assert_ptr_equal(policy_lookup_pa(policy, vsid, &r.pa), by_ca);
        if (by_ca) {
            assert_true(ip_addr_equal(&by_ca->ca, &r.ca));
            assert_int_equal(by_ca->vsid, vsid);
        }
    }
}

static void
a_host_that_was_told_nothing_finds_nothing(void **state)
{
    struct policy *policy = policy_new();

    (void) state;
    assert_has(policy, 5001, 0, 0, 10);
    assert_null(policy_subnet(policy, 5001));
    assert_int_equal(policy_size(policy), 0);
    assert_int_equal(policy_version(policy), 0);
    policy_free(policy);
}

static void
every_record_is_found_by_all_its_keys(void **state)
{
    struct policy *policy = policy_new();
    struct policy_table *t = table(5001, 1000);

    (void) state;
    policy_learn_table(policy, t);
    policy_table_unref(t);
    assert_has(policy, 5001, 0, 1000, 2000);
    assert_int_equal(policy_size(policy), 1000);
    assert_int_equal(policy_version(policy), 1);
    policy_free(policy);
}

static void
virtual_subnets_do_not_see_each_other(void **state)
{
    struct policy *policy = policy_new();

    (void) state;
    for (uint32_t vsid = 4096; vsid < 4196; vsid++) {
        struct policy_table *t = table(vsid, vsid % 7);

        policy_learn_table(policy, t);
        policy_table_unref(t);
    }
    for (uint32_t vsid = 4096; vsid < 4196; vsid++) {
        assert_has(policy, vsid, 0, vsid % 7, 8);
        assert_int_equal(policy_table_size(policy_subnet(policy, vsid)),
                         vsid % 7);
    }
    assert_null(policy_subnet(policy, 4196));
    policy_free(policy);
}

static void
families_are_different_keys(void **state)
{
    struct policy *policy = policy_new();
    struct policy_record v4 = record(5001, 1), v6 = record(5001, 1);

    (void) state;
    v6.ca = ip_addr_from_octets(
        IP_V6, (const uint8_t[IP_V6_OCTETS]){ 0x0a, 0, 0, 1 });
    policy_set(policy, &v4);
    policy_set(policy, &v6);
    assert_int_equal(policy_lookup(policy, 5001, &v4.ca)->ca.family, IP_V4);
    assert_int_equal(policy_lookup(policy, 5001, &v6.ca)->ca.family, IP_V6);
    policy_free(policy);
}

static void
the_first_of_records_with_one_mac_or_provider_address_is_found(void **state)
{
    struct policy *policy = policy_new();
    struct policy_record r = record(5001, 0), first = r;

    (void) state;
    for (uint32_t i = 0; i < 100; i++) {
        r.ca = ip_addr_from_v4(0x0a000000 + i);
        policy_set(policy, &r);
    }
    assert_true(
        ip_addr_equal(&policy_lookup_mac(policy, 5001, r.mac)->ca, &first.ca));
    assert_true(
        ip_addr_equal(&policy_lookup_pa(policy, 5001, &r.pa)->ca, &first.ca));
    assert_true(policy_delete(policy, 5001, &first.ca));
    assert_int_equal(ip_addr_to_v4(&policy_lookup_pa(policy, 5001, &r.pa)->ca),
                     0x0a000001);
    policy_free(policy);
}

static void
no_provider_address_is_not_a_key(void **state)
{
    struct policy *policy = policy_new();
    struct policy_record r = record(5001, 1);

    (void) state;
    r.pa = (struct ip_addr){ 0 };
    policy_set(policy, &r);
    assert_null(policy_lookup_pa(policy, 5001, &r.pa));
    assert_non_null(policy_lookup(policy, 5001, &r.ca));
    policy_free(policy);
}

static void
records_stay_in_the_order_in_which_they_came(void **state)
{
    struct policy *policy = policy_new();
    const struct policy_table *t;

    (void) state;
    for (uint32_t i = 0; i < 50; i++) {
        struct policy_record r = record(5001, 49 - i);

        policy_set(policy, &r);
    }
    assert_true(delete (policy, 5001, 40));
    t = policy_subnet(policy, 5001);
    assert_int_equal(policy_table_size(t), 49);
    for (uint32_t i = 0; i < 49; i++) {
        uint32_t n = i < 9 ? 49 - i : 48 - i;

        assert_int_equal(ip_addr_to_v4(&policy_table_get(t, i)->ca),
                         0x0a000000 + n);
    }
    policy_free(policy);
}

static void
a_record_told_again_takes_the_place_of_the_old_one(void **state)
{
    struct policy *policy = policy_new();
    struct policy_record old = record(5001, 1), new = old;

    (void) state;
    new.pa = ip_addr_from_v4(0xc0a80163);
    new.mac = eth_addr_from_u64(0x020000000099);
    new.rule = POLICY_RULE_ENCAP;
    policy_set(policy, &old);
    policy_set(policy, &new);
    assert_int_equal(policy_size(policy), 1);
    assert_int_equal(policy_version(policy), 2);
    assert_null(policy_lookup_pa(policy, 5001, &old.pa));
    assert_null(policy_lookup_mac(policy, 5001, old.mac));
    assert_int_equal(policy_lookup_pa(policy, 5001, &new.pa)->rule,
                     POLICY_RULE_ENCAP);
    assert_non_null(policy_lookup_mac(policy, 5001, new.mac));
    policy_free(policy);
}

static void
what_one_host_is_told_changes_nothing_for_another(void **state)
{
    struct policy *a = policy_new(), *b = policy_new();
    struct policy_table *t = table(5001, 100);
    struct policy_record r = record(5001, 100);

    (void) state;
    policy_learn_table(a, t);
    policy_learn_table(b, t);
    assert_ptr_equal(policy_subnet(a, 5001), policy_subnet(b, 5001));
    policy_set(a, &r);
    assert_true(delete (a, 5001, 0));
    assert_has(a, 5001, 1, 101, 200);
    assert_has(b, 5001, 0, 100, 200);
    assert_int_equal(policy_table_size(t), 100);
    assert_int_equal(policy_size(a), 100);
    assert_int_equal(policy_version(a), 3);
    assert_int_equal(policy_version(b), 1);
    policy_table_unref(t);
    policy_free(a);
    assert_has(b, 5001, 0, 100, 200);
    policy_free(b);
}

static void
a_table_that_one_host_alone_holds_is_changed_in_place(void **state)
{
    struct policy *policy = policy_new();
    struct policy_table *t = table(5001, 10);
    struct policy_record r = record(5001, 10);

    (void) state;
    policy_learn_table(policy, t);
    policy_table_unref(t);
    policy_set(policy, &r);
    assert_ptr_equal(policy_subnet(policy, 5001), t);
    policy_free(policy);
}

static void
a_table_told_anew_replaces_all_of_the_old_one(void **state)
{
    struct policy *policy = policy_new();
    struct policy_table *big = table(5001, 10), *small = table(5001, 3);

    (void) state;
    policy_learn_table(policy, big);
    policy_learn_table(policy, small);
    policy_learn_table(policy, small);
    assert_has(policy, 5001, 0, 3, 20);
    assert_int_equal(policy_size(policy), 3);
    policy_table_unref(big);
    policy_table_unref(small);
    policy_free(policy);
}

static void
to_delete_what_is_not_there_is_no_change(void **state)
{
    struct policy *policy = policy_new();
    struct policy_record r = record(5001, 1);

    (void) state;
    assert_false(policy_delete(policy, 5001, &r.ca));
    policy_set(policy, &r);
    assert_false(policy_delete(policy, 5002, &r.ca));
    assert_true(policy_delete(policy, 5001, &r.ca));
    assert_false(policy_delete(policy, 5001, &r.ca));
    assert_int_equal(policy_size(policy), 0);
    assert_int_equal(policy_version(policy), 2);
    assert_int_equal(policy_table_size(policy_subnet(policy, 5001)), 0);
    policy_free(policy);
}

static void
rules_have_the_names_of_the_cmdlets(void **state)
{
    (void) state;
    assert_string_equal(policy_rule_name(POLICY_RULE_NONE),
                        "TranslationMethodNone");
    assert_string_equal(policy_rule_name(POLICY_RULE_NAT),
                        "TranslationMethodNat");
    assert_string_equal(policy_rule_name(POLICY_RULE_ENCAP),
                        "TranslationMethodEncap");
    assert_string_equal(policy_rule_name(POLICY_RULE_VLAN), "Vlan");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_that_was_told_nothing_finds_nothing),
        cmocka_unit_test(every_record_is_found_by_all_its_keys),
        cmocka_unit_test(virtual_subnets_do_not_see_each_other),
        cmocka_unit_test(families_are_different_keys),
        cmocka_unit_test(
            the_first_of_records_with_one_mac_or_provider_address_is_found),
        cmocka_unit_test(no_provider_address_is_not_a_key),
        cmocka_unit_test(records_stay_in_the_order_in_which_they_came),
        cmocka_unit_test(a_record_told_again_takes_the_place_of_the_old_one),
        cmocka_unit_test(what_one_host_is_told_changes_nothing_for_another),
        cmocka_unit_test(
            a_table_that_one_host_alone_holds_is_changed_in_place),
        cmocka_unit_test(a_table_told_anew_replaces_all_of_the_old_one),
        cmocka_unit_test(to_delete_what_is_not_there_is_no_change),
        cmocka_unit_test(rules_have_the_names_of_the_cmdlets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a host takes from the wire, and what it refuses: each wrong has its own
 * fate.  Host1 is alone and the test is the wire. */

#include <string.h>

#include "tests/cmocka_all.h"
#include "models/wire/arp.h"
#include "models/wire/ipv4.h"
#include "tests/host_bench.h"
#include "tests/wire_vectors.h"

/* Offsets in the golden NVGRE frames over IPv4. */
#define OFS_OUTER_SRC (ETH_HLEN + IPV4_OFS_SRC)
#define OFS_OUTER_DST (ETH_HLEN + IPV4_OFS_DST)
#define OFS_VSID      38
#define OFS_INNER     42

static struct host_bench *
bench(enum policy_rule rule)
{
    return host_bench_new(
        &(struct host_bench_config){ .rule = rule, .is_alone = true });
}

/* Mends the checksum of the IPv4 header behind the Ethernet header. */
static void
mend_checksum(struct test_frame *frame)
{
    struct ipv4_hdr ip;

    assert_true(ipv4_decode(&ip, frame->data + ETH_HLEN,
                            frame->size - ETH_HLEN, frame->size - ETH_HLEN));
    ipv4_encode(&ip, frame->data + ETH_HLEN);
}

static void
assert_nobody_got_a_frame(const struct host_bench *b)
{
    assert_int_equal(host_bench_n_frames(b, BLUE_SQL, TAP_IN, 0), 0);
    assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, 0), 0);
}

static void
golden_frames_are_delivered(void **state)
{
    static const struct {
        enum policy_rule rule;
        const char *wire, *customer;
        enum hnv_vm vm;
    } cases[] = {
        { POLICY_RULE_NAT, "03-", "01-", BLUE_SQL },
        { POLICY_RULE_NAT, "04-", "02-", RED_SQL },
        { POLICY_RULE_NAT, "20-", "19-", BLUE_SQL },
        { POLICY_RULE_ENCAP, "07-", "01-", BLUE_SQL },
        { POLICY_RULE_ENCAP, "08-", "02-", RED_SQL },
        { POLICY_RULE_ENCAP, "09-", "01-", BLUE_SQL },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct host_bench *b = bench(cases[i].rule);
        const struct seen_frame *frame;

        host_bench_inject_golden(b, cases[i].wire);
        host_bench_run(b, 1 * SIM_MS);
        frame = host_bench_frame(b, cases[i].vm, TAP_IN, ETH_TYPE_IPV4, 0);
        assert_golden(frame, cases[i].customer);
        assert_int_equal(frame->size, golden_frame(cases[i].customer)->size);
        assert_int_equal(frame->tag.vsid,
                         cases[i].vm == BLUE_SQL ? 5001 : 6001);
        assert_int_equal(
            host_bench_n_frames(
                b, cases[i].vm == BLUE_SQL ? RED_SQL : BLUE_SQL, TAP_IN, 0),
            0);
        host_bench_free(b);
    }
}

static void
bad_nvgre_is_dropped_for_its_own_reason(void **state)
{
    static const struct {
        const char *name;
        enum datapath_drop drop;
    } cases[] = {
        { "90-", DATAPATH_DROP_NVGRE_INNER_TAG },
        { "91-", DATAPATH_DROP_NVGRE_RESERVED_VSID },
        { "92-", DATAPATH_DROP_NVGRE_NO_KEY },
        { "93-", DATAPATH_DROP_NVGRE_CHECKSUM },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct host_bench *b = bench(POLICY_RULE_ENCAP);

        host_bench_inject_golden(b, cases[i].name);
        host_bench_run(b, 1 * SIM_MS);
        assert_int_equal(
            node_fate_count(b->hosts[0], &datapath_drops[cases[i].drop]), 1);
        assert_nobody_got_a_frame(b);
        host_bench_free(b);
    }
}

/* Puts 'value' over the 'size' bytes at 'offset' of golden frame 'name' and
 * expects 'fate'. */
static void
check_fate(enum policy_rule rule, const char *name, size_t offset,
           const char *hex, enum host_fate fate)
{
    struct host_bench *b = bench(rule);
    struct test_frame frame = *golden_frame(name);

    from_hex(hex, frame.data + offset, frame.size - offset);
    if (frame.data[12] == 0x08 && frame.data[13] == 0
        && offset > OFS_OUTER_SRC - 8) {
        mend_checksum(&frame);
    }
    host_bench_inject(b, frame.data, frame.size);
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_fate(b, 0, fate), 1);
    assert_nobody_got_a_frame(b);
    host_bench_free(b);
}

static void
what_is_for_others_is_dropped(void **state)
{
    (void) state;
    /* Another MAC; another PA; a PA group; the provider's own VLAN. */
    check_fate(POLICY_RULE_NAT, "03-", 5, "77", HOST_FATE_NOT_MINE);
    check_fate(POLICY_RULE_NAT, "03-", OFS_OUTER_DST + 3, "63",
               HOST_FATE_NOT_MINE);
    check_fate(POLICY_RULE_ENCAP, "13-", 0, "", HOST_FATE_NOT_MINE);
    check_fate(POLICY_RULE_ENCAP, "10-", 0, "", HOST_FATE_NO_SUCH_VM);
    /* TRILL, and an unknown type. */
    check_fate(POLICY_RULE_ENCAP, "28-", 0, "", HOST_FATE_NOT_MINE);
    check_fate(POLICY_RULE_ENCAP, "07-", 12, "88b5", HOST_FATE_NOT_MINE);
    /* The VM's MAC is not shown by policy. */
    check_fate(POLICY_RULE_NAT, "06-", 0, "", HOST_FATE_NOT_MINE);
    /* VXLAN, to the host's own address. */
    check_fate(POLICY_RULE_ENCAP, "26-", 0, "", HOST_FATE_PROTOCOL);
    /* Of no VM here: virtual subnet, MAC, CA. */
    check_fate(POLICY_RULE_ENCAP, "11-", 0, "", HOST_FATE_NO_SUCH_VM);
    check_fate(POLICY_RULE_ENCAP, "07-", OFS_INNER + 5, "77",
               HOST_FATE_NO_SUCH_VM);
    check_fate(POLICY_RULE_ENCAP, "07-", OFS_INNER + ETH_HLEN + 19, "09",
               HOST_FATE_NO_SUCH_VM);
    /* Red's frame under Blue's VSID: no such MAC there. */
    check_fate(POLICY_RULE_ENCAP, "08-", OFS_VSID, "001389",
               HOST_FATE_NO_SUCH_VM);
}

static void
what_policy_does_not_say_is_a_mismatch(void **state)
{
    (void) state;
    /* A source PA that nobody, or Red, or a host has. */
    check_fate(POLICY_RULE_NAT, "03-", OFS_OUTER_SRC + 3, "63",
               HOST_FATE_POLICY_MISMATCH);
    check_fate(POLICY_RULE_NAT, "03-", OFS_OUTER_SRC + 3, "0d",
               HOST_FATE_POLICY_MISMATCH);
    check_fate(POLICY_RULE_ENCAP, "07-", OFS_OUTER_SRC + 3, "0d",
               HOST_FATE_POLICY_MISMATCH);
    /* A source CA, or a MAC where there is none, that policy does not know. */
    check_fate(POLICY_RULE_ENCAP, "07-", OFS_INNER + ETH_HLEN + 15, "09",
               HOST_FATE_POLICY_MISMATCH);
    check_fate(POLICY_RULE_ENCAP, "07-", OFS_INNER + 11, "0988b5",
               HOST_FATE_POLICY_MISMATCH);
}

/* A record of a virtual subnet may ask for encapsulation while another asks for
 * rewriting; an address that all VMs of a host share names none of them. */
static void
a_rewritten_packet_from_a_shared_address_is_a_mismatch(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NAT);
    struct policy_record record =
        hnv_record(BLUE_WEB, POLICY_RULE_ENCAP, IP_V4, IP_V4);

    (void) state;
    policy_set(host_policy(b->hosts[0]), &record);
    host_bench_inject_golden(b, "03-");
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_POLICY_MISMATCH), 1);
    host_bench_free(b);
}

static void
malformed_frames_are_dropped(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_ENCAP);
    const struct test_frame *golden = golden_frame("07-");

    (void) state;
    host_bench_inject(b, golden->data, 16); /* Padded to 60: no IP there. */
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_MALFORMED), 1);
    host_bench_free(b);
    /* The frame inside has no IPv4 header; the outer one has no version. */
    check_fate(POLICY_RULE_ENCAP, "07-", OFS_INNER + ETH_HLEN, "00",
               HOST_FATE_MALFORMED);
    check_fate(POLICY_RULE_ENCAP, "07-", ETH_HLEN, "00", HOST_FATE_MALFORMED);
}

static void
a_broadcast_in_a_tunnel_goes_to_the_virtual_subnet_only(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_ENCAP);
    const struct test_frame *golden = golden_frame("12-");
    const struct seen_frame *frame;

    (void) state;
    host_bench_inject_golden(b, "12-");
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_fate(b, 0, HOST_FATE_REPLICATED), 1);
    frame = host_bench_frame(b, BLUE_SQL, TAP_IN, ETH_TYPE_ARP, 0);
    assert_int_equal(frame->size, 42);
    assert_memory_equal(frame->data, golden->data + OFS_INNER, 42);
    assert_int_equal(host_bench_n_frames(b, RED_SQL, TAP_IN, 0), 0);
    host_bench_free(b);
}

/* RFC 7637 does not say that a frame inside is padded, but other senders may
 * do it. */
static void
pad_is_taken_off_inside_and_outside(void **state)
{
    struct host_bench *b = bench(POLICY_RULE_NAT);
    struct test_frame frame = *golden_frame("22-");

    (void) state;
    host_bench_inject(b, frame.data, frame.size); /* 45 bytes, padded to 60. */
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(
        host_bench_frame(b, AT_HOST1, TAP_IN, ETH_TYPE_IPV4, 0)->size, 60);
    assert_int_equal(
        host_bench_frame(b, BLUE_SQL, TAP_IN, ETH_TYPE_IPV4, 0)->size, 45);
    host_bench_free(b);

    b = bench(POLICY_RULE_ENCAP);
    frame = *golden_frame("07-");
    memset(frame.data + frame.size, 0, 2);
    frame.size += 2;
    put_be16(frame.data + ETH_HLEN + 2, (uint16_t) (frame.size - ETH_HLEN));
    mend_checksum(&frame);
    host_bench_inject(b, frame.data, frame.size);
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(
        host_bench_frame(b, BLUE_SQL, TAP_IN, ETH_TYPE_IPV4, 0)->size, 58);
    host_bench_free(b);
}

static void
vms_that_show_their_mac_are_found_by_it(void **state)
{
    struct host_bench *b = host_bench_new(&(struct host_bench_config){
        .rule = POLICY_RULE_NAT, .is_alone = true, .use_vm_mac = true });

    (void) state;
    host_bench_inject_golden(b, "06-");
    host_bench_inject_golden(b, "03-"); /* The NIC's MAC does as well. */
    host_bench_run(b, 1 * SIM_MS);
    assert_int_equal(host_bench_n_frames(b, BLUE_SQL, TAP_IN, ETH_TYPE_IPV4),
                     2);
    host_bench_free(b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_frames_are_delivered),
        cmocka_unit_test(bad_nvgre_is_dropped_for_its_own_reason),
        cmocka_unit_test(what_is_for_others_is_dropped),
        cmocka_unit_test(what_policy_does_not_say_is_a_mismatch),
        cmocka_unit_test(
            a_rewritten_packet_from_a_shared_address_is_a_mismatch),
        cmocka_unit_test(malformed_frames_are_dropped),
        cmocka_unit_test(
            a_broadcast_in_a_tunnel_goes_to_the_virtual_subnet_only),
        cmocka_unit_test(pad_is_taken_off_inside_and_outside),
        cmocka_unit_test(vms_that_show_their_mac_are_found_by_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

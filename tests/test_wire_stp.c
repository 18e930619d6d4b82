/* BPDUs, also as Open vSwitch and Linux send them. */

#include <stdlib.h>
#include <string.h>

#include "models/wire/frame.h"
#include "models/wire/stp.h"
#include "tests/cmocka_all.h"
#include "tests/wire_bench.h"
#include "tests/wire_vectors.h"

/* Frames sent by Open vSwitch, of stp_ovs.pcap and rstp_ovs.pcap. */
static const char conf_hex[] =
    "0180c20000002a35dbb9b14d002642420300000000008000020000000101"
    "000000008000020000000101800100001400" /* Max age 20 s, */
    "01000f00";                            /* hello 1 s, delay 15 s. */
static const char rst_hex[] =
    "0180c2000000a21061fe80af0027424203000002020e8000020000000102"
    "000000008000020000000102800100001400"
    "02000f0000";

static bool
decode_bpdu(void *bpdu, const uint8_t *data, size_t size)
{
    return stp_decode(bpdu, data, size);
}

static bool
decode_frame(void *bpdu, const uint8_t *data, size_t size)
{
    return stp_frame_decode(bpdu, data, size, 60);
}

static void
assert_equal(const struct stp_bpdu *a, const struct stp_bpdu *b)
{
    assert_int_equal(a->type, b->type);
    assert_int_equal(a->role, b->role);
    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->port_id, b->port_id);
    assert_int_equal(a->root_cost, b->root_cost);
    assert_true(a->root_id == b->root_id);
    assert_true(a->bridge_id == b->bridge_id);
    assert_int_equal(a->message_age, b->message_age);
    assert_int_equal(a->max_age, b->max_age);
    assert_int_equal(a->hello_time, b->hello_time);
    assert_int_equal(a->forward_delay, b->forward_delay);
}

static void
bpdus_of_open_vswitch_are_read_and_written(void **state)
{
    static const struct {
        const char *hex;
        struct stp_bpdu bpdu;
    } rows[] = {
        { conf_hex,
          { .type = STP_CONF,
            .role = STP_ROLE_DESIGNATED,
            .port_id = 0x8001,
            .root_id = 0x8000020000000101,
            .bridge_id = 0x8000020000000101,
            .max_age = 20 * STP_TIME_SECOND,
            .hello_time = 1 * STP_TIME_SECOND,
            .forward_delay = 15 * STP_TIME_SECOND } },
        { rst_hex,
          { .type = STP_RST,
            .role = STP_ROLE_DESIGNATED,
            .flags = STP_PROPOSAL,
            .port_id = 0x8001,
            .root_id = 0x8000020000000102,
            .bridge_id = 0x8000020000000102,
            .max_age = 20 * STP_TIME_SECOND,
            .hello_time = 2 * STP_TIME_SECOND,
            .forward_delay = 15 * STP_TIME_SECOND } },
    };

    (void) state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t data[STP_FRAME_MAX], again[STP_FRAME_MAX];
        size_t size = from_hex(rows[i].hex, data, sizeof data);
        struct stp_bpdu bpdu;
        struct eth_hdr eth = { .type = 0 };

        assert_true(stp_frame_decode(&bpdu, data, size, size));
        assert_equal(&bpdu, &rows[i].bpdu);
        assert_only_whole_decodes(decode_bpdu, sizeof bpdu, data + STP_OFS,
                                  size - STP_OFS);
        assert_only_whole_decodes(decode_frame, sizeof bpdu, data, size);
        assert_true(eth_decode(&eth, data, size));
        assert_int_equal(stp_frame_encode(&bpdu, eth.src, again), size);
        assert_memory_equal(again, data, size);
    }
}

static void
every_field_survives_being_written_and_read(void **state)
{
    static const enum stp_type types[] = { STP_CONF, STP_RST };
    uint8_t data[STP_RST_BYTES];

    (void) state;
    for (int i = 0; i < 200; i++) {
        uint64_t r = test_random();
        struct stp_bpdu back, bpdu = {
            .type = types[i % 2],
            .role = i % 2 ? (enum stp_role)(r % 4) : STP_ROLE_DESIGNATED,
            .flags = (uint8_t) (r >> 8 & (i % 2 ? 0xf3 : STP_TC | STP_TCA)),
            .port_id = (uint16_t) (r >> 16),
            .root_cost = (uint32_t) (r >> 32),
            .root_id = test_random(),
            .bridge_id = test_random(),
            .message_age = (uint16_t) (r >> 24),
            .max_age = (uint16_t) (r >> 36),
            .hello_time = (uint16_t) (r >> 40),
            .forward_delay = (uint16_t) (r >> 48),
        };
        size_t size = stp_encode(&bpdu, data);

        assert_true(stp_decode(&back, data, size));
        assert_equal(&back, &bpdu);
    }
}

static void
a_topology_change_notification_is_four_octets(void **state)
{
    static const uint8_t expected[] = { 0, 0, 0, 0x80 };
    struct stp_bpdu bpdu = { .type = STP_TCN };
    uint8_t data[STP_RST_BYTES];

    (void) state;
    assert_int_equal(stp_encode(&bpdu, data), STP_TCN_BYTES);
    assert_memory_equal(data, expected, sizeof expected);
    bpdu.type = STP_CONF;
    assert_true(stp_decode(&bpdu, data, STP_TCN_BYTES));
    assert_int_equal(bpdu.type, STP_TCN);
    assert_only_whole_decodes(decode_bpdu, sizeof bpdu, data, STP_TCN_BYTES);
}

/* Section 9.3.4. */
static void
later_versions_are_read_and_what_is_not_known_is_refused(void **state)
{
    static const struct {
        uint8_t offset, value;
        bool is_read;
    } rows[] = {
        { 2, 3, true },     /* Version of MSTP. */
        { 2, 0xff, true },  /* Any later one. */
        { 2, 1, false },    /* An RST BPDU before RSTP. */
        { 0, 1, false },    /* Protocols. */
        { 1, 1, false },    /* */
        { 3, 0x01, false }, /* Types. */
        { 3, 0x81, false }, /* */
        { 35, 7, true },    /* Version 1 length. */
    };
    uint8_t frame[STP_FRAME_MAX], data[STP_RST_BYTES];
    struct stp_bpdu bpdu;

    (void) state;
    from_hex(rst_hex, frame, sizeof frame);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        memcpy(data, frame + STP_OFS, sizeof data);
        data[rows[i].offset] = rows[i].value;
        assert_int_equal(stp_decode(&bpdu, data, sizeof data),
                         rows[i].is_read);
    }
}

static void
flags_that_a_configuration_bpdu_does_not_have_are_ignored(void **state)
{
    uint8_t frame[STP_FRAME_MAX];
    struct stp_bpdu bpdu;

    (void) state;
    from_hex(conf_hex, frame, sizeof frame);
    frame[STP_OFS + 4] = 0xff;
    assert_true(stp_frame_decode(&bpdu, frame, 52, 52));
    assert_int_equal(bpdu.flags, STP_TC | STP_TCA);
    assert_int_equal(bpdu.role, STP_ROLE_DESIGNATED);
}

static void
a_frame_whose_length_or_llc_is_wrong_has_no_bpdu(void **state)
{
    uint8_t frame[STP_FRAME_MAX], bad[STP_FRAME_MAX];
    struct stp_bpdu bpdu;
    size_t size;

    (void) state;
    size = from_hex(rst_hex, frame, sizeof frame);
    for (size_t i = 2 * ETH_ALEN; i < STP_OFS; i++) {
        memcpy(bad, frame, sizeof bad);
        bad[i] = (uint8_t) (bad[i] + 1);
        assert_false(stp_frame_decode(&bpdu, bad, size, size));
    }
    memcpy(bad, frame, sizeof bad);
    bad[13]--; /* One octet less than the BPDU has. */
    assert_false(stp_frame_decode(&bpdu, bad, size, size));
}

struct seen {
    int n_conf, n_rst;
};

static void
see(const uint8_t *data, size_t size, void *aux)
{
    struct seen *seen = aux;
    uint8_t *copy = heap_copy(data, size);
    uint8_t again[STP_FRAME_MAX];
    struct frame_view view;
    struct stp_bpdu bpdu;

    assert_true(frame_parse(&view, copy, size, size));
    assert_true(view.has_bpdu);
    assert_false(view.is_malformed);
    assert_true(stp_frame_decode(&bpdu, copy, size, size));
    assert_int_equal(stp_frame_encode(&bpdu, view.eth_src, again),
                     get_be16(copy + 2 * ETH_ALEN) + ETH_HLEN);
    assert_memory_equal(again, copy, get_be16(copy + 2 * ETH_ALEN) + ETH_HLEN);
    seen->n_conf += bpdu.type == STP_CONF;
    seen->n_rst += bpdu.type == STP_RST;
    free(copy);
}

static void
captures_of_other_bridges_are_read_and_written_alike(void **state)
{
    struct seen seen = { 0 };

    (void) state;
    assert_int_equal(each_captured("stp_ovs.pcap", see, &seen), 5);
    assert_int_equal(each_captured("stp_kernel.pcap", see, &seen), 13);
    assert_int_equal(seen.n_conf, 18);
    assert_int_equal(each_captured("rstp_ovs.pcap", see, &seen), 7);
    assert_int_equal(seen.n_rst, 7);
}

static void
a_bpdu_as_text(void **state)
{
    uint8_t data[STP_FRAME_MAX];
    size_t size = from_hex(rst_hex, data, sizeof data);

    (void) state;
    data[STP_OFS + 4] = 0x7f; /* Designated, all flags but TCA. */
    assert_text(data, size, 60,
                "RSTP designated port 8001 of 8000.02:00:00:00:01:02 root "
                "8000.02:00:00:00:01:02 cost 0 [proposal agreement learning "
                "forwarding topology-change], 60 B");
    data[STP_OFS + 4] = 0x04;
    assert_text(data, size, 60,
                "RSTP alternate port 8001 of 8000.02:00:00:00:01:02 root "
                "8000.02:00:00:00:01:02 cost 0, 60 B");
    assert_text(data, size - 1, 60,
                "a2:10:61:fe:80:af > 01:80:c2:00:00:00 802.3 len 39 "
                "(malformed), 60 B");
    data[STP_OFS + 3] = STP_TCN;
    assert_text(data, size, 60, "STP topology change notification, 60 B");
    size = from_hex(conf_hex, data, sizeof data);
    assert_text(data, size, 60,
                "STP designated port 8001 of 8000.02:00:00:00:01:01 root "
                "8000.02:00:00:00:01:01 cost 0, 60 B");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bpdus_of_open_vswitch_are_read_and_written),
        cmocka_unit_test(every_field_survives_being_written_and_read),
        cmocka_unit_test(a_topology_change_notification_is_four_octets),
        cmocka_unit_test(
            later_versions_are_read_and_what_is_not_known_is_refused),
        cmocka_unit_test(
            flags_that_a_configuration_bpdu_does_not_have_are_ignored),
        cmocka_unit_test(a_frame_whose_length_or_llc_is_wrong_has_no_bpdu),
        cmocka_unit_test(captures_of_other_bridges_are_read_and_written_alike),
        cmocka_unit_test(a_bpdu_as_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

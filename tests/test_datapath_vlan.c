/* The VLAN and the flat datapath, and the table of all kinds. */

#include <glib.h>
#include <string.h>

#include "models/wire/vlan.h"
#include "tests/cmocka_all.h"
#include "tests/hnv_bench.h"
#include "tests/wire_vectors.h"

/* Blue's web to sql, VLAN 101. */
struct bench {
    struct policy_record src, dst;
    struct datapath dp;
    struct datapath_frame frame;
    const struct test_frame *golden;
    struct packet *pkt;
};

static int
setup(void **state)
{
    struct bench *b = g_new0(struct bench, 1);

    b->src = hnv_record(BLUE_WEB, POLICY_RULE_VLAN, IP_V4, IP_V4);
    b->dst = hnv_record(BLUE_SQL, POLICY_RULE_VLAN, IP_V4, IP_V4);
    b->dp = hnv_datapath(2);
    b->frame = (struct datapath_frame){ .src = &b->src, .dst = &b->dst };
    b->golden = golden_frame("01-");
    b->pkt = hnv_packet(b->golden->data, b->golden->size, b->golden->size);
    *state = b;
    return 0;
}

static int
teardown(void **state)
{
    struct bench *b = *state;

    g_free(b->pkt);
    g_free(b);
    return 0;
}

static void
vlan_egress_pushes_the_senders_tag_with_priority_0(void **state)
{
    struct bench *b = *state;
    const uint8_t tag[] = { 0x81, 0x00, 0x00, 101 };
    const uint8_t *data;

    assert_null(datapath_vlan.egress(&b->dp, &b->frame, b->pkt));
    data = packet_data(b->pkt);
    assert_int_equal(b->pkt->size, b->golden->size + VLAN_HLEN);
    assert_memory_equal(data, b->golden->data, VLAN_OFS);
    assert_memory_equal(data + VLAN_OFS, tag, sizeof tag);
    assert_memory_equal(data + VLAN_OFS + VLAN_HLEN,
                        b->golden->data + VLAN_OFS,
                        b->golden->size - VLAN_OFS);
}

static void
vlan_ingress_pops_the_tag_and_says_its_vlan(void **state)
{
    struct bench *b = *state;

    assert_null(datapath_vlan.egress(&b->dp, &b->frame, b->pkt));
    packet_data(b->pkt)[VLAN_OFS + 2] |= 0xe0; /* Any priority will do. */
    assert_null(datapath_vlan.ingress(&b->dp, &b->frame, b->pkt));
    assert_int_equal(b->frame.vlan, 101);
    hnv_assert_packet(b->pkt, b->golden->data, b->golden->size);
}

static void
vlan_ingress_refuses_frames_without_a_vlan(void **state)
{
    static const struct vlan_tag others[] = {
        { .tpid = ETH_TYPE_VLAN, .vid = 0, .pcp = 5 }, /* Priority only. */
        { .tpid = ETH_TYPE_QINQ, .vid = 101 },
    };
    struct bench *b = *state;

    hnv_assert_drop(datapath_vlan.ingress(&b->dp, &b->frame, b->pkt),
                    DATAPATH_DROP_VLAN_UNTAGGED);
    assert_null(datapath_vlan.egress(&b->dp, &b->frame, b->pkt));
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        vlan_encode(&others[i], packet_data(b->pkt) + VLAN_OFS);
        hnv_assert_drop(datapath_vlan.ingress(&b->dp, &b->frame, b->pkt),
                        DATAPATH_DROP_VLAN_UNTAGGED);
    }
}

static void
vlan_egress_refuses_a_frame_that_the_vm_has_tagged(void **state)
{
    static const uint16_t tpids[] = { ETH_TYPE_VLAN, ETH_TYPE_QINQ };
    struct bench *b = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(tpids); i++) {
        put_be16(packet_data(b->pkt) + VLAN_OFS, tpids[i]);
        hnv_assert_drop(datapath_vlan.egress(&b->dp, &b->frame, b->pkt),
                        DATAPATH_DROP_VLAN_TAGGED);
    }
}

static void
vlan_egress_refuses_less_than_an_ethernet_header(void **state)
{
    struct bench *b = *state;

    packet_trim(b->pkt, ETH_HLEN - 1);
    hnv_assert_drop(datapath_vlan.egress(&b->dp, &b->frame, b->pkt),
                    DATAPATH_DROP_VLAN_MALFORMED);
}

static void
vlan_ingress_refuses_a_tag_cut_short(void **state)
{
    struct bench *b = *state;

    assert_null(datapath_vlan.egress(&b->dp, &b->frame, b->pkt));
    packet_trim(b->pkt, ETH_HLEN + VLAN_HLEN - 1);
    hnv_assert_drop(datapath_vlan.ingress(&b->dp, &b->frame, b->pkt),
                    DATAPATH_DROP_VLAN_UNTAGGED);
}

static void
flat_leaves_frames_as_they_are(void **state)
{
    struct bench *b = *state;

    assert_null(datapath_flat.egress(&b->dp, &b->frame, b->pkt));
    hnv_assert_packet(b->pkt, b->golden->data, b->golden->size);
    assert_null(datapath_flat.ingress(&b->dp, &b->frame, b->pkt));
    hnv_assert_packet(b->pkt, b->golden->data, b->golden->size);
}

static void
every_rule_and_every_name_has_its_datapath(void **state)
{
    static const char *const names[] = {
        [POLICY_RULE_NONE] = "flat",
        [POLICY_RULE_NAT] = "rewrite",
        [POLICY_RULE_ENCAP] = "nvgre",
        [POLICY_RULE_VLAN] = "vlan",
    };

    (void) state;
    for (int rule = 0; rule < (int) G_N_ELEMENTS(names); rule++) {
        const struct datapath_ops *ops =
            datapath_by_rule((enum policy_rule) rule);

        assert_string_equal(ops->kind, names[rule]);
        assert_ptr_equal(datapath_by_kind(names[rule]), ops);
    }
    assert_null(datapath_by_kind("geneve"));
}

static void
overhead_is_what_egress_adds(void **state)
{
    struct bench *b = *state;

    for (size_t k = 0; datapath_kinds[k]; k++) {
        const struct datapath_ops *ops = datapath_kinds[k];

        for (uint8_t family = IP_V4; family <= IP_V6; family += 2) {
            struct packet *pkt =
                hnv_packet(b->golden->data, b->golden->size, b->golden->size);

            b->src = hnv_record(BLUE_WEB, ops->rule, IP_V4, family);
            b->dst = hnv_record(BLUE_SQL, ops->rule, IP_V4, family);
            if (ops == &datapath_rewrite && family == IP_V6) {
                hnv_assert_drop(ops->egress(&b->dp, &b->frame, pkt),
                                DATAPATH_DROP_REWRITE_FAMILY);
            } else {
                assert_null(ops->egress(&b->dp, &b->frame, pkt));
                assert_int_equal(pkt->size,
                                 b->golden->size + ops->overhead(family));
            }
            g_free(pkt);
        }
    }
}

int
main(void)
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(vlan_egress_pushes_the_senders_tag_with_priority_0),
        TEST(vlan_ingress_pops_the_tag_and_says_its_vlan),
        TEST(vlan_ingress_refuses_frames_without_a_vlan),
        TEST(vlan_egress_refuses_a_frame_that_the_vm_has_tagged),
        TEST(vlan_egress_refuses_less_than_an_ethernet_header),
        TEST(vlan_ingress_refuses_a_tag_cut_short),
        TEST(flat_leaves_frames_as_they_are),
        TEST(every_rule_and_every_name_has_its_datapath),
        TEST(overhead_is_what_egress_adds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

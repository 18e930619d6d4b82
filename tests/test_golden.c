/* The golden frames: what the datapaths make of customer frames, byte for byte,
 * and back; and every way to cut them short. */

#include <glib.h>
#include <string.h>

#include "tests/cmocka_all.h"
#include "tests/hnv_bench.h"
#include "tests/wire_vectors.h"

#define INNER_V4 42 /* Offset of the customer's frame behind outer IPv4. */
#define INNER_V6 62

/* The customer's frames of 05, 22 and 23, which the file does not have; their
 * checksums were computed by hand, not by the code under test. */
#define CA_05                                                                 \
    "00155d01140100155d010a0108004500002c234540008006c1820a0101010a010102059" \
    "9"                                                                       \
    "c0005566778811223345601220008b220000020405b4"
#define CA_22                                                                 \
    "00155d010a0100155d01140108004500001f007740008011e4520a0101020a0101019c4" \
    "1"                                                                       \
    "9c42000bd2e0686e76"
#define CA_23                                                                 \
    "00155d010a0100155d01140108004500001f007740008011e4520a0101020a0101019c4" \
    "1"                                                                       \
    "9c42000b0000686e76"

/* A provider frame and the customer's it comes from: a golden frame by its
 * number, from 'offset' on, or hexadecimal digits. */
static const struct golden_case {
    const char *provider, *customer;
    size_t offset;
    enum policy_rule rule;
    enum hnv_vm src, dst;
    uint8_t ca_family, pa_family;
    bool use_vm_mac;
    uint16_t ip_id;
    uint8_t flow_id;
    uint32_t vsid; /* 0: the record's. */
} cases[] = {
    { .provider = "03-", .customer = "01-", .rule = POLICY_RULE_NAT },
    { .provider = "04-",
      .customer = "02-",
      .rule = POLICY_RULE_NAT,
      .src = RED_WEB,
      .dst = RED_SQL },
    { .provider = "05-",
      .customer = CA_05,
      .rule = POLICY_RULE_NAT,
      .src = BLUE_SQL,
      .dst = BLUE_WEB },
    { .provider = "06-",
      .customer = "01-",
      .rule = POLICY_RULE_NAT,
      .use_vm_mac = true },
    { .provider = "07-", .customer = "01-", .ip_id = 1 },
    { .provider = "08-",
      .customer = "02-",
      .src = RED_WEB,
      .dst = RED_SQL,
      .ip_id = 2 },
    { .provider = "09-", .customer = "01-", .ip_id = 3, .flow_id = 0xa7 },
    { .provider = "11-",
      .customer = "01-",
      .ip_id = 5,
      .flow_id = 255,
      .vsid = NVGRE_VSID_MAX },
    { .provider = "12-", .customer = "12-", .offset = INNER_V4, .ip_id = 6 },
    { .provider = "14-", .customer = "01-", .pa_family = IP_V6 },
    { .provider = "15-",
      .customer = "15-",
      .offset = INNER_V4,
      .ca_family = IP_V6,
      .ip_id = 8 },
    { .provider = "16-",
      .customer = "16-",
      .offset = INNER_V6,
      .ca_family = IP_V6,
      .pa_family = IP_V6 },
    { .provider = "20-", .customer = "19-", .rule = POLICY_RULE_NAT },
    { .provider = "22-", .customer = CA_22, .rule = POLICY_RULE_NAT },
    { .provider = "23-", .customer = CA_23, .rule = POLICY_RULE_NAT },
};

/* A case made ready. */
struct trip {
    const struct test_frame *provider;
    uint8_t customer[256];
    size_t customer_size;
    const struct datapath_ops *ops;
    struct policy_record src, dst;
    struct datapath dp;
    struct datapath_frame frame;
};

static void
trip_init(struct trip *trip, const struct golden_case *c)
{
    enum policy_rule rule = c->rule ? c->rule : POLICY_RULE_ENCAP;
    uint8_t ca_family = c->ca_family ? c->ca_family : IP_V4;
    uint8_t pa_family = c->pa_family ? c->pa_family : IP_V4;
    bool is_default = c->src == c->dst; /* Blue, WEB to SQL. */

    trip->provider = golden_frame(c->provider);
    if (strlen(c->customer) == 3) {
        const struct test_frame *customer = golden_frame(c->customer);

        trip->customer_size = customer->size - c->offset;
        memcpy(trip->customer, customer->data + c->offset,
               trip->customer_size);
    } else {
        trip->customer_size =
            from_hex(c->customer, trip->customer, sizeof trip->customer);
    }
    trip->ops = datapath_by_rule(rule);
    trip->src =
        hnv_record(is_default ? BLUE_WEB : c->src, rule, ca_family, pa_family);
    trip->dst =
        hnv_record(is_default ? BLUE_SQL : c->dst, rule, ca_family, pa_family);
    trip->src.use_vm_mac = trip->dst.use_vm_mac = c->use_vm_mac;
    if (c->vsid) {
        trip->src.vsid = trip->dst.vsid = c->vsid;
    }
    trip->dp = hnv_datapath(trip->src.mac.octets[4] == 0x0a ? 1 : 2);
    trip->dp.next_ip_id = c->ip_id;
    trip->frame =
        (struct datapath_frame){ .src = &trip->src, .dst = &trip->dst };
}

static void
datapaths_make_the_golden_provider_frames(void **state)
{
    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct trip t;
        struct packet *pkt;
        const struct fate *fate;

        trip_init(&t, &cases[i]);
        pkt = hnv_packet(t.customer, t.customer_size, t.customer_size);
        fate = cases[i].flow_id
                   ? nvgre_encapsulate(&t.dp, &t.frame, pkt, cases[i].flow_id)
                   : t.ops->egress(&t.dp, &t.frame, pkt);
        assert_null(fate);
        assert_true(eth_addr_is_zero(
            eth_addr_from_u64(get_be64(packet_data(pkt)) >> 16)));
        memcpy(packet_data(pkt), t.provider->data, ETH_ALEN); /* Next hop. */
        hnv_assert_packet(pkt, t.provider->data, t.provider->size);
        g_free(pkt);
    }
}

static void
datapaths_take_the_golden_provider_frames_back(void **state)
{
    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct trip t;
        struct packet *pkt;

        trip_init(&t, &cases[i]);
        pkt = hnv_packet(t.provider->data, t.provider->size, t.provider->size);
        packet_pad(pkt, 60); /* As on a link. */
        assert_null(t.ops->ingress(&t.dp, &t.frame, pkt));
        hnv_assert_packet(pkt, t.customer, t.customer_size);
        assert_int_equal(t.frame.vsid, t.src.vsid);
        assert_int_equal(t.frame.flow_id, cases[i].flow_id);
        assert_true(ip_addr_equal(&t.frame.outer_src, &t.src.pa));
        assert_true(ip_addr_equal(&t.frame.outer_dst, &t.dst.pa));
        g_free(pkt);
    }
}

static void
bad_golden_frames_are_refused_each_for_its_reason(void **state)
{
    static const struct {
        const char *name;
        enum datapath_drop why;
    } bad[] = {
        { "90-", DATAPATH_DROP_NVGRE_INNER_TAG },
        { "91-", DATAPATH_DROP_NVGRE_RESERVED_VSID },
        { "92-", DATAPATH_DROP_NVGRE_NO_KEY },
        { "93-", DATAPATH_DROP_NVGRE_CHECKSUM },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        const struct test_frame *golden = golden_frame(bad[i].name);
        struct packet *pkt =
            hnv_packet(golden->data, golden->size, golden->size);
        struct datapath dp = hnv_datapath(1);
        struct datapath_frame frame = { 0 };

        hnv_assert_drop(datapath_nvgre.ingress(&dp, &frame, pkt), bad[i].why);
        hnv_assert_packet(pkt, golden->data, golden->size);
        g_free(pkt);
    }
}

/* Whoever refuses does so by name; NVGRE and rewriting know the length of what
 * is there, so they accept nothing that is cut short. */
static void
a_golden_frame_cut_short_is_refused_at_every_length(void **state)
{
    struct policy_record src =
        hnv_record(BLUE_WEB, POLICY_RULE_NAT, IP_V4, IP_V4);
    struct policy_record dst =
        hnv_record(BLUE_SQL, POLICY_RULE_NAT, IP_V4, IP_V4);

    (void) state;
    for (size_t i = 0; i < n_golden_frames(); i++) {
        const struct test_frame *golden = golden_frame_at(i);

        for (size_t size = 0; size < golden->size; size++) {
            for (size_t k = 0; datapath_kinds[k]; k++) {
                const struct datapath_ops *ops = datapath_kinds[k];
                struct packet *pkt = hnv_packet(golden->data, size, size);
                struct datapath_frame frame = { .src = &src, .dst = &dst };
                struct datapath dp = hnv_datapath(1);
                const struct fate *fate = ops->ingress(&dp, &frame, pkt);

                if (ops == &datapath_nvgre || ops == &datapath_rewrite) {
                    assert_non_null(fate);
                }
                assert_true(!fate
                            || (fate >= datapath_drops
                                && fate < datapath_drops + DATAPATH_N_DROPS));
                g_free(pkt);
            }
        }
    }
}

/* Zeros that are not held are bytes like others: what comes out is the same, or
 * it is refused because a header is not held. */
static void
a_golden_frame_of_which_less_is_held_gives_the_same_bytes(void **state)
{
    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        size_t n_accepted = 0;
        struct trip t;

        trip_init(&t, &cases[i]);
        for (size_t held = 0; held <= t.provider->size; held++) {
            struct packet *pkt =
                hnv_packet(t.provider->data, held, t.provider->size);

            if (!t.ops->ingress(&t.dp, &t.frame, pkt)) {
                assert_int_equal(pkt->size, t.customer_size);
                assert_memory_equal(packet_data(pkt), t.customer, pkt->stored);
                n_accepted++;
            }
            g_free(pkt);
        }
        assert_in_range(n_accepted, 1, t.provider->size);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datapaths_make_the_golden_provider_frames),
        cmocka_unit_test(datapaths_take_the_golden_provider_frames_back),
        cmocka_unit_test(bad_golden_frames_are_refused_each_for_its_reason),
        cmocka_unit_test(a_golden_frame_cut_short_is_refused_at_every_length),
        cmocka_unit_test(
            a_golden_frame_of_which_less_is_held_gives_the_same_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

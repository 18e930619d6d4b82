#include "tests/switch_bench.h"

#include "tests/cmocka_all.h"

static void
hear(struct note_listener *listener, const struct node *node,
     const struct packet *pkt, const char *table, const char *text)
{
    struct switch_bench *b =
        (struct switch_bench *) (void *) ((char *) listener
                                          - offsetof(struct switch_bench,
                                                     notes));

    (void) node;
    (void) pkt;
    g_string_append_printf(b->heard, "%s: %s\n", table, text);
}

int
switch_bench_setup(void **state)
{
    return switch_bench_setup_as(state, (struct l2_switch_config){ 0 });
}

int
switch_bench_setup_as(void **state, struct l2_switch_config config)
{
    static const char *const names[N_ENDS][3] = {
        { "a", "sw1:p1", "a:eth0" },
        { "b", "sw1:p2", "b:eth0" },
        { "c", "sw1:p3", "c:eth0" },
        { "d", "sw1:p4", "d:eth0" },
    };
    struct switch_bench *b = g_new0(struct switch_bench, 1);

    config.name = "sw1";
    config.n_ports = N_ENDS + 1; /* The last one has no link. */
    config.macs =
        (struct mac_table_config){ .max_entries = 16, .aging = AGING };
    b->sim = sim_new(1);
    b->sw = l2_switch_new(b->sim, &config);
    for (int i = 0; i < N_ENDS; i++) {
        b->ends[i] = plain_node_new(b->sim, names[i][0], 1, PLAIN_KEEP);
        port_set_name(&b->sw->ports[i], names[i][1]);
        port_set_name(&b->ends[i]->node.ports[0], names[i][2]);
        plain_connect(&b->sw->ports[i], &b->ends[i]->node.ports[0],
                      (struct link_config){ 0 });
    }
    b->heard = g_string_new(NULL);
    b->notes.note = hear;
    *state = b;
    return 0;
}

int
switch_bench_teardown(void **state)
{
    struct switch_bench *b = *state;
    const struct l2_switch_stats *stats = l2_switch_stats(b->sw);
    struct packet_sums sums;

    assert_int_equal(stats->rx, stats->forwarded + stats->flooded
                                    + stats->consumed + stats->dropped);
    sim_packet_sums(b->sim, &sums);
    assert_true(packet_sums_add_up(&sums));
    assert_int_equal(sums.created, sums.delivered + sums.consumed
                                       + sums.dropped + sums.in_flight);
    sim_free(b->sim);
    g_string_free(b->heard, TRUE);
    g_free(b);
    return 0;
}

void
send_raw(struct switch_bench *b, int end, uint64_t src, uint64_t dst, int tci,
         size_t size)
{
    struct node *node = &b->ends[end]->node;
    size_t held = ETH_HLEN + (tci == UNTAGGED ? 0 : VLAN_HLEN);
    struct packet *pkt = node_new_packet(node, held, size + held - ETH_HLEN);
    struct eth_hdr eth = { eth_addr_from_u64(dst), eth_addr_from_u64(src),
                           0x88b5 };
    uint8_t *data = packet_data(pkt);

    eth_encode(&eth, data);
    if (tci != UNTAGGED) {
        put_be16(data + VLAN_OFS, ETH_TYPE_VLAN);
        put_be16(data + VLAN_OFS + 2, (uint16_t) tci);
        put_be16(data + VLAN_OFS + VLAN_HLEN, eth.type);
    }
    port_send(&node->ports[0], pkt);
    assert_true(sim_run(b->sim, sim_now(b->sim) + SIM_MS, UINT64_MAX));
}

uint64_t
station_mac(int n)
{
    return UINT64_C(0x020000000000) + (uint64_t) n;
}

void
send_frame(struct switch_bench *b, int src, int dst, int tci)
{
    send_raw(b, src, station_mac(src), station_mac(dst), tci, PAYLOAD);
}

void
assert_received(struct switch_bench *b, unsigned int n0, unsigned int n1,
                unsigned int n2, unsigned int n3)
{
    const unsigned int n[N_ENDS] = { n0, n1, n2, n3 };

    for (int i = 0; i < N_ENDS; i++) {
        assert_int_equal(b->ends[i]->kept.n_packets, n[i]);
    }
}

void
assert_takes(struct switch_bench *b, int end, int tci)
{
    struct packet *pkt = packet_queue_pop(&b->ends[end]->kept);
    const uint8_t *data;

    assert_non_null(pkt);
    data = packet_data(pkt);
    if (tci == UNTAGGED) {
        assert_int_equal(get_be16(data + VLAN_OFS), 0x88b5);
        assert_int_equal(pkt->size, PAYLOAD);
    } else {
        assert_int_equal(get_be16(data + VLAN_OFS), ETH_TYPE_VLAN);
        assert_int_equal(get_be16(data + VLAN_OFS + 2), tci);
        assert_int_equal(get_be16(data + VLAN_OFS + VLAN_HLEN), 0x88b5);
        assert_int_equal(pkt->size, PAYLOAD + VLAN_HLEN);
    }
    node_end_packet(&b->ends[end]->node, pkt, &plain_delivered);
}

void
assert_dropped(struct switch_bench *b, enum l2_switch_drop why, uint64_t n)
{
    assert_int_equal(node_fate_count(b->sw, &l2_switch_drops[why]), n);
    assert_int_equal(l2_switch_stats(b->sw)->dropped, n);
}

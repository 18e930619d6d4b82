#include "tests/address_caching.h"

#include <glib.h>

#include "models/fabric/l2_switch.h"
#include "models/wire/eth.h"
#include "sim/port.h"

enum { LEARNING, TEST, MONITORING, N_PORTS };

#define TEST_STATION UINT64_C(0x02fffffffffe)

/* The tester: all its ports are one node's. */
struct tester {
    struct node node;
    uint64_t n_flooded; /* Frames that came to the monitoring port. */
};

static const struct fate arrived = { FATE_DELIVERED, "arrived",
                                     "reached the tester" };

static void
tester_receive(struct node *node, struct port *in, struct packet *pkt)
{
    ((struct tester *) (void *) node)->n_flooded += in->index == MONITORING;
    node_end_packet(node, pkt, &arrived);
}

static void
tester_destroy(struct node *node)
{
    node_clear(node);
    g_free(node);
}

static const struct node_ops tester_ops = {
    .kind = "tester",
    .receive = tester_receive,
    .destroy = tester_destroy,
};

uint64_t
address_in_sequence(uint32_t i)
{
    return UINT64_C(0x020000000000) + i;
}

uint64_t
address_at_random(uint32_t i)
{
    struct random_stream random = { .key = 2889, .n = i };

    return (random_u64(&random) & UINT64_C(0xfcffffffffff))
           | UINT64_C(0x020000000000);
}

static void
send_frame(struct node *tester, uint32_t port, uint64_t dst, uint64_t src)
{
    struct packet *pkt = node_new_packet(tester, ETH_HLEN, 60);
    struct eth_hdr eth = { eth_addr_from_u64(dst), eth_addr_from_u64(src),
                           0x88b5 };

    eth_encode(&eth, packet_data(pkt));
    port_send(&tester->ports[port], pkt);
}

static void
run_out(struct sim *sim)
{
    sim_run(sim, sim_now(sim) + SIM_S, UINT64_MAX);
}

/* Says whether the switch caches the first 'n' addresses. */
static bool
trial(const struct mac_table_config *config, address_fn *address, uint32_t n)
{
    static const char *const names[2][N_PORTS] = {
        { "dut:1", "dut:2", "dut:3" },
        { "tester:1", "tester:2", "tester:3" },
    };
    const struct link_config link = { .rate_bps = 10000000000,
                                      .buffer_bytes = UINT64_MAX };
    struct l2_switch_config dut = { .name = "dut",
                                    .n_ports = N_PORTS,
                                    .macs = *config };
    struct sim *sim = sim_new(1);
    struct tester *tester = g_new0(struct tester, 1);
    struct node *sw = l2_switch_new(sim, &dut);
    uint64_t n_flooded;

    node_init(&tester->node, &tester_ops, sim, "tester", N_PORTS);
    for (int i = 0; i < N_PORTS; i++) {
        port_set_name(&sw->ports[i], names[0][i]);
        port_set_name(&tester->node.ports[i], names[1][i]);
        port_connect(&sw->ports[i], &tester->node.ports[i], &link);
    }
    for (uint32_t i = 0; i < n; i++) {
        send_frame(&tester->node, LEARNING, TEST_STATION, address(i));
    }
    run_out(sim);
    tester->n_flooded = 0; /* The test station was not known yet. */
    for (uint32_t i = 0; i < n; i++) {
        send_frame(&tester->node, TEST, address(i), TEST_STATION);
    }
    run_out(sim);
    n_flooded = tester->n_flooded;
    sim_free(sim);
    return n_flooded == 0;
}

uint32_t
address_caching_capacity(const struct mac_table_config *config,
                         address_fn *address, uint32_t max, uint32_t *n_trials)
{
    uint32_t most = 0, too_many = max + 1;

    while (too_many - most > 1) {
        uint32_t n = most + (too_many - most) / 2;

        if (n_trials) {
            ++*n_trials;
        }
        if (trial(config, address, n)) {
            most = n;
        } else {
            too_many = n;
        }
    }
    return most;
}

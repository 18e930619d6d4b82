/* Frames to the ports of two bridges that run RSTP, one of which the input is a
 * neighbor of at every port but those between the two: BPDUs of any kind, at any
 * time, links that come and go, frames in VLANs.  Whatever comes, every packet
 * has one fate, the two agree on which of their links is open, and no frame is
 * flooded round.
 *
 * The input is a list of actions, two bytes each: what, and how much of it; a
 * frame's bytes follow.
 *
 *     0 to 3   a frame of so many bytes arrives at port 0 or 1 of either bridge
 *     4        so many times 50 ms pass
 *     5        a link between the two goes down or comes up */

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "models/fabric/l2_switch.h"
#include "sim/port.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define PORTS 4 /* Of a bridge: two of the input's, two to the other one. */

struct bench {
    struct sim *sim;
    struct node *bridges[2];
    struct node *neighbor; /* At all other ports: it takes what comes. */
};

static const struct fate taken = { FATE_DELIVERED, "taken", "" };

static void
neighbor_receive(struct node *node, struct port *in, struct packet *pkt)
{
    (void) in;
    node_end_packet(node, pkt, &taken);
}

static void
neighbor_destroy(struct node *node)
{
    node_clear(node);
    g_free(node);
}

static const struct node_ops neighbor_ops = {
    .kind = "neighbor",
    .receive = neighbor_receive,
    .destroy = neighbor_destroy,
};

static void
check(bool ok)
{
    if (!ok) {
        abort();
    }
}

static void
build(struct bench *b)
{
    static const struct link_config link = { 1000000000, SIM_US, 100000, 0 };
    struct l2_switch_config config = {
        .n_ports = PORTS,
        .macs = { .max_entries = 4, .aging = 300 * SIM_S },
        .max_vlans = 2,
        .learning_rate = 100,
        .stp = rstp_default,
    };

    config.stp.is_on = true;
    b->sim = sim_new(1);
    for (unsigned int i = 0; i < 2; i++) {
        config.name = i ? "sw2" : "sw1";
        config.mac = eth_addr_from_u64(0x020000000001 + i);
        b->bridges[i] = l2_switch_new(b->sim, &config);
    }
    b->neighbor = g_new0(struct node, 1);
    node_init(b->neighbor, &neighbor_ops, b->sim, "neighbor", PORTS);
    for (unsigned int i = 0; i < PORTS; i++) {
        port_connect(&b->bridges[i / 2]->ports[i % 2], &b->neighbor->ports[i],
                     &link);
    }
    for (unsigned int i = 2; i < PORTS; i++) {
        port_connect(&b->bridges[0]->ports[i], &b->bridges[1]->ports[i],
                     &link);
    }
}

static bool
is_open(const struct bench *b, uint32_t port)
{
    return port_is_up(&b->bridges[0]->ports[port])
           && l2_switch_forwards(b->bridges[0], port)
           && l2_switch_forwards(b->bridges[1], port);
}

static void
run(struct bench *b, sim_time time)
{
    sim_time end = sim_now(b->sim) + time;

    while (!sim_run(b->sim, end, 1)) {
        check(!is_open(b, 2) || !is_open(b, 3));
    }
}

static void
send_frame(struct bench *b, uint32_t port, const uint8_t *data, size_t size)
{
    struct packet *pkt = node_new_packet(b->neighbor, size, MAX(size, 60));

    memcpy(packet_data(pkt), data, size);
    port_send(&b->neighbor->ports[port], pkt);
    run(b, 20 * SIM_US);
}

/* Returns how much of the input it has used. */
static size_t
act(struct bench *b, const uint8_t *data, size_t size)
{
    uint8_t what = data[0] % 6, much = data[1];
    size_t n = MIN(much, size - 2);

    if (what < 4) {
        send_frame(b, what, data + 2, n);
        return 2 + n;
    } else if (what == 4) {
        run(b, much * 50 * SIM_MS);
    } else {
        struct port *port = &b->bridges[0]->ports[2 + much % 2];

        port_set_up(port, !port_is_up(port));
    }
    return 2;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bench b;
    struct packet_sums sums;

    build(&b);
    run(&b, SIM_MS);
    for (size_t i = 0; i + 2 <= size && i < 4096;) {
        i += act(&b, data + i, size - i);
    }
    run(&b, SIM_S);
    for (int i = 0; i < 2; i++) {
        const struct l2_switch_stats *stats = l2_switch_stats(b.bridges[i]);

        check(stats->rx
              == stats->forwarded + stats->flooded + stats->consumed
                     + stats->dropped);
        check(l2_switch_storm(b.bridges[i]) == SIM_NEVER);
    }
    sim_packet_sums(b.sim, &sums);
    check(packet_sums_add_up(&sums));
    sim_free(b.sim);
    return 0;
}

/* Frames out of ports with priorities, marking and a shared buffer.  Whatever
 * they are, a right IPv4 checksum stays right, no byte but those of ECN and the
 * checksum changes, and every packet has had one fate at the end.
 *
 * The input is a byte of configuration (bits 0 and 1: priorities, bits 2 to 4:
 * classes - 1, bit 5: shared, bit 6: marks), then frames, each behind two bytes:
 * the port (bit 0; bit 7: a microsecond passes before) and the number of its
 * bytes, which may be more than there are left. */

#include <glib.h>
#include <string.h>

#include "models/fabric/queueing.h"
#include "models/fabric/traffic_class.h"
#include "models/wire/bytes.h"
#include "models/wire/checksum.h"
#include "models/wire/eth.h"
#include "models/wire/ipv4.h"
#include "models/wire/vlan.h"
#include "sim/port.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define N_PORTS    2
#define FRAMES_MAX 64

static const struct fate sink_end = { FATE_DELIVERED, "sink", "arrived" };

static void
sink_receive(struct node *node, struct port *in, struct packet *pkt)
{
    (void) in;
    node_end_packet(node, pkt, &sink_end);
}

static void
sink_destroy(struct node *node)
{
    queueing_remove(node);
    node_clear(node);
    g_free(node);
}

static const struct node_ops sink_ops = {
    .kind = "sink",
    .receive = sink_receive,
    .destroy = sink_destroy,
};

static struct node *
new_sink(struct sim *sim, const char *name)
{
    struct node *node = g_new0(struct node, 1);

    node_init(node, &sink_ops, sim, name, N_PORTS);
    for (int i = 0; i < N_PORTS; i++) {
        port_set_name(&node->ports[i], name);
    }
    return node;
}

/* Returns where the ECN of the IP packet in 'frame' is, or 0. */
static size_t
find_traffic_class(const uint8_t *frame, size_t size)
{
    size_t ofs = ETH_HLEN;

    if (size >= ofs + VLAN_HLEN
        && get_be16(frame + VLAN_OFS) == ETH_TYPE_VLAN) {
        ofs += VLAN_HLEN;
    }
    return size > ofs + 1 ? ofs + 1 : 0;
}

/* Marks a copy of 'pkt', if it is ECT, and looks at what that changed. */
static void
check_mark(struct node *node, const struct packet *pkt)
{
    struct packet *copy = node_clone_packet(node, pkt);
    const uint8_t *from = packet_data(pkt);
    const uint8_t *to = packet_data(copy);
    size_t at = find_traffic_class(from, pkt->stored);

    if (packet_is_ect(copy)) {
        bool is_v4 = get_be16(from + at - 3) == ETH_TYPE_IPV4;
        size_t check = at - 1 + IPV4_OFS_CHECKSUM;

        packet_mark_ce(copy);
        g_assert(!packet_is_ect(copy));
        for (size_t i = 0; i < pkt->stored; i++) {
            g_assert(from[i] == to[i] || i == at
                     || (is_v4 && (i == check || i == check + 1)));
        }
        g_assert(!is_v4 || checksum_of(from + at - 1, IPV4_HLEN)
                 || !checksum_of(to + at - 1, IPV4_HLEN));
    }
    node_end_packet(node, copy, &sink_end);
}

static void
send_frames(struct sim *sim, struct node *node, const uint8_t *data,
            size_t size)
{
    for (int n = 0; n < FRAMES_MAX && size >= 2; n++) {
        size_t stored = MIN(data[1], size - 2);
        struct packet *pkt = node_new_packet(node, stored, stored + data[0]);

        if (data[0] & 0x80) {
            sim_run(sim, sim_now(sim) + SIM_US, UINT64_MAX);
        }
        if (stored) {
            memcpy(packet_data(pkt), data + 2, stored);
        }
        check_mark(node, pkt);
        port_send(&node->ports[data[0] & 1], pkt);
        data += 2 + stored;
        size -= 2 + stored;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct link_config link = { .rate_bps = 1000000000,
                                      .buffer_bytes = 2000 };
    struct queueing_config config = { .buffer_bytes = 2000,
                                      .ecn_min_bytes = 100,
                                      .ecn_max_bytes = 800,
                                      .ecn_max_probability = 0.5 };
    struct packet_sums sums;
    struct node *from, *to;
    struct sim *sim;

    if (size == 0) {
        return 0;
    }
    config.priorities = (enum queueing_priorities)((data[0] & 3) % 3);
    config.n_classes = 1 + (data[0] >> 2 & 7);
    config.shared = data[0] >> 5 & 1;
    config.ecn = data[0] >> 6 & 1;
    sim = sim_new(1);
    from = new_sink(sim, "from");
    to = new_sink(sim, "to");
    queueing_install(from, &config);
    for (int i = 0; i < N_PORTS; i++) {
        port_connect(&from->ports[i], &to->ports[i], &link);
    }
    send_frames(sim, from, data + 1, size - 1);
    sim_run(sim, SIM_S, UINT64_MAX);
    sim_packet_sums(sim, &sums);
    g_assert(packet_sums_add_up(&sums) && sums.in_flight == 0);
    g_assert(queueing_read_used(from) == 0);
    sim_free(sim);
    return 0;
}

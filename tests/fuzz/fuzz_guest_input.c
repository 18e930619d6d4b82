/* Any frames into a guest that has sockets, pings and listens.
 *
 * Input: for each frame options 1 byte, bytes held 2 bytes, zeros behind them
 * 2 bytes, the bytes held.  An option repairs the checksums that would keep
 * most frames out.  Checked: no crash, and every packet is accounted for. */

#include <glib.h>
#include <string.h>

#include "models/guest/udp.h"
#include "models/guest/workload.h"
#include "models/wire/checksum.h"
#include "sim/node.h"

#define OPTION_REPAIR 0x01 /* IPv4's and ICMP's checksums. */
#define OPTION_WAIT   0x02 /* Time passes first. */
#define FRAME_HEAD    5
#define ADDRESS       0x0a010101

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const struct fate fate_sent = { FATE_DELIVERED, "sent",
                                       "by the guest" };

static struct guest *guest; /* Freed by its node. */

static uint64_t
held(const struct node *node)
{
    (void) node;
    return guest_held(guest);
}

static void
destroy(struct node *node)
{
    guest_free(guest);
    node_clear(node);
}

static const struct node_ops ops = {
    .kind = "fuzz",
    .held = held,
    .destroy = destroy,
};

static void
output(void *node, struct guest *from, struct packet *pkt)
{
    (void) from;
    node_end_packet(node, pkt, &fate_sent);
}

static void
repair(uint8_t *data, size_t size)
{
    uint8_t *ip = data + ETH_HLEN;
    size_t hlen = size > ETH_HLEN + 20 ? 4u * (ip[0] & 0xf) : 0;

    if (hlen >= 20 && size >= ETH_HLEN + hlen) {
        put_be16(ip + 10, 0);
        put_be16(ip + 10, checksum_of(ip, hlen));
        if (ip[9] == IP_PROTO_ICMP && size >= ETH_HLEN + hlen + ICMP_HLEN) {
            icmp_set_checksum(ip + hlen, size - ETH_HLEN - hlen);
        }
    }
}

/* Takes a frame off the input; returns the bytes it used, 0 at the end. */
static size_t
next_frame(struct node *node, const uint8_t *data, size_t size)
{
    struct packet *pkt;
    size_t stored;

    if (size < FRAME_HEAD) {
        return 0;
    }
    stored = MIN(get_be16(data + 1), MIN(size - FRAME_HEAD, 9000));
    pkt = node_new_packet(node, stored, stored + get_be16(data + 3));
    memcpy(packet_data(pkt), data + FRAME_HEAD, stored);
    if (data[0] & OPTION_REPAIR) {
        repair(packet_data(pkt), stored);
    }
    if (data[0] & OPTION_WAIT) {
        sim_run(node->sim, sim_now(node->sim) + SIM_S, UINT64_MAX);
    }
    guest_input(guest, pkt);
    guest_flush(guest);
    return FRAME_HEAD + stored;
}

/* A flow to or from the guest. */
static struct flow_config
flow_of(const char *kind, uint32_t index)
{
    return (struct flow_config){
        .kind = workload_kind_by_name(kind),
        .id = kind,
        .index = index,
        .to = ip_addr_from_v4(ADDRESS + 1),
        .port = 7,
        .stop = SIM_NEVER,
        .count = 3,
        .gap = { DISTRIBUTION_CONSTANT, (double) SIM_S, 0 },
        .size = { DISTRIBUTION_CONSTANT, 32, 0 },
        .tcp = tcp_config_default,
    };
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct guest_config config = {
        .name = "guest",
        .mac = { { 0, 0x15, 0x5d, 1, 1, 1 } },
        .address = { ip_addr_from_v4(ADDRESS), 24 },
        .mtu = 1500,
    };
    struct flow_config ping = flow_of("ping", 1), udp = flow_of("udp", 2);
    struct flow_config rr = flow_of("tcp_rr", 0); /* Tag of what comes. */
    struct flow_end *ends[4];
    struct packet_sums sums;
    struct sim *sim = sim_new(1);
    struct node node;
    size_t used;

    udp.index = 0;
    node_init(&node, &ops, sim, "node", 0);
    guest = guest_new(&node, &config, output, &node);
    ends[0] = flow_client_new(guest, &ping);
    ends[1] = flow_client_new(guest, &udp);
    ends[2] = flow_server_new(guest, &udp);
    ends[3] = flow_server_new(guest, &rr);
    while ((used = next_frame(&node, data, size)) > 0) {
        data += used;
        size -= used;
    }
    sim_run(sim, sim_now(sim) + 10 * SIM_S, UINT64_MAX);
    sim_packet_sums(sim, &sums);
    g_assert(packet_sums_add_up(&sums));
    for (int i = 0; i < 4; i++) {
        flow_end_free(ends[i]);
    }
    sim_free(sim);
    return 0;
}

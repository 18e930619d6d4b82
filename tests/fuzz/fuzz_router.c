/* Frames into a router with networks of both families, a bridged interface,
 * static and computed routes, equal next hops and a small neighbor table.
 * Whatever the frames are, every packet must have had one fate when all timers
 * have fired.
 *
 * The input is a run of frames, each behind two bytes: the port (below
 * N_PORTS; bit 7: a second passes before) with the kind of hash in bits 4 and
 * 5, and the number of its bytes divided by 4, which may be more than there are
 * left.  The rest of a frame, up to twice as long, is zeros that are not
 * held. */

#include <glib.h>
#include <string.h>

#include "models/fabric/router.h"
#include "sim/port.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define N_PORTS    6
#define FRAMES_MAX 64
#define MTU_SMALL  600

static const struct fate sink_end = { FATE_DELIVERED, "sink", "arrived" };

/* What is at the other end of all links. */
static void
sink_receive(struct node *node, struct port *in, struct packet *pkt)
{
    (void) in;
    node_end_packet(node, pkt, &sink_end);
}

static void
sink_destroy(struct node *node)
{
    node_clear(node);
    g_free(node);
}

static const struct node_ops sink_ops = {
    .kind = "sink",
    .receive = sink_receive,
    .destroy = sink_destroy,
};

static struct ip_addr
v6(uint8_t network, uint8_t host)
{
    struct ip_addr addr = { .family = IP_V6 };

    put_be32(addr.octets, 0x20010db8);
    addr.octets[5] = network;
    addr.octets[15] = host;
    return addr;
}

/* Ports 0, 1, 2: network n; 3: unnumbered; 4 and 5: network 4. */
static void
add_interfaces(struct node *router)
{
    for (uint8_t i = 0; i < 5; i++) {
        const uint32_t ports[] = { i, 5 };
        struct router_interface_config config = {
            .mac = eth_addr_from_u64(UINT64_C(0x020000000100) + i),
            .ports = ports,
            .n_ports = i == 4 ? 2 : 1,
        };

        if (i != 3) {
            config.v4 = (struct ip_prefix){
                ip_addr_from_v4(0x0a000001 + ((uint32_t) i << 8)), 24
            };
            config.v6 = (struct ip_prefix){ v6(i, 1), 64 };
        }
        router_add_interface(router, &config);
    }
}

static void
add_routes(struct node *router)
{
    const struct router_next_hop equal[] = {
        { .port = 1, .mac = { { 2, 0, 0, 0, 9, 1 } } },
        { .port = 3, .mac = { { 2, 0, 0, 0, 9, 3 } } },
        { .port = 2, .mac = { { 2, 0, 0, 0, 9, 2 } } },
    };
    const struct router_next_hop via = { .via = ip_addr_from_v4(0x0a00020a) };
    const struct router_next_hop via6 = { .via = v6(2, 10) };
    const struct ip_prefix net = { ip_addr_from_v4(0xc0000200), 24 };
    const struct ip_prefix net6 = { v6(0x99, 0), 48 };
    const struct ip_prefix any = { ip_addr_from_v4(0), 0 };
    const struct ip_prefix host6 = { v6(0x98, 1), 128 };

    router_add_route(router, ROUTER_ROUTE_COMPUTED, &net, equal, 3);
    router_add_route(router, ROUTER_ROUTE_COMPUTED, &net6, equal, 3);
    router_add_route(router, ROUTER_ROUTE_STATIC, &any, &via, 1);
    router_add_route(router, ROUTER_ROUTE_STATIC, &host6, &via6, 1);
}

static struct node *
make_network(struct sim *sim, uint8_t kind)
{
    const struct router_config config = {
        .name = "r1",
        .n_ports = N_PORTS + 1,
        .router_id = ip_addr_from_v4(0x0aff0001),
        .max_neighbors = 3,
        .max_routes = 12,
        .max_host_routes = 1,
        .ecmp = (enum ecmp_hash)(kind & 3),
    };
    const struct link_config link = { .rate_bps = 10000000000,
                                      .delay = SIM_US,
                                      .buffer_bytes = 100000 };
    struct node *router = router_new(sim, &config);
    struct node *sink = g_new0(struct node, 1);

    node_init(sink, &sink_ops, sim, "sink", N_PORTS);
    for (uint32_t i = 0; i < N_PORTS; i++) {
        port_connect(&router->ports[i], &sink->ports[i], &link);
    }
    router->ports[1].mtu = MTU_SMALL;
    router->ports[5].mtu = MTU_SMALL;
    add_interfaces(router);
    add_routes(router);
    return router;
}

static void
check_sums(struct sim *sim)
{
    struct packet_sums sums;

    sim_packet_sums(sim, &sums);
    g_assert(packet_sums_add_up(&sums));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sim *sim = sim_new(1);
    struct node *router = make_network(sim, size ? data[0] >> 4 : 0);

    for (int i = 0; i < FRAMES_MAX && size >= 2; i++) {
        size_t n = MIN(4u * data[1], size - 2);
        struct packet *pkt =
            node_new_packet(router, n, n + (data[1] & 1 ? n : 0));

        if (data[0] & 0x80) {
            sim_run(sim, sim_now(sim) + SIM_S, UINT64_MAX);
        }
        memcpy(packet_data(pkt), data + 2, n);
        router->ops->receive(
            router, &router->ports[(data[0] & 0xf) % (N_PORTS + 1)], pkt);
        data += 2 + n;
        size -= 2 + n;
    }
    check_sums(sim);
    sim_run(sim, sim_now(sim) + 600 * SIM_S, UINT64_MAX);
    check_sums(sim);
    g_assert(router->ops->held(router) == 0);
    sim_free(sim);
    return 0;
}

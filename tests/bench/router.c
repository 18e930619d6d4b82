/* Measures the router alone, and prints the measure as one line of JSON.  It is
 * for profiles; the bench plays the same workload as a scenario.
 *
 *     bench_router K MS
 *
 * Workload W1: a fat tree of K-port routers, all links 10 Gb/s and 1 us, 100
 * packets of buffer.  Server i of n sends to server (i + n / 2) mod n: 1,500-byte
 * IP packets of UDP at 5 Gb/s, starts spread over one packet interval, for MS
 * milliseconds.  Servers ask for their router's MAC first; they make frames and
 * end them, and are nothing else.
 *
 * Time is the user CPU time of the event loop; that of computing the routes is
 * given too. */

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "models/fabric/router.h"
#include "models/fabric/routing.h"
#include "models/wire/arp.h"
#include "models/wire/ipv4.h"
#include "models/wire/udp.h"
#include "sim/port.h"

#define FRAME     1514
#define HEADERS   (ETH_HLEN + IPV4_HLEN + UDP_HLEN)
#define LINK_RATE UINT64_C(10000000000)
#define LOAD_RATE UINT64_C(5000000000)

static const struct fate delivered = { FATE_DELIVERED, "delivered", "" };

struct server {
    struct node node;
    struct event timer;
    sim_time gap; /* Between two packets. */
    bool has_asked;
    uint8_t arp[ETH_HLEN + ARP_HLEN];
    uint8_t headers[HEADERS];
};

/* The fat tree: its nodes, and the ports of each router in use so far. */
struct tree {
    struct sim *sim;
    struct routing *routing;
    uint32_t k, half;
    struct node **servers, **edges, **aggs, **cores;
};

static double
user_seconds(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double) usage.ru_utime.tv_sec
           + (double) usage.ru_utime.tv_usec / 1e6;
}

/* Servers. */

static void
server_send(struct event *timer)
{
    struct server *server =
        (struct server *) (void *) ((char *) timer
                                    - offsetof(struct server, timer));
    struct packet *pkt;

    if (!server->has_asked) {
        server->has_asked = true;
        pkt = node_new_packet(&server->node, sizeof server->arp,
                              sizeof server->arp);
        memcpy(packet_data(pkt), server->arp, sizeof server->arp);
    } else {
        pkt = node_new_packet(&server->node, HEADERS, FRAME);
        memcpy(packet_data(pkt), server->headers, HEADERS);
    }
    port_send(&server->node.ports[0], pkt);
    event_schedule_after(server->node.sim, timer, server->gap);
}

static void
server_receive(struct node *node, struct port *in, struct packet *pkt)
{
    (void) in;
    node_end_packet(node, pkt, &delivered);
}

static void
server_destroy(struct node *node)
{
    node_clear(node);
    g_free(node);
}

static const struct node_ops server_ops = {
    .kind = "server",
    .receive = server_receive,
    .destroy = server_destroy,
};

/* Server 'i' is host i % half + 2 of rack i / half: 10.pod.edge.host. */
static uint32_t
address_of(const struct tree *tree, uint32_t i)
{
    uint32_t rack = i / tree->half;

    return 10u << 24 | rack / tree->half << 16 | rack % tree->half << 8
           | (i % tree->half + 2);
}

static struct eth_addr
rack_mac(uint32_t rack)
{
    return eth_addr_from_u64(UINT64_C(0x020100000000) + rack);
}

static struct eth_addr
server_mac(uint32_t i)
{
    return eth_addr_from_u64(UINT64_C(0x020200000000) + i);
}

static struct node *
new_server(const struct tree *tree, uint32_t i, uint32_t n)
{
    struct server *server = g_new0(struct server, 1);
    uint32_t to = (i + n / 2) % n;
    const struct eth_hdr eth = { rack_mac(i / tree->half), server_mac(i),
                                 ETH_TYPE_IPV4 };
    const struct eth_hdr arp_eth = { ETH_ADDR_BROADCAST, server_mac(i),
                                     ETH_TYPE_ARP };
    const struct arp_hdr arp = {
        .op = ARP_REQUEST,
        .sha = server_mac(i),
        .spa = ip_addr_from_v4(address_of(tree, i)),
        .tpa = ip_addr_from_v4((address_of(tree, i) & ~255u) | 1),
    };
    const struct ipv4_hdr ip = {
        .ttl = 64,
        .protocol = IP_PROTO_UDP,
        .total_length = FRAME - ETH_HLEN,
        .src = ip_addr_from_v4(address_of(tree, i)),
        .dst = ip_addr_from_v4(address_of(tree, to)),
    };
    const struct udp_hdr udp = { (uint16_t) (4096 + i), 5000,
                                 FRAME - ETH_HLEN - IPV4_HLEN, 0 };

    node_init(&server->node, &server_ops, tree->sim, "server", 1);
    eth_encode(&eth, server->headers);
    ipv4_encode(&ip, server->headers + ETH_HLEN);
    udp_encode(&udp, server->headers + ETH_HLEN + IPV4_HLEN);
    eth_encode(&arp_eth, server->arp);
    arp_encode(&arp, server->arp + ETH_HLEN);
    server->gap = sim_transmission_time(FRAME - ETH_HLEN, LOAD_RATE);
    event_init(&server->timer, server_send, node_next_rank(&server->node));
    event_schedule_at(tree->sim, &server->timer, server->gap * i / n);
    return &server->node;
}

/* Routers. */

static struct node *
new_router(const struct tree *tree, uint32_t seed)
{
    const struct router_config config = {
        .name = "router",
        .n_ports = tree->k,
        .max_neighbors = 1024,
        .max_routes = 16384,
        .max_host_routes = 1024,
        .ecmp = ECMP_OUTER_5TUPLE,
        .hash_seed = seed,
    };
    struct node *node = router_new(tree->sim, &config);

    routing_add(tree->routing, node);
    return node;
}

/* Gives ports of 'node' that lead to routers an interface each, without an
 * address. */
static void
add_links(struct node *node, uint32_t begin, uint32_t end)
{
    for (uint32_t i = begin; i < end; i++) {
        const struct router_interface_config config = {
            .mac = eth_addr_from_u64(UINT64_C(0x020300000000)
                                     + ((uint64_t) node->id << 8) + i),
            .ports = &i,
            .n_ports = 1,
        };

        router_add_interface(node, &config);
    }
}

/* Gives the edge router of 'rack' its servers' network, bridged over the ports
 * in front. */
static void
add_rack(const struct tree *tree, uint32_t rack)
{
    uint32_t *ports = g_new(uint32_t, tree->half);
    const struct router_interface_config config = {
        .mac = rack_mac(rack),
        .v4 = { ip_addr_from_v4((address_of(tree, rack * tree->half) & ~255u)
                                | 1),
                24 },
        .ports = ports,
        .n_ports = tree->half,
    };

    for (uint32_t i = 0; i < tree->half; i++) {
        ports[i] = i;
    }
    router_add_interface(tree->edges[rack], &config);
    add_links(tree->edges[rack], tree->half, tree->k);
    g_free(ports);
}

static void
connect(struct node *a, uint32_t i, struct node *b, uint32_t j)
{
    const struct link_config link = {
        .rate_bps = LINK_RATE,
        .delay = SIM_US,
        .buffer_bytes = 100 * (FRAME + PORT_LINE_EXTRA),
    };

    port_connect(&a->ports[i], &b->ports[j], &link);
}

static void
make_tree(struct tree *tree)
{
    uint32_t half = tree->half, n = tree->k * half;

    tree->servers = g_new(struct node *, n * half);
    tree->edges = g_new(struct node *, n);
    tree->aggs = g_new(struct node *, n);
    tree->cores = g_new(struct node *, half * half);
    for (uint32_t i = 0; i < n * half; i++) {
        tree->servers[i] = new_server(tree, i, n * half);
    }
    for (uint32_t i = 0; i < n; i++) {
        tree->edges[i] = new_router(tree, 3 * i);
        tree->aggs[i] = new_router(tree, 3 * i + 1);
    }
    for (uint32_t i = 0; i < half * half; i++) {
        tree->cores[i] = new_router(tree, 3 * i + 2);
        add_links(tree->cores[i], 0, tree->k);
    }
    for (uint32_t i = 0; i < n * half; i++) {
        connect(tree->servers[i], 0, tree->edges[i / half], i % half);
    }
    for (uint32_t i = 0; i < n; i++) {
        add_rack(tree, i);
        add_links(tree->aggs[i], 0, tree->k);
        for (uint32_t j = 0; j < half; j++) {
            connect(tree->edges[i], half + j, tree->aggs[i / half * half + j],
                    i % half);
            connect(tree->aggs[i], half + j, tree->cores[i % half * half + j],
                    i / half);
        }
    }
}

int
main(int argc, char **argv)
{
    struct tree tree = { 0 };
    double begin, routed, built;
    struct packet_sums sums;

    if (argc != 3 || atoi(argv[1]) < 2) {
        fprintf(stderr, "usage: bench_router K MS\n");
        return 2;
    }
    tree.k = (uint32_t) atoi(argv[1]);
    tree.half = tree.k / 2;
    tree.sim = sim_new(1);
    tree.routing = routing_new(sim_agenda(tree.sim), 0);
    make_tree(&tree);
    built = user_seconds();
    routing_compute(tree.routing);
    routed = user_seconds();
    begin = user_seconds();
    sim_run(tree.sim, (sim_time) (atof(argv[2]) * (double) SIM_MS),
            UINT64_MAX);
    begin = user_seconds() - begin;
    sim_packet_sums(tree.sim, &sums);
    printf("{\"bench\": \"router\", \"k\": %u, \"packets\": %" PRIu64
           ", \"delivered\": %" PRIu64 ", \"packet_hops\": %" PRIu64
           ", \"events\": %" PRIu64 ", \"fingerprint\": \"%016" PRIx64
           "\", \"routes_s\": %.6f, \"user_s\": %.6f, \"per_s\": %.0f}\n",
           tree.k, sums.created, sums.delivered, tree.sim->n_packet_hops,
           tree.sim->n_events, sim_fingerprint(tree.sim), routed - built,
           begin, (double) tree.sim->n_packet_hops / begin);
    if (!packet_sums_add_up(&sums)) {
        fprintf(stderr, "bench_router: the sums do not add up\n");
        return 1;
    }
    routing_free(tree.routing);
    sim_free(tree.sim);
    return 0;
}

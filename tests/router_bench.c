#include "tests/router_bench.h"

#include <stdlib.h>
#include <string.h>

#include "models/wire/checksum.h"
#include "models/wire/icmp6.h"
#include "models/wire/nd.h"
#include "models/wire/udp.h"
#include "tests/cmocka_all.h"

static const char *const port_names[N_STATIONS] = {
    "r1:p0", "r1:p1", "r1:p2", "r1:p3", "r1:p4", "r1:p5"
};
static const char *const station_names[N_STATIONS] = { "s0", "s1", "s2",
                                                       "s3", "s4", "s5" };

static void
hear(struct note_listener *listener, const struct node *node,
     const struct packet *pkt, const char *table, const char *text)
{
    struct router_bench *b =
        (struct router_bench *) (void *) ((char *) listener
                                          - offsetof(struct router_bench,
                                                     notes));

    (void) node;
    (void) pkt;
    g_string_append_printf(b->heard, "%s: %s\n", table, text);
}

uint64_t
router_mac(uint32_t interface)
{
    return UINT64_C(0x020000000100) + interface;
}

uint64_t
station_mac(int n)
{
    return UINT64_C(0x020000000000) + (uint64_t) n;
}

struct ip_addr
addr_of(const char *text)
{
    struct ip_addr addr;

    assert_true(ip_addr_parse(text, &addr));
    return addr;
}

static struct ip_addr
station_v4(int n)
{
    return ip_addr_from_v4(0x0a00000a + (uint32_t) (n == 5)
                           + ((uint32_t) (n == 5 ? 4 : n) << 8));
}

static struct ip_addr
v6_of(uint32_t network, uint32_t host)
{
    struct ip_addr addr = { .family = IP_V6 };

    put_be32(addr.octets, 0x20010db8);
    put_be16(addr.octets + 4, (uint16_t) network);
    put_be32(addr.octets + 12, host);
    return addr;
}

static struct ip_addr
station_v6(int n)
{
    return v6_of(n == 5 ? 4 : (uint32_t) n, n == 5 ? 11 : 10);
}

static void
add_interfaces(struct router_bench *b)
{
    for (uint32_t i = 0; i < 5; i++) {
        const uint32_t ports[] = { i, 5 };
        const struct router_interface_config config = {
            .mac = eth_addr_from_u64(router_mac(i)),
            .v4 = { ip_addr_from_v4(0x0a000001 + (i << 8)), 24 },
            .v6 = { v6_of(i, 1), 64 },
            .ports = ports,
            .n_ports = i == 4 ? 2 : 1,
        };

        assert_int_equal(router_add_interface(b->router, &config), i);
    }
}

struct router_bench *
router_bench_new(const struct router_config *config)
{
    struct router_bench *b = g_new0(struct router_bench, 1);

    b->config = *config;
    b->config.name = "r1";
    b->config.n_ports = N_STATIONS + 1; /* The last one has no interface. */
    b->sim = sim_new(1);
    b->router = router_new(b->sim, &b->config);
    for (int i = 0; i < N_STATIONS; i++) {
        b->stations[i] =
            plain_node_new(b->sim, station_names[i], 1, PLAIN_KEEP);
        port_set_name(&b->router->ports[i], port_names[i]);
        plain_connect(&b->router->ports[i], &b->stations[i]->node.ports[0],
                      (struct link_config){ 0 });
    }
    add_interfaces(b);
    b->heard = g_string_new(NULL);
    b->notes.note = hear;
    return b;
}

void
router_bench_free(struct router_bench *b)
{
    struct packet_sums sums;

    sim_packet_sums(b->sim, &sums);
    assert_true(packet_sums_add_up(&sums));
    sim_free(b->sim);
    g_string_free(b->heard, TRUE);
    g_free(b);
}

int
router_bench_setup(void **state)
{
    const struct router_config config = {
        .router_id = addr_of("10.255.0.1"),
        .max_neighbors = 16,
        .max_routes = 64,
        .max_host_routes = 8,
    };

    *state = router_bench_new(&config);
    return 0;
}

int
router_bench_teardown(void **state)
{
    router_bench_free(*state);
    return 0;
}

void
run_for(struct router_bench *b, sim_time time)
{
    assert_true(sim_run(b->sim, sim_now(b->sim) + time, UINT64_MAX));
}

/* Frames. */

static size_t
write_v4(uint8_t *data, const struct packet_spec *spec,
         const struct ip_addr *src, const struct ip_addr *dst, size_t l4_size)
{
    const struct ipv4_hdr ip = {
        .ttl = spec->ttl ? spec->ttl : 64,
        .protocol = spec->protocol ? spec->protocol : IP_PROTO_UDP,
        .total_length = (uint16_t) (IPV4_HLEN + l4_size),
        .id = 77,
        .dont_fragment = spec->dont_fragment,
        .more_fragments = spec->more_fragments,
        .fragment_offset = spec->fragment_offset,
        .src = *src,
        .dst = *dst,
    };

    ipv4_encode(&ip, data);
    return IPV4_HLEN;
}

static size_t
write_v6(uint8_t *data, const struct packet_spec *spec,
         const struct ip_addr *src, const struct ip_addr *dst, size_t l4_size)
{
    const struct ipv6_hdr ip = {
        .hop_limit = spec->ttl ? spec->ttl : 64,
        .next_header = spec->protocol ? spec->protocol : IP_PROTO_UDP,
        .payload_length = (uint16_t) l4_size,
        .src = *src,
        .dst = *dst,
    };

    ipv6_encode(&ip, data);
    return IPV6_HLEN;
}

struct packet *
make_packet(struct router_bench *b, const struct packet_spec *spec)
{
    struct ip_addr dst = addr_of(spec->dst);
    struct ip_addr own =
        dst.family == IP_V4 ? station_v4(spec->from) : station_v6(spec->from);
    struct ip_addr src = spec->src ? addr_of(spec->src) : own;
    uint32_t interface = spec->from == 5 ? 4 : (uint32_t) spec->from;
    size_t l4_size = spec->payload + (spec->body ? 0 : UDP_HLEN);
    size_t hlen = ETH_HLEN + (dst.family == IP_V4 ? IPV4_HLEN : IPV6_HLEN);
    size_t held = hlen + (spec->body ? spec->payload : UDP_HLEN);
    struct packet *pkt =
        node_new_packet(&b->stations[spec->from]->node, held, hlen + l4_size);
    const struct eth_hdr eth = {
        .dst = eth_addr_from_u64(spec->dst_mac ? spec->dst_mac
                                               : router_mac(interface)),
        .src = eth_addr_from_u64(station_mac(spec->from)),
        .type = dst.family == IP_V4 ? ETH_TYPE_IPV4 : ETH_TYPE_IPV6,
    };
    const struct udp_hdr udp = { spec->sport, spec->dport, (uint16_t) l4_size,
                                 0 };
    uint8_t *data = packet_data(pkt);

    eth_encode(&eth, data);
    data += ETH_HLEN;
    data += dst.family == IP_V4 ? write_v4(data, spec, &src, &dst, l4_size)
                                : write_v6(data, spec, &src, &dst, l4_size);
    if (spec->body) {
        memcpy(data, spec->body, spec->payload);
    } else {
        udp_encode(&udp, data);
    }
    return pkt;
}

void
send_packet(struct router_bench *b, const struct packet_spec *spec)
{
    port_send(&b->stations[spec->from]->node.ports[0], make_packet(b, spec));
    run_for(b, SIM_MS);
}

void
send_bytes(struct router_bench *b, int from, const uint8_t *data, size_t size)
{
    struct node *node = &b->stations[from]->node;
    struct packet *pkt = node_new_packet(node, size, size);

    memcpy(packet_data(pkt), data, size);
    port_send(&node->ports[0], pkt);
    run_for(b, SIM_MS);
}

void
send_arp(struct router_bench *b, int from, uint16_t op, const char *spa,
         const char *tpa)
{
    uint32_t interface = from == 5 ? 4 : (uint32_t) from;
    const struct arp_hdr arp = {
        .op = op,
        .sha = eth_addr_from_u64(station_mac(from)),
        .spa = spa ? addr_of(spa) : station_v4(from),
        .tha = eth_addr_from_u64(op == ARP_REPLY ? router_mac(interface) : 0),
        .tpa = tpa ? addr_of(tpa)
                   : ip_addr_from_v4(0x0a000001 + (interface << 8)),
    };
    const struct eth_hdr eth = {
        .dst = op == ARP_REPLY ? eth_addr_from_u64(router_mac(interface))
                               : ETH_ADDR_BROADCAST,
        .src = arp.sha,
        .type = ETH_TYPE_ARP,
    };
    uint8_t frame[ETH_HLEN + ARP_HLEN];

    eth_encode(&eth, frame);
    arp_encode(&arp, frame + ETH_HLEN);
    send_bytes(b, from, frame, sizeof frame);
}

static void
send_solicitation(struct router_bench *b, int from)
{
    uint32_t network = from == 5 ? 4 : (uint32_t) from;
    struct ip_addr src = station_v6(from);
    const struct nd_msg msg = {
        .type = ND_NEIGHBOR_SOLICIT,
        .target = v6_of(network, 1),
        .has_source_mac = true,
        .source_mac = eth_addr_from_u64(station_mac(from)),
    };
    struct ip_addr dst = nd_solicited_node(&msg.target);
    char text[IP_ADDR_STRLEN];
    uint8_t body[ND_SIZE_MAX];
    size_t n = nd_encode(&msg, body);

    icmp6_set_checksum(body, n, n, &src, &dst);
    ip_addr_format(&dst, text);
    send_packet(b, &(struct packet_spec){
                       .from = from,
                       .dst = text,
                       .dst_mac = UINT64_C(0x3333ff000001),
                       .protocol = IP_PROTO_ICMPV6,
                       .ttl = 255,
                       .body = body,
                       .payload = n,
                   });
}

void
introduce_stations(struct router_bench *b)
{
    for (int i = 0; i < N_STATIONS; i++) {
        send_arp(b, i, ARP_REQUEST, NULL, NULL);
        send_solicitation(b, i);
    }
    forget_frames(b);
}

struct packet *
take(struct router_bench *b, int station)
{
    return packet_queue_pop(&b->stations[station]->kept);
}

void
done(struct router_bench *b, int station, struct packet *pkt)
{
    node_end_packet(&b->stations[station]->node, pkt, &plain_delivered);
}

size_t
n_kept(const struct router_bench *b, int station)
{
    return b->stations[station]->kept.n_packets;
}

void
forget_frames(struct router_bench *b)
{
    for (int i = 0; i < N_STATIONS; i++) {
        struct packet *pkt;

        while ((pkt = take(b, i)) != NULL) {
            done(b, i, pkt);
        }
    }
}

uint64_t
n_ended(const struct router_bench *b, enum router_fate fate)
{
    return node_fate_count(b->router, &router_fates[fate]);
}

uint64_t
metric_of(const struct node *node, const char *name)
{
    for (const struct metric *metric = node->ops->metrics; metric->name;
         metric++) {
        if (!strcmp(metric->name, name)) {
            return metric->read(node);
        }
    }
    fail_msg("no metric %s", name);
    return 0;
}

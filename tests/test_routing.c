/* Computed routes: shortest ways over links that are up, when they are known,
 * and what happens until then. */

#include "models/fabric/routing.h"

#include <glib.h>
#include <string.h>

#include "models/fabric/router.h"
#include "models/wire/arp.h"
#include "models/wire/ipv4.h"
#include "sim/agenda.h"
#include "sim/port.h"
#include "tests/cmocka_all.h"
#include "tests/plain_node.h"

#define CONVERGENCE (50 * SIM_MS)
#define ROUTERS_MAX 24
#define PORTS       40

/* Routers "r0", ..., each with a rack's network 10.i.0.0/16 and fd00:i::/32
 * behind port 0, and links between them from port 1 on. */
struct fabric {
    struct sim *sim;
    struct routing *routing;
    struct node *routers[ROUTERS_MAX];
    uint32_t n_ports[ROUTERS_MAX]; /* In use. */
    struct plain_node *stations[ROUTERS_MAX];
    char names[ROUTERS_MAX][4];
    uint32_t n;
};

static struct fabric *
fabric_new(uint32_t n, uint32_t max_routes)
{
    struct fabric *f = g_new0(struct fabric, 1);

    f->sim = sim_new(1);
    f->routing = routing_new(sim_agenda(f->sim), CONVERGENCE);
    f->n = n;
    for (uint32_t i = 0; i < n; i++) {
        const struct router_config config = {
            .name = f->names[i],
            .n_ports = PORTS,
            .max_routes = max_routes,
            .hash_seed = i,
        };
        const uint32_t port = 0;
        struct router_interface_config rack = {
            .mac = eth_addr_from_u64(UINT64_C(0x020000000000) + (i << 8)),
            .v4 = { ip_addr_from_v4(0x0a000001 + (i << 16)), 16 },
            .v6 = { { .family = IP_V6 }, 32 },
            .ports = &port,
            .n_ports = 1,
        };

        g_snprintf(f->names[i], sizeof f->names[i], "r%u", i % 100);
        put_be16(rack.v6.addr.octets, 0xfd00);
        put_be16(rack.v6.addr.octets + 2, (uint16_t) i);
        rack.v6.addr.octets[15] = 1;
        f->routers[i] = router_new(f->sim, &config);
        f->stations[i] = plain_node_new(f->sim, "station", 1, PLAIN_KEEP);
        plain_connect(&f->routers[i]->ports[0], &f->stations[i]->node.ports[0],
                      (struct link_config){ 0 });
        router_add_interface(f->routers[i], &rack);
        routing_add(f->routing, f->routers[i]);
        f->n_ports[i] = 1;
    }
    return f;
}

static void
fabric_free(struct fabric *f)
{
    struct packet_sums sums;

    sim_packet_sums(f->sim, &sums);
    assert_true(packet_sums_add_up(&sums));
    routing_free(f->routing);
    sim_free(f->sim);
    g_free(f);
}

/* Joins two routers; returns the port of 'a'. */
static uint32_t
join(struct fabric *f, uint32_t a, uint32_t b)
{
    const uint32_t ends[2] = { a, b };
    uint32_t ports[2];

    for (int i = 0; i < 2; i++) {
        uint32_t at = ends[i];

        ports[i] = f->n_ports[at]++;
        assert_true(ports[i] < PORTS);
        router_add_interface(f->routers[at], &(struct router_interface_config){
                                                 .mac = eth_addr_from_u64(
                                                     UINT64_C(0x020000000000)
                                                     + (at << 8) + ports[i]),
                                                 .ports = &ports[i],
                                                 .n_ports = 1 });
    }
    plain_connect(&f->routers[a]->ports[ports[0]],
                  &f->routers[b]->ports[ports[1]], (struct link_config){ 0 });
    return ports[0];
}

static void
run_for(struct fabric *f, sim_time time)
{
    assert_true(sim_run(f->sim, sim_now(f->sim) + time, UINT64_MAX));
}

static struct ip_addr
host_of(uint32_t router, uint8_t family)
{
    struct ip_addr addr = ip_addr_from_v4(0x0a00000a + (router << 16));

    if (family == IP_V6) {
        addr = (struct ip_addr){ .family = IP_V6 };
        put_be16(addr.octets, 0xfd00);
        put_be16(addr.octets + 2, (uint16_t) router);
        addr.octets[15] = 10;
    }
    return addr;
}

/* Returns the number of next hops that 'from' has towards the rack of 'to'. */
static uint32_t
n_hops(const struct fabric *f, uint32_t from, uint32_t to, uint8_t family)
{
    struct ip_addr addr = host_of(to, family);

    return router_lookup(f->routers[from], &addr, NULL, 0);
}

static void
assert_hops(const struct fabric *f, uint32_t from, uint32_t to, uint32_t n)
{
    assert_int_equal(n_hops(f, from, to, IP_V4), n);
    assert_int_equal(n_hops(f, from, to, IP_V6), n);
}

/* A square: 0 - 1 - 3 and 0 - 2 - 3.  Returns the port of 1 to 3. */
static uint32_t
make_square(struct fabric *f)
{
    uint32_t port;

    join(f, 0, 1);
    join(f, 0, 2);
    port = join(f, 1, 3);
    join(f, 2, 3);
    routing_compute(f->routing);
    return port;
}

/* Sends an empty packet from a station to another's rack. */
static void
send_between(struct fabric *f, uint32_t from, uint32_t to)
{
    struct node *node = &f->stations[from]->node;
    struct packet *pkt = node_new_packet(node, ETH_HLEN + IPV4_HLEN, 60);
    const struct eth_hdr eth = {
        .dst = eth_addr_from_u64(UINT64_C(0x020000000000) + (from << 8)),
        .type = ETH_TYPE_IPV4,
    };
    const struct ipv4_hdr ip = {
        .ttl = 64,
        .protocol = IP_PROTO_UDP,
        .total_length = IPV4_HLEN,
        .src = host_of(from, IP_V4),
        .dst = host_of(to, IP_V4),
    };

    eth_encode(&eth, packet_data(pkt));
    ipv4_encode(&ip, packet_data(pkt) + ETH_HLEN);
    port_send(&node->ports[0], pkt);
}

/* A link that is set down, or up, at a time. */
struct setting {
    struct agenda_item item;
    struct port *port;
    bool is_up;
};

static void
set_port(struct agenda_item *item)
{
    struct setting *setting = (struct setting *) (void *) item;

    port_set_up(setting->port, setting->is_up);
}

static void
plan(struct fabric *f, struct setting *setting, uint32_t router, uint32_t port,
     bool is_up, sim_time when)
{
    *setting = (struct setting){ .item = { .act = set_port },
                                 .port = &f->routers[router]->ports[port],
                                 .is_up = is_up };
    agenda_add(sim_agenda(f->sim), &setting->item, when);
}

/* Shortest ways. */

static void
all_next_hops_of_equal_cost_are_used(void **state)
{
    struct fabric *f = fabric_new(4, 0);

    (void) state;
    make_square(f);
    assert_hops(f, 0, 3, 2);
    assert_hops(f, 0, 1, 1);
    assert_hops(f, 1, 2, 2);
    assert_hops(f, 3, 3, 1); /* On-link. */
    assert_int_equal(routing_n_reroutes(f->routing), 0);
    fabric_free(f);
}

static void
parallel_links_are_next_hops_each(void **state)
{
    struct fabric *f = fabric_new(2, 0);

    (void) state;
    for (int i = 0; i < 3; i++) {
        join(f, 0, 1);
    }
    routing_compute(f->routing);
    assert_hops(f, 0, 1, 3);
    fabric_free(f);
}

/* Against Floyd and Warshall's distances: a router has as many next hops as it
 * has links to routers that are one nearer. */
static void
random_graphs_have_the_shortest_ways(void **state)
{
    (void) state;
    for (uint64_t seed = 0; seed < 30; seed++) {
        uint32_t links[ROUTERS_MAX][ROUTERS_MAX] = { { 0 } };
        uint32_t far[ROUTERS_MAX][ROUTERS_MAX];
        struct random_stream random;
        uint32_t n = 2 + (uint32_t) seed % (ROUTERS_MAX - 1);
        struct fabric *f = fabric_new(n, 0);

        random_stream_init(&random, seed, "graph");
        for (uint32_t i = 0; i < n + n / 2; i++) {
            uint32_t a = (uint32_t) random_below(&random, n);
            uint32_t b = (uint32_t) random_below(&random, n);

            if (a != b) {
                join(f, a, b);
                links[a][b]++;
                links[b][a]++;
            }
        }
        routing_compute(f->routing);
        for (uint32_t a = 0; a < n * n; a++) {
            far[a / n][a % n] = a / n == a % n        ? 0
                                : links[a / n][a % n] ? 1
                                                      : 1000;
        }
        for (uint32_t k = 0; k < n; k++) {
            for (uint32_t a = 0; a < n * n; a++) {
                far[a / n][a % n] =
                    MIN(far[a / n][a % n], far[a / n][k] + far[k][a % n]);
            }
        }
        for (uint32_t a = 0; a < n * n; a++) {
            uint32_t from = a / n, to = a % n, hops = from == to;

            for (uint32_t k = 0; k < n && from != to; k++) {
                hops += far[from][to] < 1000 && far[k][to] + 1 == far[from][to]
                            ? links[from][k]
                            : 0;
            }
            assert_hops(f, from, to, hops);
        }
        fabric_free(f);
    }
}

static void
routers_behind_a_switch_are_neighbors_by_their_addresses(void **state)
{
    struct fabric *f = fabric_new(3, 0);
    struct plain_node *sw = plain_node_new(f->sim, "sw", 2, PLAIN_RELAY);
    struct ip_addr dst = host_of(2, IP_V4), via;
    struct router_next_hop hop;

    (void) state;
    join(f, 1, 2);
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t port = f->n_ports[i]++;

        router_add_interface(
            f->routers[i],
            &(struct router_interface_config){
                .mac = eth_addr_from_u64(UINT64_C(0x020000000099) + i),
                .v4 = { ip_addr_from_v4(0xc0a80001 + i), 24 },
                .ports = &port,
                .n_ports = 1 });
        plain_connect(&f->routers[i]->ports[port], &sw->node.ports[i],
                      (struct link_config){ 0 });
    }
    routing_compute(f->routing);
    assert_int_equal(router_lookup(f->routers[0], &dst, &hop, 1), 1);
    via = ip_addr_from_v4(0xc0a80002);
    assert_true(ip_addr_equal(&hop.via, &via));
    send_between(f, 0, 2);
    run_for(f, SIM_MS);
    assert_int_equal(f->stations[2]->kept.n_packets, 1); /* Asks who has. */
    fabric_free(f);
}

static uint64_t
metric_of(const struct node *node, const char *name)
{
    const struct metric *metric = node->ops->metrics;

    while (strcmp(metric->name, name) != 0) {
        metric++;
    }
    return metric->read(node);
}

static void
routes_that_find_no_room_are_left_out(void **state)
{
    struct fabric *f = fabric_new(4, 4); /* Two own networks, and two more. */
    uint64_t n = 0;

    (void) state;
    make_square(f);
    for (uint32_t to = 1; to < 4; to++) {
        n += n_hops(f, 0, to, IP_V4) > 0;
        n += n_hops(f, 0, to, IP_V6) > 0;
    }
    assert_int_equal(n, 2);
    assert_int_equal(metric_of(f->routers[0], "router.routes.rejected"), 4);
    fabric_free(f);
}

/* Changes. */

static void
a_link_down_is_known_after_the_convergence_time(void **state)
{
    struct fabric *f = fabric_new(4, 0);
    uint32_t port = make_square(f);
    struct setting down, up;

    (void) state;
    plan(f, &down, 1, port, false, 10 * SIM_MS);
    plan(f, &up, 1, port, true, 200 * SIM_MS);
    run_for(f, 10 * SIM_MS + CONVERGENCE - 1);
    assert_hops(f, 0, 3, 2); /* It does not know. */
    assert_hops(f, 1, 3, 0); /* Its own link is down, as it sees. */
    run_for(f, 1);
    assert_hops(f, 0, 3, 1);
    assert_hops(f, 1, 3, 1);
    assert_int_equal(routing_n_reroutes(f->routing), 1);
    run_for(f, 190 * SIM_MS);
    assert_hops(f, 0, 3, 2);
    assert_hops(f, 1, 3, 1);
    assert_int_equal(routing_n_reroutes(f->routing), 2);
    assert_int_equal(metric_of(f->routers[0], "router.reroutes"), 2);
    fabric_free(f);
}

static void
packets_are_lost_until_the_change_is_known(void **state)
{
    struct fabric *f = fabric_new(3, 0);
    const struct fate *no_route = &router_fates[ROUTER_FATE_NO_ROUTE];
    struct setting down;
    uint32_t port;

    /* 0 - 1 - 2 is the shortest way; 0 - 2 over a longer one is not. */
    (void) state;
    join(f, 0, 1);
    port = join(f, 1, 2);
    join(f, 0, 2);
    routing_compute(f->routing);
    plan(f, &down, 1, port, false, SIM_MS);
    run_for(f, 2 * SIM_MS);
    send_between(f, 1, 2);
    run_for(f, SIM_MS);
    assert_int_equal(node_fate_count(f->routers[1], no_route), 1);
    run_for(f, CONVERGENCE);
    send_between(f, 1, 2);
    run_for(f, SIM_MS);
    assert_int_equal(node_fate_count(f->routers[1], no_route), 1);
    assert_hops(f, 1, 2, 1);
    fabric_free(f);
}

static void
each_change_is_known_so_long_after_it_happened(void **state)
{
    struct fabric *f = fabric_new(2, 0);
    struct setting first, second;
    uint32_t a, b;

    (void) state;
    join(f, 0, 1);
    a = join(f, 0, 1);
    b = join(f, 0, 1);
    routing_compute(f->routing);
    plan(f, &first, 0, a, false, 10 * SIM_MS);
    plan(f, &second, 0, b, false, 30 * SIM_MS);
    run_for(f, 30 * SIM_MS + CONVERGENCE - 1);
    assert_int_equal(routing_n_reroutes(f->routing), 1);
    run_for(f, 1);
    assert_int_equal(routing_n_reroutes(f->routing), 2);
    assert_hops(f, 0, 1, 1);
    assert_hops(f, 1, 0, 1);
    fabric_free(f);
}

static void
changes_of_one_time_are_one_computation(void **state)
{
    struct fabric *f = fabric_new(4, 0);
    struct setting settings[3];

    (void) state;
    make_square(f);
    for (uint32_t i = 0; i < 3; i++) {
        plan(f, &settings[i], 3 - i, 1, false, 10 * SIM_MS);
    }
    run_for(f, 10 * SIM_MS + CONVERGENCE);
    assert_int_equal(routing_n_reroutes(f->routing), 1);
    fabric_free(f);
}

static void
a_link_that_comes_back_at_once_leaves_all_as_it_was(void **state)
{
    struct fabric *f = fabric_new(4, 0);
    uint32_t port = make_square(f);
    struct setting down, up;

    (void) state;
    plan(f, &down, 1, port, false, 10 * SIM_MS);
    plan(f, &up, 1, port, true, 10 * SIM_MS);
    run_for(f, 10 * SIM_MS + CONVERGENCE);
    assert_int_equal(routing_n_reroutes(f->routing), 1);
    assert_hops(f, 0, 3, 2);
    fabric_free(f);
}

static void
a_rack_that_cannot_be_reached_has_no_route(void **state)
{
    struct fabric *f = fabric_new(4, 0);
    struct setting settings[2], rack;

    (void) state;
    make_square(f);
    plan(f, &settings[0], 3, 1, false, SIM_MS);
    plan(f, &settings[1], 3, 2, false, SIM_MS);
    plan(f, &rack, 2, 0, false, SIM_MS);
    run_for(f, SIM_MS + CONVERGENCE);
    assert_hops(f, 0, 3, 0);
    assert_hops(f, 3, 0, 0);
    assert_hops(f, 0, 2, 0); /* Its port is down. */
    assert_hops(f, 0, 1, 1);
    fabric_free(f);
}

static void
a_host_link_that_changes_in_a_bridged_rack_changes_no_route(void **state)
{
    struct fabric *f = fabric_new(2, 0);
    struct setting down;
    const uint32_t ports[] = { 5, 6 };
    struct ip_addr dst = ip_addr_from_v4(0xc0a80005);
    struct plain_node *hosts = plain_node_new(f->sim, "h", 2, PLAIN_KEEP);

    (void) state;
    join(f, 0, 1);
    router_add_interface(
        f->routers[0], &(struct router_interface_config){
                           .mac = eth_addr_from_u64(UINT64_C(0x0200000000fe)),
                           .v4 = { ip_addr_from_v4(0xc0a80001), 24 },
                           .ports = ports,
                           .n_ports = 2 });
    plain_connect(&f->routers[0]->ports[5], &hosts->node.ports[0],
                  (struct link_config){ 0 });
    plain_connect(&f->routers[0]->ports[6], &hosts->node.ports[1],
                  (struct link_config){ 0 });
    routing_compute(f->routing);
    plan(f, &down, 0, 5, false, SIM_MS);
    run_for(f, SIM_MS + CONVERGENCE);
    assert_int_equal(router_lookup(f->routers[1], &dst, NULL, 0), 1);
    assert_int_equal(routing_n_reroutes(f->routing), 0);
    fabric_free(f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_next_hops_of_equal_cost_are_used),
        cmocka_unit_test(parallel_links_are_next_hops_each),
        cmocka_unit_test(random_graphs_have_the_shortest_ways),
        cmocka_unit_test(
            routers_behind_a_switch_are_neighbors_by_their_addresses),
        cmocka_unit_test(routes_that_find_no_room_are_left_out),
        cmocka_unit_test(a_link_down_is_known_after_the_convergence_time),
        cmocka_unit_test(packets_are_lost_until_the_change_is_known),
        cmocka_unit_test(each_change_is_known_so_long_after_it_happened),
        cmocka_unit_test(changes_of_one_time_are_one_computation),
        cmocka_unit_test(a_link_that_comes_back_at_once_leaves_all_as_it_was),
        cmocka_unit_test(a_rack_that_cannot_be_reached_has_no_route),
        cmocka_unit_test(
            a_host_link_that_changes_in_a_bridged_rack_changes_no_route),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a router sends, as tshark sees it. */

#include <glib.h>

#include "models/wire/icmp.h"
#include "models/wire/icmp6.h"
#include "tests/cmocka_all.h"
#include "tests/router_bench.h"
#include "tests/traces_bench.h"
#include "traces/capture.h"

/* Verify what can be verified. */
#define CHECKED "-o ip.check_checksum:TRUE "

static struct capture *
capture_all(struct bench *b, struct router_bench *r)
{
    static const struct capture_config config = { .format = CAPTURE_PCAPNG };
    struct capture_place places[N_STATIONS] = { 0 };
    GError *error = NULL;
    struct capture *capture;

    for (uint32_t i = 0; i < N_STATIONS; i++) {
        places[i].tap = &r->router->ports[i].tap;
    }
    capture = capture_new(r->sim, b->dir, "x.pcapng", &config, places,
                          N_STATIONS, &bench_names, &error);
    assert_non_null(capture);
    return capture;
}

static void
send_echoes(struct router_bench *r)
{
    struct ip_addr src = addr_of("2001:db8::a"), dst = addr_of("2001:db8::1");
    uint8_t echo[16] = { 8 }, echo6[16] = { 128 };

    icmp_set_checksum(echo, sizeof echo);
    icmp6_set_checksum(echo6, sizeof echo6, sizeof echo6, &src, &dst);
    send_packet(r, &(struct packet_spec){ .dst = "10.255.0.1",
                                          .protocol = IP_PROTO_ICMP,
                                          .body = echo,
                                          .payload = sizeof echo });
    send_packet(r, &(struct packet_spec){ .dst = "2001:db8::1",
                                          .protocol = IP_PROTO_ICMPV6,
                                          .body = echo6,
                                          .payload = sizeof echo6 });
}

/* One packet of each kind, and all that it leads to. */
static void
send_everything(struct router_bench *r)
{
    static const struct packet_spec specs[] = {
        { .dst = "10.0.1.10", .payload = 100 },
        { .dst = "2001:db8:1::a" },
        { .dst = "10.0.1.10", .ttl = 1, .payload = 1000 },
        { .dst = "2001:db8:1::a", .ttl = 1, .payload = 2000 },
        { .dst = "198.51.100.1", .payload = 1 },
        { .dst = "2001:db8:ffff::1" },
        { .dst = "10.0.2.10", .dont_fragment = true, .payload = 1400 },
        { .dst = "10.0.2.10", .payload = 1400 },
        { .dst = "2001:db8:2::a", .payload = 1400 },
        { .dst = "10.0.1.1", .dport = 33434 },
        { .dst = "2001:db8:1::1", .dport = 33434 },
        { .dst = "10.0.1.1", .protocol = IP_PROTO_TCP, .payload = 20 },
        { .dst = "10.0.3.77" },
        { .dst = "2001:db8:3::4d" },
        { .from = 4, .dst = "10.0.4.11" },
    };

    introduce_stations(r);
    r->router->ports[2].mtu = 1300;
    for (size_t i = 0; i < G_N_ELEMENTS(specs); i++) {
        send_packet(r, &specs[i]);
    }
    send_echoes(r);
    run_for(r, 600 * SIM_S); /* Requests, probes. */
}

/* Fails unless tshark finds 'n' frames for 'filter'. */
static void
assert_n_frames(const struct bench *b, const char *filter, unsigned int n)
{
    char *arguments =
        g_strdup_printf(CHECKED "-T fields -e frame.number -Y '%s'", filter);
    char *out = tshark(b, "x.pcapng", arguments);
    unsigned int lines = 0;

    for (const char *p = out; *p; p++) {
        lines += *p == '\n';
    }
    if (lines != n) {
        fail_msg("%s: %u frames, not %u", filter, lines, n);
    }
    g_free(out);
    g_free(arguments);
}

static void
all_that_a_router_sends_is_decoded_without_complaint(void **state)
{
    static const struct {
        const char *filter;
        unsigned int n;
    } counts[] = {
        { "_ws.malformed || ip.checksum.status == 0 || "
          "icmp.checksum.status == 0 || icmpv6.checksum.status == 0",
          0 },
        { "icmp.type == 11 && icmp.code == 0 && ip.src == 10.0.0.1 && "
          "ip.len == 576 && ip.dsfield.dscp == 48",
          1 },
        { "icmpv6.type == 3 && ipv6.src == 2001:db8::1 && ipv6.plen == 1240",
          1 },
        { "icmp.type == 3 && icmp.code == 0", 1 },
        { "icmpv6.type == 1 && icmpv6.code == 0", 1 },
        { "icmp.type == 3 && icmp.code == 4 && icmp.mtu == 1300", 1 },
        { "icmpv6.type == 2 && icmpv6.mtu == 1300", 1 },
        { "icmp.type == 3 && icmp.code == 3", 1 },
        { "icmpv6.type == 1 && icmpv6.code == 4", 1 },
        { "icmp.type == 3 && icmp.code == 2", 1 },
        { "icmp.type == 3 && icmp.code == 1 && ip.src == 10.255.0.1", 1 },
        { "icmpv6.type == 1 && icmpv6.code == 3", 1 },
        { "icmp.type == 0 && ip.src == 10.255.0.1", 1 },
        { "icmpv6.type == 129", 1 },
        { "!icmp && ip.flags.mf == 1 && ip.len <= 1300", 1 },
        { "udp.length == 1408 && ip.reassembled.length == 1408", 1 },
        { "arp.opcode == 1 && arp.dst.proto_ipv4 == 10.0.3.77 && "
          "eth.dst == ff:ff:ff:ff:ff:ff && arp.src.proto_ipv4 == 10.0.3.1",
          3 },
        { "icmpv6.type == 135 && icmpv6.nd.ns.target_address == "
          "2001:db8:3::4d && ipv6.dst == ff02::1:ff00:4d && "
          "eth.dst == 33:33:ff:00:00:4d && ipv6.hlim == 255",
          3 },
        { "arp.opcode == 2 && arp.src.proto_ipv4 == 10.0.0.1", 1 },
        { "icmpv6.type == 136 && icmpv6.nd.na.flag.r == 1 && "
          "icmpv6.nd.na.flag.s == 1 && ipv6.src == 2001:db8::1",
          1 },
    };
    struct bench *b = *state;
    const struct router_config config = { .router_id = addr_of("10.255.0.1"),
                                          .max_neighbors = 64 };
    struct router_bench *r = router_bench_new(&config);
    struct capture *capture = capture_all(b, r);

    send_everything(r);
    capture_close(capture);
    bench_commit(b);
    if (has_tshark()) {
        for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
            assert_n_frames(b, counts[i].filter, counts[i].n);
        }
    }
    capture_free(capture);
    router_bench_free(r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            all_that_a_router_sends_is_decoded_without_complaint, bench_setup,
            bench_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

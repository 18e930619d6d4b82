#include "models/guest/udp.h"

#include <string.h>

#include "models/wire/checksum.h"
#include "models/wire/udp.h"
#include "tests/cmocka_all.h"
#include "tests/guest_frames.h"

/* A pair with a client in guest 0 and a server in guest 1. */
struct bench {
    struct guest_pair *pair;
    struct udp_socket *client, *server;
    unsigned int n_received, n_errors;
    struct udp_datagram last;
    uint8_t data[64];
    struct icmp_hdr error;
};

static void
received(struct udp_socket *socket, void *bench_,
         const struct udp_datagram *datagram)
{
    struct bench *b = bench_;

    assert_ptr_equal(socket, b->server);
    b->n_received++;
    b->last = *datagram;
    memcpy(b->data, datagram->data, MIN(datagram->stored, sizeof b->data));
}

static void
failed(struct udp_socket *socket, void *bench_, const struct icmp_hdr *error)
{
    struct bench *b = bench_;

    assert_ptr_equal(socket, b->client);
    b->n_errors++;
    b->error = *error;
}

static const struct udp_app app = { received, failed };

static int
setup(void **state)
{
    static struct bench b;

    b = (struct bench){ .pair = guest_pair_new(1) };
    b.client = udp_open(b.pair->guests[0], 0, &app, &b);
    b.server = udp_open(b.pair->guests[1], 5001, &app, &b);
    *state = &b;
    return 0;
}

static int
teardown(void **state)
{
    struct bench *b = *state;

    udp_close(b->client);
    udp_close(b->server);
    guest_pair_free(b->pair);
    return 0;
}

static void
send_to_port(struct bench *b, uint16_t dport, const char *text, size_t size)
{
    udp_send(b->client, ip_addr_from_v4(GUEST_IP(1)), dport,
             (struct guest_flow_tag){ 3, 0, 0 }, (const uint8_t *) text,
             strlen(text), size);
    guest_flush(b->pair->guests[0]);
}

static void
udp_delivers_payload_and_where_it_came_from(void **state)
{
    struct bench *b = *state;

    send_to_port(b, 5001, "hello", 1000);
    guest_pair_run(b->pair, SIM_S);
    assert_int_equal(b->n_received, 1);
    assert_int_equal(b->last.size, 1000);
    assert_int_equal(b->last.stored, 5);
    assert_memory_equal(b->data, "hello", 5);
    assert_int_equal(ip_addr_to_v4(&b->last.src), GUEST_IP(0));
    assert_int_equal(b->last.sport, udp_port(b->client));
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_DELIVERED), 1);
}

static void
udp_takes_empty_datagrams(void **state)
{
    struct bench *b = *state;

    send_to_port(b, 5001, "", 0);
    guest_pair_run(b->pair, SIM_S);
    assert_int_equal(b->n_received, 1);
    assert_int_equal(b->last.size, 0);
}

static void
udp_on_the_wire_has_the_right_checksum(void **state)
{
    struct bench *b = *state;
    struct ip_addr src = ip_addr_from_v4(GUEST_IP(0));
    struct ip_addr dst = ip_addr_from_v4(GUEST_IP(1));
    const struct pair_frame *f;

    send_to_port(b, 5001, "odd", 101);
    guest_pair_run(b->pair, SIM_S);
    f = guest_pair_frame(b->pair, 0, IP_PROTO_UDP, 0);
    assert_int_equal(f->size, ETH_HLEN + IPV4_HLEN + UDP_HLEN + 101);
    assert_int_not_equal(get_be16(f->bytes + 34 + UDP_OFS_CHECKSUM), 0);
    assert_int_equal(checksum_of_segment(&src, &dst, IP_PROTO_UDP,
                                         f->bytes + 34, f->stored - 34, 109),
                     0);
}

static void
udp_changed_on_the_way_is_dropped(void **state)
{
    struct bench *b = *state;

    guest_pair_add_rule(b->pair, (struct pair_rule){ .from = 0,
                                                     .first = 2,
                                                     .last = 2,
                                                     .action = PAIR_CORRUPT,
                                                     .offset = 44 });
    send_to_port(b, 5001, "hello", 1000); /* Its first frame is ARP. */
    guest_pair_run(b->pair, SIM_S);
    assert_int_equal(b->n_received, 0);
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_CHECKSUM), 1);
    assert_int_equal(b->n_errors, 0);
}

static void
udp_without_a_checksum_is_taken(void **state)
{
    struct bench *b = *state;
    struct udp_socket *socket = udp_open(b->pair->guests[0], 53, &app, b);
    struct udp_socket *server = b->server;
    struct frame frame = frame_udp(53, 4);

    b->server = socket;
    put_be16(frame.bytes + 34 + UDP_OFS_CHECKSUM, 0);
    frame_inject(b->pair, &frame);
    assert_int_equal(b->n_received, 1);
    b->server = server;
    udp_close(socket);
}

static void
udp_length_rules_over_what_ip_carries(void **state)
{
    struct bench *b = *state;
    struct udp_socket *socket = udp_open(b->pair->guests[0], 53, &app, b);
    struct udp_socket *server = b->server;
    struct frame frame = frame_udp(53, 10);

    b->server = socket;
    put_be16(frame.bytes + 34 + UDP_OFS_CHECKSUM, 0);
    put_be16(frame.bytes + 34 + UDP_OFS_LENGTH, UDP_HLEN + 6);
    frame_inject(b->pair, &frame);
    assert_int_equal(b->n_received, 1);
    assert_int_equal(b->last.size, 6);
    assert_int_equal(b->last.stored, 6);
    put_be16(frame.bytes + 34 + UDP_OFS_LENGTH, UDP_HLEN + 11);
    frame_inject(b->pair, &frame);
    put_be16(frame.bytes + 34 + UDP_OFS_LENGTH, UDP_HLEN - 1);
    frame_inject(b->pair, &frame);
    assert_int_equal(b->n_received, 1);
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_MALFORMED), 2);
    b->server = server;
    udp_close(socket);
}

static void
udp_to_a_closed_port_tells_the_sender(void **state)
{
    struct bench *b = *state;

    send_to_port(b, 5002, "hello", 100);
    guest_pair_run(b->pair, SIM_S);
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_NO_SOCKET), 1);
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_ICMP), 1);
    assert_int_equal(b->n_errors, 1);
    assert_int_equal(b->error.type, ICMP_UNREACHABLE);
    assert_int_equal(b->error.code, ICMP_UNREACHABLE_PORT);
    assert_true(guest_pair_frame(b->pair, 1, IP_PROTO_ICMP, 0)->tag.reply);
    assert_int_equal(guest_pair_frame(b->pair, 1, IP_PROTO_ICMP, 0)->tag.flow,
                     3);
}

static void
udp_error_for_a_socket_that_is_gone_is_forgotten(void **state)
{
    struct bench *b = *state;

    send_to_port(b, 5002, "hello", 100);
    udp_close(b->client);
    b->client = NULL;
    guest_pair_run(b->pair, SIM_S);
    assert_int_equal(b->n_errors, 0);
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_ICMP), 1);
}

static void
udp_port_is_given_once(void **state)
{
    struct bench *b = *state;
    struct guest *guest = b->pair->guests[1];
    struct udp_socket *any, *again;

    assert_null(udp_open(guest, 5001, &app, b));
    any = udp_open(guest, 0, &app, b);
    again = udp_open(guest, 0, &app, b);
    assert_int_equal(udp_port(any), 49152);
    assert_int_equal(udp_port(again), 49153);
    udp_close(any);
    udp_close(again);
    udp_close(b->server);
    b->server = udp_open(guest, 5001, &app, b);
    assert_non_null(b->server);
}

static void
udp_runs_out_of_dynamic_ports(void **state)
{
    struct bench *b = *state;
    static struct udp_socket *sockets[16384];
    struct guest *guest = b->pair->guests[1];

    for (int i = 0; i < 16384; i++) {
        sockets[i] = udp_open(guest, 0, &app, b);
        assert_non_null(sockets[i]);
    }
    assert_null(udp_open(guest, 0, &app, b));
    udp_close(sockets[100]);
    sockets[100] = udp_open(guest, 0, &app, b);
    assert_int_equal(udp_port(sockets[100]), 49152 + 100);
    for (int i = 0; i < 16384; i++) {
        udp_close(sockets[i]);
    }
}

int
main(void)
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(udp_delivers_payload_and_where_it_came_from),
        TEST(udp_takes_empty_datagrams),
        TEST(udp_on_the_wire_has_the_right_checksum),
        TEST(udp_changed_on_the_way_is_dropped),
        TEST(udp_without_a_checksum_is_taken),
        TEST(udp_length_rules_over_what_ip_carries),
        TEST(udp_to_a_closed_port_tells_the_sender),
        TEST(udp_error_for_a_socket_that_is_gone_is_forgotten),
        TEST(udp_port_is_given_once),
        TEST(udp_runs_out_of_dynamic_ports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

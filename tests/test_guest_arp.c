#include "models/guest/udp.h"

#include <string.h>

#include "tests/cmocka_all.h"
#include "tests/guest_frames.h"

/* A pair, and a socket in guest 0 to make it send. */
struct bench {
    struct guest_pair *pair;
    struct udp_socket *socket;
    unsigned int n_errors;
    struct icmp_hdr error;
};

static void
failed(struct udp_socket *socket, void *bench_, const struct icmp_hdr *error)
{
    struct bench *b = bench_;

    (void) socket;
    b->n_errors++;
    b->error = *error;
}

static const struct udp_app app = { .failed = failed };

static int
setup(void **state)
{
    static struct bench b;

    b = (struct bench){ .pair = guest_pair_new(1) };
    b.socket = udp_open(b.pair->guests[0], 0, &app, &b);
    *state = &b;
    return 0;
}

static int
teardown(void **state)
{
    struct bench *b = *state;

    udp_close(b->socket);
    guest_pair_free(b->pair);
    return 0;
}

static void
send_to(struct bench *b, uint32_t dst)
{
    udp_send(b->socket, ip_addr_from_v4(dst), 9,
             (struct guest_flow_tag){ 7, 0, 0 }, NULL, 0, 10);
    guest_flush(b->pair->guests[0]);
}

static unsigned int
n_arp(const struct bench *b, unsigned int from)
{
    return guest_pair_count(b->pair, from, 0);
}

static unsigned int
n_udp(const struct bench *b)
{
    return guest_pair_count(b->pair, 0, IP_PROTO_UDP);
}

static struct table_usage
usage_of(const struct bench *b)
{
    struct table_usage usage;

    guest_arp_usage(b->pair->guests[0], &usage);
    return usage;
}

static void
inject(struct bench *b, struct eth_addr dst, struct arp_hdr hdr)
{
    struct frame frame = frame_arp(dst, &hdr);

    frame_inject(b->pair, &frame);
}

static void
arp_asks_once_and_sends_what_waited_in_order(void **state)
{
    struct bench *b = *state;
    const struct pair_frame *request;
    struct arp_hdr hdr;

    for (int i = 0; i < 5; i++) {
        send_to(b, GUEST_IP(1));
    }
    assert_int_equal(n_udp(b), 0);
    guest_pair_run(b->pair, SIM_S);
    assert_int_equal(n_arp(b, 0), 1);
    assert_int_equal(n_arp(b, 1), 1);
    assert_int_equal(n_udp(b), 5);
    for (unsigned int i = 0; i < 5; i++) {
        const struct pair_frame *f =
            guest_pair_frame(b->pair, 0, IP_PROTO_UDP, i);

        assert_int_equal(get_be16(f->bytes + ETH_HLEN + 4), i + 1);
        assert_memory_equal(f->bytes, frame_guest_mac(1).octets, ETH_ALEN);
        assert_int_equal(f->when, 100 * SIM_US); /* One round trip. */
    }

    request = guest_pair_frame(b->pair, 0, 0, 0);
    assert_int_equal(request->size, ETH_HLEN + ARP_HLEN);
    assert_memory_equal(request->bytes, ETH_ADDR_BROADCAST.octets, ETH_ALEN);
    assert_true(arp_decode(&hdr, request->bytes + ETH_HLEN, ARP_HLEN));
    assert_int_equal(hdr.op, ARP_REQUEST);
    assert_int_equal(ip_addr_to_v4(&hdr.spa), GUEST_IP(0));
    assert_int_equal(ip_addr_to_v4(&hdr.tpa), GUEST_IP(1));
    assert_true(eth_addr_is_zero(hdr.tha));
    assert_int_equal(request->tag.flow, 7); /* On behalf of that flow. */
}

static void
arp_target_learns_the_asker_and_does_not_ask_back(void **state)
{
    struct bench *b = *state;
    struct udp_socket *back = udp_open(b->pair->guests[1], 0, &app, b);

    send_to(b, GUEST_IP(1));
    guest_pair_run(b->pair, SIM_S);
    udp_send(back, ip_addr_from_v4(GUEST_IP(0)), 9,
             (struct guest_flow_tag){ 0 }, NULL, 0, 10);
    guest_flush(b->pair->guests[1]);
    assert_int_equal(n_arp(b, 1), 1); /* Its reply. */
    assert_int_equal(guest_pair_count(b->pair, 1, IP_PROTO_UDP), 1);
    udp_close(back);
}

static void
arp_bystander_learns_nobody_new(void **state)
{
    struct bench *b = *state;
    struct arp_hdr request = frame_arp_request();

    request.tpa = ip_addr_from_v4(GUEST_IP(1));
    inject(b, ETH_ADDR_BROADCAST, request);
    assert_int_equal(usage_of(b).used, 0);
    assert_int_equal(n_arp(b, 0), 0);
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_ARP), 1);
}

static void
arp_bystander_brings_a_known_neighbor_up_to_date(void **state)
{
    struct bench *b = *state;
    struct arp_hdr request = frame_arp_request();

    inject(b, ETH_ADDR_BROADCAST, request);
    request.sha = eth_addr_from_u64(UINT64_C(0x020000000077));
    request.tpa = request.spa; /* It announces itself: RFC 5227. */
    inject(b, ETH_ADDR_BROADCAST, request);
    send_to(b, STRANGER);
    assert_memory_equal(guest_pair_frame(b->pair, 0, IP_PROTO_UDP, 0)->bytes,
                        request.sha.octets, ETH_ALEN);
    assert_int_equal(usage_of(b).used, 1);
}

static void
arp_answers_for_its_own_address_only(void **state)
{
    struct bench *b = *state;
    struct arp_hdr hdr = frame_arp_request();
    const struct pair_frame *reply;

    inject(b, ETH_ADDR_BROADCAST, hdr);
    hdr.tpa = ip_addr_from_v4(NOBODY);
    inject(b, ETH_ADDR_BROADCAST, hdr);
    assert_int_equal(n_arp(b, 0), 1);
    reply = guest_pair_frame(b->pair, 0, 0, 0);
    assert_true(arp_decode(&hdr, reply->bytes + ETH_HLEN, ARP_HLEN));
    assert_int_equal(hdr.op, ARP_REPLY);
    assert_true(eth_addr_equal(hdr.sha, frame_guest_mac(0)));
    assert_true(eth_addr_equal(hdr.tha, frame_stranger_mac()));
    assert_int_equal(ip_addr_to_v4(&hdr.spa), GUEST_IP(0));
    assert_int_equal(ip_addr_to_v4(&hdr.tpa), STRANGER);
    assert_memory_equal(reply->bytes, frame_stranger_mac().octets, ETH_ALEN);
}

static void
arp_answers_a_probe_and_learns_nothing_from_it(void **state)
{
    struct bench *b = *state;
    struct arp_hdr probe = frame_arp_request();

    probe.spa = ip_addr_from_v4(0);
    inject(b, ETH_ADDR_BROADCAST, probe);
    assert_int_equal(n_arp(b, 0), 1);
    assert_int_equal(usage_of(b).used, 0);
}

static void
arp_does_not_believe_groups_nor_who_claims_its_own_address(void **state)
{
    struct bench *b = *state;
    struct arp_hdr hdr = frame_arp_request();

    hdr.sha = ETH_ADDR_BROADCAST;
    inject(b, frame_guest_mac(0), hdr);
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_MALFORMED), 1);
    hdr = frame_arp_request();
    hdr.spa = ip_addr_from_v4(GUEST_IP(0));
    inject(b, frame_guest_mac(0), hdr);
    hdr.spa = ip_addr_from_v4(0x0a0101ff);
    inject(b, frame_guest_mac(0), hdr);
    hdr.spa = ip_addr_from_v4(0xe0000005);
    inject(b, frame_guest_mac(0), hdr);
    assert_int_equal(usage_of(b).used, 0);
}

static void
arp_tries_three_times_a_second_apart_and_then_gives_up(void **state)
{
    struct bench *b = *state;

    send_to(b, NOBODY);
    send_to(b, NOBODY);
    guest_pair_run(b->pair, 3 * SIM_S - 1);
    assert_int_equal(n_arp(b, 0), 3);
    for (unsigned int i = 0; i < 3; i++) {
        assert_int_equal(guest_pair_frame(b->pair, 0, 0, i)->when, i * SIM_S);
    }
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_UNRESOLVED), 0);
    assert_int_equal(guest_held(b->pair->guests[0]), 2);
    guest_pair_run(b->pair, 10 * SIM_S);
    assert_int_equal(n_arp(b, 0), 3);
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_UNRESOLVED), 2);
    assert_int_equal(guest_held(b->pair->guests[0]), 0);
    assert_int_equal(usage_of(b).used, 0);

    assert_int_equal(b->n_errors, 2); /* Their sender was told. */
    assert_int_equal(b->error.type, ICMP_UNREACHABLE);
    assert_int_equal(b->error.code, ICMP_UNREACHABLE_HOST);
    send_to(b, NOBODY);
    assert_int_equal(n_arp(b, 0), 4); /* It asks anew. */
}

static void
arp_tries_each_neighbor_in_its_own_second(void **state)
{
    struct bench *b = *state;

    send_to(b, NOBODY);
    guest_pair_run(b->pair, SIM_S / 2);
    send_to(b, NOBODY + 1);
    guest_pair_run(b->pair, 10 * SIM_S);
    assert_int_equal(n_arp(b, 0), 6);
    for (unsigned int i = 0; i < 6; i++) {
        assert_int_equal(guest_pair_frame(b->pair, 0, 0, i)->when,
                         i * SIM_S / 2);
    }
}

static void
arp_late_answer_to_a_retry_is_good(void **state)
{
    struct bench *b = *state;

    guest_pair_add_rule(
        b->pair, (struct pair_rule){
                     .from = 0, .first = 1, .last = 2, .action = PAIR_DROP });
    send_to(b, GUEST_IP(1));
    guest_pair_run(b->pair, 10 * SIM_S);
    assert_int_equal(n_arp(b, 0), 3);
    assert_int_equal(n_udp(b), 1);
    assert_int_equal(guest_pair_frame(b->pair, 0, IP_PROTO_UDP, 0)->when,
                     2 * SIM_S + 100 * SIM_US);
}

static void
arp_keeps_the_latest_sixteen_packets_that_wait(void **state)
{
    struct bench *b = *state;

    for (int i = 0; i < 20; i++) {
        send_to(b, GUEST_IP(1));
    }
    assert_int_equal(guest_held(b->pair->guests[0]), 16);
    guest_pair_run(b->pair, SIM_S);
    assert_int_equal(n_udp(b), 16);
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_ARP_QUEUE_FULL), 4);
    assert_int_equal(
        get_be16(guest_pair_frame(b->pair, 0, IP_PROTO_UDP, 0)->bytes
                 + ETH_HLEN + 4),
        5);
}

static void
arp_entry_lives_for_a_minute_after_it_was_confirmed(void **state)
{
    struct bench *b = *state;

    inject(b, frame_guest_mac(0), frame_arp_request()); /* And its reply. */
    guest_pair_run(b->pair, 60 * SIM_S - 1);
    send_to(b, STRANGER);
    assert_int_equal(n_arp(b, 0), 1);
    assert_int_equal(n_udp(b), 1);
    guest_pair_run(b->pair, 60 * SIM_S);
    send_to(b, STRANGER);
    assert_int_equal(n_arp(b, 0), 2);
    assert_int_equal(n_udp(b), 1);
    assert_int_equal(usage_of(b).used, 1);
}

static void
arp_entry_confirmed_again_lives_for_another_minute(void **state)
{
    struct bench *b = *state;

    inject(b, frame_guest_mac(0), frame_arp_request());
    guest_pair_run(b->pair, 50 * SIM_S);
    inject(b, frame_guest_mac(0), frame_arp_request());
    guest_pair_run(b->pair, 110 * SIM_S - 1);
    send_to(b, STRANGER);
    assert_int_equal(n_udp(b), 1);
}

static void
arp_asks_again_for_whom_it_had_asked_before(void **state)
{
    struct bench *b = *state;

    send_to(b, GUEST_IP(1));
    guest_pair_run(b->pair, 70 * SIM_S);
    send_to(b, GUEST_IP(1));
    guest_pair_run(b->pair, 80 * SIM_S);
    assert_int_equal(n_arp(b, 0), 2);
    assert_int_equal(n_udp(b), 2);
}

/* A third guest, 10.1.1.3 in 10.1.0.0/16, and a socket in it. */
static struct udp_socket *
add_wide_guest(struct bench *b)
{
    struct guest_config config = {
        .name = "wide",
        .mac = frame_guest_mac(2),
        .address = { ip_addr_from_v4(GUEST_IP(2)), 16 },
        .mtu = PAIR_MTU,
    };

    return udp_open(guest_pair_add(b->pair, &config), 0, &app, b);
}

/* Lets the wide guest hear of 'ip'. */
static void
tell_wide(struct bench *b, uint32_t ip)
{
    struct arp_hdr hdr = frame_arp_request();
    struct frame frame;

    hdr.spa = ip_addr_from_v4(ip);
    hdr.tpa = ip_addr_from_v4(GUEST_IP(2));
    frame = frame_arp(frame_guest_mac(2), &hdr);
    guest_pair_inject(b->pair, 2, frame.bytes, frame.size, frame.size);
}

static void
send_wide(struct bench *b, struct udp_socket *socket, uint32_t dst)
{
    udp_send(socket, ip_addr_from_v4(dst), 9, (struct guest_flow_tag){ 0 },
             NULL, 0, 10);
    guest_flush(b->pair->guests[2]);
}

static void
arp_cache_full_forgets_the_entry_confirmed_longest_ago(void **state)
{
    struct bench *b = *state;
    struct udp_socket *socket = add_wide_guest(b);
    struct table_usage usage;

    for (uint32_t i = 0; i < 256; i++) {
        tell_wide(b, 0x0a010200 + i);
    }
    tell_wide(b, 0x0a010200); /* The first, once more. */
    guest_arp_usage(b->pair->guests[2], &usage);
    assert_int_equal(usage.evicted, 0);
    tell_wide(b, 0x0a010300);
    guest_arp_usage(b->pair->guests[2], &usage);
    assert_int_equal(usage.capacity, 256);
    assert_int_equal(usage.used, 256);
    assert_int_equal(usage.peak, 256);
    assert_int_equal(usage.evicted, 1);

    send_wide(b, socket, 0x0a010200);
    send_wide(b, socket, 0x0a010202);
    send_wide(b, socket, 0x0a010300);
    assert_int_equal(guest_held(b->pair->guests[2]), 0);
    send_wide(b, socket, 0x0a010201); /* Forgotten. */
    assert_int_equal(guest_held(b->pair->guests[2]), 1);
    udp_close(socket);
}

static void
arp_cache_full_of_questions_takes_no_more(void **state)
{
    struct bench *b = *state;
    struct udp_socket *socket = add_wide_guest(b);
    struct table_usage usage;

    for (uint32_t i = 0; i < 260; i++) {
        send_wide(b, socket, 0x0a010200 + i);
    }
    guest_arp_usage(b->pair->guests[2], &usage);
    assert_int_equal(usage.used, 256);
    assert_int_equal(usage.rejected, 4);
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_ARP_CACHE_FULL), 4);
    guest_pair_run(b->pair, 10 * SIM_S);
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_UNRESOLVED), 256);
    assert_int_equal(n_arp(b, 2), 3 * 256);
    guest_arp_usage(b->pair->guests[2], &usage);
    assert_int_equal(usage.used, 0);
    udp_close(socket);
}

static void
arp_cut_short_is_malformed(void **state)
{
    struct bench *b = *state;
    struct arp_hdr hdr = frame_arp_request();
    struct frame frame = frame_arp(frame_guest_mac(0), &hdr);

    for (size_t size = ETH_HLEN; size < ETH_HLEN + ARP_HLEN; size++) {
        guest_pair_inject(b->pair, 0, frame.bytes, size, size);
    }
    assert_int_equal(guest_pair_fate(b->pair, GUEST_FATE_MALFORMED), ARP_HLEN);
    assert_int_equal(n_arp(b, 0), 0);
}

static void
arp_of_a_frame_padded_to_60_bytes_is_understood(void **state)
{
    struct bench *b = *state;
    struct arp_hdr hdr = frame_arp_request();
    struct frame frame = frame_arp(frame_guest_mac(0), &hdr);

    guest_pair_inject(b->pair, 0, frame.bytes, frame.size, 60);
    assert_int_equal(n_arp(b, 0), 1);
}

/* What nodes say. */
struct ear {
    struct note_listener listener;
    char text[8][128];
    unsigned int n;
};

static void
hear(struct note_listener *listener, const struct node *node,
     const struct packet *pkt, const char *table, const char *text)
{
    struct ear *ear = (struct ear *) (void *) listener;

    (void) node;
    (void) pkt;
    assert_string_equal(table, "guest");
    g_strlcpy(ear->text[ear->n++ % 8], text, sizeof ear->text[0]);
}

static void
arp_says_what_the_cache_says(void **state)
{
    struct bench *b = *state;
    static struct ear ear;

    ear = (struct ear){ .listener = { .note = hear } };
    inject(b, frame_guest_mac(0), frame_arp_request());
    sim_listen_to_notes(b->pair->sim, &ear.listener);
    send_to(b, STRANGER);
    send_to(b, NOBODY);
    send_to(b, 0x08080808);
    assert_string_equal(ear.text[0],
                        "10.1.1.1 -> 10.1.1.99: on-link, ARP cache says "
                        "02:00:00:00:00:99");
    assert_string_equal(ear.text[1],
                        "10.1.1.1 -> 10.1.1.200: on-link, not in the ARP "
                        "cache, asks for it");
    assert_string_equal(ear.text[2],
                        "10.1.1.1 -> 8.8.8.8: via the gateway 10.1.1.254, "
                        "not in the ARP cache, asks for it");
}

int
main(void)
{
#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(arp_asks_once_and_sends_what_waited_in_order),
        TEST(arp_target_learns_the_asker_and_does_not_ask_back),
        TEST(arp_bystander_learns_nobody_new),
        TEST(arp_bystander_brings_a_known_neighbor_up_to_date),
        TEST(arp_answers_for_its_own_address_only),
        TEST(arp_answers_a_probe_and_learns_nothing_from_it),
        TEST(arp_does_not_believe_groups_nor_who_claims_its_own_address),
        TEST(arp_tries_three_times_a_second_apart_and_then_gives_up),
        TEST(arp_tries_each_neighbor_in_its_own_second),
        TEST(arp_late_answer_to_a_retry_is_good),
        TEST(arp_keeps_the_latest_sixteen_packets_that_wait),
        TEST(arp_entry_lives_for_a_minute_after_it_was_confirmed),
        TEST(arp_entry_confirmed_again_lives_for_another_minute),
        TEST(arp_asks_again_for_whom_it_had_asked_before),
        TEST(arp_cache_full_forgets_the_entry_confirmed_longest_ago),
        TEST(arp_cache_full_of_questions_takes_no_more),
        TEST(arp_cut_short_is_malformed),
        TEST(arp_of_a_frame_padded_to_60_bytes_is_understood),
        TEST(arp_says_what_the_cache_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

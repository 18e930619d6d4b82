#include "tests/tcp_bench.h"

#include <string.h>

#include "tests/cmocka_all.h"
#include "models/wire/arp.h"
#include "models/wire/checksum.h"
#include "models/wire/ipv4.h"

#define PEER_V4    0x0a010109
#define PEER_SCALE 7

static const struct eth_addr peer_mac = { { 0x00, 0x15, 0x5d, 0x01, 0x01,
                                            0x09 } };

/* The application. */

static void
app_established(struct tcp_conn *conn, void *app_)
{
    struct bench_app *app = app_;

    (void) conn;
    app->n_established++;
}

static void
app_received(struct tcp_conn *conn, void *app_, uint32_t bytes)
{
    struct bench_app *app = app_;
    uint64_t answer = app->to_answer;

    app->received += bytes;
    app->to_answer = 0;
    if (answer) {
        assert_int_equal(tcp_write(conn, answer), answer);
    }
}

static void
app_acked(struct tcp_conn *conn, void *app_, uint32_t bytes)
{
    struct bench_app *app = app_;

    (void) conn;
    app->acked += bytes;
}

static void
app_peer_closed(struct tcp_conn *conn, void *app_)
{
    struct bench_app *app = app_;

    app->n_peer_closed++;
    if (app->close_at_eof) {
        tcp_close(conn);
    }
}

static void
app_closed(struct tcp_conn *conn, void *app_, enum tcp_end end)
{
    struct bench_app *app = app_;

    app->n_closed++;
    app->end = end;
    app->stats = *tcp_stats(conn);
    app->closed_at = sim_now(app->sim);
    app->conn = NULL;
}

const struct tcp_app bench_tcp_app = {
    .established = app_established,
    .received = app_received,
    .acked = app_acked,
    .peer_closed = app_peer_closed,
    .closed = app_closed,
};

/* Gives an arriving connection the bench_app 'app_'. */
void
bench_accept(struct tcp_conn *conn, void *app_)
{
    struct bench_app *app = app_;

    app->conn = conn;
    app->n_opened++;
    tcp_set_app(conn, &bench_tcp_app, app);
}

/* For rules: a frame with a TCP segment, and one with data in it. */
bool
bench_is_tcp(const struct packet *pkt)
{
    const uint8_t *data = packet_data(pkt);

    return get_be16(data + 12) == ETH_TYPE_IPV4
           && data[ETH_HLEN + 9] == IP_PROTO_TCP;
}

bool
bench_is_tcp_data(const struct packet *pkt)
{
    const uint8_t *data = packet_data(pkt);

    return bench_is_tcp(pkt)
           && get_be16(data + ETH_HLEN + 2)
                  > IPV4_HLEN + (data[ETH_HLEN + IPV4_HLEN + 12] >> 4) * 4;
}

/* The pair. */

struct bench *
bench_new(uint64_t seed)
{
    struct bench *b = g_new0(struct bench, 1);

    b->pair = guest_pair_new(seed);
    for (int i = 0; i < 2; i++) {
        b->config[i] = tcp_config_default;
        b->app[i].sim = b->pair->sim;
        b->app[i].close_at_eof = true;
    }
    return b;
}

void
bench_free(struct bench *b)
{
    guest_pair_free(b->pair);
    g_free(b);
}

int
bench_setup(void **state)
{
    *state = bench_new(1);
    return 0;
}

int
bench_teardown(void **state)
{
    bench_free(*state);
    return 0;
}

/* The second guest listens and the first connects; nothing runs yet. */
void
bench_open(struct bench *b)
{
    struct guest **guests = b->pair->guests;

    assert_non_null(tcp_listen(guests[1], BENCH_PORT, &b->config[1],
                               bench_accept, &b->app[1]));
    b->app[0].conn = tcp_connect(
        guests[0], guest_address(guests[1]), BENCH_PORT, 0, &b->config[0],
        &bench_tcp_app, &b->app[0], (struct guest_flow_tag){ 1, false, 0 });
    assert_non_null(b->app[0].conn);
    guest_flush(guests[0]);
}

void
bench_write(struct bench *b, int end, uint64_t bytes)
{
    assert_int_equal(tcp_write(b->app[end].conn, bytes), bytes);
    guest_flush(b->pair->guests[end]);
}

void
bench_close(struct bench *b, int end)
{
    tcp_close(b->app[end].conn);
    guest_flush(b->pair->guests[end]);
}

void
bench_run(struct bench *b, sim_time more)
{
    guest_pair_run(b->pair, sim_now(b->pair->sim) + more);
}

/* Both ends were told once that the connection closed in order. */
void
bench_expect_closed(const struct bench *b)
{
    for (int i = 0; i < 2; i++) {
        assert_int_equal(b->app[i].n_closed, 1);
        assert_int_equal(b->app[i].end, TCP_END_CLOSED);
        assert_int_equal(b->app[i].n_established, 1);
        assert_int_equal(b->app[i].n_peer_closed, 1);
    }
}

/* The script. */

/* The guest learns the peer's MAC from a question of the peer's. */
static void
introduce(struct script *s)
{
    struct arp_hdr arp = {
        .op = ARP_REQUEST,
        .sha = peer_mac,
        .spa = ip_addr_from_v4(PEER_V4),
        .tpa = guest_address(s->pair->guests[0]),
    };
    struct eth_hdr eth = { guest_mac(s->pair->guests[0]), peer_mac,
                           ETH_TYPE_ARP };
    uint8_t frame[60] = { 0 };

    eth_encode(&eth, frame);
    arp_encode(&arp, frame + ETH_HLEN);
    guest_pair_inject(s->pair, 0, frame, sizeof frame, sizeof frame);
}

int
script_setup(void **state)
{
    struct script *s = g_new0(struct script, 1);

    s->pair = guest_pair_new(1);
    s->config = tcp_config_default;
    s->app.sim = s->pair->sim;
    s->app.close_at_eof = true;
    s->peer_iss = BENCH_PEER_ISS;
    s->peer_port = BENCH_PEER_PORT;
    s->window = 1000;
    introduce(s);
    *state = s;
    return 0;
}

int
script_teardown(void **state)
{
    struct script *s = *state;

    guest_pair_free(s->pair);
    g_free(s);
    return 0;
}

/* Runs, and reminds the guest now and then of who the peer is. */
void
script_run(struct script *s, sim_time more)
{
    sim_time now = sim_now(s->pair->sim);

    for (sim_time end = now + more; now < end;) {
        introduce(s);
        now = MIN(end, now + 10 * SIM_S);
        guest_pair_run(s->pair, now);
    }
}

/* Sends the guest 'seg', from the peer. */
void
script_send(struct script *s, const struct seg *seg)
{
    struct ip_addr src = ip_addr_from_v4(PEER_V4);
    struct ip_addr dst = guest_address(s->pair->guests[0]);
    struct eth_hdr eth = { guest_mac(s->pair->guests[0]), peer_mac,
                           ETH_TYPE_IPV4 };
    uint8_t frame[ETH_HLEN + IPV4_HLEN + TCP_HLEN_MAX];
    uint8_t *tcp = frame + ETH_HLEN + IPV4_HLEN;
    size_t options = tcp_options_encode(&seg->options, tcp + TCP_HLEN);
    size_t header = TCP_HLEN + options + (s->malformed_options ? 4 : 0);
    struct tcp_hdr hdr = {
        .sport = s->peer_port,
        .dport = s->guest_port ? s->guest_port : BENCH_PORT,
        .seq = s->peer_iss + seg->seq,
        .ack = seg->flags & TCP_ACK ? s->guest_iss + seg->ack : 0,
        .header_length = (uint8_t) header,
        .flags = seg->flags,
        .window = seg->window,
    };
    struct ipv4_hdr ip = {
        .ttl = 64,
        .protocol = IP_PROTO_TCP,
        .dont_fragment = true,
        .total_length = (uint16_t) (IPV4_HLEN + header + seg->len),
        .src = src,
        .dst = dst,
    };

    if (s->malformed_options) {
        memcpy(tcp + TCP_HLEN + options, "\2\3\0", 4); /* MSS of 3 bytes. */
    }
    eth_encode(&eth, frame);
    ipv4_encode(&ip, frame + ETH_HLEN);
    tcp_encode(&hdr, tcp);
    put_be16(tcp + TCP_OFS_CHECKSUM,
             checksum_of_segment(&src, &dst, IP_PROTO_TCP, tcp, header,
                                 header + seg->len));
    guest_pair_inject(s->pair, 0, frame, ETH_HLEN + IPV4_HLEN + header,
                      ETH_HLEN + IPV4_HLEN + header + seg->len);
}

/* Sends the guest an ICMP "unreachable" with 'code' about its segment of number
 * 'seq'. */
void
script_icmp(struct script *s, uint8_t code, uint32_t mtu, uint32_t seq)
{
    struct eth_hdr eth = { guest_mac(s->pair->guests[0]), peer_mac,
                           ETH_TYPE_IPV4 };
    struct icmp_hdr icmp = { ICMP_UNREACHABLE, code, 0, mtu };
    struct tcp_hdr tcp = { .sport = s->guest_port,
                           .dport = s->peer_port,
                           .seq = s->guest_iss + seq,
                           .header_length = TCP_HLEN };
    struct ipv4_hdr quoted = { .ttl = 64,
                               .protocol = IP_PROTO_TCP,
                               .dont_fragment = true,
                               .total_length = 1500,
                               .src = guest_address(s->pair->guests[0]),
                               .dst = ip_addr_from_v4(PEER_V4) };
    struct ipv4_hdr ip = { .ttl = 64,
                           .protocol = IP_PROTO_ICMP,
                           .src = quoted.dst,
                           .dst = quoted.src };
    uint8_t original[IPV4_HLEN + TCP_HLEN];
    uint8_t frame[ETH_HLEN + IPV4_HLEN + ICMP_ERROR_MAX];
    size_t size;

    ipv4_encode(&quoted, original);
    tcp_encode(&tcp, original + IPV4_HLEN);
    size = icmp_error_encode(frame + ETH_HLEN + IPV4_HLEN, &icmp, original,
                             sizeof original, sizeof original);
    ip.total_length = (uint16_t) (IPV4_HLEN + size);
    ipv4_encode(&ip, frame + ETH_HLEN);
    eth_encode(&eth, frame);
    size += ETH_HLEN + IPV4_HLEN;
    guest_pair_inject(s->pair, 0, frame, size, size);
}

/* Takes the next segment that the guest sent; false if there is none.  Its
 * checksum must be right. */
bool
script_next(struct script *s, struct seg *seg)
{
    struct ip_addr src = guest_address(s->pair->guests[0]);
    struct ip_addr dst = ip_addr_from_v4(PEER_V4);

    while (s->n_read < s->pair->log->len) {
        const struct pair_frame *f =
            g_ptr_array_index(s->pair->log, s->n_read++);
        const uint8_t *tcp = f->bytes + ETH_HLEN + IPV4_HLEN;
        size_t before = ETH_HLEN + IPV4_HLEN;
        struct tcp_hdr hdr;

        if (f->from != 0 || get_be16(f->bytes + 12) != ETH_TYPE_IPV4) {
            continue;
        }
        assert_true(tcp_decode(&hdr, tcp, f->stored - before));
        assert_int_equal(checksum_of_segment(&src, &dst, IP_PROTO_TCP, tcp,
                                             f->stored - before,
                                             f->size - before),
                         0);
        if (!s->knows_iss) {
            s->knows_iss = true;
            s->guest_iss = hdr.seq;
            s->guest_port = hdr.sport;
        }
        *seg = (struct seg){
            .flags = hdr.flags,
            .seq = hdr.seq - s->guest_iss,
            .ack = hdr.flags & TCP_ACK ? hdr.ack - s->peer_iss : 0,
            .len = (uint32_t) (f->size - before - hdr.header_length),
            .window = hdr.window,
            .when = f->when,
        };
        assert_true(tcp_options_decode(&seg->options, tcp + TCP_HLEN,
                                       (size_t) hdr.header_length - TCP_HLEN));
        return true;
    }
    return false;
}

void
script_expect(struct script *s, uint8_t flags, uint32_t seq, uint32_t ack,
              uint32_t len)
{
    struct seg seg;

    assert_true(script_next(s, &seg));
    assert_int_equal(seg.flags, flags);
    assert_int_equal(seg.seq, seq);
    assert_int_equal(seg.ack, ack);
    assert_int_equal(seg.len, len);
}

void
script_expect_nothing(struct script *s)
{
    struct seg seg;

    assert_false(script_next(s, &seg));
}

/* Looks past what the guest has sent. */
void
script_skip(struct script *s)
{
    struct seg seg;

    while (script_next(s, &seg)) {
    }
}

/* The guest sends SYN. */
void
script_connect(struct script *s)
{
    s->app.conn = tcp_connect(s->pair->guests[0], ip_addr_from_v4(PEER_V4),
                              BENCH_PEER_PORT, 0, &s->config, &bench_tcp_app,
                              &s->app, (struct guest_flow_tag){ 3, false, 0 });
    assert_non_null(s->app.conn);
    guest_flush(s->pair->guests[0]);
    script_expect(s, TCP_SYN, 0, 0, 0);
}

/* The peer answers, 10 ms later, and the guest acknowledges. */
void
script_accept(struct script *s, uint16_t window)
{
    struct seg seg = { .flags = TCP_SYN | TCP_ACK, .ack = 1 };

    seg.options.mss = BENCH_MSS;
    seg.options.has_window_scale = true;
    seg.options.window_scale = PEER_SCALE;
    seg.window = (uint16_t) MIN((uint32_t) window << PEER_SCALE, 65535);
    script_run(s, 10 * SIM_MS);
    script_send(s, &seg);
    script_expect(s, TCP_ACK, 1, 1, 0);
    script_ack(s, 1, window);
}

void
script_open(struct script *s, uint16_t window)
{
    script_connect(s);
    script_accept(s, window);
}

/* The peer, which has sent nothing but SYN, acknowledges up to 'ack'. */
void
script_ack(struct script *s, uint32_t ack, uint16_t window)
{
    script_send(s, &(struct seg){
                       .flags = TCP_ACK,
                       .seq = 1,
                       .ack = ack,
                       .window = window,
                   });
}

/* The peer sends data, and acknowledges nothing new. */
void
script_data(struct script *s, uint32_t seq, uint32_t len)
{
    script_send(s, &(struct seg){
                       .flags = TCP_ACK,
                       .seq = seq,
                       .ack = 1,
                       .len = len,
                       .window = s->window,
                   });
}

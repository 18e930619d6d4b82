/* Any segments, with right checksums, that arrive for a TCP connection, while
 * its application writes, holds, closes and aborts and time goes by.
 *
 * Input: options 1 byte, then operations: a byte whose low three bits say which
 * (see operations[]) and what they take.  Checked after each: sequence numbers
 * are in order, every byte received is accounted for, nothing that waits for an
 * answer waits without a timer, and the application hears of the end once. */

#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "models/guest/tcp_internal.h"
#include "models/wire/arp.h"
#include "models/wire/checksum.h"

#define PEER_V4   0x0a010109
#define GUEST_V4  0x0a010101
#define PEER_PORT 5000
#define PORT      80
#define STEP_MAX  (20 * SIM_S)

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const struct fate fate_sent = { FATE_CONSUMED, "sent", "by the guest" };
static const struct eth_addr guest_addr = { { 0, 0x15, 0x5d, 1, 1, 1 } };
static const struct eth_addr peer_addr = { { 0, 0x15, 0x5d, 1, 1, 9 } };

struct world {
    struct node node;
    struct guest *guest;
    struct tcp_conn *conn; /* The application's, null when it closed. */
    uint16_t port;         /* Of the guest's end. */
    uint64_t received;     /* By the application of this connection. */
    uint64_t n_accepted, n_closed;
    const uint8_t *data;
    size_t left;
};

static struct world *
world_cast(struct node *node)
{
    return (struct world *) (void *) ((char *) node
                                      - offsetof(struct world, node));
}

static uint64_t
world_held(const struct node *node)
{
    return guest_held(world_cast((struct node *) node)->guest);
}

static void
world_destroy(struct node *node)
{
    guest_free(world_cast(node)->guest);
    node_clear(node);
}

static const struct node_ops world_ops = {
    .kind = "world",
    .held = world_held,
    .destroy = world_destroy,
};

static void
output(void *node, struct guest *guest, struct packet *pkt)
{
    (void) guest;
    node_end_packet(node, pkt, &fate_sent);
}

/* The application. */

static void
received(struct tcp_conn *conn, void *world_, uint32_t bytes)
{
    struct world *w = world_;

    g_assert(conn == w->conn && bytes > 0);
    w->received += bytes;
    if (bytes % 7 == 0) {
        tcp_write(conn, bytes);
    } else if (bytes % 7 == 1) {
        tcp_hold(conn, true);
    }
}

static void
peer_closed(struct tcp_conn *conn, void *world_)
{
    struct world *w = world_;

    g_assert(conn == w->conn);
    if (w->received % 2) {
        tcp_close(conn);
    } else if (w->received % 3 == 1) {
        tcp_abort(conn);
    }
}

static void
closed(struct tcp_conn *conn, void *world_, enum tcp_end end)
{
    struct world *w = world_;

    (void) end;
    g_assert(conn == w->conn);
    w->n_closed++;
    w->conn = NULL;
}

static const struct tcp_app app = {
    .received = received,
    .peer_closed = peer_closed,
    .closed = closed,
};

static void
accepted(struct tcp_conn *conn, void *world_)
{
    struct world *w = world_;

    if (w->conn) {
        return; /* It has the port of another peer: nobody's. */
    }
    w->n_accepted++;
    w->conn = conn;
    w->received = 0;
    tcp_set_app(conn, &app, w);
}

/* Reading the input. */

static uint8_t
take8(struct world *w)
{
    if (!w->left) {
        return 0;
    }
    w->left--;
    return *w->data++;
}

static uint16_t
take16(struct world *w)
{
    uint8_t high = take8(w);

    return (uint16_t) (high << 8 | take8(w));
}

/* Returns a number near 'base', from 32768 before it to 32767 behind it. */
static uint32_t
take_near(struct world *w, uint32_t base)
{
    uint32_t offset = take16(w);

    return base + offset - (offset & 0x8000u) * 2;
}

/* Frames. */

static void
introduce(struct world *w)
{
    struct eth_hdr eth = { guest_addr, peer_addr, ETH_TYPE_ARP };
    struct arp_hdr arp = { .op = ARP_REQUEST,
                           .sha = peer_addr,
                           .spa = ip_addr_from_v4(PEER_V4),
                           .tpa = ip_addr_from_v4(GUEST_V4) };
    struct packet *pkt = node_new_packet(&w->node, 60, 60);

    memset(packet_data(pkt), 0, 60);
    eth_encode(&eth, packet_data(pkt));
    arp_encode(&arp, packet_data(pkt) + ETH_HLEN);
    guest_input(w->guest, pkt);
    guest_flush(w->guest);
}

/* Sends the guest the segment '*hdr' with 'n_options' bytes of the input behind
 * it and 'len' bytes of payload. */
static void
send_segment(struct world *w, struct tcp_hdr *hdr, size_t n_options,
             uint16_t len)
{
    struct ip_addr src = ip_addr_from_v4(PEER_V4);
    struct ip_addr dst = ip_addr_from_v4(GUEST_V4);
    size_t header = TCP_HLEN + n_options;
    size_t stored = ETH_HLEN + IPV4_HLEN + header;
    struct eth_hdr eth = { guest_addr, peer_addr, ETH_TYPE_IPV4 };
    struct ipv4_hdr ip = { .ttl = 64,
                           .protocol = IP_PROTO_TCP,
                           .dont_fragment = true,
                           .total_length =
                               (uint16_t) (IPV4_HLEN + header + len),
                           .src = src,
                           .dst = dst };
    struct packet *pkt = node_new_packet(&w->node, stored, stored + len);
    uint8_t *data = packet_data(pkt);
    uint8_t *tcp = data + ETH_HLEN + IPV4_HLEN;

    hdr->sport = PEER_PORT;
    hdr->dport = w->port;
    hdr->header_length = (uint8_t) header;
    eth_encode(&eth, data);
    ipv4_encode(&ip, data + ETH_HLEN);
    tcp_encode(hdr, tcp);
    for (size_t i = 0; i < n_options; i++) {
        tcp[TCP_HLEN + i] = take8(w);
    }
    put_be16(tcp + TCP_OFS_CHECKSUM,
             checksum_of_segment(&src, &dst, IP_PROTO_TCP, tcp, header,
                                 header + len));
    guest_input(w->guest, pkt);
}

/* The connection, in TIME-WAIT too; null if there is none. */
static struct tcp_conn *
find(struct world *w)
{
    struct ip_addr peer = ip_addr_from_v4(PEER_V4);

    return tcp_lookup(guest_tcp(w->guest), w->port, &peer, PEER_PORT);
}

/* Operations. */

/* A segment with numbers near those that are due. */
static void
op_segment(struct world *w)
{
    const struct tcp_conn *conn = find(w);
    struct tcp_hdr hdr = { .flags = take8(w) };
    size_t n_options = 0;

    hdr.seq = take_near(w, conn ? conn->rcv_nxt : 1000);
    hdr.ack = take_near(w, conn ? conn->snd_una : 0);
    hdr.window = take16(w);
    if (hdr.flags & TCP_SYN) {
        n_options = (take8(w) & 3) * 4u;
    }
    send_segment(w, &hdr, n_options, take16(w) % 2000);
}

/* The next segment of a peer that behaves: it acknowledges all. */
static void
op_good_segment(struct world *w)
{
    const struct tcp_conn *conn = find(w);

    if (conn) {
        bool is_syn = conn->state == TCP_SYN_SENT;
        struct tcp_hdr hdr = {
            .seq = conn->rcv_nxt,
            .ack = conn->snd_max,
            .flags = is_syn ? TCP_SYN | TCP_ACK : TCP_ACK,
            .window = take16(w),
        };

        send_segment(w, &hdr, 0, take16(w) % 1461);
    }
}

static void
op_write(struct world *w)
{
    uint16_t bytes = take16(w);

    if (w->conn) {
        tcp_write(w->conn, bytes * 16);
    }
}

static void
op_run(struct world *w)
{
    struct sim *sim = w->node.sim;
    sim_time step = (sim_time) take16(w) * take8(w) * SIM_MS / 16;

    introduce(w);
    g_assert(sim_run(sim, sim_now(sim) + MIN(step, STEP_MAX), UINT64_MAX));
}

static void
op_hold(struct world *w)
{
    bool hold = take8(w) & 1;

    if (w->conn) {
        tcp_hold(w->conn, hold);
    }
}

static void
op_close(struct world *w)
{
    if (w->conn) {
        tcp_close(w->conn);
    }
}

static void
op_abort(struct world *w)
{
    if (w->conn && take8(w) % 4 == 0) {
        tcp_abort(w->conn);
    }
}

static void
op_duplicate_acks(struct world *w)
{
    const struct tcp_conn *conn = find(w);
    uint8_t n = take8(w) % 8;

    for (; conn && conn->state != TCP_SYN_SENT && n; n--) {
        struct tcp_hdr hdr = {
            .seq = conn->rcv_nxt,
            .ack = conn->snd_una,
            .flags = TCP_ACK,
            .window = (uint16_t) (conn->snd_wnd >> conn->snd_scale),
        };

        send_segment(w, &hdr, 0, 0);
        conn = find(w);
    }
}

static void (*const operations[8])(struct world *) = {
    op_segment, op_good_segment, op_write, op_run,
    op_hold,    op_close,        op_abort, op_duplicate_acks,
};

/* What must hold. */

static void
check_receiving(const struct world *w, const struct tcp_conn *conn)
{
    const struct tcp_gaps *gaps = &conn->gaps;
    uint32_t before = conn->rcv_nxt;

    g_assert(seq_le(conn->rcv_nxt, conn->rcv_adv + conn->fin_taken));
    g_assert(conn->rcv_unread <= conn->config.receive_buffer);
    g_assert(gaps->n <= TCP_RUNS_MAX);
    for (uint32_t i = 0; i < gaps->n; i++) {
        g_assert(seq_lt(before, gaps->runs[i].start));
        g_assert(seq_lt(gaps->runs[i].start, gaps->runs[i].end));
        before = gaps->runs[i].end;
    }
    g_assert(seq_le(before, conn->rcv_adv) || !gaps->n);
    if (conn == w->conn && conn->state >= TCP_ESTABLISHED) {
        g_assert((uint32_t) w->received + conn->rcv_unread
                 == conn->rcv_nxt - conn->irs - 1 - conn->fin_taken);
    }
}

static void
check_sending(const struct tcp_conn *conn)
{
    bool is_synchronized = conn->state >= TCP_ESTABLISHED;

    g_assert(seq_le(conn->snd_una, conn->snd_nxt));
    g_assert(seq_le(conn->snd_nxt, conn->snd_max) || !is_synchronized);
    g_assert(!is_synchronized || conn->mss >= TCP_MSS_MIN);
    g_assert(!is_synchronized || conn->control.cwnd > 0);
    if (is_synchronized) {
        g_assert(conn->snd_max - conn->snd_una
                 <= conn->queued + conn->fin_sent);
    }
    /* Whoever waits for an answer has a timer. */
    if (conn->snd_una != conn->snd_max || (is_synchronized && conn->queued)) {
        g_assert(tcp_timer_is_set(conn, TCP_TIMER_RETRANSMIT)
                 || tcp_timer_is_set(conn, TCP_TIMER_PERSIST));
    }
}

static void
check(const struct world *w, const struct tcp_conn *conn)
{
    g_assert(w->n_closed <= w->n_accepted);
    g_assert(w->n_closed == w->n_accepted - (w->conn != NULL));
    if (!conn) {
        g_assert(!w->conn);
        return;
    }
    g_assert(conn->state != TCP_CLOSED && conn->busy == 0);
    g_assert(!conn->ack_now || conn->state == TCP_SYN_SENT);
    for (int i = 0; i < TCP_N_TIMERS; i++) {
        if (conn->deadline[i] != SIM_NEVER) {
            g_assert(event_is_scheduled(&conn->timer));
            g_assert(conn->timer.when <= conn->deadline[i]);
        }
    }
    if (conn->state != TCP_SYN_SENT) {
        check_receiving(w, conn);
    }
    check_sending(conn);
}

static void
open_world(struct world *w, struct sim *sim)
{
    uint8_t options = take8(w);
    struct tcp_config config = tcp_config_default;
    struct guest_config guest = {
        .name = "a",
        .mac = guest_addr,
        .address = { ip_addr_from_v4(GUEST_V4), 24 },
        .mtu = 1500,
    };

    node_init(&w->node, &world_ops, sim, "world", 0);
    w->guest = guest_new(&w->node, &guest, output, &w->node);
    introduce(w);
    config.nagle = options & 1;
    config.delayed_ack = options & 2;
    config.receive_buffer = options & 4 ? 3000 : 1 << 20;
    config.send_buffer = options & 8 ? 10000 : 0;
    w->port = PORT;
    g_assert(tcp_listen(w->guest, PORT, &config, accepted, w));
    if (options & 16) {
        w->port = 49152;
        w->n_accepted++;
        w->conn = tcp_connect(w->guest, ip_addr_from_v4(PEER_V4), PEER_PORT, 0,
                              &config, &app, w, (struct guest_flow_tag){ 0 });
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sim *sim = sim_new(1);
    struct world world = { .data = data, .left = size };
    struct packet_sums sums;

    open_world(&world, sim);
    while (world.left) {
        operations[take8(&world) & 7](&world);
        guest_flush(world.guest);
        check(&world, find(&world));
    }
    sim_packet_sums(sim, &sums);
    g_assert(packet_sums_add_up(&sums));
    sim_free(sim);
    return 0;
}

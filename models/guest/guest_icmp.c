/* ICMP of a guest: RFC 792, RFC 1122 section 3.2.2. */

#include <glib.h>
#include <string.h>

#include "models/guest/echo.h"
#include "models/guest/guest_inside.h"
#include "models/guest/key_table.h"
#include "models/wire/ip_tos.h"

#define PING_LETTERS 23 /* From a to w. */

struct guest_echo {
    struct key_table clients; /* By identifier. */
    uint16_t last_id;
};

/* Gives 'client', whose other members are set, an identifier that no other has
 * in its guest. */
void
echo_open(struct echo_client *client)
{
    struct guest_echo *echo = client->guest->echo;

    if (!echo) {
        echo = client->guest->echo = g_new0(struct guest_echo, 1);
    }
    g_assert(echo->clients.n < UINT16_MAX);
    do {
        client->id = ++echo->last_id;
    } while (!key_table_add(&echo->clients, client->id, client));
}

void
echo_close(struct echo_client *client)
{
    key_table_remove(&client->guest->echo->clients, client->id);
}

void
guest_echo_free(struct guest_echo *echo)
{
    if (echo) {
        key_table_clear(&echo->clients);
        g_free(echo);
    }
}

/* Sends an echo request with 'bytes' of payload.  Of one that is too big for
 * the NIC only the size matters: it ends before anybody reads it. */
void
echo_send(struct echo_client *client, struct ip_addr dst, uint16_t seq,
          size_t bytes)
{
    struct guest *guest = client->guest;
    const struct icmp_hdr icmp = { .type = ICMP_ECHO_REQUEST,
                                   .rest = icmp_echo_rest(client->id, seq) };
    size_t stored = ICMP_HLEN + MIN(bytes, guest->mtu);
    struct packet *pkt = guest_new_packet(
        guest, client->tag, MIN(stored, PACKET_STORED_MAX), ICMP_HLEN + bytes);
    uint8_t *data = packet_data(pkt);

    icmp_encode(&icmp, data);
    for (size_t i = 0; i < pkt->stored - (size_t) ICMP_HLEN; i++) {
        data[ICMP_HLEN + i] = (uint8_t) ('a' + i % PING_LETTERS);
    }
    icmp_set_checksum(data, pkt->stored);
    guest_send_ip(guest, pkt, &dst, IP_PROTO_ICMP, client->tag.tos);
}

/* Answers the echo request 'in' with its own data, and marked as it was but for
 * congestion, which is not the answer's.  One that was broadcast is
 * not answered, as RFC 1122 section 3.2.2.6 allows. */
static enum guest_fate
answer_echo(struct guest *guest, const struct guest_ip_packet *in)
{
    struct guest_flow_tag tag = guest_answer_tag(in->pkt);
    uint8_t dscp = in->tos & (uint8_t) ~IP_ECN_MASK;
    uint8_t ecn = in->tos & IP_ECN_MASK ? IP_ECN_ECT0 : IP_ECN_NONE;
    struct packet *reply;

    if (ip_addr_to_v4(&in->dst) != guest->address) {
        return GUEST_FATE_ICMP;
    }
    reply = guest_new_packet(guest, tag, in->l4_stored, in->l4_size);
    memcpy(packet_data(reply), in->l4, in->l4_stored);
    packet_data(reply)[0] = ICMP_ECHO_REPLY;
    icmp_set_checksum(packet_data(reply), reply->stored);
    guest_send_ip(guest, reply, &in->src, IP_PROTO_ICMP, dscp | ecn);
    return GUEST_FATE_DELIVERED;
}

static struct echo_client *
find_client(const struct guest *guest, uint32_t rest)
{
    return guest->echo
               ? key_table_lookup(&guest->echo->clients, icmp_echo_id(rest))
               : NULL;
}

static enum guest_fate
take_echo_reply(const struct guest *guest, const struct guest_ip_packet *in,
                const struct icmp_hdr *icmp)
{
    struct echo_client *client = find_client(guest, icmp->rest);

    if (!client) {
        return GUEST_FATE_NO_SOCKET;
    }
    client->replied(client, icmp_echo_seq(icmp->rest),
                    in->l4_size - ICMP_HLEN);
    return GUEST_FATE_DELIVERED;
}

/* A quoted ICMP message that the guest sent can only be an echo request. */
static void
report_echo(const struct guest *guest, const struct icmp_hdr *error,
            const uint8_t *quoted, size_t size)
{
    struct echo_client *client;
    struct icmp_hdr icmp;

    if (icmp_decode(&icmp, quoted, size) && icmp.type == ICMP_ECHO_REQUEST
        && (client = find_client(guest, icmp.rest)) != NULL) {
        client->failed(client, error);
    }
}

/* Tells the transport that the packet whose first 'size' bytes, from the IPv4
 * header on, are at 'quoted' did not arrive.  Whoever sends errors about
 * packets that the guest did not send is not believed. */
void
guest_icmp_report(struct guest *guest, const struct icmp_hdr *error,
                  const uint8_t *quoted, size_t size)
{
    struct ipv4_hdr ip;

    if (!ipv4_decode(&ip, quoted, size, SIZE_MAX)
        || ip_addr_to_v4(&ip.src) != guest->address) {
        return;
    }
    if (error->type == ICMP_UNREACHABLE
        && error->code == ICMP_UNREACHABLE_FRAG_NEEDED
        && (error->rest & 0xffff) < ip.total_length) {
        guest_path_lower(guest, &ip.dst, error->rest & 0xffff);
    }
    switch (ip.protocol) {
    case IP_PROTO_TCP: tcp_icmp_error(guest, error, quoted, size); break;
    case IP_PROTO_UDP: udp_icmp_error(guest, error, quoted, size); break;
    case IP_PROTO_ICMP:
        report_echo(guest, error, quoted + ip.header_length,
                    size - ip.header_length);
        break;
    }
}

/* Takes the ICMP message 'in'. */
void
guest_icmp_input(struct guest *guest, const struct guest_ip_packet *in)
{
    enum guest_fate fate = GUEST_FATE_PROTOCOL;
    struct icmp_hdr icmp;

    if (!icmp_decode(&icmp, in->l4, in->l4_stored)) {
        fate = GUEST_FATE_MALFORMED;
    } else if (!icmp_checksum_is_right(in->l4, in->l4_stored)) {
        fate = GUEST_FATE_CHECKSUM;
    } else if (icmp.type == ICMP_ECHO_REQUEST) {
        fate = answer_echo(guest, in);
    } else if (icmp.type == ICMP_ECHO_REPLY) {
        fate = take_echo_reply(guest, in, &icmp);
    } else if (icmp.type == ICMP_REDIRECT) {
        fate = GUEST_FATE_ICMP; /* It has one gateway only. */
    } else if (icmp_is_error(icmp.type)) {
        guest_icmp_report(guest, &icmp, in->l4 + ICMP_HLEN,
                          in->l4_stored - ICMP_HLEN);
        fate = GUEST_FATE_ICMP;
    }
    guest_end_packet(guest, in->pkt, fate);
}

/* Sends an ICMP error about the received 'in' to its sender, unless RFC 1122
 * section 3.2.2 forbids it.  (What is to the guest's own address has not come
 * as a broadcast, or it would not have been taken.) */
void
guest_send_icmp_error(struct guest *guest, const struct guest_ip_packet *in,
                      uint8_t type, uint8_t code)
{
    const uint8_t *frame = packet_data(in->pkt);
    const struct icmp_hdr error = { .type = type, .code = code };
    struct guest_flow_tag tag = guest_answer_tag(in->pkt);
    uint8_t message[ICMP_ERROR_MAX];
    struct ipv4_hdr ip;
    struct packet *pkt;
    size_t size;

    if (ip_addr_to_v4(&in->dst) != guest->address
        || !ipv4_decode(&ip, frame + ETH_HLEN,
                        in->pkt->stored - (size_t) ETH_HLEN,
                        in->pkt->size - (size_t) ETH_HLEN)
        || !icmp_may_report(&ip, in->l4, in->l4_stored)) {
        return;
    }
    size = icmp_error_encode(message, &error, frame + ETH_HLEN,
                             in->pkt->stored - (size_t) ETH_HLEN,
                             in->pkt->size - (size_t) ETH_HLEN);
    pkt = guest_new_packet(guest, tag, size, size);
    memcpy(packet_data(pkt), message, size);
    guest_send_ip(guest, pkt, &in->src, IP_PROTO_ICMP, 0);
}

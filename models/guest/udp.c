#include "models/guest/udp.h"

#include <glib.h>
#include <string.h>

#include "models/guest/key_table.h"
#include "models/wire/checksum.h"
#include "models/wire/udp.h"

#define PORT_FIRST 49152 /* RFC 6335 section 6: dynamic ports. */

struct udp_socket {
    struct guest *guest;
    const struct udp_app *app;
    void *user;
    uint16_t port;
};

struct udp_stack {
    struct key_table sockets; /* By port. */
    uint16_t next_port;
};

struct udp_stack *
udp_stack_new(struct guest *guest)
{
    struct udp_stack *udp = g_new0(struct udp_stack, 1);

    (void) guest;
    udp->next_port = PORT_FIRST;
    return udp;
}

/* Frees 'udp', all of whose sockets are closed. */
void
udp_stack_free(struct udp_stack *udp)
{
    if (udp) {
        g_assert(udp->sockets.n == 0);
        key_table_clear(&udp->sockets);
        g_free(udp);
    }
}

/* Fetches what a datagram that comes in will touch: in step 1 'udp', which may
 * be null, in step 2 the socket that was asked for last. */
void
udp_prefetch(const struct udp_stack *udp, unsigned int step)
{
    if (step == 1) {
        __builtin_prefetch(udp);
    } else if (udp) {
        __builtin_prefetch(udp->sockets.last.value);
    }
}

/* Returns the next dynamic port that is free, 0 if all are taken. */
static uint16_t
choose_port(struct udp_stack *udp)
{
    for (int i = PORT_FIRST; i <= UINT16_MAX; i++) {
        uint16_t port = udp->next_port;

        udp->next_port =
            port == UINT16_MAX ? PORT_FIRST : (uint16_t) (port + 1);
        if (!key_table_lookup(&udp->sockets, port)) {
            return port;
        }
    }
    return 0;
}

/* Returns a socket of 'guest' on 'port', or on one that is free if 'port' is
 * 0.  Null if the port is taken, or all are.  '*app' and 'user' stay the
 * caller's. */
struct udp_socket *
udp_open(struct guest *guest, uint16_t port, const struct udp_app *app,
         void *user)
{
    struct udp_stack *udp = guest_udp(guest);
    struct udp_socket *socket;

    if (!port) {
        port = choose_port(udp);
    }
    if (!port || key_table_lookup(&udp->sockets, port)) {
        return NULL;
    }
    socket = g_new(struct udp_socket, 1);
    *socket = (struct udp_socket){ guest, app, user, port };
    key_table_add(&udp->sockets, port, socket);
    return socket;
}

/* Frees 'socket', which may be null. */
void
udp_close(struct udp_socket *socket)
{
    if (socket) {
        key_table_remove(&guest_udp(socket->guest)->sockets, socket->port);
        g_free(socket);
    }
}

uint16_t
udp_port(const struct udp_socket *socket)
{
    return socket->port;
}

/* Returns the checksum of the datagram of 'size' bytes, the first 'stored' of
 * them at 'data', between two IPv4 addresses: RFC 768. */
static inline uint16_t
checksum(const struct ip_addr *src, const struct ip_addr *dst,
         const uint8_t *data, size_t stored, size_t size)
{
    return checksum_fold(checksum_sum(src->octets, IP_V4_OCTETS)
                         + checksum_sum(dst->octets, IP_V4_OCTETS)
                         + checksum_sum16(IP_PROTO_UDP)
                         + checksum_sum16((uint16_t) size)
                         + checksum_sum(data, stored));
}

/* Sends 'size' bytes, at most UDP_PAYLOAD_MAX, to 'dport' at 'dst': the first
 * 'stored' from 'data', then zeros. */
void
udp_send(struct udp_socket *socket, struct ip_addr dst, uint16_t dport,
         struct guest_flow_tag tag, const uint8_t *data, size_t stored,
         size_t size)
{
    struct packet *pkt = guest_new_packet(socket->guest, tag,
                                          UDP_HLEN + stored, UDP_HLEN + size);
    struct ip_addr src = guest_address(socket->guest);
    uint8_t *bytes = packet_data(pkt);
    const struct udp_hdr udp = {
        .sport = socket->port,
        .dport = dport,
        .length = (uint16_t) (UDP_HLEN + size),
    };

    g_assert(size <= UDP_PAYLOAD_MAX && stored <= size);
    udp_encode(&udp, bytes);
    if (stored) {
        memcpy(bytes + UDP_HLEN, data, stored);
    }
    put_be16(bytes + UDP_OFS_CHECKSUM,
             checksum_udp_on_wire(
                 checksum(&src, &dst, bytes, pkt->stored, pkt->size)));
    guest_send_ip(socket->guest, pkt, &dst, IP_PROTO_UDP, tag.tos);
}

/* Says whether the checksum of the datagram is right, or there is none. */
static inline bool
checksum_is_right(const struct guest_ip_packet *in, const struct udp_hdr *udp)
{
    return !udp->checksum
           || !checksum(&in->src, &in->dst, in->l4,
                        MIN(in->l4_stored, udp->length), udp->length);
}

/* Takes the datagram 'in'. */
void
udp_input(struct guest *guest, const struct guest_ip_packet *in)
{
    enum guest_fate fate = GUEST_FATE_DELIVERED;
    struct udp_socket *socket;
    struct udp_hdr udp;

    if (!udp_decode(&udp, in->l4, in->l4_stored, in->l4_size)) {
        fate = GUEST_FATE_MALFORMED;
    } else if (!checksum_is_right(in, &udp)) {
        fate = GUEST_FATE_CHECKSUM;
    } else if (!(socket = key_table_lookup(&guest_udp(guest)->sockets,
                                           udp.dport))) {
        guest_send_icmp_error(guest, in, ICMP_UNREACHABLE,
                              ICMP_UNREACHABLE_PORT);
        fate = GUEST_FATE_NO_SOCKET;
    } else if (socket->app->received) {
        const struct udp_datagram datagram = {
            .pkt = in->pkt,
            .src = in->src,
            .sport = udp.sport,
            .data = in->l4 + UDP_HLEN,
            .stored = MIN(in->l4_stored, udp.length) - UDP_HLEN,
            .size = udp.length - (size_t) UDP_HLEN,
        };

        socket->app->received(socket, socket->user, &datagram);
    }
    guest_end_packet(guest, in->pkt, fate);
}

/* Tells the socket that sent it that the packet at 'quoted' did not arrive. */
void
udp_icmp_error(struct guest *guest, const struct icmp_hdr *error,
               const uint8_t *quoted, size_t size)
{
    struct udp_socket *socket;
    struct ipv4_hdr ip;

    if (ipv4_decode(&ip, quoted, size, SIZE_MAX)
        && size >= ip.header_length + (size_t) UDP_HLEN
        && (socket = key_table_lookup(
                &guest_udp(guest)->sockets,
                get_be16(quoted + ip.header_length + UDP_OFS_SPORT)))
        && socket->app->failed) {
        socket->app->failed(socket, socket->user, error);
    }
}

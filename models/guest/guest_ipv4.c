/* IPv4 of a guest: RFC 791, RFC 1122 section 3; path MTU of RFC 1191. */

#include <glib.h>

#include "models/guest/guest_inside.h"
#include "models/wire/eth_group.h"

#define IPV4_TTL    128 /* What Windows sends. */
#define N_PATHS     16
#define PATH_MIN    68  /* RFC 791: every link carries so much. */
#define PATH_OLD    576 /* For a router that does not say how much. */
#define PATH_EXPIRE (600 * SIM_S) /* RFC 1191 section 6.3. */
#define ALL_HOSTS   0xe0000001    /* 224.0.0.1, RFC 1112. */
#define BROADCAST   0xffffffff

/* Destinations whose path takes less than the NIC. */
struct guest_paths {
    struct guest_path {
        uint32_t dst; /* 0: free. */
        uint16_t mtu;
        sim_time when; /* Lowered at. */
    } paths[N_PATHS];
};

static struct guest_path *
find_path(const struct guest *guest, uint32_t dst)
{
    for (int i = 0; guest->paths && i < N_PATHS; i++) {
        struct guest_path *path = &guest->paths->paths[i];

        if (path->dst == dst
            && sim_now(guest->node->sim) - path->when < PATH_EXPIRE) {
            return path;
        }
    }
    return NULL;
}

static inline uint16_t
mtu_towards(const struct guest *guest, uint32_t dst)
{
    const struct guest_path *path =
        guest->paths ? find_path(guest, dst) : NULL;

    return path ? path->mtu : guest->mtu;
}

/* Returns the largest IPv4 packet that reaches 'dst', as far as is known. */
uint16_t
guest_mtu(const struct guest *guest, struct ip_addr dst)
{
    return mtu_towards(guest, ip_addr_to_v4(&dst));
}

/* Lowers the MTU towards 'dst' to 'mtu', as ICMP says; 0 if it does not say.
 * Of too many paths the one lowered longest ago is forgotten. */
void
guest_path_lower(struct guest *guest, const struct ip_addr *dst, uint32_t mtu)
{
    uint32_t v4 = ip_addr_to_v4(dst);
    struct guest_path *path;

    mtu = mtu ? MAX(mtu, PATH_MIN) : PATH_OLD;
    if (mtu >= guest_mtu(guest, *dst)) {
        return;
    }
    if (!guest->paths) {
        guest->paths = g_new0(struct guest_paths, 1);
    }
    path = find_path(guest, v4);
    if (!path) {
        path = &guest->paths->paths[0];
        for (int i = 1; i < N_PATHS && path->dst; i++) {
            struct guest_path *other = &guest->paths->paths[i];

            path = !other->dst || other->when < path->when ? other : path;
        }
    }
    *path =
        (struct guest_path){ v4, (uint16_t) mtu, sim_now(guest->node->sim) };
}

/* May 'v4' be one host, and so a source (RFC 1122 section 3.2.1.3)? */
static inline bool
is_single_host(const struct guest *guest, uint32_t v4)
{
    return v4 >> 28 != 0xe && v4 != BROADCAST
           && v4 != guest_subnet_broadcast(guest);
}

static void
push_header(struct guest *guest, struct packet *pkt, uint32_t dst,
            uint8_t protocol, uint8_t tos)
{
    const struct ipv4_plain ip = {
        .src = guest->address,
        .dst = dst,
        .total_length = (uint16_t) (pkt->size + IPV4_HLEN),
        .id = ++guest->ip_id,
        .tos = tos,
        .ttl = IPV4_TTL,
        .protocol = protocol,
    };

    ipv4_put_plain(&ip, packet_push(pkt, IPV4_HLEN));
}

/* Sends 'pkt', which begins with its IPv4 header, to 'dst', which is not on the
 * guest's link or is no single host. */
static void
send_elsewhere(struct guest *guest, struct packet *pkt,
               const struct ip_addr *dst)
{
    uint32_t v4 = ip_addr_to_v4(dst);

    if (v4 == BROADCAST || v4 == guest_subnet_broadcast(guest)) {
        guest_transmit(guest, pkt, ETH_ADDR_BROADCAST, ETH_TYPE_IPV4);
    } else if (ip_addr_is_multicast(dst)) {
        guest_transmit(guest, pkt, eth_group_addr(dst), ETH_TYPE_IPV4);
    } else if (guest->gateway) {
        guest_arp_send(guest, pkt, guest->gateway);
    } else {
        guest_end_packet(guest, pkt, GUEST_FATE_NO_ROUTE);
    }
}

/* Sends 'pkt', whole but for its IPv4 and Ethernet headers, to 'dst'; 'tos' is
 * DSCP << 2 | ECN.  It goes with the next guest_flush(), or when ARP has found
 * the next hop. */
void
guest_send_ip(struct guest *guest, struct packet *pkt,
              const struct ip_addr *dst, uint8_t protocol, uint8_t tos)
{
    uint32_t v4 = ip_addr_to_v4(dst);

    if (dst->family != IP_V4 || v4 == 0) {
        guest_end_packet(guest, pkt, GUEST_FATE_NO_ROUTE);
    } else if (v4 == guest->address) {
        guest_end_packet(guest, pkt, GUEST_FATE_LOOPBACK);
    } else if (pkt->size + (size_t) IPV4_HLEN > mtu_towards(guest, v4)) {
        guest_end_packet(guest, pkt, GUEST_FATE_TOO_BIG);
    } else {
        push_header(guest, pkt, v4, protocol, tos);
        if (!((v4 ^ guest->address) & guest->netmask)
            && is_single_host(guest, v4)) {
            guest_arp_send(guest, pkt, v4);
        } else {
            send_elsewhere(guest, pkt, dst);
        }
    }
}

/* Is a packet of 'protocol' to 'dst', in the frame 'pkt', for the guest?  One
 * that is to a single host must not come as a broadcast (RFC 1122 section
 * 3.3.6). */
static bool
is_mine(const struct guest *guest, const struct packet *pkt, uint32_t dst,
        uint8_t protocol)
{
    if (dst == guest->address) {
        return !(packet_data(pkt)[0] & 1);
    }
    return protocol != IP_PROTO_TCP
           && (dst == BROADCAST || dst == ALL_HOSTS
               || dst == guest_subnet_broadcast(guest));
}

/* Returns what is wrong with the header of 'frame', whose packet is not
 * ordinary: it has options, is a fragment, damaged or malformed.  DELIVERED if
 * it only has options; '*in' is filled in then. */
static enum guest_fate
decode_odd(struct guest *guest, struct packet *frame,
           struct guest_ip_packet *in)
{
    const uint8_t *data = packet_data(frame) + ETH_HLEN;
    struct ipv4_hdr ip;

    if (!ipv4_decode(&ip, data, frame->stored - (size_t) ETH_HLEN,
                     frame->size - (size_t) ETH_HLEN)) {
        return GUEST_FATE_MALFORMED;
    }
    packet_trim(frame, (size_t) ETH_HLEN + ip.total_length);
    in->l4 = data + ip.header_length;
    in->src = ip.src;
    in->dst = ip.dst;
    in->tos = (uint8_t) (ip.dscp << 2 | ip.ecn);
    in->protocol = ip.protocol;
    if (!ipv4_checksum_is_right(data, ip.header_length)) {
        return GUEST_FATE_CHECKSUM;
    } else if (!is_single_host(guest, ip_addr_to_v4(&ip.src))) {
        return GUEST_FATE_MALFORMED;
    } else if (!is_mine(guest, frame, ip_addr_to_v4(&ip.dst), ip.protocol)) {
        return GUEST_FATE_NOT_MINE;
    }
    return ipv4_is_fragment(&ip) ? GUEST_FATE_FRAGMENT : GUEST_FATE_DELIVERED;
}

/* Takes IPv4 apart.  Returns false, with '*fate', if the packet ends here. */
static bool
decode(struct guest *guest, struct packet *frame, struct guest_ip_packet *in,
       enum guest_fate *fate)
{
    const uint8_t *data = packet_data(frame) + ETH_HLEN;
    struct ipv4_plain ip;

    if (ipv4_get_plain(&ip, data, frame->stored - (size_t) ETH_HLEN,
                       frame->size - (size_t) ETH_HLEN)
        && is_single_host(guest, ip.src)
        && is_mine(guest, frame, ip.dst, ip.protocol)) {
        packet_trim(frame, (size_t) ETH_HLEN + ip.total_length);
        in->l4 = data + IPV4_HLEN;
        in->src = ip_addr_from_v4(ip.src);
        in->dst = ip_addr_from_v4(ip.dst);
        in->tos = ip.tos;
        in->protocol = ip.protocol;
    } else {
        *fate = decode_odd(guest, frame, in);
        if (*fate != GUEST_FATE_DELIVERED) {
            return false;
        }
    }
    in->pkt = frame;
    in->l4_stored = frame->stored - (size_t) (in->l4 - packet_data(frame));
    in->l4_size = frame->size - (size_t) (in->l4 - packet_data(frame));
    return true;
}

static void
note_input(const struct guest *guest, const struct guest_ip_packet *in)
{
    bool has_ports =
        (in->protocol == IP_PROTO_TCP || in->protocol == IP_PROTO_UDP)
        && in->l4_stored >= 4;

    if (has_ports) {
        node_note(
            guest->node, in->pkt, "guest", "%s: %s for port %u", guest->name,
            in->protocol == IP_PROTO_TCP ? "TCP segment" : "UDP datagram",
            get_be16(in->l4 + 2));
    } else {
        node_note(guest->node, in->pkt, "guest", "%s: IP protocol %u",
                  guest->name, in->protocol);
    }
}

/* Takes 'frame', an Ethernet frame of type IPv4 for the guest. */
void
guest_ipv4_input(struct guest *guest, struct packet *frame)
{
    struct guest_ip_packet in;
    enum guest_fate fate;

    if (!decode(guest, frame, &in, &fate)) {
        guest_end_packet(guest, frame, fate);
        return;
    }
    if (node_is_heard(guest->node)) {
        note_input(guest, &in);
    }
    switch (in.protocol) {
    case IP_PROTO_TCP: tcp_input(guest, &in); break;
    case IP_PROTO_UDP: udp_input(guest, &in); break;
    case IP_PROTO_ICMP: guest_icmp_input(guest, &in); break;
    default:
        guest_send_icmp_error(guest, &in, ICMP_UNREACHABLE,
                              ICMP_UNREACHABLE_PROTOCOL);
        guest_end_packet(guest, frame, GUEST_FATE_PROTOCOL);
        break;
    }
}

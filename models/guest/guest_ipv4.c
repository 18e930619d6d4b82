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

/* Returns the largest IPv4 packet that reaches 'dst', as far as is known. */
uint16_t
guest_mtu(const struct guest *guest, struct ip_addr dst)
{
    const struct guest_path *path = NULL;

    if (guest->paths) {
        path = find_path(guest, ip_addr_to_v4(&dst));
    }
    return path ? path->mtu : guest->mtu;
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

static void
push_header(struct guest *guest, struct packet *pkt, const struct ip_addr *dst,
            uint8_t protocol, uint8_t tos)
{
    const struct ipv4_hdr ip = {
        .header_length = IPV4_HLEN,
        .dscp = tos >> 2,
        .ecn = tos & 3,
        .ttl = IPV4_TTL,
        .protocol = protocol,
        .dont_fragment = true,
        .total_length = (uint16_t) (pkt->size + IPV4_HLEN),
        .id = ++guest->ip_id,
        .src = ip_addr_from_v4(guest->address),
        .dst = *dst,
    };

    ipv4_encode(&ip, packet_push(pkt, IPV4_HLEN));
}

/* Sends 'pkt', whole but for its IPv4 and Ethernet headers, to 'dst'; 'tos' is
 * DSCP << 2 | ECN.  It goes with the next guest_flush(), or when ARP has found
 * the next hop. */
void
guest_send_ip(struct guest *guest, struct packet *pkt, struct ip_addr dst,
              uint8_t protocol, uint8_t tos)
{
    uint32_t v4 = ip_addr_to_v4(&dst);

    if (dst.family != IP_V4 || v4 == 0) {
        guest_end_packet(guest, pkt, GUEST_FATE_NO_ROUTE);
    } else if (v4 == guest->address) {
        guest_end_packet(guest, pkt, GUEST_FATE_LOOPBACK);
    } else if (pkt->size + (size_t) IPV4_HLEN > guest_mtu(guest, dst)) {
        guest_end_packet(guest, pkt, GUEST_FATE_TOO_BIG);
    } else {
        push_header(guest, pkt, &dst, protocol, tos);
        if (v4 == BROADCAST || v4 == guest_subnet_broadcast(guest)) {
            guest_transmit(guest, pkt, ETH_ADDR_BROADCAST, ETH_TYPE_IPV4);
        } else if (ip_addr_is_multicast(&dst)) {
            guest_transmit(guest, pkt, eth_group_addr(&dst), ETH_TYPE_IPV4);
        } else if (!((v4 ^ guest->address) & guest->netmask)) {
            guest_arp_send(guest, pkt, v4);
        } else if (guest->gateway) {
            guest_arp_send(guest, pkt, guest->gateway);
        } else {
            guest_end_packet(guest, pkt, GUEST_FATE_NO_ROUTE);
        }
    }
}

/* Is a packet to 'ip.dst', in the frame of 'in', for the guest?  One that is to
 * a single host must not come as a broadcast (RFC 1122 section 3.3.6). */
static bool
is_mine(const struct guest *guest, const struct guest_ip_packet *in)
{
    uint32_t dst = ip_addr_to_v4(&in->ip.dst);

    if (dst == guest->address) {
        return !(packet_data(in->pkt)[0] & 1);
    }
    return in->ip.protocol != IP_PROTO_TCP
           && (dst == BROADCAST || dst == ALL_HOSTS
               || dst == guest_subnet_broadcast(guest));
}

/* Is the source a single host (RFC 1122 section 3.2.1.3)? */
static bool
source_is_host(const struct guest *guest, const struct ip_addr *src)
{
    uint32_t v4 = ip_addr_to_v4(src);

    return !ip_addr_is_multicast(src) && v4 != BROADCAST
           && v4 != guest_subnet_broadcast(guest);
}

/* Takes IPv4 apart.  Returns false, with '*fate', if the packet ends here. */
static bool
decode(struct guest *guest, struct packet *frame, struct guest_ip_packet *in,
       enum guest_fate *fate)
{
    const uint8_t *data = packet_data(frame) + ETH_HLEN;
    size_t hlen;

    if (!ipv4_decode(&in->ip, data, frame->stored - (size_t) ETH_HLEN,
                     frame->size - (size_t) ETH_HLEN)) {
        *fate = GUEST_FATE_MALFORMED;
        return false;
    }
    hlen = in->ip.header_length;
    packet_trim(frame, (size_t) ETH_HLEN + in->ip.total_length);
    in->pkt = frame;
    in->src = in->ip.src;
    in->dst = in->ip.dst;
    in->l4 = data + hlen;
    in->l4_stored = frame->stored - ETH_HLEN - hlen;
    in->l4_size = frame->size - ETH_HLEN - hlen;
    if (!ipv4_checksum_is_right(data, hlen)) {
        *fate = GUEST_FATE_CHECKSUM;
    } else if (!source_is_host(guest, &in->src)) {
        *fate = GUEST_FATE_MALFORMED;
    } else if (!is_mine(guest, in)) {
        *fate = GUEST_FATE_NOT_MINE;
    } else if (ipv4_is_fragment(&in->ip)) {
        *fate = GUEST_FATE_FRAGMENT;
    } else {
        return true;
    }
    return false;
}

static void
note_input(const struct guest *guest, const struct guest_ip_packet *in)
{
    bool has_ports =
        (in->ip.protocol == IP_PROTO_TCP || in->ip.protocol == IP_PROTO_UDP)
        && in->l4_stored >= 4;

    if (has_ports) {
        node_note(
            guest->node, in->pkt, "guest", "%s: %s for port %u", guest->name,
            in->ip.protocol == IP_PROTO_TCP ? "TCP segment" : "UDP datagram",
            get_be16(in->l4 + 2));
    } else {
        node_note(guest->node, in->pkt, "guest", "%s: IP protocol %u",
                  guest->name, in->ip.protocol);
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
    switch (in.ip.protocol) {
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

#include "models/guest/guest.h"

#include <glib.h>
#include <string.h>

#include "models/guest/flow_port.h"
#include "models/guest/guest_inside.h"
#include "models/wire/eth_group.h"

const struct fate guest_fates[GUEST_N_FATES] = {
#define X(ID, KIND, NAME, HELP)                                               \
    [GUEST_FATE_##ID] = { FATE_##KIND, NAME, HELP },
    GUEST_FATES(X)
#undef X
};

/* DESIGN.md's bound for a VM without traffic. */
G_STATIC_ASSERT(sizeof(struct guest) <= 256);

/* Makes '*guest', all zeros, a guest in 'node' which sends by calling 'output'
 * with 'owner'.  Addresses are IPv4; '*config' may go, the name may not. */
void
guest_init(struct guest *guest, struct node *node,
           const struct guest_config *config, guest_output_fn *output,
           void *owner)
{
    struct ip_addr netmask = ip_prefix_netmask(&config->address);

    g_assert(config->address.addr.family == IP_V4);
    guest->node = node;
    guest->output = output;
    guest->owner = owner;
    guest->name = config->name;
    guest->tap.node = node;
    guest->address = ip_addr_to_v4(&config->address.addr);
    guest->netmask = ip_addr_to_v4(&netmask);
    if (config->gateway.family == IP_V4) {
        guest->gateway = ip_addr_to_v4(&config->gateway);
    }
    guest->tenant = config->tenant;
    guest->mtu = config->mtu;
    guest->mac = config->mac;
}

/* Frees what 'guest' has; no flow has an end there any more.  Packets that wait
 * in it are freed with their pool. */
void
guest_clear(struct guest *guest)
{
    g_assert(!guest->flow_ports);
    tcp_stack_free(guest->tcp);
    udp_stack_free(guest->udp);
    guest_echo_free(guest->echo);
    guest_arp_free(guest->arp);
    g_free(guest->paths);
    g_free(guest->tap_name);
    if (guest->late) {
        g_ptr_array_unref(guest->late);
    }
}

/* As guest_init(), on the heap. */
struct guest *
guest_new(struct node *node, const struct guest_config *config,
          guest_output_fn *output, void *owner)
{
    struct guest *guest = g_new0(struct guest, 1);

    guest_init(guest, node, config, output, owner);
    return guest;
}

void
guest_free(struct guest *guest)
{
    if (guest) {
        guest_clear(guest);
        g_free(guest);
    }
}

/* Is a frame to the group 'dst' for a guest?  It listens to all-hosts,
 * 224.0.0.1, as RFC 1112 section 7.2 wants, and to no other. */
static bool
is_my_group(struct eth_addr dst)
{
    const struct ip_addr all_hosts = ip_addr_from_v4(0xe0000001);

    return eth_addr_is_broadcast(dst)
           || eth_addr_equal(dst, eth_group_addr(&all_hosts));
}

static inline bool
is_mine(const struct guest *guest, const uint8_t *dst)
{
    struct eth_addr group;

    if (!memcmp(dst, guest->mac.octets, ETH_ALEN)) {
        return true;
    }
    memcpy(group.octets, dst, ETH_ALEN);
    return is_my_group(group);
}

/* Takes 'pkt', a frame that arrives at the guest's NIC.  What the guest
 * answers waits for guest_flush(). */
void
guest_input(struct guest *guest, struct packet *pkt)
{
    const uint8_t *eth = packet_data(pkt);
    uint16_t type;

    tap_frame(&guest->tap, TAP_IN, pkt);
    if (pkt->stored < ETH_HLEN) {
        guest_end_packet(guest, pkt, GUEST_FATE_MALFORMED);
        return;
    }
    type = get_be16(eth + ETH_OFS_TYPE);
    if (!is_mine(guest, eth)) {
        guest_end_packet(guest, pkt, GUEST_FATE_NOT_MINE);
    } else if (type == ETH_TYPE_IPV4) {
        guest_ipv4_input(guest, pkt);
    } else if (type == ETH_TYPE_ARP) {
        guest_arp_input(guest, pkt);
    } else {
        guest_end_packet(guest, pkt, GUEST_FATE_PROTOCOL);
    }
}

/* Puts an Ethernet header in front of 'pkt' and sends or queues it. */
void
guest_transmit(struct guest *guest, struct packet *pkt, struct eth_addr dst,
               uint16_t type)
{
    struct eth_hdr eth = { .dst = dst, .src = guest->mac, .type = type };

    eth_encode(&eth, packet_push(pkt, ETH_HLEN));
    if (guest->is_active) {
        tap_frame(&guest->tap, TAP_OUT, pkt);
        guest->output(guest->owner, guest, pkt);
    } else {
        packet_queue_push(&guest->sending, pkt);
    }
}

/* Sends all that waits for it. */
void
guest_flush(struct guest *guest)
{
    struct packet *pkt;

    guest->is_active = false;
    while ((pkt = packet_queue_pop(&guest->sending)) != NULL) {
        tap_frame(&guest->tap, TAP_OUT, pkt);
        guest->output(guest->owner, guest, pkt);
    }
}

/* Lets 'guest' stand still. */
void
guest_pause(struct guest *guest)
{
    guest->is_paused = true;
}

/* Lets 'guest' go on.  Its timers that were due meanwhile fire now, in the
 * order of their ranks. */
void
guest_resume(struct guest *guest)
{
    struct sim *sim = guest->node->sim;

    guest->is_paused = false;
    if (guest->late) {
        for (guint i = 0; i < guest->late->len; i++) {
            event_schedule_at(sim, g_ptr_array_index(guest->late, i),
                              sim_now(sim));
        }
        g_ptr_array_unref(guest->late);
        guest->late = NULL;
    }
}

bool
guest_is_paused(const struct guest *guest)
{
    return guest->is_paused;
}

/* Begins 'event', one of the guest's own, which has fired.  There is no input to
 * wait for, so what the guest sends goes out at once, until guest_flush().
 * Returns false if the guest is paused: 'event' waits for guest_resume(). */
bool
guest_begin(struct guest *guest, struct event *event)
{
    if (!guest->is_paused) {
        guest->is_active = true;
        return true;
    }
    if (!guest->late) {
        guest->late = g_ptr_array_new();
    }
    g_ptr_array_add(guest->late, event);
    return false;
}

uint64_t
guest_held(const struct guest *guest)
{
    return guest->sending.n_packets + guest_arp_held(guest);
}

/* Returns a packet of 'size' bytes, the first 'stored' of them held and not
 * yet set, with the tag of the guest and 'flow'. */
struct packet *
guest_new_packet(struct guest *guest, struct guest_flow_tag flow,
                 size_t stored, size_t size)
{
    struct packet *pkt = node_new_packet(guest->node, stored, size);

    pkt->tag.flow = flow.flow;
    pkt->tag.reply = flow.reply;
    pkt->tag.tenant = guest->tenant;
    return pkt;
}

/* Ends 'pkt' in 'guest', and says so if it is dropped. */
void
guest_end_packet(struct guest *guest, struct packet *pkt, enum guest_fate fate)
{
    if (node_is_heard(guest->node) && guest_fates[fate].kind == FATE_DROPPED) {
        node_note(guest->node, pkt, "guest", "%s drops it: %s", guest->name,
                  guest_fates[fate].help);
    }
    node_end_packet(guest->node, pkt, &guest_fates[fate]);
}

struct tcp_stack *
guest_tcp(struct guest *guest)
{
    if (!guest->tcp) {
        guest->tcp = tcp_stack_new(guest);
    }
    return guest->tcp;
}

struct udp_stack *
guest_udp(struct guest *guest)
{
    if (!guest->udp) {
        guest->udp = udp_stack_new(guest);
    }
    return guest->udp;
}

struct flow_port **
guest_flow_ports(struct guest *guest)
{
    return &guest->flow_ports;
}

const char *
guest_name(const struct guest *guest)
{
    return guest->name;
}

struct node *
guest_node(const struct guest *guest)
{
    return guest->node;
}

struct ip_addr
guest_address(const struct guest *guest)
{
    return ip_addr_from_v4(guest->address);
}

struct eth_addr
guest_mac(const struct guest *guest)
{
    return guest->mac;
}

/* Returns the place where the frames of the guest's NIC pass.  Its name is made
 * here, for most are never watched. */
struct tap_point *
guest_tap(struct guest *guest)
{
    if (!guest->tap_name) {
        guest->tap_name = g_strconcat(guest->name, ":eth0", NULL);
        guest->tap.name = guest->tap_name;
    }
    return &guest->tap;
}

/* Guest: the network stack of a machine: Ethernet, ARP, IPv4, ICMP, UDP, TCP.
 *
 * A guest lives inside a node (a host that runs its VM) and has one NIC.  The
 * node hands frames up with guest_input() and takes frames down through the
 * output function.  Input never calls output: what the stack wants to send
 * waits in its queue until guest_flush(), which the node calls when its own
 * work with the input is done, and which the guest's timers call themselves.
 *
 * A guest that has no traffic costs a few words: caches, sockets and
 * connections are made when they are needed.
 *
 * A paused guest stands still, as a saved VM does: its timers wait, and its node
 * hands it no frames.  When it resumes, what was due happens at once.
 *
 * The guest knows nothing of tenants' networks, provider addresses or
 * datapaths: it is the customer's own machine. */

#ifndef MODELS_GUEST_GUEST_H
#define MODELS_GUEST_GUEST_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"
#include "sim/node.h"

struct guest;

struct guest_config {
    const char *name; /* "blue/web"; the caller's string. */
    struct eth_addr mac;
    struct ip_prefix address; /* Its address and on-link prefix. */
    struct ip_addr gateway;   /* Family 0: it has none. */
    uint16_t mtu;             /* Largest IP packet it sends, 576 or more. */
    uint32_t tenant;          /* For the tag of its packets. */
};

/* Takes 'pkt', a frame that the guest sends; 'owner' is what guest_new() was
 * given.  It may not call back into any guest. */
typedef void guest_output_fn(void *owner, struct guest *, struct packet *pkt);

struct guest *guest_new(struct node *, const struct guest_config *,
                        guest_output_fn *, void *owner);
void guest_free(struct guest *);

void guest_input(struct guest *, struct packet *frame); /* Takes the frame. */
void guest_flush(struct guest *);
void guest_pause(struct guest *);
void guest_resume(struct guest *);
bool guest_is_paused(const struct guest *);
uint64_t guest_held(const struct guest *); /* Packets waiting inside. */

const char *guest_name(const struct guest *);
struct node *guest_node(const struct guest *);
struct ip_addr guest_address(const struct guest *);
struct eth_addr guest_mac(const struct guest *);
struct tap_point *guest_tap(struct guest *); /* Of its NIC, "blue/web:eth0". */
void guest_arp_usage(const struct guest *, struct table_usage *);

/* How packets end in a guest. */
#define GUEST_FATES(X)                                                        \
    X(DELIVERED, DELIVERED, "delivered",                                      \
      "a workload, its transport or the echo service got it")                 \
    X(ARP, CONSUMED, "arp", "an ARP message for the guest")                   \
    X(ICMP, CONSUMED, "icmp", "an ICMP message that the guest acted on")      \
    X(NOT_MINE, DROPPED, "guest-not-mine",                                    \
      "addressed to another MAC or IP address")                               \
    X(MALFORMED, DROPPED, "guest-malformed", "headers cut short or wrong")    \
    X(CHECKSUM, DROPPED, "guest-checksum", "a checksum is wrong")             \
    X(FRAGMENT, DROPPED, "guest-fragment",                                    \
      "a fragment: guests do not reassemble")                                 \
    X(PROTOCOL, DROPPED, "guest-protocol", "a protocol it does not speak")    \
    X(NO_SOCKET, DROPPED, "guest-no-socket", "nobody listens on the port")    \
    X(NO_ROUTE, DROPPED, "guest-no-route",                                    \
      "the destination is not on-link and there is no gateway")               \
    X(UNRESOLVED, DROPPED, "guest-arp-timeout",                               \
      "the next hop did not answer ARP")                                      \
    X(ARP_QUEUE_FULL, DROPPED, "guest-arp-queue-full",                        \
      "too many packets wait for one ARP answer")                             \
    X(ARP_CACHE_FULL, DROPPED, "guest-arp-cache-full",                        \
      "every entry of the ARP cache waits for an answer")                     \
    X(TOO_BIG, DROPPED, "guest-too-big",                                      \
      "larger than the MTU of the NIC or the path: guests do not fragment")   \
    X(LOOPBACK, DROPPED, "guest-loopback",                                    \
      "addressed to the guest itself: its NIC does not loop back")
enum guest_fate {
#define X(ID, KIND, NAME, HELP) GUEST_FATE_##ID,
    GUEST_FATES(X)
#undef X
        GUEST_N_FATES
};
extern const struct fate guest_fates[GUEST_N_FATES];

#endif /* models/guest/guest.h */

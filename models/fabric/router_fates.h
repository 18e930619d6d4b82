/* How frames end in a router: each one for one of these reasons, unless a port
 * drops it or it is sent on. */

#ifndef MODELS_FABRIC_ROUTER_FATES_H
#define MODELS_FABRIC_ROUTER_FATES_H 1

#include "sim/node.h"

#define ROUTER_FATES(X)                                                       \
    X(ECHO, DELIVERED, "router-echo",                                         \
      "an echo request that the router answered")                             \
    X(ARP, CONSUMED, "router-arp", "an ARP message that the router heard")    \
    X(ND, CONSUMED, "router-nd",                                              \
      "a neighbor discovery message that the router heard")                   \
    X(ICMP, CONSUMED, "router-icmp", "an ICMP message for the router itself") \
    X(FRAGMENTED, CONSUMED, "router-fragmented",                              \
      "a packet that was sent on in fragments")                               \
    X(FLOODED, CONSUMED, "router-flooded",                                    \
      "a broadcast or multicast that the other ports of a bridged interface " \
      "got")                                                                  \
    X(RUNT, DROPPED, "router-runt", "shorter than an Ethernet header")        \
    X(NO_INTERFACE, DROPPED, "router-no-interface",                           \
      "the port belongs to no interface")                                     \
    X(NOT_MINE, DROPPED, "router-not-mine",                                   \
      "addressed to another MAC than the interface's")                        \
    X(SAME_PORT, DROPPED, "router-same-port",                                 \
      "its destination is behind the port it came from")                      \
    X(NO_PORT, DROPPED, "router-no-port",                                     \
      "no other port of the interface has a link")                            \
    X(RESERVED_GROUP, DROPPED, "router-reserved-group",                       \
      "a link-local group address, 01-80-C2-00-00-0X (802.1Q 8.6.3)")         \
    X(ETHERTYPE, DROPPED, "router-ethertype",                                 \
      "neither IP nor ARP, or with a VLAN tag")                               \
    X(MALFORMED, DROPPED, "router-malformed", "headers cut short or wrong")   \
    X(CHECKSUM, DROPPED, "router-checksum", "a wrong checksum")               \
    X(MARTIAN, DROPPED, "router-martian",                                     \
      "an address that no packet between hosts has (RFC 1812 5.3.7)")         \
    X(GROUP, DROPPED, "router-group",                                         \
      "a broadcast or multicast, which is not routed")                        \
    X(LINK_LOCAL, DROPPED, "router-link-local",                               \
      "a link-local address, which is not routed (RFC 4291 2.5.6)")           \
    X(TTL, DROPPED, "router-ttl", "the TTL or hop limit was used up")         \
    X(NO_ROUTE, DROPPED, "router-no-route",                                   \
      "no route to the destination has a usable next hop")                    \
    X(TOO_BIG, DROPPED, "router-too-big",                                     \
      "larger than the MTU of the port out, and not to be fragmented")        \
    X(UNRESOLVED, DROPPED, "router-unresolved",                               \
      "the neighbor did not answer ARP or neighbor discovery")                \
    X(NEIGHBORS_FULL, DROPPED, "router-neighbors-full",                       \
      "the neighbor table had no room for the next hop")                      \
    X(QUEUE_FULL, DROPPED, "router-neighbor-queue-full",                      \
      "too many packets waited for the MAC of the neighbor")                  \
    X(FRAGMENT, DROPPED, "router-fragment",                                   \
      "a fragment for the router itself, which reassembles nothing")          \
    X(NO_SERVICE, DROPPED, "router-no-service",                               \
      "a UDP port of the router itself, where nobody listens")                \
    X(PROTOCOL, DROPPED, "router-protocol",                                   \
      "a protocol that the router itself does not speak")
enum router_fate {
#define X(ID, KIND, NAME, HELP) ROUTER_FATE_##ID,
    ROUTER_FATES(X)
#undef X
        ROUTER_N_FATES
};
extern const struct fate router_fates[ROUTER_N_FATES];

#endif /* models/fabric/router_fates.h */

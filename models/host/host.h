/* Host: a Hyper-V host as one node: VMs, virtual switch, policy, datapaths and
 * the physical NIC.
 *
 * A frame from a VM goes down by calls: virtual switch port, policy lookup,
 * datapath egress, next hop, NIC.  A frame from the wire goes up by calls:
 * NIC, datapath ingress, check of the source against policy, virtual switch
 * port, guest.  Down and up never meet in one call chain: guests queue what
 * they answer, and frames between two VMs of one host wait for an event.
 *
 * ARP inside a virtual subnet is answered from policy; in a VLAN or a flat
 * network it is flooded like any broadcast.  Provider addresses do real ARP
 * on the wire; they are IPv4, as there is no neighbor discovery here.  Those
 * outside the host's own prefix are reached through its gateway.
 *
 * A VM that is off, and every VM of a host that is down, stands still
 * (guest_pause()): it sends nothing, and frames for it end by name. */

#ifndef MODELS_HOST_HOST_H
#define MODELS_HOST_HOST_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/guest/guest.h"
#include "models/hnv/datapath.h"
#include "models/hnv/policy.h"
#include "models/wire/ip_addr.h"
#include "sim/node.h"

struct host_config {
    const char *name;       /* "hv1"; the caller's string. */
    struct ip_prefix pa;    /* Family 0: the host has no address. */
    struct ip_addr gateway; /* For addresses not on-link, family 0: none. */
    struct eth_addr mac;    /* Of its NIC. */
    struct datapath_config datapath;
};

/* A VM to be placed on a host. */
struct host_vm_config {
    struct guest_config guest;
    uint32_t vsid;         /* Of its virtual subnet (NAT, ENCAP). */
    uint16_t vlan;         /* Of its VLAN (VLAN). */
    enum policy_rule rule; /* Which way its frames travel. */
    struct ip_addr pa;     /* Per VM (rewrite), family 0: the host's. */
};

/* A VM as it is placed. */
struct host_vm;

struct node *host_new(struct sim *, const struct host_config *);
struct guest *host_add_vm(struct node *, const struct host_vm_config *);
struct policy *host_policy(struct node *); /* What it has been told. */
bool node_is_host(const struct node *);
void host_set_down(struct node *, bool is_down);

/* Its VMs, in the order in which they were added. */
uint32_t host_n_vms(const struct node *);
struct host_vm *host_vm_get(const struct node *, uint32_t index);
struct host_vm *host_vm_find(const struct node *, const char *name);
struct guest *host_vm_guest(const struct host_vm *);
struct tap_point *host_vm_tap(const struct host_vm *);
const struct policy_record *host_vm_record(const struct host_vm *);
void host_vm_set_off(struct host_vm *, bool is_off);

/* How frames end in a host itself. */
#define HOST_FATES(X)                                                         \
    X(ARP_PROXY, CONSUMED, "arp-proxy",                                       \
      "an ARP request answered from policy")                                  \
    X(PROVIDER_ARP, CONSUMED, "provider-arp", "an ARP message for the host")  \
    X(REPLICATED, CONSUMED, "replicated",                                     \
      "a broadcast of which each receiver got a copy")                        \
    X(POLICY_MISS, DROPPED, "policy-miss",                                    \
      "the host has no record for the customer address")                      \
    X(POLICY_MISMATCH, DROPPED, "policy-mismatch",                            \
      "the provider addresses of a packet do not match policy")               \
    X(NO_SUCH_VM, DROPPED, "no-such-vm",                                      \
      "the receiving VM is not on this host")                                 \
    X(DOWN, DROPPED, "host-down", "the host it arrived at was down")          \
    X(VM_OFF, DROPPED, "vm-off", "the VM it was for was off")                 \
    X(NOT_MINE, DROPPED, "host-not-mine",                                     \
      "addressed to another MAC or provider address")                         \
    X(SOURCE_SPOOFED, DROPPED, "source-spoofed",                              \
      "the VM sent from a MAC or address that is not its own")                \
    X(TOO_BIG, DROPPED, "too-big", "larger than the link's MTU")              \
    X(UNRESOLVED, DROPPED, "provider-arp-timeout",                            \
      "the next provider hop did not answer ARP")                             \
    X(ARP_QUEUE_FULL, DROPPED, "provider-arp-queue-full",                     \
      "too many packets wait for ARP answers")                                \
    X(NO_ROUTE, DROPPED, "provider-no-route",                                 \
      "the provider address is not on-link and there is no gateway")          \
    X(PROVIDER_ICMP, CONSUMED, "provider-icmp",                               \
      "an ICMP message of the provider's network: no VM is told of it")       \
    X(PROTOCOL, DROPPED, "provider-protocol",                                 \
      "the host itself speaks ARP, ICMP and GRE only")                        \
    X(MALFORMED, DROPPED, "host-malformed", "headers cut short or wrong")
enum host_fate {
#define X(ID, KIND, NAME, HELP) HOST_FATE_##ID,
    HOST_FATES(X)
#undef X
        HOST_N_FATES
};
extern const struct fate host_fates[HOST_N_FATES];

/* What a host can be asked for, up to a row without name. */
extern const struct metric host_metrics[];

#endif /* models/host/host.h */

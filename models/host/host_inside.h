/* What the parts of a host offer each other.
 *
 * Down: a guest's frame comes to vswitch_output(), which finds out by the VM's
 * rule who it is for; datapath egress makes a provider frame of it,
 * provider_output() finds the next hop, pnic_send() puts it on the wire.  Up:
 * pnic_receive() takes a frame from the wire, datapath ingress makes a customer
 * frame of it, and vswitch_input() hands it to the VM's guest.
 *
 * Input never calls output.  What the way up wants sent (guests' answers, ARP
 * replies, packets whose next hop has become known) waits until host_flush(),
 * the last call of every event.
 *
 * Only files of this room, and its tests, include this header. */

#ifndef MODELS_HOST_HOST_INSIDE_H
#define MODELS_HOST_HOST_INSIDE_H 1

#include "models/host/arp_cache.h"
#include "models/host/glance.h"
#include "models/host/host.h"
#include "models/host/vm_table.h"

/* Provider ARP: the finite things and times; guests have the same. */
#define PROVIDER_ARP_ENTRIES  1024
#define PROVIDER_ARP_AGE      (60 * SIM_S)
#define PROVIDER_ARP_INTERVAL (1 * SIM_S) /* Between requests. */
#define PROVIDER_ARP_REQUESTS 3
#define PROVIDER_ARP_QUEUE    16 /* Packets that wait for a next hop. */

/* Time a frame takes from one VM to another of the same host.  It is not zero:
 * two VMs that answer each other at once would stop the clock. */
#define HOST_LOCAL_DELAY (1 * SIM_US)

/* Frames on their way to a VM of the same host: a ring, in order of 'due'. */
struct local_item {
    struct host_vm *vm;
    struct packet *pkt;
};

struct local_queue {
    struct local_item *items; /* 'n_allocated' of them, a power of two. */
    uint32_t first, n, n_allocated;
    struct event arrival; /* Of the first. */
};

/* The provider's side: next hops. */
struct provider {
    struct arp_cache arp;
    struct event retry;        /* When the oldest request is asked again. */
    struct packet_queue ready; /* Leave with host_flush(). */
    uint64_t n_waiting;        /* Packets that wait in the cache. */
    bool is_late;              /* 'retry' fired while the host was down. */
};

struct host {
    struct node node;
    struct ip_prefix pa;    /* Family 0: the host has no address. */
    struct ip_addr gateway; /* Family 0: none. */
    bool is_down;
    struct policy *policy;
    struct datapath datapath;
    struct vm_table vms;
    struct local_queue local;
    struct provider provider;
    struct host_vm **touched; /* VMs that got frames and are to be flushed. */
    uint32_t n_touched, n_touched_allocated;
    uint64_t overhead_peak, overhead_total; /* Bytes egress added. */
};

struct host *host_cast(const struct node *);
void host_flush(struct host *);
void host_end(struct host *, struct packet *, enum host_fate);

/* Virtual switch. */
guest_output_fn vswitch_output; /* Owner: the struct host_vm. */
void vswitch_input(struct host *, struct host_vm *, struct packet *);
uint32_t vswitch_copy_to_domain(struct host *, const struct vm_domain *,
                                const struct host_vm *sender,
                                const struct packet *);

/* Virtual subnets: what policy decides. */
void subnet_output(struct host *, struct host_vm *, const struct glance *,
                   struct packet *);
void subnet_replicate(struct host *, struct host_vm *,
                      const struct policy_record *own, struct packet *);
void host_egress(struct host *, const struct datapath_frame *,
                 struct packet *);

/* Between two VMs of the host. */
void local_init(struct local_queue *, struct host *);
void local_clear(struct local_queue *, struct sim *);
void local_send(struct host *, struct host_vm *, struct packet *);

/* Provider's network. */
void provider_init(struct provider *, struct host *);
void provider_clear(struct provider *, struct sim *);
void provider_output(struct host *, struct packet *, const struct ip_addr *pa);
void provider_arp_input(struct host *, const struct glance *);
void provider_flush(struct host *);
void provider_resume(struct host *);
bool provider_owns(const struct host *, const struct ip_addr *);
bool provider_shows_mac(const struct host_vm *);
uint64_t provider_held(const struct provider *);

/* Physical NIC. */
void pnic_receive(struct node *, struct port *, struct packet *);
void pnic_send(struct host *, struct packet *);

/* Words for packet walks; call them if node_is_heard(). */
void note_lookup(const struct host *, const struct packet *, uint32_t vsid,
                 const struct ip_addr *ca, const struct policy_record *);
void note_lookup_mac(const struct host *, const struct packet *, uint32_t vsid,
                     struct eth_addr, const struct policy_record *);
void note_source_check(const struct host *, const struct packet *,
                       uint32_t vsid, const struct glance *inner,
                       const struct policy_record *, const struct ip_addr *pa);
void note_foreign_pa(const struct host *, const struct packet *,
                     const struct ip_addr *pa);
void note_egress(const struct host *, const struct packet *,
                 const struct datapath_frame *, size_t size_before);
void note_ingress(const struct host *, const struct packet *, enum policy_rule,
                  const struct datapath_frame *, size_t size_before);

#endif /* models/host/host_inside.h */

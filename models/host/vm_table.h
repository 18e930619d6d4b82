/* VMs of one host, found by what frames name.
 *
 * A VM lives in one domain: a virtual subnet (by VSID), a VLAN, or the flat
 * network.  Within a domain it is found by its MAC; on the provider's network by
 * its own provider address, if it has one.  Every lookup is one hash probe.
 *
 * A host may have a thousand VMs, and most are silent: a VM costs its struct
 * and a slot of 4 bytes per key here (DESIGN.md section 3, invariant 9).  What its guest
 * knows (MAC, address, name) is not kept twice. */

#ifndef MODELS_HOST_VM_TABLE_H
#define MODELS_HOST_VM_TABLE_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/guest/guest.h"
#include "models/hnv/policy.h"

#define VM_CHUNK 16 /* VMs allocated at a time. */

/* Number of a domain: the VSID and this bit, or the VLAN, or 0 for flat. */
#define VM_DOMAIN_SUBNET 0x80000000u

/* VMs that see each other's broadcasts. */
struct vm_domain {
    uint32_t number;
    uint32_t n_vms;
    struct host_vm *first, *last;
};

struct host_vm {
    struct guest *guest; /* Null: the place is not taken yet. */
    struct vm_domain *domain;
    uint32_t next;     /* 1 + the index of the next in its domain, or 0. */
    struct ip_addr pa; /* Its own, family 0: it has none. */
    uint8_t rule;      /* Enum policy_rule. */
    bool is_touched;   /* Has got frames and must be flushed. */
    bool is_off;       /* Stands still, its host up or down. */
};

struct vm_table {
    struct host_vm **chunks; /* VM_CHUNK VMs each. */
    uint32_t n_vms;
    uint32_t n_slots, n_used; /* A power of two, or 0. */
    uint32_t *slots;          /* See vm_table.c. */
    uint32_t n_provider_vms;  /* VMs with a provider address of their own. */
};

struct host_vm *vm_table_new_vm(struct vm_table *);
void vm_table_add(struct vm_table *, struct host_vm *, uint32_t domain);
void vm_table_clear(struct vm_table *);

struct vm_domain *vm_table_domain(const struct vm_table *, uint32_t domain);
struct host_vm *vm_by_mac(const struct vm_table *, uint32_t domain,
                          struct eth_addr);
struct host_vm *vm_by_pa(const struct vm_table *, const struct ip_addr *);

/* Returns VM number 'index', in the order in which they were added. */
static inline struct host_vm *
vm_table_get(const struct vm_table *vms, uint32_t index)
{
    return &vms->chunks[index / VM_CHUNK][index % VM_CHUNK];
}

/* Returns the next VM of the domain of 'vm', null if it is the last. */
static inline struct host_vm *
vm_table_next(const struct vm_table *vms, const struct host_vm *vm)
{
    return vm->next ? vm_table_get(vms, vm->next - 1) : NULL;
}

static inline bool
vm_domain_is_subnet(const struct vm_domain *domain)
{
    return domain->number & VM_DOMAIN_SUBNET;
}

/* Returns the VSID of a virtual subnet, 0 of another domain. */
static inline uint32_t
vm_domain_vsid(const struct vm_domain *domain)
{
    return vm_domain_is_subnet(domain) ? domain->number ^ VM_DOMAIN_SUBNET : 0;
}

#endif /* models/host/vm_table.h */

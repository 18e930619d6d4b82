/* Policy: which provider address a customer address has, as one host knows it.
 *
 * A record is keyed by virtual subnet, customer address and MAC (HNV.md 1.3,
 * New-NetVirtualizationLookupRecord) and names the provider address and the
 * rule.  All records of one virtual subnet form a table.  Hosts that know the
 * same table share it in memory; a host that is told something else gets a
 * copy of its own first (copy on write), so what one host knows never changes
 * what another knows, and a data centre's policy costs memory once.
 *
 * Policy decides, a datapath does: policy never sees bytes. */

#ifndef MODELS_HNV_POLICY_H
#define MODELS_HNV_POLICY_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"

/* What a record asks a host to do with packets for its customer address.  The
 * first three are the cmdlets' TranslationMethod{None,Nat,Encap}. */
enum policy_rule {
    POLICY_RULE_NONE,  /* Leave the frame as it is. */
    POLICY_RULE_NAT,   /* Rewrite the addresses. */
    POLICY_RULE_ENCAP, /* Encapsulate as NVGRE. */
    POLICY_RULE_VLAN,  /* Tag with the virtual subnet's VLAN. */
};

/* One lookup record. */
struct policy_record {
    struct ip_addr ca;   /* Customer address. */
    struct ip_addr pa;   /* Provider address, family 0 if it has none. */
    struct eth_addr mac; /* Of the VM. */
    uint16_t vlan;       /* Of the virtual subnet, 0 if it has none. */
    uint32_t vsid;       /* Virtual subnet ID. */
    enum policy_rule rule;
    bool use_vm_mac; /* UseVmMACAddress: rewrite shows the VM's MAC. */
    const char *vm;  /* VMName: "blue/sql"; the caller's string. */
};

struct policy;       /* What one host knows. */
struct policy_table; /* All records of one virtual subnet. */

/* Tables are reference counted; a table that more than one host knows is not
 * changed any more. */
struct policy_table *policy_table_new(uint32_t vsid);
struct policy_table *policy_table_ref(struct policy_table *);
void policy_table_unref(struct policy_table *);
void policy_table_add(struct policy_table *, const struct policy_record *);
size_t policy_table_size(const struct policy_table *);

/* Returns record number 'index', in the order in which they were added. */
const struct policy_record *policy_table_get(const struct policy_table *,
                                             size_t index);

struct policy *policy_new(void);
void policy_free(struct policy *);

/* What the host is told. */
void policy_learn_table(struct policy *, struct policy_table *);
void policy_set(struct policy *, const struct policy_record *);
bool policy_delete(struct policy *, uint32_t vsid, const struct ip_addr *ca);

/* Lookups; null if there is no such record.  They count nothing: the host
 * knows what a miss means. */
const struct policy_record *policy_lookup(const struct policy *, uint32_t vsid,
                                          const struct ip_addr *ca);
const struct policy_record *policy_lookup_mac(const struct policy *,
                                              uint32_t vsid, struct eth_addr);
const struct policy_record *policy_lookup_pa(const struct policy *,
                                             uint32_t vsid,
                                             const struct ip_addr *pa);
const struct policy_table *policy_subnet(const struct policy *, uint32_t vsid);
size_t policy_size(const struct policy *);      /* Records the host knows. */
uint64_t policy_version(const struct policy *); /* Changes told so far. */

const char *policy_rule_name(enum policy_rule); /* "TranslationMethodNat" */

#endif /* models/hnv/policy.h */

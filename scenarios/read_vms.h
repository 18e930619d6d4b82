/* Reading the VMs of tenants.
 *
 * There may be a million VMs, of a few entries: an entry of 'vms' makes 'count'
 * of them, and its tenant may be one of many.  So an entry is read once.  What
 * it says of each tenant's VMs alike is worked out once a tenant, and of one VM
 * nothing is looked at but the keys that the index is in.  A VM costs its
 * struct, its name, and its places in the tables of the names and addresses
 * that are taken. */

#ifndef SCENARIOS_READ_VMS_H
#define SCENARIOS_READ_VMS_H 1

#include "scenarios/read.h"

#define READ_NUMBER_SIZE 24 /* Of a number at the end of a name. */

/* What VMs are given in turn. */
struct vm_supply {
    struct scenario *s;
    GPtrArray *hosts; /* All of them, for 'spread'. */
    size_t next_host;
    GHashTable *used_pa; /* IPv4 addresses of nodes, PAs of VMs. */
    GHashTable *used_ca; /* IPv4 CAs of the tenant that is being read. */
    bool is_full;        /* There are too many VMs, which was reported. */
};

struct vm_entry;

void vm_supply_init(struct vm_supply *, struct scenario *);
void vm_supply_clear(struct vm_supply *);

struct vm_entry *vm_entries_new(const struct key_reader *tenant,
                                const char *tenant_name);
void vm_entries_free(struct vm_entry *, size_t n);
void read_vms(struct vm_supply *, struct scenario_tenant *, struct vm_entry *,
              size_t n);

/* Shared by the readers of tenants and VMs. */
int64_t read_count(struct scenario *, const struct tree_node *,
                   bool *is_counted);
void read_number(char number[READ_NUMBER_SIZE], bool is_counted, int64_t i);

#endif /* scenarios/read_vms.h */

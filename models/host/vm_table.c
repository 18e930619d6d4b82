#include "models/host/vm_table.h"

#include <glib.h>

/* What a VM is found by. */
enum vm_key_kind {
    VM_KEY_DOMAIN, /* Any VM of the domain. */
    VM_KEY_MAC,    /* In its domain. */
    VM_KEY_PA,
};

/* A slot is 0 if it is free, or 8 bits of the key's hash, 1 + the index of the
 * VM in 21 bits, and the kind of the key in 3. */
#define SLOT_KIND_BITS  3
#define SLOT_INDEX_BITS 21
#define SLOT_HASH_SHIFT (SLOT_KIND_BITS + SLOT_INDEX_BITS)

/* Part of DESIGN.md's 256 bytes for a VM without traffic; the guest has most of
 * them, and there are one or two slots for each VM. */
G_STATIC_ASSERT(sizeof(struct host_vm) <= 40);

struct vm_key {
    enum vm_key_kind kind;
    uint32_t domain;
    struct eth_addr mac;
    struct ip_addr addr;
};

static uint32_t
hash_key(const struct vm_key *key)
{
    uint64_t h = ip_addr_hash(&key->addr) ^ eth_addr_to_u64(key->mac)
                 ^ (uint64_t) key->domain << 29 ^ (uint64_t) key->kind << 61;

    h = (h ^ h >> 32) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t) (h >> 32);
}

/* The key of 'kind' by which 'vm' is found. */
static struct vm_key
key_of(const struct host_vm *vm, enum vm_key_kind kind)
{
    struct vm_key key = { .kind = kind };

    switch (kind) {
    case VM_KEY_DOMAIN: key.domain = vm->domain->number; break;
    case VM_KEY_MAC:
        key.domain = vm->domain->number;
        key.mac = guest_mac(vm->guest);
        break;
    case VM_KEY_PA: key.addr = vm->pa; break;
    }
    return key;
}

static bool
keys_equal(const struct vm_key *a, const struct vm_key *b)
{
    return a->kind == b->kind && a->domain == b->domain
           && eth_addr_equal(a->mac, b->mac)
           && ip_addr_equal(&a->addr, &b->addr);
}

static struct host_vm *
vm_of_slot(const struct vm_table *vms, uint32_t slot)
{
    uint32_t index = slot >> SLOT_KIND_BITS & ((1u << SLOT_INDEX_BITS) - 1);

    return vm_table_get(vms, index - 1);
}

static struct vm_key
key_of_slot(const struct vm_table *vms, uint32_t slot)
{
    return key_of(vm_of_slot(vms, slot),
                  (enum vm_key_kind)(slot & ((1u << SLOT_KIND_BITS) - 1)));
}

static struct host_vm *
lookup(const struct vm_table *vms, const struct vm_key *key)
{
    uint32_t hash = hash_key(key);
    uint32_t mask = vms->n_slots - 1;

    if (!vms->n_slots) {
        return NULL;
    }
    for (uint32_t i = hash & mask; vms->slots[i]; i = (i + 1) & mask) {
        uint32_t slot = vms->slots[i];

        if (slot >> SLOT_HASH_SHIFT == hash >> SLOT_HASH_SHIFT) {
            struct vm_key other = key_of_slot(vms, slot);

            if (keys_equal(&other, key)) {
                return vm_of_slot(vms, slot);
            }
        }
    }
    return NULL;
}

static void
put_slot(struct vm_table *vms, uint32_t hash, uint32_t slot)
{
    uint32_t mask = vms->n_slots - 1;
    uint32_t i = hash & mask;

    while (vms->slots[i]) {
        i = (i + 1) & mask;
    }
    vms->slots[i] = slot;
}

static void
grow(struct vm_table *vms)
{
    uint32_t *old = vms->slots;
    uint32_t n_old = vms->n_slots;

    vms->n_slots = MAX(16, 2 * n_old);
    vms->slots = g_new0(uint32_t, vms->n_slots);
    for (uint32_t i = 0; i < n_old; i++) {
        if (old[i]) {
            struct vm_key key = key_of_slot(vms, old[i]);

            put_slot(vms, hash_key(&key), old[i]);
        }
    }
    g_free(old);
}

/* Lets VM number 'index' be found by its key of 'kind', unless another is. */
static void
add_key(struct vm_table *vms, uint32_t index, enum vm_key_kind kind)
{
    struct vm_key key = key_of(vm_table_get(vms, index), kind);
    uint32_t hash = hash_key(&key);

    if (lookup(vms, &key)) {
        return;
    }
    if (4 * (vms->n_used + 1) > 3 * vms->n_slots) {
        grow(vms);
    }
    vms->n_used++;
    put_slot(vms, hash,
             hash >> SLOT_HASH_SHIFT << SLOT_HASH_SHIFT
                 | (index + 1) << SLOT_KIND_BITS | (uint32_t) kind);
}

/* Returns the zeroed place of the next VM.  It stays where it is; the caller
 * fills in guest, rule and PA, and then adds it. */
struct host_vm *
vm_table_new_vm(struct vm_table *vms)
{
    uint32_t chunk = vms->n_vms / VM_CHUNK;

    if (vms->n_vms % VM_CHUNK == 0) {
        vms->chunks = g_renew(struct host_vm *, vms->chunks, chunk + 1);
        vms->chunks[chunk] = g_new0(struct host_vm, VM_CHUNK);
    }
    return vm_table_get(vms, vms->n_vms);
}

static void
join_domain(struct vm_table *vms, struct host_vm *vm, uint32_t index,
            uint32_t number)
{
    struct vm_domain *domain = vm_table_domain(vms, number);

    if (!domain) {
        domain = g_new0(struct vm_domain, 1);
        domain->number = number;
        domain->first = vm;
    } else {
        domain->last->next = index + 1;
    }
    domain->last = vm;
    domain->n_vms++;
    vm->domain = domain;
}

/* Adds 'vm', the last one that vm_table_new_vm() returned. */
void
vm_table_add(struct vm_table *vms, struct host_vm *vm, uint32_t domain)
{
    uint32_t index = vms->n_vms++;

    g_assert(vm == vm_table_get(vms, index)
             && vms->n_vms < 1u << SLOT_INDEX_BITS);
    join_domain(vms, vm, index, domain);
    add_key(vms, index, VM_KEY_DOMAIN);
    add_key(vms, index, VM_KEY_MAC);
    if (vm->pa.family) {
        vms->n_provider_vms++;
        add_key(vms, index, VM_KEY_PA);
    }
}

/* Frees the VMs and what lets them be found. */
void
vm_table_clear(struct vm_table *vms)
{
    for (uint32_t i = 0; i < vms->n_vms; i++) {
        struct host_vm *vm = vm_table_get(vms, i);

        if (vm->domain->last == vm) {
            g_free(vm->domain);
        }
        guest_free(vm->guest);
    }
    for (uint32_t i = 0; i < vms->n_vms; i += VM_CHUNK) {
        g_free(vms->chunks[i / VM_CHUNK]);
    }
    g_free(vms->chunks);
    g_free(vms->slots);
    *vms = (struct vm_table){ 0 };
}

/* The lookups return null if there is no such VM. */

struct vm_domain *
vm_table_domain(const struct vm_table *vms, uint32_t domain)
{
    struct vm_key key = { .kind = VM_KEY_DOMAIN, .domain = domain };
    struct host_vm *vm = lookup(vms, &key);

    return vm ? vm->domain : NULL;
}

struct host_vm *
vm_by_mac(const struct vm_table *vms, uint32_t domain, struct eth_addr mac)
{
    struct vm_key key = { .kind = VM_KEY_MAC, .domain = domain, .mac = mac };

    return lookup(vms, &key);
}

struct host_vm *
vm_by_pa(const struct vm_table *vms, const struct ip_addr *pa)
{
    struct vm_key key = { .kind = VM_KEY_PA, .addr = *pa };

    return lookup(vms, &key);
}

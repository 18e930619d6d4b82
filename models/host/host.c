#include "models/host/host.h"

#include <glib.h>
#include <string.h>

#include "models/host/host_inside.h"
#include "sim/port.h"

const struct fate host_fates[HOST_N_FATES] = {
#define X(ID, KIND, NAME, HELP) [HOST_FATE_##ID] = { FATE_##KIND, NAME, HELP },
    HOST_FATES(X)
#undef X
};

static const struct node_ops host_ops;

bool
node_is_host(const struct node *node)
{
    return node->ops == &host_ops;
}

struct host *
host_cast(const struct node *node)
{
    g_assert(node_is_host(node));
    return (struct host *) node;
}

/* Makes a host with one NIC, port 0, and no VMs.  It belongs to 'sim'. */
struct node *
host_new(struct sim *sim, const struct host_config *config)
{
    struct host *host = g_new0(struct host, 1);

    node_init(&host->node, &host_ops, sim, config->name, 1);
    host->pa = config->pa;
    host->gateway = config->gateway;
    host->policy = policy_new();
    host->datapath = (struct datapath){
        .config = config->datapath,
        .nic_mac = config->mac,
        .next_ip_id = 1,
    };
    local_init(&host->local, host);
    provider_init(&host->provider, host);
    return &host->node;
}

static uint32_t
domain_of(const struct host_vm_config *config)
{
    switch (config->rule) {
    case POLICY_RULE_NAT:
        g_assert(config->pa.family != IP_NONE);
        return config->vsid | VM_DOMAIN_SUBNET;
    case POLICY_RULE_ENCAP: return config->vsid | VM_DOMAIN_SUBNET;
    case POLICY_RULE_VLAN: return config->vlan;
    case POLICY_RULE_NONE: break;
    }
    return 0;
}

/* Places a VM on the host 'node' and returns its guest, which is the host's.
 * The policy is told nothing: see host_policy().  A VM whose rule is NAT must
 * have a provider address. */
struct guest *
host_add_vm(struct node *node, const struct host_vm_config *config)
{
    struct host *host = host_cast(node);
    struct host_vm *vm = vm_table_new_vm(&host->vms);

    vm->guest = guest_new(node, &config->guest, vswitch_output, vm);
    vm->rule = (uint8_t) config->rule;
    if (config->rule == POLICY_RULE_NAT) {
        vm->pa = config->pa;
    }
    vm_table_add(&host->vms, vm, domain_of(config));
    return vm->guest;
}

/* Returns the policy of the host 'node'; it stays the host's.  Who tells it
 * something does so here. */
struct policy *
host_policy(struct node *node)
{
    return host_cast(node)->policy;
}

uint32_t
host_n_vms(const struct node *node)
{
    return host_cast(node)->vms.n_vms;
}

/* Returns VM number 'index', below host_n_vms(). */
struct host_vm *
host_vm_get(const struct node *node, uint32_t index)
{
    const struct host *host = host_cast(node);

    g_assert(index < host->vms.n_vms);
    return vm_table_get(&host->vms, index);
}

/* Returns the VM called 'name' ("blue/web") of the host 'node', null if it is
 * not there.  Looks at one VM after the other: not for use per packet. */
struct host_vm *
host_vm_find(const struct node *node, const char *name)
{
    const struct host *host = host_cast(node);

    for (uint32_t i = 0; i < host->vms.n_vms; i++) {
        struct host_vm *vm = vm_table_get(&host->vms, i);

        if (!strcmp(guest_name(vm->guest), name)) {
            return vm;
        }
    }
    return NULL;
}

struct guest *
host_vm_guest(const struct host_vm *vm)
{
    return vm->guest;
}

struct tap_point *
host_vm_tap(const struct host_vm *vm)
{
    return guest_tap(vm->guest);
}

/* Returns the record of 'vm' in its own host's policy, until that changes;
 * null if the host has been told none, as in a VLAN. */
const struct policy_record *
host_vm_record(const struct host_vm *vm)
{
    const struct host *host = host_cast(guest_node(vm->guest));
    struct ip_addr ca = guest_address(vm->guest);

    return vm_domain_is_subnet(vm->domain)
               ? policy_lookup(host->policy, vm_domain_vsid(vm->domain), &ca)
               : NULL;
}

/* Stops or goes on, as VM and host allow. */
static void
pause_or_resume(const struct host *host, struct host_vm *vm)
{
    if (host->is_down || vm->is_off) {
        guest_pause(vm->guest);
    } else {
        guest_resume(vm->guest);
    }
}

/* Turns 'vm' off, or on again: it goes on where it stopped. */
void
host_vm_set_off(struct host_vm *vm, bool is_off)
{
    vm->is_off = is_off;
    pause_or_resume(host_cast(guest_node(vm->guest)), vm);
}

/* Stops the host 'node' with its VMs, or lets it go on where it stopped.  VMs
 * that are off stay so. */
void
host_set_down(struct node *node, bool is_down)
{
    struct host *host = host_cast(node);

    host->is_down = is_down;
    for (uint32_t i = 0; i < host->vms.n_vms; i++) {
        pause_or_resume(host, vm_table_get(&host->vms, i));
    }
    if (!is_down) {
        provider_resume(host);
    }
}

/* Lets what the input of this event has left to be sent go down. */
void
host_flush(struct host *host)
{
    for (uint32_t i = 0; i < host->n_touched; i++) {
        host->touched[i]->is_touched = false;
        guest_flush(host->touched[i]->guest);
    }
    host->n_touched = 0;
    provider_flush(host);
}

void
host_end(struct host *host, struct packet *pkt, enum host_fate fate)
{
    node_end_packet(&host->node, pkt, &host_fates[fate]);
}

static uint64_t
host_held(const struct node *node)
{
    const struct host *host = host_cast(node);
    uint64_t n = host->local.n + provider_held(&host->provider);

    for (uint32_t i = 0; i < host->vms.n_vms; i++) {
        n += guest_held(vm_table_get(&host->vms, i)->guest);
    }
    return n;
}

static void
host_destroy(struct node *node)
{
    struct host *host = host_cast(node);

    local_clear(&host->local, node->sim);
    provider_clear(&host->provider, node->sim);
    vm_table_clear(&host->vms);
    policy_free(host->policy);
    g_free(host->touched);
    node_clear(node);
    g_free(host);
}

static uint64_t
read_policy_entries(const struct node *node)
{
    return policy_size(host_cast(node)->policy);
}

static uint64_t
read_policy_version(const struct node *node)
{
    return policy_version(host_cast(node)->policy);
}

static uint64_t
read_policy_misses(const struct node *node)
{
    return node_fate_count(node, &host_fates[HOST_FATE_POLICY_MISS]);
}

static uint64_t
read_policy_mismatches(const struct node *node)
{
    return node_fate_count(node, &host_fates[HOST_FATE_POLICY_MISMATCH]);
}

static uint64_t
read_vms(const struct node *node)
{
    return host_n_vms(node);
}

static uint64_t
read_overhead(const struct node *node)
{
    return host_cast(node)->overhead_peak;
}

static uint64_t
read_overhead_total(const struct node *node)
{
    return host_cast(node)->overhead_total;
}

static uint64_t
read_too_big(const struct node *node)
{
    return node_fate_count(node, &host_fates[HOST_FATE_TOO_BIG]);
}

const struct metric host_metrics[] = {
    { "host.policy.entries", "entries", METRIC_GAUGE,
      "Policy records that the host knows.", read_policy_entries },
    { "host.policy.version", "changes", METRIC_COUNTER,
      "Changes that the host's policy has been told.", read_policy_version },
    { "host.policy.misses", "frames", METRIC_COUNTER,
      "Frames dropped because policy had no record for the customer address.",
      read_policy_misses },
    { "host.policy.mismatches", "frames", METRIC_COUNTER,
      "Frames dropped because their provider addresses did not match policy.",
      read_policy_mismatches },
    { "host.vms", "VMs", METRIC_GAUGE, "VMs placed on the host.", read_vms },
    { "wire.overhead_bytes", "bytes", METRIC_PEAK,
      "The most bytes that a datapath has added to a customer's frame.",
      read_overhead },
    { "wire.overhead_bytes_total", "bytes", METRIC_COUNTER,
      "All bytes that datapaths have added to customers' frames.",
      read_overhead_total },
    { "wire.too_big", "frames", METRIC_COUNTER,
      "Provider frames dropped because they exceeded the link's MTU.",
      read_too_big },
    { 0 },
};

static bool
host_table(const struct node *node, unsigned int index,
           struct table_usage *usage)
{
    const struct host *host = host_cast(node);
    uint64_t n_records = policy_size(host->policy);

    switch (index) {
    case 0:
        *usage = (struct table_usage){
            .name = "policy",
            .used = n_records,
            .peak = n_records,
        };
        return true;
    case 1: *usage = host->provider.arp.usage; return true;
    }
    return false;
}

static const struct node_ops host_ops = {
    .kind = "host",
    .receive = pnic_receive,
    .held = host_held,
    .destroy = host_destroy,
    .metrics = host_metrics,
    .table = host_table,
};

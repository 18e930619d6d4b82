/* A frame from the wire to two hosts of four VMs each: two that are rewritten,
 * or encapsulated, for, one in a VLAN and one in the flat network.  Whatever the
 * frame is, every packet must have had one fate when all timers have fired. */

#include <glib.h>
#include <string.h>

#include "models/host/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define VSID_BLUE 5001
#define VSID_RED  6001
#define VLAN_BLUE 101

/* The golden frames' conventions: SQL is here, WEB elsewhere. */
static const struct vm {
    const char *name;
    uint64_t mac;
    uint32_t ca, vsid;
    uint8_t nat_pa; /* Of 192.168.1.0/24. */
    bool is_here;
} vms[] = {
    { "blue/sql", 0x00155d010a01, 0x0a010101, VSID_BLUE, 10, true },
    { "red/sql", 0x00155d010a02, 0x0a010101, VSID_RED, 11, true },
    { "blue/web", 0x00155d011401, 0x0a010102, VSID_BLUE, 12, false },
    { "red/web", 0x00155d011402, 0x0a010102, VSID_RED, 13, false },
};

static struct ip_addr
pa_of(const struct vm *vm, enum policy_rule rule)
{
    uint8_t last = rule == POLICY_RULE_NAT ? vm->nat_pa
                   : vm->is_here           ? 10
                                           : 12;

    return ip_addr_from_v4(0xc0a80100u | last);
}

static void
add_vm(struct node *host, const struct vm *vm, enum policy_rule rule)
{
    const struct host_vm_config config = {
        .guest = { .name = vm->name,
                   .mac = eth_addr_from_u64(vm->mac),
                   .address = { ip_addr_from_v4(vm->ca), 24 },
                   .mtu = 1500 },
        .vsid = vm->vsid,
        .vlan = VLAN_BLUE,
        .rule = rule,
        .pa = pa_of(vm, rule),
    };

    host_add_vm(host, &config);
}

static struct node *
add_host(struct sim *sim, enum policy_rule rule)
{
    const struct host_config config = {
        .name = "hv1",
        .pa = { ip_addr_from_v4(rule == POLICY_RULE_NAT ? 0xc0a80101
                                                        : 0xc0a8010a),
                24 },
        .mac = eth_addr_from_u64(0x02000000000a),
        .datapath = { .dont_fragment = true, .ttl = 128 },
    };
    struct node *host = host_new(sim, &config);

    for (size_t i = 0; i < G_N_ELEMENTS(vms); i++) {
        const struct policy_record record = {
            .ca = ip_addr_from_v4(vms[i].ca),
            .pa = pa_of(&vms[i], rule),
            .mac = eth_addr_from_u64(vms[i].mac),
            .vsid = vms[i].vsid,
            .rule = rule,
            .use_vm_mac = vms[i].vsid == VSID_RED,
            .vm = vms[i].name,
        };

        policy_set(host_policy(host), &record);
        if (vms[i].is_here) {
            add_vm(host, &vms[i], rule);
        }
    }
    add_vm(host, &vms[0], POLICY_RULE_VLAN);
    add_vm(host, &vms[1], POLICY_RULE_NONE);
    return host;
}

static void
receive(struct node *host, const uint8_t *data, size_t size)
{
    struct packet *pkt = node_new_packet(host, size, size);

    if (size) {
        memcpy(packet_data(pkt), data, size);
    }
    host->ops->receive(host, host->ports, pkt);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum policy_rule rules[] = { POLICY_RULE_NAT,
                                              POLICY_RULE_ENCAP };

    size = MIN(size, PACKET_STORED_MAX);
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        struct sim *sim = sim_new(1);
        struct node *host = add_host(sim, rules[i]);
        struct packet_sums sums;

        receive(host, data, size);
        receive(host, data, size); /* Now some state is there. */
        sim_packet_sums(sim, &sums);
        g_assert(packet_sums_add_up(&sums));
        sim_run(sim, 10 * SIM_S, UINT64_MAX);
        sim_packet_sums(sim, &sums);
        g_assert(packet_sums_add_up(&sums));
        g_assert(sums.in_flight == 0);
        sim_free(sim);
    }
    return 0;
}

#include "scenarios/resolved.h"

#include <inttypes.h>
#include <string.h>

#include "models/wire/ip_tos.h"
#include "scenarios/end.h"
#include "scenarios/resolved_parts.h"

/* Appends 'text' as a YAML scalar that reads back as that very text. */
void
resolved_append_text(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            g_string_append_c(out, '\\');
            g_string_append_c(out, *text);
        } else if (*text == '\n') {
            g_string_append(out, "\\n");
        } else if (*text == '$' && text[1] == '(') {
            g_string_append(out, "$$");
        } else {
            g_string_append_c(out, *text);
        }
    }
    g_string_append_c(out, '"');
}

/* Appends ", key: 10Gbps". */
void
resolved_append_quantity(GString *out, const char *key, int64_t n,
                         enum dim dim)
{
    char *text = quantity_format(quantity_int(n, dim));

    g_string_append_printf(out, ", %s: %s", key, text);
    g_free(text);
}

void
resolved_append_ip(GString *out, const char *key, const struct ip_addr *addr)
{
    char text[IP_ADDR_STRLEN];

    if (addr->family) {
        ip_addr_format(addr, text);
        g_string_append_printf(out, ", %s: %s", key, text);
    }
}

void
resolved_append_title(GString *out, const char *title)
{
    if (title && *title) {
        g_string_append(out, ", title: ");
        resolved_append_text(out, title);
    }
}

static void
append_head(const struct scenario *s, GString *out)
{
    char *until = quantity_format(quantity_int(s->until, DIM_TIME));
    char *warmup = quantity_format(quantity_int(s->warmup, DIM_TIME));

    g_string_append_printf(out, "format: 1\nname: %s\n", s->name);
    if (s->title && *s->title) {
        g_string_append(out, "title: ");
        resolved_append_text(out, s->title);
        g_string_append_c(out, '\n');
    }
    if (s->about && *s->about) {
        g_string_append(out, "about: ");
        resolved_append_text(out, s->about);
        g_string_append_c(out, '\n');
    }
    g_string_append_printf(out,
                           "\nrun: {seed: %" PRIu64 ", until: %s, "
                           "warmup: %s}\n",
                           s->seed, until, warmup);
    g_free(until);
    g_free(warmup);
}

/* Appends what a change of VLANs costs, if it does. */
static void
append_reconfigure(const struct scenario *s, GString *out)
{
    static const char *const outages[] = {
        [PROVISIONING_OUTAGE_NONE] = "none",
        [PROVISIONING_OUTAGE_PORT] = "port",
        [PROVISIONING_OUTAGE_SWITCH] = "switch",
    };
    const struct provisioning_config *config = &s->provisioning;

    if (config->per_switch || config->jitter) {
        g_string_append_printf(out, "  vlan: {reconfigure: {outage: %s",
                               outages[config->outage]);
        resolved_append_quantity(out, "per_switch", config->per_switch,
                                 DIM_TIME);
        resolved_append_quantity(out, "jitter", config->jitter, DIM_TIME);
        g_string_append(out, "}}\n");
    }
}

static void
append_datapath(const struct scenario *s, GString *out)
{
    g_string_append_printf(
        out,
        "\ndatapath:\n"
        "  use: %s\n"
        "  vm_mtu: %u\n"
        "  rewrite: {vm_mac: %s}\n"
        "  nvgre: {flow_id: %s, dont_fragment: %s}\n",
        s->use->kind, s->vm_mtu, s->use_vm_mac ? "true" : "false",
        s->datapath.flow_id == FLOW_ID_ZERO ? "zero" : "inner-5tuple",
        s->datapath.dont_fragment ? "true" : "false");
    append_reconfigure(s, out);
}

static void
append_subnet(const struct scenario_subnet *subnet, GString *out)
{
    char cidr[IP_PREFIX_STRLEN];

    ip_prefix_format(&subnet->cidr, cidr);
    g_string_append_printf(out, "      %s: {cidr: %s", subnet->name, cidr);
    if (subnet->vsid) {
        g_string_append_printf(out, ", vsid: %u", subnet->vsid);
    }
    if (subnet->vlan) {
        g_string_append_printf(out, ", vlan: %u", subnet->vlan);
    }
    g_string_append_printf(out, "%s}\n",
                           subnet->has_gateway_none ? ", gateway: none" : "");
}

static void
append_vm(const struct scenario_vm *vm, GString *out)
{
    char mac[ETH_ADDR_STRLEN];

    eth_addr_format(vm->mac, mac);
    g_string_append_printf(out, "      %s: {subnet: %s",
                           strchr(vm->path, '/') + 1, vm->subnet->name);
    resolved_append_ip(out, "ca", &vm->ca);
    resolved_append_ip(out, "pa", &vm->pa);
    g_string_append_printf(out, ", mac: \"%s\", host: %s, use: %s, mtu: %u}\n",
                           mac, vm->host->name, vm->use->kind, vm->mtu);
}

/* Subnets and VMs of a tenant stand together in the scenario, so one pass
 * does. */
static void
append_tenants(const struct scenario *s, GString *out)
{
    unsigned int v = 0, n = 0;

    g_string_append(out, "\ntenants:\n");
    for (unsigned int i = 0; i < s->tenants->len; i++) {
        const struct scenario_tenant *tenant =
            g_ptr_array_index(s->tenants, i);

        g_string_append_printf(out, "  %s:\n", tenant->name);
        if (tenant->title && *tenant->title) {
            g_string_append(out, "    title: ");
            resolved_append_text(out, tenant->title);
            g_string_append_c(out, '\n');
        }
        g_string_append(out, "    subnets:\n");
        for (size_t j = 0; j < tenant->n_subnets; j++) {
            append_subnet(g_ptr_array_index(s->subnets, n++), out);
        }
        g_string_append(out, "    vms:\n");
        for (; v < s->vms->len; v++) {
            const struct scenario_vm *vm = g_ptr_array_index(s->vms, v);

            if (vm->tenant != tenant) {
                break;
            }
            append_vm(vm, out);
        }
    }
}

static void
append_records(const struct scenario *s, GString *out)
{
    if (s->records->len) {
        g_string_append(out, "\npolicy:\n  records:\n");
    }
    for (unsigned int i = 0; i < s->records->len; i++) {
        const struct scenario_record *record =
            g_ptr_array_index(s->records, i);
        const struct policy_record *r = &record->record;
        char mac[ETH_ADDR_STRLEN];

        for (unsigned int j = 0; j < record->hosts->len; j++) {
            const struct scenario_node *host =
                g_ptr_array_index(record->hosts, j);

            g_string_append_printf(out, "    - {host: %s, vm: %s", host->name,
                                   record->record.vm);
            if (record->absent) {
                g_string_append(out, ", absent: true}\n");
                continue;
            }
            eth_addr_format(r->mac, mac);
            resolved_append_ip(out, "ProviderAddress", &r->pa);
            g_string_append_printf(
                out, ", MACAddress: \"%s\", Rule: %s, UseVmMACAddress: %s}\n",
                mac, policy_rule_name(r->rule),
                r->use_vm_mac ? "true" : "false");
        }
    }
}

/* Appends ", key: exponential 10ms". */
static void
append_distribution(GString *out, const char *key,
                    const struct distribution *d, enum dim dim)
{
    char *a = quantity_format(quantity_int((int64_t) d->a, dim));
    char *b = quantity_format(quantity_int((int64_t) d->b, dim));

    g_string_append_printf(out, ", %s: ", key);
    switch (d->kind) {
    case DISTRIBUTION_CONSTANT: g_string_append(out, a); break;
    case DISTRIBUTION_UNIFORM:
        g_string_append_printf(out, "uniform %s..%s", a, b);
        break;
    case DISTRIBUTION_EXPONENTIAL:
        g_string_append_printf(out, "exponential %s", a);
        break;
    case DISTRIBUTION_LOGNORMAL:
        g_string_append_printf(out, "lognormal %s %.15g", a, d->b);
        break;
    case DISTRIBUTION_PARETO:
        g_string_append_printf(out, "pareto %s %.15g", a, d->b);
        break;
    }
    g_free(a);
    g_free(b);
}

static void
append_flow(const struct scenario_flow *flow, GString *out)
{
    const struct flow_config *c = &flow->config;
    const char *verb = c->kind->name;
    bool is_ping = !strcmp(verb, "ping"), is_tcp = !strcmp(verb, "tcp");
    bool is_udp = !strcmp(verb, "udp");

    g_string_append_printf(out, "  - {id: %s, %s: [%s, %s]", c->id, verb,
                           end_path(&flow->from), end_path(&flow->to));
    append_distribution(out, "start", &c->start, DIM_TIME);
    if (c->stop != SIM_NEVER) {
        resolved_append_quantity(out, "stop", c->stop, DIM_TIME);
    }
    if (c->tos >> 2) {
        g_string_append_printf(out, ", dscp: %u", c->tos >> 2);
    }
    if (c->tos & IP_ECN_MASK) {
        g_string_append(out, ", ecn: true");
    }
    if (c->port) {
        g_string_append_printf(out, ", port: %u", c->port);
    }
    if (c->count) {
        g_string_append_printf(out, ", count: %" PRIu64, c->count);
    }
    if (is_ping || is_udp) {
        append_distribution(out, "size", &c->size, DIM_BYTES);
    }
    if (c->rate_bps) {
        resolved_append_quantity(out, "rate", (int64_t) c->rate_bps, DIM_RATE);
    } else if (!is_tcp) {
        append_distribution(out, is_ping ? "every" : "gap", &c->gap, DIM_TIME);
    }
    if (is_tcp && c->has_bytes) {
        append_distribution(out, "bytes", &c->bytes, DIM_BYTES);
    } else if (!is_ping && !is_udp && !is_tcp) {
        append_distribution(out, "request", &c->request, DIM_BYTES);
        append_distribution(out, "response", &c->response, DIM_BYTES);
    }
    if (!is_ping && !is_udp) {
        g_string_append_printf(out, ", cc: %s", c->tcp.congestion);
    }
    g_string_append(out, "}\n");
}

static void
append_replay(const struct scenario_replay *replay, GString *out)
{
    g_string_append_printf(out, "  - {id: %s, replay: ", replay->id);
    resolved_append_text(out, replay->file);
    g_string_append_printf(out, ", from: %s", replay->port->path);
    resolved_append_quantity(out, "start", replay->start, DIM_TIME);
    if (replay->gap >= 0) {
        resolved_append_quantity(out, "gap", replay->gap, DIM_TIME);
    }
    for (unsigned int i = 0; i < replay->frames->len; i++) {
        g_string_append_printf(out, "%s%u", i ? ", " : ", frames: [",
                               g_array_index(replay->frames, uint32_t, i));
    }
    g_string_append(out, replay->frames->len ? "]}\n" : "}\n");
}

static void
append_workloads(const struct scenario *s, GString *out)
{
    g_string_append(out, "\nworkloads:\n");
    for (unsigned int i = 0; i < s->flows->len; i++) {
        const struct scenario_flow *flow = g_ptr_array_index(s->flows, i);

        if (!flow->is_probe) {
            append_flow(flow, out);
        }
    }
    for (unsigned int i = 0; i < s->replays->len; i++) {
        append_replay(g_ptr_array_index(s->replays, i), out);
    }
}

/* Returns 's' as YAML without parameters, counts and expressions: the same
 * network and traffic, with every address and default written out.  What is
 * watched (captures, metrics, expectations) is left out.  Null if it is too
 * large; the caller frees. */
GString *
resolved_yaml(const struct scenario *s)
{
    GString *out;

    if (s->nodes->len + s->links->len + s->vms->len + s->flows->len
        > RESOLVED_THINGS_MAX) {
        return NULL;
    }
    out = g_string_new("# Made by paca: the scenario as it was run, with all "
                       "parameters, counts\n# and defaults put in.\n");
    append_head(s, out);
    resolved_append_topology(s, out);
    if (s->tenants->len) {
        append_datapath(s, out);
        append_tenants(s, out);
    }
    append_records(s, out);
    if (s->flows->len + s->replays->len) {
        append_workloads(s, out);
    }
    resolved_append_events(s, out);
    return out;
}

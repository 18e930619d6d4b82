#include "scenarios/resolved_parts.h"

#include <inttypes.h>
#include <string.h>

static void
append_prefix(GString *out, const char *key, const struct ip_prefix *prefix)
{
    char text[IP_PREFIX_STRLEN];

    if (prefix->addr.family) {
        ip_prefix_format(prefix, text);
        g_string_append_printf(out, ", %s: %s", key, text);
    }
}

static void
append_mac(GString *out, const struct scenario_node *node)
{
    char mac[ETH_ADDR_STRLEN];

    eth_addr_format(node->mac, mac);
    g_string_append_printf(out, ", mac: \"%s\"", mac);
}

/* ---- Nodes. ---- */

static void
append_queueing(const struct queueing_config *q, GString *out)
{
    static const char *const words[] = {
        [QUEUEING_FIFO] = "none",
        [QUEUEING_PCP] = "pcp",
        [QUEUEING_DSCP] = "dscp",
    };
    char *min, *max;

    resolved_append_quantity(out, "buffer", (int64_t) q->buffer_bytes,
                             DIM_BYTES);
    if (q->shared) {
        g_string_append(out, ", shared_buffer: true");
    }
    if (q->ecn) {
        min = quantity_format(
            quantity_int((int64_t) q->ecn_min_bytes, DIM_BYTES));
        max = quantity_format(
            quantity_int((int64_t) q->ecn_max_bytes, DIM_BYTES));
        g_string_append_printf(
            out, ", ecn: {min: %s, max: %s, probability: %.17g%%}", min, max,
            q->ecn_max_probability * 100);
        g_free(min);
        g_free(max);
    }
    if (q->priorities != QUEUEING_FIFO) {
        g_string_append_printf(out, ", priorities: %s, classes: %u",
                               words[q->priorities], q->n_classes);
    }
}

static void
append_stp_port(const struct scenario_stp_port *port, bool is_first,
                GString *out)
{
    g_string_append_printf(out, "%s%s: {priority: %u", is_first ? "" : ", ",
                           port->name, port->config.priority);
    if (port->config.path_cost) {
        g_string_append_printf(out, ", cost: %u", port->config.path_cost);
    }
    if (port->has_edge) {
        g_string_append_printf(out, ", edge: %s",
                               port->config.admin_edge ? "true" : "false");
    }
    g_string_append_c(out, '}');
}

static void
append_stp(const struct scenario_node *node, GString *out)
{
    const struct rstp_config *stp = &node->sw->stp;

    g_string_append_printf(out, ", stp: {priority: %u", stp->priority);
    resolved_append_quantity(out, "hello_time", stp->hello_time, DIM_TIME);
    resolved_append_quantity(out, "max_age", stp->max_age, DIM_TIME);
    resolved_append_quantity(out, "forward_delay", stp->forward_delay,
                             DIM_TIME);
    g_string_append_printf(out, ", tx_hold_count: %u", stp->tx_hold_count);
    if (node->stp_ports) {
        g_string_append(out, ", ports: {");
        for (unsigned int i = 0; i < node->stp_ports->len; i++) {
            append_stp_port(g_ptr_array_index(node->stp_ports, i), i == 0,
                            out);
        }
        g_string_append_c(out, '}');
    }
    g_string_append_c(out, '}');
}

static void
append_switch(const struct scenario_node *node, GString *out)
{
    static const char *const evicts[] = {
        [MAC_EVICT_NONE] = "none",
        [MAC_EVICT_OLDEST] = "oldest",
        [MAC_EVICT_LRU] = "lru",
        [MAC_EVICT_RANDOM] = "random",
    };
    static const char *const hashes[] = {
        [MAC_HASH_MULTIPLICATIVE] = "multiplicative",
        [MAC_HASH_CRC32] = "crc32",
        [MAC_HASH_XOR_FOLD] = "xor-fold",
    };
    const struct mac_table_config *macs = &node->sw->macs;

    append_mac(out, node);
    g_string_append_printf(out, ", mac_table: %u", macs->max_entries);
    resolved_append_quantity(out, "mac_aging", macs->aging, DIM_TIME);
    g_string_append_printf(out, ", mac_evict: %s", evicts[macs->evict]);
    if (macs->ways) {
        g_string_append_printf(out, ", mac_ways: %u, mac_hash: %s", macs->ways,
                               hashes[macs->hash]);
    }
    if (macs->fairness) {
        g_string_append(out, ", mac_fairness: true");
    }
    if (node->sw->learning_rate) {
        g_string_append_printf(out, ", learning_rate: %" PRIu64 "/s",
                               node->sw->learning_rate);
    }
    g_string_append_printf(out, ", max_vlans: %u", node->sw->max_vlans);
    append_queueing(&node->sw->queueing, out);
    if (node->sw->stp.is_on) {
        append_stp(node, out);
    }
}

static void
append_router(const struct scenario_node *node, GString *out)
{
    char to[IP_PREFIX_STRLEN], via[IP_ADDR_STRLEN];

    resolved_append_ip(out, "address", &node->pa.addr);
    g_string_append_printf(
        out,
        ", arp_table: %u, routes: %u, host_routes: %u, hash_seed: %" PRIu64,
        node->router->max_neighbors, node->router->max_routes,
        node->router->max_host_routes, node->hash_seed);
    append_queueing(&node->router->queueing, out);
    for (unsigned int i = 0; i < node->routes->len; i++) {
        const struct scenario_route *route =
            &g_array_index(node->routes, struct scenario_route, i);

        ip_prefix_format(&route->to, to);
        ip_addr_format(&route->via, via);
        g_string_append_printf(out, "%s{to: %s, via: %s}",
                               i ? ", " : ", static_routes: [", to, via);
    }
    g_string_append(out, node->routes->len ? "]" : "");
}

static void
append_node(const struct scenario_node *node, GString *out)
{
    g_string_append_printf(out, "    %s: {role: %s", node->name,
                           scenario_role_name(node->role));
    resolved_append_title(out, node->title);
    switch (node->role) {
    case ROLE_SWITCH: append_switch(node, out); break;
    case ROLE_ROUTER: append_router(node, out); break;
    case ROLE_HOST:
        append_mac(out, node);
        append_prefix(out, "pa", &node->pa);
        resolved_append_ip(out, "gateway", &node->gateway);
        break;
    case ROLE_SERVER:
        append_mac(out, node);
        append_prefix(out, "address", &node->pa);
        resolved_append_ip(out, "gateway", &node->gateway);
        g_string_append_printf(out, ", mtu: %u", node->mtu);
        break;
    case ROLE_UNKNOWN: break;
    }
    g_string_append(out, "}\n");
}

/* ---- Links, provider. ---- */

static void
append_link(const struct scenario_link *link, GString *out)
{
    bool has_address = link->ends[0]->address || link->ends[1]->address;
    char text[IP_PREFIX_STRLEN];

    g_string_append_printf(out, "    - {ends: [%s, %s]", link->ends[0]->path,
                           link->ends[1]->path);
    resolved_append_quantity(out, "rate", (int64_t) link->rate_bps, DIM_RATE);
    resolved_append_quantity(out, "delay", link->delay, DIM_TIME);
    g_string_append_printf(out, ", mtu: %u", link->mtu);
    if (link->loss > 0) {
        g_string_append_printf(out, ", loss: %.17g%%", link->loss * 100);
    }
    if (has_address) {
        g_string_append(out, ", address: {");
    }
    for (int i = 0; i < 2; i++) {
        if (link->ends[i]->address) {
            ip_prefix_format(link->ends[i]->address, text);
            g_string_append_printf(out, "%s%s: %s",
                                   i && link->ends[0]->address ? ", " : "",
                                   link->ends[i]->node->name, text);
        }
    }
    g_string_append(out, has_address ? "}}\n" : "}\n");
}

static void
append_provider(const struct scenario_provider *p, GString *out)
{
    static const char *const loops[] = {
        [LOOP_RSTP] = "rstp",
        [LOOP_BLOCK] = "block",
        [LOOP_ALLOWED] = "allow",
    };
    char *convergence =
        quantity_format(quantity_int(p->convergence, DIM_TIME));
    char pool[IP_PREFIX_STRLEN];

    g_string_append_printf(out,
                           "\nprovider:\n  fabric: %s\n  routes: %s\n"
                           "  convergence: %s\n  ecmp: %s\n",
                           p->is_routed ? "l3" : "l2",
                           p->has_static_routes ? "static" : "auto",
                           convergence, ecmp_hash_name(p->ecmp));
    if (p->l2_loop != LOOP_REFUSED) {
        g_string_append_printf(out, "  l2_loop: %s\n", loops[p->l2_loop]);
    }
    if (p->pool.addr.family) {
        ip_prefix_format(&p->pool, pool);
        g_string_append_printf(out, "  pool: %s\n", pool);
    }
    g_free(convergence);
}

/* Appends topology, every node and link of it, and provider. */
void
resolved_append_topology(const struct scenario *s, GString *out)
{
    g_string_append(out, "\ntopology:\n  nodes:\n");
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        append_node(g_ptr_array_index(s->nodes, i), out);
    }
    if (s->links->len) {
        g_string_append(out, "  links:\n");
    }
    for (unsigned int i = 0; i < s->links->len; i++) {
        append_link(g_ptr_array_index(s->links, i), out);
    }
    append_provider(&s->provider, out);
}

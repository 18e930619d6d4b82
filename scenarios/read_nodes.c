/* The nodes of a topology. */

#include "scenarios/read_topology.h"
#include "scenarios/topology.h"
#include "sim/random.h"

/* Reads topology.defaults. */
void
node_defaults_init(struct node_defaults *d, const struct key_reader *topology)
{
    key_object(topology, "defaults", &d->all);
    key_object(&d->all, "switch", &d->of_switch);
    key_object(&d->all, "router", &d->of_router);
    key_object(&d->all, "host", &d->of_host);
    key_object(&d->all, "server", &d->of_server);
}

void
node_defaults_clear(struct node_defaults *d)
{
    key_reader_clear(&d->of_server);
    key_reader_clear(&d->of_host);
    key_reader_clear(&d->of_router);
    key_reader_clear(&d->of_switch);
    key_reader_clear(&d->all);
}

/* Who is asked for a key, in this order; null: nobody.  The first says what the
 * key is if none does. */
struct sayers {
    const struct key_reader *of[3];
};

static const struct key_reader *
who_says(const struct sayers *sayers, const char *key)
{
    const struct key_reader *first = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(sayers->of); i++) {
        const struct key_reader *r = sayers->of[i];

        if (r && key_table_find(r->table, key)) {
            if (key_is_given(r, key)) {
                return r;
            }
            first = first ? first : r;
        }
    }
    return first;
}

/* ---- Switches and routers. ---- */

static void
read_ecn(const struct key_reader *r, struct queueing_config *queueing)
{
    struct key_reader ecn;

    if (key_object(r, "ecn", &ecn)) {
        queueing->ecn = true;
        queueing->ecn_min_bytes = key_bytes(&ecn, "min");
        queueing->ecn_max_bytes = key_is_given(&ecn, "max")
                                      ? key_bytes(&ecn, "max")
                                      : queueing->ecn_min_bytes;
        queueing->ecn_max_probability = key_fraction(&ecn, "probability");
        if (queueing->ecn_max_bytes < queueing->ecn_min_bytes) {
            key_report(&ecn, "max", E018, "ecn: 'max' is less than 'min'");
        }
    }
    key_reader_clear(&ecn);
}

/* Where 'KEY' is read from, and 'KEY'. */
#define SAYS(KEY) who_says(sayers, KEY), KEY

static struct queueing_config
read_queueing(const struct sayers *sayers)
{
    struct queueing_config queueing = { 0 };
    const struct key_reader *ecn = who_says(sayers, "ecn");

    queueing.buffer_bytes = key_bytes(SAYS("buffer"));
    queueing.shared = key_bool(SAYS("shared_buffer"));
    queueing.priorities =
        (enum queueing_priorities) key_word_index(SAYS("priorities"));
    if (queueing.priorities != QUEUEING_FIFO) {
        queueing.n_classes = (uint32_t) key_int(SAYS("classes"));
    }
    if (key_is_given(ecn, "ecn")) {
        read_ecn(ecn, &queueing);
    }
    return queueing;
}

static struct mac_table_config
read_mac_table(const struct sayers *sayers)
{
    static const enum mac_evict evicts[] = { MAC_EVICT_NONE, MAC_EVICT_OLDEST,
                                             MAC_EVICT_LRU, MAC_EVICT_RANDOM };

    const struct mac_table_config macs = {
        .max_entries = (uint32_t) key_int(SAYS("mac_table")),
        .aging = key_time(SAYS("mac_aging")),
        .evict = evicts[key_word_index(SAYS("mac_evict"))],
        .ways = (uint32_t) key_int(SAYS("mac_ways")),
        .hash = (enum mac_hash) key_word_index(SAYS("mac_hash")),
        .fairness = key_bool(SAYS("mac_fairness")),
    };

    if (macs.ways && macs.max_entries % macs.ways) {
        const struct key_reader *r = who_says(sayers, "mac_ways");

        diag_report(scope_diag(r->scope), E018, key_loc(r, "mac_ways"),
                    "a MAC table of %u entries cannot be divided into buckets "
                    "of %u",
                    macs.max_entries, macs.ways);
    }
    return macs;
}

/* Times of BPDUs are in 1/256 s. */
static sim_time
bpdu_time(sim_time time)
{
    return time - time % (SIM_S / STP_TIME_SECOND);
}

/* IEEE 802.1D-2004 section 17.14, tables 17-1 and 17-2. */
static void
check_stp(struct key_reader *r, const struct rstp_config *stp)
{
    if (stp->priority % RSTP_PRIORITY_STEP) {
        key_report(r, "priority", E018,
                   "a bridge's priority is a multiple of %d",
                   RSTP_PRIORITY_STEP);
    }
    if (stp->max_age > 2 * (stp->forward_delay - SIM_S)) {
        key_report(r, "max_age", E018,
                   "max_age is more than 2 * (forward_delay - 1 s)");
    }
    if (stp->max_age < 2 * (stp->hello_time + SIM_S)) {
        key_report(r, "max_age", E018,
                   "max_age is less than 2 * (hello_time + 1 s)");
    }
}

static void
read_stp_port(struct scenario *s, struct scenario_node *node,
              const struct key_reader *stp, size_t i)
{
    struct scenario_stp_port *port = scope_alloc(s->scope, sizeof *port);
    struct key_reader r;

    key_object_at(stp, "ports", i, &r);
    port->loc = key_at(stp, "ports", i)->name_loc;
    port->name = key_at(stp, "ports", i)->name;
    port->config = rstp_port_default;
    port->config.path_cost = (uint32_t) key_int(&r, "cost");
    port->config.priority = (uint8_t) key_int(&r, "priority");
    port->has_edge = key_is_given(&r, "edge");
    port->config.admin_edge = key_bool(&r, "edge");
    if (port->config.priority % RSTP_PORT_PRIORITY_STEP) {
        key_report(&r, "priority", E018,
                   "a port's priority is a multiple of %d",
                   RSTP_PORT_PRIORITY_STEP);
    }
    if (!node->stp_ports) {
        node->stp_ports = g_ptr_array_new();
    }
    g_ptr_array_add(node->stp_ports, port);
    key_reader_clear(&r);
}

/* Reads the spanning tree of 'node': its own keys and, for what they do not say,
 * those of the defaults. */
static struct rstp_config
read_stp(struct scenario *s, struct scenario_node *node,
         const struct key_reader *own, const struct key_reader *defaults)
{
    struct rstp_config stp = rstp_default;
    struct key_reader of_node, of_all;
    const struct sayers all = { { own ? &of_node : NULL, &of_all } };
    const struct sayers *sayers = &all;

    key_object(defaults, "stp", &of_all);
    if (own) {
        key_object(own, "stp", &of_node);
    }
    stp.is_on = s->provider.l2_loop == LOOP_RSTP;
    stp.priority = (uint16_t) key_int(SAYS("priority"));
    stp.hello_time = bpdu_time(key_time(SAYS("hello_time")));
    stp.max_age = bpdu_time(key_time(SAYS("max_age")));
    stp.forward_delay = bpdu_time(key_time(SAYS("forward_delay")));
    stp.tx_hold_count = (uint8_t) key_int(SAYS("tx_hold_count"));
    if (!of_all.failed && (!own || !of_node.failed)) {
        check_stp(own ? &of_node : &of_all, &stp);
    }
    if (own) {
        for (size_t i = 0; i < key_count(&of_node, "ports"); i++) {
            read_stp_port(s, node, &of_node, i);
        }
        key_reader_clear(&of_node);
    }
    key_reader_clear(&of_all);
    return stp;
}

static void
read_switch(struct scenario *s, struct scenario_node *node,
            const struct key_reader *own, const struct node_defaults *defaults)
{
    const struct sayers all = { { own, &defaults->of_switch } };
    const struct sayers *sayers = &all;
    struct scenario_switch *sw = scope_alloc(s->scope, sizeof *sw);

    sw->macs = read_mac_table(sayers);
    sw->learning_rate = (uint64_t) key_per_second(SAYS("learning_rate"));
    sw->max_vlans = (uint32_t) key_int(SAYS("max_vlans"));
    sw->queueing = read_queueing(sayers);
    sw->stp = read_stp(s, node, own, &defaults->of_switch);
    node->sw = sw;
}

/* Routers that are equal in all else must not all choose alike (ecmp.h): each
 * draws a seed, from a stream of its own. */
static uint64_t
draw_hash_seed(const struct scenario *s, const char *name)
{
    char *stream_name = g_strconcat(name, "/ecmp", NULL);
    struct random_stream stream;

    random_stream_init(&stream, s->seed, stream_name);
    g_free(stream_name);
    return random_u64(&stream) >> 1; /* As large as a scenario can write. */
}

static void
read_static_route(struct scenario_node *node, const struct key_reader *own,
                  size_t i)
{
    struct scenario_route route;
    struct key_reader r;

    if (key_object_at(own, "static_routes", i, &r)) {
        route.loc = key_loc(&r, "via");
        route.to = key_prefix(&r, "to");
        route.via = key_ip(&r, "via");
        g_array_append_val(node->routes, route);
    }
    key_reader_clear(&r);
}

/* What is true of generated switches holds of the routers that stand in their
 * place. */
static void
read_router(struct scenario *s, struct scenario_node *node,
            const struct key_reader *own, const struct node_defaults *defaults)
{
    const struct sayers all = { { own, &defaults->of_router,
                                  own ? NULL : &defaults->of_switch } };
    const struct sayers *sayers = &all;
    struct scenario_router *router = scope_alloc(s->scope, sizeof *router);

    router->max_neighbors = (uint32_t) key_int(SAYS("arp_table"));
    router->max_routes = (uint32_t) key_int(SAYS("routes"));
    router->max_host_routes = (uint32_t) key_int(SAYS("host_routes"));
    router->queueing = read_queueing(sayers);
    node->router = router;
    node->routes = g_array_new(FALSE, FALSE, sizeof(struct scenario_route));
    node->hash_seed = own && key_is_given(own, "hash_seed")
                          ? (uint64_t) key_int(own, "hash_seed")
                          : draw_hash_seed(s, node->name);
    if (own) {
        node->locs->pa = key_loc(own, "address");
        node->pa.addr = key_ip(own, "address");
        node->pa.length = node->pa.addr.family == 4 ? 32 : 128;
        for (size_t i = 0; i < key_count(own, "static_routes"); i++) {
            read_static_route(node, own, i);
        }
    }
}

/* ---- Hosts and servers. ---- */

/* Reads what hosts and servers have; of a server, 'pa' is called address. */
static void
read_end(struct scenario_node *node, const struct sayers *sayers,
         const struct key_reader *own, const char *pa)
{
    node->gateway = key_ip(SAYS("gateway"));
    node->locs->gateway = key_loc(SAYS("gateway"));
    if (own && key_is_given(own, pa) && key_is_ok(own, pa)) {
        node->pa = key_prefix(own, pa);
        node->locs->pa = key_loc(own, pa);
    }
}

static void
read_host(struct scenario_node *node, const struct key_reader *own,
          const struct node_defaults *defaults)
{
    const struct sayers sayers = { { own, &defaults->of_host } };

    read_end(node, &sayers, own, "pa");
}

static void
read_server(struct scenario_node *node, const struct key_reader *own,
            const struct node_defaults *defaults)
{
    const struct sayers all = { { own, &defaults->of_server } };
    const struct sayers *sayers = &all;

    read_end(node, sayers, own, "address");
    node->mtu = (uint16_t) key_int(SAYS("mtu"));
    node->locs->mtu = key_loc(SAYS("mtu"));
}
#undef SAYS

/* ---- All roles. ---- */

/* The MAC of a node if the scenario gives none: locally administered, by the
 * node's place. */
static struct eth_addr
make_mac(const struct scenario_node *node)
{
    uint64_t block = node->role == ROLE_SWITCH ? UINT64_C(0x020100000000)
                                               : UINT64_C(0x020000000000);

    return eth_addr_from_u64(block + node->index + 1);
}

/* Fills in what 'own', null for a generated node, says of 'node', and the
 * defaults of its role. */
static void
read_role_keys(struct scenario *s, struct scenario_node *node,
               const struct key_reader *own,
               const struct node_defaults *defaults)
{
    node->mac = make_mac(node);
    if (own && node->role != ROLE_ROUTER && key_is_given(own, "mac")) {
        node->mac = key_mac(own, "mac");
        node->locs->mac = key_loc(own, "mac");
    }
    switch (node->role) {
    case ROLE_SWITCH: read_switch(s, node, own, defaults); break;
    case ROLE_ROUTER: read_router(s, node, own, defaults); break;
    case ROLE_HOST: read_host(node, own, defaults); break;
    case ROLE_SERVER: read_server(node, own, defaults); break;
    case ROLE_UNKNOWN: break;
    }
}

/* Makes 'node', of which no file says more, what its role's defaults are. */
void
node_use_defaults(struct scenario *s, struct scenario_node *node,
                  const struct node_defaults *defaults)
{
    read_role_keys(s, node, NULL, defaults);
}

/* Reads the role of the node at 'entry'; a missing or wrong one is reported and
 * is unknown. */
static enum node_role
read_role(struct scenario *s, const struct key_value *entry)
{
    static const struct key_spec spec = { NULL, KEY_WORD,
                                          .words = node_role_words,
                                          .later_words = node_later_roles };
    const struct tree_node *node = entry->node;
    struct key_value value;

    if (node->kind != TREE_MAP) {
        if (!node->broken) {
            diag_report(s->diag, E020, node->loc,
                        "topology.nodes.%s is %s, not a map", entry->name,
                        tree_kind_name(node));
        }
        return ROLE_UNKNOWN;
    }
    node = tree_get(node, "role");
    if (!node) {
        diag_report(s->diag, E023, entry->name_loc,
                    "topology.nodes.%s has no 'role'", entry->name);
        diag_help(s->diag, "roles are switch, router, host and server");
        return ROLE_UNKNOWN;
    }
    return key_convert(s->scope, node, &spec, "role", &value)
               ? (enum node_role) value.word_index
               : ROLE_UNKNOWN;
}

/* Reads one entry of topology.nodes.  A node that cannot be read has its name
 * all the same. */
void
read_node(struct scenario *s, const struct key_value *entry,
          const struct node_defaults *defaults)
{
    static const struct key_table *const tables[] = {
        [ROLE_SWITCH] = &switch_table,
        [ROLE_ROUTER] = &router_key_table,
        [ROLE_HOST] = &host_table,
        [ROLE_SERVER] = &server_table,
    };
    enum node_role role = read_role(s, entry);
    struct scenario_node *node;
    struct key_reader r;

    if (g_hash_table_contains(s->node_by_name, entry->name)) {
        diag_report(s->diag, E036, entry->name_loc,
                    "there are two nodes called %s", entry->name);
        diag_help(s->diag, "topology.generate makes one: take another name");
        return;
    }
    node = topology_add_node(s, entry->name, role, entry->name_loc,
                             topology_new_locs(s, entry->name_loc));
    if (role == ROLE_UNKNOWN) {
        return;
    }
    key_reader_init(&r, s->scope, entry->node, tables[role],
                    "topology.nodes.%s", node->name);
    node->title = key_text(&r, "title");
    read_role_keys(s, node, &r, defaults);
    key_reader_clear(&r);
}

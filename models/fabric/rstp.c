#include "models/fabric/rstp.h"

#include <glib.h>

#include "models/fabric/rstp_inside.h"
#include "sim/port.h"

const struct rstp_config rstp_default = {
    .priority = RSTP_PRIORITY,
    .tx_hold_count = RSTP_TX_HOLD_COUNT,
    .hello_time = RSTP_HELLO_TIME,
    .max_age = RSTP_MAX_AGE,
    .forward_delay = RSTP_FORWARD_DELAY,
};

const struct rstp_port_config rstp_port_default = {
    .priority = RSTP_PORT_PRIORITY,
    .auto_edge = true,
};

/* Identifiers and costs. */

static const struct rstp_port_config *
port_config(const struct rstp_config *config, uint32_t port)
{
    return config->ports ? &config->ports[port] : &rstp_port_default;
}

uint64_t
rstp_bridge_id(const struct rstp_config *config, struct eth_addr mac)
{
    return (uint64_t) config->priority << 48 | eth_addr_to_u64(mac);
}

/* Ports are numbered from 1. */
uint16_t
rstp_port_id(const struct rstp_config *config, uint32_t port)
{
    return (uint16_t) ((uint32_t) port_config(config, port)->priority << 8
                       | (port + 1));
}

/* Returns the recommended cost of a link of 'rate_bps', table 17-3: 20,000 for
 * 1 Gb/s, 2,000 for 10 Gb/s. */
uint32_t
rstp_path_cost(uint64_t rate_bps)
{
    const uint64_t of_1_bps = UINT64_C(20000000000000);

    return (uint32_t) CLAMP(of_1_bps / MAX(rate_bps, 1), 1, RSTP_COST_MAX);
}

uint32_t
rstp_port_cost(const struct rstp_config *config, uint32_t port,
               uint64_t rate_bps)
{
    uint32_t cost = port_config(config, port)->path_cost;

    return cost ? cost : rstp_path_cost(rate_bps);
}

const char *
rstp_role_name(enum rstp_role role)
{
    switch (role) {
    case RSTP_ROLE_DISABLED: return "disabled";
    case RSTP_ROLE_ROOT: return "root";
    case RSTP_ROLE_DESIGNATED: return "designated";
    case RSTP_ROLE_ALTERNATE: return "alternate";
    case RSTP_ROLE_BACKUP: return "backup";
    }
    return "";
}

/* Running the machines. */

/* All machines of 'port' but port transmit, until they rest. */
static void
run_port(struct rstp_port *port)
{
    while (rstp_ppm_step(port) || rstp_bdm_step(port) || rstp_pim_step(port)
           || rstp_prt_step(port) || rstp_pst_step(port)
           || rstp_tcm_step(port)) {
    }
}

static void
run_all(struct rstp *bridge)
{
    do {
        bridge->is_unsettled = false;
        rstp_prs_step(bridge);
        for (uint32_t i = 0; i < bridge->n_ports; i++) {
            run_port(&bridge->ports[i]);
        }
    } while (bridge->is_unsettled);
}

static void
tell_status(struct rstp_port *port)
{
    struct rstp_user *user = port->bridge->user;
    struct rstp_status before = port->status, *now = &port->status;

    rstp_status(port->bridge, port->index, now);
    if (before.role != now->role || before.learning != now->learning
        || before.forwarding != now->forwarding) {
        user->status_changed(user, port->index, &before, now);
    }
}

/* Returns when 'port' must be looked at again though nothing arrives.  What
 * only says what to send (tcWhile) or how to read what arrives (mdelayWhile)
 * needs no look of its own. */
static sim_time
next_of_port(struct rstp_port *port)
{
    const sim_time timers[] = {
        port->fd_while,
        port->rr_while,
        port->rb_while,
        port->info_is == INFO_RECEIVED ? port->rcvd_info_while : 0,
        port->auto_edge && !port->oper_edge ? port->edge_delay_while : 0,
    };
    sim_time next = rstp_ptx_next(port);

    for (size_t i = 0; i < sizeof timers / sizeof timers[0]; i++) {
        if (rstp_runs(port, timers[i])) {
            next = MIN(next, timers[i]);
        }
    }
    return next;
}

static void
wake_at(struct rstp *bridge, sim_time when)
{
    struct sim *sim = bridge->node->sim;

    if (when == SIM_NEVER
        || (event_is_scheduled(&bridge->timer)
            && bridge->timer.when <= when)) {
        return;
    }
    event_cancel(sim, &bridge->timer);
    event_schedule_at(sim, &bridge->timer, when);
}

/* Lets what may be said of 'port' be said. */
static void
finish_port(struct rstp_port *port)
{
    while (rstp_ptx_step(port)) {
    }
    tell_status(port);
    wake_at(port->bridge, next_of_port(port));
}

/* Runs what a change at all ports may move. */
static void
run_bridge(struct rstp *bridge)
{
    run_all(bridge);
    for (uint32_t i = 0; i < bridge->n_ports; i++) {
        finish_port(&bridge->ports[i]);
    }
}

/* The same if the change is at 'port', where it often ends. */
static void
run_from(struct rstp_port *port)
{
    struct rstp *bridge = port->bridge;

    bridge->is_unsettled = false;
    run_port(port);
    if (bridge->is_unsettled) {
        run_bridge(bridge);
    } else {
        finish_port(port);
    }
}

static struct port *
port_of(const struct rstp_port *port)
{
    return &port->bridge->node->ports[port->index];
}

/* Port receive machine, state DISCARD, as long as the port is down. */
static void
set_enabled(struct rstp_port *port, bool is_enabled)
{
    port->port_enabled = is_enabled;
    port->rcvd_rstp = port->rcvd_stp = port->rcvd_msg = false;
    port->heard_while = port->news_while = port->worse_while = 0;
    port->tx_count = 0;
    if (is_enabled) {
        port->port_path_cost = port->admin_path_cost
                                   ? port->admin_path_cost
                                   : rstp_path_cost(port_of(port)->rate_bps);
        port->edge_delay_while = rstp_in(port, RSTP_MIGRATE_TIME);
        port->mdelay_while = rstp_in(port, RSTP_MIGRATE_TIME);
        port->hello_when = 0;
    } else {
        port->edge_delay_while = RSTP_HELD;
    }
}

/* BEGIN, 17.18.1. */
static void
begin(struct rstp *bridge)
{
    bridge->is_begun = true;
    bridge->now = bridge->began = sim_now(bridge->node->sim);
    for (uint32_t i = 0; i < bridge->n_ports; i++) {
        struct rstp_port *port = &bridge->ports[i];

        set_enabled(port, false);
        port->tx_second = 0;
        port->ppm = PPM_CHECKING_RSTP;
        port->send_rstp = true;
        port->mdelay_while = RSTP_HELD;
        port->oper_edge = port->admin_edge;
        port->pst = PST_DISCARDING;
        port->learning = port->forwarding = false;
        port->new_info = true;
        bridge->user->set_state(bridge->user, i, false, false);
        rstp_pim_begin(port);
        rstp_prt_begin(port);
        rstp_tcm_begin(port);
    }
    rstp_prs_begin(bridge);
    for (uint32_t i = 0; i < bridge->n_ports; i++) {
        if (port_is_up(port_of(&bridge->ports[i]))) {
            set_enabled(&bridge->ports[i], true);
        }
    }
    run_bridge(bridge);
}

static void
fire(struct event *timer)
{
    struct rstp *bridge =
        (struct rstp *) (void *) ((char *) timer
                                  - offsetof(struct rstp, timer));

    if (!bridge->is_begun) {
        begin(bridge);
        return;
    }
    bridge->now = sim_now(bridge->node->sim);
    run_bridge(bridge);
}

/* From outside. */

/* Takes a BPDU that arrived on 'port'. */
void
rstp_receive(struct rstp *bridge, uint32_t port, const struct stp_bpdu *bpdu)
{
    struct rstp_port *in = &bridge->ports[port];

    bridge->stats.bpdus_received++;
    if (!bridge->is_begun || !in->port_enabled) {
        return;
    }
    bridge->now = sim_now(bridge->node->sim);
    run_from(in); /* Timers may be over that nobody waited for. */
    rstp_port_receive(in, bpdu);
    run_from(in);
}

/* Looks whether the link of 'port' is up. */
void
rstp_link_changed(struct rstp *bridge, uint32_t port)
{
    struct rstp_port *p = &bridge->ports[port];
    bool is_up = port_is_up(port_of(p));

    if (!bridge->is_begun || is_up == p->port_enabled) {
        return;
    }
    bridge->now = sim_now(bridge->node->sim);
    set_enabled(p, is_up);
    run_bridge(bridge);
}

/* Forgets everything and begins anew. */
void
rstp_reboot(struct rstp *bridge)
{
    if (bridge->is_begun) {
        begin(bridge);
    }
}

void
rstp_status(const struct rstp *bridge, uint32_t port,
            struct rstp_status *status)
{
    const struct rstp_port *p = &bridge->ports[port];

    *status = (struct rstp_status){
        .role = p->role,
        .learning = p->learning,
        .forwarding = p->forwarding,
        .is_edge = p->oper_edge,
    };
}

const struct rstp_stats *
rstp_stats(const struct rstp *bridge)
{
    return &bridge->stats;
}

/* Returns the bridge that is thought to be the root. */
uint64_t
rstp_root_id(const struct rstp *bridge)
{
    return bridge->root_priority.root_id;
}

/* Life. */

static uint16_t
bpdu_time(sim_time time)
{
    return (uint16_t) (time / (SIM_S / STP_TIME_SECOND));
}

static void
check_config(const struct rstp_config *config, uint32_t n_ports)
{
    g_assert(n_ports <= RSTP_PORTS_MAX);
    g_assert(config->priority % RSTP_PRIORITY_STEP == 0);
    g_assert(config->tx_hold_count > 0 && config->hello_time > 0);
    for (uint32_t i = 0; i < n_ports; i++) {
        g_assert(port_config(config, i)->priority % RSTP_PORT_PRIORITY_STEP
                 == 0);
    }
}

/* Returns the protocol of the bridge 'node' with the address 'mac', which no
 * other bridge has.  It begins, discarding at all ports, at the first event. */
struct rstp *
rstp_new(struct node *node, struct eth_addr mac,
         const struct rstp_config *config, struct rstp_user *user)
{
    struct rstp *bridge = g_new0(struct rstp, 1);

    check_config(config, node->n_ports);
    bridge->node = node;
    bridge->user = user;
    bridge->n_ports = node->n_ports;
    bridge->tx_hold_count = config->tx_hold_count;
    bridge->bridge_identifier = rstp_bridge_id(config, mac);
    bridge->bridge_times = (struct rstp_times){
        .max_age = bpdu_time(config->max_age),
        .hello_time = bpdu_time(config->hello_time),
        .forward_delay = bpdu_time(config->forward_delay),
    };
    bridge->ports = g_new0(struct rstp_port, node->n_ports);
    for (uint32_t i = 0; i < node->n_ports; i++) {
        bridge->ports[i].bridge = bridge;
        bridge->ports[i].index = i;
        bridge->ports[i].port_id = rstp_port_id(config, i);
        bridge->ports[i].admin_edge = port_config(config, i)->admin_edge;
        bridge->ports[i].auto_edge = port_config(config, i)->auto_edge;
        bridge->ports[i].admin_path_cost = port_config(config, i)->path_cost;
    }
    event_init(&bridge->timer, fire, node_next_rank(node));
    event_schedule_at(node->sim, &bridge->timer, sim_now(node->sim));
    return bridge;
}

void
rstp_free(struct rstp *bridge)
{
    if (bridge) {
        event_cancel(bridge->node->sim, &bridge->timer);
        g_free(bridge->ports);
        g_free(bridge);
    }
}

/* Port transmit machine, IEEE 802.1D-2004 section 17.26: hellos and news, at
 * most TxHoldCount of them in a second. */

#include <glib.h>

#include "models/fabric/rstp_inside.h"

/* Multiples of 'period' since the bridge began, up to now. */
static int64_t
ticks(const struct rstp *bridge, sim_time period)
{
    return (bridge->now - bridge->began) / period;
}

static sim_time
next_tick(const struct rstp *bridge, sim_time period)
{
    return bridge->began + (ticks(bridge, period) + 1) * period;
}

/* txCount falls by one at each tick of the second, 17.22. */
static void
count_down(struct rstp_port *port)
{
    int64_t second = ticks(port->bridge, SIM_S);
    int64_t passed = second - port->tx_second;

    port->tx_second = second;
    port->tx_count = (uint8_t) MAX(port->tx_count - passed, 0);
}

static bool
is_allowed(struct rstp_port *port)
{
    count_down(port);
    return port->tx_count < port->bridge->tx_hold_count;
}

static enum stp_role
role_to_say(const struct rstp_port *port)
{
    switch (port->role) {
    case RSTP_ROLE_ROOT: return STP_ROLE_ROOT;
    case RSTP_ROLE_DESIGNATED: return STP_ROLE_DESIGNATED;
    case RSTP_ROLE_ALTERNATE:
    case RSTP_ROLE_BACKUP: return STP_ROLE_ALTERNATE;
    case RSTP_ROLE_DISABLED: break;
    }
    return STP_ROLE_UNKNOWN;
}

static uint8_t
flag(bool is_set, uint8_t value)
{
    return is_set ? value : 0;
}

/* txConfig(), txRstp() and txTcn(), 17.21.19 to 17.21.21. */
static void
transmit(struct rstp_port *port, enum stp_type type)
{
    struct rstp *bridge = port->bridge;
    const struct rstp_vector *priority = &port->designated_priority;
    const struct rstp_times *times = &port->designated_times;
    struct stp_bpdu bpdu = {
        .type = type,
        .role = role_to_say(port),
        .flags = flag(rstp_runs(port, port->tc_while), STP_TC),
        .root_id = priority->root_id,
        .root_cost = priority->root_cost,
        .bridge_id = priority->bridge_id,
        .port_id = priority->port_id,
        .message_age = times->message_age,
        .max_age = times->max_age,
        .hello_time = times->hello_time,
        .forward_delay = times->forward_delay,
    };

    if (type == STP_RST) {
        bpdu.flags |= flag(port->agree, STP_AGREEMENT)
                      | flag(port->proposing, STP_PROPOSAL)
                      | flag(port->learning, STP_LEARNING)
                      | flag(port->forwarding, STP_FORWARDING);
    } else {
        bpdu.flags |= flag(port->tc_ack, STP_TCA);
    }
    port->new_info = false;
    port->tx_count++;
    if (port->news_while == RSTP_HELD) {
        port->news_while = rstp_in(port, SIM_S);
    }
    if (port->worse_while == RSTP_HELD) {
        port->worse_while = port->news_while;
    }
    if (type != STP_TCN) {
        port->tc_ack = false;
    }
    bridge->stats.bpdus_sent++;
    bridge->user->transmit(bridge->user, port->index, &bpdu);
}

/* What would be sent now, or false. */
static bool
find_type(const struct rstp_port *port, enum stp_type *type)
{
    if (port->send_rstp) {
        *type = STP_RST;
        return true;
    } else if (port->role == RSTP_ROLE_ROOT) {
        *type = STP_TCN;
        return true;
    }
    *type = STP_CONF;
    return port->role == RSTP_ROLE_DESIGNATED;
}

static bool
says_hello(const struct rstp_port *port)
{
    return port->role == RSTP_ROLE_DESIGNATED
           || (port->role == RSTP_ROLE_ROOT
               && rstp_runs(port, port->tc_while));
}

bool
rstp_ptx_step(struct rstp_port *port)
{
    enum stp_type type;

    if (!port->port_enabled || !port->selected || port->updt_info) {
        return false;
    }
    if (!rstp_runs(port, port->hello_when)) { /* TRANSMIT_PERIODIC */
        port->new_info = port->new_info || says_hello(port);
        port->hello_when = next_tick(port->bridge, rstp_hello_time(port));
        return true;
    }
    if (port->new_info && find_type(port, &type) && is_allowed(port)) {
        transmit(port, type);
        port->hello_when = next_tick(port->bridge, rstp_hello_time(port));
        return true;
    }
    return false;
}

/* Returns when the machine will have something to do. */
sim_time
rstp_ptx_next(struct rstp_port *port)
{
    sim_time next = SIM_NEVER;

    if (!port->port_enabled) {
        return SIM_NEVER;
    }
    if (says_hello(port)) {
        next = port->hello_when;
    }
    if (port->new_info && !is_allowed(port)) {
        next = MIN(next, next_tick(port->bridge, SIM_S));
    }
    return next;
}

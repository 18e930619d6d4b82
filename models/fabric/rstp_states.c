/* Port state transition and topology change machines, IEEE 802.1D-2004 sections
 * 17.30 and 17.31. */

#include "models/fabric/rstp_inside.h"

static void
enter_state(struct rstp_port *port, enum rstp_pst pst)
{
    struct rstp_user *user = port->bridge->user;

    port->pst = pst;
    port->learning = pst != PST_DISCARDING;
    port->forwarding = pst == PST_FORWARDING;
    port->bridge->is_unsettled = true;
    user->set_state(user, port->index, port->learning, port->forwarding);
}

/* Port state transition. */
bool
rstp_pst_step(struct rstp_port *port)
{
    enum rstp_pst next = port->pst;

    switch (port->pst) {
    case PST_DISCARDING: next = port->learn ? PST_LEARNING : next; break;
    case PST_LEARNING:
        if (port->forward) {
            next = PST_FORWARDING;
        } else if (!port->learn) {
            next = PST_DISCARDING;
        }
        break;
    case PST_FORWARDING: next = port->forward ? next : PST_DISCARDING; break;
    }
    if (next == port->pst) {
        return false;
    }
    enter_state(port, next);
    return true;
}

/* fdbFlush (17.19.7) is done as soon as it is asked for. */
static void
flush(struct rstp_port *port)
{
    struct rstp_user *user = port->bridge->user;

    user->flush(user, port->index);
}

/* 17.21.7 */
static void
new_tc_while(struct rstp_port *port)
{
    const struct rstp_times *root_times = &port->bridge->root_times;

    if (rstp_runs(port, port->tc_while)) {
        return;
    }
    if (port->send_rstp) {
        port->tc_while = rstp_in(port, rstp_hello_time(port) + SIM_S);
        port->new_info = true;
    } else {
        port->tc_while =
            rstp_in(port, rstp_time(root_times->max_age)
                              + rstp_time(root_times->forward_delay));
    }
}

/* 17.21.18 */
static void
set_tc_prop_tree(struct rstp_port *port)
{
    struct rstp *bridge = port->bridge;

    for (uint32_t i = 0; i < bridge->n_ports; i++) {
        if (&bridge->ports[i] != port) {
            bridge->ports[i].tc_prop = true;
        }
    }
    bridge->is_unsettled = true;
}

static bool
is_active_role(const struct rstp_port *port)
{
    return port->role == RSTP_ROLE_ROOT || port->role == RSTP_ROLE_DESIGNATED;
}

static void
enter_inactive(struct rstp_port *port)
{
    port->tcm = TCM_INACTIVE;
    flush(port);
    port->tc_while = 0;
    port->tc_ack = false;
}

static void
enter_learning(struct rstp_port *port)
{
    port->tcm = TCM_LEARNING;
    port->rcvd_tc = port->rcvd_tcn = port->rcvd_tc_ack = false;
    port->tc_prop = false;
}

/* DETECTED, and at once ACTIVE. */
static void
enter_detected(struct rstp_port *port)
{
    struct rstp *bridge = port->bridge;

    port->tcm = TCM_ACTIVE;
    new_tc_while(port);
    set_tc_prop_tree(port);
    port->new_info = true;
    bridge->stats.topology_changes++;
    bridge->user->topology_changed(bridge->user, port->index);
}

static bool
learning_step(struct rstp_port *port)
{
    if (is_active_role(port) && port->forward && !port->oper_edge) {
        enter_detected(port);
    } else if (port->rcvd_tc || port->rcvd_tcn || port->rcvd_tc_ack
               || port->tc_prop) {
        enter_learning(port);
    } else if (!is_active_role(port) && !port->learn && !port->learning) {
        enter_inactive(port);
    } else {
        return false;
    }
    return true;
}

/* NOTIFIED_TCN and NOTIFIED_TC. */
static void
be_notified(struct rstp_port *port)
{
    if (port->rcvd_tcn) {
        new_tc_while(port);
    }
    port->rcvd_tcn = port->rcvd_tc = false;
    if (port->role == RSTP_ROLE_DESIGNATED) {
        port->tc_ack = true;
    }
    set_tc_prop_tree(port);
}

static bool
active_step(struct rstp_port *port)
{
    if (!is_active_role(port) || port->oper_edge) {
        enter_learning(port);
    } else if (port->rcvd_tcn || port->rcvd_tc) {
        be_notified(port);
    } else if (port->tc_prop) { /* PROPAGATING */
        new_tc_while(port);
        flush(port);
        port->tc_prop = false;
    } else if (port->rcvd_tc_ack) { /* ACKNOWLEDGED */
        port->tc_while = 0;
        port->rcvd_tc_ack = false;
    } else {
        return false;
    }
    return true;
}

void
rstp_tcm_begin(struct rstp_port *port)
{
    enter_inactive(port);
}

/* Topology change. */
bool
rstp_tcm_step(struct rstp_port *port)
{
    switch (port->tcm) {
    case TCM_INACTIVE:
        if (port->learn) {
            enter_learning(port);
            return true;
        }
        return false;
    case TCM_LEARNING: return learning_step(port);
    case TCM_ACTIVE: return active_step(port);
    }
    return false;
}

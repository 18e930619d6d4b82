/* Port role transitions machine, IEEE 802.1D-2004 section 17.29: a port takes on
 * the role that was selected for it, in steps that never leave a loop open.
 *
 * Each role has a state *_PORT in which it stays; the other states are passed
 * through, so they are functions here. */

#include "models/fabric/rstp_inside.h"

/* Timers that the role held start now. */
static void
leave_role(struct rstp_port *port)
{
    if (port->rr_while == RSTP_HELD) {
        port->rr_while = rstp_in(port, rstp_fwd_delay(port));
    }
    if (port->rb_while == RSTP_HELD) {
        port->rb_while = rstp_in(port, 2 * rstp_hello_time(port));
    }
    if (port->fd_while == RSTP_HELD) {
        port->fd_while =
            rstp_in(port, port->role == RSTP_ROLE_DISABLED
                              ? rstp_time(port->designated_times.max_age)
                              : rstp_forward_delay(port));
    }
}

/* 17.21.14 */
static void
set_sync_tree(struct rstp *bridge)
{
    for (uint32_t i = 0; i < bridge->n_ports; i++) {
        bridge->ports[i].sync = true;
    }
}

/* 17.21.15 */
static void
set_re_root_tree(struct rstp *bridge)
{
    for (uint32_t i = 0; i < bridge->n_ports; i++) {
        bridge->ports[i].re_root = true;
    }
}

/* 17.20.3, and what IEEE 802.1Q-2005 section 13.25 adds to it: a port whose role
 * is not yet the selected one is not in sync, whatever it was before. */
static bool
all_synced(const struct rstp *bridge)
{
    for (uint32_t i = 0; i < bridge->n_ports; i++) {
        const struct rstp_port *port = &bridge->ports[i];

        if (!port->selected || port->updt_info
            || port->role != port->selected_role
            || (!port->synced && port->role != RSTP_ROLE_ROOT)) {
            return false;
        }
    }
    return true;
}

/* 17.20.10 */
static bool
re_rooted(const struct rstp_port *port)
{
    const struct rstp *bridge = port->bridge;

    for (uint32_t i = 0; i < bridge->n_ports; i++) {
        if (&bridge->ports[i] != port
            && rstp_runs(port, bridge->ports[i].rr_while)) {
            return false;
        }
    }
    return true;
}

/* Disabled, alternate and backup ports, figures 17-18 and 17-21.  DISABLE_PORT
 * and BLOCK_PORT are alike. */

static void
enter_block_port(struct rstp_port *port)
{
    leave_role(port);
    port->prt = PRT_WAITING;
    port->role = port->selected_role;
    port->learn = port->forward = false;
}

/* DISABLED_PORT or ALTERNATE_PORT, and BACKUP_PORT. */
static void
enter_blocked_port(struct rstp_port *port)
{
    port->prt = PRT_PORT;
    port->fd_while = RSTP_HELD;
    port->synced = true;
    port->rr_while = 0;
    port->sync = port->re_root = false;
    if (port->role == RSTP_ROLE_BACKUP) {
        port->rb_while = RSTP_HELD;
    }
}

static bool
blocked_step(struct rstp_port *port)
{
    if (port->prt == PRT_WAITING) {
        if (port->learning || port->forwarding) {
            return false;
        }
        enter_blocked_port(port);
    } else if (port->sync || port->re_root || !port->synced) {
        enter_blocked_port(port);
    } else {
        return false;
    }
    return true;
}

static void
agree(struct rstp_port *port)
{
    port->proposed = false;
    port->agree = true;
    port->new_info = true;
}

static bool
alternate_step(struct rstp_port *port)
{
    if (port->prt == PRT_PORT) {
        if (port->proposed && !port->agree) { /* ALTERNATE_PROPOSED */
            set_sync_tree(port->bridge);
            port->proposed = false;
            return true;
        }
        if ((!port->agree && all_synced(port->bridge))
            || (port->proposed && port->agree)) { /* ALTERNATE_AGREED */
            agree(port);
            return true;
        }
    }
    return blocked_step(port);
}

/* The root port, figure 17-19. */

static void
enter_root_port(struct rstp_port *port)
{
    leave_role(port);
    port->prt = PRT_PORT;
    port->role = RSTP_ROLE_ROOT;
    port->rr_while = RSTP_HELD;
}

static bool
root_may_go_on(const struct rstp_port *port)
{
    return !rstp_runs(port, port->fd_while)
           || (!rstp_runs(port, port->rb_while) && re_rooted(port));
}

/* ROOT_LEARN and ROOT_FORWARD. */
static bool
root_go_on(struct rstp_port *port)
{
    if (port->forward || !root_may_go_on(port)) {
        return false;
    }
    if (!port->learn) {
        port->fd_while = rstp_in(port, rstp_forward_delay(port));
        port->learn = true;
    } else {
        port->fd_while = 0;
        port->forward = true;
    }
    return true;
}

static bool
root_step(struct rstp_port *port)
{
    if (port->rr_while != RSTP_HELD) {
        port->rr_while = RSTP_HELD;              /* ROOT_PORT */
    } else if (port->proposed && !port->agree) { /* ROOT_PROPOSED */
        set_sync_tree(port->bridge);
        port->proposed = false;
    } else if ((!port->agree && all_synced(port->bridge))
               || (port->proposed && port->agree)) { /* ROOT_AGREED */
        port->sync = false;
        agree(port);
    } else if (!port->forward && !port->re_root) { /* REROOT */
        set_re_root_tree(port->bridge);
    } else if (port->forward && port->re_root) { /* REROOTED */
        port->re_root = false;
    } else {
        return root_go_on(port);
    }
    return true;
}

/* Designated ports, figure 17-20. */

static void
enter_designated_port(struct rstp_port *port)
{
    leave_role(port);
    port->prt = PRT_PORT;
    port->role = RSTP_ROLE_DESIGNATED;
}

static bool
designated_is_synced(const struct rstp_port *port)
{
    return (!port->synced
            && ((!port->learning && !port->forwarding) || port->agreed
                || port->oper_edge))
           || (port->sync && port->synced);
}

/* Not in the standard, see rstp.h.  A neighbor that says nothing is none. */
static bool
has_lost_agreement(const struct rstp_port *port)
{
    return port->send_rstp && !port->agreed
           && rstp_runs(port, port->heard_while);
}

static bool
designated_must_discard(const struct rstp_port *port)
{
    return ((port->sync && !port->synced)
            || (port->re_root && rstp_runs(port, port->rr_while))
            || port->disputed || has_lost_agreement(port))
           && !port->oper_edge && (port->learn || port->forward);
}

static bool
designated_may_go_on(const struct rstp_port *port)
{
    return (!rstp_runs(port, port->fd_while) || port->agreed
            || port->oper_edge)
           && (!rstp_runs(port, port->rr_while) || !port->re_root)
           && !port->sync;
}

/* DESIGNATED_LEARN and DESIGNATED_FORWARD. */
static bool
designated_go_on(struct rstp_port *port)
{
    if (port->forward || !designated_may_go_on(port)) {
        return false;
    }
    if (!port->learn) {
        port->learn = true;
        port->fd_while = rstp_in(port, rstp_forward_delay(port));
    } else {
        port->forward = true;
        port->fd_while = 0;
        port->agreed = port->send_rstp;
    }
    return true;
}

static bool
designated_step(struct rstp_port *port)
{
    if (!port->forward && !port->agreed && !port->proposing
        && !port->oper_edge) { /* DESIGNATED_PROPOSE, 17.20.4 */
        port->proposing = true;
        port->edge_delay_while = rstp_in(port, RSTP_MIGRATE_TIME);
        port->new_info = true;
    } else if (designated_is_synced(port)) { /* DESIGNATED_SYNCED */
        port->rr_while = 0;
        port->synced = true;
        port->sync = false;
    } else if (!rstp_runs(port, port->rr_while)
               && port->re_root) { /* DESIGNATED_RETIRED */
        port->re_root = false;
    } else if (designated_must_discard(port)) { /* DESIGNATED_DISCARD */
        port->learn = port->forward = port->disputed = false;
        port->fd_while = rstp_in(port, rstp_forward_delay(port));
    } else {
        return designated_go_on(port);
    }
    return true;
}

/* The machine. */

/* State INIT_PORT, and at once DISABLE_PORT. */
void
rstp_prt_begin(struct rstp_port *port)
{
    port->prt = PRT_WAITING;
    port->role = port->selected_role = RSTP_ROLE_DISABLED;
    port->learn = port->forward = false;
    port->synced = false;
    port->sync = port->re_root = true;
    port->rr_while = RSTP_HELD;
    port->fd_while = RSTP_HELD;
    port->rb_while = 0;
}

static void
enter_selected_role(struct rstp_port *port)
{
    switch (port->selected_role) {
    case RSTP_ROLE_ROOT: enter_root_port(port); break;
    case RSTP_ROLE_DESIGNATED: enter_designated_port(port); break;
    case RSTP_ROLE_DISABLED:
    case RSTP_ROLE_ALTERNATE:
    case RSTP_ROLE_BACKUP: enter_block_port(port); break;
    }
}

static bool
step(struct rstp_port *port)
{
    if (port->role != port->selected_role) {
        enter_selected_role(port);
        return true;
    }
    switch (port->role) {
    case RSTP_ROLE_DISABLED: return blocked_step(port);
    case RSTP_ROLE_ROOT: return root_step(port);
    case RSTP_ROLE_DESIGNATED: return designated_step(port);
    case RSTP_ROLE_ALTERNATE:
    case RSTP_ROLE_BACKUP: return alternate_step(port);
    }
    return false;
}

/* All transitions need "selected && !updtInfo" (17.16). */
bool
rstp_prt_step(struct rstp_port *port)
{
    if (!port->selected || port->updt_info || !step(port)) {
        return false;
    }
    port->bridge->is_unsettled = true;
    return true;
}

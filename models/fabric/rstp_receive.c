/* Port receive, port protocol migration and bridge detection machines, IEEE
 * 802.1D-2004 sections 17.23 to 17.25. */

#include "models/fabric/rstp_inside.h"

/* Port receive: state RECEIVE.  Its state DISCARD is the port's being down, see
 * rstp.c.  As rcvd_msg is acted on at once, it is never found set. */
void
rstp_port_receive(struct rstp_port *port, const struct stp_bpdu *bpdu)
{
    /* updtBPDUVersion(), 17.21.22. */
    if (bpdu->type == STP_RST) {
        port->rcvd_rstp = true;
    } else {
        port->rcvd_stp = true;
    }
    if (port->oper_edge || !port->heard_while) {
        port->agreed = false; /* Who was not there has agreed to nothing. */
    }
    port->msg = *bpdu;
    port->oper_edge = false;
    port->rcvd_msg = true;
    port->heard_while =
        rstp_in(port, rstp_time(port->designated_times.max_age));
    port->edge_delay_while = rstp_in(port, RSTP_MIGRATE_TIME);
}

static void
enter_checking_rstp(struct rstp_port *port)
{
    port->ppm = PPM_CHECKING_RSTP;
    port->send_rstp = true; /* rstpVersion. */
    port->mdelay_while =
        port->port_enabled ? rstp_in(port, RSTP_MIGRATE_TIME) : RSTP_HELD;
}

static void
enter_sensing(struct rstp_port *port)
{
    port->ppm = PPM_SENSING;
    port->rcvd_rstp = port->rcvd_stp = false;
}

static void
enter_selecting_stp(struct rstp_port *port)
{
    port->ppm = PPM_SELECTING_STP;
    port->send_rstp = false;
    port->mdelay_while = rstp_in(port, RSTP_MIGRATE_TIME);
}

/* Port protocol migration.  Nobody sets mcheck. */
bool
rstp_ppm_step(struct rstp_port *port)
{
    switch (port->ppm) {
    case PPM_CHECKING_RSTP:
        if (!port->port_enabled) {
            if (port->mdelay_while != RSTP_HELD) {
                enter_checking_rstp(port);
                return true;
            }
        } else if (!rstp_runs(port, port->mdelay_while)) {
            enter_sensing(port);
            return true;
        }
        return false;
    case PPM_SENSING:
        if (!port->port_enabled || (!port->send_rstp && port->rcvd_rstp)) {
            enter_checking_rstp(port);
            return true;
        } else if (port->send_rstp && port->rcvd_stp) {
            enter_selecting_stp(port);
            return true;
        }
        return false;
    case PPM_SELECTING_STP:
        if (!port->port_enabled || !rstp_runs(port, port->mdelay_while)) {
            enter_sensing(port);
            return true;
        }
        return false;
    }
    return false;
}

/* Bridge detection: states EDGE and NOT_EDGE are oper_edge itself. */
bool
rstp_bdm_step(struct rstp_port *port)
{
    bool edge = port->oper_edge;

    if (!port->port_enabled) {
        edge = port->admin_edge;
    } else if (!edge) {
        edge = !rstp_runs(port, port->edge_delay_while) && port->auto_edge
               && port->send_rstp && port->proposing;
    }
    if (edge == port->oper_edge) {
        return false;
    }
    port->oper_edge = edge;
    return true;
}

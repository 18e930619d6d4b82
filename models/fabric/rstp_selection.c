/* Port role selection machine, IEEE 802.1D-2004 section 17.28: which role each
 * port should have, from what all ports know. */

#include <glib.h>

#include "models/fabric/rstp_inside.h"

#define ADDRESS UINT64_C(0xffffffffffff) /* Of a bridge identifier. */

int
rstp_vector_compare(const struct rstp_vector *a, const struct rstp_vector *b)
{
    if (a->root_id != b->root_id) {
        return a->root_id < b->root_id ? -1 : 1;
    } else if (a->root_cost != b->root_cost) {
        return a->root_cost < b->root_cost ? -1 : 1;
    } else if (a->bridge_id != b->bridge_id) {
        return a->bridge_id < b->bridge_id ? -1 : 1;
    } else if (a->port_id != b->port_id) {
        return a->port_id < b->port_id ? -1 : 1;
    }
    return (a->bridge_port_id > b->bridge_port_id)
           - (a->bridge_port_id < b->bridge_port_id);
}

static bool
is_own(const struct rstp *bridge, uint64_t bridge_id)
{
    return (bridge_id & ADDRESS) == (bridge->bridge_identifier & ADDRESS);
}

/* updtRolesTree() a) to c): the best path to a root. */
static void
choose_root(struct rstp *bridge)
{
    struct rstp_vector best = {
        .root_id = bridge->bridge_identifier,
        .bridge_id = bridge->bridge_identifier,
    };
    const struct rstp_port *root_port = NULL;

    for (uint32_t i = 0; i < bridge->n_ports; i++) {
        const struct rstp_port *port = &bridge->ports[i];
        struct rstp_vector path = port->port_priority;

        if (port->info_is != INFO_RECEIVED || is_own(bridge, path.bridge_id)) {
            continue;
        }
        path.root_cost += port->port_path_cost;
        path.bridge_port_id = port->port_id;
        if (rstp_vector_compare(&path, &best) < 0) {
            best = path;
            root_port = port;
        }
    }
    bridge->root_priority = best;
    bridge->root_times = bridge->bridge_times;
    bridge->root_port_id = 0;
    if (root_port) {
        bridge->root_times = root_port->port_times;
        bridge->root_times.message_age =
            rstp_age_of_next(root_port->port_times.message_age);
        bridge->root_port_id = root_port->port_id;
    }
}

/* updtRolesTree() d) and e). */
static void
set_designated(struct rstp_port *port)
{
    const struct rstp *bridge = port->bridge;

    port->designated_priority = (struct rstp_vector){
        .root_id = bridge->root_priority.root_id,
        .root_cost = bridge->root_priority.root_cost,
        .bridge_id = bridge->bridge_identifier,
        .port_id = port->port_id,
        .bridge_port_id = port->port_id,
    };
    port->designated_times = bridge->root_times;
    port->designated_times.hello_time = bridge->bridge_times.hello_time;
}

/* updtRolesTree() i) to l). */
static void
select_by_received(struct rstp_port *port)
{
    port->updt_info = false;
    if (port->port_id == port->bridge->root_port_id) {
        port->selected_role = RSTP_ROLE_ROOT;
    } else if (rstp_vector_compare(&port->designated_priority,
                                   &port->port_priority)
               < 0) {
        port->selected_role = RSTP_ROLE_DESIGNATED;
        port->updt_info = true;
    } else if (is_own(port->bridge, port->port_priority.bridge_id)) {
        port->selected_role = RSTP_ROLE_BACKUP;
    } else {
        port->selected_role = RSTP_ROLE_ALTERNATE;
    }
}

/* updtRolesTree() f) to l). */
static void
select_role(struct rstp_port *port)
{
    switch (port->info_is) {
    case INFO_DISABLED: port->selected_role = RSTP_ROLE_DISABLED; break;
    case INFO_AGED:
        port->updt_info = true;
        port->selected_role = RSTP_ROLE_DESIGNATED;
        break;
    case INFO_MINE:
        port->selected_role = RSTP_ROLE_DESIGNATED;
        port->updt_info =
            rstp_vector_compare(&port->port_priority,
                                &port->designated_priority)
                != 0
            || !rstp_times_equal(&port->port_times, &port->designated_times);
        break;
    case INFO_RECEIVED: select_by_received(port); break;
    }
}

/* State INIT_BRIDGE; updtRoleDisabledTree(). */
void
rstp_prs_begin(struct rstp *bridge)
{
    choose_root(bridge);
    for (uint32_t i = 0; i < bridge->n_ports; i++) {
        set_designated(&bridge->ports[i]);
        bridge->ports[i].selected_role = RSTP_ROLE_DISABLED;
        bridge->ports[i].reselect = true;
    }
}

/* State ROLE_SELECTION.  Nothing sets reselect while it lasts, so
 * setSelectedTree() selects every port. */
bool
rstp_prs_step(struct rstp *bridge)
{
    bool any = false;

    for (uint32_t i = 0; i < bridge->n_ports; i++) {
        any = any || bridge->ports[i].reselect;
        bridge->ports[i].reselect = false;
    }
    if (!any) {
        return false;
    }
    choose_root(bridge);
    for (uint32_t i = 0; i < bridge->n_ports; i++) {
        set_designated(&bridge->ports[i]);
        select_role(&bridge->ports[i]);
        bridge->ports[i].selected = true;
    }
    bridge->is_unsettled = true;
    return true;
}

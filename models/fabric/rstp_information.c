/* Port information machine, IEEE 802.1D-2004 section 17.27: what is known at a
 * port of the best bridge on its link. */

#include <glib.h>

#include "models/fabric/rstp_inside.h"

#define SECOND   STP_TIME_SECOND
#define ADDRESS  UINT64_C(0xffffffffffff) /* Of a bridge identifier. */
#define PORT_NUM 0xfff                    /* Of a port identifier. */

enum rcvd_info {
    SUPERIOR_DESIGNATED_INFO,
    REPEATED_DESIGNATED_INFO,
    INFERIOR_DESIGNATED_INFO,
    INFERIOR_ROOT_ALTERNATE_INFO,
    OTHER_INFO,
};

/* Takes the vector and the times out of the BPDU (17.19.14, 17.19.15). */
static void
read_msg(struct rstp_port *port)
{
    const struct stp_bpdu *msg = &port->msg;

    port->msg_priority = (struct rstp_vector){
        .root_id = msg->root_id,
        .root_cost = msg->root_cost,
        .bridge_id = msg->bridge_id,
        .port_id = msg->port_id,
        .bridge_port_id = port->port_id,
    };
    port->msg_times = (struct rstp_times){
        .message_age = msg->message_age,
        .max_age = msg->max_age,
        .hello_time = msg->hello_time,
        .forward_delay = msg->forward_delay,
    };
}

/* Section 17.6: it is better, or from the same port of the same bridge. */
static bool
is_superior(const struct rstp_vector *msg, const struct rstp_vector *port)
{
    return rstp_vector_compare(msg, port) < 0
           || ((msg->bridge_id & ADDRESS) == (port->bridge_id & ADDRESS)
               && (msg->port_id & PORT_NUM) == (port->port_id & PORT_NUM));
}

/* rcvInfo(), 17.21.8.  A role that is not known counts as designated, 9.2.9. */
static enum rcvd_info
rcv_info(struct rstp_port *port)
{
    int order;

    if (port->msg.type == STP_TCN) {
        return OTHER_INFO;
    }
    read_msg(port);
    order = rstp_vector_compare(&port->msg_priority, &port->port_priority);
    if (port->msg.role == STP_ROLE_ROOT
        || port->msg.role == STP_ROLE_ALTERNATE) {
        return order >= 0 ? INFERIOR_ROOT_ALTERNATE_INFO : OTHER_INFO;
    }
    if (order == 0 && rstp_times_equal(&port->msg_times, &port->port_times)) {
        return port->info_is == INFO_RECEIVED ? REPEATED_DESIGNATED_INFO
                                              : OTHER_INFO;
    }
    return is_superior(&port->msg_priority, &port->port_priority)
               ? SUPERIOR_DESIGNATED_INFO
               : INFERIOR_DESIGNATED_INFO;
}

/* 17.21.11 */
static void
record_proposal(struct rstp_port *port)
{
    if (port->msg.type == STP_RST && port->msg.flags & STP_PROPOSAL) {
        port->proposed = true;
    }
}

/* 17.21.1 */
static bool
better_or_same_info(const struct rstp_port *port, enum rstp_info_is info_is)
{
    return port->info_is == info_is
           && rstp_vector_compare(info_is == INFO_RECEIVED
                                      ? &port->msg_priority
                                      : &port->designated_priority,
                                  &port->port_priority)
                  <= 0;
}

/* Says whether an agreement answers what this port says now, and not something
 * better that it said before: see rstp.h.  A root port gives away what it
 * answers, since its cost and age count on from ours. */
static bool
answers_us(const struct rstp_port *port)
{
    const struct rstp_vector *msg = &port->msg_priority;
    const struct rstp_vector *own = &port->port_priority;
    bool is_root = port->msg.role == STP_ROLE_ROOT;
    bool is_match = msg->root_id == own->root_id
                    && msg->root_cost > own->root_cost
                    && port->msg_times.message_age
                           == rstp_age_of_next(port->port_times.message_age);

    if (rstp_runs(port, port->worse_while)) {
        return is_root && is_match && port->is_first_news
               && port->worse_while != RSTP_HELD
               && msg->root_cost == own->root_cost + port->port_path_cost;
    }
    return !is_root || is_match;
}

/* Notes that the port is about to say something else, for answers_us().  A port
 * whose neighbor is not heard any more has nothing to wait for. */
static void
note_news(struct rstp_port *port)
{
    if (port->info_is == INFO_RECEIVED
        || (port->info_is == INFO_MINE
            && !better_or_same_info(port, INFO_MINE))) {
        port->worse_while = RSTP_HELD; /* Until it is sent. */
        port->is_first_news = !rstp_runs(port, port->news_while);
    }
    port->news_while = RSTP_HELD;
}

/* 17.21.9; every link is point-to-point. */
static void
record_agreement(struct rstp_port *port)
{
    port->agreed = port->msg.flags & STP_AGREEMENT && answers_us(port);
    if (port->agreed) {
        port->proposing = false;
    }
}

/* 17.21.10 */
static void
record_dispute(struct rstp_port *port)
{
    if (port->msg.flags & STP_LEARNING) {
        port->disputed = true;
        port->agreed = false;
    }
}

/* 17.21.17 */
static void
set_tc_flags(struct rstp_port *port)
{
    if (port->msg.type == STP_TCN) {
        port->rcvd_tcn = true;
        return;
    }
    port->rcvd_tc = port->rcvd_tc || port->msg.flags & STP_TC;
    port->rcvd_tc_ack = port->rcvd_tc_ack || port->msg.flags & STP_TCA;
}

/* 17.21.23 */
static void
updt_rcvd_info_while(struct rstp_port *port)
{
    const struct rstp_times *times = &port->port_times;

    port->rcvd_info_while =
        rstp_age_of_next(times->message_age) <= times->max_age
            ? rstp_in(port, 3 * rstp_time(times->hello_time))
            : 0;
}

static void
ask_for_selection(struct rstp_port *port)
{
    port->reselect = true;
    port->selected = false;
    port->bridge->is_unsettled = true;
}

static void
enter_disabled(struct rstp_port *port)
{
    port->pim = PIM_DISABLED;
    port->rcvd_msg = false;
    port->proposing = port->proposed = port->agree = port->agreed = false;
    port->rcvd_info_while = 0;
    port->info_is = INFO_DISABLED;
    ask_for_selection(port);
}

static void
enter_aged(struct rstp_port *port)
{
    port->pim = PIM_AGED;
    port->info_is = INFO_AGED;
    ask_for_selection(port);
}

/* UPDATE, and at once CURRENT. */
static void
enter_update(struct rstp_port *port)
{
    note_news(port);
    port->pim = PIM_CURRENT;
    port->proposing = port->proposed = false;
    port->agreed = port->agreed && better_or_same_info(port, INFO_MINE);
    port->synced = port->synced && port->agreed;
    port->port_priority = port->designated_priority;
    port->port_times = port->designated_times;
    port->updt_info = false;
    port->info_is = INFO_MINE;
    port->new_info = true;
    port->bridge->is_unsettled = true;
}

static void
enter_superior_designated(struct rstp_port *port)
{
    port->agreed = port->proposing = false;
    record_proposal(port);
    set_tc_flags(port);
    port->agree = port->agree && better_or_same_info(port, INFO_RECEIVED);
    port->port_priority = port->msg_priority; /* recordPriority() */
    port->port_times = port->msg_times;       /* recordTimes() */
    updt_rcvd_info_while(port);
    port->info_is = INFO_RECEIVED;
    ask_for_selection(port);
}

/* RECEIVE, the state that rcvInfo() leads to, and at once CURRENT. */
static void
enter_receive(struct rstp_port *port)
{
    switch (rcv_info(port)) {
    case SUPERIOR_DESIGNATED_INFO: enter_superior_designated(port); break;
    case REPEATED_DESIGNATED_INFO:
        record_proposal(port);
        set_tc_flags(port);
        updt_rcvd_info_while(port);
        break;
    case INFERIOR_DESIGNATED_INFO: record_dispute(port); break;
    case INFERIOR_ROOT_ALTERNATE_INFO:
        record_agreement(port);
        set_tc_flags(port);
        break;
    case OTHER_INFO:
        if (port->msg.type == STP_TCN) {
            set_tc_flags(port);
        }
        break;
    }
    port->rcvd_msg = false;
}

void
rstp_pim_begin(struct rstp_port *port)
{
    enter_disabled(port);
}

static bool
current_step(struct rstp_port *port)
{
    if (port->selected && port->updt_info) {
        enter_update(port);
    } else if (port->updt_info) {
        return false;
    } else if (port->rcvd_msg) {
        enter_receive(port);
    } else if (port->info_is == INFO_RECEIVED
               && !rstp_runs(port, port->rcvd_info_while)) {
        enter_aged(port);
    } else {
        return false;
    }
    return true;
}

bool
rstp_pim_step(struct rstp_port *port)
{
    if (!port->port_enabled && port->info_is != INFO_DISABLED) {
        enter_disabled(port);
        return true;
    }
    switch (port->pim) {
    case PIM_DISABLED:
        port->rcvd_msg = false;
        if (port->port_enabled) {
            enter_aged(port);
            return true;
        }
        return false;
    case PIM_AGED:
        if (port->selected && port->updt_info) {
            enter_update(port);
            return true;
        }
        return false;
    case PIM_CURRENT: break;
    }
    return current_step(port);
}

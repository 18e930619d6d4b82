/* What the state machines of RSTP share: their variables, under the standard's
 * names (IEEE 802.1D-2004 sections 17.13, 17.18, 17.19), and what each file
 * offers the others.
 *
 * A machine is a function 'bool NAME_step(port)' that makes one transition, or
 * none and returns false.  rstp.c calls them until all rest; only then the port
 * transmit machine runs, so what is sent tells of the state at rest.
 *
 * Timers are times at which they are over, and run while they lie ahead.  One
 * that the standard sets anew as long as a state lasts (fdWhile of an alternate
 * port) is RSTP_HELD there and starts when the state is left. */

#ifndef MODELS_FABRIC_RSTP_INSIDE_H
#define MODELS_FABRIC_RSTP_INSIDE_H 1

#include "models/fabric/rstp.h"
#include "models/fabric/rstp_vector.h"

#define RSTP_HELD         SIM_NEVER
#define RSTP_MIGRATE_TIME (3 * SIM_S) /* Table 17-1. */

enum rstp_info_is { INFO_DISABLED, INFO_RECEIVED, INFO_MINE, INFO_AGED };

/* States, named as in figures 17-13 to 17-23.  The first is the one that BEGIN
 * leads to. */
enum rstp_ppm { PPM_CHECKING_RSTP, PPM_SELECTING_STP, PPM_SENSING };
enum rstp_pim { PIM_DISABLED, PIM_AGED, PIM_CURRENT };
enum rstp_prt { PRT_WAITING, PRT_PORT }; /* Of one role. */
enum rstp_pst { PST_DISCARDING, PST_LEARNING, PST_FORWARDING };
enum rstp_tcm { TCM_INACTIVE, TCM_LEARNING, TCM_ACTIVE };

struct rstp_port {
    struct rstp *bridge;
    uint32_t index; /* Of the node's port. */
    uint16_t port_id;
    bool admin_edge, auto_edge;
    uint32_t admin_path_cost; /* 0: by the link's rate. */

    /* Section 17.19. */
    bool agree, agreed, disputed, forward, forwarding, learn, learning;
    bool new_info, oper_edge, port_enabled, proposed, proposing;
    bool rcvd_msg, rcvd_rstp, rcvd_stp, rcvd_tc, rcvd_tc_ack, rcvd_tcn;
    bool re_root, reselect, selected, send_rstp, sync, synced;
    bool tc_ack, tc_prop, updt_info;
    uint8_t tx_count;
    enum rstp_info_is info_is;
    enum rstp_role role, selected_role;
    uint32_t port_path_cost;
    struct rstp_vector designated_priority, msg_priority, port_priority;
    struct rstp_times designated_times, msg_times, port_times;

    /* Section 17.17: timers. */
    sim_time edge_delay_while, fd_while, hello_when, mdelay_while;
    sim_time rb_while, rcvd_info_while, rr_while, tc_while;

    /* Ours: see rstp.h, "No loops". */
    sim_time heard_while; /* A bridge was heard not long ago. */
    sim_time news_while;  /* What the port says is new. */
    sim_time worse_while; /* And worse than what it said before. */
    bool is_first_news;   /* And what it said before was not new. */

    /* Where the machines are. */
    enum rstp_ppm ppm;
    enum rstp_pim pim;
    enum rstp_prt prt;
    enum rstp_pst pst;
    enum rstp_tcm tcm;

    struct stp_bpdu msg;       /* The one that is being received. */
    int64_t tx_second;         /* To which tx_count has been counted down. */
    struct rstp_status status; /* As last told. */
};

struct rstp {
    struct node *node;
    struct rstp_user *user;
    struct rstp_port *ports; /* n_ports of them. */
    uint32_t n_ports;
    bool is_begun;
    bool is_unsettled; /* A port's change may move the others. */
    uint8_t tx_hold_count;
    sim_time now;       /* While the machines run. */
    sim_time began;     /* Hellos count from here. */
    struct event timer; /* The next timer that is over. */

    /* Section 17.18. */
    uint64_t bridge_identifier;
    struct rstp_times bridge_times, root_times;
    struct rstp_vector root_priority;
    uint16_t root_port_id; /* 0: it is the root. */

    struct rstp_stats stats;
};

/* rstp_receive.c */
void rstp_port_receive(struct rstp_port *, const struct stp_bpdu *);
bool rstp_ppm_step(struct rstp_port *);
bool rstp_bdm_step(struct rstp_port *);
/* rstp_transmit.c */
bool rstp_ptx_step(struct rstp_port *);
sim_time rstp_ptx_next(struct rstp_port *);
/* rstp_information.c */
void rstp_pim_begin(struct rstp_port *);
bool rstp_pim_step(struct rstp_port *);
/* rstp_selection.c */
void rstp_prs_begin(struct rstp *);
bool rstp_prs_step(struct rstp *);
/* rstp_transitions.c */
void rstp_prt_begin(struct rstp_port *);
bool rstp_prt_step(struct rstp_port *);
/* rstp_states.c */
void rstp_tcm_begin(struct rstp_port *);
bool rstp_pst_step(struct rstp_port *);
bool rstp_tcm_step(struct rstp_port *);

static inline bool
rstp_runs(const struct rstp_port *port, sim_time timer)
{
    return timer > port->bridge->now;
}

static inline sim_time
rstp_in(const struct rstp_port *port, sim_time delay)
{
    return port->bridge->now + delay;
}

/* Sections 17.20.5 to 17.20.8. */
static inline sim_time
rstp_fwd_delay(const struct rstp_port *port)
{
    return rstp_time(port->designated_times.forward_delay);
}

static inline sim_time
rstp_hello_time(const struct rstp_port *port)
{
    return rstp_time(port->designated_times.hello_time);
}

static inline sim_time
rstp_forward_delay(const struct rstp_port *port)
{
    return port->send_rstp ? rstp_hello_time(port) : rstp_fwd_delay(port);
}

#endif /* models/fabric/rstp_inside.h */

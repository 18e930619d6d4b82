/* Rapid Spanning Tree Protocol, IEEE 802.1D-2004 section 17: which ports of a
 * bridge may forward, so that bridges in loops form one tree.
 *
 * Laid beside the standard
 * ========================
 *
 * The protocol is its state machines, a file for each concern, and all else is
 * in rstp_inside.h: machines, states, procedures and variables have the
 * standard's names, written our way (rcvdInfoWhile is rcvd_info_while).
 *
 *     rstp.c              life, the clock, running the machines (17.15, 17.22)
 *     rstp_receive.c      port receive, protocol migration, bridge detection
 *                         (17.23 to 17.25)
 *     rstp_transmit.c     port transmit (17.26)
 *     rstp_information.c  port information (17.27)
 *     rstp_selection.c    port role selection (17.28)
 *     rstp_transitions.c  port role transitions (17.29)
 *     rstp_states.c       port state transition, topology change (17.30, 17.31)
 *
 * A neighbor that speaks STP is spoken to in STP (17.4).  Links are
 * point-to-point, as all full duplex links are.
 *
 * Time
 * ====
 *
 * Timers are times at which they are over, where the standard counts seconds
 * down, and a bridge has one event: the next of them.  Hellos are sent on
 * multiples of the hello time, as by the standard's common tick, so a bridge
 * that has converged costs one event for each hello.
 *
 * No loops
 * ========
 *
 * As the standard has it, loops do open for moments: a port takes an agreement
 * for an answer to a change for the worse that its sender had not heard of (see
 * Elmeleegy, Cox and Ng, INFOCOM 2006).  So three things are stricter here:
 *
 *   - a designated port that loses its neighbor's agreement discards at once,
 *     and then waits for a new one, not for a timer (has_lost_agreement());
 *   - an agreement counts if it answers what the port says now: a root port's
 *     cost and age must count on from ours, and that of an alternate port must
 *     come a second after the last change for the worse (answers_us());
 *   - a port whose role is not yet the one selected is not in sync (allSynced,
 *     as IEEE 802.1Q-2005 has it).
 *
 * Then of the two ends of a link that frames pass, one is its bridge's root port
 * and what that bridge knows is worse than what the other knows, always.  Around
 * a loop it would get worse and worse, and be the same in the end.
 *
 * Of the bridge this knows only what 'struct rstp_user' says. */

#ifndef MODELS_FABRIC_RSTP_H
#define MODELS_FABRIC_RSTP_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/wire/stp.h"
#include "sim/node.h"

/* Recommended values and bounds, tables 17-1 to 17-3. */
#define RSTP_PRIORITY           32768        /* Of a bridge: 0 to 61,440, */
#define RSTP_PRIORITY_STEP      4096         /* in steps. */
#define RSTP_PORT_PRIORITY      128          /* 0 to 240, */
#define RSTP_PORT_PRIORITY_STEP 16           /* in steps. */
#define RSTP_HELLO_TIME         (2 * SIM_S)  /* 1 to 2 s. */
#define RSTP_MAX_AGE            (20 * SIM_S) /* 6 to 40 s. */
#define RSTP_FORWARD_DELAY      (15 * SIM_S) /* 4 to 30 s. */
#define RSTP_TX_HOLD_COUNT      6            /* 1 to 10. */
#define RSTP_COST_MAX           200000000
#define RSTP_PORTS_MAX          4095 /* Numbers of ports have 12 bits. */

struct rstp_port_config {
    uint32_t path_cost; /* 1 to RSTP_COST_MAX; 0: by the link's rate. */
    uint8_t priority;   /* 0 to 240 in steps of 16. */
    bool admin_edge;    /* A station's port: it forwards at once. */
    bool auto_edge;     /* Becomes one if no bridge is heard there. */
};

/* max_age <= 2 * (forward_delay - 1 s), max_age >= 2 * (hello_time + 1 s). */
struct rstp_config {
    bool is_on;
    uint16_t priority; /* 0 to 61,440 in steps of 4,096. */
    uint8_t tx_hold_count;
    sim_time hello_time, max_age, forward_delay; /* In 1/256 s. */
    const struct rstp_port_config *ports; /* Each one's; null: defaults. */
};

/* What the standard recommends, but off. */
extern const struct rstp_config rstp_default;
extern const struct rstp_port_config rstp_port_default;

enum rstp_role {
    RSTP_ROLE_DISABLED,
    RSTP_ROLE_ROOT,
    RSTP_ROLE_DESIGNATED,
    RSTP_ROLE_ALTERNATE,
    RSTP_ROLE_BACKUP,
};

struct rstp_status {
    enum rstp_role role;
    bool learning, forwarding;
    bool is_edge;
};

/* The bridge whose protocol it is.  Its functions are called while the machines
 * run and must not call rstp_...() themselves. */
struct rstp_user {
    void (*transmit)(struct rstp_user *, uint32_t port,
                     const struct stp_bpdu *);
    void (*set_state)(struct rstp_user *, uint32_t port, bool learning,
                      bool forwarding);
    void (*flush)(struct rstp_user *, uint32_t port); /* What was learned. */
    void (*topology_changed)(struct rstp_user *, uint32_t port);
    /* Once the machines have come to rest. */
    void (*status_changed)(struct rstp_user *, uint32_t port,
                           const struct rstp_status *before,
                           const struct rstp_status *now);
};

struct rstp_stats {
    uint64_t bpdus_sent;
    uint64_t bpdus_received;
    uint64_t topology_changes; /* Seen at a port of this bridge. */
};

struct rstp;

struct rstp *rstp_new(struct node *, struct eth_addr,
                      const struct rstp_config *, struct rstp_user *);
void rstp_free(struct rstp *);

void rstp_receive(struct rstp *, uint32_t port, const struct stp_bpdu *);
void rstp_link_changed(struct rstp *, uint32_t port);
void rstp_reboot(struct rstp *);

void rstp_status(const struct rstp *, uint32_t port, struct rstp_status *);
const struct rstp_stats *rstp_stats(const struct rstp *);
uint64_t rstp_root_id(const struct rstp *);

/* Identifiers and costs, also for who computes the tree by other means. */
uint64_t rstp_bridge_id(const struct rstp_config *, struct eth_addr);
uint16_t rstp_port_id(const struct rstp_config *, uint32_t port);
uint32_t rstp_port_cost(const struct rstp_config *, uint32_t port,
                        uint64_t rate_bps);
uint32_t rstp_path_cost(uint64_t rate_bps);
const char *rstp_role_name(enum rstp_role);

#endif /* models/fabric/rstp.h */

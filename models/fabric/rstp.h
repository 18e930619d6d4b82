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
 * Where the standard counts seconds down, timers here are times at which they
 * are over, and a bridge has one event: the next of them.  Hellos are sent on
 * multiples of the hello time, as by the standard's common tick, so a bridge
 * that has converged costs one event for each hello.
 *
 * This module knows frames only as BPDUs, and of the bridge only what 'struct
 * rstp_user' says. */

#ifndef MODELS_FABRIC_RSTP_H
#define MODELS_FABRIC_RSTP_H 1

#include <stdbool.h>
#include <stdint.h>

#include "models/wire/eth.h"
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

/* What the standard recommends, but off; and for a port. */
extern const struct rstp_config rstp_default;
extern const struct rstp_port_config rstp_port_default;

uint32_t rstp_path_cost(uint64_t rate_bps);

#endif /* models/fabric/rstp.h */

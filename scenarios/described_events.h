/* Parts of a described scenario that happen: its events, and the actions that
 * these come down to.
 *
 * An event has a verb, an object and a time.  One with a 'for' is two actions:
 * what it does, and the end of it.  scenario_actions() lists them in the order
 * in which they act, which the checks before the run and the timeline share:
 * by time; at one time first what ends, then what begins, each in the order of
 * the file. */

#ifndef SCENARIOS_DESCRIBED_EVENTS_H
#define SCENARIOS_DESCRIBED_EVENTS_H 1

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "scenarios/described_net.h"
#include "scenarios/source.h"
#include "sim/clock.h"

struct scenario;

enum event_verb {
    EVENT_LINK_DOWN,
    EVENT_LINK_UP,
    EVENT_PORT_DOWN,
    EVENT_PORT_UP,
    EVENT_HOST_DOWN,
    EVENT_HOST_UP,
    EVENT_SWITCH_REBOOT,
    EVENT_FLUSH_MAC,
    EVENT_SET,
    EVENT_VM_START,
    EVENT_VM_STOP,
};
#define N_EVENT_VERBS 11

/* What 'set' may change. */
enum event_setting_key {
    SETTING_LOSS,      /* Of a link: 0 to 1. */
    SETTING_MTU,       /* Of a link: bytes. */
    SETTING_MAC_AGING, /* Of a switch: ps. */
};
#define N_SETTINGS 3

struct event_setting {
    bool is_given;
    struct loc loc;
    double value; /* Whole numbers up to 2^53 are exact. */
};

struct scenario_event {
    struct loc loc, verb_loc, at_loc;
    const char *id; /* "move"; verb and number if the file has none. */
    enum event_verb verb;
    const char *object; /* As written: "a:p1--b:p2", "blue/web". */
    sim_time at;
    sim_time lasts; /* Until it ends by itself; 0: it does not. */

    /* The object: what the verb asks for, the rest is null. */
    struct scenario_link *link;
    struct scenario_port *port; /* flush_mac: null is all ports. */
    struct scenario_node *node;
    GPtrArray *vms; /* "struct scenario_vm"s; empty but for vm_... */

    uint16_t vlan; /* flush_mac; 0: all. */
    struct event_setting settings[N_SETTINGS];
};

struct scenario_action {
    const struct scenario_event *event;
    sim_time when;
    bool is_end; /* Of what the event began. */
};

const char *event_verb_name(enum event_verb); /* "link_down". */
const char *event_setting_name(enum event_setting_key);
sim_time scenario_event_end(const struct scenario_event *);
GArray *scenario_actions(const struct scenario *); /* The caller frees. */

#endif /* scenarios/described_events.h */

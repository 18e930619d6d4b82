#include "scenarios/timeline.h"

#include <json-glib/json-glib.h>

#include "models/fabric/l2_switch.h"
#include "models/guest/server.h"
#include "models/host/host.h"
#include "scenarios/network_vlans.h"
#include "scenarios/read.h"
#include "sim/agenda.h"
#include "sim/port.h"
#include "traces/events_log.h"

struct timeline {
    struct network *net;
    struct events_log *log; /* Null: nobody reads it. */
    struct timeline_item *items;
    unsigned int n_items;
};

/* One action, in the agenda. */
struct timeline_item {
    struct agenda_item item;
    struct timeline *timeline;
    struct scenario_action action;
    struct timeline_item *began; /* Of an end: what it ends. */
    double before[N_SETTINGS];   /* What 'set' has replaced. */
};

/* ---- Words. ---- */

/* What an action is called: the end of one is the verb that would undo it. */
static const char *
action_name(const struct scenario_action *action)
{
    enum event_verb verb = action->event->verb;

    if (action->is_end) {
        switch (verb) {
        case EVENT_LINK_DOWN: verb = EVENT_LINK_UP; break;
        case EVENT_PORT_DOWN: verb = EVENT_PORT_UP; break;
        case EVENT_HOST_DOWN: verb = EVENT_HOST_UP; break;
        case EVENT_VM_STOP: verb = EVENT_VM_START; break;
        case EVENT_SWITCH_REBOOT: return "switch_up";
        case EVENT_LINK_UP:
        case EVENT_PORT_UP:
        case EVENT_HOST_UP:
        case EVENT_FLUSH_MAC:
        case EVENT_SET:
        case EVENT_VM_START: break;
        }
    }
    return event_verb_name(verb);
}

static JsonObject *
details_new(const struct timeline_item *item, const char *kind,
            const char *name)
{
    JsonObject *details = json_object_new();

    json_object_set_string_member(details, "id", item->action.event->id);
    json_object_set_string_member(details, kind, name);
    return details;
}

/* Writes 'details', which it takes. */
static void
write_action(const struct timeline_item *item, JsonObject *details)
{
    events_log_add(item->timeline->log, item->action.when,
                   action_name(&item->action), details);
}

static void
write_thing(const struct timeline_item *item, const char *kind,
            const char *name)
{
    if (item->timeline->log) {
        write_action(item, details_new(item, kind, name));
    }
}

static void
write_link(const struct timeline_item *item)
{
    char *name = scenario_link_name(item->action.event->link);

    write_thing(item, "link", name);
    g_free(name);
}

static void
write_flush(const struct timeline_item *item)
{
    const struct scenario_event *event = item->action.event;
    JsonObject *details;

    if (!item->timeline->log) {
        return;
    }
    details = details_new(item, "node", event->node->name);
    if (event->port) {
        json_object_set_string_member(details, "port", event->port->path);
    }
    if (event->vlan) {
        json_object_set_int_member(details, "vlan", event->vlan);
    }
    write_action(item, details);
}

static void
write_settings(const struct timeline_item *item, const double *values)
{
    const struct scenario_event *event = item->action.event;
    JsonObject *details;

    if (!item->timeline->log) {
        return;
    }
    details = details_new(item, event->link ? "link" : "node", event->object);
    for (int i = 0; i < N_SETTINGS; i++) {
        const char *key = event_setting_name((enum event_setting_key) i);

        if (event->settings[i].is_given && i == SETTING_LOSS) {
            json_object_set_double_member(details, key, values[i]);
        } else if (event->settings[i].is_given && i == SETTING_MAC_AGING) {
            json_object_set_double_member(details, "mac_aging_s",
                                          values[i] / (double) SIM_S);
        } else if (event->settings[i].is_given) {
            json_object_set_int_member(details, key, (int64_t) values[i]);
        }
    }
    write_action(item, details);
}

/* ---- Deeds. ---- */

static void
turn_port(struct port *port, bool down)
{
    if (down) {
        port_hold_down(port);
    } else {
        port_release(port);
    }
}

static void
turn_link(struct timeline_item *item, bool down)
{
    const struct scenario_link *link = item->action.event->link;

    write_link(item);
    for (int i = 0; i < 2; i++) {
        turn_port(network_port(item->timeline->net, link->ends[i]), down);
    }
}

static void
turn_single_port(struct timeline_item *item, bool down)
{
    const struct scenario_port *port = item->action.event->port;

    write_thing(item, "port", port->path);
    turn_port(network_port(item->timeline->net, port), down);
}

static void
turn_node(struct timeline_item *item, bool down)
{
    const struct scenario_node *described = item->action.event->node;
    struct node *node = item->timeline->net->nodes[described->index];

    write_thing(item, "node", described->name);
    for (uint32_t i = 0; i < node->n_ports; i++) {
        turn_port(&node->ports[i], down);
    }
    if (node_is_host(node)) {
        host_set_down(node, down);
    } else if (node_is_server(node)) {
        server_set_down(node, down);
    } else if (down && node->ops->reboot) {
        node->ops->reboot(node);
    }
}

static void
flush(struct timeline_item *item)
{
    const struct scenario_event *event = item->action.event;
    struct node *node = item->timeline->net->nodes[event->node->index];

    write_flush(item);
    mac_table_flush(l2_switch_macs(node),
                    event->port ? event->port->index : MAC_TABLE_ANY_PORT,
                    event->vlan ? event->vlan : MAC_TABLE_ANY_VLAN,
                    sim_now(node->sim));
}

static double
set_of_link(struct timeline_item *item, enum event_setting_key key,
            double value)
{
    const struct scenario_link *link = item->action.event->link;
    double before = 0;

    for (int i = 0; i < 2; i++) {
        struct port *port = network_port(item->timeline->net, link->ends[i]);

        if (key == SETTING_LOSS) {
            before = port_loss(port);
            port_set_loss(port, value);
        } else {
            before = port->mtu;
            port->mtu = (uint32_t) value;
        }
    }
    return before;
}

static double
set_of_switch(struct timeline_item *item, double value)
{
    const struct scenario_node *described = item->action.event->node;
    struct node *node = item->timeline->net->nodes[described->index];
    struct mac_table *macs = l2_switch_macs(node);
    double before = (double) mac_table_config(macs)->aging;

    mac_table_set_aging(macs, (sim_time) value, sim_now(node->sim));
    return before;
}

/* Changes what the event changes, or puts back what was before. */
static void
set(struct timeline_item *item)
{
    const struct scenario_event *event = item->action.event;
    double values[N_SETTINGS];

    for (int i = 0; i < N_SETTINGS; i++) {
        values[i] =
            item->began ? item->began->before[i] : event->settings[i].value;
        if (event->settings[i].is_given) {
            item->before[i] =
                event->link
                    ? set_of_link(item, (enum event_setting_key) i, values[i])
                    : set_of_switch(item, values[i]);
        }
    }
    write_settings(item, values);
}

static void
turn_vms(struct timeline_item *item, bool off)
{
    const GPtrArray *vms = item->action.event->vms;

    for (unsigned int i = 0; i < vms->len; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(vms, i);

        write_thing(item, "vm", vm->path);
        network_set_vm_off(item->timeline->net, vm, off);
    }
    network_provision(item->timeline->net, vms, off);
}

static void
act(struct agenda_item *agenda_item)
{
    struct timeline_item *item = (struct timeline_item *) agenda_item;
    bool is_end = item->action.is_end;

    switch (item->action.event->verb) {
    case EVENT_LINK_DOWN: turn_link(item, !is_end); break;
    case EVENT_LINK_UP: turn_link(item, false); break;
    case EVENT_PORT_DOWN: turn_single_port(item, !is_end); break;
    case EVENT_PORT_UP: turn_single_port(item, false); break;
    case EVENT_HOST_DOWN:
    case EVENT_SWITCH_REBOOT: turn_node(item, !is_end); break;
    case EVENT_HOST_UP: turn_node(item, false); break;
    case EVENT_FLUSH_MAC: flush(item); break;
    case EVENT_SET: set(item); break;
    case EVENT_VM_START: turn_vms(item, false); break;
    case EVENT_VM_STOP: turn_vms(item, !is_end); break;
    }
}

/* ---- Life. ---- */

/* Finds what each end ends. */
static void
pair_items(struct timeline *timeline)
{
    GHashTable *began = g_hash_table_new(NULL, NULL);

    for (unsigned int i = 0; i < timeline->n_items; i++) {
        struct timeline_item *item = &timeline->items[i];
        const struct scenario_event *event = item->action.event;

        if (item->action.is_end) {
            item->began = g_hash_table_lookup(began, event);
        } else {
            g_hash_table_insert(began, (void *) event, item);
        }
    }
    g_hash_table_unref(began);
}

/* Stops the VMs that an event will start for the first time. */
static void
stop_vms(struct network *net)
{
    const struct scenario *s = net->scenario;

    for (unsigned int i = 0; i < s->vms->len && g_hash_table_size(s->vms_off);
         i++) {
        const struct scenario_vm *vm = g_ptr_array_index(s->vms, i);

        if (g_hash_table_contains(s->vms_off, vm)) {
            network_set_vm_off(net, vm, true);
        }
    }
}

/* Makes the timeline of 'net', which has not run yet and must outlive it. */
struct timeline *
timeline_new(struct network *net)
{
    struct timeline *timeline = g_new0(struct timeline, 1);
    GArray *actions = scenario_actions(net->scenario);

    timeline->net = net;
    timeline->n_items = actions->len;
    timeline->items = g_new0(struct timeline_item, actions->len);
    for (unsigned int i = 0; i < actions->len; i++) {
        struct timeline_item *item = &timeline->items[i];

        item->timeline = timeline;
        item->action = g_array_index(actions, struct scenario_action, i);
        item->item.act = act;
        agenda_add(sim_agenda(net->sim), &item->item, item->action.when);
    }
    g_array_unref(actions);
    pair_items(timeline);
    stop_vms(net);
    return timeline;
}

/* Frees 'timeline', which may be null, and takes what is left of it out of the
 * agenda. */
void
timeline_free(struct timeline *timeline)
{
    if (!timeline) {
        return;
    }
    for (unsigned int i = 0; i < timeline->n_items; i++) {
        agenda_remove(sim_agenda(timeline->net->sim),
                      &timeline->items[i].item);
    }
    g_free(timeline->items);
    g_free(timeline);
}

/* From now on, writes what happens to 'log', which must outlive the run. */
void
timeline_write(struct timeline *timeline, struct events_log *log)
{
    timeline->log = log;
}

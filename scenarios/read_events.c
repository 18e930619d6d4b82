#include "scenarios/read.h"

#include <string.h>

/* What every event has. */
static const struct key_spec common_keys[] = {
    { "id", KEY_NAME, .help = "its name; verb and number if absent" },
    { "at", KEY_TIME, .required = true, .help = "when it happens" },
    { .name = NULL },
};
static const struct key_table common_table = {
    "event",
    "What every event has.",
    common_keys,
    NULL,
};

#define VERB(NAME, HELP)                                                      \
    {                                                                         \
        NAME, KEY_REF, .required = true, .help = HELP                         \
    }
#define FOR(HELP)                                                             \
    {                                                                         \
        "for", KEY_TIME, .min = 1, .help = HELP                               \
    }

static const struct key_spec link_down_keys[] = {
    VERB("link_down", "the link, named by its two ends: a:p1--b:p2"),
    FOR("how long; for good if absent"),
    { .name = NULL },
};
static const struct key_spec link_up_keys[] = {
    VERB("link_up", "the link, which an event took down"),
    { .name = NULL },
};
static const struct key_spec port_down_keys[] = {
    VERB("port_down", "the port that is shut"),
    FOR("how long; for good if absent"),
    { .name = NULL },
};
static const struct key_spec port_up_keys[] = {
    VERB("port_up", "the port, which an event shut"),
    { .name = NULL },
};
static const struct key_spec host_down_keys[] = {
    VERB("host_down", "the host that fails, with its VMs, or the server"),
    FOR("how long; for good if absent"),
    { .name = NULL },
};
static const struct key_spec host_up_keys[] = {
    VERB("host_up", "the host or server, which an event took down"),
    { .name = NULL },
};
static const struct key_spec switch_reboot_keys[] = {
    VERB("switch_reboot",
         "the switch or router that forgets all it has learned"),
    { "for", KEY_TIME, .min = 1, .required = true,
      .help = "how long its links are down" },
    { .name = NULL },
};
static const struct key_spec flush_mac_keys[] = {
    VERB("flush_mac", "the switch whose MAC table is emptied"),
    { "port", KEY_REF, .help = "only what is behind this port of it" },
    { "vlan", KEY_INT, .min = 1, .max = 4094, .help = "only this VLAN" },
    { .name = NULL },
};
static const struct key_spec set_keys[] = {
    VERB("set", "the link or switch of which something changes"),
    FOR("how long, then it is as before; for good if absent"),
    { "loss", KEY_PERCENT, .help = "of a link: part of the frames lost" },
    { "mtu", KEY_INT, .min = 576, .max = 9216,
      .help = "of a link: largest L3 packet, in bytes" },
    { "mac_aging", KEY_TIME, .min = 1,
      .help = "of a switch: time after which an address is forgotten" },
    { "rate", KEY_NODE, .later = true, .help = "of a link: line rate" },
    { "delay", KEY_NODE, .later = true, .help = "of a link: propagation" },
    { .name = NULL },
};
static const struct key_spec vm_start_keys[] = {
    { "vm_start", KEY_GLOB, .shape = KEY_ONE_OR_LIST, .required = true,
      .n_min = 1, .help = "VMs, which do not run before" },
    { .name = NULL },
};
static const struct key_spec vm_stop_keys[] = {
    { "vm_stop", KEY_GLOB, .shape = KEY_ONE_OR_LIST, .required = true,
      .n_min = 1, .help = "VMs, which run before" },
    FOR("how long, then they start again; for good if absent"),
    { .name = NULL },
};

/* In the order of enum event_verb. */
const struct key_table event_tables[] = {
    { "link_down", "A link loses its carrier.", link_down_keys,
      &common_table },
    { "link_up", "A link is there again.", link_up_keys, &common_table },
    { "port_down", "One end of a link is shut.", port_down_keys,
      &common_table },
    { "port_up", "A port is opened again.", port_up_keys, &common_table },
    { "host_down", "A host fails.", host_down_keys, &common_table },
    { "host_up", "A host is there again.", host_up_keys, &common_table },
    { "switch_reboot", "A switch or router starts anew.", switch_reboot_keys,
      &common_table },
    { "flush_mac", "A switch forgets addresses.", flush_mac_keys,
      &common_table },
    { "set", "A setting changes.", set_keys, &common_table },
    { "vm_start", "VMs are started.", vm_start_keys, &common_table },
    { "vm_stop", "VMs are stopped.", vm_stop_keys, &common_table },
    { NULL, NULL, NULL, NULL },
};

/* Those of the tables, in their order, and some of later versions. */
static const char *const verbs[] = {
    "link_down", "link_up",       "port_down",   "port_up",       "host_down",
    "host_up",   "switch_reboot", "flush_mac",   "set",           "vm_start",
    "vm_stop",   "migrate",       "policy_push", "policy_delete", NULL
};

static const char *const setting_names[N_SETTINGS] = {
    [SETTING_LOSS] = "loss",
    [SETTING_MTU] = "mtu",
    [SETTING_MAC_AGING] = "mac_aging",
};

const char *
event_verb_name(enum event_verb verb)
{
    return verbs[verb];
}

const char *
event_setting_name(enum event_setting_key key)
{
    return setting_names[key];
}

static void
read_settings(struct scenario *s, struct key_reader *r,
              struct scenario_event *event)
{
    bool is_link = event->link;
    unsigned int n = 0;

    for (int i = 0; i < N_SETTINGS; i++) {
        const char *key = setting_names[i];
        bool is_of_link = i == SETTING_LOSS || i == SETTING_MTU;
        struct event_setting *setting = &event->settings[i];

        if (!key_is_given(r, key)) {
            continue;
        }
        n++;
        setting->is_given = true;
        setting->loc = key_name_loc(r, key);
        setting->value = i == SETTING_LOSS ? key_fraction(r, key)
                                           : (double) key_int(r, key);
        if (is_link != is_of_link && (event->link || event->node)) {
            diag_report(s->diag, E079, setting->loc, "%s has no '%s'",
                        event->object, key);
            diag_help(s->diag, is_link ? "of a link, loss and mtu can change"
                                       : "of a switch, mac_aging can change");
        }
    }
    if (!n && !r->failed) {
        key_report(r, "set", E079, "%s: nothing is set", event->object);
        diag_help(s->diag, "add what changes: loss or mtu of a link, "
                           "mac_aging of a switch");
    }
}

static void
read_flush(struct scenario *s, struct key_reader *r,
           struct scenario_event *event)
{
    event->node = find_switch(s, event->object, event->verb_loc);
    event->vlan = (uint16_t) key_int(r, "vlan");
    if (!key_is_given(r, "port") || !key_is_ok(r, "port")) {
        return;
    }
    event->port = find_port(s, key_text(r, "port"), key_loc(r, "port"));
    if (event->port && event->node && event->port->node != event->node) {
        key_report(r, "port", E031, "%s is no port of %s", event->port->path,
                   event->node->name);
    }
}

static void
read_vms(struct scenario *s, const struct key_reader *r, const char *verb,
         struct scenario_event *event)
{
    for (size_t i = 0; i < key_count(r, verb); i++) {
        const struct key_value *value = key_at(r, verb, i);

        if (value->is_ok) {
            find_vms(s, value->value.text, value->node->loc, event->vms);
        }
    }
}

/* Reads what the event happens to, and the keys of its own verb. */
static void
read_object(struct scenario *s, struct key_reader *r,
            struct scenario_event *event)
{
    const char *verb = verbs[event->verb];
    struct loc loc = event->verb_loc;

    switch (event->verb) {
    case EVENT_LINK_DOWN:
    case EVENT_LINK_UP: event->link = find_link(s, event->object, loc); break;
    case EVENT_PORT_DOWN:
    case EVENT_PORT_UP: event->port = find_port(s, event->object, loc); break;
    case EVENT_HOST_DOWN:
    case EVENT_HOST_UP:
        event->node = find_host_or_server(s, event->object, loc);
        break;
    case EVENT_SWITCH_REBOOT:
        event->node = find_switch_or_router(s, event->object, loc);
        break;
    case EVENT_FLUSH_MAC: read_flush(s, r, event); break;
    case EVENT_SET:
        if (strstr(event->object, "--")) {
            event->link = find_link(s, event->object, loc);
        } else {
            event->node = find_switch(s, event->object, loc);
        }
        read_settings(s, r, event);
        break;
    case EVENT_VM_START:
    case EVENT_VM_STOP: read_vms(s, r, verb, event); break;
    }
}

static const char *
read_id(struct scenario *s, const struct key_reader *r, const char *verb,
        size_t i)
{
    const char *id;
    char *made;

    if (key_is_given(r, "id") && key_is_ok(r, "id")) {
        return key_text(r, "id");
    }
    made = g_strdup_printf("%s-%zu", verb, i + 1);
    id = scope_strdup(s->scope, made);
    g_free(made);
    return id;
}

static bool
has_for(enum event_verb verb)
{
    return key_table_find(&event_tables[verb], "for");
}

static void
read_by_table(struct scenario *s, const struct tree_node *node,
              enum event_verb verb, size_t i)
{
    struct scenario_event *event = g_new0(struct scenario_event, 1);
    struct key_reader r;

    key_reader_init(&r, s->scope, node, &event_tables[verb], "events[%zu]", i);
    event->loc = r.loc;
    event->verb = verb;
    event->verb_loc = key_loc(&r, verbs[verb]);
    event->at_loc = key_loc(&r, "at");
    event->vms = g_ptr_array_new();
    event->id = read_id(s, &r, verbs[verb], i);
    event->at = key_time(&r, "at");
    event->lasts = has_for(verb) ? key_time(&r, "for") : 0;
    g_ptr_array_add(s->events, event);
    if (!g_hash_table_insert(s->event_by_id, (char *) event->id, event)) {
        key_report(&r, "id", E036, "there are two events called %s",
                   event->id);
    }
    if (key_is_ok(&r, verbs[verb]) && key_count(&r, verbs[verb])) {
        event->object = key_text_at(&r, verbs[verb], 0);
        read_object(s, &r, event);
    }
    key_reader_clear(&r);
}

static void
read_event(struct scenario *s, const struct key_value *entry, size_t i)
{
    const struct tree_node *node = entry->node;
    const char *verb = NULL;
    char *where = g_strdup_printf("events[%zu]", i);
    unsigned int number = 0;

    if (node->kind == TREE_MAP) {
        verb = key_verb(s->scope, node, verbs, where);
    } else if (!node->broken) {
        diag_report(s->diag, E020, node->loc, "%s is %s, not a map", where,
                    tree_kind_name(node));
    }
    while (verb && strcmp(verbs[number], verb)) {
        number++;
    }
    if (verb && number >= N_EVENT_VERBS) {
        diag_report(s->diag, E090, tree_find(node, verb)->key_loc,
                    "the event %s is not supported yet", verb);
        diag_help(s->diag, "events here: link_down, link_up, port_down, "
                           "port_up, host_down, host_up, switch_reboot, "
                           "flush_mac, set, vm_start, vm_stop");
    } else if (verb) {
        read_by_table(s, node, (enum event_verb) number, i);
    }
    g_free(where);
}

/* Reads 'events'. */
void
read_events(struct scenario *s, const struct key_reader *root)
{
    for (size_t i = 0; i < key_count(root, "events"); i++) {
        read_event(s, key_at(root, "events", i), i);
    }
}

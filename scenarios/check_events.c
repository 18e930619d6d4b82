/* Checks of events: each is played on what earlier ones have left. */

#include "scenarios/read.h"

/* An action's place in the order of a run. */
struct placed {
    struct scenario_action action;
    unsigned int number; /* Of the event in the file. */
};

static int
compare_placed(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;

    if (x->action.when != y->action.when) {
        return x->action.when < y->action.when ? -1 : 1;
    } else if (x->action.is_end != y->action.is_end) {
        return x->action.is_end ? -1 : 1;
    }
    return (x->number > y->number) - (x->number < y->number);
}

/* Returns when 'event' is over; SIM_NEVER if no run lasts so long. */
sim_time
scenario_event_end(const struct scenario_event *event)
{
    return event->lasts > SIM_NEVER - event->at ? SIM_NEVER
                                                : event->at + event->lasts;
}

/* Lists what the events of 's' do, in the order in which it happens: struct
 * scenario_action. */
GArray *
scenario_actions(const struct scenario *s)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(struct placed));
    GArray *actions =
        g_array_new(FALSE, FALSE, sizeof(struct scenario_action));

    for (unsigned int i = 0; i < s->events->len; i++) {
        const struct scenario_event *event = g_ptr_array_index(s->events, i);
        struct placed begin = { { event, event->at, false }, i };
        struct placed end = { { event, scenario_event_end(event), true }, i };

        g_array_append_val(all, begin);
        if (event->lasts) {
            g_array_append_val(all, end);
        }
    }
    g_array_sort(all, compare_placed);
    for (unsigned int i = 0; i < all->len; i++) {
        g_array_append_val(actions,
                           g_array_index(all, struct placed, i).action);
    }
    g_array_unref(all);
    return actions;
}

/* What events have done so far; each table gives the event that did it. */
struct state {
    struct scenario *s;
    GHashTable *down;      /* Links, ports, nodes that are down. */
    GHashTable *vms, *off; /* VMs that had events; those that do not run. */
    GHashTable *settings;  /* "thing/key" of settings that will end. */
};

static void
report(struct state *state, const struct scenario_event *event,
       const char *object, const char *what,
       const struct scenario_event *before)
{
    diag_report(state->s->diag, E078, event->verb_loc, "%s %s", object, what);
    if (before) {
        char *at = quantity_format(quantity_int(before->at, DIM_TIME));
        char *lasts = quantity_format(quantity_int(before->lasts, DIM_TIME));

        diag_help(state->s->diag, "see line %u: %s at %s%s%s",
                  before->loc.line, event_verb_name(before->verb), at,
                  before->lasts ? " for " : "", before->lasts ? lasts : "");
        g_free(at);
        g_free(lasts);
    }
}

/* 'thing' goes down at 'action', or its being down ends. */
static void
go_down(struct state *state, const struct scenario_action *action, void *thing)
{
    const struct scenario_event *event = action->event;
    const struct scenario_event *by = g_hash_table_lookup(state->down, thing);

    if (action->is_end) {
        g_hash_table_remove(state->down, thing);
        return;
    }
    if (by) {
        report(state, event, event->object, "is down already", by);
    }
    g_hash_table_insert(state->down, thing, (void *) event);
}

/* 'thing' goes up by an event of its own. */
static void
go_up(struct state *state, const struct scenario_event *event, void *thing)
{
    const struct scenario_event *by = g_hash_table_lookup(state->down, thing);

    if (!by) {
        report(state, event, event->object, "is not down then", NULL);
    } else if (by->lasts) {
        report(state, event, event->object, "comes up by itself", by);
    }
    g_hash_table_remove(state->down, thing);
}

static void
turn_vm(struct state *state, const struct scenario_action *action, void *vm)
{
    const struct scenario_event *event = action->event;
    const struct scenario_event *last = g_hash_table_lookup(state->vms, vm);
    const char *path = ((const struct scenario_vm *) vm)->path;
    bool starts = (event->verb == EVENT_VM_START) != action->is_end;
    bool is_off = g_hash_table_contains(state->off, vm);

    if (!last && starts) {
        g_hash_table_add(state->s->vms_off, vm);
    } else if (starts != is_off) {
        report(state, event, path,
               starts ? "runs already" : "does not run then", last);
    } else if (starts && !action->is_end && last->lasts) {
        report(state, event, path, "starts by itself", last);
    }
    if (starts) {
        g_hash_table_remove(state->off, vm);
    } else {
        g_hash_table_add(state->off, vm);
    }
    g_hash_table_insert(state->vms, vm, (void *) event);
}

static void
turn_vms(struct state *state, const struct scenario_action *action)
{
    for (unsigned int i = 0; i < action->event->vms->len; i++) {
        turn_vm(state, action, g_ptr_array_index(action->event->vms, i));
    }
}

static void
change_setting(struct state *state, const struct scenario_action *action,
               enum event_setting_key key)
{
    const struct scenario_event *event = action->event;
    char *name = g_strdup_printf(
        "%p/%s", event->link ? (void *) event->link : (void *) event->node,
        event_setting_name(key));
    const struct scenario_event *by =
        g_hash_table_lookup(state->settings, name);

    if (by && !action->is_end) {
        report(state, event, event->object,
               "has a setting that another event will take back", by);
    }
    if (event->lasts && !action->is_end) {
        g_hash_table_insert(state->settings, name, (void *) event);
        return;
    }
    g_hash_table_remove(state->settings, name);
    g_free(name);
}

static void
change_settings(struct state *state, const struct scenario_action *action)
{
    for (int i = 0; i < N_SETTINGS; i++) {
        if (action->event->settings[i].is_given) {
            change_setting(state, action, (enum event_setting_key) i);
        }
    }
}

static void
play(struct state *state, const struct scenario_action *action)
{
    const struct scenario_event *event = action->event;

    switch (event->verb) {
    case EVENT_LINK_DOWN: go_down(state, action, event->link); break;
    case EVENT_LINK_UP: go_up(state, event, event->link); break;
    case EVENT_PORT_DOWN: go_down(state, action, event->port); break;
    case EVENT_PORT_UP: go_up(state, event, event->port); break;
    case EVENT_HOST_DOWN:
    case EVENT_SWITCH_REBOOT: go_down(state, action, event->node); break;
    case EVENT_HOST_UP: go_up(state, event, event->node); break;
    case EVENT_FLUSH_MAC: break;
    case EVENT_SET: change_settings(state, action); break;
    case EVENT_VM_START:
    case EVENT_VM_STOP: turn_vms(state, action); break;
    }
}

static void
check_time(struct scenario *s, const struct scenario_event *event)
{
    char *until = quantity_format(quantity_int(s->until, DIM_TIME));

    if (event->at >= s->until) {
        diag_report(s->diag, E074, event->at_loc,
                    "%s happens when the run has ended", event->id);
        diag_help(s->diag, "the run ends at %s", until);
    }
    g_free(until);
}

/* Checks that every event happens to what is there at its time, and finds out
 * which VMs do not run when the scenario begins. */
void
check_events(struct scenario *s)
{
    GArray *actions = scenario_actions(s);
    struct state state = {
        .s = s,
        .down = g_hash_table_new(NULL, NULL),
        .vms = g_hash_table_new(NULL, NULL),
        .off = g_hash_table_new(NULL, NULL),
        .settings =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
    };

    for (unsigned int i = 0; i < s->events->len; i++) {
        check_time(s, g_ptr_array_index(s->events, i));
    }
    for (unsigned int i = 0; i < actions->len; i++) {
        play(&state, &g_array_index(actions, struct scenario_action, i));
    }
    g_hash_table_unref(state.settings);
    g_hash_table_unref(state.off);
    g_hash_table_unref(state.vms);
    g_hash_table_unref(state.down);
    g_array_unref(actions);
}

/* Events of the resolved scenario. */

#include "scenarios/read.h"
#include "scenarios/resolved_parts.h"

static void
append_vms(GString *out, const GPtrArray *vms)
{
    for (unsigned int i = 0; i < vms->len; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(vms, i);

        g_string_append_printf(out, "%s%s", i ? ", " : "[", vm->path);
    }
    g_string_append_c(out, ']');
}

static void
append_object(GString *out, const struct scenario_event *event)
{
    char *link = event->link ? scenario_link_name(event->link) : NULL;

    g_string_append_printf(out, ", %s: ", event_verb_name(event->verb));
    if (event->vms->len) {
        append_vms(out, event->vms);
    } else {
        g_string_append(out, event->link   ? link
                             : event->node ? event->node->name
                                           : event->port->path);
    }
    g_free(link);
}

static void
append_settings(GString *out, const struct scenario_event *event)
{
    static const enum dim dims[N_SETTINGS] = {
        [SETTING_MTU] = DIM_NUMBER,
        [SETTING_MAC_AGING] = DIM_TIME,
    };

    for (int i = 0; i < N_SETTINGS; i++) {
        const char *key = event_setting_name((enum event_setting_key) i);
        double value = event->settings[i].value;

        if (event->settings[i].is_given && i == SETTING_LOSS) {
            g_string_append_printf(out, ", %s: %.17g%%", key, value * 100);
        } else if (event->settings[i].is_given) {
            resolved_append_quantity(out, key, (int64_t) value, dims[i]);
        }
    }
}

static void
append_event(GString *out, const struct scenario_event *event)
{
    g_string_append_printf(out, "  - {id: %s", event->id);
    resolved_append_quantity(out, "at", event->at, DIM_TIME);
    append_object(out, event);
    if (event->verb == EVENT_FLUSH_MAC && event->port) {
        g_string_append_printf(out, ", port: %s", event->port->path);
    }
    if (event->vlan) {
        g_string_append_printf(out, ", vlan: %u", event->vlan);
    }
    append_settings(out, event);
    if (event->lasts) {
        resolved_append_quantity(out, "for", event->lasts, DIM_TIME);
    }
    g_string_append(out, "}\n");
}

/* Appends the section 'events' of 's', if it has any. */
void
resolved_append_events(const struct scenario *s, GString *out)
{
    if (s->events->len) {
        g_string_append(out, "\nevents:\n");
    }
    for (unsigned int i = 0; i < s->events->len; i++) {
        append_event(out, g_ptr_array_index(s->events, i));
    }
}

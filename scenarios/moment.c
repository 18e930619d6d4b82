/* Moments of a run: a time, or when an event begins or is over, with a time
 * added or taken off:
 *
 *     5s    cut.start    cut.done + 200ms    5s - 1ms */

#include "scenarios/read.h"

#include <string.h>

static void
refuse_moment(struct scenario *s, const char *text, struct loc loc)
{
    diag_report(s->diag, E038, loc, "'%s' is no moment of the run", text);
    diag_help(s->diag, "write a time, or ID.start or ID.done of an event, and "
                       "+ or - a time: 5s, cut.done + 200ms");
}

static bool
parse_time(struct scenario *s, const char *text, struct loc loc, sim_time *t)
{
    struct fault fault = { 0 };
    struct quantity quantity;

    if (!quantity_parse(text, DIM_TIME, &quantity, &fault)) {
        diag_report(s->diag, fault.code, loc, "%s", fault.message);
        if (fault.help) {
            diag_help(s->diag, "%s", fault.help);
        }
        fault_clear(&fault);
        return false;
    }
    quantity_to_int(quantity, t);
    return true;
}

/* Reads "cut.done". */
static bool
parse_event(struct scenario *s, const char *text, struct loc loc, sim_time *t)
{
    const char *dot = strchr(text, '.');
    char *id = g_strndup(text, (size_t) (dot - text));
    const struct scenario_event *event =
        g_hash_table_lookup(s->event_by_id, id);
    bool is_done = !strcmp(dot + 1, "done");

    if (!event) {
        refuse_unknown(s, E038, loc, "event", id, s->event_by_id);
    } else if (!is_done && strcmp(dot + 1, "start")) {
        diag_report(s->diag, E038, loc, "an event has no moment '%s'",
                    dot + 1);
        diag_help(s->diag, "there is: start, done");
        event = NULL;
    } else {
        *t = is_done ? scenario_event_end(event) : event->at;
    }
    g_free(id);
    return event;
}

/* Reads 'text', which stands at 'loc', into '*when', a time of the run.
 * Returns false, and has reported, if it is none. */
bool
read_moment(struct scenario *s, const char *text, struct loc loc,
            sim_time *when)
{
    const char *plus = strstr(text, " + "), *minus = strstr(text, " - ");
    const char *sign = plus ? plus : minus;
    char *first =
        sign ? g_strndup(text, (size_t) (sign - text)) : g_strdup(text);
    sim_time more = 0;
    bool ok = false;

    *when = 0;
    if (g_ascii_isdigit(*first)) {
        ok = parse_time(s, first, loc, when);
    } else if (strchr(first, '.')) {
        ok = parse_event(s, first, loc, when);
    } else {
        refuse_moment(s, text, loc);
    }
    g_free(first);
    if (ok && sign) {
        ok = parse_time(s, sign + 3, loc, &more);
        more = sign == minus ? -more : more;
    }
    if (ok && (more > SIM_NEVER - *when || *when + more < 0)) {
        diag_report(s->diag, E038, loc, "'%s' is not within the run", text);
        ok = false;
    }
    *when += ok ? more : 0;
    return ok;
}

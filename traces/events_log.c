#include "traces/events_log.h"

#include <glib.h>

#include "sim/journal.h"
#include "traces/json_file.h"
#include "traces/outdir.h"
#include "traces/outfile.h"

struct events_log {
    struct node_event_listener events; /* First: the listener is the log. */
    struct outfile *file;              /* The directory's. */
};

static void
see_event(struct node_event_listener *listener, const struct node *node,
          const char *event, const char *text)
{
    JsonObject *details = json_object_new();

    json_object_set_string_member(details, "node", node->name);
    json_object_set_string_member(details, "text", text);
    events_log_add((struct events_log *) listener, told_time(node), event,
                   details);
}

/* Returns a log of what happens in 'sim', events.jsonl in 'dir'. */
struct events_log *
events_log_new(struct sim *sim, struct outdir *dir)
{
    struct events_log *log = g_new0(struct events_log, 1);

    log->events.event = see_event;
    sim_listen_to_events(sim, &log->events);
    log->file = outdir_create(dir, "events.jsonl");
    return log;
}

/* Frees 'log', which may be null; its file is left to the directory. */
void
events_log_free(struct events_log *log)
{
    g_free(log);
}

/* Adds what happened at 'when', e.g. "link_down"; 'details' is taken. */
void
events_log_add(struct events_log *log, sim_time when, const char *event,
               JsonObject *details)
{
    JsonObject *line = json_object_new();
    GList *names = details ? json_object_get_members(details) : NULL;
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    char *text;

    json_object_set_int_member(line, "t_ps", when);
    json_object_set_string_member(line, "event", event);
    for (GList *name = names; name; name = name->next) {
        json_object_set_member(line, name->data,
                               json_object_dup_member(details, name->data));
    }
    json_node_take_object(node, line);
    text = json_text(node, false);
    outfile_puts(log->file, text);
    outfile_puts(log->file, "\n");
    g_free(text);
    json_node_unref(node);
    g_list_free(names);
    if (details) {
        json_object_unref(details);
    }
}

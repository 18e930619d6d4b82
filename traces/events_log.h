/* events.jsonl: what the scenario did to the network, and what the nodes did
 * about it, one JSON object a line:
 *
 *     {"t_ps":100000000000,"event":"link_down","link":"a:p1--b:p2"}
 *     {"t_ps":100000000000,"event":"stp-role","node":"sw1","text":"..."}
 *
 * Listens until the sim is freed and must outlive the run. */

#ifndef TRACES_EVENTS_LOG_H
#define TRACES_EVENTS_LOG_H 1

#include <json-glib/json-glib.h>

#include "sim/clock.h"

struct events_log;
struct outdir;
struct sim;

struct events_log *events_log_new(struct sim *, struct outdir *);
void events_log_free(struct events_log *);

/* 'details', which may be null, is taken; its members follow the event. */
void events_log_add(struct events_log *, sim_time, const char *event,
                    JsonObject *details);

#endif /* traces/events_log.h */

/* Timeline: does to a running network what the scenario's events say.
 *
 * Every action of scenario_actions() is an item of the run's agenda, so it acts
 * between events and may touch any node.  A port is held down by each event
 * that takes it, its link or its node down, and is up again when the last of
 * them has ended; so events may overlap as they like.
 *
 * What happens is written to events.jsonl, if somebody gives the file: one line
 * for each thing, with the id of the event.  The end of 'for' is written as the
 * verb that would have done it:
 *
 *     {"t_ps":12000000000000,"event":"link_down","id":"cut","link":"a:1--b:1"}
 *     {"t_ps":12050000000000,"event":"link_up","id":"cut","link":"a:1--b:1"} */

#ifndef SCENARIOS_TIMELINE_H
#define SCENARIOS_TIMELINE_H 1

struct events_log;
struct network;
struct timeline;

struct timeline *timeline_new(struct network *);
void timeline_free(struct timeline *);
void timeline_write(struct timeline *, struct events_log *);

#endif /* scenarios/timeline.h */

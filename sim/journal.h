/* Journal: what listeners are to hear of a window, in the order in which a run
 * of one partition would have told them.
 *
 * With one partition listeners are called at once.  With several, the journal
 * is open while a window runs: what would be told (a frame at a tap point, a
 * note, a fate, an event of a node) is written down, with a copy of the packet,
 * and told when the window is over.  The partitions' records are merged by time
 * and by the place that their events have among those of that time.
 *
 * A listener may be called later than it happened, and so asks here for time,
 * event and packet.  That works in any run. */

#ifndef SIM_JOURNAL_H
#define SIM_JOURNAL_H 1

#include <stdbool.h>
#include <stdint.h>

#include "sim/node.h"
#include "sim/tap.h"

struct journal;
struct partitions;

struct journal *journal_new(struct partitions *);
void journal_free(struct journal *);
void journal_open(struct journal *);
void journal_close(struct journal *);

/* Telling: at once, or when the journal is closed. */
void tell_frame(const struct tap_point *, enum tap_direction,
                const struct packet *);
void tell_fate(const struct node *, const struct packet *,
               const struct fate *);
void tell_note(const struct node *, const struct packet *, const char *table,
               const char *text);
void tell_event(const struct node *, const char *event, const char *text);

/* For listeners, while they are told something that concerns 'node'. */
sim_time told_time(const struct node *node);
uint64_t told_event(const struct node *node);
const void *told_packet(const struct node *node, const struct packet *);

#endif /* sim/journal.h */

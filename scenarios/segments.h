/* Segments: which nodes hear each other's broadcasts.
 *
 * Switches join what they are linked with to one segment, and so do the ports
 * of one interface of a router.  A router's interfaces are each in a segment of
 * their own choice: it joins segments to an internet, not to one segment.
 *
 * All questions are answered in nearly constant time, after a set-up that is
 * linear in nodes and links. */

#ifndef SCENARIOS_SEGMENTS_H
#define SCENARIOS_SEGMENTS_H 1

#include "scenarios/scenario.h"

struct segments;

struct segments *segments_new(const struct scenario *);
void segments_free(struct segments *);

/* Numbers of the segment that a host, server or switch, and an interface of a
 * router is in; below segments_n(), but not every number is one. */
size_t segments_n(const struct segments *);
size_t segment_of(struct segments *, const struct scenario_node *);
size_t segment_of_interface(struct segments *,
                            const struct scenario_interface *);

/* The internet that a node is in: segments and the routers between them. */
size_t segments_internet(struct segments *, const struct scenario_node *);

/* The first link that closes a loop inside a segment, or null, and how many do.
 * 'uncut': of those only that no spanning tree of switches can cut, because an
 * interface of a router is part of them. */
const struct scenario_link *segments_loop(const struct segments *, bool uncut,
                                          unsigned int *n);
char *segments_name_loop(const struct segments *,
                         const struct scenario_link *);

#endif /* scenarios/segments.h */

/* Routing: what a link-state protocol would have computed.
 *
 * Routing knows all routers of a run.  For every network that an interface of
 * one of them has, it computes the shortest ways by hop count from all others,
 * over links that are up, and installs all next hops of equal cost as one
 * route.  The work is linear: a walk over routers and links for each set of
 * routers that has networks in common, typically a rack's.
 *
 * Loopbacks and links without addresses are not announced.
 *
 * After a link has changed, routes are computed anew when the convergence time
 * has passed.  Each change becomes known so long after it happened, whatever
 * happens in between; changes of one time are one computation.  Until then
 * routers use what they have (but no port without link, see router.h).
 *
 * It is management: it acts at set-up and from the agenda, between events. */

#ifndef MODELS_FABRIC_ROUTING_H
#define MODELS_FABRIC_ROUTING_H 1

#include <stdint.h>

#include "sim/clock.h"

struct agenda;
struct node;
struct port;
struct routing;

struct routing *routing_new(struct agenda *, sim_time convergence);
void routing_free(struct routing *);

/* Set-up: add all routers, whose interfaces and links are made, then compute. */
void routing_add(struct routing *, struct node *router);
void routing_compute(struct routing *);

/* Tells that the link at 'port' has changed.  Routers call it themselves, from
 * the agenda. */
void routing_link_changed(struct routing *, const struct port *);

/* Returns how many times routes were computed after a change. */
uint64_t routing_n_reroutes(const struct routing *);

#endif /* models/fabric/routing.h */

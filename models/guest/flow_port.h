/* Where the second ends of flows listen.
 *
 * Several flows may lead to one port of one guest, and their addresses may be
 * the same, for tenants' networks overlap.  So a guest opens a port once, for
 * the first of them, and what arrives there is given to the end whose flow the
 * packet is tagged with.  A connection or datagram of no such flow is somebody
 * else's: it is reset, or not counted.
 *
 * The port listens with the TCP configuration of the flow that opened it. */

#ifndef MODELS_GUEST_FLOW_PORT_H
#define MODELS_GUEST_FLOW_PORT_H 1

#include "models/guest/guest.h"

struct flow_end;
struct flow_port;

void flow_port_open(struct flow_end *);
void flow_port_close(struct flow_end *);
void flow_port_prefetch(const struct flow_port *, unsigned int step);

/* The guest's list of them. */
struct flow_port **guest_flow_ports(struct guest *);

#endif /* models/guest/flow_port.h */

/* What a router says of packets, for walks.  Make these words only if
 * node_is_heard(). */

#ifndef MODELS_FABRIC_ROUTER_NOTE_H
#define MODELS_FABRIC_ROUTER_NOTE_H 1

#include "models/fabric/router_inside.h"

void router_note_route(const struct router *, const struct packet *,
                       uint32_t hops, unsigned int length);
void router_note_ecmp(const struct router *, const struct packet *,
                      uint32_t hash, const struct next_hop *);
void router_note_neighbor(const struct router *, const struct packet *,
                          const struct neighbor_key *,
                          const struct neighbor *);

#endif /* models/fabric/router_note.h */

/* All fates of packets, by name, for the manual and for metrics such as
 * packets.policy-miss.  The modules define them; this room knows the modules. */

#ifndef SCENARIOS_FATES_H
#define SCENARIOS_FATES_H 1

#include <stddef.h>

#include "sim/node.h"

const struct fate *fates_get(size_t index); /* Null behind the last. */
bool fates_know(const char *name);

#endif /* scenarios/fates.h */

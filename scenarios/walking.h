/* Running a scenario only to see what happens to the packets of one flow. */

#ifndef SCENARIOS_WALKING_H
#define SCENARIOS_WALKING_H 1

#include <glib.h>
#include <signal.h>

#include "scenarios/network.h"
#include "traces/walk.h"

/* A network and the walk that was seen in it. */
struct walking {
    struct network *net;
    struct walk *walk;
};

bool walking_run(const struct scenario *, uint32_t flow,
                 const volatile sig_atomic_t *stop, struct walking *,
                 GError **);
void walking_clear(struct walking *);

#endif /* scenarios/walking.h */

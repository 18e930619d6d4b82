/* What a scenario expands to, as text for people: 'paca show'. */

#ifndef SCENARIOS_SHOW_H
#define SCENARIOS_SHOW_H 1

#include <glib.h>

#include "scenarios/scenario.h"

void show_topology(const struct scenario *, GString *);
void show_addresses(const struct scenario *, GString *);
void show_policy(const struct scenario *, GString *);
void show_resolved(const struct scenario *, GString *);

#endif /* scenarios/show.h */

/* Parts of the resolved scenario: its topology and provider
 * (resolved_topology.c), its events (resolved_events.c), and what all parts write with (resolved.c). */

#ifndef SCENARIOS_RESOLVED_PARTS_H
#define SCENARIOS_RESOLVED_PARTS_H 1

#include "scenarios/resolved.h"
#include "scenarios/units.h"

void resolved_append_topology(const struct scenario *, GString *out);
void resolved_append_events(const struct scenario *, GString *out);

/* Values, and keys of a flow map behind others: ", key: value". */
void resolved_append_text(GString *out, const char *text);
void resolved_append_title(GString *out, const char *title);
void resolved_append_quantity(GString *out, const char *key, int64_t,
                              enum dim);
void resolved_append_ip(GString *out, const char *key, const struct ip_addr *);

#endif /* scenarios/resolved_parts.h */

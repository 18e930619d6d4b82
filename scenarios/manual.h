/* The manual: pages made from the same tables that read scenarios. */

#ifndef SCENARIOS_MANUAL_H
#define SCENARIOS_MANUAL_H 1

#include <glib.h>
#include <stdbool.h>

/* Appends the page called 'name', a kind, "metrics" or "fates", or the list of
 * pages if 'name' is null.  Returns false if there is no such page. */
bool manual_page(const char *name, GString *);

#endif /* scenarios/manual.h */

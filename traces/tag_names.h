/* Names for the numbers in a packet's tag (sim/packet.h), which only the
 * caller knows.  A function may return null, and may be null itself: the name
 * is not known then, and is left out or empty. */

#ifndef TRACES_TAG_NAMES_H
#define TRACES_TAG_NAMES_H 1

#include <stddef.h>
#include <stdint.h>

struct tag_names {
    const char *(*flow)(void *aux, uint32_t flow);
    const char *(*tenant)(void *aux, uint32_t tenant);
    void *aux;
};

/* Returns the name of 'flow', null if it is not known or 0, none.  'names' may
 * be null. */
static inline const char *
tag_flow_name(const struct tag_names *names, uint32_t flow)
{
    return names && names->flow && flow ? names->flow(names->aux, flow) : NULL;
}

static inline const char *
tag_tenant_name(const struct tag_names *names, uint32_t tenant)
{
    return names && names->tenant && tenant ? names->tenant(names->aux, tenant)
                                            : NULL;
}

#endif /* traces/tag_names.h */

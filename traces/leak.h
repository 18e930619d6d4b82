/* Isolation, judged without trusting bytes: does a VM get a frame that another
 * tenant's VM made?
 *
 * Watches frames going into VMs.  A frame's tag says which tenant made it; 0 is
 * the provider, whose frames are nobody's leak.  Listens until the sim is freed
 * and must outlive the run. */

#ifndef TRACES_LEAK_H
#define TRACES_LEAK_H 1

#include <stddef.h>
#include <stdint.h>

#include "sim/tap.h"
#include "traces/frame_counter.h"

struct leak_watch;

struct leak_place {
    struct tap_point *tap; /* A VM's NIC: TAP_IN is into the VM. */
    uint32_t tenant;       /* The VM's, 1 or more. */
};

/* Frames went from one tenant to another, which they must not. */
struct leak_pair {
    uint32_t from, to;
};

struct leak_watch *leak_watch_new(const struct leak_place *, size_t n_places,
                                  uint32_t n_tenants);
void leak_watch_free(struct leak_watch *);

/* Frames of tenant 'from' that went into VMs of tenant 'to'.  From a tenant to
 * itself: what was watched at all. */
uint64_t leak_watch_count(const struct leak_watch *, uint32_t from,
                          uint32_t to);
/* The first of them, null if there is none. */
const struct frame_sighting *leak_watch_first(const struct leak_watch *,
                                              uint32_t from, uint32_t to);

/* All pairs of different tenants with such frames, in order; the caller frees
 * '*pairs'. */
size_t leak_watch_pairs(const struct leak_watch *, struct leak_pair **pairs);

#endif /* traces/leak.h */

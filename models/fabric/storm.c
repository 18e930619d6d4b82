#include "models/fabric/storm.h"

/* Says whether a frame that passes, and was watched as 'watch', makes a
 * storm. */
static bool
is_storm(struct storm_watch *watch, sim_time now)
{
    watch->last = now;
    if (watch->n_passes < STORM_PASSES) {
        watch->n_passes++;
    }
    return watch->n_passes == STORM_PASSES;
}

/* Tells that the frame with the number 'packet' is flooded.  Returns true if
 * that begins a storm. */
bool
storm_sees(struct storm *storm, uint64_t packet, sim_time now)
{
    /* Numbers of one node differ by the number of nodes: their low bits alone
     * would be few. */
    uint64_t hash = packet * UINT64_C(0x9e3779b97f4a7c15) >> 32;
    struct storm_watch *watch = &storm->watched[hash % STORM_WATCHED];
    bool begins;

    if (watch->packet != packet || !watch->n_passes) {
        if (!watch->n_passes || now - watch->last > STORM_PATIENCE) {
            *watch = (struct storm_watch){ packet, now, 1 };
        }
        return false;
    }
    if (!is_storm(watch, now)) {
        return false;
    }
    storm->first = storm->n_storms ? storm->first : now;
    begins = !storm->n_storms || now - storm->last > STORM_QUIET;
    storm->last = now;
    storm->n_storms += begins;
    return begins;
}

#include "sim/tap.h"

#include "sim/journal.h"

/* Adds 'tap' behind those who already listen at 'point'. */
void
tap_add(struct tap_point *point, struct tap *tap)
{
    struct tap **end = &point->first;

    while (*end) {
        end = &(*end)->next;
    }
    tap->next = NULL;
    *end = tap;
    if (point->tapped) {
        point->tapped(point);
    }
}

/* Calls all who listen at 'point'; tap_frame() calls this. */
void
tap_call(const struct tap_point *point, enum tap_direction direction,
         const struct packet *pkt)
{
    tell_frame(point, direction, pkt);
}

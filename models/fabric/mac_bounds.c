#include "models/fabric/mac_bounds.h"

#include <glib.h>

#define FAN 16 /* Bounds that one bound of the next level covers. */

/* Makes '*b' the bounds of 'n_slots' empty slots, 1 or more. */
void
mac_bounds_init(struct mac_bounds *b, uint32_t n_slots)
{
    uint32_t n = (n_slots - 1) / MAC_BOUNDS_BLOCK + 1;
    uint32_t total = 0;

    b->n_levels = 0;
    for (;; n = (n - 1) / FAN + 1) {
        g_assert(b->n_levels < MAC_BOUNDS_LEVELS);
        b->offsets[b->n_levels] = total;
        b->sizes[b->n_levels++] = n;
        total += n;
        if (n == 1) {
            break;
        }
    }
    b->bounds = g_new(uint64_t, total);
    for (uint32_t i = 0; i < total; i++) {
        b->bounds[i] = MAC_BOUNDS_NONE;
    }
}

void
mac_bounds_clear(struct mac_bounds *b)
{
    g_free(b->bounds);
    b->bounds = NULL;
}

/* Notes that 'slot', which was empty, has 'stamp' now. */
void
mac_bounds_lower(struct mac_bounds *b, uint32_t slot, uint64_t stamp)
{
    uint32_t i = slot / MAC_BOUNDS_BLOCK;

    for (uint32_t level = 0; level < b->n_levels; level++, i /= FAN) {
        uint64_t *bound = &b->bounds[b->offsets[level] + i];

        if (*bound <= stamp) {
            return;
        }
        *bound = stamp;
    }
}

/* Returns which of the bounds 'first' and on of 'level', at most FAN, is the
 * least. */
static uint32_t
least_of(const struct mac_bounds *b, uint32_t level, uint32_t first)
{
    const uint64_t *bounds = &b->bounds[b->offsets[level]];
    uint32_t end = MIN(first + FAN, b->sizes[level]);
    uint32_t least = first;

    for (uint32_t i = first + 1; i < end; i++) {
        least = bounds[i] < bounds[least] ? i : least;
    }
    return least;
}

/* Sets the bound of 'block' to 'stamp', the least in it, or MAC_BOUNDS_NONE. */
void
mac_bounds_raise(struct mac_bounds *b, uint32_t block, uint64_t stamp)
{
    uint32_t i = block;

    b->bounds[i] = stamp;
    for (uint32_t level = 1; level < b->n_levels; level++) {
        uint32_t least = least_of(b, level - 1, i / FAN * FAN);

        i /= FAN;
        b->bounds[b->offsets[level] + i] =
            b->bounds[b->offsets[level - 1] + least];
    }
}

/* Returns the block whose bound is the least. */
uint32_t
mac_bounds_least_block(const struct mac_bounds *b)
{
    uint32_t i = 0;

    for (uint32_t level = b->n_levels - 1; level > 0; level--) {
        i = least_of(b, level - 1, i * FAN);
    }
    return i;
}

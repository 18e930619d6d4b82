/* Lower bounds: finds the least of many stamps that only ever grow.
 *
 * The slots of a table each have a stamp, kept by the table.  A stamp may grow
 * at any time and nothing is told of it here: what is kept is a bound of each
 * block of slots, one of each 16 blocks, and so on up to one of all, each not
 * above the stamps below it.  Growing stamps keep all of these true.  Who wants
 * the least one looks into the block that the bounds point to, raises its bound
 * to what is really there, and looks again if the bounds now point elsewhere.
 * So growing is free, and finding costs what it corrects: each stamp that has
 * grown is paid for at most once.
 *
 * Only who enters a stamp into an empty slot must say so, by
 * mac_bounds_lower().  Takes a quarter of a byte for each slot. */

#ifndef MODELS_FABRIC_MAC_BOUNDS_H
#define MODELS_FABRIC_MAC_BOUNDS_H 1

#include <stddef.h>
#include <stdint.h>

#define MAC_BOUNDS_BLOCK  32         /* Slots of a block. */
#define MAC_BOUNDS_LEVELS 7          /* Enough for 2^30 slots. */
#define MAC_BOUNDS_NONE   UINT64_MAX /* Bound of where nothing is. */

struct mac_bounds {
    uint64_t *bounds;                    /* Level by level, blocks first. */
    uint32_t offsets[MAC_BOUNDS_LEVELS]; /* Where each level begins. */
    uint32_t sizes[MAC_BOUNDS_LEVELS];   /* Bounds of each level. */
    uint32_t n_levels;                   /* The last one has one bound. */
};

void mac_bounds_init(struct mac_bounds *, uint32_t n_slots);
void mac_bounds_clear(struct mac_bounds *);
void mac_bounds_lower(struct mac_bounds *, uint32_t slot, uint64_t stamp);
void mac_bounds_raise(struct mac_bounds *, uint32_t block, uint64_t stamp);
uint32_t mac_bounds_least_block(const struct mac_bounds *);

/* Returns a bound of all stamps. */
static inline uint64_t
mac_bounds_least(const struct mac_bounds *b)
{
    return b->bounds[b->offsets[b->n_levels - 1]];
}

/* Returns the bytes that the bounds take. */
static inline size_t
mac_bounds_bytes(const struct mac_bounds *b)
{
    return (b->offsets[b->n_levels - 1] + 1) * sizeof *b->bounds;
}

#endif /* models/fabric/mac_bounds.h */

/* Arena: memory that lives as long as a run and is touched all the time.
 *
 * It is taken from the system in chunks that grow with what is used, and given
 * back all together.  Large chunks ask for huge pages: with the usual ones of
 * 4 KiB, a network of a hundred thousand ports spends more time on finding
 * pages than on reading them.
 *
 * What models keep in ordinary memory can be moved to huge pages too, once,
 * when a run turns out to be long. */

#ifndef SIM_ARENA_H
#define SIM_ARENA_H 1

#include <stddef.h>

#define ARENA_ALIGN 64 /* Bytes of a cache line. */

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *);
void *arena_take(struct arena *, size_t bytes);
void arena_settle_heap(void);

#endif /* sim/arena.h */

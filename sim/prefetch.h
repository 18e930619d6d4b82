/* Fetching memory into the cache before it is touched.
 *
 * It changes nothing but time, and any address may be given, null too.  See
 * event_queue_prefetch() for when it is done. */

#ifndef SIM_PREFETCH_H
#define SIM_PREFETCH_H 1

#include <stddef.h>

#define PREFETCH_LINE 64 /* Bytes of a cache line. */

/* Fetches the 'bytes' at 'memory', which will be written. */
static inline void
prefetch_bytes(const void *memory, size_t bytes)
{
    for (size_t i = 0; i < bytes; i += PREFETCH_LINE) {
        __builtin_prefetch((const char *) memory + i, 1);
    }
}

#endif /* sim/prefetch.h */

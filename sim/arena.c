#include "sim/arena.h"

#include <glib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define CHUNK_MIN  ((size_t) 64 * 1024)
#define CHUNK_HUGE ((size_t) 2 * 1024 * 1024) /* A huge page. */
#define COLLAPSE   25                         /* MADV_COLLAPSE of Linux 6.1. */

struct arena {
    GPtrArray *chunks;
    char *next;   /* In the last chunk, */
    size_t left;  /* of which so many bytes are free. */
    size_t chunk; /* Bytes that the next one will have. */
};

struct arena *
arena_new(void)
{
    struct arena *arena = g_new0(struct arena, 1);

    arena->chunks = g_ptr_array_new_with_free_func(free);
    arena->chunk = CHUNK_MIN;
    return arena;
}

/* Frees 'arena', which may be null, and all that was taken from it. */
void
arena_free(struct arena *arena)
{
    if (arena) {
        g_ptr_array_unref(arena->chunks);
        g_free(arena);
    }
}

static void
add_chunk(struct arena *arena, size_t bytes)
{
    size_t size = MAX(arena->chunk, bytes);
    size_t align = size < CHUNK_HUGE ? ARENA_ALIGN : CHUNK_HUGE;
    char *chunk;

    size = (size + align - 1) / align * align;
    chunk = aligned_alloc(align, size);
    if (!chunk) {
        g_error("out of memory");
    }
    if (align == CHUNK_HUGE) {
        (void) madvise(chunk, size, MADV_HUGEPAGE); /* It need not help. */
    }
    g_ptr_array_add(arena->chunks, chunk);
    arena->next = chunk;
    arena->left = size;
    arena->chunk = MIN(2 * arena->chunk, CHUNK_HUGE);
}

/* Returns 'bytes' bytes, whole cache lines, that are not set. */
void *
arena_take(struct arena *arena, size_t bytes)
{
    void *taken;

    bytes = (bytes + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
    if (bytes > arena->left) {
        add_chunk(arena, bytes);
    }
    taken = arena->next;
    arena->next += bytes;
    arena->left -= bytes;
    return taken;
}

/* Moves what malloc() has handed out to huge pages, where the system can. */
void
arena_settle_heap(void)
{
    char *maps, *name, *line;
    guint64 begin, end;

    if (!g_file_get_contents("/proc/self/maps", &maps, NULL, NULL)) {
        return;
    }
    name = strstr(maps, "[heap]");
    if (name) {
        *name = '\0';
        line = strrchr(maps, '\n');
        begin = g_ascii_strtoull(line ? line + 1 : maps, &line, 16);
        end = *line == '-' ? g_ascii_strtoull(line + 1, NULL, 16) : begin;
        if (end > begin) {
            (void) madvise((void *) (uintptr_t) begin, end - begin, COLLAPSE);
        }
    }
    g_free(maps);
}

/* The capture reader, given any bytes as a file.  What it takes must keep its
 * promises; what it refuses, it refuses with words. */

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "traces/capture_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check(const struct frame_list *list)
{
    const uint8_t *next = list->bytes;
    unsigned int sum = 0;

    g_assert(list->n <= CAPTURE_READER_N_MAX);
    for (size_t i = 0; i < list->n; i++) {
        const struct captured_frame *frame = &list->frames[i];

        g_assert(frame->stored <= frame->size);
        g_assert(frame->size <= CAPTURE_READER_FRAME_MAX);
        g_assert(frame->time_ns >= 0);
        g_assert(frame->data == next);
        next += frame->stored;
        for (uint32_t j = 0; j < frame->stored; j++) {
            sum += frame->data[j]; /* Every byte may be read. */
        }
    }
    g_assert(sum < UINT32_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GError *error = NULL;
    struct frame_list *list =
        frame_list_read_memory("fuzz", data, size, &error);

    g_assert(!list == !!error);
    if (list) {
        check(list);
        frame_list_free(list);
    } else {
        g_assert(g_str_has_prefix(error->message, "fuzz: "));
        g_error_free(error);
    }
    return 0;
}

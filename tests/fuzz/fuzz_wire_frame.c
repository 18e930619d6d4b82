/* A look at any frame, and its text.
 *
 * The input is 16 bits and a frame's first bytes.  The 16 bits say how long the
 * frame is: with the top bit set, so many bytes less than are given, else so
 * many more. */

#include <stdlib.h>
#include <string.h>

#include "models/wire/bytes.h"
#include "models/wire/frame.h"
#include "models/wire/frame_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
check(bool ok)
{
    if (!ok) {
        abort();
    }
}

/* What a caller relies on: all that the view points to is in the frame. */
static void
check_view(const struct frame_view *view, size_t size)
{
    check(view->l3_offset <= size);
    check((uint64_t) view->l3_offset + view->l3_size <= size);
    check((uint64_t) view->l4_offset + view->l4_size <= size);
    check(!view->l4_offset || view->l4_offset > view->l3_offset);
    check((uint64_t) view->inner_offset + view->inner_size <= size);
    check((view->tunnel == FRAME_TUNNEL_NONE) == !view->inner_offset);
    check(!view->has_ports || view->l4_offset);
    check(!(view->has_ports && view->has_icmp));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t stored)
{
    struct frame_view view;
    char buf[FRAME_TEXT_MAX];
    size_t size, n;
    uint16_t change;

    if (stored < 2) {
        return 0;
    }
    change = get_be16(data);
    data += 2;
    stored -= 2;
    size = stored + change;
    if (change & 0x8000) {
        size = stored - (change & 0x7fff) % (stored + 1);
    }
    if (frame_parse(&view, data, stored, size)) {
        check_view(&view, size);
    }
    n = frame_summary(buf, sizeof buf, data, stored, size);
    check(n < sizeof buf && buf[n] == '\0');
    for (size_t i = 0; i < n; i++) {
        check(buf[i] >= ' ' && buf[i] <= '~');
    }
    check(frame_summary(buf, n / 2 + 1, data, stored, size) == n / 2);
    return 0;
}

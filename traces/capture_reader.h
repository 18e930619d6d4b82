/* Captures read back: pcap or pcapng, as a list of Ethernet frames.
 *
 * The whole file is read and checked at once, so a workload that replays it
 * cannot meet a surprise.  The file may be hostile: frames above
 * CAPTURE_READER_FRAME_MAX bytes, other link types, times out of range, and
 * files with more frames or bytes than the limits are refused by an error that
 * names the file and the frame, counted from 1 as Wireshark does. */

#ifndef TRACES_CAPTURE_READER_H
#define TRACES_CAPTURE_READER_H 1

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_READER_FRAME_MAX 9600      /* Bytes of a frame. */
#define CAPTURE_READER_N_MAX     1000000   /* Frames of a file. */
#define CAPTURE_READER_BYTES_MAX 268435456 /* Of all frames together. */

#define CAPTURE_READER_ERROR (capture_reader_error_quark())
GQuark capture_reader_error_quark(void);

struct captured_frame {
    int64_t time_ns;     /* As the file has it; not always rising. */
    const uint8_t *data; /* 'stored' bytes; the list's. */
    uint32_t stored;     /* Bytes in the file, at most 'size'. */
    uint32_t size;       /* Bytes of the frame when it was captured. */
};

struct frame_list {
    struct captured_frame *frames;
    size_t n;
    uint8_t *bytes; /* Where the frames' data lie. */
};

struct frame_list *frame_list_read(const char *path, GError **);
struct frame_list *frame_list_read_memory(const char *name, const void *data,
                                          size_t size, GError **);
void frame_list_free(struct frame_list *);

#endif /* traces/capture_reader.h */

/* Captures: what passes at one or several tap points, as a file for Wireshark.
 *
 * Every frame gets a comment that says what the bytes do not:
 *
 *     packet=17 tenant=blue flow=blue-q step=encap vsid=5001
 *
 * and " drop=REASON" if the node drops that very packet in the same event.  So
 * the last frame is held back until the next one comes or the capture is
 * closed.
 *
 * A file that reaches its limit takes no more frames; capture_stats tells how
 * many matched and did not fit.  A capture listens until its sim is freed and
 * must outlive the run; it writes its last frame at capture_close(). */

#ifndef TRACES_CAPTURE_H
#define TRACES_CAPTURE_H 1

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/clock.h"
#include "sim/tap.h"
#include "traces/capture_format.h"
#include "traces/tag_names.h"

struct capture;
struct outdir;
struct sim;

struct capture_config {
    enum capture_format format;
    const char *filter;     /* pcap-filter(7), null: every frame. */
    uint32_t snaplen;       /* Bytes kept of a frame, 0: all. */
    uint64_t limit_bytes;   /* Most bytes of the file, 0: no limit. */
    uint64_t limit_packets; /* Most frames in the file, 0: no limit. */
    sim_time from, to;      /* Frames at from <= time < to; to 0: for ever. */
};

struct capture_place {
    struct tap_point *tap;
    const char *description; /* "Hyper-V Host 1"; null: none. */
};

struct capture_stats {
    uint64_t packets;  /* Frames in the file. */
    uint64_t left_out; /* Frames that matched when the file was full. */
    sim_time full_at;  /* When the first was left out, SIM_NEVER: never. */
};

struct capture *capture_new(struct sim *, struct outdir *, const char *name,
                            const struct capture_config *,
                            const struct capture_place *, size_t n_places,
                            const struct tag_names *, GError **);
void capture_close(struct capture *);
void capture_free(struct capture *);

const struct capture_stats *capture_stats(const struct capture *);
const char *capture_file_name(const struct capture *);

#endif /* traces/capture.h */

/* A frame as one line of text, for people.
 *
 *     10.1.1.2 > 10.1.1.1 TCP 49152 > 1433 [S] seq 1 len 0, 58 B
 *     ARP who-has 10.1.1.1 tell 10.1.1.2, 42 B
 *     192.168.1.12 > 192.168.1.10 NVGRE vsid 5001 flow 0xa7 | 10.1.1.2 > ...
 *
 * A frame in a frame follows a '|'.  The bytes at the end are the whole
 * frame's, without FCS.  Whatever the bytes are, the text is printable ASCII.
 * 'stored' and 'size' are as in frame.h. */

#ifndef MODELS_WIRE_FRAME_TEXT_H
#define MODELS_WIRE_FRAME_TEXT_H 1

#include <stddef.h>
#include <stdint.h>

#define FRAME_TEXT_MAX 512 /* Room for any but a freak's line. */

size_t frame_summary(char *buf, size_t cap, const uint8_t *data, size_t stored,
                     size_t size);

#endif /* models/wire/frame_text.h */

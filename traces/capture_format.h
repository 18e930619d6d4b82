/* Capture files as bytes: pcapng, and classic pcap with nanoseconds.
 *
 * pcapng (draft-ietf-opsawg-pcapng) here is a section header, one interface
 * description per interface and one enhanced packet block per frame.  Classic
 * pcap has one nameless interface, no direction and no comments.  Both are
 * little-endian and hold nothing of the machine or the hour: equal runs give
 * equal bytes.  Times are nanoseconds since the run began. */

#ifndef TRACES_CAPTURE_FORMAT_H
#define TRACES_CAPTURE_FORMAT_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_SNAPLEN_MAX 262144 /* What libpcap and Wireshark take. */
#define PCAP_RECORD_BYTES   16     /* Of classic pcap, beside the frame. */

struct outfile;

enum capture_format {
    CAPTURE_PCAPNG,
    CAPTURE_PCAP,
};

struct capture_interface {
    const char *name;        /* "hv1:eth0". */
    const char *description; /* Null: none. */
    const char *filter;      /* In pcap-filter(7)'s language, null: none. */
    uint32_t snaplen;        /* Most bytes of a frame that are kept. */
};

/* A frame: 'captured' of its 'size' bytes are written, of which the first
 * 'stored' are at 'data' and the rest are zeros. */
struct capture_record {
    uint32_t interface; /* Counted from 0 in the order of description. */
    uint64_t time_ns;
    const uint8_t *data;
    uint32_t stored, captured, size;
    bool is_out;         /* Leaving the interface's node. */
    const char *comment; /* Null: none. */
};

void pcapng_write_section(struct outfile *);
void pcapng_write_interface(struct outfile *,
                            const struct capture_interface *);
void pcapng_write_record(struct outfile *, const struct capture_record *);

uint32_t pcapng_record_bytes(uint32_t captured, uint32_t comment_bytes);

void pcap_write_header(struct outfile *, uint32_t snaplen);
void pcap_write_record(struct outfile *, const struct capture_record *);

#endif /* traces/capture_format.h */

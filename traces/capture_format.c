#include "traces/capture_format.h"

#include <glib.h>
#include <string.h>

#include "traces/outfile.h"

/* Blocks and options, draft-ietf-opsawg-pcapng sections 3.5 and 4. */
#define BLOCK_SECTION    0x0a0d0d0au
#define BLOCK_INTERFACE  1u
#define BLOCK_PACKET     6u
#define BYTE_ORDER_MAGIC 0x1a2b3c4du

#define OPTION_END        0
#define OPTION_COMMENT    1
#define OPTION_USERAPPL   4 /* Of a section, like the comment of a packet. */
#define OPTION_IF_NAME    2
#define OPTION_IF_DESCR   3
#define OPTION_IF_TSRESOL 9
#define OPTION_IF_FILTER  11
#define OPTION_EPB_FLAGS  2
#define OPTION_TEXT_MAX   65528 /* Bytes; a length has 16 bits. */

#define FILTER_IS_TEXT 0 /* First byte of if_filter: pcap-filter(7). */
#define TSRESOL_NS     9 /* 10^-9 s. */
#define FLAG_INBOUND   1u
#define FLAG_OUTBOUND  2u

#define LINKTYPE_ETHERNET 1
#define PCAP_MAGIC_NS     0xa1b23c4du /* Classic pcap with nanoseconds. */

#define NS_PER_S 1000000000u

static void
put16(struct outfile *file, uint16_t n)
{
    uint8_t le[2] = { (uint8_t) n, (uint8_t) (n >> 8) };

    outfile_write(file, le, sizeof le);
}

static void
put32(struct outfile *file, uint32_t n)
{
    put16(file, (uint16_t) n);
    put16(file, (uint16_t) (n >> 16));
}

static uint32_t
pad32(uint32_t n)
{
    return (n + 3) & ~3u;
}

/* Bytes of 'text' that an option keeps. */
static uint32_t
text_bytes(const char *text)
{
    size_t n = strlen(text);

    return n < OPTION_TEXT_MAX ? (uint32_t) n : OPTION_TEXT_MAX;
}

/* Bytes of an option that holds 'text' behind 'extra' bytes, 0 if null. */
static uint32_t
option_bytes(const char *text, uint32_t extra)
{
    return text ? 4 + pad32(extra + text_bytes(text)) : 0;
}

static void
put_option(struct outfile *file, uint16_t code, const char *text)
{
    uint32_t n;

    if (text) {
        n = text_bytes(text);
        put16(file, code);
        put16(file, (uint16_t) n);
        outfile_write(file, text, n);
        outfile_zeros(file, pad32(n) - n);
    }
}

/* Begins a capture file. */
void
pcapng_write_section(struct outfile *file)
{
    static const char program[] = "paca";
    uint32_t size = 24 + option_bytes(program, 0) + 4 + 4;

    put32(file, BLOCK_SECTION);
    put32(file, size);
    put32(file, BYTE_ORDER_MAGIC);
    put16(file, 1); /* Version 1.0. */
    put16(file, 0);
    put32(file, UINT32_MAX); /* Section length: not known. */
    put32(file, UINT32_MAX);
    put_option(file, OPTION_USERAPPL, program);
    put32(file, OPTION_END);
    put32(file, size);
}

static void
put_filter_option(struct outfile *file, const char *filter)
{
    static const uint8_t kind = FILTER_IS_TEXT;
    uint32_t n;

    if (filter) {
        n = text_bytes(filter);
        put16(file, OPTION_IF_FILTER);
        put16(file, (uint16_t) (1 + n));
        outfile_write(file, &kind, 1);
        outfile_write(file, filter, n);
        outfile_zeros(file, pad32(1 + n) - (1 + n));
    }
}

/* Describes the next interface.  All of a file should have one snaplen:
 * libpcap reads no others. */
void
pcapng_write_interface(struct outfile *file,
                       const struct capture_interface *interface)
{
    static const uint8_t tsresol[4] = { TSRESOL_NS };
    uint32_t size = 16 + option_bytes(interface->name, 0)
                    + option_bytes(interface->description, 0) + 8
                    + option_bytes(interface->filter, 1) + 4 + 4;

    put32(file, BLOCK_INTERFACE);
    put32(file, size);
    put16(file, LINKTYPE_ETHERNET);
    put16(file, 0);
    put32(file, interface->snaplen);
    put_option(file, OPTION_IF_NAME, interface->name);
    put_option(file, OPTION_IF_DESCR, interface->description);
    put16(file, OPTION_IF_TSRESOL);
    put16(file, 1);
    outfile_write(file, tsresol, sizeof tsresol);
    put_filter_option(file, interface->filter);
    put32(file, OPTION_END);
    put32(file, size);
}

static void
put_frame(struct outfile *file, const struct capture_record *record)
{
    uint32_t held = MIN(record->stored, record->captured);

    outfile_write(file, record->data, held);
    outfile_zeros(file, record->captured - held);
}

/* Returns the bytes that pcapng_write_record() writes for a frame of which
 * 'captured' bytes are kept, with a comment of 'comment_bytes'. */
uint32_t
pcapng_record_bytes(uint32_t captured, uint32_t comment_bytes)
{
    return 28 + pad32(captured) + 8 + 4 + pad32(comment_bytes) + 4 + 4;
}

/* Appends a frame that was seen at an interface described before. */
void
pcapng_write_record(struct outfile *file, const struct capture_record *record)
{
    uint32_t size = 28 + pad32(record->captured) + 8
                    + option_bytes(record->comment, 0) + 4 + 4;

    put32(file, BLOCK_PACKET);
    put32(file, size);
    put32(file, record->interface);
    put32(file, (uint32_t) (record->time_ns >> 32));
    put32(file, (uint32_t) record->time_ns);
    put32(file, record->captured);
    put32(file, record->size);
    put_frame(file, record);
    outfile_zeros(file, pad32(record->captured) - record->captured);
    put16(file, OPTION_EPB_FLAGS);
    put16(file, 4);
    put32(file, record->is_out ? FLAG_OUTBOUND : FLAG_INBOUND);
    put_option(file, OPTION_COMMENT, record->comment);
    put32(file, OPTION_END);
    put32(file, size);
}

/* Begins a classic capture file. */
void
pcap_write_header(struct outfile *file, uint32_t snaplen)
{
    put32(file, PCAP_MAGIC_NS);
    put16(file, 2); /* Version 2.4. */
    put16(file, 4);
    put32(file, 0); /* Time zone and accuracy, not in use. */
    put32(file, 0);
    put32(file, snaplen);
    put32(file, LINKTYPE_ETHERNET);
}

/* Appends a frame; its interface, direction and comment are lost. */
void
pcap_write_record(struct outfile *file, const struct capture_record *record)
{
    put32(file, (uint32_t) (record->time_ns / NS_PER_S));
    put32(file, (uint32_t) (record->time_ns % NS_PER_S));
    put32(file, record->captured);
    put32(file, record->size);
    put_frame(file, record);
}

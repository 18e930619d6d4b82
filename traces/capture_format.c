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

#define PCAP_HEADER_BYTES 24
#define NS_PER_S          1000000000u

/* Each writes little-endian at '*at' and goes on behind that. */

static void
put16(uint8_t **at, uint16_t n)
{
    n = GUINT16_TO_LE(n);
    memcpy(*at, &n, sizeof n);
    *at += sizeof n;
}

static void
put32(uint8_t **at, uint32_t n)
{
    n = GUINT32_TO_LE(n);
    memcpy(*at, &n, sizeof n);
    *at += sizeof n;
}

static void
put_bytes(uint8_t **at, const void *data, size_t size)
{
    if (size) {
        memcpy(*at, data, size);
        *at += size;
    }
}

static void
put_zeros(uint8_t **at, size_t size)
{
    memset(*at, 0, size);
    *at += size;
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
put_option(uint8_t **at, uint16_t code, const char *text)
{
    uint32_t n;

    if (text) {
        n = text_bytes(text);
        put16(at, code);
        put16(at, (uint16_t) n);
        put_bytes(at, text, n);
        put_zeros(at, pad32(n) - n);
    }
}

/* Begins a capture file. */
void
pcapng_write_section(struct outfile *file)
{
    static const char program[] = "paca";
    uint32_t size = 24 + option_bytes(program, 0) + 4 + 4;
    uint8_t *at = outfile_extend(file, size);

    put32(&at, BLOCK_SECTION);
    put32(&at, size);
    put32(&at, BYTE_ORDER_MAGIC);
    put16(&at, 1); /* Version 1.0. */
    put16(&at, 0);
    put32(&at, UINT32_MAX); /* Section length: not known. */
    put32(&at, UINT32_MAX);
    put_option(&at, OPTION_USERAPPL, program);
    put32(&at, OPTION_END);
    put32(&at, size);
}

static void
put_filter_option(uint8_t **at, const char *filter)
{
    static const uint8_t kind = FILTER_IS_TEXT;
    uint32_t n;

    if (filter) {
        n = text_bytes(filter);
        put16(at, OPTION_IF_FILTER);
        put16(at, (uint16_t) (1 + n));
        put_bytes(at, &kind, 1);
        put_bytes(at, filter, n);
        put_zeros(at, pad32(1 + n) - (1 + n));
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
    uint8_t *at = outfile_extend(file, size);

    put32(&at, BLOCK_INTERFACE);
    put32(&at, size);
    put16(&at, LINKTYPE_ETHERNET);
    put16(&at, 0);
    put32(&at, interface->snaplen);
    put_option(&at, OPTION_IF_NAME, interface->name);
    put_option(&at, OPTION_IF_DESCR, interface->description);
    put16(&at, OPTION_IF_TSRESOL);
    put16(&at, 1);
    put_bytes(&at, tsresol, sizeof tsresol);
    put_filter_option(&at, interface->filter);
    put32(&at, OPTION_END);
    put32(&at, size);
}

static void
put_frame(uint8_t **at, const struct capture_record *record)
{
    uint32_t held = MIN(record->stored, record->captured);

    put_bytes(at, record->data, held);
    put_zeros(at, record->captured - held);
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
    uint8_t *at = outfile_extend(file, size);

    put32(&at, BLOCK_PACKET);
    put32(&at, size);
    put32(&at, record->interface);
    put32(&at, (uint32_t) (record->time_ns >> 32));
    put32(&at, (uint32_t) record->time_ns);
    put32(&at, record->captured);
    put32(&at, record->size);
    put_frame(&at, record);
    put_zeros(&at, pad32(record->captured) - record->captured);
    put16(&at, OPTION_EPB_FLAGS);
    put16(&at, 4);
    put32(&at, record->is_out ? FLAG_OUTBOUND : FLAG_INBOUND);
    put_option(&at, OPTION_COMMENT, record->comment);
    put32(&at, OPTION_END);
    put32(&at, size);
}

/* Begins a classic capture file. */
void
pcap_write_header(struct outfile *file, uint32_t snaplen)
{
    uint8_t *at = outfile_extend(file, PCAP_HEADER_BYTES);

    put32(&at, PCAP_MAGIC_NS);
    put16(&at, 2); /* Version 2.4. */
    put16(&at, 4);
    put32(&at, 0); /* Time zone and accuracy, not in use. */
    put32(&at, 0);
    put32(&at, snaplen);
    put32(&at, LINKTYPE_ETHERNET);
}

/* Appends a frame; its interface, direction and comment are lost. */
void
pcap_write_record(struct outfile *file, const struct capture_record *record)
{
    uint8_t *at =
        outfile_extend(file, PCAP_RECORD_BYTES + (size_t) record->captured);

    put32(&at, (uint32_t) (record->time_ns / NS_PER_S));
    put32(&at, (uint32_t) (record->time_ns % NS_PER_S));
    put32(&at, record->captured);
    put32(&at, record->size);
    put_frame(&at, record);
}

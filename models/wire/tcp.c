#include "models/wire/tcp.h"

#include <string.h>

#include "models/wire/bytes.h"

/* Kinds of options, and their bytes on the wire. */
#define OPT_END             0
#define OPT_NOP             1
#define OPT_MSS             2
#define OPT_WINDOW_SCALE    3
#define OPT_SACK_PERMITTED  4
#define OPT_SACK            5
#define OPT_TIMESTAMPS      8
#define MSS_SIZE            4
#define WINDOW_SCALE_SIZE   3
#define SACK_PERMITTED_SIZE 2
#define TIMESTAMPS_SIZE     10
#define SACK_HLEN           2
#define SACK_BLOCK_SIZE     8

/* Reads the header at 'data', of which 'size' bytes may be read, into '*hdr'.
 * Returns false, with '*hdr' untouched, if it or its options are cut short, or
 * its length is less than that of a header. */
bool
tcp_decode(struct tcp_hdr *hdr, const uint8_t *data, size_t size)
{
    size_t hlen;

    if (size < TCP_HLEN) {
        return false;
    }
    hlen = 4u * (data[12] >> 4);
    if (hlen < TCP_HLEN || hlen > size) {
        return false;
    }
    hdr->sport = get_be16(data + TCP_OFS_SPORT);
    hdr->dport = get_be16(data + TCP_OFS_DPORT);
    hdr->seq = get_be32(data + 4);
    hdr->ack = get_be32(data + 8);
    hdr->header_length = (uint8_t) hlen;
    hdr->flags = data[13];
    hdr->window = get_be16(data + 14);
    hdr->checksum = get_be16(data + TCP_OFS_CHECKSUM);
    hdr->urgent = get_be16(data + 18);
    return true;
}

/* Writes the header without its options, for which 'hdr->header_length' leaves
 * room behind it. */
void
tcp_encode(const struct tcp_hdr *hdr, uint8_t data[TCP_HLEN])
{
    put_be16(data + TCP_OFS_SPORT, hdr->sport);
    put_be16(data + TCP_OFS_DPORT, hdr->dport);
    put_be32(data + 4, hdr->seq);
    put_be32(data + 8, hdr->ack);
    data[12] = (uint8_t) (hdr->header_length / 4 << 4);
    data[13] = hdr->flags;
    put_be16(data + 14, hdr->window);
    put_be16(data + TCP_OFS_CHECKSUM, hdr->checksum);
    put_be16(data + 18, hdr->urgent);
}

static void
sack_decode(struct tcp_options *options, const uint8_t *data, size_t length)
{
    size_t n = (length - SACK_HLEN) / SACK_BLOCK_SIZE;

    data += SACK_HLEN;
    for (size_t i = 0; i < n; i++, data += SACK_BLOCK_SIZE) {
        options->sack[i].start = get_be32(data);
        options->sack[i].end = get_be32(data + 4);
    }
    options->n_sack_blocks = (uint8_t) n;
}

/* True if 'length' is one that an option of 'kind' may have. */
static bool
length_is_right(uint8_t kind, size_t length)
{
    switch (kind) {
    case OPT_MSS: return length == MSS_SIZE;
    case OPT_WINDOW_SCALE: return length == WINDOW_SCALE_SIZE;
    case OPT_SACK_PERMITTED: return length == SACK_PERMITTED_SIZE;
    case OPT_SACK:
        return length > SACK_HLEN
               && (length - SACK_HLEN) % SACK_BLOCK_SIZE == 0
               && (length - SACK_HLEN) / SACK_BLOCK_SIZE
                      <= TCP_SACK_BLOCKS_MAX;
    case OPT_TIMESTAMPS: return length == TIMESTAMPS_SIZE;
    default: return length >= 2;
    }
}

/* Reads the option at 'data', of 'length' bytes. */
static void
option_decode(struct tcp_options *options, const uint8_t *data, size_t length)
{
    switch (data[0]) {
    case OPT_MSS: options->mss = get_be16(data + 2); break;
    case OPT_WINDOW_SCALE:
        options->has_window_scale = true;
        options->window_scale =
            data[2] < TCP_WINDOW_SCALE_MAX ? data[2] : TCP_WINDOW_SCALE_MAX;
        break;
    case OPT_SACK_PERMITTED: options->sack_permitted = true; break;
    case OPT_SACK: sack_decode(options, data, length); break;
    case OPT_TIMESTAMPS:
        options->has_timestamps = true;
        options->ts_value = get_be32(data + 2);
        options->ts_echo = get_be32(data + 6);
        break;
    default: break;
    }
}

/* Reads the options at 'data', 'size' bytes (the header's length less TCP_HLEN),
 * into '*options'.  Of several of a kind the last counts; a window scale above
 * TCP_WINDOW_SCALE_MAX is taken as that (RFC 7323 section 2.3).  Returns false,
 * with '*options' untouched, if they are malformed. */
bool
tcp_options_decode(struct tcp_options *options, const uint8_t *data,
                   size_t size)
{
    struct tcp_options result = { 0 };

    while (size > 0 && data[0] != OPT_END) {
        size_t length = 1;

        if (data[0] != OPT_NOP) {
            length = size < 2 ? 0 : data[1];
            if (length > size || !length_is_right(data[0], length)) {
                return false;
            }
            option_decode(&result, data, length);
        }
        data += length;
        size -= length;
    }
    *options = result;
    return true;
}

/* Writes NOPs so that an option of 'length' bytes behind them ends on a 32-bit
 * word, then its kind and length.  Returns where its value goes. */
static uint8_t *
option_start(uint8_t *data, uint8_t kind, size_t length)
{
    for (size_t n = length; n % 4 != 0; n++) {
        *data++ = OPT_NOP;
    }
    *data++ = kind;
    *data++ = (uint8_t) length;
    return data;
}

/* Writes as many SACK blocks as there are and as fit before 'end'. */
static uint8_t *
sack_encode(const struct tcp_options *options, uint8_t *data,
            const uint8_t *end)
{
    size_t room = (size_t) (end - data);
    size_t n = options->n_sack_blocks;

    if (room < 4 + SACK_BLOCK_SIZE || n == 0) {
        return data;
    }
    if (n > (room - 4) / SACK_BLOCK_SIZE) {
        n = (room - 4) / SACK_BLOCK_SIZE;
    }
    data = option_start(data, OPT_SACK, SACK_HLEN + n * SACK_BLOCK_SIZE);
    for (size_t i = 0; i < n; i++, data += SACK_BLOCK_SIZE) {
        put_be32(data, options->sack[i].start);
        put_be32(data + 4, options->sack[i].end);
    }
    return data;
}

/* Writes the options at 'data' and returns their bytes, a multiple of 4: what
 * the header's length is more than TCP_HLEN.  SACK blocks for which there is no
 * room are left out, the last ones first. */
size_t
tcp_options_encode(const struct tcp_options *options,
                   uint8_t data[TCP_OPTIONS_MAX])
{
    uint8_t *p = data;

    if (options->mss) {
        p = option_start(p, OPT_MSS, MSS_SIZE);
        put_be16(p, options->mss);
        p += 2;
    }
    if (options->has_window_scale) {
        p = option_start(p, OPT_WINDOW_SCALE, WINDOW_SCALE_SIZE);
        *p++ = options->window_scale;
    }
    if (options->sack_permitted) {
        p = option_start(p, OPT_SACK_PERMITTED, SACK_PERMITTED_SIZE);
    }
    if (options->has_timestamps) {
        p = option_start(p, OPT_TIMESTAMPS, TIMESTAMPS_SIZE);
        put_be32(p, options->ts_value);
        put_be32(p + 4, options->ts_echo);
        p += 8;
    }
    p = sack_encode(options, p, data + TCP_OPTIONS_MAX);
    return (size_t) (p - data);
}

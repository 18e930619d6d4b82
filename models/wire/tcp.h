/* TCP header, RFC 9293 section 3.1, and its options.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |          Source port          |       Destination port        |
 *     |                        Sequence number                        |
 *     |                    Acknowledgment number                      |
 *     |Offset |reservd|C|E|U|A|P|R|S|F|            Window             |
 *     |           Checksum            |         Urgent pointer        |
 *     |                    Options, 0 to 40 bytes                     |
 *
 * The checksum is written as given: fill the segment in with 0 there and put
 * checksum_of_segment() in its place.
 *
 * Options known: MSS, NOP, end (RFC 9293), window scale and timestamps (RFC
 * 7323), SACK permitted and SACK (RFC 2018).  Others are skipped.  Options that
 * are malformed, by a length that is none, runs out of the header or is not the
 * one that its kind has, are refused as a whole.
 *
 * Each option is written on its own 32-bit words, NOPs first, in the order
 * MSS, scale, SACK permitted, timestamps, SACK. */

#ifndef MODELS_WIRE_TCP_H
#define MODELS_WIRE_TCP_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TCP_HLEN             20 /* Without options. */
#define TCP_HLEN_MAX         60
#define TCP_OPTIONS_MAX      40
#define TCP_SACK_BLOCKS_MAX  4
#define TCP_WINDOW_SCALE_MAX 14 /* RFC 7323 section 2.3. */
#define TCP_OFS_SPORT        0
#define TCP_OFS_DPORT        2
#define TCP_OFS_CHECKSUM     16

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_PSH 0x08
#define TCP_ACK 0x10
#define TCP_URG 0x20
#define TCP_ECE 0x40
#define TCP_CWR 0x80

struct tcp_hdr {
    uint16_t sport, dport;
    uint32_t seq, ack;
    uint8_t header_length; /* Bytes, 20 to 60, a multiple of 4. */
    uint8_t flags;         /* TCP_FIN and the others. */
    uint16_t window;       /* As on the wire: not scaled. */
    uint16_t checksum;
    uint16_t urgent;
};

/* Sequence numbers [start, end). */
struct tcp_sack_block {
    uint32_t start, end;
};

struct tcp_options {
    uint16_t mss; /* Bytes, 0: no option. */
    bool has_window_scale;
    uint8_t window_scale; /* Shift, 0 to TCP_WINDOW_SCALE_MAX. */
    bool sack_permitted;
    bool has_timestamps;
    uint8_t n_sack_blocks;
    uint32_t ts_value, ts_echo;
    struct tcp_sack_block sack[TCP_SACK_BLOCKS_MAX];
};

bool tcp_decode(struct tcp_hdr *, const uint8_t *data, size_t size);
void tcp_encode(const struct tcp_hdr *, uint8_t data[TCP_HLEN]);

bool tcp_options_decode(struct tcp_options *, const uint8_t *data,
                        size_t size);
size_t tcp_options_encode(const struct tcp_options *,
                          uint8_t data[TCP_OPTIONS_MAX]);

#endif /* models/wire/tcp.h */

/* Bridge Protocol Data Units of the spanning tree protocols, IEEE 802.1D-2004
 * section 9, and the frames that carry them (IEEE 802.3 with LLC).
 *
 *     |  01-80-C2-00-00-00  |  source, 6  |  length, 2  |  42 42 03  |  BPDU
 *
 *     octets                   TCN  Configuration  RST
 *     2   protocol, 0          x    x              x
 *     1   version              0    0              2
 *     1   type                 80   00             02
 *     1   flags                     x              x
 *     8   root identifier           x              x
 *     4   root path cost            x              x
 *     8   bridge identifier         x              x
 *     2   port identifier           x              x
 *     8   times, in 1/256 s         x              x
 *     1   version 1 length                         0
 *
 *     flags  7    6          5           4         3 2   1         0
 *            TCA  agreement  forwarding  learning  role  proposal  TC
 *
 * A receiver of a version takes later versions as its own, and looks at no
 * octet behind those that it knows (9.3.4).  A configuration BPDU has flags TCA
 * and TC only, and tells of a designated port.
 *
 * Identifiers are numbers: a bridge's is its priority (4 bits), a system
 * extension (12) and its address (48), a port's its priority (4) and number
 * (12); less is better. */

#ifndef MODELS_WIRE_STP_H
#define MODELS_WIRE_STP_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/eth.h"

#define STP_LLC_HLEN    3
#define STP_OFS         (ETH_HLEN + STP_LLC_HLEN) /* Of the BPDU in a frame. */
#define STP_TCN_BYTES   4                         /* Of a BPDU. */
#define STP_CONF_BYTES  35
#define STP_RST_BYTES   36
#define STP_FRAME_MAX   (STP_OFS + STP_RST_BYTES)
#define STP_BRIDGES     UINT64_C(0x0180c2000000) /* Where BPDUs are sent to. */
#define STP_TIME_SECOND 256                      /* Unit of times: 1/256 s. */

enum stp_type {
    STP_CONF = 0x00,
    STP_RST = 0x02,
    STP_TCN = 0x80,
};

/* Flags. */
#define STP_TC         0x01
#define STP_PROPOSAL   0x02
#define STP_LEARNING   0x10
#define STP_FORWARDING 0x20
#define STP_AGREEMENT  0x40
#define STP_TCA        0x80

/* Role of the port that sent an RST BPDU, as in its flags. */
enum stp_role {
    STP_ROLE_UNKNOWN,
    STP_ROLE_ALTERNATE, /* Or backup. */
    STP_ROLE_ROOT,
    STP_ROLE_DESIGNATED,
};

/* A TCN BPDU has its type only. */
struct stp_bpdu {
    enum stp_type type;
    enum stp_role role; /* Of a configuration BPDU: designated. */
    uint8_t flags;      /* Without the role. */
    uint16_t port_id;
    uint32_t root_cost;
    uint64_t root_id, bridge_id;
    uint16_t message_age, max_age, hello_time, forward_delay; /* 1/256 s. */
};

bool stp_decode(struct stp_bpdu *, const uint8_t *data, size_t size);
size_t stp_encode(const struct stp_bpdu *, uint8_t data[STP_RST_BYTES]);

bool stp_is_announced(const uint8_t *data, size_t stored);
bool stp_frame_decode(struct stp_bpdu *, const uint8_t *data, size_t stored,
                      size_t size);
size_t stp_frame_encode(const struct stp_bpdu *, struct eth_addr src,
                        uint8_t data[STP_FRAME_MAX]);

#endif /* models/wire/stp.h */

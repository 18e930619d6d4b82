#include "models/wire/stp.h"

#include <string.h>

#define VERSION_STP  0
#define VERSION_RSTP 2
#define LLC_SAP      0x42 /* Of the Bridge Spanning Tree Protocol. */
#define LLC_UI       0x03 /* Unnumbered information. */
#define ROLE_SHIFT   2
#define ROLE_MASK    (3u << ROLE_SHIFT)
#define CONF_FLAGS   (STP_TC | STP_TCA)

/* Bytes behind the type. */
#define OFS_FLAGS         4
#define OFS_ROOT_ID       5
#define OFS_ROOT_COST     13
#define OFS_BRIDGE_ID     17
#define OFS_PORT_ID       25
#define OFS_MESSAGE_AGE   27
#define OFS_MAX_AGE       29
#define OFS_HELLO_TIME    31
#define OFS_FORWARD_DELAY 33
#define OFS_VERSION_1     35

static void
decode_fields(struct stp_bpdu *bpdu, const uint8_t *data)
{
    bpdu->root_id = get_be64(data + OFS_ROOT_ID);
    bpdu->root_cost = get_be32(data + OFS_ROOT_COST);
    bpdu->bridge_id = get_be64(data + OFS_BRIDGE_ID);
    bpdu->port_id = get_be16(data + OFS_PORT_ID);
    bpdu->message_age = get_be16(data + OFS_MESSAGE_AGE);
    bpdu->max_age = get_be16(data + OFS_MAX_AGE);
    bpdu->hello_time = get_be16(data + OFS_HELLO_TIME);
    bpdu->forward_delay = get_be16(data + OFS_FORWARD_DELAY);
}

/* Reads the BPDU at 'data', of which 'size' bytes may be read, into '*bpdu'.
 * Returns false, with '*bpdu' untouched, if it is cut short or none that section
 * 9.3.4 accepts: its protocol or type is not known, or it is an RST BPDU of a
 * version before RSTP. */
bool
stp_decode(struct stp_bpdu *bpdu, const uint8_t *data, size_t size)
{
    if (size < STP_TCN_BYTES || get_be16(data) != 0) {
        return false;
    }
    if (data[3] == STP_TCN) {
        *bpdu = (struct stp_bpdu){ .type = STP_TCN };
        return true;
    }
    if (data[3] == STP_CONF && size >= STP_CONF_BYTES) {
        bpdu->type = STP_CONF;
        bpdu->role = STP_ROLE_DESIGNATED;
        bpdu->flags = data[OFS_FLAGS] & CONF_FLAGS;
        decode_fields(bpdu, data);
        return true;
    }
    if (data[3] == STP_RST && data[2] >= VERSION_RSTP
        && size >= STP_RST_BYTES) {
        bpdu->type = STP_RST;
        bpdu->role =
            (enum stp_role)((data[OFS_FLAGS] & ROLE_MASK) >> ROLE_SHIFT);
        bpdu->flags = (uint8_t) (data[OFS_FLAGS] & ~ROLE_MASK);
        decode_fields(bpdu, data);
        return true;
    }
    return false;
}

static void
encode_fields(const struct stp_bpdu *bpdu, uint8_t *data)
{
    put_be64(data + OFS_ROOT_ID, bpdu->root_id);
    put_be32(data + OFS_ROOT_COST, bpdu->root_cost);
    put_be64(data + OFS_BRIDGE_ID, bpdu->bridge_id);
    put_be16(data + OFS_PORT_ID, bpdu->port_id);
    put_be16(data + OFS_MESSAGE_AGE, bpdu->message_age);
    put_be16(data + OFS_MAX_AGE, bpdu->max_age);
    put_be16(data + OFS_HELLO_TIME, bpdu->hello_time);
    put_be16(data + OFS_FORWARD_DELAY, bpdu->forward_delay);
}

/* Writes '*bpdu' and returns its bytes. */
size_t
stp_encode(const struct stp_bpdu *bpdu, uint8_t data[STP_RST_BYTES])
{
    put_be16(data, 0);
    data[2] = bpdu->type == STP_RST ? VERSION_RSTP : VERSION_STP;
    data[3] = (uint8_t) bpdu->type;
    switch (bpdu->type) {
    case STP_TCN: return STP_TCN_BYTES;
    case STP_CONF:
        data[OFS_FLAGS] = bpdu->flags & CONF_FLAGS;
        encode_fields(bpdu, data);
        return STP_CONF_BYTES;
    case STP_RST: break;
    }
    data[OFS_FLAGS] = (uint8_t) ((bpdu->flags & ~ROLE_MASK)
                                 | (unsigned int) bpdu->role << ROLE_SHIFT);
    encode_fields(bpdu, data);
    data[OFS_VERSION_1] = 0;
    return STP_RST_BYTES;
}

/* Says whether LLC in the frame at 'data', of which 'stored' bytes may be read,
 * announces a BPDU. */
bool
stp_is_announced(const uint8_t *data, size_t stored)
{
    return stored >= STP_OFS && get_be16(data + 2 * ETH_ALEN) < ETH_TYPE_MIN
           && data[ETH_HLEN] == LLC_SAP && data[ETH_HLEN + 1] == LLC_SAP
           && data[ETH_HLEN + 2] == LLC_UI;
}

/* Reads the BPDU in the frame of 'size' bytes whose first 'stored' are at
 * 'data'.  Returns false, with '*bpdu' untouched, if there is none. */
bool
stp_frame_decode(struct stp_bpdu *bpdu, const uint8_t *data, size_t stored,
                 size_t size)
{
    size_t length;

    if (size < stored) {
        stored = size;
    }
    if (!stp_is_announced(data, stored)) {
        return false;
    }
    length = get_be16(data + 2 * ETH_ALEN);
    if (length < STP_LLC_HLEN || length > size - ETH_HLEN) {
        return false;
    }
    length -= STP_LLC_HLEN;
    if (length > stored - STP_OFS) {
        length = stored - STP_OFS;
    }
    return stp_decode(bpdu, data + STP_OFS, length);
}

/* Writes the frame in which a port with the address 'src' sends '*bpdu', and
 * returns its bytes. */
size_t
stp_frame_encode(const struct stp_bpdu *bpdu, struct eth_addr src,
                 uint8_t data[STP_FRAME_MAX])
{
    size_t size = stp_encode(bpdu, data + STP_OFS);
    struct eth_hdr eth = {
        .dst = eth_addr_from_u64(STP_BRIDGES),
        .src = src,
        .type = (uint16_t) (STP_LLC_HLEN + size),
    };

    eth_encode(&eth, data);
    data[ETH_HLEN] = data[ETH_HLEN + 1] = LLC_SAP;
    data[ETH_HLEN + 2] = LLC_UI;
    return STP_OFS + size;
}

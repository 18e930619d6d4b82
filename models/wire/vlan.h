/* VLAN tag, IEEE 802.1Q section 9.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     |             TPID              | PCP |D|          VID          |
 *
 * The tag's four bytes lie at VLAN_OFS, right behind the two addresses, and
 * before the ethertype of what is tagged: a tag is pushed by moving the
 * addresses down by VLAN_HLEN and writing it behind them.
 *
 * VID 0 means "priority only, no VLAN", 0xfff is reserved; both decode. */

#ifndef MODELS_WIRE_VLAN_H
#define MODELS_WIRE_VLAN_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/bytes.h"
#include "models/wire/eth.h"

#define VLAN_HLEN    4
#define VLAN_OFS     12 /* From the start of the frame. */
#define VLAN_VID_MIN 1  /* Of what may be given to a tenant. */
#define VLAN_VID_MAX 4094

struct vlan_tag {
    uint16_t tpid; /* ETH_TYPE_VLAN or ETH_TYPE_QINQ. */
    uint16_t vid;  /* 0 to 4095. */
    uint8_t pcp;   /* Priority, 0 to 7. */
    bool dei;      /* Drop eligible. */
};

/* Reads the tag at 'data' (not the frame: its byte VLAN_OFS), of which 'size'
 * bytes may be read, into '*tag'.  Returns false, with '*tag' untouched, if it
 * is cut short or what is there is no tag. */
static inline bool
vlan_decode(struct vlan_tag *tag, const uint8_t *data, size_t size)
{
    uint16_t tci;

    if (size < VLAN_HLEN
        || (get_be16(data) != ETH_TYPE_VLAN
            && get_be16(data) != ETH_TYPE_QINQ)) {
        return false;
    }
    tci = get_be16(data + 2);
    tag->tpid = get_be16(data);
    tag->vid = tci & 0xfff;
    tag->pcp = (uint8_t) (tci >> 13);
    tag->dei = tci >> 12 & 1;
    return true;
}

static inline void
vlan_encode(const struct vlan_tag *tag, uint8_t data[VLAN_HLEN])
{
    put_be16(data, tag->tpid);
    put_be16(data + 2,
             (uint16_t) ((tag->pcp & 7u) << 13 | (tag->dei ? 1u << 12 : 0)
                         | (tag->vid & 0xfffu)));
}

#endif /* models/wire/vlan.h */

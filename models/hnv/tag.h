/* The 802.1Q tag of a packet.  models/wire knows its four bytes; here they get
 * into a frame and out of it again. */

#ifndef MODELS_HNV_TAG_H
#define MODELS_HNV_TAG_H 1

#include <stdbool.h>
#include <string.h>

#include "models/wire/vlan.h"
#include "sim/packet.h"

/* Says whether the frame at 'data', of which ETH_HLEN bytes may be read, says of
 * itself that it has a tag. */
static inline bool
tag_is_at(const uint8_t *data)
{
    uint16_t type = get_be16(data + VLAN_OFS);

    return type == ETH_TYPE_VLAN || type == ETH_TYPE_QINQ;
}

/* Reads the first tag of the frame 'pkt' into '*tag'.  Returns false if it has
 * none, or one that is cut short. */
static inline bool
tag_look(const struct packet *pkt, struct vlan_tag *tag)
{
    return pkt->stored >= ETH_HLEN + VLAN_HLEN
           && vlan_decode(tag, packet_data(pkt) + VLAN_OFS, VLAN_HLEN);
}

/* Puts '*tag' in front of any other of 'pkt', which has an Ethernet header. */
static inline void
tag_push(struct packet *pkt, const struct vlan_tag *tag)
{
    uint8_t *data = packet_push(pkt, VLAN_HLEN);

    memmove(data, data + VLAN_HLEN, VLAN_OFS);
    vlan_encode(tag, data + VLAN_OFS);
}

/* Takes the first tag off 'pkt', which has one. */
static inline void
tag_pop(struct packet *pkt)
{
    uint8_t *data = packet_data(pkt);

    memmove(data + VLAN_HLEN, data, VLAN_OFS);
    packet_pull(pkt, VLAN_HLEN);
}

#endif /* models/hnv/tag.h */

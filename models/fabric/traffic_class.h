/* What a frame's bytes say of how it is to be queued: priority, DSCP, ECN.
 *
 * The IP header is looked for behind at most one 802.1Q tag.  A frame that has
 * none, or of which too little is held, has DSCP 0 and is not ECT. */

#ifndef MODELS_FABRIC_TRAFFIC_CLASS_H
#define MODELS_FABRIC_TRAFFIC_CLASS_H 1

#include <stdbool.h>
#include <stdint.h>

#include "sim/packet.h"

#define TRAFFIC_CLASSES_MAX 8

uint32_t traffic_class_by_pcp(const struct packet *, uint32_t n_classes);
uint32_t traffic_class_by_dscp(const struct packet *, uint32_t n_classes);

bool packet_is_ect(const struct packet *);
void packet_mark_ce(struct packet *);

#endif /* models/fabric/traffic_class.h */

/* VLANs of a running network: the switches' ports are configured for those of
 * the VMs that run. */

#ifndef SCENARIOS_NETWORK_VLANS_H
#define SCENARIOS_NETWORK_VLANS_H 1

#include "scenarios/network.h"

void network_build_vlans(struct network *);

#endif /* scenarios/network_vlans.h */

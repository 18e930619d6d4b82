/* VLANs of a running network: the switches' ports are configured for those of
 * the VMs that run, and again when VMs are started and stopped. */

#ifndef SCENARIOS_NETWORK_VLANS_H
#define SCENARIOS_NETWORK_VLANS_H 1

#include "scenarios/network.h"

void network_build_vlans(struct network *);
void network_clear_vlans(struct network *);

/* Orders what the start, or stop, of 'vms' makes necessary. */
void network_provision(struct network *, const GPtrArray *vms, bool is_off);

#endif /* scenarios/network_vlans.h */

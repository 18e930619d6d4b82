/* VLANs over the switches: which ports must carry which.
 *
 * A VLAN's members are the switch ports at which hosts with VMs of it hang.
 * Between these it must pass every way that frames may take: a link between
 * switches carries a VLAN unless it leads only to where the VLAN has no member.
 * Where switches form loops, any of the ways may come into use when a link
 * fails, so all of a loop carry it.
 *
 * Members come and go with VMs.  The ports of one VLAN are found in time linear
 * in the number of switches and links between them. */

#ifndef SCENARIOS_VLANS_H
#define SCENARIOS_VLANS_H 1

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "scenarios/scenario.h"

struct vlans;

struct vlans *vlans_new(const struct scenario *);
void vlans_free(struct vlans *);

/* True if the VLAN of 'vm' has gained or lost a member.  VMs of other datapaths
 * have no VLAN. */
bool vlans_add_vm(struct vlans *, const struct scenario_vm *);
bool vlans_remove_vm(struct vlans *, const struct scenario_vm *);

/* Puts the ports of switches that must carry 'vlan' into 'ports', which must be
 * empty, by switch. */
void vlans_find_ports(struct vlans *, uint16_t vlan, GPtrArray *ports);

/* The port of a switch at which 'host' hangs, or null. */
const struct scenario_port *vlans_port_of(const struct scenario_node *host);

/* The VLAN that trunks carry untagged, 0 if there is none because a virtual
 * subnet has it. */
uint16_t vlans_native(const struct scenario *);

#endif /* scenarios/vlans.h */

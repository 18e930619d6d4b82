/* Ends of traffic: VMs and bare servers.
 *
 * A workload joins two ends.  To it, a VM and a server are the same: a guest
 * with an address and a NIC.  Readers, checks and outputs ask here what they
 * need to know of an end, whichever it is. */

#ifndef SCENARIOS_END_H
#define SCENARIOS_END_H 1

#include "scenarios/network.h"
#include "scenarios/scenario.h"

struct scenario_end end_of_vm(struct scenario_vm *);
struct scenario_end end_of_server(struct scenario_node *);
bool end_is_known(const struct scenario_end *); /* Else it was reported. */
bool end_equal(const struct scenario_end *, const struct scenario_end *);

const char *end_path(const struct scenario_end *); /* "blue/web", "h1". */
struct ip_addr end_address(const struct scenario_end *);
uint16_t end_mtu(const struct scenario_end *);
const struct scenario_node *end_node(const struct scenario_end *);

/* Where the frames of its NIC pass.  A server without a link has no port, and
 * then 'port' and 'vm' are null. */
struct scenario_place end_nic(const struct scenario *,
                              const struct scenario_end *);

/* Names to ends; what is not there is reported and gives false.  A list gets
 * struct scenario_end of the VMs or servers that a glob names, or a set:
 * all-vms, all-servers. */
bool find_end(struct scenario *, const char *path, struct loc,
              struct scenario_end *);
bool find_ends(struct scenario *, const char *glob, struct loc, GArray *ends);

/* In the running network. */
struct guest *end_guest(const struct network *, const struct scenario_end *);
struct tap_point *end_tap(const struct network *, const struct scenario_end *);

#endif /* scenarios/end.h */

/* VLAN provisioning: configuring switches as the work that it is.
 *
 * A VLAN must be a member of certain trunk ports, of which somebody else knows
 * and says so: before the run what is configured already
 * (provisioning_assume()), later what must be (provisioning_require()).  What
 * differs becomes jobs, one for each switch on the way, and these are worked
 * off one after the other, first come first served: there is one operator.  A
 * job takes a time, at whose end the ports carry the VLAN, or no longer do, and
 * while it lasts traffic may be cut off: on the ports that change, or on all
 * ports of the switch.
 *
 * A VLAN that is no longer wanted before a job for it has begun costs that job
 * all the same, and one more: the operator does what was ordered.
 *
 * Provisioning acts by the agenda only, and holds ports down (port_hold_down),
 * so it may meet other causes of outages. */

#ifndef MODELS_FABRIC_PROVISIONING_H
#define MODELS_FABRIC_PROVISIONING_H 1

#include <stddef.h>
#include <stdint.h>

#include "sim/node.h"

/* What is cut off while a switch is being configured. */
enum provisioning_outage {
    PROVISIONING_OUTAGE_NONE,
    PROVISIONING_OUTAGE_PORT,   /* The ports that change. */
    PROVISIONING_OUTAGE_SWITCH, /* All ports of the switch. */
};

/* All zeros: it is instantaneous and harmless. */
struct provisioning_config {
    sim_time per_switch; /* Time that a job takes, */
    sim_time jitter;     /* and up to so much more, all equally likely. */
    enum provisioning_outage outage;
};

/* A trunk port of a switch. */
struct provisioning_port {
    struct node *sw;
    uint32_t port;
};

struct provisioning;

struct provisioning *provisioning_new(struct sim *,
                                      const struct provisioning_config *);
void provisioning_free(struct provisioning *);

void provisioning_assume(struct provisioning *, uint16_t vlan,
                         const struct provisioning_port *, size_t n);
void provisioning_require(struct provisioning *, uint16_t vlan,
                          const struct provisioning_port *, size_t n);
size_t provisioning_n_jobs(const struct provisioning *); /* To be done. */

#endif /* models/fabric/provisioning.h */

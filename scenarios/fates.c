#include "scenarios/fates.h"

#include <glib.h>
#include <string.h>

#include "models/fabric/l2_switch.h"
#include "models/fabric/router.h"
#include "models/guest/guest.h"
#include "models/guest/server.h"
#include "models/guest/tcp.h"
#include "models/hnv/datapath.h"
#include "models/host/host.h"
#include "sim/port.h"

static const struct {
    const struct fate *fates;
    size_t n;
} modules[] = {
    { guest_fates, GUEST_N_FATES },
    { tcp_fates, TCP_N_FATES },
    { server_fates, SERVER_N_FATES },
    { host_fates, HOST_N_FATES },
    { datapath_drops, DATAPATH_N_DROPS },
    { l2_switch_drops, L2_SWITCH_N_DROPS },
    { &l2_switch_stp, 1 },
    { router_fates, ROUTER_N_FATES },
    { port_drops, PORT_N_DROPS },
};

/* Returns fate number 'index', counting from 0 over all modules. */
const struct fate *
fates_get(size_t index)
{
    for (size_t i = 0; i < G_N_ELEMENTS(modules); i++) {
        if (index < modules[i].n) {
            return &modules[i].fates[index];
        }
        index -= modules[i].n;
    }
    return NULL;
}

/* Says whether packets can end by a fate called 'name'. */
bool
fates_know(const char *name)
{
    const struct fate *fate;

    for (size_t i = 0; (fate = fates_get(i)) != NULL; i++) {
        if (!strcmp(fate->name, name)) {
            return true;
        }
    }
    return false;
}

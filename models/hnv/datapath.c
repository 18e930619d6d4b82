#include "models/hnv/datapath.h"

#include <string.h>

const struct fate datapath_drops[DATAPATH_N_DROPS] = {
#define X(ID, NAME, HELP) [DATAPATH_DROP_##ID] = { FATE_DROPPED, NAME, HELP },
    DATAPATH_DROPS(X)
#undef X
};

const struct datapath_ops *const datapath_kinds[] = {
    &datapath_flat, &datapath_vlan, &datapath_rewrite, &datapath_nvgre, NULL,
};

/* Returns the datapath that records with 'rule' ask for; every rule has one. */
const struct datapath_ops *
datapath_by_rule(enum policy_rule rule)
{
    const struct datapath_ops *const *kind = datapath_kinds;

    while (*kind && (*kind)->rule != rule) {
        kind++;
    }
    return *kind;
}

/* Returns the datapath that a scenario calls 'kind', null if none. */
const struct datapath_ops *
datapath_by_kind(const char *kind)
{
    for (const struct datapath_ops *const *k = datapath_kinds; *k; k++) {
        if (!strcmp((*k)->kind, kind)) {
            return *k;
        }
    }
    return NULL;
}

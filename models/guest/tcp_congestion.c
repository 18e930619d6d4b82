#include "models/guest/tcp_congestion.h"

#include <stddef.h>
#include <string.h>

const struct tcp_congestion *const tcp_congestions[] = {
    &tcp_newreno,
    NULL,
};

/* Returns the congestion control called 'name', or null if there is none. */
const struct tcp_congestion *
tcp_congestion_by_name(const char *name)
{
    for (size_t i = 0; tcp_congestions[i]; i++) {
        if (!strcmp(tcp_congestions[i]->name, name)) {
            return tcp_congestions[i];
        }
    }
    return NULL;
}

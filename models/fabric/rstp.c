#include "models/fabric/rstp.h"

#include <glib.h>

const struct rstp_config rstp_default = {
    .priority = RSTP_PRIORITY,
    .tx_hold_count = RSTP_TX_HOLD_COUNT,
    .hello_time = RSTP_HELLO_TIME,
    .max_age = RSTP_MAX_AGE,
    .forward_delay = RSTP_FORWARD_DELAY,
};

const struct rstp_port_config rstp_port_default = {
    .priority = RSTP_PORT_PRIORITY,
    .auto_edge = true,
};

/* Returns the recommended cost of a link of 'rate_bps', table 17-3: 20,000 for
 * 1 Gb/s, 2,000 for 10 Gb/s. */
uint32_t
rstp_path_cost(uint64_t rate_bps)
{
    const uint64_t of_1_bps = UINT64_C(20000000000000);

    return (uint32_t) CLAMP(of_1_bps / MAX(rate_bps, 1), 1, RSTP_COST_MAX);
}

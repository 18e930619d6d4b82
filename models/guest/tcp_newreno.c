#include "models/guest/tcp_congestion.h"

#include <glib.h>

/* NewReno: slow start and congestion avoidance of RFC 5681 section 3.1, with
 * appropriate byte counting (RFC 3465).  memory[0] counts the bytes that were
 * acknowledged since congestion avoidance last widened the window. */

#define SLOW_START_LIMIT 2 /* Segments an ACK, RFC 3465 section 2.2: L. */

static void
newreno_init(struct tcp_control *control)
{
    control->ssthresh = TCP_WINDOW_MAX;
}

static void
newreno_on_ack(struct tcp_control *control, const struct tcp_acked *acked)
{
    uint32_t mss = control->mss;

    if (!acked->window_used || control->cwnd >= TCP_WINDOW_MAX) {
        return;
    }
    if (control->cwnd < control->ssthresh) {
        /* After a timeout an ACK may cover what left the network long ago:
         * RFC 3465 section 2.3 sets L = 1 then. */
        uint32_t limit = acked->after_timeout ? mss : SLOW_START_LIMIT * mss;

        control->cwnd += MIN(acked->bytes, limit);
        return;
    }
    control->memory[0] += acked->bytes;
    if (control->memory[0] >= control->cwnd) {
        control->memory[0] -= control->cwnd;
        control->cwnd += mss;
    }
}

/* RFC 5681 section 3.1, equation (4). */
static void
newreno_halve(struct tcp_control *control)
{
    control->ssthresh = MAX(control->flight / 2, 2 * control->mss);
    control->memory[0] = 0;
}

static void
newreno_on_recovered(struct tcp_control *control)
{
    control->memory[0] = 0;
}

const struct tcp_congestion tcp_newreno = {
    .name = "newreno",
    .help = "RFC 5681 and 6582: halves its window at a loss",
    .init = newreno_init,
    .on_ack = newreno_on_ack,
    .on_loss = newreno_halve,
    .on_timeout = newreno_halve,
    .on_recovered = newreno_on_recovered,
};

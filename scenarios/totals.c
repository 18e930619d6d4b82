#include "scenarios/totals.h"

#include <string.h>

/* Datagrams are timed where they arrive, all else where it began. */
static bool
is_one_way(const struct scenario_flow *flow)
{
    return !strcmp(flow->config.kind->name, "udp");
}

/* Adds up what both ends of 'flow' have seen so far.  Each thing is counted by
 * one of them only. */
void
flow_totals_get(const struct network *net, const struct scenario_flow *flow,
                struct flow_totals *totals)
{
    size_t place = flow->place;
    const struct flow_stats *client = flow_end_stats(net->clients[place]);
    const struct flow_stats *server = flow_end_stats(net->servers[place]);
    sim_time took;

    *totals = (struct flow_totals){
        .sent = client->sent,
        .completed = client->completed + server->completed,
        .sent_bytes = client->sent_bytes + server->sent_bytes,
        .delivered_bytes = client->delivered_bytes + server->delivered_bytes,
        .retransmits = client->retransmits + server->retransmits,
        .resets = client->resets + server->resets,
        .errors = client->errors + server->errors,
        .start = client->first,
        .end = MAX(client->last, server->last),
        .latency = is_one_way(flow) ? &server->latency : &client->latency,
    };
    totals->lost = totals->sent - MIN(totals->sent, totals->completed);
    took = totals->end - totals->start;
    if (totals->start >= 0 && took > 0) {
        totals->goodput_bps = (double) totals->delivered_bytes * 8
                              * (double) SIM_S / (double) took;
    }
}

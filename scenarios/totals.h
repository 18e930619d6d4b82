/* Totals: what the two ends of a flow have seen, added up. */

#ifndef SCENARIOS_TOTALS_H
#define SCENARIOS_TOTALS_H 1

#include "scenarios/network.h"
#include "sim/histogram.h"

struct flow_totals {
    uint64_t sent, completed, lost, sent_bytes, delivered_bytes, retransmits,
        resets, errors;
    double goodput_bps;
    sim_time start, end; /* -1: it has not started; nothing arrived. */
    const struct histogram *latency; /* ps */
};

void flow_totals_get(const struct network *, const struct scenario_flow *,
                     struct flow_totals *);

#endif /* scenarios/totals.h */

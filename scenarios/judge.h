/* The judge: watches a run for its expectations and says which hold.
 *
 * Everything it needs to see is set up before the run: queries of metrics, a
 * watch for leaks, counters of frames, walks.  It changes nothing of the run
 * but the probes, which are part of the scenario. */

#ifndef SCENARIOS_JUDGE_H
#define SCENARIOS_JUDGE_H 1

#include <glib.h>
#include <stdbool.h>

#include "scenarios/network.h"

struct judge;

/* What was found of one expectation. */
struct verdict {
    const struct scenario_expect *expect;
    bool passed;
    char *measured; /* For people: "20", "no data". */
    char *wanted;   /* "= 20". */
    char *where;    /* Where it broke, or null. */
};

struct judge *judge_new(const struct network *);
void judge_free(struct judge *);

/* To be called as the run goes. */
void judge_warmup(struct judge *);
void judge_sample(struct judge *);

/* After the run: one verdict for each expectation that is not off, in order.
 * The judge keeps them. */
const GArray *judge_verdicts(struct judge *); /* struct verdict */

#endif /* scenarios/judge.h */

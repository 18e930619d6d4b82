/* Parts of the judge; only judge*.c include this. */

#ifndef SCENARIOS_JUDGE_PRIVATE_H
#define SCENARIOS_JUDGE_PRIVATE_H 1

#include "scenarios/judge.h"
#include "scenarios/query.h"
#include "sim/tap.h"

struct frame_sighting;
struct walk;

/* Counts the frames of a probe that get to the VM it is for. */
struct probe_watch {
    struct tap tap; /* First. */
    uint32_t flow;
    uint64_t n_seen;
};

void judge_metric(const struct scenario_expect *, struct query *,
                  struct verdict *);
void judge_walk(const struct scenario_expect *, const struct walk *,
                struct verdict *);
char *judge_sighting_text(const struct frame_sighting *);
void judge_unique_places(GArray *places);

#endif /* scenarios/judge_private.h */

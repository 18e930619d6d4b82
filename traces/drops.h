/* drops.csv: every drop of a run, up to a limit.
 *
 *     t_s,node,reason,tenant,flow,packet
 *
 * Rows beyond the limit are counted and not written.  Listens until the sim is
 * freed and must outlive the run. */

#ifndef TRACES_DROPS_H
#define TRACES_DROPS_H 1

#include <stdint.h>

#include "traces/tag_names.h"

#define DROPS_MAX 100000 /* Usual limit of rows. */

struct drops;
struct outdir;
struct sim;

struct drops *drops_new(struct sim *, struct outdir *, uint64_t max_rows,
                        const struct tag_names *);
void drops_free(struct drops *);

uint64_t drops_written(const struct drops *);
uint64_t drops_left_out(const struct drops *);

#endif /* traces/drops.h */

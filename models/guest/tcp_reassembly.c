#include "models/guest/tcp_reassembly.h"

#include <glib.h>
#include <string.h>

#include "models/guest/tcp_conn.h"

#define RUNS_START 8

void
tcp_gaps_clear(struct tcp_gaps *gaps)
{
    g_free(gaps->runs);
    *gaps = (struct tcp_gaps){ 0 };
}

/* Returns the first run that 'start' is not behind: whose end is at or past
 * it.  New data are most often behind the last run, so the search starts
 * there. */
static uint32_t
find(const struct tcp_gaps *gaps, uint32_t start)
{
    uint32_t i = gaps->n;

    while (i > 0 && seq_le(start, gaps->runs[i - 1].end)) {
        i--;
    }
    return i;
}

static bool
insert(struct tcp_gaps *gaps, uint32_t i, struct tcp_run run)
{
    if (gaps->n == TCP_RUNS_MAX) {
        return false;
    }
    if (gaps->n == gaps->allocated) {
        gaps->allocated = MAX(RUNS_START, 2 * gaps->allocated);
        gaps->runs = g_renew(struct tcp_run, gaps->runs, gaps->allocated);
    }
    memmove(&gaps->runs[i + 1], &gaps->runs[i],
            (gaps->n - i) * sizeof *gaps->runs);
    gaps->runs[i] = run;
    gaps->n++;
    return true;
}

static void
drop_runs(struct tcp_gaps *gaps, uint32_t i, uint32_t n)
{
    memmove(&gaps->runs[i], &gaps->runs[i + n],
            (gaps->n - i - n) * sizeof *gaps->runs);
    gaps->n -= n;
}

/* Remembers that [start, end), which is not empty, has arrived.  Returns false,
 * with nothing remembered, if there are too many gaps already. */
bool
tcp_gaps_add(struct tcp_gaps *gaps, uint32_t start, uint32_t end)
{
    uint32_t i = find(gaps, start);
    uint32_t after = i;
    struct tcp_run *run;

    while (after < gaps->n && seq_le(gaps->runs[after].start, end)) {
        after++;
    }
    if (after == i) {
        return insert(gaps, i, (struct tcp_run){ start, end });
    }
    run = &gaps->runs[i];
    if (seq_lt(start, run->start)) {
        run->start = start;
    }
    run->end = seq_max(end, gaps->runs[after - 1].end);
    drop_runs(gaps, i + 1, after - i - 1);
    return true;
}

/* All up to 'next' has arrived in order.  Returns up to where data are there
 * now, and forgets the runs before that. */
uint32_t
tcp_gaps_take(struct tcp_gaps *gaps, uint32_t next)
{
    uint32_t n = 0;

    while (n < gaps->n && seq_le(gaps->runs[n].start, next)) {
        next = seq_max(next, gaps->runs[n].end);
        n++;
    }
    if (n) {
        drop_runs(gaps, 0, n);
    }
    return next;
}

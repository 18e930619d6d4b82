#include "sim/partitions.h"

#include <glib.h>

#include "sim/agenda.h"
#include "sim/arena.h"
#include "sim/handover.h"
#include "sim/journal.h"
#include "sim/node.h"
#include "sim/port.h"

#define SETTLE_EVENTS 1000000
#define WINDOW_MAX    (100 * SIM_US) /* Also without any border. */

static struct sim *
new_sim(struct partitions *run, uint64_t seed, uint32_t index)
{
    struct sim *sim = g_new0(struct sim, 1);

    sim->events = event_queue_new();
    port_set_prefetch(sim->events);
    sim->pool = packet_pool_new();
    sim->seed = seed;
    sim->run = run;
    sim->index = index;
    return sim;
}

/* Returns an empty run at time zero, of 'n' partitions, at least one, whose
 * random streams derive from 'seed'. */
struct partitions *
partitions_new(uint64_t seed, uint32_t n)
{
    struct partitions *run = g_new0(struct partitions, 1);

    g_assert(n > 0);
    run->agenda = agenda_new();
    run->ports = arena_new();
    run->window = WINDOW_MAX;
    run->n_sims = n;
    run->sims = g_new(struct sim *, n);
    for (uint32_t i = 0; i < n; i++) {
        run->sims[i] = new_sim(run, seed, i);
    }
    if (n > 1) {
        run->handover = handover_new(run);
        run->journal = journal_new(run);
    }
    return run;
}

/* Frees 'run', its nodes and every packet. */
void
partitions_free(struct partitions *run)
{
    if (!run) {
        return;
    }
    for (uint32_t i = 0; i < run->n_nodes; i++) {
        run->nodes[i]->ops->destroy(run->nodes[i]);
    }
    for (uint32_t i = 0; i < run->n_sims; i++) {
        event_queue_free(run->sims[i]->events);
        packet_pool_free(run->sims[i]->pool);
        g_free(run->sims[i]);
    }
    handover_free(run->handover);
    journal_free(run->journal);
    agenda_free(run->agenda);
    arena_free(run->ports);
    g_free(run->nodes);
    g_free(run->sims);
    g_free(run);
}

/* Returns partition 'index', from 0. */
struct sim *
partitions_sim(const struct partitions *run, uint32_t index)
{
    g_assert(index < run->n_sims);
    return run->sims[index];
}

/* Returns the number of events fired in all partitions. */
uint64_t
partitions_n_events(const struct partitions *run)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < run->n_sims; i++) {
        n += run->sims[i]->n_events;
    }
    return n;
}

/* Returns the number of frames that links have carried to their end. */
uint64_t
partitions_n_packet_hops(const struct partitions *run)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < run->n_sims; i++) {
        n += run->sims[i]->n_packet_hops;
    }
    return n;
}

static void
set_clocks(struct partitions *run, sim_time now)
{
    for (uint32_t i = 0; i < run->n_sims; i++) {
        run->sims[i]->now = now;
    }
}

/* Fires the events of 'sim' due at or before 'end' until it has fired 'stop_at'
 * of them.  Returns true, with the clock at 'end', if none is left. */
static bool
fire_events(struct sim *sim, sim_time end, uint64_t stop_at)
{
    while (sim->n_events < stop_at) {
        struct event *event = event_queue_pop(sim->events, end);

        if (!event) {
            sim->now = end;
            return true;
        }
        sim->now = event->when;
        sim->n_events++;
        event->fire(event);
    }
    return false;
}

/* Fires the events of 'sim' due at or before 'end'.  An event may schedule
 * another one for its own time whose rank is less; it still fires after those
 * events of other partitions that fire before its maker.  So what places an
 * event among those of others is the greatest rank that its partition has seen
 * at this time: 'sim->rank'. */
static void
fire_window(struct sim *sim, sim_time end)
{
    struct event *event;

    sim->rank = 0;
    while ((event = event_queue_pop(sim->events, end)) != NULL) {
        sim->rank =
            event->when > sim->now ? event->rank : MAX(sim->rank, event->rank);
        sim->now = event->when;
        sim->n_events++;
        event->fire(event);
    }
    sim->now = end;
}

/* Returns a time before which no event of any partition fires. */
static sim_time
earliest_event(const struct partitions *run)
{
    sim_time earliest = SIM_NEVER;

    for (uint32_t i = 0; i < run->n_sims; i++) {
        earliest = MIN(earliest, event_queue_earliest(run->sims[i]->events));
    }
    return earliest;
}

/* Runs all partitions through windows until 'end'; if 'stop_at' events have
 * been fired after a window before, returns false. */
static bool
run_windows(struct partitions *run, sim_time end, uint64_t stop_at)
{
    handover_deliver(run->handover);
    while (partitions_n_events(run) < stop_at) {
        sim_time begin = earliest_event(run);
        sim_time last = end;

        /* What crosses a border takes time on the line beside the delay. */
        if (begin < end && run->window < end - begin) {
            last = begin + run->window;
        }
        journal_open(run->journal);
        for (uint32_t i = 0; i < run->n_sims; i++) {
            fire_window(run->sims[i], last);
        }
        journal_close(run->journal);
        handover_deliver(run->handover);
        if (last == end) {
            return true;
        }
    }
    return false;
}

/* Fires the events of a run of one partition, see fire_events().  One that turns
 * out to be long is worth arranging its memory for. */
static bool
run_alone(struct partitions *run, sim_time end, uint64_t stop_at)
{
    if (!run->is_settled && stop_at > SETTLE_EVENTS) {
        if (fire_events(run->sims[0], end, SETTLE_EVENTS)) {
            return true;
        }
        run->is_settled = true;
        arena_settle_heap();
    }
    return fire_events(run->sims[0], end, stop_at);
}

static bool
run_until(struct partitions *run, sim_time end, uint64_t stop_at)
{
    bool is_done;

    agenda_close(run->agenda, true);
    is_done = run->n_sims > 1 ? run_windows(run, end, stop_at)
                              : run_alone(run, end, stop_at);
    agenda_close(run->agenda, false);
    return is_done;
}

/* Fires the events due at or before 'end', but at most 'max_events' of them,
 * and lets the agenda act between them.  Returns true, with all clocks at 'end',
 * if nothing is left until then; false if it must be called again.  With
 * several partitions events are counted at the end of a window, so that there
 * may be more of them. */
bool
partitions_run(struct partitions *run, sim_time end, uint64_t max_events)
{
    uint64_t n_events = partitions_n_events(run);
    uint64_t stop_at = max_events < UINT64_MAX - n_events
                           ? n_events + max_events
                           : UINT64_MAX;

    g_assert(end >= run->sims[0]->now);
    for (;;) {
        sim_time action = agenda_next(run->agenda);
        bool is_done = true;

        if (action > run->sims[0]->now || action > end) {
            is_done = run_until(run, MIN(action - 1, end), stop_at);
        }
        if (!is_done || action > end) {
            return is_done;
        }
        set_clocks(run, action);
        run->n_actions++;
        agenda_act(run->agenda, action);
    }
}

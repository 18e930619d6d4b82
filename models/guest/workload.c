#include "models/guest/workload.h"

#include <glib.h>
#include <string.h>

#include "models/guest/flow_port.h"
#include "models/guest/workload_inside.h"
#include "sim/prefetch.h"

const struct workload_kind *const workload_kinds[] = {
    &workload_ping, &workload_udp, &workload_tcp, &workload_tcp_rr, NULL,
};

/* Returns the kind called 'name', or null. */
const struct workload_kind *
workload_kind_by_name(const char *name)
{
    const struct workload_kind *const *kind = workload_kinds;

    while (*kind && strcmp((*kind)->name, name) != 0) {
        kind++;
    }
    return *kind;
}

static void
timer_fired(struct event *event)
{
    struct flow_end *end =
        (struct flow_end *) (void *) ((char *) event
                                      - offsetof(struct flow_end, timer));

    if (!guest_begin(end->guest, event)) {
        return;
    }
    if (end->has_started) {
        end->kind->fire(end);
    } else {
        end->has_started = true;
        end->kind->start(end);
    }
    guest_flush(end->guest);
}

/* Fetches what the timer of an end, 'event', will touch. */
static void
timer_prefetch(struct event *event, unsigned int step)
{
    struct flow_end *end =
        (struct flow_end *) (void *) ((char *) event
                                      - offsetof(struct flow_end, timer));

    if (step == 1) {
        prefetch_bytes(end, sizeof *end);
        return;
    }
    if (step == 2) {
        prefetch_bytes(end->config, sizeof *end->config);
        prefetch_bytes(end->state, 2 * PREFETCH_LINE);
        guest_prefetch_output(end->guest, 0, 1);
    } else if (step <= 4) {
        guest_prefetch_output(end->guest, ip_addr_to_v4(&end->config->to),
                              step - 1);
    }
}

static struct flow_end *
end_new(struct guest *guest, const struct flow_config *config, bool is_client)
{
    struct flow_end *end = g_new0(struct flow_end, 1);

    end->guest = guest;
    end->sim = guest_node(guest)->sim;
    end->config = config;
    end->kind = config->kind;
    end->is_client = is_client;
    end->stats.first = end->stats.last = -1;
    return end;
}

struct flow_end *
flow_client_new(struct guest *guest, const struct flow_config *config)
{
    struct flow_end *end = end_new(guest, config, true);
    struct random_stream stream;
    sim_time start;

    flow_stream(end, &stream, "start");
    start = MAX(distribution_draw(&config->start, &stream), flow_now(end));
    event_init(&end->timer, timer_fired, node_next_rank(guest_node(guest)));
    event_queue_prefetch(end->sim->events, timer_fired, timer_prefetch);
    if (start < config->stop) {
        flow_schedule(end, start);
    }
    return end;
}

struct flow_end *
flow_server_new(struct guest *guest, const struct flow_config *config)
{
    struct flow_end *end = end_new(guest, config, false);

    if (config->kind->accept || config->kind->receive) {
        flow_port_open(end);
    }
    return end;
}

/* Frees 'end', which may be null.  Its connections go on without it. */
void
flow_end_free(struct flow_end *end)
{
    const struct workload_kind *kind;

    if (!end) {
        return;
    }
    kind = end->config->kind;
    if (end->is_client) {
        event_cancel(end->sim, &end->timer);
    } else if (kind->accept || kind->receive) {
        flow_port_close(end);
    }
    while (end->conns) {
        tcp_set_app(end->conns->conn, NULL, NULL);
        flow_conn_free(end->conns);
    }
    if (kind->clear) {
        kind->clear(end);
    }
    histogram_clear(&end->stats.latency);
    g_free(end);
}

/* Returns what 'end' has seen until now. */
const struct flow_stats *
flow_end_stats(struct flow_end *end)
{
    if (end->config->kind->accept) {
        end->stats.sent_bytes = end->closed.bytes_sent;
        end->stats.retransmits = end->closed.retransmits;
        for (const struct flow_conn *fc = end->conns; fc; fc = fc->next) {
            end->stats.sent_bytes += tcp_stats(fc->conn)->bytes_sent;
            end->stats.retransmits += tcp_stats(fc->conn)->retransmits;
        }
    }
    return &end->stats;
}

/* Makes '*stream' the flow's stream of numbers for 'use' ("gap").  Both ends
 * have the same. */
void
flow_stream(const struct flow_end *end, struct random_stream *stream,
            const char *use)
{
    char *name = g_strconcat(end->config->id, "/", use, NULL);

    random_stream_init(stream, end->sim->seed, name);
    g_free(name);
}

/* Returns the time that 'bytes', at most 1 MB, take at 'rate_bps', so that over
 * many calls with one '*remainder', 0 at first, nothing is lost to
 * rounding. */
sim_time
flow_time_of_bytes(uint64_t bytes, uint64_t rate_bps, uint64_t *remainder)
{
    uint64_t bit_ps = bytes * 8 * (uint64_t) SIM_S + *remainder;

    *remainder = bit_ps % rate_bps;
    return (sim_time) (bit_ps / rate_bps);
}

#include "models/fabric/provisioning.h"

#include <glib.h>
#include <string.h>

#include "models/fabric/l2_switch.h"
#include "models/wire/vlan.h"
#include "sim/agenda.h"
#include "sim/port.h"
#include "sim/random.h"

/* A port of which a VLAN becomes a member, or is one no longer. */
struct change {
    uint32_t port;
    bool is_added;
};

/* What is to be done at one switch. */
struct job {
    struct node *sw;
    uint16_t vlan;
    sim_time began;
    GArray *changes; /* struct change */
};

struct provisioning {
    struct sim *sim;
    struct provisioning_config config;
    struct random_stream jitter;
    GArray *members[VLAN_VID_MAX + 1]; /* Places, in order, once all is done;
                                        * null: none. */
    GQueue jobs;                       /* The first is being worked on. */
    struct agenda_item done;           /* Of the first. */
};

static void finish_job(struct agenda_item *);

/* Returns provisioning for the switches of 'sim'. */
struct provisioning *
provisioning_new(struct sim *sim, const struct provisioning_config *config)
{
    struct provisioning *p = g_new0(struct provisioning, 1);

    p->sim = sim;
    p->config = *config;
    p->done.act = finish_job;
    random_stream_init(&p->jitter, sim->seed, "provisioning");
    g_queue_init(&p->jobs);
    return p;
}

static void
job_free(void *data)
{
    struct job *job = data;

    g_array_unref(job->changes);
    g_free(job);
}

/* Frees 'p', which may be null, before its sim.  What was not done stays
 * undone. */
void
provisioning_free(struct provisioning *p)
{
    if (!p) {
        return;
    }
    agenda_remove(sim_agenda(p->sim), &p->done);
    g_queue_clear_full(&p->jobs, job_free);
    for (int i = 0; i <= VLAN_VID_MAX; i++) {
        if (p->members[i]) {
            g_array_unref(p->members[i]);
        }
    }
    g_free(p);
}

/* ---- Places: a switch and a port of it, as one number. ---- */

static int
compare_places(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *) a, y = *(const uint64_t *) b;

    return (x > y) - (x < y);
}

static GArray *
places_new(const struct provisioning_port *ports, size_t n)
{
    GArray *places =
        g_array_sized_new(FALSE, FALSE, sizeof(uint64_t), (unsigned int) n);

    for (size_t i = 0; i < n; i++) {
        uint64_t place = (uint64_t) ports[i].sw->id << 32 | ports[i].port;

        g_array_append_val(places, place);
    }
    g_array_sort(places, compare_places);
    return places;
}

/* Returns place 'i', or one behind all if there are not so many. */
static uint64_t
place_at(const GArray *places, unsigned int i)
{
    return places && i < places->len ? g_array_index(places, uint64_t, i)
                                     : UINT64_MAX;
}

/* ---- Work. ---- */

static const char *
port_name(const struct job *job, uint32_t port)
{
    const char *name = job->sw->ports[port].tap.name;
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

static void
append_ports(GString *text, const struct job *job, bool are_added)
{
    const char *before = are_added ? ", added to " : ", removed from ";

    for (unsigned int i = 0; i < job->changes->len; i++) {
        const struct change *change =
            &g_array_index(job->changes, struct change, i);

        if (change->is_added == are_added) {
            g_string_append(text, before);
            g_string_append(text, port_name(job, change->port));
            before = ", ";
        }
    }
}

/* Says what is done, or has been done. */
static void
tell(const struct job *job, const char *event)
{
    GString *text = g_string_new(NULL);

    append_ports(text, job, true);
    append_ports(text, job, false);
    node_event(job->sw, event, "VLAN %u%s", job->vlan, text->str);
    g_string_free(text, TRUE);
}

static void
turn_port(struct port *port, bool down)
{
    if (down) {
        port_hold_down(port);
    } else {
        port_release(port);
    }
}

static void
turn_ports(const struct provisioning *p, const struct job *job, bool down)
{
    switch (p->config.outage) {
    case PROVISIONING_OUTAGE_NONE: break;
    case PROVISIONING_OUTAGE_PORT:
        for (unsigned int i = 0; i < job->changes->len; i++) {
            uint32_t port = g_array_index(job->changes, struct change, i).port;

            turn_port(&job->sw->ports[port], down);
        }
        break;
    case PROVISIONING_OUTAGE_SWITCH:
        for (uint32_t i = 0; i < job->sw->n_ports; i++) {
            turn_port(&job->sw->ports[i], down);
        }
        break;
    }
}

static void
configure(const struct job *job)
{
    bool is_full = false;

    for (unsigned int i = 0; i < job->changes->len; i++) {
        const struct change *change =
            &g_array_index(job->changes, struct change, i);

        if (!change->is_added) {
            l2_switch_trunk_remove(job->sw, change->port, job->vlan);
        } else if (!l2_switch_trunk_add(job->sw, change->port, job->vlan)) {
            is_full = true;
        }
    }
    if (is_full) {
        node_event(job->sw, "vlan-limit", "VLAN %u: the switch holds no more",
                   job->vlan);
    }
}

static sim_time
draw_time(struct provisioning *p)
{
    uint64_t bound = (uint64_t) p->config.jitter;

    return p->config.per_switch
           + (bound ? (sim_time) random_below(&p->jitter, bound + 1) : 0);
}

static void
begin_job(struct provisioning *p)
{
    struct job *job = g_queue_peek_head(&p->jobs);

    if (job) {
        job->began = sim_now(p->sim);
        tell(job, "reconfigure");
        turn_ports(p, job, true);
        agenda_add(sim_agenda(p->sim), &p->done, job->began + draw_time(p));
    }
}

static void
finish_job(struct agenda_item *item)
{
    struct provisioning *p =
        (struct provisioning *) (void *) ((char *) item
                                          - offsetof(struct provisioning,
                                                     done));
    struct job *job = g_queue_pop_head(&p->jobs);

    configure(job);
    l2_switch_reconfigured(job->sw, sim_now(p->sim) - job->began);
    tell(job, "reconfigured");
    turn_ports(p, job, false);
    job_free(job);
    begin_job(p);
}

/* ---- Orders. ---- */

/* Says that 'vlan' is configured at the 'n' ports at 'ports', and nowhere
 * else. */
void
provisioning_assume(struct provisioning *p, uint16_t vlan,
                    const struct provisioning_port *ports, size_t n)
{
    g_assert(vlan >= VLAN_VID_MIN && vlan <= VLAN_VID_MAX);
    if (p->members[vlan]) {
        g_array_unref(p->members[vlan]);
    }
    p->members[vlan] = places_new(ports, n);
}

static void
add_change(GQueue *jobs, struct node *sw, uint16_t vlan, uint64_t place,
           bool is_added)
{
    struct job *job = g_queue_peek_tail(jobs);
    struct change change = { (uint32_t) place, is_added };

    if (!job || job->sw != sw) {
        job = g_new0(struct job, 1);
        job->sw = sw;
        job->vlan = vlan;
        job->changes = g_array_new(FALSE, FALSE, sizeof(struct change));
        g_queue_push_tail(jobs, job);
    }
    g_array_append_val(job->changes, change);
}

/* Does at once what costs no time. */
static void
do_at_once(GQueue *jobs)
{
    struct job *job;

    while ((job = g_queue_pop_head(jobs)) != NULL) {
        configure(job);
        l2_switch_reconfigured(job->sw, 0);
        tell(job, "reconfigured");
        job_free(job);
    }
}

/* Orders that 'vlan' be configured at the 'n' ports at 'ports', which are trunks
 * of switches, each named once, and nowhere else.  Called by the agenda. */
void
provisioning_require(struct provisioning *p, uint16_t vlan,
                     const struct provisioning_port *ports, size_t n)
{
    GArray *wanted = places_new(ports, n);
    GArray *members = p->members[vlan];
    GQueue jobs = G_QUEUE_INIT;
    bool is_idle = g_queue_is_empty(&p->jobs);
    unsigned int i = 0, j = 0;

    g_assert(vlan >= VLAN_VID_MIN && vlan <= VLAN_VID_MAX);
    while (place_at(wanted, i) != UINT64_MAX
           || place_at(members, j) != UINT64_MAX) {
        uint64_t new = place_at(wanted, i), old = place_at(members, j);
        uint64_t place = MIN(new, old);

        if (new != old) {
            add_change(&jobs, sim_node(p->sim, (uint32_t) (place >> 32)), vlan,
                       place, new < old);
        }
        i += new == place;
        j += old == place;
    }
    if (members) {
        g_array_unref(members);
    }
    p->members[vlan] = wanted;
    if (!p->config.per_switch && !p->config.jitter) {
        do_at_once(&jobs);
        return;
    }
    while (!g_queue_is_empty(&jobs)) {
        g_queue_push_tail(&p->jobs, g_queue_pop_head(&jobs));
    }
    if (is_idle) {
        begin_job(p);
    }
}

/* Returns the number of jobs that are not done, the current one included. */
size_t
provisioning_n_jobs(const struct provisioning *p)
{
    return p->jobs.length;
}

#include "scenarios/walking.h"

#include "scenarios/end.h"

#define BATCH_EVENTS 65536 /* Between looks at the flag. */
#define PACKETS_MAX  100000
#define STEPS_MAX    2000000

static const char *
flow_name(void *aux, uint32_t flow)
{
    return scenario_flow_name(aux, flow);
}

static const char *
tenant_name(void *aux, uint32_t tenant)
{
    return scenario_tenant_name(aux, tenant);
}

/* The workload with 'index', or null if that is a replay. */
static const struct scenario_flow *
flow_by_index(const struct scenario *s, uint32_t index)
{
    for (unsigned int i = 0; i < s->flows->len; i++) {
        const struct scenario_flow *flow = g_ptr_array_index(s->flows, i);

        if (flow->config.index == index) {
            return flow;
        }
    }
    return NULL;
}

/* All places where frames pass, in the scenario's order. */
static GPtrArray *
all_taps(const struct network *net)
{
    GPtrArray *taps = g_ptr_array_new();

    for (uint32_t i = 0; i < sim_n_nodes(net->sim); i++) {
        struct node *node = sim_node(net->sim, i);

        for (uint32_t j = 0; j < node->n_ports; j++) {
            g_ptr_array_add(taps, &node->ports[j].tap);
        }
    }
    for (unsigned int i = 0; i < net->scenario->vms->len; i++) {
        g_ptr_array_add(taps, guest_tap(net->guests[i]));
    }
    return taps;
}

/* Runs 's' to its end, or until '*stop' is set, and listens to flow number
 * 'flow'.  Returns false if a file could not be read; else '*walking' is to be
 * cleared. */
bool
walking_run(const struct scenario *s, uint32_t flow,
            const volatile sig_atomic_t *stop, struct walking *walking,
            GError **error)
{
    struct walk_config config = {
        .flow = flow,
        .wants_notes = true,
        .max_packets = PACKETS_MAX,
        .max_steps = STEPS_MAX,
        .names = { flow_name, tenant_name, (void *) s },
    };
    const struct scenario_flow *of = flow_by_index(s, flow);
    GPtrArray *taps;

    walking->net = network_build(s, 1, error);
    if (!walking->net) {
        return false;
    }
    if (of) {
        config.asking[0] = end_tap(walking->net, &of->from);
        config.asking[1] = end_tap(walking->net, &of->to);
    }
    taps = all_taps(walking->net);
    walking->walk =
        walk_new(walking->net->sim, &config,
                 (struct tap_point *const *) (void *) taps->pdata, taps->len);
    g_ptr_array_unref(taps);
    while (!*stop && !sim_run(walking->net->sim, s->until, BATCH_EVENTS)) {
    }
    return true;
}

void
walking_clear(struct walking *walking)
{
    walk_free(walking->walk);
    network_free(walking->net);
}

#include "scenarios/network.h"

#include "models/fabric/l2_switch.h"
#include "models/fabric/routing.h"
#include "models/fabric/spanning_tree.h"
#include "models/guest/server.h"
#include "models/host/host.h"
#include "scenarios/end.h"
#include "scenarios/link_metrics.h"
#include "scenarios/network_nodes.h"
#include "scenarios/network_vlans.h"
#include "scenarios/partition.h"
#include "scenarios/timeline.h"
#include "traces/capture_reader.h"

/* Returns the port that 'port' has become. */
struct port *
network_port(const struct network *net, const struct scenario_port *port)
{
    return &net->nodes[port->node->index]->ports[port->index];
}

static void
build_vm(struct network *net, unsigned int index)
{
    const struct scenario_vm *vm =
        g_ptr_array_index(net->scenario->vms, index);
    struct host_vm_config config = {
        .guest = {
            .name = vm->path,
            .mac = vm->mac,
            .address = { vm->ca, vm->subnet->cidr.length },
            .mtu = vm->mtu,
            .tenant = vm->tenant->index,
        },
        .vsid = vm->subnet->vsid,
        .vlan = vm->subnet->vlan,
        .rule = vm->use->rule,
        .pa = vm->use == &datapath_rewrite ? vm->pa
                                           : (struct ip_addr){ .family = 0 },
    };

    net->guests[index] = host_add_vm(net->nodes[vm->host->index], &config);
}

static bool
is_virtualized(const struct scenario_vm *vm)
{
    return vm->use == &datapath_rewrite || vm->use == &datapath_nvgre;
}

static void
drop_table(void *table)
{
    policy_table_unref(table);
}

/* Tells every host that has a VM of a virtual subnet all records of it. */
static void
build_policy(struct network *net)
{
    const struct scenario *s = net->scenario;
    GHashTable *tables = g_hash_table_new_full(NULL, NULL, NULL, drop_table);

    for (unsigned int i = 0; i < s->vms->len; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(s->vms, i);
        struct policy_record record = scenario_record(s, vm);
        struct policy_table *table = g_hash_table_lookup(tables, vm->subnet);

        if (!is_virtualized(vm)) {
            continue;
        }
        if (!table) {
            table = policy_table_new(vm->subnet->vsid);
            g_hash_table_insert(tables, vm->subnet, table);
        }
        policy_table_add(table, &record);
    }
    for (unsigned int i = 0; i < s->vms->len; i++) {
        const struct scenario_vm *vm = g_ptr_array_index(s->vms, i);

        if (is_virtualized(vm)) {
            struct policy *policy = host_policy(net->nodes[vm->host->index]);

            if (!policy_subnet(policy, vm->subnet->vsid)) {
                policy_learn_table(policy,
                                   g_hash_table_lookup(tables, vm->subnet));
            }
        }
    }
    g_hash_table_unref(tables);
}

/* Tells some hosts otherwise. */
static void
build_records(struct network *net)
{
    const struct scenario *s = net->scenario;

    for (unsigned int i = 0; i < s->records->len; i++) {
        const struct scenario_record *record =
            g_ptr_array_index(s->records, i);

        for (unsigned int j = 0; j < record->hosts->len; j++) {
            const struct scenario_node *host =
                g_ptr_array_index(record->hosts, j);
            struct policy *policy = host_policy(net->nodes[host->index]);

            if (record->absent) {
                policy_delete(policy, record->record.vsid, &record->record.ca);
            } else {
                policy_set(policy, &record->record);
            }
        }
    }
}

static void
build_flow(struct network *net, unsigned int i)
{
    const struct scenario_flow *flow =
        g_ptr_array_index(net->scenario->flows, i);

    net->servers[i] =
        flow_server_new(end_guest(net, &flow->to), &flow->config);
    net->clients[i] =
        flow_client_new(end_guest(net, &flow->from), &flow->config);
}

/* Adds frame 'number' of the file, the 'n'-th to be sent; captured times count
 * from the first one that is. */
static void
add_frame(struct network_replay *made, const struct scenario_replay *replay,
          size_t n, size_t number)
{
    const struct captured_frame *frame = &made->list->frames[number - 1];
    int64_t since_ns;

    if (n == 0) {
        made->first_ns = frame->time_ns;
    }
    since_ns = MAX(frame->time_ns - made->first_ns, 0);
    made->frames[n] = (struct replay_frame){
        .when = replay->start
                + (replay->gap >= 0 ? (sim_time) n * replay->gap
                                    : since_ns * SIM_NS),
        .data = frame->data,
        .stored = frame->stored,
        .size = frame->size,
    };
    if (n) {
        made->frames[n].when =
            MAX(made->frames[n].when, made->frames[n - 1].when);
    }
}

static bool
build_replay(struct network *net, unsigned int i, GError **error)
{
    const struct scenario *s = net->scenario;
    const struct scenario_replay *replay = g_ptr_array_index(s->replays, i);
    struct network_replay *made = &net->replays[i];
    char *path = g_path_is_absolute(replay->file)
                     ? g_strdup(replay->file)
                     : g_build_filename(s->folder, replay->file, NULL);
    size_t n = replay->frames->len;

    made->list = frame_list_read(path, error);
    g_free(path);
    if (!made->list) {
        return false;
    }
    n = n ? n : made->list->n;
    made->frames = g_new0(struct replay_frame, n);
    for (size_t j = 0; j < n; j++) {
        add_frame(made, replay, j,
                  replay->frames->len
                      ? g_array_index(replay->frames, uint32_t, j)
                      : j + 1);
    }
    made->replay = replay_new(network_port(net, replay->port), made->frames, n,
                              replay->index);
    return true;
}

/* Builds the nodes, each in its partition. */
static void
build_nodes(struct network *net)
{
    const struct scenario *s = net->scenario;
    struct partitions *run = net->sim->run;
    uint32_t *partition = partition_nodes(s, run->n_sims);

    for (unsigned int i = 0; i < s->nodes->len; i++) {
        net->nodes[i] = network_new_node(s, g_ptr_array_index(s->nodes, i),
                                         partitions_sim(run, partition[i]));
    }
    g_free(partition);
}

static struct network *
network_new(const struct scenario *s, uint32_t n_partitions)
{
    struct network *net = g_new0(struct network, 1);

    net->scenario = s;
    net->sim = partitions_sim(partitions_new(s->seed, n_partitions), 0);
    net->nodes = g_new0(struct node *, s->nodes->len);
    net->guests = g_new0(struct guest *, s->vms->len);
    net->clients = g_new0(struct flow_end *, s->flows->len);
    net->servers = g_new0(struct flow_end *, s->flows->len);
    net->replays = g_new0(struct network_replay, s->replays->len);
    return net;
}

/* Builds the network of 's', which must be free of errors and outlive it, in
 * 'n_partitions' partitions, at least one.  Returns null if a file that 's'
 * names has gone since it was checked. */
struct network *
network_build(const struct scenario *s, uint32_t n_partitions, GError **error)
{
    struct network *net = network_new(s, n_partitions);
    bool ok = true;

    build_nodes(net);
    for (unsigned int i = 0; i < s->links->len; i++) {
        network_connect(net, g_ptr_array_index(s->links, i));
    }
    network_start_fabric(net);
    net->links = link_metrics_new(net);
    network_build_vlans(net);
    for (unsigned int i = 0; i < s->vms->len; i++) {
        build_vm(net, i);
    }
    build_policy(net);
    build_records(net);
    for (unsigned int i = 0; i < s->flows->len; i++) {
        build_flow(net, i);
    }
    for (unsigned int i = 0; i < s->replays->len && ok; i++) {
        ok = build_replay(net, i, error);
    }
    if (!ok) {
        network_free(net);
        return NULL;
    }
    net->timeline = timeline_new(net);
    return net;
}

void
network_free(struct network *net)
{
    if (!net) {
        return;
    }
    for (unsigned int i = 0; i < net->scenario->replays->len; i++) {
        replay_free(net->replays[i].replay);
        g_free(net->replays[i].frames);
        frame_list_free(net->replays[i].list);
    }
    for (unsigned int i = 0; i < net->scenario->flows->len; i++) {
        flow_end_free(net->clients[i]);
        flow_end_free(net->servers[i]);
    }
    timeline_free(net->timeline);
    network_clear_vlans(net);
    link_metrics_free(net->links);
    routing_free(net->routing);
    spanning_tree_free(net->tree);
    sim_free(net->sim);
    g_free(net->replays);
    g_free(net->servers);
    g_free(net->clients);
    g_free(net->guests);
    g_free(net->nodes);
    g_free(net);
}

/* Returns the guest that 'vm' has become. */
struct guest *
network_guest(const struct network *net, const struct scenario_vm *vm)
{
    return net->guests[vm->index];
}

/* Stops 'vm', or starts it. */
void
network_set_vm_off(struct network *net, const struct scenario_vm *vm,
                   bool is_off)
{
    host_vm_set_off(host_vm_find(net->nodes[vm->host->index], vm->path),
                    is_off);
}

/* Returns the tap point at 'place'. */
struct tap_point *
network_tap(const struct network *net, const struct scenario_place *place)
{
    return place->port ? &network_port(net, place->port)->tap
                       : guest_tap(network_guest(net, place->vm));
}

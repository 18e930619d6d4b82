#include "scenarios/scenario.h"

#include <string.h>

#include "scenarios/override.h"
#include "scenarios/read.h"

static const struct key_spec root_keys[] = {
    { "format", KEY_INT, .required = true, .min = 1, .max = 1,
      .help = "the version of the format: 1" },
    { "name", KEY_NAME, .required = true, .help = "names the run directory" },
    { "title", KEY_TEXT, .help = "one line for people" },
    { "about", KEY_TEXT, .help = "what it shows" },
    { "params", KEY_NODE, .help = "knobs for --set" },
    { "let", KEY_NODE, .help = "named expressions" },
    { "run", KEY_OBJECT, .table = &run_table, .help = "seed, end, limits" },
    { "topology", KEY_OBJECT, .table = &topology_table, .required = true,
      .help = "nodes and links" },
    { "provider", KEY_OBJECT, .table = &provider_table,
      .help = "the provider's network" },
    { "datapath", KEY_OBJECT, .table = &datapath_table, .required = true,
      .help = "which way packets travel" },
    { "tenants", KEY_NODE, .shape = KEY_NAMED, .required = true,
      .help = "isolation groups, their subnets and VMs" },
    { "policy", KEY_OBJECT, .table = &policy_table_keys,
      .help = "who tells the hosts what" },
    { "workloads", KEY_NODE, .shape = KEY_LIST, .help = "traffic" },
    { "events", KEY_NODE, .shape = KEY_LIST, .help = "what happens when" },
    { "capture", KEY_NODE, .shape = KEY_LIST, .help = "frames to keep" },
    { "metrics", KEY_OBJECT, .table = &metrics_table, .help = "samples" },
    { "expect", KEY_NODE, .shape = KEY_LIST, .help = "what must hold" },
    { "sweep", KEY_NODE, .later = true, .help = "many runs" },
    { "report", KEY_NODE, .later = true, .help = "plots and cliffs" },
    { .name = NULL },
};
const struct key_table scenario_table = {
    "scenario",
    "A provider's network, its tenants, their traffic and what must hold.",
    root_keys,
    NULL,
};

/* The same for a network of bare servers: there is nobody to virtualize for. */
static const struct key_spec bare_keys[] = {
    { "datapath", KEY_OBJECT, .table = &datapath_table,
      .help = "which way packets travel" },
    { "tenants", KEY_NODE, .shape = KEY_NAMED,
      .help = "isolation groups, their subnets and VMs" },
    { .name = NULL },
};
static const struct key_table bare_table = {
    "scenario",
    "A provider's network of bare servers, their traffic and what must hold.",
    bare_keys,
    &scenario_table,
};

static void
free_node(void *data)
{
    struct scenario_node *node = data;

    g_ptr_array_unref(node->ports);
    g_clear_pointer(&node->stp_ports, g_ptr_array_unref);
    g_clear_pointer(&node->routes, g_array_unref);
    g_clear_pointer(&node->interfaces, g_ptr_array_unref);
}

static void
free_record(void *data)
{
    struct scenario_record *record = data;

    g_ptr_array_unref(record->hosts);
    g_free(record);
}

static void
free_replay(void *data)
{
    struct scenario_replay *replay = data;

    g_array_unref(replay->frames);
    g_free(replay);
}

static void
free_event(void *data)
{
    struct scenario_event *event = data;

    g_ptr_array_unref(event->vms);
    g_free(event);
}

static void
free_capture(void *data)
{
    struct scenario_capture *capture = data;

    g_array_unref(capture->places);
    g_free(capture);
}

static void
free_expect(void *data)
{
    struct scenario_expect *expect = data;

    g_ptr_array_unref(expect->tenants);
    g_ptr_array_unref(expect->probes);
    g_array_unref(expect->places);
    g_array_unref(expect->steps);
    g_free(expect);
}

static struct scenario *
scenario_new(struct source *source, const char *folder)
{
    struct scenario *s = g_new0(struct scenario, 1);

    s->diag = diag_new();
    s->source = source;
    s->folder = g_strdup(folder);
    s->scope = scope_new(s->diag);
    s->nodes = g_ptr_array_new_with_free_func(free_node);
    s->links = g_ptr_array_new(); /* As nodes, ports and VMs the scope's. */
    s->node_by_name = g_hash_table_new(g_str_hash, g_str_equal);
    s->port_by_path = g_hash_table_new(g_str_hash, g_str_equal);
    s->pools = g_hash_table_new(scenario_prefix_hash, scenario_prefix_equal);
    s->tenants = g_ptr_array_new_with_free_func(g_free);
    s->subnets = g_ptr_array_new_with_free_func(g_free);
    s->vms = g_ptr_array_new();
    s->tenant_by_name = g_hash_table_new(g_str_hash, g_str_equal);
    s->vm_by_path = g_hash_table_new(g_str_hash, g_str_equal);
    s->subnet_by_path = g_hash_table_new(g_str_hash, g_str_equal);
    s->records = g_ptr_array_new_with_free_func(free_record);
    s->flows = g_ptr_array_new_with_free_func(g_free);
    s->replays = g_ptr_array_new_with_free_func(free_replay);
    s->flow_by_id = g_hash_table_new(g_str_hash, g_str_equal);
    s->flow_names = g_ptr_array_new();
    s->events = g_ptr_array_new_with_free_func(free_event);
    s->event_by_id = g_hash_table_new(g_str_hash, g_str_equal);
    s->vms_off = g_hash_table_new(NULL, NULL);
    s->captures = g_ptr_array_new_with_free_func(free_capture);
    s->collect = g_array_new(FALSE, FALSE, sizeof(struct scenario_metric));
    s->expects = g_ptr_array_new_with_free_func(free_expect);
    return s;
}

/* Frees 's' and all that it owns, the source included. */
void
scenario_free(struct scenario *s)
{
    if (!s) {
        return;
    }
    g_ptr_array_unref(s->expects);
    g_array_unref(s->collect);
    g_ptr_array_unref(s->captures);
    g_hash_table_unref(s->vms_off);
    g_hash_table_unref(s->event_by_id);
    g_ptr_array_unref(s->events);
    g_ptr_array_unref(s->flow_names);
    g_hash_table_unref(s->flow_by_id);
    g_ptr_array_unref(s->replays);
    g_ptr_array_unref(s->flows);
    g_ptr_array_unref(s->records);
    g_hash_table_unref(s->subnet_by_path);
    g_hash_table_unref(s->vm_by_path);
    g_hash_table_unref(s->tenant_by_name);
    g_ptr_array_unref(s->vms);
    g_ptr_array_unref(s->subnets);
    g_ptr_array_unref(s->tenants);
    g_hash_table_unref(s->pools);
    g_hash_table_unref(s->port_by_path);
    g_hash_table_unref(s->node_by_name);
    g_ptr_array_unref(s->links);
    g_ptr_array_unref(s->nodes);
    scope_free(s->scope);
    tree_free(s->tree);
    diag_free(s->diag);
    source_free(s->settings);
    source_free(s->source);
    g_free(s->folder);
    g_free(s);
}

bool
scenario_failed(const struct scenario *s)
{
    return diag_failed(s->diag);
}

/* Lays what the command line says over the tree. */
static void
apply_options(struct scenario *s, const struct scenario_options *options)
{
    GPtrArray *settings = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; options->settings && options->settings[i]; i++) {
        g_ptr_array_add(settings, g_strdup(options->settings[i]));
    }
    if (options->seed) {
        g_ptr_array_add(settings,
                        g_strdup_printf("run.seed=%s", options->seed));
    }
    if (options->until) {
        g_ptr_array_add(settings,
                        g_strdup_printf("run.until=%s", options->until));
    }
    g_ptr_array_add(settings, NULL);
    s->settings =
        override_source((const char *const *) (void *) settings->pdata);
    if (settings->len > 1) {
        override_apply(s->settings, s->tree, s->scope);
    }
    g_ptr_array_unref(settings);
}

static void
read_sections(struct scenario *s, const struct key_reader *root)
{
    s->name = key_text(root, "name");
    s->title = key_text(root, "title");
    s->about = key_text(root, "about");
    read_run(s, root);
    read_provider(s, root);
    read_topology(s, root);
    read_datapath(s, root);
    read_tenants(s, root);
    read_policy(s, root);
    read_workloads(s, root);
    read_events(s, root);
    read_captures(s, root);
    read_metrics(s, root);
    read_expects(s, root);
}

/* Reads, and checks, the scenario in 'source', which it takes.  Files that it
 * names are looked for in 'folder'.  All that is wrong is in the result's
 * 'diag'; if scenario_failed(), nothing else of it may be used. */
struct scenario *
scenario_read(struct source *source, const char *folder,
              const struct scenario_options *options)
{
    struct scenario *s = scenario_new(source, folder);
    struct key_reader root;
    const struct tree_node *top;
    bool is_bare;

    s->tree = tree_read(source, s->diag);
    if (!s->tree) {
        return s;
    }
    top = tree_root(s->tree);
    scope_load(s->scope, tree_get(top, "params"), tree_get(top, "let"));
    apply_options(s, options);
    scope_check(s->scope);
    is_bare = top->kind == TREE_MAP && tree_get(top, "topology")
              && !tree_get(top, "tenants") && !tree_get(top, "datapath");
    key_reader_init(&root, s->scope, top,
                    is_bare ? &bare_table : &scenario_table, "%s", "");
    read_sections(s, &root);
    key_reader_clear(&root);
    if (!scenario_failed(s)) {
        check_topology(s);
        check_addresses(s);
        check_traffic(s);
        check_events(s);
        check_vlans(s);
    }
    if (!scenario_failed(s)) {
        check_notes(s);
    }
    return s;
}

/* Returns the name of flow number 'index', or null if there is none. */
const char *
scenario_flow_name(const struct scenario *s, uint32_t index)
{
    return index && index <= s->flow_names->len
               ? g_ptr_array_index(s->flow_names, index - 1)
               : NULL;
}

/* Returns the name of tenant number 'index', or null for 0, the provider. */
const char *
scenario_tenant_name(const struct scenario *s, uint32_t index)
{
    if (index == 0 || index > s->tenants->len) {
        return NULL;
    }
    return ((struct scenario_tenant *) g_ptr_array_index(s->tenants,
                                                         index - 1))
        ->name;
}

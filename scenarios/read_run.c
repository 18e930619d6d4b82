#include "scenarios/read.h"

static const struct key_spec limit_keys[] = {
    { "wall", KEY_TIME, .min = 1, .help = "time on the clock on the wall" },
    { "memory", KEY_BYTES, .min = 1, .help = "resident memory" },
    { "events", KEY_INT, .min = 1, .help = "events of the engine" },
    { .name = NULL },
};
static const struct key_table limit_table = {
    "limit",
    "A run that reaches a limit stops there and keeps what it has.",
    limit_keys,
    NULL,
};

static const struct key_spec run_keys[] = {
    { "seed", KEY_INT, .fallback = "1", .help = "of all that is random" },
    { "until", KEY_TIME, .min = 1, .fallback = "1s",
      .help = "simulated time at which the run ends" },
    { "warmup", KEY_TIME, .fallback = "0s",
      .help = "simulated time that after_warmup leaves out" },
    { "limit", KEY_OBJECT, .table = &limit_table, .help = "when to stop" },
    { "realtime", KEY_BOOL, .later = true, .help = "pace by the wall clock" },
    { .name = NULL },
};
const struct key_table run_table = {
    "run",
    "How long the run is, and what makes it repeatable.",
    run_keys,
    NULL,
};

static const struct key_spec metrics_keys[] = {
    { "every", KEY_TIME, .min = 1, .help = "simulated time between samples" },
    { "collect", KEY_TEXT, .shape = KEY_LIST, .help = "names of metrics" },
    { .name = NULL },
};
const struct key_table metrics_table = {
    "metrics",
    "What metrics.csv holds, and the names of all metrics.",
    metrics_keys,
    NULL,
};

/* A tenant or a VM may say 'use' too. */
const char *const use_words[] = { "flat", "vlan", "rewrite", "nvgre", NULL };
const char *const later_uses[] = { "vxlan", "geneve", NULL };
static const char *const tagging_words[] = { "trunk", NULL };
static const char *const later_tagging[] = { "access", NULL };
static const char *const rewrite_pa_words[] = { "per-vm", NULL };
static const char *const nvgre_pa_words[] = { "per-host", NULL };
static const char *const flow_id_words[] = { "none", "zero", "inner-5tuple",
                                             NULL };

static const char *const outage_words[] = { "none", "port", "switch", NULL };

static const struct key_spec reconfigure_keys[] = {
    { "per_switch", KEY_TIME, .required = true,
      .help = "time that the work on one switch takes" },
    { "jitter", KEY_TIME, .fallback = "0s",
      .help = "and up to so much more, at random" },
    { "outage", KEY_WORD, .words = outage_words, .fallback = "none",
      .help = "what is cut off meanwhile: nothing, the ports that change, all "
              "ports of the switch" },
    { .name = NULL },
};
static const struct key_table reconfigure_table = {
    "reconfigure",
    "Work on switches when VMs of a VLAN come or go, one switch after the "
    "other; absent: it costs nothing.",
    reconfigure_keys,
    NULL,
};

static const struct key_spec vlan_keys[] = {
    { "tagging", KEY_WORD, .words = tagging_words,
      .later_words = later_tagging, .fallback = "trunk",
      .help = "how a host's port carries its VMs' VLANs" },
    { "first", KEY_INT, .min = 1, .max = 4094, .fallback = "2",
      .help = "first VLAN ID that 'vlan: auto' gives" },
    { "reconfigure", KEY_OBJECT, .table = &reconfigure_table,
      .help = "what a change of VLANs costs" },
    { .name = NULL },
};
static const struct key_table vlan_table = {
    "vlan",
    "VLANs: frames of a virtual subnet carry its 802.1Q tag.",
    vlan_keys,
    NULL,
};

static const struct key_spec rewrite_keys[] = {
    { "pa", KEY_WORD, .words = rewrite_pa_words, .fallback = "per-vm",
      .help = "who has a provider address of its own" },
    { "vm_mac", KEY_BOOL, .fallback = "false",
      .help = "UseVmMACAddress: the wire shows the VM's MAC" },
    { "family_translate", KEY_BOOL, .later = true,
      .help = "between IPv4 and IPv6" },
    { .name = NULL },
};
static const struct key_table rewrite_table = {
    "rewrite",
    "IP rewrite: provider addresses in place of customer addresses.",
    rewrite_keys,
    NULL,
};

static const struct key_spec nvgre_keys[] = {
    { "pa", KEY_WORD, .words = nvgre_pa_words, .fallback = "per-host",
      .help = "who has a provider address" },
    { "flow_id", KEY_WORD, .words = flow_id_words, .fallback = "inner-5tuple",
      .help = "what the FlowID says" },
    { "dont_fragment", KEY_BOOL, .fallback = "true",
      .help = "DF of the outer IPv4 header" },
    { .name = NULL },
};
static const struct key_table nvgre_table = {
    "nvgre",
    "NVGRE (RFC 7637): the frame in a GRE packet with the VSID as key.",
    nvgre_keys,
    NULL,
};

static const struct key_spec datapath_keys[] = {
    { "use", KEY_WORD, .words = use_words, .later_words = later_uses,
      .required = true,
      .help = "the datapath; a tenant or VM may have another" },
    { "vm_mtu", KEY_INT, .min = 576, .max = 9000, .fallback = "1500",
      .help = "largest IP packet that a VM sends" },
    { "vlan", KEY_OBJECT, .table = &vlan_table, .help = "of VLANs" },
    { "rewrite", KEY_OBJECT, .table = &rewrite_table, .help = "of rewrite" },
    { "nvgre", KEY_OBJECT, .table = &nvgre_table, .help = "of NVGRE" },
    { "vxlan", KEY_NODE, .later = true, .help = "of VXLAN" },
    { .name = NULL },
};
const struct key_table datapath_table = {
    "datapath",
    "Which way the frames of VMs travel over the provider's network.",
    datapath_keys,
    NULL,
};

/* Reads 'run'. */
void
read_run(struct scenario *s, const struct key_reader *root)
{
    struct key_reader r, limit;

    key_object(root, "run", &r);
    s->seed = (uint64_t) key_int(&r, "seed");
    s->until = key_time(&r, "until");
    s->warmup = key_time(&r, "warmup");
    key_object(&r, "limit", &limit);
    s->limits.wall_s = (double) key_time(&limit, "wall") / (double) SIM_S;
    s->limits.memory_bytes = key_bytes(&limit, "memory");
    s->limits.events = (uint64_t) key_int(&limit, "events");
    if (!r.failed && s->warmup >= s->until) {
        key_report(&r, "warmup", E076,
                   "the warm-up does not end before the run");
        diag_help(s->diag, "make run.until larger, or warmup smaller");
    }
    key_reader_clear(&limit);
    key_reader_clear(&r);
}

/* Reads 'metrics'. */
void
read_metrics(struct scenario *s, const struct key_reader *root)
{
    struct key_reader r;

    key_object(root, "metrics", &r);
    s->sample_every = key_time(&r, "every");
    for (size_t i = 0; i < key_count(&r, "collect"); i++) {
        const struct key_value *value = key_at(&r, "collect", i);
        struct scenario_metric metric = { .name = value->value.text };

        if (value->is_ok) {
            metric.loc = value->node->loc;
            g_array_append_val(s->collect, metric);
        }
    }
    key_reader_clear(&r);
}

/* Reads the key 'use' of any object, or gives 'otherwise'. */
const struct datapath_ops *
read_use(const struct key_reader *r, const struct datapath_ops *otherwise)
{
    const char *word = key_is_given(r, "use") ? key_word(r, "use") : NULL;
    const struct datapath_ops *ops = word ? datapath_by_kind(word) : NULL;

    return ops ? ops : otherwise;
}

static void
read_reconfigure(struct scenario *s, const struct key_reader *vlan)
{
    static const enum provisioning_outage outages[] = {
        PROVISIONING_OUTAGE_NONE,
        PROVISIONING_OUTAGE_PORT,
        PROVISIONING_OUTAGE_SWITCH,
    };
    struct key_reader r;

    key_object(vlan, "reconfigure", &r);
    s->provisioning.per_switch = key_time(&r, "per_switch");
    s->provisioning.jitter = key_time(&r, "jitter");
    s->provisioning.outage = outages[key_word_index(&r, "outage")];
    key_reader_clear(&r);
}

/* Reads 'datapath'. */
void
read_datapath(struct scenario *s, const struct key_reader *root)
{
    struct key_reader r, vlan, rewrite, nvgre;

    key_object(root, "datapath", &r);
    key_object(&r, "vlan", &vlan);
    key_object(&r, "rewrite", &rewrite);
    key_object(&r, "nvgre", &nvgre);
    s->use = read_use(&r, &datapath_flat);
    s->vm_mtu = (uint16_t) key_int(&r, "vm_mtu");
    s->first_vlan = (uint16_t) key_int(&vlan, "first");
    read_reconfigure(s, &vlan);
    s->use_vm_mac = key_bool(&rewrite, "vm_mac");
    s->datapath.flow_id = key_word_index(&nvgre, "flow_id") == 2
                              ? FLOW_ID_INNER_5TUPLE
                              : FLOW_ID_ZERO;
    s->datapath.dont_fragment = key_bool(&nvgre, "dont_fragment");
    s->datapath.ttl = 128;
    key_reader_clear(&nvgre);
    key_reader_clear(&rewrite);
    key_reader_clear(&vlan);
    key_reader_clear(&r);
}

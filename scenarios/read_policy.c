#include "scenarios/read.h"

static const char *const source_words[] = { "preloaded", NULL };
static const char *const later_sources[] = { "central", "powershell", NULL };
static const char *const miss_words[] = { "drop", NULL };
static const char *const later_misses[] = { "ask", "flood", NULL };
static const char *const rule_words[] = { "TranslationMethodNone",
                                          "TranslationMethodNat",
                                          "TranslationMethodEncap", NULL };

static const struct key_spec record_keys[] = {
    { "host", KEY_GLOB, .required = true,
      .help = "the hosts that know the record so; a glob or all-hosts" },
    { "vm", KEY_REF, .required = true,
      .help = "the VM whose record it is: its VSID, CA and MAC" },
    { "absent", KEY_BOOL, .help = "true: the host does not have the record" },
    { "ProviderAddress", KEY_IP, .help = "instead of the VM's" },
    { "MACAddress", KEY_MAC, .help = "instead of the VM's" },
    { "Rule", KEY_WORD, .words = rule_words, .help = "instead of the VM's" },
    { "UseVmMACAddress", KEY_BOOL, .help = "instead of the VM's" },
    { .name = NULL },
};
static const struct key_table record_table = {
    "record",
    "A lookup record that some hosts know otherwise than the rest.",
    record_keys,
    NULL,
};

static const struct key_spec policy_keys[] = {
    { "source", KEY_WORD, .words = source_words, .later_words = later_sources,
      .fallback = "preloaded", .help = "who tells the hosts" },
    { "on_miss", KEY_WORD, .words = miss_words, .later_words = later_misses,
      .fallback = "drop", .help = "what a host does without a record" },
    { "records", KEY_OBJECT, .shape = KEY_LIST, .table = &record_table,
      .help = "records that some hosts know otherwise" },
    { "push", KEY_NODE, .later = true, .help = "delay, jitter, loss" },
    { "on_stale", KEY_NODE, .later = true, .help = "after a migration" },
    { "scripts", KEY_NODE, .later = true, .help = "PowerShell" },
    { .name = NULL },
};
const struct key_table policy_table_keys = {
    "policy",
    "Who tells the hosts which provider address a customer address has.",
    policy_keys,
    NULL,
};

/* Returns what all hosts know of 'vm', unless a record says otherwise. */
struct policy_record
scenario_record(const struct scenario *s, const struct scenario_vm *vm)
{
    return (struct policy_record){
        .ca = vm->ca,
        .pa = vm->use == &datapath_nvgre ? vm->host->pa.addr : vm->pa,
        .mac = vm->mac,
        .vlan = vm->subnet->vlan,
        .vsid = vm->subnet->vsid,
        .rule = vm->use->rule,
        .use_vm_mac = s->use_vm_mac,
        .vm = vm->path,
    };
}

/* Checks that a record says something, and nothing that cannot be. */
static void
check_record(struct scenario *s, const struct key_reader *r,
             const struct scenario_record *record)
{
    bool says_more =
        key_is_given(r, "ProviderAddress") || key_is_given(r, "MACAddress")
        || key_is_given(r, "Rule") || key_is_given(r, "UseVmMACAddress");

    if (!record->absent && !says_more) {
        diag_report(s->diag, E067, r->loc, "the record of %s says nothing new",
                    record->record.vm);
        diag_help(s->diag, "write 'absent: true', or what is different: "
                           "ProviderAddress, MACAddress, Rule or "
                           "UseVmMACAddress");
    } else if (record->absent && says_more) {
        diag_report(s->diag, E067, r->loc,
                    "the record of %s is absent, and says something",
                    record->record.vm);
        diag_help(s->diag, "leave out 'absent', or all that follows it");
    }
    if (key_is_given(r, "ProviderAddress") && key_is_ok(r, "ProviderAddress")
        && record->record.pa.family != record->record.ca.family) {
        diag_report(s->diag, E063, key_loc(r, "ProviderAddress"),
                    "CA and PA of %s are of different families",
                    record->record.vm);
        diag_help(s->diag, "rewriting IPv4 to IPv6 is not supported yet");
    }
}

/* Says whether hosts look records of 'vm' up. */
static bool
asks_policy(const struct scenario_vm *vm)
{
    return vm->use == &datapath_rewrite || vm->use == &datapath_nvgre;
}

static void
read_record(struct scenario *s, const struct key_reader *policy, size_t i)
{
    struct scenario_record *record;
    struct scenario_vm *vm;
    struct key_reader r;

    if (!key_object_at(policy, "records", i, &r)) {
        key_reader_clear(&r);
        return;
    }
    record = g_new0(struct scenario_record, 1);
    record->loc = r.loc;
    record->hosts = g_ptr_array_new();
    g_ptr_array_add(s->records, record);
    find_hosts(s, key_text(&r, "host"), key_loc(&r, "host"), record->hosts);
    vm = find_vm(s, key_text(&r, "vm"), key_loc(&r, "vm"));
    if (vm && vm->host && vm->subnet) {
        record->record = scenario_record(s, vm);
        record->absent = key_bool(&r, "absent");
        if (key_is_given(&r, "ProviderAddress")) {
            record->record.pa = key_ip(&r, "ProviderAddress");
        }
        if (key_is_given(&r, "MACAddress")) {
            record->record.mac = key_mac(&r, "MACAddress");
        }
        if (key_is_given(&r, "Rule")) {
            record->record.rule =
                (enum policy_rule) key_word_index(&r, "Rule");
        }
        if (key_is_given(&r, "UseVmMACAddress")) {
            record->record.use_vm_mac = key_bool(&r, "UseVmMACAddress");
        }
        check_record(s, &r, record);
        if (!asks_policy(vm)) {
            diag_report(s->diag, W105, r.loc,
                        "the record of %s has no effect: its datapath is %s",
                        vm->path, vm->use->kind);
            g_ptr_array_remove(s->records, record);
        }
    }
    key_reader_clear(&r);
}

/* Reads 'policy'. */
void
read_policy(struct scenario *s, const struct key_reader *root)
{
    struct key_reader r;

    key_object(root, "policy", &r);
    for (size_t i = 0; i < key_count(&r, "records"); i++) {
        read_record(s, &r, i);
    }
    key_reader_clear(&r);
}

#include "scenarios/keys.h"

#include <string.h>

#include "scenarios/key_slot.h"
#include "scenarios/units.h"

static const struct type_info {
    const char *name, *examples;
} types[] = {
    [KEY_TEXT] = { "text", "Blue Corp" },
    [KEY_NAME] = { "a name", "blue, hv1, web-2" },
    [KEY_REF] = { "the path of an object", "hv1, hv1:eth0, blue/web" },
    [KEY_GLOB] = { "paths, with * ? [1-4] or a set",
                   "blue/web, hv[1-4]:eth0, all-hosts" },
    [KEY_BOOL] = { "true or false", "true, false" },
    [KEY_INT] = { "a whole number", "4" },
    [KEY_NUMBER] = { "a number", "4, 0.5" },
    [KEY_TIME] = { "a time", "10us, 1.5ms, 2s" },
    [KEY_BYTES] = { "bytes", "1500B, 64KiB, 2MB" },
    [KEY_RATE] = { "a bit rate", "10Gbps, 200Mbps" },
    [KEY_BYTE_RATE] = { "bytes per second", "40MB/s, 1MiB/s" },
    [KEY_PERCENT] = { "a percentage", "5%, 0.1%" },
    [KEY_PER_SECOND] = { "a frequency", "200/s, 0.5/s" },
    [KEY_WORD] = { "a word", "" },
    [KEY_IP] = { "an IP address", "10.1.1.2, fd00::2" },
    [KEY_PREFIX] = { "a subnet", "10.1.1.0/24, fd00:0:0:a::/64" },
    [KEY_IP_PREFIX] = { "an address with its subnet's length",
                        "10.1.1.2/24, fd00:0:0:a::11/64" },
    [KEY_MAC] = { "a MAC address", "00-15-5D-01-0A-01" },
    [KEY_FILE] = { "a file's name", "frames.pcap" },
    [KEY_VALUE] = { "a value", "4, 10ms, 10.1.1.2" },
    [KEY_CONDITION] = { "a condition", "datapath == nvgre, vms > 8" },
    [KEY_OBJECT] = { "a map", "" },
    [KEY_NODE] = { "whatever it says", "" },
};

/* "a time". */
const char *
key_type_name(enum key_type type)
{
    return types[type].name;
}

/* "10us, 1.5ms, 2s"; empty if there is nothing general to show. */
const char *
key_type_examples(enum key_type type)
{
    return types[type].examples;
}

static const struct key_spec *
find_own(const struct key_table *table, const char *name)
{
    for (const struct key_spec *spec = table->keys; spec->name; spec++) {
        if (!strcmp(spec->name, name)) {
            return spec;
        }
    }
    return NULL;
}

/* Returns the row called 'name' of 'table' or of what it stands on, or null. */
const struct key_spec *
key_table_find(const struct key_table *table, const char *name)
{
    const struct key_spec *spec = NULL;

    for (; table && !spec; table = table->base) {
        spec = find_own(table, name);
    }
    return spec;
}

/* Returns row 'index' of 'table', its own first, or null behind the last. */
const struct key_spec *
key_table_at(const struct key_table *table, size_t index)
{
    for (const struct key_table *t = table; t; t = t->base) {
        for (const struct key_spec *spec = t->keys; spec->name; spec++) {
            if (t != table && key_table_find(table, spec->name) != spec) {
                continue; /* Hidden. */
            }
            if (index-- == 0) {
                return spec;
            }
        }
    }
    return NULL;
}

size_t
key_table_n(const struct key_table *table)
{
    size_t n = 0;

    while (key_table_at(table, n)) {
        n++;
    }
    return n;
}

static const char *
find_fault(const struct key_table *table, const struct key_spec *spec)
{
    struct key_value value;
    struct diag *diag;
    struct scope *scope;
    bool ok = true;

    if (find_own(table, spec->name) != spec) {
        return "is there twice";
    }
    if (!spec->help) {
        return "has no help";
    }
    if (spec->later) {
        return NULL;
    }
    if (spec->type == KEY_WORD && !spec->words) {
        return "has no words";
    }
    if ((spec->type == KEY_OBJECT) != (spec->table != NULL)) {
        return "has a table and is no object, or the reverse";
    }
    if (spec->required && spec->fallback) {
        return "is required and has a fallback";
    }
    if (spec->fallback) {
        diag = diag_new();
        scope = scope_new(diag);
        ok = key_convert_fallback(scope, spec, &value);
        scope_free(scope);
        diag_free(diag);
    }
    return ok ? NULL : "has a fallback that is not of its type";
}

/* Checks that 'table' and all inside it make sense, for tests.  If not, returns
 * false and, in '*why', the reason, which the caller frees. */
bool
key_table_is_sound(const struct key_table *table, char **why)
{
    for (const struct key_table *t = table; t; t = t->base) {
        if (!t->name || !t->help) {
            *why = g_strdup_printf("table %s has no name or help",
                                   t->name ? t->name : "");
            return false;
        }
        for (const struct key_spec *spec = t->keys; spec->name; spec++) {
            const char *fault = find_fault(t, spec);

            if (fault) {
                *why = g_strdup_printf("%s.%s %s", t->name, spec->name, fault);
                return false;
            }
            if (spec->table && !key_table_is_sound(spec->table, why)) {
                return false;
            }
        }
    }
    return true;
}

/* Workloads of many flows: "udp: {pairs: permutation, among: h*}". */

#include "scenarios/read_workload.h"

#include <string.h>

#include "sim/random.h"

enum pattern { PERMUTATION, RING_IN_TENANT, INCAST };

static const char *const pattern_words[] = { "permutation", "ring-in-tenant",
                                             "incast", NULL };
static const char *const later_patterns[] = { "random-in-tenant", "all-to-all",
                                              NULL };

static const struct key_spec pairs_keys[] = {
    { "pairs", KEY_WORD, .words = pattern_words, .later_words = later_patterns,
      .required = true,
      .help = "who sends to whom: each member to another, and each is sent to "
              "once; or each VM to the next one of its tenant; or all to the "
              "first" },
    { "among", KEY_GLOB, .shape = KEY_ONE_OR_LIST,
      .help = "the members, VMs and servers; all if absent" },
    { "shift", KEY_INT, .min = 1, .max = UINT32_MAX,
      .help = "permutation: member i sends to member i + shift; to a random "
              "one if absent" },
    { "fraction", KEY_PERCENT, .later = true,
      .help = "part of the members that send" },
    { .name = NULL },
};
const struct key_table pairs_table = {
    "pairs",
    "The ends of many flows, by a pattern.",
    pairs_keys,
    NULL,
};

static void
add_pair(GArray *pairs, const GArray *members, size_t from, size_t to)
{
    struct flow_pair pair = {
        g_array_index(members, struct scenario_end, from),
        g_array_index(members, struct scenario_end, to),
    };

    g_array_append_val(pairs, pair);
}

/* Adds a random permutation that leaves nobody in place: one cycle over all,
 * each as probable as any other (Sattolo's algorithm). */
static void
add_cycle(GArray *pairs, const GArray *members, uint64_t seed, const char *id)
{
    uint32_t n = members->len;
    uint32_t *to = g_new(uint32_t, n);
    struct random_stream stream;
    char *name = g_strconcat(id, "/pairs", NULL);

    random_stream_init(&stream, seed, name);
    for (uint32_t i = 0; i < n; i++) {
        to[i] = i;
    }
    for (uint32_t i = n; i-- > 1;) {
        uint32_t j = (uint32_t) random_below(&stream, i);
        uint32_t moved = to[i];

        to[i] = to[j];
        to[j] = moved;
    }
    for (uint32_t i = 0; i < n; i++) {
        add_pair(pairs, members, i, to[i]);
    }
    g_free(name);
    g_free(to);
}

static void
add_permutation(struct scenario *s, struct key_reader *r, const char *id,
                const GArray *members, GArray *pairs)
{
    size_t shift = (size_t) key_int(r, "shift"), n = members->len;

    if (!key_is_given(r, "shift")) {
        add_cycle(pairs, members, s->seed, id);
    } else if (shift % n == 0) {
        key_report(r, "shift", E070,
                   "each of %zu members would talk to itself", n);
    } else {
        for (size_t i = 0; i < n; i++) {
            add_pair(pairs, members, i, (i + shift) % n);
        }
    }
}

/* Adds what leads from each VM to the next of its tenant, and from the last to
 * the first. */
static void
add_rings(const struct scenario *s, struct key_reader *r,
          const GArray *members, GArray *pairs)
{
    size_t *next = g_new(size_t, members->len);          /* From 1; 0: none. */
    size_t *first = g_new0(size_t, s->tenants->len + 1); /* Of a tenant. */

    for (size_t i = members->len; i-- > 0;) {
        const struct scenario_end *end =
            &g_array_index(members, struct scenario_end, i);

        if (!end->vm) {
            key_report(r, key_is_given(r, "among") ? "among" : "pairs", E032,
                       "%s is a server and has no tenant", end_path(end));
            goto out;
        }
        next[i] = first[end->vm->tenant->index];
        first[end->vm->tenant->index] = i + 1;
    }
    for (size_t i = 0; i < members->len; i++) {
        const struct scenario_vm *vm =
            g_array_index(members, struct scenario_end, i).vm;
        size_t to = (next[i] ? next[i] : first[vm->tenant->index]) - 1;

        if (to != i) {
            add_pair(pairs, members, i, to);
        }
    }
    if (!pairs->len) {
        key_report(r, "pairs", E070, "no tenant has two VMs");
    }
out:
    g_free(first);
    g_free(next);
}

static void
add_incast(const GArray *members, GArray *pairs)
{
    for (size_t i = 1; i < members->len; i++) {
        add_pair(pairs, members, i, 0);
    }
}

/* Removes all but the first of members that are there twice. */
static void
remove_doubles(GArray *members)
{
    GHashTable *seen = g_hash_table_new(NULL, NULL);
    unsigned int n = 0;

    for (unsigned int i = 0; i < members->len; i++) {
        struct scenario_end end =
            g_array_index(members, struct scenario_end, i);

        if (g_hash_table_add(seen,
                             end.vm ? (void *) end.vm : (void *) end.server)) {
            g_array_index(members, struct scenario_end, n++) = end;
        }
    }
    g_array_set_size(members, n);
    g_hash_table_unref(seen);
}

static void
add_all_ends(struct scenario *s, GArray *members)
{
    for (unsigned int i = 0; i < s->vms->len; i++) {
        struct scenario_end end = end_of_vm(g_ptr_array_index(s->vms, i));

        g_array_append_val(members, end);
    }
    for (unsigned int i = 0; i < s->nodes->len; i++) {
        struct scenario_node *node = g_ptr_array_index(s->nodes, i);
        struct scenario_end end = end_of_server(node);

        if (node->role == ROLE_SERVER) {
            g_array_append_val(members, end);
        }
    }
}

/* Finds the members; false if one was reported. */
static bool
read_members(struct scenario *s, const struct key_reader *r, GArray *members)
{
    bool ok = key_is_ok(r, "pairs");

    for (size_t i = 0; i < key_count(r, "among"); i++) {
        const struct key_value *value = key_at(r, "among", i);

        ok = value->is_ok
             && find_ends(s, value->value.text, value->node->loc, members)
             && ok;
    }
    if (!key_is_given(r, "among")) {
        add_all_ends(s, members);
    }
    remove_doubles(members);
    return ok;
}

/* Reads the pattern under the verb of the workload 'id', and adds the
 * struct flow_pair that it makes.  What is wrong was reported, and then there
 * are none. */
void
read_pairs(struct scenario *s, const struct key_reader *workload,
           const char *verb, const char *id, GArray *pairs)
{
    GArray *members = g_array_new(FALSE, FALSE, sizeof(struct scenario_end));
    struct key_reader r;
    enum pattern pattern;

    if (key_object(workload, verb, &r) && read_members(s, &r, members)) {
        pattern = (enum pattern) key_word_index(&r, "pairs");
        if (key_is_given(&r, "shift") && pattern != PERMUTATION) {
            key_report(&r, "shift", E021, "only a permutation has a shift");
        } else if (members->len < 2) {
            key_report(&r, "pairs", E070, "there are no two to talk");
        } else if (pattern == INCAST) {
            add_incast(members, pairs);
        } else if (pattern == PERMUTATION) {
            add_permutation(s, &r, id, members, pairs);
        } else {
            add_rings(s, &r, members, pairs);
        }
    }
    key_reader_clear(&r);
    g_array_unref(members);
}

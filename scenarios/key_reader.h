/* Reading a map by its table (keys.h).
 *
 *     struct key_reader r;
 *
 *     key_reader_init(&r, scope, node, &link_table, "links[%zu]", i);
 *     link->rate_bps = key_rate(&r, "rate");
 *     link->delay = key_time(&r, "delay");
 *     link->loc = r.loc;
 *     if (key_is_given(&r, "ends") ...
 *     key_reader_clear(&r);
 *
 * key_reader_init() reports all that is wrong with the map as far as the table
 * tells: unknown, missing and not yet supported keys, wrong kinds, types, units,
 * ranges.  The functions after it only hand out; they may be called whether or
 * not there were errors.  What is absent gives the table's fallback; what has
 * none, or was wrong, gives zero ("", NULL, IP_NONE).
 *
 * Of a counted object the map is read once: key_reader_again() goes over the
 * values that the index 'i' is in, and they are few or none.
 *
 * The messages name the object by its path, "tenants.blue.vms.app".
 *
 * Texts belong to the tree or the scope and live as long as these.  A reader is
 * embedded in the caller's frame, and cleared. */

#ifndef SCENARIOS_KEY_READER_H
#define SCENARIOS_KEY_READER_H 1

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/wire/eth.h"
#include "models/wire/ip_addr.h"
#include "scenarios/keys.h"
#include "scenarios/scope.h"
#include "scenarios/tree.h"

/* One value, read. */
struct key_value {
    const struct tree_node *node; /* Null if it is a fallback. */
    bool is_ok;
    const char *name; /* KEY_NAMED: the member's key. */
    struct loc name_loc;
    const char *word;        /* One of the row's words, or null. */
    unsigned int word_index; /* KEY_WORD: which. */
    struct value value;      /* Text, boolean or quantity. */
    struct ip_prefix prefix; /* KEY_IP: 'addr' only. */
    struct eth_addr mac;
};

struct key_reader {
    struct scope *scope;
    const struct tree_node *node;
    const struct key_table *table;
    char *where;            /* "tenants.blue.vms.app", "" for the root. */
    struct loc loc;         /* Of the map. */
    bool failed;            /* Something in this map was reported. */
    bool varies;            /* The index is in a value. */
    struct key_slot *slots; /* One for each row of the table. */
};

bool key_reader_init(struct key_reader *, struct scope *,
                     const struct tree_node *, const struct key_table *,
                     const char *where, ...) G_GNUC_PRINTF(5, 6);
bool key_reader_again(struct key_reader *);
void key_reader_clear(struct key_reader *);

/* Is it there?  'loc' is of the value, or of the map if absent. */
bool key_is_given(const struct key_reader *, const char *key);
bool key_is_ok(const struct key_reader *, const char *key);
struct loc key_loc(const struct key_reader *, const char *key);
struct loc key_name_loc(const struct key_reader *, const char *key);
const struct tree_node *key_node(const struct key_reader *, const char *key);

/* Shape KEY_ONE. */
const char *key_text(const struct key_reader *, const char *key);
bool key_bool(const struct key_reader *, const char *key);
int64_t key_int(const struct key_reader *, const char *key);
double key_number(const struct key_reader *, const char *key);
int64_t key_time(const struct key_reader *, const char *key); /* ps */
uint64_t key_bytes(const struct key_reader *, const char *key);
uint64_t key_rate(const struct key_reader *, const char *key);      /* bit/s */
uint64_t key_byte_rate(const struct key_reader *, const char *key); /* B/s */
double key_fraction(const struct key_reader *, const char *key); /* 5%: 0.05 */
double key_per_second(const struct key_reader *, const char *key);
const char *key_word(const struct key_reader *, const char *key);
unsigned int key_word_index(const struct key_reader *, const char *key);
struct ip_addr key_ip(const struct key_reader *, const char *key);
struct ip_prefix key_prefix(const struct key_reader *, const char *key);
struct eth_addr key_mac(const struct key_reader *, const char *key);
struct value key_value(const struct key_reader *, const char *key);
bool key_condition(const struct key_reader *, const char *key);

/* Members of the other shapes, in the order of the file. */
size_t key_count(const struct key_reader *, const char *key);
const struct key_value *key_at(const struct key_reader *, const char *key,
                               size_t index);
const char *key_text_at(const struct key_reader *, const char *key,
                        size_t index);

/* Readers of objects inside; cleared by the caller, whatever they return. */
bool key_object(const struct key_reader *, const char *key,
                struct key_reader *inner);
bool key_object_at(const struct key_reader *, const char *key, size_t index,
                   struct key_reader *inner);

/* A value outside of any map, as a row without name describes it. */
bool key_convert(struct scope *, const struct tree_node *,
                 const struct key_spec *, const char *what,
                 struct key_value *);

/* Verb first: which one of 'verbs' is a key of the map.  Null, and reported, if
 * none or several are. */
const char *key_verb(struct scope *, const struct tree_node *map,
                     const char *const *verbs, const char *where);

/* Reports about the key or, if it is absent, the map. */
void key_report(struct key_reader *, const char *key, enum diag_code,
                const char *format, ...) G_GNUC_PRINTF(4, 5);

#endif /* scenarios/key_reader.h */

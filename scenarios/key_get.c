/* What a key reader hands out. */

#include <stdarg.h>
#include <string.h>

#include "scenarios/key_slot.h"
#include "scenarios/suggest.h"

static const struct key_value nothing;

/* Returns the slot of 'key', of which the table must have a row. */
const struct key_slot *
key_slot_find(const struct key_reader *r, const char *key)
{
    const struct key_slot *slot = r->slots;

    while (slot->spec && strcmp(slot->spec->name, key)) {
        slot++;
    }
    if (!slot->spec) {
        g_error("the table '%s' has no key '%s'", r->table->name, key);
    }
    return slot;
}

static const struct key_value *
only(const struct key_reader *r, const char *key)
{
    const struct key_slot *slot = key_slot_find(r, key);

    return slot->n ? &slot->values[0] : &nothing;
}

/* True if the scenario itself says 'key', rightly or not. */
bool
key_is_given(const struct key_reader *r, const char *key)
{
    return key_slot_find(r, key)->entry;
}

/* True if there is a value, or more, and all are right; one may be the table's
 * fallback. */
bool
key_is_ok(const struct key_reader *r, const char *key)
{
    return key_slot_find(r, key)->is_ok;
}

/* The place of the value of 'key', or of the map if it is absent. */
struct loc
key_loc(const struct key_reader *r, const char *key)
{
    const struct key_slot *slot = key_slot_find(r, key);

    return slot->entry ? slot->entry->value->loc : r->loc;
}

/* The place of the word 'key' itself, or of the map if it is absent. */
struct loc
key_name_loc(const struct key_reader *r, const char *key)
{
    const struct key_slot *slot = key_slot_find(r, key);

    return slot->entry ? slot->entry->key_loc : r->loc;
}

/* The value of 'key' as it stands in the tree, or null if it is absent. */
const struct tree_node *
key_node(const struct key_reader *r, const char *key)
{
    const struct key_slot *slot = key_slot_find(r, key);

    return slot->entry ? slot->entry->value : NULL;
}

static const char *
value_text(const struct key_value *value)
{
    return value->value.kind == VALUE_TEXT ? value->value.text : "";
}

/* Returns the text under 'key', never null. */
const char *
key_text(const struct key_reader *r, const char *key)
{
    return value_text(only(r, key));
}

bool
key_bool(const struct key_reader *r, const char *key)
{
    return only(r, key)->value.boolean;
}

/* The number of base units under 'key', rounded. */
static int64_t
whole(const struct key_reader *r, const char *key)
{
    struct value value = only(r, key)->value;
    int64_t n = 0;

    if (value.kind == VALUE_QUANTITY) {
        quantity_to_int(value.quantity, &n);
    }
    return n;
}

int64_t
key_int(const struct key_reader *r, const char *key)
{
    return whole(r, key);
}

double
key_number(const struct key_reader *r, const char *key)
{
    struct value value = only(r, key)->value;

    return value.kind == VALUE_QUANTITY ? quantity_to_double(value.quantity)
                                        : 0;
}

/* In picoseconds. */
int64_t
key_time(const struct key_reader *r, const char *key)
{
    return whole(r, key);
}

uint64_t
key_bytes(const struct key_reader *r, const char *key)
{
    return (uint64_t) whole(r, key);
}

/* In bits per second. */
uint64_t
key_rate(const struct key_reader *r, const char *key)
{
    return (uint64_t) whole(r, key);
}

/* In bytes per second. */
uint64_t
key_byte_rate(const struct key_reader *r, const char *key)
{
    return (uint64_t) whole(r, key);
}

/* 5% is 0.05. */
double
key_fraction(const struct key_reader *r, const char *key)
{
    return key_number(r, key) / 100;
}

double
key_per_second(const struct key_reader *r, const char *key)
{
    return key_number(r, key);
}

/* Returns which of the row's words stands under 'key', or null. */
const char *
key_word(const struct key_reader *r, const char *key)
{
    return only(r, key)->word;
}

/* Returns the number of that word in the row, 0 if there is none. */
unsigned int
key_word_index(const struct key_reader *r, const char *key)
{
    return only(r, key)->word_index;
}

struct ip_addr
key_ip(const struct key_reader *r, const char *key)
{
    return only(r, key)->prefix.addr;
}

struct ip_prefix
key_prefix(const struct key_reader *r, const char *key)
{
    return only(r, key)->prefix;
}

struct eth_addr
key_mac(const struct key_reader *r, const char *key)
{
    return only(r, key)->mac;
}

struct value
key_value(const struct key_reader *r, const char *key)
{
    return only(r, key)->value;
}

/* False too if the condition is absent or wrong. */
bool
key_condition(const struct key_reader *r, const char *key)
{
    return only(r, key)->value.boolean;
}

/* Returns how many values 'key' has. */
size_t
key_count(const struct key_reader *r, const char *key)
{
    return key_slot_find(r, key)->n;
}

/* Returns value 'index' of 'key', which is below key_count(). */
const struct key_value *
key_at(const struct key_reader *r, const char *key, size_t index)
{
    const struct key_slot *slot = key_slot_find(r, key);

    g_assert(index < slot->n);
    return &slot->values[index];
}

const char *
key_text_at(const struct key_reader *r, const char *key, size_t index)
{
    return value_text(key_at(r, key, index));
}

/* Reports 'format' about the value of 'key' or, if it is absent, the map. */
void
key_report(struct key_reader *r, const char *key, enum diag_code code,
           const char *format, ...)
{
    va_list args;
    char *message;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    diag_report(scope_diag(r->scope), code, key_loc(r, key), "%s", message);
    g_free(message);
    r->failed = r->failed || diag_code_severity(code) == DIAG_ERROR;
}

static void
report_no_verb(struct scope *scope, const struct tree_node *map,
               const char *const *verbs, size_t n_verbs, const char *where)
{
    const char *nearest = NULL;

    /* A key that is almost a verb is the one that was meant. */
    for (size_t i = 0; i < map->n && !nearest; i++) {
        if (suggest_nearest(map->entries[i].key, verbs, n_verbs)) {
            nearest = map->entries[i].key;
        }
    }
    diag_report(scope_diag(scope), E027, map->loc, "%s has no verb", where);
    suggest_help(scope_diag(scope), nearest ? nearest : "", verbs, n_verbs,
                 "it is one of");
}

/* Returns the one of 'verbs', up to a null, that is a key of 'map'.  If none is,
 * or several are, reports it of the object at 'where' and returns null. */
const char *
key_verb(struct scope *scope, const struct tree_node *map,
         const char *const *verbs, const char *where)
{
    const struct tree_entry *found = NULL;
    size_t n = 0;

    for (; verbs[n]; n++) {
        const struct tree_entry *entry = tree_find(map, verbs[n]);

        if (entry && found) {
            diag_report(scope_diag(scope), E027, entry->key_loc,
                        "%s has two verbs, '%s' and '%s'", where, found->key,
                        entry->key);
            diag_help(scope_diag(scope), "make two items of it");
            return NULL;
        }
        found = entry ? entry : found;
    }
    if (!found) {
        report_no_verb(scope, map, verbs, n, where);
    }
    return found ? found->key : NULL;
}

/* The inside of a key reader. */

#ifndef SCENARIOS_KEY_SLOT_H
#define SCENARIOS_KEY_SLOT_H 1

#include "scenarios/key_reader.h"

/* One row of the table, and what the map has for it. */
struct key_slot {
    const struct key_spec *spec;
    const struct tree_entry *entry; /* Null if absent. */
    struct key_value *values;       /* What is there, or the fallback. */
    size_t n;
    bool is_ok;  /* All values are. */
    bool varies; /* The index 'i' is in it: it is read again for each. */
};

bool key_convert_value(const struct key_reader *, const struct key_spec *,
                       const struct tree_node *, struct key_value *);
bool key_convert_fallback(struct scope *, const struct key_spec *,
                          struct key_value *);
const struct key_slot *key_slot_find(const struct key_reader *,
                                     const char *key);

/* "'rate' in links[2]": what a message calls a value; the caller frees. */
char *key_what(const struct key_reader *, const struct key_spec *);

/* Text that paths are made of (key_path.c). */
bool key_is_name(const char *text);
bool key_is_ref(const char *text);
bool key_is_glob(const char *text);

#endif /* scenarios/key_slot.h */

/* A table of pointers by number (a port, a flow, an identifier).
 *
 * An array sorted by the number: small, and quick to search.  Numbers that come
 * in rising order, as they mostly do, are added at its end.  What was asked for
 * last stands in the table itself, so that asking again touches no other memory.
 * All zeros is an empty table.  What it points to stays the caller's. */

#ifndef MODELS_GUEST_KEY_TABLE_H
#define MODELS_GUEST_KEY_TABLE_H 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct key_entry {
    uint32_t key;
    void *value;
};

struct key_table {
    struct key_entry *entries;
    uint32_t n, n_allocated;
    struct key_entry last; /* Asked for last; value null: none. */
};

void key_table_clear(struct key_table *);
bool key_table_add(struct key_table *, uint32_t key, void *value);
void key_table_remove(struct key_table *, uint32_t key);

void *key_table_search(struct key_table *, uint32_t key);

/* Returns what 'key' stands for, or null.  Mostly it is the one
 * that was asked for before. */
static inline void *
key_table_lookup(struct key_table *table, uint32_t key)
{
    return table->last.value && table->last.key == key
               ? table->last.value
               : key_table_search(table, key);
}

#endif /* models/guest/key_table.h */

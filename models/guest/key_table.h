/* A table of pointers by number (a port, a flow, an identifier).
 *
 * An array sorted by the number: small, and quick to search.  Numbers that come
 * in rising order, as they mostly do, are added at its end.  All zeros is an
 * empty table.  What it points to stays the caller's. */

#ifndef MODELS_GUEST_KEY_TABLE_H
#define MODELS_GUEST_KEY_TABLE_H 1

#include <stdbool.h>
#include <stdint.h>

struct key_table {
    struct key_entry *entries;
    uint32_t n, n_allocated;
};

void key_table_clear(struct key_table *);
void *key_table_lookup(const struct key_table *, uint32_t key);
bool key_table_add(struct key_table *, uint32_t key, void *value);
void key_table_remove(struct key_table *, uint32_t key);

#endif /* models/guest/key_table.h */

#include "models/guest/key_table.h"

#include <glib.h>
#include <string.h>

/* Makes 'table' empty. */
void
key_table_clear(struct key_table *table)
{
    g_free(table->entries);
    *table = (struct key_table){ 0 };
}

/* Returns the place of the first entry that is not below 'key'. */
static uint32_t
find(const struct key_table *table, uint32_t key)
{
    uint32_t low = 0, high = table->n;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (table->entries[middle].key < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* What key_table_lookup() returns. */
void *
key_table_search(struct key_table *table, uint32_t key)
{
    uint32_t i = find(table, key);

    if (i == table->n || table->entries[i].key != key) {
        return NULL;
    }
    table->last = table->entries[i];
    return table->last.value;
}

/* Lets 'key' stand for 'value'.  Returns false if it stands for something
 * already. */
bool
key_table_add(struct key_table *table, uint32_t key, void *value)
{
    uint32_t i = table->n && table->entries[table->n - 1].key < key
                     ? table->n
                     : find(table, key);

    if (i < table->n && table->entries[i].key == key) {
        return false;
    }
    if (table->n == table->n_allocated) {
        table->n_allocated = MAX(4, 2 * table->n_allocated);
        table->entries =
            g_renew(struct key_entry, table->entries, table->n_allocated);
    }
    memmove(&table->entries[i + 1], &table->entries[i],
            (table->n - i) * sizeof *table->entries);
    table->entries[i] = (struct key_entry){ key, value };
    table->n++;
    return true;
}

/* Takes 'key' out, if it is there. */
void
key_table_remove(struct key_table *table, uint32_t key)
{
    uint32_t i = find(table, key);

    table->last.value = NULL;
    if (i < table->n && table->entries[i].key == key) {
        table->n--;
        memmove(&table->entries[i], &table->entries[i + 1],
                (table->n - i) * sizeof *table->entries);
    }
}

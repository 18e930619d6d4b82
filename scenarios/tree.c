#include "scenarios/tree.h"

#include <string.h>

#include "scenarios/tree_build.h"

struct tree *
tree_new(const struct source *source)
{
    struct tree *tree = g_new0(struct tree, 1);

    tree->source = source;
    tree->texts = g_string_chunk_new(4096);
    tree->nodes = g_ptr_array_new();
    return tree;
}

void
tree_free(struct tree *tree)
{
    if (!tree) {
        return;
    }
    for (guint i = 0; i < tree->nodes->len; i++) {
        struct tree_node *node = tree->nodes->pdata[i];

        if (node->index) {
            g_hash_table_destroy(node->index);
        }
        g_free(node->entries);
        g_free(node);
    }
    g_ptr_array_free(tree->nodes, TRUE);
    g_string_chunk_free(tree->texts);
    g_free(tree);
}

struct tree_node *
tree_root(struct tree *tree)
{
    return tree->root;
}

/* Returns a new node of 'tree' at 'loc', empty. */
struct tree_node *
tree_new_node(struct tree *tree, enum tree_kind kind, struct loc loc)
{
    struct tree_node *node = g_new0(struct tree_node, 1);

    node->kind = kind;
    node->loc = loc;
    node->text = "";
    if (kind == TREE_MAP) {
        node->index = g_hash_table_new(g_str_hash, g_str_equal);
    }
    g_ptr_array_add(tree->nodes, node);
    return node;
}

/* Appends 'value' to the list or map 'node', in a map with 'key', which it does
 * not have yet and which lives as long as the tree. */
void
tree_append(struct tree_node *node, const char *key, struct loc key_loc,
            struct tree_node *value)
{
    if ((node->n & (node->n - 1)) == 0) {
        node->entries =
            g_renew(struct tree_entry, node->entries, MAX(2 * node->n, 1));
    }
    node->entries[node->n++] = (struct tree_entry){ key, key_loc, value };
    if (key) {
        g_hash_table_insert(node->index, (gpointer) key,
                            GSIZE_TO_POINTER(node->n));
    }
}

/* Returns the entry of 'map' with 'key', or null; null too if 'map' is null or
 * no map. */
const struct tree_entry *
tree_find(const struct tree_node *map, const char *key)
{
    size_t n;

    if (!map || map->kind != TREE_MAP) {
        return NULL;
    }
    n = GPOINTER_TO_SIZE(g_hash_table_lookup(map->index, key));
    return n ? &map->entries[n - 1] : NULL;
}

/* Returns the value of 'key' in 'map', or null as tree_find() does. */
const struct tree_node *
tree_get(const struct tree_node *map, const char *key)
{
    const struct tree_entry *entry = tree_find(map, key);

    return entry ? entry->value : NULL;
}

/* "a map", "a list", "a single value" or "nothing". */
const char *
tree_kind_name(const struct tree_node *node)
{
    switch (node->kind) {
    case TREE_SCALAR:
        return tree_is_empty(node) ? "nothing" : "a single value";
    case TREE_LIST: return "a list";
    case TREE_MAP: return "a map";
    }
    return "";
}

/* True if 'node' is where a value should be and is not: "key:". */
bool
tree_is_empty(const struct tree_node *node)
{
    return node->kind == TREE_SCALAR && node->plain && !node->text[0];
}

/* Returns the place of the 'size' bytes at 'offset' in the text of 'scalar'.
 * Where the text is not written as it is (escapes, several lines), that is the
 * place of all of it. */
struct loc
tree_text_loc(const struct tree_node *scalar, size_t offset, size_t size)
{
    const char *text = scalar->text;
    size_t n = source_n_characters(text, strlen(text));
    struct loc loc = scalar->loc;
    unsigned int quote = !scalar->plain;

    if (n + 2 * quote != loc.length) {
        return loc;
    }
    loc.column += quote + (unsigned int) source_n_characters(text, offset);
    loc.length = (unsigned int) source_n_characters(text + offset, size);
    loc.length = MAX(loc.length, 1);
    return loc;
}

/* Returns a plain scalar of 'tree' with a copy of 'text'. */
struct tree_node *
tree_new_scalar(struct tree *tree, const char *text, struct loc loc)
{
    struct tree_node *node = tree_new_node(tree, TREE_SCALAR, loc);

    node->plain = true;
    node->text = g_string_chunk_insert(tree->texts, text);
    return node;
}

/* Returns a map of 'tree' without keys. */
struct tree_node *
tree_new_map(struct tree *tree, struct loc loc)
{
    return tree_new_node(tree, TREE_MAP, loc);
}

/* Makes 'value' the value of 'key' in 'map', whether or not it had one.  The
 * place of a key that it had stays. */
void
tree_set(struct tree *tree, struct tree_node *map, const char *key,
         struct loc key_loc, struct tree_node *value)
{
    size_t n = GPOINTER_TO_SIZE(g_hash_table_lookup(map->index, key));

    if (n) {
        map->entries[n - 1].value = value;
    } else {
        tree_append(map, g_string_chunk_insert(tree->texts, key), key_loc,
                    value);
    }
}

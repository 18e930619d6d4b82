/* A scenario as a located tree of maps, lists and scalars.
 *
 * This is the strict subset of YAML 1.2 that SCENARIO.md 1.1 describes.  It
 * reads block maps and lists, flow {} and [], comments, plain and quoted
 * scalars and | text.  It refuses, each with its own message: tabs as
 * indentation, anchors, aliases, tags, merge keys, several documents,
 * directives, > text, duplicate keys, keys that are no words, and whatever is
 * not YAML.  The parser is libyaml's; the strictness is ours.
 *
 * All scalars are text here; what they mean is for the reader of a key
 * (keys.h).  A value that is not there, as in "run:", is an empty plain scalar.
 *
 * Broken nodes
 * ============
 *
 * What was refused alone, an alias for example, leaves a node with 'broken'
 * set: a reader takes it for present and says nothing more about it.  What
 * leaves no tree to speak of, such as a syntax error, returns null.
 *
 * Limits: depth 64, TREE_NODES_MAX nodes; the file's size is source.h's.
 * A node lives as long as its tree; texts contain no null character. */

#ifndef SCENARIOS_TREE_H
#define SCENARIOS_TREE_H 1

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "scenarios/diag.h"
#include "scenarios/source.h"

#define TREE_DEPTH_MAX 64
#define TREE_NODES_MAX 2000000

enum tree_kind {
    TREE_SCALAR,
    TREE_LIST,
    TREE_MAP,
};

struct tree_node {
    enum tree_kind kind;
    bool plain;                 /* A scalar without quotes, not | text. */
    bool broken;                /* Something about it was reported already. */
    struct loc loc;             /* All of it if it is on one line. */
    const char *text;           /* Scalar. */
    struct tree_entry *entries; /* List, map: in the order of the file. */
    size_t n;
    GHashTable *index; /* Map: from key to entry's number + 1. */
};

struct tree_entry {
    const char *key; /* Null in a list. */
    struct loc key_loc;
    struct tree_node *value;
};

struct tree;

/* The tree. */
struct tree *tree_read(const struct source *, struct diag *);
void tree_free(struct tree *);
struct tree_node *tree_root(struct tree *);

/* Looking at nodes. */
const struct tree_entry *tree_find(const struct tree_node *map,
                                   const char *key);
const struct tree_node *tree_get(const struct tree_node *map, const char *key);
const char *tree_kind_name(const struct tree_node *);
bool tree_is_empty(const struct tree_node *);
struct loc tree_text_loc(const struct tree_node *scalar, size_t offset,
                         size_t size);

/* Changing it, for --set and sweeps. */
struct tree_node *tree_new_scalar(struct tree *, const char *text, struct loc);
struct tree_node *tree_new_map(struct tree *, struct loc);
void tree_set(struct tree *, struct tree_node *map, const char *key,
              struct loc key_loc, struct tree_node *value);

#endif /* scenarios/tree.h */

/* The inside of a tree, for those that make one (tree_read.c). */

#ifndef SCENARIOS_TREE_BUILD_H
#define SCENARIOS_TREE_BUILD_H 1

#include <yaml.h>

#include "scenarios/tree.h"

struct tree {
    const struct source *source;
    struct tree_node *root;
    GStringChunk *texts;
    GPtrArray *nodes; /* All of them. */
};

struct tree *tree_new(const struct source *);
struct tree_node *tree_new_node(struct tree *, enum tree_kind, struct loc);
void tree_append(struct tree_node *, const char *key, struct loc key_loc,
                 struct tree_node *value);

/* What libyaml could not read, in our words (tree_syntax.c). */
void tree_report_syntax(const struct source *, const yaml_parser_t *,
                        struct diag *);

#endif /* scenarios/tree_build.h */

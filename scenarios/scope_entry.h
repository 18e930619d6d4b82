/* The inside of a scope: its entries (scope.c), what a parameter may be
 * (scope_param.c), texts with $(...) (scope_text.c). */

#ifndef SCENARIOS_SCOPE_ENTRY_H
#define SCENARIOS_SCOPE_ENTRY_H 1

#include "scenarios/expr.h"
#include "scenarios/scope.h"

/* Texts that evaluation makes: of one scalar, and in all. */
#define SCOPE_TEXT_MAX       65536
#define SCOPE_TEXT_TOTAL_MAX ((size_t) 64 << 20)

enum entry_state {
    ENTRY_NEW,
    ENTRY_BUSY, /* Being evaluated: whoever asks for it closes a circle. */
    ENTRY_DONE,
    ENTRY_FAILED,
};

struct scope_entry {
    const char *name;
    struct loc loc;
    bool is_param, is_overridden, is_used;
    const struct tree_node *node; /* The value, not evaluated. */
    const struct tree_node
        *fallback; /* A parameter's default, if not 'node'. */
    const struct tree_node *one_of, *min, *max; /* Or null. */
    const char *about;                          /* Or null. */
    enum entry_state state;
    struct value value;
    GPtrArray *words; /* The texts of 'one_of'. */
};

struct scope {
    struct diag *diag;
    GHashTable *by_name;   /* To struct scope_entry. */
    GPtrArray *entries;    /* In the order of the file; owns them. */
    GPtrArray *busy;       /* Being evaluated, outermost first. */
    GHashTable *overrides; /* From name to node. */
    GStringChunk *texts;
    GPtrArray *memory; /* Blocks of it. */
    char *block;       /* What is left of the last one. */
    size_t block_left;
    size_t text_total; /* Bytes made by evaluation. */
    struct scope_index index;
    unsigned int depth;
};

bool scope_check_param(struct scope *, const struct scope_entry *,
                       struct value *);
bool scope_name_is_valid(struct scope *, const char *name, struct loc);
void scope_add_param(struct scope *, const struct tree_entry *);
void scope_add(struct scope *, const struct scope_entry *);
bool scope_substitute(struct scope *, const struct tree_node *,
                      struct value *);

#endif /* scenarios/scope_entry.h */

/* The names an expression may use, and the evaluation of scalars.
 *
 * Names come from the scenario's params and let, and from 'i', the index of a
 * counted object while that is being read.  Order does not matter: an entry is
 * evaluated when it is first asked for, once, and an entry that needs itself is
 * an error that shows the circle.  --set replaces a parameter's default; the
 * value must keep to the parameter's one_of, min and max like the default.
 *
 * A scalar is evaluated like this.  One that is exactly one $(...) has the
 * expression's value, with its type.  $(...) inside other text is replaced by
 * the value as text.  A plain scalar without $ is true, false, a quantity or a
 * text, by its look; a quoted one is text.  $$( stands for $(.
 *
 * All problems are reported to the scope's diag, located inside the scalar.
 * An evaluation that failed returns false, and has reported.
 *
 * The scope owns the texts that evaluation makes.  It must outlive what was
 * read with it, and the trees it was loaded from must outlive the scope. */

#ifndef SCENARIOS_SCOPE_H
#define SCENARIOS_SCOPE_H 1

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/diag.h"
#include "scenarios/tree.h"
#include "scenarios/value.h"

struct scope;
struct key_table;

/* One parameter, as scope_param() shows it. */
struct scope_param {
    const char *name;
    const char *about; /* Or null. */
    struct value value;
    bool is_overridden;
};

struct scope *scope_new(struct diag *);
void scope_free(struct scope *);
struct diag *scope_diag(struct scope *);

/* Filling it from the maps 'params' and 'let', which may be null; then
 * scope_check() evaluates and checks every entry. */
void scope_override(struct scope *, const char *name,
                    const struct tree_node *value);
void scope_load(struct scope *, const struct tree_node *params,
                const struct tree_node *let);
bool scope_has_param(const struct scope *, const char *name);
bool scope_check(struct scope *);

/* What describes a parameter, for the manual. */
extern const struct key_table param_table;

/* Evaluation. */
bool scope_evaluate(struct scope *, const struct tree_node *scalar,
                    struct value *);
bool scope_evaluate_bare(struct scope *, const struct tree_node *scalar,
                         struct value *);
bool scope_condition(struct scope *, const struct tree_node *scalar, bool *);

/* The index of a counted object.  enter returns what leave wants back. */
struct scope_index {
    bool is_set;
    int64_t i;
};
struct scope_index scope_enter(struct scope *, int64_t i);
void scope_leave(struct scope *, struct scope_index);

/* For manifests and notes. */
size_t scope_n_params(const struct scope *);
bool scope_param(struct scope *, size_t index, struct scope_param *);
void scope_note_unused(struct scope *);

/* Memory that lives as long as the scope. */
void *scope_alloc(struct scope *, size_t size);
const char *scope_strdup(struct scope *, const char *);
const char *scope_concat(struct scope *, const char *first,
                         ...) G_GNUC_NULL_TERMINATED;

#endif /* scenarios/scope.h */

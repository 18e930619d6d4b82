/* Expressions, evaluated as they are read.
 *
 *     or:      and ('or' and)*
 *     and:     not ('and' not)*
 *     not:     'not' not | compare
 *     compare: sum (('==' | '!=' | '<' | '<=' | '>' | '>=') sum)?
 *     sum:     product (('+' | '-') product)*
 *     product: unary (('*' | '/' | '%') unary)*
 *     unary:   '-' unary | primary
 *     primary: quantity | string | name | true | false | '(' or ')'
 *              | ('min' | 'max') '(' or (',' or)* ')'
 *              | ('floor' | 'ceil') '(' or ')'
 *
 * Names win.  A bare word that names nothing is a text where the other side of
 * == or != is one; if that is a parameter with one_of, the word must be among
 * these, and may then have '-' and '.' in it.  What 'and' and 'or' need not
 * look at is read but not calculated, so "n != 0 and 8 / n > 2" is sound.
 *
 * What an evaluation asks of the names is declared here too; scope.c answers. */

#ifndef SCENARIOS_EXPR_H
#define SCENARIOS_EXPR_H 1

#include <stdbool.h>
#include <stddef.h>

#include "scenarios/scope.h"
#include "scenarios/tree.h"
#include "scenarios/value.h"

#define EXPR_DEPTH_MAX 64
#define EXPR_SIZE_MAX  4096 /* Bytes. */

struct scope_entry;

bool expr_evaluate(struct scope *, const struct tree_node *scalar, size_t at,
                   size_t end, struct value *);

/* Names, answered by the scope. */
struct scope_entry *scope_find(struct scope *, const char *name);
bool scope_entry_value(struct scope *, struct scope_entry *, struct value *);
const char *scope_entry_name(const struct scope_entry *);
const char *const *scope_entry_words(struct scope *, struct scope_entry *,
                                     size_t *n);
bool scope_get_index(const struct scope *, int64_t *i);
void scope_help_names(struct scope *, const char *word);

/* One nesting deeper; false, and reported at 'loc', if that is too deep.  Each
 * that was true is taken back by scope_ascend(). */
bool scope_descend(struct scope *, struct loc);
void scope_ascend(struct scope *);

#endif /* scenarios/expr.h */

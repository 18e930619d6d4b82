/* The inside of the evaluation of expressions (expr.h gives the grammar):
 * expr_operand.c has what is below a comparison, expr.c the rest. */

#ifndef SCENARIOS_EXPR_PARSE_H
#define SCENARIOS_EXPR_PARSE_H 1

#include "scenarios/expr.h"
#include "scenarios/expr_token.h"

struct parser {
    struct scope *scope;
    const struct tree_node *scalar;
    const char *text;
    size_t end;
    struct token token; /* The next. */
    unsigned int dead;  /* Above 0: the result will not be looked at. */
};

/* A part of the expression, read. */
struct operand {
    struct value value;        /* VALUE_NONE if dead, or if 'word' is set. */
    const char *word;          /* A name that names nothing, or null. */
    struct scope_entry *entry; /* It is nothing but this name, or null. */
    size_t at;
};

/* All of these return false if they have reported an error. */
bool parser_advance(struct parser *);
bool parser_unexpected(struct parser *, const char *wanted);
bool parser_mismatch(struct parser *, const struct token *op, struct value,
                     struct value);
bool parser_resolve(struct parser *, const struct operand *);
bool parse_sum(struct parser *, struct operand *);
bool parse_or(struct parser *, struct operand *);

/* Places and texts. */
struct loc parser_loc(const struct parser *, size_t at, size_t size);
struct loc parser_token_loc(const struct parser *);
struct diag *parser_diag(const struct parser *);
const char *parser_token_text(const struct parser *, const struct token *);

#endif /* scenarios/expr_parse.h */

/* The tokens of an expression.
 *
 * A number and its unit are one token.  A '%' right behind a number belongs to
 * it, unless an operand follows directly: "5% * x", but "7%3".  So does "/s".
 * The lexer works on bytes 'at' to 'end' of a text and knows no names. */

#ifndef SCENARIOS_EXPR_TOKEN_H
#define SCENARIOS_EXPR_TOKEN_H 1

#include <stdbool.h>
#include <stddef.h>

#include "scenarios/units.h"

enum token_kind {
    TOKEN_END,
    TOKEN_QUANTITY,
    TOKEN_NAME,
    TOKEN_STRING, /* With its quotes. */
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_TIMES,
    TOKEN_DIVIDE,
    TOKEN_MODULO,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COMMA,
    TOKEN_EQUAL,
    TOKEN_NOT_EQUAL,
    TOKEN_LESS,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER,
    TOKEN_GREATER_EQUAL,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
};

struct token {
    enum token_kind kind;
    size_t at, size;
    struct quantity quantity;
};

bool token_scan(const char *text, size_t at, size_t end, struct token *,
                struct fault *);
size_t token_match_parenthesis(const char *text, size_t at);
bool token_is_reserved(const char *name);

#endif /* scenarios/expr_token.h */

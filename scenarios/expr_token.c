#include "scenarios/expr_token.h"

#include <string.h>

static const struct word {
    const char *text;
    enum token_kind kind;
} operators[] = {
    { "==", TOKEN_EQUAL },      { "!=", TOKEN_NOT_EQUAL },
    { "<=", TOKEN_LESS_EQUAL }, { ">=", TOKEN_GREATER_EQUAL },
    { "<", TOKEN_LESS },        { ">", TOKEN_GREATER },
    { "+", TOKEN_PLUS },        { "-", TOKEN_MINUS },
    { "*", TOKEN_TIMES },       { "/", TOKEN_DIVIDE },
    { "%", TOKEN_MODULO },      { "(", TOKEN_OPEN },
    { ")", TOKEN_CLOSE },       { ",", TOKEN_COMMA },
};

static const struct word keywords[] = {
    { "and", TOKEN_AND },
    { "or", TOKEN_OR },
    { "not", TOKEN_NOT },
};

/* What users of other languages write. */
static const struct habit {
    const char *text, *help;
} habits[] = {
    { "&&", "write 'and'" },
    { "||", "write 'or'" },
    { "!", "write 'not', or '!='" },
    { "=", "equality is written '=='" },
    { "$", "inside an expression names stand without $( )" },
    { "[", "there are no lists in expressions" },
};

/* True if 'name' means something to expressions, so nothing can be called so. */
bool
token_is_reserved(const char *name)
{
    static const char *const names[] = { "i",     "true", "false", "and",
                                         "or",    "not",  "min",   "max",
                                         "floor", "ceil" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!strcmp(name, names[i])) {
            return true;
        }
    }
    return false;
}

/* Returns where the string in quotes at 'at' ends, behind the closing quote; 0
 * if it does not before 'end'. */
static size_t
string_end(const char *text, size_t at, size_t end)
{
    const char *quote = memchr(text + at + 1, text[at], end - at - 1);

    return quote ? (size_t) (quote - text) + 1 : 0;
}

/* Returns where the parenthesis that opens at 'at' is closed; 0 if it is
 * not. */
size_t
token_match_parenthesis(const char *text, size_t at)
{
    size_t end = strlen(text), depth = 0;

    for (; at < end; at++) {
        if (text[at] == '"' || text[at] == '\'') {
            at = string_end(text, at, end);
            if (at == 0) {
                return 0;
            }
            at--;
        } else if (text[at] == '(') {
            depth++;
        } else if (text[at] == ')' && --depth == 0) {
            return at;
        }
    }
    return 0;
}

static bool
scan_name(const char *text, size_t end, struct token *token)
{
    size_t n = token->at;

    while (n < end && (g_ascii_isalnum(text[n]) || text[n] == '_')) {
        n++;
    }
    token->size = n - token->at;
    token->kind = TOKEN_NAME;
    for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++) {
        if (strlen(keywords[i].text) == token->size
            && !memcmp(keywords[i].text, text + token->at, token->size)) {
            token->kind = keywords[i].kind;
        }
    }
    return true;
}

static bool
scan_string(const char *text, size_t end, struct token *token,
            struct fault *fault)
{
    size_t behind = string_end(text, token->at, end);

    if (behind == 0) {
        fault_set(fault, E010, token->at, 1, "this quote is never closed");
        return false;
    }
    token->kind = TOKEN_STRING;
    token->size = behind - token->at;
    return true;
}

static bool
scan_operator(const char *text, struct token *token, struct fault *fault)
{
    const char *p = text + token->at;

    for (size_t i = 0; i < G_N_ELEMENTS(operators); i++) {
        if (g_str_has_prefix(p, operators[i].text)) {
            token->kind = operators[i].kind;
            token->size = strlen(operators[i].text);
            return true;
        }
    }
    fault_set(fault, E010, token->at, (size_t) (g_utf8_next_char(p) - p),
              "'%.*s' means nothing in an expression",
              (int) (g_utf8_next_char(p) - p), p);
    for (size_t i = 0; i < G_N_ELEMENTS(habits); i++) {
        if (g_str_has_prefix(p, habits[i].text)) {
            fault_help(fault, "%s", habits[i].help);
            break;
        }
    }
    return false;
}

/* Reads the token of 'text', which is UTF-8, at or behind byte 'at' and before
 * 'end'.  On failure sets '*fault', whose place is in 'text', and returns
 * false. */
bool
token_scan(const char *text, size_t at, size_t end, struct token *token,
           struct fault *fault)
{
    while (at < end && g_ascii_isspace(text[at])) {
        at++;
    }
    *token = (struct token){ .kind = TOKEN_END, .at = at };
    if (at == end) {
        return true;
    }
    if (g_ascii_isdigit(text[at])) {
        token->kind = TOKEN_QUANTITY;
        token->size = quantity_scan(text + at, &token->quantity, fault);
        if (token->size == 0) {
            fault->at += at;
        }
        return token->size > 0;
    }
    if (g_ascii_isalpha(text[at]) || text[at] == '_') {
        return scan_name(text, end, token);
    }
    if (text[at] == '"' || text[at] == '\'') {
        return scan_string(text, end, token, fault);
    }
    return scan_operator(text, token, fault);
}

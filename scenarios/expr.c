#include "scenarios/expr.h"

#include <string.h>

#include "scenarios/expr_parse.h"
#include "scenarios/suggest.h"

/* ---- Comparison. ---- */

static bool
is_word_char(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '-' || c == '.';
}

/* Takes the word at the next token if 'left' is a parameter with one_of and
 * nothing is called like it.  It may have '-' and '.' in it; whether it is one
 * of the parameter's is checked when it is settled.  Returns whether it did. */
static bool
take_word(struct parser *p, const struct operand *left, struct operand *out)
{
    const char *name;
    size_t n_words;

    if (!left->entry || p->token.kind != TOKEN_NAME) {
        return false;
    }
    scope_entry_words(p->scope, left->entry, &n_words);
    name = parser_token_text(p, &p->token);
    if (n_words == 0 || scope_find(p->scope, name)
        || token_is_reserved(name)) {
        return false;
    }
    while (p->token.at + p->token.size < p->end
           && is_word_char(p->text[p->token.at + p->token.size])) {
        p->token.size++;
    }
    *out = (struct operand){ .at = p->token.at,
                             .word = parser_token_text(p, &p->token) };
    return true;
}

/* Makes a text of the word 'operand', which is compared with 'other'. */
static bool
settle_word(struct parser *p, struct operand *operand,
            const struct operand *other)
{
    size_t n_words = 0;
    const char *const *words = NULL;

    if (other->word || (!p->dead && other->value.kind != VALUE_TEXT)) {
        return parser_resolve(p, operand);
    }
    if (other->entry) {
        words = scope_entry_words(p->scope, other->entry, &n_words);
    }
    operand->value = value_of_text(operand->word);
    for (size_t i = 0; i < n_words; i++) {
        if (!strcmp(words[i], operand->word)) {
            n_words = 0;
        }
    }
    if (n_words > 0) {
        diag_report(parser_diag(p), E011,
                    parser_loc(p, operand->at, strlen(operand->word)),
                    "%s is never '%s'", scope_entry_name(other->entry),
                    operand->word);
        suggest_help(parser_diag(p), operand->word, words, n_words,
                     "it is one of");
        return false;
    }
    operand->word = NULL;
    return true;
}

static bool
is_comparison(enum token_kind kind)
{
    return kind >= TOKEN_EQUAL && kind <= TOKEN_GREATER_EQUAL;
}

static bool
order_holds(enum token_kind op, int order)
{
    return op == TOKEN_LESS            ? order < 0
           : op == TOKEN_LESS_EQUAL    ? order <= 0
           : op == TOKEN_GREATER       ? order > 0
           : op == TOKEN_GREATER_EQUAL ? order >= 0
           : op == TOKEN_EQUAL         ? order == 0
                                       : order != 0;
}

static bool
compare(struct parser *p, const struct token *op, struct operand *left,
        const struct operand *right)
{
    struct value a = left->value, b = right->value;
    bool is_equality = op->kind == TOKEN_EQUAL || op->kind == TOKEN_NOT_EQUAL;

    left->entry = NULL;
    if (p->dead) {
        return true;
    }
    if (a.kind != b.kind || (a.kind != VALUE_QUANTITY && !is_equality)
        || (a.kind == VALUE_QUANTITY && a.quantity.dim != b.quantity.dim)) {
        return parser_mismatch(p, op, a, b);
    }
    left->value = value_of_bool(
        a.kind == VALUE_QUANTITY
            ? order_holds(op->kind, quantity_compare(a.quantity, b.quantity))
            : value_equal(a, b) == (op->kind == TOKEN_EQUAL));
    return true;
}

static bool
parse_comparison(struct parser *p, struct operand *out)
{
    struct operand right;
    struct token op;

    if (!parse_sum(p, out)) {
        return false;
    }
    if (!is_comparison(p->token.kind)) {
        return true;
    }
    op = p->token;
    if (!parser_advance(p)
        || !(take_word(p, out, &right) ? parser_advance(p)
                                       : parse_sum(p, &right))) {
        return false;
    }
    if (op.kind == TOKEN_EQUAL || op.kind == TOKEN_NOT_EQUAL) {
        if ((out->word && !settle_word(p, out, &right))
            || (right.word && !settle_word(p, &right, out))) {
            return false;
        }
    }
    if (!parser_resolve(p, out) || !parser_resolve(p, &right)
        || !compare(p, &op, out, &right)) {
        return false;
    }
    if (is_comparison(p->token.kind)) {
        diag_report(parser_diag(p), E010, parser_token_loc(p),
                    "comparisons do not stand in a row");
        diag_help(parser_diag(p), "write 'a < b and b < c'");
        return false;
    }
    return true;
}

/* ---- Logic. ---- */

static bool
check_boolean(struct parser *p, const struct token *op,
              const struct operand *operand)
{
    if (!parser_resolve(p, operand)) {
        return false;
    }
    if (p->dead || operand->value.kind == VALUE_BOOL) {
        return true;
    }
    diag_report(parser_diag(p), E012, parser_loc(p, op->at, op->size),
                "'%.*s' takes true and false, not %s", (int) op->size,
                p->text + op->at, value_kind_name(operand->value));
    return false;
}

static bool
parse_not(struct parser *p, struct operand *out)
{
    struct token op = p->token;
    bool ok;

    if (op.kind != TOKEN_NOT) {
        return parse_comparison(p, out);
    }
    if (!scope_descend(p->scope, parser_token_loc(p))) {
        return false;
    }
    ok = parser_advance(p) && parse_not(p, out) && check_boolean(p, &op, out);
    scope_ascend(p->scope);
    if (ok) {
        out->entry = NULL;
        out->value.boolean = !out->value.boolean;
    }
    return ok;
}

/* Reads operands of 'and' or 'or', as 'kind' says.  The first that is
 * 'decisive' is the result, whatever follows. */
static bool
parse_logic(struct parser *p, enum token_kind kind,
            bool (*parse)(struct parser *, struct operand *),
            struct operand *out)
{
    bool decisive = kind == TOKEN_OR;

    if (!parse(p, out)) {
        return false;
    }
    while (p->token.kind == kind) {
        struct token op = p->token;
        struct operand right;
        bool is_decided, ok;

        if (!check_boolean(p, &op, out)) {
            return false;
        }
        out->entry = NULL;
        is_decided = !p->dead && out->value.boolean == decisive;
        p->dead += is_decided;
        ok = parser_advance(p) && parse(p, &right)
             && check_boolean(p, &op, &right);
        p->dead -= is_decided;
        if (!ok) {
            return false;
        }
        if (!is_decided) {
            out->value = right.value;
        }
    }
    return true;
}

static bool
parse_and(struct parser *p, struct operand *out)
{
    return parse_logic(p, TOKEN_AND, parse_not, out);
}

bool
parse_or(struct parser *p, struct operand *out)
{
    return parse_logic(p, TOKEN_OR, parse_and, out);
}

/* Evaluates bytes 'at' to 'end' of the text of 'scalar' as one expression, with
 * the names of 'scope', into '*value'.  Returns false, and has reported, if
 * that cannot be done. */
bool
expr_evaluate(struct scope *scope, const struct tree_node *scalar, size_t at,
              size_t end, struct value *value)
{
    struct parser p = { .scope = scope,
                        .scalar = scalar,
                        .text = scalar->text,
                        .end = end,
                        .token = { .at = at } };
    struct operand result;

    if (end - at > EXPR_SIZE_MAX) {
        diag_report(parser_diag(&p), E009, parser_loc(&p, at, 1),
                    "this expression is longer than %d bytes", EXPR_SIZE_MAX);
        return false;
    }
    if (!parser_advance(&p) || !parse_or(&p, &result)
        || !parser_resolve(&p, &result)) {
        return false;
    }
    if (p.token.kind != TOKEN_END) {
        return parser_unexpected(&p, "an operator");
    }
    *value = result.value;
    return true;
}

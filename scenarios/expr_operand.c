#include <string.h>

#include "scenarios/expr_parse.h"

struct loc
parser_loc(const struct parser *p, size_t at, size_t size)
{
    return tree_text_loc(p->scalar, at, MAX(size, 1));
}

struct loc
parser_token_loc(const struct parser *p)
{
    return parser_loc(p, p->token.at, p->token.size);
}

struct diag *
parser_diag(const struct parser *p)
{
    return scope_diag(p->scope);
}

bool
parser_advance(struct parser *p)
{
    struct fault fault;

    if (token_scan(p->text, p->token.at + p->token.size, p->end, &p->token,
                   &fault)) {
        return true;
    }
    diag_report(parser_diag(p), fault.code,
                parser_loc(p, fault.at, fault.size), "%s", fault.message);
    if (fault.help) {
        diag_help(parser_diag(p), "%s", fault.help);
    }
    fault_clear(&fault);
    return false;
}

/* The text of a token, which lives as long as the scope. */
const char *
parser_token_text(const struct parser *p, const struct token *token)
{
    char *copy = g_strndup(p->text + token->at, token->size);
    const char *text = scope_strdup(p->scope, copy);

    g_free(copy);
    return text;
}

bool
parser_unexpected(struct parser *p, const char *wanted)
{
    if (p->token.kind == TOKEN_END) {
        diag_report(parser_diag(p), E010, parser_token_loc(p),
                    "the expression ends where %s should be", wanted);
    } else {
        diag_report(parser_diag(p), E010, parser_token_loc(p),
                    "'%.*s' stands where %s should be",
                    (int) MIN(p->token.size, 100), p->text + p->token.at,
                    wanted);
    }
    return false;
}

/* Reports 'operand' if it is a word, as whoever calls this has no use for
 * one. */
bool
parser_resolve(struct parser *p, const struct operand *operand)
{
    int64_t i;

    if (!operand->word) {
        return true;
    }
    diag_report(parser_diag(p), E011,
                parser_loc(p, operand->at, strlen(operand->word)),
                "nothing is called '%s'", operand->word);
    if (!strcmp(operand->word, "i") && !scope_get_index(p->scope, &i)) {
        diag_help(parser_diag(p), "'i' is the index of an object that has a "
                                  "count; there is none here");
    } else {
        scope_help_names(p->scope, operand->word);
    }
    return false;
}

/* Reports that the operator at 'at' cannot have 'a' and 'b'. */
bool
parser_mismatch(struct parser *p, const struct token *op, struct value a,
                struct value b)
{
    diag_report(parser_diag(p), E012, parser_loc(p, op->at, op->size),
                "'%.*s' does not go between %s and %s", (int) op->size,
                p->text + op->at, value_kind_name(a), value_kind_name(b));
    if (a.kind == VALUE_QUANTITY && b.kind == VALUE_QUANTITY
        && (a.quantity.dim == DIM_NUMBER || b.quantity.dim == DIM_NUMBER)) {
        diag_help(parser_diag(p), "does the number lack its unit?");
    }
    return false;
}

static bool
report_overflow(struct parser *p, const struct token *op)
{
    diag_report(parser_diag(p), E013, parser_loc(p, op->at, op->size),
                "the result of '%.*s' does not fit into 64 bits",
                (int) op->size, p->text + op->at);
    return false;
}

/* ---- Arithmetic. ---- */

static bool
dims_fit(enum token_kind op, enum dim a, enum dim b)
{
    enum dim ignored;

    return op == TOKEN_TIMES    ? dims_multiply(a, b, &ignored)
           : op == TOKEN_DIVIDE ? dims_divide(a, b, &ignored)
                                : a == b;
}

static bool
calculate(enum token_kind op, struct quantity a, struct quantity b,
          struct quantity *result)
{
    return op == TOKEN_PLUS     ? quantity_add(a, b, result)
           : op == TOKEN_MINUS  ? quantity_subtract(a, b, result)
           : op == TOKEN_TIMES  ? quantity_multiply(a, b, result)
           : op == TOKEN_DIVIDE ? quantity_divide(a, b, result)
                                : quantity_modulo(a, b, result);
}

/* Makes '*left' the result of '*left' 'op' 'right'. */
static bool
apply(struct parser *p, const struct token *op, struct operand *left,
      const struct operand *right)
{
    struct value a = left->value, b = right->value;
    struct quantity result;

    if (!parser_resolve(p, left) || !parser_resolve(p, right)) {
        return false;
    }
    left->entry = NULL;
    if (p->dead) {
        return true;
    }
    if (a.kind != VALUE_QUANTITY || b.kind != VALUE_QUANTITY
        || !dims_fit(op->kind, a.quantity.dim, b.quantity.dim)) {
        return parser_mismatch(p, op, a, b);
    }
    if (b.quantity.num == 0
        && (op->kind == TOKEN_DIVIDE || op->kind == TOKEN_MODULO)) {
        diag_report(parser_diag(p), E013, parser_loc(p, op->at, op->size),
                    "this divides by zero");
        return false;
    }
    if (!calculate(op->kind, a.quantity, b.quantity, &result)) {
        return report_overflow(p, op);
    }
    left->value = value_of_quantity(result);
    return true;
}

/* ---- Functions. ---- */

static bool
check_argument(struct parser *p, const struct token *name,
               struct operand *argument, struct value first)
{
    if (!parser_resolve(p, argument)) {
        return false;
    }
    if (p->dead) {
        return true;
    }
    if (argument->value.kind != VALUE_QUANTITY) {
        diag_report(parser_diag(p), E012, parser_loc(p, name->at, name->size),
                    "%.*s() takes quantities, not %s", (int) name->size,
                    p->text + name->at, value_kind_name(argument->value));
        return false;
    }
    if (first.kind == VALUE_QUANTITY
        && first.quantity.dim != argument->value.quantity.dim) {
        diag_report(parser_diag(p), E012, parser_loc(p, name->at, name->size),
                    "%.*s() cannot compare %s and %s", (int) name->size,
                    p->text + name->at, value_kind_name(first),
                    value_kind_name(argument->value));
        return false;
    }
    return true;
}

static bool
parse_function(struct parser *p, const struct token *name, bool is_many,
               struct operand *out)
{
    bool is_first = name->size == 3 ? p->text[name->at + 1] == 'i' /* min */
                                    : p->text[name->at] == 'f';    /* floor */

    if (p->token.kind != TOKEN_OPEN) {
        return parser_unexpected(p, "'('");
    }
    do {
        struct operand argument;

        if (!parser_advance(p) || !parse_or(p, &argument)
            || !check_argument(p, name, &argument, out->value)) {
            return false;
        }
        if (p->dead) {
            continue;
        }
        struct quantity q = argument.value.quantity;

        if (!is_many) {
            q = is_first ? quantity_floor(q) : quantity_ceil(q);
            out->value = value_of_quantity(q);
        } else if (out->value.kind == VALUE_NONE
                   || (quantity_compare(q, out->value.quantity) < 0)
                          == is_first) {
            out->value = argument.value;
        }
    } while (is_many && p->token.kind == TOKEN_COMMA);
    if (p->token.kind != TOKEN_CLOSE) {
        return parser_unexpected(p, is_many ? "',' or ')'" : "')'");
    }
    return parser_advance(p);
}

/* ---- Operands. ---- */

static bool
parse_name(struct parser *p, struct operand *out)
{
    struct token token = p->token;
    const char *name = parser_token_text(p, &token);
    int64_t i;

    if (!parser_advance(p)) {
        return false;
    }
    if (!strcmp(name, "min") || !strcmp(name, "max")) {
        return parse_function(p, &token, true, out);
    }
    if (!strcmp(name, "floor") || !strcmp(name, "ceil")) {
        return parse_function(p, &token, false, out);
    }
    if (!strcmp(name, "true") || !strcmp(name, "false")) {
        out->value = value_of_bool(name[0] == 't');
    } else if (!strcmp(name, "i") && scope_get_index(p->scope, &i)) {
        out->value = value_of_quantity(quantity_int(i, DIM_NUMBER));
    } else {
        out->entry = scope_find(p->scope, name);
        out->word = out->entry ? NULL : name;
        return !out->entry
               || scope_entry_value(p->scope, out->entry, &out->value);
    }
    return true;
}

static bool
parse_string(struct parser *p, struct operand *out)
{
    struct token inside = p->token;

    inside.at++;
    inside.size -= 2;
    out->value = value_of_text(parser_token_text(p, &inside));
    return parser_advance(p);
}

static bool
parse_group(struct parser *p, struct operand *out)
{
    if (!parser_advance(p) || !parse_or(p, out) || !parser_resolve(p, out)) {
        return false;
    }
    out->entry = NULL;
    if (p->token.kind != TOKEN_CLOSE) {
        return parser_unexpected(p, "')'");
    }
    return parser_advance(p);
}

static bool
parse_primary(struct parser *p, struct operand *out)
{
    bool ok;

    *out = (struct operand){ .at = p->token.at };
    if (p->token.kind == TOKEN_QUANTITY) {
        out->value = value_of_quantity(p->token.quantity);
        return parser_advance(p);
    }
    if (p->token.kind == TOKEN_STRING) {
        return parse_string(p, out);
    }
    if (p->token.kind != TOKEN_NAME && p->token.kind != TOKEN_OPEN) {
        return parser_unexpected(p, "a value");
    }
    if (!scope_descend(p->scope, parser_token_loc(p))) {
        return false;
    }
    ok =
        p->token.kind == TOKEN_NAME ? parse_name(p, out) : parse_group(p, out);
    scope_ascend(p->scope);
    return ok;
}

static bool
parse_unary(struct parser *p, struct operand *out)
{
    struct token op = p->token;
    struct operand zero = { .at = op.at };
    bool ok;

    if (op.kind != TOKEN_MINUS) {
        return parse_primary(p, out);
    }
    if (!scope_descend(p->scope, parser_token_loc(p))) {
        return false;
    }
    ok = parser_advance(p) && parse_unary(p, out) && parser_resolve(p, out);
    scope_ascend(p->scope);
    if (!ok) {
        return false;
    }
    zero.value = value_of_quantity(quantity_int(
        0, out->value.kind == VALUE_QUANTITY ? out->value.quantity.dim
                                             : DIM_NUMBER));
    ok = apply(p, &op, &zero, out);
    *out = zero;
    return ok;
}

static bool
parse_product(struct parser *p, struct operand *out)
{
    if (!parse_unary(p, out)) {
        return false;
    }
    while (p->token.kind == TOKEN_TIMES || p->token.kind == TOKEN_DIVIDE
           || p->token.kind == TOKEN_MODULO) {
        struct token op = p->token;
        struct operand right;

        if (!parser_advance(p) || !parse_unary(p, &right)
            || !apply(p, &op, out, &right)) {
            return false;
        }
    }
    return true;
}

bool
parse_sum(struct parser *p, struct operand *out)
{
    if (!parse_product(p, out)) {
        return false;
    }
    while (p->token.kind == TOKEN_PLUS || p->token.kind == TOKEN_MINUS) {
        struct token op = p->token;
        struct operand right;

        if (!parser_advance(p) || !parse_product(p, &right)
            || !apply(p, &op, out, &right)) {
            return false;
        }
    }
    return true;
}

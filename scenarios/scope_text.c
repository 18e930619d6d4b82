/* Scalars with $(...) in them. */

#include <string.h>

#include "scenarios/expr_token.h"
#include "scenarios/scope_entry.h"

/* Returns the place in 'text' of the next "$(" or "$$(", or null. */
static const char *
next_dollar(const char *text)
{
    for (; (text = strchr(text, '$')); text++) {
        if (text[1] == '(' || (text[1] == '$' && text[2] == '(')) {
            return text;
        }
    }
    return NULL;
}

/* Finds the end of the expression that starts with "$(" at byte 'at' of
 * 'scalar': the place of its ')'.  Returns 0, and has reported, if there is
 * none. */
static size_t
find_end(struct scope *scope, const struct tree_node *scalar, size_t at)
{
    size_t end = token_match_parenthesis(scalar->text, at + 1);

    if (end == 0) {
        diag_report(scope->diag, E010,
                    tree_text_loc(scalar, at, strlen(scalar->text + at)),
                    "'$(' is never closed");
        diag_help(scope->diag,
                  "is a ')' missing? Inside { } and [ ] an expression with "
                  "',' wants quotes, and '$$(' stands for '$(' itself");
    }
    return end;
}

static bool
too_long(struct scope *scope, const struct tree_node *scalar)
{
    diag_report(scope->diag, E009, scalar->loc,
                "the $(...) make this text too long");
    return false;
}

/* Appends 'value' as text.  Returns false if the text gets too long. */
static bool
append_value(GString *out, struct value value)
{
    char *text = value_format(value);

    g_string_append(out, text);
    g_free(text);
    return out->len <= SCOPE_TEXT_MAX;
}

/* Appends the text of 'scalar' to 'out', every $(...) replaced. */
static bool
substitute_into(struct scope *scope, const struct tree_node *scalar,
                GString *out)
{
    const char *text = scalar->text, *dollar;

    while ((dollar = next_dollar(text))) {
        size_t at = (size_t) (dollar - scalar->text), end;
        struct value value;

        g_string_append_len(out, text, dollar - text);
        if (dollar[1] == '$') {
            g_string_append(out, "$(");
            text = dollar + 3;
            continue;
        }
        end = find_end(scope, scalar, at);
        if (end == 0 || !expr_evaluate(scope, scalar, at + 2, end, &value)) {
            return false;
        }
        if (!append_value(out, value)) {
            return too_long(scope, scalar);
        }
        text = scalar->text + end + 1;
    }
    g_string_append(out, text);
    return true;
}

/* Evaluates 'scalar', whatever it has of $(...), into '*value'. */
bool
scope_substitute(struct scope *scope, const struct tree_node *scalar,
                 struct value *value)
{
    const char *text = scalar->text, *dollar = next_dollar(text);
    GString *out;
    bool ok;

    if (!dollar) {
        *value = scalar->plain ? value_of_plain(text) : value_of_text(text);
        return true;
    }
    if (dollar == text && text[1] == '(') {
        size_t end = find_end(scope, scalar, 0);

        if (end == 0) {
            return false;
        }
        if (!text[end + 1]) {
            return expr_evaluate(scope, scalar, 2, end, value);
        }
    }
    out = g_string_new(NULL);
    ok = substitute_into(scope, scalar, out);
    if (ok) {
        scope->text_total += out->len;
        ok = scope->text_total <= SCOPE_TEXT_TOTAL_MAX
             || too_long(scope, scalar);
    }
    if (ok) {
        *value = value_of_text(scope_strdup(scope, out->str));
    }
    g_string_free(out, TRUE);
    return ok;
}

static bool
is_usable_scalar(struct scope *scope, const struct tree_node *node)
{
    if (node->broken) {
        return false; /* Reported when it was read. */
    }
    if (node->kind == TREE_SCALAR) {
        return true;
    }
    diag_report(scope->diag, E020, node->loc,
                "a single value was expected, and this is %s",
                tree_kind_name(node));
    return false;
}

/* Evaluates 'scalar' into '*value'.  Returns false, and has reported, on
 * failure. */
bool
scope_evaluate(struct scope *scope, const struct tree_node *scalar,
               struct value *value)
{
    return is_usable_scalar(scope, scalar)
           && scope_substitute(scope, scalar, value);
}

/* Evaluates 'scalar' as an expression without $( ), or all in one $( ). */
bool
scope_evaluate_bare(struct scope *scope, const struct tree_node *scalar,
                    struct value *value)
{
    const char *text = scalar->text;
    size_t size = strlen(text);

    if (!is_usable_scalar(scope, scalar)) {
        return false;
    }
    if (g_str_has_prefix(text, "$(")
        && token_match_parenthesis(text, 1) == size - 1) {
        return expr_evaluate(scope, scalar, 2, size - 1, value);
    }
    return expr_evaluate(scope, scalar, 0, size, value);
}

/* Evaluates 'scalar' as a bare expression that is true or false. */
bool
scope_condition(struct scope *scope, const struct tree_node *scalar,
                bool *result)
{
    struct value value;

    if (!scope_evaluate_bare(scope, scalar, &value)) {
        return false;
    }
    if (value.kind != VALUE_BOOL) {
        diag_report(scope->diag, E017, scalar->loc,
                    "this is %s, not true or false", value_kind_name(value));
        diag_help(scope->diag,
                  "a condition compares: datapath == nvgre, vms > 8");
        return false;
    }
    *result = value.boolean;
    return true;
}

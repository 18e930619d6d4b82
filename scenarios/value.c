#include "scenarios/value.h"

#include <string.h>

struct value
value_of_quantity(struct quantity q)
{
    return (struct value){ .kind = VALUE_QUANTITY, .quantity = q };
}

struct value
value_of_text(const char *text)
{
    return (struct value){ .kind = VALUE_TEXT, .text = text };
}

struct value
value_of_bool(bool boolean)
{
    return (struct value){ .kind = VALUE_BOOL, .boolean = boolean };
}

/* Returns what the plain scalar 'text' is by its look: true, false, a quantity,
 * or else a text, which is 'text' itself. */
struct value
value_of_plain(const char *text)
{
    size_t sign = text[0] == '-', size;
    struct quantity q;
    struct fault fault;

    if (!strcmp(text, "true") || !strcmp(text, "false")) {
        return value_of_bool(text[0] == 't');
    }
    if (!g_ascii_isdigit(text[sign])) {
        return value_of_text(text);
    }
    size = quantity_scan(text + sign, &q, &fault);
    if (size == 0) {
        fault_clear(&fault);
        return value_of_text(text);
    }
    q.num = sign ? -q.num : q.num;
    return text[sign + size] ? value_of_text(text) : value_of_quantity(q);
}

/* True if both are of one kind (and dimension) and equal. */
bool
value_equal(struct value a, struct value b)
{
    if (a.kind != b.kind) {
        return false;
    }
    switch (a.kind) {
    case VALUE_NONE: return true;
    case VALUE_QUANTITY:
        return a.quantity.dim == b.quantity.dim
               && !quantity_compare(a.quantity, b.quantity);
    case VALUE_TEXT: return !strcmp(a.text, b.text);
    case VALUE_BOOL: return a.boolean == b.boolean;
    }
    return false;
}

/* Returns 'value' as it would be written in a scenario; the caller frees it. */
char *
value_format(struct value value)
{
    switch (value.kind) {
    case VALUE_NONE: break;
    case VALUE_QUANTITY: return quantity_format(value.quantity);
    case VALUE_TEXT: return g_strdup(value.text);
    case VALUE_BOOL: return g_strdup(value.boolean ? "true" : "false");
    }
    return g_strdup("");
}

/* "a time", "text", "true or false". */
const char *
value_kind_name(struct value value)
{
    switch (value.kind) {
    case VALUE_NONE: break;
    case VALUE_QUANTITY: return dim_name(value.quantity.dim);
    case VALUE_TEXT: return "text";
    case VALUE_BOOL: return "true or false";
    }
    return "nothing";
}

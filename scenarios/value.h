/* A value of an expression: a quantity, a text or a boolean.
 *
 * A value is small and is copied.  Its text belongs to the scope that made it
 * (scope.h) or to the tree, and lives as long as these. */

#ifndef SCENARIOS_VALUE_H
#define SCENARIOS_VALUE_H 1

#include <stdbool.h>

#include "scenarios/units.h"

enum value_kind {
    VALUE_NONE, /* Zeroed: no value. */
    VALUE_QUANTITY,
    VALUE_TEXT,
    VALUE_BOOL,
};

struct value {
    enum value_kind kind;
    struct quantity quantity; /* VALUE_QUANTITY. */
    const char *text;         /* VALUE_TEXT. */
    bool boolean;             /* VALUE_BOOL. */
};

struct value value_of_quantity(struct quantity);
struct value value_of_text(const char *);
struct value value_of_bool(bool);
struct value value_of_plain(const char *text);
bool value_equal(struct value, struct value);
char *value_format(struct value);
const char *value_kind_name(struct value);

#endif /* scenarios/value.h */

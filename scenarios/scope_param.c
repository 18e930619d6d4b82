/* Parameters: how they are defined and what values they take. */

#include <string.h>

#include "scenarios/expr_token.h"
#include "scenarios/key_reader.h"
#include "scenarios/scope_entry.h"
#include "scenarios/suggest.h"

static const struct key_spec param_keys[] = {
    { .name = "default",
      .type = KEY_NODE,
      .required = true,
      .help = "its value, if nothing sets another" },
    { .name = "one_of",
      .type = KEY_NODE,
      .help = "a list of all values it may have" },
    { .name = "min", .type = KEY_NODE, .help = "the least it may be" },
    { .name = "max", .type = KEY_NODE, .help = "the most it may be" },
    { .name = "about", .type = KEY_NODE, .help = "what it is for" },
    { .name = NULL },
};

const struct key_table param_table = {
    .name = "parameter",
    .help = "A knob of the scenario, for --set and sweeps.",
    .keys = param_keys,
};

/* Checks that something may be called 'name', which stands at 'loc'. */
bool
scope_name_is_valid(struct scope *scope, const char *name, struct loc loc)
{
    bool ok = g_ascii_isalpha(name[0]) || name[0] == '_';

    for (const char *p = name; *p && ok; p++) {
        ok = g_ascii_isalnum(*p) || *p == '_';
    }
    if (!ok) {
        diag_report(scope->diag, E019, loc,
                    "an expression could not name '%s'", name);
        diag_help(scope->diag, "use letters, digits and '_', a letter first");
    } else if (token_is_reserved(name)) {
        diag_report(scope->diag, E019, loc,
                    "'%s' means something to expressions already", name);
        ok = false;
    }
    return ok;
}

static const struct tree_node *
list_of(struct scope *scope, const struct key_reader *r, const char *key)
{
    const struct tree_node *node = key_node(r, key);

    if (!node || node->broken) {
        return NULL;
    }
    if (node->kind != TREE_LIST || node->n == 0) {
        diag_report(scope->diag, E020, node->loc,
                    "'%s' of %s takes a list of values", key, r->where);
        return NULL;
    }
    return node;
}

/* Adds the parameter that 'definition', an entry of params, describes. */
void
scope_add_param(struct scope *scope, const struct tree_entry *definition)
{
    struct scope_entry entry = { .name = definition->key,
                                 .loc = definition->key_loc,
                                 .is_param = true };
    const struct tree_node *override =
        g_hash_table_lookup(scope->overrides, definition->key);
    const struct tree_node *about;
    struct key_reader r;

    if (key_reader_init(&r, scope, definition->value, &param_table,
                        "params.%s", definition->key)) {
        entry.fallback = key_node(&r, "default");
        entry.node = override ? override : entry.fallback;
        entry.is_overridden = override;
        entry.one_of = list_of(scope, &r, "one_of");
        entry.min = key_node(&r, "min");
        entry.max = key_node(&r, "max");
        about = key_node(&r, "about");
        entry.about = about && about->kind == TREE_SCALAR ? about->text : NULL;
    }
    if (!entry.node) {
        entry.state = ENTRY_FAILED;
    }
    scope_add(scope, &entry);
    key_reader_clear(&r);
}

/* Reports that 'value' is not one of the parameter's 'one_of'. */
static bool
report_not_one_of(struct scope *scope, const struct scope_entry *entry,
                  struct value value)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    char *text = value_format(value);

    for (size_t i = 0; i < entry->one_of->n; i++) {
        struct value allowed;

        if (scope_evaluate(scope, entry->one_of->entries[i].value, &allowed)) {
            g_ptr_array_add(texts, value_format(allowed));
        }
    }
    diag_report(scope->diag, E019, entry->node->loc,
                "parameter '%s' cannot be '%s'", entry->name, text);
    suggest_help(scope->diag, text, (const char *const *) texts->pdata,
                 texts->len, "it is one of");
    g_free(text);
    g_ptr_array_free(texts, TRUE);
    return false;
}

static bool
check_one_of(struct scope *scope, const struct scope_entry *entry,
             struct value value)
{
    bool is_broken = false;

    for (size_t i = 0; i < entry->one_of->n; i++) {
        struct value allowed;

        if (!scope_evaluate(scope, entry->one_of->entries[i].value,
                            &allowed)) {
            is_broken = true;
        } else if (value_equal(allowed, value)) {
            return true;
        }
    }
    return !is_broken && report_not_one_of(scope, entry, value);
}

/* Checks 'value' against 'limit', which is the parameter's min or max. */
static bool
check_limit(struct scope *scope, const struct scope_entry *entry,
            const struct tree_node *limit, struct value value)
{
    bool is_min = limit == entry->min, ok;
    char *text, *limit_text;
    struct value bound;
    int order;

    if (!scope_evaluate(scope, limit, &bound)) {
        return false;
    }
    if (bound.kind != VALUE_QUANTITY || value.kind != VALUE_QUANTITY
        || bound.quantity.dim != value.quantity.dim) {
        diag_report(scope->diag, E019, limit->loc,
                    "'%s' of parameter '%s' is %s, and its value is %s",
                    is_min ? "min" : "max", entry->name,
                    value_kind_name(bound), value_kind_name(value));
        return false;
    }
    order = quantity_compare(value.quantity, bound.quantity);
    ok = is_min ? order >= 0 : order <= 0;
    if (!ok) {
        text = value_format(value);
        limit_text = value_format(bound);
        diag_report(scope->diag, E019, entry->node->loc,
                    "parameter '%s' is %s, and its %s is %s", entry->name,
                    text, is_min ? "min" : "max", limit_text);
        g_free(text);
        g_free(limit_text);
    }
    return ok;
}

static void
report_fault(struct scope *scope, const struct scope_entry *entry,
             struct fault *fault)
{
    diag_report(scope->diag, fault->code, entry->node->loc,
                "parameter '%s': %s", entry->name, fault->message);
    if (fault->help) {
        diag_help(scope->diag, "%s", fault->help);
    }
    fault_clear(fault);
}

/* Brings '*value', which was given for the parameter, to the type that its
 * default has, or reports that it has another. */
static bool
check_type(struct scope *scope, const struct scope_entry *entry,
           struct value *value)
{
    struct value model;
    struct fault fault;
    char *text;
    bool ok;

    if (!entry->fallback || !scope_evaluate(scope, entry->fallback, &model)) {
        return false;
    }
    if (model.kind == VALUE_TEXT && value->kind != VALUE_TEXT) {
        text = strchr(entry->node->text, '$') ? value_format(*value)
                                              : g_strdup(entry->node->text);
        *value = value_of_text(scope_strdup(scope, text));
        g_free(text);
    }
    if (model.kind != VALUE_QUANTITY) {
        if (value->kind == model.kind) {
            return true;
        }
        diag_report(scope->diag, E019, entry->node->loc,
                    "parameter '%s' takes %s, and this is %s", entry->name,
                    value_kind_name(model), value_kind_name(*value));
        return false;
    }
    text = value_format(*value);
    ok =
        value->kind == VALUE_QUANTITY
            ? quantity_check(value->quantity, model.quantity.dim, text, &fault)
            : quantity_parse(text, model.quantity.dim, &value->quantity,
                             &fault);
    *value = value_of_quantity(value->quantity);
    if (!ok) {
        report_fault(scope, entry, &fault);
    }
    g_free(text);
    return ok;
}

/* Checks the '*value' that the parameter 'entry' has, and brings one that was
 * set to the type of the default. */
bool
scope_check_param(struct scope *scope, const struct scope_entry *entry,
                  struct value *value)
{
    if (entry->is_overridden && !check_type(scope, entry, value)) {
        return false;
    }
    return (!entry->one_of || check_one_of(scope, entry, *value))
           && (!entry->min || check_limit(scope, entry, entry->min, *value))
           && (!entry->max || check_limit(scope, entry, entry->max, *value));
}

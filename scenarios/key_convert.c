/* From a scalar to a value of a key's type. */

#include <string.h>

#include "scenarios/key_slot.h"
#include "scenarios/suggest.h"

/* What is being converted. */
struct job {
    struct scope *scope;
    const struct tree_node *node;
    const struct key_spec *spec;
    const struct key_reader *reader; /* Says what it is, if 'what' is null. */
    const char *what;                /* "role". */
    const char *text;                /* What was read, for messages. */
    struct key_value *out;
};

static bool refuse(const struct job *, enum diag_code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* What messages call the value; the caller frees. */
static char *
what_of(const struct job *job)
{
    return job->what ? g_strdup(job->what) : key_what(job->reader, job->spec);
}

/* Reports 'format' about the value, and is false. */
static bool
refuse(const struct job *job, enum diag_code code, const char *format, ...)
{
    va_list args;
    char *message, *what = what_of(job);

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    diag_report(scope_diag(job->scope), code, job->node->loc, "%s: %s", what,
                message);
    g_free(message);
    g_free(what);
    return false;
}

static bool
refuse_fault(const struct job *job, struct fault *fault)
{
    struct loc loc = job->node->loc;
    char *what = what_of(job);

    /* A fault of a part is shown there, if the text stands in the file. */
    if (!strcmp(job->text, job->node->text)) {
        loc = tree_text_loc(job->node, fault->at, MAX(fault->size, 1));
    }
    diag_report(scope_diag(job->scope), fault->code, loc, "%s: %s", what,
                fault->message);
    g_free(what);
    if (fault->help) {
        diag_help(scope_diag(job->scope), "%s", fault->help);
    }
    fault_clear(fault);
    return false;
}

static bool
refuse_type(const struct job *job, enum diag_code code)
{
    const char *examples = key_type_examples(job->spec->type);

    refuse(job, code, "'%s' is not %s", job->text,
           key_type_name(job->spec->type));
    if (examples[0]) {
        diag_help(scope_diag(job->scope), "for example %s", examples);
    }
    return false;
}

/* ---- Words. ---- */

static size_t
n_words(const char *const *words)
{
    size_t n = 0;

    while (words && words[n]) {
        n++;
    }
    return n;
}

/* Finds the value among 'words'. */
static bool
find_word(const struct job *job, const char *const *words)
{
    for (unsigned int i = 0; words && words[i]; i++) {
        if (!strcmp(words[i], job->text)) {
            job->out->word = words[i];
            job->out->word_index = i;
            job->out->value = value_of_text(words[i]);
            return true;
        }
    }
    return false;
}

static void
help_words(const struct job *job, const char *const *words)
{
    suggest_help(scope_diag(job->scope), job->text, words, n_words(words),
                 "it is one of");
}

static bool
refuse_later_word(const struct job *job)
{
    refuse(job, E091, "'%s' is not supported yet", job->text);
    if (job->spec->words) {
        help_words(job, job->spec->words);
    }
    return false;
}

static bool
convert_word(const struct job *job)
{
    if (find_word(job, job->spec->words)) {
        return true;
    }
    refuse(job, E024, "'%s' is not one of its words", job->text);
    help_words(job, job->spec->words);
    return false;
}

/* ---- Quantities. ---- */

static enum dim
dim_of(enum key_type type)
{
    switch ((int) type) {
    case KEY_TIME: return DIM_TIME;
    case KEY_BYTES: return DIM_BYTES;
    case KEY_RATE: return DIM_RATE;
    case KEY_BYTE_RATE: return DIM_BYTE_RATE;
    case KEY_PERCENT: return DIM_PERCENT;
    case KEY_PER_SECOND: return DIM_PER_SECOND;
    default: return DIM_NUMBER;
    }
}

static bool
check_range(const struct job *job, struct quantity q)
{
    const struct key_spec *spec = job->spec;
    int64_t max = spec->max ? spec->max : spec->type == KEY_PERCENT ? 100 : 0;
    struct quantity low = quantity_int(spec->min, q.dim);
    struct quantity high = quantity_int(max, q.dim);
    char *low_text, *high_text;

    if (quantity_compare(q, low) >= 0
        && (max == 0 || quantity_compare(q, high) <= 0)) {
        return true;
    }
    low_text = quantity_format(low);
    high_text = quantity_format(high);
    if (q.num < 0 && spec->min == 0) {
        refuse(job, E018, "'%s' is negative", job->text);
    } else {
        refuse(job, E018, "'%s' is out of range", job->text);
    }
    if (max) {
        diag_help(scope_diag(job->scope), "it is from %s to %s", low_text,
                  high_text);
    } else {
        diag_help(scope_diag(job->scope), "it is at least %s", low_text);
    }
    g_free(low_text);
    g_free(high_text);
    return false;
}

static bool
convert_quantity(const struct job *job, struct value value)
{
    enum dim dim = dim_of(job->spec->type);
    struct quantity q = value.quantity;
    struct fault fault;
    int64_t whole;
    bool is_whole;

    if (value.kind == VALUE_BOOL) {
        return refuse_type(job, E017);
    }
    if (value.kind == VALUE_QUANTITY
            ? !quantity_check(q, dim, job->text, &fault)
            : !quantity_parse(job->text, dim, &q, &fault)) {
        return refuse_fault(job, &fault);
    }
    is_whole = quantity_to_int(q, &whole);
    if (!is_whole
        && (job->spec->type == KEY_INT || job->spec->type == KEY_BYTES)) {
        refuse(job, E018, "'%s' is no whole number%s", job->text,
               dim == DIM_BYTES ? " of bytes" : "");
        diag_help(scope_diag(job->scope),
                  "floor(...) and ceil(...) make whole numbers");
        return false;
    }
    if (dim == DIM_TIME || dim == DIM_RATE || dim == DIM_BYTE_RATE) {
        q = quantity_int(whole, dim);
    }
    job->out->value = value_of_quantity(q);
    return check_range(job, q);
}

/* ---- Addresses and paths. ---- */

static bool
convert_ip(const struct job *job)
{
    struct ip_prefix prefix;

    if (ip_addr_parse(job->text, &job->out->prefix.addr)) {
        return true;
    }
    if (ip_prefix_parse(job->text, &prefix)) {
        char text[IP_ADDR_STRLEN];

        ip_addr_format(&prefix.addr, text);
        refuse(job, E025, "'%s' has a length, which does not belong here",
               job->text);
        diag_help(scope_diag(job->scope), "write %s", text);
        return false;
    }
    return refuse_type(job, E025);
}

static bool
convert_prefix(const struct job *job)
{
    struct ip_prefix *prefix = &job->out->prefix, network;
    char text[IP_PREFIX_STRLEN];
    struct ip_addr addr;

    if (!strchr(job->text, '/') && ip_addr_parse(job->text, &addr)) {
        refuse(job, E025, "'%s' lacks the length of its subnet", job->text);
        diag_help(scope_diag(job->scope), "for example %s/%d", job->text,
                  addr.family == IP_V4 ? 24 : 64);
        return false;
    }
    if (!ip_prefix_parse(job->text, prefix)) {
        return refuse_type(job, E025);
    }
    network = ip_prefix_network(prefix);
    if (job->spec->type == KEY_PREFIX
        && !ip_addr_equal(&network.addr, &prefix->addr)) {
        ip_prefix_format(&network, text);
        refuse(job, E025, "'%s' has bits behind its length", job->text);
        diag_help(scope_diag(job->scope), "the subnet is %s", text);
        return false;
    }
    return true;
}

static bool
check_path(const struct job *job, bool is_valid)
{
    if (is_valid) {
        return true;
    }
    refuse_type(job, E026);
    diag_help(scope_diag(job->scope),
              "(letters, digits, '-' and '_', a letter or digit first)");
    return false;
}

/* ---- By type. ---- */

static bool
convert_text(const struct job *job)
{
    const struct key_spec *spec = job->spec;
    const char *text = job->text;

    job->out->value = value_of_text(text);
    switch ((int) spec->type) {
    case KEY_WORD: return convert_word(job);
    case KEY_IP: return convert_ip(job);
    case KEY_PREFIX:
    case KEY_IP_PREFIX: return convert_prefix(job);
    case KEY_MAC:
        return eth_addr_parse(text, &job->out->mac) || refuse_type(job, E025);
    case KEY_NAME: return check_path(job, key_is_name(text));
    case KEY_REF: return check_path(job, key_is_ref(text));
    case KEY_GLOB: return check_path(job, key_is_glob(text));
    case KEY_FILE: return text[0] || refuse_type(job, E026);
    default: return true;
    }
}

static bool
is_text_type(enum key_type type)
{
    return type == KEY_TEXT || type == KEY_NAME || type == KEY_REF
           || type == KEY_GLOB || type == KEY_WORD || type == KEY_IP
           || type == KEY_PREFIX || type == KEY_IP_PREFIX || type == KEY_MAC
           || type == KEY_FILE;
}

/* Converts what the scalar evaluates to. */
static bool
convert_scalar(struct job *job)
{
    enum key_type type = job->spec->type;
    struct value value;
    char *text;

    if (!scope_evaluate(job->scope, job->node, &value)) {
        return false;
    }
    job->text = job->node->text;
    if (strchr(job->text, '$')) {
        text = value_format(value);
        job->text = scope_strdup(job->scope, text);
        g_free(text);
    }
    if (type != KEY_WORD && value.kind == VALUE_TEXT
        && find_word(job, job->spec->words)) {
        return true;
    }
    for (size_t i = 0; i < n_words(job->spec->later_words); i++) {
        if (!strcmp(job->spec->later_words[i], job->text)) {
            return refuse_later_word(job);
        }
    }
    if (is_text_type(type)) {
        return convert_text(job);
    }
    if (type == KEY_VALUE || type == KEY_BOOL) {
        job->out->value = value;
        return type == KEY_VALUE || value.kind == VALUE_BOOL
               || refuse_type(job, E017);
    }
    return convert_quantity(job, value);
}

static bool
check_kind(const struct job *job)
{
    bool wants_map = job->spec->type == KEY_OBJECT;

    if (job->node->broken) {
        return false; /* Reported when it was read. */
    }
    if (job->node->kind == (wants_map ? TREE_MAP : TREE_SCALAR)
        && !tree_is_empty(job->node)) {
        return true;
    }
    return refuse(job, E020, "expected %s, found %s",
                  key_type_name(job->spec->type), tree_kind_name(job->node));
}

static bool
convert(struct job *job)
{
    struct key_value *out = job->out;
    bool result = false;

    *out = (struct key_value){ .node = job->node };
    if (job->spec->type == KEY_NODE) {
        out->is_ok = !job->node->broken;
    } else if (check_kind(job)) {
        if (job->spec->type == KEY_CONDITION) {
            out->is_ok = scope_condition(job->scope, job->node, &result);
            out->value = value_of_bool(result);
        } else {
            out->is_ok = job->spec->type == KEY_OBJECT || convert_scalar(job);
        }
    }
    if (!out->is_ok) {
        *out = (struct key_value){ .node = job->node };
    }
    return out->is_ok;
}

/* Converts 'node' to one value of the type of 'spec', whose shape, name and
 * presence do not matter here.  'what' names it in messages, as "role".
 * Returns false, and has reported, on failure. */
bool
key_convert(struct scope *scope, const struct tree_node *node,
            const struct key_spec *spec, const char *what,
            struct key_value *out)
{
    return convert(&(struct job){
        .scope = scope,
        .node = node,
        .spec = spec,
        .what = what,
        .text = "",
        .out = out,
    });
}

/* The same for a value of 'r', which messages call "'rate' in links[2]". */
bool
key_convert_value(const struct key_reader *r, const struct key_spec *spec,
                  const struct tree_node *node, struct key_value *out)
{
    return convert(&(struct job){
        .scope = r->scope,
        .node = node,
        .spec = spec,
        .reader = r,
        .text = "",
        .out = out,
    });
}

/* Converts the fallback of 'spec', which is sound. */
bool
key_convert_fallback(struct scope *scope, const struct key_spec *spec,
                     struct key_value *out)
{
    struct tree_node node = { .kind = TREE_SCALAR,
                              .plain = true,
                              .text = spec->fallback };
    bool ok = key_convert(scope, &node, spec, "fallback", out);

    out->node = NULL;
    return ok;
}

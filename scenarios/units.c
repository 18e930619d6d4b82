#include "scenarios/units.h"

#include <stdarg.h>
#include <string.h>

#include "scenarios/suggest.h"

#define PS_PER_S INT64_C(1000000000000)
#define KIB      INT64_C(1024)

static const struct unit {
    const char *name;
    enum dim dim;
    int64_t scale; /* In base units. */
} units[] = {
    /* Of each dimension, from large to small. */
    { "h", DIM_TIME, 3600 * PS_PER_S },
    { "min", DIM_TIME, 60 * PS_PER_S },
    { "s", DIM_TIME, PS_PER_S },
    { "ms", DIM_TIME, PS_PER_S / 1000 },
    { "us", DIM_TIME, PS_PER_S / 1000000 },
    { "ns", DIM_TIME, 1000 },
    { "ps", DIM_TIME, 1 },
    { "TiB", DIM_BYTES, KIB *KIB *KIB *KIB },
    { "GiB", DIM_BYTES, KIB *KIB *KIB },
    { "MiB", DIM_BYTES, KIB *KIB },
    { "KiB", DIM_BYTES, KIB },
    { "TB", DIM_BYTES, INT64_C(1000000000000) },
    { "GB", DIM_BYTES, 1000000000 },
    { "MB", DIM_BYTES, 1000000 },
    { "kB", DIM_BYTES, 1000 },
    { "KB", DIM_BYTES, 1000 },
    { "B", DIM_BYTES, 1 },
    { "Tbps", DIM_RATE, INT64_C(1000000000000) },
    { "Gbps", DIM_RATE, 1000000000 },
    { "Mbps", DIM_RATE, 1000000 },
    { "kbps", DIM_RATE, 1000 },
    { "bps", DIM_RATE, 1 },
    { "TiB/s", DIM_BYTE_RATE, KIB *KIB *KIB *KIB },
    { "GiB/s", DIM_BYTE_RATE, KIB *KIB *KIB },
    { "MiB/s", DIM_BYTE_RATE, KIB *KIB },
    { "KiB/s", DIM_BYTE_RATE, KIB },
    { "TB/s", DIM_BYTE_RATE, INT64_C(1000000000000) },
    { "GB/s", DIM_BYTE_RATE, 1000000000 },
    { "MB/s", DIM_BYTE_RATE, 1000000 },
    { "kB/s", DIM_BYTE_RATE, 1000 },
    { "KB/s", DIM_BYTE_RATE, 1000 },
    { "B/s", DIM_BYTE_RATE, 1 },
    { "%", DIM_PERCENT, 1 },
    { "/s", DIM_PER_SECOND, 1 },
};

static const struct dim_info {
    const char *name, *examples, *base;
    const char *offered[3]; /* Units, to a number that has none. */
    const char *whole;      /* Its base units, if they cannot be parts. */
} dims[N_DIMS] = {
    [DIM_NUMBER] = { "a number", "4, 0.5", "", { "" }, NULL },
    [DIM_TIME] = { "a time",
                   "10us, 1.5ms, 2s",
                   "ps",
                   { "us", "ms", "s" },
                   "picoseconds" },
    [DIM_BYTES] = { "bytes",
                    "1500B, 64KiB, 2MB",
                    "B",
                    { "B", "KiB", "MiB" },
                    "bytes" },
    [DIM_RATE] = { "a bit rate",
                   "10Gbps, 200Mbps",
                   "bps",
                   { "kbps", "Mbps", "Gbps" },
                   "bits per second" },
    [DIM_BYTE_RATE] = { "bytes per second",
                        "40MB/s, 1MiB/s",
                        "B/s",
                        { "B/s", "kB/s", "MB/s" },
                        "bytes per second" },
    [DIM_PERCENT] = { "a percentage", "5%, 0.1%", "%", { "%" }, NULL },
    [DIM_PER_SECOND] = { "a frequency", "200/s, 0.5/s", "/s", { "/s" }, NULL },
};

const char *
dim_name(enum dim dim)
{
    return dims[dim].name;
}

const char *
dim_examples(enum dim dim)
{
    return dims[dim].examples;
}

/* ---- Faults. ---- */

void
fault_set(struct fault *fault, enum diag_code code, size_t at, size_t size,
          const char *format, ...)
{
    va_list args;

    *fault = (struct fault){ .code = code, .at = at, .size = size };
    va_start(args, format);
    fault->message = g_strdup_vprintf(format, args);
    va_end(args);
}

void
fault_help(struct fault *fault, const char *format, ...)
{
    va_list args;

    g_free(fault->help);
    va_start(args, format);
    fault->help = g_strdup_vprintf(format, args);
    va_end(args);
}

void
fault_clear(struct fault *fault)
{
    g_clear_pointer(&fault->message, g_free);
    g_clear_pointer(&fault->help, g_free);
}

/* ---- Reading. ---- */

static const struct unit *
find_unit(const char *name, size_t size)
{
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (strlen(units[i].name) == size
            && !memcmp(units[i].name, name, size)) {
            return &units[i];
        }
    }
    return NULL;
}

static bool
is_word_char(char c)
{
    return g_ascii_isalnum(c) || c == '_' || (unsigned char) c >= 0x80;
}

/* Returns how many bytes of 'text', which is right behind a number, are its
 * unit. */
static size_t
unit_size(const char *text)
{
    size_t size = 0;

    if (text[0] == '%') {
        return !is_word_char(text[1]) && text[1] != '(';
    }
    while (is_word_char(text[size])) {
        size++;
    }
    if (text[size] == '/' && text[size + 1] == 's'
        && !is_word_char(text[size + 2])) {
        size += 2;
    }
    return size;
}

/* Reads digits and decimals at 'text' as 'num' / 'den'.  Returns how many bytes
 * they are, and false in '*fits' if there are too many digits. */
static size_t
scan_number(const char *text, int64_t *num, int64_t *den, bool *fits)
{
    size_t n = 0, n_decimals = 0, zeros = 0;

    *num = 0;
    *den = 1;
    *fits = true;
    while (g_ascii_isdigit(text[n])) {
        *fits = *fits && *num <= (INT64_MAX - (text[n] - '0')) / 10;
        *num = *fits ? *num * 10 + (text[n] - '0') : 0;
        n++;
    }
    if (text[n] != '.' || !g_ascii_isdigit(text[n + 1])) {
        return n;
    }
    n++;
    while (g_ascii_isdigit(text[n + n_decimals])) {
        zeros = text[n + n_decimals] == '0' ? zeros + 1 : 0;
        n_decimals++;
    }
    for (size_t i = 0; i < n_decimals - zeros; i++) {
        *fits =
            *fits && *num <= (INT64_MAX - 9) / 10 && *den <= INT64_MAX / 10;
        *num = *fits ? *num * 10 + (text[n + i] - '0') : 0;
        *den = *fits ? *den * 10 : 1;
    }
    return n + n_decimals;
}

/* How much of a text of 'size' bytes a message shows. */
static int
shown_size(size_t size)
{
    return (int) MIN(size, 100);
}

/* Returns a copy of the unit at 'text', with a micro sign as 'u'. */
static char *
plain_unit(const char *text, size_t size)
{
    bool is_micro =
        size > 2 && (!memcmp(text, "\u00b5", 2) || !memcmp(text, "\u03bc", 2));
    char *rest = g_strndup(text + 2 * is_micro, size - 2 * is_micro);
    char *unit = g_strconcat(is_micro ? "u" : "", rest, NULL);

    g_free(rest);
    return unit;
}

static void
fault_unknown_unit(struct fault *fault, const char *text, size_t number_size,
                   size_t size, enum dim dim)
{
    char *unit = plain_unit(text + number_size, size - number_size);
    const char *names[G_N_ELEMENTS(units)], *nearest;
    char *list;
    size_t n = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (dim == DIM_NUMBER || units[i].dim == dim) {
            names[n++] = units[i].name;
        }
    }
    nearest = suggest_nearest(unit, names, n);
    list = suggest_list(names, n);
    fault_set(fault, E016, number_size, size - number_size,
              "'%.*s' has no known unit", shown_size(size), text);
    if (nearest && dim == DIM_NUMBER) {
        fault_help(fault, "did you mean '%.*s%s'?", shown_size(number_size),
                   text, nearest);
    } else if (nearest) {
        fault_help(fault, "did you mean '%.*s%s'? Units here: %s",
                   shown_size(number_size), text, nearest, list);
    } else {
        fault_help(fault, "units here: %s", list);
    }
    g_free(list);
    g_free(unit);
}

/* Do base units of 'dim' exist in whole numbers only? */
static bool
dim_is_whole(enum dim dim)
{
    return dims[dim].whole;
}

/* Like quantity_scan(); units of 'dim' are offered if there is none, those of
 * all if it is DIM_NUMBER. */
static size_t
scan(const char *text, enum dim dim, struct quantity *q, struct fault *fault)
{
    int64_t num, den;
    bool fits;
    size_t number_size = scan_number(text, &num, &den, &fits);
    size_t size = number_size + unit_size(text + number_size);
    const struct unit *unit =
        find_unit(text + number_size, size - number_size);

    if (number_size == 0) {
        fault_set(fault, E017, 0, 1, "this is not a number");
        return 0;
    }
    if (size > number_size && !unit) {
        fault_unknown_unit(fault, text, number_size, size, dim);
        return 0;
    }
    if (fits) {
        /* The division first: it makes room for the product. */
        *q = quantity_int(num, DIM_NUMBER);
        fits = quantity_divide(*q, quantity_int(den, DIM_NUMBER), q)
               && quantity_multiply(
                   *q, quantity_int(unit ? unit->scale : 1, DIM_NUMBER), q);
        q->dim = unit ? unit->dim : DIM_NUMBER;
    }
    if (!fits) {
        fault_set(fault, E018, 0, size, "'%.*s' has too many digits",
                  shown_size(size), text);
        return 0;
    }
    if (q->den != 1 && dim_is_whole(q->dim)) {
        fault_set(fault, E018, 0, size, "'%.*s' is no whole number of %s",
                  shown_size(size), text, dims[q->dim].whole);
        return 0;
    }
    return size;
}

/* Reads the quantity, without a sign, at the start of 'text'.  Returns how many
 * bytes it is; 0, with '*fault' set, on failure. */
size_t
quantity_scan(const char *text, struct quantity *q, struct fault *fault)
{
    return scan(text, DIM_NUMBER, q, fault);
}

/* Checks that 'q', which was written as 'text', is of dimension 'dim'.  If not,
 * sets '*fault' and returns false. */
bool
quantity_check(struct quantity q, enum dim dim, const char *text,
               struct fault *fault)
{
    const char *const *offered = dims[dim].offered;

    if (q.dim == dim) {
        return true;
    }
    if (q.dim != DIM_NUMBER) {
        fault_set(fault, E017, 0, strlen(text), "'%s' is %s, not %s", text,
                  dim_name(q.dim), dim_name(dim));
        fault_help(fault, "%s is written as in %s", dim_name(dim),
                   dim_examples(dim));
        return false;
    }
    fault_set(fault, E015, 0, strlen(text), "'%s' has no unit", text);
    if (offered[1]) {
        fault_help(fault, "write %s%s, %s%s or %s%s", text, offered[0], text,
                   offered[1], text, offered[2]);
    } else {
        fault_help(fault, "write %s%s", text, offered[0]);
    }
    return false;
}

/* Reads all of 'text', which may have a minus sign, as a quantity of dimension
 * 'dim'.  On failure sets '*fault' and returns false. */
bool
quantity_parse(const char *text, enum dim dim, struct quantity *q,
               struct fault *fault)
{
    size_t sign = text[0] == '-', size, blanks;

    if (!g_ascii_isdigit(text[sign])) {
        fault_set(fault, E017, 0, strlen(text), "'%s' is not %s", text,
                  dim_name(dim));
        fault_help(fault, "%s is written as in %s", dim_name(dim),
                   dim_examples(dim));
        return false;
    }
    size = scan(text + sign, dim, q, fault);
    if (size == 0) {
        fault->at += sign;
        return false;
    }
    size += sign;
    blanks = strspn(text + size, " ");
    if (blanks && unit_size(text + size + blanks) > 0) {
        fault_set(fault, E015, size, blanks, "'%s' has a space inside", text);
        fault_help(fault, "write '%.*s%s'", (int) size, text,
                   text + size + blanks);
        return false;
    }
    if (text[size]) {
        fault_set(fault, E017, size, strlen(text + size), "'%s' is not %s",
                  text, dim_name(dim));
        fault_help(fault, "%s is written as in %s", dim_name(dim),
                   dim_examples(dim));
        return false;
    }
    q->num = sign ? -q->num : q->num;
    return quantity_check(*q, dim, text, fault);
}

/* ---- Writing. ---- */

/* Returns 'q''s number as text: exact if it has at most nine decimals, else to
 * 15 digits. */
static char *
format_number(struct quantity q)
{
    char buf[G_ASCII_DTOSTR_BUF_SIZE];
    int64_t den = 1;
    GString *text;
    int decimals = 0;

    while (decimals < 9 && den % q.den != 0) {
        den *= 10;
        decimals++;
    }
    if (den % q.den != 0 || ABS(q.num) > INT64_MAX / (den / q.den)) {
        g_ascii_formatd(buf, sizeof buf, "%.15g", quantity_to_double(q));
        return g_strdup(buf);
    }
    text = g_string_new(q.num < 0 ? "-" : "");
    uint64_t scaled = (uint64_t) ABS(q.num) * (uint64_t) (den / q.den);

    g_string_append_printf(text, "%" G_GUINT64_FORMAT,
                           scaled / (uint64_t) den);
    if (decimals > 0) {
        g_string_append_printf(text, ".%0*" G_GUINT64_FORMAT, decimals,
                               scaled % (uint64_t) den);
    }
    return g_string_free(text, FALSE);
}

/* True if 'q' may be written in 'unit', as '*n': at least one of it, and no
 * decimals for bytes, else at most three. */
static bool
unit_suits(const struct unit *unit, struct quantity q, struct quantity *n)
{
    int64_t decimals = q.dim == DIM_BYTES || q.dim == DIM_BYTE_RATE ? 1 : 1000;

    if (unit->dim != q.dim || (q.dim == DIM_TIME && unit->scale > PS_PER_S)) {
        return false;
    }
    return quantity_divide(q, quantity_int(unit->scale, DIM_NUMBER), n)
           && decimals % n->den == 0 && ABS(n->num) >= n->den;
}

/* Returns 'q' in the unit, stored in '*unit', that makes the smallest number of
 * it; as it is, if none suits. */
static struct quantity
in_best_unit(struct quantity q, const char **unit)
{
    struct quantity best = q, n;

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (unit_suits(&units[i], q, &n)
            && ABS(quantity_to_double(n)) < ABS(quantity_to_double(best))) {
            best = n;
            *unit = units[i].name;
        }
    }
    return best;
}

/* Returns 'q' as text that reads back as the same: 1500000000 ps is "1.5ms".
 * What is no whole number of base units (only expressions can make it) is
 * rounded, a time to ps, others to 15 digits.  The caller frees the text. */
char *
quantity_format(struct quantity q)
{
    const char *unit = dims[q.dim].base;
    char *number, *text;
    int64_t whole;

    if (q.dim == DIM_TIME) {
        quantity_to_int(q, &whole);
        q = quantity_int(whole, q.dim);
    }
    if (q.num == 0 && q.dim == DIM_TIME) {
        unit = "s";
    } else if (dim_is_whole(q.dim)) {
        q = in_best_unit(q, &unit);
    }
    number = format_number(q);
    text = g_strconcat(number, unit, NULL);
    g_free(number);
    return text;
}

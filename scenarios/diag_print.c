#include <string.h>

#include "scenarios/diag.h"

/* A longer line is shown in part: this much of it, starting so far before the
 * place. */
#define LINE_SHOWN_MAX 160
#define LINE_BEFORE    60

/* Terminal attributes. */
struct palette {
    const char *severity[3], *strong, *faint, *reset;
};

static const struct palette plain = { { "", "", "" }, "", "", "" };
static const struct palette coloured = {
    { "\033[1;31m", "\033[1;33m", "\033[1;36m" },
    "\033[1m",
    "\033[2m",
    "\033[0m",
};

/* The part of a line that is shown. */
struct excerpt {
    char *text;          /* UTF-8, tame. */
    unsigned int before; /* Characters of it before the place. */
    bool cut_before, cut_after;
};

/* Returns the byte of 'line' at which character 'n' starts. */
static size_t
skip_characters(const char *line, size_t size, size_t n)
{
    size_t at = 0;

    while (at < size && n > 0) {
        at++;
        while (at < size && ((unsigned char) line[at] & 0xc0) == 0x80) {
            at++;
        }
        n--;
    }
    return at;
}

static void
excerpt_init(struct excerpt *excerpt, const char *line, size_t size,
             unsigned int column)
{
    size_t first = column - 1 > LINE_BEFORE * 2 ? column - 1 - LINE_BEFORE : 0;
    size_t start = skip_characters(line, size, first);
    size_t shown = skip_characters(line + start, size - start, LINE_SHOWN_MAX);
    char *valid = g_utf8_make_valid(line + start, (gssize) shown);
    GString *text = g_string_new(NULL);

    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        g_string_append_unichar(
            text, c != '\t' && g_unichar_iscntrl(c) ? 0xfffd : c);
    }
    g_free(valid);
    excerpt->text = g_string_free(text, FALSE);
    excerpt->before = column - 1 - (unsigned int) first;
    excerpt->cut_before = first > 0;
    excerpt->cut_after = start + shown < size;
}

static unsigned int
character_width(gunichar c)
{
    return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

/* Appends blanks below what precedes the place, tabs below tabs, then the
 * underline, as wide as what is underlined. */
static void
append_underline(GString *out, const struct excerpt *excerpt,
                 unsigned int length)
{
    const char *p = excerpt->text;
    unsigned int width = 0;

    for (unsigned int i = 0; i < excerpt->before && *p; i++) {
        gunichar c = g_utf8_get_char(p);

        for (unsigned int j = 0; c != '\t' && j < character_width(c); j++) {
            g_string_append_c(out, ' ');
        }
        if (c == '\t') {
            g_string_append_c(out, '\t');
        }
        p = g_utf8_next_char(p);
    }
    for (unsigned int i = 0; i < length && *p; i++) {
        width += character_width(g_utf8_get_char(p));
        p = g_utf8_next_char(p);
    }
    g_string_append_c(out, '^');
    for (unsigned int i = 1; i < width; i++) {
        g_string_append_c(out, '~');
    }
}

static void
print_excerpt(struct loc loc, const struct palette *colour, const char *mark,
              GString *out)
{
    struct excerpt excerpt;
    size_t size;
    const char *line = source_line(loc.source, loc.line, &size);
    int digits = 0;

    if (!line) {
        return;
    }
    for (unsigned int n = loc.line; n > 0; n /= 10) {
        digits++;
    }
    excerpt_init(&excerpt, line, size, loc.column);
    g_string_append_printf(out, "  %s%u |%s %s%s%s\n", colour->faint, loc.line,
                           colour->reset, excerpt.cut_before ? "..." : "",
                           excerpt.text, excerpt.cut_after ? "..." : "");
    g_string_append_printf(out, "  %s%*s |%s %s%s", colour->faint, digits, "",
                           colour->reset, excerpt.cut_before ? "   " : "",
                           mark);
    append_underline(out, &excerpt, loc.length);
    g_string_append_printf(out, "%s\n", colour->reset);
    g_free(excerpt.text);
}

static void
print_one(const struct diagnostic *d, const struct palette *colour,
          GString *out)
{
    enum diag_severity severity = diag_code_severity(d->code);
    const char *mark = colour->severity[severity];

    g_string_append(out, colour->strong);
    if (d->loc.source) {
        g_string_append_printf(out, "%s:", d->loc.source->name);
        if (d->loc.line > 0) {
            g_string_append_printf(out, "%u:%u:", d->loc.line, d->loc.column);
        }
        g_string_append_c(out, ' ');
    }
    g_string_append_printf(out, "%s%s%s[%s]:%s %s\n", colour->reset, mark,
                           diag_severity_name(severity),
                           diag_code_info(d->code)->name, colour->reset,
                           d->message);
    if (severity == DIAG_ERROR && d->loc.source && d->loc.length > 0) {
        print_excerpt(d->loc, colour, mark, out);
    }
    if (d->help) {
        g_string_append_printf(out, "  %shelp:%s %s\n", colour->strong,
                               colour->reset, d->help);
    }
}

/* Returns the first index after 'from' whose diagnostic is of another code or
 * place than that at 'from'. */
static size_t
end_of_alike(struct diag *diag, size_t from)
{
    const struct diagnostic *first = diag_kept(diag, from);
    size_t end = from + 1;

    while (end < diag_n_kept(diag) && diag_kept(diag, end)->code == first->code
           && loc_equal(diag_kept(diag, end)->loc, first->loc)) {
        end++;
    }
    return end;
}

/* Appends diagnostics to 'out', each a block, at most DIAG_SHOWN_MAX in all and
 * DIAG_ALIKE_MAX of a code at a place, then the summary. */
void
diag_print(struct diag *diag, bool colour, GString *out)
{
    unsigned int total = diag_count(diag, DIAG_ERROR)
                         + diag_count(diag, DIAG_WARNING)
                         + diag_count(diag, DIAG_NOTE);
    size_t i = 0, n_shown = 0;

    while (i < diag_n_kept(diag) && n_shown < DIAG_SHOWN_MAX) {
        size_t end = end_of_alike(diag, i);
        size_t stop = MIN(end, i + DIAG_ALIKE_MAX);

        for (; i < stop && n_shown < DIAG_SHOWN_MAX; i++, n_shown++) {
            print_one(diag_kept(diag, i), colour ? &coloured : &plain, out);
        }
        if (i == stop) {
            i = end;
        }
    }
    if (total > n_shown) {
        g_string_append_printf(out, "and %u more%s, not shown\n",
                               total - (unsigned int) n_shown,
                               i == diag_n_kept(diag) ? " like these" : "");
    }
    diag_print_summary(diag, out);
}

/* Appends "3 errors, 1 warning, 1 note. Nothing was run." to 'out'; the second
 * sentence if there is an error, nothing if there is nothing to count. */
void
diag_print_summary(const struct diag *diag, GString *out)
{
    bool first = true;

    for (enum diag_severity s = DIAG_ERROR; s <= DIAG_NOTE; s++) {
        unsigned int n = diag_count(diag, s);

        if (n > 0) {
            g_string_append_printf(out, "%s%u %s%s", first ? "" : ", ", n,
                                   diag_severity_name(s), n == 1 ? "" : "s");
            first = false;
        }
    }
    if (!first) {
        g_string_append(out,
                        diag_failed(diag) ? ". Nothing was run.\n" : ".\n");
    }
}

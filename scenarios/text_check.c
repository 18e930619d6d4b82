#include "scenarios/text_check.h"

#include <string.h>

/* After so many bad characters of a file, the rest of them is not news. */
#define BAD_CHARACTERS_SHOWN 10

/* The characters of YAML 1.2 section 5.1, without the line ends NEL, LS and PS
 * of YAML 1.1, and without byte order marks. */
static bool
is_allowed(gunichar c)
{
    if (c < 0xa0) {
        return c == '\t' || c == '\n' || (c >= 0x20 && c < 0x7f);
    }
    return c != 0x2028 && c != 0x2029 && c != 0xfeff && c != 0xfffe
           && c != 0xffff;
}

/* True if 'text', which is UTF-8, has only characters that the file itself
 * could have: escapes make others. */
bool
text_check_is_harmless(const char *text)
{
    for (; *text; text = g_utf8_next_char(text)) {
        if (!is_allowed(g_utf8_get_char(text)) && *text != '\r') {
            return false;
        }
    }
    return true;
}

static bool
check_encoding(const struct source *source, struct diag *diag)
{
    const char *text = source->text + source->start, *end;
    size_t offset;

    if (g_utf8_validate(text, (gssize) (source->size - source->start), &end)) {
        return true;
    }
    offset = (size_t) (end - source->text);
    if (*end == '\0') {
        diag_report(diag, E002, source_loc(source, offset, 1),
                    "the file has a null character here");
        diag_help(diag, "is this a text file, and is it UTF-8?");
        return false;
    }
    diag_report(diag, E001, source_loc(source, offset, 1),
                "the file is not UTF-8: byte 0x%02x does not fit here",
                (unsigned int) (unsigned char) *end);
    diag_help(diag, "iconv -f latin1 -t utf-8 converts Latin-1, for example");
    return false;
}

/* Reports what keeps 'source' from being read as YAML; false if there is
 * something. */
bool
text_check(const struct source *source, struct diag *diag)
{
    const char *end = source->text + source->size;
    int n = 0;

    if (!check_encoding(source, diag)) {
        return false;
    }
    for (const char *p = source->text + source->start; p < end;
         p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (is_allowed(c) || (c == '\r' && p[1] == '\n')) {
            continue;
        }
        diag_report(diag, E002,
                    source_loc(source, (size_t) (p - source->text), 1),
                    "character U+%04X may not be in a scenario", c);
        if (++n == BAD_CHARACTERS_SHOWN) {
            break;
        }
    }
    return n == 0;
}

/* Reports a tab in the indentation of line 'line', which starts neither a
 * comment nor the continuation of a text; returns whether there was none. */
bool
text_check_indentation(const struct source *source, unsigned int line,
                       struct diag *diag)
{
    size_t size, n = 0;
    const char *text = source_line(source, line, &size);
    const char *tab;

    while (text && n < size && (text[n] == ' ' || text[n] == '\t')) {
        n++;
    }
    tab = text ? memchr(text, '\t', n) : NULL;
    if (!tab) {
        return true;
    }
    diag_report(diag, E003,
                source_loc(source, (size_t) (tab - source->text), 1),
                "a tab cannot indent a line");
    diag_help(diag, "indent with spaces");
    return false;
}

/* The same for line 'line' and all after it, except blank lines and comments.
 * For when the parser has given up over a tab. */
void
text_check_all_indentation(const struct source *source, unsigned int line,
                           struct diag *diag)
{
    for (; line <= source->n_lines; line++) {
        size_t size, n = 0;
        const char *text = source_line(source, line, &size);

        while (n < size && (text[n] == ' ' || text[n] == '\t')) {
            n++;
        }
        if (n < size && text[n] != '#') {
            text_check_indentation(source, line, diag);
        }
    }
}

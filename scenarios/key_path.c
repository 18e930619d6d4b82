/* Names and paths, as SCENARIO.md 1.6 has them:
 *
 *     name:  [A-Za-z0-9] [A-Za-z0-9_-]*, without "--"
 *     port:  name ('.' number)?
 *     place: name ('/' name)? (':' port)?
 *     ref:   place ('--' place)? */

#include <string.h>

#include "scenarios/key_slot.h"

/* Names are parts of file names and of paths, both of which have limits. */
#define NAME_MAX_BYTES 100

/* Returns how many bytes at 'text' are a name, or in a glob may be part of
 * one. */
static size_t
name_size(const char *text, bool is_glob)
{
    size_t n = 0;

    while (g_ascii_isalnum(text[n])
           || (n > 0 && (text[n] == '_' || text[n] == '-'))
           || (is_glob && text[n] && strchr("*?[]!^_-", text[n]))) {
        if (text[n] == '-' && text[n + 1] == '-') {
            break;
        }
        n++;
    }
    return n <= NAME_MAX_BYTES ? n : 0;
}

/* The same of a port: a name and, if it is one of parallel links', ".2". */
static size_t
port_size(const char *text, bool is_glob)
{
    size_t n = name_size(text, is_glob), digits = 0;

    if (n > 0 && text[n] == '.') {
        while (g_ascii_isdigit(text[n + 1 + digits])
               || (is_glob && text[n + 1 + digits] == '*')) {
            digits++;
        }
        n = digits ? n + 1 + digits : 0;
    }
    return n;
}

static const char *
skip_place(const char *text, bool is_glob)
{
    size_t n = name_size(text, is_glob);

    if (n > 0 && text[n] == '/') {
        size_t rest = name_size(text + n + 1, is_glob);

        n = rest ? n + 1 + rest : 0;
    }
    if (n > 0 && text[n] == ':') {
        size_t rest = port_size(text + n + 1, is_glob);

        n = rest ? n + 1 + rest : 0;
    }
    return n ? text + n : NULL;
}

static bool
is_path(const char *text, bool is_glob)
{
    const char *rest = skip_place(text, is_glob);

    if (rest && g_str_has_prefix(rest, "--")) {
        rest = skip_place(rest + 2, is_glob);
    }
    return rest && !*rest;
}

/* True if something may be called 'text'. */
bool
key_is_name(const char *text)
{
    size_t n = name_size(text, false);

    return n > 0 && !text[n];
}

/* True if 'text' has the form of a path: hv1, hv1:eth0, blue/web:eth0,
 * a:x--b:y. */
bool
key_is_ref(const char *text)
{
    return is_path(text, false);
}

/* The same where many may be meant: hv[1-4]:eth0, blue/ *. */
bool
key_is_glob(const char *text)
{
    return is_path(text, true);
}

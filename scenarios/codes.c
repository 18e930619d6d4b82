#include "scenarios/codes.h"

#include <string.h>

#include "scenarios/suggest.h"

static const struct diag_code_info infos[] = {
#define CODE(NAME, TITLE, PAGE) [NAME] = { #NAME, TITLE, PAGE },
#include "scenarios/codes.def"
#undef CODE
};

const struct diag_code_info *
diag_code_info(enum diag_code code)
{
    g_assert(code < N_DIAG_CODES);
    return &infos[code];
}

enum diag_severity
diag_code_severity(enum diag_code code)
{
    switch (diag_code_info(code)->name[0]) {
    case 'W': return DIAG_WARNING;
    case 'N': return DIAG_NOTE;
    default: return DIAG_ERROR;
    }
}

const char *
diag_severity_name(enum diag_severity severity)
{
    static const char *const names[] = {
        [DIAG_ERROR] = "error",
        [DIAG_WARNING] = "warning",
        [DIAG_NOTE] = "note",
    };

    return names[severity];
}

/* Finds the code called 'name', in whatever case; false if there is none. */
bool
diag_code_find(const char *name, enum diag_code *code)
{
    for (unsigned int i = 0; i < N_DIAG_CODES; i++) {
        if (!g_ascii_strcasecmp(infos[i].name, name)) {
            *code = (enum diag_code) i;
            return true;
        }
    }
    return false;
}

/* Returns the name of the code that is most like 'name', or null. */
const char *
diag_code_nearest(const char *name)
{
    const char *names[N_DIAG_CODES];

    for (unsigned int i = 0; i < N_DIAG_CODES; i++) {
        names[i] = infos[i].name;
    }
    return suggest_nearest(name, names, N_DIAG_CODES);
}

/* Appends the page of 'code' to 'out':
 *
 *     error E021: unknown key
 *
 *     The object has no such key. ... */
void
diag_code_explain(enum diag_code code, GString *out)
{
    g_string_append_printf(
        out, "%s %s: %s\n\n%s", diag_severity_name(diag_code_severity(code)),
        diag_code_info(code)->name, diag_code_info(code)->title,
        diag_code_info(code)->page);
}

/* The codes of diagnostics.
 *
 * Every problem that a scenario can have has a code that never changes, such as
 * E021.  Its letter is the severity: E error, W warning, N note.  The files
 * codes_*.def hold one row for each, grouped by theme, in rising order:
 *
 *     CODE(E021, "unknown key",
 *          "A few sentences: what it means, why it matters.\n"
 *          "\n"
 *          "  wrong:  app: {vsubnet: lan}\n"
 *          "  right:  app: {subnet: lan}\n")
 *
 * That row is all there is to do for a new code: it makes the enumerator that
 * diag_report() wants (so a code without a row does not compile), the title in
 * lists, and the page that "paca explain E021" prints.  A code that has been
 * released is never given another meaning.
 *
 *     E00x  the file, YAML            E05x  addresses and tenants
 *     E01x  expressions, units,       E06x  MTU and datapaths
 *           types                     E07x  workloads and events
 *     E02x  keys                      E08x  expectations, captures, metrics
 *     E03x  references                E09x  not supported yet
 *     E04x  topology                  W1xx  warnings   N2xx  notes */

#ifndef SCENARIOS_CODES_H
#define SCENARIOS_CODES_H 1

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

enum diag_code {
#define CODE(NAME, TITLE, PAGE) NAME,
#include "scenarios/codes.def"
#undef CODE
    N_DIAG_CODES
};

enum diag_severity {
    DIAG_ERROR,
    DIAG_WARNING,
    DIAG_NOTE,
};

struct diag_code_info {
    const char *name;  /* "E021". */
    const char *title; /* A few words. */
    const char *page;  /* Lines, each with its newline. */
};

const struct diag_code_info *diag_code_info(enum diag_code);
enum diag_severity diag_code_severity(enum diag_code);
const char *diag_severity_name(enum diag_severity);

/* For "paca explain". */
bool diag_code_find(const char *name, enum diag_code *);
const char *diag_code_nearest(const char *name);
void diag_code_explain(enum diag_code, GString *out);

#endif /* scenarios/codes.h */

/* Located diagnostics, for the one who writes scenarios.
 *
 *     migrate.yaml:31:13: error[E021]: unknown key 'vsubnet' in tenants.blue
 *       31 |       app: {vsubnet: lan, ca: 10.1.1.10, host: hv1}
 *          |             ^~~~~~~
 *       help: did you mean 'subnet'?
 *
 * Diagnostics are collected, not thrown: a reader reports what it finds, goes
 * on, and the caller asks diag_failed() at the end of each stage.  What is
 * reported twice (the same code, place and text) is kept once, so a reader may
 * look at one place several times without care.
 *
 * A message says which object, what was read and what would be right.  It has
 * no capital at its start and no full stop at its end.  The severity is that of
 * the code (codes.h).
 *
 * The source line is shown if the place has a length: give loc_point(loc) where
 * the numbers in the message say it all.  Warnings and notes never show it.
 *
 * Printing sorts: errors, warnings, notes, each by place and then as they were
 * reported.  However many there are, a bounded number is kept and shown, and of
 * those at one place (where many things are made by a count) only the first
 * ones; the counts are always right.
 *
 * The sources of the places must outlive the diagnostics. */

#ifndef SCENARIOS_DIAG_H
#define SCENARIOS_DIAG_H 1

#include <glib.h>
#include <stdbool.h>

#include "scenarios/codes.h"
#include "scenarios/source.h"

#define DIAG_SHOWN_MAX 100  /* Blocks printed. */
#define DIAG_ALIKE_MAX 3    /* Of them, of one code at one place. */
#define DIAG_KEPT_MAX  1000 /* Of each severity; more are only counted. */

struct diagnostic {
    enum diag_code code;
    struct loc loc;
    char *message;
    char *help;   /* Or null. */
    size_t order; /* Among those reported. */
};

struct diag;

struct diag *diag_new(void);
void diag_free(struct diag *);

/* Reporting.  diag_help() adds to what was reported last. */
void diag_report(struct diag *, enum diag_code, struct loc, const char *format,
                 ...) G_GNUC_PRINTF(4, 5);
void diag_help(struct diag *, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* What there is. */
bool diag_failed(const struct diag *);
unsigned int diag_count(const struct diag *, enum diag_severity);
size_t diag_n_kept(const struct diag *);
const struct diagnostic *diag_kept(struct diag *, size_t index);

/* Printing. */
void diag_print(struct diag *, bool colour, GString *out);
void diag_print_summary(const struct diag *, GString *out);
char *diag_to_json(struct diag *);

#endif /* scenarios/diag.h */

/* Commands: one file each, and one row of commands[] in main.c.
 *
 * A command gets its own arguments, its name first, and returns the exit code:
 *
 *     0  all is well       1  an expectation failed   2  bad scenario or usage
 *     3  could not read    4  stopped by a limit or   70 packet sums do not add
 *        or write             a signal                   up: a bug of paca's
 */

#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H 1

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "scenarios/scenario.h"

enum exit_code {
    EXIT_PASSED = 0,
    EXIT_EXPECTATION = 1,
    EXIT_USAGE = 2,
    EXIT_IO = 3,
    EXIT_STOPPED = 4,
};

struct command {
    const char *name;
    const char *arguments; /* "FILE" */
    const char *help;      /* One line. */
    const char *details;   /* More, with an example. */
    int (*main)(const struct command *, int argc, char **argv);
};

int command_run(const struct command *, int argc, char **argv);
int command_check(const struct command *, int argc, char **argv);
int command_walk(const struct command *, int argc, char **argv);
int command_show(const struct command *, int argc, char **argv);
int command_list(const struct command *, int argc, char **argv);
int command_explain(const struct command *, int argc, char **argv);
int command_kinds(const struct command *, int argc, char **argv);

/* Options that commands share.  All zeros is none given. */
struct common_options {
    char **settings; /* --set */
    char *seed, *until;
    gboolean json, quiet, verbose;
    char *color; /* auto, always, never */
};
extern struct common_options common;
extern const GOptionEntry scenario_entries[]; /* --set --seed --until */
extern const GOptionEntry output_entries[];   /* --json -q -v --color */

/* Reads the options in 'entries' lists, up to a null, out of the arguments;
 * what is left stays in them.  Returns false, having said why, on wrong ones. */
bool command_parse(const struct command *, int *argc, char ***argv,
                   const GOptionEntry *own, bool scenario_options);
int command_usage_error(const struct command *, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

/* Reads the scenario in 'path', a file or the name of a bundled one.  Returns
 * null, having said why and set '*code', if it cannot be read at all. */
struct scenario *command_read_scenario(const char *path, int *code);

/* Prints what was found of 's' to stderr: errors always, the rest unless -q.
 * Returns false if there are errors. */
bool command_print_diagnostics(const struct scenario *);
bool command_wants_color(int fd);

/* Bundled scenarios. */
char *bundled_folder(void);
char *bundled_path(const char *name); /* Null: there is none. */
GPtrArray *bundled_names(GError **);

#endif /* cli/command.h */

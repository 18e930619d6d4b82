/* What commands share. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "scenarios/suggest.h"

struct common_options common;

const GOptionEntry scenario_entries[] = {
    { "set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &common.settings,
      "set a parameter or, by a dotted path, any key", "KEY=VALUE" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &common.seed,
      "another seed than run.seed", "N" },
    { "until", 0, 0, G_OPTION_ARG_STRING, &common.until,
      "another end than run.until", "TIME" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
};

const GOptionEntry output_entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &common.json,
      "print JSON on stdout, for programs", NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &common.quiet,
      "print errors and results only", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &common.verbose, "print more",
      NULL },
    { "color", 0, 0, G_OPTION_ARG_STRING, &common.color,
      "colour: auto (the default), always, never", "WHEN" },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static bool
is_color_word(const char *word)
{
    return !word || !strcmp(word, "auto") || !strcmp(word, "always")
           || !strcmp(word, "never");
}

bool
command_parse(const struct command *command, int *argc, char ***argv,
              const GOptionEntry *own, bool scenario_options)
{
    char *title =
        g_strdup_printf("%s - %s", command->arguments, command->help);
    GOptionContext *context = g_option_context_new(title);
    GError *error = NULL;
    char *program = g_strdup_printf("paca %s", command->name);

    g_free(title);
    g_set_prgname(program);
    g_free(program);
    g_option_context_set_description(context, command->details);
    if (own) {
        g_option_context_add_main_entries(context, own, NULL);
    }
    if (scenario_options) {
        g_option_context_add_main_entries(context, scenario_entries, NULL);
    }
    g_option_context_add_main_entries(context, output_entries, NULL);
    if (!g_option_context_parse(context, argc, argv, &error)) {
        command_usage_error(command, "%s", error->message);
        g_error_free(error);
    } else if (!is_color_word(common.color)) {
        command_usage_error(command, "--color is auto, always or never");
    } else {
        g_option_context_free(context);
        return true;
    }
    g_option_context_free(context);
    return false;
}

/* Says what is wrong with the arguments; returns the exit code. */
int
command_usage_error(const struct command *command, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "paca %s: ", command->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr,
            "\nusage: paca %s [OPTION...] %s; 'paca %s --help' says "
            "more\n",
            command->name, command->arguments, command->name);
    return EXIT_USAGE;
}

/* Returns the folder of the bundled scenarios; the caller frees. */
char *
bundled_folder(void)
{
    const char *given = g_getenv("PACA_SCENARIOS");

    return g_strdup(given ? given : PKGDATADIR "/scenarios");
}

/* Returns the path of the bundled scenario called 'name', or null; the caller
 * frees. */
char *
bundled_path(const char *name)
{
    char *folder, *file, *path;

    if (strchr(name, '/') || g_str_has_suffix(name, ".yaml")) {
        return NULL;
    }
    folder = bundled_folder();
    file = g_strconcat(name, ".yaml", NULL);
    path = g_build_filename(folder, file, NULL);
    g_free(folder);
    g_free(file);
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        g_clear_pointer(&path, g_free);
    }
    return path;
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* Returns the names of the bundled scenarios, sorted; null if their folder
 * cannot be read.  The caller frees. */
GPtrArray *
bundled_names(GError **error)
{
    char *folder = bundled_folder();
    GDir *dir = g_dir_open(folder, 0, error);
    GPtrArray *names = NULL;
    const char *file;

    if (dir) {
        names = g_ptr_array_new_with_free_func(g_free);
        while ((file = g_dir_read_name(dir)) != NULL) {
            if (g_str_has_suffix(file, ".yaml")) {
                g_ptr_array_add(
                    names, g_strndup(file, strlen(file) - strlen(".yaml")));
            }
        }
        g_dir_close(dir);
        g_ptr_array_sort(names, compare_names);
    }
    g_free(folder);
    return names;
}

/* Says why 'path' cannot be read and, if it could have been meant as one, which
 * bundled scenario is called like it. */
static void
report_unread(const char *path, const GError *error)
{
    GPtrArray *names = strchr(path, '/') ? NULL : bundled_names(NULL);
    const char *nearest = NULL;

    fprintf(stderr, "paca: %s\n", error->message);
    if (names) {
        nearest = suggest_nearest(
            path, (const char *const *) (void *) names->pdata, names->len);
    }
    if (nearest) {
        fprintf(stderr, "did you mean the bundled scenario '%s'?\n", nearest);
    } else if (!strchr(path, '/') && !strchr(path, '.')) {
        fputs("'paca list' names the bundled scenarios\n", stderr);
    }
    if (names) {
        g_ptr_array_unref(names);
    }
}

struct scenario *
command_read_scenario(const char *path, int *code)
{
    struct scenario_options options = {
        .settings = (const char *const *) common.settings,
        .seed = common.seed,
        .until = common.until,
    };
    char *bundled =
        g_file_test(path, G_FILE_TEST_EXISTS) ? NULL : bundled_path(path);
    const char *file = bundled ? bundled : path;
    GError *error = NULL;
    struct source *source = source_read(file, &error);
    struct scenario *scenario = NULL;

    if (source) {
        char *whole = g_canonicalize_filename(file, NULL);
        char *folder = g_path_get_dirname(whole);

        scenario = scenario_read(source, folder, &options);
        g_free(folder);
        g_free(whole);
    } else {
        report_unread(path, error);
        g_error_free(error);
        *code = EXIT_IO;
    }
    g_free(bundled);
    return scenario;
}

bool
command_wants_color(int fd)
{
    const char *when = common.color ? common.color : "auto";

    return !strcmp(when, "always")
           || (!strcmp(when, "auto") && isatty(fd) && !g_getenv("NO_COLOR"));
}

bool
command_print_diagnostics(const struct scenario *s)
{
    bool failed = scenario_failed(s);
    GString *text = g_string_new(NULL);

    if (failed || !common.quiet) {
        diag_print(s->diag, command_wants_color(STDERR_FILENO), text);
        fputs(text->str, stderr);
    }
    g_string_free(text, TRUE);
    return !failed;
}

/* paca show */

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "scenarios/show.h"

static const struct {
    const char *word;
    void (*show)(const struct scenario *, GString *);
} views[] = {
    { "topology", show_topology },
    { "addresses", show_addresses },
    { "policy", show_policy },
    { "resolved", show_resolved },
};

static int
show(const struct command *command, const char *path, const char *word)
{
    void (*view)(const struct scenario *, GString *) = NULL;
    struct scenario *s;
    int code = EXIT_USAGE;

    for (size_t i = 0; i < G_N_ELEMENTS(views); i++) {
        if (!strcmp(views[i].word, word)) {
            view = views[i].show;
        }
    }
    if (!view) {
        return command_usage_error(
            command, "'%s' is none of topology, addresses, policy, resolved",
            word);
    }
    s = command_read_scenario(path, &code);
    if (s) {
        common.quiet = TRUE;
        if (command_print_diagnostics(s)) {
            GString *text = g_string_new(NULL);

            view(s, text);
            fputs(text->str, stdout);
            g_string_free(text, TRUE);
            code = EXIT_PASSED;
        }
        scenario_free(s);
    }
    return code;
}

int
command_show(const struct command *command, int argc, char **argv)
{
    if (!command_parse(command, &argc, &argv, NULL, true)) {
        return EXIT_USAGE;
    }
    if (argc != 3) {
        return command_usage_error(command, "give a scenario and a view");
    }
    return show(command, argv[1], argv[2]);
}

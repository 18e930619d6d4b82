/* paca kinds */

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "scenarios/manual.h"

int
command_kinds(const struct command *command, int argc, char **argv)
{
    GString *text;
    bool found;

    if (!command_parse(command, &argc, &argv, NULL, false)) {
        return EXIT_USAGE;
    }
    if (argc > 2) {
        return command_usage_error(command, "give one name, or none");
    }
    text = g_string_new(NULL);
    found = manual_page(argc == 2 ? argv[1] : NULL, text);
    if (!found) {
        command_usage_error(command,
                            "there is no page '%s'; 'paca kinds' lists them",
                            argv[1]);
    }
    fputs(text->str, stdout);
    g_string_free(text, TRUE);
    return found ? EXIT_PASSED : EXIT_USAGE;
}

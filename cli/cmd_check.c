/* paca check */

#include <stdio.h>
#include <string.h>

#include "cli/command.h"

static int
check_one(const char *path)
{
    int code = EXIT_USAGE;
    struct scenario *s = command_read_scenario(path, &code);

    if (!s) {
        return code;
    }
    code = scenario_failed(s) ? EXIT_USAGE : EXIT_PASSED;
    if (common.json) {
        char *json = diag_to_json(s->diag);

        puts(json);
        g_free(json);
    } else {
        command_print_diagnostics(s);
        if (code == EXIT_PASSED && !common.quiet) {
            printf("%s: no errors\n", path);
        }
    }
    scenario_free(s);
    return code;
}

int
command_check(const struct command *command, int argc, char **argv)
{
    int worst = EXIT_PASSED;

    if (!command_parse(command, &argc, &argv, NULL, true)) {
        return EXIT_USAGE;
    }
    if (argc < 2) {
        return command_usage_error(command, "give one scenario or more");
    }
    for (int i = 1; i < argc; i++) {
        int code = check_one(argv[i]);

        worst = MAX(worst, code);
    }
    return worst;
}

/* paca explain */

#include <stdio.h>

#include "cli/command.h"
#include "scenarios/codes.h"

int
command_explain(const struct command *command, int argc, char **argv)
{
    enum diag_code code;
    GString *text;

    if (!command_parse(command, &argc, &argv, NULL, false)) {
        return EXIT_USAGE;
    }
    if (argc != 2) {
        return command_usage_error(command, "give one code, such as E060");
    }
    if (!diag_code_find(argv[1], &code)) {
        const char *nearest = diag_code_nearest(argv[1]);

        return command_usage_error(command, "there is no code '%s'%s%s%s",
                                   argv[1], nearest ? "; did you mean " : "",
                                   nearest ? nearest : "", nearest ? "?" : "");
    }
    text = g_string_new(NULL);
    diag_code_explain(code, text);
    fputs(text->str, stdout);
    g_string_free(text, TRUE);
    return EXIT_PASSED;
}

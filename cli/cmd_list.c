/* paca list */

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "scenarios/tree.h"

/* Prints a scenario's name and the first line of its title or about. */
static void
print_scenario(const char *name)
{
    char *path = bundled_path(name);
    struct source *source = source_read(path, NULL);
    struct diag *diag = diag_new();
    struct tree *tree = source ? tree_read(source, diag) : NULL;
    const struct tree_node *about =
        tree ? tree_get(tree_root(tree), "title") : NULL;
    const char *text;

    if (tree && !about) {
        about = tree_get(tree_root(tree), "about");
    }
    text = about && about->kind == TREE_SCALAR ? about->text : "";
    printf("%-20s %.*s\n", name, (int) strcspn(text, "\n"), text);
    tree_free(tree);
    diag_free(diag);
    source_free(source);
    g_free(path);
}

int
command_list(const struct command *command, int argc, char **argv)
{
    GPtrArray *names;
    GError *error = NULL;

    if (!command_parse(command, &argc, &argv, NULL, false)) {
        return EXIT_USAGE;
    }
    if (argc != 1) {
        return command_usage_error(command, "takes no arguments");
    }
    names = bundled_names(&error);
    if (!names) {
        fprintf(stderr, "paca: %s\n", error->message);
        g_error_free(error);
        return EXIT_IO;
    }
    for (unsigned int i = 0; i < names->len; i++) {
        print_scenario(g_ptr_array_index(names, i));
    }
    g_ptr_array_unref(names);
    return EXIT_PASSED;
}

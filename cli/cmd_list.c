/* paca list */

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "scenarios/tree.h"

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* Prints a scenario's name and the first line of its title or about. */
static void
print_scenario(const char *folder, const char *file)
{
    char *path = g_build_filename(folder, file, NULL);
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
    printf("%-20.*s %.*s\n", (int) (strlen(file) - strlen(".yaml")), file,
           (int) strcspn(text, "\n"), text);
    tree_free(tree);
    diag_free(diag);
    source_free(source);
    g_free(path);
}

int
command_list(const struct command *command, int argc, char **argv)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;
    const char *name;
    char *folder;
    GDir *dir;

    if (!command_parse(command, &argc, &argv, NULL, false)) {
        return EXIT_USAGE;
    }
    if (argc != 1) {
        return command_usage_error(command, "takes no arguments");
    }
    folder = bundled_folder();
    dir = g_dir_open(folder, 0, &error);
    if (!dir) {
        fprintf(stderr, "paca: %s\n", error->message);
        g_error_free(error);
        return EXIT_IO;
    }
    while ((name = g_dir_read_name(dir)) != NULL) {
        if (g_str_has_suffix(name, ".yaml")) {
            g_ptr_array_add(files, g_strdup(name));
        }
    }
    g_dir_close(dir);
    g_ptr_array_sort(files, compare_names);
    for (unsigned int i = 0; i < files->len; i++) {
        print_scenario(folder, g_ptr_array_index(files, i));
    }
    g_ptr_array_unref(files);
    g_free(folder);
    return EXIT_PASSED;
}

/* Runs a fuzz target over its corpus, without a fuzzer.
 *
 * With arguments: the files to run.  Without: the target's own corpus, found
 * from the program's name, tests/fuzz/NAME.replay: every file of
 * $srcdir/tests/corpus/NAME.  The empty input always comes first.  The run fails
 * if the target crashes, if a file cannot be read, or if there is none: a target
 * without a corpus would pass for ever and show nothing. */

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
fail(const char *what, GError *error)
{
    fprintf(stderr, "%s: %s\n", what, error ? error->message : "failed");
    exit(EXIT_FAILURE);
}

/* The input is copied to a block of exactly its size, so that a sanitizer sees
 * a read past its end. */
static void
run_file(const char *path)
{
    GError *error = NULL;
    gchar *contents;
    uint8_t *input;
    gsize size;

    if (!g_file_get_contents(path, &contents, &size, &error)) {
        fail(path, error);
    }
    fprintf(stderr, "%s: %zu bytes\n", path, (size_t) size);
    input = malloc(size ? size : 1);
    g_assert(input);
    memcpy(input, contents, size);
    LLVMFuzzerTestOneInput(input, size);
    free(input);
    g_free(contents);
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* The names in folder 'path', sorted. */
static GPtrArray *
list_folder(const char *path)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;
    GDir *dir = g_dir_open(path, 0, &error);
    const char *name;

    if (!dir) {
        fail(path, error);
    }
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_ptr_array_add(names, g_strdup(name));
    }
    g_dir_close(dir);
    g_ptr_array_sort(names, compare_names);
    return names;
}

static unsigned int
run_folder(const char *path)
{
    GPtrArray *names = list_folder(path);
    unsigned int n = names->len;

    for (unsigned int i = 0; i < n; i++) {
        gchar *file = g_build_filename(path, names->pdata[i], NULL);

        run_file(file);
        g_free(file);
    }
    g_ptr_array_free(names, TRUE);
    return n;
}

/* The folder of the corpus of the target that 'program' names. */
static gchar *
corpus_of(const char *program)
{
    const char *srcdir = g_getenv("srcdir");
    gchar *name = g_path_get_basename(program);
    gchar *suffix = strstr(name, ".replay");
    gchar *path;

    if (suffix) {
        *suffix = '\0';
    }
    path =
        g_build_filename(srcdir ? srcdir : ".", "tests", "corpus", name, NULL);
    g_free(name);
    return path;
}

int
main(int argc, char *argv[])
{
    LLVMFuzzerTestOneInput((const uint8_t *) "", 0);
    if (argc > 1) {
        for (int i = 1; i < argc; i++) {
            run_file(argv[i]);
        }
    } else {
        gchar *path = corpus_of(argv[0]);
        unsigned int n = run_folder(path);

        printf("%s: %u inputs\n", path, n);
        g_free(path);
        return n ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

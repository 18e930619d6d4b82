#include "traces/outdir.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/outfile.h"

#define STAMP_TRIES 1000 /* Runs of one seed that begin in one second. */

struct outdir {
    char *path;
    char *latest;         /* The link to it, null if it has none. */
    GError *error;        /* The first. */
    GPtrArray *files;     /* All struct outfile, in the order of making. */
    GHashTable *by_name;  /* Their names. */
    bool is_ours;         /* Made by us: removed if nothing is in it. */
    bool has_earlier_run; /* There were another run's files in it. */
    bool is_committed;
};

/* What a run makes, beside what is in RUN_FOLDERS. */
static const char *const run_files[] = {
    "manifest.json", "scenario.yaml", "scenario.resolved.yaml",
    "result.json",   "junit.xml",     "metrics.csv",
    "flows.csv",     "tables.csv",    "drops.csv",
    "events.jsonl",  "topology.svg",  "topology.dot",
    "report.html",
};

static const struct {
    const char *folder;
    const char *suffix;
} run_folders[] = {
    { "pcap", ".pcapng" }, { "pcap", ".pcap" }, { "plots", ".svg" },
    { "plots", ".gp" },    { "plots", ".dat" },
};

static bool
set_error(GError **error, const char *what, const char *path)
{
    int code = errno;

    g_set_error(error, G_FILE_ERROR, (gint) g_file_error_from_errno(code),
                "%s: cannot %s: %s", path, what, g_strerror(code));
    return false;
}

static struct outdir *
outdir_new(const char *path, bool is_ours)
{
    struct outdir *dir = g_new0(struct outdir, 1);

    dir->path = g_strdup(path);
    dir->is_ours = is_ours;
    dir->files = g_ptr_array_new_with_free_func(
        (GDestroyNotify) (void (*)(void)) outfile_free);
    dir->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    return dir;
}

/* Finds out whether the directory 'path' is empty; true if it cannot be
 * read, with the error set. */
static bool
is_empty(const char *path, GError **error)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    bool empty;

    if (!dir) {
        set_error(error, "read the folder", path);
        return true;
    }
    empty = !g_dir_read_name(dir);
    g_dir_close(dir);
    return empty;
}

static struct outdir *
open_existing(const char *path, bool force, GError **error)
{
    GError *reason = NULL;
    bool empty = is_empty(path, &reason);
    struct outdir *dir;
    char *manifest;

    if (reason) {
        g_propagate_error(error, reason);
        return NULL;
    }
    if (!empty && !force) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                    "%s: the folder is not empty (--force replaces the files "
                    "of an earlier run in it)",
                    path);
        return NULL;
    }
    dir = outdir_new(path, false);
    manifest = g_build_filename(path, run_files[0], NULL);
    dir->has_earlier_run = g_file_test(manifest, G_FILE_TEST_IS_REGULAR);
    g_free(manifest);
    return dir;
}

/* Opens the directory 'path' for a run's files, and makes it and its parents if
 * they are missing.  One that exists and is not empty is refused unless
 * 'force'.  Returns null and sets the error if it cannot be had. */
struct outdir *
outdir_open(const char *path, bool force, GError **error)
{
    char *parent;

    if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
        return open_existing(path, force, error);
    }
    parent = g_path_get_dirname(path);
    if (g_mkdir_with_parents(parent, 0777) || g_mkdir(path, 0777)) {
        set_error(error, "make the folder", path);
        g_free(parent);
        return NULL;
    }
    g_free(parent);
    return outdir_new(path, true);
}

/* Returns 'name', of a scenario, as the name of one folder; the caller's. */
static char *
folder_name(const char *name)
{
    GString *folder = g_string_new(*name == '.' || !*name ? "_" : "");

    for (; *name; name++) {
        unsigned char c = (unsigned char) *name;

        g_string_append_c(folder, c <= ' ' || c == '/' || c == ':' || c == 127
                                      ? '-'
                                      : *name);
    }
    return g_string_free(folder, FALSE);
}

/* Makes a folder STAMP, or STAMP-2, STAMP-3, ... in 'parent'.  Returns its path,
 * the caller's, or null. */
static char *
make_stamped(const char *parent, const char *stamp, GError **error)
{
    char *path = g_build_filename(parent, stamp, NULL);
    unsigned int i = 1;

    while (g_mkdir(path, 0777)) {
        if (errno != EEXIST || i++ == STAMP_TRIES) {
            set_error(error, "make the folder", path);
            g_free(path);
            return NULL;
        }
        g_free(path);
        path = g_strdup_printf("%s/%s-%u", parent, stamp, i);
    }
    return path;
}

/* Makes and opens ROOT/NAME/TIME-sSEED, or TIME-sSEED-2 and so on if that
 * exists.  'unix_s' is the time, in seconds since 1970.  Returns null and sets
 * the error if it cannot be had. */
struct outdir *
outdir_open_stamped(const char *root, const char *name, int64_t unix_s,
                    uint64_t seed, GError **error)
{
    char *folder = folder_name(name);
    char *parent = g_build_filename(root, folder, NULL);
    char *stamp = outdir_stamp(unix_s, seed);
    struct outdir *dir = NULL;
    char *path = NULL;

    if (g_mkdir_with_parents(parent, 0777)) {
        set_error(error, "make the folder", parent);
    } else {
        path = make_stamped(parent, stamp, error);
    }
    if (path) {
        dir = outdir_new(path, true);
        dir->latest = g_build_filename(parent, "latest", NULL);
    }
    g_free(path);
    g_free(stamp);
    g_free(parent);
    g_free(folder);
    return dir;
}

/* Lets ROOT/NAME/latest point to 'dir', if outdir_open_stamped() made it.
 * Returns false and sets the error if that fails. */
bool
outdir_link_latest(const struct outdir *dir, GError **error)
{
    char *target;
    char *part;
    bool ok;

    if (!dir->latest) {
        return true;
    }
    target = g_path_get_basename(dir->path);
    part = g_strconcat(dir->latest, ".part", NULL);
    unlink(part);
    ok = !symlink(target, part) && !rename(part, dir->latest);
    if (!ok) {
        set_error(error, "make the link", dir->latest);
        unlink(part);
    }
    g_free(part);
    g_free(target);
    return ok;
}

/* Returns the path of 'dir', as it was opened. */
const char *
outdir_path(const struct outdir *dir)
{
    return dir->path;
}

static bool
is_inside(const char *name)
{
    char **parts = g_strsplit(name, "/", -1);
    bool inside = *name != '\0';

    for (char **part = parts; *part; part++) {
        inside = inside && **part && strcmp(*part, "..") && strcmp(*part, ".");
    }
    g_strfreev(parts);
    return inside;
}

/* Returns the new file 'name' of 'dir', which owns it.  'name' is a relative
 * path and no other file of the run has it: a bug otherwise. */
struct outfile *
outdir_create(struct outdir *dir, const char *name)
{
    struct outfile *file;

    g_assert(!dir->is_committed);
    g_assert(is_inside(name));
    g_assert(!g_hash_table_contains(dir->by_name, name));
    file = outfile_new(dir->path, name, &dir->error);
    g_ptr_array_add(dir->files, file);
    g_hash_table_add(dir->by_name, (char *) outfile_name(file));
    return file;
}

/* Returns STEM SUFFIX if no file of the run has that name yet, else STEM-2
 * SUFFIX and so on.  The caller frees it. */
char *
outdir_unused_name(const struct outdir *dir, const char *stem,
                   const char *suffix)
{
    char *name = g_strconcat(stem, suffix, NULL);

    for (unsigned int i = 2; g_hash_table_contains(dir->by_name, name); i++) {
        g_free(name);
        name = g_strdup_printf("%s-%u%s", stem, i, suffix);
    }
    return name;
}

/* Makes the whole file 'name' of the 'size' bytes at 'data'. */
void
outdir_write(struct outdir *dir, const char *name, const void *data,
             size_t size)
{
    struct outfile *file = outdir_create(dir, name);

    outfile_write(file, data, size);
    outfile_close(file);
}

/* Returns true if all has been written so far; false, with the first error, if
 * not. */
bool
outdir_check(const struct outdir *dir, GError **error)
{
    if (dir->error && error) {
        *error = g_error_copy(dir->error);
    }
    return !dir->error;
}

/* Removes the earlier run's 'name' and 'name'.part, unless we have made one. */
static void
remove_stale(struct outdir *dir, const char *name)
{
    char *path;
    char *part;

    if (g_hash_table_contains(dir->by_name, name)) {
        return;
    }
    path = g_build_filename(dir->path, name, NULL);
    part = g_strconcat(path, ".part", NULL);
    unlink(part);
    if (unlink(path) && errno != ENOENT && !dir->error) {
        set_error(&dir->error, "remove", path);
    }
    g_free(part);
    g_free(path);
}

static void
remove_stale_in_folder(struct outdir *dir, const char *folder,
                       const char *suffix)
{
    char *path = g_build_filename(dir->path, folder, NULL);
    GDir *names = g_dir_open(path, 0, NULL);
    const char *name;

    while (names && (name = g_dir_read_name(names)) != NULL) {
        char *file = g_strconcat(folder, "/", name, NULL);

        if (g_str_has_suffix(file, ".part")) {
            file[strlen(file) - strlen(".part")] = '\0';
        }
        if (g_str_has_suffix(file, suffix)) {
            remove_stale(dir, file);
        }
        g_free(file);
    }
    if (names) {
        g_dir_close(names);
    }
    g_rmdir(path); /* Fails, as it should, if there is anything in it. */
    g_free(path);
}

static void
remove_earlier_run(struct outdir *dir)
{
    for (size_t i = 0; i < G_N_ELEMENTS(run_files); i++) {
        remove_stale(dir, run_files[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(run_folders); i++) {
        remove_stale_in_folder(dir, run_folders[i].folder,
                               run_folders[i].suffix);
    }
}

/* Closes all files of 'dir' and gives them their names; nothing can be written
 * any more.  If anything has failed, now or before, it returns false, sets the
 * error and leaves what is not renamed to outdir_free(). */
bool
outdir_commit(struct outdir *dir, GError **error)
{
    for (guint i = 0; i < dir->files->len; i++) {
        outfile_close(dir->files->pdata[i]);
    }
    for (guint i = 0; i < dir->files->len && !dir->error; i++) {
        if (!outfile_is_abandoned(dir->files->pdata[i])) {
            outfile_rename(dir->files->pdata[i]);
        }
    }
    dir->is_committed = true;
    if (dir->has_earlier_run && !dir->error) {
        remove_earlier_run(dir);
    }
    return outdir_check(dir, error);
}

/* Frees 'dir' and its files, and removes those that are not committed; also the
 * folder, if we made it and it is empty.  'dir' may be null. */
void
outdir_free(struct outdir *dir)
{
    if (!dir) {
        return;
    }
    g_hash_table_unref(dir->by_name);
    g_ptr_array_unref(dir->files);
    if (dir->is_ours) {
        g_rmdir(dir->path);
    }
    g_clear_error(&dir->error);
    g_free(dir->latest);
    g_free(dir->path);
    g_free(dir);
}

/* Returns the name of a run's folder, "20261122T153000Z-s1"; the caller's.
 * 'unix_s' is seconds since 1970. */
char *
outdir_stamp(int64_t unix_s, uint64_t seed)
{
    GDateTime *time = g_date_time_new_from_unix_utc(unix_s);
    char *text;
    char *stamp;

    g_assert(time);
    text = g_date_time_format(time, "%Y%m%dT%H%M%SZ");
    stamp = g_strdup_printf("%s-s%" G_GUINT64_FORMAT, text, seed);
    g_free(text);
    g_date_time_unref(time);
    return stamp;
}

/* Returns the name of a place as part of a file's name: "hv1:eth0" is
 * "hv1.eth0", "blue/web:eth0" is "blue.web.eth0".  The caller frees it. */
char *
outdir_name_of_place(const char *place)
{
    return g_strdelimit(g_strdup(place), ":/", '.');
}

/* The run directory, and all that is written into it.
 *
 * A struct outdir is one folder and the files a run makes there.  Every file
 * is written to NAME.part and gets its name when outdir_commit() renames all of
 * them together, so no file is under its final name that is not whole.  What is
 * not committed when the directory is freed is removed.
 *
 * Errors
 * ======
 *
 * Writing has no result to look at.  The first thing that goes wrong (a full
 * disk, a missing permission) is kept with the system's reason and the path;
 * from then on nothing is written.  outdir_check() tells, cheaply: ask now and
 * then, to end a run that writes into the void.  outdir_commit() tells too, and
 * then commits nothing.
 *
 * An existing directory
 * =====================
 *
 * One that is not empty is refused unless 'force'.  With it, a run replaces the
 * files it makes, and a commit removes the files of an earlier run that it did
 * not make (by their known names, outdir.c has the list), so that old results
 * never stand beside new ones.  All other files are left alone.  Until the
 * commit nothing in the directory changes but NAME.part files.
 *
 * File names are relative, with '/' for a subfolder ("pcap/hv1.eth0.pcapng"),
 * which is made. */

#ifndef TRACES_OUTDIR_H
#define TRACES_OUTDIR_H 1

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outdir;
struct outfile;

/* Opening: exactly 'path', or ROOT/NAME/TIME-sSEED. */
struct outdir *outdir_open(const char *path, bool force, GError **);
struct outdir *outdir_open_stamped(const char *root, const char *name,
                                   int64_t unix_s, uint64_t seed, GError **);
bool outdir_link_latest(const struct outdir *, GError **);
const char *outdir_path(const struct outdir *);

/* Files. */
struct outfile *outdir_create(struct outdir *, const char *name);
char *outdir_unused_name(const struct outdir *, const char *stem,
                         const char *suffix);
void outdir_write(struct outdir *, const char *name, const void *data,
                  size_t size);

/* The end. */
bool outdir_check(const struct outdir *, GError **);
bool outdir_commit(struct outdir *, GError **);
void outdir_free(struct outdir *);

/* Text for names. */
char *outdir_stamp(int64_t unix_s, uint64_t seed);
char *outdir_name_of_place(const char *place);

#endif /* traces/outdir.h */

/* One file of the run directory, while it is written.
 *
 * Made by outdir_create() and owned by its directory: the caller writes, and
 * may say outfile_close() when there is no more to come; outdir_commit() closes
 * the others.  Bytes are collected and written in large pieces.  The file is
 * open only while a piece is written, so a run may have more files than the
 * system lets a process open.
 *
 * No function here fails; see "Errors" in outdir.h. */

#ifndef TRACES_OUTFILE_H
#define TRACES_OUTFILE_H 1

#include <glib.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outfile;

void *outfile_extend(struct outfile *, size_t size);
void outfile_write(struct outfile *, const void *data, size_t size);
void outfile_zeros(struct outfile *, size_t n);
void outfile_puts(struct outfile *, const char *text);
void outfile_printf(struct outfile *, const char *format, ...)
    G_GNUC_PRINTF(2, 3);
void outfile_close(struct outfile *);
void outfile_abandon(struct outfile *);
uint64_t outfile_size(const struct outfile *);
const char *outfile_name(const struct outfile *);

/* For outdir.c: a file's life. */
struct outfile *outfile_new(const char *dir, const char *name,
                            GError **sticky);
bool outfile_flush(struct outfile *);
bool outfile_rename(struct outfile *);
bool outfile_is_abandoned(const struct outfile *);
void outfile_free(struct outfile *);

#endif /* traces/outfile.h */
